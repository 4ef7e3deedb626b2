"""EventBridge Scheduler at work: schedules invoke their targets when they are due.

Each invocation is made with the schedule's role, at the beginning of a flexible window. What fails is not tried again here: it goes
to the dead-letter queue at once. Sources: EventBridge Scheduler user guide, "Schedule types" (rates begin at the start date or at
once), "Managing targets", "Using universal targets", "Configuring a dead-letter queue", "Monitoring with CloudWatch".
"""

from __future__ import annotations

import datetime
import json
import re
import uuid
import zoneinfo
from typing import Any

from .roles import assumable
from .runtime import schedule_times
from .services import AwsError

PRINCIPAL = "scheduler.amazonaws.com"
UNIVERSAL = re.compile(r"arn:[^:]+:scheduler:::aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)")
AT_A_TIME = 50
"""How many invocations of a schedule are made up for after a leap of the clock."""
_UNITS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}


def plan(schedule: Any, now: float, *, new: bool = False) -> None:
    """Find out when a schedule that was just made or changed is due."""
    schedule.aws_local_due = _next(schedule, now - 0.001 if new else now)


def invoke_due(state: Any) -> None:
    """Invoke what is due in every region."""
    for region, backend in state.moto.existing("scheduler").items():
        for group in list(backend.schedule_groups.values()):
            for schedule in list(group.schedules.values()):
                _invoke_due(state, region, group, schedule)


def _invoke_due(state: Any, region: str, group: Any, schedule: Any) -> None:
    for _ in range(AT_A_TIME):
        due = schedule.__dict__.get("aws_local_due")
        if due is None or due > state.clock.now():
            return
        schedule.aws_local_due = _next(schedule, due)
        if schedule.state == "ENABLED":
            _invoke(state, region, schedule, due)
        if schedule.aws_local_due is None and schedule.action_after_completion == "DELETE":
            group.schedules.pop(schedule.name, None)
    schedule.aws_local_due = _next(schedule, state.clock.now())


def _next(schedule: Any, after: float) -> float | None:
    """When a schedule is due next; None: never again."""
    expression, zone = schedule.schedule_expression, zoneinfo.ZoneInfo(schedule.schedule_expression_timezone)
    kind, _, inner = expression.rstrip(")").partition("(")
    if kind == "at":
        due = datetime.datetime.fromisoformat(inner).replace(tzinfo=zone).timestamp()
        return due if due > after else None
    start = float(schedule.start_date or 0)
    if kind == "rate":
        number, unit = inner.split()
        period, first = int(number) * _UNITS[unit.rstrip("s")], start or schedule.creation_date
        due = first if first > after else first + ((after - first) // period + 1) * period
    else:
        try:
            due = schedule_times.next_time(expression, max(after, start - 0.001), zone)
        except ValueError:
            return None
    return None if schedule.end_date and due > float(schedule.end_date) else due


def _invoke(state: Any, region: str, schedule: Any, due: float) -> None:
    services, target = state.services(region), schedule.target
    _count(services, schedule, "InvocationAttemptCount")
    try:
        if not assumable(state.moto, target["RoleArn"], PRINCIPAL):
            # Source: EventBridge Scheduler user guide, "Configuring a dead-letter queue" (the code); text ours.
            raise AwsError("AccessDeniedException", f"The role {target['RoleArn']} cannot be assumed.")
        service, operation, params = _request(schedule, due)
        services.as_role(target["RoleArn"]).call(service, operation, params)
    except AwsError as error:
        _count(services, schedule, "TargetErrorCount")
        _bury(services, schedule, error)


def _request(schedule: Any, due: float) -> tuple[str, str, dict[str, Any]]:
    """The call that an invocation makes. Raises AwsError."""
    target = schedule.target
    arn, execution = target["Arn"], str(uuid.uuid4())
    if ":sagemaker:" in arn and ":pipeline/" in arn:
        values = (target.get("SageMakerPipelineParameters") or {}).get("PipelineParameterList") or []
        params = {"PipelineName": arn, "PipelineParameters": values, "ClientRequestToken": execution}
        return "sagemaker", "StartPipelineExecution", params
    if found := UNIVERSAL.fullmatch(arn):
        at = datetime.datetime.fromtimestamp(due, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        context = {"schedule-arn": schedule.arn, "scheduled-time": at, "execution-id": execution, "attempt-number": "1"}
        text = re.sub(
            r"<aws\.scheduler\.([a-z-]+)>", lambda m: context.get(m[1], m[0]), target.get("Input") or "{}"
        )
        return found[1], found[2][:1].upper() + found[2][1:], json.loads(text)
    raise AwsError("AwsLocal", f"targets like {arn} are not invoked here")


def bury(services: Any, acting: Any, queue: str, body: str, told: dict[str, str]) -> None:
    """Send to a dead-letter queue what could not be delivered, and why. Raises AwsError."""
    url = services.call("sqs", "GetQueueUrl", {"QueueName": queue.rpartition(":")[2]})["QueueUrl"]
    attributes = {name: {"DataType": "String", "StringValue": text} for name, text in told.items() if text}
    acting.call("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": body, "MessageAttributes": attributes})


def _bury(services: Any, schedule: Any, error: AwsError) -> None:
    queue = (schedule.target.get("DeadLetterConfig") or {}).get("Arn")
    if queue is None:
        return
    told = {"ERROR_CODE": error.code, "ERROR_MESSAGE": error.message, "SCHEDULE_ARN": schedule.arn}
    try:
        body = schedule.target.get("Input") or json.dumps({"target": schedule.target["Arn"]})
        bury(services, services.as_role(schedule.target["RoleArn"]), queue, body, told)
        _count(services, schedule, "InvocationsSentToDeadLetterCount")
    except AwsError:
        _count(services, schedule, "InvocationsFailedToBeSentToDeadLetterCount")


def _count(services: Any, schedule: Any, metric: str) -> None:
    dimensions = [{"Name": "ScheduleGroup", "Value": schedule.group_name}]
    services.put_metric_data("AWS/Scheduler", [{"MetricName": metric, "Dimensions": dimensions, "Value": 1.0}])
