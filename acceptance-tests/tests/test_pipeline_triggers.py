"""The approval of a model version starts a pipeline, with the role of the trigger; a rule of somebody else's is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sweep import is_holding, kill_both

from acceptance.cases import Edit
from acceptance.example import copy_example, edit
from acceptance.local_aws import ACCOUNT, LocalAws
from acceptance.terraform import Terraform

FOLDER = "resources/mlops_pipeline_trigger"
GROUP, PIPELINE, RULE = "churn-models", "churn-deployment", "churn-approved"


@pytest.fixture
def terraform(quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Terraform:
    directory = copy_example(FOLDER, tmp_path / "example", initialised, [])
    return Terraform(directory, cli_configuration, quick.environment())


def started(aws: LocalAws) -> list[dict[str, str]]:
    """The parameters of each execution of the pipeline."""
    sagemaker = aws.client("sagemaker")
    executions = sagemaker.list_pipeline_executions(PipelineName=PIPELINE)["PipelineExecutionSummaries"]
    given = [
        sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=each["PipelineExecutionArn"])
        for each in executions
    ]
    return [{each["Name"]: each["Value"] for each in parameters["PipelineParameters"]} for parameters in given]


def version(aws: LocalAws) -> str:
    """Register a version of the model, which waits for its approval."""
    image = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/churn:1"
    made = aws.client("sagemaker").create_model_package(
        ModelPackageGroupName=GROUP,
        ModelApprovalStatus="PendingManualApproval",
        InferenceSpecification={
            "Containers": [{"Image": image, "ModelDataUrl": "s3://churn/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )
    arn = made["ModelPackageArn"]
    sagemaker = aws.client("sagemaker")
    # That its status changes is an event as well.
    aws.wait_for(
        "the version is registered",
        lambda: sagemaker.describe_model_package(ModelPackageName=arn)["ModelPackageStatus"] == "Completed",
    )
    return arn


def test_an_approval_starts_the_deployment_and_only_with_the_role_for_it(quick: LocalAws, terraform: Terraform) -> None:
    terraform.apply()
    sagemaker = quick.client("sagemaker")
    first, second = version(quick), version(quick)
    sagemaker.update_model_package(ModelPackageArn=first, ModelApprovalStatus="Rejected")
    assert started(quick) == []
    sagemaker.update_model_package(ModelPackageArn=second, ModelApprovalStatus="Approved")
    assert started(quick) == [{"ModelPackageArn": second, "Stage": "live"}]
    policy = terraform.values()["mlops_execution_role.trigger"]["policy_json"]
    assert policy.count("sagemaker:") == 1 + 1, "one action, on one pipeline"

    edit(terraform.directory, Edit("start_pipelines = [mlops_pipeline.deployment.name]", 'start_pipelines = ["churn"]'))
    terraform.apply()
    quick.control("POST", "clock", advance=60)
    sagemaker.update_model_package(ModelPackageArn=first, ModelApprovalStatus="Approved")
    assert len(started(quick)) == 1, "the role may not"
    for arn in (first, second):
        sagemaker.delete_model_package(ModelPackageName=arn)
    terraform.destroy()
    assert quick.inventory() == []


def test_a_target_is_set_as_a_whole_after_a_kill_and_a_change(quick: LocalAws, terraform: Terraform) -> None:
    quick.fault("^events:PutTargets$", "pause", times=None, when="after")
    process = terraform.start("apply", "-auto-approve", "-input=false", "-no-color")
    try:
        quick.wait_for("the target is set", lambda: is_holding(quick) or process.poll() is not None, 60)
    finally:
        kill_both(process)
    quick.wait_for("AWS noticed that the caller is gone", lambda: not is_holding(quick))
    quick.control("DELETE", "faults")
    events = quick.client("events")
    rule = events.describe_rule(Name=RULE)["Arn"]
    assert [tag["Key"] for tag in events.list_tags_for_resource(ResourceARN=rule)["Tags"]] == ["terraform-creation"]
    (before,) = events.list_targets_by_rule(Rule=RULE)["Targets"]
    edit(terraform.directory, Edit('"live"', '"shadow"'))
    terraform.apply()
    (after,) = events.list_targets_by_rule(Rule=RULE)["Targets"]
    assert json.dumps(after) == json.dumps(before).replace("live", "shadow")
    assert events.list_tags_for_resource(ResourceARN=rule)["Tags"] == []
    terraform.destroy()
    assert quick.inventory() == []


def test_a_target_that_others_added_stays_until_the_rule_goes(quick: LocalAws, terraform: Terraform) -> None:
    terraform.apply()
    events = quick.client("events")
    theirs = {"Id": "a", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:theirs"}
    events.put_targets(Rule=RULE, Targets=[theirs])
    assert terraform.is_settled(), "it is not the trigger's business"
    edit(terraform.directory, Edit('"live"', '"shadow"'))
    terraform.apply()
    targets = {each["Id"]: each for each in events.list_targets_by_rule(Rule=RULE)["Targets"]}
    own = targets.pop(terraform.values()["mlops_pipeline_trigger.approved"]["target_id"])
    assert targets == {"a": theirs} and "shadow" in json.dumps(own)
    terraform.destroy()
    assert quick.inventory() == []
