"""Training, processing and transform jobs."""

from __future__ import annotations

import re
from typing import Any

from ... import quotas
from ...services import AwsError
from ..kind import Kind, Refusal, Step

FINAL = frozenset({"Completed", "Failed", "Stopped"})

# How long a job takes when nothing really runs. Seconds of the clock.
STARTING, RUNNING, STOPPING = 1.0, 2.0, 1.0

# Source: ACK SageMaker controller, generator.yaml, errors.404 prefixes.
_ACK = "ACK SageMaker generator.yaml, errors.404"
_DUPLICATE = "service model (code); text ours"


def transition(record: Any, secondary: str, at: float, message: str) -> None:
    """Close the last secondary status of a training job and open the next."""
    done = [dict(entry) for entry in record.get("SecondaryStatusTransitions") or []]
    if done and "EndTime" not in done[-1]:
        done[-1]["EndTime"] = at
    entry = {"Status": secondary, "StartTime": at, "StatusMessage": message}
    if secondary in ("Completed", "Failed", "Stopped", "MaxRuntimeExceeded", "MaxWaitTimeExceeded"):
        entry["EndTime"] = at
    record.set(SecondaryStatus=secondary, SecondaryStatusTransitions=[*done, entry])


def _starting(engine: Any, record: Any, at: float) -> None:
    transition(record, "Starting", at, "Starting the training job")


def _training(engine: Any, record: Any, at: float) -> None:
    transition(record, "Training", at, "Training image download completed. Training in progress.")
    record.set(TrainingStartTime=at)


def _training_done(engine: Any, record: Any, at: float) -> None:
    transition(record, "Completed", at, "Training job completed")
    _training_ended(record, at)


def _training_stopping(engine: Any, record: Any, at: float) -> None:
    transition(record, "Stopping", at, "Stopping the training job")


def _training_stopped(engine: Any, record: Any, at: float) -> None:
    transition(record, "Stopped", at, "Training job stopped")
    _training_ended(record, at)


def _training_ended(record: Any, at: float) -> None:
    start = record.get("TrainingStartTime") or at
    taken = max(1, int(at - start))
    record.set(TrainingStartTime=start, TrainingEndTime=at, TrainingTimeInSeconds=taken, BillableTimeInSeconds=taken)


def _describe_training(engine: Any, record: Any, members: dict[str, Any]) -> None:
    # The output shape requires ModelArtifacts from the start: it is where they will be.
    output = record.request.get("OutputDataConfig", {}).get("S3OutputPath", "").rstrip("/")
    members.setdefault("ModelArtifacts", {"S3ModelArtifacts": f"{output}/{record.name}/output/model.tar.gz"})
    members.setdefault("SecondaryStatus", "Starting")
    if serverless := members.get("ServerlessJobConfig"):
        members["ServerlessJobConfig"] = {**serverless, "BaseModelArn": _latest(serverless["BaseModelArn"])}
    status = members.get("TrainingJobStatus")
    if status in FINAL and members["SecondaryStatus"] not in (
        status,
        "MaxRuntimeExceeded",
        "MaxWaitTimeExceeded",
        "Interrupted",
    ):
        transition(record, status, record.modified, f"Training job {status.lower()}")
        if status == "Failed" and members.get("FailureReason"):
            record.get("SecondaryStatusTransitions")[-1]["StatusMessage"] = members["FailureReason"]
        members["SecondaryStatus"] = status
        members["SecondaryStatusTransitions"] = record.get("SecondaryStatusTransitions")
    if "warm_pool" in record.private:
        members["WarmPoolStatus"] = record.private["warm_pool"]
    elif members.get("ResourceConfig", {}).get("KeepAlivePeriodInSeconds") and status in FINAL:
        members.setdefault("WarmPoolStatus", _warm_pool(engine, record, members))


def _warm_pool(engine: Any, record: Any, members: dict[str, Any]) -> dict[str, Any]:
    keep = members["ResourceConfig"]["KeepAlivePeriodInSeconds"]
    ended = members.get("TrainingEndTime", record.modified)
    if engine.clock.now() < ended + keep:
        return {"Status": "Available", "ResourceRetainedBillableTimeInSeconds": int(engine.clock.now() - ended)}
    return {"Status": "Terminated", "ResourceRetainedBillableTimeInSeconds": keep}


