"""CloudWatch: what alarms, composite alarms, dashboards and anomaly detectors are refused for, and what is told of them.

Sources beside the API reference: github.com/aws/aws-cdk issues 10540, 13953 and 34662 and pull 37693, github.com/ekristen/aws-nuke issue
462, github.com/cloud-custodian/cloud-custodian issue 7763, github.com/localstack/localstack
tests/aws/services/cloudwatch/test_cloudwatch.snapshot.json (recorded from AWS).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from test_services import alarm, error_of

from aws_local.runtime import alarm_rules

TOPIC = "arn:aws:sns:us-east-1:123456789012:t"
COMPOSITE = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}


def query(name: str, **more: Any) -> dict[str, Any]:
    stat = {"Metric": {"Namespace": "n", "MetricName": name}, "Period": 60, "Stat": "Sum"}
    return {"Id": name, "MetricStat": stat, "ReturnData": False, **more}


def band(**more: Any) -> dict[str, Any]:
    """An alarm on an anomaly detection band."""
    return {
        "AlarmName": "band",
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanUpperThreshold",
        "ThresholdMetricId": "band",
        "Metrics": [query("m1", ReturnData=True), {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"}],
        **more,
    }


def on_math(*queries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An alarm on metric math."""
    return {
        "AlarmName": "math",
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "Metrics": list(queries) or [query("m1"), {"Id": "e1", "Expression": "m1 * 2"}],
        **more,
    }


PROMQL = {
    "AlarmName": "promql",
    "EvaluationCriteria": {"PromQLCriteria": {"Query": "up == 0"}},
    "EvaluationInterval": 60,
}

REFUSED = [
    (alarm("a", ComparisonOperator="LessThanLowerThreshold"), "ComparisonOperators for ranges require ThresholdMetricId to be set"),
    (band(Threshold=1.0), "Threshold and ThresholdMetricId cannot both be set"),
    (band(ThresholdMetricId="m1"), "Threshold metric expression must use ANOMALY_DETECTION_BAND function"),
    (band(ThresholdMetricId="nope"), "nope"),
    (band(AlarmActions=["arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:x"]), "Auto Scaling"),
    (on_math(Unit="Count"), "Unit should not be set if list of Metrics is set."),
    (on_math(Statistic="Sum"), "Statistic should not be set if list of Metrics is set."),
    (on_math(Namespace="n"), "Namespace should not be set"),
    (on_math(Period=60), "Period should not be set"),
    (on_math(query("M1", ReturnData=True)), "M1"),
    (on_math(query("m1", ReturnData=True), query("m1")), "unique"),
    (on_math(query("m1", Expression="1", ReturnData=True)), "MetricStat"),
    (on_math({"Id": "e1", "Expression": "SEARCH('x', 'Sum', 60)"}), "SEARCH"),
    (on_math(*(query(f"m{n}") for n in range(11)), {"Id": "e1", "Expression": "m1"}), "10"),
    ({"AlarmName": "a", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1.0}, "MetricName must not be null"),
    (alarm("a", Statistic=None, ExtendedStatistic="bogus"), "bogus"),
    (alarm("a", Statistic=None, ExtendedStatistic="p101"), "p101"),
    (alarm("a", TreatMissingData="bogus"), "bogus"),
    (alarm("a", EvaluateLowSampleCountPercentile="bogus"), "bogus"),
    (alarm("a", Period=1), "Period"),
    (alarm("a", Period=5), "Period"),
    (alarm("a", EvaluationPeriods=None), "evaluationPeriods"),
    (alarm("a", AlarmActions=["notanarn"]), "notanarn"),
    (alarm("a", OKActions=["arn:aws:sns:eu-west-1:123456789012:t"]), "Invalid region eu-west-1 specified. Only us-east-1 is supported."),
    (alarm("a", Period=60, EvaluationPeriods=1441), "one day"),
    (alarm("a", Period=3600, EvaluationPeriods=169), "seven days"),
    (alarm("a", Period=120, EvaluationWindow={"WallClockWindow": {}}), "WallClockWindow"),
    (alarm("a", EvaluationInterval=60), "EvaluationInterval"),
    ({**PROMQL, "EvaluationInterval": None}, "EvaluationInterval"),
    ({**PROMQL, "EvaluationInterval": 45}, "EvaluationInterval"),
    ({**PROMQL, "Threshold": 1.0}, "Threshold"),
    ({**PROMQL, "MetricName": "m"}, "MetricName"),
]  # fmt: skip


