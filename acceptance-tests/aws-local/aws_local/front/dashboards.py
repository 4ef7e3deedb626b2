"""CloudWatch dashboards: names, bodies and what is wrong with them, tags.

Sources: CloudWatch API reference (PutDashboard, DeleteDashboards, Dashboard Body Structure and Syntax). What the reference does not
forbid is taken: CloudWatch's own schema is not public.
"""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

from ..services import AwsError

SERVICE = "cloudwatch"
_GRID = {"x": (0, 23), "y": (0, None), "width": (1, 24), "height": (1, 1000)}
_REQUIRED = {"text": ("markdown",), "log": ("query", "region"), "alarm": ("alarms",)}
_Found = list[tuple[str, str]]


def mistakes(body: Any) -> _Found:
    """What is wrong with a dashboard body: the path and the message of each mistake.

    Quoted: github.com/aws-samples/aws-eda-slurm-cluster issue 116 (a metric widget without metrics), github.com/pulumi/pulumi
    issue 13059 (metrics that are no lists). The others have the form of these.
    """
    if not isinstance(body, dict):
        return [("", "Should be object")]
    widgets = body.get("widgets", [])
    if not isinstance(widgets, list):
        return [("/widgets", "Should be array")]
    return [found for index, widget in enumerate(widgets) for found in _of_widget(f"/widgets/{index}", widget)]


def _of_widget(path: str, widget: Any) -> _Found:
    if not isinstance(widget, dict):
        return [(path, "Should be object")]
    found = [(path, f"Should have required property '{name}'") for name in ("type", "properties") if name not in widget]
    for name, (low, high) in _GRID.items():
        value = widget.get(name, low)
        if isinstance(value, bool) or not isinstance(value, int):
            found.append((f"{path}/{name}", "Should be integer"))
        elif value < low:
            found.append((f"{path}/{name}", f"Should be >= {low}"))
        elif high is not None and value > high:
            found.append((f"{path}/{name}", f"Should be <= {high}"))
    properties, path = widget.get("properties"), f"{path}/properties"
    if properties is None:
        return found
    if not isinstance(properties, dict):
        return [*found, (path, "Should be object")]
    if widget.get("type") == "metric":
        return found + _of_metric_widget(path, properties)
    required = _REQUIRED.get(str(widget.get("type")), ())
    return found + [(path, f"Should have required property '{name}'") for name in required if name not in properties]


def _of_metric_widget(path: str, properties: dict[str, Any]) -> _Found:
    metrics = properties.get("metrics")
    if metrics is None and "annotations" not in properties:
        return [
            (path, "Should have required property 'metrics'"),
            (path, "The metric widget should have specified a region and a data source or an alarm annotation"),
            (path, "Should have required property 'annotations'"),
        ]
    if metrics is None:
        return []
    found = [] if "region" in properties else [(path, "Should have required property 'region'")]
    if not isinstance(metrics, list):
        return [*found, (f"{path}/metrics", "Should be array")]
    for index, metric in enumerate(metrics):
        where = f"{path}/metrics/{index}"
        if not isinstance(metric, list):
            whole = 'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element'
            found += [(where, "Should be array"), (where, whole)]
        elif not all(isinstance(each, str) for each in metric[:-1]) or not all(
            isinstance(each, str | dict) for each in metric
        ):
            found.append((where, 'Invalid metric field type, only "String" type is allowed'))
    return found


def put(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """PutDashboard: a new dashboard gets the tags, an existing one keeps its own (API reference)."""
    backend = state.moto.backend("cloudwatch", call.region)
    name, body = call.params["DashboardName"], call.params["DashboardBody"]
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
        # Source: github.com/localstack/localstack tests/aws/services/cloudwatch/test_cloudwatch.snapshot.json, test_invalid_dashboard_name.
        raise AwsError(
            "InvalidParameterValue",
            "The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and "
            "underscore (_).\n",
        )
    try:
        found = mistakes(json.loads(body))
    except ValueError as error:
        # Source: CloudWatch API reference, PutDashboard (code); text ours.
        raise AwsError("InvalidParameterInput", "The field DashboardBody must be a valid JSON object") from error
    if found:
        listed = [{"dataPath": path, "message": message} for path, message in found]
        # Source: github.com/aws-samples/aws-eda-slurm-cluster issue 116.
        raise AwsError(
            "InvalidParameterInput",
            f"The dashboard body is invalid, there are {len(listed)} validation errors:\n{json.dumps(listed, indent=2)}",
            dashboardValidationMessages=[{"DataPath": path, "Message": message} for path, message in found],
        )
    if name not in backend.dashboards:
        arn = f"arn:aws:cloudwatch::{state.engine.account_id}:dashboard/{name}"
        backend.tagger.delete_all_tags_for_resource(arn)
        if call.params.get("Tags"):
            backend.tagger.tag_resource(arn, call.params["Tags"])
    # moto dates it by the machine's clock.
    backend.put_dashboard(name, body).last_modified = datetime.datetime.fromtimestamp(state.clock.now(), datetime.UTC)
    return {"DashboardValidationMessages": []}


def delete(state: Any, call: Any, environ: dict) -> None:
    """DeleteDashboards: as many as possible; moto then says which did not exist, if it deleted none."""
    backend = state.moto.backend("cloudwatch", call.region)
    names = call.params["DashboardNames"]
    absent = [name for name in names if name not in backend.dashboards]
    if absent:
        for name in set(names) - set(absent):
            del backend.dashboards[name]


INSTEAD = {"PutDashboard": put, "DeleteDashboards": delete}
