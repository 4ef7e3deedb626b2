"""The exact calls of every resource's life: each costs time, counts against the account's limits, and needs a permission."""

from __future__ import annotations

import itertools
import queue
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from conftest import HEAD
from foreign import IMAGE, Desk

from acceptance.local_aws import LocalAws
from acceptance.terraform import PLANNED, Terraform

BUCKET_READS = (
    "HeadBucket GetBucketCors GetBucketEncryption GetBucketLifecycleConfiguration GetBucketLogging "
    "GetBucketNotificationConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketTagging GetBucketVersioning "
    "GetPublicAccessBlock"
)
TAGS = '{ owner = "us", stage = "test" }'


@dataclass(frozen=True)
class Life:
    """A resource with a given name, and the calls of each step, in any order. Left out are STS GetCallerIdentity (one in
    each process) and the repeated Describes of a wait."""

    attributes: str
    create: str
    refresh: str
    """Also of a plan that finds nothing to do."""
    delete: str
    tag: str = ""
    """A tag gets another value. Empty: there are no tags."""
    untag: str = ""
    """A tag goes."""


LIVES = {
    "mlops_model": Life(
        f'name = "calls"\nexecution_role_arn = local.role\nprimary_container = {{ image = "{IMAGE}:1" }}',
        create="DescribeModel CreateModel DescribeModel",
        refresh="DescribeModel ListTags",
        tag="AddTags",
        untag="DeleteTags",
        delete="DescribeModel DeleteModel DescribeModel",
    ),
    "mlops_endpoint_configuration": Life(
        """
name = "calls"
production_variants = [{
  variant_name = "v", model_name = "base", instance_type = "ml.t2.medium", initial_instance_count = 1
}]""",
        create="DescribeEndpointConfig CreateEndpointConfig DescribeEndpointConfig",
        refresh="DescribeEndpointConfig ListTags",
        tag="AddTags",
        untag="DeleteTags",
        delete="DescribeEndpointConfig DeleteEndpointConfig DescribeEndpointConfig",
    ),
    "mlops_endpoint": Life(
        'name = "calls"\nendpoint_config_name = "base-one"',
        create="DescribeEndpoint CreateEndpoint DescribeEndpoint",
        refresh="DescribeEndpoint ListTags",
        tag="AddTags",
        untag="DeleteTags",
        delete="DescribeEndpoint DeleteEndpoint DescribeEndpoint DeleteLogGroup",
    ),
    "mlops_training_job": Life(
        f"""
name                    = "calls"
role_arn                = local.role
algorithm_specification = {{ training_image = "{IMAGE}:1" }}
output_data_config      = {{ s3_output_path = "s3://base-bucket/models" }}
resource_config         = {{ instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 1 }}""",
        create="DescribeTrainingJob CreateTrainingJob DescribeTrainingJob",
        refresh="DescribeTrainingJob ListTags",
        tag="AddTags",
        untag="DeleteTags",
        delete="DescribeTrainingJob DeleteTrainingJob DescribeTrainingJob DescribeLogStreams",
    ),
    "mlops_execution_role": Life(
        'name = "calls"\naccess = { read = ["s3://base-bucket/data"] }',
        create="GetRole CreateRole PutRolePolicy",
        refresh="GetRole ListAttachedRolePolicies GetRolePolicy",
        tag="TagRole",
        untag="UntagRole",
        delete="GetRole GetRole ListAttachedRolePolicies ListRolePolicies ListInstanceProfilesForRole DeleteRolePolicy "
        "DeleteRole",
    ),
    "mlops_bucket_layout": Life(
        'name = "calls-bucket"\nlayout = { data = {} }',
        create=f"HeadBucket CreateBucket PutPublicAccessBlock PutBucketPolicy PutBucketVersioning GetBucketTagging "
        f"PutBucketTagging PutBucketLifecycleConfiguration {BUCKET_READS}",
        refresh=BUCKET_READS,
        tag="GetBucketTagging PutBucketTagging GetBucketTagging",
        untag="GetBucketTagging PutBucketTagging GetBucketTagging",
        delete="HeadBucket DeleteBucket",
    ),
    "mlops_dataset": Life(
        'bucket = "base-bucket"\nprefix = "data"\nsource = "rows"',
        create="ListObjectsV2 PutObject PutObject",
        refresh="ListObjectsV2",
        delete="DeleteObjects GetBucketVersioning",
    ),
}


def test_every_step_makes_these_calls_and_no_other(
    servers: list[LocalAws], tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    free: queue.SimpleQueue[Desk] = queue.SimpleQueue()
    for number, server in enumerate(servers):
        desk = Desk(tmp_path / str(number), cli_configuration, server)
        desk.empty_account()
        free.put(desk)

    def lives(resource: str) -> list[str]:
        desk = free.get()
        try:
            return [f"{resource}: {surprise}" for surprise in surprises(desk, resource)]
        finally:
            free.put(desk)

    with ThreadPoolExecutor(len(servers)) as pool:
        told = [t for told in pool.map(lives, LIVES) for t in told]
    assert not told, "\n" + "\n".join(told)


def surprises(desk: Desk, resource: str) -> list[str]:
    """The steps whose calls are others than the table's."""
    life = LIVES[resource]
    terraform = desk.directory(resource, mark="one")
    rows = terraform.directory / "rows"
    rows.mkdir()
    for name in ("a.csv", "b.csv"):
        (rows / name).write_text(name)

    def write(tags: str) -> None:
        own = f"\ntags = {tags}" if life.tag else ""
        (terraform.directory / "main.tf").write_text(
            HEAD
            + f'locals {{\n  role = "arn:aws:iam::{desk.aws.account}:role/base"\n}}\n'
            + f'resource "{resource}" "x" {{\n{life.attributes}{own}\n}}\n'
        )

    def calls(command: str, *arguments: str) -> Counter[str]:
        desk.aws.forget_calls()
        terraform.must(command, "-input=false", "-no-color", *arguments)
        made = [c["operation"] for c in desk.aws.calls() if c["operation"] != "GetCallerIdentity"]
        # Of a wait it is only said that it looks; every other call is counted.
        waits = [operation for operation, _ in itertools.groupby(made) if operation.startswith("Describe")]
        return Counter([*waits, *(operation for operation in made if not operation.startswith("Describe"))])

    def applied(*arguments: str) -> Counter[str]:
        terraform.plan(*arguments)
        return calls("apply", PLANNED)

    steps = {}
    write(TAGS)
    (terraform.directory / ".terraform" / "terraform.tfstate").unlink(missing_ok=True)
    steps["create"] = (life.create, applied())
    steps["refresh"] = (life.refresh, calls("plan", "-refresh-only"))
    steps["plan without changes"] = (life.refresh, calls("plan"))
    if life.tag:
        write(TAGS.replace("test", "live"))
        steps["change of a tag"] = (life.tag, applied())
        write('{ owner = "us" }')
        steps["removal of a tag"] = (life.untag, applied())
    steps["delete"] = (life.delete, applied("-destroy"))
    return [
        f"{step}: not made {sorted((Counter(expected.split()) - made).elements())}, "
        f"too many {sorted((made - Counter(expected.split())).elements())}"
        for step, (expected, made) in steps.items()
        if made != Counter(expected.split())
    ]
