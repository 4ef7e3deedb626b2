"""Alarms: read in batches, deleted in any order, one name for one resource (hashicorp/terraform-provider-aws issues 34807 and
47390)."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, Terraform

ALARM = """
resource "mlops_metric_alarm" "NAME" {
  name                = "ALARM"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocations"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  timeouts            = { delete = "20s" }
}
"""
COMPOSITE = """
resource "mlops_composite_alarm" "all" {
  name       = "all"
  alarm_rule = "RULE"
}
"""
MANY = 200

Make = Callable[[str], Terraform]


@pytest.fixture
def make(quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Make:
    """Makes a working directory with this configuration."""

    def directory(configuration: str) -> Terraform:
        shutil.copytree(initialised, tmp_path / "stack", symlinks=True)
        rewrite(terraform := Terraform(tmp_path / "stack", cli_configuration, quick.environment()), configuration)
        return terraform

    return directory


def rewrite(terraform: Terraform, configuration: str) -> None:
    """Gives a working directory another configuration."""
    (terraform.directory / "main.tf").write_text(HEAD + configuration)


def alarm(resource: str, name: str = "") -> str:
    """An alarm under an address."""
    return ALARM.replace("NAME", resource).replace("ALARM", name or resource)


def names(aws: LocalAws) -> list[str]:
    """The alarms that there are."""
    found = aws.client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return sorted(each["AlarmName"] for kind in ("MetricAlarms", "CompositeAlarms") for each in found[kind])


@pytest.mark.alone
def test_a_refresh_reads_many_alarms_by_few_calls(quick: LocalAws, make: Make) -> None:
    counted = f"{{\n  count = {MANY}\n  tags = {{ owner = \"us\" }}"
    many = alarm("many", "alarm-${count.index}").replace("{", counted, 1)
    terraform = make(many)
    terraform.apply()
    quick.forget_calls()
    assert terraform.is_settled()
    made = Counter(call["operation"] for call in quick.calls())
    for operation in ("DescribeAlarms", "GetResources"):
        assert 0 < made[operation] <= MANY // 20, made
    assert made["ListTagsForResource"] <= 2, f"only what is read while nothing else is: {made}"
    # What is read after a change is what was changed, also amid so many.
    cloudwatch = quick.client("cloudwatch")
    cloudwatch.disable_alarm_actions(AlarmNames=["alarm-7"])
    arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:alarm-8"
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "owner", "Value": "them"}])
    assert terraform.changes() == {f"mlops_metric_alarm.many[{index}]": ["update"] for index in (7, 8)}
    terraform.apply()
    assert terraform.is_settled()


@pytest.mark.alone
def test_tags_are_read_one_by_one_where_the_index_of_tags_is_denied(quick: LocalAws, make: Make) -> None:
    terraform = make(alarm("many", "alarm-${count.index}").replace("{", "{\n  count = 12\n  tags = { owner = \"us\" }", 1))
    quick.fault("resourcegroupstaggingapi:GetResources", "error", times=None, code="AccessDeniedException", status=400)
    terraform.apply()
    quick.forget_calls()
    assert terraform.is_settled()
    made = [call["operation"] for call in quick.calls() if call["operation"] in ("GetResources", "ListTagsForResource")]
    first = made.index("ListTagsForResource")
    assert made[:first] and set(made[:first]) == {"GetResources"}, made
    assert made[first:] == ["ListTagsForResource"] * 12, "the index is not asked again"


def test_an_alarm_is_destroyed_while_the_rule_that_named_it_is_changed(quick: LocalAws, make: Make) -> None:
    both = COMPOSITE.replace("RULE", "ALARM(${mlops_metric_alarm.one.name}) OR ALARM(${mlops_metric_alarm.two.name})")
    terraform = make(alarm("one") + alarm("two") + both)
    terraform.apply()
    rewrite(terraform, alarm("one") + COMPOSITE.replace("RULE", "ALARM(${mlops_metric_alarm.one.name})"))
    terraform.apply()
    assert names(quick) == ["all", "one"]
    # Or while it gets another name, and the rule with it.
    renamed = alarm("one", "other") + COMPOSITE.replace("RULE", "ALARM(${mlops_metric_alarm.one.name}) OR FALSE")
    rewrite(terraform, renamed)
    terraform.apply()
    assert names(quick) == ["all", "other"]
    (composite,) = quick.client("cloudwatch").describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert composite["AlarmRule"] == "ALARM(other) OR FALSE"
    assert terraform.is_settled()
    # Also where nothing but a text says that one needs the other.
    rewrite(terraform, alarm("three") + COMPOSITE.replace("RULE", "ALARM(three)"))
    terraform.apply()
    assert names(quick) == ["all", "three"]
    terraform.destroy()
    assert names(quick) == []


def test_an_alarm_that_a_foreign_composite_alarm_names_is_refused_with_its_name(quick: LocalAws, make: Make) -> None:
    terraform = make(alarm("one").replace("20s", "1s"))
    terraform.apply()
    cloudwatch = quick.client("cloudwatch")
    cloudwatch.put_composite_alarm(AlarmName="theirs", AlarmRule="ALARM(one)")
    run = terraform.attempt("destroy")
    assert run.code == 1
    (error,) = [told.text for told in run.told if told.severity == "error"]
    assert '"theirs"' in error and "names it" in error, error
    assert names(quick) == ["one", "theirs"]
    (theirs,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert theirs["AlarmRule"] == "ALARM(one)", "what is not of this state is not changed"
    cloudwatch.delete_alarms(AlarmNames=["theirs"])
    terraform.destroy()
    assert names(quick) == []


def test_two_resources_of_one_name_never_end_without_the_alarm(quick: LocalAws, make: Make) -> None:
    """The one is destroyed and the other created, at the same time and in whatever order."""
    terraform = make(alarm("former", "churn"))
    terraform.apply()
    rewrite(terraform, alarm("latter", "churn"))
    run = terraform.attempt("apply")
    assert run.ok or "exists already" in run.output, run.output
    terraform.apply()
    assert names(quick) == ["churn"]
    assert terraform.resources() == ["mlops_metric_alarm.latter"]
    assert terraform.is_settled()


def test_an_alarm_of_an_unknown_name_in_a_rule_is_named(quick: LocalAws, make: Make) -> None:
    terraform = make('provider "mlops" {\n  propagation_timeout = "1s"\n}' + COMPOSITE.replace("RULE", "ALARM(nobody)"))
    run = terraform.attempt("apply")
    assert run.code == 1 and "[nobody] in the alarm rule do not exist" in run.output, run.output
    assert names(quick) == []
