"""Application Auto Scaling of SageMaker.

Sources: API reference (RegisterScalableTarget, PutScalingPolicy, PutScheduledAction, DeregisterScalableTarget);
github.com/aws-cloudformation/community-registry-extensions issue 255.
"""

from __future__ import annotations

from typing import Any

import pytest
import samples as req
from test_services import error_of

VARIANT = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/e/variant/main",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
COMPONENT = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "inference-component/c",
    "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount",
}
TRACKING = {"PolicyName": "p", "PolicyType": "TargetTrackingScaling"}
STEPS = {"PolicyName": "p", "PolicyType": "StepScaling"}


def predefined(name: str, **more: Any) -> dict[str, Any]:
    body = {"TargetValue": 70.0, "PredefinedMetricSpecification": {"PredefinedMetricType": name}, **more}
    return {"TargetTrackingScalingPolicyConfiguration": body}


INVOCATIONS = predefined("SageMakerVariantInvocationsPerInstance")


@pytest.fixture
def scaling(aws) -> Any:
    sm, role = aws.client("sagemaker"), aws.role()
    sm.create_model(**req.model("m", role))
    sm.create_endpoint_config(**req.config("cfg", "m"))
    sm.create_endpoint(EndpointName="e", EndpointConfigName="cfg")
    aws.advance(5)
    return aws.client("application-autoscaling")


@pytest.fixture
def target(scaling) -> Any:
    scaling.register_scalable_target(**VARIANT, MinCapacity=1, MaxCapacity=2)
    return scaling


def test_targets(target):
    refused = (
        {**VARIANT, "MinCapacity": 3},
        {**VARIANT, "MaxCapacity": 0},
        {**VARIANT, "MinCapacity": -1},
        {**VARIANT, "ScalableDimension": COMPONENT["ScalableDimension"], "MinCapacity": 1, "MaxCapacity": 2},
        {**VARIANT, "ScalableDimension": "sagemaker:variant:DesiredProvisionedConcurrency", "MinCapacity": 1},
        {**VARIANT, "ResourceId": "endpoint/e/variant/other", "MinCapacity": 1, "MaxCapacity": 2},
        {**COMPONENT, "MinCapacity": 1, "MaxCapacity": 2},
    )
    for given in refused:
        assert (
            error_of(lambda given=given: target.register_scalable_target(**given))["Code"] == "ValidationException"
        ), given
    target.register_scalable_target(**VARIANT, MaxCapacity=5)
    (found,) = target.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert (found["MinCapacity"], found["MaxCapacity"]) == (1, 5)
    # As read from AWS: three members, also where nobody sent one.
    assert set(found["SuspendedState"].values()) == {False} and len(found["SuspendedState"]) == 3
    target.register_scalable_target(
        **{**VARIANT, "ScalableDimension": "sagemaker:variant:DesiredProvisionedConcurrency"},
        MinCapacity=1,
        MaxCapacity=2,
    )


def test_an_inference_component_is_scaled(aws, scaling):
    sm = aws.client("sagemaker")
    role = "arn:aws:iam::123456789012:role/role"
    variant = {"VariantName": "main", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sm.create_endpoint_config(EndpointConfigName="cc", ExecutionRoleArn=role, ProductionVariants=[variant])
    sm.create_endpoint(EndpointName="ce", EndpointConfigName="cc")
    aws.advance(5)
    sm.create_inference_component(
        InferenceComponentName="c",
        EndpointName="ce",
        VariantName="main",
        Specification={
            "ModelName": "m",
            "ComputeResourceRequirements": {"NumberOfCpuCoresRequired": 1, "MinMemoryRequiredInMb": 128},
        },
        RuntimeConfig={"CopyCount": 1},
    )
    scaling.register_scalable_target(**COMPONENT, MinCapacity=0, MaxCapacity=2)
    name = "SageMakerInferenceComponentInvocationsPerCopy"
    policy = scaling.put_scaling_policy(**COMPONENT, **TRACKING, **predefined(name, DisableScaleIn=True))
    (alarm,) = policy["Alarms"]
    (found,) = aws.client("cloudwatch").describe_alarms(AlarmNames=[alarm["AlarmName"]])["MetricAlarms"]
    assert found["Dimensions"] == [{"Name": "InferenceComponentName", "Value": "c"}]
    assert (
        error_of(lambda: scaling.put_scaling_policy(**COMPONENT, **TRACKING, **INVOCATIONS))["Code"]
        == "ValidationException"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"PolicyName": "p"},
        TRACKING,
        {"PolicyName": "p", **INVOCATIONS},
        {**STEPS, **INVOCATIONS},
        {"PolicyName": "p", "PolicyType": "PredictiveScaling", **INVOCATIONS},
        {**TRACKING, **predefined("ECSServiceAverageCPUUtilization")},
        {**TRACKING, **predefined("SageMakerInferenceComponentInvocationsPerCopy")},
        {**TRACKING, "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 1.0}},
        {
            **TRACKING,
            **predefined("SageMakerVariantInvocationsPerInstance", CustomizedMetricSpecification={"MetricName": "m"}),
        },
        {**STEPS, "StepScalingPolicyConfiguration": {"AdjustmentType": "ChangeInCapacity"}},
        {**STEPS, "StepScalingPolicyConfiguration": {"StepAdjustments": [{"ScalingAdjustment": 1}]}},
        {
            **STEPS,
            "StepScalingPolicyConfiguration": {
                "AdjustmentType": "ChangeInCapacity",
                "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
                "MinAdjustmentMagnitude": 1,
            },
        },
    ],
    ids=str,
)
def test_policies_that_aws_refuses(target, wrong):
    assert error_of(lambda: target.put_scaling_policy(**VARIANT, **wrong))["Code"] == "ValidationException"


