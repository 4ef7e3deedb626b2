"""Pipeline executions: steps run in the order their references and DependsOn ask for.

Sources: API reference PipelineExecutionStep, StartPipelineExecution, StopPipelineExecution, RetryPipelineExecution;
developer guide pipelines-caching, pipelines-retry-policy, build-and-manage-steps. When a step fails no further step is
started and running ones end (an inference: the documentation does not say what happens to parallel steps).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_local.services import AwsError, Record, Services

from . import pipeline_asked, pipeline_checks, pipeline_jobs
from .data_capture import timestamp
from .jobs import Settings, shorten
from .pipeline_arguments import duration, exceptions
from .pipeline_definition import Step, selected_steps, steps_of
from .pipeline_jobs import JOB_TYPES
from .pipeline_values import ValueFault, Values, holds, text_of, typed
from .sandbox import Control

FAILED_STEPS = "Step failure: One or multiple steps failed."
"""Source: PipelineExecution FailureReason quoted in github.com/aws/sagemaker-python-sdk issues."""
DEFAULT_PARALLEL = 50
"""Source: API reference, ParallelismConfiguration: no limit by default; 50 is far above what runs here."""


@dataclass
class Running:
    """One step that was started in this run."""

    step: Step
    entry: dict[str, Any]
    """Its PipelineExecutionStep."""
    arguments: Mapping[str, Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    """Members of a check step beside its arguments."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """What the step's metadata has beside the ARN."""
    attempts: int = 0
    again_at: float | None = None
    """When the next attempt is due, after a failure that may be retried."""


