"""What every program of the monitoring images leaves behind: violations, metrics, an exit message."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(os.environ.get("AWS_LOCAL_ML_ROOT", "/opt/ml"))


def baseline(name: str) -> dict[str, Any]:
    """The baseline's `constraints` or `statistics`, empty when there are none."""
    path = os.environ.get(f"baseline_{name}")
    return json.loads(Path(path).read_text()) if path and Path(path).is_file() else {}


def end(target: Path, violations: dict[str, Any] | None) -> None:
    """Write the file of violations, None when nothing was compared, and the exit message that tells how many there are."""
    found = []
    if violations is not None:
        (target / "constraint_violations.json").write_text(json.dumps(violations, indent=1))
        found = violations["violations"]
    if found:
        say(f"CompletedWithViolations: Job completed successfully with {len(found)} violations.")
    else:
        say("Completed: Job completed successfully with no violations.")


def emit(metrics: list[dict[str, Any]], family: str) -> None:
    """Leave metrics for the platform to publish. `family` is the end of the namespace: `data-metrics`, `bias-metrics`, ...

    Sources of namespaces: developer guide, model-monitor-interpreting-cloudwatch, model-monitor-byoc-cloudwatch,
    clarify-model-monitor-bias-drift-cw, clarify-feature-attribute-drift-cw; of `model-metrics`: amazon-sagemaker-examples,
    model quality monitor notebook (alarm on `aws/sagemaker/Endpoints/model-metrics`).
    """
    if os.environ.get("publish_cloudwatch_metrics", "Disabled") != "Enabled":
        return
    dimensions = [{"Name": "MonitoringSchedule", "Value": os.environ.get("sagemaker_monitoring_schedule_name", "")}]
    endpoint = os.environ.get("sagemaker_endpoint_name")
    if endpoint:
        dimensions.insert(0, {"Name": "Endpoint", "Value": endpoint})
    namespace = f"aws/sagemaker/{'Endpoints' if endpoint else 'ModelMonitoring'}/{family}"
    folder = ROOT / "output" / "metrics" / "cloudwatch"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "cloudwatch_metrics.jsonl", "a") as handle:
        for metric in metrics:
            line = {**metric, "Namespace": namespace, "Dimensions": [*dimensions, *metric.get("Dimensions", ())]}
            handle.write(json.dumps(line) + "\n")


def say(text: str) -> None:
    """Leave the exit message of the job."""
    folder = ROOT / "output"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "message").write_text(text)
