"""Bringing alarms up to date: reading their data, setting their state, telling their topics.

Sources: CloudWatch user guide AlarmThatSendsEmail, Create_Composite_Alarm; format of notifications: the user guide and
public examples of CloudWatch messages to Amazon SNS.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from aws_local.services import AwsError, Services

from . import alarm_evaluation, alarm_rules, metric_math
from .alarm_evaluation import ALARM, INSUFFICIENT, OK, Point, Sample, Verdict

log = logging.getLogger(__name__)

REST_FACTOR = 20
"""A pass that took t seconds is not repeated for this many t, so that thousands of alarms do not starve everything."""
LONGEST_REST_SECONDS = 0.5
REST_PER_ALARM_SECONDS = 0.005
"""Bounds of that pause, so that one slow pass (the first one loads much) does not hold up a few alarms."""
PAGE = 100
Key = tuple[str, str, frozenset[tuple[str, str]]]
ACTIONS = {ALARM: "AlarmActions", OK: "OKActions", INSUFFICIENT: "InsufficientDataActions"}


def key_of(metric: Mapping[str, Any]) -> Key:
    """A metric's identity: namespace, name and exactly its dimensions."""
    dimensions = frozenset((item["Name"], item["Value"]) for item in metric.get("Dimensions", []))
    return metric["Namespace"], metric["MetricName"], dimensions


def sample_of(datum: Mapping[str, Any]) -> Sample:
    """A datum as PutMetricData takes it."""
    unit = datum.get("Unit", "None")
    if "StatisticValues" in datum:
        values = datum["StatisticValues"]
        return Sample(
            datum["Timestamp"], values["Sum"], values["SampleCount"], values["Minimum"], values["Maximum"], False, unit
        )
    return Sample.of(datum["Timestamp"], datum["Value"], 1, unit)


class Data:
    """The samples of a region, by metric."""

    def __init__(self, data: list[dict[str, Any]]):
        self._samples: dict[Key, list[Sample]] = {}
        for datum in data:
            self._samples.setdefault(key_of(datum), []).append(sample_of(datum))

    def samples(self, metric: Mapping[str, Any], unit: str | None) -> list[Sample]:
        """All samples of a metric, of one unit if one is given."""
        found = self._samples.get(key_of(metric), [])
        return [sample for sample in found if sample.unit == unit] if unit else found


def period_of(alarm: Mapping[str, Any]) -> int:
    """The length of an alarm's periods, in seconds."""
    if "Metrics" in alarm:
        periods = [item["MetricStat"]["Period"] for item in alarm["Metrics"] if "MetricStat" in item]
        periods += [item["Period"] for item in alarm["Metrics"] if "Period" in item]
        return max(periods, default=60)
    return int(alarm["Period"])


def read_points(alarm: Mapping[str, Any], data: Data, now: float) -> list[Point]:
    """The periods an alarm is about that have data. Raises MathFault."""
    period = period_of(alarm)
    start, end = alarm_evaluation.span(alarm, period, now)
    if "Metrics" not in alarm:
        name = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        return alarm_evaluation.points(data.samples(alarm, alarm.get("Unit")), name, period, start, end)
    series = series_of(alarm["Metrics"], data, period, start, end)
    returned = [series[item["Id"]] for item in alarm["Metrics"] if item.get("ReturnData", True)]
    return [Point(at, value) for found in returned[-1:] for at, value in sorted(found.items())]


