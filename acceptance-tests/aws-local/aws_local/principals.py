"""What a caller may do whose policies somebody has set; any other caller may do everything.

Sources: Service Authorization Reference, "Actions, resources, and condition keys" of each service (actions and resources of operations,
and the operations that pass a role); IAM user guide, "Granting a user permissions to pass a role to an AWS service".
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterator
from typing import Any

from . import permissions
from .services import AwsError

Need = tuple[str, str, dict[str, str]]
"""An action, the ARN of a resource, and condition keys."""

_ANY = "*"
# Operations of S3 whose actions have other names.
_S3 = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "UploadPart": "PutObject",
}
# Services whose actions have another prefix than boto3's name.
_PREFIXES = {"service-quotas": "servicequotas", "sagemaker-runtime": "sagemaker"}
# Operations of other services on something that a member names: the member, and the form of its ARN.
_NAMED = {
    ("cloudwatch", "PutMetricAlarm"): ("AlarmName", "cloudwatch:{region}:{account}:alarm:{name}"),
    ("cloudwatch", "PutCompositeAlarm"): ("AlarmName", "cloudwatch:{region}:{account}:alarm:{name}"),
    ("cloudwatch", "DeleteAlarms"): ("AlarmNames", "cloudwatch:{region}:{account}:alarm:{name}"),
    ("cloudwatch", "PutDashboard"): ("DashboardName", "cloudwatch::{account}:dashboard/{name}"),
    ("cloudwatch", "DeleteDashboards"): ("DashboardNames", "cloudwatch::{account}:dashboard/{name}"),
    ("ec2", "DeleteNetworkInterface"): ("NetworkInterfaceId", "ec2:{region}:{account}:network-interface/{name}"),
    ("sns", "CreateTopic"): ("Name", "sns:{region}:{account}:{name}"),
}
_ROLES = {
    "events": "events.amazonaws.com",
    "scheduler": "scheduler.amazonaws.com",
    "sagemaker": "sagemaker.amazonaws.com",
}


def check(state: Any, call: Any) -> None:
    """Refuses what the caller's policies do not allow. Raises AwsError."""
    statements = state.principals.get(call.access_key)
    # Nobody needs a permission to ask who he is.
    if statements is None or call.internal or call.service == "sts":
        return
    for action, resource, context in _needed(state, call):
        if not _allows(statements, action, resource, context):
            # Source of EC2's: Amazon EC2 API reference, "Error codes".
            code = {
                "s3": "AccessDenied",
                "iam": "AccessDenied",
                "cloudwatch": "AccessDenied",
                "ec2": "UnauthorizedOperation",
            }.get(call.service, "AccessDeniedException")
            raise AwsError(
                code,
                # Source: github.com/aws-ia/terraform-aws-bedrock issue 41 (the form of the text).
                f"User: arn:aws:iam::{state.engine.account_id}:user/{call.access_key} is not authorized to perform: {action} on "
                f"resource: {resource} because no identity-based policy allows the {action} action",
                403,
            )


def statements_of(policies: list[str]) -> list[dict[str, Any]]:
    """The statements of policies. Raises ValueError if one is no policy."""
    found = []
    for policy in policies:
        listed = json.loads(policy).get("Statement")
        if not listed:
            raise ValueError(f"no statements: {policy}")
        found += listed if isinstance(listed, list) else [listed]
    return found


def _allows(statements: list[dict[str, Any]], action: str, resource: str, context: dict[str, str]) -> bool:
    def speaks_of_it(statement: dict[str, Any]) -> bool:
        actions = statement.get("Action")
        listed = actions if isinstance(actions, list) else [actions]
        return actions is None or any(fnmatch.fnmatchcase(action.lower(), each.lower()) for each in listed)

    # Most statements do not: they are left out, since the evaluation takes long.
    about = [statement for statement in statements if speaks_of_it(statement)]
    document = json.dumps({"Version": "2012-10-17", "Statement": about})
    return bool(about) and permissions.decide_by([document], action, resource, context) == permissions.ALLOWED


def _needed(state: Any, call: Any) -> Iterator[Need]:
    service, params = call.service, call.params or {}
    by_service = {"s3": _s3, "iam": _iam, "sagemaker": _sagemaker}.get(service)
    if by_service is not None:
        yield from by_service(state, call, params)
    else:
        for resource in _resources(state, call, params):
            yield _action(call), resource, {}
    principal = _ROLES.get(service)
    if principal and call.operation.startswith(("Create", "Update", "Start", "PutTargets")):
        for role in sorted(set(_roles_in(params))):
            yield "iam:PassRole", role, {"iam:passedtoservice": principal}


def _action(call: Any) -> str:
    prefix = _PREFIXES.get(call.service, call.service)
    if prefix == "budgets" and "Tag" not in call.operation:
        return "budgets:ViewBudget" if call.operation.startswith("Describe") else "budgets:ModifyBudget"
    return f"{prefix}:{call.operation}"


