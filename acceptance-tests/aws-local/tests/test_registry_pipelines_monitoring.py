"""Model registry, pipelines, monitoring, notebooks and Studio: what goes beyond the life every kind has."""

from __future__ import annotations

import json
import re
import time
from types import SimpleNamespace
from typing import Any

import pytest
import samples as req
from botocore.exceptions import ClientError
from conftest import Local

from aws_local.sagemaker.kinds import monitoring
from aws_local.services import AwsError


@pytest.fixture
def role(aws) -> str:
    return aws.role()


def error_of(call: Any) -> dict[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]


def test_model_packages_are_versions_of_their_group(aws, sm, role):
    assert "does not exist" in error_of(lambda: sm.create_model_package(**req.package("g")))["Message"]
    sm.create_model_package_group(ModelPackageGroupName="g")
    arns = [sm.create_model_package(**req.package("g"))["ModelPackageArn"] for _ in range(3)]
    assert [arn.rpartition(":")[2] for arn in arns] == [f"model-package/g/{n}" for n in (1, 2, 3)]
    shown = sm.describe_model_package(ModelPackageName=arns[0])
    assert (shown["ModelPackageVersion"], shown["ModelApprovalStatus"]) == (1, "PendingManualApproval")
    assert shown["InferenceSpecification"]["Containers"][0]["ImageDigest"].startswith("sha256:")
    aws.advance(2)
    assert sm.describe_model_package(ModelPackageName=arns[0])["ModelPackageStatus"] == "Completed"

    refused = error_of(
        lambda: sm.create_model(ModelName="m", ExecutionRoleArn=role, PrimaryContainer={"ModelPackageName": arns[0]})
    )
    assert "not approved" in refused["Message"]
    sm.update_model_package(
        ModelPackageArn=arns[0],
        ModelApprovalStatus="Approved",
        ApprovalDescription="good",
        CustomerMetadataProperties={"a": "1", "b": "2"},
    )
    sm.update_model_package(ModelPackageArn=arns[0], CustomerMetadataPropertiesToRemove=["a"])
    shown = sm.describe_model_package(ModelPackageName=arns[0])
    assert (shown["ModelApprovalStatus"], shown["ApprovalDescription"], shown["CustomerMetadataProperties"]) == (
        "Approved",
        "good",
        {"b": "2"},
    )
    sm.create_model(ModelName="m", ExecutionRoleArn=role, PrimaryContainer={"ModelPackageName": arns[0]})

    listed = sm.list_model_packages(ModelPackageGroupName="g", SortOrder="Ascending")["ModelPackageSummaryList"]
    assert [each["ModelPackageVersion"] for each in listed] == [1, 2, 3]
    approved = sm.list_model_packages(ModelPackageGroupName="g", ModelApprovalStatus="Approved")[
        "ModelPackageSummaryList"
    ]
    assert [each["ModelPackageArn"] for each in approved] == arns[:1]
    assert sm.list_model_packages()["ModelPackageSummaryList"] == [], "only unversioned ones without a group"

    batch = sm.batch_describe_model_package(ModelPackageArnList=[arns[1], arns[1] + "7"])
    assert list(batch["ModelPackageSummaries"]) == [arns[1]]
    assert list(batch["BatchDescribeModelPackageErrorMap"]) == [arns[1] + "7"]

    assert error_of(lambda: sm.delete_model_package_group(ModelPackageGroupName="g"))["Code"] == "ConflictException"
    for arn in arns:
        sm.delete_model_package(ModelPackageName=arn)
    aws.advance(2)
    assert sm.create_model_package(**req.package("g"))["ModelPackageArn"].endswith("/4"), (
        "version numbers are not used again"
    )


def unversioned(name: str, **more: Any) -> dict[str, Any]:
    inference = {
        **req.package("g")["InferenceSpecification"],
        "SupportedTransformInstanceTypes": ["ml.m5.large"],
        "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
    }
    return {"ModelPackageName": name, "InferenceSpecification": inference, **more}


