"""What AWS's service models demand of the members that the provider sends: lengths, patterns, ranges, numbers of elements; and
which members steps of pipelines must have.

    python -m acceptance.constraints > provider/mlops/src/engine/constraints/table.rs
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore import xform_name

from .installation import ROOT
from .members import SERVICES
from .members import operations as typed_operations

SOURCE = ROOT / "provider" / "mlops" / "src"
FILE = SOURCE / "engine" / "constraints" / "table.rs"
# What is sent to make and change objects.
SENDING = ("Create", "Put", "Register", "Start", "Update")
# Patterns that say nothing; and those that say only that a text is not empty, which its length can say.
IDLE = {".*", r"[\S\s]*", r"[\s\S]*", r"(?s).*"}
NOT_EMPTY = {".+", r"[\S\s]+", r"[\s\S]+"}
# Looking around, pairs of UTF-16, and ends in the middle, none of which Rust has or means.
FOREIGN = ("(?<", "(?!", "(?=", r"\uD", "${")
# Java's names of classes of characters, as other regular expressions have them.
CLASSES = {r"\p{Alnum}": "a-zA-Z0-9", r"\p{Alpha}": "a-zA-Z", r"\p{Digit}": "0-9", r"\p{Print}": " -~"}


def operations() -> list[tuple[str, str]]:
    """The operations that the provider's code names and that send something, with their services."""
    found = {(service, name) for service, names in typed_operations().items() for name in names}
    for file in sorted(SOURCE.rglob("*.rs")):
        text = file.read_text()
        named = re.findall(r'\boperation!\(\s*\w+,\s*(\w+)(?:,\s*"(\w+)")?', text)
        found |= {("SageMaker", shown or name) for name, shown in named}
    return sorted(each for each in found if each[1].startswith(SENDING))


def steps() -> set[str]:
    """The operations that steps of pipelines become."""
    text = (SOURCE / "pipeline_definition" / "steps.rs").read_text()
    return set(re.findall(r"\bshape!\(\w+, (\w+)Input\)", text))


def pattern(shape: Any) -> str:
    """The shape's regular expression in the syntax of Rust's `regex`; empty if it says nothing, or cannot be said there."""
    text = shape.metadata.get("pattern", "")
    text = re.sub(r"^\^|\$$", "", text)
    for java, usual in CLASSES.items():
        text = re.sub(r"(\[[^\]]*)" + re.escape(java), lambda m, usual=usual: m[1] + usual, text)
        text = text.replace(java, f"[{usual}]")
    # A class may hold these as they are in Java, and not in Rust.
    text = re.sub(r"\\([/=,@:;%#!\"'<>_])", r"\1", text)
    text = re.sub(r"(\w-\w)-(?=[_.:])", r"\1\\-", text)
    # The length says it, and says it sooner.
    repeated = re.fullmatch(r"(\[[^\]]*\]|\.)\{([01]),(\d+)\}", text)
    if repeated and int(repeated[3]) >= shape.metadata.get("max", 1 << 31):
        text = repeated[1] + "*+"[int(repeated[2])]
    return "" if text in IDLE | NOT_EMPTY or any(foreign in text for foreign in FOREIGN) else text


def members(shape: Any, path: str = "", seen: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every shape below one that demands something, by its path."""
    if shape is None or shape.name in seen or path == ".tags":
        return
    if constraint(shape):
        yield path, shape
    seen = (*seen, shape.name)
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from members(member, f"{path}.{xform_name(name)}", seen)
    elif shape.type_name == "list":
        yield from members(shape.member, f"{path}[*]", seen)
    elif shape.type_name == "map":
        yield from members(shape.value, f"{path}{{*}}", seen)


def required(shape: Any, path: str = "", seen: tuple[str, ...] = ()) -> Iterator[str]:
    """The path of every member that must be sent with the structure that it is in."""
    if shape is None or shape.name in seen or path == ".tags":
        return
    seen = (*seen, shape.name)
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            here = f"{path}.{xform_name(name)}"
            if name in shape.required_members:
                yield here
            yield from required(member, here, seen)
    elif shape.type_name == "list":
        yield from required(shape.member, f"{path}[*]", seen)
    elif shape.type_name == "map":
        yield from required(shape.value, f"{path}{{*}}", seen)


KINDS = {"string": "Text", "list": "Count", "map": "Count"} | dict.fromkeys(("integer", "long", "float", "double"), "Number")


def constraint(shape: Any) -> tuple[str, Any, Any, str] | None:
    """The kind of constraint, its bounds and its pattern; None if there is none. Closed sets are the SDK's business."""
    kind = KINDS.get(shape.type_name)
    if not kind or getattr(shape, "enum", None):
        return None
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if kind != "Number" and low == 0:
        low = None
    said = pattern(shape) if kind == "Text" else ""
    if shape.metadata.get("pattern") in NOT_EMPTY:
        low = max(low or 0, 1)
    return (kind, low, high, said) if said or low is not None or high is not None else None


def table() -> str:
    """The contents of the file."""
    session = botocore.session.get_session()
    patterns: dict[str, int] = {}
    constraints: dict[str, int] = {}
    lines, demanded = [], []
    for service, name in operations():
        model = session.get_service_model(SERVICES.get(service, "sagemaker"))
        rows, sent = [], model.operation_model(name).input_shape
        for path, shape in sorted(members(sent), key=lambda row: row[0]):
            kind, low, high, said = constraint(shape) or ("", 0, 0, "")
            if kind == "Text":
                number = patterns.setdefault(said, len(patterns)) if said else None
                row = f"Text({bound(low)}, {bound(high)}, {'None' if number is None else f'Some({number})'})"
            else:
                row = f"{kind}({bound(low)}, {bound(high)})"
            rows.append(f"({json.dumps(path)}, {constraints.setdefault(row, len(constraints))}), ")
        lines.append(f'    ("{service}:{name}", &[{"".join(rows).rstrip(", ")}]),\n')
        if name in steps():
            paths = ", ".join(json.dumps(path) for path in sorted(required(sent)))
            demanded.append(f'    ("{service}:{name}", &[{paths}]),\n')
    return (
        "//! Written by `python -m acceptance.constraints`, from botocore's service models.\n\n"
        "use super::Constraint::{self, Count, Number, Text};\nuse super::Pattern;\n\n"
        f"#[rustfmt::skip]\npub(super) static PATTERNS: [Pattern; {len(patterns)}] = [\n"
        + "".join(f'    Pattern::new(r#"{text}"#),\n' for text in patterns)
        + "];\n\n"
        f"#[rustfmt::skip]\npub(super) static CONSTRAINTS: [Constraint; {len(constraints)}] = [\n"
        + "".join(f"    {text},\n" for text in constraints)
        + "];\n\n"
        "#[rustfmt::skip]\npub(super) static MEMBERS: &[(&str, &[(&str, u16)])] = &[\n" + "".join(lines) + "];\n\n"
        "#[rustfmt::skip]\npub(super) static REQUIRED: &[(&str, &[&str])] = &[\n" + "".join(demanded) + "];\n"
    )


def bound(value: Any) -> str:
    """A bound as Rust has it."""
    return "None" if value is None else f"Some({int(value)})"


if __name__ == "__main__":
    print(table(), end="")
