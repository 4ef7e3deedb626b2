"""Notification topics and log groups: subscriptions that nobody confirms, and log groups that exist before Terraform."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, Terraform, changes_of

TOPIC = """
resource "mlops_notification_topic" "alarms" {
  name          = "alarms"
  subscriptions = [SUBSCRIPTIONS]
}
"""
EMAIL = '{ protocol = "email", endpoint = "mlops@example.com" },'
QUEUE = '{ protocol = "sqs", endpoint = "arn:aws:sqs:us-east-1:123456789012:q", filter_policy = FILTER },'
GROUP = """
resource "mlops_log_group" "logs" {
  name              = "NAME"
  retention_in_days = 30
  MORE
}
"""
MADE_BY_SAGEMAKER = "/aws/sagemaker/TrainingJobs"

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


def topic(subscriptions: str) -> str:
    """A topic with these subscriptions."""
    return TOPIC.replace("SUBSCRIPTIONS", subscriptions)


def group(name: str, more: str = "") -> str:
    """A log group."""
    return GROUP.replace("NAME", name).replace("MORE", more)


def test_a_subscription_that_nobody_confirms_is_a_warning_and_no_drift(quick: LocalAws, make: Make) -> None:
    queue = QUEUE.replace("FILTER", 'jsonencode({ team = ["ml"] })')
    terraform = make(topic(EMAIL + queue))
    assert "waits for its confirmation" in terraform.apply()
    assert terraform.values()["mlops_notification_topic.alarms"]["pending_subscriptions"] == ["mlops@example.com"]
    assert terraform.is_settled()
    # What is pending has no ARN by which it could be deleted.
    rewrite(terraform, topic(QUEUE.replace("FILTER", "null")))
    assert "cannot be deleted yet" in terraform.apply()
    sns = quick.client("sns")
    listed = sns.list_subscriptions()["Subscriptions"]
    assert sorted(each["Protocol"] for each in listed) == ["email", "sqs"]
    arn = next(each["SubscriptionArn"] for each in listed if each["Protocol"] == "sqs")
    assert not sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"].get("FilterPolicy")
    assert terraform.is_settled()
    terraform.destroy()
    assert quick.control("GET", "inventory")["count"] == 0


def test_a_log_group_of_sagemakers_is_adopted_and_outlives_terraform(quick: LocalAws, make: Make) -> None:
    logs = quick.client("logs")
    logs.create_log_group(logGroupName=MADE_BY_SAGEMAKER, tags={"made": "before"})
    logs.create_log_stream(logGroupName=MADE_BY_SAGEMAKER, logStreamName="train/algo-1")
    terraform = make(group(MADE_BY_SAGEMAKER))
    plan = terraform.plan()
    assert "The log group exists and will be adopted" in plan["text"]
    assert plan["resource_changes"][0]["change"]["after_unknown"]["adopted"] is True
    terraform.apply()
    assert terraform.is_settled()
    [found] = logs.describe_log_groups()["logGroups"]
    assert found["retentionInDays"] == 30
    assert len(logs.describe_log_streams(logGroupName=MADE_BY_SAGEMAKER)["logStreams"]) == 1
    assert logs.list_tags_for_resource(resourceArn=found["logGroupArn"])["tags"] == {}
    terraform.destroy()
    assert len(logs.describe_log_groups()["logGroups"]) == 1
    rewrite(terraform, group(MADE_BY_SAGEMAKER, 'on_destroy = "delete"'))
    terraform.apply()
    terraform.destroy()
    assert logs.describe_log_groups()["logGroups"] == []


def test_a_log_group_that_sagemaker_makes_after_the_plan_is_adopted(quick: LocalAws, make: Make) -> None:
    terraform = make(group(MADE_BY_SAGEMAKER))
    terraform.must("plan", "-input=false", "-out=made.tfplan")
    quick.client("logs").create_log_group(logGroupName=MADE_BY_SAGEMAKER)
    terraform.must("apply", "-input=false", "made.tfplan")
    assert terraform.values()["mlops_log_group.logs"]["adopted"] is True
    assert terraform.is_settled()


def test_a_log_group_of_others_is_adopted_only_if_the_user_says_so(quick: LocalAws, make: Make) -> None:
    logs = quick.client("logs")
    logs.create_log_group(logGroupName="/theirs")
    terraform = make(group("/theirs"))
    run = terraform.attempt("apply")
    assert run.code == 1 and "exists already" in run.output
    assert "retentionInDays" not in logs.describe_log_groups()["logGroups"][0]
    rewrite(terraform, group("/theirs", 'adopt_existing = true\n  log_group_class = "INFREQUENT_ACCESS"'))
    run = terraform.attempt("apply")
    assert run.code == 1 and "cannot be adopted" in run.output and "log_group_class" in run.output
    assert "retentionInDays" not in logs.describe_log_groups()["logGroups"][0] and terraform.resources() == []
    rewrite(terraform, group("/theirs", "adopt_existing = true"))
    terraform.apply()
    assert changes_of(terraform.plan()) == {}
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 30


def test_a_log_group_that_terraform_made_goes_with_it_unless_it_is_protected(quick: LocalAws, make: Make) -> None:
    terraform = make(group(MADE_BY_SAGEMAKER, "deletion_protection_enabled = true"))
    terraform.apply()
    assert terraform.values()["mlops_log_group.logs"]["adopted"] is False
    run = terraform.attempt("destroy")
    assert run.code == 1 and "protected from deletion" in run.output
    rewrite(terraform, group(MADE_BY_SAGEMAKER))
    terraform.apply()
    terraform.destroy()
    assert quick.client("logs").describe_log_groups()["logGroups"] == []
