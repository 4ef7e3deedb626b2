"""What all acceptance tests start from."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acceptance.installation import ROOT, install
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

EXAMPLES = ROOT / "examples"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make kill-sweep` uses it."""
    parser.addoption("--kill-sweep", action="store_true", help="kill at every call, and try every seed of the faults")


@pytest.fixture(scope="session")
def kill_sweep(request: pytest.FixtureRequest) -> bool:
    """Whether to kill at every call, and to try every seed of the faults, instead of some."""
    return request.config.getoption("--kill-sweep")


@pytest.fixture(scope="session")
def cli_configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provider, installed once."""
    return install(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """One local AWS for all tests that really run jobs; short role delay, real clock."""
    log = tmp_path_factory.mktemp("aws") / "aws-local.log"
    with LocalAws(log, allow_exec=True, arguments=("--role-delay", "0.5")) as running:
        yield running


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[LocalAws]]:
    """Several local AWS that only pretend to train and serve, quickly."""
    logs = tmp_path_factory.mktemp("servers")
    quick = ("--time-scale", "20", "--role-delay", "4")
    with LocalAws(logs / "1.log", arguments=quick) as one, LocalAws(logs / "2.log", arguments=quick) as two:
        yield [one, two]


@pytest.fixture
def aws(server: LocalAws) -> Iterator[LocalAws]:
    """The local AWS with nothing in it."""
    server.control("POST", "reset")
    yield server
    server.control("DELETE", "faults")


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory, cli_configuration: Path) -> Path:
    """What `terraform init` leaves in a working directory, for copies."""
    directory = tmp_path_factory.mktemp("initialised")
    (directory / "main.tf").write_text(HEAD)
    Terraform(directory, cli_configuration, {}).init()
    return directory


@pytest.fixture
def workspace(aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Callable[[str], Terraform]:
    """Makes a working directory with this configuration, initialised."""

    def make(configuration: str, name: str = "stack") -> Terraform:
        directory = tmp_path / name
        shutil.copytree(initialised, directory, symlinks=True)
        (directory / "main.tf").write_text(HEAD + configuration)
        return Terraform(directory, cli_configuration, aws.environment())

    return make


HEAD = """
terraform {
  required_providers {
    mlops = {
      source = "cloud-mlops/mlops"
    }
  }
}
"""
