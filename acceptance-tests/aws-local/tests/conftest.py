"""A local AWS for the tests, driven with boto3: a client that nobody here wrote."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)

JOBS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:*", "ecr:*", "logs:*", "cloudwatch:PutMetricData"], "Resource": "*"}
        ],
    }
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that look at the processes of the whole machine run one after the other."""
    for item in items:
        if item.path.name in ("test_process.py", "test_processes.py", "test_story.py"):
            item.add_marker(pytest.mark.xdist_group("processes"))


class Local:
    """A running local AWS."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "aws_local.cli", "serve", *arguments], stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        self.endpoint = json.loads(line)["endpoint"]
        self._clients: dict[Any, Any] = {}

    def client(self, service: str, region: str = "us-east-1", **config: Any) -> Any:
        """A boto3 client that does not retry, unless told otherwise."""
        key = (service, region, json.dumps(config, sort_keys=True))
        if key not in self._clients:
            config.setdefault("retries", {"total_max_attempts": 1})
            self._clients[key] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.endpoint,
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=Config(s3={"addressing_style": "path"}, read_timeout=20, **config),
            )
        return self._clients[key]

    def control(self, method: str, endpoint: str, /, **members: Any) -> Any:
        """Use a control endpoint."""
        request = urllib.request.Request(
            f"{self.endpoint}/_aws-local/{endpoint}", method=method, data=json.dumps(members).encode()
        )
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        self.control("POST", "clock", advance=seconds)

    def role(self, name: str = "role") -> str:
        """A role that SageMaker can assume by now, and that may do what jobs do."""
        iam = self.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="jobs", PolicyDocument=JOBS)
        self.advance(5)
        return arn

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="session")
def running() -> Iterator[Local]:
    """One local AWS with a stepped clock for all tests."""
    local = Local("--stepped", "--permission-delay", "4")
    yield local
    local.stop()


@pytest.fixture
def aws(running: Local) -> Iterator[Local]:
    """An empty local AWS."""
    running.control("POST", "reset")
    yield running


@pytest.fixture
def sm(aws: Local) -> Any:
    """A SageMaker client."""
    return aws.client("sagemaker")
