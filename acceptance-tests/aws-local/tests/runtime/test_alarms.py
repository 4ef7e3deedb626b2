"""Alarms: missing data as CloudWatch's own tables say, statistics, math, rules, notifications."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aws_local.runtime import alarm_rules, metric_math
from aws_local.runtime.alarm_evaluation import Point, Sample, evaluate, statistic
from aws_local.runtime.alarms import Alarms
from aws_local.services import AwsError

from .fakes import ACCOUNT, REGION, FakeServices

NOW = 1_800_000_000.0
PERIOD = 60


def alarm(**changes: Any) -> dict[str, Any]:
    return {
        "AlarmName": "errors",
        "AlarmArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:errors",
        "Namespace": "AWS/SageMaker",
        "MetricName": "Invocation5XXErrors",
        "Dimensions": [{"Name": "EndpointName", "Value": "digits"}],
        "Statistic": "Sum",
        "Period": PERIOD,
        "EvaluationPeriods": 3,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "StateValue": "INSUFFICIENT_DATA",
        "ActionsEnabled": True,
        **changes,
    }


def state(pattern: str, treat: str, **changes: Any) -> str:
    """State for a pattern of periods, newest last: X breaches, 0 does not, - is missing. `keep` when it is kept."""
    symbols = pattern.split()
    # The newest of the pattern is the last complete period: the current one has no data yet.
    found = [
        Point(NOW // PERIOD * PERIOD - PERIOD * (len(symbols) - index), 5.0 if symbol == "X" else 0.0)
        for index, symbol in enumerate(symbols)
        if symbol != "-"
    ]
    verdict = evaluate(alarm(TreatMissingData=treat, **changes), found, PERIOD, NOW)
    return verdict.state if verdict else "keep"


# CloudWatch user guide, "How alarm state is evaluated when data is missing": datapoints of the evaluation range, and the
# states for missing, ignore, breaching, notBreaching.
THREE_OF_THREE = {
    "0 - X - X": ("OK", "OK", "OK", "OK"),
    "0 - - - -": ("OK", "OK", "OK", "OK"),
    "- - - - -": ("INSUFFICIENT_DATA", "keep", "ALARM", "OK"),
    "0 X X - X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "- - X - -": ("ALARM", "keep", "ALARM", "OK"),
}
TWO_OF_THREE = {
    "0 - X - X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0 0 X 0 X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0 - X - -": ("OK", "OK", "ALARM", "OK"),
    "- - - - 0": ("OK", "OK", "ALARM", "OK"),
    "- - - X -": ("ALARM", "keep", "ALARM", "OK"),
}
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


@pytest.mark.parametrize("pattern", THREE_OF_THREE)
def test_missing_data_three_of_three(pattern: str) -> None:
    assert tuple(state(pattern, treat) for treat in TREATMENTS) == THREE_OF_THREE[pattern]


@pytest.mark.parametrize("pattern", TWO_OF_THREE)
def test_missing_data_two_of_three(pattern: str) -> None:
    assert tuple(state(pattern, treat, DatapointsToAlarm=2) for treat in TREATMENTS) == TWO_OF_THREE[pattern]


def test_reasons() -> None:
    at = NOW // PERIOD * PERIOD
    verdict = evaluate(alarm(EvaluationPeriods=1), [Point(at, 5.0)], PERIOD, NOW)
    assert verdict and verdict.reason == (
        "Threshold Crossed: 1 datapoint [5.0 (15/01/27 08:00:00)] was greater than or equal to the threshold (1.0)"
        " (minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert verdict.data["recentDatapoints"] == [5.0]
    verdict = evaluate(alarm(TreatMissingData="notBreaching"), [], PERIOD, NOW)
    assert verdict and verdict.reason == (
        "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as"
        " [NonBreaching]."
    )
    verdict = evaluate(alarm(), [], PERIOD, NOW)
    assert verdict and verdict.reason == "Insufficient Data: 3 datapoints were unknown."


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("GreaterThanThreshold", 1.0, "OK"),
        ("GreaterThanOrEqualToThreshold", 1.0, "ALARM"),
        ("LessThanThreshold", 0.5, "ALARM"),
        ("LessThanOrEqualToThreshold", 1.5, "OK"),
    ],
)
def test_operators(operator: str, value: float, expected: str) -> None:
    verdict = evaluate(
        alarm(EvaluationPeriods=1, ComparisonOperator=operator), [Point(NOW // PERIOD * PERIOD, value)], PERIOD, NOW
    )
    assert verdict and verdict.state == expected


def test_statistics() -> None:
    samples = [Sample.of(0, value) for value in (1.0, 2.0, 3.0, 4.0)]
    assert statistic(samples, "Sum") == 10 and statistic(samples, "Average") == 2.5
    assert statistic(samples, "SampleCount") == 4
    assert statistic(samples, "Minimum") == 1 and statistic(samples, "Maximum") == 4
    assert statistic(samples, "p50") == 2.5 and statistic(samples, "p100") == 4 and statistic(samples, "p0") == 1
    assert statistic([Sample.of(0, 7, 99), Sample.of(0, 100, 1)], "p90") == 7
    mixed = [Sample(0, 30, 3, 5, 20, exact=False), Sample.of(0, 10)]
    assert statistic(mixed, "Average") == 10 and statistic(mixed, "Maximum") == 20
    assert statistic(mixed, "p50") is None and statistic([], "Sum") is None


def test_low_samples_of_a_percentile() -> None:
    found = [Point(NOW // PERIOD * PERIOD, 5.0, count=50)]
    settings = alarm(EvaluationPeriods=1, ExtendedStatistic="p99", EvaluateLowSampleCountPercentile="ignore")
    settings.pop("Statistic")
    assert evaluate(settings, found, PERIOD, NOW) is None, "p99 needs 1,000 samples"
    settings["EvaluateLowSampleCountPercentile"] = "evaluate"
    verdict = evaluate(settings, found, PERIOD, NOW)
    assert verdict and verdict.state == "ALARM"


MATH: list[tuple[str, Any]] = [
    ("m1 / m2 * 100", {0: 10, 60: 50}),
    ("-m1 + 2 ^ 3", {0: 7, 60: 3}),
    ("SUM([m1, m2])", {0: 11, 60: 15}),
    ("SUM(METRICS())", {0: 11, 60: 15, 120: 3}),
    ("MAX(m1)", {0: 5, 60: 5, 120: 5}),
    ("AVG([m1, m2, m3])", {0: 5.5, 60: 7.5, 120: 3}),
    ("IF(m1 > 2, m1, 0)", {0: 0, 60: 5}),
    ("IF(m1 >= 1 && m2 == 10, 1, 0)", {0: 1, 60: 1}),
    ("FILL(m3, 0) + m1", {0: 1, 60: 5}),
    ("FILL(m1, REPEAT)", {0: 1, 60: 5, 120: 5}),
    ("m1 / (m1 - 1)", {60: 1.25}),
    ("RATE(m1) * PERIOD(m1)", {60: 4}),
    ("DIFF(m1)", {60: 4}),
    ("RUNNING_SUM(m1)", {0: 1, 60: 6}),
    ("ABS(m1 - 3)", {0: 2, 60: 2}),
]


@pytest.mark.parametrize(("expression", "expected"), MATH)
def test_metric_math(expression: str, expected: dict[float, float]) -> None:
    series = {"m1": {0.0: 1.0, 60.0: 5.0}, "m2": {0.0: 10.0, 60.0: 10.0}, "m3": {120.0: 3.0}}
    assert metric_math.compute(expression, series, 60, [0.0, 60.0, 120.0]) == pytest.approx(expected)


@pytest.mark.parametrize("expression", ["m9 + 1", "m1 +", "(m1", "MAGIC(m1)", "m1 $ 2", "[m1, m1]", "m1 m1"])
def test_bad_metric_math(expression: str) -> None:
    with pytest.raises(metric_math.MathFault):
        metric_math.compute(expression, {"m1": {0.0: 1.0}}, 60, [0.0])


RULES = {
    "ALARM(a)": True,
    "OK(a)": False,
    'ALARM("a") AND OK("b")': True,
    'ALARM(a) AND (ALARM(b) OR INSUFFICIENT_DATA("c d"))': True,
    "NOT ALARM(a) OR FALSE": False,
    "TRUE": True,
    "FALSE OR NOT (OK(b) AND ALARM(a))": False,
    f"ALARM(arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:a)": True,
}


@pytest.mark.parametrize("rule", RULES)
def test_rules(rule: str) -> None:
    states = {"a": "ALARM", "b": "OK", "c d": "INSUFFICIENT_DATA"}
    assert alarm_rules.parse(rule).holds(lambda name: states[name]) is RULES[rule]


@pytest.mark.parametrize("rule", ["", "ALARM(a", "ALARM()", "a AND b", "ALARM(a) ALARM(b)", "AND", "NOT"])
def test_bad_rules(rule: str) -> None:
    with pytest.raises(alarm_rules.RuleFault):
        alarm_rules.parse(rule)


class Cloud:
    """CloudWatch and SNS of a fake Services."""

    def __init__(self, services: FakeServices, *alarms: dict[str, Any]):
        self.alarms = {item["AlarmName"]: item for item in alarms}
        self.told: list[dict[str, Any]] = []
        services.handlers |= {"DescribeAlarms": self.describe, "SetAlarmState": self.set, "Publish": self.publish}
        self.services = services
        self.evaluator = Alarms()

    def describe(self, params: dict[str, Any]) -> dict[str, Any]:
        every = [json.loads(json.dumps(item)) for item in self.alarms.values()]
        start = int(params.get("NextToken", 0))
        page = every[start : start + 1]
        more = {"NextToken": str(start + 1)} if start + 1 < len(every) else {}
        return {
            "MetricAlarms": [item for item in page if "AlarmRule" not in item],
            "CompositeAlarms": [item for item in page if "AlarmRule" in item],
            **more,
        }

    def set(self, params: dict[str, Any]) -> dict[str, Any]:
        if params["AlarmName"] not in self.alarms:
            raise AwsError("ResourceNotFound", "gone", 404)
        self.alarms[params["AlarmName"]] |= params
        return {}

    def publish(self, params: dict[str, Any]) -> dict[str, Any]:
        self.told.append(params)
        return {}

    def states(self) -> dict[str, str]:
        self.evaluator._rest.clear()
        self.evaluator.evaluate(self.services)
        return {name: item["StateValue"] for name, item in self.alarms.items()}

    def put(self, value: float, **changes: Any) -> None:
        self.services.put_metric_data(
            "AWS/SageMaker",
            [
                {
                    "MetricName": "Invocation5XXErrors",
                    "Dimensions": [{"Name": "EndpointName", "Value": "digits"}],
                    "Value": value,
                    "Timestamp": self.services.clock.now(),
                    **changes,
                }
            ],
        )


def test_life_of_an_alarm(services: FakeServices) -> None:
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"
    cloud = Cloud(
        services,
        alarm(EvaluationPeriods=1, TreatMissingData="notBreaching", AlarmActions=[topic], OKActions=[topic]),
        {"AlarmName": "any", "AlarmArn": "arn:any", "AlarmRule": "ALARM(errors)", "StateValue": "OK",
         "AlarmActions": [topic]},
        {"AlarmName": "above", "AlarmArn": "arn:above", "AlarmRule": "ALARM(any)", "StateValue": "OK",
         "AlarmActions": [topic], "ActionsEnabled": False},
    )  # fmt: skip
    assert cloud.states() == {"errors": "OK", "any": "OK", "above": "OK"}
    assert [item["Subject"] for item in cloud.told] == [f'OK: "errors" in {REGION}']
    cloud.told.clear()
    cloud.put(1, Dimensions=[{"Name": "EndpointName", "Value": "other"}])
    assert cloud.states()["errors"] == "OK", "other dimensions are another metric"
    cloud.put(1)
    assert cloud.states() == {"errors": "ALARM", "any": "ALARM", "above": "ALARM"}
    first, second = cloud.told
    assert first["TopicArn"] == topic and first["Subject"] == f'ALARM: "errors" in {REGION}'
    told = json.loads(first["Message"])
    assert told["NewStateValue"] == "ALARM" and told["OldStateValue"] == "OK"
    assert told["Trigger"]["MetricName"] == "Invocation5XXErrors" and told["Trigger"]["Statistic"] == "SUM"
    assert json.loads(second["Message"])["AlarmName"] == "any", "actions of a disabled alarm are not carried out"
    cloud.told.clear()
    assert cloud.states()["errors"] == "ALARM" and not cloud.told, "nothing is told twice"
    services.clock.ahead += 600
    assert cloud.states() == {"errors": "OK", "any": "OK", "above": "OK"}


def test_alarm_on_math(services: FakeServices) -> None:
    def metric(name: str) -> dict[str, Any]:
        return {"Metric": {"Namespace": "N", "MetricName": name}, "Period": 60, "Stat": "Sum"}

    settings = {
        "AlarmName": "rate",
        "AlarmArn": "arn:rate",
        "StateValue": "INSUFFICIENT_DATA",
        "EvaluationPeriods": 1,
        "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "Metrics": [
            {"Id": "percent", "Expression": "errors / calls * 100"},
            {"Id": "errors", "MetricStat": metric("Errors"), "ReturnData": False},
            {"Id": "calls", "MetricStat": metric("Calls"), "ReturnData": False},
        ],
    }
    cloud = Cloud(services, settings)
    now = services.clock.now()
    for name, value in {"Errors": 2, "Calls": 20}.items():
        services.put_metric_data("N", [{"MetricName": name, "Value": value, "Timestamp": now}])
    assert cloud.states() == {"rate": "ALARM"}
    settings["Threshold"] = 20.0
    assert cloud.states() == {"rate": "OK"}


def test_suppressed_actions(services: FakeServices) -> None:
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"
    cloud = Cloud(
        services,
        alarm(EvaluationPeriods=1),
        alarm(AlarmName="maintenance", MetricName="None", TreatMissingData="breaching"),
        {"AlarmName": "any", "AlarmArn": "arn:any", "AlarmRule": "ALARM(errors)", "StateValue": "OK",
         "AlarmActions": [topic], "ActionsSuppressor": "maintenance"},
    )  # fmt: skip
    cloud.put(3)
    assert cloud.states() == {"errors": "ALARM", "maintenance": "ALARM", "any": "ALARM"}
    assert cloud.told == []


def test_a_pass_is_not_repeated_too_soon(services: FakeServices) -> None:
    cloud = Cloud(services, alarm())
    cloud.states()
    before = len(services.calls)
    assert cloud.evaluator.evaluate(services) is False
    assert len(services.calls) == before
