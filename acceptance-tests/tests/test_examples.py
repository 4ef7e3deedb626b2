"""Every example: formatted, valid, applied, planned empty, imported, changed, destroyed, nothing left."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from planned import contradictions
from sweep import GENERATED, MUTATING

from acceptance.cases import EXAMPLES, Case, case_of, folders, missing, read
from acceptance.example import configuration, copy_example, edit, fill, imports, perform
from acceptance.installation import terraform_binary
from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, PLANNED, Terraform, changes_of, unknown_after

Copy = Callable[[str], Terraform]


@pytest.fixture
def aws(request: pytest.FixtureRequest, aws: LocalAws) -> LocalAws:
    """The local AWS that an example wants."""
    folder = request.node.callspec.params["folder"]
    return request.getfixturevalue("quick") if case_of(folder).pretend else aws


# What the names of the examples' objects begin with, and the permissions that they need beside.
DEPLOYER = """
data "mlops_deployer_policy" "examples" {
  name_prefixes = [
    "analysis", "churn", "complaint", "digit", "first-light", "new-customers", "other", "pet-pictures", "reviewers", "shared",
  ]
}

output "policies" {
  value = data.mlops_deployer_policy.examples.policies
}
"""
KEY = "deployer"


@pytest.fixture(scope="session")
def policies(
    server: LocalAws, tmp_path_factory: pytest.TempPathFactory, cli_configuration: Path, initialised: Path
) -> list[str]:
    """What whoever applies the examples may do, as the provider says: nothing else."""
    directory = tmp_path_factory.mktemp("policies") / "deployer"
    shutil.copytree(initialised, directory, symlinks=True)
    (directory / "main.tf").write_text(HEAD + DEPLOYER)
    terraform = Terraform(directory, cli_configuration, server.environment())
    terraform.apply()
    return terraform.outputs()["policies"]


@pytest.fixture
def copy(aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path, policies: list[str]) -> Copy:
    """Makes a working directory with a copy of an example, of a user who may do no more than it needs."""
    aws.control("POST", "principals", access_key=KEY, policies=policies)

    def make(folder: str) -> Terraform:
        directory = copy_example(folder, tmp_path / folder, initialised, case_of(folder).edit)
        terraform = Terraform(directory, cli_configuration, aws.environment() | {"AWS_ACCESS_KEY_ID": KEY})
        return terraform

    return make


def test_examples_are_formatted() -> None:
    run = subprocess.run([terraform_binary(), "fmt", "-check", "-recursive", "-diff", str(EXAMPLES)], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("folder", folders())
def test_it_has_the_cases_of_its_kind(folder: str) -> None:
    assert missing(folder, case_of(folder)) == []


@pytest.mark.parametrize(
    "text, told",
    [
        ("", "write `deletion` in examples/resources/mlops_new/acceptance.toml: the calls that delete the object"),
        ('without = { drift = "never" }', "write `change`"),
        ('without = { luck = "none" }', "no test follows from `luck`"),
        ('without = { drift = "never" }\ndrift = [{ shown = [], service = "", operation = "" }]', "has `drift`, and says"),
    ],
)
def test_a_case_that_is_missing_is_told(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "acceptance.toml").write_text(text)
    said = missing("resources/mlops_new", read(tmp_path / "acceptance.toml"))
    assert any(told in each for each in said), said
    assert ("drift" in text) != any("write `drift`" in each for each in said), said
    assert missing("resources/mlops_new", read(tmp_path / "absent.toml")), "a file that is missing says nothing"


@pytest.mark.parametrize(
    "text, told",
    [
        ("[[chance]]", "unknown field `chance`"),
        ('[[change]]\nold = "a"', "missing required field `new`"),
        ('[[change]]\nold = "a"\nnew = "b"\nactoins = {}', r"unknown field `actoins` - at `\$.change"),
        ('needs = "a', "acceptance.toml"),
    ],
)
def test_a_mistake_in_a_case_is_told(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "acceptance.toml").write_text(text)
    with pytest.raises(ValueError, match=told):
        read(tmp_path / "acceptance.toml")


# An action has no life of its own, and not every client knows it: test_actions.py invokes each.
@pytest.mark.every_client
@pytest.mark.parametrize("folder", [folder for folder in folders() if not folder.startswith("actions/")])
def test_it_lives_and_dies(folder: str, aws: LocalAws, copy: Copy) -> None:
    case = case_of(folder)
    needed = copy(case.needs) if case.needs else None
    if needed:
        needed.apply()
    perform(aws, case.before)
    terraform = copy(folder)

    plan = terraform.plan()
    is_import = imports(terraform.directory)
    assert not is_import or changes_of(plan) == {}, f"what was made by hand is imported as it is\n{plan['text']}"
    assert contradictions(plan) == [], "the pages say what a plan knows"
    if case.only_aws_knows:
        open_ones = {u for u in unknown_after(plan) if not any(f"{u}.".startswith(f"{k}.") for k in case.only_aws_knows)}
        assert not open_ones, f"known only after the apply, and nobody but AWS should decide them: {sorted(open_ones)}"
    terraform.apply(PLANNED)
    assert terraform.found_changed() == [], "two reads in a row are equal, and a second plan is empty"
    outputs_are_as_promised(terraform, case.outputs | written_beside(folder, terraform))

    if terraform.resources() and not is_import:
        import_everything(folder, aws, terraform)

    for change in case.change:
        edit(terraform.directory, change)
        plan = terraform.plan()
        assert changes_of(plan) == change.actions, f"{change}:\n{plan['text']}"
        assert change.actions or any(o["actions"] != ["no-op"] for o in plan["output_changes"].values()), "something changes"
        terraform.apply(PLANNED)
        assert terraform.is_settled(), f"the plan after {change} is empty"
        outputs_are_as_promised(terraform, case.outputs | change.outputs)

    terraform.destroy()
    if needed:
        needed.destroy()
    perform(aws, case.after)
    assert aws.inventory() == [], "the destroy left nothing"


def written_beside(folder: str, terraform: Terraform) -> dict[str, str]:
    """What comments beside an output say of it: a function's example at its head, others at the value, if it is a URI."""
    text = "\n".join(file.read_text() for file in configuration(terraform.directory))
    if folder.startswith("functions/"):
        (found,) = re.findall(r'^# (.+)\noutput "(\w+)"', text)
        return {found[1]: found[0]}
    return dict(re.findall(r'output "(\w+)" \{\n  value = .* # (s3:\S+)', text))


