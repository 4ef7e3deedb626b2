"""The examples that the documentation of a single resource, data source or function shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import EXAMPLES, HEAD

from acceptance.terraform import Terraform

SNIPPETS = sorted(
    folder for kind in ("resources", "data-sources", "functions", "actions") for folder in (EXAMPLES / kind).glob("*/")
)
IMPORTS = sorted(EXAMPLES.glob("resources/*/import.sh"))


def name(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


@pytest.mark.parametrize("folder", SNIPPETS, ids=name)
def test_snippet_is_valid(folder: Path, tmp_path: Path, cli_configuration: Path) -> None:
    terraform = Terraform.copy_of(folder, tmp_path / "snippet", cli_configuration, {})
    (terraform.directory / "versions.tf").write_text(HEAD)
    terraform.init()
    terraform.must("validate", "-no-color")


def test_provider_block_is_valid(tmp_path: Path, cli_configuration: Path) -> None:
    terraform = Terraform.copy_of(EXAMPLES / "provider", tmp_path / "provider", cli_configuration, {})
    terraform.init()
    terraform.must("validate", "-no-color")


@pytest.mark.parametrize("script", IMPORTS, ids=lambda p: p.parent.name)
def test_import_command_names_a_resource_of_the_example(script: Path) -> None:
    commands = re.findall(r"^terraform import (\S+)\.(\S+) (\S+)$", script.read_text(), re.MULTILINE)
    assert commands, "no command of the form `terraform import ADDRESS ID`"
    example = (script.parent / "resource.tf").read_text()
    for resource_type, resource_name, _ in commands:
        assert resource_type == script.parent.name
        assert f'resource "{resource_type}" "{resource_name}"' in example
