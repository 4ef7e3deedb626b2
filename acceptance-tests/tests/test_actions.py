"""Every action, invoked by a real client: what it asks AWS for, what it tells, what it waits for, and how it is cancelled."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from foreign import IMAGE, TRUST
from test_interrupts import Ticking, still  # noqa: F401

from acceptance.cases import EXAMPLES
from acceptance.example import copy_example
from acceptance.installation import client
from acceptance.local_aws import ACCOUNT, REGION, LocalAws
from acceptance.terraform import Terraform

pytestmark = [
    pytest.mark.every_client,
    pytest.mark.skipif(not client().invokes_actions, reason="the client knows no actions"),
]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/churn"
ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
BUCKET = "churn-by-hand"
REASON = "Step failure: One or multiple steps failed."
CLUSTER = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}
CHECK = {
    "Name": "Check",
    "Type": "Processing",
    "Arguments": {
        "RoleArn": ROLE,
        "ProcessingResources": {"ClusterConfig": CLUSTER},
        "AppSpecification": {"ImageUri": f"{IMAGE}:1"},
    },
}
DEFINITION = json.dumps(
    {
        "Version": "2020-12-01",
        "Parameters": [{"Name": "Rows", "Type": "String", "DefaultValue": "100"}],
        "Steps": [CHECK],
    }
)


def status(aws: LocalAws, kind: str, **name: str) -> str:
    """The status of an object, a moment later by AWS's clock."""
    aws.control("POST", "clock", advance=5)
    words = re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()
    return getattr(aws.client("sagemaker"), f"describe_{words}")(**name)[f"{kind}Status"]


def comes_to(aws: LocalAws, wanted: str, kind: str, **name: str) -> None:
    aws.wait_for(f"{kind} is {wanted}", lambda: status(aws, kind, **name) == wanted)


def training_job(aws: LocalAws) -> dict[str, str]:
    aws.client("sagemaker").create_training_job(
        TrainingJobName="churn-2024",
        RoleArn=ROLE,
        AlgorithmSpecification={"TrainingImage": f"{IMAGE}:1", "TrainingInputMode": "File"},
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/models"},
        ResourceConfig=CLUSTER,
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
    )
    return {}


def notebook(aws: LocalAws, stopped: bool) -> dict[str, str]:
    name = {"NotebookInstanceName": "analysis"}
    aws.client("sagemaker").create_notebook_instance(**name, InstanceType="ml.t3.medium", RoleArn=ROLE)
    comes_to(aws, "InService", "NotebookInstance", **name)
    if stopped:
        aws.client("sagemaker").stop_notebook_instance(**name)
        comes_to(aws, "Stopped", "NotebookInstance", **name)
    return {}