def _s3(state: Any, call: Any, params: dict[str, Any]) -> Iterator[Need]:
    operation, bucket = call.operation, f"arn:aws:s3:::{params.get('Bucket', '')}"
    if operation == "DeleteObjects":
        for each in params["Delete"]["Objects"]:
            yield f"s3:DeleteObject{'Version' if each.get('VersionId') else ''}", f"{bucket}/{each['Key']}", {}
        return
    action = f"s3:{_S3.get(operation, operation)}"
    if operation in ("DeleteObject", "GetObject") and params.get("VersionId"):
        action += "Version"
    if operation == "ListBuckets":
        yield action, _ANY, {}
    elif "Key" in params:
        yield action, f"{bucket}/{params['Key']}", {}
        if params.get("Tagging") and operation in ("PutObject", "CreateMultipartUpload", "CopyObject"):
            yield "s3:PutObjectTagging", f"{bucket}/{params['Key']}", {}
        if operation == "CopyObject":
            yield "s3:GetObject", f"arn:aws:s3:::{params['CopySource'].lstrip('/')}", {}
    else:
        yield action, bucket, {"s3:prefix": params["Prefix"]} if params.get("Prefix") else {}


def _iam(state: Any, call: Any, params: dict[str, Any]) -> Iterator[Need]:
    name = params.get("RoleName")
    if name is None:
        yield f"iam:{call.operation}", _ANY, {}
        return
    roles = state.moto.backend("iam", "aws").roles.values()
    known = next((role.arn for role in roles if role.name == name), None)
    path = params.get("Path", "/")
    yield f"iam:{call.operation}", known or f"arn:aws:iam::{state.engine.account_id}:role{path}{name}", {}


def _sagemaker(state: Any, call: Any, params: dict[str, Any]) -> Iterator[Need]:
    engine, operation, action = state.engine, call.operation, f"sagemaker:{call.operation}"
    if operation.startswith("List") and operation != "ListTags" or operation == "Search":
        yield action, _ANY, {}
        return
    given = [value for value in params.values() if isinstance(value, str) and value.startswith("arn:aws:sagemaker:")]
    for kind in engine.kinds.values():
        own = {kind.operation(verb) for verb in ("Create", "Describe", "Update", "Delete", "Stop", "Start")}
        value = params.get(kind.key)
        if operation in own or (value and not given):
            if value and not str(value).startswith("arn:"):
                given.append(engine.arn_of(kind, call.region, params))
            if operation in own:
                if operation == kind.operation("Create") and not given and not value:
                    # AWS gives the key: what the ARN begins with is known. Source: Service Authorization Reference, resource types.
                    given.append(engine.arn_of(kind, call.region, params))
                break
    if operation in ("CreateEndpoint", "UpdateEndpoint"):
        given.append(engine.arn(call.region, f"endpoint-config/{params['EndpointConfigName']}"))
    for resource in given or [_ANY]:
        yield action, resource, {}


def _resources(state: Any, call: Any, params: dict[str, Any]) -> Iterator[str]:
    """What a call of another service is about."""
    members = {"region": call.region, "account": state.engine.account_id}
    named = _NAMED.get((call.service, call.operation))
    arn = next((v for v in params.values() if isinstance(v, str) and v.startswith(f"arn:aws:{call.service}:")), None)
    if named is not None:
        names = params.get(named[0])
        for name in names if isinstance(names, list) else [names]:
            yield "arn:aws:" + named[1].format(name=name, **members)
    elif call.service == "sagemaker-runtime":
        yield state.engine.arn(call.region, f"endpoint/{params['EndpointName']}")
    elif call.service == "logs" and params.get("logGroupName"):
        yield f"arn:aws:logs:{call.region}:{members['account']}:log-group:{params['logGroupName']}"
    elif call.service == "scheduler" and params.get("Name"):
        group = params.get("GroupName", "default")
        yield f"arn:aws:scheduler:{call.region}:{members['account']}:schedule/{group}/{params['Name']}"
    elif call.service == "events" and (params.get("Rule") or params.get("Name")):
        yield f"arn:aws:events:{call.region}:{members['account']}:rule/{params.get('Rule') or params['Name']}"
    elif call.service == "budgets":
        name = params.get("BudgetName") or (params.get("Budget") or params.get("NewBudget") or {}).get("BudgetName")
        yield arn or (f"arn:aws:budgets::{members['account']}:budget/{name}" if name else _ANY)
    elif call.service == "application-autoscaling":
        yield _ANY
    else:
        yield arn or _ANY


def _roles_in(value: Any) -> Iterator[str]:
    """The roles that a request gives to AWS."""
    if isinstance(value, dict):
        for member, inner in value.items():
            if member.endswith("RoleArn") and isinstance(inner, str):
                yield inner
            yield from _roles_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _roles_in(inner)
