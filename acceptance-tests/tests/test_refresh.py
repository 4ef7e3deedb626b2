"""What a refresh of many objects asks AWS for."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, Terraform

GROUPS = """
resource "mlops_model_package_group" "many" {
  count = 24
  name  = "group-${count.index}"
  tags  = { owner = "us" }
}

resource "mlops_notification_topic" "many" {
  count = 6
  name  = "topic-${count.index}"
}
"""
GROUP_ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/group-7"


@pytest.fixture
def groups(quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Terraform:
    """Many objects of two services, of which the topics have no tags."""
    shutil.copytree(initialised, tmp_path / "stack", symlinks=True)
    (tmp_path / "stack" / "main.tf").write_text(HEAD + GROUPS)
    terraform = Terraform(tmp_path / "stack", cli_configuration, quick.environment())
    terraform.apply()
    quick.forget_calls()
    return terraform


@pytest.mark.alone
def test_tags_of_many_objects_are_read_by_few_calls(groups: Terraform, quick: LocalAws) -> None:
    assert groups.is_settled()
    made = Counter(call["operation"] for call in quick.calls())
    assert made["DescribeModelPackageGroup"] == 24, made
    # An object that is read while no other one is, is asked for itself.
    assert made["GetResources"] >= 1, made
    assert sum(made[operation] for operation in ("GetResources", "ListTags", "ListTagsForResource")) <= 12, made

    quick.client("sagemaker").add_tags(ResourceArn=GROUP_ARN, Tags=[{"Key": "owner", "Value": "them"}])
    topic = "arn:aws:sns:us-east-1:123456789012:topic-3"
    quick.client("sns").tag_resource(ResourceArn=topic, Tags=[{"Key": "owner", "Value": "them"}])
    changed = {"mlops_model_package_group.many[7]": ["update"], "mlops_notification_topic.many[3]": ["update"]}
    assert groups.changes() == changed


@pytest.mark.alone
def test_without_the_permission_each_service_is_asked_for_tags(groups: Terraform, quick: LocalAws) -> None:
    quick.fault("resourcegroupstaggingapi:GetResources", "error", times=None, code="AccessDeniedException", status=400)
    assert groups.is_settled()
    made = Counter(call["operation"] for call in quick.calls())
    # A refusal may be due to the clock, and is tried again.
    assert 0 < made["GetResources"] <= 12 and made["ListTags"] == 24, made