def test_a_package_without_a_group_is_no_version(aws, sm):
    """API reference, CreateModelPackage, InferenceSpecification and UpdateModelPackage; the text about environments is AWS's."""
    no_types = {"ModelPackageName": "p", "InferenceSpecification": req.package("g")["InferenceSpecification"]}
    assert "SupportedTransformInstanceTypes" in error_of(lambda: sm.create_model_package(**no_types))["Message"]
    approved = unversioned("p", ModelApprovalStatus="Approved")
    assert "does not apply" in error_of(lambda: sm.create_model_package(**approved))["Message"]
    with_environment = unversioned("p")
    with_environment["InferenceSpecification"]["Containers"] = [{"Image": req.IMAGE, "Environment": {"A": "b"}}]
    assert (
        error_of(lambda: sm.create_model_package(**with_environment))["Message"]
        == "Environment variable map cannot be specified when using non-versioned ModelPackages"
    )
    arn = sm.create_model_package(**unversioned("p"))["ModelPackageArn"]
    aws.advance(2)
    assert error_of(lambda: sm.create_model_package(**unversioned("p")))["Message"].startswith(
        "ModelPackage already exists"
    )
    refused = error_of(lambda: sm.update_model_package(ModelPackageArn=arn, SourceUri="s3://bucket/x"))
    assert refused["Code"] == "ValidationException"
    assert sm.describe_model_package(ModelPackageName=arn)["CertifyForMarketplace"] is False


def test_what_comes_back_of_a_package_although_it_was_not_sent(aws, sm, role):
    """ACK, custom_delta of model packages; service model, ModelPackageStatusItem."""
    job = {
        "TransformInput": req.transform("t", "m")["TransformInput"],
        "TransformOutput": {"S3OutputPath": "s3://bucket/out"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }
    profiles = [{"ProfileName": "profile", "TransformJobDefinition": job}]
    checked = {"ValidationRole": role, "ValidationProfiles": profiles}
    aws.control("POST", "fail", kind="ModelPackage", name="p", reason="no such model data")
    arn = sm.create_model_package(**unversioned("p", ValidationSpecification=checked))["ModelPackageArn"]
    aws.advance(2)
    shown = sm.describe_model_package(ModelPackageName=arn)
    output = shown["ValidationSpecification"]["ValidationProfiles"][0]["TransformJobDefinition"]["TransformOutput"]
    assert output["KmsKeyId"] == ""
    assert shown["ModelPackageStatus"] == "Failed"
    assert shown["ModelPackageStatusDetails"]["ValidationStatuses"] == [
        {"Name": "profile", "Status": "Failed", "FailureReason": "no such model data"}
    ]


def test_packages_and_groups_are_listed_in_the_order_of_their_creation(aws, sm):
    """API reference, ListModelPackages and ListModelPackageGroups: Ascending unless asked for otherwise."""
    for group in ("b", "a"):
        sm.create_model_package_group(ModelPackageGroupName=group)
        aws.advance(1)
    for _ in range(3):
        sm.create_model_package(**req.package("a"))
        aws.advance(1)
    listed = sm.list_model_packages(ModelPackageGroupName="a")["ModelPackageSummaryList"]
    assert [each["ModelPackageVersion"] for each in listed] == [1, 2, 3]
    groups = sm.list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert [each["ModelPackageGroupName"] for each in groups] == ["b", "a"]


def test_a_registration_is_repeated_by_its_token(aws, sm):
    """API reference, CreateModelPackage: "A unique token that guarantees that the call to this API is idempotent"."""
    sm.create_model_package_group(ModelPackageGroupName="g")
    register = {**req.package("g"), "ClientToken": req.TOKEN}
    arn = sm.create_model_package(**register)["ModelPackageArn"]
    assert sm.create_model_package(**register)["ModelPackageArn"] == arn
    assert len(sm.list_model_packages(ModelPackageGroupName="g")["ModelPackageSummaryList"]) == 1


def test_group_policies(sm):
    policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
                    "Action": "sagemaker:DescribeModelPackage",
                    "Resource": "*",
                }
            ],
        }
    )
    assert error_of(lambda: sm.get_model_package_group_policy(ModelPackageGroupName="g"))["Message"].startswith(
        "Cannot find Model Package Group"
    )
    sm.create_model_package_group(ModelPackageGroupName="g")
    assert error_of(lambda: sm.get_model_package_group_policy(ModelPackageGroupName="g"))["Message"].startswith(
        "Cannot find resource policy"
    )
    sm.put_model_package_group_policy(ModelPackageGroupName="g", ResourcePolicy=policy)
    assert sm.get_model_package_group_policy(ModelPackageGroupName="g")["ResourcePolicy"] == policy
    sm.delete_model_package_group_policy(ModelPackageGroupName="g")


