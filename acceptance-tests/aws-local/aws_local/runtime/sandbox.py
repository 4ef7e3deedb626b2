"""The folders of one container-like run, and the run itself.

Scripts may use `/opt/ml` literally. Where the machine lets ordinary users make namespaces, the run sees its own folder
there (see `launcher.py`). Elsewhere every `/opt/ml` in its arguments and environment is rewritten to that folder, which
serves scripts that take their paths from SM_* variables or arguments, as the SageMaker examples do.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from aws_local.services import AwsError, Services

from . import environments, processes

POLL_SECONDS = 0.05
TAIL_LINES = 200
BATCH_LINES = 1000
FLUSH_SECONDS = 0.3
TEST_CREDENTIAL = "test"

Ending = Literal["exit", "stop", "limit", "abort"]


@dataclass
class Control:
    """How the outside ends a run."""

    stop: threading.Event = field(default_factory=threading.Event)
    """Polite: SIGTERM, then SIGKILL after the grace."""
    abort: threading.Event = field(default_factory=threading.Event)
    """At once, with no result: the job's record is gone or the local AWS ends."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    exit_code: int
    """The program's; 128 + n when signal n ended it; 125 when it could not be started."""
    ending: Ending
    tail: list[str]
    """Its last lines of output."""

    def reason(self) -> str:
        """The end of the last traceback if there is one, else the last lines of output."""
        for index in range(len(self.tail) - 1, -1, -1):
            if self.tail[index].startswith("Traceback (most recent call last)"):
                lines = [line for line in self.tail[index + 1 :] if line.strip()]
                return "\n".join(line for line in lines if not line.startswith(" ")) or "\n".join(lines[-5:])
        return "\n".join(line for line in self.tail[-5:] if line.strip())


class LogSink:
    """Collects lines of output and passes them on in batches, since one call per line would throttle the job."""

    def __init__(self, services: Services, group: str, stream: str, on_line: Callable[[str], None] | None = None):
        self._services, self._group, self._stream, self._on_line = services, group, stream, on_line
        self._pending: list[str] = []
        self._lock = threading.Lock()
        self._next = 0.0
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)

    def add(self, line: str) -> None:
        with self._lock:
            self._pending.append(line)
            self.tail.append(line)
        if self._on_line:
            self._on_line(line)

    def flush(self, *, everything: bool = False) -> None:
        """Pass on what is pending, unless that was done a moment ago and not `everything` has to be out."""
        with self._lock:
            if not everything and time.monotonic() < self._next and len(self._pending) < BATCH_LINES:
                return
            self._next = time.monotonic() + FLUSH_SECONDS
            lines, self._pending = self._pending, []
        # CloudWatch Logs refuses empty messages (InputLogEvent: message has a minimum length of 1).
        lines = [line for line in lines if line]
        if lines:
            # A job does not fail because its log cannot be delivered.
            with contextlib.suppress(AwsError):
                self._services.put_logs(self._group, self._stream, lines)


