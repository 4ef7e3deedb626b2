"""The SageMaker Python SDK, as users install it, drives a local AWS: each major version in an environment of its own.

`make sdk-test` makes the environments. The name of this file keeps it out of the other tests, which need no SDK.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import TRUST, Local

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[2] / ".venv"
STEPS = ["process", "train", "tune", "register", "deploy", "transform", "pipeline", "monitor"]




@pytest.fixture
def live() -> Iterator[Local]:
    local = Local("--allow-exec", "--role-delay", "0")
    yield local
    local.stop()


def role(live: Local) -> str:
    """A role as users have it. Version 3 asks IAM whether the role may do all that could be needed."""
    iam = live.client("iam")
    arn = iam.create_role(RoleName="sdk", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    for policy in ("AmazonSageMakerFullAccess", "AmazonS3FullAccess"):
        iam.attach_role_policy(RoleName="sdk", PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    return arn


@pytest.mark.timeout(900)
@pytest.mark.parametrize("version", ["2", "3"])
def test_it_does_everything_with_a_model(version: str, live: Local, tmp_path: Path) -> None:
    live.client("s3").create_bucket(Bucket="sdk")
    variables = {
        "AWS_ENDPOINT_URL": live.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "SDK_BUCKET": "sdk",
        "SDK_ROLE": role(live),
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
    }
    python = ENVIRONMENTS / f"sdk-{version}" / "bin" / "python"
    run = subprocess.run(
        [python, HERE / f"sdk_{version}.py"], env=variables, cwd=tmp_path, capture_output=True, text=True
    )
    done = [line.removeprefix("done: ") for line in run.stdout.splitlines() if line.startswith("done: ")]
    assert (run.returncode, done) == (0, STEPS), f"{run.stdout[-6000:]}\n{run.stderr[-6000:]}"
