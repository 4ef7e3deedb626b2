"""Application Auto Scaling of SageMaker: targets that exist, policies that make sense, and the alarms of target tracking.

Sources: Application Auto Scaling API reference and user guide; text ours.
"""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

from .. import schedule_expressions
from ..sagemaker import listing
from ..services import AwsError
from . import cloudwatch

SERVICE = "application-autoscaling"
_VARIANT, _COMPONENT = "endpoint", "inference-component"
# The dimensions of SageMaker: what they scale, and the predefined metrics of each (API reference, PredefinedMetricSpecification).
_DIMENSIONS = {
    "sagemaker:variant:DesiredInstanceCount": _VARIANT,
    "sagemaker:variant:DesiredProvisionedConcurrency": _VARIANT,
    "sagemaker:inference-component:DesiredCopyCount": _COMPONENT,
}
# Predefined metric: what it is of, its name, statistic and period. Names: SageMaker developer guide, monitoring-cloudwatch.
_PREDEFINED = {
    "SageMakerVariantInvocationsPerInstance": (_VARIANT, "InvocationsPerInstance", "Sum", 60),
    "SageMakerVariantProvisionedConcurrencyUtilization": (
        _VARIANT,
        "ServerlessProvisionedConcurrencyUtilization",
        "Maximum",
        60,
    ),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": (_VARIANT, "ConcurrentRequestsPerModel", "Average", 10),
    "SageMakerInferenceComponentInvocationsPerCopy": (_COMPONENT, "InvocationsPerCopy", "Sum", 60),
    "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution": (
        _COMPONENT,
        "ConcurrentRequestsPerCopy",
        "Average",
        10,
    ),
}
_CONFIGURATIONS = {
    "StepScaling": "StepScalingPolicyConfiguration",
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
}
SCALE_IN = 0.9
"""Scale in begins below this share of the target value (user guide, target tracking: less readily than scale out)."""


def _invalid(text: str) -> AwsError:
    return AwsError("ValidationException", text)


def _backend(state: Any, call: Any) -> Any:
    return state.moto.backend("applicationautoscaling", call.region)


def _is_of(thing: Any, given: dict[str, Any]) -> bool:
    return (thing.resource_id, thing.scalable_dimension) == (given["ResourceId"], given["ScalableDimension"])


def _place(given: dict[str, Any]) -> str:
    return (
        f"service namespace: {given['ServiceNamespace']}, resource ID: {given['ResourceId']}, "
        f"scalable dimension: {given['ScalableDimension']}"
    )


def _found(state: Any, call: Any) -> Any:
    """The scalable target that a request names, or None."""
    return _backend(state, call).targets.get(call.params["ScalableDimension"], {}).get(call.params["ResourceId"])


def _registered(state: Any, call: Any) -> Any:
    """The scalable target that a request names."""
    target = _found(state, call)
    if target is None:
        # Source: github.com/ansible/ansible issue 40237.
        raise AwsError("ObjectNotFoundException", f"No scalable target registered for {_place(call.params)}")
    return target


def _check_range(low: int | None, high: int | None) -> None:
    if low is not None and low < 0:
        raise _invalid("Minimum capacity cannot be less than 0")
    if low is not None and high is not None and low > high:
        raise _invalid("Maximum capacity cannot be less than minimum capacity")


def register(state: Any, call: Any, environ: dict) -> None:
    """RegisterScalableTarget: of a variant or an inference component that exists, with a range at first."""
    given = call.params
    kind = _DIMENSIONS.get(given["ScalableDimension"])
    parts = given["ResourceId"].split("/")
    if given["ServiceNamespace"] == "sagemaker":
        forms = {_VARIANT: len(parts) == 4 and parts[2] == "variant", _COMPONENT: len(parts) == 2}
        if kind is None or parts[0] != kind or not forms[kind]:
            raise _invalid("Unsupported service namespace, resource type or scalable dimension")
        _check_exists(state, call.region, parts)
    old = _found(state, call)
    if old is None and (given.get("MinCapacity") is None or given.get("MaxCapacity") is None):
        raise _invalid("MinCapacity and MaxCapacity are required to register a new scalable target.")
    bounds = [given.get("MinCapacity"), given.get("MaxCapacity")]
    if old is not None:
        kept = (old.min_capacity, old.max_capacity)
        bounds = [new if new is not None else was for new, was in zip(bounds, kept, strict=True)]
    _check_range(*bounds)


