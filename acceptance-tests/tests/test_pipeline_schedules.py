"""A schedule starts executions with its own role, which may start those of one pipeline and do nothing else."""

from __future__ import annotations

from pathlib import Path

from acceptance.cases import Edit
from acceptance.example import copy_example, edit
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

FOLDER = "resources/mlops_pipeline_schedule"
PIPELINE = "churn-scoring"
DAY = 86400


def started(aws: LocalAws) -> list[str]:
    """The executions of the pipeline."""
    listed = aws.client("sagemaker").list_pipeline_executions(PipelineName=PIPELINE)["PipelineExecutionSummaries"]
    return [each["PipelineExecutionArn"] for each in listed]


def test_executions_start_when_they_are_due_and_only_with_the_role_for_it(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = copy_example(FOLDER, tmp_path / "example", initialised, [])
    terraform = Terraform(directory, cli_configuration, quick.environment())
    terraform.apply()
    assert started(quick) == []
    quick.control("POST", "clock", advance=7 * DAY)
    arns = started(quick)
    assert len(arns) == 5, "one on each working day"
    sagemaker = quick.client("sagemaker")
    given = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arns[0])["PipelineParameters"]
    assert given == [{"Name": "MinRows", "Value": "500"}]
    policy = terraform.values()["mlops_execution_role.schedule"]["policy_json"]
    assert policy.count("sagemaker:") == 1 + 1, "one action, on one pipeline"

    edit(directory, Edit("start_pipelines = [mlops_pipeline.churn.name]", 'start_pipelines = ["churn"]'))
    terraform.apply()
    quick.control("POST", "clock", advance=7 * DAY)
    assert started(quick) == arns
    terraform.destroy()
    assert quick.inventory() == []
