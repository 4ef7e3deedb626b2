"""Metrics follow the local clock and are told apart by all their dimensions; alarms see them."""

from __future__ import annotations

import datetime
import time

from .conftest import Local

DIMENSIONS = [{"Name": "EndpointName", "Value": "digits"}, {"Name": "VariantName", "Value": "main"}]


def test_metrics_without_a_timestamp_are_of_now(aws: Local) -> None:
    aws.advance(3 * 86400)
    cloudwatch = aws.client("cloudwatch")
    for value in (1, 2):
        datum = {"MetricName": "errors", "Value": value, "Dimensions": DIMENSIONS}
        cloudwatch.put_metric_data(Namespace="clock", MetricData=[datum])
    now = datetime.datetime.fromtimestamp(aws.control("GET", "clock")["now"], datetime.UTC)
    (point,) = cloudwatch.get_metric_statistics(
        Namespace="clock",
        MetricName="errors",
        Dimensions=DIMENSIONS,
        StartTime=now - datetime.timedelta(minutes=5),
        EndTime=now + datetime.timedelta(minutes=5),
        Period=300,
        Statistics=["Sum"],
    )["Datapoints"]
    assert point["Sum"] == 3
    (metric,) = cloudwatch.list_metrics(Namespace="clock")["Metrics"]
    assert metric["Dimensions"] == DIMENSIONS


def test_an_alarm_follows_its_metric(aws: Local) -> None:
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="clock",
        MetricName="errors",
        Dimensions=DIMENSIONS,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=3,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )

    def comes(state: str) -> bool:
        end = time.monotonic() + 10
        while cloudwatch.describe_alarms(AlarmNames=["errors"])["MetricAlarms"][0]["StateValue"] != state:
            assert time.monotonic() < end, f"the alarm does not become {state}"
            time.sleep(0.1)
        return True

    assert comes("OK")
    cloudwatch.put_metric_data(
        Namespace="clock", MetricData=[{"MetricName": "errors", "Value": 3, "Dimensions": DIMENSIONS}]
    )
    assert comes("ALARM")
    aws.advance(600)
    assert comes("OK")
    history = cloudwatch.describe_alarm_history(AlarmName="errors", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    assert len(history) == 3
