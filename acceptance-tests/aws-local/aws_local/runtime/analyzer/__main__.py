"""The program of the image: reads its task from environment variables, writes reports, metrics and a message."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from . import data_quality, model_quality, reading

ROOT = Path(os.environ.get("AWS_LOCAL_ML_ROOT", "/opt/ml"))
CAPTURE = {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}


def baseline(name: str) -> dict[str, Any]:
    path = os.environ.get(f"baseline_{name}")
    return json.loads(Path(path).read_text()) if path and Path(path).is_file() else {}


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
    if violations is None:
        say("Completed: Job completed successfully with no violations.")
        return 0
    (target / "constraint_violations.json").write_text(json.dumps({"violations": violations}, indent=1))
    if violations:
        say(f"CompletedWithViolations: Job completed successfully with {len(violations)} violations.")
    else:
        say("Completed: Job completed successfully with no violations.")
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
        emit(metrics)
    return violations


def check_model_quality(data: reading.Dataset, target: Path) -> list[dict[str, str]] | None:
    """Write the reports; None when there is no baseline to compare with."""
    truth = model_quality.read_truth(Path(os.environ["ground_truth_source"]))
    attribute = os.environ.get("probability_attribute") or os.environ.get("inference_attribute")
    threshold = os.environ.get("probability_threshold_attribute")
    pairs = model_quality.pair(data, truth, attribute)
    limit = float(threshold) if threshold and os.environ.get("probability_attribute") else None
    report = model_quality.evaluate(os.environ["problem_type"], pairs, limit)
    stats = {"version": 0.0, "dataset": {"item_count": len(pairs)}, **report}
    (target / "statistics.json").write_text(json.dumps(stats, indent=1))
    (target / "constraints.json").write_text(json.dumps(model_quality.suggest(report), indent=1))
    group = report[model_quality.group_of(report)]
    emit([{"MetricName": name, "Value": item["value"]} for name, item in group.items() if name != "confusion_matrix"])
    limits = baseline("constraints")
    return model_quality.compare(report, limits) if limits else None


def emit(metrics: list[dict[str, Any]]) -> None:
    """Leave metrics for the platform, which knows the namespace."""
    if os.environ.get("publish_cloudwatch_metrics", "Disabled") != "Enabled":
        return
    dimensions = [{"Name": "MonitoringSchedule", "Value": os.environ.get("sagemaker_monitoring_schedule_name", "")}]
    endpoint = os.environ.get("sagemaker_endpoint_name")
    if endpoint:
        dimensions.insert(0, {"Name": "Endpoint", "Value": endpoint})
    folder = ROOT / "output" / "metrics" / "cloudwatch"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "cloudwatch_metrics.jsonl", "w") as handle:
        handle.writelines(json.dumps({**metric, "Dimensions": dimensions}) + "\n" for metric in metrics)


def say(text: str) -> None:
    """Leave the exit message of the job."""
    folder = ROOT / "output"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "message").write_text(text)


if __name__ == "__main__":
    sys.exit(main())
