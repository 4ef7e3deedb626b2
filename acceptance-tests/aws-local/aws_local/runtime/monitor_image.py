"""The prebuilt model-monitor image: which images are it, how it is run, where its metrics go."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_local.services import AwsError, Services

from .sandbox import Sandbox

MARK = "sagemaker-model-monitor-analyzer"
"""Repository of the image (developer guide, model-monitor-pre-built-containers)."""
DATA_METRICS = "aws/sagemaker/Endpoints/data-metrics"
"""Source: developer guide, model-monitor-interpreting-cloudwatch."""
MODEL_METRICS = "aws/sagemaker/Endpoints/model-metrics"
"""Source: amazon-sagemaker-examples, model quality monitor notebook (alarm on `aws/sagemaker/Endpoints/model-metrics`)."""
BATCH_METRICS = "aws/sagemaker/ModelMonitoring/data-metrics"
"""Source: developer guide, model-monitor-byoc-cloudwatch."""


def analyzer_command(image: str, sandbox: Sandbox) -> list[str]:
    """The image's program, put into the sandbox; empty when the image is another one."""
    if MARK not in image:
        return []
    shutil.copytree(
        Path(__file__).with_name("analyzer"),
        sandbox.root / "home" / "analyzer",
        ignore=shutil.ignore_patterns("__pycache__"),
        dirs_exist_ok=True,
    )
    home = str(sandbox.root / "home")
    return ["env", f"PYTHONPATH={home}", "AWS_LOCAL_ML_ROOT=/opt/ml", "python", "-m", "analyzer"]


def publish_metrics(services: Services, sandbox: Sandbox, environment: Mapping[str, str]) -> None:
    """Send what a monitoring program left in /opt/ml/output/metrics/cloudwatch to CloudWatch."""
    folder = sandbox.host("/opt/ml/output/metrics/cloudwatch")
    if not folder.is_dir():
        return
    now = services.clock.now()
    data: list[dict[str, Any]] = []
    for path in sorted(folder.iterdir()):
        for line in path.read_text().splitlines():
            if line.strip():
                metric = json.loads(line)
                metric["Timestamp"] = now
                data.append(metric)
    if environment.get("analysis_type") == "MODEL_QUALITY":
        namespace = MODEL_METRICS
    else:
        namespace = DATA_METRICS if environment.get("sagemaker_endpoint_name") else BATCH_METRICS
    for start in range(0, len(data), 500):
        try:
            services.put_metric_data(namespace, data[start : start + 500])
        except AwsError as error:
            services.put_logs("/aws/sagemaker/ProcessingJobs", "metrics", [f"cannot publish metrics: {error}"])
