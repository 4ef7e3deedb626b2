"""Pipelines: a whole run of real jobs, conditions, caching, failing, stopping, retrying, and bad definitions."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from aws_local.runtime import pipeline_definition, pipelines
from aws_local.runtime.pipeline_values import ValueFault, holds
from aws_local.services import AwsError, Runtime

from .fakes import IMAGE, ROLE, FakeRecord, FakeServices
from .test_training import wait_for_line

RESOURCES = {"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}}


def get(path: str) -> dict[str, str]:
    return {"Get": path}


def processing(name: str, code: str, outputs: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    made = [
        {
            "OutputName": output,
            "S3Output": {
                "S3Uri": {
                    "Std:Join": {"On": "/", "Values": ["s3://data", get("Execution.PipelineExecutionId"), output]}
                },
                "LocalPath": f"/opt/ml/processing/{output}",
                "S3UploadMode": "EndOfJob",
            },
        }
        for output in outputs
    ]
    arguments = {
        "RoleArn": ROLE,
        "ProcessingResources": RESOURCES,
        "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": ["python", "-c", code]},
        "ProcessingOutputConfig": {"Outputs": made},
        **changes.pop("Arguments", {}),
    }
    return {"Name": name, "Type": "Processing", "Arguments": arguments, **changes}


def training(name: str, source: str, **changes: Any) -> dict[str, Any]:
    arguments = {
        "RoleArn": ROLE,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://data/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "HyperParameters": {"sagemaker_program": "train.py", "sagemaker_submit_directory": source},
    }
    arguments |= changes.pop("Arguments", {})
    return {"Name": name, "Type": "Training", "Arguments": arguments, **changes}


def define(*steps: dict[str, Any], parameters: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"Version": "2020-12-01", "Metadata": {}, "Parameters": parameters or [], "Steps": list(steps)}


def start(
    services: FakeServices, runtime: Runtime, definition: dict[str, Any], number: int = 1, **values: str
) -> FakeRecord:
    assert runtime.check_pipeline
    runtime.check_pipeline(services, definition)
    services.wire(runtime)
    if ("Pipeline", "line") not in services.records:
        services.add("Pipeline", "line", {})
    record = services.add("PipelineExecution", f"e{number:011d}", {}, "Executing")
    parameters = [
        {"Name": item["Name"], "Value": values.get(item["Name"], str(item.get("DefaultValue")))}
        for item in definition["Parameters"]
    ]
    record.private.update(pipeline="line", definition=definition, parameters=parameters, steps=[])
    hook = runtime.hooks["PipelineExecution"].on_create
    assert hook and hook(services, record) is True
    return record


def statuses(record: FakeRecord) -> dict[str, str]:
    return {item["StepName"]: item["StepStatus"] for item in record.private["steps"]}


TRAIN = """
import argparse, pathlib
p = argparse.ArgumentParser()
p.add_argument("--depth", type=int)
a = p.parse_args()
text = pathlib.Path("/opt/ml/input/data/train/x.txt").read_text()
pathlib.Path("/opt/ml/model/model.txt").write_text(text * a.depth)
"""


def whole(source: str) -> dict[str, Any]:
    evaluate = processing(
        "Evaluate",
        "import json,tarfile; t=tarfile.open('/opt/ml/processing/input/model/model.tar.gz').extractfile('model.txt').read();"
        "json.dump({'metrics':{'length':{'value':len(t)}}}, open('/opt/ml/processing/report/evaluation.json','w'))",
        ("report",),
        PropertyFiles=[{"PropertyFileName": "Report", "OutputName": "report", "FilePath": "evaluation.json"}],
        Arguments={
            "ProcessingInputs": [
                {
                    "InputName": "model",
                    "S3Input": {
                        "S3Uri": get("Steps.Train.ModelArtifacts.S3ModelArtifacts"),
                        "LocalPath": "/opt/ml/processing/input/model",
                        "S3DataType": "S3Prefix",
                    },
                }
            ]
        },
    )
    train = training("Train", source)
    train["Arguments"]["HyperParameters"]["depth"] = get("Parameters.Depth")
    train["Arguments"]["InputDataConfig"] = [
        {
            "ChannelName": "train",
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": get("Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"),
                }
            },
        }
    ]
    container = {"Image": IMAGE, "ModelDataUrl": get("Steps.Train.ModelArtifacts.S3ModelArtifacts")}
    register = {
        "Name": "Register",
        "Type": "RegisterModel",
        "Arguments": {
            "ModelPackageGroupName": "group",
            "ModelApprovalStatus": get("Parameters.Approval"),
            "InferenceSpecification": {"Containers": [container], "SupportedContentTypes": ["text/csv"]},
        },
    }
    create = {
        "Name": "Create",
        "Type": "Model",
        "Arguments": {"ExecutionRoleArn": ROLE, "PrimaryContainer": container},
        "DependsOn": ["Register"],
    }
    length = {
        "Std:JsonGet": {"PropertyFile": get("Steps.Evaluate.PropertyFiles.Report"), "Path": "metrics.length.value"}
    }
    check = {
        "Name": "GoodEnough",
        "Type": "Condition",
        "Arguments": {
            "Conditions": [
                {"Type": "GreaterThanOrEqualTo", "LeftValue": length, "RightValue": get("Parameters.Least")},
            ],
            "IfSteps": [register, create],
            "ElseSteps": [
                {
                    "Name": "TooShort",
                    "Type": "Fail",
                    "Arguments": {
                        "ErrorMessage": {"Std:Join": {"On": " ", "Values": ["length below", get("Parameters.Least")]}}
                    },
                }
            ],
        },
    }
    parameters = [
        {"Name": "Depth", "Type": "Integer", "DefaultValue": 2},
        {"Name": "Least", "Type": "Float", "DefaultValue": 4},
        {"Name": "Approval", "Type": "String", "DefaultValue": "PendingManualApproval"},
    ]
    prepare = processing("Prepare", "open('/opt/ml/processing/train/x.txt','w').write('abc')", ("train",))
    # In an order that only references can put right.
    return define(check, evaluate, train, prepare, parameters=parameters)


def test_whole_pipeline(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    record = start(services, runtime, whole(sources(train=TRAIN))).wait("Succeeded", "Failed", seconds=60)
    assert record.status == "Succeeded", (record.output, record.private["steps"])
    assert list(statuses(record)) == ["Prepare", "Train", "Evaluate", "GoodEnough", "Register", "Create"]
    steps = {item["StepName"]: item for item in record.private["steps"]}
    assert steps["GoodEnough"]["Metadata"] == {"Condition": {"Outcome": "True"}}
    assert steps["Train"]["Metadata"]["TrainingJob"]["Arn"].startswith("arn:aws:sagemaker:")
    assert steps["Train"]["StartTime"] <= steps["Train"]["EndTime"]
    (model,) = [item for (kind, _), item in services.records.items() if kind == "Model"]
    (package,) = [item for (kind, _), item in services.records.items() if kind == "ModelPackage"]
    assert package.request["ModelApprovalStatus"] == "PendingManualApproval"
    assert model.request["PrimaryContainer"] == package.request["InferenceSpecification"]["Containers"][0]
    (job,) = [item for (kind, _), item in services.records.items() if kind == "TrainingJob"]
    assert job.request["HyperParameters"]["depth"] == "2", "numbers become text where the API wants text"
    assert job.name.startswith("pipelines-e00000000001-Train-")


def test_other_branch_fails_the_execution(
    services: FakeServices, runtime: Runtime, sources: Callable[..., str]
) -> None:
    record = start(services, runtime, whole(sources(train=TRAIN)), Least="100").wait("Failed", seconds=60)
    assert record.output["FailureReason"] == pipelines.FAILED_STEPS
    step = record.private["steps"][-1]
    assert step["StepName"] == "TooShort" and step["FailureReason"] == "length below 100.0"
    assert step["Metadata"] == {"Fail": {"ErrorMessage": "length below 100.0"}}
    assert "Register" not in statuses(record)


def test_cache(services: FakeServices, runtime: Runtime) -> None:
    cached = processing("Slow", "pass", CacheConfig={"Enabled": True, "ExpireAfter": "PT1H"})
    other = processing("Never", "pass", DependsOn=["Slow"])
    first = start(services, runtime, define(cached, other), 1).wait("Succeeded")
    second = start(services, runtime, define(cached, other), 2).wait("Succeeded")
    steps = {item["StepName"]: item for item in second.private["steps"]}
    assert steps["Slow"]["CacheHitResult"] == {"SourcePipelineExecutionArn": first.arn}
    assert steps["Slow"]["Metadata"] == first.private["steps"][0]["Metadata"]
    assert "CacheHitResult" not in steps["Never"]
    changed = copy.deepcopy(cached)
    changed["Arguments"]["AppSpecification"]["ContainerEntrypoint"] = ["true"]
    third = start(services, runtime, define(changed), 3).wait("Succeeded")
    assert "CacheHitResult" not in third.private["steps"][0]
    services.clock.ahead += 3601
    fourth = start(services, runtime, define(cached), 4).wait("Succeeded")
    assert "CacheHitResult" not in fourth.private["steps"][0]


def test_failure_and_retry(services: FakeServices, runtime: Runtime) -> None:
    code = "import sys; sys.exit(0 if open('/opt/ml/processing/in/go').read() == 'yes' else 1)"
    inputs = [{"InputName": "in", "S3Input": {"S3Uri": "s3://data/go", "LocalPath": "/opt/ml/processing/in",
                                              "S3DataType": "S3Prefix"}}]  # fmt: skip
    services.objects["s3://data/go"] = b"no"
    first = processing("First", "pass")
    second = processing("Second", code, Arguments={"ProcessingInputs": inputs}, DependsOn=["First"])
    third = processing("Third", "pass", DependsOn=["Second"])
    record = start(services, runtime, define(first, second, third)).wait("Failed")
    assert statuses(record) == {"First": "Succeeded", "Second": "Failed"}
    assert record.private["steps"][1]["FailureReason"].startswith("AlgorithmError: ")
    services.objects["s3://data/go"] = b"yes"
    before = record.private["steps"][0]
    record.update("Executing")
    hook = runtime.hooks["PipelineExecution"].on_start
    assert hook and hook(services, record) is True
    record.wait("Succeeded")
    assert statuses(record) == {"First": "Succeeded", "Second": "Succeeded", "Third": "Succeeded"}
    assert record.private["steps"][0] == before, "what succeeded is not done again"


def test_stop(services: FakeServices, runtime: Runtime) -> None:
    slow = processing("Slow", "import time; print('ready', flush=True); time.sleep(600)")
    record = start(services, runtime, define(slow, processing("After", "pass", DependsOn=["Slow"])))
    wait_for_line(services, "ready")
    record.update("Stopping")
    assert runtime.hooks["PipelineExecution"].on_stop(services, record) is True  # type: ignore[misc]
    record.wait("Stopped")
    assert statuses(record) == {"Slow": "Stopped"}


def test_parallelism(services: FakeServices, runtime: Runtime) -> None:
    steps = [processing(f"S{index}", "import time; time.sleep(0.3)") for index in range(4)]
    record = services.add("Pipeline", "line", {})
    definition = define(*steps)
    services.wire(runtime)
    record = services.add(
        "PipelineExecution", "e1", {"ParallelismConfiguration": {"MaxParallelExecutionSteps": 2}}, "Executing"
    )
    record.private.update(pipeline="line", definition=definition, parameters=[], steps=[])
    runtime.hooks["PipelineExecution"].on_create(services, record)  # type: ignore[misc]
    most = 0
    while record.status == "Executing":
        most = max(most, sum(status == "Executing" for status in statuses(record).values()))
    assert record.status == "Succeeded" and most == 2


def test_refused_create_fails_the_step(services: FakeServices, runtime: Runtime) -> None:
    record = start(services, runtime, define(processing("Step", "pass")))
    record.wait("Succeeded")

    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise AwsError("ResourceLimitExceeded", "The account-level service limit is 0 Instances.")

    policy = {"ExceptionType": ["SageMaker.RESOURCE_LIMIT"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}
    definition = define(processing("Step", "pass", RetryPolicies=[policy]))
    record = services.add("PipelineExecution", "e2", {}, "Executing")
    record.private.update(pipeline="line", definition=definition, parameters=[], steps=[])
    services.handlers["CreateProcessingJob"] = refuse
    runtime.hooks["PipelineExecution"].on_create(services, record)  # type: ignore[misc]
    record.wait("Failed")
    (step,) = record.private["steps"]
    assert step["FailureReason"] == (
        "ClientError: Failed to invoke sagemaker:CreateProcessingJob."
        " Error Details: The account-level service limit is 0 Instances."
    )
    assert step["AttemptCount"] == 3


BAD = {
    "Version": {"Version": "2019-01-01", "Steps": [processing("A", "")]},
    "must not be empty": define(),
    "unique": define(processing("A", ""), processing("A", "")),
    "unknown type": define({"Name": "A", "Type": "Magic", "Arguments": {}}),
    "Parameters.None": define(processing("A", "", Arguments={"RoleArn": get("Parameters.None")})),
    "Steps.None": define(processing("A", "", Arguments={"RoleArn": get("Steps.None.Arn")})),
    "depends on 'None'": define(processing("A", "", DependsOn=["None"])),
    "Cycle detected in pipeline step graph: A -> B -> A": define(
        processing("A", "", DependsOn=["B"]), processing("B", "", DependsOn=["A"])
    ),
    "not of type Integer": define(
        processing("A", ""), parameters=[{"Name": "P", "Type": "Integer", "DefaultValue": "1"}]
    ),
    "condition of the unknown type": define(
        {"Name": "A", "Type": "Condition", "Arguments": {"Conditions": [{"Type": "Maybe"}], "IfSteps": []}}
    ),
    "does not match": define(processing("A B", "")),
}


@pytest.mark.parametrize("text", BAD)
def test_bad_definitions(services: FakeServices, text: str) -> None:
    with pytest.raises(AwsError) as caught:
        pipeline_definition.check(services, BAD[text])
    assert caught.value.code == "ValidationException" and text in caught.value.message


def test_conditions() -> None:
    def compare(kind: str, left: Any, right: Any) -> bool:
        return holds({"Type": kind, "LeftValue": left, "RightValue": right})

    assert compare("Equals", "a", "a") and not compare("Equals", 1, 2)
    assert compare("GreaterThan", 2, 1.5) and compare("LessThan", "0.5", 1)
    assert compare("GreaterThanOrEqualTo", 1, 1) and not compare("LessThanOrEqualTo", 2, 1)
    assert holds({"Type": "In", "QueryValue": "a", "Values": ["a", "b"]})
    inner = {"Type": "Equals", "LeftValue": 1, "RightValue": 2}
    assert holds({"Type": "Not", "Condition": inner})
    assert holds({"Type": "Or", "Conditions": [inner, {"Type": "Equals", "LeftValue": 1, "RightValue": 1}]})
    # The JSON schema's form of In, and what it has beside the SDK's.
    assert holds({"Type": "In", "Value": "a", "In": ["a"]}) and holds({"Type": "NotIn", "Value": "a", "In": ["b"]})
    assert compare("NotEquals", 1, 2)
    with pytest.raises(ValueFault, match="cannot compare"):
        compare("LessThan", "many", 1)


def test_durations() -> None:
    assert pipelines.duration("P30d") == 30 * 86400
    assert pipelines.duration("PT1H30M") == 5400
    # Developer guide, pipelines-caching, leaves out the P.
    assert pipelines.duration("30d") == 30 * 86400 and pipelines.duration("T16m") == 960
    with pytest.raises(AwsError, match="ISO 8601"):
        pipelines.duration("30 days")


def test_definition_survives_json(services: FakeServices) -> None:
    definition = whole("s3://data/code")
    pipeline_definition.check(services, json.loads(json.dumps(definition)))