@pytest.mark.parametrize("given, said", REFUSED, ids=lambda each: each if isinstance(each, str) else "")
def test_metric_alarms_that_aws_refuses(aws, given, said):
    cloudwatch = aws.client("cloudwatch", parameter_validation=False)
    error = error_of(lambda: cloudwatch.put_metric_alarm(**{k: v for k, v in given.items() if v is not None}))
    assert error["Code"] == "ValidationError" and said in error["Message"], error


@pytest.mark.parametrize(
    "given",
    [
        alarm("a", Period=10),
        alarm("a", Period=20),
        alarm("a", Statistic=None, ExtendedStatistic="p99.9"),
        alarm("a", Statistic=None, ExtendedStatistic="tm90"),
        alarm("a", Statistic=None, ExtendedStatistic="TM(10%:90%)"),
        band(),
        on_math(),
        PROMQL,
    ],
    ids=str,
)
def test_metric_alarms_that_aws_takes(aws, given):
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(**{k: v for k, v in given.items() if v is not None})
    (found,) = cloudwatch.describe_alarms()["MetricAlarms"]
    # Source: API reference, PutMetricAlarm: PromQL alarms begin in OK, the others without data.
    assert found["StateValue"] == ("OK" if "EvaluationCriteria" in given else "INSUFFICIENT_DATA")
    # Source: API reference, MetricDataQuery.ReturnData: true unless it is false.
    told = {metric["Id"]: metric["ReturnData"] for metric in found.get("Metrics", ())}
    assert told == {metric["Id"]: metric.get("ReturnData", True) for metric in given.get("Metrics", ())}


@pytest.mark.parametrize(
    "rule, said",
    [
        ("()", "[Unsupported token ')' at char 1"),
        (
            '(ALARM("a") OR ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a Oldest Age Alarm))',
            "[Unsupported token 'Oldest' at char 71, must be: ')']",
        ),
        ("ALARM(a) AND", "[Unsupported token '' at char 12"),
        ("(ALARM(a)", "[Unsupported token '' at char 9, must be: ')']"),
        ("foo ALARM(a)", "[Unsupported token 'foo' at char 0"),
        ("ALARM(a) ALARM(a)", "[Unsupported token 'ALARM' at char 9"),
        ("ALARM()", "[Unsupported token ')' at char 6"),
        ('ALARM("a', "[Unsupported token"),
        ("AT_LEAST(0, ALARM, (a))", "[Unsupported token '0' at char 9"),
        ("AT_LEAST(101%, ALARM, (a))", "[Unsupported token '101%' at char 9"),
        ("AT_LEAST(1, SICK, (a))", "[Unsupported token 'SICK' at char 12"),
        ("AT_LEAST(1, ALARM, a)", "[Unsupported token 'a' at char 19, must be: '(']"),
    ],
)
def test_rules_are_parsed_when_they_are_put(aws, rule, said):
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(**alarm("a"))
    error = error_of(lambda: cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule=rule))
    assert error["Code"] == "ValidationError" and error["Message"].startswith("Error in AlarmRule " + said), error


