"""Monitoring schedules: executions on time, each a processing job over captured data.

Sources: API reference MonitoringScheduleConfig, MonitoringExecutionSummary; developer guide model-monitor-scheduling,
model-monitor-byoc-contract-inputs (environment and paths), model-monitor-model-quality-merge (ground truth).
"""

from __future__ import annotations

import datetime
import json
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_local.services import AwsError, KindHooks, Record, Services

from . import inputs, schedule_times
from .data_capture import timestamp
from .jobs import Jobs, Settings, shorten
from .sandbox import Control

DATA = "/opt/ml/processing/input/endpoint"
TRUTH = "/opt/ml/processing/groundtruth"
BASELINE = "/opt/ml/processing/baseline"
NO_DATA = "Job inputs had no data"
"""Source: FailureReason quoted in github.com/aws/sagemaker-python-sdk issues on monitoring executions."""
VIOLATED = "CompletedWithViolations"
CONFIG = "/opt/ml/processing/input/config"
"""Where a Clarify job finds its configuration (developer guide, clarify-processing-job-configure-parameters)."""
ATTRIBUTES = {
    "InferenceAttribute": "inference_attribute",
    "ProbabilityAttribute": "probability_attribute",
    "ProbabilityThresholdAttribute": "probability_threshold_attribute",
}
"""Members of a monitoring input to variables of the container (SageMaker Python SDK, model_monitoring)."""


@dataclass
class Plan:
    """What one execution does, whichever way the schedule says it."""

    specification: Mapping[str, Any]
    source: Mapping[str, Any]
    output: Mapping[str, Any]
    resources: Mapping[str, Any]
    role: str
    limit: int
    environment: dict[str, str] = field(default_factory=dict)
    baseline: Mapping[str, Any] = field(default_factory=dict)
    truth: str | None = None
    config: str | None = None
    """Where the analysis configuration of a bias or explainability monitor is."""


def plan_of(services: Services, schedule: Record) -> Plan:
    """The plan of a schedule, from its inline definition or the one it names. Raises AwsError."""
    config = schedule.request["MonitoringScheduleConfig"]
    inline = config.get("MonitoringJobDefinition")
    if inline:
        return Plan(
            specification=inline["MonitoringAppSpecification"],
            source=inline["MonitoringInputs"][0],
            output=inline["MonitoringOutputConfig"]["MonitoringOutputs"][0]["S3Output"],
            resources=inline["MonitoringResources"]["ClusterConfig"],
            role=inline["RoleArn"],
            limit=inline.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", 3600),
            environment=dict(inline.get("Environment", {})),
            baseline=inline.get("BaselineConfig", {}),
        )
    kind = config["MonitoringType"]
    body = services.find(f"{kind}JobDefinition", config["MonitoringJobDefinitionName"]).request
    specification = body[f"{kind}AppSpecification"]
    source = body[f"{kind}JobInput"]
    plan = Plan(
        specification=specification,
        source=source,
        output=body[f"{kind}JobOutputConfig"]["MonitoringOutputs"][0]["S3Output"],
        resources=body["JobResources"]["ClusterConfig"],
        role=body["RoleArn"],
        limit=body.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", 3600),
        environment=dict(specification.get("Environment", {})),
        baseline=body.get(f"{kind}BaselineConfig", {}),
    )
    if kind == "ModelQuality":
        plan.environment |= {"analysis_type": "MODEL_QUALITY", "problem_type": specification["ProblemType"]}
    plan.truth = source.get("GroundTruthS3Input", {}).get("S3Uri")
    plan.config = specification.get("ConfigUri")
    data = source.get("EndpointInput") or source.get("BatchTransformInput") or {}
    for member, name in ATTRIBUTES.items():
        if kind != "DataQuality" and member in data:
            plan.environment[name] = str(data[member])
    return plan