def test_model_card_versions(sm):
    sm.create_model_card(**req.card("c"))
    sm.update_model_card(ModelCardName="c", ModelCardStatus="Approved")
    sm.update_model_card(ModelCardName="c", Content=json.dumps({"model_overview": {"model_name": "other"}}))
    assert sm.describe_model_card(ModelCardName="c")["ModelCardVersion"] == 2
    first = sm.describe_model_card(ModelCardName="c", ModelCardVersion=1)
    assert json.loads(first["Content"])["model_overview"]["model_name"] == "c"
    assert first["ModelCardStatus"] == "Approved"
    assert len(sm.list_model_card_versions(ModelCardName="c")["ModelCardVersionSummaryList"]) == 2


def until(call: Any, wanted: Any, aws: Any) -> Any:
    """Wait for the pipeline executor, which runs beside the stepped clock."""
    deadline = time.monotonic() + 20
    while (seen := call()) not in wanted:
        assert time.monotonic() < deadline, seen
        aws.advance(0.5)
        time.sleep(0.05)
    return seen


def test_pipelines_have_versions_and_executions(aws, sm, role):
    created = sm.create_pipeline(**req.pipeline("p", role))["PipelineArn"]
    assert sm.create_pipeline(**req.pipeline("p", role))["PipelineArn"] == created, "the same token is the same call"
    again = {**req.pipeline("p", role), "ClientRequestToken": "u" * 32}
    told = error_of(lambda: sm.create_pipeline(**again))
    assert (told["Code"], told["Message"][:35]) == ("ValidationException", "Pipeline names must be unique withi")
    wrong = {**req.pipeline("q", role), "PipelineDefinition": "{", "ClientRequestToken": "v" * 32}
    assert "Invalid JSON" in error_of(lambda: sm.create_pipeline(**wrong))["Message"]
    changed = json.loads(req.DEFINITION)
    changed["Steps"][0]["Arguments"]["ErrorMessage"] = "changed"
    sm.update_pipeline(PipelineName="p", PipelineDefinition=json.dumps(changed))
    sm.update_pipeline(PipelineName="p", PipelineDescription="text only")
    versions = sm.list_pipeline_versions(PipelineName="p")["PipelineVersionSummaries"]
    assert [each["PipelineVersionId"] for each in versions] == [2, 1]
    assert sm.describe_pipeline(PipelineName="p", PipelineVersionId=1)["PipelineDefinition"] == req.DEFINITION
    sm.update_pipeline_version(PipelineArn=created, PipelineVersionId=2, PipelineVersionDisplayName="second")

    assert (
        "unknown"
        in error_of(
            lambda: sm.start_pipeline_execution(
                PipelineName="p", ClientRequestToken=req.TOKEN, PipelineParameters=[{"Name": "x", "Value": "y"}]
            )
        )["Message"]
    )
    arn = sm.start_pipeline_execution(
        PipelineName="p",
        ClientRequestToken=req.TOKEN,
        PipelineParameters=[{"Name": "Message", "Value": "y"}],
    )["PipelineExecutionArn"]
    assert sm.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)["PipelineParameters"] == [
        {"Name": "Message", "Value": "y"}
    ]
    shown = sm.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert (shown["PipelineArn"], shown["PipelineVersionId"]) == (created, 2)
    until(
        lambda: sm.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"],
        {"Failed", "Succeeded"},
        aws,
    )
    assert [
        each["PipelineExecutionArn"]
        for each in sm.list_pipeline_executions(PipelineName="p")["PipelineExecutionSummaries"]
    ] == [arn]
    definition = sm.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)["PipelineDefinition"]
    assert json.loads(definition) == changed
    sm.delete_pipeline(PipelineName="p", ClientRequestToken=req.TOKEN)
    aws.advance(2)
    assert error_of(lambda: sm.describe_pipeline_execution(PipelineExecutionArn=arn))["Code"] == "ResourceNotFound"