# Source: terraform-provider-aws, internal/service/sagemaker/training_job.go (what excludes ServerlessJobConfig).
_WITH_INSTANCES = (
    "AlgorithmSpecification EnableManagedSpotTraining Environment RetryStrategy CheckpointConfig DebugHookConfig "
    "ExperimentConfig ProfilerConfig ProfilerRuleConfigurations TensorBoardOutputConfig"
).split()
# There is no hub here, so every model has this version.
_LATEST_VERSION = "9.0.0"


def _latest(arn: str) -> str:
    """The ARN of the latest version of a model in a hub, of which every job is (API reference, ServerlessJobConfig)."""
    return f"{re.sub(r'/[0-9.]+$', '', arn)}/{_LATEST_VERSION}"


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


_PROCESSING = "/opt/ml/processing/"


def _check_processing(engine: Any, region: str, request: dict[str, Any]) -> None:
    inputs = request.get("ProcessingInputs") or []
    outputs = (request.get("ProcessingOutputConfig") or {}).get("Outputs") or []
    for what, name, where, items in (
        ("input", "InputName", "S3Input", inputs),
        ("output", "OutputName", "S3Output", outputs),
    ):
        twice = _twice([each[name] for each in items])
        if twice:
            # Source: API reference, ProcessingInput.InputName and ProcessingOutput.OutputName (condition inferred); text ours.
            raise AwsError("ValidationException", f"The processing {what} name {twice[0]} is used more than once.")
        for each in items:
            place = each.get(where)
            if place is None or each.get("AppManaged"):
                continue
            if not place.get("LocalPath", "").startswith(_PROCESSING):
                # Source: API reference, ProcessingS3Input.LocalPath ("must begin with /opt/ml/processing/", required unless
                # AppManaged); of outputs by analogy; text ours.
                raise AwsError(
                    "ValidationException",
                    f"LocalPath of the processing {what} {each[name]} must be an absolute path that begins with {_PROCESSING}.",
                )
    quotas.check(engine, region, "processing job usage", quotas.of_processing(request))


def _check_training(engine: Any, region: str, request: dict[str, Any]) -> None:
    quotas.check(engine, region, quotas.usage_of_training(request), quotas.of_training(request))
    # Source: API reference, CreateTrainingJob (AlgorithmName and TrainingImage exclude each other); text ours.
    algorithm = request.get("AlgorithmSpecification") or {}
    if "AlgorithmSpecification" in request and bool(algorithm.get("TrainingImage")) == bool(
        algorithm.get("AlgorithmName")
    ):
        raise AwsError(
            "ValidationException", "You must specify either TrainingImage or AlgorithmName in AlgorithmSpecification."
        )
    if not request.get("ResourceConfig") and not request.get("ServerlessJobConfig"):
        # Source: API reference, CreateTrainingJob.ResourceConfig (only serverless jobs have none); text ours.
        raise AwsError("ValidationException", "ResourceConfig is required unless ServerlessJobConfig is given.")
    excluded = [member for member in _WITH_INSTANCES if "ServerlessJobConfig" in request and member in request]
    if excluded:
        # Source: terraform-provider-aws, internal/service/sagemaker/training_job.go; text ours.
        raise AwsError("ValidationException", f"{excluded[0]} is not supported with ServerlessJobConfig.")
    spot = request.get("EnableManagedSpotTraining")
    stopping = request.get("StoppingCondition") or {}
    # Source: API reference, StoppingCondition.MaxWaitTimeInSeconds and CreateTrainingJob.InputDataConfig; text ours.
    if spot and not stopping.get("MaxWaitTimeInSeconds"):
        raise AwsError(
            "ValidationException",
            "Invalid MaxWaitTimeInSeconds. MaxWaitTimeInSeconds must be specified when EnableManagedSpotTraining is true.",
        )
    if stopping.get("MaxWaitTimeInSeconds", 0) and stopping["MaxWaitTimeInSeconds"] < stopping.get(
        "MaxRuntimeInSeconds", 0
    ):
        raise AwsError(
            "ValidationException",
            "Invalid MaxWaitTimeInSeconds. MaxWaitTimeInSeconds must be equal to or greater than MaxRuntimeInSeconds.",
        )
    twice = _twice([channel["ChannelName"] for channel in request.get("InputDataConfig") or ()])
    if twice:
        raise AwsError("ValidationException", f"Duplicate channel names are not allowed: {', '.join(twice)}")


