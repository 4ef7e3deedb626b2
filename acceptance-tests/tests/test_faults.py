"""Throttled, failing, cut: what AWS and networks do every day costs time, and nothing else."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from foreign import NAME, TYPES, Desk, picture
from stacks import FAULTS, STACK
from sweep import Story, left, template_of, what_is_known

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

SEEDS = range(1, 13)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Some seeds, or all of them."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", SEEDS if metafunc.config.getoption("--kill-sweep") else SEEDS[:2])


def test_faults_everywhere_cost_time_only(seed: int, whole_stack: Story) -> None:
    aws = whole_stack.aws
    wanted = whole_stack.create.known
    terraform = whole_stack.begun(f"seed {seed}")
    for kind, probability in FAULTS.items():
        aws.fault(".*", kind, times=None, probability=probability, seed=seed)
    terraform.apply()
    struck = {f["kind"]: f["struck"] for f in aws.control("GET", "faults")["faults"]}
    assert sum(struck.values()) > 10, struck
    assert what_is_known(terraform) == wanted
    assert terraform.is_settled(), "the second plan wants changes"
    terraform.destroy()
    aws.control("DELETE", "faults")
    assert left(aws) == []


ASKED = """
variable "on_error" {
  default = "fail"
}

data "mlops_inference" "i" {
  endpoint_name = mlops_endpoint.e.name
  body          = "1"
  on_error      = var.on_error
}

output "response" {
  value = data.mlops_inference.i.response
}
"""


@pytest.fixture
def stack(quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Callable[[str], Terraform]:
    """Makes a working directory on an empty AWS."""

    def make(configuration: str) -> Terraform:
        directory = template_of(configuration, tmp_path / "stack", initialised)
        return Terraform(directory, cli_configuration, quick.environment())

    return make


@pytest.mark.parametrize(
    "code, status, message",
    [
        ("ModelError", 424, "Received server error (500) from primary"),
        ("AccessDeniedException", 403, "no identity-based policy allows the sagemaker:InvokeEndpoint action"),
        ("ValidationError", 400, "Endpoint interrupted of account 123456789012 not found."),
    ],
)
def test_a_failing_model_does_not_block_the_destroy(
    code: str, status: int, message: str, quick: LocalAws, stack: Callable[[str], Terraform]
) -> None:
    aws = quick
    terraform = stack(STACK + ASKED)
    # A refusal that is dated as far off as this fast clock's the SDK takes for one of its own clock, and repeats.
    terraform.environment["AWS_MAX_ATTEMPTS"] = "1"
    aws.fault("sagemaker-runtime:InvokeEndpoint", "error", times=None, code=code, status=status, message=message)
    for command in ("apply", "destroy"):
        run = terraform.attempt(command)
        assert run.code == 1
        assert any(d.severity == "error" and "terraform destroy -refresh=false" in d.text for d in run.told), run.output
    assert left(aws) != []
    terraform.environment["TF_VAR_on_error"] = "warn"
    run = terraform.attempt("apply")
    assert run.code == 0
    assert any(d.severity == "warning" and message in d.text for d in run.told), run.output
    assert terraform.outputs().get("response") is None
    terraform.destroy()
    assert left(aws) == []


def test_a_destroy_goes_on_after_its_endpoint_went_first(
    quick: LocalAws, stack: Callable[[str], Terraform]
) -> None:
    """Killed right after DeleteEndpoint, or deleted by somebody: nothing is there to be asked."""
    aws = quick
    terraform = stack(STACK + ASKED.replace('default = "fail"', 'default = "warn"'))
    terraform.apply()
    aws.client("sagemaker").delete_endpoint(EndpointName="interrupted")
    terraform.destroy()
    assert left(aws) == []


def test_records_that_cannot_be_written_are_a_warning(
    quick: LocalAws, stack: Callable[[str], Terraform]
) -> None:
    terraform = stack(STACK)
    (terraform.directory / ".terraform" / "mlops-creating").write_text("a plain file")
    run = terraform.attempt("apply")
    assert run.code == 0
    warnings = [d.text for d in run.told if d.severity == "warning"]
    assert any("mlops-creating" in text and re.search("(?i)interrupt|killed", text) for text in warnings), run.output
    assert terraform.is_settled()
    terraform.destroy()
    assert left(quick) == []


NEVER = """
provider "mlops" {
  propagation_timeout = "5s"
}

resource "mlops_model" "m" {
  name               = "never"
  execution_role_arn = "arn:aws:iam::123456789012:role/never"
  primary_container  = { image = "i" }
}
"""


@pytest.mark.parametrize("role", ["absent", "without trust in SageMaker"])
def test_a_role_that_never_works_is_an_error_in_time(
    role: str, quick: LocalAws, stack: Callable[[str], Terraform]
) -> None:
    aws = quick
    if role != "absent":
        trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        aws.client("iam").create_role(RoleName="never", AssumeRolePolicyDocument=policy)
    terraform = stack(NEVER)
    began = time.monotonic()
    run = terraform.attempt("apply")
    took = time.monotonic() - began
    assert run.code == 1
    text = " ".join(d.text for d in run.told)
    tries = sum(c["operation"] == "CreateModel" for c in aws.calls())
    assert tries > 1, f"{tries} tries\n{run.output}"
    assert 5 < took < 30, f"{took:.0f} s"
    assert re.search(rf"\b{tries} (times|attempts|tries)", text) and re.search(r"\b[5-9] ?s", text), run.output
    assert "role/never" in text, run.output
    assert [o["kind"] for o in aws.inventory() if o["kind"] != "Role"] == []


class Backend(BaseHTTPRequestHandler):
    """A state that is kept over HTTP, by a server that may refuse to write it."""

    stored: bytes | None = None
    refuses = False

    def do_GET(self) -> None:
        self._answer(200 if self.stored else 404, self.stored or b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.refuses:
            type(self).stored = body
        self._answer(500 if self.refuses else 200, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def backend() -> Iterator[tuple[str, type[Backend]]]:
    """A server of states: its address, and what it holds."""
    handler = type("OneBackend", (Backend,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/state", handler
    server.shutdown()


def test_a_state_that_could_not_be_written_costs_no_object(
    backend: tuple[str, type[Backend]], quick: LocalAws, tmp_path: Path, cli_configuration: Path
) -> None:
    """What Terraform saved in `errored.tfstate` is all there is. Until it is pushed, the objects are nobody's here."""
    address, handler = backend
    aws = quick
    desk = Desk(tmp_path, cli_configuration, aws)
    desk.empty_account()
    terraform = desk.directory("stack", mark="one")
    main = terraform.directory / "main.tf"
    http = f'backend "http" {{\n    address   = "{address}"\n    retry_max = 0\n  }}'
    main.write_text(main.read_text().replace('backend "local" { path = "first.tfstate" }', http))
    terraform.must("init", "-input=false", "-no-color", "-reconfigure")
    handler.refuses = True
    run = terraform.run("apply", "-auto-approve", "-input=false", "-no-color")
    assert run.code == 1 and "errored.tfstate" in run.output, run.output
    errored = terraform.directory / "errored.tfstate"
    assert len(json.loads(errored.read_text())["resources"]) == len(TYPES) + 1, "and the data source"
    handler.refuses = False
    before = picture(aws)

    desk.is_refused(terraform)

    assert picture(aws) == before
    terraform.must("state", "push", "-force", "errored.tfstate")
    assert terraform.is_settled()
    terraform.destroy()
    assert not [o for o in aws.inventory() if o["name"] == NAME]
