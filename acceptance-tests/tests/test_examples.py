"""Every folder of examples: formatted, valid, applied, planned empty, imported, changed, destroyed, nothing left."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import EXAMPLES, HEAD
from example_lives import CHANGES, LOCAL, NEEDS, ONLY_AWS_KNOWS, Change

from acceptance.installation import terraform_binary
from acceptance.local_aws import LocalAws
from acceptance.terraform import PLANNED, Terraform, changes_of, unknown_after

FOLDERS = sorted(str(f.parent.relative_to(EXAMPLES)) for f in EXAMPLES.rglob("*.tf"))
Copy = Callable[[str], Terraform]


@pytest.fixture
def copy(aws: LocalAws, tmp_path: Path, cli_configuration: Path) -> Copy:
    """Makes a working directory with a copy of a folder, initialised and found valid."""

    def make(folder: str) -> Terraform:
        terraform = Terraform.copy_of(EXAMPLES / folder, tmp_path / folder, cli_configuration, aws.environment())
        if "required_providers" not in main_file(terraform).read_text():
            (terraform.directory / "versions.tf").write_text(HEAD)
        terraform.init()
        terraform.must("validate", "-no-color")
        return terraform

    return make


def main_file(terraform: Terraform) -> Path:
    """The example itself."""
    return next(f for f in terraform.directory.glob("*.tf") if f.name != "versions.tf")


def test_examples_are_formatted() -> None:
    run = subprocess.run([terraform_binary(), "fmt", "-check", "-recursive", "-diff", str(EXAMPLES)], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("folder", FOLDERS)
def test_it_lives_and_dies(folder: str, aws: LocalAws, copy: Copy) -> None:
    before = copy(NEEDS[folder]) if folder in NEEDS else None
    if before:
        before.apply()
    terraform = copy(folder)
    if folder == "provider":
        make_the_assumed_role(aws, terraform)

    plan = terraform.plan()
    if folder in ONLY_AWS_KNOWS:
        open_ones = {u for u in unknown_after(plan) if not any(u == k or u.startswith(f"{k}.") for k in ONLY_AWS_KNOWS[folder])}
        assert not open_ones, f"known only after the apply, and nobody but AWS should decide them: {sorted(open_ones)}"
    terraform.apply(PLANNED)
    assert terraform.plan("-refresh-only").get("resource_drift", []) == [], "two reads in a row are equal"
    assert terraform.is_settled(), "a second plan is empty"
    outputs_are_as_promised(folder, terraform)

    if terraform.resources():
        import_everything(folder, aws, terraform)

    for change in CHANGES[folder]:
        make(change, terraform)
        plan = terraform.plan()
        assert changes_of(plan) == change.actions, f"{change}:\n{plan['text']}"
        assert change.actions or any(o["actions"] != ["no-op"] for o in plan["output_changes"].values()), "something changes"
        terraform.apply(PLANNED)
        assert terraform.is_settled(), f"the plan after {change} is empty"
    outputs_are_as_promised(folder, terraform, changed=True)

    terraform.destroy()
    if before:
        before.destroy()
    if folder == "provider":
        aws.client("iam").delete_role(RoleName="deployment")
    assert aws.inventory() == [], "the destroy left nothing"


def make_the_assumed_role(aws: LocalAws, terraform: Terraform) -> None:
    """What the example of a provider block assumes; and something to ask, for a provider without use is not configured."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
    aws.client("iam").create_role(RoleName="deployment", AssumeRolePolicyDocument=json.dumps(trust))
    with main_file(terraform).open("a") as file:
        file.write(
            'data "mlops_caller_identity" "current" {}\n'
            'output "arn" {\n  value = data.mlops_caller_identity.current.arn\n}\n'
            'output "region" {\n  value = data.mlops_caller_identity.current.region\n}\n'
        )


