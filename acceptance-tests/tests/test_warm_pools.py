"""A destroy leaves nothing that costs money: the warm pool of a training job ends with it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from acceptance.local_aws import ACCOUNT, LocalAws
from acceptance.terraform import HEAD, Terraform

# The pools would outlast the destroy.
STACK = f"""
resource "mlops_training_job" "warm" {{
  for_each                = toset(["delete", "stop"])
  name                    = "warm-${{each.key}}"
  on_destroy              = each.key
  role_arn                = "arn:aws:iam::{ACCOUNT}:role/churn"
  algorithm_specification = {{ training_image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }}
  output_data_config      = {{ s3_output_path = "s3://churn-models/" }}
  resource_config = {{
    instance_type                = "ml.m5.large"
    instance_count               = 1
    volume_size_in_gb            = 1
    keep_alive_period_in_seconds = 21600
  }}
  timeouts = {{ delete = "30s" }}
}}
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
ALLOWED = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def test_a_warm_pool_ends_when_its_job_is_destroyed(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    shutil.copytree(initialised, tmp_path / "stack", symlinks=True)
    (tmp_path / "stack" / "main.tf").write_text(HEAD + STACK)
    terraform = Terraform(tmp_path / "stack", cli_configuration, quick.environment())
    iam, sagemaker = quick.client("iam"), quick.client("sagemaker")
    iam.create_role(RoleName="churn", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="churn", PolicyName="churn", PolicyDocument=json.dumps(ALLOWED))
    quick.client("s3").create_bucket(Bucket="churn-models")
    quick.control("POST", "clock", advance=60)
    terraform.apply()

    def pool(job: str) -> str:
        return sagemaker.describe_training_job(TrainingJobName=job)["WarmPoolStatus"]["Status"]

    assert (pool("warm-delete"), pool("warm-stop")) == ("Available", "Available")
    assert terraform.is_settled()
    terraform.destroy()
    assert [job["TrainingJobName"] for job in sagemaker.list_training_jobs()["TrainingJobSummaries"]] == ["warm-stop"]
    assert pool("warm-stop") == "Terminated"
