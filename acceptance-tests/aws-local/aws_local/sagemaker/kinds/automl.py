"""AutoML jobs. Those of CreateAutoMLJob (V1) are kept as what they are in V2, which describes them, too."""

from __future__ import annotations

from typing import Any

from ... import model
from ...services import AwsError
from .. import listing
from ..common import ACK, CODE_ONLY
from ..kind import Kind, Refusal, Step
from .jobs import RUNNING, STARTING, STOPPING, not_stoppable


def _running(engine: Any, record: Any, at: float) -> None:
    record.set(AutoMLJobSecondaryStatus="ModelTuning")


def _done(engine: Any, record: Any, at: float) -> None:
    output = record.request["OutputDataConfig"]["S3OutputPath"].rstrip("/")
    candidate = {
        "CandidateName": f"{record.name}-1",
        "ObjectiveStatus": "Succeeded",
        "CandidateStatus": "Completed",
        "CandidateSteps": [],
        "CreationTime": record.created,
        "EndTime": at,
        "LastModifiedTime": at,
    }
    record.set(
        AutoMLJobSecondaryStatus="Completed",
        EndTime=at,
        BestCandidate=candidate,
        AutoMLJobArtifacts={"CandidateDefinitionNotebookLocation": f"{output}/{record.name}/notebook.ipynb"},
    )


def _stopping(engine: Any, record: Any, at: float) -> None:
    record.set(AutoMLJobSecondaryStatus="Stopping")


def _stopped(engine: Any, record: Any, at: float) -> None:
    record.set(AutoMLJobSecondaryStatus="Stopped", EndTime=at)


def _describe(engine: Any, record: Any, members: dict[str, Any]) -> None:
    members.setdefault("AutoMLJobSecondaryStatus", "Starting")
    problem = next(iter(members.get("AutoMLProblemTypeConfig") or {"TabularJobConfig": 0}))
    # Service model, AutoMLProblemTypeConfigName.
    names = {
        "ImageClassificationJobConfig": "ImageClassification",
        "TextClassificationJobConfig": "TextClassification",
        "TimeSeriesForecastingJobConfig": "TimeSeriesForecasting",
        "TabularJobConfig": "Tabular",
        "TextGenerationJobConfig": "TextGeneration",
    }
    members["AutoMLProblemTypeConfigName"] = names.get(problem, "Tabular")


def _candidates(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("AutoMLJobV2", region, params)
    best = record.output.get("BestCandidate")
    every = record.private.get("candidates") or ([best] if best else [])
    found = [each for each in every if params.get("StatusEquals") in (None, each["CandidateStatus"])]
    page, token = listing.page(found, params, 10)
    return {"Candidates": page, **({"NextToken": token} if token else {})}


def _create_first(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    """CreateAutoMLJob: the target stands at the channels, the limits in AutoMLJobConfig; V2 has both in TabularJobConfig."""
    channels = params["InputDataConfig"]
    if len({channel["TargetAttributeName"] for channel in channels}) > 1:
        # Source: API reference, AutoMLChannel (training and validation channels have the same target); text ours.
        raise AwsError("ValidationException", "All channels must have the same TargetAttributeName.")
    config = params.get("AutoMLJobConfig") or {}
    table = {
        "TargetAttributeName": channels[0]["TargetAttributeName"],
        "SampleWeightAttributeName": channels[0].get("SampleWeightAttributeName"),
        "ProblemType": params.get("ProblemType"),
        "GenerateCandidateDefinitionsOnly": params.get("GenerateCandidateDefinitionsOnly"),
        **{member: config.get(member) for member in ("CompletionCriteria", "Mode")},
    }
    request = {
        **{m: params[m] for m in params if m not in ("InputDataConfig", "AutoMLJobConfig", "ProblemType")},
        "AutoMLJobInputDataConfig": [
            {m: channel[m] for m in channel if m not in ("TargetAttributeName", "SampleWeightAttributeName")}
            for channel in channels
        ],
        "AutoMLProblemTypeConfig": {"TabularJobConfig": {m: v for m, v in table.items() if v is not None}},
        **{m: config[m] for m in ("DataSplitConfig", "SecurityConfig") if m in config},
    }
    record = engine.create(engine.kinds["AutoMLJobV2"], region, request, private={"first": params})
    return {"AutoMLJobArn": record.arn}


def _describe_first(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("AutoMLJobV2", region, params)
    if "first" not in record.private:
        # Source: API reference, DescribeAutoMLJob ("cannot be described by DescribeAutoMLJob"); text ours.
        raise AwsError(
            "ValidationException", f"{record.arn} was created by CreateAutoMLJobV2: use DescribeAutoMLJobV2."
        )
    shape = model.operation_model("sagemaker", "DescribeAutoMLJob").output_shape
    described = {**record.private["first"], **engine.describe(record)}
    resolved = described.get("ResolvedAttributes")
    if resolved:
        described["ResolvedAttributes"] = {
            "AutoMLJobObjective": resolved["AutoMLJobObjective"],
            "ProblemType": resolved["AutoMLProblemTypeResolvedAttributes"]["TabularResolvedAttributes"]["ProblemType"],
        }
    return {name: described[name] for name in shape.members if described.get(name) is not None}


KINDS = (
    Kind(
        name="AutoMLJobV2",
        key="AutoMLJobName",
        arn="automl-job/{AutoMLJobName}",
        arn_member="AutoMLJobArn",
        source="service model AutoMLJobStatus, AutoMLJobSecondaryStatus; there is no delete",
        not_found=Refusal("ResourceNotFound", "Could not find requested job with name: {name}", ACK),
        duplicate=Refusal("ResourceInUse", "An AutoML job with this name already exists ({arn})", CODE_ONLY),
        status="AutoMLJobStatus",
        creating=(Step("InProgress", STARTING), Step("InProgress", RUNNING, _running), Step("Completed", 0, _done)),
        stopping=(Step("Stopping", STOPPING, _stopping), Step("Stopped", 0, _stopped)),
        stop_from=frozenset({"InProgress", "Stopping"}),
        stop_busy=not_stoppable("AutoML job"),
        list_by="Name",
        verbs={"Stop": "StopAutoMLJob", "List": "ListAutoMLJobs"},
        special={"describe": _describe},
    ),
)

OPERATIONS = {
    "ListCandidatesForAutoMLJob": _candidates,
    "CreateAutoMLJob": _create_first,
    "DescribeAutoMLJob": _describe_first,
}
