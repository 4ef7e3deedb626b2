"""GetMetricWidgetImage: a graph of the metrics that are here, with the thresholds and states of the alarms.

What the graph looks like is ours. Sources: CloudWatch API reference, GetMetricWidgetImage and GetMetricWidgetImage: Metric Widget
Structure and Syntax; user guide, using-search-expressions; text ours.
"""

from __future__ import annotations

import datetime
import io
import json
import re
from dataclasses import dataclass, field
from typing import Any

from ..runtime.alarms import Data, key_of, period_of, series_of
from ..runtime.metric_math import MathFault, Series
from ..services import AwsError
from .cloudwatch import alarms_of

SERVICE = "cloudwatch"
SIZE = {"width": 600, "height": 400}
LARGEST = 2000
DOTS = 100
"""Dots per inch: fonts have the size that they have in the console."""
LONG = 20
"""Characters of a label of which three do not stand side by side."""
UNITS = {"M": 60, "H": 3600, "D": 86400, "W": 604800}
SEARCH = re.compile(r"SEARCH\('\{([^}]+)\}\s*([^']*)',\s*'([^']+)'(?:,\s*(\d+))?\)")
COLOURS = {"ALARM": "#d13212", "OK": "#1d8102", "INSUFFICIENT_DATA": "#687078"}


@dataclass
class Graph:
    """What is drawn."""

    title: str
    width: int
    height: int
    start: float
    end: float
    lines: list[tuple[str, Series]] = field(default_factory=list)
    limits: list[tuple[str, float, str]] = field(default_factory=list)
    """Label, value and colour of each horizontal line."""


def _refusal(text: str) -> AwsError:
    return AwsError("InvalidParameterValue", text)


def moment(text: str, now: float) -> float:
    """`-PT3H` before now, `PT0H`, or a time in ISO 8601."""
    if match := re.fullmatch(r"-?P(T?)(\d+)([MHDW])", text):
        return now - int(match[2]) * UNITS[match[3]]
    try:
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except ValueError as error:
        raise _refusal(f"The time {text!r} is not valid.") from error


def _words(text: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower())) - {""}


def search(expression: str, data: list[dict[str, Any]]) -> list[tuple[dict[str, Any], str, int]]:
    """The metrics that a SEARCH finds, each with the statistic and the period.

    The user guide on tokens: words are told apart at what is no letter or digit, and every one of the search must be in the metric;
    what is in quotes behind a dimension's name is its whole value.
    """
    match = SEARCH.fullmatch(expression.strip())
    if match is None:
        raise AwsError("AwsLocalNotImplemented", f"aws-local does not implement the expression {expression!r}", 501)
    namespace, *names = (part.strip().strip('"') for part in match[1].split(","))
    exact = dict(re.findall(r'(\w+)="([^"]*)"', match[2]))
    words = _words(re.sub(r'\w+="[^"]*"', "", match[2]))
    found = {}
    for datum in data:
        dimensions = {item["Name"]: item["Value"] for item in datum.get("Dimensions", [])}
        texts = {"MetricName": datum["MetricName"], **dimensions}
        if datum["Namespace"] != namespace or set(dimensions) != set(names):
            continue
        if all(texts.get(name) == value for name, value in exact.items()) and words <= _words(" ".join(texts.values())):
            metric = {name: datum[name] for name in ("Namespace", "MetricName", "Dimensions") if name in datum}
            found[key_of(metric)] = metric
    ordered = sorted(found.values(), key=lambda metric: json.dumps(metric, sort_keys=True))
    return [(metric, match[3], int(match[4] or 300)) for metric in ordered]


