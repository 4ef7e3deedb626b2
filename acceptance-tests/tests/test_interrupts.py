"""One Ctrl-C is obeyed within seconds, whatever the provider waits for, and throws nothing away."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from stacks import STACK
from sweep import MUTATING, is_holding, left, providers_of, template_of, what_is_known

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

# It measures seconds, which other tests would take part of.
pytestmark = pytest.mark.alone
# Terraform gives its providers two seconds and a little to end.
TERRAFORM_ENDS_WITHIN, PROVIDER_ENDS_WITHIN = 5.0, 3.0
# How long it may take at most, so that a wrong one costs little.
GIVE_UP_AFTER = 15.0


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS whose clock stands still: what runs goes on running until the clock is moved."""
    log = tmp_path_factory.mktemp("still") / "aws-local.log"
    with LocalAws(log, arguments=("--stepped", "--role-delay", "0")) as running:
        yield running


@pytest.fixture
def stack(still: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Iterator[Terraform]:
    """The stack, not applied yet, on an empty AWS."""
    still.control("POST", "reset")
    yield Terraform(template_of(STACK, tmp_path / "stack", initialised), cli_configuration, still.environment())
    still.control("DELETE", "faults")


class Ticking:
    """The clock moves while the block runs."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws, self.ended = aws, threading.Event()
        self.thread = threading.Thread(target=self._tick)

    def _tick(self) -> None:
        while not self.ended.wait(0.05):
            self.aws.control("POST", "clock", advance=1)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()


def interrupt(aws: LocalAws, terraform: Terraform, until: Callable[[], bool]) -> str:
    """Applies, sends one SIGINT to the whole group as a terminal does, and insists on an early end."""
    process = terraform.start("apply", "-auto-approve", "-input=false", "-no-color")
    aws.wait_for("it waits", lambda: until() or process.poll() is not None, 60)
    assert process.poll() is None, process.communicate()[0]
    sent = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    provider = None
    while process.poll() is None and time.monotonic() < sent + GIVE_UP_AFTER:
        if provider is None and not providers_of(process):
            provider = time.monotonic() - sent
        time.sleep(0.05)
    took = time.monotonic() - sent
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise AssertionError(f"it still ran {GIVE_UP_AFTER} s after the interrupt")
    output, _ = process.communicate()
    assert took < TERRAFORM_ENDS_WITHIN, f"Terraform took {took:.1f} s:\n{output}"
    assert provider is None or provider < PROVIDER_ENDS_WITHIN, f"the provider took {provider:.1f} s:\n{output}"
    return output


def goes_on(aws: LocalAws, terraform: Terraform) -> list[str]:
    """The next apply ends well and in an empty plan; what it changed in AWS. Then everything is destroyed."""
    aws.control("DELETE", "faults")
    aws.forget_calls()
    with Ticking(aws):
        terraform.apply()
        changing = [c["operation"] for c in aws.calls() if MUTATING.match(c["operation"])]
        kinds = sorted(o["kind"] for o in aws.inventory())
        assert kinds == ["Bucket", "Endpoint", "EndpointConfig", "Model", "Role", "TrainingJob"], "no duplicate"
        assert terraform.is_settled()
        terraform.destroy()
    assert left(aws) == []
    return changing


def test_while_a_job_runs_and_an_endpoint_is_created(still: LocalAws, stack: Terraform) -> None:
    output = interrupt(still, stack, lambda: {"TrainingJob", "Endpoint"} <= {o["kind"] for o in still.inventory()})
    known = what_is_known(stack)
    assert known["mlops_training_job sound "] == 1, f"{known}\n{output}"
    assert known["mlops_endpoint sound "] == 1, f"{known}\n{output}"
    assert not {"CreateTrainingJob", "StopTrainingJob", "DeleteTrainingJob", "CreateEndpoint", "DeleteEndpoint"} & set(
        goes_on(still, stack)
    ), "the job that runs is waited for, and so is the endpoint"


@pytest.mark.parametrize("operation", ["sagemaker:CreateModel", "s3:PutBucketVersioning"])
def test_while_a_call_is_throttled_for_ever(operation: str, still: LocalAws, stack: Terraform) -> None:
    fault = still.fault(operation, "throttle", times=None)

    def is_retried() -> bool:
        return any(f["id"] == fault["id"] and f["struck"] >= 4 for f in still.control("GET", "faults")["faults"])

    interrupt(still, stack, is_retried)
    state_holds_what_exists(still, stack)
    goes_on(still, stack)


@pytest.mark.parametrize(
    "operation, when",
    [
        ("sagemaker:CreateEndpointConfig", "before"),
        ("sagemaker:CreateEndpointConfig", "after"),
        ("iam:PutRolePolicy", "before"),
        ("s3:HeadBucket", "before"),
        ("s3:PutBucketVersioning", "before"),
    ],
)
def test_while_a_call_never_returns(operation: str, when: str, still: LocalAws, stack: Terraform) -> None:
    still.fault(operation, "pause", times=None, when=when)
    interrupt(still, stack, lambda: is_holding(still))
    open_call = {"EndpointConfig"} if operation.endswith("CreateEndpointConfig") and when == "after" else set()
    state_holds_what_exists(still, stack, but=open_call)
    goes_on(still, stack)


IN_THE_STATE = {
    "Bucket": "mlops_bucket_layout",
    "Role": "mlops_execution_role",
    "TrainingJob": "mlops_training_job",
    "Model": "mlops_model",
    "EndpointConfig": "mlops_endpoint_configuration",
    "Endpoint": "mlops_endpoint",
}


def state_holds_what_exists(aws: LocalAws, terraform: Terraform, but: set[str] = frozenset()) -> None:
    """Every object in AWS is in the state. What a call that is still open makes, nobody can know."""
    there = {IN_THE_STATE[o["kind"]] for o in aws.inventory() if o["kind"] not in but}
    known = {name.split()[0] for name in what_is_known(terraform)}
    assert there <= known, f"in AWS and not in the state: {there - known}"
