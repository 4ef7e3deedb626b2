"""A scikit-learn model from raw data to an alarm, with boto3 alone, and nothing left afterwards."""

from __future__ import annotations

import csv
import io
import json
import tarfile
import time
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Local
from sklearn.datasets import load_iris

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/scikit-learn:1"
CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
CLUSTER = {"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5}}

PREPARE = """
import pathlib
import pandas as pd
from sklearn.model_selection import train_test_split
base = pathlib.Path("/opt/ml/processing")
table = pd.read_csv(base / "input" / "raw" / "iris.csv")
train, test = train_test_split(table, test_size=0.3, random_state=0)
for name, part in (("train", train), ("test", test)):
    (base / name).mkdir(parents=True, exist_ok=True)
    part.to_csv(base / name / f"{name}.csv", index=False)
"""

TRAIN = """
import argparse, os, pathlib, joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
parser = argparse.ArgumentParser()
parser.add_argument("--max_iter", type=int)
args, _ = parser.parse_known_args()
train = pd.read_csv(pathlib.Path(os.environ["SM_CHANNEL_TRAIN"]) / "train.csv")
test = pd.read_csv(pathlib.Path(os.environ["SM_CHANNEL_TEST"]) / "test.csv")
model = LogisticRegression(max_iter=args.max_iter).fit(train.drop(columns="species").to_numpy(), train["species"])
print(f"accuracy={model.score(test.drop(columns='species').to_numpy(), test['species']):.4f};")
joblib.dump(model, pathlib.Path(os.environ["SM_MODEL_DIR"]) / "model.joblib")
"""

SERVE = """
import io, os, joblib
import numpy
def input_fn(body, content_type):
    text = body if isinstance(body, str) else body.decode()
    return numpy.loadtxt(io.StringIO(text), delimiter=",", ndmin=2)
def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))
"""


@pytest.fixture(scope="module")
def live() -> Iterator[Local]:
    local = Local("--allow-exec", "--role-delay", "0.5")
    yield local
    local.stop()


def archive(**files: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name.replace("_py", ".py"))
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def iris() -> bytes:
    data = load_iris()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["species", "sl", "sw", "pl", "pw"])
    writer.writerows([[int(label), *row] for label, row in zip(data.target, data.data.tolist(), strict=True)])
    return text.getvalue().encode()