def queries(widget: dict[str, Any], data: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a widget's `metrics` as GetMetricData takes them. A `.` repeats what is above it, `...` all that is missing."""
    made: list[dict[str, Any]] = []
    above: list[str] = []
    for number, row in enumerate(widget.get("metrics", [])):
        if not isinstance(row, list) or not row:
            raise _refusal("Each element of `metrics` is an array.")
        *texts, last = row
        options = last if isinstance(last, dict) else {}
        texts = texts if isinstance(last, dict) else row
        period = int(options.get("period", widget.get("period", 300)))
        own = {"Id": options.get("id", f"row{number}"), "ReturnData": options.get("visible", True)}
        if "expression" in options and "SEARCH(" in options["expression"]:
            found = search(options["expression"], data)
            names = [metric["MetricName"] for metric, _, _ in found]
            for index, (metric, stat, every) in enumerate(found):
                values = [metric["MetricName"], *(item["Value"] for item in metric.get("Dimensions", []))]
                # Only what tells them apart.
                label = values[0] if len(set(names)) == len(names) else " ".join(values)
                one = {"Metric": metric, "Stat": stat, "Period": every}
                made.append({**own, "Id": f"{own['Id']}s{index}", "MetricStat": one, "Label": label})
            continue
        if "expression" in options:
            made.append({**own, "Expression": options["expression"], "Label": options.get("label", options["expression"])})
            continue
        if texts and texts[0] == "...":
            texts = [*above[: len(above) - len(texts) + 1], *texts[1:]]
        texts = [above[index] if text == "." else text for index, text in enumerate(texts)]
        if len(texts) < 2 or len(texts) % 2:
            raise _refusal("A metric is a namespace, a name, and pairs of the names and values of its dimensions.")
        above = texts
        dimensions = [{"Name": name, "Value": value} for name, value in zip(texts[2::2], texts[3::2], strict=True)]
        metric = {"Namespace": texts[0], "MetricName": texts[1], "Dimensions": dimensions}
        stat = options.get("stat", widget.get("stat", "Average"))
        label = options.get("label", texts[1])
        made.append({**own, "MetricStat": {"Metric": metric, "Stat": stat, "Period": period}, "Label": label})
    return made


def _of_alarm(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """What an alarm watches, as GetMetricData takes it."""
    if alarm.get("Metrics"):
        return alarm["Metrics"]
    metric = {name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions") if name in alarm}
    stat = alarm.get("Statistic") or alarm.get("ExtendedStatistic")
    return [{"Id": "watched", "MetricStat": {"Metric": metric, "Stat": stat, "Period": alarm["Period"]}}]


def graph_of(state: Any, region: str, widget: dict[str, Any]) -> Graph:
    """What a widget shows. Raises AwsError for what is wrong with it."""
    now = state.clock.now()
    size = {name: int(widget.get(name, default)) for name, default in SIZE.items()}
    if any(not 1 <= value <= LARGEST for value in size.values()):
        raise _refusal(f"width and height are at most {LARGEST}.")
    start, end = moment(widget.get("start", "-PT3H"), now), moment(widget.get("end", "PT0H"), now)
    if start >= end:
        raise _refusal("start must be before end.")
    graph = Graph(widget.get("title", ""), **size, start=start, end=end)
    data = state.services(region).metric_data(start)
    wanted = queries(widget, data)
    annotations = widget.get("annotations", {})
    for arn in annotations.get("alarms", []):
        found = [each for each in alarms_of(state.moto.backend("cloudwatch", region)).values() if each["AlarmArn"] == arn]
        if not found or found[0]["type"] != "MetricAlarm":
            raise _refusal(f"There is no metric alarm {arn}.")
        alarm, colour = found[0], COLOURS[found[0]["StateValue"]]
        wanted += _of_alarm(alarm)
        graph.title = f"{graph.title or alarm['AlarmName']} ({alarm['StateValue']})"
        if "Threshold" in alarm:
            graph.limits.append((f"threshold {alarm['Threshold']:,.10g}", float(alarm["Threshold"]), colour))
    for line in annotations.get("horizontal", []):
        graph.limits.append((line.get("label", f"{line['value']:g}"), float(line["value"]), line.get("color", "#687078")))
    if not wanted and not annotations.get("alarms"):
        if not widget.get("metrics"):
            raise _refusal("The widget has neither metrics nor alarms.")
        return graph
    period = period_of({"Metrics": wanted})
    try:
        series = series_of(wanted, Data(data), period, start // period * period, end)
    except MathFault as fault:
        raise _refusal(f"Error in expression: {fault}") from fault
    for query in wanted:
        if query.get("ReturnData", True):
            stat = query.get("MetricStat")
            label = query.get("Label") or (stat["Metric"]["MetricName"] if stat else query["Id"])
            graph.lines.append((label, series[query["Id"]]))
    return graph


def draw(graph: Graph) -> bytes:
    """The graph as PNG."""
    try:
        from matplotlib import dates
        from matplotlib.figure import Figure
    except ImportError as error:
        raise AwsError("AwsLocalNotImplemented", "aws-local draws with matplotlib: install aws-local[demo]", 501) from error
    figure = Figure(figsize=(graph.width / DOTS, graph.height / DOTS), dpi=DOTS, layout="constrained")
    axes = figure.add_subplot()

    def day(at: float) -> float:
        return dates.date2num(datetime.datetime.fromtimestamp(at, datetime.UTC))

    for label, points in graph.lines:
        found = sorted(points.items())
        axes.plot([day(at) for at, _ in found], [value for _, value in found], marker=".", markersize=4, linewidth=1.5, label=label)
    for label, value, colour in graph.limits:
        axes.axhline(value, color=colour, linestyle="--", linewidth=1.5, label=label)
    axes.set_title(graph.title, fontsize=9, loc="left")
    axes.set_xlim(day(graph.start), day(graph.end))
    values = [value for _, points in graph.lines for value in points.values()] + [value for _, value, _ in graph.limits]
    if values and min(values) >= 0:
        axes.set_ylim(0, (max(values) or 1) * 1.1)
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)
    axes.xaxis.set_major_locator(dates.AutoDateLocator(maxticks=6))
    axes.xaxis.set_major_formatter(dates.DateFormatter("%H:%M"))
    axes.tick_params(labelsize=8)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    if not any(points for _, points in graph.lines):
        axes.text(0.5, 0.5, "No data available.", transform=axes.transAxes, ha="center", fontsize=9, color="#687078")
    if graph.lines or graph.limits:
        longest = max(len(label) for label, *_ in (*graph.lines, *graph.limits))
        figure.legend(fontsize=7, loc="outside lower left", frameon=False, ncols=2 if longest > LONG else 3)
    image = io.BytesIO()
    figure.savefig(image, format="png")
    return image.getvalue()


def get_metric_widget_image(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """GetMetricWidgetImage."""
    try:
        widget = json.loads(call.params["MetricWidget"])
    except ValueError as error:
        raise _refusal("MetricWidget is not valid JSON.") from error
    if not isinstance(widget, dict):
        raise _refusal("MetricWidget is a JSON object.")
    if call.params.get("OutputFormat", "png") != "png":
        raise AwsError("AwsLocalNotImplemented", "aws-local implements the output format png only", 501)
    region = widget.get("region", call.region)
    state.evaluate_alarms([region])
    return {"MetricWidgetImage": draw(graph_of(state, region, widget))}


INSTEAD = {"GetMetricWidgetImage": get_metric_widget_image}
