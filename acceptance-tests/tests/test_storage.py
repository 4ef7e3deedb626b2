"""Buckets and datasets: drift is shown where it is and mended, only what changed moves, nothing of others is touched."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform, changes_of

BUCKET = """
provider "mlops" {}

resource "mlops_bucket_layout" "b" {
  name = "storage-bucket"
  layout = {
    data    = { expiration_days = 30 }
    models  = { prefix = "registry/models", transitions = [{ days = 30, storage_class = "STANDARD_IA" }] }
    outputs = {}
  }
  cors_rules = [{ allowed_methods = ["GET"], allowed_origins = ["*"] }]
  tags       = { owner = "us" }
}
"""
DATASET = (
    BUCKET
    + """
resource "mlops_dataset" "d" {
  bucket  = mlops_bucket_layout.b.name
  prefix  = "data/rows"
  source  = "rows"
  exclude = ["**/*.tmp"]
}
"""
)
NAME = "storage-bucket"


def test_a_full_bucket_is_refused_with_a_count_and_emptied_on_request(
    aws: LocalAws, workspace: Callable[[str], Terraform]
) -> None:
    terraform = workspace(BUCKET)
    terraform.apply()
    s3 = aws.client("s3")
    for i in range(1100):
        s3.put_object(Bucket=NAME, Key=f"data/{i}", Body=b"x")
    s3.delete_object(Bucket=NAME, Key="data/0")
    s3.create_multipart_upload(Bucket=NAME, Key="never-completed")
    refused = terraform.run("destroy", "-auto-approve", "-no-color")
    assert refused.code == 1
    assert "1100 object versions and 1 delete markers" in " ".join(refused.output.split())
    main = terraform.directory / "main.tf"
    main.write_text(main.read_text().replace("cors_rules", "force_destroy = true\n  cors_rules"))
    terraform.apply()
    terraform.destroy()
    assert aws.inventory() == []


def rows(terraform: Terraform) -> Path:
    """A folder to upload: small files, one in the middle, one that goes in parts."""
    folder = terraform.directory / "rows"
    (folder / "deep").mkdir(parents=True)
    for i in range(5):
        (folder / "deep" / f"{i}.csv").write_text(f"row {i}\n")
    (folder / "middle.bin").write_bytes(os.urandom(300_000))
    (folder / "large.bin").write_bytes(os.urandom(20_000_000))
    (folder / "empty").touch()
    (folder / "scratch.tmp").write_text("not wanted")
    return folder


def objects(aws: LocalAws) -> dict[str, str]:
    """The SHA-256 of what is really in the bucket, by key."""
    s3 = aws.client("s3")
    keys = [o["Key"] for o in s3.list_objects_v2(Bucket=NAME).get("Contents", [])]
    return {k: hashlib.sha256(s3.get_object(Bucket=NAME, Key=k)["Body"].read()).hexdigest() for k in keys}


def test_only_what_changed_moves(aws: LocalAws, workspace: Callable[[str], Terraform]) -> None:
    terraform = workspace(DATASET)
    folder = rows(terraform)

    def local() -> dict[str, str]:
        files = [f for f in folder.rglob("*") if f.is_file() and f.suffix != ".tmp"]
        return {f"data/rows/{f.relative_to(folder)}": hashlib.sha256(f.read_bytes()).hexdigest() for f in files}

    terraform.apply()
    assert objects(aws) == local()
    assert terraform.changes() == {}
    s3 = aws.client("s3")
    s3.put_object(Bucket=NAME, Key="data/rows/of-others", Body=b"foreign")
    s3.put_object(Bucket=NAME, Key="data/rows/deep/1.csv", Body=b"changed behind")
    s3.delete_object(Bucket=NAME, Key="data/rows/deep/2.csv")
    (folder / "deep" / "3.csv").write_text("changed here")
    (folder / "deep" / "5.csv").write_text("new")
    (folder / "empty").unlink()
    change = next(c["change"] for c in terraform.plan()["resource_changes"] if c["address"] == "mlops_dataset.d")
    before, after = change["before"]["files"], change["after"]["files"]
    moved = {p for p in before.keys() | after.keys() if before.get(p) != after.get(p)}
    assert moved == {"deep/1.csv", "deep/2.csv", "deep/3.csv", "deep/5.csv", "empty"}
    aws.forget_calls()
    terraform.apply()
    calls = [c["operation"] for c in aws.calls()]
    assert sum(c.endswith("PutObject") for c in calls) == 4, calls
    assert not any("Multipart" in c for c in calls), "the large file did not change"
    foreign = {"data/rows/of-others": hashlib.sha256(b"foreign").hexdigest()}
    assert objects(aws) == local() | foreign
    assert terraform.changes() == {}
    terraform.destroy("-target=mlops_dataset.d")
    assert objects(aws) == foreign | {"data/rows/deep/1.csv": hashlib.sha256(b"changed behind").hexdigest()}, (
        "every version that the dataset made is gone, and none of others"
    )


def test_objects_of_others_are_not_overwritten(aws: LocalAws, workspace: Callable[[str], Terraform]) -> None:
    terraform = workspace(DATASET)
    rows(terraform)
    terraform.apply("-target=mlops_bucket_layout.b")
    aws.client("s3").put_object(Bucket=NAME, Key="data/rows/deep/1.csv", Body=b"foreign")
    refused = terraform.run("apply", "-auto-approve", "-no-color")
    assert refused.code == 1
    assert "Objects already exist at the destination" in refused.output
    assert "data/rows/deep/1.csv" in refused.output
    assert terraform.resources() == ["mlops_bucket_layout.b"]


def test_a_second_dataset_of_one_place_says_what_is_there(aws: LocalAws, workspace: Callable[[str], Terraform]) -> None:
    """Each would take the other's files for a change of its own, and the destruction of one would delete them."""
    terraform = workspace(DATASET)
    (terraform.directory / "rows").mkdir()
    (terraform.directory / "rows" / "1.csv").write_text("1")
    terraform.apply()
    main = terraform.directory / "main.tf"
    main.write_text(main.read_text() + DATASET.removeprefix(BUCKET).replace('"d"', '"twin"').replace("data/rows", "data/rows/"))
    refused = terraform.attempt("apply")
    (told,) = refused.told
    assert told.severity == "error", refused.output
    assert told.text.startswith("Objects already exist at the destination: "), told.text
    assert "another dataset uploaded them: data/rows/1.csv." in told.text, told.text
    assert f"terraform import mlops_dataset.NAME {NAME}/data/rows" in told.text, told.text
    assert "mlops_dataset.twin" not in terraform.resources()


