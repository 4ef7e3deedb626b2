"""Training jobs: the /opt/ml contract around one script.

Sources: developer guide pages your-algorithms-training-algo-running-container (folders, files, environment),
your-algorithms-training-signal-success-failure (exit code, failure file), API reference DescribeTrainingJob (statuses,
messages), StopTrainingJob (SIGTERM, 120 s, artifacts kept).
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import shutil
import threading
import time
from collections.abc import Mapping
from typing import Any

from aws_local.services import AwsError, Record, Services

from . import inputs, script_mode
from .environments import NoEnvironment
from .jobs import Settings, shorten
from .sandbox import CODE_OF_REFUSAL, NOT_ALLOWED, Control, LogSink, Outcome, Sandbox, environment_of
from .script_mode import InputError

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
METRIC_NAMESPACE = "/aws/sagemaker/TrainingJobs"
"""Source: github.com/aws/sagemaker-python-sdk analytics.py (TrainingJobAnalytics.CLOUDWATCH_NAMESPACE)."""
DEFAULT_MAX_RUNTIME_SECONDS = 86400
"""Source: service model, StoppingCondition$MaxRuntimeInSeconds: default 1 day."""
DEFAULT_CHECKPOINTS = "/opt/ml/checkpoints"
"""Source: service model, CheckpointConfig$LocalPath."""

MESSAGES = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Resource released due to exceeding max runtime",
}
"""Source: API reference SecondaryStatusTransition$StatusMessage; logs in aws/sagemaker-python-sdk issue 835."""


class MetricReader:
    """Finds metric values in lines of output by the job's regular expressions."""

    def __init__(self, services: Services, job: str, definitions: list[Mapping[str, str]]):
        self._services, self._job = services, job
        self._patterns = [(item["Name"], re.compile(item["Regex"])) for item in definitions]
        self._lock = threading.Lock()
        self._found: list[dict[str, Any]] = []

    def read(self, line: str) -> None:
        """Look for every metric in a line; the first group is the value."""
        for name, pattern in self._patterns:
            match = pattern.search(line)
            if not match:
                continue
            with contextlib.suppress(ValueError, IndexError, TypeError):
                value = float(match.group(1))
                if math.isfinite(value):
                    with self._lock:
                        self._found.append(
                            {"MetricName": name, "Value": value, "Timestamp": self._services.clock.now()}
                        )

    def final(self) -> list[dict[str, Any]]:
        """The last value of each metric (API reference: FinalMetricDataList)."""
        with self._lock:
            return list({item["MetricName"]: item for item in self._found}.values())

    def publish(self) -> None:
        """Send all values to CloudWatch."""
        with self._lock:
            found = list(self._found)
        data = [
            {**item, "Dimensions": [{"Name": "TrainingJobName", "Value": self._job}], "Unit": "None"} for item in found
        ]
        for start in range(0, len(data), 1000):
            with contextlib.suppress(AwsError):
                self._services.put_metric_data(METRIC_NAMESPACE, data[start : start + 1000])


class Transitions:
    """The secondary status of a job and the list of its changes."""

    def __init__(self, services: Services, record: Record):
        self._services, self._record = services, record
        self._list: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def enter(self, secondary: str, status: str = "InProgress", /, **members: Any) -> None:
        """Begin a secondary status (ending the one before) together with other members."""
        now = self._services.clock.now()
        with self._lock:
            if self._list:
                self._list[-1].setdefault("EndTime", now)
            entry = {"Status": secondary, "StartTime": now, "StatusMessage": MESSAGES[secondary]}
            if status in ("Completed", "Failed", "Stopped"):
                entry["EndTime"] = now
                members["TrainingEndTime"] = now
            self._list.append(entry)
            transitions = [dict(item) for item in self._list]
        self._record.update(
            status, SecondaryStatus=secondary, SecondaryStatusTransitions=transitions, LastModifiedTime=now, **members
        )


