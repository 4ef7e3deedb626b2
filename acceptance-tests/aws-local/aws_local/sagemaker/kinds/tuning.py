"""Hyper-parameter tuning jobs."""

from __future__ import annotations

import re
from typing import Any

from ...services import AwsError
from .. import listing
from ..common import identifier
from ..defaults import below
from ..kind import Kind, Refusal, Step
from ..record import StoredRecord
from .jobs import FINAL, RUNNING, STARTING, STOPPING, TRAINING_DEFAULTS, not_stoppable

JOB = "HyperParameterTuningJob"
_BUILT_IN = re.compile(
    r"/(blazingtext|factorization-machines|forecasting-deepar|image-classification|ipinsights|kmeans|knn|lda|linear-learner|ntm"
    r"|object-detection|object2vec|pca|randomcutforest|semantic-segmentation|seq2seq|(sagemaker-)?xgboost)[:@]"
)
"""Repositories of built-in algorithms (SageMaker Python SDK, image_uri_config)."""


def children(engine: Any, record: Any) -> list[Any]:
    """The training jobs a tuning job made."""
    return [job for job in engine.store.all(record.region, "TrainingJob") if job.get("TuningJobArn") == record.arn]


def _describe_tuning(engine: Any, record: Any, members: dict[str, Any]) -> None:
    counters = {"Completed": 0, "InProgress": 0, "RetryableError": 0, "NonRetryableError": 0, "Stopped": 0}
    names = {
        "Completed": "Completed",
        "InProgress": "InProgress",
        "Failed": "NonRetryableError",
        "Stopped": "Stopped",
        "Stopping": "InProgress",
    }
    for job in children(engine, record):
        counters[names.get(job.status, "InProgress")] += 1
    members.setdefault("TrainingJobStatusCounters", counters)
    members.setdefault(
        "ObjectiveStatusCounters",
        {
            "Succeeded": counters["Completed"],
            "Pending": counters["InProgress"],
            "Failed": counters["NonRetryableError"],
        },
    )
    config = members.get("HyperParameterTuningJobConfig") or {}
    members.setdefault("Strategy", config.get("Strategy"))
    members.setdefault("ResourceLimits", config.get("ResourceLimits"))
    objective = config.get("HyperParameterTuningJobObjective") or {}
    if "TrainingJobDefinition" in members:
        members["TrainingJobDefinition"] = _shown(engine, record, members["TrainingJobDefinition"], objective)
    if "TrainingJobDefinitions" in members:
        definitions = members["TrainingJobDefinitions"]
        members["TrainingJobDefinitions"] = [_shown(engine, record, each, objective) for each in definitions]


def _shown(engine: Any, record: Any, definition: dict[str, Any], objective: dict[str, Any]) -> dict[str, Any]:
    """A definition as AWS shows it: terraform-provider-aws, hyper_parameter_tuning_job.go, normalizes both away again."""
    metric = (definition.get("TuningObjective") or objective).get("MetricName")
    static = {
        **(definition.get("StaticHyperParameters") or {}),
        **({"_tuning_objective_metric": metric} if metric else {}),
    }
    algorithm = dict(definition["AlgorithmSpecification"])
    name = algorithm.get("AlgorithmName")
    if name and not name.startswith("arn:"):
        algorithm["AlgorithmName"] = engine.arn(record.region, f"algorithm/{name}")
    return {**definition, "AlgorithmSpecification": algorithm, **({"StaticHyperParameters": static} if static else {})}


def _check_tuning(engine: Any, region: str, request: dict[str, Any]) -> None:
    one, several = request.get("TrainingJobDefinition"), request.get("TrainingJobDefinitions")
    # Source: API reference, CreateHyperParameterTuningJob (one of both); text ours.
    if bool(one) == bool(several):
        raise AwsError("ValidationException", "Specify either TrainingJobDefinition or TrainingJobDefinitions.")
    for parent in (request.get("WarmStartConfig") or {}).get("ParentHyperParameterTuningJobs") or ():
        engine.find(JOB, parent["HyperParameterTuningJobName"], region)
    config = request["HyperParameterTuningJobConfig"]
    _check_strategy(config)
    for definition in [one] if one else several:
        engine.check_role(definition["RoleArn"], region)
        if several and not definition.get("DefinitionName"):
            # Source: API reference, HyperParameterTrainingJobDefinition.DefinitionName (condition inferred); text ours.
            raise _invalid("DefinitionName is required in each of TrainingJobDefinitions.")
        _check_objective(
            definition, definition.get("TuningObjective") or config.get("HyperParameterTuningJobObjective")
        )
        ranges = definition.get("HyperParameterRanges") or config.get("ParameterRanges") or {}
        static = definition.get("StaticHyperParameters") or {}
        _check_ranges(config, ranges, static)
        if config["Strategy"] == "Hyperband" and "MaxResource" not in _hyperband(config) and not _EPOCHS & set(static):
            raise _invalid(
                "MaxResource of HyperbandStrategyConfig is required unless a static hyperparameter gives the number of epochs."
            )
        if not any(ranges.values()) and (request.get("Autotune") or {}).get("Mode") != "Enabled":
            # Source: API reference, CreateHyperParameterTuningJob.Autotune (what else gives the ranges); text ours.
            raise _invalid("At least one hyperparameter range is required unless Autotune is enabled.")


