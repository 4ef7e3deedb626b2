"""Buckets whose settings are not only Terraform's: what it cannot express stays, and what takes time is waited for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

IMPORT = """
provider "mlops" {}

import {
  to = mlops_bucket_layout.b
  id = "by-hand"
}
"""
BY_TAG = {
    "ID": "console rule/1",
    "Status": "Enabled",
    "Filter": {"Tag": {"Key": "keep", "Value": "no"}},
    "Expiration": {"Days": 9},
}
WHOLE = {"ID": "all objects", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 365}}
OPEN = """
provider "mlops" {}

resource "mlops_execution_role" "r" {
  name   = "reader"
  access = {}
}

resource "mlops_bucket_layout" "b" {
  name = "open"
  public_access_block = {
    block_public_acls = false, ignore_public_acls = false, block_public_policy = false, restrict_public_buckets = false
  }
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for principal in ["*", { AWS = mlops_execution_role.r.arn }] : {
      Effect = "Allow", Principal = principal, Action = "s3:GetObject", Resource = "arn:aws:s3:::open/*"
    }]
  })
}
"""


@pytest.mark.every_client
def test_rules_that_a_layout_cannot_express_outlive_an_import_and_a_change(
    aws: LocalAws, workspace: Callable[[str], Terraform]
) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="by-hand")
    rules = {"LifecycleConfiguration": {"Rules": [BY_TAG, WHOLE]}}
    s3.put_bucket_lifecycle_configuration(
        Bucket="by-hand", TransitionDefaultMinimumObjectSize="varies_by_storage_class", **rules
    )
    terraform = workspace(IMPORT)
    planned = " ".join(terraform.must("plan", "-no-color", "-input=false", "-generate-config-out=generated.tf").split())
    assert "1 to import, 0 to add, 0 to change" in planned, planned
    assert '"console rule/1"' in planned and '"all objects"' not in planned, "what stays as it is is named"
    terraform.apply()
    generated = terraform.directory / "generated.tf"
    generated.write_text(generated.read_text().replace("= 365", "= 30"))
    assert terraform.changes() == {"mlops_bucket_layout.b": ["update"]}
    terraform.apply()
    found = s3.get_bucket_lifecycle_configuration(Bucket="by-hand")
    assert found["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"
    assert BY_TAG in found["Rules"]
    (ours,) = (rule for rule in found["Rules"] if rule != BY_TAG)
    assert (ours["Filter"], ours["Expiration"]) == ({"Prefix": ""}, {"Days": 30})


def test_a_policy_waits_until_the_bucket_is_open_and_its_principals_are_known(
    aws: LocalAws, workspace: Callable[[str], Terraform]
) -> None:
    unknown = {"kind": "error", "code": "MalformedPolicy", "message": "Invalid principal in policy", "status": 400}
    aws.control("POST", "faults", operation="s3:PutBucketPolicy", times=2, **unknown)
    terraform = workspace(OPEN)
    applied = terraform.apply()
    assert "Warning" not in applied, applied
    assert terraform.is_settled()
    block = aws.client("s3").get_public_access_block(Bucket="open")["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {False}