def test_what_a_colleague_changes_before_the_apply_is_left_to_the_next_plan(
    aws: LocalAws, workspace: Callable[[str], Terraform]
) -> None:
    """Nothing waits for what was not sent: S3 would never report it."""
    terraform = workspace(BUCKET)
    terraform.apply()
    main = terraform.directory / "main.tf"
    main.write_text(main.read_text().replace("cors_rules", "event_bridge_enabled = true\n  cors_rules"))
    terraform.must("plan", "-input=false", "-out=reviewed")
    s3 = aws.client("s3")
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Suspended"})
    s3.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": [{"Key": "owner", "Value": "them"}]})
    applied = terraform.run("apply", "-input=false", "-json", "reviewed")
    assert applied.ok and '"diagnostic"' not in applied.output, applied.output
    plan = terraform.plan()
    assert changes_of(plan) == {"mlops_bucket_layout.b": ["update"]}
    (change,) = [c["change"] for c in plan["resource_changes"] if c["address"] == "mlops_bucket_layout.b"]
    differing = {name for name, value in change["before"].items() if value != change["after"][name]}
    assert differing == {"versioning", "tags", "tags_all"}


def test_what_somebody_deletes_for_good_is_uploaded_again(aws: LocalAws, workspace: Callable[[str], Terraform]) -> None:
    terraform = workspace(DATASET)
    rows(terraform)
    terraform.apply()
    before = objects(aws)
    s3 = aws.client("s3")
    for version in s3.list_object_versions(Bucket=NAME, Prefix="data/rows/")["Versions"]:
        s3.delete_object(Bucket=NAME, Key=version["Key"], VersionId=version["VersionId"])
    assert terraform.changes() == {"mlops_dataset.d": ["create"]}
    terraform.apply()
    assert terraform.is_settled()
    assert objects(aws) == before
    terraform.destroy()
    assert aws.inventory() == []


def test_a_tainted_dataset_takes_its_versions_along(aws: LocalAws, workspace: Callable[..., Terraform]) -> None:
    """Terraform plans a tainted object without the private data that say which versions it made."""
    terraform = workspace(DATASET)
    (terraform.directory / "rows").mkdir()
    for content in ("1", "2"):
        (terraform.directory / "rows" / "a.csv").write_text(content)
        terraform.apply()
    theirs = aws.client("s3").put_object(Bucket=NAME, Key="data/rows/a.csv", Body=b"theirs")["VersionId"]
    terraform.must("taint", "mlops_dataset.d")
    main = terraform.directory / "main.tf"
    main.write_text(main.read_text().replace('prefix  = "data/rows"', 'prefix  = "data/other"'))
    terraform.apply()
    versions = aws.client("s3").list_object_versions(Bucket=NAME, Prefix="data/rows/")["Versions"]
    assert [v["VersionId"] for v in versions] == [theirs], "what others made stays"
