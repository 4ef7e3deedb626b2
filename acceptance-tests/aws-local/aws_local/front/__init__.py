"""What we answer ourselves, or check or mend around moto, service by service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import (
    account,
    anomaly_detectors,
    budgets,
    cloudwatch,
    dashboards,
    ec2,
    events,
    iam,
    kms,
    logs,
    metrics,
    pricing,
    resource_tags,
    s3,
    s3_config,
    s3_objects,
    scaling,
    scheduler,
    sns,
    sts,
    widget_images,
)

Handler = Callable[[Any, Any, dict[str, Any]], Any]

INSTEAD: dict[tuple[str, str], Handler] = {}
"""`(state, call, environ)` to the answer's members; None: let moto answer after all."""
AFTER: dict[tuple[str, str], Callable[[Any, Any, dict[str, Any], Any], None]] = {}
"""`(state, call, environ, reply)`: mend a successful answer of moto in place."""
MODULES = (
    account,
    anomaly_detectors,
    budgets,
    cloudwatch,
    dashboards,
    ec2,
    events,
    iam,
    kms,
    logs,
    metrics,
    pricing,
    resource_tags,
    s3,
    s3_config,
    s3_objects,
    scaling,
    scheduler,
    sns,
    sts,
    widget_images,
)

for module in MODULES:
    for operation, handler in getattr(module, "INSTEAD", {}).items():
        INSTEAD[module.SERVICE, operation] = handler
    for operation, mend in getattr(module, "AFTER", {}).items():
        AFTER[module.SERVICE, operation] = mend