def _check_exists(state: Any, region: str, parts: list[str]) -> None:
    try:
        record = state.engine.find("Endpoint" if parts[0] == _VARIANT else "InferenceComponent", parts[1], region)
    except AwsError as error:
        raise AwsError("ValidationException", f"{error.message}") from error
    if parts[0] == _VARIANT:
        variants = [each["VariantName"] for each in record.private["config"]["ProductionVariants"]]
        if parts[3] not in variants:
            raise AwsError("ValidationException", f"Could not find variant {parts[3]} of endpoint {parts[1]}")


def registered(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """RegisterScalableTarget: tags; nothing suspended unless told; the service-linked role, whatever role was given.

    Source of its name: Application Auto Scaling user guide, "Service-linked roles".
    """
    role = "sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    target = _found(state, call)
    target.__dict__.setdefault("aws_local_tags", {}).update(call.params.get("Tags") or {})
    suspended = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
    target.suspended_state = {**dict.fromkeys(suspended, False), **(target.suspended_state or {})}
    if target.service_namespace == "sagemaker":
        target.role_arn = f"arn:aws:iam::{state.engine.account_id}:role/aws-service-role/{role}"


def deregister(state: Any, call: Any, environ: dict) -> None:
    """DeregisterScalableTarget: its policies, their alarms and its scheduled actions go with it (API reference)."""
    if _found(state, call) is None:
        # Source: API reference, DeregisterScalableTarget (code); text ours.
        raise AwsError("ObjectNotFoundException", f"No scalable target found for {_place(call.params)}")
    forget(state, call.region, call.params)


def forget(state: Any, region: str, given: dict[str, Any]) -> None:
    """Delete everything that belongs to a scalable target."""
    backend = state.moto.backend("applicationautoscaling", region)
    for key, policy in list(backend.policies.items()):
        if _is_of(policy, given):
            _delete_alarms(state, region, policy)
            del backend.policies[key]
    backend.scheduled_actions = [action for action in backend.scheduled_actions if not _is_of(action, given)]


# -- policies --------------------------------------------------------------------------------------------------------


def put_policy(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """PutScalingPolicy. An update keeps what it leaves out, and the policy's ARN."""
    given = call.params
    _registered(state, call)
    backend = _backend(state, call)
    old = _policy(backend, given)
    kind = given.get("PolicyType") or (old.policy_type if old else None)
    if kind is None:
        raise _invalid("PolicyType is required to create a scaling policy.")
    if kind not in _CONFIGURATIONS:
        raise _invalid(f"{kind} is not supported for the service namespace {given['ServiceNamespace']}")
    wrong = [other for other, member in _CONFIGURATIONS.items() if other != kind and given.get(member) is not None]
    body = given.get(_CONFIGURATIONS[kind]) or (old._policy_body if old and old.policy_type == kind else None)
    if body is None or wrong:
        raise _invalid(f"A policy of type {kind} needs {_CONFIGURATIONS[kind]}, and no other configuration.")
    if kind == "StepScaling":
        _check_steps(body)
    else:
        _check_tracking(given, body)
    policy = backend.put_scaling_policy(
        policy_name=given["PolicyName"],
        service_namespace=given["ServiceNamespace"],
        resource_id=given["ResourceId"],
        scalable_dimension=given["ScalableDimension"],
        policy_type=kind,
        policy_body=body,
    )
    policy.creation_time = state.clock.now()
    if old is not None:
        policy.policy_arn, policy.creation_time = old.policy_arn, old.creation_time
        _delete_alarms(state, call.region, old)
    if kind == "TargetTrackingScaling":
        _make_alarms(state, call.region, policy, body)
    return {
        "PolicyARN": policy.policy_arn,
        "Alarms": [{"AlarmName": alarm.name, "AlarmARN": alarm.alarm_arn} for alarm in policy.alarms],
    }


def _policy(backend: Any, given: dict[str, Any]) -> Any:
    return next(
        (each for each in backend.policies.values() if _is_of(each, given) and each.policy_name == given["PolicyName"]),
        None,
    )


def _check_steps(body: dict[str, Any]) -> None:
    if not body.get("AdjustmentType") or not body.get("StepAdjustments"):
        raise _invalid("Step scaling needs an AdjustmentType and at least one step adjustment.")
    if body.get("MinAdjustmentMagnitude") is not None and body["AdjustmentType"] != "PercentChangeInCapacity":
        raise _invalid("MinAdjustmentMagnitude can only be used with the AdjustmentType PercentChangeInCapacity.")


def _check_tracking(given: dict[str, Any], body: dict[str, Any]) -> None:
    predefined = body.get("PredefinedMetricSpecification")
    if (predefined is None) == (body.get("CustomizedMetricSpecification") is None):
        raise _invalid("Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be given.")
    if predefined is not None and given["ServiceNamespace"] == "sagemaker":
        name = predefined["PredefinedMetricType"]
        if name not in _PREDEFINED or _PREDEFINED[name][0] != _DIMENSIONS[given["ScalableDimension"]]:
            raise _invalid(f"The metric {name} cannot be used with the scalable dimension {given['ScalableDimension']}")


def _make_alarms(state: Any, region: str, policy: Any, body: dict[str, Any]) -> None:
    """The alarms of a target tracking policy, by which Application Auto Scaling scales.

    Source: API reference, PutScalingPolicy (Alarms); user guide, target tracking (their names and what they are for).
    """
    high = ("AlarmHigh", "GreaterThanThreshold", 3, 1.0)
    low = ("AlarmLow", "LessThanThreshold", 15, SCALE_IN)
    metric = _metric(policy, body)
    for name, comparison, periods, share in [high] if body.get("DisableScaleIn") else [high, low]:
        full = f"TargetTracking-{policy.resource_id}-{name}-{uuid.uuid4()}"
        given = {
            "AlarmName": full,
            "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.policy_arn}.",
            "AlarmActions": [policy.policy_arn],
            "EvaluationPeriods": periods,
            "Threshold": body["TargetValue"] * share,
            "ComparisonOperator": comparison,
            **metric,
        }
        cloudwatch.put_alarm(state, region, given, "MetricAlarm")
        arn = f"arn:aws:cloudwatch:{region}:{state.engine.account_id}:alarm:{full}"
        policy.alarms.append(SimpleNamespace(name=full, alarm_arn=arn))


def _metric(policy: Any, body: dict[str, Any]) -> dict[str, Any]:
    """What the alarms of a policy watch, as PutMetricAlarm takes it."""
    custom = body.get("CustomizedMetricSpecification")
    if custom is None:
        kind, name, statistic, period = _PREDEFINED.get(
            body["PredefinedMetricSpecification"]["PredefinedMetricType"], ("", "Unknown", "Average", 60)
        )
        parts = policy.resource_id.split("/")
        names = ("EndpointName", "VariantName") if kind == _VARIANT else ("InferenceComponentName",)
        dimensions = [{"Name": key, "Value": value} for key, value in zip(names, parts[1::2], strict=False)]
        metric = {"Namespace": "AWS/SageMaker", "MetricName": name, "Dimensions": dimensions}
        return {**metric, "Statistic": statistic, "Period": period}
    if custom.get("Metrics"):
        queries = [{**query} for query in custom["Metrics"]]
        for query in queries:
            if "MetricStat" in query:
                query["MetricStat"] = {"Period": 60, **query["MetricStat"]}
        return {"Metrics": queries}
    members = ("MetricName", "Namespace", "Dimensions", "Statistic", "Unit")
    return {"Period": 60, **{member: custom[member] for member in members if custom.get(member)}}


def _delete_alarms(state: Any, region: str, policy: Any) -> None:
    cloudwatch.drop_alarms(state, region, [alarm.name for alarm in policy.alarms])
    policy.alarms = []


def describe_policies(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DescribeScalingPolicies. moto takes a resource id for one that begins like it, and does not look at the names."""
    from moto.applicationautoscaling.responses import _build_policy

    given = call.params
    wanted = {
        "ServiceNamespace": "service_namespace",
        "ResourceId": "resource_id",
        "ScalableDimension": "scalable_dimension",
    }
    found = [
        _build_policy(policy)
        for policy in _backend(state, call).policies.values()
        if all(given.get(member) in (None, getattr(policy, name)) for member, name in wanted.items())
        and policy.policy_name in (given.get("PolicyNames") or [policy.policy_name])
    ]
    page, token = listing.page(found, given, 50, "InvalidNextTokenException")
    return {"ScalingPolicies": page, **({"NextToken": token} if token else {})}


def delete_policy(state: Any, call: Any, environ: dict) -> None:
    """DeleteScalingPolicy: the alarms of target tracking go with it."""
    policy = _policy(_backend(state, call), call.params)
    if policy is None:
        # Source: API reference, DeleteScalingPolicy (code); text ours.
        raise AwsError(
            "ObjectNotFoundException",
            f"No scaling policy found for {_place(call.params)}, policy name: {call.params['PolicyName']}",
        )
    _delete_alarms(state, call.region, policy)


# -- scheduled actions -----------------------------------------------------------------------------------------------


def _action(state: Any, call: Any) -> Any:
    name = call.params["ScheduledActionName"]
    actions = _backend(state, call).scheduled_actions
    return next((each for each in actions if _is_of(each, call.params) and each.scheduled_action_name == name), None)


def put_action(state: Any, call: Any, environ: dict) -> None:
    """PutScheduledAction."""
    given = call.params
    _registered(state, call)
    old = _action(state, call)
    schedule = given.get("Schedule") or (old.schedule if old else None)
    if schedule is None or not schedule_expressions.is_valid(schedule):
        raise _invalid(f"The schedule expression {schedule} is not valid.")
    bounds = given.get("ScalableTargetAction") or (old.scalable_target_action if old else None) or {}
    if bounds.get("MinCapacity") is None and bounds.get("MaxCapacity") is None:
        # Source: github.com/aws-cloudformation/community-registry-extensions issue 255.
        raise AwsError(
            "ValidationException", "At least one of minimum capacity and maximum capacity should be provided"
        )
    _check_range(bounds.get("MinCapacity"), bounds.get("MaxCapacity"))


def delete_action(state: Any, call: Any, environ: dict) -> None:
    """DeleteScheduledAction."""
    if _action(state, call) is None:
        # Source: API reference, DeleteScheduledAction (code); text ours.
        raise AwsError(
            "ObjectNotFoundException",
            f"No scheduled action found for {_place(call.params)}, scheduled action name: {call.params['ScheduledActionName']}",
        )


# -- tags ------------------------------------------------------------------------------------------------------------


def _tags(state: Any, call: Any) -> dict[str, str]:
    """The tags of the scalable target with an ARN."""
    for target in state.moto.scalable_targets(call.region):
        if target.arn == call.params["ResourceARN"]:
            return target.__dict__.setdefault("aws_local_tags", {})
    # Source: API reference, ListTagsForResource (code); text ours.
    raise AwsError("ResourceNotFoundException", f"Resource {call.params['ResourceARN']} does not exist")


def list_tags(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"Tags": dict(_tags(state, call))}


def tag(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """TagResource."""
    _tags(state, call).update(call.params["Tags"])
    return {}


def untag(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """UntagResource."""
    held = _tags(state, call)
    for key in call.params["TagKeys"]:
        held.pop(key, None)
    return {}


INSTEAD = {
    "RegisterScalableTarget": register,
    "DeregisterScalableTarget": deregister,
    "PutScalingPolicy": put_policy,
    "DescribeScalingPolicies": describe_policies,
    "DeleteScalingPolicy": delete_policy,
    "PutScheduledAction": put_action,
    "DeleteScheduledAction": delete_action,
    "ListTagsForResource": list_tags,
    "TagResource": tag,
    "UntagResource": untag,
}
AFTER = {"RegisterScalableTarget": registered}
