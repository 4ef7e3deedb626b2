"""Hyperparameter tuning: child training jobs over drawn parameters, and the best of them.

Bayesian and Hyperband strategies draw at random here, from a seed, so that a run can be repeated. Sources: API reference
CreateHyperParameterTuningJob, DescribeHyperParameterTuningJob; developer guide automatic-model-tuning-define-ranges.
"""

from __future__ import annotations

import itertools
import math
import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aws_local.services import AwsError, Record, Services

from . import inputs
from .jobs import Settings, shorten
from .sandbox import Control

ALL_FAILED = "All training jobs failed. Please take a look at the training jobs failures to get more details."
"""Source: failure reasons quoted in github.com/aws/sagemaker-python-sdk issues on tuning jobs."""
NO_METRIC = (
    "No objective metrics found after running {count} training jobs. Please ensure that the custom algorithm is emitting"
    " the objective metric as defined by the regular expression provided."
)
"""Source: as ALL_FAILED."""
COPIED = (
    "AlgorithmSpecification", "RoleArn", "InputDataConfig", "VpcConfig", "OutputDataConfig", "ResourceConfig",
    "StoppingCondition", "EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining",
    "CheckpointConfig", "RetryStrategy", "Environment",
)  # fmt: skip
"""Members a training job definition shares with CreateTrainingJob (service model)."""


def draw(ranges: Mapping[str, Any], source: random.Random) -> dict[str, str]:
    """One value for every parameter, as texts."""
    values: dict[str, str] = {}
    for item in ranges.get("IntegerParameterRanges", []):
        low, high = int(item["MinValue"]), int(item["MaxValue"])
        drawn = _between(low - 0.5, high + 0.5, item.get("ScalingType", "Auto"), source, floor=low)
        values[item["Name"]] = str(min(high, max(low, round(drawn))))
    for item in ranges.get("ContinuousParameterRanges", []):
        low, high = float(item["MinValue"]), float(item["MaxValue"])
        values[item["Name"]] = repr(_between(low, high, item.get("ScalingType", "Auto"), source, floor=low))
    for item in ranges.get("CategoricalParameterRanges", []):
        values[item["Name"]] = source.choice(item["Values"])
    for item in ranges.get("AutoParameters", []):
        values[item["Name"]] = item["ValueHint"]
    return values


def _between(low: float, high: float, scale: str, source: random.Random, *, floor: float) -> float:
    if scale == "Logarithmic" and floor > 0:
        return math.exp(source.uniform(math.log(max(low, floor * 0.51)), math.log(high)))
    if scale == "ReverseLogarithmic" and low >= 0 and high < 1:
        return 1 - math.exp(source.uniform(math.log(1 - high), math.log(1 - low)))
    return source.uniform(low, high)


