"""EventBridge Scheduler: what a schedule is refused for, its defaults, and groups that take time to go.

Sources: EventBridge Scheduler API reference and user guide; text ours.
"""

from __future__ import annotations

import json
import re
import zoneinfo
from typing import Any

from .. import schedule_expressions
from ..roles import assumable
from ..scheduled import PRINCIPAL, UNIVERSAL, plan
from ..services import AwsError

SERVICE = "scheduler"
_RETRY = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
_READING = re.compile(
    r"get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe"
)
_JSON_TARGETS = ("lambda", "states", "events")


def settle(backend: Any, now: float) -> None:
    """Drop the groups whose deletion is over, with their schedules."""
    for name, group in list(backend.schedule_groups.items()):
        if group.__dict__.get("aws_local_gone", now + 1) <= now:
            del backend.schedule_groups[name]


def _backend(state: Any, call: Any) -> Any:
    backend = state.moto.backend("scheduler", call.region)
    settle(backend, state.clock.now())
    return backend


def _group(state: Any, call: Any) -> Any:
    name = call.params.get("GroupName") or "default"
    group = _backend(state, call).schedule_groups.get(name)
    if group is None:
        # Source: EventBridge Scheduler API reference, CreateSchedule (code); text ours.
        raise AwsError("ResourceNotFoundException", f"Schedule group {name} does not exist.", 404)
    return group


def _invalid(text: str) -> AwsError:
    return AwsError("ValidationException", text)


def _check(state: Any, call: Any) -> None:
    given = call.params
    expression = given["ScheduleExpression"]
    if not schedule_expressions.is_valid(expression):
        # Source: github.com/localstack/localstack tests/aws/services/scheduler/test_scheduler.snapshot.json.
        raise AwsError("ValidationException", f"Invalid Schedule Expression {expression}.")
    timezone = given.get("ScheduleExpressionTimezone")
    if timezone is not None and timezone not in zoneinfo.available_timezones():
        raise _invalid(f"Invalid Schedule Expression Timezone {timezone}.")
    window = given["FlexibleTimeWindow"]
    if (window["Mode"] == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
        raise _invalid(
            "MaximumWindowInMinutes must be set if, and only if, the mode of FlexibleTimeWindow is FLEXIBLE."
        )
    target = given["Target"]
    arn = target["Arn"]
    universal = UNIVERSAL.fullmatch(arn)
    if not re.fullmatch(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", arn) or (":scheduler:" in arn and not universal):
        raise _invalid(f"Provided Arn is not in correct format. {arn}")
    if universal and _READING.match(universal[2]):
        raise _invalid(
            f"The action {universal[2]} is not supported: universal targets only take actions that change something."
        )
    if target.get("Input") is not None and arn.split(":")[2] in _JSON_TARGETS:
        try:
            json.loads(target["Input"])
        except ValueError as error:
            raise _invalid("Input must be well-formed JSON for this target.") from error
    if not assumable(state.moto, target["RoleArn"], PRINCIPAL):
        # Source: github.com/aws/aws-sdk-js-v3 issue 6494.
        raise AwsError(
            "ValidationException",
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
        )


def create(state: Any, call: Any, environ: dict) -> dict[str, Any] | None:
    """CreateSchedule. The same client token again is the same schedule."""
    group = _group(state, call)
    _check(state, call)
    known = group.schedules.get(call.params["Name"])
    if known is None:
        return None
    return {"ScheduleArn": _again(known, call, f"Schedule {known.name} already exists.")}


def _again(known: Any, call: Any, text: str) -> str:
    """The ARN of what exists, if this is the request that made it, repeated."""
    token = call.params.get("ClientToken")
    if token is not None and token == known.__dict__.get("aws_local_token"):
        return known.arn
    # Source: EventBridge Scheduler API reference, CreateSchedule and CreateScheduleGroup (code, status); text ours.
    raise AwsError("ConflictException", text, 409)


def update(state: Any, call: Any, environ: dict) -> None:
    """UpdateSchedule."""
    group = _group(state, call)
    if call.params["Name"] in group.schedules:
        _check(state, call)


def completed(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """CreateSchedule, UpdateSchedule: what the request leaves out has its default, also after an update (API reference)."""
    given = call.params
    schedule = _group(state, call).schedules[given["Name"]]
    schedule.state = given.get("State") or "ENABLED"
    schedule.action_after_completion = given.get("ActionAfterCompletion") or "NONE"
    schedule.target["RetryPolicy"] = {**_RETRY, **(given["Target"].get("RetryPolicy") or {})}
    if call.operation == "CreateSchedule":
        schedule.aws_local_token = given.get("ClientToken")
    plan(schedule, state.clock.now(), new=call.operation == "CreateSchedule")


def create_group(state: Any, call: Any, environ: dict) -> dict[str, Any] | None:
    """CreateScheduleGroup."""
    name = call.params["Name"]
    known = _backend(state, call).schedule_groups.get(name)
    if known is None:
        return None
    return {"ScheduleGroupArn": _again(known, call, f"Schedule group {name} already exists.")}


def created_group(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """CreateScheduleGroup: remember the client token."""
    _backend(state, call).schedule_groups[call.params["Name"]].aws_local_token = call.params.get("ClientToken")


def delete_group(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DeleteScheduleGroup: it is in DELETING until its schedules are gone, too (API reference)."""
    name = call.params["Name"]
    call.params["GroupName"] = name
    group = _group(state, call)
    if name == "default":
        raise _invalid("The default schedule group cannot be deleted.")
    if "aws_local_gone" in group.__dict__:
        # Source: EventBridge Scheduler API reference, DeleteScheduleGroup (code, status); text ours.
        raise AwsError("ConflictException", f"Schedule group {name} is being deleted.", 409)
    group.aws_local_gone = state.clock.now() + state.linger
    return {}


def look(state: Any, call: Any, environ: dict) -> None:
    """Every other operation sees only what is not gone yet."""
    _backend(state, call)


INSTEAD = {
    "CreateSchedule": create,
    "UpdateSchedule": update,
    "CreateScheduleGroup": create_group,
    "DeleteScheduleGroup": delete_group,
    "GetSchedule": look,
    "GetScheduleGroup": look,
    "DeleteSchedule": look,
    "ListSchedules": look,
    "ListScheduleGroups": look,
}
AFTER = {"CreateSchedule": completed, "UpdateSchedule": completed, "CreateScheduleGroup": created_group}
