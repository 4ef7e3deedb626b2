"""Copies of examples: edited as `acceptance.toml` says, and changed in AWS by somebody else than Terraform."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from botocore import xform_name

from .cases import EXAMPLES, FILE, Call, Edit
from .local_aws import LocalAws

VERSIONS = "versions.tf"


def copy_example(folder: str, directory: Path, initialised: Path, edits: Iterable[Edit]) -> Path:
    """Copies an example and what `terraform init` leaves (`initialised`) into a new directory, and edits it."""
    shutil.copytree(
        EXAMPLES / folder, directory, ignore=shutil.ignore_patterns(FILE, ".terraform*", "*.tfstate*", "__pycache__")
    )
    declared = any("required_providers" in file.read_text() for file in configuration(directory))
    for path in initialised.iterdir():
        if path.is_dir():
            shutil.copytree(path, directory / path.name, symlinks=True)
        elif path.suffix != ".tf" or not declared:
            shutil.copy2(path, directory / (VERSIONS if path.suffix == ".tf" else path.name))
    for each in edits:
        edit(directory, each)
    return directory


def configuration(directory: Path) -> list[Path]:
    """The files of the example itself, in its own directory or a copy."""
    return sorted(f for f in directory.glob("*.tf") if f.name != VERSIONS)


def main_file(directory: Path) -> Path:
    """The file of an example that has only one."""
    (file,) = configuration(directory)
    return file


def imports(directory: Path) -> bool:
    """Whether the example is one of `import` blocks."""
    return any(re.search(r"^import \{", file.read_text(), re.MULTILINE) for file in configuration(directory))


def edit(directory: Path, change: Edit) -> int:
    """Replaces a text. Returns where the new text ends in the file."""
    file = main_file(directory) if change.file == "*.tf" else directory / change.file
    text = file.read_text()
    start = text.find(change.old)
    assert start >= 0, f"{file.name} has no {change.old!r} to change"
    file.write_text(text[:start] + change.new + text[start + len(change.old) :])
    return start + len(change.new)


def fill(value: Any, look_up: Callable[[str], Any]) -> Any:
    """Replaces each `${...}` in a value, its members included, by what it stands for."""
    if isinstance(value, dict):
        return {k: fill(v, look_up) for k, v in value.items()}
    if isinstance(value, list):
        return [fill(v, look_up) for v in value]
    if not isinstance(value, str):
        return value
    return re.sub(r"\$\{([^{}]+)\}", lambda found: str(look_up(found[1])), value)


def perform(aws: LocalAws, calls: Iterable[Call], values: Mapping[str, dict[str, Any]] | None = None) -> None:
    """Makes the calls. What they refer to is looked up in the values of a state."""

    def look_up(reference: str) -> Any:
        address, _, attribute = reference.rpartition(".")
        return (values or {})[address][attribute]

    for call in calls:
        parameters, client = fill(call.parameters, look_up), aws.client(call.service)
        getattr(client, xform_name(call.operation))(**parameters)
        if call.service == "iam":
            # What IAM has made AWS does not know everywhere at once.
            aws.control("POST", "clock", advance=60)
        if call.wait:
            waiter = client.get_waiter(call.wait)
            # The name of the object is what it waits for.
            name = next(value for key, value in parameters.items() if key.endswith("Name"))
            (member,) = client.meta.service_model.operation_model(waiter.config.operation).input_shape.required_members
            waiter.wait(**{member: name}, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})
