"""CloudWatch alarms: metric and composite ones, with pages, history and the states AWS gives them.

Sources: CloudWatch API reference (PutMetricAlarm, PutCompositeAlarm, DescribeAlarms, DeleteAlarms); text ours.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from ..runtime import alarm_rules
from ..sagemaker import listing
from ..services import AwsError
from . import alarm_checks

SERVICE = "cloudwatch"
HISTORY_KEPT = 1000


def alarms_of(backend: Any) -> dict[str, dict[str, Any]]:
    """The alarms of a region, by name. moto's reset empties a back end's members, so they are made when needed."""
    return backend.__dict__.setdefault("aws_local_alarms", {})


_revisions = itertools.count(1)


def _changed(backend: Any) -> None:
    backend.__dict__["aws_local_revision"] = next(_revisions)


def revision_of(backend: Any) -> int:
    """A number that changes, and never comes back, when an alarm of the region is made or deleted."""
    return backend.__dict__.get("aws_local_revision", 0)


def _history_of(backend: Any) -> list[dict[str, Any]]:
    return backend.__dict__.setdefault("aws_local_history", [])


def _remember(state: Any, backend: Any, alarm: dict[str, Any], kind: str, text: str, data: dict[str, Any]) -> None:
    history = _history_of(backend)
    history.append(
        {
            "AlarmName": alarm["AlarmName"],
            "AlarmType": alarm["type"],
            "Timestamp": state.clock.now(),
            "HistoryItemType": kind,
            "HistorySummary": text,
            "HistoryData": json.dumps({"version": "1.0", **data}),
        }
    )
    del history[:-HISTORY_KEPT]


def _validation(text: str) -> AwsError:
    return AwsError("ValidationError", text)


def put_alarm(state: Any, region: str, given: dict[str, Any], kind: str) -> dict[str, Any]:
    """Make or change an alarm that is known to be right."""
    backend = state.moto.backend("cloudwatch", region)
    alarms = alarms_of(backend)
    now = state.clock.now()
    name = given["AlarmName"]
    old = alarms.get(name)
    if old is not None and old["type"] != kind:
        raise _validation(f"An alarm of another type exists with the name {name}.")
    alarm = {
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
        **{member: value for member, value in given.items() if member != "Tags" and value is not None},
        "AlarmArn": f"arn:aws:cloudwatch:{region}:{state.engine.account_id}:alarm:{name}",
        "AlarmConfigurationUpdatedTimestamp": now,
        "type": kind,
    }
    if alarm.get("Metrics"):
        # Source of the default: CloudWatch API reference, MetricDataQuery.
        alarm["Metrics"] = [{"ReturnData": True, **query} for query in alarm["Metrics"]]
    if kind == "MetricAlarm":
        alarm.setdefault("Dimensions", [])
    kept = ("StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
    if old is not None:
        # PutMetricAlarm leaves the state of an existing alarm as it is.
        alarm.update({member: old[member] for member in kept if member in old})
        _remember(state, backend, alarm, "ConfigurationUpdate", f'Alarm "{name}" updated', {"type": "Update"})
    else:
        alarm.update(
            # PromQL alarms begin in OK (API reference, PutMetricAlarm).
            StateValue="OK" if given.get("EvaluationCriteria") else "INSUFFICIENT_DATA",
            StateReason="Unchecked: Initial alarm creation",
            StateUpdatedTimestamp=now,
            StateTransitionedTimestamp=now,
        )
        _remember(state, backend, alarm, "ConfigurationUpdate", f'Alarm "{name}" created', {"type": "Create"})
        if given.get("Tags"):
            backend.tagger.tag_resource(alarm["AlarmArn"], given["Tags"])
    alarms[name] = alarm
    if old is None:
        _changed(backend)
    return {}


def put_metric_alarm(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """PutMetricAlarm."""
    alarm_checks.check_metric_alarm(call.params, call.region)
    return put_alarm(state, call.region, call.params, "MetricAlarm")


def put_composite_alarm(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """PutCompositeAlarm."""
    backend = state.moto.backend("cloudwatch", call.region)
    alarm_checks.check_composite_alarm(call.params, alarms_of(backend), call.region)
    return put_alarm(state, call.region, call.params, "CompositeAlarm")


def _children(alarm: dict[str, Any]) -> frozenset[str]:
    """The alarms that a composite alarm's rule names."""
    return alarm_rules.parse(alarm["AlarmRule"]).alarms if alarm["type"] == "CompositeAlarm" else frozenset()


