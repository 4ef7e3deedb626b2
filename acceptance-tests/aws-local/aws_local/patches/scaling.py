"""Application Auto Scaling: moto's lists of services and dimensions are old, and ours are the service model's."""

from __future__ import annotations

from typing import Any

from . import wrap


def apply(state: Any) -> None:
    """Patch out moto's own checks: every request is checked against the service model, and by `front.scaling`."""
    from moto.applicationautoscaling import models
    from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

    wrap(ApplicationAutoScalingResponse, "_validate_params", lambda original: lambda self: None)
    wrap(models, "_target_params_are_valid", lambda original: lambda *arguments: True)
