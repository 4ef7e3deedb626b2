"""A processing job that fails says why, and runs again."""

from __future__ import annotations

from pathlib import Path

from acceptance.cases import Edit
from acceptance.example import copy_example, edit
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform, changes_of

FOLDER = "resources/mlops_processing_job"
JOB = "mlops_processing_job.churn"
GOOD, BAD = "print(f\"{len(complete)} of", "raise ValueError(\"no customers\")  # print(f\"{len(complete)} of"
SCRIPT = "processing/prepare.py"


def test_a_failed_job_says_why_with_the_end_of_its_log_and_runs_again(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = copy_example(FOLDER, tmp_path / "example", initialised, [Edit(GOOD, BAD, file=SCRIPT)])
    terraform = Terraform(directory, cli_configuration, aws.environment())
    attempt = terraform.attempt("apply")
    (error,) = [d for d in attempt.told if d.severity == "error"]
    assert error.address == JOB
    for told in (
        "Its status is Failed: AlgorithmError: ",
        "exit code: 1",
        "ValueError: no customers",
        "/opt/ml/processing/input/code/prepare.py",
        "/aws/sagemaker/ProcessingJobs",
    ):
        assert told in error.text, error.text
    edit(directory, Edit(BAD, GOOD, file=SCRIPT))
    plan = terraform.plan()
    assert changes_of(plan) == {JOB: ["delete", "create"]}, plan["text"]
    terraform.apply()
    assert terraform.outputs()["message"] == "45 customers to train with, 15 to test with"
    assert terraform.is_settled()
    terraform.destroy()
    assert aws.inventory() == []