def test_a_selection_is_checked_when_it_is_started(sm, role):
    """API reference, SelectiveExecutionConfig."""
    sm.create_pipeline(**req.pipeline("p", role))
    selection = {"SelectedSteps": [{"StepName": "Nobody"}]}
    refused = error_of(
        lambda: sm.start_pipeline_execution(
            PipelineName="p", ClientRequestToken=req.TOKEN, SelectiveExecutionConfig=selection
        )
    )
    assert refused["Code"] == "ValidationException" and "Nobody" in refused["Message"]


def test_an_automl_job_of_the_second_version_is_not_described_by_the_first(sm, role):
    """API reference, DescribeAutoMLJob."""
    sm.create_auto_ml_job_v2(**req.automl("a", role))
    assert error_of(lambda: sm.describe_auto_ml_job(AutoMLJobName="a"))["Code"] == "ValidationException"


def test_a_token_does_not_outlive_its_object(aws, sm, role):
    sm.create_pipeline(**req.pipeline("p", role))
    sm.delete_pipeline(PipelineName="p", ClientRequestToken=req.TOKEN)
    aws.advance(2)
    sm.create_pipeline(**req.pipeline("p", role))
    assert sm.describe_pipeline(PipelineName="p")["PipelineStatus"] == "Active"


def test_a_definition_in_s3(aws, sm, role):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="definitions")
    where = {"Bucket": "definitions", "ObjectKey": "p.json"}
    given = {
        "PipelineName": "p",
        "RoleArn": role,
        "ClientRequestToken": req.TOKEN,
        "PipelineDefinitionS3Location": where,
    }
    assert "NoSuchKey" in error_of(lambda: sm.create_pipeline(**given))["Message"]
    s3.put_object(Bucket="definitions", Key="p.json", Body=req.DEFINITION.encode())
    sm.create_pipeline(**given)
    assert sm.describe_pipeline(PipelineName="p")["PipelineDefinition"] == req.DEFINITION


