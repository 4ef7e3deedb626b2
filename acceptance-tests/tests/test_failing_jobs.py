"""A job that fails says why: AWS's reason, the end of its log and where that is. It is tainted, and the next apply runs it again.

Tuning and processing jobs are in test_tuning.py and test_processing.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from acceptance.cases import Edit
from acceptance.example import copy_example, edit
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform, changes_of


@dataclass(frozen=True)
class Failing:
    """An example of a job with a mistake that only the job finds, and what the error says then."""

    kind: str
    job: str
    file: str
    good: str
    bad: str
    reason: str
    log: str
    """The log group and the beginning of the stream, behind the job's name."""
    end: str
    """In the last lines of the log."""
    besides: tuple[str, ...] = ()
    """What else the mended file changes."""


FAILING = [
    Failing(
        kind="training_job",
        job="churn",
        file="training/train.py",
        good="import joblib",
        bad='raise ValueError("no customers")\nimport joblib',
        reason="AlgorithmError: ",
        log="/aws/sagemaker/TrainingJobs, {name}/algo-1-",
        end="ValueError: no customers",
    ),
    Failing(
        kind="transform_job",
        job="scores",
        file="customers/2024.csv",
        good="24,1,45.5",
        bad="24,one,45.5",
        reason="AlgorithmError: See job logs for more information",
        log="/aws/sagemaker/TransformJobs, {name}/",
        end="could not convert string to float: 'one'",
        besides=("mlops_dataset.customers",),
    ),
    Failing(
        kind="auto_ml_job",
        job="churn",
        file="customers/2024.csv",
        good="months,calls,churned",
        bad="months,calls,left",
        reason="AlgorithmError: ",
        log="/aws/sagemaker/TrainingJobs, {name}/",
        end="churned",
        besides=("mlops_dataset.customers",),
    ),
    Failing(
        kind="labeling_job",
        job="complaints",
        file="labeling/complaints.manifest",
        good='{"source": "The bill came twice"}',
        bad="The bill came twice",
        reason="ClientError: line 3 of the manifest",
        log="/aws/sagemaker/LabelingJobs, {name}",
        end="line 3 of the manifest",
        besides=("mlops_dataset.complaints",),
    ),
]


@pytest.mark.parametrize("failing", FAILING, ids=lambda failing: failing.kind)
def test_a_failed_job_says_why_with_the_end_of_its_log_and_runs_again(
    failing: Failing, aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    wrong = Edit(failing.good, failing.bad, file=failing.file)
    directory = copy_example(f"resources/mlops_{failing.kind}", tmp_path / "example", initialised, [wrong])
    terraform = Terraform(directory, cli_configuration, aws.environment())
    job = f"mlops_{failing.kind}.{failing.job}"
    attempt = terraform.attempt("apply")
    (error,) = [d for d in attempt.told if d.severity == "error"]
    assert error.address == job, attempt.output
    name = terraform.values()[job]["name"]
    assert f"Its status is Failed: {failing.reason}" in error.text, error.text
    log = re.search(r"The end of its log \((.*?)\):(.*)", error.text, re.DOTALL)
    assert log and log[1].startswith(failing.log.format(name=name)) and failing.end in log[2], error.text
    edit(directory, Edit(failing.bad, failing.good, file=failing.file))
    plan = terraform.plan()
    assert changes_of(plan) == {job: ["delete", "create"], **{each: ["update"] for each in failing.besides}}, plan["text"]
    terraform.apply()
    again = terraform.values()[job]
    assert again["name"] != name and again[f"{failing.kind}_status"] == "Completed"
    assert terraform.is_settled()
    terraform.destroy()
    assert aws.inventory() == []
