"""EC2, of which there are only the network interfaces that SageMaker made. There is no moto behind.

Source: Amazon EC2 API reference (DescribeNetworkInterfaces, DeleteNetworkInterface).
"""

from __future__ import annotations

import fnmatch
from typing import Any

from ..sagemaker import listing
from ..services import AwsError

SERVICE = "ec2"


def _shown(state: Any, name: str, held: dict[str, Any]) -> dict[str, Any]:
    used = state.interfaces.is_used(held)
    attachment = {
        "AttachmentId": "ela-attach-" + name.removeprefix("eni-"),
        "AttachTime": held["attached"],
        "DeleteOnTermination": False,
        "DeviceIndex": 1,
        "InstanceOwnerId": "amazon-aws",
        "Status": "attached",
    }
    return {
        "NetworkInterfaceId": name,
        "Status": "in-use" if used else "available",
        "SubnetId": held["subnet"],
        "Groups": [{"GroupId": group, "GroupName": group} for group in held["groups"]],
        "Description": held["description"],
        "InterfaceType": "interface",
        "OwnerId": state.engine.account_id,
        # The execution role's ID and the name of SageMaker's session; clean-up scripts of AWS's samples look for its end.
        "RequesterId": "AROAEXAMPLE0000000000:SageMaker",
        "RequesterManaged": True,
        "TagSet": [],
        **({"Attachment": attachment} if used else {}),
    }


# Filter to the values that an interface has for it.
_FILTERS: dict[str, Any] = {
    "network-interface-id": lambda shown: [shown["NetworkInterfaceId"]],
    "status": lambda shown: [shown["Status"]],
    "subnet-id": lambda shown: [shown["SubnetId"]],
    "group-id": lambda shown: [group["GroupId"] for group in shown["Groups"]],
    "description": lambda shown: [shown["Description"]],
    "interface-type": lambda shown: [shown["InterfaceType"]],
    "owner-id": lambda shown: [shown["OwnerId"]],
    "requester-id": lambda shown: [shown["RequesterId"]],
    "requester-managed": lambda shown: ["true"],
    "attachment.status": lambda shown: [shown["Attachment"]["Status"]] if "Attachment" in shown else [],
    "attachment.instance-owner-id": lambda shown: (
        [shown["Attachment"]["InstanceOwnerId"]] if "Attachment" in shown else []
    ),
}


def _absent(name: str) -> AwsError:
    # Source: github.com/hashicorp/terraform-provider-aws, internal/service/ec2 (errCodeInvalidNetworkInterfaceIDNotFound).
    return AwsError("InvalidNetworkInterfaceID.NotFound", f"The networkInterface ID '{name}' does not exist")


def describe(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DescribeNetworkInterfaces."""
    given = call.params
    held = state.interfaces.in_region(call.region)
    for name in given.get("NetworkInterfaceIds") or ():
        if name not in held:
            raise _absent(name)
    wanted = given.get("NetworkInterfaceIds") or list(held)
    found = [_shown(state, name, held[name]) for name in sorted(wanted)]
    for each in given.get("Filters") or ():
        values_of = _FILTERS.get(each["Name"])
        if values_of is None:
            raise AwsError(
                "AwsLocalNotImplemented", f"aws-local does not filter network interfaces by {each['Name']}", 501
            )
        found = [
            shown
            for shown in found
            if any(fnmatch.fnmatchcase(value, want) for value in values_of(shown) for want in each["Values"])
        ]
    page, token = listing.page(found, given, 1000, "InvalidNextToken")
    return {"NetworkInterfaces": page, **({"NextToken": token} if token else {})}


def delete(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DeleteNetworkInterface: only one that nothing is attached to."""
    name = call.params["NetworkInterfaceId"]
    held = state.interfaces.in_region(call.region).get(name)
    if held is None:
        raise _absent(name)
    if state.interfaces.is_used(held):
        # Source: github.com/hashicorp/terraform-provider-aws, internal/service/ec2 (code); text ours.
        raise AwsError("InvalidParameterValue", f"Network interface '{name}' is currently in use.")
    state.interfaces.kept.pop(name, None)
    return {}


INSTEAD = {"DescribeNetworkInterfaces": describe, "DeleteNetworkInterface": delete}