def test_monitoring_schedules(aws, sm, role):
    sm.create_model(**req.model("m", role))
    sm.create_endpoint_config(**req.config("c", "m"))
    sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
    for kind, snake in (("DataQuality", "data_quality"), ("ModelBias", "model_bias")):
        getattr(sm, f"create_{snake}_job_definition")(**req.definition(kind, "d", role, "e"))
    assert error_of(lambda: sm.create_monitoring_schedule(**req.schedule("s", "absent")))["Code"] == "ResourceNotFound"
    bad = req.schedule("s", "d")
    bad["MonitoringScheduleConfig"]["ScheduleConfig"]["ScheduleExpression"] = "cron(5 4 * * ? *)"
    assert error_of(lambda: sm.create_monitoring_schedule(**bad))["Code"] == "ValidationException"
    sm.create_monitoring_schedule(**req.schedule("s", "d"))
    shown = sm.describe_monitoring_schedule(MonitoringScheduleName="s")
    assert (shown["MonitoringScheduleStatus"], shown["MonitoringType"], shown["EndpointName"]) == (
        "Pending",
        "DataQuality",
        "e",
    )
    assert "Pending" in error_of(lambda: sm.delete_monitoring_schedule(MonitoringScheduleName="s"))["Message"]
    aws.advance(2)
    assert "used by" in error_of(lambda: sm.delete_data_quality_job_definition(JobDefinitionName="d"))["Message"]
    sm.delete_model_bias_job_definition(JobDefinitionName="d")
    sm.stop_monitoring_schedule(MonitoringScheduleName="s")
    aws.advance(2)
    sm.update_monitoring_schedule(**req.schedule("s", "d"))
    aws.advance(2)
    assert sm.describe_monitoring_schedule(MonitoringScheduleName="s")["MonitoringScheduleStatus"] == "Stopped"
    sm.start_monitoring_schedule(MonitoringScheduleName="s")
    aws.advance(2)
    assert sm.describe_monitoring_schedule(MonitoringScheduleName="s")["MonitoringScheduleStatus"] == "Scheduled"

    alert = sm.list_monitoring_alerts(MonitoringScheduleName="s")["MonitoringAlertSummaries"][0]
    sm.update_monitoring_alert(
        MonitoringScheduleName="s",
        MonitoringAlertName=alert["MonitoringAlertName"],
        DatapointsToAlert=2,
        EvaluationPeriod=3,
    )
    alert = sm.list_monitoring_alerts(MonitoringScheduleName="s")["MonitoringAlertSummaries"][0]
    assert (alert["DatapointsToAlert"], alert["EvaluationPeriod"]) == (2, 3)
    assert sm.list_monitoring_executions(MonitoringScheduleName="s")["MonitoringExecutionSummaries"] == []
    assert sm.list_monitoring_alert_history()["MonitoringAlertHistory"] == []
    sm.delete_monitoring_schedule(MonitoringScheduleName="s")
    # github.com/aws/amazon-sagemaker-examples issue 2342: the deletion takes time, and keeps the definition meanwhile.
    assert sm.describe_monitoring_schedule(MonitoringScheduleName="s")["MonitoringScheduleStatus"] == "Pending"
    assert "used by" in error_of(lambda: sm.delete_data_quality_job_definition(JobDefinitionName="d"))["Message"]
    aws.advance(2)
    assert error_of(lambda: sm.describe_monitoring_schedule(MonitoringScheduleName="s"))["Code"] == "ResourceNotFound"
    sm.delete_data_quality_job_definition(JobDefinitionName="d")


@pytest.mark.parametrize(
    ("status", "refused"), [("Pending", True), ("InProgress", True), ("Stopping", True), ("Failed", False), (None, False)]
)
def test_no_change_and_no_deletion_of_a_schedule_amid_an_execution(status, refused):
    executions = [{"MonitoringExecutionStatus": status}, {"MonitoringExecutionStatus": "Completed"}] if status else []
    record = SimpleNamespace(name="s", private={"executions": executions})
    (kind,) = (k for k in monitoring.KINDS if k.name == "MonitoringSchedule")
    if refused:
        for call in (lambda: kind.special["before_delete"](None, record), lambda: kind.special["before_update"](None, record, {})):
            with pytest.raises(AwsError, match=f"an execution in status {status}"):
                call()
    else:
        kind.special["before_delete"](None, record)


def test_how_long_the_deletion_of_a_schedule_takes():
    local = Local("--stepped", "--deletion-delay", "60")
    try:
        sm, role = local.client("sagemaker"), local.role()
        sm.create_model(**req.model("m", role))
        sm.create_endpoint_config(**req.config("c", "m"))
        sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
        sm.create_data_quality_job_definition(**req.definition("DataQuality", "d", role, "e"))
        sm.create_monitoring_schedule(**req.schedule("s", "d"))
        local.advance(2)
        sm.delete_monitoring_schedule(MonitoringScheduleName="s")
        local.advance(59)
        sm.describe_monitoring_schedule(MonitoringScheduleName="s")
        local.advance(2)
        assert (
            error_of(lambda: sm.describe_monitoring_schedule(MonitoringScheduleName="s"))["Code"] == "ResourceNotFound"
        )
    finally:
        local.stop()