def outputs_are_as_promised(folder: str, terraform: Terraform, changed: bool = False) -> None:
    """What an example says of its outputs is what comes out."""
    outputs = terraform.outputs()
    if folder.startswith("functions/") and not changed:
        promised = re.match(r"# (.+)\n", main_file(terraform).read_text())
        assert promised and list(outputs.values()) == [promised[1]]
    elif folder.startswith("resources/"):
        for name, promised in re.findall(r'output "(\w+)" \{\n  value = .* # (s3:\S+)', main_file(terraform).read_text()):
            assert changed or outputs[name] == promised
    elif folder == "provider":
        assert outputs["arn"] == "arn:aws:sts::123456789012:assumed-role/deployment/terraform"
    elif folder == "data-sources/mlops_inference":
        safe, leaving = outputs["probabilities"]
        assert safe < 0.2 and (leaving < 0.2) == changed
    elif folder == "stacks/first-light":
        assert outputs["held_out_accuracy"] >= 0.95


def id_of(resource: dict[str, Any]) -> str:
    """What imports a resource."""
    values = resource["values"]
    return f"{values['bucket']}/{values['prefix']}" if resource["type"] == "mlops_dataset" else values["name"]


def import_everything(folder: str, aws: LocalAws, terraform: Terraform) -> None:
    """Forget the state and import every resource: some by the documented command, the rest by `import` blocks. The plan
    then differs at most in what AWS does not know, and mending that is no business of AWS."""
    resources = [r for r in json.loads(terraform.must("show", "-json"))["values"]["root_module"]["resources"] if r["mode"] == "managed"]
    ids = {r["address"]: id_of(r) for r in resources}
    for state in terraform.directory.glob("terraform.tfstate*"):
        state.unlink()
    script = EXAMPLES / folder / "import.sh"
    if script.exists():
        commands = re.findall(r"^terraform import (\S+) (\S+)$", script.read_text(), re.MULTILINE)
        assert commands, "no command of the form `terraform import ADDRESS ID`"
        for address, documented in commands:
            name = ids.pop(address)
            # Of a generated name only the beginning is known beforehand.
            assert documented == name or re.sub(r"\d{15}[a-z]{11}$", "", documented) == re.sub(r"\d{15}[a-z]{11}$", "", name)
            terraform.must("import", "-input=false", "-no-color", address, name)
    blocks = terraform.directory / "imports.tf"
    blocks.write_text("".join(f'import {{\n  to = {address}\n  id = "{name}"\n}}\n' for address, name in ids.items()))

    plan = terraform.plan()
    assert all(actions == ["update"] for actions in changes_of(plan).values()), f"an import replaces nothing\n{plan['text']}"
    imported = {c["address"] for c in plan["resource_changes"] if "importing" in c["change"]}
    assert imported == ids.keys()
    for change in plan["resource_changes"]:
        surplus = differences(change["change"]) - LOCAL.get(change["type"], set())
        assert change["mode"] == "data" or not surplus, f"{change['address']}: {surplus}\n{plan['text']}"
    aws.forget_calls()
    terraform.apply(PLANNED)
    mutating = [c["operation"] for c in aws.calls() if c["operation"].startswith(MUTATING)]
    assert mutating == [], "what only the provider knows is no business of AWS"
    blocks.unlink()
    assert terraform.is_settled(), "the plan after an import is empty"


MUTATING = ("Create", "Update", "Delete", "Put", "Stop", "Add", "Remove", "Tag", "Untag", "Attach", "Detach", "Copy")


def differences(change: dict[str, Any]) -> set[str]:
    """The top-level attributes that a change touches."""
    before, after = change["before"] or {}, change["after"] or {}
    return {k for k in after if before.get(k) != after[k]}


def make(change: Change, terraform: Terraform) -> None:
    """Change the file."""
    file = main_file(terraform) if change.file == "*.tf" else terraform.directory / change.file
    text = file.read_text()
    assert change.old in text, f"{file.name} has no {change.old!r} to change"
    file.write_text(text.replace(change.old, change.new, 1))
