"""EventBridge Scheduler: a group that is being deleted says so."""

from __future__ import annotations

from typing import Any

from . import wrap


def apply(state: Any) -> None:
    """Patch how moto shows a group."""
    from moto.scheduler.models import ScheduleGroup

    def to_dict(original: Any) -> Any:
        def shown(self: Any) -> Any:
            return {**original(self), **({"State": "DELETING"} if "aws_local_gone" in self.__dict__ else {})}

        return shown

    wrap(ScheduleGroup, "to_dict", to_dict)