@pytest.mark.parametrize(
    "kind, expression, seconds, allowed",
    [
        ("DataQuality", "cron(0 * ? * * *)", 3600, True),
        ("DataQuality", "cron(0 * ? * * *)", 3601, False),
        ("ModelQuality", "cron(0 * ? * * *)", 1800, True),
        ("ModelQuality", "cron(0 * ? * * *)", 1801, False),
        ("ModelBias", "cron(0 * ? * * *)", 3600, False),
        ("ModelExplainability", "cron(0 * ? * * *)", 3600, True),
        ("ModelBias", "cron(0 0/2 ? * * *)", 7200, True),
        ("ModelBias", "cron(0 0/2 ? * * *)", 7201, False),
        ("ModelBias", "cron(0 3 ? * * *)", 86400, True),
    ],
)
def test_a_monitor_ends_before_its_next_run(sm, role, kind, expression, seconds, allowed):
    """API reference, MonitoringStoppingCondition.MaxRuntimeInSeconds."""
    snake = re.sub(r"(?<!^)([A-Z])", r"_\1", kind).lower()
    sm.create_model(**req.model("m", role))
    sm.create_endpoint_config(**req.config("c", "m"))
    sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
    limit = {"StoppingCondition": {"MaxRuntimeInSeconds": seconds}}
    getattr(sm, f"create_{snake}_job_definition")(**req.definition(kind, "d", role, "e"), **limit)
    request = req.schedule("s", "d", kind)
    request["MonitoringScheduleConfig"]["ScheduleConfig"]["ScheduleExpression"] = expression
    if allowed:
        sm.create_monitoring_schedule(**request)
    else:
        refused = error_of(lambda: sm.create_monitoring_schedule(**request))
        assert refused["Code"] == "ValidationException" and "MaxRuntimeInSeconds" in refused["Message"]


@pytest.mark.parametrize("kind, snake", [("DataQuality", "data_quality"), ("ModelQuality", "model_quality"),
    ("ModelBias", "model_bias"), ("ModelExplainability", "model_explainability")])  # fmt: skip
def test_a_definition_with_batch_transform_input_is_listed(sm, role, kind, snake):
    """Service model: MonitoringJobDefinitionSummary.EndpointName is required, and BatchTransformInput names no endpoint."""
    request = req.definition(kind, "batch", role, "e")
    given = request[f"{kind}JobInput"]
    del given["EndpointInput"]
    given["BatchTransformInput"] = {
        "DataCapturedDestinationS3Uri": "s3://bucket/captured",
        "DatasetFormat": {"Csv": {"Header": True}},
        "LocalPath": "/opt/ml/processing/input",
    }
    getattr(sm, f"create_{snake}_job_definition")(**request)
    (listed,) = getattr(sm, f"list_{snake}_job_definitions")()["JobDefinitionSummaries"]
    assert (listed["MonitoringJobDefinitionName"], listed["EndpointName"]) == ("batch", "")


def test_notebooks_change_only_while_stopped(aws, sm, role):
    sm.create_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName="l")
    sm.create_notebook_instance(**req.notebook("n", role), LifecycleConfigName="l", VolumeSizeInGB=6)
    aws.advance(5)
    assert (
        "not in" in error_of(lambda: sm.update_notebook_instance(NotebookInstanceName="n", VolumeSizeInGB=7))["Message"]
    )
    # github.com/hashicorp/terraform-provider-aws issue 16767.
    arn = sm.describe_notebook_instance(NotebookInstanceName="n")["NotebookInstanceArn"]
    assert error_of(lambda: sm.delete_notebook_instance(NotebookInstanceName="n"))["Message"] == (
        f"Status (InService) not in ([Stopped, Failed]). Unable to transition to (Deleting) for Notebook Instance ({arn})."
    )
    assert sm.create_presigned_notebook_instance_url(NotebookInstanceName="n")["AuthorizedUrl"].startswith("https://")
    assert error_of(lambda: sm.delete_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName="l"))
    sm.stop_notebook_instance(NotebookInstanceName="n")
    aws.advance(5)
    # API reference, UpdateNotebookInstance.VolumeSizeInGB.
    smaller = error_of(lambda: sm.update_notebook_instance(NotebookInstanceName="n", VolumeSizeInGB=5))
    assert (smaller["Code"], "cannot be decreased" in smaller["Message"]) == ("ValidationException", True)
    sm.update_notebook_instance(NotebookInstanceName="n", VolumeSizeInGB=7, DisassociateLifecycleConfig=True)
    assert sm.describe_notebook_instance(NotebookInstanceName="n")["NotebookInstanceStatus"] == "Updating"
    aws.advance(5)
    shown = sm.describe_notebook_instance(NotebookInstanceName="n")
    assert (shown["NotebookInstanceStatus"], shown["VolumeSizeInGB"]) == ("Stopped", 7)
    assert "NotebookInstanceLifecycleConfigName" not in shown
    sm.start_notebook_instance(NotebookInstanceName="n")
    aws.advance(5)
    assert sm.describe_notebook_instance(NotebookInstanceName="n")["NotebookInstanceStatus"] == "InService"


