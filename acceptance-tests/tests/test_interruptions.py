"""Killed in the middle of anything, the next run takes up where it broke off: no orphan, no duplicate."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HEAD
from example_lives import REPLACE_IN_USE
from sweep import Kill, Phase, Place, Story, kill_both, kill_terraform, kill_the_provider, left, what_is_known, what_is_there

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

BUCKET = """
resource "mlops_bucket_layout" "b" {
  name   = "interrupted-bucket"
  layout = { data = {}, models = {} }
  tags   = { stack = "interrupted" }
}

resource "mlops_dataset" "d" {
  bucket = mlops_bucket_layout.b.name
  prefix = "data"
  source = "rows"
}
"""
# One of every kind of resource, with given and with generated names.
STACK = (
    BUCKET
    + """
resource "mlops_execution_role" "r" {
  name   = "interrupted"
  access = { read = [mlops_bucket_layout.b.uris["data"]], write = [mlops_bucket_layout.b.uris["models"]] }
  tags   = { stack = "interrupted" }
}

resource "mlops_training_job" "j" {
  name_prefix             = "interrupted-"
  role_arn                = mlops_execution_role.r.arn
  algorithm_specification = { training_image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }
  source_code             = { directory = "code", entry_point = "main.py" }
  output_data_config      = { s3_output_path = mlops_bucket_layout.b.uris["models"] }
  resource_config         = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 1 }
  tags                    = { stack = "interrupted" }
}

