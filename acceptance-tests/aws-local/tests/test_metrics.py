"""Metrics follow the local clock and are told apart by all their dimensions; alarms see them."""

from __future__ import annotations

import datetime
import http.server
import json
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

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


def test_metric_data_is_computed_with(aws: Local) -> None:
    cloudwatch = aws.client("cloudwatch")
    now = datetime.datetime.fromtimestamp(aws.control("GET", "clock")["now"], datetime.UTC)
    hour = now.replace(minute=0, second=0, microsecond=0)
    for minutes, value in ((0, 1), (1, 3), (2, 5), (-60, 10), (60, 100)):
        at = hour + datetime.timedelta(minutes=minutes)
        cloudwatch.put_metric_data(Namespace="math", MetricData=[{"MetricName": "m", "Value": value, "Timestamp": at}])

    def query(name: str, stat: str, returned: bool = True) -> dict:
        metric = {"Namespace": "math", "MetricName": "m"}
        return {"Id": name, "MetricStat": {"Metric": metric, "Period": 3600, "Stat": stat}, "ReturnData": returned}

    def data(*queries: dict, **more: str) -> dict:
        # It begins within the period before, which counts whole; what is at its end does not count.
        start, end = hour - datetime.timedelta(minutes=30), hour + datetime.timedelta(minutes=60)
        answer = cloudwatch.get_metric_data(MetricDataQueries=list(queries), StartTime=start, EndTime=end, **more)
        return {each["Id"]: (each["Label"], each["Values"]) for each in answer["MetricDataResults"]}

    assert data(query("a", "Sum"), query("b", "p50")) == {"a": ("m", [9, 10]), "b": ("m", [3, 10])}
    oldest_first = data(query("a", "Sum"), ScanBy="TimestampAscending")
    assert oldest_first == {"a": ("m", [10, 9])}
    computed = {"Id": "e", "Expression": "a / n", "Label": "mean"}
    assert data(computed, query("a", "Sum", False), query("n", "SampleCount", False)) == {"e": ("mean", [3, 10])}
    for wrong in ({"Id": "e", "Expression": "absent * 2"}, {"Id": "e", "Expression": "(a"}):
        with pytest.raises(ClientError, match="ValidationError"):
            data(query("a", "Sum"), wrong)


def test_an_alarm_is_evaluated_although_another_was_before_it(aws: Local) -> None:
    cloudwatch = aws.client("cloudwatch")

    def put(name: str) -> None:
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="clock",
            MetricName="errors",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=3,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
        )
        end = time.monotonic() + 10
        while cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"] != "OK":
            assert time.monotonic() < end, f"the alarm {name} is not evaluated"
            time.sleep(0.1)

    # The clock stands still meanwhile, and there is always one alarm.
    put("first")
    cloudwatch.delete_alarms(AlarmNames=["first"])
    put("second")


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


def test_an_alarm_tells_the_subscribers_of_its_topic(aws: Local) -> None:
    told: list[dict] = []

    class Subscriber(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Subscriber)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sns, cloudwatch = aws.client("sns"), aws.client("cloudwatch")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://127.0.0.1:{server.server_port}/")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="clock",
        MetricName="errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[topic],
    )
    cloudwatch.put_metric_data(Namespace="clock", MetricData=[{"MetricName": "errors", "Value": 2}])
    end = time.monotonic() + 10
    while not told and time.monotonic() < end:
        cloudwatch.describe_alarms(AlarmNames=["errors"])
        time.sleep(0.1)
    server.shutdown()
    (notification,) = told
    assert notification["TopicArn"] == topic
    message = json.loads(notification["Message"])
    assert (message["AlarmName"], message["NewStateValue"]) == ("errors", "ALARM")


def test_dashboards_have_tags(aws: Local) -> None:
    """CloudWatch API reference, PutDashboard: tags count when a dashboard is created; TagResource: alarms and dashboards."""
    cloudwatch = aws.client("cloudwatch")

    def put(**more: Any) -> str:
        cloudwatch.put_dashboard(DashboardName="tagged", DashboardBody='{"widgets":[]}', **more)
        return cloudwatch.get_dashboard(DashboardName="tagged")["DashboardArn"]

    def tags(arn: str) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]}

    arn = put(Tags=[{"Key": "a", "Value": "1"}])
    put(Tags=[{"Key": "b", "Value": "2"}])
    assert tags(arn) == {"a": "1"}
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "c", "Value": "3"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert tags(arn) == {"c": "3"}
    cloudwatch.delete_dashboards(DashboardNames=["tagged"])
    with pytest.raises(ClientError, match="ResourceNotFound"):
        cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "c", "Value": "3"}])
    assert tags(put()) == {}
    aws.advance(86400)
    put()
    (entry,) = cloudwatch.list_dashboards(DashboardNamePrefix="tagged")["DashboardEntries"]
    now = datetime.datetime.fromtimestamp(aws.control("GET", "clock")["now"], datetime.UTC)
    assert abs(entry["LastModified"] - now) < datetime.timedelta(seconds=5)
