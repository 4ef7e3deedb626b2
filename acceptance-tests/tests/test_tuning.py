"""A tuning job whose training jobs fail names them, says why, and runs again; it leaves nothing of them."""

from __future__ import annotations

import re
from pathlib import Path

from acceptance.cases import Edit
from acceptance.example import copy_example, edit
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform, changes_of

FOLDER = "resources/mlops_hyper_parameter_tuning_job"
JOB = "mlops_hyper_parameter_tuning_job.digits"
SCRIPT = "training/train.py"
GOOD = "import joblib"
QUICK = 'raise SystemExit(print("accuracy=0.9"))\nimport joblib'
BAD = 'raise ValueError("no digits")\nimport joblib'
TWO = Edit("max_number_of_training_jobs = 4", "max_number_of_training_jobs = 2")


def test_a_failed_tuning_job_names_its_training_jobs_and_runs_again(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    edits = [TWO, Edit(GOOD, BAD, file=SCRIPT)]
    directory = copy_example(FOLDER, tmp_path / "example", initialised, edits)
    terraform = Terraform(directory, cli_configuration, aws.environment())
    attempt = terraform.attempt("apply")
    (error,) = [d for d in attempt.told if d.severity == "error"]
    assert error.address == JOB
    assert "Its status is Failed: All training jobs failed." in error.text, error.text
    # Each of them by name, with AWS's reason, and the end of the log of one.
    assert len(set(re.findall(r"(digit-\w+-00[12]-\w+): AlgorithmError: ", error.text))) == 2, error.text
    log = re.search(r"The end of its log \(/aws/sagemaker/TrainingJobs, digit-\w+-00\d-\w+/\S+\):(.*)", error.text, re.DOTALL)
    assert log and "ValueError: no digits" in log[1], error.text
    edit(directory, Edit(BAD, QUICK, file=SCRIPT))
    plan = terraform.plan()
    assert changes_of(plan) == {JOB: ["delete", "create"]}, plan["text"]
    terraform.apply()
    assert terraform.outputs()["trials"] == 2
    assert terraform.is_settled()
    terraform.destroy()
    assert aws.inventory() == []
