"""CloudWatch metrics: GetMetricData with metric math and percentiles, which moto computes for the simplest cases alone.

Sources: CloudWatch API reference, GetMetricData; user guide, using-metric-math; text ours.
"""

from __future__ import annotations

from typing import Any

from ..runtime.alarms import Data, period_of, series_of
from ..runtime.metric_math import MathFault
from ..sagemaker import listing
from ..services import AwsError

SERVICE = "cloudwatch"


def get_metric_data(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """GetMetricData. All in one page: nothing here puts 100,800 values, which are AWS's page."""
    given = call.params
    queries = given["MetricDataQueries"]
    if any(query.get("Expression", "").lstrip().upper().startswith("SELECT") for query in queries):
        raise AwsError("AwsLocalNotImplemented", "aws-local does not implement Metrics Insights queries", 501)
    start, end = listing.seconds(given["StartTime"]), listing.seconds(given["EndTime"])
    if start >= end:
        raise AwsError("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")
    period = period_of({"Metrics": queries})
    # The start counts from the beginning of its period; the end does not count.
    start = start // period * period
    data = [datum for datum in state.services(call.region).metric_data(start) if datum["Timestamp"] < end]
    try:
        series = series_of(queries, Data(data), period, start, end)
    except MathFault as fault:
        raise AwsError("ValidationError", f"Error in expression: {fault}") from fault
    newest_first = given.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    results = []
    for query in queries:
        if query.get("ReturnData", True):
            found = sorted(series[query["Id"]].items(), reverse=newest_first)
            stat = query.get("MetricStat")
            results.append(
                {
                    "Id": query["Id"],
                    "Label": query.get("Label") or (stat["Metric"]["MetricName"] if stat else query["Id"]),
                    "Timestamps": [at for at, _ in found],
                    "Values": [value for _, value in found],
                    "StatusCode": "Complete",
                }
            )
    return {"MetricDataResults": results, "Messages": []}


INSTEAD = {"GetMetricData": get_metric_data}
