"""S3 bucket configurations that moto changes, drops or lacks the defaults of: kept as they were sent.

Each is stored on moto's bucket as the members of the validated request, so that Get answers exactly what Put was given.
Source of the defaults: Amazon S3 user guide (encryption and block public access of new buckets, object ownership).
"""

from __future__ import annotations

import copy
import uuid
from typing import Any

from .. import model, xml_form
from ..reply import Reply
from ..services import AwsError

SERVICE = "s3"
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_ABSENT = "<deleted>"

_AES256 = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]}
_BLOCKED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
_ENFORCED = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}

# configuration: Put, Get, Delete operation, payload member, default, error when absent (API reference of each Get).
_CONFIGURATIONS: dict[str, tuple[str, str, str, str, Any, tuple[str, str]]] = {
    "encryption": (
        "PutBucketEncryption",
        "GetBucketEncryption",
        "DeleteBucketEncryption",
        "ServerSideEncryptionConfiguration",
        _AES256,
        ("ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found"),
    ),
    "public": (
        "PutPublicAccessBlock",
        "GetPublicAccessBlock",
        "DeletePublicAccessBlock",
        "PublicAccessBlockConfiguration",
        _BLOCKED,
        ("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"),
    ),
    "ownership": (
        "PutBucketOwnershipControls",
        "GetBucketOwnershipControls",
        "DeleteBucketOwnershipControls",
        "OwnershipControls",
        _ENFORCED,
        ("OwnershipControlsNotFoundError", "The bucket ownership controls were not found"),
    ),
}


def _held(state: Any, call: Any) -> dict[str, Any]:
    bucket = state.moto.bucket(call.params["Bucket"])
    if bucket is None:
        # Source: Amazon S3 API reference, List of error codes.
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404, BucketName=call.params["Bucket"])
    return bucket.__dict__.setdefault("aws_local", {})


def default_encryption(bucket: Any) -> dict[str, Any]:
    """The default encryption of a bucket: `SSEAlgorithm` and perhaps `KMSMasterKeyID`."""
    kept = bucket.__dict__.get("aws_local", {}).get("encryption", _AES256)
    rules = (_AES256 if kept == _ABSENT else kept)["Rules"]
    return (rules[0] if rules else {}).get("ApplyServerSideEncryptionByDefault") or {"SSEAlgorithm": "AES256"}


def public_access(bucket: Any) -> dict[str, bool]:
    """The Block Public Access settings of a bucket; those of one that does not exist are of no account."""
    kept = bucket.__dict__.get("aws_local", {}).get("public", _BLOCKED) if bucket is not None else _ABSENT
    return dict.fromkeys(_BLOCKED, False) if kept == _ABSENT else kept


def _putter(name: str, payload: str) -> Any:
    def put(state: Any, call: Any, environ: dict) -> None:
        given = call.params[payload]
        held = _held(state, call)
        if name == "public":
            given = {**dict.fromkeys(_BLOCKED, False), **given}
        if name == "encryption":
            given = {"Rules": [{"BucketKeyEnabled": False, **rule} for rule in given["Rules"]]}
        held[name] = given

    return put


def _getter(name: str, operation: str, payload: str, default: Any, absent: tuple[str, str]) -> Any:
    def get(state: Any, call: Any, environ: dict) -> Reply:
        kept = _held(state, call).get(name, default)
        if kept == _ABSENT:
            raise AwsError(*absent, 404, BucketName=call.params["Bucket"])
        return answer(call, operation, {payload: kept})

    return get


def _deleter(name: str) -> Any:
    def delete(state: Any, call: Any, environ: dict) -> None:
        held = _held(state, call)
        # A bucket is never without encryption: its deletion brings the default back.
        if name == "encryption":
            held.pop(name, None)
        else:
            held[name] = _ABSENT

    return delete


def put_lifecycle(state: Any, call: Any, environ: dict) -> Reply:
    """PutBucketLifecycleConfiguration."""
    rules = (call.params.get("LifecycleConfiguration") or {}).get("Rules")
    if not rules:
        # Source: Amazon S3 API reference, List of error codes.
        raise AwsError(
            "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"
        )
    kept = copy.deepcopy(rules)
    for rule in kept:
        if "Filter" not in rule and "Prefix" not in rule:
            # Source: Amazon S3 API reference, List of error codes.
            raise AwsError(
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our published schema",
            )
        rule.setdefault("ID", str(uuid.uuid5(uuid.NAMESPACE_OID, repr(sorted(rule.items(), key=str)))))
        actions = (
            "Expiration",
            "Transitions",
            "NoncurrentVersionExpiration",
            "NoncurrentVersionTransitions",
            "AbortIncompleteMultipartUpload",
        )
        if not any(rule.get(action) for action in actions):
            # Source: terraform-provider-aws, internal/service/s3 (lifecycle rules); text ours.
            raise AwsError("InvalidRequest", "At least one action needs to be specified in a rule")
        newer = (rule.get("NoncurrentVersionExpiration") or {}).get("NewerNoncurrentVersions")
        if newer is not None and "Filter" not in rule:
            # Source: S3 API reference, PutBucketLifecycleConfiguration; text ours.
            raise AwsError("InvalidRequest", "NewerNoncurrentVersions needs a Filter in the rule")
    if len({rule["ID"] for rule in kept}) < len(kept):
        # Source: Amazon S3 API reference, List of error codes (InvalidArgument); text ours.
        raise AwsError("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule")
    size = call.params.get("TransitionDefaultMinimumObjectSize", "all_storage_classes_128K")
    _held(state, call)["lifecycle"] = {"Rules": kept, "TransitionDefaultMinimumObjectSize": size}
    return answer(call, "PutBucketLifecycleConfiguration", {"TransitionDefaultMinimumObjectSize": size})


