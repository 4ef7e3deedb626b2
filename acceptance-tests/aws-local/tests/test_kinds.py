"""The life of every kind: create, collide, describe, list, tag, change, stop, delete, gone."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import pytest
import samples as req
from botocore.exceptions import ClientError


class Life(NamedTuple):
    """How one kind is driven. Snake-case names are boto3's methods without the verb."""

    name: str
    create: Any
    """(world) to the create request."""
    key: Any
    """(world) to the members that name the object."""
    arn: str
    status: str | None
    busy: str | None
    ready: str | None
    not_found: tuple[str, str]
    """Code and beginning of the text."""
    duplicate: str | None
    """Code."""
    listed: str
    """Member of the list answer."""
    stoppable: bool = False
    deletable: bool = True
    list_name: str | None = None
    taggable: bool = True
    wrap: str | None = None


class World:
    """What kinds need to exist around them."""

    def __init__(self, aws: Any) -> None:
        self.aws = aws
        self.sm = aws.client("sagemaker")
        self.role = aws.role()
        self.sm.create_model(**req.model("base", self.role))
        self.sm.create_endpoint_config(**req.config("base", "base"))
        self.sm.create_endpoint(EndpointName="base", EndpointConfigName="base")
        self.sm.create_workteam(**req.workteam("base"))
        self.team = self.sm.describe_workteam(WorkteamName="base")["Workteam"]["WorkteamArn"]
        self.sm.create_model_package_group(ModelPackageGroupName="base")
        self.sm.create_data_quality_job_definition(**req.definition("DataQuality", "base", self.role, "base"))
        self.domain = self.sm.create_domain(**req.domain("base", self.role))["DomainId"]
        aws.advance(5)
        self.sm.create_user_profile(DomainId=self.domain, UserProfileName="base")
        # An endpoint for inference components.
        variant = {"VariantName": "main", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        self.sm.create_endpoint_config(
            EndpointConfigName="components", ExecutionRoleArn=self.role, ProductionVariants=[variant]
        )
        self.sm.create_endpoint(EndpointName="components", EndpointConfigName="components")
        aws.advance(10)


@pytest.fixture
def world(aws) -> World:
    return World(aws)


def one(member: str) -> Any:
    return lambda world: {member: "thing"}


RNF, VAL, INUSE = "ResourceNotFound", "ValidationException", "ResourceInUse"

LIVES = [
    Life(
        "training_job",
        lambda w: req.training("thing", w.role),
        one("TrainingJobName"),
        "TrainingJobArn",
        "TrainingJobStatus",
        "InProgress",
        "Completed",
        (VAL, "Requested resource not found"),
        INUSE,
        "TrainingJobSummaries",
        stoppable=True,
    ),
    Life(
        "processing_job",
        lambda w: req.processing("thing", w.role),
        one("ProcessingJobName"),
        "ProcessingJobArn",
        "ProcessingJobStatus",
        "InProgress",
        "Completed",
        (VAL, "Could not find requested job"),
        INUSE,
        "ProcessingJobSummaries",
        stoppable=True,
    ),
    Life(
        "transform_job",
        lambda w: req.transform("thing", "base"),
        one("TransformJobName"),
        "TransformJobArn",
        "TransformJobStatus",
        "InProgress",
        "Completed",
        (VAL, "Could not find requested job with name"),
        INUSE,
        "TransformJobSummaries",
        stoppable=True,
        deletable=False,
    ),
    Life(
        "hyper_parameter_tuning_job",
        lambda w: req.tuning("thing", w.role),
        one("HyperParameterTuningJobName"),
        "HyperParameterTuningJobArn",
        "HyperParameterTuningJobStatus",
        "InProgress",
        "Completed",
        (RNF, ""),
        INUSE,
        "HyperParameterTuningJobSummaries",
        stoppable=True,
    ),
    Life(
        "auto_ml_job_v2",
        lambda w: req.automl("thing", w.role),
        one("AutoMLJobName"),
        "AutoMLJobArn",
        "AutoMLJobStatus",
        "InProgress",
        "Completed",
        (RNF, ""),
        INUSE,
        "AutoMLJobSummaries",
        stoppable=True,
        deletable=False,
        list_name="list_auto_ml_jobs",
    ),
    Life(
        "labeling_job",
        lambda w: req.labeling("thing", w.role, w.team),
        one("LabelingJobName"),
        "LabelingJobArn",
        "LabelingJobStatus",
        "Initializing",
        "Completed",
        (VAL, "Requested resource not found"),
        INUSE,
        "LabelingJobSummaryList",
        stoppable=True,
        deletable=False,
    ),
    Life(
        "workteam",
        lambda w: req.workteam("thing"),
        one("WorkteamName"),
        "WorkteamArn",
        None,
        None,
        None,
        (VAL, "The work team"),
        INUSE,
        "Workteams",
        wrap="Workteam",
    ),
    Life(
        "human_task_ui",
        lambda w: {"HumanTaskUiName": "thing", "UiTemplate": {"Content": "<p>{{ task.input.taskObject }}</p>"}},
        one("HumanTaskUiName"),
        "HumanTaskUiArn",
        "HumanTaskUiStatus",
        "Active",
        "Active",
        ("ResourceNotFound", "The human task UI"),
        INUSE,
        "HumanTaskUiSummaries",
    ),
    Life(
        "workforce",
        lambda w: {"WorkforceName": "thing", "CognitoConfig": {"UserPool": "us-east-1_a", "ClientId": "c"}},
        one("WorkforceName"),
        "WorkforceArn",
        "Status",
        "Initializing",
        "Active",
        (VAL, "No workforce"),
        None,
        "Workforces",
        wrap="Workforce",
    ),
    Life(
        "model",
        lambda w: req.model("thing", w.role),
        one("ModelName"),
        "ModelArn",
        None,
        None,
        None,
        (VAL, "Could not find model"),
        VAL,
        "Models",
    ),
    Life(
        "endpoint_config",
        lambda w: req.config("thing", "base"),
        one("EndpointConfigName"),
        "EndpointConfigArn",
        None,
        None,
        None,
        (VAL, "Could not find endpoint configuration"),
        VAL,
        "EndpointConfigs",
    ),
    Life(
        "endpoint",
        lambda w: {"EndpointName": "thing", "EndpointConfigName": "base"},
        one("EndpointName"),
        "EndpointArn",
        "EndpointStatus",
        "Creating",
        "InService",
        (VAL, "Could not find endpoint"),
        VAL,
        "Endpoints",
    ),
    Life(
        "inference_component",
        lambda w: {
            "InferenceComponentName": "thing",
            "EndpointName": "components",
            "VariantName": "main",
            "Specification": {"ModelName": "base", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128}},
            "RuntimeConfig": {"CopyCount": 1},
        },
        one("InferenceComponentName"),
        "InferenceComponentArn",
        "InferenceComponentStatus",
        "Creating",
        "InService",
        (VAL, "Could not find inference component"),
        VAL,
        "InferenceComponents",
    ),
    Life(
        "model_package_group",
        lambda w: {"ModelPackageGroupName": "thing"},
        one("ModelPackageGroupName"),
        "ModelPackageGroupArn",
        "ModelPackageGroupStatus",
        "InProgress",
        "Completed",
        (VAL, "ModelPackageGroup"),
        VAL,
        "ModelPackageGroupSummaryList",
    ),
    Life(
        "pipeline",
        lambda w: req.pipeline("thing", w.role),
        one("PipelineName"),
        "PipelineArn",
        "PipelineStatus",
        "Active",
        "Active",
        (RNF, "Pipeline"),
        None,
        "PipelineSummaries",
    ),
    *[
        Life(
            f"{snake}_job_definition",
            lambda w, kind=kind: req.definition(kind, "thing", w.role, "base"),
            one("JobDefinitionName"),
            "JobDefinitionArn",
            None,
            None,
            None,
            (RNF, ""),
            INUSE,
            "JobDefinitionSummaries",
        )
        for kind, snake in (
            ("DataQuality", "data_quality"),
            ("ModelQuality", "model_quality"),
            ("ModelBias", "model_bias"),
            ("ModelExplainability", "model_explainability"),
        )
    ],
    Life(
        "monitoring_schedule",
        lambda w: req.schedule("thing", "base"),
        one("MonitoringScheduleName"),
        "MonitoringScheduleArn",
        "MonitoringScheduleStatus",
        "Pending",
        "Scheduled",
        (RNF, ""),
        INUSE,
        "MonitoringScheduleSummaries",
    ),
    Life(
        "notebook_instance",
        lambda w: req.notebook("thing", w.role),
        one("NotebookInstanceName"),
        "NotebookInstanceArn",
        "NotebookInstanceStatus",
        "Pending",
        "InService",
        (VAL, "RecordNotFound"),
        VAL,
        "NotebookInstances",
        stoppable=True,
    ),
    Life(
        "notebook_instance_lifecycle_config",
        lambda w: {"NotebookInstanceLifecycleConfigName": "thing", "OnStart": [{"Content": req.SCRIPT}]},
        one("NotebookInstanceLifecycleConfigName"),
        "NotebookInstanceLifecycleConfigArn",
        None,
        None,
        None,
        (VAL, "Unable to describe Notebook Instance Lifecycle Config"),
        VAL,
        "NotebookInstanceLifecycleConfigs",
        taggable=False,
    ),
    Life(
        "user_profile",
        lambda w: {"DomainId": w.domain, "UserProfileName": "thing"},
        lambda w: {"DomainId": w.domain, "UserProfileName": "thing"},
        "UserProfileArn",
        "Status",
        "Pending",
        "InService",
        (RNF, "UserProfile"),
        INUSE,
        "UserProfiles",
    ),
    Life(
        "space",
        lambda w: {"DomainId": w.domain, "SpaceName": "thing"},
        lambda w: {"DomainId": w.domain, "SpaceName": "thing"},
        "SpaceArn",
        "Status",
        "Pending",
        "InService",
        (RNF, "Space"),
        INUSE,
        "Spaces",
    ),
    Life(
        "app",
        lambda w: {"DomainId": w.domain, "UserProfileName": "base", "AppType": "JupyterLab", "AppName": "thing"},
        lambda w: {"DomainId": w.domain, "UserProfileName": "base", "AppType": "JupyterLab", "AppName": "thing"},
        "AppArn",
        "Status",
        "Pending",
        "InService",
        (RNF, "App"),
        INUSE,
        "Apps",
    ),
    Life(
        "feature_group",
        lambda w: req.feature_group("thing", w.role),
        one("FeatureGroupName"),
        "FeatureGroupArn",
        "FeatureGroupStatus",
        "Creating",
        "Created",
        (RNF, ""),
        INUSE,
        "FeatureGroupSummaries",
    ),
    Life(
        "model_card",
        lambda w: req.card("thing"),
        one("ModelCardName"),
        "ModelCardArn",
        None,
        None,
        None,
        (RNF, ""),
        "ConflictException",
        "ModelCardSummaries",
    ),
]


