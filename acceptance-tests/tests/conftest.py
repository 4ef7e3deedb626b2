"""What all acceptance tests start from. Each process that runs tests has servers and directories of its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

# One of each for all tests: they keep directories.
from imported import identities, object_of  # noqa: F401
from stacks import STACK, changed
from subject import story_of_subject
from sweep import Story, template_of

from acceptance.installation import install
from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, Terraform


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make kill-sweep` and `make try` use them."""
    parser.addoption("--kill-sweep", action="store_true", help="kill at every call, and try every seed of the faults")
    parser.addoption("--estate", type=int, default=2, help="how many objects of common kinds `terraform query` finds: 140 make 1,000")
    parser.addoption("--example", metavar="NAME", help="only the cases of this example: endpoint, parse_arn, first-light")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The cases of an example go to the same process, which prepares the example once."""
    wanted = config.getoption("--example")
    for item in items[:]:
        folder = getattr(item, "callspec", None) and item.callspec.params.get("folder")
        if folder:
            item.add_marker(pytest.mark.xdist_group(folder))
        if wanted and not (folder and Path(folder).name in (wanted, f"mlops_{wanted}")):
            items.remove(item)
            config.hook.pytest_deselected(items=[item])
    if wanted and not items:
        raise pytest.UsageError(f"there is no example {wanted}")


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
    """The local AWS that really runs jobs; short role delay, real clock."""
    log = tmp_path_factory.mktemp("aws") / "aws-local.log"
    with LocalAws(log, allow_exec=True, arguments=("--role-delay", "0.5")) as running:
        yield running


@pytest.fixture(scope="session")
def quick_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """The local AWS that only pretends to train and serve, quickly."""
    log = tmp_path_factory.mktemp("quick") / "aws-local.log"
    with LocalAws(log, arguments=("--time-scale", "20", "--role-delay", "4")) as running:
        yield running


def emptied(server: LocalAws) -> Iterator[LocalAws]:
    server.control("DELETE", "faults")
    server.control("POST", "reset")
    yield server
    server.control("DELETE", "faults")


@pytest.fixture
def aws(server: LocalAws) -> Iterator[LocalAws]:
    """The local AWS that really runs jobs, with nothing in it."""
    yield from emptied(server)


@pytest.fixture
def quick(quick_server: LocalAws) -> Iterator[LocalAws]:
    """The local AWS that only pretends, with nothing in it."""
    yield from emptied(quick_server)


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory, cli_configuration: Path) -> Path:
    """What `terraform init` leaves in a working directory, for copies."""
    directory = tmp_path_factory.mktemp("initialised")
    (directory / "main.tf").write_text(HEAD)
    Terraform(directory, cli_configuration, {}).init()
    # Terraform hashes the provider before each command to compare it with these, which takes a fifth of a plan's time.
    lock = directory / ".terraform.lock.hcl"
    lock.write_text(re.sub(r"^ *hashes = \[.*?\]\n", "", lock.read_text(), flags=re.DOTALL | re.MULTILINE))
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


@pytest.fixture(scope="session")
def story_of(
    tmp_path_factory: pytest.TempPathFactory, cli_configuration: Path, initialised: Path, quick_server: LocalAws
) -> Callable[[str], Story]:
    """The story of an example's subject, prepared once for all tests."""

    @cache
    def tell(folder: str) -> Story:
        directory = tmp_path_factory.mktemp(Path(folder).name)
        return story_of_subject(folder, directory, cli_configuration, initialised, quick_server)

    return tell


@pytest.fixture(scope="session")
def whole_stack(
    tmp_path_factory: pytest.TempPathFactory, cli_configuration: Path, initialised: Path, quick_server: LocalAws
) -> Story:
    """The story of several resources that depend on each other."""
    template = template_of(STACK, tmp_path_factory.mktemp("whole") / "template", initialised)
    return Story(template, cli_configuration, quick_server, changed)
