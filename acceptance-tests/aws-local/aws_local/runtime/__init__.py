"""The parts of the local AWS that really run things: jobs, model servers, pipelines, monitors, alarms."""

from __future__ import annotations

from aws_local.services import Runtime, Services

from .jobs import Jobs, Settings
from .training import Training


def start(services: Services, settings: Settings | None = None) -> Runtime:
    """Make the runtime of one local AWS; nothing runs until a hook is called."""
    settings = settings or Settings()
    jobs = Jobs()
    training = Training(jobs, settings)
    return Runtime(
        hooks={"TrainingJob": training.hooks()},
        reset=jobs.abort_all,
        close=jobs.abort_all,
    )
