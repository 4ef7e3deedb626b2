"""Dashboards: a generated body is known in the plan, drift of it is mended, and what AWS refuses is told at the attribute."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acceptance.cases import EXAMPLES
from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, PLANNED, Terraform, changes_of

DASHBOARD = "mlops_dashboard.d"
GENERATED = """
resource "terraform_data" "later" {}

resource "mlops_endpoint_alarms" "churn" {
  endpoint_name      = "churn"
  variant_name       = "main"
  memory_utilization = { enabled = false }
  disk_utilization   = { enabled = false }
}

resource "mlops_dashboard" "d" {
  name          = "churn"
  endpoints     = [{ endpoint_name = "churn", variant_name = "main" }]
  training_jobs = [JOB]
  alarms        = values(mlops_endpoint_alarms.churn.alarm_arns)
}
"""
PNG = b"\x89PNG\r\n"
SIZE = slice(16, 24)
"""Where a PNG file has its width and height."""

Make = Callable[[str], Terraform]


@pytest.fixture
def make(quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Make:
    """Makes a working directory with this configuration."""

    def directory(configuration: str) -> Terraform:
        shutil.copytree(initialised, tmp_path / "stack", symlinks=True)
        (tmp_path / "stack" / "main.tf").write_text(HEAD + configuration)
        return Terraform(tmp_path / "stack", cli_configuration, quick.environment())

    return directory


def body_of(change: dict[str, Any]) -> Any:
    """The widgets that a plan shows."""
    return json.loads(change["after"]["dashboard_body"])["widgets"]


def planned(plan: dict[str, Any]) -> dict[str, Any]:
    """The planned change of the dashboard."""
    (change,) = [c["change"] for c in plan["resource_changes"] if c["address"] == DASHBOARD]
    return change


def test_a_generated_body_is_in_the_plan_and_its_graphs_can_be_drawn(quick: LocalAws, make: Make, tmp_path: Path) -> None:
    terraform = make(GENERATED.replace("JOB", '"churn-1"'))
    plan = terraform.plan()
    widgets = body_of(planned(plan))
    titles = [w["properties"].get("title") or w["properties"]["markdown"] for w in widgets]
    assert titles[:2] == ["Alarms", "## Endpoint churn, variant main"], titles
    assert {"Invocations and errors", "churn-1", "churn-main-model-latency", "churn-main-no-invocations"} <= {*titles}
    terraform.apply(PLANNED)
    assert terraform.is_settled()
    stored = quick.client("cloudwatch").get_dashboard(DashboardName="churn")["DashboardBody"]
    assert json.loads(stored)["widgets"] == widgets

    # Another text of the same meaning is no drift, another meaning is.
    quick.client("cloudwatch").put_dashboard(DashboardName="churn", DashboardBody=json.dumps(json.loads(stored), indent=1))
    assert terraform.is_settled()
    quick.client("cloudwatch").put_dashboard(DashboardName="churn", DashboardBody='{"widgets": []}')
    plan = terraform.plan()
    assert changes_of(plan) == {DASHBOARD: ["update"]} and body_of(planned(plan)) == widgets, plan["text"]
    terraform.apply(PLANNED)
    assert terraform.is_settled()

    script = EXAMPLES / "resources/mlops_dashboard/widgets.py"
    environment = {**quick.environment(), "AWS_DEFAULT_REGION": "us-east-1"}
    drawn = subprocess.run([sys.executable, script, "churn"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert drawn.returncode == 0, drawn.stderr
    files = [tmp_path / line for line in drawn.stdout.split()]
    assert len(files) == sum(w["type"] == "metric" for w in widgets)
    size = (560).to_bytes(4) + (300).to_bytes(4)
    assert all(file.read_bytes().startswith(PNG) and file.read_bytes()[SIZE] == size for file in files)
    terraform.destroy()
    assert quick.inventory() == []


def test_a_body_of_what_is_not_known_yet_is_generated_in_the_apply(quick: LocalAws, make: Make) -> None:
    terraform = make(GENERATED.replace("JOB", "terraform_data.later.id"))
    plan = terraform.plan()
    assert planned(plan)["after_unknown"]["dashboard_body"] is True
    terraform.apply(PLANNED)
    job = terraform.values()["terraform_data.later"]["id"]
    stored = quick.client("cloudwatch").get_dashboard(DashboardName="churn")["DashboardBody"]
    assert f'"{job}/algo-1"' in stored
    assert terraform.is_settled()


def test_what_aws_refuses_of_a_body_is_told_at_the_attribute(make: Make) -> None:
    body = '{ widgets = [{ type = "metric", x = 0, y = 0, width = 6, height = 6, properties = {} }] }'
    terraform = make(f'resource "mlops_dashboard" "d" {{\n  name           = "churn"\n  dashboard_body = jsonencode({body})\n}}\n')
    run = terraform.run("apply", "-auto-approve", "-input=false", "-no-color")
    assert run.code == 1
    assert "/widgets/0/properties" in run.output and "Should have required property 'metrics'" in run.output, run.output
    assert re.search(r"on main.tf line \d+, .*:\n *\d+: +dashboard_body = jsonencode", run.output), run.output


def test_an_equal_body_in_another_spelling_is_no_change(quick: LocalAws, make: Make) -> None:
    """hashicorp/terraform-provider-aws issue 5729: a body was put again at each apply though it meant the same."""
    widget = {"type": "text", "x": 0, "y": 0, "width": 6, "height": 3, "properties": {"markdown": "# Churn"}}
    texts = [json.dumps({"widgets": [widget]}), json.dumps({"widgets": [dict(reversed(widget.items()))]}, indent=4)]
    configuration = 'resource "mlops_dashboard" "d" {\n  name           = "churn"\n  dashboard_body = BODY\n}\n'
    terraform = make(configuration.replace("BODY", json.dumps(texts[0])))
    terraform.apply()
    (terraform.directory / "main.tf").write_text(HEAD + configuration.replace("BODY", json.dumps(texts[1])))
    assert terraform.is_settled()
    # Nor is it drift.
    quick.client("cloudwatch").put_dashboard(DashboardName="churn", DashboardBody=texts[1])
    assert terraform.is_settled()
    other = texts[1].replace("# Churn", "# Other")
    quick.client("cloudwatch").put_dashboard(DashboardName="churn", DashboardBody=other)
    assert terraform.changes() == {DASHBOARD: ["update"]}
