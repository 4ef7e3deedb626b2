"""The prebuilt images of Model Monitor and Clarify: how they are run, which model they ask, where their metrics go."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_local.services import AwsError, Services

from .model_server import Chain, StartError
from .sandbox import Sandbox

CLARIFY = "sagemaker-clarify-processing"
PROGRAMS = {"sagemaker-model-monitor-analyzer": "analyzer", CLARIFY: "analyzer.clarify"}
"""Repository of an image to the module that stands for it (developer guide, model-monitor-pre-built-containers)."""
METRICS = "aws/sagemaker/Endpoints/data-metrics"
"""Where metrics of a program go that names no namespace (developer guide, model-monitor-byoc-cloudwatch)."""
BATCH_METRICS = "aws/sagemaker/ModelMonitoring/data-metrics"
"""The same for batch transform input (developer guide, model-monitor-byoc-cloudwatch)."""
CONFIG_NAME = "analysis_config.json"


def analyzer_command(image: str, sandbox: Sandbox) -> list[str]:
    """The image's program, put into the sandbox; empty when the image is another one."""
    module = next((module for mark, module in PROGRAMS.items() if mark in image), None)
    if module is None:
        return []
    shutil.copytree(
        Path(__file__).with_name("analyzer"),
        sandbox.root / "home" / "analyzer",
        ignore=shutil.ignore_patterns("__pycache__"),
        dirs_exist_ok=True,
    )
    home = str(sandbox.root / "home")
    return ["env", f"PYTHONPATH={home}", "AWS_LOCAL_ML_ROOT=/opt/ml", "python", "-m", module]


def predictor(
    services: Services, request: Mapping[str, Any], sandbox: Sandbox, stopped: threading.Event, timeout_seconds: float
) -> Chain | None:
    """The model a Clarify job asks, started: the one its configuration names, or that of the endpoint it watches.

    AWS makes an endpoint for it (developer guide, clarify-processing-job-configure-analysis, `predictor`); here its servers
    belong to the job. Raises StartError.
    """
    if CLARIFY not in request["AppSpecification"]["ImageUri"]:
        return None
    environment = request.get("Environment", {})
    if "analysis_config" in environment:
        path: Path | None = sandbox.host(environment["analysis_config"])
    else:
        path = next(iter(sorted(sandbox.host("/opt/ml/processing/input").rglob(CONFIG_NAME))), None)
    try:
        config = json.loads(path.read_text()) if path and path.is_file() else {}
    except ValueError as error:
        raise StartError(f"the analysis configuration is no JSON: {error}") from error
    if "shap" not in config.get("methods", {}) and "sagemakerCaptureJson" in environment.get("dataset_format", ""):
        # Captured calls have their predictions already.
        return None
    named = config.get("predictor", {})
    model, endpoint = named.get("model_name"), named.get("endpoint_name")
    if not model and not endpoint:
        endpoint = environment.get("sagemaker_endpoint_name")
    if endpoint and not model:
        try:
            record = services.find("Endpoint", endpoint)
            name = services.call("sagemaker", "DescribeEndpoint", {"EndpointName": record.name})["EndpointConfigName"]
            variants = services.find("EndpointConfig", name).request["ProductionVariants"]
        except AwsError as error:
            raise StartError(f"the model of endpoint {endpoint} cannot be found: {error.message}") from error
        model = next((variant["ModelName"] for variant in variants if variant.get("ModelName")), None)
    if not model:
        return None
    job = request["ProcessingJobName"]
    return Chain.start(
        services,
        model,
        variant="AllTraffic",
        log_group="/aws/sagemaker/ProcessingJobs",
        log_stream=f"{job}/predictor",
        timeout_seconds=timeout_seconds,
        stopped=stopped,
    )


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
    default = METRICS if environment.get("sagemaker_endpoint_name") else BATCH_METRICS
    spaces: dict[str, list[dict[str, Any]]] = {}
    for metric in data:
        spaces.setdefault(metric.pop("Namespace", default), []).append(metric)
    for namespace, start in [(name, at) for name, metrics in spaces.items() for at in range(0, len(metrics), 500)]:
        try:
            services.put_metric_data(namespace, spaces[namespace][start : start + 500])
        except AwsError as error:
            services.put_logs("/aws/sagemaker/ProcessingJobs", "metrics", [f"cannot publish metrics: {error}"])
