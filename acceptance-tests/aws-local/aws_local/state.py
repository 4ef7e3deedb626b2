"""Everything one local AWS consists of."""

from __future__ import annotations

import collections
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

from .behind import Behind
from .clock import ControllableClock
from .faults import Faults
from .sagemaker.engine import Engine
from .sagemaker.kinds import KINDS, OPERATIONS

ACCOUNT = "123456789012"
CALLS_KEPT = 100_000


class State:
    """The engine, moto, the clock, the calls made, and the settings."""

    def __init__(
        self,
        *,
        clock: ControllableClock | None = None,
        allow_exec: bool = False,
        role_delay: float = 3.0,
        environments: dict[str, Any] | None = None,
    ) -> None:
        self.clock = clock or ControllableClock()
        self.allow_exec = allow_exec
        self.environments = environments or {}
        self.role_delay = role_delay
        self.temp_root = Path(tempfile.mkdtemp(prefix="aws-local-"))
        self.calls: collections.deque[dict[str, Any]] = collections.deque(maxlen=CALLS_KEPT)
        self.faults = Faults()
        self.engine = Engine(self.clock, ACCOUNT, KINDS, OPERATIONS)
        self.moto = Behind(self)
        self.engine.check_role = self.moto.check_role

    def note(self, call: Any) -> None:
        """Remember a call."""
        if not call.internal:
            self.calls.append(
                {"at": self.clock.now(), "service": call.service, "operation": call.operation, "region": call.region}
            )

    def warm(self) -> None:
        """Import moto in the background so that the first call of a service does not wait for it."""
        threading.Thread(target=self.moto.load, name="warm-up", daemon=True).start()

    def close(self) -> None:
        """Release everything."""
        shutil.rmtree(self.temp_root, ignore_errors=True)