def test_rules_that_are_taken(aws):
    cloudwatch = aws.client("cloudwatch")
    for name in ("a", "b", "two words (1)"):
        cloudwatch.put_metric_alarm(**alarm(name))
    for rule in (
        'ALARM("two words (1)") AND NOT OK(a)',
        "AT_LEAST(2, ALARM, (a, b))",
        "AT_LEAST(50%, NOT OK, (a, arn:aws:cloudwatch:us-east-1:123456789012:alarm:b)) OR FALSE",
        "TRUE",
    ):
        cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule=rule)
        (found,) = cloudwatch.describe_alarms(AlarmNames=["c"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
        assert found["AlarmRule"] == rule
    error = error_of(lambda: cloudwatch.put_composite_alarm(AlarmName="d", AlarmRule="ALARM(y) OR OK(x) OR OK(a)"))
    assert error["Message"] == "Could not save the composite alarm as alarms [x, y] in the alarm rule do not exist"


def test_at_least_counts():
    states = {"a": "ALARM", "b": "ALARM", "c": "OK"}.__getitem__
    for rule, expected in {
        "AT_LEAST(2, ALARM, (a, b, c))": True,
        "AT_LEAST(3, ALARM, (a, b, c))": False,
        "AT_LEAST(60%, ALARM, (a, b, c))": True,
        "AT_LEAST(67%, ALARM, (a, b, c))": False,
        "AT_LEAST(1, NOT ALARM, (a, b, c))": True,
        "AT_LEAST(2, NOT ALARM, (a, b, c))": False,
        "NOT AT_LEAST(3, ALARM, (a, b, c)) AND OK(c)": True,
    }.items():
        parsed = alarm_rules.parse(rule)
        assert (parsed.holds(states), parsed.alarms) == (expected, {"a", "b", "c"}), rule


@pytest.mark.parametrize(
    "wrong",
    [
        {"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]},
        {"ActionsSuppressor": "a"},
        {"ActionsSuppressor": "a", "ActionsSuppressorWaitPeriod": 1},
        {"ActionsSuppressor": "absent", "ActionsSuppressorWaitPeriod": 1, "ActionsSuppressorExtensionPeriod": 1},
    ],
    ids=str,
)
def test_composite_alarms_that_aws_refuses(aws, wrong):
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(**alarm("a"))
    call = lambda: cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(a)", **wrong)  # noqa: E731
    assert error_of(call)["Code"] == "ValidationError"


def test_what_a_composite_alarm_depends_on_cannot_be_deleted(aws):
    cloudwatch = aws.client("cloudwatch")
    for name in "ab":
        cloudwatch.put_metric_alarm(**alarm(name))
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(a) OR ALARM(b)")
    cloudwatch.put_composite_alarm(AlarmName="d", AlarmRule="ALARM(c)")

    def refused(*names: str) -> str:
        error = error_of(lambda: cloudwatch.delete_alarms(AlarmNames=list(names)))
        assert error["Code"] == "ValidationError"
        return error["Message"]

    assert refused("a") == "Cannot delete a as there are composite alarm(s) depending on it."
    assert refused("a", "b") == "Cannot delete a,b as there are composite alarm(s) depending on them."
    assert refused("c") == "Cannot delete c as there are composite alarm(s) depending on it."
    # A cycle holds all its members until one rule no longer names another (API reference, PutCompositeAlarm).
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(d)")
    assert "depending on it" in refused("c") and "depending on it" in refused("d")
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(c)")
    cloudwatch.delete_alarms(AlarmNames=["d"])
    assert "depending on it" in refused("c")
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="FALSE")
    cloudwatch.delete_alarms(AlarmNames=["a", "b", "c"])
    assert aws.control("GET", "inventory")["count"] == 0


def test_alarms_that_do_not_exist_are_no_error_of_a_deletion(aws):
    """github.com/aws-cloudformation/cloudformation-cli issue 456."""
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(**alarm("a", Tags=[{"Key": "k", "Value": "v"}]))
    arn = cloudwatch.describe_alarms()["MetricAlarms"][0]["AlarmArn"]
    assert len(cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]) == 1
    cloudwatch.delete_alarms(AlarmNames=["absent", "a", "gone"])
    cloudwatch.delete_alarms(AlarmNames=["a"])
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
    # Recorded from AWS: list_tags_for_deleted_resource.
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == []


def test_parents_and_children_of_an_alarm(aws):
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(**alarm("a"))
    cloudwatch.put_metric_alarm(**alarm("other"))
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(a)")
    cloudwatch.put_composite_alarm(AlarmName="d", AlarmRule="ALARM(c) OR ALARM(a)")
    arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
    found = cloudwatch.describe_alarms(ParentsOfAlarmName="a")
    assert found["CompositeAlarms"] == [{"AlarmName": name, "AlarmArn": arn + name} for name in "cd"]
    found = cloudwatch.describe_alarms(ChildrenOfAlarmName="d")
    assert [each["AlarmName"] for each in found["MetricAlarms"] + found["CompositeAlarms"]] == ["a", "c"]
    assert set(found["MetricAlarms"][0]) == {"AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp"}
    call = lambda: cloudwatch.describe_alarms(ChildrenOfAlarmName="d", StateValue="OK")  # noqa: E731
    assert error_of(call)["Code"] == "ValidationError"
    assert error_of(lambda: cloudwatch.describe_alarms(NextToken="nonsense"))["Code"] == "InvalidNextToken"


def widget(**properties: Any) -> dict[str, Any]:
    return {"type": "metric", "properties": {"region": "us-east-1", "metrics": [["n", "m"]], **properties}}


@pytest.mark.parametrize(
    "body, messages",
    [
        ([], [("", "Should be object")]),
        ({"widgets": {}}, [("/widgets", "Should be array")]),
        ({"widgets": [{"type": "text"}]}, [("/widgets/0", "Should have required property 'properties'")]),
        ({"widgets": [{"type": "text", "properties": {}}]}, [("/widgets/0/properties", "Should have required property 'markdown'")]),
        ({"widgets": [{**widget(), "width": 99}]}, [("/widgets/0/width", "Should be <= 24")]),
        ({"widgets": [{**widget(), "x": -1}]}, [("/widgets/0/x", "Should be >= 0")]),
        ({"widgets": [{**widget(), "height": "6"}]}, [("/widgets/0/height", "Should be integer")]),
        (
            {"widgets": [widget(), {"type": "metric", "properties": {"region": "us-east-1"}}]},
            [
                ("/widgets/1/properties", "Should have required property 'metrics'"),
                ("/widgets/1/properties", "The metric widget should have specified a region and a data source or an alarm annotation"),
                ("/widgets/1/properties", "Should have required property 'annotations'"),
            ],
        ),
        (
            {"widgets": [widget(metrics=["n", "m"])]},
            [
                (f"/widgets/0/properties/metrics/{index}", text)
                for index in range(2)
                for text in (
                    "Should be array",
                    'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element',
                )
            ],
        ),
        ({"widgets": [widget(metrics=[["n", 1, "d"]])]}, [("/widgets/0/properties/metrics/0", 'Invalid metric field type, only "String" type is allowed')]),
        ({"widgets": [{"type": "metric", "properties": {"metrics": [["n", "m"]]}}]}, [("/widgets/0/properties", "Should have required property 'region'")]),
    ],
)  # fmt: skip
def test_dashboards_that_aws_refuses(aws, body, messages):
    """github.com/aws-samples/aws-eda-slurm-cluster issue 116, github.com/pulumi/pulumi issue 13059."""
    cloudwatch = aws.client("cloudwatch")
    error = error_of(lambda: cloudwatch.put_dashboard(DashboardName="d", DashboardBody=json.dumps(body)))
    assert error["Code"] == "InvalidParameterInput"
    first, _, listed = error["Message"].partition("\n")
    assert first == f"The dashboard body is invalid, there are {len(messages)} validation errors:"
    assert json.loads(listed) == [{"dataPath": path, "message": text} for path, text in messages]
    assert cloudwatch.list_dashboards()["DashboardEntries"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"widgets": []},
        {"widgets": [widget(metrics=[["n", "m", "d", "v", {"stat": "p99"}], [{"expression": "m1 * 2"}], ["..."]])]},
        {"widgets": [{"type": "metric", "properties": {"annotations": {"alarms": ["arn"]}}}]},
        {"widgets": [{"type": "chart", "properties": {"data": {}}}]},
    ],
    ids=str,
)
def test_dashboards_that_aws_takes(aws, body):
    cloudwatch = aws.client("cloudwatch")
    given = cloudwatch.put_dashboard(DashboardName="d-1_A", DashboardBody=json.dumps(body))
    assert given["DashboardValidationMessages"] == []