def _before_update_training(engine: Any, record: Any, request: dict[str, Any]) -> None:
    running_only = [m for m in ("ProfilerConfig", "ProfilerRuleConfigurations", "RemoteDebugConfig") if m in request]
    if running_only and record._status != "InProgress":
        # Source: API reference, UpdateTrainingJob (profiling and remote debugging while the job runs, the warm pool also
        # afterwards); text ours.
        raise AwsError(
            "ValidationException",
            f"{running_only[0]} cannot be updated because the training job {record.arn} is in status {record._status}.",
        )
    if "ResourceConfig" in request and record._status in FINAL:
        pool = engine.describe(record).get("WarmPoolStatus") or {}
        if pool.get("Status") != "Available":
            # Source: API reference, WarmPoolStatus (one that is Terminated is "no longer available"; condition inferred); text
            # ours.
            raise AwsError(
                "ValidationException", f"The training job {record.arn} has no warm pool in status Available to be updated."
            )
        if request["ResourceConfig"].get("KeepAlivePeriodInSeconds") == 0:
            # Source: API reference, WarmPoolStatus ("terminated by a user"); developer guide, "Use SageMaker AI managed warm pools".
            record.private["warm_pool"] = {**pool, "Status": "Terminated"}
    # UpdateTrainingJob sends only what changes within these members (service model, ResourceConfigForUpdate).
    for member in ("ResourceConfig", "ProfilerConfig", "RemoteDebugConfig"):
        if request.get(member):
            request[member] = {**(record.request.get(member) or {}), **request[member]}


def _delete_training(engine: Any, record: Any) -> None:
    # Source: API reference, DeleteTrainingJob: a job with an Available warm pool cannot be deleted; text ours.
    if (engine.describe(record).get("WarmPoolStatus") or {}).get("Status") == "Available":
        raise AwsError("ResourceInUse", f"Training job {record.arn} has a warm pool in status Available.")


def _check_transform(engine: Any, region: str, request: dict[str, Any]) -> None:
    engine.locate("Model", region, {"ModelName": request["ModelName"]})
    quotas.check(engine, region, "transform job usage", quotas.of_transform(request))


def _processing_started(engine: Any, record: Any, at: float) -> None:
    record.set(ProcessingStartTime=at)


def _processing_ended(engine: Any, record: Any, at: float) -> None:
    record.set(ProcessingStartTime=record.get("ProcessingStartTime") or at, ProcessingEndTime=at)


def _transform_started(engine: Any, record: Any, at: float) -> None:
    record.set(TransformStartTime=at)


def _transform_ended(engine: Any, record: Any, at: float) -> None:
    record.set(TransformStartTime=record.get("TransformStartTime") or at, TransformEndTime=at)


def not_stoppable(noun: str) -> Refusal:
    """The refusal to stop a job that has ended."""
    return Refusal(
        "ValidationException",
        f"The request was rejected because the {noun} is in status {{status}}.",
        "amazon-sagemaker-operator-for-k8s, clientwrapper: text of a refused stop",
    )


def _not_deletable(noun: str) -> Refusal:
    return Refusal(
        "ResourceInUse",
        f"The {noun} {{arn}} is in status {{status}} and cannot be deleted.",
        "service model (code), API reference (Completed, Failed, Stopped only); text ours",
    )


def _time_series(algorithm: dict[str, Any]) -> bool:
    """API reference, AlgorithmSpecification.EnableSageMakerMetricsTimeSeries: on where a metric is defined."""
    return bool(algorithm.get("MetricDefinitions"))


TRAINING_DEFAULTS: dict[str, Any] = {
    "StoppingCondition.MaxRuntimeInSeconds": 86400,
    "EnableNetworkIsolation": False,
    "EnableInterContainerTrafficEncryption": False,
    "EnableManagedSpotTraining": False,
    "InputDataConfig[].CompressionType": "None",
    "InputDataConfig[].RecordWrapperType": "None",
    "OutputDataConfig.KmsKeyId": "",
    "OutputDataConfig.CompressionType": "GZIP",
}
"""What training jobs and the definitions of tuning jobs have in common (ACK SageMaker, custom_delta of both)."""


