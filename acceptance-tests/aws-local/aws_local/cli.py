"""The `aws-local` command: `serve`, and one sub-command per control endpoint."""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from typing import Any

DEFAULT_ENDPOINT = "http://127.0.0.1:5000"


def main(arguments: list[str] | None = None) -> int:
    """Run a sub-command and return the exit code."""
    options = _parser().parse_args(arguments)
    return options.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aws-local", description="A strict local AWS on 127.0.0.1.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands)
    commands.add_parser("errors", help="every error and state it knows, and where each is from").set_defaults(
        run=_errors
    )
    for name, help_text, add, request in _CONTROLS:
        command = commands.add_parser(name, help=help_text)
        command.add_argument(
            "--endpoint",
            default=os.environ.get("AWS_LOCAL_ENDPOINT", DEFAULT_ENDPOINT),
            help="where the local AWS listens (default: AWS_LOCAL_ENDPOINT or %(default)s)",
        )
        add(command)
        command.set_defaults(run=_control, request=request)
    return parser


def _add_serve(commands: Any) -> None:
    serve = commands.add_parser("serve", help="start the local AWS and serve until it is ended")
    serve.add_argument("--port", type=int, default=0, help="0 (the default) takes a free port")
    serve.add_argument("--allow-exec", action="store_true", help="really run job scripts and model servers")
    serve.add_argument("--time-scale", type=float, default=1.0, help="seconds of its clock per real second")
    serve.add_argument("--stepped", action="store_true", help="the clock moves only by `aws-local clock --advance`")
    serve.add_argument("--role-delay", type=float, default=3.0, help="seconds until SageMaker can assume a new role")
    serve.add_argument(
        "--visibility-delay",
        type=float,
        default=0.0,
        help="seconds until CreateEndpoint sees a new endpoint configuration",
    )
    serve.add_argument(
        "--deletion-delay",
        type=float,
        default=2.0,
        help="seconds that the deletion of a monitoring schedule takes (default: %(default)s)",
    )
    serve.add_argument(
        "--permission-delay",
        type=float,
        default=0.0,
        help="seconds until a policy that a role was given takes effect (default: %(default)s)",
    )
    serve.add_argument(
        "--linger",
        type=float,
        default=3.0,
        help="seconds until schedule groups that were deleted, network interfaces of what has ended and pending quota requests "
        "are done with (default: %(default)s)",
    )
    serve.add_argument("--account", default="123456789012", help="the account id (default: %(default)s)")
    serve.add_argument("--environments", metavar="FILE", help="which Python stands for which image (TOML or JSON)")
    serve.add_argument("--print-provider", action="store_true", help="print the Terraform provider block to use")
    serve.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end when standard input is closed, as it is when a harness dies",
    )
    serve.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    from .serve import serve

    return serve(options)


def _errors(options: argparse.Namespace) -> int:
    """One line each: where, `quoted` or `ours` (whose words the text is), code, text, source; separated by tabs."""
    from . import sources

    for entry in sources.entries():
        words = "ours" if entry.ours else "quoted" if entry.code else "states"
        fields = (entry.where, words, entry.code, " ".join(entry.text.split()), entry.source)
        sys.stdout.write("\t".join(fields) + "\n")
    return 0


def _nothing(command: argparse.ArgumentParser) -> None:
    pass


def _for_calls(command: argparse.ArgumentParser) -> None:
    command.add_argument("--clear", action="store_true", help="forget the calls made so far")


def _for_clock(command: argparse.ArgumentParser) -> None:
    command.add_argument("--advance", type=float, metavar="SECONDS", help="move the clock forward")