def get_lifecycle(state: Any, call: Any, environ: dict) -> Reply:
    """GetBucketLifecycleConfiguration."""
    kept = _held(state, call).get("lifecycle")
    if kept is None:
        # Source: Amazon S3 API reference, List of error codes.
        raise AwsError(
            "NoSuchLifecycleConfiguration",
            "The lifecycle configuration does not exist",
            404,
            BucketName=call.params["Bucket"],
        )
    return answer(call, "GetBucketLifecycleConfiguration", kept)


def delete_lifecycle(state: Any, call: Any, environ: dict) -> Reply:
    """DeleteBucketLifecycle."""
    _held(state, call).pop("lifecycle", None)
    return Reply(204, [("Content-Length", "0"), ("x-amz-request-id", call.request_id)])


def put_notification(state: Any, call: Any, environ: dict) -> None:
    """PutBucketNotificationConfiguration: topics must exist (API reference)."""
    given = copy.deepcopy(call.params.get("NotificationConfiguration") or {})
    for configuration in given.get("TopicConfigurations") or ():
        arn = configuration["TopicArn"]
        region = arn.split(":")[3]
        if arn not in state.moto.backend("sns", region).topics:
            # Source: github.com/hashicorp/terraform issue 19756.
            raise AwsError("InvalidArgument", "Unable to validate the following destination configurations")
    for member in ("TopicConfigurations", "QueueConfigurations", "LambdaFunctionConfigurations"):
        for configuration in given.get(member) or ():
            configuration.setdefault("Id", str(uuid.uuid5(uuid.NAMESPACE_OID, repr(configuration))))
    _held(state, call)["notification"] = given


def get_notification(state: Any, call: Any, environ: dict) -> Reply:
    """GetBucketNotificationConfiguration."""
    return answer(call, "GetBucketNotificationConfiguration", _held(state, call).get("notification", {}))


def get_payment(state: Any, call: Any, environ: dict) -> Reply:
    """GetBucketRequestPayment: the owner pays unless told otherwise, and here nobody can tell."""
    _held(state, call)
    return answer(call, "GetBucketRequestPayment", {"Payer": "BucketOwner"})


# -- XML -----------------------------------------------------------------------------------------------------------


def answer(call: Any, operation: str, members: dict[str, Any]) -> Reply:
    """An answer in rest-xml, from the output shape of the service model."""
    shape = model.operation_model("s3", operation).output_shape
    headers = [("x-amz-request-id", call.request_id), ("Content-Type", "application/xml")]
    body = ""
    if shape is not None:
        payload = shape.serialization.get("payload")
        for name, member in shape.members.items():
            if member.serialization.get("location") == "header" and members.get(name) is not None:
                headers.append((member.serialization["name"], str(members[name])))
        if payload:
            inner = shape.members[payload]
            body = xml_form.element(
                inner, members.get(payload, {}), inner.serialization.get("name", payload), _NAMESPACE
            )
        else:
            tag = shape.serialization.get("name") or _ROOTS.get(operation)
            rest = {k: v for k, v in members.items() if not shape.members[k].serialization.get("location")}
            body = xml_form.element(shape, rest, tag, _NAMESPACE) if tag else ""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode() if body else b""
    headers.append(("Content-Length", str(len(text))))
    return Reply(200, headers, text)


# Output shapes without a payload do not say the name of their root element; SDKs ignore it.
_ROOTS = {
    "GetBucketLifecycleConfiguration": "LifecycleConfiguration",
    "GetBucketNotificationConfiguration": "NotificationConfiguration",
    "GetBucketRequestPayment": "RequestPaymentConfiguration",
}


INSTEAD: dict[str, Any] = {
    "PutBucketLifecycleConfiguration": put_lifecycle,
    "GetBucketLifecycleConfiguration": get_lifecycle,
    "DeleteBucketLifecycle": delete_lifecycle,
    "PutBucketNotificationConfiguration": put_notification,
    "GetBucketNotificationConfiguration": get_notification,
    "GetBucketRequestPayment": get_payment,
}
for _name, (_put, _get, _delete, _payload, _default, _error) in _CONFIGURATIONS.items():
    INSTEAD[_put] = _putter(_name, _payload)
    INSTEAD[_get] = _getter(_name, _get, _payload, _default, _error)
    INSTEAD[_delete] = _deleter(_name)
