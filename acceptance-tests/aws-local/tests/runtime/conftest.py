"""Fixtures: a fake Services, a runtime over it, and checks that nothing is left behind."""

from __future__ import annotations

import io
import os
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aws_local import runtime as runtime_package
from aws_local.runtime import processes
from aws_local.runtime.jobs import Settings
from aws_local.services import Runtime

from .fakes import FakeServices


def command_line(pid: int) -> str:
    """The words of a process, empty when it has ended."""
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_text().replace("\0", " ").strip()
    except OSError:
        return ""


def descendants(root: int | None = None) -> list[int]:
    """Live processes below `root` (this process unless given), zombies left out."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                children.setdefault(int(parent), []).append(int(entry.name))
    found, todo = [], [root or os.getpid()]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


@pytest.fixture
def services(tmp_path: Path) -> FakeServices:
    return FakeServices(tmp_path / "temp")


@pytest.fixture
def runtime(services: FakeServices) -> Iterator[Runtime]:
    """A runtime; afterwards no process and no file of it may be left."""
    before = set(descendants())
    made = runtime_package.start(services, Settings(stop_grace_seconds=1, start_timeout_seconds=20))
    yield made
    made.close()
    end = time.monotonic() + 5
    while set(descendants()) - before and time.monotonic() < end:
        time.sleep(0.02)
    assert not set(descendants()) - before, "processes are left"
    assert not services.temp_root.exists() or not list(services.temp_root.iterdir()), "files are left"


@pytest.fixture(params=["namespaces", "rewriting"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test with /opt/ml mounted and with /opt/ml rewritten."""
    if request.param == "rewriting":
        monkeypatch.setattr(processes, "namespaces_available", lambda: False)
    elif not processes.namespaces_available():
        pytest.fail("this machine has no unprivileged namespaces: the isolated way cannot be tested")
    return str(request.param)


@pytest.fixture
def sources(services: FakeServices) -> Callable[..., str]:
    """Put a tar.gz of scripts (file name to text) into S3; returns its URI."""

    def put(uri: str = "s3://data/code/sourcedir.tar.gz", /, **files: str) -> str:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for name, text in files.items():
                info = tarfile.TarInfo(name.replace("__", "/") + ".py")
                info.size = len(text.encode())
                archive.addfile(info, io.BytesIO(text.encode()))
        services.objects[uri] = buffer.getvalue()
        return uri

    return put
