"""One import, whichever way: every way in ends in the same state with nothing to change, and what is not meant is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from imported import Object, ObjectOf, attributes_of, block_of, wants_nothing

from acceptance.cases import case_of, with_case
from acceptance.installation import client
from acceptance.local_aws import REGION

# What an import block is given.
GIVEN: dict[str, Callable[[Object], Any]] = {
    "id": lambda found: found.id,
    "id@region": lambda found: f"{found.id}@{REGION}",
    "ARN": lambda found: found.values["arn"],
    "identity": lambda found: {name: found.identity[name] for name in found.required},
    "whole identity": lambda found: {k: v for k, v in found.identity.items() if v is not None},
}


Way = Callable[[str, Any], str]


def written(name: str, given: Any) -> str:
    """An import block for a block that is written."""
    return import_block(name, json.dumps(given), given)


def for_each(name: str, given: Any) -> str:
    """One for each of several."""
    return import_block(f"{name}[each.key]", "each.value", given, f"  for_each = {{ one = {json.dumps(given)} }}\n")


def import_block(to: str, value: str, given: Any, each: str = "") -> str:
    what = "id" if isinstance(given, str) else "identity"
    return f"import {{\n{each}  to = {to}\n  {what} = {value}\n}}\n"


# Their ARNs have an ID of AWS's, which finds nothing.
NOT_NAMED = ("resources/mlops_autoscaling_policy", "resources/mlops_autoscaling_target", "resources/mlops_endpoint_autoscaling")
# What cannot be generated, by the names of the tests.
UNTIL: list[tuple[str, str]] = [
    (r"mlops_human_task_ui \w+", "a generated configuration lacks the template, which is required"),
]


def expected_to_fail(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True)


def identities_given() -> list[str]:
    return ["identity", "whole identity"] if client().knows_identities else []


def ways(folder: str) -> list[tuple[Way, str]]:
    """The ways in that there are for an example's subject on this client."""
    there = attributes_of(folder)
    named = "arn" in there and folder not in NOT_NAMED
    ids = ["id", *(["id@region"] if "region" in there else []), *(["ARN"] if named else [])]
    return [
        *((written, given) for given in (*ids, *identities_given())),
        *((for_each, given) for given in ("id", *identities_given()[:1])),
    ]


def cases(*until: tuple[str, str]) -> list[Any]:
    """Each subject, with a name of the user's and one that the provider generated."""
    return [
        case(folder, is_prefixed, *until)
        for folder in with_case("subject")
        for is_prefixed in (False, True)
        if not is_prefixed or "name_prefix" in attributes_of(folder)
    ]


def case(folder: str, is_prefixed: bool, *until: tuple[str, str]) -> Any:
    name = f"{folder.removeprefix('resources/')} {'prefixed' if is_prefixed else 'named'}"
    marks = [expected_to_fail(reason) for pattern, reason in until if re.fullmatch(pattern, name)]
    return pytest.param(folder, is_prefixed, id=name, marks=marks[:1])


def imports(found: Object, names: list[str], told: set[str]) -> list[dict[str, Any]]:
    """What the plan says of the imports of one object under several names. It wants nothing but what AWS cannot know."""
    plan = found.terraform.plan(*(f"-target={found.kind}.{name}" for name in names))
    by_name = {c["name"]: c["change"] for c in plan["resource_changes"] if c["name"] in names}
    assert list(by_name) == sorted(names), plan["text"]
    for name, change in by_name.items():
        assert "importing" in change, f"{name}:\n{plan['text']}"
        wants_nothing(plan, change, told)
    return [by_name[name] for name in names]


def same(found: Object, changes: list[dict[str, Any]], ways: list[str]) -> None:
    """Every import ends in the state that the first one ends in."""
    first = changes[0]
    for way, change in zip(ways, changes, strict=True):
        assert change["before"] == first["before"], f"{found.address} by {way}"
        assert change.get("before_identity") == first.get("before_identity"), f"{found.address} by {way}"


def record(record_property: Callable[[str, object], None], ways: list[str], changes: list[dict[str, Any]]) -> None:
    """For `--junit-xml`: how many attributes the plan would set after an import, by the way in."""
    for way, change in zip(ways, changes, strict=True):
        before, after = change["before"], change["after"]
        record_property(way, sum(before.get(name) != after[name] for name in after))


