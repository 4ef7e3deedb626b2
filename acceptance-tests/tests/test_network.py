"""What lies between Terraform and AWS: it is named as what it is, and what passes is waited for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import Run, Terraform

CALLER = 'data "mlops_caller_identity" "me" {}\n'


def plan(terraform: Terraform, **environment: str) -> Run:
    """A plan, its lines joined: Terraform wraps messages at the width of the terminal."""
    run = terraform.run("plan", "-input=false", "-no-color", environment=environment)
    return Run(run.code, " ".join(line.strip("│╷╵ ") for line in run.output.splitlines()))


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def portal() -> Iterator[str]:
    """A server that answers everything with a web page."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = b"<html><body>Please sign in</body></html>"
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_sts_that_throttles_is_waited_for(aws: LocalAws, workspace: Callable[[str], Terraform]) -> None:
    """Three throttled answers in a row, as an account with many pipelines gets them, are no reason to fail."""
    terraform = workspace(CALLER)
    aws.fault("sts:GetCallerIdentity", "throttle", times=3)
    run = plan(terraform)
    assert run.ok, run.output


def test_max_retries_hold_for_sts(aws: LocalAws, workspace: Callable[[str], Terraform]) -> None:
    """As many calls as asked for, and the error names the argument."""
    terraform = workspace('provider "mlops" { max_retries = 2 }\n' + CALLER)
    aws.fault("sts:GetCallerIdentity", "throttle", times=None)
    run = plan(terraform)
    assert run.code == 1 and "Raise `max_retries`" in run.output, run.output
    assert aws.control("GET", "faults")["faults"][0]["struck"] == 3


def test_no_certificate_authorities(workspace: Callable[[str], Terraform]) -> None:
    """A container without them reaches http:// as ever, and learns what is missing for https://."""
    nothing = {"SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": "/nonexistent"}
    terraform = workspace(CALLER)
    run = plan(terraform, **nothing)
    assert run.ok, run.output
    run = plan(terraform, **nothing, AWS_ENDPOINT_URL="https://localhost:1")
    assert run.code == 1, run.output
    assert "no trusted CA certificates were found" in run.output and "`custom_ca_bundle`" in run.output, run.output


def test_a_proxy_that_is_not_there(workspace: Callable[[str], Terraform], closed_port: int) -> None:
    """The proxy is at fault, not AWS; its password is nobody's business."""
    proxy = f"http://me:hidden-password@127.0.0.1:{closed_port}"
    run = plan(workspace(CALLER), HTTP_PROXY=proxy, AWS_ENDPOINT_URL="http://aws.invalid")
    assert run.code == 1, run.output
    assert f"the proxy http://127.0.0.1:{closed_port} refused the connection" in run.output, run.output
    assert "hidden-password" not in run.output


def test_a_page_in_place_of_aws(workspace: Callable[[str], Terraform], portal: str) -> None:
    """A network that asks for a sign-in answers in AWS's place."""
    run = plan(workspace(CALLER), AWS_ENDPOINT_URL=portal)
    assert run.code == 1, run.output
    assert f"the response from {portal} did not come from AWS" in run.output and "text/html" in run.output, run.output


def test_no_directory_for_the_socket(workspace: Callable[[str], Terraform], tmp_path: Path) -> None:
    """What the provider says before the handshake is seen, too."""
    # In place of a path that is too long for a socket, the provider takes another one.
    missing = tmp_path.parent / "missing"
    said, terraform = [], workspace(CALLER)
    # Terraform drops what it has not read when a plugin's process ends, which happens on a busy machine.
    for _ in range(3):
        run = plan(terraform, TMPDIR=str(missing))
        assert run.code == 1, run.output
        said.append(run.output)
    assert any(f"listening for Terraform on {missing} failed" in output for output in said), said


def test_a_region_that_is_not_known_yet(workspace: Callable[[str], Terraform]) -> None:
    """The argument is named, and what to do about it."""
    configuration = 'resource "terraform_data" "r" { input = "eu-west-1" }\n'
    configuration += 'provider "mlops" { region = terraform_data.r.output }\n'
    run = plan(workspace(configuration + 'data "mlops_caller_identity" "me" {}\n'))
    assert run.code == 1, run.output
    assert "the argument `region` of the provider block is known only after the apply" in run.output, run.output
    assert "-target" in run.output and "host label" not in run.output, run.output


def test_a_profile_that_wants_a_code(workspace: Callable[[str], Terraform], tmp_path: Path) -> None:
    """Terraform cannot ask for the code of an MFA device."""
    config = tmp_path / "config"
    config.write_text(
        "[profile keys]\naws_access_key_id = K\naws_secret_access_key = S\n"
        "[profile admin]\nrole_arn = arn:aws:iam::123456789012:role/admin\nsource_profile = keys\n"
        "mfa_serial = arn:aws:iam::123456789012:mfa/me\n"
    )
    run = plan(workspace(f'provider "mlops" {{\n  profile = "admin"\n  shared_config_files = ["{config}"]\n}}\n' + CALLER))
    assert run.code == 1, run.output
    assert "MFA required" in run.output and "`credential_process`" in run.output, run.output


def test_no_long_text_is_repeated(workspace: Callable[[str], Terraform]) -> None:
    """A secret that was put into the wrong argument does not get into the log of a pipeline."""
    secret = "zz-hidden-" * 8
    configuration = f"""
variable "secret" {{
  default   = "{secret}"
  sensitive = true
}}
resource "mlops_model" "m" {{
  name               = "m"
  execution_role_arn = var.secret
  primary_container  = {{ image = "i" }}
}}
"""
    run = plan(workspace(configuration))
    assert run.code == 1 and "execution_role_arn" in run.output, run.output
    assert "a string of 80 characters" in run.output and "zz-hidden" not in run.output, run.output
