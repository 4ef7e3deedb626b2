"""Objects that are in AWS and not in the state, for tests of imports and moves."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from subject import story_of_subject
from sweep import Story

from acceptance.cases import case_of
from acceptance.example import fill, main_file
from acceptance.installation import provider_binary
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

BLOCKS = "imports.tf"


class Object(NamedTuple):
    """An object that is in AWS and not in the state, in a directory whose configuration wants it."""

    terraform: Terraform
    folder: str
    address: str
    values: dict[str, Any]
    """Its attributes, as its creation left them."""
    identity: dict[str, Any]
    """What identifies it; empty on a client that knows no identities."""
    required: list[str]
    """The attributes of the identity without which there is no import by it."""

    @property
    def kind(self) -> str:
        """Its resource type."""
        return self.address.partition(".")[0]

    @property
    def copy(self) -> str:
        """An address for another block about it."""
        return f"{self.kind}.imported"

    @property
    def id(self) -> str:
        return fill(case_of(self.folder).import_id, self.values.__getitem__)

    def write(self, text: str) -> None:
        (self.terraform.directory / BLOCKS).write_text(text)


def block_of(address: str, terraform: Terraform, name_it: str = "") -> str:
    """The text of a resource's block, with another name if one is given."""
    kind, _, name = address.partition(".")
    text = main_file(terraform.directory).read_text()
    found = re.search(rf'^resource "{kind}" "{name}" \{{$.*?^\}}\n', text, re.MULTILINE | re.DOTALL)
    assert found, f"no block of {address} in {text}"
    return found[0].replace(f'"{name}"', f'"{name_it or name}"', 1)


@cache
def schemas() -> dict[str, Any]:
    """The schema of each resource type."""
    printed = json.loads(subprocess.run([provider_binary(), "schema"], capture_output=True, check=True).stdout)
    (provided,) = printed["provider_schemas"].values()
    return provided["resource_schemas"]


def attributes_of(folder: str) -> dict[str, Any]:
    """The attributes of an example's subject."""
    return schemas()[address_of(folder).partition(".")[0]]["block"]["attributes"]


def address_of(folder: str) -> str:
    subject = case_of(folder).subject
    assert subject
    return subject.address


ObjectOf = Callable[[str, bool, str], Object]
PREFIX = re.compile(r'name_prefix\s*=\s*"[^"]+"')
NAME = re.compile(r'^(\s+)name(\s*=\s*)"([^"]+)"$', re.MULTILINE)


@pytest.fixture(scope="session")
def identities(initialised: Path, cli_configuration: Path) -> dict[str, Any]:
    """The identity of each resource type; nothing on a client that knows no identities."""
    printed = json.loads(Terraform(initialised, cli_configuration, {}).must("providers", "schema", "-json"))
    (provided,) = printed["provider_schemas"].values()
    return provided.get("resource_identity_schemas", {})


@pytest.fixture(scope="session")
def object_of(
    tmp_path_factory: pytest.TempPathFactory,
    cli_configuration: Path,
    initialised: Path,
    quick_server: LocalAws,
    story_of: Callable[[str], Story],
    identities: dict[str, Any],
) -> ObjectOf:
    """Creates the subject of an example, takes it out of the state, and hands it over. If its name was generated, the
    configuration then has the whole name, as that of somebody who finds the object in AWS."""

    def rename(folder: str) -> Callable[[Terraform], None]:
        by_prefix = r'\1name_prefix\2"\3-"'
        return lambda terraform: rewrite(terraform, address_of(folder), lambda block: NAME.sub(by_prefix, block, count=1))

    @cache
    def story(folder: str, is_prefixed: bool) -> Story:
        if not is_prefixed:
            return story_of(folder)
        directory = tmp_path_factory.mktemp(Path(folder).name)
        return story_of_subject(folder, directory, cli_configuration, initialised, quick_server, rename(folder))

    @cache
    def prepared(folder: str, is_prefixed: bool) -> Object:
        address = address_of(folder)
        terraform = story(folder, is_prefixed).applied(f"prepared {is_prefixed}")
        state = json.loads(terraform.must("show", "-json"))["values"]["root_module"]["resources"]
        (found,) = (r for r in state if r["address"] == address)
        if is_prefixed:
            prefix, name = found["values"]["name_prefix"], found["values"]["name"]
            assert name.startswith(prefix) and name != prefix
            rewrite(terraform, address, lambda block: PREFIX.sub(f'name = "{name}"', block, count=1))
        terraform.must("state", "rm", address)
        schema = identities.get(found["type"], {"attributes": {}})["attributes"]
        required = [name for name, attribute in schema.items() if attribute.get("required_for_import")]
        return Object(terraform, folder, address, found["values"], found.get("identity", {}), required)

    def take(folder: str, is_prefixed: bool, purpose: str) -> Object:
        found = prepared(folder, is_prefixed)
        terraform = story(folder, is_prefixed).applied(f"import {is_prefixed} {purpose}", found.terraform.directory)
        return found._replace(terraform=terraform)

    return take


def rewrite(terraform: Terraform, address: str, change: Callable[[str], str]) -> None:
    """Changes a resource's block."""
    block = block_of(address, terraform)
    changed = change(block)
    assert changed != block, block
    file = main_file(terraform.directory)
    file.write_text(file.read_text().replace(block, changed))


def wants_nothing(plan: dict[str, Any], change: dict[str, Any], told: set[str]) -> None:
    """The plan keeps the object, and sets at most these attributes, which AWS cannot tell."""
    before, after = change["before"], change["after"]
    differing = {name for name in after if before.get(name) != after[name]}
    assert change["actions"] in (["no-op"], ["update"]) and differing <= told, f"{differing - told}:\n{plan['text']}"
    assert "Warning: " not in plan["text"].replace("Warning: Resource targeting", ""), plan["text"]