def series_of(
    queries: list[dict[str, Any]], data: Data, period: int, start: float, end: float
) -> dict[str, metric_math.Series]:
    """Every one of an alarm's `Metrics`, or of GetMetricData's queries, by its id. Raises MathFault."""
    series: dict[str, metric_math.Series] = {}
    times = [start + period * index for index in range(int((end - start) // period) + 1)]
    waiting = list(queries)
    while waiting:
        ready = [item for item in waiting if "MetricStat" in item or not _needs(item, waiting)]
        if not ready:
            raise metric_math.MathFault("the expressions refer to each other in a circle")
        for item in ready:
            waiting.remove(item)
            if "MetricStat" in item:
                stat = item["MetricStat"]
                samples = data.samples(stat["Metric"], stat.get("Unit"))
                found = alarm_evaluation.points(samples, stat["Stat"], stat["Period"], start, end)
                series[item["Id"]] = {point.at: point.value for point in found}
            else:
                series[item["Id"]] = metric_math.compute(item["Expression"], series, period, times)
    return series


def _needs(item: Mapping[str, Any], waiting: list[Any]) -> bool:
    """Whether an expression reads something that is not computed yet."""
    text = item["Expression"]
    everything = "METRICS(" in text.upper()
    return any(
        other is not item and ("MetricStat" in other if everything else other["Id"] in text) for other in waiting
    )


class Alarms:
    """Evaluates all alarms of a region, not more often than it can afford."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rest: dict[str, float] = {}

    def evaluate(self, services: Services) -> bool:
        """Bring every alarm of the region up to date. False, at once, when a pass is under way or was just made."""
        if time.monotonic() < self._rest.get(services.region, 0.0) or not self._lock.acquire(blocking=False):
            return False
        begun, number = time.monotonic(), 0
        try:
            number = self._pass(services)
        finally:
            now = time.monotonic()
            longest = LONGEST_REST_SECONDS + number * REST_PER_ALARM_SECONDS
            self._rest[services.region] = now + min((now - begun) * REST_FACTOR, longest)
            self._lock.release()
        return True

    def _pass(self, services: Services) -> int:
        """Evaluate all alarms; returns how many there are."""
        metric, composite = self._all(services)
        now = services.clock.now()
        oldest = min(
            (alarm_evaluation.span(alarm, period_of(alarm), now)[0] for alarm in metric if "Threshold" in alarm),
            default=now,
        )
        data = Data(services.metric_data(oldest))
        states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in (*metric, *composite)}
        for alarm in metric:
            # Anomaly detection bands (ThresholdMetricId) are not computed here: such an alarm keeps its state.
            if "Threshold" not in alarm:
                continue
            try:
                found = read_points(alarm, data, now)
            except metric_math.MathFault as error:
                log.warning("alarm %s: %s", alarm["AlarmName"], error)
                continue
            verdict = alarm_evaluation.evaluate(alarm, found, period_of(alarm), now)
            if verdict is not None and verdict.state != alarm["StateValue"]:
                states[alarm["AlarmName"]] = verdict.state
                self._change(services, alarm, verdict, now, suppressed=False)
        self._composites(services, composite, states, now)
        return len(metric) + len(composite)

    @staticmethod
    def _all(services: Services) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        metric: list[dict[str, Any]] = []
        composite: list[dict[str, Any]] = []
        params: dict[str, Any] = {"MaxRecords": PAGE, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
        while True:
            page = services.call("cloudwatch", "DescribeAlarms", params)
            metric += page.get("MetricAlarms", [])
            composite += page.get("CompositeAlarms", [])
            if not page.get("NextToken"):
                return metric, composite
            params["NextToken"] = page["NextToken"]

    def _composites(self, services: Services, alarms: list[dict[str, Any]], states: dict[str, str], now: float) -> None:
        """Evaluate composite alarms; one may read others, so changes are followed until nothing changes."""
        changed: dict[str, dict[str, Any]] = {}
        for _ in range(len(alarms) + 1):
            again = False
            for alarm in alarms:
                name = alarm["AlarmName"]
                try:
                    rule = alarm_rules.parse(alarm["AlarmRule"])
                except alarm_rules.RuleFault as error:
                    log.warning("composite alarm %s: %s", name, error)
                    continue
                state = ALARM if rule.holds(lambda other: states.get(other, INSUFFICIENT)) else OK
                if state != states[name]:
                    states[name], changed[name], again = state, alarm, True
            if not again:
                break
        for name, alarm in changed.items():
            if states[name] != alarm["StateValue"]:
                text = f"{alarm['AlarmRule']} evaluated to {'TRUE' if states[name] == ALARM else 'FALSE'}"
                verdict = Verdict(states[name], text, {"triggeringAlarms": []})
                suppressor = alarm.get("ActionsSuppressor")
                held = suppressor is not None and states.get(alarm_rules.name_of(suppressor)) == ALARM
                self._change(services, alarm, verdict, now, suppressed=held)

    def _change(
        self, services: Services, alarm: Mapping[str, Any], verdict: Verdict, now: float, *, suppressed: bool
    ) -> None:
        """Set the state and tell the topics."""
        try:
            services.call(
                "cloudwatch",
                "SetAlarmState",
                {
                    "AlarmName": alarm["AlarmName"],
                    "StateValue": verdict.state,
                    "StateReason": verdict.reason[:1023],
                    "StateReasonData": json.dumps(verdict.data),
                },
            )
        except AwsError as error:
            # It was deleted while it was looked at.
            log.debug("alarm %s: %s", alarm["AlarmName"], error)
            return
        if not alarm.get("ActionsEnabled", True) or suppressed:
            return
        for action in alarm.get(ACTIONS[verdict.state], []):
            if action.startswith("arn:aws:sns:"):
                self._notify(services, action, alarm, verdict, now)
            else:
                log.info("alarm %s: the action %s is not carried out here", alarm["AlarmName"], action)

    @staticmethod
    def _notify(services: Services, topic: str, alarm: Mapping[str, Any], verdict: Verdict, now: float) -> None:
        subject = f'{verdict.state}: "{alarm["AlarmName"]}" in {services.region}'
        # SNS refuses subjects of more than 100 characters.
        params = {
            "TopicArn": topic,
            "Subject": subject[:100],
            "Message": json.dumps(message(services, alarm, verdict, now)),
        }
        try:
            services.for_region(topic.split(":")[3]).call("sns", "Publish", params)
        except AwsError as error:
            log.warning("alarm %s: cannot publish to %s: %s", alarm["AlarmName"], topic, error)


def message(services: Services, alarm: Mapping[str, Any], verdict: Verdict, now: float) -> dict[str, Any]:
    """What a topic is told."""
    told: dict[str, Any] = {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription"),
        "AWSAccountId": services.account_id,
        "NewStateValue": verdict.state,
        "NewStateReason": verdict.reason,
        "StateChangeTime": alarm_evaluation.stamp(now),
        "Region": services.region,
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": alarm["StateValue"],
        "OKActions": alarm.get("OKActions", []),
        "AlarmActions": alarm.get("AlarmActions", []),
        "InsufficientDataActions": alarm.get("InsufficientDataActions", []),
    }
    if "AlarmRule" in alarm:
        return {**told, "AlarmRule": alarm["AlarmRule"]}
    trigger: dict[str, Any] = {
        "Period": period_of(alarm),
        "EvaluationPeriods": alarm["EvaluationPeriods"],
        "ComparisonOperator": alarm["ComparisonOperator"],
        "Threshold": alarm["Threshold"],
        "TreatMissingData": alarm.get("TreatMissingData", "missing"),
        "EvaluateLowSampleCountPercentile": alarm.get("EvaluateLowSampleCountPercentile", ""),
    }
    if "DatapointsToAlarm" in alarm:
        trigger["DatapointsToAlarm"] = alarm["DatapointsToAlarm"]
    if "Metrics" in alarm:
        trigger["Metrics"] = alarm["Metrics"]
    else:
        simple = alarm.get("Statistic")
        trigger |= {
            "MetricName": alarm["MetricName"],
            "Namespace": alarm["Namespace"],
            "StatisticType": "Statistic" if simple else "ExtendedStatistic",
            "Statistic": simple.upper() if simple else alarm["ExtendedStatistic"],
            "Unit": alarm.get("Unit"),
            "Dimensions": [{"value": item["Value"], "name": item["Name"]} for item in alarm.get("Dimensions", [])],
        }
    return {**told, "Trigger": trigger}
