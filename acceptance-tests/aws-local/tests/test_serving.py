"""Endpoints: updates that are verified, fail, roll back; what may be done in which status; the waiters of boto3."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
import samples as req
from botocore.exceptions import ClientError, WaiterError


@pytest.fixture
def role(aws) -> str:
    return aws.role()


@pytest.fixture
def endpoint(aws, sm, role) -> Any:
    sm.create_model(**req.model("m", role))
    sm.create_endpoint_config(**req.config("one", "m"))
    sm.create_endpoint_config(**req.config("two", "m", InitialInstanceCount=3, InitialVariantWeight=0.5))
    sm.create_endpoint(EndpointName="e", EndpointConfigName="one")
    aws.advance(5)
    return lambda: sm.describe_endpoint(EndpointName="e")


def text_of(call: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Message"]


def test_an_endpoint_shows_what_its_configuration_says(endpoint):
    shown = endpoint()
    assert shown["EndpointStatus"] == "InService"
    variant = shown["ProductionVariants"][0]
    assert (variant["VariantName"], variant["CurrentInstanceCount"], variant["CurrentWeight"]) == ("main", 1, 1.0)
    assert variant["DeployedImages"][0]["SpecifiedImage"] == req.IMAGE
    assert "@sha256:" in variant["DeployedImages"][0]["ResolvedImage"]
    assert shown["DataCaptureConfig"]["CaptureStatus"] == "Started"


def test_a_configuration_must_exist_before_its_endpoint(sm, role):
    assert text_of(lambda: sm.create_endpoint(EndpointName="e", EndpointConfigName="absent")).startswith(
        "Could not find endpoint configuration"
    )
    assert text_of(lambda: sm.create_endpoint_config(**req.config("c", "absent"))).startswith("Could not find model")


def test_a_new_configuration_is_not_visible_at_once():
    from conftest import Local

    local = Local("--stepped", "--visibility-delay", "5")
    try:
        sm = local.client("sagemaker")
        sm.create_model(**req.model("m", local.role()))
        sm.create_endpoint_config(**req.config("c", "m"))
        assert text_of(lambda: sm.create_endpoint(EndpointName="e", EndpointConfigName="c")).startswith(
            "Could not find endpoint configuration"
        )
        sm.describe_endpoint_config(EndpointConfigName="c")
        local.advance(5.1)
        sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
    finally:
        local.stop()


def test_an_endpoint_may_be_in_service_at_once():
    """However fast the clock runs, and when it is deleted and made anew under its name."""
    from conftest import Local

    local = Local("--time-scale", "1000000")
    try:
        sm = local.client("sagemaker")
        sm.create_model(**req.model("m", local.role()))
        sm.create_endpoint_config(**req.config("c", "m"))
        for _ in range(2):
            sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
            assert sm.describe_endpoint(EndpointName="e")["EndpointConfigName"] == "c"
            sm.delete_endpoint(EndpointName="e")
    finally:
        local.stop()


def test_an_update_takes_over_when_it_is_done(aws, sm, endpoint):
    sm.update_endpoint(EndpointName="e", EndpointConfigName="two")
    during = endpoint()
    assert (during["EndpointStatus"], during["EndpointConfigName"]) == ("Updating", "one")
    assert during["PendingDeploymentSummary"]["EndpointConfigName"] == "two"
    for call in (
        lambda: sm.update_endpoint(EndpointName="e", EndpointConfigName="one"),
        lambda: sm.delete_endpoint(EndpointName="e"),
    ):
        assert text_of(call).startswith("Cannot update in-progress endpoint")
    aws.advance(5)
    after = endpoint()
    assert (after["EndpointStatus"], after["EndpointConfigName"]) == ("InService", "two")
    assert after["ProductionVariants"][0]["DesiredInstanceCount"] == 3
    assert "PendingDeploymentSummary" not in after


def test_a_rolled_back_update_ends_in_service_with_the_old_configuration(aws, sm, endpoint):
    aws.control("POST", "fail", kind="Endpoint", name="e", reason="rollback: the alarm went off")
    sm.update_endpoint(EndpointName="e", EndpointConfigName="two")
    seen = []
    for _ in range(8):
        seen.append(endpoint()["EndpointStatus"])
        aws.advance(1)
    assert list(dict.fromkeys(seen)) == ["Updating", "RollingBack", "InService"]
    shown = endpoint()
    assert (shown["EndpointConfigName"], shown["FailureReason"]) == ("one", "the alarm went off")
    sm.update_endpoint(EndpointName="e", EndpointConfigName="two")
    aws.advance(5)
    shown = endpoint()
    assert shown["EndpointConfigName"] == "two" and "FailureReason" not in shown


def test_a_failed_creation_can_only_be_deleted(aws, sm, role):
    sm.create_model(**req.model("m", role))
    sm.create_endpoint_config(**req.config("one", "m"))
    aws.control("POST", "fail", kind="Endpoint", reason="no capacity")
    sm.create_endpoint(EndpointName="e", EndpointConfigName="one")
    aws.advance(5)
    shown = sm.describe_endpoint(EndpointName="e")
    assert (shown["EndpointStatus"], shown["FailureReason"]) == ("Failed", "no capacity")
    assert text_of(lambda: sm.update_endpoint(EndpointName="e", EndpointConfigName="one"))
    sm.delete_endpoint(EndpointName="e")
    aws.advance(5)
    assert text_of(lambda: sm.describe_endpoint(EndpointName="e")).startswith("Could not find endpoint")


def test_system_updating_refuses_update_and_delete(aws, sm, endpoint):
    aws.control("POST", "status", kind="Endpoint", name="e", status="SystemUpdating")
    assert endpoint()["EndpointStatus"] == "SystemUpdating"
    assert text_of(lambda: sm.update_endpoint(EndpointName="e", EndpointConfigName="two"))
    assert text_of(lambda: sm.delete_endpoint(EndpointName="e"))
    aws.control("POST", "status", kind="Endpoint", name="e", status="InService")
    sm.delete_endpoint(EndpointName="e")


def test_weights_and_capacities(aws, sm, endpoint):
    sm.update_endpoint_weights_and_capacities(
        EndpointName="e",
        DesiredWeightsAndCapacities=[{"VariantName": "main", "DesiredInstanceCount": 4, "DesiredWeight": 2.0}],
    )
    variant = endpoint()["ProductionVariants"][0]
    assert endpoint()["EndpointStatus"] == "Updating"
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (1, 4)
    aws.advance(5)
    variant = endpoint()["ProductionVariants"][0]
    assert (variant["CurrentInstanceCount"], variant["CurrentWeight"]) == (4, 2.0)
    assert "other" in text_of(
        lambda: sm.update_endpoint_weights_and_capacities(
            EndpointName="e", DesiredWeightsAndCapacities=[{"VariantName": "other", "DesiredInstanceCount": 4}]
        )
    )
    both = [{"VariantName": "main", "DesiredInstanceCount": 1}, {"VariantName": "other", "DesiredWeight": 1.0}]
    assert "only one variant" in text_of(
        lambda: sm.update_endpoint_weights_and_capacities(EndpointName="e", DesiredWeightsAndCapacities=both)
    )
    serverless = [{"VariantName": "main", "ServerlessUpdateConfig": {"MaxConcurrency": 2}}]
    assert "not serverless" in text_of(
        lambda: sm.update_endpoint_weights_and_capacities(EndpointName="e", DesiredWeightsAndCapacities=serverless)
    )
    sm.update_endpoint(EndpointName="e", EndpointConfigName="two", RetainAllVariantProperties=True)
    aws.advance(5)
    assert endpoint()["ProductionVariants"][0]["DesiredInstanceCount"] == 4
    sm.update_endpoint(
        EndpointName="e",
        EndpointConfigName="two",
        RetainAllVariantProperties=True,
        ExcludeRetainedVariantProperties=[{"VariantPropertyType": "DesiredInstanceCount"}],
    )
    aws.advance(5)
    variant = endpoint()["ProductionVariants"][0]
    assert (variant["DesiredInstanceCount"], variant["DesiredWeight"]) == (3, 2.0)


def test_a_deployment_configuration_is_shown(aws, sm, endpoint):
    deployment = {
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}}
    }
    sm.update_endpoint(EndpointName="e", EndpointConfigName="two", DeploymentConfig=deployment)
    aws.advance(5)
    assert endpoint()["LastDeploymentConfig"] == deployment


def test_the_configuration_in_use_may_be_deleted(sm, endpoint):
    sm.delete_endpoint_config(EndpointConfigName="one")
    assert endpoint()["EndpointConfigName"] == "one"


def test_inference_components_keep_their_endpoint(aws, sm, role):
    sm.create_model(**req.model("m", role))
    sm.create_endpoint_config(
        EndpointConfigName="c",
        ExecutionRoleArn=role,
        ProductionVariants=[{"VariantName": "main", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}],
    )
    sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
    aws.advance(5)
    sm.create_inference_component(
        InferenceComponentName="i",
        EndpointName="e",
        VariantName="main",
        RuntimeConfig={"CopyCount": 1},
        Specification={"ModelName": "m", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128}},
    )
    aws.advance(5)
    sm.update_inference_component_runtime_config(InferenceComponentName="i", DesiredRuntimeConfig={"CopyCount": 2})
    aws.advance(5)
    assert sm.describe_inference_component(InferenceComponentName="i")["RuntimeConfig"] == {
        "DesiredCopyCount": 2,
        "CurrentCopyCount": 2,
    }
    assert "inference components" in text_of(lambda: sm.delete_endpoint(EndpointName="e"))
    sm.delete_inference_component(InferenceComponentName="i")
    aws.advance(5)
    sm.delete_endpoint(EndpointName="e")


@pytest.mark.parametrize(
    "given, told",
    [
        ({}, "Either PrimaryContainer or Containers"),
        ({"PrimaryContainer": {}}, "Either PrimaryContainer or Containers"),
        ({"PrimaryContainer": {"Environment": {"A": "b"}}}, "Image or ModelPackageName"),
        ({"Containers": [{"Image": req.IMAGE}, {"ModelDataUrl": "s3://bucket/m.tar.gz"}]}, "Image or ModelPackageName"),
        ({"PrimaryContainer": {"Image": req.IMAGE}, "Containers": [{"Image": req.IMAGE}]}, "Both"),
    ],
)
def test_what_a_model_is_made_of(sm, role, given, told):
    """API reference, CreateModel and ContainerDefinition."""
    assert told in text_of(lambda: sm.create_model(ModelName="m", ExecutionRoleArn=role, **given))


@pytest.fixture
def components(aws, sm, role) -> Any:
    """An endpoint for inference components; answers what creates one."""
    sm.create_model(**req.model("m", role))
    variant = {"VariantName": "main", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sm.create_endpoint_config(EndpointConfigName="c", ExecutionRoleArn=role, ProductionVariants=[variant])
    sm.create_endpoint(EndpointName="Parts", EndpointConfigName="c")
    aws.advance(5)

    def create(name: str, specification: dict[str, Any], **more: Any) -> None:
        base = "BaseInferenceComponentName" in specification
        own = {} if base else {"VariantName": "main", "RuntimeConfig": {"CopyCount": 2}}
        sm.create_inference_component(
            InferenceComponentName=name, EndpointName="Parts", Specification=specification, **{**own, **more}
        )

    return create


NEEDS = {"ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128}}
SERVES = {"ModelName": "m", **NEEDS}


def test_a_base_outlives_its_adapters(aws, sm, components):
    """terraform-provider-aws, inference_component.go: both texts are matched there against AWS."""
    components("base", SERVES)
    aws.advance(5)
    components("adapter", {"BaseInferenceComponentName": "base"})
    aws.advance(5)
    shown = sm.describe_inference_component(InferenceComponentName="adapter")
    assert (shown["VariantName"], shown["Specification"]["ComputeResourceRequirements"]) == (
        "main",
        NEEDS["ComputeResourceRequirements"],
    )
    told = text_of(lambda: sm.delete_inference_component(InferenceComponentName="base"))
    assert "is a base inference component for one or more associated" in told
    sm.delete_inference_component(InferenceComponentName="adapter")
    told = text_of(lambda: sm.delete_inference_component(InferenceComponentName="adapter"))
    assert "DELETE_IN_PROGRESS" in told
    aws.advance(5)
    sm.delete_inference_component(InferenceComponentName="base")


@pytest.mark.parametrize(
    "specification, told",
    [
        ({"ModelName": "m"}, "ComputeResourceRequirements"),
        ({**SERVES, "Container": {"Image": req.IMAGE}}, "ModelName and Container"),
        ({"ModelName": "ghost", **NEEDS}, "Could not find model"),
    ],
)
def test_what_a_component_is_made_of(components, specification, told):
    """API reference, InferenceComponentSpecification."""
    assert told in text_of(lambda: components("c", specification))


def test_an_update_of_a_component_changes_something(aws, sm, components):
    """terraform-provider-aws, inference_component.go and inference_component_test.go, run against AWS."""
    components("c", SERVES)
    aws.advance(5)
    batch = {"Type": "COPY_COUNT", "Value": 3}
    deployment = {"RollingUpdatePolicy": {"MaximumBatchSize": batch, "WaitIntervalInSeconds": 0}}
    for change in ({}, {"DeploymentConfig": deployment}):
        assert "is required" in text_of(
            lambda change=change: sm.update_inference_component(InferenceComponentName="c", **change)
        )
    change = {"RuntimeConfig": {"CopyCount": 5}, "DeploymentConfig": deployment}
    assert "current copy count of 2" in text_of(
        lambda: sm.update_inference_component(InferenceComponentName="c", **change)
    )
    batch["Value"] = 2
    sm.update_inference_component(InferenceComponentName="c", **change)
    aws.advance(5)
    shown = sm.describe_inference_component(InferenceComponentName="c")
    assert shown["LastDeploymentConfig"] == deployment and shown["RuntimeConfig"]["DesiredCopyCount"] == 5
    assert shown["EndpointArn"] == sm.describe_endpoint(EndpointName="Parts")["EndpointArn"]


def test_a_component_whose_update_fails_is_what_it_was(aws, sm, components):
    """ACK SageMaker, inference component hooks: it ends InService, with a reason."""
    components("c", SERVES)
    aws.advance(5)
    aws.control("POST", "fail", kind="InferenceComponent", name="c", reason="no memory")
    sm.update_inference_component(InferenceComponentName="c", RuntimeConfig={"CopyCount": 5})
    aws.advance(5)
    shown = sm.describe_inference_component(InferenceComponentName="c")
    assert (shown["InferenceComponentStatus"], shown["FailureReason"]) == ("InService", "no memory")
    assert shown["RuntimeConfig"]["DesiredCopyCount"] == 2
    sm.update_inference_component(InferenceComponentName="c", RuntimeConfig={"CopyCount": 5})
    aws.advance(5)
    shown = sm.describe_inference_component(InferenceComponentName="c")
    assert "FailureReason" not in shown and shown["RuntimeConfig"]["DesiredCopyCount"] == 5


@pytest.mark.parametrize(
    "variant, told",
    [
        ({"InitialInstanceCount": None}, "InitialInstanceCount"),
        ({"InstanceType": None}, "InstanceType"),
        ({"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1}}, "cannot be used with a ServerlessConfig"),
        ({"InstanceType": None, "InitialInstanceCount": None,
          "ServerlessConfig": {"MemorySizeInMB": 2000, "MaxConcurrency": 1}}, "not 2000"),
        ({"InstanceType": None, "InitialInstanceCount": None, "ServerlessConfig": {
            "MemorySizeInMB": 2048, "MaxConcurrency": 1, "ProvisionedConcurrency": 2}}, "MaxConcurrency"),
        ({"InstanceType": None, "InitialInstanceCount": None,
          "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1}}, None),
    ],
)  # fmt: skip
def test_what_a_variant_runs_on(sm, role, variant, told):
    """API reference, ProductionVariant and ProductionVariantServerlessConfig."""
    sm.create_model(**req.model("m", role))
    request = req.config("c", "m", **variant)
    (made,) = request["ProductionVariants"]
    request["ProductionVariants"] = [{k: v for k, v in made.items() if v is not None}]
    if told is None:
        sm.create_endpoint_config(**request)
    else:
        assert told in text_of(lambda: sm.create_endpoint_config(**request))


@pytest.mark.parametrize(
    "kind, member, percent, told",
    [
        ("CANARY", "CanarySize", 80, "at most 50"),
        ("LINEAR", "LinearStepSize", 5, "between 10 and 50"),
        ("LINEAR", "CanarySize", 10, "CanarySize"),
        ("CANARY", None, 0, "CanarySize is required"),
        ("CANARY", "CanarySize", 50, None),
        ("LINEAR", "LinearStepSize", 10, None),
    ],
)
def test_steps_of_a_deployment(sm, endpoint, kind, member, percent, told):
    """API reference, TrafficRoutingConfig: CanarySize at most 50 percent, LinearStepSize 10 to 50 percent."""
    size = {member: {"Type": "CAPACITY_PERCENT", "Value": percent}} if member else {}
    routing = {"Type": kind, "WaitIntervalInSeconds": 0, **size}
    deployment = {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}}

    def call() -> None:
        sm.update_endpoint(EndpointName="e", EndpointConfigName="two", DeploymentConfig=deployment)

    if told is None:
        call()
        return
    assert told in text_of(call)
    assert told in text_of(
        lambda: sm.create_endpoint(EndpointName="f", EndpointConfigName="two", DeploymentConfig=deployment)
    )


def test_the_deployment_configuration_of_a_creation_is_shown(sm, endpoint):
    """API reference, DescribeEndpoint.LastDeploymentConfig; CreateEndpoint.DeploymentConfig."""
    deployment = {
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}}
    }
    sm.create_endpoint(EndpointName="f", EndpointConfigName="one", DeploymentConfig=deployment)
    assert sm.describe_endpoint(EndpointName="f")["LastDeploymentConfig"] == deployment


# -- waiters ---------------------------------------------------------------------------------------------------------


def wait_for(aws: Any, sm: Any, name: str, **members: Any) -> None:
    """Use a waiter of boto3 while the clock is moved for it."""
    over = threading.Event()

    def move() -> None:
        while not over.is_set():
            aws.advance(1)
            time.sleep(0.05)

    mover = threading.Thread(target=move)
    mover.start()
    try:
        sm.get_waiter(name).wait(WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}, **members)
    finally:
        over.set()
        mover.join()


def test_every_waiter_of_boto3(aws, sm, role):
    tried = set()

    def wait(aws, sm, name, **members):
        tried.add(name)
        wait_for(aws, sm, name, **members)

    sm.create_model(**req.model("m", role))
    sm.create_endpoint_config(**req.config("one", "m"))
    sm.create_endpoint(EndpointName="e", EndpointConfigName="one")
    wait(aws, sm, "endpoint_in_service", EndpointName="e")
    sm.delete_endpoint(EndpointName="e")
    wait(aws, sm, "endpoint_deleted", EndpointName="e")
    sm.create_notebook_instance(**req.notebook("n", role))
    wait(aws, sm, "notebook_instance_in_service", NotebookInstanceName="n")
    sm.stop_notebook_instance(NotebookInstanceName="n")
    wait(aws, sm, "notebook_instance_stopped", NotebookInstanceName="n")
    sm.delete_notebook_instance(NotebookInstanceName="n")
    wait(aws, sm, "notebook_instance_deleted", NotebookInstanceName="n")
    sm.create_training_job(**req.training("j", role))
    wait(aws, sm, "training_job_completed_or_stopped", TrainingJobName="j")
    sm.create_processing_job(**req.processing("j", role))
    wait(aws, sm, "processing_job_completed_or_stopped", ProcessingJobName="j")
    sm.create_transform_job(**req.transform("j", "m"))

    def implicit(kind: str) -> list[bool]:
        found = [o for o in aws.control("GET", "inventory")["objects"] if (o["kind"], o["name"]) == (kind, "j")]
        return [o.get("implicit", False) for o in found]

    assert implicit("TransformJob") == [False], "it runs"
    wait(aws, sm, "transform_job_completed_or_stopped", TransformJobName="j")
    # The service model has no DeleteTransformJob: the record of a job that has ended is nobody's to delete.
    assert implicit("TransformJob") == [True]
    assert implicit("ProcessingJob") == [False]
    aws.control("POST", "fail", kind="TrainingJob", reason="broken")
    sm.create_training_job(**req.training("failing", role))
    with pytest.raises(WaiterError, match="terminal failure"):
        wait(aws, sm, "training_job_completed_or_stopped", TrainingJobName="failing")
    sm.create_image(ImageName="image", RoleArn=role)
    wait(aws, sm, "image_created", ImageName="image")
    sm.update_image(ImageName="image", DisplayName="shown")
    wait(aws, sm, "image_updated", ImageName="image")
    sm.create_image_version(ImageName="image", BaseImage=req.IMAGE, ClientToken="t", Aliases=["latest"])
    wait(aws, sm, "image_version_created", ImageName="image")
    assert sm.describe_image_version(ImageName="image", Alias="latest")["Version"] == 1
    assert sm.list_aliases(ImageName="image")["SageMakerImageVersionAliases"] == ["latest"]
    sm.delete_image_version(ImageName="image", Version=1)
    wait(aws, sm, "image_version_deleted", ImageName="image", Version=1)
    sm.delete_image(ImageName="image")
    wait(aws, sm, "image_deleted", ImageName="image")
    assert tried == set(sm.waiter_names)


def test_what_served_when_is_remembered(aws, sm, endpoint):
    def served() -> list[tuple[str | None, bool]]:
        return [(entry["configuration"], entry["works"]) for entry in aws.control("GET", "served")["served"]]

    assert served() == [("one", True)]
    sm.update_endpoint(EndpointName="e", EndpointConfigName="two")
    aws.advance(5)
    assert endpoint()["EndpointConfigName"] == "two"
    sm.delete_endpoint_config(EndpointConfigName="one")
    assert served() == [("one", True), ("two", True)], "nobody needs it any more"
    # AWS allows both.
    sm.delete_endpoint_config(EndpointConfigName="two")
    sm.create_endpoint_config(**req.config("two", "m"))
    sm.delete_model(ModelName="m")
    assert served()[2:] == [("two", False)]
    sm.delete_endpoint(EndpointName="e")
    aws.advance(5)
    sm.list_endpoints()
    assert served()[3:] == [(None, False)]


def test_without_model_servers_an_endpoint_says_which_model_it_has(aws, endpoint):
    answer = aws.client("sagemaker-runtime").invoke_endpoint(EndpointName="e", Body=b"1,2")
    assert json.loads(answer["Body"].read()) == {"model": "m", "body": "1,2"}
    assert answer["InvokedProductionVariant"] == "main"