_EPOCHS = {"epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs"}
"""Static hyperparameters that MaxResource is inferred from (API reference, HyperbandStrategyConfig.MaxResource)."""


def _hyperband(config: dict[str, Any]) -> dict[str, Any]:
    return (config.get("StrategyConfig") or {}).get("HyperbandStrategyConfig") or {}


def _invalid(text: str) -> AwsError:
    """Source: API reference of the members that the text names; text ours."""
    return AwsError("ValidationException", text)


def _check_strategy(config: dict[str, Any]) -> None:
    limits, hyperband = config["ResourceLimits"], config["Strategy"] == "Hyperband"
    if limits["MaxParallelTrainingJobs"] > limits.get("MaxNumberOfTrainingJobs", limits["MaxParallelTrainingJobs"]):
        raise _invalid("MaxParallelTrainingJobs must not be greater than MaxNumberOfTrainingJobs.")
    if config.get("StrategyConfig") and not hyperband:
        raise _invalid("StrategyConfig is supported by the strategy Hyperband only.")
    if hyperband and config.get("TrainingJobEarlyStoppingType", "Off") != "Off":
        raise _invalid("TrainingJobEarlyStoppingType must be Off with the strategy Hyperband.")


def _check_objective(definition: dict[str, Any], objective: dict[str, Any] | None) -> None:
    algorithm = definition["AlgorithmSpecification"]
    known = [metric["Name"] for metric in algorithm.get("MetricDefinitions") or ()]
    # Built-in algorithms bring their metrics along (developer guide, "Define metrics").
    if not known and (algorithm.get("AlgorithmName") or _BUILT_IN.search(algorithm.get("TrainingImage", ""))):
        return
    if objective is None or objective["MetricName"] not in known:
        # Source: github.com/aws/amazon-sagemaker-examples issue 1207, github.com/aws/sagemaker-python-sdk issue 3932.
        raise AwsError(
            "ValidationException",
            "A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric definitions.",
        )


def _check_ranges(config: dict[str, Any], ranges: dict[str, Any], static: dict[str, str]) -> None:
    for member in ("IntegerParameterRanges", "ContinuousParameterRanges"):
        for each in ranges.get(member) or ():
            try:
                ordered = float(each["MinValue"]) <= float(each["MaxValue"])
            except ValueError:
                ordered = False
            if not ordered:
                raise _invalid(
                    f"MinValue and MaxValue of {each['Name']} must be numbers, and MinValue not the greater one."
                )
        if ranges.get(member) and config["Strategy"] == "Grid":
            raise _invalid(f"{member} cannot be used with the strategy Grid, which takes categorical parameters only.")
    names = [each["Name"] for several in ranges.values() for each in several or ()]
    both = sorted({name for name in names if name in static or names.count(name) > 1})
    if both:
        raise _invalid(f"The hyperparameter {both[0]} is given more than once, in ranges or static hyperparameters.")


def _tuning_ended(engine: Any, record: Any, at: float) -> None:
    record.set(HyperParameterTuningEndTime=at)


_OWN = ("DefinitionName", "TuningObjective", "HyperParameterRanges", "StaticHyperParameters", "HyperParameterTuningResourceConfig")


def _pretended(engine: Any, record: Any, at: float) -> None:
    """Where nothing really runs: as many training jobs as were asked for, each with the smallest values and the same result."""
    _tuning_ended(engine, record, at)
    request, config = record.request, record.request["HyperParameterTuningJobConfig"]
    one = request.get("TrainingJobDefinition")
    definitions = [one] if one else request["TrainingJobDefinitions"]
    for number in range(config["ResourceLimits"].get("MaxNumberOfTrainingJobs", 1)):
        definition = definitions[number % len(definitions)]
        ranges = definition.get("HyperParameterRanges") or config.get("ParameterRanges") or {}
        each_range = [each for several in ranges.values() for each in several or ()]
        tuned = {each["Name"]: each.get("MinValue") or each.get("ValueHint") or each["Values"][0] for each in each_range}
        name = f"{record.name}-{number + 1:03d}-{identifier(engine, 'tuning', 8)}"
        body = {member: value for member, value in definition.items() if member not in _OWN}
        body["HyperParameters"] = {**(definition.get("StaticHyperParameters") or {}), **tuned}
        arn = engine.arn(record.region, f"training-job/{name}")
        child = StoredRecord("TrainingJob", name, (name,), arn, record.region, body, at)
        child.bind(engine)
        # Source: service model, CreateHyperParameterTuningJobRequest.Tags.
        child.tags = dict(record.tags)
        child.set(TuningJobArn=record.arn)
        objective = definition.get("TuningObjective") or config.get("HyperParameterTuningJobObjective") or {}
        child.private.update(tuned=tuned, objective={**objective, "Value": 0.5}, definition=definition.get("DefinitionName"))
        engine.store.add(child)
        child.update("Completed")
        record.set(BestTrainingJob=child_summary(engine, record, child))