def _for_fault(command: argparse.ArgumentParser) -> None:
    command.add_argument("operation", help="regular expression over service:Operation, e.g. sagemaker:CreateEndpoint")
    command.add_argument(
        "kind", help="throttle, 500, error, latency, cut_before, cut_after, pause, wrong_region or expired_token"
    )
    command.add_argument("--times", type=int, default=1, help="how often; 0: for ever")
    command.add_argument("--skip", type=int, default=0, help="how many calls pass before")
    command.add_argument("--probability", type=float, default=1.0)
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--code", default="InternalFailure")
    command.add_argument("--message", default="injected")
    command.add_argument("--status", type=int, default=500)
    command.add_argument("--seconds", type=float, default=0.0)
    command.add_argument("--when", choices=("before", "after"), default="before")
    command.add_argument("--name", help="only calls that name this object")


def _for_number(command: argparse.ArgumentParser) -> None:
    command.add_argument("--id", type=int, help="one fault; without it all")


def _for_path(command: argparse.ArgumentParser) -> None:
    command.add_argument("path", help="the snapshot file")


def _for_fail(command: argparse.ArgumentParser) -> None:
    command.add_argument("kind", help="for instance Endpoint or TrainingJob")
    command.add_argument("reason", help="the failure reason; `rollback: ...` makes an endpoint update roll back")
    command.add_argument("--name", default="*", help="one object; without it the next of the kind")


def _for_status(command: argparse.ArgumentParser) -> None:
    command.add_argument("kind")
    command.add_argument("name")
    command.add_argument("status")


def _for_quota(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", help="for instance 'ml.m5.large for endpoint usage'")
    command.add_argument("value", type=float)


def _calls(options: argparse.Namespace) -> tuple[str, str, dict]:
    return ("DELETE" if options.clear else "GET"), "calls", {}


def _clock(options: argparse.Namespace) -> tuple[str, str, dict]:
    return ("GET", "clock", {}) if options.advance is None else ("POST", "clock", {"advance": options.advance})


def _fault(options: argparse.Namespace) -> tuple[str, str, dict]:
    names = ("operation", "kind", "skip", "probability", "seed", "code", "message", "status", "seconds", "when", "name")
    members = {name: getattr(options, name) for name in names}
    return "POST", "faults", {**members, "times": options.times or None}


def _get(name: str) -> Any:
    return lambda options: ("GET", name, {})


def _post(name: str, *members: str) -> Any:
    return lambda options: ("POST", name, {member: getattr(options, member) for member in members})


_CONTROLS: tuple[tuple[str, str, Any, Any], ...] = (
    ("health", "whether it is there", _nothing, _get("health")),
    ("inventory", "everything that exists", _nothing, _get("inventory")),
    ("calls", "every call made", _for_calls, _calls),
    ("clock", "read the clock or move it forward", _for_clock, _clock),
    ("faults", "the faults in force", _nothing, _get("faults")),
    ("fault", "put a fault in force", _for_fault, _fault),
    ("clear-faults", "remove faults", _for_number, lambda options: ("DELETE", "faults", {"id": options.id})),
    ("release", "let go the calls a pause holds", _for_number, _post("release", "id")),
    ("fail", "let the next creation or update of an object fail", _for_fail, _post("fail", "kind", "name", "reason")),
    ("quota", "set an instance quota", _for_quota, _post("quota", "name", "value")),
    ("status", "put an object into a status", _for_status, _post("status", "kind", "name", "status")),
    ("snapshot", "write everything to a file", _for_path, _post("snapshot", "path")),
    ("restore", "replace everything by a snapshot", _for_path, _post("restore", "path")),
    ("reset", "forget everything", _nothing, _post("reset")),
)


def _control(options: argparse.Namespace) -> int:
    method, name, members = options.request(options)
    if "path" in members:
        members["path"] = os.path.abspath(members["path"])
    request = urllib.request.Request(
        f"{options.endpoint}/_aws-local/{name}",
        method=method,
        data=json.dumps(members).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as response:
            sys.stdout.write(response.read().decode())
            return 0
    except urllib.error.HTTPError as error:
        sys.stderr.write(error.read().decode())
        return 1
    except urllib.error.URLError as error:
        sys.stderr.write(f"aws-local: no local AWS answers at {options.endpoint}: {error.reason}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
