"""The program of the image sagemaker-clarify-processing: bias and feature attributions of a dataset, or of captured calls.

Sources: developer guide, clarify-processing-job-configure-parameters (paths), clarify-processing-job-configure-analysis
(analysis_config.json), clarify-processing-job-analysis-results (analysis.json), clarify-model-monitor-bias-drift-violations,
clarify-model-monitor-model-attribution-drift-violations, clarify-model-monitor-bias-drift-cw and
clarify-feature-attribute-drift-cw.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import attribution, bias, model_quality, reading
from .results import ROOT, baseline, emit, end, say

INPUTS = ROOT / "processing" / "input"
FORMS = {"text/csv": "csv", "application/jsonlines": "json", "application/json": "json"}
INFINITE = 2.348543e108
"""What infinity is published as (developer guide, clarify-model-monitor-bias-drift-cw)."""
BATCH = 2000
"""How many records one request to the model has at the most."""
THRESHOLD = 0.5
"""From which probability a prediction is positive unless configured (clarify-processing-job-configure-analysis)."""


@dataclass
class Table:
    """What is analyzed: one entry of every list per record."""

    names: list[str]
    rows: list[list[str]]
    """The features, without the label."""
    labels: list[str] | None = None
    predicted: list[str] | None = None
    """Predicted labels, or probabilities with `threshold`."""
    threshold: float | None = None

    def column(self, name: str | int) -> list[str]:
        """The values of a feature, by name or position. Raises ValueError."""
        if isinstance(name, str) and name not in self.names:
            raise ValueError(f"there is no column {name}; there are {', '.join(self.names)}")
        at = name if isinstance(name, int) else self.names.index(name)
        return [row[at] for row in self.rows]


def configuration() -> dict[str, Any]:
    """The analysis configuration. Raises ValueError."""
    path = next(iter(sorted(INPUTS.rglob("analysis_config.json"))), None)
    named = os.environ.get("analysis_config")
    path = Path(named) if named else path
    if path is None or not path.is_file():
        raise ValueError("there is no analysis_config.json among the inputs")
    return dict(json.loads(path.read_text()))


# -- the model ---------------------------------------------------------------------------------------------------------


class Predictor:
    """The model that is asked for predictions."""

    def __init__(self, config: dict[str, Any]):
        self._config = config.get("predictor", {})
        # Where the platform serves the model's containers, one after the other.
        self._urls = [url for url in os.environ.get("AWS_LOCAL_PREDICTOR", "").split(",") if url]

    def __call__(self, records: list[list[str]]) -> list[list[float]]:
        """The outputs for each record: probabilities, scores, or a label that is a number. Raises ValueError."""
        if not self._urls:
            raise ValueError("the analysis configuration names no model to ask: give predictor.model_name")
        found: list[list[float]] = []
        for start in range(0, len(records), BATCH):
            found += self._ask(records[start : start + BATCH])
        return found

    def _ask(self, records: list[list[str]]) -> list[list[float]]:
        kind = self._config.get("content_type", "text/csv")
        body, accept = self._body(records, kind).encode(), self._config.get("accept_type") or "application/json"
        for url in self._urls:
            request = urllib.request.Request(
                f"{url}/invocations", data=body, headers={"Content-Type": kind, "Accept": accept}, method="POST"
            )
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    body, kind = answer.read(), answer.headers.get("Content-Type", accept)
            except urllib.error.HTTPError as error:
                text = error.read().decode("utf-8", "replace")
                raise ValueError(f"the model answered {error.code}: {text}") from error
        outputs = self._outputs(body.decode(), kind)
        if len(outputs) != len(records):
            raise ValueError(f"the model gave {len(outputs)} answers to {len(records)} records")
        return outputs

    def _body(self, records: list[list[str]], kind: str) -> str:
        if kind.startswith("text/csv"):
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(records)
            return text.getvalue().rstrip("\n")
        values = [[float(item) if reading.is_number(item) else item for item in record] for record in records]
        if kind.startswith("application/jsonlines"):
            template = self._config.get("content_template", '{"features":$features}')
            return "\n".join(template.replace("$features", json.dumps(value)) for value in values)
        return json.dumps(values)

    def _outputs(self, text: str, kind: str) -> list[list[float]]:
        if kind.startswith("text/csv"):
            answers: list[Any] = [row for row in csv.reader(io.StringIO(text)) if row]
        elif kind.startswith("application/jsonlines"):
            answers = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            answers = self._records(json.loads(text))
        wanted = self._config.get("probability", self._config.get("label"))
        return [self._numbers(answer, wanted) for answer in answers]

    @staticmethod
    def _records(answer: Any) -> list[Any]:
        """The answers of one JSON document: a list, or the only list an object has."""
        if isinstance(answer, dict) and len(answer) == 1:
            (answer,) = answer.values()
        if not isinstance(answer, list):
            raise ValueError(f"the model's answer is no list of predictions: {json.dumps(answer)[:200]}")
        return answer

    @staticmethod
    def _numbers(answer: Any, wanted: Any) -> list[float]:
        if wanted is not None and isinstance(answer, dict | list):
            answer = answer[wanted]
        if isinstance(answer, str) and answer.startswith("["):
            answer = json.loads(answer)
        if isinstance(answer, dict):
            raise ValueError("the model answers objects: name the member in predictor.label or predictor.probability")
        try:
            return [float(item) for item in (answer if isinstance(answer, list) else [answer])]
        except ValueError as error:
            raise ValueError(f"the model's answer {answer!r} is no number") from error


# -- the data ----------------------------------------------------------------------------------------------------------


def read(config: dict[str, Any]) -> Table:
    """The dataset of a processing job, or the captured calls of a monitoring job. Raises ValueError."""
    source = Path(os.environ.get("dataset_source", INPUTS / "data"))
    headers, label = config.get("headers"), config.get("label")
    monitored = "dataset_format" in os.environ
    if monitored:
        form = json.loads(os.environ["dataset_format"])
    else:
        kind = FORMS.get(config.get("dataset_type", "text/csv"))
        if kind is None:
            raise ValueError(f"this local AWS reads no dataset of the type {config['dataset_type']}")
        form = {kind: {"header": headers is None}}
    data = reading.read(source, form) if source.exists() else reading.Dataset()
    if not data.rows:
        raise ValueError("Error: Encountered an error: No data found at the dataset source")
    if "sagemakerCaptureJson" in form:
        return captured(data, [name for name in headers or [] if name != label])
    names = data.names or headers or [str(index) for index in range(data.width())]
    table = Table(list(names), [[item or "" for item in row] for row in data.rows])
    if label is not None:
        table.labels = table.column(label)
        at = label if isinstance(label, int) else table.names.index(label)
        table.names.pop(at)
        for row in table.rows:
            row.pop(at)
    return table


def captured(data: reading.Dataset, headers: list[str]) -> Table:
    """Captured calls: the request's columns are the features, the answer's the prediction; labels come by event."""
    attribute = os.environ.get("probability_attribute") or os.environ.get("inference_attribute")
    at = model_quality.column(data, attribute)
    width = data.width() - data.outputs
    names = headers or (data.names or [])[data.outputs :] or [str(index) for index in range(width)]
    if len(names) != width:
        raise ValueError(f"the requests have {width} features, the analysis configuration {len(names)}: {names}")
    table = Table(names, [[item or "" for item in row[data.outputs :]] for row in data.rows])
    if data.outputs:
        table.predicted = [str(row[at]) for row in data.rows]
        given = os.environ.get("probability_threshold_attribute")
        if given or os.environ.get("probability_attribute"):
            table.threshold = float(given or THRESHOLD)
    folder = os.environ.get("ground_truth_source")
    if folder:
        truth = model_quality.read_truth(Path(folder))
        known = [index for index, event in enumerate(data.events) if event in truth]
        if not known:
            raise ValueError("no prediction could be matched with ground truth: check the ids and the time of both")
        table.labels = [truth[data.events[index]] for index in known]
        table.rows = [table.rows[index] for index in known]
        if table.predicted is not None:
            table.predicted = [table.predicted[index] for index in known]
    return table


# -- the analysis ------------------------------------------------------------------------------------------------------


def bias_sections(config: dict[str, Any], table: Table, predict: Predictor) -> dict[str, Any]:
    """The sections `pre_training_bias_metrics` and `post_training_bias_metrics`."""
    # Without `methods` (the configuration of a bias monitor) both are computed.
    methods = config.get("methods") or {"pre_training_bias": {}, "post_training_bias": {}}
    if table.labels is None:
        raise ValueError("bias needs labels: name their column in `label`")
    wanted = config.get("label_values_or_threshold") or [1]
    label, shown = bias.members(table.labels, wanted)
    predicted = None
    if "post_training_bias" in methods:
        if table.predicted is None:
            table.predicted = labels_of(predict(table.rows), config.get("predictor", {}).get("label_headers", []))
            if "probability" in config.get("predictor", {}):
                table.threshold = float(config.get("probability_threshold", THRESHOLD))
        if table.threshold is not None:
            predicted = [float(item) > table.threshold for item in table.predicted]
        else:
            predicted, _ = bias.members([*table.predicted, *table.labels], wanted)
            predicted = predicted[: len(table.predicted)]
    group = table.column(config["group_variable"]) if "group_variable" in config else None
    sections: dict[str, Any] = {}
    for method, metrics in (("pre_training_bias", bias.PRE_TRAINING), ("post_training_bias", bias.POST_TRAINING)):
        if method not in methods:
            continue
        facets: dict[str, Any] = {}
        for facet in config["facet"]:
            values = table.column(facet["name_or_index"])
            choices = facet.get("value_or_threshold")
            for choice in [choices] if choices else [[value] for value in sorted(set(values))]:
                chosen, _ = bias.members(values, choice)
                others = [
                    [item for at, item in enumerate(row) if table.names[at] != facet["name_or_index"]]
                    for row in table.rows
                ]
                numeric = all(reading.is_number(item) for row in others for item in row)
                sample = bias.Sample(
                    chosen,
                    label,
                    table.labels,
                    predicted,
                    group,
                    [[float(item) for item in row] for row in others] if numeric else None,
                )
                entry = {
                    "value_or_threshold": ",".join(map(str, choice)),
                    "metrics": bias.report(sample, metrics, methods[method].get("methods")),
                }
                facets.setdefault(str(facet["name_or_index"]), []).append(entry)
        sections[f"{method}_metrics"] = {
            "label": str(config.get("label", "label")),
            "label_value_or_threshold": shown,
            "facets": facets,
        }
    return sections


def labels_of(outputs: list[list[float]], headers: list[Any]) -> list[str]:
    """The predictions: the label whose probability is highest where the labels are named, else the first output."""
    return [
        str(headers[max(range(len(item)), key=item.__getitem__)] if len(headers) == len(item) > 1 else item[0])
        for item in outputs
    ]


def bias_metrics(analysis: dict[str, Any]) -> list[dict[str, Any]]:
    """CloudWatch metrics of the bias sections."""
    found = []
    for stage, section in (
        ("Pre-training", analysis.get("pre_training_bias_metrics", {})),
        ("Post-Training", analysis.get("post_training_bias_metrics", {})),
    ):
        for facet, entries in section.get("facets", {}).items():
            for entry in entries:
                dimensions = {
                    "BiasStage": stage,
                    "Label": section["label"],
                    "LabelValue": section["label_value_or_threshold"],
                    "Facet": facet,
                    "FacetValue": entry["value_or_threshold"],
                }
                for metric in entry["metrics"]:
                    value = metric["value"]
                    if value is None:
                        continue
                    if math.isinf(value):
                        value = math.copysign(INFINITE, value)
                    found.append(measured(f"bias_metric_{metric['name']}", value, dimensions))
    return found


def attribution_metrics(analysis: dict[str, Any]) -> list[dict[str, Any]]:
    """CloudWatch metrics of the explanations."""
    found = []
    for label, item in analysis["explanations"]["kernel_shap"].items():
        dimensions = {"ExplainabilityMethod": "KernelShap", "Label": label, "ValueType": "GlobalShapValues"}
        found += [measured(f"feature_{name}", value, dimensions) for name, value in item["global_shap_values"].items()]
        found.append(measured("ExpectedValue", item["expected_value"], {**dimensions, "ValueType": "ExpectedValue"}))
    return found


def measured(name: str, value: float, dimensions: dict[str, str]) -> dict[str, Any]:
    """One metric."""
    return {
        "MetricName": name,
        "Value": value,
        "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
    }


def main() -> int:
    target = Path(os.environ.get("output_path", ROOT / "processing" / "output"))
    target.mkdir(parents=True, exist_ok=True)
    analysis: dict[str, Any] = {"version": "1.0"}
    try:
        config = configuration()
        table, predict = read(config), Predictor(config)
        methods = config.get("methods", {})
        if config.get("facet") and (not methods or {"pre_training_bias", "post_training_bias"} & set(methods)):
            analysis |= bias_sections(config, table, predict)
            emit(bias_metrics(analysis), "bias-metrics")
        if "shap" in methods:
            labels = config.get("predictor", {}).get("label_headers") or config.get("label_headers") or []
            analysis["explanations"] = attribution.report(predict, table.names, table.rows, methods["shap"], labels)
            emit(attribution_metrics(analysis), "explainability-metrics")
        if len(analysis) == 1:
            raise ValueError(
                "the analysis configuration asks for no method this local AWS has: bias with `facet`, `shap`"
            )
    except (ValueError, KeyError, IndexError, OSError) as error:
        text = f"the analysis configuration lacks {error}" if isinstance(error, KeyError) else str(error)
        say(text)
        print(text, file=sys.stderr)
        return 255
    (target / "analysis.json").write_text(json.dumps(analysis, indent=1))
    limits = baseline("constraints")
    violations = [*bias.compare(analysis, limits), *attribution.compare(analysis, limits)]
    end(target, {"version": "1.0", "violations": violations} if limits else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
