"""Instance quotas: what Service Quotas lists for SageMaker, and what CreateX refuses when they are exhausted.

Quota names are those of the Service Quotas console (`ml.m5.large for endpoint usage`). Their codes are made here from the
name: AWS's own are not published in one place.
"""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

from . import model
from .services import AwsError

UNLIMITED = 1_000_000.0
"""The value of a quota that was not set: no test runs into it by chance."""

# usage -> shape of its instance types in the service model
USAGES = {
    "endpoint usage": "ProductionVariantInstanceType",
    "training job usage": "TrainingInstanceType",
    "spot training job usage": "TrainingInstanceType",
    "training warm pool usage": "TrainingInstanceType",
    "processing job usage": "ProcessingInstanceType",
    "transform job usage": "TransformInstanceType",
    "notebook instance usage": "InstanceType",
}


@functools.cache
def names() -> tuple[str, ...]:
    """Every quota name."""
    service = model.service_model("sagemaker")
    return tuple(f"{kind} for {usage}" for usage, shape in USAGES.items() for kind in service.shape_for(shape).enum)


def code(name: str) -> str:
    """The quota code of a name."""
    return "L-" + hashlib.sha256(name.encode()).hexdigest()[:8].upper()


def shown(engine: Any, region: str, name: str) -> dict[str, Any]:
    """A quota as Service Quotas shows it."""
    return {
        "ServiceCode": "sagemaker",
        "ServiceName": "Amazon SageMaker",
        "QuotaCode": code(name),
        "QuotaName": name,
        "QuotaArn": f"arn:aws:servicequotas:{region}:{engine.account_id}:sagemaker/{code(name)}",
        "Value": engine.quotas.get(name, UNLIMITED),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }


def named(quota_code: str) -> str | None:
    """The quota with a code."""
    return next((name for name in names() if code(name) == quota_code), None)


def check(engine: Any, region: str, usage: str, wanted: Iterable[tuple[str | None, int]], besides: Any = None) -> None:
    """Refuse what exceeds a quota. `besides` is a record whose own use does not count (it is being replaced).

    Source: github.com/aws/amazon-sagemaker-examples issue 1543.
    """
    if not engine.quotas:
        return
    delta: Counter[str] = Counter()
    for kind, count in wanted:
        if kind:
            delta[kind] += count
    used = in_use(engine, region, usage, besides)
    for kind, count in delta.items():
        name = f"{kind} for {usage}"
        limit = engine.quotas.get(name, UNLIMITED)
        if used[kind] + count > limit:
            raise AwsError(
                "ResourceLimitExceeded",
                f"The account-level service limit '{name}' is {limit:g} Instances, with current utilization of {used[kind]} "
                f"Instances and a request delta of {count} Instances. Please use AWS Service Quotas to request an increase for "
                "this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.",
            )


def in_use(engine: Any, region: str, usage: str, besides: Any) -> Counter[str]:
    """Instances in use, by type."""
    used: Counter[str] = Counter()
    for kind, about, alive in _HOLDERS[usage]:
        for record in engine.store.all(region, kind):
            if record is not besides and record._status in alive:
                for instance, count in about(record):
                    if instance:
                        used[instance] += count
    return used


def of_config(config: dict[str, Any]) -> list[tuple[str | None, int]]:
    """The instances an endpoint configuration asks for."""
    return [(v.get("InstanceType"), v.get("InitialInstanceCount", 1)) for v in config.get("ProductionVariants", ())]


def usage_of_training(request: dict[str, Any]) -> str:
    """The quota that a training job counts against: spot instances have one of their own."""
    return "spot training job usage" if request.get("EnableManagedSpotTraining") else "training job usage"


def of_training(request: dict[str, Any]) -> list[tuple[str | None, int]]:
    """The instances a training job asks for."""
    resources = request.get("ResourceConfig") or {}
    groups = resources.get("InstanceGroups") or [resources]
    return [(group.get("InstanceType"), group.get("InstanceCount", 1)) for group in groups]


def of_processing(request: dict[str, Any]) -> list[tuple[str | None, int]]:
    """The instances a processing job asks for."""
    cluster = request["ProcessingResources"]["ClusterConfig"]
    return [(cluster["InstanceType"], cluster["InstanceCount"])]


def of_transform(request: dict[str, Any]) -> list[tuple[str | None, int]]:
    """The instances a transform job asks for."""
    return [(request["TransformResources"]["InstanceType"], request["TransformResources"]["InstanceCount"])]


def _of_usage(usage: str) -> Any:
    return lambda record: of_training(record.request) if usage_of_training(record.request) == usage else []


_RUNNING = frozenset({"InProgress", "Stopping"})
_SERVING = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "InService", "Deleting"})
_HOLDERS: dict[str, list[tuple[str, Any, frozenset[str]]]] = {
    "endpoint usage": [("Endpoint", lambda record: of_config(record.private.get("config", {})), _SERVING)],
    **{
        usage: [("TrainingJob", _of_usage(usage), _RUNNING)]
        for usage in ("training job usage", "spot training job usage")
    },
    "processing job usage": [("ProcessingJob", lambda record: of_processing(record.request), _RUNNING)],
    "transform job usage": [("TransformJob", lambda record: of_transform(record.request), _RUNNING)],
    "notebook instance usage": [
        (
            "NotebookInstance",
            lambda record: [(record.request["InstanceType"], 1)],
            frozenset({"Pending", "InService", "Updating"}),
        )
    ],
}
