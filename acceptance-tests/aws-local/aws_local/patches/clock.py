"""moto tells the time of the host; AWS dates everything by one clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from . import wrap


def before_import(state: Any) -> None:
    """Give moto our clock. Its modules import the function by name, so this comes before they are loaded."""
    from moto.core import utils

    wrap(utils, "utcnow", lambda _: lambda: _now(state).replace(tzinfo=None))


def apply(state: Any) -> None:
    """Date what does not ask moto's own function."""
    from moto.applicationautoscaling.models import FakeScalableTarget
    from moto.s3.models import FakeBucket

    def date(kind: Any, member: str, now: Any) -> None:
        def make(original: Any) -> Any:
            def init(self: Any, *arguments: Any, **named: Any) -> None:
                original(self, *arguments, **named)
                setattr(self, member, now())

            return init

        wrap(kind, "__init__", make)

    date(FakeBucket, "creation_date", lambda: _now(state))
    date(FakeScalableTarget, "creation_time", state.engine.clock.now)


def _now(state: Any) -> datetime:
    return datetime.fromtimestamp(state.engine.clock.now(), UTC)
