"""Monitoring job definitions, schedules, executions, alerts."""

from __future__ import annotations

import re
from typing import Any

from ...services import AwsError
from .. import listing
from ..common import ACK, CODE_ONLY
from ..defaults import below
from ..kind import Kind, Refusal, Step

PENDING = 1.0

# Source: SageMaker developer guide, "Cron expressions for monitoring schedule": hourly, daily, every N hours, NOW.
_EXPRESSIONS = re.compile(
    r"cron\(0 \* \? \* \* \*\)|cron\(0 ([0-9]|1[0-9]|2[0-3])(/([1-9]|1[0-9]|2[0-4]))? \? \* \* \*\)|NOW"
)


def _input(record: Any) -> dict[str, Any]:
    return next((value for member, value in record.request.items() if member.endswith("JobInput")), {})


def endpoint_of(record: Any) -> str | None:
    """The endpoint a definition watches; none for batch transform input."""
    return (_input(record).get("EndpointInput") or {}).get("EndpointName")


def _describe_listed(engine: Any, record: Any, members: dict[str, Any]) -> None:
    """What summaries of definitions show. Their EndpointName is required, and batch transform input has none."""
    members["EndpointName"] = endpoint_of(record) or ""
    members["MonitoringJobDefinitionName"] = record.name
    members["MonitoringJobDefinitionArn"] = record.arn


def _check_definition(engine: Any, region: str, request: dict[str, Any]) -> None:
    given = next(value for member, value in request.items() if member.endswith("JobInput"))
    # Source: API reference, DataQualityJobInput: EndpointInput or BatchTransformInput; text ours.
    if bool(given.get("EndpointInput")) == bool(given.get("BatchTransformInput")):
        raise AwsError("ValidationException", "Specify either EndpointInput or BatchTransformInput.")
    _check_endpoint(engine, region, given)


_HOURLY = "cron(0 * ? * * *)"
_EVERY = re.compile(r"cron\(0 \d+/(\d+) ")