class Execution:
    """One execution of a schedule."""

    def __init__(self, services: Services, schedule: Record, scheduled: float, settings: Settings, control: Control):
        self.services, self.schedule, self.scheduled = services, schedule, scheduled
        self.settings, self.control = settings, control
        self.config = schedule.request["MonitoringScheduleConfig"]
        now = services.clock.now()
        self.summary: dict[str, Any] = {
            "MonitoringScheduleName": schedule.name,
            "ScheduledTime": scheduled,
            "CreationTime": now,
            "LastModifiedTime": now,
            "MonitoringExecutionStatus": "Pending",
            "MonitoringType": self.config.get("MonitoringType", "DataQuality"),
        }
        name = self.config.get("MonitoringJobDefinitionName")
        if name:
            self.summary["MonitoringJobDefinitionName"] = name

    def run(self) -> None:
        """Run it; every way to end sets its final status."""
        self._publish()
        try:
            request = self._request()
            if request is None:
                self._set("Failed", FailureReason=NO_DATA)
                return
            answer = self.services.call("sagemaker", "CreateProcessingJob", request)
            job = self.services.find("ProcessingJob", request["ProcessingJobName"])
        except AwsError as error:
            self._set("Failed", FailureReason=shorten(f"ClientError: {error.code}: {error.message}"))
            return
        except (inputs.InputError, ValueError) as error:
            self._set("Failed", FailureReason=shorten(f"ClientError: {error}"))
            return
        job.update(MonitoringScheduleArn=self.schedule.arn)
        self._set("InProgress", ProcessingJobArn=answer["ProcessingJobArn"])
        while job.status in ("InProgress", "Stopping"):
            if self.control.abort.wait(self.settings.tuning_poll_seconds):
                return
        message = job.output.get("ExitMessage", "")
        if job.status == "Completed":
            self._set(VIOLATED if message.startswith(VIOLATED) else "Completed")
        elif job.status == "Stopped":
            self._set("Stopped")
        else:
            self._set("Failed", FailureReason=job.output.get("FailureReason", "the processing job failed"))

    def _set(self, status: str, **members: Any) -> None:
        self.summary |= {"MonitoringExecutionStatus": status, "LastModifiedTime": self.services.clock.now(), **members}
        self._publish()

    def _publish(self) -> None:
        if self.control.abort.is_set():
            return
        # The time alone does not tell two executions apart: NOW may run twice in one second of a slow clock.
        others = [
            item
            for item in self.schedule.private.get("executions", [])
            if (item["CreationTime"], item["ScheduledTime"])
            != (self.summary["CreationTime"], self.summary["ScheduledTime"])
        ]
        self.schedule.private["executions"] = [dict(self.summary), *others]
        self.schedule.update()

    # -- the processing job --------------------------------------------------------------------------------------

    def _request(self) -> dict[str, Any] | None:
        """The CreateProcessingJob request; None when there is no data to look at."""
        plan = plan_of(self.services, self.schedule)
        data = plan.source.get("EndpointInput") or plan.source["BatchTransformInput"]
        start, end = self._window(data)
        endpoint = data.get("EndpointName")
        local = data.get("LocalPath", DATA)
        sources = []
        if endpoint:
            self.summary["EndpointName"] = endpoint
            sources = self._hours(self._captured(endpoint), start, end, local)
            form = {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}
        else:
            sources = self._existing([(data["DataCapturedDestinationS3Uri"], local)])
            form = self._format(data.get("DatasetFormat", {}))
        if not sources:
            return None
        if plan.truth is not None:
            truths = self._hours([plan.truth], start, end, TRUTH)
            if not truths:
                return None
            sources += truths
        output_path = plan.output.get("LocalPath", "/opt/ml/processing/output")
        environment = {
            "publish_cloudwatch_metrics": "Enabled",
            **plan.environment,
            "dataset_format": json.dumps(form),
            "dataset_source": local,
            "output_path": output_path,
            "start_time": timestamp(start),
            "end_time": timestamp(end),
            "sagemaker_monitoring_schedule_name": self.schedule.name,
        }
        if endpoint:
            environment["sagemaker_endpoint_name"] = endpoint
        if plan.truth is not None:
            environment["ground_truth_source"] = TRUTH
        if plan.config is not None:
            sources.append((plan.config, CONFIG))
            environment["analysis_config"] = f"{CONFIG}/{plan.config.rsplit('/', 1)[-1]}"
        for name, uri in self._baseline(plan.baseline, clarify=plan.config is not None).items():
            sources.append((uri, f"{BASELINE}/{name}"))
            environment[f"baseline_{name}"] = f"{BASELINE}/{name}/{uri.rsplit('/', 1)[-1]}"
        when = datetime.datetime.fromtimestamp(self.scheduled, datetime.UTC)
        target = inputs.join_uri(plan.output["S3Uri"], endpoint or "batch", self.schedule.name, f"{when:%Y/%m/%d/%H}")
        specification: dict[str, Any] = {"ImageUri": plan.specification["ImageUri"]}
        for member in ("ContainerEntrypoint", "ContainerArguments"):
            if plan.specification.get(member):
                specification[member] = plan.specification[member]
        return {
            "ProcessingJobName": f"model-monitoring-{when:%Y%m%d%H%M}-{uuid.uuid4().hex[:24]}",
            "RoleArn": plan.role,
            "AppSpecification": specification,
            "Environment": environment,
            "ProcessingResources": {"ClusterConfig": dict(plan.resources)},
            "StoppingCondition": {"MaxRuntimeInSeconds": plan.limit},
            "ProcessingInputs": [
                {
                    "InputName": f"input_{index}",
                    "S3Input": {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"},
                }
                for index, (uri, path) in enumerate(sources, 1)
            ],
            "ProcessingOutputConfig": {
                "Outputs": [
                    {
                        "OutputName": "result",
                        "S3Output": {
                            "S3Uri": target,
                            "LocalPath": output_path,
                            "S3UploadMode": plan.output.get("S3UploadMode", "EndOfJob"),
                        },
                    }
                ]
            },
        }

    def _window(self, data: Mapping[str, Any]) -> tuple[float, float]:
        """The time whose data is looked at: offsets of the input or the schedule, else the time since the last run."""
        schedule = self.config.get("ScheduleConfig", {})
        start = data.get("StartTimeOffset") or schedule.get("DataAnalysisStartTime")
        end = data.get("EndTimeOffset") or schedule.get("DataAnalysisEndTime")
        if start and end:
            return (
                self.scheduled + schedule_times.offset_seconds(start),
                self.scheduled + schedule_times.offset_seconds(end),
            )
        expression = schedule.get("ScheduleExpression", "cron(0 * ? * * *)")
        return self.scheduled - schedule_times.period_seconds(expression, self.scheduled), self.scheduled

    def _captured(self, endpoint: str) -> list[str]:
        """Where the variants of an endpoint capture to."""
        record = self.services.find("Endpoint", endpoint)
        described = self.services.call("sagemaker", "DescribeEndpoint", {"EndpointName": record.name})
        config = described.get("DataCaptureConfig")
        if not config:
            raise ValueError(f"data capture is not enabled on endpoint {endpoint}")
        variants = described.get("ProductionVariants", [])
        return [inputs.join_uri(config["DestinationS3Uri"], record.name, item["VariantName"]) for item in variants]

    def _hours(self, bases: list[str], start: float, end: float, local: str) -> list[tuple[str, str]]:
        wanted = []
        for number, base in enumerate(bases):
            for folder in schedule_times.folders(start, end):
                wanted.append(
                    (inputs.join_uri(base, folder) if folder else base, f"{local}/{number}/{folder}".rstrip("/"))
                )
        return self._existing(wanted)

    def _existing(self, wanted: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(uri, path) for uri, path in wanted if inputs.list_keys(self.services, uri.rstrip("/") + "/")]

    @staticmethod
    def _format(described: Mapping[str, Any]) -> dict[str, Any]:
        if "Json" in described:
            return {"json": {"lines": described["Json"].get("Line", True)}}
        return {"csv": {"header": described.get("Csv", {}).get("Header", False)}}

    def _baseline(self, config: Mapping[str, Any], *, clarify: bool) -> dict[str, str]:
        """URIs of constraints and statistics, named or those a baselining job wrote."""
        found = {}
        for name, member in (("constraints", "ConstraintsResource"), ("statistics", "StatisticsResource")):
            uri = config.get(member, {}).get("S3Uri")
            if uri:
                found[name] = uri
        job = config.get("BaseliningJobName")
        if job and not found:
            request = self.services.find("ProcessingJob", job).request
            base = request["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
            # The result of a Clarify job is what later ones are compared with (clarify-model-monitor-bias-drift-baseline).
            files = (
                {"constraints": "analysis"} if clarify else {"constraints": "constraints", "statistics": "statistics"}
            )
            found = {name: inputs.join_uri(base, f"{file}.json") for name, file in files.items()}
        return found


class Monitoring:
    """The hooks of monitoring schedules. The engine moves their statuses; executions are started here."""

    def __init__(self, jobs: Jobs, settings: Settings, drain: Callable[[], None]):
        """`drain` waits until endpoints have written what they captured."""
        self._jobs, self._settings, self._drain = jobs, settings, drain

    def hooks(self) -> KindHooks:
        return KindHooks(
            on_create=self.begin, on_update=self.begin, on_start=self.begin, on_stop=self.end, on_delete=self.end
        )

    def begin(self, services: Services, record: Record) -> bool:
        """Start waiting for the schedule's times, by what the schedule says now."""
        self._jobs.abort(record.arn)
        self._jobs.start(services, record, lambda control: self._watch(services, record, control))
        return False

    def resume(self, services: Services, record: Record) -> None:
        """Take up a restored schedule; one that was to run once and did is left alone."""
        schedule = record.request["MonitoringScheduleConfig"].get("ScheduleConfig", {})
        if schedule.get("ScheduleExpression", "NOW") != "NOW" or not record.private.get("executions"):
            self.begin(services, record)

    def end(self, services: Services, record: Record) -> bool:
        """Start no more executions."""
        self._jobs.abort(record.arn)
        return False

    def _watch(self, services: Services, record: Record, control: Control) -> None:
        schedule = record.request["MonitoringScheduleConfig"].get("ScheduleConfig", {})
        expression = schedule.get("ScheduleExpression", "NOW")
        if expression == "NOW":
            self._execute(services, record, services.clock.now(), control)
            return
        while not control.abort.is_set():
            due = schedule_times.next_time(expression, services.clock.now())
            if not services.clock.sleep(due - services.clock.now(), control.abort):
                return
            self._execute(services, record, due, control)

    def _execute(self, services: Services, record: Record, due: float, control: Control) -> None:
        self._drain()
        Execution(services, record, due, self._settings, control).run()
        if not control.abort.is_set():
            update_alerts(services, record)


_alert_lock = threading.Lock()


def update_alerts(services: Services, schedule: Record) -> None:
    """Set the state of a schedule's alerts from its last executions (API reference, UpdateMonitoringAlert)."""
    with _alert_lock:
        alerts = {name: dict(alert) for name, alert in schedule.private.get("alerts", {}).items()}
        executions = schedule.private.get("executions", [])
        for alert in alerts.values():
            last = [item["MonitoringExecutionStatus"] for item in executions[: alert["period"]]]
            status = "InAlert" if last.count(VIOLATED) >= alert["points"] else "OK"
            if status != alert["status"]:
                entry = {"CreationTime": services.clock.now(), "AlertStatus": status}
                alert |= {"status": status, "history": [*alert["history"], entry]}
        schedule.private["alerts"] = alerts