def test_target_tracking_has_alarms_of_its_own(aws, target):
    cloudwatch = aws.client("cloudwatch")
    made = target.put_scaling_policy(**VARIANT, **TRACKING, **INVOCATIONS)
    high, low = made["Alarms"]
    assert high["AlarmName"].startswith("TargetTracking-endpoint/e/variant/main-AlarmHigh-")
    assert low["AlarmName"].startswith("TargetTracking-endpoint/e/variant/main-AlarmLow-")
    found = {each["AlarmName"]: each for each in cloudwatch.describe_alarms()["MetricAlarms"]}
    assert {each["AlarmName"] for each in made["Alarms"]} == set(found)
    assert found[high["AlarmName"]]["AlarmArn"] == high["AlarmARN"]
    assert found[high["AlarmName"]]["AlarmActions"] == [made["PolicyARN"]]
    assert (found[high["AlarmName"]]["Threshold"], found[high["AlarmName"]]["MetricName"]) == (
        70.0,
        "InvocationsPerInstance",
    )
    (described,) = target.describe_scaling_policies(ServiceNamespace="sagemaker", ResourceId=VARIANT["ResourceId"])[
        "ScalingPolicies"
    ]
    assert described["Alarms"] == made["Alarms"]
    # An update keeps the ARN, and the policy's type if it is not said.
    custom = {
        "MetricName": "m",
        "Namespace": "n",
        "Statistic": "Average",
        "Dimensions": [{"Name": "EndpointName", "Value": "e"}],
    }
    body = {"TargetValue": 5.0, "CustomizedMetricSpecification": custom}
    again = target.put_scaling_policy(**VARIANT, PolicyName="p", TargetTrackingScalingPolicyConfiguration=body)
    assert again["PolicyARN"] == made["PolicyARN"]
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    assert {(each["MetricName"], each["Namespace"]) for each in alarms} == {("m", "n")} and len(alarms) == 2
    query = {"ServiceNamespace": "sagemaker", "PolicyNames": ["other"]}
    assert target.describe_scaling_policies(**query)["ScalingPolicies"] == []
    query = {"ServiceNamespace": "sagemaker", "ResourceId": VARIANT["ResourceId"] + "1"}
    assert target.describe_scaling_policies(**query)["ScalingPolicies"] == []
    target.delete_scaling_policy(**VARIANT, PolicyName="p")
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
    assert (
        error_of(lambda: target.delete_scaling_policy(**VARIANT, PolicyName="p"))["Code"] == "ObjectNotFoundException"
    )


@pytest.mark.parametrize("way", ["deregister", "endpoint"])
def test_everything_goes_with_the_target(aws, target, way):
    target.put_scaling_policy(**VARIANT, **TRACKING, **INVOCATIONS)
    bounds = {"ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 0}}
    target.put_scheduled_action(**VARIANT, ScheduledActionName="a", Schedule="cron(0 6 * * ? *)", **bounds)
    if way == "deregister":
        target.deregister_scalable_target(**VARIANT)
    else:
        aws.client("sagemaker").delete_endpoint(EndpointName="e")
        aws.advance(5)
    services = {each["service"] for each in aws.control("GET", "inventory")["objects"]}
    assert not services & {"applicationautoscaling", "cloudwatch"}
    if way == "endpoint":
        return
    for call in (
        lambda: target.put_scaling_policy(**VARIANT, **TRACKING, **INVOCATIONS),
        lambda: target.put_scheduled_action(**VARIANT, ScheduledActionName="a", Schedule="rate(1 day)", **bounds),
        lambda: target.delete_scheduled_action(**VARIANT, ScheduledActionName="a"),
        lambda: target.deregister_scalable_target(**VARIANT),
    ):
        assert error_of(call)["Code"] == "ObjectNotFoundException"


def test_scheduled_actions(target):
    action = {**VARIANT, "ScheduledActionName": "a"}
    bounds = {"MinCapacity": 0, "MaxCapacity": 0}
    error = error_of(lambda: target.put_scheduled_action(**action, Schedule="rate(1 day)"))
    assert error["Message"] == "At least one of minimum capacity and maximum capacity should be provided"
    for wrong in (
        {"Schedule": "every day", "ScalableTargetAction": bounds},
        {"ScalableTargetAction": bounds},
        {"Schedule": "rate(1 day)", "ScalableTargetAction": {"MinCapacity": 2, "MaxCapacity": 1}},
    ):
        assert (
            error_of(lambda wrong=wrong: target.put_scheduled_action(**action, **wrong))["Code"]
            == "ValidationException"
        )
    target.put_scheduled_action(**action, Schedule="rate(60 minutes)", ScalableTargetAction=bounds)
    (found,) = target.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"]
    assert (found["Schedule"], found["ScalableTargetAction"]) == ("rate(60 minutes)", bounds)
    target.delete_scheduled_action(**action)
    assert error_of(lambda: target.delete_scheduled_action(**action))["Code"] == "ObjectNotFoundException"
