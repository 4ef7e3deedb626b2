"""Removes a folder when the process that started this one has ended, however it ended; run as a script.

    python -I -S janitor.py FOLDER < PIPE

The pipe's other end is held by the owner of the folder: end of file means that the owner is gone. Processes that die
with the owner may still write for a moment, so the removal is repeated until nothing is left.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time

ATTEMPTS = 100
PAUSE_SECONDS = 0.05


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    folder = sys.argv[1]
    while os.read(0, 4096):
        pass
    for _ in range(ATTEMPTS):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            return 0
        time.sleep(PAUSE_SECONDS)
    return 1


if __name__ == "__main__":
    sys.exit(main())
