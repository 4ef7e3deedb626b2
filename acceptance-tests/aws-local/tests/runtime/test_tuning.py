"""Tuning: real child training jobs, the best of them, and every way a tuning job can end."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from aws_local.runtime import tuning
from aws_local.services import AwsError, Runtime

from .fakes import IMAGE, ROLE, FakeRecord, FakeServices
from .test_training import wait_for_line

SCRIPT = """
import argparse, pathlib
p = argparse.ArgumentParser()
for name in ("-x", "--way", "--_tuning_objective_metric"): p.add_argument(name)
a = p.parse_args()
print(f"score={-(float(a.x) - 3) ** 2};")
pathlib.Path("/opt/ml/model/x").write_text(a.x)
"""
TAGS = [{"Key": "team", "Value": "churn"}]


def create(services: FakeServices, runtime: Runtime, source: str, **changes: Any) -> FakeRecord:
    services.wire(runtime)
    channels = changes.pop("channels", [])
    config = {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "score"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 6, "MaxParallelTrainingJobs": 2},
        "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "x", "MinValue": "0", "MaxValue": "10"}]},
        **changes,
    }
    algorithm = {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "score", "Regex": "score=(.*?);"}],
    }
    definition = {
        "StaticHyperParameters": {"sagemaker_program": "train.py", "sagemaker_submit_directory": source},
        "AlgorithmSpecification": algorithm,
        "RoleArn": ROLE,
        "InputDataConfig": channels,
        "OutputDataConfig": {"S3OutputPath": "s3://data/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }
    body = {
        "HyperParameterTuningJobName": "tune",
        "HyperParameterTuningJobConfig": config,
        "TrainingJobDefinition": definition,
        "Tags": TAGS,
    }
    services.handlers["CreateHyperParameterTuningJob"](body)
    return services.find("HyperParameterTuningJob", "tune")


def test_training_data_must_be_there(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    """terraform-provider-aws, hyper_parameter_tuning_job.go, repeats a creation that is refused so."""
    place = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/nowhere/"}}
    with pytest.raises(AwsError, match="No S3 objects found under S3 URL"):
        create(services, runtime, sources(train=SCRIPT), channels=[{"ChannelName": "train", "DataSource": place}])


def test_best_of_random_jobs(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    record = create(services, runtime, sources(train=SCRIPT), RandomSeed=7).wait("Completed", "Failed", seconds=60)
    assert record.status == "Completed", record.output
    children = record.private["training_jobs"]
    assert len(children) == 6 and len({item["TrainingJobName"] for item in children}) == 6
    assert children[0]["TrainingJobName"].startswith("tune-001-")
    scores = {item["TrainingJobName"]: -((float(item["TunedHyperParameters"]["x"]) - 3) ** 2) for item in children}
    best = record.output["BestTrainingJob"]
    assert best["TrainingJobName"] == max(scores, key=lambda name: scores[name])
    assert best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == pytest.approx(max(scores.values()))
    assert record.output["TrainingJobStatusCounters"]["Completed"] == 6
    assert record.output["ObjectiveStatusCounters"] == {"Succeeded": 6, "Pending": 0, "Failed": 0}
    child = services.find("TrainingJob", best["TrainingJobName"])
    assert child.output["TuningJobArn"] == record.arn
    assert child.private["tuned"] == best["TunedHyperParameters"]
    assert child.private["objective"] == best["FinalHyperParameterTuningJobObjectiveMetric"]
    assert child.request["HyperParameters"]["_tuning_objective_metric"] == "score"
    assert child.request["Tags"] == TAGS


def test_grid_minimizes_over_all_combinations(
    services: FakeServices, runtime: Runtime, sources: Callable[..., str]
) -> None:
    ranges = {
        "CategoricalParameterRanges": [
            {"Name": "x", "Values": ["1", "3"]},
            {"Name": "way", "Values": ["a", "b"]},
        ]
    }
    record = create(
        services,
        runtime,
        sources(train=SCRIPT),
        Strategy="Grid",
        ParameterRanges=ranges,
        ResourceLimits={"MaxParallelTrainingJobs": 4},
        HyperParameterTuningJobObjective={"Type": "Minimize", "MetricName": "score"},
    ).wait("Completed", seconds=60)
    seen = {tuple(item["TunedHyperParameters"].values()) for item in record.private["training_jobs"]}
    assert seen == {("1", "a"), ("1", "b"), ("3", "a"), ("3", "b")}
    assert record.output["BestTrainingJob"]["TunedHyperParameters"]["x"] == "1"


def test_all_children_fail(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    limits = {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2}
    record = create(services, runtime, sources(train="raise SystemExit(1)"), ResourceLimits=limits).wait("Failed")
    assert record.output["FailureReason"] == tuning.ALL_FAILED
    assert record.output["TrainingJobStatusCounters"]["NonRetryableError"] == 2


def test_no_metric(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    limits = {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1}
    record = create(services, runtime, sources(train="print('nothing')"), ResourceLimits=limits).wait("Failed")
    assert record.output["FailureReason"].startswith("No objective metrics found after running 1 training jobs.")


def test_target_ends_early(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    record = create(
        services,
        runtime,
        sources(train=SCRIPT),
        ResourceLimits={"MaxNumberOfTrainingJobs": 50, "MaxParallelTrainingJobs": 1},
        TuningJobCompletionCriteria={"TargetObjectiveMetricValue": -1000},
    ).wait("Completed")
    assert len(record.private["training_jobs"]) == 1


def test_stop(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    record = create(services, runtime, sources(train="import time; print('ready', flush=True); time.sleep(600)"))
    wait_for_line(services, "ready")
    services.handlers["StopHyperParameterTuningJob"]({"HyperParameterTuningJobName": "tune"})
    record.wait("Stopped")
    assert {item["TrainingJobStatus"] for item in record.private["training_jobs"]} == {"Stopped"}


def test_draws_stay_in_range_and_repeat() -> None:
    ranges = {
        "IntegerParameterRanges": [
            {"Name": "i", "MinValue": "1", "MaxValue": "3"},
            {"Name": "l", "MinValue": "1", "MaxValue": "1000", "ScalingType": "Logarithmic"},
        ],
        "ContinuousParameterRanges": [
            {"Name": "c", "MinValue": "-1", "MaxValue": "1"},
            {"Name": "r", "MinValue": "0.5", "MaxValue": "0.99", "ScalingType": "ReverseLogarithmic"},
        ],
    }
    draws = [tuning.draw(ranges, source) for source in [random.Random(1)] for _ in range(500)]
    assert {item["i"] for item in draws} == {"1", "2", "3"}
    assert all(1 <= int(item["l"]) <= 1000 and -1 <= float(item["c"]) <= 1 for item in draws)
    assert sum(int(item["l"]) < 32 for item in draws) > 200, "a logarithmic scale favours small values"
    assert all(0.5 <= float(item["r"]) <= 0.99 for item in draws)
    again = random.Random(1)
    assert draws == [tuning.draw(ranges, again) for _ in range(500)]
