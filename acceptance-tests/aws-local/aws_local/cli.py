"""The `aws-local` command."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading


def main(arguments: list[str] | None = None) -> int:
    """Run a sub-command and return the exit code."""
    options = _parser().parse_args(arguments)
    return options.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aws-local", description="A strict local AWS on 127.0.0.1.")
    commands = parser.add_subparsers(required=True)
    serve = commands.add_parser("serve", help="start the local AWS and serve until it is ended")
    serve.add_argument("--port", type=int, default=0, help="0 (the default) takes a free port")
    serve.add_argument("--allow-exec", action="store_true", help="really run job scripts and model servers")
    serve.add_argument("--time-scale", type=float, default=1.0, help="seconds of its clock per real second")
    serve.add_argument("--stepped", action="store_true", help="the clock moves only by `aws-local clock --advance`")
    serve.add_argument("--role-delay", type=float, default=3.0, help="seconds until SageMaker can assume a new role")
    serve.add_argument("--print-provider", action="store_true", help="print the Terraform provider block to use")
    serve.set_defaults(run=_serve)
    return parser


PROVIDER = """provider "mlops" {{
  region              = "us-east-1"
  endpoint_url        = "{endpoint}"
  access_key          = "test"
  secret_key          = "test"
  s3_use_path_style   = true
}}
"""


def _serve(options: argparse.Namespace) -> int:
    from .app import Application
    from .clock import ControllableClock
    from .server import Server
    from .state import State

    state = State(
        clock=ControllableClock(options.time_scale, options.stepped),
        allow_exec=options.allow_exec,
        role_delay=options.role_delay,
    )
    application = Application(state)
    state.start(application)
    server = Server(application, options.port)
    server.prepare()
    endpoint = f"http://127.0.0.1:{server.bind_addr[1]}"
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.set())
    threading.Thread(target=server.serve, name="server", daemon=True).start()
    print(json.dumps({"endpoint": endpoint}), flush=True)
    if options.print_provider:
        print(PROVIDER.format(endpoint=endpoint), flush=True)
    state.warm()
    try:
        ended.wait()
    finally:
        server.stop()
        state.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
