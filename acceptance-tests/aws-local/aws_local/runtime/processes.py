"""Starting and ending the processes of jobs and endpoints.

Three nets catch a process: a stop signals its process group; the kernel kills it when this process dies (see
`launcher.py`); and the folder it worked in is removed by a janitor that outlives this process (see `janitor.py`).
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import launcher

_HERE = Path(__file__).parent
_PYTHON = [sys.executable, "-I", "-S"]


@functools.cache
def _spawner() -> concurrent.futures.ThreadPoolExecutor:
    # PR_SET_PDEATHSIG watches the *thread* that forked (prctl(2)), so one thread that never ends starts them all.
    return concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="aws-local-spawn")


@functools.cache
def namespaces_available() -> bool:
    """Whether this machine lets an ordinary user make user, mount and process namespaces."""
    with tempfile.TemporaryDirectory(prefix="aws-local-probe-") as folder:
        process = start(["/bin/true"], {}, Path(folder), Path(folder), {"/opt/ml": Path(folder)}, isolate=True)
        process.communicate()
        return process.returncode == 0


def start(
    argv: Sequence[str],
    env: Mapping[str, str],
    cwd: Path,
    spec_dir: Path,
    mounts: Mapping[str, Path],
    *,
    isolate: bool,
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own, its output (both streams, in order) on `stdout`.

    `spec_dir` is a folder outside the program's sight where the launcher's instructions are written. `mounts` maps a
    path the program sees to the folder shown there and only counts with `isolate`.
    """
    spec = {
        "argv": list(argv),
        "env": dict(env),
        "cwd": str(cwd),
        "mounts": {target: str(source) for target, source in mounts.items()},
        "isolate": isolate,
    }
    path = spec_dir / "launch.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(spec))
    command = [*_PYTHON, str(_HERE / "launcher.py"), str(path), str(os.getpid())]
    launch = functools.partial(
        subprocess.Popen,
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    return _spawner().submit(launch).result()


def terminate(process: subprocess.Popen[bytes]) -> None:
    """Ask the program to end (SIGTERM to its process group)."""
    _signal_group(process, signal.SIGTERM)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the program and everything it started, at once (SIGKILL to its process group), and reap it."""
    _signal_group(process, signal.SIGKILL)
    process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # A reaped process has given its id away; signalling it could hit a stranger.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)


class Janitor:
    """Removes `folder` when this process ends, also when it is killed."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [*_PYTHON, str(_HERE / "janitor.py"), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._lock = threading.Lock()

    def close(self) -> None:
        """Remove the folder now."""
        with self._lock:
            if self._process.stdin and not self._process.stdin.closed:
                self._process.stdin.close()
                self._process.wait()


CANNOT_START = launcher.CANNOT_START
"""Exit status of a program that could not be started at all."""
