"""What is left when the local AWS is killed: nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aws_local.runtime import launcher

from .conftest import command_line

OWNER = """
import sys, time
from pathlib import Path
from aws_local import runtime
from aws_local.runtime import processes, sandbox
from aws_local.runtime.environments import DEFAULT
from tests.runtime.fakes import FakeServices

if sys.argv[2] == "rewriting":
    processes.namespaces_available = lambda: False
services = FakeServices(Path(sys.argv[1]))
runtime.start(services)
box = sandbox.Sandbox(services, "job", DEFAULT)
script = (
    "import os, subprocess, sys, time\\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(%s)'])\\n"
    "print('ready', flush=True)\\n"
    "time.sleep(%s)\\n"
)
process = box.start(["python", "-c", script % (sys.argv[3], sys.argv[3])], {}, "/opt/ml")
print(process.stdout.readline().decode().strip(), flush=True)
time.sleep(600)
"""


def processes_with(mark: str) -> list[str]:
    """The processes of this machine with `mark` among their words: it must tell them from those of other test runs."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [f"{pid} {line}" for pid in pids if pid != os.getpid() and mark in (line := command_line(pid))]


@pytest.mark.parametrize("way", ["namespaces", "rewriting"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_killed_in_the_middle_of_a_job(tmp_path: Path, how: signal.Signals, way: str) -> None:
    folder, mark = tmp_path / "temp", f"31.{os.getpid()}{int(how)}"
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder), way, mark],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert owner.stdout and owner.stdout.readline().strip() == "ready"
        assert list(folder.iterdir()) and len(processes_with(mark)) >= 2
    finally:
        owner.send_signal(how)
        owner.wait()
    end = time.monotonic() + 5
    while (processes_with(mark) or folder.exists()) and time.monotonic() < end:
        time.sleep(0.05)
    assert not processes_with(mark)
    assert not folder.exists()
    owner.stdout.close()


SLOW_CHILD = """
import os, sys, time
from aws_local.runtime import launcher

fork = os.fork
def slow():
    pid = fork()
    if pid == 0:
        time.sleep(1)
    else:
        print("forked", flush=True)
    return pid
os.fork = slow
sys.argv = ["launcher", sys.argv[1], str(os.getppid())]
sys.exit(launcher.main())
"""


def test_killed_before_the_child_asked_to_die_with_its_parent(tmp_path: Path) -> None:
    seen, spec = tmp_path / "seen", tmp_path / "spec.json"
    argv = ["/bin/sh", "-c", f"touch {seen}"]
    spec.write_text(json.dumps({"argv": argv, "env": {}, "cwd": "/", "mounts": {}, "isolate": True}))
    launcher = subprocess.Popen([sys.executable, "-c", SLOW_CHILD, str(spec)], stdout=subprocess.PIPE)
    assert launcher.stdout and launcher.stdout.readline() == b"forked\n"
    launcher.kill()
    launcher.wait()
    # The pipe closes when the last process that holds it has ended.
    assert launcher.stdout.read() == b""
    assert not seen.exists(), "the program was started although its owner is gone"
    launcher.stdout.close()


def test_environment_patterns(tmp_path: Path) -> None:
    from aws_local.runtime import environments

    path = tmp_path / "environments.toml"
    path.write_text('[environments]\n"*sklearn*" = "/a/python"\n"*" = "/b/python"\n'
                    '"*xgboost:1" = {python = "/c/python", entrypoint = ["/run"], variables = {A = "1"}}\n')  # fmt: skip
    table = environments.load(path)
    assert environments.resolve(table, "x/sklearn:1").python == Path("/a/python")
    assert environments.resolve(table, "x/other:1").python == Path("/b/python")
    found = environments.resolve(table, "x/xgboost:1")
    assert (found.python, found.entrypoint, found.variables) == (Path("/c/python"), ("/run",), {"A": "1"})
    assert environments.resolve({}, "anything").python == Path(sys.executable)
    with pytest.raises(environments.NoEnvironment, match="anything"):
        environments.resolve({"*sklearn*": ""}, "anything")


@pytest.mark.parametrize("target", ["", "relative"])
def test_a_mount_point_that_is_no_absolute_path_is_refused(target: str) -> None:
    """Whatever paths a job names, the launcher ends."""
    with pytest.raises(OSError, match="cannot show"):
        launcher._make_mount_point(target)