@pytest.mark.every_client
@pytest.mark.parametrize("folder, is_prefixed", cases())
def test_every_way_in_ends_in_the_same_state(
    folder: str, is_prefixed: bool, object_of: ObjectOf, record_property: Callable[[str, object], None]
) -> None:
    found = object_of(folder, is_prefixed, "written")
    names, text = [], []
    for i, (how, given) in enumerate(ways(folder)):
        name = f"imported_{i}"
        block = block_of(found.address, found.terraform, name)
        text += [
            how(f"{found.kind}.{name}", GIVEN[given](found)),
            block.replace("{", '{\n  for_each = toset(["one"])', 1) if how is for_each else block,
        ]
        names.append(name)
    found.write("".join(text))
    changes = imports(found, names, {*case_of(folder).not_described})
    told = [f"{how.__name__} {given}" for how, given in ways(folder)]
    same(found, changes, told)
    record(record_property, told, changes)


@pytest.mark.every_client
@pytest.mark.parametrize("folder, is_prefixed", cases(*UNTIL))
def test_a_generated_configuration_changes_nothing(
    folder: str, is_prefixed: bool, object_of: ObjectOf, record_property: Callable[[str, object], None]
) -> None:
    found = object_of(folder, is_prefixed, "generated")
    ways = ["id", *identities_given()[:1]]
    names = [f"generated_{i}" for i in range(len(ways))]
    found.write("".join(written(f"{found.kind}.{n}", GIVEN[g](found)) for n, g in zip(names, ways, strict=True)))
    targets = [f"-target={found.kind}.{name}" for name in names]
    run = found.terraform.run("plan", "-input=false", "-no-color", "-generate-config-out=generated.tf", *targets)
    assert run.code == 0, run.output
    changes = imports(found, names, set())
    same(found, changes, ways)
    record(record_property, [f"generated {given}" for given in ways], changes)


def refused(found: Object, text: str, *targets: str) -> list[str]:
    """What the errors of a plan say that has these import blocks."""
    found.write(text)
    run = found.terraform.run("plan", "-input=false", "-json", *(f"-target={t}" for t in targets))
    told = [m["diagnostic"] for m in map(json.loads, run.output.splitlines()) if m["type"] == "diagnostic"]
    return [f"{d['summary']}: {d['detail']}" for d in told if d["severity"] == "error"]


def others(arn: str) -> dict[str, str]:
    """ARNs that are not this one's, each by one part of it. A part that is empty says nothing."""
    parts = arn.split(":", 5)
    kind, slash, name = parts[5].partition("/")
    other = {2: ("service", "sqs"), 3: ("region", "eu-west-1"), 4: ("account", "999999999999")}
    changed = {word: (i, to) for i, (word, to) in other.items() if parts[i]}
    if slash:
        changed["kind"] = (5, f"project/{name}")
    return {word: ":".join([*parts[:i], to, *parts[i + 1 :]]) for word, (i, to) in changed.items()}


def with_arns() -> list[str]:
    """The subjects that have an ARN."""
    return [folder for folder in with_case("subject") if "arn" in attributes_of(folder)]


@pytest.mark.parametrize("folder", with_arns())
def test_the_arn_of_something_else_is_refused(folder: str, object_of: ObjectOf) -> None:
    found = object_of(folder, False, "of something else")
    arns = others(found.values["arn"])
    blocks = "".join(
        import_block(f"{found.copy}_{word}", json.dumps(arn), arn)
        + block_of(found.address, found.terraform, f"imported_{word}")
        for word, arn in arns.items()
    )
    told = refused(found, blocks, *(f"{found.copy}_{word}" for word in arns))
    taken = [word for word, arn in arns.items() if not any(arn in text for text in told)]
    assert taken == [], f"not refused for the {', '.join(taken)}: {told}"


@pytest.mark.every_client
@pytest.mark.skipif(not client().knows_identities, reason="the client imports by no identity")
@pytest.mark.parametrize("folder", with_case("subject"))
def test_an_identity_without_what_it_must_have_is_refused_by_name(folder: str, object_of: ObjectOf) -> None:
    found = object_of(folder, False, "without identity")
    assert found.required
    for name in found.required:
        given = {each: found.identity[each] for each in found.required} | {name: None}
        told = refused(found, import_block(found.address, json.dumps(given), given), found.address)
        assert len(told) == 1 and f"`{name}`" in told[0] and "bug" not in told[0], told


@pytest.mark.every_client
@pytest.mark.skipif(not client().knows_identities, reason="the client imports by no identity")
@pytest.mark.parametrize("folder", with_case("subject"))
def test_an_identity_says_whose_the_object_is_and_anybody_elses_is_refused(folder: str, object_of: ObjectOf) -> None:
    found = object_of(folder, False, "of another account")
    assert found.identity["account_id"] == "123456789012"
    given = found.identity | {"account_id": "999999999999"}
    told = refused(found, import_block(found.address, json.dumps(given), given), found.address)
    assert len(told) == 1 and "999999999999" in told[0] and "123456789012" in told[0], told
