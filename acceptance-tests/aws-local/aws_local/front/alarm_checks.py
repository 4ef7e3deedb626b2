"""What CloudWatch refuses in PutMetricAlarm and PutCompositeAlarm.

Sources: CloudWatch API reference (PutMetricAlarm, MetricDataQuery, PutCompositeAlarm); text ours.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any

from .. import model
from ..runtime import alarm_rules
from ..services import AwsError
from ..validate import pattern, summary

_ONE_METRIC = ("MetricName", "Namespace", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")
_EVALUATION = (
    "Metrics",
    "Threshold",
    "ComparisonOperator",
    "ThresholdMetricId",
    "EvaluationPeriods",
    "DatapointsToAlarm",
)
_VALUES = {
    "TreatMissingData": ("breaching", "notBreaching", "ignore", "missing"),
    "EvaluateLowSampleCountPercentile": ("evaluate", "ignore"),
}
_RANGES = ("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold")
ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")
_OF_COMPOSITE_ALARMS = ("sns", "lambda", "ssm", "ssm-incidents", "aiops")
_ID = re.compile(r"[a-z][A-Za-z0-9_]*")
MOST_METRICS, MOST_CHILDREN = 10, 100
HOUR, DAY, LONGEST_SECONDS = 3600, 86400, 7 * 86400
WALL_CLOCK = (60, 300, HOUR, DAY, LONGEST_SECONDS)
"""Periods that a wall clock window takes (API reference, WallClockWindow)."""


def _refusal(text: str) -> AwsError:
    return AwsError("ValidationError", text)


def _missing(member: str) -> AwsError:
    path = member[:1].lower() + member[1:]
    return _refusal(
        summary([f"Value null at '{path}' failed to satisfy constraint: Member must not be null"]),
    )


def check_metric_alarm(given: dict[str, Any], region: str) -> None:
    """PutMetricAlarm in a region. Raises AwsError ValidationError."""
    for member, values in _VALUES.items():
        if given.get(member) is not None and given[member] not in values:
            raise _refusal(f"{member} must be one of {', '.join(values)}; it is {given[member]}.")
    _check_actions(given, region)
    if given.get("EvaluationCriteria"):
        _check_promql(given)
        return
    if given.get("EvaluationInterval") is not None:
        raise _refusal("EvaluationInterval can only be set together with EvaluationCriteria.")
    for member in ("EvaluationPeriods", "ComparisonOperator"):
        if given.get(member) is None:
            raise _missing(member)
    if given.get("Metrics"):
        _check_queries(given)
    else:
        _check_one_metric(given)
    if "WallClockWindow" in given.get("EvaluationWindow", {}) and given.get("Period", 60) not in WALL_CLOCK:
        raise _refusal(f"Period must be one of {WALL_CLOCK} with a WallClockWindow.")
    if given.get("DatapointsToAlarm", 1) > given["EvaluationPeriods"]:
        raise _refusal("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")
    _check_threshold(given)


def _check_promql(given: dict[str, Any]) -> None:
    both = [member for member in (*_ONE_METRIC, *_EVALUATION) if given.get(member) is not None]
    if both:
        raise _refusal(f"{both[0]} should not be set if EvaluationCriteria is set.")
    interval = given.get("EvaluationInterval")
    if interval is None:
        raise _refusal("EvaluationInterval is required with EvaluationCriteria.")
    if not _is_period(interval):
        raise _refusal("EvaluationInterval must be 10, 20, 30 or a multiple of 60.")


def _check_one_metric(given: dict[str, Any]) -> None:
    for member in ("MetricName", "Namespace"):
        if not given.get(member):
            # Source: github.com/aws-cloudformation/cfn-lint pull 771.
            raise AwsError("ValidationError", f"{member} must not be null")
    if bool(given.get("Statistic")) == bool(given.get("ExtendedStatistic")):
        raise _refusal("Exactly one of Statistic and ExtendedStatistic must be given.")
    extended = given.get("ExtendedStatistic")
    if extended and not _is_statistic(extended):
        raise _refusal(f"The value {extended} for parameter ExtendedStatistic is not supported.")
    period = given.get("Period")
    if period is None:
        raise _refusal("Period is required unless Metrics is given.")
    if not _is_period(period):
        raise _refusal("Period must be 10, 20, 30 or a multiple of 60.")
    if period * given["EvaluationPeriods"] > LONGEST_SECONDS:
        raise _refusal("EvaluationPeriods multiplied by Period must not exceed seven days.")
    if period < HOUR and period * given["EvaluationPeriods"] > DAY:
        raise _refusal("EvaluationPeriods multiplied by Period must not exceed one day where Period is less than an hour.")


def _is_period(seconds: int) -> bool:
    return seconds in (10, 20, 30) or seconds % 60 == 0


def _is_statistic(text: str) -> bool:
    """Whether CloudWatch has such a statistic: the service model says it where it describes anomaly detectors."""
    shape = model.service_model("cloudwatch").shape_for("AnomalyDetectorMetricStat")
    return bool(pattern(f"(?i:{shape.metadata['pattern']})").fullmatch(text))


def _check_queries(given: dict[str, Any]) -> None:
    for member in _ONE_METRIC:
        if given.get(member) is not None:
            # Source: github.com/cloudtools/troposphere pull 1276, github.com/aws-cloudformation/cfn-lint pull 1306.
            raise AwsError("ValidationError", f"{member} should not be set if list of Metrics is set.")
    queries = given["Metrics"]
    ids = [query["Id"] for query in queries]
    for each in ids:
        if not _ID.fullmatch(each):
            raise _refusal(
                f"The Id {each} must begin with a lowercase letter and have letters, numbers and underscores only."
            )
    if len(set(ids)) < len(ids):
        raise _refusal("The Ids of the metrics list must be unique.")
    for query in queries:
        if bool(query.get("MetricStat")) == bool(query.get("Expression")):
            raise _refusal(f"{query['Id']} must have exactly one of MetricStat and Expression.")
        if re.search(r"\bSEARCH\s*\(", query.get("Expression", "")):
            # Source: CloudWatch user guide, using-search-expressions (no alarm can watch one); text ours.
            raise AwsError("ValidationError", f"{query['Id']}: SEARCH is not supported on Metric Alarms.")
    for member in ("MetricStat", "Expression"):
        if sum(member in query for query in queries) > MOST_METRICS:
            raise _refusal(f"The metrics list must not have more than {MOST_METRICS} elements with {member}.")
    returning = [query for query in queries if query.get("ReturnData", True)]
    if len(returning) != 1 and not given.get("ThresholdMetricId"):
        raise _refusal("Exactly one element of the metrics list should return data.")


def _check_threshold(given: dict[str, Any]) -> None:
    band = given.get("ThresholdMetricId")
    if band is None:
        if given["ComparisonOperator"] in _RANGES:
            # Source: github.com/aws/aws-cdk issue 10540.
            raise AwsError("ValidationError", "ComparisonOperators for ranges require ThresholdMetricId to be set")
        if given.get("Threshold") is None:
            raise _refusal("Either Threshold or ThresholdMetricId is required.")
        return
    if given.get("Threshold") is not None:
        # Source: github.com/aws-cloudformation/cfn-lint pull 1306.
        raise AwsError("ValidationError", "Threshold and ThresholdMetricId cannot both be set")
    named = next((query for query in given.get("Metrics") or () if query["Id"] == band), None)
    if named is None:
        raise _refusal(f"ThresholdMetricId {band} is not the Id of an element of the metrics list.")
    if not re.match(r"\s*ANOMALY_DETECTION_BAND\s*\(", named.get("Expression", "")):
        # Source: github.com/cdklabs/cdk-monitoring-constructs issue 340.
        raise AwsError("ValidationError", "Threshold metric expression must use ANOMALY_DETECTION_BAND function")
    if any(_service_of(action) == "autoscaling" for member in ACTIONS for action in given.get(member) or ()):
        raise _refusal("Alarms based on anomaly detection models cannot have Auto Scaling actions.")


def _service_of(arn: str) -> str:
    return (arn.split(":") + ["", ""])[2]


def _check_actions(given: dict[str, Any], region: str) -> None:
    for member in ACTIONS:
        for action in given.get(member) or ():
            if not re.fullmatch(r"arn:[^:]+:[^:]+:.+", action):
                raise _refusal(f"Invalid arn syntax: {action}")
            if _service_of(action) == "sns" and action.split(":")[3] != region:
                # Source: github.com/cds-snc/notification-terraform pull 128.
                raise AwsError(
                    "ValidationError", f"Invalid region {action.split(':')[3]} specified. Only {region} is supported."
                )


def check_composite_alarm(given: dict[str, Any], alarms: Container[str], region: str) -> None:
    """PutCompositeAlarm in a region; `alarms` are the names that exist. Raises AwsError ValidationError."""
    _check_actions(given, region)
    for member in ACTIONS:
        for action in given.get(member) or ():
            if _service_of(action) not in _OF_COMPOSITE_ALARMS:
                raise _refusal(f"The action {action} is not supported for composite alarms.")
    try:
        children = alarm_rules.parse(given["AlarmRule"]).alarms
    except alarm_rules.RuleFault as fault:
        # Source: github.com/aws/aws-cdk issues 13953 and 34662.
        raise AwsError("ValidationError", f"Error in AlarmRule [{fault}]") from fault
    absent = sorted(name for name in children if name not in alarms)
    if absent:
        # Source: github.com/awsdocs/aws-cloudformation-user-guide issue 911.
        raise AwsError(
            "ValidationError",
            f"Could not save the composite alarm as alarms [{', '.join(absent)}] in the alarm rule do not exist",
        )
    if len(children) > MOST_CHILDREN:
        raise _refusal(f"The alarm rule must not have more than {MOST_CHILDREN} alarms.")
    suppressor = given.get("ActionsSuppressor")
    periods = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
    for member in periods:
        if (given.get(member) is None) != (suppressor is None):
            raise _refusal(f"ActionsSuppressor and {member} must be set together.")
    if suppressor is not None and alarm_rules.name_of(suppressor) not in alarms:
        raise _refusal(f"The alarm {suppressor} of ActionsSuppressor does not exist.")
