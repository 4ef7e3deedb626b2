"""CloudWatch Logs: the settings of log groups that moto does not know.

Sources: CloudWatch Logs API reference (CreateLogGroup, DescribeLogGroups, PutRetentionPolicy, AssociateKmsKey,
PutLogGroupDeletionProtection, DeleteLogGroup), text ours.
"""

from __future__ import annotations

from typing import Any

from ..sagemaker import listing
from ..services import AwsError

SERVICE = "logs"
_LARGEST_PAGE = 50
_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def _groups(state: Any, call: Any) -> dict[str, Any]:
    return state.moto.backend("logs", call.region).groups


def _group(state: Any, call: Any, name: str) -> Any:
    group = _groups(state, call).get(name)
    if group is None:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    return group


def _kept(group: Any) -> dict[str, Any]:
    """What moto does not keep of a group."""
    return group.__dict__.setdefault("aws_local", {"logGroupClass": "STANDARD", "deletionProtectionEnabled": False})


def _check_key(key: str) -> None:
    if not key.startswith("arn:") or ":key/" not in key:
        raise AwsError("InvalidParameterException", f"The ARN of a KMS key is required, not {key!r}.")


def create(state: Any, call: Any, environ: dict) -> None:
    """CreateLogGroup."""
    if "kmsKeyId" in call.params:
        _check_key(call.params["kmsKeyId"])


def created(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """CreateLogGroup: keep what moto does not."""
    given = {name: call.params[name] for name in ("logGroupClass", "deletionProtectionEnabled") if name in call.params}
    _kept(_group(state, call, call.params["logGroupName"])).update(given)


def describe(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DescribeLogGroups, by name."""
    given = call.params
    if given.get("limit", 1) > _LARGEST_PAGE:
        raise AwsError("InvalidParameterException", f"limit must not be greater than {_LARGEST_PAGE}.")
    if "logGroupNamePrefix" in given and "logGroupNamePattern" in given:
        raise AwsError("InvalidParameterException", "A prefix and a pattern cannot be used together.")
    prefix, pattern = given.get("logGroupNamePrefix", ""), given.get("logGroupNamePattern", "").lower()
    found = [
        {**group.to_describe_dict(), **_kept(group)}
        for name, group in sorted(_groups(state, call).items())
        if name.startswith(prefix) and pattern in name.lower()
    ]
    wanted = given.get("logGroupClass")
    found = [each for each in found if wanted in (None, each["logGroupClass"])]
    paged = {"NextToken": given.get("nextToken"), "MaxResults": given.get("limit"), "filters": [prefix, pattern, wanted]}
    page, token = listing.page(found, paged, _LARGEST_PAGE, "InvalidParameterException")
    return {"logGroups": page, **({"nextToken": token} if token else {})}


def retain(state: Any, call: Any, environ: dict) -> None:
    """PutRetentionPolicy."""
    if call.params["retentionInDays"] not in _DAYS:
        raise AwsError("InvalidParameterException", f"retentionInDays must be one of {', '.join(map(str, _DAYS))}.")


def associate(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """AssociateKmsKey, of a log group."""
    group = _group(state, call, call.params["logGroupName"])
    _check_key(call.params["kmsKeyId"])
    group.kms_key_id = call.params["kmsKeyId"]
    return {}


def disassociate(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DisassociateKmsKey, of a log group."""
    _group(state, call, call.params["logGroupName"]).kms_key_id = None
    return {}


def protect(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """PutLogGroupDeletionProtection, of an ARN. Source: github.com/hashicorp/terraform-provider-aws pull request 45298."""
    identifier = call.params["logGroupIdentifier"]
    if not identifier.startswith("arn:"):
        raise AwsError("InvalidParameterException", "The ARN of a log group is required.")
    name = identifier.split(":log-group:", 1)[-1]
    _kept(_group(state, call, name))["deletionProtectionEnabled"] = call.params["deletionProtectionEnabled"]
    return {}


def delete(state: Any, call: Any, environ: dict) -> None:
    """DeleteLogGroup: not of a protected one. Source: the service model (code), text ours."""
    if _kept(_group(state, call, call.params["logGroupName"]))["deletionProtectionEnabled"]:
        raise AwsError("ValidationException", "The log group is protected from deletion.")


INSTEAD = {
    "AssociateKmsKey": associate,
    "CreateLogGroup": create,
    "DeleteLogGroup": delete,
    "DescribeLogGroups": describe,
    "DisassociateKmsKey": disassociate,
    "PutLogGroupDeletionProtection": protect,
    "PutRetentionPolicy": retain,
}
AFTER = {"CreateLogGroup": created}
