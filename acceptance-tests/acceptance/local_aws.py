"""The local AWS as a process, and its control endpoints."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-east-1"
ACCOUNT = "123456789012"
SERVE = "import sys; from aws_local.cli import main; sys.exit(main())"


class LocalAws:
    """A running local AWS. Use as a context manager: it ends with the block."""

    def __init__(self, log: Path, *, allow_exec: bool = False, arguments: tuple[str, ...] = ()) -> None:
        self._log = log.open("w")
        command = [sys.executable, "-c", SERVE, "serve", "--until-stdin-closes", *arguments]
        if allow_exec:
            command.append("--allow-exec")
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            start_new_session=True,
        )
        self.endpoint = self._first_line()["endpoint"]
        self.account = arguments[arguments.index("--account") + 1] if "--account" in arguments else ACCOUNT

    def _first_line(self, within: float = 30.0) -> dict[str, Any]:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(within):
                self.stop()
                raise RuntimeError(f"the local AWS was not ready within {within} s; see {self._log.name}")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the local AWS ended at once; see {self._log.name}")
        return json.loads(line)

    def __enter__(self) -> LocalAws:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, kindly at first."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self._log.close()

    def control(self, method: str, name: str, /, **members: Any) -> Any:
        """Call a control endpoint."""
        body = json.dumps(members).encode() if members or method == "POST" else None
        request = urllib.request.Request(f"{self.endpoint}/_aws-local/{name}", method=method, data=body)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {name}: {error.read().decode()}") from error

    def inventory(self) -> list[Any]:
        """Everything that exists and that somebody asked for or pays for; empty when nothing does."""
        return [o for o in self.control("GET", "inventory")["objects"] if not o.get("implicit")]

    def calls(self) -> list[dict[str, Any]]:
        """Every call made since the last `forget_calls`."""
        answer = self.control("GET", "calls")
        return answer["calls"] if isinstance(answer, dict) else answer

    def forget_calls(self) -> None:
        """Forget the calls made so far."""
        self.control("DELETE", "calls")

    def fault(self, operation: str, kind: str, **members: Any) -> Any:
        """Put a fault in force."""
        return self.control("POST", "faults", operation=operation, kind=kind, **members)

    def environment(self) -> dict[str, str]:
        """The variables that lead AWS clients here, and nowhere else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    def client(self, service: str) -> Any:
        """A boto3 client: somebody else's hands on the same AWS."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
        )

    def wait_for(self, description: str, condition: Any, within: float = 30.0) -> Any:
        """Wait until a condition holds and answer its value."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            if value := condition():
                return value
            time.sleep(0.05)
        raise AssertionError(f"not within {within} s: {description}")