def test_names_and_deletion_of_dashboards(aws):
    cloudwatch = aws.client("cloudwatch")
    error = error_of(lambda: cloudwatch.put_dashboard(DashboardName="a b", DashboardBody="{}"))
    # Recorded from AWS: test_invalid_dashboard_name.
    assert (error["Code"], error["Message"].strip()) == (
        "InvalidParameterValue",
        "The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).",
    )
    assert (
        error_of(lambda: cloudwatch.put_dashboard(DashboardName="a", DashboardBody="{"))["Code"]
        == "InvalidParameterInput"
    )
    for name in "abc":
        cloudwatch.put_dashboard(DashboardName=name, DashboardBody="{}")
    # Source: API reference, DeleteDashboards: as many as possible.
    error = error_of(lambda: cloudwatch.delete_dashboards(DashboardNames=["a", "absent", "c"]))
    assert error["Code"] == "ResourceNotFound"
    assert [each["DashboardName"] for each in cloudwatch.list_dashboards()["DashboardEntries"]] == ["b"]
    cloudwatch.delete_dashboards(DashboardNames=["b"])
    assert aws.control("GET", "inventory")["count"] == 0


def test_anomaly_detectors(aws):
    cloudwatch = aws.client("cloudwatch")
    metric = {
        "Namespace": "n",
        "MetricName": "m",
        "Stat": "Sum",
        "Dimensions": [{"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}],
    }
    made = cloudwatch.put_anomaly_detector(**metric, Configuration={})
    (found,) = cloudwatch.describe_anomaly_detectors()["AnomalyDetectors"]
    # Recorded from AWS: test_anomaly_detector_lifecycle.
    assert found == {
        "AnomalyDetectorId": made["AnomalyDetectorId"],
        **metric,
        "Configuration": {"ExcludedTimeRanges": []},
        "StateValue": "PENDING_TRAINING",
        "SingleMetricAnomalyDetector": {"AccountId": "123456789012", **metric},
    }
    # The same metric with its dimensions in another order is the same detector, and the configuration is replaced.
    again = {**metric, "Dimensions": metric["Dimensions"][::-1]}
    put = cloudwatch.put_anomaly_detector(SingleMetricAnomalyDetector=again, Configuration={"MetricTimezone": "UTC"})
    assert put["AnomalyDetectorId"] == made["AnomalyDetectorId"]
    (found,) = cloudwatch.describe_anomaly_detectors(Namespace="n", MetricName="m")["AnomalyDetectors"]
    assert found["Configuration"]["MetricTimezone"] == "UTC"
    math = {"MetricDataQueries": [query("m1"), {"Id": "e1", "Expression": "m1 * 2", "ReturnData": True}]}
    made = cloudwatch.put_anomaly_detector(MetricMathAnomalyDetector=math)["AnomalyDetectorId"]
    (found,) = cloudwatch.describe_anomaly_detectors(AnomalyDetectorTypes=["METRIC_MATH"])["AnomalyDetectors"]
    assert found["MetricMathAnomalyDetector"] == math
    short = {"MetricDataQueries": [query("m1"), {"Id": "e1", "Expression": "m1 * 2"}]}
    put = cloudwatch.put_anomaly_detector(MetricMathAnomalyDetector=short)
    assert put["AnomalyDetectorId"] == made, "data is returned unless that is false"
    assert aws.control("GET", "inventory")["count"] == 2
    for call, code in (
        (
            lambda: cloudwatch.put_anomaly_detector(**metric, MetricMathAnomalyDetector=math),
            "InvalidParameterCombination",
        ),
        (lambda: cloudwatch.put_anomaly_detector(Namespace="n", MetricName="m"), "MissingParameter"),
        (lambda: cloudwatch.delete_anomaly_detector(), "MissingParameter"),
        (lambda: cloudwatch.delete_anomaly_detector(**{**metric, "Stat": "Average"}), "ResourceNotFoundException"),
        (lambda: cloudwatch.describe_anomaly_detectors(NextToken="x"), "InvalidNextToken"),
    ):
        assert error_of(call)["Code"] == code
    cloudwatch.delete_anomaly_detector(**again)
    cloudwatch.delete_anomaly_detector(MetricMathAnomalyDetector=math)
    assert aws.control("GET", "inventory")["count"] == 0


def test_tags_of_many_alarms_are_read_by_one_call(aws):
    cloudwatch, tagging = aws.client("cloudwatch"), aws.client("resourcegroupstaggingapi")
    for name in ("a", "b", "c"):
        tags = [] if name == "c" else [{"Key": "k", "Value": name}]
        cloudwatch.put_metric_alarm(**alarm(name, Tags=tags))
    arns = [f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}" for name in ("b", "c", "absent")]
    found = tagging.get_resources(ResourceARNList=arns)["ResourceTagMappingList"]
    assert found == [{"ResourceARN": arns[0], "Tags": [{"Key": "k", "Value": "b"}]}], "what has no tags is not in the index"
    first = tagging.get_resources(ResourceTypeFilters=["cloudwatch:alarm"], ResourcesPerPage=1)
    more = {"PaginationToken": first["PaginationToken"], "ResourcesPerPage": 1}
    second = tagging.get_resources(ResourceTypeFilters=["cloudwatch:alarm"], **more)
    listed = first["ResourceTagMappingList"] + second["ResourceTagMappingList"]
    assert [each["Tags"][0]["Value"] for each in listed] == ["a", "b"] and second["PaginationToken"] == ""
    both = lambda: tagging.get_resources(ResourceARNList=arns, ResourcesPerPage=10)  # noqa: E731
    assert error_of(both)["Code"] == "InvalidParameterException"


def test_tags_of_objects_of_several_services_are_read_by_one_call(aws):
    tagging, tags = aws.client("resourcegroupstaggingapi"), {"owner": "us"}
    pairs = [{"Key": "owner", "Value": "us"}]
    sagemaker = aws.client("sagemaker").create_model_package_group(ModelPackageGroupName="group", Tags=pairs)
    topic = aws.client("sns").create_topic(Name="topic", Tags=pairs)
    aws.client("logs").create_log_group(logGroupName="logs", tags=tags)
    arns = [sagemaker["ModelPackageGroupArn"], topic["TopicArn"], "arn:aws:logs:us-east-1:123456789012:log-group:logs"]
    found = tagging.get_resources(ResourceARNList=arns)["ResourceTagMappingList"]
    assert found == [{"ResourceARN": arn, "Tags": pairs} for arn in sorted(arns)]
    (of_type,) = tagging.get_resources(ResourceTypeFilters=["sns:topic"])["ResourceTagMappingList"]
    assert of_type["ResourceARN"] == topic["TopicArn"]