def endpoint(aws: LocalAws) -> dict[str, str]:
    sagemaker = aws.client("sagemaker")
    sagemaker.create_model(ModelName="churn", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": f"{IMAGE}:1"})
    variant = {"VariantName": "main", "ModelName": "churn", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName="churn", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="churn", EndpointConfigName="churn")
    comes_to(aws, "InService", "Endpoint", EndpointName="churn")
    return {}


def schedule(aws: LocalAws, stopped: bool) -> dict[str, str]:
    endpoint(aws)
    sagemaker, name = aws.client("sagemaker"), {"MonitoringScheduleName": "churn"}
    local = "/opt/ml/processing"
    sagemaker.create_data_quality_job_definition(
        JobDefinitionName="churn",
        RoleArn=ROLE,
        DataQualityAppSpecification={"ImageUri": f"{IMAGE}:1"},
        DataQualityJobInput={"EndpointInput": {"EndpointName": "churn", "LocalPath": f"{local}/input"}},
        DataQualityJobOutputConfig={
            "MonitoringOutputs": [{"S3Output": {"S3Uri": f"s3://{BUCKET}/reports", "LocalPath": f"{local}/output"}}]
        },
        JobResources={"ClusterConfig": CLUSTER},
    )
    config = {
        "MonitoringJobDefinitionName": "churn",
        "MonitoringType": "DataQuality",
        "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
    }
    sagemaker.create_monitoring_schedule(**name, MonitoringScheduleConfig=config)
    comes_to(aws, "Scheduled", "MonitoringSchedule", **name)
    if stopped:
        sagemaker.stop_monitoring_schedule(**name)
        comes_to(aws, "Stopped", "MonitoringSchedule", **name)
    return {}


def pipeline(aws: LocalAws) -> dict[str, str]:
    aws.client("sagemaker").create_pipeline(
        PipelineName="churn", RoleArn=ROLE, PipelineDefinition=DEFINITION, ClientRequestToken="t" * 32
    )
    return {}


def execution(aws: LocalAws, failed: bool) -> dict[str, str]:
    pipeline(aws)
    if failed:
        aws.control("POST", "fail", kind="PipelineExecution", name="*", reason=REASON)
    started = aws.client("sagemaker").start_pipeline_execution(PipelineName="churn", ClientRequestToken="s" * 32)
    arn = started["PipelineExecutionArn"]
    if failed:
        comes_to(aws, "Failed", "PipelineExecution", PipelineExecutionArn=arn)
    return {"execution_arn": arn}


def package(aws: LocalAws) -> dict[str, str]:
    sagemaker = aws.client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="churn")
    aws.client("s3").put_object(Bucket=BUCKET, Key="model.tar.gz", Body=b"")
    sagemaker.create_model_package(
        ModelPackageGroupName="churn",
        ModelApprovalStatus="PendingManualApproval",
        InferenceSpecification={
            "Containers": [{"Image": f"{IMAGE}:1", "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )
    return {}


def approval(aws: LocalAws) -> list[str]:
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/churn/1"
    shown = aws.client("sagemaker").describe_model_package(ModelPackageName=arn)
    return [shown["ModelApprovalStatus"], shown["ApprovalDescription"]]


def executions(aws: LocalAws) -> list[str]:
    """The statuses of the executions of the pipeline."""
    listed = aws.client("sagemaker").list_pipeline_executions(PipelineName="churn")["PipelineExecutionSummaries"]
    return [each["PipelineExecutionStatus"] for each in listed]


class Case(NamedTuple):
    """What an action is tried on."""

    prepare: Callable[[LocalAws], dict[str, str]]
    """Makes it, and says the values of the example's variables."""
    seen: Callable[[LocalAws], Any]
    """What AWS says afterwards."""
    wanted: Any
    told: str
    """What the user is told, as a pattern."""


def of_notebook(aws: LocalAws) -> str:
    return status(aws, "NotebookInstance", NotebookInstanceName="analysis")


def of_schedule(aws: LocalAws) -> str:
    return status(aws, "MonitoringSchedule", MonitoringScheduleName="churn")


CASES = {
    "approve_model_package": Case(
        package, approval, ["Approved", "Recall is above 0.9 on last month's customers."], "asked to approve the model package"
    ),
    "reject_model_package": Case(
        package, approval, ["Rejected", "Recall is below 0.9 on last month's customers."], "asked to reject the model package"
    ),
    "retry_pipeline_execution": Case(
        lambda aws: execution(aws, True), executions, ["Succeeded"], "status of the pipeline execution .+ is Executing"
    ),
    "start_monitoring_schedule": Case(
        lambda aws: schedule(aws, True), of_schedule, "Scheduled", 'the monitoring schedule "churn" is Scheduled'
    ),
    "start_notebook_instance": Case(
        lambda aws: notebook(aws, True), of_notebook, "InService", 'the notebook instance "analysis" is Pending'
    ),
    "start_pipeline_execution": Case(
        pipeline, executions, ["Succeeded"], r"asked to start the pipeline execution .arn:aws:sagemaker:.+/execution/"
    ),
    "stop_monitoring_schedule": Case(
        lambda aws: schedule(aws, False), of_schedule, "Stopped", 'the monitoring schedule "churn" is Stopped'
    ),
    "stop_notebook_instance": Case(
        lambda aws: notebook(aws, False), of_notebook, "Stopped", 'the notebook instance "analysis" is Stopping'
    ),
    "stop_pipeline_execution": Case(
        lambda aws: execution(aws, False), executions, ["Stopped"], "the pipeline execution .+ is Stopped"
    ),
    "stop_training_job": Case(
        training_job,
        lambda aws: status(aws, "TrainingJob", TrainingJobName="churn-2024"),
        "Stopped",
        'the training job "churn-2024" is Stopping',
    ),
}


def test_every_action_is_tried() -> None:
    tried = {"mlops_invoke_endpoint", *(f"mlops_{name}" for name in CASES)}
    assert tried == {path.name for path in (EXAMPLES / "actions").iterdir()}


Prepare = Callable[[str], Terraform]


@pytest.fixture
def prepared(still: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Prepare:  # noqa: F811
    """Makes what an action is tried on, and a working directory with its example."""

    def make(name: str) -> Terraform:
        still.control("DELETE", "faults")
        still.control("POST", "reset")
        iam = still.client("iam")
        iam.create_role(RoleName="churn", AssumeRolePolicyDocument=TRUST)
        iam.put_role_policy(RoleName="churn", PolicyName="all", PolicyDocument=ALL)
        still.client("s3").create_bucket(Bucket=BUCKET)
        still.control("POST", "clock", advance=60)
        variables = {f"TF_VAR_{key}": value for key, value in CASES[name].prepare(still).items()}
        directory = copy_example(f"actions/mlops_{name}", tmp_path / "example", initialised, [])
        return Terraform(directory, cli_configuration, still.environment() | variables)

    return make


def invocation(name: str, terraform: Terraform) -> tuple[str, ...]:
    """The arguments that invoke the action of an example."""
    (found,) = re.findall(r'^action "\w+" "(\w+)" \{$', (terraform.directory / "action.tf").read_text(), re.MULTILINE)
    return ("apply", "-auto-approve", "-input=false", "-no-color", f"-invoke=action.mlops_{name}.{found}")


def invoked(aws: LocalAws, terraform: Terraform, name: str) -> tuple[int, str]:
    """Invokes the action of an example; how that ended, and what was told. What the action asked for takes its time from then
    on: what it is asked of does not end by itself before."""
    aws.forget_calls()
    process = terraform.start(*invocation(name, terraform))
    reads = ("Describe", "Get", "List")
    made = lambda: any(not call["operation"].startswith(reads) for call in aws.calls())  # noqa: E731
    aws.wait_for("AWS was asked", lambda: made() or process.poll() is not None)
    with Ticking(aws):
        output, _ = process.communicate(timeout=120)
    return process.returncode, " ".join(output.split())


@pytest.mark.parametrize("name", CASES)
def test_an_action_does_what_it_says(name: str, still: LocalAws, prepared: Prepare) -> None:  # noqa: F811
    case, terraform = CASES[name], prepared(name)
    code, output = invoked(still, terraform, name)
    assert code == 0 and re.search(case.told, output), output
    assert case.seen(still) == case.wanted


def test_what_has_ended_is_left_as_it_is(still: LocalAws, prepared: Prepare) -> None:  # noqa: F811
    terraform = prepared("stop_training_job")
    comes_to(still, "Completed", "TrainingJob", TrainingJobName="churn-2024")
    output = terraform.must(*invocation("stop_training_job", terraform))
    assert "There is nothing to do" in output, output


def test_an_execution_that_fails_is_an_error_with_its_reason(still: LocalAws, prepared: Prepare) -> None:  # noqa: F811
    terraform = prepared("start_pipeline_execution")
    still.control("POST", "fail", kind="PipelineExecution", name="*", reason=REASON)
    code, output = invoked(still, terraform, "start_pipeline_execution")
    assert code == 1 and f"Its status is Failed: {REASON}" in output, output


def test_a_model_is_asked(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    served = copy_example("resources/mlops_endpoint", tmp_path / "endpoint", initialised, [])
    stack = Terraform(served, cli_configuration, aws.environment())
    stack.apply()
    directory = copy_example("actions/mlops_invoke_endpoint", tmp_path / "example", initialised, [])
    terraform = Terraform(directory, cli_configuration, aws.environment())
    output = " ".join(terraform.must(*invocation("invoke_endpoint", terraform)).split())
    assert re.search(r"The production variant \w+ responded with \d+ bytes of \S+\. .*\d", output), output
    stack.destroy()


@pytest.mark.parametrize("how", ["cancelled", "out of time"])
def test_a_wait_that_ends_early_says_what_goes_on(how: str, still: LocalAws, prepared: Prepare) -> None:  # noqa: F811
    terraform = prepared("start_pipeline_execution")
    file = terraform.directory / "action.tf"
    if how == "out of time":
        limit = "config {\n    timeouts = { invoke = \"2s\" }"
        file.write_text(file.read_text().replace("config {", limit))
    process = terraform.start(*invocation("start_pipeline_execution", terraform))
    still.wait_for("it waits", lambda: executions(still) == ["Executing"] or process.poll() is not None)
    if how == "cancelled":
        still.wait_for("it looked", lambda: any(c["operation"] == "DescribePipelineExecution" for c in still.calls()))
        os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    told = " ".join(output.split())
    assert process.returncode == 1 and "goes on in AWS" in told and "aws sagemaker stop-pipeline-execution" in told, output
    assert ("Interrupted: " if how == "cancelled" else "Timed out: ") in told, output
    assert executions(still) == ["Executing"]


TRIGGERED = f"""
variable "rows" {{
  type      = string
  ephemeral = true
}}

action "mlops_start_pipeline_execution" "churn" {{
  config {{
    pipeline_name       = "triggered"
    parameters          = {{ Rows = var.rows }}
    wait_for_completion = false
  }}
}}

resource "mlops_pipeline" "churn" {{
  name       = "triggered"
  role_arn   = "{ROLE}"
  definition = <<-EOT
    {DEFINITION}
  EOT

  lifecycle {{
    action_trigger {{
      events  = [after_create]
      actions = [action.mlops_start_pipeline_execution.churn]
    }}
  }}
}}
"""


def test_a_resource_triggers_an_action_with_an_ephemeral_value(
    still: LocalAws, prepared: Prepare  # noqa: F811
) -> None:
    terraform = prepared("start_pipeline_execution")
    (terraform.directory / "action.tf").write_text(TRIGGERED)
    terraform.must("apply", "-auto-approve", "-input=false", "-no-color", "-var=rows=300")
    sagemaker = still.client("sagemaker")
    (started,) = sagemaker.list_pipeline_executions(PipelineName="triggered")["PipelineExecutionSummaries"]
    arn = started["PipelineExecutionArn"]
    given = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)["PipelineParameters"]
    assert given == [{"Name": "Rows", "Value": "300"}] and started["PipelineExecutionStatus"] == "Executing"
    assert "300" not in (terraform.directory / "terraform.tfstate").read_text()
