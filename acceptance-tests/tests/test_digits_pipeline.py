"""The other branch of the pipeline of digits: a model that is not good enough is refused, and the apply with it. That a good
one is registered belongs to the example's own life."""

from __future__ import annotations

from pathlib import Path

from acceptance.example import copy_example
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

FOLDER = "stacks/digits-pipeline"
EXECUTION = "mlops_pipeline_execution.digits"


def test_a_model_that_is_not_accurate_enough_is_refused(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = copy_example(FOLDER, tmp_path / "example", initialised, [])
    terraform = Terraform(directory, cli_configuration, aws.environment())
    run = terraform.attempt("apply", "-var=minimum_accuracy=0.9999")
    (error,) = [told for told in run.told if told.severity == "error"]
    assert error.address == EXECUTION, run.output
    assert 'The step "refuse" failed: The accuracy 0.9' in error.text and "is below 0.9999" in error.text, error.text
    steps = terraform.values()[EXECUTION]["steps"]
    assert steps["is-good-enough"]["outcome"] == "False" and "register" not in steps
    assert aws.client("sagemaker").list_model_packages(ModelPackageGroupName="digits-pipeline")["ModelPackageSummaryList"] == []
    terraform.destroy()
    logs = aws.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        logs.delete_log_group(logGroupName=group["logGroupName"])
    assert aws.inventory() == []