def _relatives(given: dict[str, Any], alarms: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The children or parents that DescribeAlarms was asked for, with the members that it tells of them (API reference)."""
    besides = sorted(set(given) - {"ChildrenOfAlarmName", "ParentsOfAlarmName", "MaxRecords", "NextToken"})
    if besides or len(given.keys() & {"ChildrenOfAlarmName", "ParentsOfAlarmName"}) > 1:
        raise _validation("ChildrenOfAlarmName and ParentsOfAlarmName can only be used with MaxRecords and NextToken.")
    members = ["type", "AlarmName", "AlarmArn"]
    if "ParentsOfAlarmName" in given:
        found = [alarm for alarm in alarms.values() if given["ParentsOfAlarmName"] in _children(alarm)]
    else:
        members += ["StateValue", "StateUpdatedTimestamp"]
        parent = alarms.get(given["ChildrenOfAlarmName"])
        found = [alarms[name] for name in (_children(parent) if parent else ()) if name in alarms]
    return [{member: alarm[member] for member in members} for alarm in found]


def describe_alarms(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DescribeAlarms: filters, types and pages (50 unless MaxRecords says otherwise)."""
    given = call.params
    if not call.internal:
        state.evaluate_alarms([call.region])
    backend = state.moto.backend("cloudwatch", call.region)
    found = list(alarms_of(backend).values())
    names = given.get("AlarmNames")
    if names is not None and given.get("AlarmNamePrefix"):
        raise _validation("AlarmNames and AlarmNamePrefix cannot be used together.")
    # Without AlarmTypes only metric alarms are answered (API reference, DescribeAlarms.AlarmTypes).
    types = given.get("AlarmTypes") or ["MetricAlarm"]
    if names is not None:
        wanted = set(names)
        found = [alarm for alarm in found if alarm["AlarmName"] in wanted]
    if given.get("AlarmNamePrefix"):
        found = [alarm for alarm in found if alarm["AlarmName"].startswith(given["AlarmNamePrefix"])]
    if given.get("StateValue"):
        found = [alarm for alarm in found if alarm["StateValue"] == given["StateValue"]]
    if given.get("ActionPrefix"):
        found = [
            alarm for alarm in found if any(each.startswith(given["ActionPrefix"]) for each in alarm["AlarmActions"])
        ]
    if given.keys() & {"ChildrenOfAlarmName", "ParentsOfAlarmName"}:
        found, types = _relatives(given, alarms_of(backend)), ["MetricAlarm", "CompositeAlarm"]
    found = sorted((alarm for alarm in found if alarm["type"] in types), key=lambda alarm: alarm["AlarmName"])
    paging = {key: value for key, value in given.items() if key != "MaxRecords"}
    page, token = listing.page(found, {**paging, "MaxResults": given.get("MaxRecords")}, 50, "InvalidNextToken")
    answer: dict[str, Any] = {
        "MetricAlarms": [shown(alarm) for alarm in page if alarm["type"] == "MetricAlarm"],
        "CompositeAlarms": [shown(alarm) for alarm in page if alarm["type"] == "CompositeAlarm"],
    }
    return {**answer, **({"NextToken": token} if token else {})}


def shown(alarm: dict[str, Any]) -> dict[str, Any]:
    """An alarm as the API shows it."""
    return {member: value for member, value in alarm.items() if member != "type"}


def describe_alarms_for_metric(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DescribeAlarmsForMetric."""
    backend = state.moto.backend("cloudwatch", call.region)

    def same(alarm: dict[str, Any]) -> bool:
        for member in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit"):
            if call.params.get(member) is not None and alarm.get(member) != call.params[member]:
                return False
        key = lambda each: each["Name"]  # noqa: E731
        return sorted(alarm.get("Dimensions", []), key=key) == sorted(call.params.get("Dimensions") or [], key=key)

    return {
        "MetricAlarms": [
            shown(alarm) for alarm in alarms_of(backend).values() if alarm["type"] == "MetricAlarm" and same(alarm)
        ]
    }


def delete_alarms(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DeleteAlarms: those that exist, unless a composite alarm that stays depends on one; at most one composite alarm in a call.

    Names that do not exist are no error: API reference, DeleteAlarms; github.com/aws-cloudformation/cloudformation-cli issue 456.
    """
    backend = state.moto.backend("cloudwatch", call.region)
    alarms = alarms_of(backend)
    names = [name for name in dict.fromkeys(call.params["AlarmNames"]) if name in alarms]
    if sum(alarms[name]["type"] == "CompositeAlarm" for name in names) > 1:
        raise _validation("You can delete at most one composite alarm in a call.")
    # An alarm that its own rule names is a cycle, and no member of a cycle can be deleted (API reference, PutCompositeAlarm).
    needed = [
        name
        for name in names
        # A copy: other calls delete and put alarms meanwhile.
        if any(name in _children(other) for key, other in list(alarms.items()) if key not in names or key == name)
    ]
    if needed:
        # Source: github.com/ekristen/aws-nuke issue 462, github.com/cloud-custodian/cloud-custodian issue 7763.
        raise AwsError(
            "ValidationError",
            f"Cannot delete {','.join(needed)} as there are composite alarm(s) depending on {'it' if len(needed) == 1 else 'them'}.",
        )
    drop_alarms(state, call.region, names)
    return {}


def drop_alarms(state: Any, region: str, names: list[str]) -> None:
    """Delete alarms, with their tags; those that do not exist are none of its business."""
    backend = state.moto.backend("cloudwatch", region)
    for name in names:
        alarm = alarms_of(backend).pop(name, None)
        if alarm is not None:
            backend.tagger.delete_all_tags_for_resource(alarm["AlarmArn"])
    _changed(backend)


def set_alarm_state(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """SetAlarmState."""
    backend = state.moto.backend("cloudwatch", call.region)
    alarm = alarms_of(backend).get(call.params["AlarmName"])
    if alarm is None:
        raise AwsError("ResourceNotFound", f"Alarm {call.params['AlarmName']} does not exist", 404)
    if call.params.get("StateReasonData") is not None:
        try:
            json.loads(call.params["StateReasonData"])
        except ValueError as error:
            raise AwsError("InvalidFormat", "StateReasonData is not JSON") from error
    before, now = alarm["StateValue"], state.clock.now()
    alarm.update(
        StateValue=call.params["StateValue"],
        StateReason=call.params["StateReason"],
        StateUpdatedTimestamp=now,
    )
    if call.params.get("StateReasonData") is not None:
        alarm["StateReasonData"] = call.params["StateReasonData"]
    if before != alarm["StateValue"]:
        alarm["StateTransitionedTimestamp"] = now
        _remember(
            state,
            backend,
            alarm,
            "StateUpdate",
            f"Alarm updated from {before} to {alarm['StateValue']}",
            {
                "oldState": {"stateValue": before},
                "newState": {"stateValue": alarm["StateValue"], "stateReason": alarm["StateReason"]},
            },
        )
    return {}


def _actions(enabled: bool) -> Any:
    def switch(state: Any, call: Any, environ: dict) -> dict[str, Any]:
        """EnableAlarmActions, DisableAlarmActions."""
        alarms = alarms_of(state.moto.backend("cloudwatch", call.region))
        for name in call.params["AlarmNames"]:
            if name in alarms:
                alarms[name]["ActionsEnabled"] = enabled
        return {}

    return switch


def describe_history(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DescribeAlarmHistory."""
    given = call.params
    found = list(_history_of(state.moto.backend("cloudwatch", call.region)))
    types = given.get("AlarmTypes") or ["MetricAlarm", "CompositeAlarm"]
    found = [entry for entry in found if entry["AlarmType"] in types]
    for member, key in (("AlarmName", "AlarmName"), ("HistoryItemType", "HistoryItemType")):
        if given.get(member):
            found = [entry for entry in found if entry[key] == given[member]]
    if given.get("StartDate"):
        found = [entry for entry in found if entry["Timestamp"] >= listing.seconds(given["StartDate"])]
    if given.get("EndDate"):
        found = [entry for entry in found if entry["Timestamp"] <= listing.seconds(given["EndDate"])]
    if given.get("ScanBy") != "TimestampAscending":
        found.reverse()
    page, token = listing.page(found, {**given, "MaxResults": given.get("MaxRecords")}, 100, "InvalidNextToken")
    return {"AlarmHistoryItems": page, **({"NextToken": token} if token else {})}


def _tagged(state: Any, call: Any) -> Any:
    """The keeper of tags, if the resource is an alarm or a dashboard that exists; None if it is of another kind.

    moto has neither our alarms nor tags of dashboards.
    """
    arn = call.params["ResourceARN"]
    backend = state.moto.backend("cloudwatch", call.region)
    if ":dashboard/" in arn:
        exists = arn.rpartition("/")[2] in backend.dashboards
    elif ":alarm:" in arn:
        exists = any(alarm["AlarmArn"] == arn for alarm in alarms_of(backend).values())
    else:
        return None
    if not exists:
        # Source of the code: CloudWatch API reference, TagResource.
        raise AwsError("ResourceNotFoundException", f"Unable to find a resource with the ARN {arn}", 404)
    return backend.tagger


def list_tags(state: Any, call: Any, environ: dict) -> dict[str, Any] | None:
    """ListTagsForResource. An alarm that does not exist has no tags.

    Source: github.com/localstack/localstack tests/aws/services/cloudwatch/test_cloudwatch.snapshot.json (list_tags_for_deleted_resource).
    """
    if ":alarm:" in call.params["ResourceARN"]:
        tagger = state.moto.backend("cloudwatch", call.region).tagger
    else:
        tagger = _tagged(state, call)
    return tagger and tagger.list_tags_for_resource(call.params["ResourceARN"])


def tag(state: Any, call: Any, environ: dict) -> dict[str, Any] | None:
    """TagResource."""
    tagger = _tagged(state, call)
    if tagger is None:
        return None
    tagger.tag_resource(call.params["ResourceARN"], call.params["Tags"])
    return {}


def untag(state: Any, call: Any, environ: dict) -> dict[str, Any] | None:
    """UntagResource."""
    tagger = _tagged(state, call)
    if tagger is None:
        return None
    tagger.untag_resource_using_names(call.params["ResourceARN"], call.params["TagKeys"])
    return {}


INSTEAD = {
    "PutMetricAlarm": put_metric_alarm,
    "PutCompositeAlarm": put_composite_alarm,
    "DescribeAlarms": describe_alarms,
    "DescribeAlarmsForMetric": describe_alarms_for_metric,
    "DeleteAlarms": delete_alarms,
    "SetAlarmState": set_alarm_state,
    "EnableAlarmActions": _actions(True),
    "DisableAlarmActions": _actions(False),
    "DescribeAlarmHistory": describe_history,
    "ListTagsForResource": list_tags,
    "TagResource": tag,
    "UntagResource": untag,
}