def error_of(call: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    told = caught.value.response["Error"]
    return told["Code"], told["Message"]


def describe(world: World, life: Life) -> dict[str, Any]:
    answer = getattr(world.sm, f"describe_{life.name}")(**life.key(world))
    return answer[life.wrap] if life.wrap else answer


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_life(world: World, life: Life) -> None:
    sm, aws = world.sm, world.aws
    code, text = error_of(lambda: describe(world, life))
    assert (code, text[: len(life.not_found[1])]) == life.not_found

    request = life.create(world)
    if life.taggable:
        request["Tags"] = [{"Key": "made-by", "Value": "test"}]
    getattr(sm, f"create_{life.name}")(**request)
    described = describe(world, life)
    arn = described[life.arn]
    assert arn.startswith("arn:aws:sagemaker:us-east-1:123456789012:")
    if life.status:
        assert described[life.status] == life.busy

    echoed_elsewhere = {"ClientRequestToken", "Tags", "VpcId", "SubnetIds"}
    for member, sent in life.create(world).items():
        if member in echoed_elsewhere or member in RESHAPED.get(life.name, ()):
            continue
        assert contains(described[member], sent), f"{member}: sent {sent}, described {described[member]}"

    if life.duplicate:
        again = {**life.create(world)}
        assert error_of(lambda: getattr(sm, f"create_{life.name}")(**again))[0] == life.duplicate

    if life.taggable:
        assert sm.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "made-by", "Value": "test"}]
        sm.add_tags(ResourceArn=arn, Tags=[{"Key": "more", "Value": "x"}, {"Key": "made-by", "Value": "y"}])
        sm.delete_tags(ResourceArn=arn, TagKeys=["more"])
        assert sm.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "made-by", "Value": "y"}]

    lister = getattr(sm, life.list_name or f"list_{life.name}s")
    assert any("thing" in str(item) for item in lister()[life.listed])

    aws.advance(20)
    if life.status:
        assert describe(world, life)[life.status] == life.ready

    if life.name == "workforce":
        sm.delete_workteam(WorkteamName="base")
    if life.name == "notebook_instance":
        sm.stop_notebook_instance(NotebookInstanceName="thing")
        aws.advance(5)
    if life.deletable:
        getattr(sm, f"delete_{life.name}")(**life.key(world))
        aws.advance(20)
        if life.name == "app":
            # It is still told of for a day.
            assert describe(world, life)["Status"] == "Deleted"
            aws.advance(24 * 3600)
        assert error_of(lambda: describe(world, life))[0] == life.not_found[0]
        assert not any("thing" in str(item) for item in lister()[life.listed])
        if life.taggable:
            error_of(lambda: sm.list_tags(ResourceArn=arn))
        getattr(sm, f"create_{life.name}")(**life.create(world))


