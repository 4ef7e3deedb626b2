"""Application Auto Scaling: only variants that exist can be registered; absent targets are not found."""

from __future__ import annotations

from typing import Any

from ..services import AwsError

SERVICE = "application-autoscaling"


def register(state: Any, call: Any, environ: dict) -> None:
    """RegisterScalableTarget of a SageMaker variant.

    Source: Application Auto Scaling API reference, RegisterScalableTarget; text ours.
    """
    given = call.params
    if given["ServiceNamespace"] != "sagemaker" or not given["ResourceId"].startswith("endpoint/"):
        return
    parts = given["ResourceId"].split("/")
    name, variant = parts[1], parts[3] if len(parts) == 4 else ""
    try:
        record = state.engine.find("Endpoint", name, call.region)
    except AwsError as error:
        raise AwsError("ValidationException", f"{error.message}") from error
    variants = [each["VariantName"] for each in record.private["config"]["ProductionVariants"]]
    if variant not in variants:
        raise AwsError("ValidationException", f"Could not find variant {variant} of endpoint {name}")


def _existing(state: Any, call: Any) -> bool:
    backend = state.moto.backend("applicationautoscaling", call.region)
    return call.params["ResourceId"] in backend.targets.get(call.params["ScalableDimension"], {})


def deregister(state: Any, call: Any, environ: dict) -> None:
    """DeregisterScalableTarget: ObjectNotFoundException when absent (API reference); the policies go with the target."""
    given = call.params
    if not _existing(state, call):
        # Source: API reference, DeregisterScalableTarget (code); text ours.
        raise AwsError(
            "ObjectNotFoundException",
            f"No scalable target found for service namespace: {given['ServiceNamespace']}, resource ID: {given['ResourceId']}, "
            f"scalable dimension: {given['ScalableDimension']}",
        )
    backend = state.moto.backend("applicationautoscaling", call.region)
    mine = [
        key
        for key, policy in backend.policies.items()
        if policy.resource_id == given["ResourceId"] and policy.scalable_dimension == given["ScalableDimension"]
    ]
    for key in mine:
        del backend.policies[key]


def put_policy(state: Any, call: Any, environ: dict) -> None:
    """PutScalingPolicy: the target must be registered (API reference)."""
    given = call.params
    if not _existing(state, call):
        # Source: github.com/ansible/ansible issue 40237.
        raise AwsError(
            "ObjectNotFoundException",
            f"No scalable target registered for service namespace: {given['ServiceNamespace']}, resource ID: "
            f"{given['ResourceId']}, scalable dimension: {given['ScalableDimension']}",
        )


def _target(state: Any, call: Any) -> Any:
    """The scalable target with an ARN."""
    for target in state.moto.scalable_targets(call.region):
        if target.arn == call.params["ResourceARN"]:
            return target
    # Source: API reference, ListTagsForResource (code); text ours.
    raise AwsError("ResourceNotFoundException", f"Resource {call.params['ResourceARN']} does not exist")


def list_tags(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"Tags": dict(_target(state, call).__dict__.get("aws_local_tags", {}))}


def tag(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """TagResource."""
    _target(state, call).__dict__.setdefault("aws_local_tags", {}).update(call.params["Tags"])
    return {}


def untag(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """UntagResource."""
    held = _target(state, call).__dict__.setdefault("aws_local_tags", {})
    for key in call.params["TagKeys"]:
        held.pop(key, None)
    return {}


def registered(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """RegisterScalableTarget: the tags of the request; the service-linked role, whatever role was given.

    Source of its name: Application Auto Scaling user guide, "Service-linked roles".
    """
    role = "sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    for target in state.moto.scalable_targets(call.region):
        if (
            target.resource_id == call.params["ResourceId"]
            and target.scalable_dimension == call.params["ScalableDimension"]
        ):
            target.__dict__.setdefault("aws_local_tags", {}).update(call.params.get("Tags") or {})
            if target.service_namespace == "sagemaker":
                target.role_arn = f"arn:aws:iam::{state.engine.account_id}:role/aws-service-role/{role}"


INSTEAD = {
    "RegisterScalableTarget": register,
    "DeregisterScalableTarget": deregister,
    "PutScalingPolicy": put_policy,
    "ListTagsForResource": list_tags,
    "TagResource": tag,
    "UntagResource": untag,
}
AFTER = {"RegisterScalableTarget": registered}