resource "mlops_model" "m" {
  name_prefix        = "interrupted-"
  execution_role_arn = mlops_execution_role.r.arn
  primary_container  = { image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }
  source_code        = { directory = "code", entry_point = "main.py", s3_uri = mlops_bucket_layout.b.uris["models"] }
  tags               = { stack = "interrupted" }
  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint_configuration" "c" {
  name = "interrupted-1"
  production_variants = [{
    variant_name           = "main"
    model_name             = mlops_model.m.name
    instance_type          = "ml.t2.medium"
    initial_instance_count = 1
  }]
  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint" "e" {
  name                 = "interrupted"
  endpoint_config_name = mlops_endpoint_configuration.c.name
  tags                 = { stack = "interrupted" }
}
"""
)
# Everything that can change, at once.
CHANGED = {
    'stack = "interrupted"': 'stack = "changed"',
    "echo:1": "echo:2",
    '"interrupted-1"': '"interrupted-2"',
    "ml.t2.medium": "ml.m5.large",
    'read = [mlops_bucket_layout.b.uris["data"]]': 'read = values(mlops_bucket_layout.b.uris)',
    "models = {}": "models = { expiration_days = 30 }",
}


def changed(directory: Path) -> None:
    """Data, scripts, endpoint configuration, tags, the role's access, the bucket's lifecycle."""
    text = (directory / "main.tf").read_text()
    for old, new in CHANGED.items():
        assert old in text, old
        text = text.replace(old, new)
    (directory / "main.tf").write_text(text)
    (directory / "rows" / "a.csv").write_text("3\n")
    (directory / "rows" / "b.csv").unlink()
    (directory / "code" / "main.py").write_text("print(2)\n")


@pytest.fixture(scope="module")
def whole_stack(servers: list[LocalAws], tmp_path_factory: pytest.TempPathFactory, cli_configuration: Path) -> Story:
    """The stack with one of every kind of resource."""
    return Story(STACK, tmp_path_factory.mktemp("stack"), cli_configuration, servers)


@pytest.fixture(scope="module")
def applied_stack(whole_stack: Story) -> Story:
    """The stack, with what comes after its creation."""
    return whole_stack.and_goes_on(changed)


# Beside `kill_both`, which is tried everywhere: what is created, what is put right, and the last of several calls.
REPRESENTATIVE = {
    "create": ("s3:CreateBucket", "s3:PutObject", "iam:CreateRole", "iam:PutRolePolicy", "sagemaker:CreateTrainingJob",
               "sagemaker:CreateEndpoint"),
    "update": ("s3:PutObject", "s3:PutBucketTagging", "iam:PutRolePolicy", "sagemaker:CreateTrainingJob",
               "sagemaker:UpdateEndpoint", "sagemaker:DeleteModel", "sagemaker:DeleteTrainingJob", "s3:DeleteObjects"),
    "destroy": ("sagemaker:DeleteEndpoint", "logs:DeleteLogGroup", "sagemaker:DeleteModel", "sagemaker:DeleteTrainingJob",
                "logs:DeleteLogStream", "s3:DeleteObjects", "iam:DeleteRole", "s3:DeleteBucket"),
}  # fmt: skip
CREATING = re.compile(r"\w+:(Create(?!Multipart)\w+|PutObject|PutRolePolicy)")
# The first look at job and endpoint is for others of the name; the second one waits.
WAITS = (("sagemaker:DescribeTrainingJob", 1), ("sagemaker:DescribeEndpoint", 1))


def chosen(phase: Phase, kill: Kill, everywhere: bool, more: tuple[tuple[str, int], ...] = ()) -> list[Place]:
    """Where to kill: everywhere with `make kill-sweep`."""
    places = phase.places(more)
    if everywhere:
        return places
    return [p for p in places if p.skip == 0 and p.operation in REPRESENTATIVE[phase.name]]


@pytest.mark.parametrize("kill", [kill_both, kill_the_provider, kill_terraform])
def test_a_kill_at_any_call_is_taken_up_again(kill: Kill, whole_stack: Story, kill_sweep: bool) -> None:
    places = chosen(whole_stack.create, kill, kill_sweep or kill != kill_terraform, WAITS)
    assert {p.operation for p in places} >= set(REPRESENTATIVE["create"])
    whole_stack.survives(whole_stack.create, kill, places)


@pytest.mark.parametrize("kill", [kill_both, kill_the_provider, kill_terraform])
def test_a_kill_amid_an_update_is_taken_up_again(kill: Kill, applied_stack: Story, kill_sweep: bool) -> None:
    places = chosen(applied_stack.update, kill, kill_sweep or kill == kill_both)
    assert {p.operation for p in places} >= set(REPRESENTATIVE["update"])
    applied_stack.survives(applied_stack.update, kill, places)


@pytest.mark.parametrize("kill", [kill_both, kill_the_provider, kill_terraform])
def test_a_kill_amid_a_destroy_is_taken_up_again(kill: Kill, applied_stack: Story, kill_sweep: bool) -> None:
    places = chosen(applied_stack.destroy, kill, kill_sweep or kill == kill_both)
    assert {p.operation for p in places} >= set(REPRESENTATIVE["destroy"])
    applied_stack.survives(applied_stack.destroy, kill, places)


def creating(story: Story, kill: Kill, everywhere: bool) -> list[Place]:
    """Each call that makes something, and is not the last of its kind: the objects it leaves are in no state."""
    places = [p for p in story.create.places() if CREATING.fullmatch(p.operation) and p.skip == 0]
    return [p for p in places if everywhere or kill == kill_both or p.when == "after"]


@pytest.mark.parametrize("kill", [kill_both, kill_the_provider, kill_terraform])
def test_a_destroy_after_a_kill_names_what_it_leaves(kill: Kill, whole_stack: Story, kill_sweep: bool) -> None:
    whole_stack.leaves_nothing_unsaid(kill, creating(whole_stack, kill, kill_sweep))


@pytest.mark.parametrize("kill", [kill_both, kill_the_provider, kill_terraform])
def test_another_configuration_after_a_kill_names_what_it_leaves(
    kill: Kill, whole_stack: Story, kill_sweep: bool
) -> None:
    places = [p for p in creating(whole_stack, kill, kill_sweep) if kill_sweep or p.when == "after"]
    if kill == kill_terraform and not kill_sweep:
        places = [p for p in places if p.operation.startswith("sagemaker:")]
    whole_stack.leaves_nothing_unsaid(kill, places, changed)


def test_a_kill_amid_the_parts_of_a_large_file_is_taken_up_again(
    servers: list[LocalAws], tmp_path: Path, cli_configuration: Path
) -> None:
    story = Story(BUCKET, tmp_path, cli_configuration, servers, large=17_000_000)
    places = [p for p in story.create.places() if re.search("Multipart|Part", p.operation)]
    assert {p.operation for p in places} == {"s3:CreateMultipartUpload", "s3:UploadPart", "s3:CompleteMultipartUpload"}
    story.survives(story.create, kill_both, places)


def test_a_state_that_was_lost_amid_its_writing_costs_no_object(servers: list[LocalAws], whole_stack: Story) -> None:
    aws = servers[0]
    terraform = whole_stack.fresh(whole_stack.create, "lost state", aws)
    terraform.apply()
    file = terraform.directory / "terraform.tfstate"
    state = file.read_text()
    # Terraform empties the file before it writes it anew: this is what a kill in that moment leaves.
    file.write_text("")
    run = terraform.attempt("apply")
    assert run.code == 1 and any("terraform import" in d.text for d in run.told if d.severity == "error"), run.output
    assert what_is_there(aws) == whole_stack.create.there
    # From a backup.
    file.write_text(state)
    assert terraform.is_settled()
    terraform.destroy()
    assert left(aws) == []


@pytest.mark.parametrize(
    "operation",
    [
        "iam:CreateRole",
        "sagemaker:CreateTrainingJob",
        "sagemaker:CreateModel",
        "sagemaker:CreateEndpointConfig",
        "sagemaker:CreateEndpoint",
    ],
)
def test_a_lost_answer_is_no_second_object(
    operation: str, servers: list[LocalAws], whole_stack: Story
) -> None:
    aws = servers[0]
    terraform = whole_stack.fresh(whole_stack.create, f"lost answer of {operation}", aws)
    aws.fault(f"^{operation}$", "cut_after", times=1)
    terraform.apply()
    assert what_is_there(aws) == whole_stack.create.there
    assert terraform.is_settled()
    terraform.destroy()
    assert aws.inventory() == []


def test_a_job_that_failed_runs_again_under_its_name(servers: list[LocalAws], tmp_path: Path, cli_configuration: Path) -> None:
    """Also where `create_before_destroy` reaches it, so that the new job comes before the failed one goes."""
    terraform = Terraform(tmp_path, cli_configuration, servers[0].environment())
    (tmp_path / "main.tf").write_text(HEAD + FAILING)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "main.py").touch()
    aws = servers[0]
    aws.control("POST", "reset")
    aws.control("POST", "fail", kind="TrainingJob", name="again", reason="no capacity today")
    terraform.init()
    run = terraform.run("apply", "-auto-approve", "-input=false", "-no-color")
    assert run.code == 1 and "no capacity today" in run.output
    assert terraform.changes()["mlops_training_job.j"] == REPLACE_IN_USE
    terraform.apply()
    assert terraform.is_settled()
    jobs = [o for o in aws.inventory() if o["kind"] == "TrainingJob"]
    assert [(j["name"], j["status"]) for j in jobs] == [("again", "Completed")]
    keys = [o["Key"] for o in aws.client("s3").list_objects_v2(Bucket="again-bucket")["Contents"]]
    assert any(k.endswith("/sourcedir.tar.gz") for k in keys), "the new job has its scripts"
    terraform.destroy()
    assert aws.inventory() == []


FAILING = """
resource "mlops_bucket_layout" "b" {
  name          = "again-bucket"
  force_destroy = true
  layout        = { models = {} }
}

resource "mlops_execution_role" "r" {
  name   = "again"
  access = { write = [mlops_bucket_layout.b.uris["models"]] }
}

resource "mlops_training_job" "j" {
  name                    = "again"
  role_arn                = mlops_execution_role.r.arn
  algorithm_specification = { training_image = "i" }
  source_code             = { directory = "code", entry_point = "main.py" }
  output_data_config      = { s3_output_path = mlops_bucket_layout.b.uris["models"] }
  resource_config         = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 1 }
}

resource "mlops_model" "m" {
  name_prefix        = "again-"
  execution_role_arn = mlops_execution_role.r.arn
  primary_container  = { image = "i", environment = { JOB = mlops_training_job.j.name } }
  lifecycle {
    create_before_destroy = true
  }
}
"""
