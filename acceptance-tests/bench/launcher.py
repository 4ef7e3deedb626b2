"""Stands where the provider's binary stands, starts it and notes what it used, as the kernel counts it.

Terraform starts a plugin several times in a run and waits for each, so every launch leaves one line.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

# The program is small, because what it uses itself is part of the run; it says how much that was.
PROGRAM = """#!{python} -SE
import json, os, resource, signal, sys
for name in ("SIGINT", "SIGTERM"):
    signal.signal(getattr(signal, name), signal.SIG_IGN)
child = os.posix_spawn({binary!r}, [{binary!r}, *sys.argv[1:]], os.environ,
                       setsigdef=[signal.SIGINT, signal.SIGTERM])
_, status, used = os.wait4(child, 0)
own = resource.getrusage(resource.RUSAGE_SELF)
line = json.dumps({{
    "cpu": used.ru_utime + used.ru_stime,
    "max_rss_kib": used.ru_maxrss,
    "launcher_cpu": own.ru_utime + own.ru_stime,
}})
with open({notes!r}, "a") as notes:
    notes.write(line + "\\n")
sys.exit(os.waitstatus_to_exitcode(status) & 255)
"""


@dataclass(frozen=True)
class Used:
    """What all launches since the last question used."""

    launches: int
    # Seconds of CPU time of the provider, and of the launchers themselves.
    cpu: float
    launcher_cpu: float
    # The most that one process had resident, in MiB.
    max_rss: float


class Launcher:
    """A launcher of `binary`, in `directory`."""

    def __init__(self, binary: Path, directory: Path) -> None:
        self.path = directory / "launcher"
        self._notes = directory / "launches"
        program = PROGRAM.format(python=os.path.realpath(sys.executable), binary=str(binary), notes=str(self._notes))
        self.path.write_text(program)
        self.path.chmod(0o755)

    def take(self) -> Used:
        """What was used since the last time."""
        lines = [json.loads(line) for line in self._notes.read_text().splitlines()] if self._notes.exists() else []
        self._notes.unlink(missing_ok=True)
        return Used(
            len(lines),
            sum(line["cpu"] for line in lines),
            sum(line["launcher_cpu"] for line in lines),
            max((line["max_rss_kib"] for line in lines), default=0) / 1024,
        )