@pytest.mark.parametrize(
    "change, told",
    [
        ({"features": [("is_deleted", "String")]}, "is reserved"),
        ({"features": [("twice", "String"), ("twice", "String")]}, "more than once"),
        ({"time": "Integral"}, "EventTime"),
        ({"time": "Fractional"}, None),
        ({"RoleArn": None}, "RoleArn"),
        (
            {"OfflineStoreConfig": None, "OnlineStoreConfig": {"EnableOnlineStore": False}},
            "Validation Error: OnlineStore and OfflineStore cannot be both disabled. Please enable at least one of them and "
            "retry the request.",
        ),
    ],
)
def test_what_a_feature_group_may_be(sm, role, change, told):
    """API reference, CreateFeatureGroup and FeatureDefinition; github.com/aws/sagemaker-core issue 175."""
    request = req.feature_group("f", role)
    for name, kind in change.pop("features", []):
        request["FeatureDefinitions"].append({"FeatureName": name, "FeatureType": kind})
    for feature in request["FeatureDefinitions"]:
        if feature["FeatureName"] == "time":
            feature["FeatureType"] = change.get("time", feature["FeatureType"])
    change.pop("time", None)
    request = {member: value for member, value in {**request, **change}.items() if value is not None}
    if told is None:
        sm.create_feature_group(**request)
    else:
        assert told in error_of(lambda: sm.create_feature_group(**request))["Message"]


def test_feature_groups_grow(aws, sm, role):
    sm.create_feature_group(**req.feature_group("f", role))
    aws.advance(5)
    sm.update_feature_group(FeatureGroupName="f", FeatureAdditions=[{"FeatureName": "more", "FeatureType": "Integral"}])
    shown = sm.describe_feature_group(FeatureGroupName="f")
    assert [each["FeatureName"] for each in shown["FeatureDefinitions"]] == ["id", "time", "more"]
    assert (shown["FeatureGroupStatus"], shown["LastUpdateStatus"]["Status"]) == ("Created", "InProgress")
    again = [{"FeatureName": "again", "FeatureType": "String"}]
    assert (
        "while another"
        in error_of(lambda: sm.update_feature_group(FeatureGroupName="f", FeatureAdditions=again))["Message"]
    )
    aws.advance(2)
    shown = sm.describe_feature_group(FeatureGroupName="f")
    assert (shown["FeatureGroupStatus"], shown["LastUpdateStatus"]["Status"]) == ("Created", "Successful")
    both = {"FeatureAdditions": again, "ThroughputConfig": {"ThroughputMode": "OnDemand"}}
    assert "FeatureAdditions and" in error_of(lambda: sm.update_feature_group(FeatureGroupName="f", **both))["Message"]
    sm.update_feature_metadata(
        FeatureGroupName="f", FeatureName="more", Description="text", ParameterAdditions=[{"Key": "k", "Value": "v"}]
    )
    shown = sm.describe_feature_metadata(FeatureGroupName="f", FeatureName="more")
    assert (shown["Description"], shown["Parameters"]) == ("text", [{"Key": "k", "Value": "v"}])


def test_a_tuning_job_without_leave_to_run_pretends_its_training_jobs(aws, sm, role):
    sm.create_hyper_parameter_tuning_job(**req.tuning("t", role))
    aws.advance(10)
    shown = sm.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="t")
    assert shown["HyperParameterTuningJobStatus"] == "Completed"
    jobs = sm.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName="t")["TrainingJobSummaries"]
    assert [job["TrainingJobStatus"] for job in jobs] == ["Completed"] * len(jobs)
    assert len(jobs) == shown["TrainingJobStatusCounters"]["Completed"] > 0