class PipelineRun:
    """One execution from start (or retry) to end."""

    def __init__(self, services: Services, record: Record, settings: Settings, control: Control):
        self.services, self.record, self.settings, self.control = services, record, settings, control
        private = record.private
        self.definition = private["definition"]
        self.pipeline = services.find("Pipeline", private["pipeline"])
        self.steps = steps_of(self.definition)
        self.identifier = record.arn.rsplit("/", 1)[-1]
        # A retry keeps what succeeded and does the rest again (API reference, RetryPipelineExecution).
        self.entries = {item["StepName"]: dict(item) for item in private["steps"] if item["StepStatus"] == "Succeeded"}
        self.selected = selected_steps(record.request.get("SelectiveExecutionConfig"))
        """The only steps to run; None: all."""
        if self.selected is not None:
            self._take_over()
        self.running: dict[str, Running] = {}
        self.asked: dict[str, tuple[Step, Mapping[str, Any]]] = {}
        """Callback steps that nobody has answered yet, with their arguments."""
        self.failed = False
        now = services.clock.now()
        self.values = Values(
            self._parameters(),
            {
                "StartDateTime": timestamp(now),
                "CurrentDateTime": timestamp(now),
                "PipelineExecutionId": self.identifier,
                "PipelineExecutionArn": record.arn,
                "PipelineName": private["pipeline"],
                "PipelineArn": self.pipeline.arn,
            },
            self._describe,
            services.s3_get,
            self.steps,
        )

    def _parameters(self) -> dict[str, Any]:
        kinds = {item["Name"]: item["Type"] for item in self.definition.get("Parameters", [])}
        return {item["Name"]: typed(item["Value"], kinds[item["Name"]]) for item in self.record.private["parameters"]}

    def _take_over(self) -> None:
        """Have the results of an earlier execution for what is not run again but read (API reference, SelectiveExecutionConfig)."""
        source = self.record.request["SelectiveExecutionConfig"].get("SourcePipelineExecutionArn")
        if source is None:
            return
        read = {name for chosen in self.selected or () for name in self.steps[chosen].needs} - (self.selected or set())
        for item in self.services.find("PipelineExecution", source).private["steps"]:
            if item["StepName"] in read and item["StepStatus"] == "Succeeded":
                result = {"SelectiveExecutionResult": {"SourcePipelineExecutionArn": source}}
                self.entries.setdefault(item["StepName"], {**item, **result})

    # -- the loop ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Run until nothing runs and nothing can be started; sets the final status."""
        self._publish()
        limit = self.record.request.get("ParallelismConfiguration", {}).get(
            "MaxParallelExecutionSteps", DEFAULT_PARALLEL
        )
        while True:
            if self.control.stop.is_set():
                self._stop_all()
            else:
                self._start_ready(limit)
            self._watch()
            waits = bool(self.running or self.asked)
            if not waits and (self.failed or self.control.stop.is_set() or not self._ready()):
                break
            if self.control.abort.wait(self.settings.tuning_poll_seconds if waits else 0):
                return
        if self.control.abort.is_set():
            return
        if self.failed:
            self.record.update("Failed", FailureReason=FAILED_STEPS)
        elif self.control.stop.is_set():
            self.record.update("Stopped")
        else:
            self.record.update("Succeeded")

    def _ready(self) -> list[Step]:
        """Steps that may start now."""
        if self.failed:
            return []
        return [
            step
            for step in self.steps.values()
            if step.name not in self.entries
            and (self.selected is None or step.name in self.selected)
            and self._is_chosen(step)
            and all(map(self._is_over, step.needs))
        ]

    def _is_over(self, name: str) -> bool:
        """Whether a step needs no more waiting: it succeeded, or it is in a branch that was not taken."""
        entry = self.entries.get(name)
        if self.selected is not None and name not in self.selected:
            return True
        if entry is not None:
            return bool(entry["StepStatus"] == "Succeeded")
        step = self.steps[name]
        return step.condition is not None and self._is_over(step.condition) and not self._is_chosen(step)

    def _is_chosen(self, step: Step) -> bool:
        """Whether a step is outside of branches, or in one that was taken."""
        if step.condition is None or (self.selected is not None and step.condition not in self.selected):
            return True
        entry = self.entries.get(step.condition)
        if entry is None or entry["StepStatus"] != "Succeeded":
            return False
        return (entry["Metadata"]["Condition"]["Outcome"] == "True") == step.branch

    def _start_ready(self, limit: int) -> None:
        for step in self._ready():
            waiting = sum(
                JOB_TYPES[item.step.type].waits for item in self.running.values() if item.step.type in JOB_TYPES
            )
            if self.failed or waiting >= limit:
                return
            self._start(step)

    def _start(self, step: Step) -> None:
        now = self.services.clock.now()
        entry: dict[str, Any] = {"StepName": step.name, "StartTime": now, "StepStatus": "Starting", "AttemptCount": 1}
        for key, member in (("DisplayName", "StepDisplayName"), ("Description", "StepDescription")):
            if key in step.body:
                entry[member] = step.body[key]
        self.entries[step.name] = entry
        own = {key: item for key, item in step.body["Arguments"].items() if key not in ("IfSteps", "ElseSteps")}
        options: Mapping[str, Any] = {}
        metadata: Mapping[str, Any] = {}
        try:
            arguments = self.values.resolve(own)
            if step.type in pipeline_checks.FILES:
                beside = {key: item for key, item in step.body.items() if key not in ("Arguments", "DependsOn")}
                options = self.values.resolve(beside)
                arguments, metadata = pipeline_checks.prepare(self.services, step.type, options, arguments)
        except (ValueFault, AwsError) as error:
            self._end(step, "Failed", f"ClientError: Failed to resolve the arguments of step {step.name}: {error}")
            return
        if step.type == "Condition":
            self._decide(step, arguments)
        elif step.type == "Fail":
            message = text_of(arguments["ErrorMessage"])
            entry["Metadata"] = {"Fail": {"ErrorMessage": message}}
            self._end(step, "Failed", message)
        elif step.type in pipeline_asked.TYPES:
            self._ask(step, arguments)
        elif step.type in JOB_TYPES:
            running = Running(step, entry, arguments, options, metadata)
            if not self._from_cache(running):
                self.running[step.name] = running
                self._create(running)
        else:
            self._end(step, "Failed", f"ClientError: this local AWS cannot run steps of the type {step.type}")

    def _decide(self, step: Step, arguments: Mapping[str, Any]) -> None:
        try:
            outcome = all(holds(condition) for condition in arguments["Conditions"])
        except ValueFault as error:
            self._end(step, "Failed", f"ClientError: {error}")
            return
        self.entries[step.name]["Metadata"] = {"Condition": {"Outcome": str(outcome)}}
        self._end(step, "Succeeded")

    def _ask(self, step: Step, arguments: Mapping[str, Any]) -> None:
        acting = self.services.as_role(self.record.request.get("RoleArn"))
        entry = self.entries[step.name]
        try:
            body = {**step.body, **self.values.resolve({k: v for k, v in step.body.items() if k != "Arguments"})}
            entry["Metadata"] = pipeline_asked.ask(acting, self.record.arn, body, arguments)
        except (ValueFault, AwsError) as error:
            why = pipeline_asked.failure(error, step.type) if isinstance(error, AwsError) else f"ClientError: {error}"
            self._end(step, "Failed", why)
            return
        if step.type == "Lambda":
            self._end(step, "Succeeded")
            return
        entry["StepStatus"] = "Executing"
        self.asked[step.name] = (step, arguments)
        self._publish()

    def _take_answers(self) -> None:
        """Look whether somebody has answered for a Callback step."""
        for name, (step, _) in list(self.asked.items()):
            callback = self.entries[name]["Metadata"]["Callback"]
            answer = self.record.private.get("answers", {}).get(callback["CallbackToken"])
            if answer is None:
                continue
            del self.asked[name]
            self.entries[name]["Metadata"] = {"Callback": {**callback, "OutputParameters": answer["outputs"]}}
            self._end(step, "Failed" if "reason" in answer else "Succeeded", answer.get("reason"))

    # -- jobs ----------------------------------------------------------------------------------------------------

    def _create(self, running: Running) -> None:
        kind = JOB_TYPES[running.step.type]
        running.attempts += 1
        running.again_at = None
        running.entry["AttemptCount"] = running.attempts
        try:
            arn = pipeline_jobs.create(self.services, kind, running.step.name, self.identifier, running.arguments)
        except AwsError as error:
            # Source of the text: step failure reasons quoted in github.com/aws/sagemaker-python-sdk issues.
            reason = f"ClientError: Failed to invoke sagemaker:Create{kind.kind}. Error Details: {error.message}"
            exception = {
                "ThrottlingException": "Step.THROTTLING",
                "ResourceLimitExceeded": "SageMaker.RESOURCE_LIMIT",
            }.get(error.code, "Step.SERVICE_FAULT" if error.status >= 500 else "")
            self._failed(running, reason, exception)
            return
        running.entry["Metadata"] = {kind.metadata: {**running.metadata, kind.arn: arn}}
        running.entry["StepStatus"] = "Executing"
        if kind.waits:
            self._publish()
        else:
            self._succeeded(running)

    def _watch(self) -> None:
        self._take_answers()
        for running in list(self.running.values()):
            if running.again_at is not None:
                if self.control.stop.is_set():
                    self._end(running.step, "Stopped")
                elif self.services.clock.now() >= running.again_at:
                    self._create(running)
                continue
            kind = JOB_TYPES[running.step.type]
            arn = running.entry["Metadata"][kind.metadata][kind.arn]
            try:
                status, reason = pipeline_jobs.status(self.services, kind, arn)
            except AwsError as error:
                self._failed(running, f"ClientError: {error.message}", "")
                continue
            if status in pipeline_jobs.DONE:
                self._succeeded(running)
            elif status == "Failed":
                internal = "SageMaker.JOB_INTERNAL_ERROR" if (reason or "").startswith("InternalServerError") else ""
                self._failed(running, reason or "the job failed without a reason", internal)
            elif status == "Stopped":
                if self.control.stop.is_set():
                    self._end(running.step, "Stopped")
                else:
                    self._failed(running, f"ClientError: {kind.kind} {arn} was stopped", "")

    def _succeeded(self, running: Running) -> None:
        if running.metadata:
            kind = JOB_TYPES[running.step.type]
            job = self.services.find(kind.kind, running.entry["Metadata"][kind.metadata][kind.arn].rsplit("/", 1)[-1])
            reason = pipeline_checks.failure(running.metadata, running.options, job.output.get("ExitMessage", ""))
            if reason:
                self._end(running.step, "Failed", reason)
                return
        self._remember(running)
        self._end(running.step, "Succeeded")

    def _failed(self, running: Running, reason: str, exception: str) -> None:
        """End a step as failed, unless one of its retry policies is for this exception."""
        for policy in running.step.body.get("RetryPolicies", []):
            if exception in exceptions(policy) and running.attempts <= policy.get("MaxAttempts", 5):
                factor = policy.get("BackoffRate", 2.0) ** (running.attempts - 1)
                running.again_at = self.services.clock.now() + policy.get("IntervalSeconds", 1) * factor
                return
        self._end(running.step, "Failed", reason)

    def _stop_all(self) -> None:
        for name, (_, arguments) in self.asked.items():
            if self.entries[name]["StepStatus"] == "Executing":
                self.entries[name]["StepStatus"] = "Stopping"
                acting = self.services.as_role(self.record.request.get("RoleArn"))
                pipeline_asked.withdraw(acting, self.record.arn, self.entries[name], arguments)
                self._publish()
        for running in self.running.values():
            if running.entry["StepStatus"] == "Executing" and running.again_at is None:
                running.entry["StepStatus"] = "Stopping"
                kind = JOB_TYPES[running.step.type]
                pipeline_jobs.stop(self.services, kind, running.entry["Metadata"][kind.metadata][kind.arn])
                self._publish()

    def _end(self, step: Step, status: str, reason: str | None = None) -> None:
        entry = self.entries[step.name]
        entry["StepStatus"], entry["EndTime"] = status, self.services.clock.now()
        if reason is not None:
            entry["FailureReason"] = shorten(reason)
        self.running.pop(step.name, None)
        self.failed = self.failed or status == "Failed"
        self._publish()

    def _publish(self) -> None:
        if not self.control.abort.is_set():
            self.record.private["steps"] = [dict(entry) for entry in self.entries.values()]
            self.record.update()

    def _describe(self, name: str) -> Mapping[str, Any]:
        """The properties of a step that has ended."""
        step, entry = self.steps[name], self.entries.get(name)
        if entry is None or "Metadata" not in entry:
            raise ValueFault(f"step {name} did not run")
        if step.type in pipeline_asked.TYPES:
            return pipeline_asked.outputs(step.body, entry)
        if step.type not in JOB_TYPES:
            return {"Outcome": entry["Metadata"].get("Condition", {}).get("Outcome")}
        kind = JOB_TYPES[step.type]
        described = pipeline_jobs.describe(self.services, kind, entry["Metadata"][kind.metadata][kind.arn])
        return {**described, **{name: item for name, item in entry["Metadata"][kind.metadata].items() if name != "Arn"}}

    # -- cache ---------------------------------------------------------------------------------------------------

    def _cache_key(self, running: Running) -> str:
        arguments = {key: item for key, item in running.arguments.items() if key not in ("ExperimentConfig", "Tags")}
        text = json.dumps([running.step.name, running.step.type, arguments], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def _from_cache(self, running: Running) -> bool:
        """Take over the result of an equal step of an earlier execution, if caching allows it."""
        config = running.step.body.get("CacheConfig", {})
        if not config.get("Enabled"):
            return False
        found = self.pipeline.private.get("cache", {}).get(self._cache_key(running))
        if not found:
            return False
        oldest = self.services.clock.now() - duration(config["ExpireAfter"]) if "ExpireAfter" in config else None
        if oldest is not None and found["at"] < oldest:
            return False
        kind = JOB_TYPES[running.step.type]
        try:
            pipeline_jobs.describe(self.services, kind, found["metadata"][kind.metadata][kind.arn])
        except AwsError:
            # The result was deleted since.
            return False
        running.entry["Metadata"] = found["metadata"]
        running.entry["CacheHitResult"] = {"SourcePipelineExecutionArn": found["execution"]}
        running.entry["AttemptCount"] = 0
        self._end(running.step, "Succeeded")
        return True

    def _remember(self, running: Running) -> None:
        if running.step.body.get("CacheConfig", {}).get("Enabled"):
            cache = dict(self.pipeline.private.get("cache", {}))
            cache[self._cache_key(running)] = {
                "execution": self.record.arn,
                "metadata": running.entry["Metadata"],
                "at": self.services.clock.now(),
            }
            self.pipeline.private["cache"] = cache
