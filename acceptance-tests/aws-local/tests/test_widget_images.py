"""GetMetricWidgetImage draws what is there: metrics, thresholds and states."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from matplotlib import image

from aws_local.front import widget_images

from .conftest import Local

DIMENSIONS = [{"Name": "EndpointName", "Value": "digits"}, {"Name": "VariantName", "Value": "main"}]
METRIC = ["AWS/SageMaker", "ModelLatency", "EndpointName", "digits", "VariantName", "main"]
RED = (0xD1 / 255, 0x32 / 255, 0x12 / 255)


def picture(aws: Local, **widget: Any) -> Any:
    """The pixels of a widget."""
    answer = aws.client("cloudwatch").get_metric_widget_image(MetricWidget=json.dumps(widget))
    return image.imread(io.BytesIO(answer["MetricWidgetImage"]), format="png")[:, :, :3]


def has(pixels: Any, colour: tuple[float, float, float]) -> bool:
    """Whether any pixel is nearly of this colour."""
    return bool((abs(pixels - colour).max(axis=2) < 0.1).any())


def test_an_alarm_is_drawn_with_its_state(aws: Local) -> None:
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="slow", Namespace="AWS/SageMaker", MetricName="ModelLatency", Dimensions=DIMENSIONS, Statistic="Maximum",
        Period=60, EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold", Threshold=5, TreatMissingData="notBreaching",
    )  # fmt: skip
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    widget = {"region": "us-east-1", "width": 500, "height": 300, "annotations": {"alarms": [alarm["AlarmArn"]]}}
    calm = picture(aws, **widget)
    assert calm.shape[:2] == (300, 500)
    assert not has(calm, RED), "it is not in ALARM"
    datum = {"MetricName": "ModelLatency", "Dimensions": DIMENSIONS, "Value": 9}
    cloudwatch.put_metric_data(Namespace="AWS/SageMaker", MetricData=[datum])
    # After a pass over the alarms there is none for a moment.
    deadline = time.monotonic() + 20
    while not cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert has(picture(aws, **widget), RED)


def test_metrics_are_found_in_every_way_a_widget_names_them() -> None:
    data = [{"Namespace": "AWS/SageMaker", "MetricName": f"{name}Latency", "Dimensions": DIMENSIONS} for name in ("Model", "Overhead")]
    other = {**data[0], "Dimensions": [DIMENSIONS[0], {"Name": "VariantName", "Value": "other"}]}
    rows = [
        METRIC,
        [".", "OverheadLatency", ".", ".", ".", ".", {"stat": "Sum", "label": "overhead"}],
        ["...", "other", {"period": 300}],
        [{"expression": "row0 + row1", "label": "both"}],
        [{"expression": "SEARCH('{AWS/SageMaker,EndpointName,VariantName} VariantName=\"main\" latency', 'Maximum', 60)"}],
    ]
    found = widget_images.queries({"metrics": rows, "period": 60}, [*data, other])
    shown = [(each.get("Label"), each.get("MetricStat", {}).get("Metric", {}).get("MetricName")) for each in found]
    assert shown == [
        ("ModelLatency", "ModelLatency"),
        ("overhead", "OverheadLatency"),
        ("OverheadLatency", "OverheadLatency"),
        ("both", None),
        ("ModelLatency", "ModelLatency"),
        ("OverheadLatency", "OverheadLatency"),
    ]
    stats = [(each["MetricStat"]["Stat"], each["MetricStat"]["Period"]) for each in found if "MetricStat" in each]
    assert stats == [("Average", 60), ("Sum", 60), ("Average", 300), ("Maximum", 60), ("Maximum", 60)]
    assert found[2]["MetricStat"]["Metric"]["Dimensions"] == other["Dimensions"]


@pytest.mark.parametrize(
    ("widget", "said"),
    [
        ("{", "not valid JSON"),
        ("{}", "neither metrics nor alarms"),
        ('{"metrics": [["AWS/SageMaker"]]}', "namespace, a name"),
        ('{"metrics": [["a", "b"]], "start": "yesterday"}', "'yesterday'"),
        ('{"annotations": {"alarms": ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:none"]}}', "no metric alarm"),
    ],
)
def test_what_is_wrong_is_refused(aws: Local, widget: str, said: str) -> None:
    with pytest.raises(ClientError, match=said) as caught:
        aws.client("cloudwatch").get_metric_widget_image(MetricWidget=widget)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterValue"
