"""The parts of the local AWS that really run things: jobs, model servers, pipelines, monitors, alarms."""

from __future__ import annotations

from aws_local.services import AwsError, KindHooks, Record, Runtime, Services

from .alarms import Alarms
from .automl import AutoMLRun
from .hosting import Hosting, check_model
from .jobs import Jobs, Settings, job_hooks
from .labeling import LabelingRun
from .monitoring import Monitoring
from .pipeline_definition import check, check_selection
from .pipelines import PipelineRun
from .processes import Janitor
from .processing import ProcessingRun
from .training import TrainingRun
from .training import check as check_training
from .transform import TransformRun
from .transform import check as check_transform
from .tuning import TuningRun
from .tuning import check as check_tuning

UNDER_WAY = frozenset({"Initializing", "InProgress", "Executing", "Creating"})
"""Statuses of objects that something runs for; an endpoint in service is started when it is asked."""


def start(services: Services, settings: Settings | None = None) -> Runtime:
    """Make the runtime of one local AWS; nothing runs until a hook is called.

    Where user code may not be run there are no hooks for jobs and endpoints: the engine's timers pretend that they ran,
    which is what tests of states want. InvokeEndpoint cannot be pretended and is refused.
    """
    settings = settings or Settings()
    jobs = Jobs()
    hosting = Hosting(settings)
    monitoring = Monitoring(jobs, settings, hosting.drain)

    janitor = Janitor(services.temp_root) if services.allow_exec else None

    def reset() -> None:
        jobs.abort_all()
        hosting.reset()

    def close() -> None:
        reset()
        if janitor:
            janitor.close()

    hooks = {
        "TrainingJob": job_hooks(jobs, settings, TrainingRun, check_training),
        "ProcessingJob": job_hooks(jobs, settings, ProcessingRun),
        "TransformJob": job_hooks(jobs, settings, TransformRun, check_transform),
        "HyperParameterTuningJob": job_hooks(jobs, settings, TuningRun, check_tuning),
        "LabelingJob": job_hooks(jobs, settings, LabelingRun),
        "AutoMLJobV2": job_hooks(jobs, settings, AutoMLRun),
        "PipelineExecution": job_hooks(jobs, settings, PipelineRun),
        "MonitoringSchedule": monitoring.hooks(),
        "Model": KindHooks(on_create=check_model),
        "Endpoint": hosting.hooks(),
        "InferenceComponent": hosting.component_hooks(),
    }

    def resume(services: Services, record: Record) -> None:
        """Start again what ran: jobs and executions from their start, endpoints that were made or changed."""
        kind = hooks.get(record.kind)
        if kind is None or not services.allow_exec:
            return
        if record.kind == "MonitoringSchedule":
            if record.status in ("Pending", "Scheduled"):
                monitoring.resume(services, record)
        elif record.status == "Stopping":
            record.update("Stopped")
        elif record.status == "Updating" and kind.on_update:
            kind.on_update(services, record)
        elif record.status in UNDER_WAY and kind.on_create:
            try:
                kind.on_create(services, record)
            except AwsError as error:
                record.update("Failed", FailureReason=f"ClientError: {error.message}")

    return Runtime(
        hooks=hooks if services.allow_exec else {},
        invoke=hosting.invoke,
        check_pipeline=check,
        check_selection=check_selection,
        evaluate_alarms=Alarms().evaluate,
        resume=resume,
        reset=reset,
        close=close,
    )
