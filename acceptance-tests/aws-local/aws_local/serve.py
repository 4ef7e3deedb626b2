"""Start the local AWS, tell where it listens, and leave nothing behind."""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import queue
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from .server import Server
    from .state import State

PROVIDER = """\
provider "mlops" {{
  region            = "us-east-1"
  endpoint_url      = "{endpoint}"
  access_key        = "test"
  secret_key        = "test"
  s3_use_path_style = true
}}
"""

END_SECONDS = 8.0
"""How long the orderly end may take: then the kernel ends the processes and the janitor removes the files."""


def serve(options: argparse.Namespace) -> NoReturn:
    """Serve until SIGTERM, SIGINT or SIGHUP, or, if asked, until standard input is closed; then end the process."""
    from .app import Application
    from .clock import ControllableClock
    from .server import Server
    from .state import State

    environments: dict[str, Any] = {}
    if options.environments:
        from .runtime.environments import load

        environments = load(Path(options.environments))
    state = State(
        clock=ControllableClock(options.time_scale, options.stepped),
        allow_exec=options.allow_exec,
        role_delay=options.role_delay,
        visibility_delay=options.visibility_delay,
        deletion_delay=options.deletion_delay,
        linger=options.linger,
        permission_delay=options.permission_delay,
        environments=environments,
        account=options.account,
    )
    reaper = start_reaper(str(state.temp_root))
    application = Application(state)
    state.start(application)
    server = Server(application, options.port)
    server.prepare()
    endpoint = state.endpoint_url = f"http://127.0.0.1:{server.bind_addr[1]}"
    # An event's lock may be held by the very thread that a signal interrupts; a simple queue is made for that.
    ended: queue.SimpleQueue[None] = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.put(None))
    if options.until_stdin_closes:
        threading.Thread(target=_watch_stdin, args=(ended,), name="stdin", daemon=True).start()
    threading.Thread(target=server.serve, name="server", daemon=True).start()
    sys.stdout.write(json.dumps({"endpoint": endpoint, "pid": os.getpid()}) + "\n")
    if options.print_provider:
        sys.stdout.write(PROVIDER.format(endpoint=endpoint))
    sys.stdout.flush()
    state.warm()
    ended.get()
    end = threading.Thread(target=_end, args=(state, server), name="end", daemon=True)
    end.start()
    end.join(END_SECONDS)
    if end.is_alive():
        sys.stderr.write(f"aws-local: the end took longer than {END_SECONDS:g} s; what every thread does:\n")
        faulthandler.dump_traceback(sys.stderr, all_threads=True)
    os.close(reaper)
    sys.stdout.flush()
    # Everything is released; taking the service models apart object by object would take longer than a second.
    os._exit(int(end.is_alive()))


def _end(state: State, server: Server) -> None:
    state.close()
    server.stop()


def _watch_stdin(ended: queue.SimpleQueue[None]) -> None:
    """A harness that dies closes the pipe, whatever killed it."""
    while os.read(0, 4096):
        pass
    ended.put(None)


def start_reaper(folder: str) -> int:
    """Fork a process that removes `folder` when this one is gone, however it ended.

    It waits for the end of a pipe whose other end only this process holds; close the returned descriptor to let it go.
    """
    reading, writing = os.pipe()
    # Children that run user code must not inherit the pipe, or the reaper would wait for them.
    os.set_inheritable(writing, False)
    if os.fork() == 0:
        try:
            os.setsid()
            os.close(writing)
            for number in (0, 1, 2):
                os.close(number)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            while os.read(reading, 1):
                pass
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os._exit(0)
    os.close(reading)
    return writing