class Sandbox:
    """A temporary folder tree in which one program runs as if it were in a container."""

    def __init__(self, services: Services, label: str, environment: environments.Environment):
        self._services = services
        self._environment = environment
        self.root = Path(tempfile.mkdtemp(prefix=f"{label[:40]}-", dir=services.temp_root))
        self.isolated = processes.namespaces_available()
        self._mounts: dict[str, Path] = {"/opt/ml": self.root / "ml"}
        for folder in ("ml", "tmp", "home", "bin", "spec"):
            (self.root / folder).mkdir()
        # An image calls its interpreter `python` or `python3`; a link would hide a virtual environment from it.
        for name in ("python", "python3"):
            wrapper = self.root / "bin" / name
            wrapper.write_text(f'#!/bin/sh\nexec "{environment.python}" "$@"\n')
            wrapper.chmod(0o755)

    def host(self, inside: str) -> Path:
        """The real folder behind an absolute path of the container; a path outside `/opt/ml` becomes a mount."""
        path = PurePosixPath(inside)
        for target, folder in self._mounts.items():
            if path.is_relative_to(target):
                return folder / path.relative_to(target)
        folder = self.root / f"mount{len(self._mounts)}"
        folder.mkdir()
        self._mounts[inside] = folder
        return folder

    def make(self, inside: str) -> Path:
        """Create the folder the container sees as `inside`; returns the real one."""
        folder = self.host(inside)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def rewrite(self, text: str) -> str:
        """Paths as the program must be given them."""
        if self.isolated:
            return text
        for target, folder in self._mounts.items():
            text = text.replace(target, str(folder))
        return text

    def base_environment(self) -> dict[str, str]:
        """Variables every container has: a small PATH, Python's, and the way to the local AWS."""
        endpoint = self._services.endpoint_url
        variables = {
            "PATH": f"{self.root}/bin:{self._environment.python.parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.root / "home"),
            "TMPDIR": str(self.root / "tmp"),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "TRUE",
            "PYTHONDONTWRITEBYTECODE": "TRUE",
            "AWS_REGION": self._services.region,
            "AWS_DEFAULT_REGION": self._services.region,
            "AWS_ACCESS_KEY_ID": TEST_CREDENTIAL,
            "AWS_SECRET_ACCESS_KEY": TEST_CREDENTIAL,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }
        if endpoint:
            variables["AWS_ENDPOINT_URL"] = endpoint
        return variables | dict(self._environment.variables)

    def start(self, argv: Sequence[str], env: Mapping[str, str], cwd: str) -> subprocess.Popen[bytes]:
        """Start a program; paths in `argv` and `env` are the container's."""
        if not self._services.allow_exec:
            raise PermissionError(NOT_ALLOWED)
        variables = self.base_environment() | {name: self.rewrite(value) for name, value in env.items()}
        self.make(cwd)
        return processes.start(
            [self.rewrite(argument) for argument in argv],
            variables,
            Path(cwd) if self.isolated else self.host(cwd),
            self.root / "spec",
            self._mounts,
            isolate=self.isolated,
        )

    def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: str,
        log: LogSink,
        control: Control,
        *,
        limit_seconds: float | None,
        grace_seconds: float,
        on_terminate: Callable[[], None] | None = None,
    ) -> Outcome:
        """Run a program to its end, or until it is stopped or `limit_seconds` of the local clock have passed.

        A limit also counts real seconds, since the local clock may stand still while a program runs wild.
        `on_terminate` is called when SIGTERM is sent.
        """
        process = self.start(argv, env, cwd)
        reader = threading.Thread(target=read_lines, args=(process, log), daemon=True)
        reader.start()
        started, started_clock = time.monotonic(), self._services.clock.now()
        ending: Ending = "exit"
        kill_at = None
        while True:
            try:
                process.wait(POLL_SECONDS)
                break
            except subprocess.TimeoutExpired:
                log.flush()
            passed = max(time.monotonic() - started, self._services.clock.now() - started_clock)
            if control.abort.is_set():
                ending = "abort"
                processes.kill(process)
            elif kill_at is not None:
                if time.monotonic() >= kill_at:
                    processes.kill(process)
            elif control.stop.is_set() or (limit_seconds is not None and passed >= limit_seconds):
                ending = "stop" if control.stop.is_set() else "limit"
                kill_at = time.monotonic() + grace_seconds
                processes.terminate(process)
                if on_terminate:
                    on_terminate()
        reader.join(timeout=2)
        if ending != "abort":
            log.flush(everything=True)
        return Outcome(process.returncode, ending, list(log.tail))

    def remove(self) -> None:
        """Delete every file of the run."""
        shutil.rmtree(self.root, ignore_errors=True)


def read_lines(process: subprocess.Popen[bytes], log: LogSink) -> None:
    """Pass a program's output to the log until it closes it."""
    assert process.stdout is not None
    for raw in process.stdout:
        log.add(raw.decode("utf-8", "replace").rstrip("\r\n"))
    process.stdout.close()


CODE_OF_REFUSAL = "ClientError"
"""What a refused run is reported as: the caller, not the script, has to change something."""
NOT_ALLOWED = (
    "this local AWS may not run user code: it was started without --allow-exec; start it with --allow-exec to run"
    " scripts on this machine"
)
"""Why a run is refused (this tool's own words: AWS has no such switch)."""


def environment_of(services: Services, image: str) -> environments.Environment:
    """The Python environment that stands for an image. Raises NoEnvironment."""
    configured: Mapping[str, Any] = services.environments
    return environments.resolve(configured, image)
