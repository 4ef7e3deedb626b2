"""`terraform query`: finds what exists, and what Terraform writes of it imports everything and changes nothing."""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from estate import TAGS, Builder, Estate, estate, req, settled
from sweep import MUTATING

from acceptance.cases import EXAMPLES
from acceptance.installation import ROOT, client
from acceptance.local_aws import ACCOUNT, LocalAws
from acceptance.terraform import HEAD, Terraform

pytestmark = [
    pytest.mark.every_client,
    pytest.mark.skipif(not client().queries, reason="the client does not query"),
]
QUERY = "all.tfquery.hcl"
GUIDE = ROOT / "docs" / "guides" / "importing.md"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/role"
# What AWS lists nothing without.
NEEDED = {"mlops_pipeline_execution": ['pipeline_name = "churn-0"', 'pipeline_name = "churn-1"']}
# What a list finds, and no generated configuration can have: the template, which AWS does not return.
LISTED_ONLY = {"mlops_human_task_ui"}
# One object is found as both.
ALSO = {"mlops_endpoint_autoscaling"}

Directory = Callable[..., Terraform]


@pytest.fixture
def directory(quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Directory:
    """Makes a working directory with this query, initialised."""

    def make(query: str, aws: LocalAws = quick) -> Terraform:
        path = tmp_path / "query"
        shutil.copytree(initialised, path, symlinks=True)
        (path / "main.tf").write_text(HEAD)
        (path / QUERY).write_text(query)
        return Terraform(path, cli_configuration, aws.environment())

    return make


def block(kind: str, config: str = "", more: str = "", name: str = "all") -> str:
    return f'list "{kind}" "{name}" {{\n  provider = mlops\n{more}  config {{\n    {config}\n  }}\n}}\n'


def blocks(kinds: Estate) -> str:
    """Lists of everything."""
    return "".join(
        block(kind, config, name=f"all_{number}", more="  limit = 1000\n")
        for kind in sorted(kinds)
        for number, config in enumerate(NEEDED.get(kind, [""]))
    )


def messages(terraform: Terraform) -> list[dict[str, Any]]:
    return [json.loads(line) for line in terraform.run("query", "-json").output.splitlines()]


def found_by(terraform: Terraform) -> list[dict[str, Any]]:
    """What is found, without a warning or an error."""
    said = messages(terraform)
    assert [message for message in said if message["type"] == "diagnostic"] == []
    return [message["list_resource_found"] for message in said if message["type"] == "list_resource_found"]


def query(terraform: Terraform) -> tuple[dict[str, set[str]], list[str]]:
    """What is found, by resource type, and every warning and error."""
    found, told = defaultdict(set), []
    for message in messages(terraform):
        if one := message.get("list_resource_found"):
            found[one["resource_type"]].add(one["display_name"])
        if one := message.get("diagnostic"):
            told.append(f"{one['summary']}: {one.get('detail', '')}")
    return dict(found), told


def changing(aws: LocalAws) -> list[str]:
    return [call["operation"] for call in aws.calls() if MUTATING.match(call["operation"])]


def test_everything_is_found_and_what_terraform_writes_of_it_changes_nothing(
    quick: LocalAws, directory: Directory, pytestconfig: pytest.Config
) -> None:
    made = estate(quick, pytestconfig.getoption("--estate"))
    terraform = directory(blocks(made))
    quick.forget_calls()
    found, told = query(terraform)
    assert told == []
    # Jobs that AWS runs for others are in its lists, too.
    missing = {kind: names - found.get(kind, set()) for kind, names in made.items()}
    assert not any(missing.values()), missing
    assert set(found) == set(made)

    (terraform.directory / QUERY).write_text(blocks({k: v for k, v in made.items() if k not in LISTED_ONLY | ALSO}))
    before = quick.inventory()
    terraform.must("query", "-no-color", "-generate-config-out=generated.tf")
    (terraform.directory / QUERY).unlink()
    plan = terraform.plan()
    changes = {c["address"]: c["change"] for c in plan["resource_changes"]}
    wanted = {address: c["actions"] for address, c in changes.items() if c["actions"] != ["no-op"] or "importing" not in c}
    assert wanted == {}, plan["text"]
    assert "Warning: " not in plan["text"], plan["text"]
    terraform.apply()
    assert terraform.is_settled()
    imported = defaultdict(int)
    for address in terraform.resources():
        imported[address.partition(".")[0]] += 1
    assert {kind: imported[kind] for kind in imported} == {
        kind: len(names) for kind, names in found.items() if kind not in LISTED_ONLY | ALSO
    }
    assert changing(quick) == []
    assert quick.inventory() == before


def test_lists_are_restricted_by_name_time_status_and_tag(quick: LocalAws, directory: Directory) -> None:
    build = Builder(quick)
    build.many(3)
    build.serving()
    build.studio()
    users = {name for name in build.made["mlops_studio_user_profile"] if name.endswith("-1")}
    middle = quick.client("sagemaker").describe_model(ModelName="churn-1")["CreationTime"].astimezone(UTC)
    at = middle.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rstrip("Z").rstrip("0").rstrip(".") + "Z"
    wanted: dict[str, tuple[str, str, set[str]]] = {
        "name": ("mlops_model", 'name_contains = "N-1"', {"churn-1"}),
        "after": ("mlops_model", f'created_after = "{at}"', {"churn-1", "churn-2"}),
        "before": ("mlops_model", f'created_before = "{at}"', {"churn-0", "churn-1"}),
        "tags": ("mlops_model", 'tags = { team = "ml" }', {"churn-1"}),
        # Whose list has no ARNs.
        "users": ("mlops_studio_user_profile", 'tags = { team = "ml" }', users),
        "status": ("mlops_endpoint", 'status = "InService"', {"churn-0", "churn-1", "parts"}),
        "other": ("mlops_endpoint", 'status = "Failed"', set()),
        "modified": ("mlops_endpoint", 'last_modified_before = "2001-01-01T00:00:00Z"', set()),
        "prefix": ("mlops_pipeline", 'name_prefix = "churn-2"', {"churn-2"}),
        "alarms": ("mlops_metric_alarm", 'name_prefix = "churn-2"', {"churn-2"}),
        "state": ("mlops_metric_alarm", 'state_value = "ALARM"', set()),
        "of": ("mlops_inference_component", 'endpoint_name = "churn-0"', set()),
        "elsewhere": ("mlops_model", 'region = "eu-west-1"', set()),
    }
    settled(quick)
    lists = "".join(block(kind, config, name=name) for name, (kind, config, _) in wanted.items())
    terraform = directory(lists + block("mlops_model", name="limited", more="  limit = 2\n  include_resource = true\n"))
    quick.forget_calls()
    found: dict[str, set[str]] = defaultdict(set)
    for one in found_by(terraform):
        found[one["address"].split(".")[2]].add(one["display_name"])
        assert ("resource_object" in one) == (one["address"].endswith(".limited"))
    assert {name: found[name] for name in wanted} == {name: names for name, (_, _, names) in wanted.items()}
    assert len(found["limited"]) == 2
    # The index of tags is behind: it would hide objects that were tagged a moment ago.
    assert "GetResources" not in {call["operation"] for call in quick.calls()}
    assert changing(quick) == []


def test_the_policy_of_who_queries_allows_it_and_no_other_does(aws: LocalAws, directory: Directory) -> None:
    # Its clock is right. The refusal of a caller whose clock is wrong may be due to that, and is tried again.
    build = Builder(aws)
    for n, tags in enumerate(([], TAGS)):
        build.sm.create_model(**req.model(f"churn-{n}", build.role), Tags=tags)
    build.sm.create_pipeline(**req.pipeline("churn-0", build.role))
    config = """
data "mlops_deployer_policy" "this" {
  for_each      = toset(["query", "apply"])
  access        = each.key
  name_prefixes = ["churn"]
}

output "policies" {
  value = { for access, policy in data.mlops_deployer_policy.this : access => policy.policies }
}
"""
    terraform = directory(block("mlops_model", 'tags = { team = "ml" }', "  include_resource = true\n") + block("mlops_pipeline"), aws)
    main = terraform.directory / "main.tf"
    main.write_text(HEAD + config)
    terraform.apply()
    policies = terraform.outputs()["policies"]
    main.write_text(HEAD)
    terraform.environment["AWS_ACCESS_KEY_ID"] = "who-queries"
    aws.control("POST", "principals", access_key="who-queries", policies=policies["query"])
    found, told = query(terraform)
    assert (found, told) == ({"mlops_model": {"churn-1"}, "mlops_pipeline": {"churn-0"}}, [])
    aws.control("POST", "principals", access_key="who-queries", policies=policies["apply"])
    _, told = query(terraform)
    assert len(told) == 2 and all("not list the" in text and "sagemaker:List" in text for text in told), told


def test_every_example_and_the_guide_are_queries_that_work(quick: LocalAws, directory: Directory) -> None:
    terraform = directory("")
    examples = sorted((EXAMPLES / "list-resources").iterdir())
    for example in examples:
        text = (example / "list-resource.tfquery.hcl").read_text()
        (terraform.directory / f"{example.name}.tfquery.hcl").write_text(text)
    printed = json.loads(terraform.must("providers", "schema", "-json"))
    (provided,) = printed["provider_schemas"].values()
    assert {example.name for example in examples} == set(provided["list_resource_schemas"])
    Builder(quick).many(1)
    settled(quick)
    # AWS lists nothing of a pipeline and of a group that it does not have.
    sagemaker = quick.client("sagemaker")
    sagemaker.create_pipeline(**req.pipeline("churn", ROLE))
    sagemaker.create_model_package_group(ModelPackageGroupName="churn")
    assert query(terraform)[1] == []
    for example in examples:
        (terraform.directory / f"{example.name}.tfquery.hcl").unlink()
    (shown,) = re.findall(r"```hcl\n(# estate\.tfquery\.hcl\n.*?)```", GUIDE.read_text(), re.DOTALL)
    (terraform.directory / QUERY).write_text(shown)
    assert query(terraform) == ({"mlops_model": {"churn-0"}, "mlops_training_job": {"churn-0"}}, [])