def grid(ranges: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Every combination of the categorical values (service model: Grid takes categorical ranges only)."""
    items = ranges.get("CategoricalParameterRanges", [])
    for values in itertools.product(*(item["Values"] for item in items)):
        yield {item["Name"]: value for item, value in zip(items, values, strict=True)}


@dataclass
class Definition:
    """One training job definition with its ranges and objective."""

    request: Mapping[str, Any]
    ranges: Mapping[str, Any]
    metric: str
    maximize: bool

    @property
    def name(self) -> str | None:
        return self.request.get("DefinitionName")


@dataclass
class Child:
    """One training job of the tuning job."""

    definition: Definition
    name: str
    tuned: dict[str, str]
    record: Record


class TuningRun:
    """One tuning job from start to end."""

    def __init__(self, services: Services, record: Record, settings: Settings, control: Control):
        self.services, self.record, self.settings, self.control = services, record, settings, control
        self.request = record.request
        self.config = self.request["HyperParameterTuningJobConfig"]
        self.definitions = self._definitions()
        seed = self.config.get("RandomSeed")
        self.random = random.Random(seed if seed is not None else record.name)
        self.children: list[Child] = []
        self.failure: str | None = None

    def _definitions(self) -> list[Definition]:
        objective = self.config.get("HyperParameterTuningJobObjective")
        single = self.request.get("TrainingJobDefinition")
        made = []
        for item in [single] if single else self.request.get("TrainingJobDefinitions", []):
            goal = item.get("TuningObjective") or objective
            ranges = item.get("HyperParameterRanges") or self.config.get("ParameterRanges", {})
            made.append(Definition(item, ranges, goal["MetricName"], goal["Type"] == "Maximize"))
        return made

    def _plans(self) -> Iterator[tuple[Definition, dict[str, str]]]:
        limit = self.config["ResourceLimits"].get("MaxNumberOfTrainingJobs")
        if self.config["Strategy"] == "Grid":
            every = [(definition, values) for definition in self.definitions for values in grid(definition.ranges)]
            yield from every[:limit]
            return
        for number in range(limit or 1):
            definition = self.definitions[number % len(self.definitions)]
            yield definition, draw(definition.ranges, self.random)

    def run(self) -> None:
        """Run all children; every way to end sets the final status."""
        limits = self.config["ResourceLimits"]
        parallel = limits.get("MaxParallelTrainingJobs", 1)
        deadline = limits.get("MaxRuntimeInSeconds")
        target = self.config.get("TuningJobCompletionCriteria", {}).get("TargetObjectiveMetricValue")
        started = self.services.clock.now()
        plans = self._plans()
        more = True
        while True:
            over_time = deadline is not None and self.services.clock.now() - started >= deadline
            stopping = self.control.stop.is_set() or over_time or self.failure is not None or self._reached(target)
            running = [child for child in self.children if child.record.status in ("InProgress", "Stopping")]
            if stopping:
                more = False
                self._stop(running)
            while more and len(running) < parallel:
                plan = next(plans, None)
                if plan is None:
                    more = False
                elif child := self._start(*plan):
                    running.append(child)
                else:
                    more = False
            self._publish()
            if not running and not more:
                break
            if self.control.abort.wait(self.settings.tuning_poll_seconds):
                return
        self._finish()

    def _start(self, definition: Definition, tuned: dict[str, str]) -> Child | None:
        number = len(self.children) + 1
        name = f"{self.record.name}-{number:03d}-{uuid.UUID(int=self.random.getrandbits(128)).hex[:8]}"
        source = definition.request
        body = {key: source[key] for key in COPIED if key in source}
        if "ResourceConfig" not in body:
            body["ResourceConfig"] = self._resources(source.get("HyperParameterTuningResourceConfig", {}))
        body["TrainingJobName"] = name
        if self.record.tags:
            # Source: service model, CreateHyperParameterTuningJobRequest.Tags.
            body["Tags"] = [{"Key": key, "Value": value} for key, value in self.record.tags.items()]
        body["HyperParameters"] = {
            **source.get("StaticHyperParameters", {}),
            **tuned,
            "_tuning_objective_metric": definition.metric,
        }
        try:
            self.services.call("sagemaker", "CreateTrainingJob", body)
            record = self.services.find("TrainingJob", name)
        except AwsError as error:
            self.failure = f"ClientError: {error.code}: {error.message}"
            return None
        record.update(TuningJobArn=self.record.arn)
        record.private["tuned"] = tuned
        if definition.name:
            record.private["definition"] = definition.name
        child = Child(definition, name, tuned, record)
        self.children.append(child)
        return child

    @staticmethod
    def _resources(config: Mapping[str, Any]) -> dict[str, Any]:
        first = (config.get("InstanceConfigs") or [config])[0]
        return {
            "InstanceType": first["InstanceType"],
            "InstanceCount": first["InstanceCount"],
            "VolumeSizeInGB": first.get("VolumeSizeInGB", 30),
        }

    def _stop(self, running: list[Child]) -> None:
        for child in running:
            if child.record.status == "InProgress":
                try:
                    self.services.call("sagemaker", "StopTrainingJob", {"TrainingJobName": child.name})
                except AwsError:
                    # It ended meanwhile, which is what was wanted.
                    continue

    def _reached(self, target: float | None) -> bool:
        best = self._best()
        if target is None or best is None:
            return False
        value = self._value(best)
        assert value is not None
        return value >= target if best.definition.maximize else value <= target

    @staticmethod
    def _value(child: Child) -> float | None:
        """The child's last value of its objective metric."""
        for metric in child.record.output.get("FinalMetricDataList", []):
            if metric["MetricName"] == child.definition.metric:
                return float(metric["Value"])
        return None

    def _best(self) -> Child | None:
        done = [
            child for child in self.children if child.record.status == "Completed" and self._value(child) is not None
        ]
        if not done:
            return None
        return max(done, key=lambda child: (1 if child.definition.maximize else -1) * (self._value(child) or 0.0))

    def summary(self, child: Child) -> dict[str, Any]:
        """A HyperParameterTrainingJobSummary."""
        output, value = child.record.output, self._value(child)
        transitions = output.get("SecondaryStatusTransitions") or [{}]
        made = {
            "TrainingJobName": child.name,
            "TrainingJobArn": child.record.arn,
            "TrainingJobDefinitionName": child.definition.name,
            "TuningJobName": self.record.name,
            "CreationTime": transitions[0].get("StartTime", self.services.clock.now()),
            "TrainingStartTime": output.get("TrainingStartTime"),
            "TrainingEndTime": output.get("TrainingEndTime"),
            "TrainingJobStatus": child.record.status,
            "TunedHyperParameters": child.tuned,
            "FailureReason": output.get("FailureReason"),
            "ObjectiveStatus": self._objective(child, value),
        }
        if value is not None:
            objective = {
                "Type": "Maximize" if child.definition.maximize else "Minimize",
                "MetricName": child.definition.metric,
                "Value": value,
            }
            made["FinalHyperParameterTuningJobObjectiveMetric"] = child.record.private["objective"] = objective
        return {key: item for key, item in made.items() if item is not None}

    @staticmethod
    def _objective(child: Child, value: float | None) -> str:
        if child.record.status in ("InProgress", "Stopping"):
            return "Pending"
        return "Succeeded" if value is not None else "Failed"

    def _publish(self) -> None:
        """Write counters and the best job to the record, and to the children what lists of them show."""
        if self.control.abort.is_set():
            return
        summaries = [self.summary(child) for child in self.children]
        self.record.private["training_jobs"] = summaries
        statuses = [item["TrainingJobStatus"] for item in summaries]
        objectives = [item["ObjectiveStatus"] for item in summaries]
        members: dict[str, Any] = {
            "TrainingJobStatusCounters": {
                "Completed": statuses.count("Completed"),
                "InProgress": statuses.count("InProgress") + statuses.count("Stopping"),
                "RetryableError": 0,
                "NonRetryableError": statuses.count("Failed"),
                "Stopped": statuses.count("Stopped"),
            },
            "ObjectiveStatusCounters": {name: objectives.count(name) for name in ("Succeeded", "Pending", "Failed")},
        }
        best = self._best()
        if best is not None:
            members["BestTrainingJob"] = self.summary(best)
        self.record.update(**members)

    def _finish(self) -> None:
        members: dict[str, Any] = {"HyperParameterTuningEndTime": self.services.clock.now()}
        completed = [child for child in self.children if child.record.status == "Completed"]
        if self.control.stop.is_set():
            self.record.update("Stopped", **members)
        elif self.failure is not None:
            self.record.update("Failed", FailureReason=shorten(self.failure), **members)
        elif not completed:
            self.record.update("Failed", FailureReason=ALL_FAILED, **members)
        elif self._best() is None:
            self.record.update("Failed", FailureReason=NO_METRIC.format(count=len(completed)), **members)
        else:
            self.record.update("Completed", **members)


def check(services: Services, record: Record) -> None:
    """Refuse a job whose training jobs would find an empty input prefix. Raises ValidationException."""
    single = record.request.get("TrainingJobDefinition")
    for definition in [single] if single else record.request.get("TrainingJobDefinitions", []):
        inputs.check_channels(services, definition.get("InputDataConfig", []), definition["RoleArn"])