def until(what: str, look: Any, wanted: Any, seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not wanted(seen := look()):
        assert time.monotonic() < deadline, f"{what}: {seen}"
        time.sleep(0.1)
    return seen


def place(name: str, uri: str) -> dict[str, Any]:
    return {
        "InputName": name,
        "S3Input": {
            "S3Uri": uri,
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "LocalPath": f"/opt/ml/processing/input/{name}",
        },
    }


def output(name: str, uri: str, path: str | None = None) -> dict[str, Any]:
    return {
        "OutputName": name,
        "S3Output": {"S3Uri": uri, "LocalPath": path or f"/opt/ml/processing/{name}", "S3UploadMode": "EndOfJob"},
    }


def monitored(sm: Any, name: str, kind: str) -> dict[str, Any]:
    """Run a job definition once, now, by a schedule of its name; returns the execution."""
    sm.create_monitoring_schedule(
        MonitoringScheduleName=name,
        MonitoringScheduleConfig={
            "MonitoringJobDefinitionName": name,
            "MonitoringType": kind,
            "ScheduleConfig": {
                "ScheduleExpression": "NOW",
                "DataAnalysisStartTime": "-PT1H",
                "DataAnalysisEndTime": "PT1H",
            },
        },
    )
    execution = until(
        "execution",
        lambda: (sm.list_monitoring_executions(MonitoringScheduleName=name)["MonitoringExecutionSummaries"] or [{}])[0],
        lambda seen: seen.get("MonitoringExecutionStatus") in ("Completed", "CompletedWithViolations", "Failed"),
    )
    until(
        "schedule",
        lambda: sm.describe_monitoring_schedule(MonitoringScheduleName=name)["MonitoringScheduleStatus"],
        {"Scheduled"}.__contains__,
        10,
    )
    return execution


def test_from_raw_data_to_an_alarm(live: Local) -> None:
    aws = live.client
    s3, sm, runtime, cloudwatch = aws("s3"), aws("sagemaker"), aws("sagemaker-runtime"), aws("cloudwatch")
    fast = {"WaiterConfig": {"Delay": 0.2, "MaxAttempts": 300}}
    bucket = "mlops"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="raw/iris.csv", Body=iris())
    s3.put_object(Bucket=bucket, Key="code/prepare.py", Body=PREPARE.encode())
    s3.put_object(Bucket=bucket, Key="code/source.tar.gz", Body=archive(train_py=TRAIN, serve_py=SERVE))
    role = live.role("sagemaker")

    # Process.
    sm.create_processing_job(
        ProcessingJobName="prepare",
        RoleArn=role,
        ProcessingResources=CLUSTER,
        AppSpecification={
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", "/opt/ml/processing/input/code/prepare.py"],
        },
        ProcessingInputs=[place("raw", f"s3://{bucket}/raw/"), place("code", f"s3://{bucket}/code/")],
        ProcessingOutputConfig={
            "Outputs": [output(name, f"s3://{bucket}/prepared/{name}") for name in ("train", "test")]
        },
    )
    sm.get_waiter("processing_job_completed_or_stopped").wait(ProcessingJobName="prepare", **fast)
    assert s3.head_object(Bucket=bucket, Key="prepared/train/train.csv")["ContentLength"] > 1000

    # Train.
    channel = lambda name: {  # noqa: E731
        "ChannelName": name,
        "ContentType": "text/csv",
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/prepared/{name}/"}},
    }
    sm.create_training_job(
        TrainingJobName="train",
        RoleArn=role,
        InputDataConfig=[channel("train"), channel("test")],
        AlgorithmSpecification={
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "accuracy", "Regex": "accuracy=([0-9.]+);"}],
        },
        HyperParameters={
            "sagemaker_program": "train.py",
            "max_iter": "500",
            "sagemaker_submit_directory": f"s3://{bucket}/code/source.tar.gz",
        },
        OutputDataConfig={"S3OutputPath": f"s3://{bucket}/models"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
        StoppingCondition={"MaxRuntimeInSeconds": 120},
    )
    sm.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="train", **fast)
    job = sm.describe_training_job(TrainingJobName="train")
    metric = job["FinalMetricDataList"][0]
    assert metric["MetricName"] == "accuracy" and metric["Value"] > 0.9
    logs = aws("logs").filter_log_events(logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix="train/")[
        "events"
    ]
    assert any("accuracy=" in event["message"] for event in logs)

    # Register and approve.
    sm.create_model_package_group(ModelPackageGroupName="iris")
    environment = {"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": f"s3://{bucket}/code/source.tar.gz"}
    package = sm.create_model_package(
        ModelPackageGroupName="iris",
        InferenceSpecification={
            "Containers": [
                {"Image": IMAGE, "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"], "Environment": environment}
            ],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    until(
        "package",
        lambda: sm.describe_model_package(ModelPackageName=package)["ModelPackageStatus"],
        {"Completed"}.__contains__,
    )
    sm.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")

    # Deploy and invoke.
    sm.create_model(ModelName="iris", ExecutionRoleArn=role, PrimaryContainer={"ModelPackageName": package})
    sm.create_endpoint_config(
        EndpointConfigName="iris",
        ProductionVariants=[
            {"VariantName": "main", "ModelName": "iris", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        ],
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": f"s3://{bucket}/capture",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
        },
    )
    sm.create_endpoint(EndpointName="iris", EndpointConfigName="iris")
    sm.get_waiter("endpoint_in_service").wait(EndpointName="iris", **fast)
    assert sm.describe_endpoint(EndpointName="iris")["ProductionVariants"][0]["CurrentInstanceCount"] == 1
    answer = runtime.invoke_endpoint(
        EndpointName="iris", ContentType="text/csv", Accept="text/csv", Body="5.1,3.5,1.4,0.2"
    )
    assert answer["InvokedProductionVariant"] == "main"
    assert answer["Body"].read().decode().strip() == "0"

    # A baseline, traffic that drifts, a report, a metric, an alarm.
    s3.copy_object(Bucket=bucket, Key="baseline-data/train.csv", CopySource=f"{bucket}/prepared/train/train.csv")
    sm.create_processing_job(
        ProcessingJobName="baseline",
        RoleArn=role,
        ProcessingResources=CLUSTER,
        AppSpecification={"ImageUri": ANALYZER},
        Environment={
            "dataset_format": json.dumps({"csv": {"header": True}}),
            "publish_cloudwatch_metrics": "Disabled",
            "dataset_source": "/opt/ml/processing/input/baseline",
            "output_path": "/opt/ml/processing/output",
        },
        ProcessingInputs=[place("baseline", f"s3://{bucket}/baseline-data/")],
        ProcessingOutputConfig={"Outputs": [output("result", f"s3://{bucket}/baseline", "/opt/ml/processing/output")]},
    )
    sm.get_waiter("processing_job_completed_or_stopped").wait(ProcessingJobName="baseline", **fast)
    for _ in range(30):
        runtime.invoke_endpoint(
            EndpointName="iris", ContentType="text/csv", Accept="text/csv", Body="90.0,-50.0,70.0,60.0"
        )
    until("captured", lambda: s3.list_objects_v2(Bucket=bucket, Prefix="capture/").get("KeyCount", 0), bool)
    sm.create_data_quality_job_definition(
        JobDefinitionName="iris",
        RoleArn=role,
        JobResources=CLUSTER,
        DataQualityAppSpecification={"ImageUri": ANALYZER},
        DataQualityBaselineConfig={
            "ConstraintsResource": {"S3Uri": f"s3://{bucket}/baseline/constraints.json"},
            "StatisticsResource": {"S3Uri": f"s3://{bucket}/baseline/statistics.json"},
        },
        DataQualityJobInput={
            "EndpointInput": {"EndpointName": "iris", "LocalPath": "/opt/ml/processing/input/endpoint"}
        },
        DataQualityJobOutputConfig={
            "MonitoringOutputs": [
                {"S3Output": {"S3Uri": f"s3://{bucket}/reports", "LocalPath": "/opt/ml/processing/output"}}
            ]
        },
    )
    execution = monitored(sm, "iris", "DataQuality")
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations", execution
    # What the model looks at, by asking it.
    config = {
        "headers": ["a", "b", "c", "d"],
        "methods": {"shap": {"num_samples": 50}},
        "predictor": {"model_name": "iris", "accept_type": "text/csv"},
    }
    s3.put_object(Bucket=bucket, Key="clarify/analysis_config.json", Body=json.dumps(config))
    sm.create_model_explainability_job_definition(
        JobDefinitionName="why",
        RoleArn=role,
        JobResources=CLUSTER,
        ModelExplainabilityAppSpecification={
            "ImageUri": CLARIFY,
            "ConfigUri": f"s3://{bucket}/clarify/analysis_config.json",
        },
        ModelExplainabilityJobInput={
            "EndpointInput": {"EndpointName": "iris", "LocalPath": "/opt/ml/processing/input/endpoint"}
        },
        ModelExplainabilityJobOutputConfig={
            "MonitoringOutputs": [
                {"S3Output": {"S3Uri": f"s3://{bucket}/why", "LocalPath": "/opt/ml/processing/output"}}
            ]
        },
    )
    execution = monitored(sm, "why", "ModelExplainability")
    assert execution["MonitoringExecutionStatus"] == "Completed", execution
    explained = cloudwatch.list_metrics(Namespace="aws/sagemaker/Endpoints/explainability-metrics")["Metrics"]
    names = {"feature_a", "feature_b", "feature_c", "feature_d", "ExpectedValue"}
    assert {each["MetricName"] for each in explained} == names

    topic = aws("sns").create_topic(Name="drift")["TopicArn"]
    metrics = until(
        "metrics", lambda: cloudwatch.list_metrics(Namespace="aws/sagemaker/Endpoints/data-metrics")["Metrics"], bool
    )
    drift = next(each for each in metrics if "baseline_drift" in each["MetricName"])
    cloudwatch.put_metric_alarm(
        AlarmName="drift",
        Namespace=drift["Namespace"],
        MetricName=drift["MetricName"],
        Dimensions=drift["Dimensions"],
        Period=60,
        EvaluationPeriods=1,
        Threshold=0.1,
        ComparisonOperator="GreaterThanThreshold",
        Statistic="Maximum",
        AlarmActions=[topic],
    )
    until(
        "alarm",
        lambda: cloudwatch.describe_alarms(AlarmNames=["drift"])["MetricAlarms"][0]["StateValue"],
        {"ALARM"}.__contains__,
    )

    # Everything goes.
    cloudwatch.delete_alarms(AlarmNames=["drift"])
    aws("sns").delete_topic(TopicArn=topic)
    for name in ("iris", "why"):
        sm.delete_monitoring_schedule(MonitoringScheduleName=name)
    until("schedules", lambda: sm.list_monitoring_schedules()["MonitoringScheduleSummaries"], lambda left: not left)
    sm.delete_data_quality_job_definition(JobDefinitionName="iris")
    sm.delete_model_explainability_job_definition(JobDefinitionName="why")
    sm.delete_endpoint(EndpointName="iris")
    sm.get_waiter("endpoint_deleted").wait(EndpointName="iris", **fast)
    sm.delete_endpoint_config(EndpointConfigName="iris")
    sm.delete_model(ModelName="iris")
    sm.delete_model_package(ModelPackageName=package)
    until(
        "package gone",
        lambda: sm.list_model_packages(ModelPackageGroupName="iris")["ModelPackageSummaryList"],
        lambda seen: not seen,
    )
    sm.delete_model_package_group(ModelPackageGroupName="iris")
    sm.delete_training_job(TrainingJobName="train")
    for job in sm.list_processing_jobs(MaxResults=100)["ProcessingJobSummaries"]:
        sm.delete_processing_job(ProcessingJobName=job["ProcessingJobName"])
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": each["Key"]} for each in page.get("Contents", ())]}
        )
    s3.delete_bucket(Bucket=bucket)
    aws("iam").delete_role_policy(RoleName="sagemaker", PolicyName="jobs")
    aws("iam").delete_role(RoleName="sagemaker")
    for group in aws("logs").describe_log_groups()["logGroups"]:
        aws("logs").delete_log_group(logGroupName=group["logGroupName"])
    held = until("empty", lambda: live.control("GET", "inventory"), lambda seen: seen["count"] == 0, 10)
    assert held["objects"] == []


def test_a_failing_script_fails_its_job(live: Local) -> None:
    sm = live.client("sagemaker")
    s3 = live.client("s3")
    s3.create_bucket(Bucket="broken")
    s3.put_object(Bucket="broken", Key="source.tar.gz", Body=archive(train_py="raise SystemExit('no luck today')"))
    role = live.role("broken")
    sm.create_training_job(
        TrainingJobName="broken",
        RoleArn=role,
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        HyperParameters={"sagemaker_program": "train.py", "sagemaker_submit_directory": "s3://broken/source.tar.gz"},
        OutputDataConfig={"S3OutputPath": "s3://broken/out"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    until(
        "job", lambda: sm.describe_training_job(TrainingJobName="broken")["TrainingJobStatus"], {"Failed"}.__contains__
    )
    assert "AlgorithmError" in sm.describe_training_job(TrainingJobName="broken")["FailureReason"]
