"""What the objects of a dataset have beside their content: set with the upload, seen when it drifts, changed in place."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from sweep import is_holding, is_written, kill_both

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

NAME = "storage-bucket"
CONFIGURATION = """
provider "mlops" {}

resource "mlops_bucket_layout" "b" {
  name          = "storage-bucket"
  layout        = { data = {} }
  force_destroy = true
}

resource "mlops_dataset" "d" {
  bucket = mlops_bucket_layout.b.name
  prefix = "data/rows"
  source = "rows"

  content_types       = { bin = "application/x-rows" }
  cache_control       = "no-cache"
  content_disposition = "attachment"
  content_encoding    = "identity"
  content_language    = "en"
  metadata            = { owner = "us" }
  storage_class       = "STANDARD_IA"
  object_tags         = { team = "a b", empty = "" }
}
"""
CONTENT_TYPES = {"a b/ä.csv": "text/csv", "README": "application/octet-stream", "large.bin": "application/x-rows"}


def files(terraform: Terraform) -> None:
    """A file whose name has to be encoded, one without an extension, one that goes in parts."""
    folder = terraform.directory / "rows"
    (folder / "a b").mkdir(parents=True)
    (folder / "a b" / "ä.csv").write_text("1,2")
    (folder / "README").write_text("read me")
    (folder / "large.bin").write_bytes(os.urandom(17_000_000))


def settings(aws: LocalAws) -> dict[str, dict[str, Any]]:
    """What S3 has, by the path of each object, without the provider's own metadata."""
    s3, found = aws.client("s3"), {}
    for path in CONTENT_TYPES:
        key = {"Bucket": NAME, "Key": f"data/rows/{path}"}
        head = s3.head_object(**key)
        assert len(head["Metadata"].pop("mlops-sha256")) == 64
        members = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "StorageClass")
        found[path] = {name: head[name] for name in ("ContentType", "Metadata", *members) if name in head}
        found[path]["Tags"] = {tag["Key"]: tag["Value"] for tag in s3.get_object_tagging(**key)["TagSet"]}
    return found


def wanted(**changes: Any) -> dict[str, dict[str, Any]]:
    common = {
        "CacheControl": "no-cache",
        "ContentDisposition": "attachment",
        "ContentEncoding": "identity",
        "ContentLanguage": "en",
        "Metadata": {"owner": "us"},
        "StorageClass": "STANDARD_IA",
        "Tags": {"team": "a b", "empty": ""},
    } | changes
    return {path: {"ContentType": kind} | common for path, kind in CONTENT_TYPES.items()}


def edited(terraform: Terraform, *changes: tuple[str, str]) -> None:
    main = terraform.directory / "main.tf"
    text = main.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    main.write_text(text)


def altered(terraform: Terraform) -> dict[str, str]:
    """What the plan says of objects that were changed in the bucket."""
    changes = terraform.plan()["resource_changes"]
    return next(c["change"]["before"]["altered_objects"] for c in changes if c["address"] == "mlops_dataset.d")


def calls(aws: LocalAws) -> list[str]:
    """The calls that change something, since the last look."""
    made = [c["operation"] for c in aws.calls() if not c["operation"].startswith(("Get", "List", "Head"))]
    aws.forget_calls()
    return sorted(made)


def test_they_are_set_with_the_upload_and_changed_in_place(
    aws: LocalAws, workspace: Callable[[str], Terraform]
) -> None:
    terraform = workspace(CONFIGURATION)
    files(terraform)
    terraform.apply()
    assert settings(aws) == wanted()
    assert terraform.changes() == {}
    calls(aws)
    edited(terraform, ("no-cache", "no-store"), ('owner = "us"', 'stage = "x"'), ('"STANDARD_IA"', "null"))
    terraform.apply()
    assert calls(aws) == ["CopyObject"] * 3
    changed = wanted(CacheControl="no-store", Metadata={"stage": "x"})
    for path in changed:
        del changed[path]["StorageClass"]
    assert settings(aws) == changed
    edited(terraform, ('object_tags         = { team = "a b", empty = "" }', "object_tags = {}"))
    terraform.apply()
    assert calls(aws) == ["DeleteObjectTagging"] * 3
    assert all(found["Tags"] == {} for found in settings(aws).values())
    assert terraform.changes() == {}
    # Versions that copies made are the dataset's, too.
    terraform.destroy("-target=mlops_dataset.d")
    assert "Versions" not in aws.client("s3").list_object_versions(Bucket=NAME)


def test_what_others_change_is_shown_and_reverted(aws: LocalAws, workspace: Callable[[str], Terraform]) -> None:
    terraform = workspace(CONFIGURATION)
    files(terraform)
    terraform.apply()
    # S3 tells times in seconds.
    aws.control("POST", "clock", advance=10)
    s3, key = aws.client("s3"), {"Bucket": NAME, "Key": "data/rows/README"}
    s3.copy_object(**key, CopySource=key, MetadataDirective="REPLACE", Metadata={"owner": "them"}, CacheControl="no-cache")
    tags = {"TagSet": [{"Key": "team", "Value": "b"}]}
    s3.put_object_tagging(Bucket=NAME, Key="data/rows/large.bin", Tagging=tags)
    shown = altered(terraform)
    assert shown == {
        "README": 'content_type is "binary/octet-stream", metadata.owner is "them", storage_class is "STANDARD", '
        "content_disposition is not set, content_encoding is not set, content_language is not set",
        "large.bin": 'object_tags.team is "b", object_tags.empty is not set',
    }
    calls(aws)
    terraform.apply()
    assert calls(aws) == ["CopyObject", "CopyObject"], "neither is uploaded again"
    assert settings(aws) == wanted()
    assert terraform.changes() == {}
    aws.forget_calls()
    terraform.plan()
    assert not any(c["operation"] == "HeadObject" for c in aws.calls()), "nothing is in doubt any more"


def test_what_an_interrupted_change_left_is_done_by_the_next(
    aws: LocalAws, workspace: Callable[[str], Terraform]
) -> None:
    terraform = workspace(CONFIGURATION)
    files(terraform)
    terraform.apply()
    edited(terraform, ("no-cache", "no-store"))
    aws.fault("s3:CopyObject", "error", code="AccessDenied", status=403, message="Access Denied", skip=1)
    refused = terraform.run("apply", "-auto-approve", "-no-color")
    assert refused.code == 1 and "AccessDenied" in refused.output
    assert list(terraform.changes().values()) == [["update"]]
    assert altered(terraform) != {}
    terraform.apply()
    assert settings(aws) == wanted(CacheControl="no-store")
    assert terraform.changes() == {}


def test_a_new_dataset_sets_them_on_what_an_interrupted_one_uploaded(
    aws: LocalAws, workspace: Callable[[str], Terraform]
) -> None:
    terraform = workspace(CONFIGURATION)
    files(terraform)
    # An object is there, and nobody was told: the state does not have the dataset.
    aws.fault("s3:PutObject", "pause", times=None, when="after")
    process = terraform.start("apply", "-auto-approve", "-input=false", "-no-color")
    aws.wait_for("an upload is held", lambda: is_holding(aws))
    aws.wait_for("the state is on disk", lambda: is_written(terraform))
    kill_both(process)
    aws.wait_for("AWS noticed that the caller is gone", lambda: not is_holding(aws))
    aws.control("DELETE", "faults")
    assert terraform.resources() == ["mlops_bucket_layout.b"]
    edited(terraform, ("no-cache", "no-store"))
    terraform.apply()
    assert settings(aws) == wanted(CacheControl="no-store")
    assert terraform.changes() == {}
