"""Step types that become SageMaker objects: how each is created, watched, described and stopped. One table row per type.

Sources: service model PipelineExecutionStepMetadata; developer guide build-and-manage-steps.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_local import model
from aws_local.services import AwsError, Services

from .pipeline_values import coerce


@dataclass(frozen=True)
class JobType:
    """How a step type maps to the API."""

    kind: str
    """Name of the object in operations: Create<kind>, Describe<kind>, Stop<kind>."""
    name: str
    """Request member that names it; the pipeline makes the name."""
    metadata: str
    """Member of the step's Metadata that holds its ARN."""
    waits: bool
    """Whether it takes time; otherwise it is done when it is created."""
    arn: str = "Arn"
    """Member of that member that holds the ARN."""
    record: str = ""
    """The kind of its records, where it is not `kind`."""
    named: bool = False
    """Whether it keeps the name that its arguments give: not a job, whose name would only be used once."""


JOB_TYPES = {
    "Processing": JobType("ProcessingJob", "ProcessingJobName", "ProcessingJob", True),
    "Training": JobType("TrainingJob", "TrainingJobName", "TrainingJob", True),
    "QualityCheck": JobType("ProcessingJob", "ProcessingJobName", "QualityCheck", True, arn="CheckJobArn"),
    "ClarifyCheck": JobType("ProcessingJob", "ProcessingJobName", "ClarifyCheck", True, arn="CheckJobArn"),
    "Transform": JobType("TransformJob", "TransformJobName", "TransformJob", True),
    "Tuning": JobType("HyperParameterTuningJob", "HyperParameterTuningJobName", "TuningJob", True),
    "AutoML": JobType("AutoMLJob", "AutoMLJobName", "AutoMLJob", True, record="AutoMLJobV2"),
    "Model": JobType("Model", "ModelName", "Model", False),
    "RegisterModel": JobType("ModelPackage", "", "RegisterModel", False),
    "EndpointConfig": JobType("EndpointConfig", "EndpointConfigName", "EndpointConfig", False, named=True),
    "Endpoint": JobType("Endpoint", "EndpointName", "Endpoint", True, named=True),
    "InferenceComponent": JobType(
        "InferenceComponent", "InferenceComponentName", "InferenceComponent", True, named=True
    ),
}
DONE = frozenset({"Completed", "InService"})
"""Statuses of a success."""


def job_name(kind: JobType, step: str, execution: str, prefix: str | None) -> str:
    """The name of a step's job, within the kind's limit (`pipelines-<execution>-<step>-<random>`)."""
    limit = model.operation_model("sagemaker", f"Create{kind.kind}").input_shape.members[kind.name].metadata["max"]
    tail = uuid.uuid4().hex[:10]
    base = prefix or f"pipelines-{execution}-{step}"
    clean = "".join(letter if letter.isalnum() or letter == "-" else "-" for letter in base)
    return f"{clean[: limit - len(tail) - 1].rstrip('-')}-{tail}"


def create(services: Services, kind: JobType, step: str, execution: str, arguments: Mapping[str, Any]) -> str:
    """Create a step's object; returns its ARN. Raises AwsError."""
    operation = f"Create{kind.kind}"
    described = model.operation_model("sagemaker", operation)
    body = coerce(dict(arguments), described.input_shape if described else None)
    if kind.name and not (kind.named and kind.name in body):
        body[kind.name] = job_name(kind, step, execution, body.get(kind.name))
    if kind.kind == "ModelPackage" and "ModelPackageGroupName" in body:
        _ensure_group(services, body["ModelPackageGroupName"])
    answer = services.call("sagemaker", operation, body)
    return str(next(value for key, value in answer.items() if key.endswith("Arn")))


def _ensure_group(services: Services, name: str) -> None:
    """RegisterModel makes its model package group when there is none (SageMaker Python SDK, RegisterModel)."""
    try:
        services.call("sagemaker", "DescribeModelPackageGroup", {"ModelPackageGroupName": name})
    except AwsError as error:
        if "does not exist" not in error.message:
            raise
        services.call("sagemaker", "CreateModelPackageGroup", {"ModelPackageGroupName": name})


def describe(services: Services, kind: JobType, arn: str) -> dict[str, Any]:
    """What Describe answers for a step's object. Raises AwsError."""
    if kind.kind == "ModelPackage":
        return services.call("sagemaker", "DescribeModelPackage", {"ModelPackageName": arn})
    name = arn.rsplit("/", 1)[-1]
    described = services.call("sagemaker", f"Describe{kind.kind}", {kind.name: name})
    if kind.kind == "HyperParameterTuningJob" and "BestTrainingJob" in described:
        # Properties of a tuning step also have the list of its training jobs (developer guide, Tuning step).
        listed = services.call(
            "sagemaker",
            "ListTrainingJobsForHyperParameterTuningJob",
            {"HyperParameterTuningJobName": name, "SortBy": "FinalObjectiveMetricValue", "SortOrder": "Descending"},
        )
        described["TrainingJobSummaries"] = listed["TrainingJobSummaries"]
    return described


def status(services: Services, kind: JobType, arn: str) -> tuple[str, str | None]:
    """Status and failure reason of a step's job. Raises AwsError."""
    record = services.find(kind.record or kind.kind, arn.rsplit("/", 1)[-1])
    return record.status, record.output.get("FailureReason")


def stop(services: Services, kind: JobType, arn: str) -> None:
    """Ask a step's job to stop; one that has ended meanwhile is fine, and what is no job goes on. Raises nothing."""
    if not kind.waits or kind.named:
        return
    try:
        services.call("sagemaker", f"Stop{kind.kind}", {kind.name: arn.rsplit("/", 1)[-1]})
    except AwsError:
        # It has ended: its final status says how.
        return