# Members that Describe shows in another shape or not at all (service model).
RESHAPED = {
    "inference_component": ("RuntimeConfig",),
    "human_task_ui": ("UiTemplate",),
    "workforce": (),
    "labeling_job": (),
}


def contains(have: Any, sent: Any) -> bool:
    """Whether `have` holds everything that was sent (AWS may add members)."""
    if isinstance(sent, dict):
        return isinstance(have, dict) and all(key in have and contains(have[key], value) for key, value in sent.items())
    if isinstance(sent, list):
        return isinstance(have, list) and len(have) == len(sent) and all(map(contains, have, sent))
    return have == sent


@pytest.mark.parametrize(
    "life", [life for life in LIVES if life.stoppable and "job" in life.name], ids=lambda life: life.name
)
def test_stop(world: World, life: Life) -> None:
    getattr(world.sm, f"create_{life.name}")(**life.create(world))
    stop = getattr(world.sm, "stop_auto_ml_job" if life.name == "auto_ml_job_v2" else f"stop_{life.name}")
    stop(**life.key(world))
    assert describe(world, life)[life.status] == "Stopping"
    world.aws.advance(5)
    assert describe(world, life)[life.status] == "Stopped"
    code, text = error_of(lambda: stop(**life.key(world)))
    assert code == "ValidationException" and "is in status Stopped" in text