KINDS = (
    Kind(
        name="TrainingJob",
        key="TrainingJobName",
        arn="training-job/{TrainingJobName}",
        source="service model TrainingJobStatus, SecondaryStatus; API reference, DescribeTrainingJob",
        not_found=Refusal("ValidationException", "Requested resource not found.", _ACK),
        duplicate=Refusal(
            "ResourceInUse",
            "Training job names must be unique within an AWS account and region, and a training job with this name "
            "already exists ({arn})",
            "github.com/aws/amazon-sagemaker-examples pull request 3108",
        ),
        status="TrainingJobStatus",
        creating=(
            Step("InProgress", STARTING, _starting),
            Step("InProgress", RUNNING, _training),
            Step("Completed", 0, _training_done),
        ),
        stopping=(Step("Stopping", STOPPING, _training_stopping), Step("Stopped", 0, _training_stopped)),
        stop_from=frozenset({"InProgress", "Stopping"}),
        stop_busy=not_stoppable("training job"),
        delete_from=FINAL,
        delete_busy=_not_deletable("training job"),
        deleting=(Step("Deleting", 0.5),),
        list_order="Ascending",
        # ACK SageMaker, training_job: custom_delta and late_initialize of generator.yaml.
        defaults={
            **TRAINING_DEFAULTS,
            "ProfilingStatus": "Disabled",
            "InputDataConfig": [],
            "AlgorithmSpecification?.EnableSageMakerMetricsTimeSeries": _time_series,
            # Zeros that stand for nothing.
            "DebugRuleConfigurations[].VolumeSizeInGB": 0,
            "ProfilerRuleConfigurations[].VolumeSizeInGB": 0,
            "ResourceConfig?.InstanceCount": lambda resources: 0 if resources.get("InstanceGroups") else None,
        },
        special={
            "before_create": _check_training,
            "describe": _describe_training,
            "before_delete": _delete_training,
            "before_update": _before_update_training,
        },
    ),
    Kind(
        name="ProcessingJob",
        key="ProcessingJobName",
        arn="processing-job/{ProcessingJobName}",
        source="service model ProcessingJobStatus",
        not_found=Refusal("ValidationException", "Could not find requested job with name: {name}", _ACK),
        duplicate=Refusal(
            "ResourceInUse",
            "Job name must be unique within an AWS account and region, and a job with this name already exists ({arn})",
            _DUPLICATE,
        ),
        status="ProcessingJobStatus",
        creating=(
            Step("InProgress", STARTING),
            Step("InProgress", RUNNING, _processing_started),
            Step("Completed", 0, _processing_ended),
        ),
        stopping=(Step("Stopping", STOPPING), Step("Stopped", 0, _processing_ended)),
        stop_from=frozenset({"InProgress", "Stopping"}),
        stop_busy=not_stoppable("processing job"),
        delete_from=FINAL,
        delete_busy=_not_deletable("processing job"),
        list_order="Ascending",
        # ACK SageMaker, processing_job/custom_delta.go; API reference, ProcessingInput.AppManaged.
        defaults={
            "StoppingCondition.MaxRuntimeInSeconds": 86400,
            "ProcessingInputs[].AppManaged": False,
            "ProcessingInputs[].S3Input?.S3DataDistributionType": "FullyReplicated",
            "ProcessingOutputConfig?.Outputs[].AppManaged": False,
        },
        special={"before_create": _check_processing},
    ),
    Kind(
        name="TransformJob",
        key="TransformJobName",
        arn="transform-job/{TransformJobName}",
        source="service model TransformJobStatus; there is no DeleteTransformJob, so names stay taken",
        not_found=Refusal("ValidationException", "Could not find requested job with name: {name}", _ACK),
        duplicate=Refusal(
            "ResourceInUse",
            "Job name must be unique within an AWS account and region, and a job with this name already exists ({arn})",
            _DUPLICATE,
        ),
        status="TransformJobStatus",
        creating=(
            Step("InProgress", STARTING),
            Step("InProgress", RUNNING, _transform_started),
            Step("Completed", 0, _transform_ended),
        ),
        stopping=(Step("Stopping", STOPPING), Step("Stopped", 0, _transform_ended)),
        stop_from=frozenset({"InProgress", "Stopping"}),
        stop_busy=not_stoppable("transform job"),
        # ACK SageMaker, transform_job/custom_delta.go; API reference, DataProcessing (values).
        defaults={
            "TransformInput.CompressionType": "None",
            "TransformInput.SplitType": "None",
            "TransformOutput.AssembleWith": "None",
            "TransformOutput.KmsKeyId": "",
            "DataProcessing.InputFilter": "$",
            "DataProcessing.OutputFilter": "$",
            "DataProcessing.JoinSource": "None",
        },
        special={"before_create": _check_transform},
    ),
)
