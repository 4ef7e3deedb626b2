"""Everything one local AWS consists of."""

from __future__ import annotations

import collections
import importlib
import logging
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

from . import scheduled
from .events import Events
from .behind import Behind
from .clock import ControllableClock
from .faults import Faults
from .front import cloudwatch
from .inprocess import InProcess
from .network_interfaces import NetworkInterfaces
from .role_checks import RoleChecks
from .sagemaker.engine import Engine
from .sagemaker.kinds import KINDS, OPERATIONS
from .services import Runtime

ACCOUNT = "123456789012"
CALLS_KEPT = 100_000
DEFAULT_REGION = "us-east-1"


class State:
    """The engine, moto, the clock, the runtime, the faults, the calls made, and the settings."""

    def __init__(
        self,
        *,
        clock: ControllableClock | None = None,
        allow_exec: bool = False,
        role_delay: float = 3.0,
        visibility_delay: float = 0.0,
        deletion_delay: float = 2.0,
        linger: float = 3.0,
        permission_delay: float = 0.0,
        environments: dict[str, Any] | None = None,
        account: str = ACCOUNT,
    ) -> None:
        self.clock = clock or ControllableClock()
        self.allow_exec = allow_exec
        self.environments = environments or {}
        self.role_delay = role_delay
        self.permission_delay = permission_delay
        """How long a policy of a role has no effect, in seconds."""
        self.linger = linger
        """How long stays in the account, in seconds, what AWS takes its time to remove."""
        self.temp_root = Path(tempfile.mkdtemp(prefix="aws-local-"))
        self.calls: collections.deque[dict[str, Any]] = collections.deque(maxlen=CALLS_KEPT)
        self.faults = Faults()
        self.principals: dict[str, list[dict[str, Any]]] = {}
        """Callers who may not do everything, by access key ID: the statements of their policies."""
        self.functions: dict[str, dict[str, Any]] = {}
        """Lambda functions by ARN: what each returns, or why it fails."""
        self.deleted_buckets: dict[str, float] = {}
        """Names of deleted buckets that rest until that time."""
        self.application: Any = None
        self.runtime = Runtime()
        self.closing = threading.Event()
        self._evaluated: dict[str, tuple[int, int, int]] = {}
        self.endpoint_url: str | None = None
        self._services: dict[str, InProcess] = {}
        self._lock = threading.Lock()
        self._schedules = threading.Lock()
        self.engine = Engine(self.clock, account, KINDS, OPERATIONS)
        self.engine.visibility_delay = visibility_delay
        self.engine.deletion_delay = deletion_delay
        self.interfaces = NetworkInterfaces(self)
        self.events = Events(self)
        self.moto = Behind(self)
        self.role_checks = RoleChecks(self.moto)
        self.engine.check_role = self.moto.check_role
        self.engine.check_permissions = self.role_checks.check_creation
        self.engine.scaling_targets = self.moto.scaling_targets
        self.engine.deregister_scaling = self.moto.deregister_scaling

    def start(self, application: Any) -> None:
        """Connect the application and the runtime."""
        self.application = application
        self.engine.services = self.services
        self.runtime = importlib.import_module("aws_local.runtime").start(self.services(DEFAULT_REGION))
        self.engine.hooks = self.runtime.hooks
        self.engine.check_pipeline = self.runtime.check_pipeline
        self.engine.check_selection = self.runtime.check_selection

    def invoke(self, call: Any, environ: dict[str, Any]) -> Any:
        """InvokeEndpoint and its asynchronous form."""
        from . import invocations

        return invocations.answer(self, call, environ)

    def services(self, region: str) -> InProcess:
        """What the runtime sees, in a region."""
        with self._lock:
            if region not in self._services:
                self._services[region] = InProcess(self, self.application, region)
            return self._services[region]

    def note(self, call: Any) -> None:
        """Remember a call that came from outside."""
        if not call.internal:
            entry = {
                "at": self.clock.now(),
                "service": call.service,
                "operation": call.operation,
                "region": call.region,
                "request_id": call.request_id,
            }
            self.calls.append(entry)
            call.entry = entry

    def warm(self) -> None:
        """Import moto in the background so that the first call of a service does not wait for it."""
        threading.Thread(target=self.moto.load, name="warm-up", daemon=True).start()
        threading.Thread(target=self._keep_alive, name="keep alive", daemon=True).start()

    def _keep_alive(self) -> None:
        while not self.closing.wait(0.5):
            self.engine.store.settle_due(self.clock.now())
            self.interfaces.look()
            self.events.look()
            self.evaluate_alarms(self.moto.regions_with_alarms())
            self.invoke_schedules()

    def invoke_schedules(self) -> None:
        """Invoke the targets of schedules that are due."""
        try:
            with self._schedules:
                scheduled.invoke_due(self)
        except Exception:
            logging.getLogger("aws_local").exception("schedules could not be invoked")

    def evaluate_alarms(self, regions: list[str]) -> None:
        """Bring alarms up to date."""
        if self.runtime.evaluate_alarms is None:
            return
        for region in regions:
            # Nothing can have changed within the same second with the same data and alarms.
            backend = self.moto.backend("cloudwatch", region)
            seen = (int(self.clock.now()), len(backend.metric_data), cloudwatch.revision_of(backend))
            if self._evaluated.get(region) == seen:
                continue
            try:
                if self.runtime.evaluate_alarms(self.services(region)):
                    self._evaluated[region] = seen
            except Exception:
                logging.getLogger("aws_local").exception("alarms of %s could not be evaluated", region)

    def close(self) -> None:
        """Release everything."""
        self.closing.set()
        self.faults.clear()
        self.runtime.close()
        shutil.rmtree(self.temp_root, ignore_errors=True)