class TrainingRun:
    """One training job from Starting to its end."""

    def __init__(self, services: Services, record: Record, settings: Settings, control: Control):
        self.services, self.record, self.settings, self.control = services, record, settings, control
        self.request = record.request
        self.algorithm = self.request.get("AlgorithmSpecification", {})
        self.name = record.name
        self.transitions = Transitions(services, record)
        self.metrics = MetricReader(services, self.name, self.algorithm.get("MetricDefinitions", []))

    def run(self) -> None:
        """Do everything; every way to end sets the final status."""
        if not self.services.allow_exec:
            self.transitions.enter("Failed", "Failed", FailureReason=f"{CODE_OF_REFUSAL}: {NOT_ALLOWED}")
            return
        self.transitions.enter("Starting")
        try:
            environment = environment_of(self.services, self.algorithm.get("TrainingImage", ""))
        except NoEnvironment as error:
            self._fail(f"ClientError: {error}")
            return
        sandbox = Sandbox(self.services, f"training-{self.name}", environment)
        try:
            self._run_in(sandbox, environment.entrypoint)
        except InputError as error:
            self._fail(f"ClientError: {error}")
        except AwsError as error:
            self._fail(f"ClientError: Artifact upload failed: {error.code}: {error.message}")
        finally:
            sandbox.remove()

    def _run_in(self, sandbox: Sandbox, entrypoint: tuple[str, ...]) -> None:
        request = self.request
        started = self.services.clock.now()
        self.transitions.enter("Downloading", TrainingStartTime=started)
        channels = self._prepare(sandbox)
        argv, variables, cwd, command = self._program(sandbox, channels, entrypoint)
        if self.control.stop.is_set():
            self.transitions.enter("Stopped", "Stopped")
            return
        self.transitions.enter("Training")
        begun = time.monotonic()
        outcome = sandbox.run(
            argv,
            variables,
            cwd,
            LogSink(self.services, LOG_GROUP, f"{self.name}/algo-1-{int(started)}", self.metrics.read),
            self.control,
            limit_seconds=self._max_runtime(),
            grace_seconds=self.settings.stop_grace_seconds,
            on_terminate=lambda: self.transitions.enter("Stopping", "Stopping"),
        )
        if outcome.ending == "abort":
            return
        seconds = max(1, math.ceil(time.monotonic() - begun))
        self.metrics.publish()
        times: dict[str, Any] = {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds}
        if metrics := self.metrics.final():
            times["FinalMetricDataList"] = metrics
        if outcome.ending == "exit" and outcome.exit_code != 0:
            # Source: developer guide, your-algorithms-training-algo-output: output is uploaded for failed jobs too.
            self._upload_output(sandbox, request["OutputDataConfig"]["S3OutputPath"])
            self._upload_checkpoints(sandbox)
            self._fail(self._reason(sandbox, outcome, command), **times)
            return
        if outcome.ending == "exit":
            self.transitions.enter("Uploading")
        artifacts = self._upload(sandbox)
        if artifacts:
            times["ModelArtifacts"] = {"S3ModelArtifacts": artifacts}
        ends = {
            "exit": ("Completed", "Completed"),
            "stop": ("Stopped", "Stopped"),
            "limit": ("MaxRuntimeExceeded", "Stopped"),
        }
        secondary, status = ends[outcome.ending]
        self.transitions.enter(secondary, status, **times)

    def _max_runtime(self) -> float:
        return float(self.request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", DEFAULT_MAX_RUNTIME_SECONDS))

    def _prepare(self, sandbox: Sandbox) -> dict[str, Any]:
        """Make the folders, write the configuration files, download the channels; returns inputdataconfig.json."""
        for folder in ("input/config", "input/data", "model", "output/data", "output/intermediate", "code"):
            sandbox.make(f"/opt/ml/{folder}")
        channels: dict[str, Any] = {}
        for channel in self.request.get("InputDataConfig", []):
            mode = channel.get("InputMode") or self.algorithm.get("TrainingInputMode", "File")
            name = channel["ChannelName"]
            if mode == "Pipe":
                raise InputError(f"this local AWS cannot stream channel {name}: use the input mode File or FastFile")
            source = channel["DataSource"].get("S3DataSource")
            if source is None:
                raise InputError(f"this local AWS has no file systems for channel {name}: use an S3DataSource")
            channels[name] = {
                "TrainingInputMode": mode,
                "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
                "RecordWrapperType": channel.get("RecordWrapperType", "None"),
            }
            if "ContentType" in channel:
                channels[name]["ContentType"] = channel["ContentType"]
            inputs.download_source(self.services, source, sandbox.make(f"/opt/ml/input/data/{name}"))
        checkpoints = self.request.get("CheckpointConfig")
        if checkpoints:
            folder = sandbox.make(checkpoints.get("LocalPath") or DEFAULT_CHECKPOINTS)
            inputs.download_prefix(self.services, checkpoints["S3Uri"].rstrip("/") + "/", folder)
        config = {
            "hyperparameters": self.request.get("HyperParameters", {}),
            "inputdataconfig": channels,
            "resourceconfig": script_mode.resource_config(self._instance_type()),
        }
        for name, content in config.items():
            sandbox.host(f"/opt/ml/input/config/{name}.json").write_text(json.dumps(content))
        return channels

    def _instance_type(self) -> str:
        resources = self.request.get("ResourceConfig", {})
        groups = resources.get("InstanceGroups") or [{}]
        return str(resources.get("InstanceType") or groups[0].get("InstanceType", "ml.m5.large"))

    def _program(
        self, sandbox: Sandbox, channels: Mapping[str, Any], entrypoint: tuple[str, ...]
    ) -> tuple[list[str], dict[str, str], str, str | None]:
        """Command, environment and folder of the program, and the command as the toolkit reports it (script mode)."""
        user = dict(self.request.get("Environment", {}))
        decoded = script_mode.decode_hyperparameters(self.request.get("HyperParameters", {}))
        reserved, own = script_mode.split_reserved(decoded)
        submit_directory = script_mode.submit_directory_of(reserved, user)
        program = script_mode.program_of(reserved, user)
        variables = {
            "TRAINING_JOB_NAME": self.name,
            "TRAINING_JOB_ARN": self.record.arn,
            "SAGEMAKER_JOB_NAME": str(reserved.get("sagemaker_job_name", "")),
            "SAGEMAKER_REGION": self.services.region,
            "CURRENT_HOST": script_mode.HOST,
        }
        variables |= script_mode.training_variables(
            resources=script_mode.resource_config(self._instance_type()),
            input_data_config=channels,
            hyperparameters=own,
            reserved=reserved,
            program=program,
            submit_directory=submit_directory,
            job_name=self.name,
        )
        variables |= user
        container = [*self.algorithm.get("ContainerEntrypoint", []), *self.algorithm.get("ContainerArguments", [])]
        if container:
            return container, variables, "/opt/ml", None
        if program is None:
            if entrypoint:
                return [*entrypoint, "train"], variables, "/opt/ml", None
            raise InputError(
                f"the image {self.algorithm.get('TrainingImage')} has no program of its own here: give the hyperparameters"
                " sagemaker_program and sagemaker_submit_directory, or a ContainerEntrypoint"
            )
        cwd = script_mode.unpack_sources(self.services, sandbox, submit_directory)
        if not (sandbox.host(cwd) / program).is_file():
            raise InputError(f"{program} is not in the sources at {submit_directory}")
        runner = ["/bin/sh"] if program.endswith(".sh") else ["python"]
        argv = [*runner, program, *script_mode.to_arguments(own)]
        return argv, variables, cwd, " ".join(argv)

    def _upload(self, sandbox: Sandbox) -> str | None:
        """Bring model, output and checkpoints to S3; returns the URI of the model."""
        base = self.request["OutputDataConfig"]["S3OutputPath"]
        self._upload_checkpoints(sandbox)
        self._upload_output(sandbox, base)
        model = sandbox.host("/opt/ml/model")
        if not inputs.has_files(model):
            return None
        if self.request["OutputDataConfig"].get("CompressionType") == "NONE":
            uri = inputs.join_uri(base, self.name, "output", "model") + "/"
            self.services.s3_upload_directory(model, uri)
        else:
            uri = inputs.join_uri(base, self.name, "output", "model.tar.gz")
            self.services.s3_put(uri, inputs.pack(model), "application/x-tar")
        return uri

    def _upload_output(self, sandbox: Sandbox, base: str) -> None:
        data = sandbox.host("/opt/ml/output/data")
        shutil.copytree(sandbox.host("/opt/ml/output/intermediate"), data, dirs_exist_ok=True)
        if inputs.has_files(data):
            uri = inputs.join_uri(base, self.name, "output", "output.tar.gz")
            self.services.s3_put(uri, inputs.pack(data), "application/x-tar")

    def _upload_checkpoints(self, sandbox: Sandbox) -> None:
        checkpoints = self.request.get("CheckpointConfig")
        if checkpoints:
            folder = sandbox.host(checkpoints.get("LocalPath") or DEFAULT_CHECKPOINTS)
            if inputs.has_files(folder):
                self.services.s3_upload_directory(folder, checkpoints["S3Uri"])

    def _reason(self, sandbox: Sandbox, outcome: Outcome, command: str | None) -> str:
        """`AlgorithmError: <what the job says>, exit code: N`, as AWS joins them."""
        failure = sandbox.host("/opt/ml/output/failure")
        text = failure.read_text(errors="replace").strip() if failure.is_file() else ""
        if not text:
            text = outcome.reason()
            if command is not None:
                text = script_mode.script_failure(outcome.exit_code, text, command)
        suffix = f", exit code: {outcome.exit_code}"
        room = 1024 - len("AlgorithmError: ") - len(suffix)
        return f"AlgorithmError: {text[:room]}{suffix}"

    def _fail(self, reason: str, **members: Any) -> None:
        if not self.control.abort.is_set():
            self.transitions.enter("Failed", "Failed", FailureReason=shorten(reason), **members)


def check(services: Services, record: Record) -> None:
    """Refuse a job whose input prefix is empty or a metric's regex is none. Raises ValidationException."""
    for metric in record.request.get("AlgorithmSpecification", {}).get("MetricDefinitions", []):
        try:
            re.compile(metric["Regex"])
        except re.error as error:
            # Source: API reference, CreateTrainingJob; text ours.
            raise AwsError(
                "ValidationException", f"The regex of metric {metric['Name']} cannot be read: {error}"
            ) from error
    inputs.check_channels(services, record.request.get("InputDataConfig", []), record.request["RoleArn"])
