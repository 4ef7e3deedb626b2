"""Steps that need more than a script: tuning, transform, and checks against a baseline."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from aws_local.services import Runtime

from .fakes import IMAGE, ROLE, FakeServices
from .test_clarify import CLARIFY
from .test_monitoring import ANALYZER, rows, to_csv
from .test_pipelines import RESOURCES, define, get, start, statuses, training

DEPTH = """
import argparse
p = argparse.ArgumentParser()
p.add_argument("--depth", type=int)
depth = p.parse_known_args()[0].depth
print(f"score={depth};")
open("/opt/ml/model/model.txt", "w").write("x" * depth)
"""
SERVE = """
import os
def model_fn(folder): return open(os.path.join(folder, "model.txt")).read()
def transform_fn(model, body, kind, accept): return "\\n".join(str(len(model)) for _ in body.splitlines()), "text/csv"
"""


def test_a_tuned_model_transforms(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    source = sources(train=DEPTH, inference=SERVE)
    services.objects["s3://data/in/rows.csv"] = b"1\n2\n"
    definition = training("x", source)["Arguments"]
    definition["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "score", "Regex": "score=([0-9]+);"}]
    definition["StaticHyperParameters"] = definition.pop("HyperParameters")
    tune = {
        "Name": "Tune",
        "Type": "Tuning",
        "Arguments": {
            "HyperParameterTuningJobConfig": {
                "Strategy": "Grid",
                "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2},
                "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "score"},
                "ParameterRanges": {"CategoricalParameterRanges": [{"Name": "depth", "Values": ["3", "5"]}]},
            },
            "TrainingJobDefinition": definition,
        },
    }
    best = {"Std:Join": {"On": "/", "Values": ["s3://data/models", get("Steps.Tune.BestTrainingJob.TrainingJobName"),
                                               "output/model.tar.gz"]}}  # fmt: skip
    variables = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": source}
    container = {"Image": IMAGE, "ModelDataUrl": best, "Environment": variables}
    create = {"Name": "Create", "Type": "Model", "Arguments": {"PrimaryContainer": container}}
    place = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/in/"}}
    transform = {
        "Name": "Transform",
        "Type": "Transform",
        "Arguments": {
            "ModelName": get("Steps.Create.ModelName"),
            "TransformInput": {"DataSource": place, "ContentType": "text/csv"},
            "TransformOutput": {"S3OutputPath": "s3://data/out"},
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        },
    }
    services.handlers["ListTrainingJobsForHyperParameterTuningJob"] = lambda _: {"TrainingJobSummaries": []}
    record = start(services, runtime, define(transform, create, tune)).wait("Succeeded", "Failed", seconds=60)
    assert record.status == "Succeeded", record.private["steps"]
    assert statuses(record) == dict.fromkeys(["Tune", "Create", "Transform"], "Succeeded")
    assert services.objects["s3://data/out/rows.csv.out"] == b"5\n5"


def check(kind: str, image: str, data: str, environment: dict[str, str], **options: Any) -> dict[str, Any]:
    places = {data: "/opt/ml/processing/input/data", "s3://data/config/": "/opt/ml/processing/input/config"}
    sources = [
        {"InputName": f"i{number}", "S3Input": {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix"}}
        for number, (uri, path) in enumerate(places.items())
        if kind == "ClarifyCheck" or path.endswith("data")
    ]
    output = {"S3Uri": "s3://data/check", "LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob"}
    arguments = {
        "RoleArn": ROLE,
        "ProcessingResources": RESOURCES,
        "AppSpecification": {"ImageUri": image},
        "ProcessingInputs": sources,
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "result", "S3Output": output}]},
        "Environment": environment,
    }
    return {"Name": "Check", "Type": kind, "Arguments": arguments, **options}


def quality(data: str, **options: Any) -> dict[str, Any]:
    environment = {
        "dataset_format": json.dumps({"csv": {"header": False}}),
        "dataset_source": "/opt/ml/processing/input/data",
        "output_path": "/opt/ml/processing/output",
    }
    return check("QualityCheck", ANALYZER, data, environment, CheckType="DATA_QUALITY", **options)


SUPPLIED = {
    "SuppliedBaselineConstraints": "s3://data/old/constraints.json",
    "SuppliedBaselineStatistics": "s3://data/old/statistics.json",
}


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({}, "Succeeded"),
        (SUPPLIED, "Failed"),
        ({**SUPPLIED, "FailOnViolation": False}, "Succeeded"),
        ({**SUPPLIED, "SkipCheck": get("Parameters.Skip")}, "Succeeded"),
        ({"ModelPackageGroupName": "group"}, "Failed"),
    ],
    ids=["nothing to compare with", "drift", "drift is let pass", "skipped", "against the registered baseline"],
)
def test_a_quality_check(services: FakeServices, runtime: Runtime, options: dict[str, Any], status: str) -> None:
    services.objects["s3://data/train/t.csv"] = to_csv(rows(300)).encode()
    services.objects["s3://data/new/t.csv"] = to_csv(rows(300, shift=2.0, seed=2)).encode()
    # The baseline of before is that of an earlier check.
    start(services, runtime, define(quality("s3://data/train/")), 1).wait("Succeeded")
    for name in ("constraints", "statistics"):
        services.objects[f"s3://data/old/{name}.json"] = services.objects.pop(f"s3://data/check/{name}.json")
    places = {name: {"ContentType": "application/json", "S3Uri": f"s3://data/old/{name.lower()}.json"}
              for name in ("Constraints", "Statistics")}  # fmt: skip
    services.handlers["ListModelPackages"] = lambda _: {"ModelPackageSummaryList": [{"ModelPackageArn": "a"}]}
    services.add("ModelPackage", "a", {"DriftCheckBaselines": {"ModelDataQuality": places}})

    parameters = [{"Name": "Skip", "Type": "Boolean", "DefaultValue": True}]
    definition = define(quality("s3://data/new/", **options), parameters=parameters)
    record = start(services, runtime, definition, 2).wait("Succeeded", "Failed")
    (step,) = record.private["steps"]
    assert step["StepStatus"] == record.status == status, step
    told = step["Metadata"]["QualityCheck"]
    assert told["CheckJobArn"].startswith("arn:") and told["CheckType"] == "DATA_QUALITY"
    assert told["CalculatedBaselineStatistics"] == "s3://data/check/statistics.json"
    if status == "Failed":
        assert "s3://data/check/constraint_violations.json" in step["FailureReason"]
        assert told["BaselineUsedForDriftCheckConstraints"] == "s3://data/old/constraints.json"
    compared = "s3://data/check/constraint_violations.json" in services.objects
    assert compared == bool(options and "SkipCheck" not in options)


def test_a_new_baseline_for_what_follows(services: FakeServices, runtime: Runtime) -> None:
    config = {
        "headers": ["label", "size", "colour"],
        "label": "label",
        "facet": [{"name_or_index": "colour", "value_or_threshold": ["red"]}],
        "methods": {"pre_training_bias": {"methods": ["CI"]}},
    }
    services.objects["s3://data/config/analysis_config.json"] = json.dumps(config).encode()
    services.objects["s3://data/train/t.csv"] = to_csv(rows(100)).encode()
    bias = check("ClarifyCheck", CLARIFY, "s3://data/train/", {}, CheckType="DATA_BIAS", RegisterNewBaseline=True)
    calculated = get("Steps.Check.BaselineUsedForDriftCheckConstraints")
    stop = {"Name": "Tell", "Type": "Fail", "Arguments": {"ErrorMessage": calculated}}
    record = start(services, runtime, define(bias, stop)).wait("Failed")
    assert statuses(record) == {"Check": "Succeeded", "Tell": "Failed"}
    assert record.private["steps"][1]["FailureReason"] == "s3://data/check/analysis.json"
    (entry,) = json.loads(services.objects["s3://data/check/analysis.json"])["pre_training_bias_metrics"]["facets"][
        "colour"
    ]
    red = sum(row[2] == "red" for row in rows(100))
    assert entry["metrics"][0]["value"] == pytest.approx((100 - 2 * red) / 100)


def test_a_check_that_says_too_little(services: FakeServices, runtime: Runtime) -> None:
    step = quality("s3://data/new/")
    step["CheckType"] = "VIBES"
    record = start(services, runtime, define(step)).wait("Failed")
    assert "needs an output and a CheckType of" in record.private["steps"][0]["FailureReason"]