def _check_runtime(config: dict[str, Any], kind: str, definition: dict[str, Any]) -> None:
    """A run ends before the next one. Source: API reference, MonitoringStoppingCondition.MaxRuntimeInSeconds; text ours."""
    expression = (config.get("ScheduleConfig") or {}).get("ScheduleExpression", "")
    most = 24 * 3600
    if found := _EVERY.match(expression):
        most = int(found[1]) * 3600
    elif expression == _HOURLY:
        most = 1800 if kind in ("ModelQuality", "ModelBias") else 3600
    wanted = (definition.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds", 0)
    if wanted > most:
        raise AwsError(
            "ValidationException",
            f"MaxRuntimeInSeconds of {wanted} exceeds the {most} seconds that a {kind} job may take on {expression}.",
        )


def _check_endpoint(engine: Any, region: str, given: dict[str, Any]) -> None:
    """The endpoint an input names must exist."""
    name = (given.get("EndpointInput") or {}).get("EndpointName")
    if name and engine.store.get(region, "Endpoint", (name.lower(),)) is None:
        # Source: github.com/aws/sagemaker-python-sdk issue 4873 (condition); text ours.
        raise AwsError("ValidationException", f"Endpoint '{name}' does not exist or is not valid")


def _delete_definition(engine: Any, record: Any) -> None:
    users = [
        schedule.name
        for schedule in engine.store.all(record.region, "MonitoringSchedule")
        if schedule.request["MonitoringScheduleConfig"].get("MonitoringJobDefinitionName") == record.name
        and schedule.private["type"] + "JobDefinition" == record.kind
    ]
    if users:
        # Source: SageMaker developer guide, model monitor schedules (locked while its schedule exists); text ours.
        raise AwsError(
            "ValidationException", f"Job definition {record.arn} is used by monitoring schedule(s) {', '.join(users)}."
        )


def _definition_of(engine: Any, region: str, config: dict[str, Any]) -> tuple[str, Any]:
    """The monitoring type and, for a named definition, its record."""
    inline, name = config.get("MonitoringJobDefinition"), config.get("MonitoringJobDefinitionName")
    # Source: API reference, MonitoringScheduleConfig; text ours.
    if bool(inline) == bool(name):
        raise AwsError("ValidationException", "Specify either MonitoringJobDefinition or MonitoringJobDefinitionName.")
    if inline:
        return config.get("MonitoringType") or "DataQuality", None
    if not config.get("MonitoringType"):
        raise AwsError("ValidationException", "MonitoringType is required with MonitoringJobDefinitionName.")
    kind = config["MonitoringType"] + "JobDefinition"
    return config["MonitoringType"], engine.locate(kind, region, {"JobDefinitionName": name})


def _check_schedule(engine: Any, region: str, config: dict[str, Any]) -> tuple[str, Any]:
    kind, definition = _definition_of(engine, region, config)
    if config.get("MonitoringJobDefinition"):
        engine.check_role(config["MonitoringJobDefinition"]["RoleArn"], region)
        for given in config["MonitoringJobDefinition"]["MonitoringInputs"]:
            _check_endpoint(engine, region, given)
    expression = (config.get("ScheduleConfig") or {}).get("ScheduleExpression")
    if expression is not None and not _EXPRESSIONS.fullmatch(expression):
        # Source: SageMaker developer guide, "Cron expressions for monitoring schedule"; text ours.
        raise AwsError("ValidationException", f"Unsupported schedule expression {expression}.")
    if expression == "NOW" and not (
        config["ScheduleConfig"].get("DataAnalysisStartTime") and config["ScheduleConfig"].get("DataAnalysisEndTime")
    ):
        # Source: API reference, ScheduleConfig.ScheduleExpression (NOW needs both times); text ours.
        raise AwsError("ValidationException", "DataAnalysisStartTime and DataAnalysisEndTime are required with NOW.")
    _check_runtime(config, kind, config.get("MonitoringJobDefinition") or definition.request)
    return kind, definition


def _before_schedule(engine: Any, region: str, request: dict[str, Any]) -> None:
    _check_schedule(engine, region, request["MonitoringScheduleConfig"])


def _created_schedule(engine: Any, record: Any) -> None:
    _take(engine, record, record.request["MonitoringScheduleConfig"])
    now = engine.clock.now()
    # Every schedule has one alert (SageMaker developer guide, model dashboard alerts); its name is not documented.
    record.private["alerts"] = {
        record.private["type"]: {
            "points": 1,
            "period": 1,
            "created": now,
            "modified": now,
            "status": "OK",
            "history": [],
        }
    }


def _take(engine: Any, record: Any, config: dict[str, Any]) -> None:
    kind, definition = _definition_of(engine, record.region, config)
    record.private["type"] = kind
    if definition is not None:
        endpoint = endpoint_of(definition)
    else:
        inputs = config["MonitoringJobDefinition"].get("MonitoringInputs") or [{}]
        endpoint = (inputs[0].get("EndpointInput") or {}).get("EndpointName")
    record.set(MonitoringType=kind, EndpointName=endpoint)


def _refuse_while_running(engine: Any, record: Any) -> None:
    """No change and no deletion amid an execution.

    Source: ACK's controller for SageMaker, which waits until the last one is neither Pending, InProgress nor Stopping; text
    ours.
    """
    status = next((e["MonitoringExecutionStatus"] for e in record.private.get("executions") or ()), "")
    if status in ("Pending", "InProgress", "Stopping"):
        raise AwsError("ValidationException", f"Monitoring schedule {record.name} has an execution in status {status}")


def _before_update_schedule(engine: Any, record: Any, request: dict[str, Any]) -> None:
    _refuse_while_running(engine, record)
    _check_schedule(engine, record.region, request["MonitoringScheduleConfig"])
    record.private["before"] = record._status


def _updated_schedule(engine: Any, record: Any, request: dict[str, Any]) -> None:
    _take(engine, record, request["MonitoringScheduleConfig"])
    final = "Stopped" if record.private.pop("before", "") == "Stopped" else "Scheduled"
    if not record.private.get("failure"):
        record.plan((Step("Pending", PENDING), Step(final)), engine.clock.now())


def _describe_schedule(engine: Any, record: Any, members: dict[str, Any]) -> None:
    members["MonitoringJobDefinitionName"] = members["MonitoringScheduleConfig"].get("MonitoringJobDefinitionName")
    executions = record.private.get("executions") or ()
    if executions:
        members["LastMonitoringExecutionSummary"] = executions[0]


def _executions(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    name = params.get("MonitoringScheduleName")
    schedules = (
        [engine.locate("MonitoringSchedule", region, params)]
        if name
        else engine.store.all(region, "MonitoringSchedule")
    )
    found = [execution for schedule in schedules for execution in schedule.private.get("executions") or ()]
    for member, value in params.items():
        if member in ("NextToken", "MaxResults", "SortBy", "SortOrder", "MonitoringScheduleName"):
            continue
        for suffix in ("After", "Before"):
            if member.endswith(suffix):
                key, bound = member.removesuffix(suffix), listing.seconds(value)
                later = suffix == "After"
                found = [
                    e for e in found if (listing.seconds(e[key]) >= bound) == later or listing.seconds(e[key]) == bound
                ]
                break
        else:
            names = {"StatusEquals": "MonitoringExecutionStatus", "MonitoringTypeEquals": "MonitoringType"}
            found = [e for e in found if e.get(names.get(member, member)) == value]
    by = {"ScheduledTime": "ScheduledTime", "Status": "MonitoringExecutionStatus"}.get(
        params.get("SortBy", ""), "CreationTime"
    )
    found.sort(key=lambda e: str(e[by]) if by.endswith("Status") else listing.seconds(e[by]))
    if params.get("SortOrder") != "Ascending":
        found.reverse()
    page, token = listing.page(found, params, 10)
    return {"MonitoringExecutionSummaries": page, **({"NextToken": token} if token else {})}


def _alert(engine: Any, region: str, params: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    record = engine.locate("MonitoringSchedule", region, params)
    alert = record.private["alerts"].get(params["MonitoringAlertName"])
    if alert is None:
        # Source: service model (code); text ours.
        raise AwsError(
            "ResourceNotFound", f"Monitoring alert {params['MonitoringAlertName']} of {record.arn} does not exist."
        )
    return record, alert


def _alerts(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("MonitoringSchedule", region, params)
    found = [
        {
            "MonitoringAlertName": name,
            "CreationTime": alert["created"],
            "LastModifiedTime": alert["modified"],
            "AlertStatus": alert["status"],
            "DatapointsToAlert": alert["points"],
            "EvaluationPeriod": alert["period"],
            "Actions": {"ModelDashboardIndicator": {"Enabled": True}},
        }
        for name, alert in record.private["alerts"].items()
    ]
    page, token = listing.page(found, params, 100)
    return {"MonitoringAlertSummaries": page, **({"NextToken": token} if token else {})}


def _update_alert(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record, alert = _alert(engine, region, params)
    if params["DatapointsToAlert"] > params["EvaluationPeriod"]:
        # Source: API reference, UpdateMonitoringAlert; text ours.
        raise AwsError("ValidationException", "DatapointsToAlert must not be greater than EvaluationPeriod.")
    alert.update(points=params["DatapointsToAlert"], period=params["EvaluationPeriod"], modified=engine.clock.now())
    return {"MonitoringScheduleArn": record.arn, "MonitoringAlertName": params["MonitoringAlertName"]}


def _alert_history(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    found = []
    name = params.get("MonitoringScheduleName")
    schedules = (
        [engine.locate("MonitoringSchedule", region, params)]
        if name
        else engine.store.all(region, "MonitoringSchedule")
    )
    for record in schedules:
        for alert_name, alert in record.private["alerts"].items():
            if params.get("MonitoringAlertName") not in (None, alert_name):
                continue
            found += [
                {"MonitoringScheduleName": record.name, "MonitoringAlertName": alert_name, **entry}
                for entry in alert["history"]
                if params.get("StatusEquals") in (None, entry["AlertStatus"])
            ]
    found.sort(key=lambda entry: entry["CreationTime"], reverse=params.get("SortOrder") != "Ascending")
    page, token = listing.page(found, params, 100)
    return {"MonitoringAlertHistory": page, **({"NextToken": token} if token else {})}


_BUSY = Refusal(
    "ValidationException",
    "Monitoring schedule in status {status}",
    "github.com/aws/amazon-sagemaker-examples issue 2342 (DeleteMonitoringSchedule; the other operations by analogy)",
)


# API reference, EndpointInput and BatchTransformInput; terraform-provider-aws, data_quality_job_definition_test.go, and for
# schedules github.com/go-to-k/cdk-real-drift, both read from AWS.
_INPUT: dict[str, Any] = {
    f"{source}?.{member}": value
    for source in ("EndpointInput", "BatchTransformInput")
    for member, value in (("S3InputMode", "File"), ("S3DataDistributionType", "FullyReplicated"))
}
_OUTPUT: dict[str, Any] = {"MonitoringOutputs[].S3Output.S3UploadMode": "EndOfJob"}
_INLINE = "MonitoringScheduleConfig.MonitoringJobDefinition?"


def _definition(name: str, path: str) -> Kind:
    return Kind(
        name=f"{name}JobDefinition",
        key="JobDefinitionName",
        arn=path + "/{JobDefinitionName}",
        arn_member="JobDefinitionArn",
        source="service model: no status member",
        not_found=Refusal("ResourceNotFound", "Job Definition with name {name} does not exist.", ACK),
        duplicate=Refusal("ResourceInUse", "Job Definition with name {name} already exists ({arn})", CODE_ONLY),
        verbs={"List": f"List{name}JobDefinitions"},
        defaults={
            **below(f"{name}JobInput", _INPUT),
            **below(f"{name}JobOutputConfig", _OUTPUT),
            "StoppingCondition.MaxRuntimeInSeconds": 3600,
        },
        special={
            "describe": _describe_listed,
            "before_create": _check_definition,
            "before_delete": _delete_definition,
        },
    )


KINDS = (
    _definition("DataQuality", "data-quality-job-definition"),
    _definition("ModelQuality", "model-quality-job-definition"),
    _definition("ModelBias", "model-bias-job-definition"),
    _definition("ModelExplainability", "model-explainability-job-definition"),
    Kind(
        name="MonitoringSchedule",
        key="MonitoringScheduleName",
        arn="monitoring-schedule/{MonitoringScheduleName}",
        source="service model ScheduleStatus; API reference of DescribeX and DeleteX",
        not_found=Refusal(
            "ResourceNotFound",
            "Monitoring Schedule {arn} not found",
            "github.com/aws/sagemaker-python-sdk pull request 2708",
        ),
        duplicate=Refusal("ResourceInUse", "Monitoring Schedule with name {name} already exists ({arn})", CODE_ONLY),
        status="MonitoringScheduleStatus",
        creating=(Step("Pending", PENDING), Step("Scheduled")),
        updating=(Step("Pending", PENDING), Step("Scheduled")),
        stopping=(Step("Pending", PENDING), Step("Stopped")),
        starting=(Step("Pending", PENDING), Step("Scheduled")),
        update_from=frozenset({"Scheduled", "Stopped", "Failed"}),
        update_busy=_BUSY,
        stop_from=frozenset({"Scheduled"}),
        stop_busy=_BUSY,
        start_from=frozenset({"Stopped"}),
        start_busy=_BUSY,
        delete_from=frozenset({"Scheduled", "Stopped", "Failed"}),
        delete_busy=_BUSY,
        defaults={
            "MonitoringScheduleConfig.MonitoringType": "DataQuality",
            **below(f"{_INLINE}.MonitoringInputs[]", _INPUT),
            **below(f"{_INLINE}.MonitoringOutputConfig", _OUTPUT),
            f"{_INLINE}.StoppingCondition.MaxRuntimeInSeconds": 3600,
        },
        # It is stopped first, and found for a while (github.com/aws/amazon-sagemaker-examples issue 2342 sleeps 120 s).
        deleting_slowly="Pending",
        special={
            "before_create": _before_schedule,
            "created": _created_schedule,
            "before_update": _before_update_schedule,
            "updated": _updated_schedule,
            "before_delete": _refuse_while_running,
            "describe": _describe_schedule,
        },
    ),
)

OPERATIONS = {
    "ListMonitoringExecutions": _executions,
    "ListMonitoringAlerts": _alerts,
    "UpdateMonitoringAlert": _update_alert,
    "ListMonitoringAlertHistory": _alert_history,
}