def _listed(engine: Any, record: Any, members: dict[str, Any]) -> None:
    # Source: github.com/boto/boto3 issue 4606: the list has another ARN than DescribeHyperParameterTuningJob.
    members["HyperParameterTuningJobArn"] = record.arn.lower()


def _list_children(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("HyperParameterTuningJob", region, params)
    jobs = [job for job in children(engine, record) if params.get("StatusEquals") in (None, job.status)]
    by = params.get("SortBy", "Name")
    if by == "FinalObjectiveMetricValue":
        # API reference: "any training jobs that did not return an objective metric are not listed".
        jobs = sorted(
            (job for job in jobs if job.private.get("objective")), key=lambda job: job.private["objective"]["Value"]
        )
    else:
        keys = {"Name": lambda job: job.name, "CreationTime": lambda job: job.created, "Status": lambda job: job.status}
        jobs.sort(key=keys[by])
    if params.get("SortOrder") == "Descending":
        jobs.reverse()
    page, token = listing.page(jobs, params, 10)
    return {
        "TrainingJobSummaries": [child_summary(engine, record, job) for job in page],
        **({"NextToken": token} if token else {}),
    }


def child_summary(engine: Any, record: Any, job: Any) -> dict[str, Any]:
    """A HyperParameterTrainingJobSummary."""
    described = engine.describe(job)
    made = {
        member: described[member]
        for member in (
            "TrainingJobName",
            "TrainingJobArn",
            "CreationTime",
            "TrainingStartTime",
            "TrainingEndTime",
            "TrainingJobStatus",
            "FailureReason",
        )
        if described.get(member) is not None
    }
    made["TuningJobName"] = record.name
    made["TunedHyperParameters"] = job.private.get("tuned", {})
    if job.private.get("definition"):
        made["TrainingJobDefinitionName"] = job.private["definition"]
    if job.private.get("objective"):
        made["FinalHyperParameterTuningJobObjectiveMetric"] = job.private["objective"]
        made["ObjectiveStatus"] = "Succeeded"
    return made


KINDS = (
    Kind(
        name="HyperParameterTuningJob",
        key="HyperParameterTuningJobName",
        arn="hyper-parameter-tuning-job/{HyperParameterTuningJobName}",
        source="service model HyperParameterTuningJobStatus",
        not_found=Refusal(
            "ResourceNotFound",
            "Amazon SageMaker can't find a tuning job called {name}. Type another name.",
            "github.com/aws/amazon-sagemaker-examples issue 1540",
        ),
        duplicate=Refusal(
            "ResourceInUse",
            "A hyperparameter tuning job with the name, {name}, already exists. Choose a different name.",
            "github.com/aws/amazon-sagemaker-examples issues 2440, 3353",
        ),
        status="HyperParameterTuningJobStatus",
        creating=(Step("InProgress", STARTING + RUNNING), Step("Completed", 0, _pretended)),
        stopping=(Step("Stopping", STOPPING), Step("Stopped", 0, _tuning_ended)),
        stop_from=frozenset({"InProgress", "Stopping"}),
        stop_busy=not_stoppable("hyperparameter tuning job"),
        delete_from=FINAL | {"DeleteFailed"},
        delete_busy=Refusal(
            "ValidationException",
            "The request was rejected because the hyperparameter tuning job {arn} is not in a terminal state.",
            "terraform-provider-aws, hyper_parameter_tuning_job.go (code and `not in a terminal state`, run against AWS)",
        ),
        deleting=(Step("Deleting", 0.5),),
        list_by="Name",
        list_order="Ascending",
        case_insensitive=True,
        # ACK SageMaker, hyper_parameter_tuning_job/custom_delta.go; API reference, TrainingJobEarlyStoppingType.
        defaults={
            "HyperParameterTuningJobConfig.TrainingJobEarlyStoppingType": "Off",
            **below("TrainingJobDefinition?", TRAINING_DEFAULTS),
            **below("TrainingJobDefinitions[]", TRAINING_DEFAULTS),
        },
        no_tags=Refusal("ValidationException", "Resource does not exist.", "github.com/boto/boto3 issue 4606"),
        special={"describe": _describe_tuning, "before_create": _check_tuning, "item": _listed},
    ),
)

OPERATIONS = {
    "ListTrainingJobsForHyperParameterTuningJob": _list_children,
}
