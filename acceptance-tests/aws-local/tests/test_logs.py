"""CloudWatch Logs: settings of log groups. Source: CloudWatch Logs API reference."""

from __future__ import annotations

from typing import Any

import pytest
from test_services import error_of

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture
def logs(aws) -> Any:
    return aws.client("logs")


def described(logs: Any, name: str) -> dict[str, Any]:
    return next(g for g in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"] if g["logGroupName"] == name)


def test_what_a_group_has_from_its_creation(logs):
    logs.create_log_group(logGroupName="plain")
    group = described(logs, "plain")
    assert (group["logGroupClass"], group["deletionProtectionEnabled"]) == ("STANDARD", False)
    assert group["logGroupArn"].endswith(":log-group:plain") and "kmsKeyId" not in group and "retentionInDays" not in group
    logs.create_log_group(logGroupName="rare", logGroupClass="INFREQUENT_ACCESS", kmsKeyId=KEY)
    group = described(logs, "rare")
    assert (group["logGroupClass"], group["kmsKeyId"]) == ("INFREQUENT_ACCESS", KEY)
    found = logs.describe_log_groups(logGroupClass="INFREQUENT_ACCESS")["logGroups"]
    assert [each["logGroupName"] for each in found] == ["rare"]


def test_what_is_changed_later(logs):
    logs.create_log_group(logGroupName="g")
    logs.associate_kms_key(logGroupName="g", kmsKeyId=KEY)
    logs.put_retention_policy(logGroupName="g", retentionInDays=30)
    assert (described(logs, "g")["kmsKeyId"], described(logs, "g")["retentionInDays"]) == (KEY, 30)
    logs.disassociate_kms_key(logGroupName="g")
    logs.delete_retention_policy(logGroupName="g")
    assert not {"kmsKeyId", "retentionInDays"} & described(logs, "g").keys()


def test_a_protected_group_stays(logs):
    logs.create_log_group(logGroupName="g", deletionProtectionEnabled=True)
    assert error_of(lambda: logs.delete_log_group(logGroupName="g"))["Code"] == "ValidationException"
    arn = described(logs, "g")["logGroupArn"]
    logs.put_log_group_deletion_protection(logGroupIdentifier=arn, deletionProtectionEnabled=False)
    logs.delete_log_group(logGroupName="g")
    assert logs.describe_log_groups()["logGroups"] == []


def test_what_aws_refuses(logs):
    logs.create_log_group(logGroupName="g")
    for code, call in (
        ("InvalidParameterException", lambda: logs.put_retention_policy(logGroupName="g", retentionInDays=2)),
        ("InvalidParameterException", lambda: logs.associate_kms_key(logGroupName="g", kmsKeyId="alias/mine")),
        ("InvalidParameterException", lambda: logs.create_log_group(logGroupName="h", kmsKeyId="alias/mine")),
        ("ResourceNotFoundException", lambda: logs.associate_kms_key(logGroupName="h", kmsKeyId=KEY)),
        ("ResourceNotFoundException", lambda: logs.delete_log_group(logGroupName="h")),
        ("ResourceAlreadyExistsException", lambda: logs.create_log_group(logGroupName="g")),
    ):
        assert error_of(call)["Code"] == code


def test_pages_of_groups(logs):
    for i in range(3):
        logs.create_log_group(logGroupName=f"g{i}")
    pages = list(logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="g", PaginationConfig={"PageSize": 2}))
    assert [[g["logGroupName"] for g in page["logGroups"]] for page in pages] == [["g0", "g1"], ["g2"]]
