"""The whole story with boto3 against the engine: prepare, train, register, approve, deploy, ask, watch, clean up.

And killing the local AWS in the middle of it, which must leave nothing behind.
"""

from __future__ import annotations

import io
import json
import signal
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sklearn.datasets import load_digits

from tests.conftest import Local

from .conftest import command_line, descendants
from .test_monitoring import ANALYZER
from .test_processes import processes_with
from .test_training import digits_csv

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/sklearn:1"
CLUSTER = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}

PREPARE = """
import pandas as pd
from sklearn.model_selection import train_test_split
base = "/opt/ml/processing"
table = pd.read_csv(f"{base}/input/data/digits.csv", header=None)
train, test = train_test_split(table, test_size=0.25, random_state=0)
train.to_csv(f"{base}/train/data.csv", header=False, index=False)
test.to_csv(f"{base}/test/data.csv", header=False, index=False)
"""
TRAIN = """
import argparse, os, pathlib
import boto3, joblib, pandas as pd
from sklearn.linear_model import LogisticRegression
parser = argparse.ArgumentParser()
parser.add_argument("--tol", type=float)
args = parser.parse_args()
def read(channel):
    table = pd.read_csv(pathlib.Path("/opt/ml/input/data") / channel / "data.csv", header=None)
    return table.iloc[:, 1:] / 16, table.iloc[:, 0]
model = LogisticRegression(max_iter=500, tol=args.tol).fit(*read("train"))
print(f"validation:accuracy={model.score(*read('test')):.4f};")
print("buckets:", [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]])
joblib.dump(model, os.path.join(os.environ["SM_MODEL_DIR"], "model.joblib"))
"""
INFERENCE = """
import joblib, numpy, os
def model_fn(model_dir): return joblib.load(os.path.join(model_dir, "model.joblib"))
def predict_fn(data, model):
    data = numpy.atleast_2d(data)
    if data.shape[1] != 64: raise ValueError(f"a digit has 64 pixels, not {data.shape[1]}")
    return model.predict(data)
"""


@pytest.fixture
def local() -> Iterator[Local]:
    running = Local("--allow-exec", "--role-delay", "0")
    yield running
    running.stop()