def test_a_template_is_described_by_its_hash(world: World) -> None:
    world.sm.create_human_task_ui(HumanTaskUiName="thing", UiTemplate={"Content": "abc"})
    template = world.sm.describe_human_task_ui(HumanTaskUiName="thing")["UiTemplate"]
    assert template["ContentSha256"] == hashlib.sha256(b"abc").hexdigest() and template.keys() == {"Url", "ContentSha256"}


def test_a_running_job_cannot_be_deleted(world: World) -> None:
    world.sm.create_training_job(**req.training("thing", world.role))
    assert error_of(lambda: world.sm.delete_training_job(TrainingJobName="thing"))[0] == "ResourceInUse"


def test_a_running_tuning_job_cannot_be_deleted(world: World) -> None:
    """terraform-provider-aws, hyper_parameter_tuning_job.go: not ResourceInUse; the service model declares no error."""
    world.sm.create_hyper_parameter_tuning_job(**req.tuning("thing", world.role))
    code, text = error_of(lambda: world.sm.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="thing"))
    assert code == "ValidationException" and "not in a terminal state" in text


def test_names_of_endpoints_ignore_case(world: World) -> None:
    assert (
        error_of(lambda: world.sm.create_endpoint(EndpointName="BASE", EndpointConfigName="base"))[0]
        == "ValidationException"
    )
    assert world.sm.describe_endpoint(EndpointName="BASE")["EndpointName"] == "base"


def test_failures_on_demand_carry_the_reason(world: World) -> None:
    world.aws.control("POST", "fail", kind="TrainingJob", name="thing", reason="AlgorithmError: out of luck")
    world.sm.create_training_job(**req.training("thing", world.role))
    world.aws.advance(10)
    described = world.sm.describe_training_job(TrainingJobName="thing")
    assert (described["TrainingJobStatus"], described["SecondaryStatus"]) == ("Failed", "Failed")
    assert described["FailureReason"] == "AlgorithmError: out of luck"


def test_a_new_role_cannot_be_assumed_for_its_first_seconds(aws) -> None:
    from conftest import JOBS, TRUST

    sm, iam = aws.client("sagemaker"), aws.client("iam")
    role = iam.create_role(RoleName="new", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.put_role_policy(RoleName="new", PolicyName="jobs", PolicyDocument=JOBS)
    code, text = error_of(lambda: sm.create_training_job(**req.training("job", role)))
    assert code == "ValidationException" and text.startswith(f"Could not assume role {role}")
    aws.advance(3.1)
    # Its trust has arrived, its permissions have not.
    code, text = error_of(lambda: sm.create_training_job(**req.training("job", role)))
    assert code == "ValidationException" and text.startswith("Access denied")
    aws.advance(1)
    sm.create_training_job(**req.training("job", role))


def test_a_role_that_trusts_nobody_cannot_be_assumed(aws) -> None:
    from conftest import JOBS, TRUST

    iam = aws.client("iam")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST.replace("sagemaker.", "lambda."))["Role"]["Arn"]
    iam.put_role_policy(RoleName="r", PolicyName="jobs", PolicyDocument=JOBS)
    aws.advance(10)
    code, text = error_of(lambda: aws.client("sagemaker").create_training_job(**req.training("job", role)))
    assert "sagemaker.amazonaws.com" in text
    iam.update_assume_role_policy(RoleName="r", PolicyDocument=TRUST)
    aws.client("sagemaker").create_training_job(**req.training("job", role))


def test_regions_are_apart(aws) -> None:
    aws.client("sagemaker", "eu-west-1").create_model_package_group(ModelPackageGroupName="g")
    assert aws.client("sagemaker").list_model_package_groups()["ModelPackageGroupSummaryList"] == []
    group = aws.client("sagemaker", "eu-west-1").describe_model_package_group(ModelPackageGroupName="g")
    assert ":eu-west-1:" in group["ModelPackageGroupArn"]
