"""What costs money: quotas and the instances in use, prices, budgets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acceptance.cases import EXAMPLES
from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, Failed, Terraform

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
USAGES = ["endpoint", "notebook", "processing", "training", "spot training", "transform"]


@pytest.fixture
def stepped(tmp_path: Path) -> Iterator[LocalAws]:
    """A local AWS whose clock stands still, so that a job goes on for ever."""
    with LocalAws(tmp_path / "aws.log", arguments=("--stepped", "--role-delay", "0")) as running:
        yield running


def directory_with(configuration: str, directory: Path, initialised: Path) -> Path:
    """A working directory with this configuration."""
    directory.mkdir()
    for path in initialised.iterdir():
        (directory / path.name).symlink_to(path)
    (directory / "main.tf").unlink()
    (directory / "main.tf").write_text(HEAD + configuration)
    return directory


def use_everything(aws: LocalAws) -> None:
    """Of every use another number of instances, by somebody else's hand."""
    sagemaker, iam = aws.client("sagemaker"), aws.client("iam")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName="r", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    aws.client("s3").create_bucket(Bucket="bucket")
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=role, PrimaryContainer={"Image": IMAGE})

    def variant(name: str, instance_type: str, count: int) -> dict[str, Any]:
        return {"VariantName": name, "ModelName": "m", "InstanceType": instance_type, "InitialInstanceCount": count}

    for name in ("new", "old"):
        variants = [variant("main", "ml.m5.xlarge", 2), variant("other", "ml.m5.2xlarge", 40)]
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants)
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        if name == "new":
            aws.control("POST", "clock", advance=60)
    capacities = [{"VariantName": "main", "DesiredInstanceCount": 5}]
    sagemaker.update_endpoint_weights_and_capacities(EndpointName="new", DesiredWeightsAndCapacities=capacities)
    sagemaker.create_notebook_instance(NotebookInstanceName="n", InstanceType="ml.m5.xlarge", RoleArn=role)
    instances = {"InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 5}
    stop = {"MaxRuntimeInSeconds": 600}
    for name, count, more in [
        ("one", 3, {"StoppingCondition": stop}),
        ("other", 1, {"StoppingCondition": stop}),
        ("spot", 6, {"EnableManagedSpotTraining": True, "StoppingCondition": stop | {"MaxWaitTimeInSeconds": 900}}),
    ]:
        sagemaker.create_training_job(
            TrainingJobName=name,
            RoleArn=role,
            AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            OutputDataConfig={"S3OutputPath": "s3://bucket/output"},
            ResourceConfig=instances | {"InstanceCount": count},
            **more,
        )
    sagemaker.create_processing_job(
        ProcessingJobName="p",
        RoleArn=role,
        AppSpecification={"ImageUri": IMAGE},
        ProcessingResources={"ClusterConfig": instances | {"InstanceCount": 8}},
    )
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}}
    sagemaker.create_transform_job(
        TransformJobName="t",
        ModelName="m",
        TransformInput={"DataSource": source},
        TransformOutput={"S3OutputPath": "s3://bucket/out"},
        TransformResources={"InstanceType": "ml.m5.xlarge", "InstanceCount": 9},
    )


def test_the_instances_of_every_use_are_counted(
    stepped: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    configuration = f"""
data "mlops_service_quota" "q" {{
  for_each      = toset({json.dumps(USAGES)})
  usage         = each.key
  instance_type = "ml.m5.xlarge"
}}

output "in_use" {{
  value = {{ for usage, quota in data.mlops_service_quota.q : usage => quota.in_use }}
}}
"""
    terraform = Terraform(
        directory_with(configuration, tmp_path / "stack", initialised), cli_configuration, stepped.environment()
    )
    use_everything(stepped)
    terraform.apply()
    # Five instances of an endpoint that is being scaled, two of one that is being created.
    wanted = {"endpoint": 7, "notebook": 1, "processing": 8, "training": 4, "spot training": 6, "transform": 9}
    assert terraform.outputs()["in_use"] == wanted
    stepped.control("POST", "clock", advance=3600)
    stepped.client("sagemaker").stop_notebook_instance(NotebookInstanceName="n")
    stepped.control("POST", "clock", advance=3600)
    terraform.apply()
    assert terraform.outputs()["in_use"] == dict.fromkeys(wanted, 0) | {"endpoint": 7}, "what has ended uses nothing"


def test_a_plan_refuses_what_no_quota_allows(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    example = (EXAMPLES / "data-sources" / "mlops_service_quota" / "data-source.tf").read_text()
    directory = directory_with(example, tmp_path / "stack", initialised)
    terraform = Terraform(directory, cli_configuration, quick.environment())
    quick.control("POST", "quota", name="ml.m5.large for endpoint usage", value=1)
    terraform.plan()
    quick.control("POST", "quota", name="ml.m5.large for endpoint usage", value=0)
    with pytest.raises(Failed, match="One more instance is needed: request an increase of the quota L-"):
        terraform.plan()