def outputs_are_as_promised(terraform: Terraform, promised: dict[str, Any]) -> None:
    """What is said of the outputs is what comes out."""
    outputs = terraform.outputs() if promised else {}
    for name, wanted in promised.items():
        assert agrees(outputs[name], wanted), f"{name} is {outputs[name]}, not {wanted}"


def agrees(value: Any, wanted: Any) -> bool:
    """Whether a value is the wanted one, or within the wanted bounds."""
    if isinstance(wanted, dict) and wanted.keys() <= {"at_least", "below"}:
        return wanted.get("at_least", value) <= value and ("below" not in wanted or value < wanted["below"])
    if isinstance(wanted, list) and isinstance(value, list):
        return len(value) == len(wanted) and all(map(agrees, value, wanted))
    return bool(value == wanted)


def import_everything(folder: str, aws: LocalAws, terraform: Terraform) -> None:
    """Forget the state and import every resource: some by the documented command, the rest by `import` blocks. The plan
    then differs at most in what AWS does not know, and mending that is no business of AWS."""
    managed = {a: v for a, v in terraform.values().items() if not a.startswith("data.")}
    ids = {address: fill(case_of_type(address).import_id, values.__getitem__) for address, values in managed.items()}
    for state in terraform.directory.glob("terraform.tfstate*"):
        state.unlink()
    script = EXAMPLES / folder / "import.sh"
    if script.exists():
        commands = re.findall(r"^terraform import (\S+) (\S+)$", script.read_text(), re.MULTILINE)
        assert commands, "no command of the form `terraform import ADDRESS ID`"
        for address, documented in commands:
            name = ids.pop(address)
            # Of a generated name only the beginning is known beforehand.
            assert documented == name or GENERATED.sub("", documented) == GENERATED.sub("", name)
            terraform.must("import", "-input=false", "-no-color", address, name)
    blocks = terraform.directory / "imports.tf"
    blocks.write_text("".join(f'import {{\n  to = {address}\n  id = "{name}"\n}}\n' for address, name in ids.items()))

    plan = terraform.plan()
    assert all(actions == ["update"] for actions in changes_of(plan).values()), f"an import replaces nothing\n{plan['text']}"
    imported = {c["address"] for c in plan["resource_changes"] if "importing" in c["change"]}
    assert imported == ids.keys()
    for change in plan["resource_changes"]:
        # The prefix of a generated name is the configuration's alone.
        surplus = differences(change["change"]) - {*case_of_type(change["type"]).not_described, "name_prefix"}
        assert change["mode"] == "data" or not surplus, f"{change['address']}: {surplus}\n{plan['text']}"
    aws.forget_calls()
    terraform.apply(PLANNED)
    mutating = [c["operation"] for c in aws.calls() if MUTATING.match(c["operation"])]
    assert mutating == [], "what only the provider knows is no business of AWS"
    blocks.unlink()
    assert terraform.is_settled(), "the plan after an import is empty"


def case_of_type(address: str) -> Case:
    """What the example of a resource's type says."""
    return case_of(f"resources/{address.partition('.')[0]}")


def differences(change: dict[str, Any]) -> set[str]:
    """The top-level attributes that a change touches."""
    before, after = change["before"] or {}, change["after"] or {}
    return {k for k in after if before.get(k) != after[k]}
