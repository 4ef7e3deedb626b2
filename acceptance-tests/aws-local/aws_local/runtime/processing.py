"""Processing jobs: inputs in, one program, outputs out.

Sources: developer guide, build-your-own-processing-container (configuration files, exit message), API reference
CreateProcessingJob and DescribeProcessingJob.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aws_local.services import AwsError, Record, Services

from . import inputs, script_mode
from .environments import NoEnvironment
from .jobs import Settings, shorten
from .model_server import StartError
from .monitor_image import analyzer_command, predictor, publish_metrics
from .sandbox import CODE_OF_REFUSAL, NOT_ALLOWED, Control, LogSink, Outcome, Sandbox, environment_of
from .script_mode import InputError

LOG_GROUP = "/aws/sagemaker/ProcessingJobs"
DEFAULT_MAX_RUNTIME_SECONDS = 86400
"""Source: service model, ProcessingStoppingCondition; developer guide: default 1 day."""
EXIT_MESSAGE_LENGTH = 1024
"""Source: service model, shape ExitMessage."""
NO_MESSAGE = "See job logs for more information"
"""Source: failure reasons quoted in github.com/aws/sagemaker-python-sdk issues on processing jobs."""


class ProcessingRun:
    """One processing job from start to end."""

    def __init__(self, services: Services, record: Record, settings: Settings, control: Control):
        self.services, self.record, self.settings, self.control = services, record, settings, control
        self.request = record.request
        self.specification = self.request["AppSpecification"]

    def run(self) -> None:
        """Do everything; every way to end sets the final status."""
        if not self.services.allow_exec:
            self._end("Failed", FailureReason=f"{CODE_OF_REFUSAL}: {NOT_ALLOWED}")
            return
        try:
            environment = environment_of(self.services, self.specification["ImageUri"])
        except NoEnvironment as error:
            self._end("Failed", FailureReason=shorten(f"ClientError: {error}"))
            return
        sandbox = Sandbox(self.services, f"processing-{self.record.name}", environment)
        try:
            self._run_in(sandbox, environment.entrypoint)
        except InputError as error:
            self._end("Failed", FailureReason=shorten(f"ClientError: {error}"))
        finally:
            sandbox.remove()

    def _run_in(self, sandbox: Sandbox, image_entrypoint: tuple[str, ...]) -> None:
        started = self.services.clock.now()
        self.record.update("InProgress", ProcessingStartTime=started)
        self._prepare(sandbox)
        entrypoint = self.specification.get("ContainerEntrypoint") or list(image_entrypoint)
        entrypoint = entrypoint or analyzer_command(self.specification["ImageUri"], sandbox)
        if not entrypoint:
            raise InputError(
                f"the image {self.specification['ImageUri']} has no program of its own here: give a ContainerEntrypoint"
            )
        try:
            chain = predictor(
                self.services, self.request, sandbox, self.control.abort, self.settings.start_timeout_seconds
            )
        except StartError as error:
            raise InputError(str(error)) from error
        try:
            self._execute(sandbox, entrypoint, started, chain.urls if chain else [])
        finally:
            if chain:
                chain.close()

    def _execute(self, sandbox: Sandbox, entrypoint: list[str], started: float, model_urls: list[str]) -> None:
        """Run the program. `model_urls`: where the model is served that it may ask."""
        limit = self.request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", DEFAULT_MAX_RUNTIME_SECONDS)
        outcome = sandbox.run(
            [*entrypoint, *self.specification.get("ContainerArguments", [])],
            {
                "AWS_LOCAL_JOB_ARN": self.record.arn,
                "AWS_LOCAL_PREDICTOR": ",".join(model_urls),
                **self.request.get("Environment", {}),
            },
            "/opt/ml/processing",
            LogSink(self.services, LOG_GROUP, f"{self.record.name}/algo-1-{int(started)}"),
            self.control,
            limit_seconds=float(limit),
            grace_seconds=self.settings.stop_grace_seconds,
            on_terminate=lambda: self.record.update("Stopping"),
        )
        if outcome.ending != "abort":
            self._finish(sandbox, outcome)

    def _finish(self, sandbox: Sandbox, outcome: Outcome) -> None:
        message = sandbox.host("/opt/ml/output/message")
        text = message.read_text(errors="replace").strip() if message.is_file() else ""
        members: dict[str, Any] = {"ExitMessage": text[:EXIT_MESSAGE_LENGTH]} if text else {}
        publish_metrics(self.services, sandbox, self.request.get("Environment", {}))
        succeeded = outcome.ending == "exit" and outcome.exit_code == 0
        try:
            self._upload(sandbox, everything=succeeded)
        except AwsError as error:
            reason = f"ClientError: Data upload failed: {error.code}: {error.message}"
            self._end("Failed", FailureReason=shorten(reason), **members)
            return
        if succeeded:
            self._end("Completed", **members)
        elif outcome.ending == "exit":
            reason = f"AlgorithmError: {text or NO_MESSAGE}, exit code: {outcome.exit_code}"
            self._end("Failed", FailureReason=shorten(reason), **members)
        else:
            self._end("Stopped", **members)

    def _end(self, status: str, **members: Any) -> None:
        if not self.control.abort.is_set():
            self.record.update(status, ProcessingEndTime=self.services.clock.now(), **members)

    def _prepare(self, sandbox: Sandbox) -> None:
        for folder in ("config", "processing", "output"):
            sandbox.make(f"/opt/ml/{folder}")
        for item in self.request.get("ProcessingInputs", []):
            source = item.get("S3Input")
            if source is None:
                raise InputError(
                    f"this local AWS has no dataset definitions for input {item['InputName']}: use S3Input"
                )
            if source.get("S3InputMode") == "Pipe":
                raise InputError(f"this local AWS cannot stream input {item['InputName']}: use the mode File")
            folder = sandbox.make(source.get("LocalPath", "/opt/ml/processing/input"))
            inputs.download_source(self.services, source, folder)
        for output in self._outputs():
            sandbox.make(output["LocalPath"])
        cluster = self.request.get("ProcessingResources", {}).get("ClusterConfig", {})
        resources = script_mode.resource_config(cluster.get("InstanceType", "ml.m5.large"))
        described = {**self.request, "ProcessingJobArn": self.record.arn}
        for name, content in (("processingjobconfig", described), ("resourceconfig", resources)):
            sandbox.host(f"/opt/ml/config/{name}.json").write_text(json.dumps(content, default=str))

    def _outputs(self) -> list[Mapping[str, Any]]:
        outputs = self.request.get("ProcessingOutputConfig", {}).get("Outputs", [])
        return [output["S3Output"] for output in outputs if "S3Output" in output]

    def _upload(self, sandbox: Sandbox, *, everything: bool) -> None:
        """Upload the outputs; of a job that did not succeed only those that are uploaded while it runs."""
        for output in self._outputs():
            if everything or output.get("S3UploadMode") == "Continuous":
                self.services.s3_upload_directory(sandbox.host(output["LocalPath"]), output["S3Uri"])
