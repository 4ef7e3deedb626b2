"""AutoML jobs: candidates that are really trained, and serve."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from sklearn.datasets import load_diabetes, load_iris

from aws_local.services import Runtime
from tests.conftest import Local

from .fakes import ROLE, FakeRecord, FakeServices
from .test_hosting import add_config, invoke
from .test_hosting import create as create_endpoint
from .test_pipelines import define


def create(services: FakeServices, runtime: Runtime, config: dict[str, Any], **changes: Any) -> FakeRecord:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/table.csv"}}
    body = {
        "AutoMLJobName": "auto",
        "AutoMLJobInputDataConfig": [{"ChannelType": "training", "DataSource": source}],
        "OutputDataConfig": {"S3OutputPath": "s3://data/auto"},
        "AutoMLProblemTypeConfig": config,
        "RoleArn": ROLE,
        **changes,
    }
    record = services.add("AutoMLJobV2", "auto", body)
    hook = runtime.hooks["AutoMLJobV2"].on_create
    assert hook and hook(services, record) is True
    return record


def test_iris_from_table_to_endpoint(services: FakeServices, runtime: Runtime) -> None:
    iris = load_iris(as_frame=True)
    table = iris.frame.assign(kind=[iris.target_names[index] for index in iris.target]).drop(columns="target")
    services.objects["s3://data/table.csv"] = table.to_csv(index=False).encode()
    record = create(services, runtime, {"TabularJobConfig": {"TargetAttributeName": "kind"}})
    record.wait("Completed", "Failed", seconds=90)
    assert record.status == "Completed", (record.output, dict(services.logs))
    best, candidates = record.output["BestCandidate"], record.private["candidates"]
    assert len(candidates) == 3 and best == candidates[0]
    values = [item["FinalAutoMLJobObjectiveMetric"]["Value"] for item in candidates]
    assert values == sorted(values, reverse=True) and values[0] > 0.9
    assert best["FinalAutoMLJobObjectiveMetric"]["MetricName"] == "Accuracy"

    services.add("Model", "auto", {"PrimaryContainer": best["InferenceContainers"][0]})
    add_config(services, "config", {"auto": 1})
    endpoint = create_endpoint(services, runtime).wait("InService")
    body = table.drop(columns="kind").iloc[[0, 60, 140]].to_csv(index=False, header=False)
    assert json.loads(invoke(services, runtime, endpoint, body).body) == ["setosa", "versicolor", "virginica"]


def test_regression_is_minimized(services: FakeServices, runtime: Runtime) -> None:
    services.objects["s3://data/table.csv"] = load_diabetes(as_frame=True).frame.to_csv(index=False).encode()
    config = {"TabularJobConfig": {"TargetAttributeName": "target", "CompletionCriteria": {"MaxCandidates": 2}}}
    record = create(services, runtime, config).wait("Completed", seconds=90)
    first, second = (item["FinalAutoMLJobObjectiveMetric"] for item in record.private["candidates"])
    assert first["Type"] == "Minimize" and first["MetricName"] == "MSE" and first["Value"] <= second["Value"]
    resolved = record.output["ResolvedAttributes"]["AutoMLProblemTypeResolvedAttributes"]
    assert resolved == {"TabularResolvedAttributes": {"ProblemType": "Regression"}}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"TabularJobConfig": {"TargetAttributeName": "colour"}}, "there is no column 'colour'"),
        ({"TextClassificationJobConfig": {}}, "not TextClassificationJobConfig"),
    ],
)
def test_failures(services: FakeServices, runtime: Runtime, config: dict[str, Any], reason: str) -> None:
    services.objects["s3://data/table.csv"] = b"a,b\n1,2\n3,4\n"
    record = create(services, runtime, config).wait("Failed", seconds=60)
    assert reason in record.output["FailureReason"]


def test_a_step_of_a_pipeline_is_a_job_of_the_first_version() -> None:
    """API reference, CreateAutoMLJob: what AutoML steps become (SageMaker Python SDK, AutoMLStep), really run by V2's engine."""
    local = Local("--allow-exec")
    try:
        sm, role = local.client("sagemaker"), local.role()
        local.client("s3").create_bucket(Bucket="tables")
        body = load_iris(as_frame=True).frame.to_csv(index=False).encode()
        local.client("s3").put_object(Bucket="tables", Key="iris/t.csv", Body=body)
        place = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://tables/iris/"}}
        step = {
            "Name": "Auto",
            "Type": "AutoML",
            "Arguments": {
                "InputDataConfig": [{"DataSource": place, "TargetAttributeName": "target"}],
                "OutputDataConfig": {"S3OutputPath": "s3://tables/auto"},
                "AutoMLJobConfig": {"Mode": "ENSEMBLING", "CompletionCriteria": {"MaxCandidates": 1}},
                "RoleArn": role,
            },
        }
        sm.create_pipeline(
            PipelineName="p", RoleArn=role, ClientRequestToken="t" * 32, PipelineDefinition=json.dumps(define(step))
        )
        arn = sm.start_pipeline_execution(PipelineName="p", ClientRequestToken="t" * 32)["PipelineExecutionArn"]
        deadline = time.monotonic() + 90
        while sm.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"] == "Executing":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        (ran,) = sm.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
        assert ran["StepStatus"] == "Succeeded", ran
        name = ran["Metadata"]["AutoMLJob"]["Arn"].rpartition("/")[2]
        shown = sm.describe_auto_ml_job(AutoMLJobName=name)
        assert shown["InputDataConfig"] == step["Arguments"]["InputDataConfig"]
        assert shown["ResolvedAttributes"]["ProblemType"] == "MulticlassClassification"
        second = sm.describe_auto_ml_job_v2(AutoMLJobName=name)
        assert second["AutoMLProblemTypeConfig"]["TabularJobConfig"]["TargetAttributeName"] == "target"
        assert second["BestCandidate"] == shown["BestCandidate"]
    finally:
        local.stop()