def until(look: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true answer of `look`."""
    end = time.monotonic() + seconds
    while not (answer := look()):
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.1)
    return answer


def folder_of(local: Local) -> Path:
    """The folder for temporary files of one local AWS: others may be running on the same machine."""
    lines = [command_line(pid) for pid in descendants(local.process.pid)]
    (line,) = [line for line in lines if "janitor.py" in line]
    return Path(line.split()[-1])


def upload(local: Local) -> str:
    """A bucket with data and code, and a role; returns the role's ARN."""
    s3 = local.client("s3")
    s3.create_bucket(Bucket="story")
    s3.put_object(Bucket="story", Key="raw/digits.csv", Body=digits_csv())
    s3.put_object(Bucket="story", Key="code/prepare.py", Body=PREPARE)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in {"train.py": TRAIN, "inference.py": INFERENCE}.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    s3.put_object(Bucket="story", Key="code/source.tar.gz", Body=buffer.getvalue())
    return local.role("story")


def definition(role: str) -> str:
    """Prepare, train, and register when the model is good enough to be called trained."""

    def place(name: str, uri: str) -> dict[str, Any]:
        source = {"S3Uri": uri, "LocalPath": f"/opt/ml/processing/input/{name}", "S3DataType": "S3Prefix",
                  "S3InputMode": "File"}  # fmt: skip
        return {"InputName": name, "S3Input": source}

    def output(name: str) -> dict[str, Any]:
        uri = {"Std:Join": {"On": "/", "Values": ["s3://story/runs", {"Get": "Execution.PipelineExecutionId"}, name]}}
        target = {"S3Uri": uri, "LocalPath": f"/opt/ml/processing/{name}", "S3UploadMode": "EndOfJob"}
        return {"OutputName": name, "S3Output": target}

    def channel(name: str) -> dict[str, Any]:
        uri = {"Get": f"Steps.Prepare.ProcessingOutputConfig.Outputs['{name}'].S3Output.S3Uri"}
        return {"ChannelName": name, "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}}

    source = "s3://story/code/source.tar.gz"
    prepare = {
        "RoleArn": role,
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", "/opt/ml/processing/input/code/prepare.py"],
        },
        "ProcessingResources": {"ClusterConfig": CLUSTER},
        "ProcessingInputs": [place("data", "s3://story/raw/"), place("code", "s3://story/code/prepare.py")],
        "ProcessingOutputConfig": {"Outputs": [output("train"), output("test")]},
    }
    train = {
        "RoleArn": role,
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "accuracy", "Regex": "validation:accuracy=(.*?);"}],
        },
        "HyperParameters": {
            "sagemaker_program": "train.py",
            "sagemaker_submit_directory": source,
            "tol": {"Get": "Parameters.Tolerance"},
        },
        "InputDataConfig": [channel("train"), channel("test")],
        "OutputDataConfig": {"S3OutputPath": "s3://story/models"},
        "ResourceConfig": CLUSTER,
        "StoppingCondition": {"MaxRuntimeInSeconds": 300},
    }
    container = {
        "Image": IMAGE,
        "ModelDataUrl": {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"},
        "Environment": {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": source},
    }
    register = {
        "ModelPackageGroupName": "digits",
        "ModelApprovalStatus": "PendingManualApproval",
        "InferenceSpecification": {
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
    }
    condition = {
        "Conditions": [
            {
                "Type": "GreaterThan",
                "LeftValue": {"Get": "Steps.Train.FinalMetricDataList['accuracy'].Value"},
                "RightValue": 0.85,
            }
        ],
        "IfSteps": [{"Name": "Register", "Type": "RegisterModel", "Arguments": register}],
        "ElseSteps": [{"Name": "Bad", "Type": "Fail", "Arguments": {"ErrorMessage": "the model is not good enough"}}],
    }
    return json.dumps(
        {
            "Version": "2020-12-01",
            "Parameters": [{"Name": "Tolerance", "Type": "Float", "DefaultValue": 0.01}],
            "Steps": [
                {"Name": "Prepare", "Type": "Processing", "Arguments": prepare},
                {"Name": "Train", "Type": "Training", "Arguments": train},
                {"Name": "GoodEnough", "Type": "Condition", "Arguments": condition},
            ],
        }
    )


def build(local: Local, role: str) -> str:
    """Run the pipeline, approve what it registered; returns the model package's ARN."""
    sm = local.client("sagemaker")
    sm.create_pipeline(
        PipelineName="digits", PipelineDefinition=definition(role), RoleArn=role, ClientRequestToken="t" * 32
    )
    execution = sm.start_pipeline_execution(PipelineName="digits", ClientRequestToken="s" * 32)["PipelineExecutionArn"]

    def ended() -> dict[str, Any] | None:
        described: dict[str, Any] = sm.describe_pipeline_execution(PipelineExecutionArn=execution)
        return None if described["PipelineExecutionStatus"] == "Executing" else described

    described = until(ended, 120)
    steps = {
        item["StepName"]: item
        for item in sm.list_pipeline_execution_steps(PipelineExecutionArn=execution)["PipelineExecutionSteps"]
    }
    assert described["PipelineExecutionStatus"] == "Succeeded", (described, steps)
    assert {name: item["StepStatus"] for name, item in steps.items()} == dict.fromkeys(
        ["Prepare", "Train", "GoodEnough", "Register"], "Succeeded"
    )
    job = sm.describe_training_job(TrainingJobName=steps["Train"]["Metadata"]["TrainingJob"]["Arn"].split("/")[-1])
    assert job["FinalMetricDataList"][0]["Value"] > 0.85
    package = str(steps["Register"]["Metadata"]["RegisterModel"]["Arn"])
    sm.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    return package


def deploy(local: Local, role: str, package: str) -> None:
    sm = local.client("sagemaker")
    sm.create_model(ModelName="digits", ExecutionRoleArn=role, PrimaryContainer={"ModelPackageName": package})
    sm.create_endpoint_config(
        EndpointConfigName="digits",
        ProductionVariants=[
            {"VariantName": "main", "ModelName": "digits", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        ],
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": "s3://story/capture",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]},
        },
    )
    sm.create_endpoint(EndpointName="digits", EndpointConfigName="digits")
    until(lambda: sm.describe_endpoint(EndpointName="digits")["EndpointStatus"] != "Creating", 90)
    described = sm.describe_endpoint(EndpointName="digits")
    assert described["EndpointStatus"] == "InService", described


def ask(local: Local) -> None:
    """Ask about digits, and once about nonsense."""
    runtime = local.client("sagemaker-runtime")
    digits = load_digits()
    hits = 0
    for pixels, label in zip(digits.data[:40], digits.target[:40], strict=True):
        body = ",".join(str(value / 16) for value in pixels)
        answer = runtime.invoke_endpoint(EndpointName="digits", ContentType="text/csv", Body=body)
        hits += json.loads(answer["Body"].read()) == [label]
    assert hits >= 34
    with pytest.raises(runtime.exceptions.ModelError, match="a digit has 64 pixels, not 2") as caught:
        runtime.invoke_endpoint(EndpointName="digits", ContentType="text/csv", Body="1,2")
    assert caught.value.response["OriginalStatusCode"] == 500


def watch(local: Local, role: str) -> None:
    """Compare captured data with a baseline that does not fit, and let an alarm see the error of before."""
    sm, s3 = local.client("sagemaker"), local.client("s3")
    features = [{"name": "digit", "inferred_type": "Integral", "completeness": 1.0}]
    features += [{"name": f"p{index}", "inferred_type": "Fractional", "completeness": 1.0} for index in range(63)]
    s3.put_object(
        Bucket="story", Key="baseline/constraints.json", Body=json.dumps({"version": 0.0, "features": features})
    )
    output = {"S3Uri": "s3://story/reports", "LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob"}
    sm.create_data_quality_job_definition(
        JobDefinitionName="digits",
        DataQualityAppSpecification={"ImageUri": ANALYZER},
        DataQualityBaselineConfig={"ConstraintsResource": {"S3Uri": "s3://story/baseline/constraints.json"}},
        DataQualityJobInput={
            "EndpointInput": {"EndpointName": "digits", "LocalPath": "/opt/ml/processing/input/endpoint"}
        },
        DataQualityJobOutputConfig={"MonitoringOutputs": [{"S3Output": output}]},
        JobResources={"ClusterConfig": CLUSTER},
        RoleArn=role,
    )
    sm.create_monitoring_schedule(
        MonitoringScheduleName="digits",
        MonitoringScheduleConfig={
            "ScheduleConfig": {
                "ScheduleExpression": "NOW",
                "DataAnalysisStartTime": "-PT1H",
                "DataAnalysisEndTime": "-PT0H",
            },
            "MonitoringJobDefinitionName": "digits",
            "MonitoringType": "DataQuality",
        },
    )

    until(
        lambda: (
            sm.describe_monitoring_schedule(MonitoringScheduleName="digits")["MonitoringScheduleStatus"] == "Scheduled"
        )
    )

    def executed() -> Any:
        found = sm.list_monitoring_executions(MonitoringScheduleName="digits")["MonitoringExecutionSummaries"]
        return [item for item in found if item["MonitoringExecutionStatus"] not in ("Pending", "InProgress")]

    (execution,) = until(executed)
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations", execution
    job = sm.describe_processing_job(ProcessingJobName=execution["ProcessingJobArn"].split("/")[-1])
    assert job["MonitoringScheduleArn"].endswith("/digits")
    cloudwatch = local.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="digits-errors",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Dimensions=[{"Name": "EndpointName", "Value": "digits"}, {"Name": "VariantName", "Value": "main"}],
        Statistic="Sum",
        Period=3600,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )
    until(lambda: cloudwatch.describe_alarms(AlarmNames=["digits-errors"])["MetricAlarms"][0]["StateValue"] == "ALARM")
    metric = local.client("cloudwatch").list_metrics(Namespace="aws/sagemaker/Endpoints/data-metrics")["Metrics"]
    assert any(item["MetricName"] == "feature_data_digit" for item in metric)


def remove(local: Local, package: str) -> None:
    """Delete everything that can be deleted."""
    sm, s3 = local.client("sagemaker"), local.client("s3")
    local.client("cloudwatch").delete_alarms(AlarmNames=["digits-errors"])
    sm.delete_monitoring_schedule(MonitoringScheduleName="digits")
    until(lambda: not sm.list_monitoring_schedules()["MonitoringScheduleSummaries"])
    sm.delete_data_quality_job_definition(JobDefinitionName="digits")
    sm.delete_endpoint(EndpointName="digits")
    until(lambda: not sm.list_endpoints()["Endpoints"])
    sm.delete_endpoint_config(EndpointConfigName="digits")
    sm.delete_model(ModelName="digits")
    sm.delete_model_package(ModelPackageName=package)
    until(lambda: not sm.list_model_packages(ModelPackageGroupName="digits")["ModelPackageSummaryList"])
    sm.delete_model_package_group(ModelPackageGroupName="digits")
    sm.delete_pipeline(PipelineName="digits", ClientRequestToken="d" * 32)
    for job in sm.list_training_jobs()["TrainingJobSummaries"]:
        sm.delete_training_job(TrainingJobName=job["TrainingJobName"])
    for job in sm.list_processing_jobs()["ProcessingJobSummaries"]:
        sm.delete_processing_job(ProcessingJobName=job["ProcessingJobName"])
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket="story"):
        for item in page.get("Contents", []):
            s3.delete_object(Bucket="story", Key=item["Key"])
    s3.delete_bucket(Bucket="story")
    local.client("iam").delete_role_policy(RoleName="story", PolicyName="jobs")
    local.client("iam").delete_role(RoleName="story")
    logs = local.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        logs.delete_log_group(logGroupName=group["logGroupName"])


@pytest.mark.timeout(300)
def test_from_raw_data_to_an_empty_account(local: Local) -> None:
    folder = folder_of(local)
    role = upload(local)
    package = build(local, role)
    deploy(local, role, package)
    ask(local)
    watch(local, role)
    remove(local, package)
    left = until(lambda: (found := local.control("GET", "inventory"))["count"] == 0 and found or None, 20)
    assert left["count"] == 0
    assert not processes_with(f"{folder}/")


SLEEPING_MODEL = """
import subprocess, time
def model_fn(folder): subprocess.Popen(["sleep", "{seconds}"])
def transform_fn(model, body, kind, accept): time.sleep({seconds})
"""


def start_everything(local: Local, role: str, seconds: str) -> list[str]:
    """Start one of everything that runs, each sleeping for `seconds`; returns the names of the threads' objects."""
    sm, s3 = local.client("sagemaker"), local.client("s3")
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in {
            "train.py": f"import subprocess; subprocess.run(['sleep', '{seconds}'])",
            "inference.py": SLEEPING_MODEL.format(seconds=seconds),
        }.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    s3.put_object(Bucket="story", Key="code/sleep.tar.gz", Body=buffer.getvalue())
    source = "s3://story/code/sleep.tar.gz"
    process = {
        "RoleArn": role,
        # It ignores the polite signal.
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["/bin/sh", "-c", f"trap '' TERM; sleep {seconds}"],
        },
        "ProcessingResources": {"ClusterConfig": CLUSTER},
    }
    sm.create_processing_job(ProcessingJobName="sleeper", **process)
    train = {
        "RoleArn": role,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "HyperParameters": {"sagemaker_program": "train.py", "sagemaker_submit_directory": source},
        "OutputDataConfig": {"S3OutputPath": "s3://story/models"},
        "ResourceConfig": CLUSTER,
        "StoppingCondition": {"MaxRuntimeInSeconds": 300},
    }
    sm.create_training_job(TrainingJobName="sleeper", **train)
    steps = [{"Name": "Sleep", "Type": "Processing", "Arguments": process}]
    sm.create_pipeline(
        PipelineName="sleeper",
        PipelineDefinition=json.dumps({"Version": "2020-12-01", "Steps": steps}),
        RoleArn=role,
        ClientRequestToken="t" * 32,
    )
    sm.start_pipeline_execution(PipelineName="sleeper", ClientRequestToken="s" * 32)
    variables = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": source}
    sm.create_model(
        ModelName="sleeper", ExecutionRoleArn=role, PrimaryContainer={"Image": IMAGE, "Environment": variables}
    )
    variant = {"VariantName": "main", "ModelName": "sleeper", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sm.create_endpoint_config(EndpointConfigName="sleeper", ProductionVariants=[variant])
    sm.create_endpoint(EndpointName="sleeper", EndpointConfigName="sleeper")
    return ["processing", "training", "pipeline", "endpoint"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("wait", [True, False], ids=["when all run", "while all start"])
def test_killed_while_everything_runs(local: Local, how: signal.Signals, wait: bool) -> None:
    role = upload(local)
    # A time that no other run of this test sleeps: processes are looked for on the whole machine.
    seconds = f"4711.{local.process.pid}"
    folder = folder_of(local)
    started = start_everything(local, role, seconds)
    sleeping = f"sleep {seconds}"
    if wait:
        # The shell of a processing job has the word among its own, too.
        until(lambda: len([line for line in processes_with(sleeping) if "trap" not in line]) == len(started))
        assert processes_with(f"{folder}/")
    assert folder.is_dir()
    local.process.send_signal(how)
    local.process.wait(20)
    until(lambda: not processes_with(sleeping) and not processes_with(str(folder)) and not folder.exists(), 20)


def test_a_large_request_that_the_client_compresses(local: Local) -> None:
    """botocore compresses PutMetricData above 10 KB; job and monitor metrics are that large."""
    cloudwatch = local.client("cloudwatch")
    data = [{"MetricName": f"metric-{index}", "Value": index} for index in range(300)]
    cloudwatch.put_metric_data(Namespace="large", MetricData=data)
    found = {item["MetricName"] for page in cloudwatch.get_paginator("list_metrics").paginate(Namespace="large")
             for item in page["Metrics"]}  # fmt: skip
    assert found == {item["MetricName"] for item in data}


def test_a_restored_job_runs_again(local: Local, tmp_path: Path) -> None:
    sm, s3 = local.client("sagemaker"), local.client("s3")
    s3.create_bucket(Bucket="story")
    role = local.role("story")
    seen = "lambda: 'Contents' in s3.list_objects_v2(Bucket='story')"
    mark = f"waiter of {local.process.pid}"
    wait = f"import boto3, time; s3 = boto3.client('s3'); [time.sleep(0.1) for _ in iter({seen}, True)]  # {mark}"
    sm.create_processing_job(
        ProcessingJobName="waiter",
        RoleArn=role,
        AppSpecification={"ImageUri": IMAGE, "ContainerEntrypoint": ["python", "-c", wait]},
        ProcessingResources={"ClusterConfig": CLUSTER},
    )
    until(lambda: processes_with(mark))
    local.control("POST", "snapshot", path=str(tmp_path / "all"))
    local.control("POST", "reset")
    until(lambda: not processes_with(mark))
    local.control("POST", "restore", path=str(tmp_path / "all"))
    until(lambda: processes_with(mark))
    s3.put_object(Bucket="story", Key="go", Body=b"")
    until(lambda: sm.describe_processing_job(ProcessingJobName="waiter")["ProcessingJobStatus"] == "Completed")
