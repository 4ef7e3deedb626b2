"""The program of the image: reads its task from environment variables, writes reports, metrics and a message."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from . import data_quality, model_quality, reading
from .results import baseline, emit, end, say

CAPTURE = {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}


def main() -> int:
    source = Path(os.environ.get("dataset_source", "/opt/ml/processing/input/endpoint"))
    target = Path(os.environ.get("output_path", "/opt/ml/processing/resultdata"))
    form = json.loads(os.environ.get("dataset_format", json.dumps(CAPTURE)))
    target.mkdir(parents=True, exist_ok=True)
    try:
        data = reading.read(source, form) if source.exists() else reading.Dataset()
        if not data.rows:
            # Source: sagemaker examples, model monitor notebooks: an execution without captured data fails.
            raise ValueError("Error: Encountered an error: No data found at the dataset source")
        if os.environ.get("analysis_type") == "MODEL_QUALITY":
            violations = check_model_quality(data, target)
        else:
            violations = check_data_quality(data, target)
    except (ValueError, KeyError, OSError) as error:
        say(str(error))
        print(error, file=sys.stderr)
        return 255
    end(target, None if violations is None else {"violations": violations})
    return 0


def check_data_quality(data: reading.Dataset, target: Path) -> list[dict[str, str]] | None:
    """Write the reports; None when there is no baseline to compare with."""
    limits, before = baseline("constraints"), baseline("statistics")
    names = [item["name"] for item in (limits or before).get("features", [])]
    table = data_quality.columns(data, names or None)
    stats = data_quality.statistics(table, len(data.rows))
    (target / "statistics.json").write_text(json.dumps(stats, indent=1))
    (target / "constraints.json").write_text(json.dumps(data_quality.constraints(stats), indent=1))
    violations, drifts = data_quality.compare(table, stats, limits, before) if limits else (None, {})
    if limits.get("monitoring_config", {}).get("emit_metrics", "Enabled") == "Enabled":
        metrics: list[dict[str, Any]] = []
        for item in stats["features"]:
            numbers = item.get("numerical_statistics")
            common = (numbers or item.get("string_statistics"))["common"]
            if numbers:
                values = {
                    "SampleCount": float(common["num_present"]),
                    "Sum": numbers["sum"],
                    "Minimum": numbers["min"],
                    "Maximum": numbers["max"],
                }
                metrics.append({"MetricName": f"feature_data_{item['name']}", "StatisticValues": values})
            total = common["num_present"] + common["num_missing"]
            metrics.append(
                {
                    "MetricName": f"feature_non_null_{item['name']}",
                    "Value": common["num_present"] / total if total else 0,
                }
            )
        metrics += [{"MetricName": f"feature_baseline_drift_{name}", "Value": value} for name, value in drifts.items()]
        emit(metrics, "data-metrics")
    return violations


def check_model_quality(data: reading.Dataset, target: Path) -> list[dict[str, str]] | None:
    """Write the reports; None when there is no baseline to compare with."""
    attribute = os.environ.get("probability_attribute") or os.environ.get("inference_attribute")
    threshold = os.environ.get("probability_threshold_attribute")
    if "ground_truth_source" in os.environ:
        truth = model_quality.read_truth(Path(os.environ["ground_truth_source"]))
        pairs = model_quality.pair(data, truth, attribute)
    else:
        # A baselining job has predictions and labels in one dataset (SageMaker Python SDK, ModelQualityMonitor).
        columns = [
            model_quality.column(data, os.environ["ground_truth_attribute"]),
            model_quality.column(data, attribute),
        ]
        pairs = [(str(row[columns[0]]), str(row[columns[1]])) for row in data.rows]
    limit = float(threshold) if threshold and os.environ.get("probability_attribute") else None
    report = model_quality.evaluate(os.environ["problem_type"], pairs, limit)
    stats = {"version": 0.0, "dataset": {"item_count": len(pairs)}, **report}
    (target / "statistics.json").write_text(json.dumps(stats, indent=1))
    (target / "constraints.json").write_text(json.dumps(model_quality.suggest(report), indent=1))
    group = report[model_quality.group_of(report)]
    metrics = [
        {"MetricName": name, "Value": item["value"]} for name, item in group.items() if name != "confusion_matrix"
    ]
    emit(metrics, "model-metrics")
    limits = baseline("constraints")
    return model_quality.compare(report, limits) if limits else None


if __name__ == "__main__":
    sys.exit(main())
