"""Which operations of the service model are served: all that concern the kinds it is for, every one of their lists."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
import samples as req
from botocore.exceptions import ClientError

from aws_local.sagemaker.engine import Engine
from aws_local.sagemaker.kinds import KINDS, OPERATIONS

SERVED = Engine(None, "123456789012", KINDS, OPERATIONS).operations
NOT_SERVED = {
    "AppImageConfig": "a kind of its own",
    "MlflowApp": "a kind of its own",
    "PartnerApp": "a kind of its own",
    "ModelCardExportJob": "a kind of its own",
    "SubscribedWorkteam": "work teams of vendors, which nobody can create",
    "ModelMetadata": "AWS's public catalogue of models",
}
"""Operations whose names have a kind in them and that are of something else."""


@pytest.fixture
def role(aws) -> str:
    return aws.role()


def test_every_operation_of_a_kind_is_served() -> None:
    model = botocore.session.get_session().get_service_model("sagemaker")
    missing = [
        name
        for name in model.operation_names
        if name not in SERVED and any(kind in name for kind in KINDS) and not any(other in name for other in NOT_SERVED)
    ]
    assert not missing
    used = {other for other in NOT_SERVED for name in model.operation_names if other in name and name not in SERVED}
    assert used == set(NOT_SERVED), "an exception that excuses nothing"


def test_every_list_of_an_objects_parts_has_pages(aws, sm, role) -> None:
    """The paginators that need an object, which those of whole kinds do not (see test_lists)."""
    sm.create_image(ImageName="image", RoleArn=role)
    aws.advance(5)
    for alias in ("a", "b"):
        sm.create_image_version(ImageName="image", BaseImage=req.IMAGE, ClientToken=alias, Aliases=[alias])
        aws.advance(5)
    sm.create_workteam(**req.workteam("team"))
    team = sm.describe_workteam(WorkteamName="team")["Workteam"]["WorkteamArn"]
    for name in ("one", "two"):
        sm.create_labeling_job(**req.labeling(name, role, team))
    sm.create_model_card(**req.card("card"))
    sm.update_model_card(ModelCardName="card", Content=req.card("other")["Content"])
    sm.create_endpoint_config(**req.config("config", create_model(sm, role)))
    sm.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    sm.create_data_quality_job_definition(**req.definition("DataQuality", "watch", role, "endpoint"))
    sm.create_monitoring_schedule(**req.schedule("watch", "watch"))
    pipeline = {**req.pipeline("line", role)}
    sm.create_pipeline(**pipeline)
    sm.update_pipeline(PipelineName="line", PipelineDefinition=pipeline["PipelineDefinition"].replace("here", "there"))
    executions = [
        sm.start_pipeline_execution(PipelineName="line", ClientRequestToken=letter * 32)["PipelineExecutionArn"]
        for letter in "ab"
    ]
    group = sm.create_model_package_group(
        ModelPackageGroupName="group", Tags=[{"Key": key, "Value": "x"} for key in "ab"]
    )["ModelPackageGroupArn"]
    sm.create_hyper_parameter_tuning_job(**req.tuning("tune", role))
    sm.create_auto_ml_job_v2(**req.automl("auto", role))
    aws.advance(60)

    # Operation: members, member of the answer, how many there are at least.
    lists: dict[str, tuple[dict[str, Any], str, int]] = {
        "list_aliases": ({"ImageName": "image"}, "SageMakerImageVersionAliases", 2),
        "list_image_versions": ({"ImageName": "image"}, "ImageVersions", 2),
        "list_candidates_for_auto_ml_job": ({"AutoMLJobName": "auto"}, "Candidates", 0),
        "list_labeling_jobs_for_workteam": ({"WorkteamArn": team}, "LabelingJobSummaryList", 2),
        "list_model_card_versions": ({"ModelCardName": "card"}, "ModelCardVersionSummaryList", 2),
        "list_monitoring_alerts": ({"MonitoringScheduleName": "watch"}, "MonitoringAlertSummaries", 1),
        "list_pipeline_execution_steps": ({"PipelineExecutionArn": executions[0]}, "PipelineExecutionSteps", 1),
        "list_pipeline_executions": ({"PipelineName": "line"}, "PipelineExecutionSummaries", 2),
        "list_pipeline_parameters_for_execution": (
            {"PipelineExecutionArn": executions[0]}, "PipelineParameters", 1,
        ),
        "list_pipeline_versions": ({"PipelineName": "line"}, "PipelineVersionSummaries", 2),
        "list_tags": ({"ResourceArn": group}, "Tags", 2),
        "list_training_jobs_for_hyper_parameter_tuning_job": (
            {"HyperParameterTuningJobName": "tune"}, "TrainingJobSummaries", 0,
        ),
        "search": ({"Resource": "PipelineExecution"}, "Results", 2),
    }  # fmt: skip
    for method, (members, answer, least) in lists.items():
        # ListTags takes no page below 50 (service model).
        size = 50 if method == "list_tags" else 1
        pages = list(sm.get_paginator(method).paginate(**members, PaginationConfig={"PageSize": size}))
        found = [item for page in pages for item in page[answer]]
        assert len(found) >= least and all(len(page[answer]) <= size for page in pages), (method, pages)
        assert len({json.dumps(item, default=str, sort_keys=True) for item in found}) == len(found), method
    described = sm.meta.service_model
    needed = {
        method
        for method, operation in sm.meta.method_to_api_mapping.items()
        if operation in SERVED
        and sm.can_paginate(method)
        and (described.operation_model(operation).input_shape.required_members or "ExecutionSteps" in operation)
    }
    assert needed == set(lists)


def create_model(sm: Any, role: str) -> str:
    sm.create_model(**req.model("model", role))
    return "model"


def error_of(call: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    told = caught.value.response["Error"]
    return told["Code"], told["Message"]


def test_endpoint_policies(aws, sm, role) -> None:
    sm.create_endpoint_config(**req.config("config", create_model(sm, role)))
    sm.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]})
    name = {"EndpointName": "endpoint"}
    assert error_of(lambda: sm.get_endpoint_policy(**name))[0] == "ValidationException"
    sm.delete_endpoint_policy(**name)
    assert error_of(lambda: sm.put_endpoint_policy(**name, ResourcePolicy="{"))[0] == "ValidationException"
    arn = sm.put_endpoint_policy(**name, ResourcePolicy=policy)["EndpointArn"]
    assert sm.get_endpoint_policy(**name)["ResourcePolicy"] == policy and arn.endswith("endpoint/endpoint")
    sm.delete_endpoint_policy(**name)
    assert error_of(lambda: sm.get_endpoint_policy(**name))[0] == "ValidationException"
    aws.control("POST", "status", kind="Endpoint", name="endpoint", status="Failed")
    assert "Failed" in error_of(lambda: sm.put_endpoint_policy(**name, ResourcePolicy=policy))[1]


def test_what_public_projects_saw_aws_refuse(aws, sm, role) -> None:
    scaling = {"ManagedInstanceScaling": {"Status": "ENABLED", "MinInstanceCount": 1, "MaxInstanceCount": 2}}
    config = req.config("config", create_model(sm, role), **scaling)
    assert error_of(lambda: sm.create_endpoint_config(**config)) == (
        "ValidationException", "ManagedInstanceScaling is only supported for inference component endpoints.",
    )  # fmt: skip
    assert error_of(lambda: sm.create_model_package()) == ("ValidationException", "Missing ARN.")
    both = {"ModelPackageName": "a", "ModelPackageGroupName": "b"}
    assert error_of(lambda: sm.create_model_package(**both))[1].startswith("Both ModelPackageName and")
    absent = req.definition("DataQuality", "d", role, "absent")
    assert error_of(lambda: sm.create_data_quality_job_definition(**absent)) == (
        "ValidationException", "Endpoint 'absent' does not exist or is not valid",
    )  # fmt: skip
    variant = {"VariantName": "main", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sm.create_endpoint_config(EndpointConfigName="parts", ExecutionRoleArn=role, ProductionVariants=[variant])
    sm.create_endpoint(EndpointName="parts", EndpointConfigName="parts")
    aws.advance(10)
    component = {
        "InferenceComponentName": "part", "EndpointName": "parts", "VariantName": "main",
        "Specification": {"ModelName": "model", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128}},
        "RuntimeConfig": {"CopyCount": 0},
    }  # fmt: skip
    assert "copy count" in error_of(lambda: sm.create_inference_component(**component))[1]
    workforce = {"CognitoConfig": {"UserPool": "us-east-1_a", "ClientId": "c"}}
    sm.create_workforce(WorkforceName="one", **workforce)
    for name in ("one", "two"):
        text = error_of(lambda name=name: sm.create_workforce(WorkforceName=name, **workforce))[1]
        assert text.startswith("Cannot create more than one workforce for account 123456789012.")
