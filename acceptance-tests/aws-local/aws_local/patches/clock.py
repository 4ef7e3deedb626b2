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
    """Date buckets, which do not ask moto's own function."""
    from moto.s3.models import FakeBucket

    def make(original: Any) -> Any:
        def init(self: Any, *arguments: Any, **named: Any) -> None:
            original(self, *arguments, **named)
            self.creation_date = _now(state)

        return init

    wrap(FakeBucket, "__init__", make)


def _now(state: Any) -> datetime:
    return datetime.fromtimestamp(state.engine.clock.now(), UTC)
