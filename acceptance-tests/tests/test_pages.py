"""What the pages of resources say of closed sets: all values that AWS's model has for a member, or why not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import botocore.session
from acceptance.installation import ROOT
from botocore import xform_name
from botocore.model import ListShape, Shape, StringShape, StructureShape

PAGES = [page for page in sorted((ROOT / "docs" / "resources").glob("*.md")) if "- [SageMaker Create" in page.read_text()]
# More values than these are looked up in AWS's documentation.
MANY = 15
EXCEPTIONS = {
    "accelerator_type": "no longer offered",
    "accelerator_types": "no longer offered",
    "framework": "any text for model packages; the values are those of another operation",
    "inference_ami_version": "AWS adds versions",
    "instance_type": "AWS adds types, and each use has others",
    "stage_status": "any text; the values are those of a deployment",
    "user_group": "a name; the values are those of the user groups of RStudio",
}


def closed_sets(shape: Shape, seen: set[str]) -> Iterator[tuple[str, list[str]]]:
    """The members with a closed set of values in the input of an operation."""
    if isinstance(shape, ListShape):
        yield from closed_sets(shape.member, seen)
    if not isinstance(shape, StructureShape) or shape.name in seen:
        return
    seen.add(shape.name)
    for name, member in shape.members.items():
        value = member.member if isinstance(member, ListShape) else member
        if isinstance(value, StringShape) and value.enum:
            yield xform_name(name), list(value.enum)
        yield from closed_sets(member, seen)


def test_the_values_of_closed_sets_are_listed() -> None:
    service = botocore.session.get_session().get_service_model("sagemaker")
    sets = defaultdict(list)
    for operation in service.operation_names:
        shape = service.operation_model(operation).input_shape
        if operation.startswith(("Create", "Update")) and shape:
            for name, values in closed_sets(shape, set()):
                sets[name].append(values)
    missing, listed = [], 0
    for page in PAGES:
        arguments = re.sub(r"\nRead-Only:\n.*?(?=\n<a id|\Z)", "", page.read_text(), flags=re.DOTALL)
        arguments = re.sub(r"\n### Read-Only\n.*?(?=\n<a id|\n### |\Z)", "", arguments, flags=re.DOTALL)
        for line, name in re.findall(r"^(- `(\w+)` \((?:Set of |List of )?String.*)$", arguments, re.MULTILINE):
            known = [values for values in sets.get(name, []) if len(values) <= MANY]
            if not known or name in EXCEPTIONS:
                continue
            if any(all(f"`{value}`" in line for value in values) for values in known):
                listed += 1
            else:
                missing.append(f"{page.stem}: {line[:120]}")
    assert missing == []
    assert listed > 100
