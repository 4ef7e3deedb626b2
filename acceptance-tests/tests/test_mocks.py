"""Modules are tested without AWS: under the mocks each example plans and applies, on each client in its own way."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from acceptance.cases import EXAMPLES, case_of, folders
from acceptance.example import copy_example, imports
from acceptance.installation import ROOT, client
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

MOCKS = EXAMPLES / "mocks"
GUIDE = ROOT / "docs" / "guides" / "testing.md"
TEST = "mocked.tftest.hcl"
RUNS = """
run "plan" {
  command = plan
}

run "apply" {}
"""
# Nobody who answers, so that a mock that is none is noticed.
NO_AWS = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1"}


def mock_provider(source: str) -> str:
    """The block that a test file begins with; `source` is a directory of mocks, for a client that reads one."""
    if client().name == "OpenTofu":
        return (MOCKS / "opentofu.tftest.hcl").read_text()
    return f'mock_provider "mlops" {{\n  source = "{source}"\n}}\n'


def mocked() -> list[Any]:
    """The examples, but for those of ephemeral resources, of which a client makes up every text. OpenTofu makes up a text
    for an argument that is left out, and nothing inside of an argument; it takes no mock for either, and here another resource
    refuses what is made up."""
    refused = {"resources/mlops_autoscaling_policy", "resources/mlops_endpoint_autoscaling"}
    made_up = refused if client().name == "OpenTofu" else set()
    reason = "OpenTofu takes no mock for an argument that the configuration leaves out, nor for what is inside of one"
    mark = pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True)
    # Terraform imports nothing from a mock.
    candidates = [f for f in folders() if not f.startswith(("actions/", "ephemeral-resources/")) and case_of(f).has("mocks")]
    mockable = [f for f in candidates if not imports(EXAMPLES / f)]
    return [pytest.param(folder, marks=[mark] if folder in made_up else []) for folder in mockable]


# Versions of Terraform do not differ in it; OpenTofu does, which runs every test.
@pytest.mark.parametrize("folder", mocked())
def test_it_plans_and_applies_under_the_mocks(
    folder: str, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = copy_example(folder, tmp_path / "example", initialised, case_of(folder).edit)
    (directory / TEST).write_text(mock_provider(str(MOCKS)) + RUNS)
    terraform = Terraform(directory, cli_configuration, NO_AWS)
    run = terraform.run("test", "-no-color", f"-filter={TEST}")
    assert run.code == 0 and re.search(r"2 passed, 0 failed", run.output), run.output


@pytest.mark.every_client
@pytest.mark.parametrize("test", sorted(EXAMPLES.glob("*/*/tests/*.tftest.hcl")), ids=lambda test: test.parts[-3])
def test_an_example_passes_its_own_tests(test: Path, tmp_path: Path, cli_configuration: Path, initialised: Path) -> None:
    folder = test.parents[1].relative_to(EXAMPLES)
    directory = copy_example(str(folder), tmp_path / "example", initialised, [])
    run = Terraform(directory, cli_configuration, NO_AWS).run("test", "-no-color", f"-filter=tests/{test.name}")
    assert run.code == 0 and " 0 failed" in run.output, run.output


@pytest.mark.every_client
def test_the_guide_shows_tests_that_pass(quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> None:
    directory = tmp_path / "module"
    shutil.copytree(initialised, directory, symlinks=True)
    (directory / "tests").mkdir()
    shutil.copytree(MOCKS, directory / "tests" / "mocks", ignore=shutil.ignore_patterns("*.tftest.hcl"))
    shown = re.findall(r"^```terraform\n# (\S+)\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert [name for name, _ in shown] == ["main.tf", *(f"tests/{n}.tftest.hcl" for n in ("unit", "keys", "integration"))]
    for name, text in shown:
        text = re.sub(r'^mock_provider "mlops" \{\n.*?^\}\n', lambda _: mock_provider("./tests/mocks"), text, flags=re.M | re.S)
        (directory / name).write_text(text)
    terraform = Terraform(directory, cli_configuration, NO_AWS)
    for name, passed in (("unit", 2), ("keys", 1)):
        run = terraform.run("test", "-no-color", f"-filter=tests/{name}.tftest.hcl")
        assert run.code == 0 and f"{passed} passed, 0 failed" in run.output, run.output
    terraform.environment |= quick.environment()
    run = terraform.run("test", "-no-color", "-filter=tests/integration.tftest.hcl")
    assert run.code == 0 and "1 passed, 0 failed" in run.output, run.output
    assert [c for c in quick.calls() if c["operation"] == "CreateRole"], "the local AWS was called"
    assert quick.inventory() == []
