"""Killed in the middle of anything, the next run takes up where it broke off: no orphan, no duplicate."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from stacks import BUCKET, changed
from sweep import (
    KILLS,
    Kill,
    Phase,
    Place,
    Story,
    kill_both,
    kill_terraform,
    kill_the_provider,
    left,
    template_of,
    what_is_there,
)

from acceptance.cases import case_of, updates_of, with_case
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

# Before AWS does the work of the call, and after.
MOMENTS = ["before", "after"]
# What the suite kills of the whole stack; `make kill-sweep` kills everything in every way.
REPRESENTATIVE_KILLS = {
    "test_a_kill_at_any_call_is_taken_up_again":
        [(kill_both, "before"), (kill_both, "after"), (kill_the_provider, "after"), (kill_terraform, "after")],
    "test_a_kill_amid_an_update_is_taken_up_again": [(kill_both, "before"), (kill_both, "after"), (kill_terraform, "after")],
    "test_a_kill_amid_a_destroy_is_taken_up_again": [(kill_both, "before"), (kill_both, "after")],
}  # fmt: skip


def phases() -> list[tuple[str, str]]:
    """What each example can be killed in."""
    return [
        (folder, phase)
        for folder in with_case("kill")
        for phase in ("create", "update", "destroy")
        if (phase != "update" or updates_of(folder)) and (phase != "destroy" or not only_looks(folder))
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Before AWS does the work of a call there is nothing of an example's own to be taken up: `make kill-sweep`."""
    everywhere = metafunc.config.getoption("--kill-sweep")
    if "moment" in metafunc.fixturenames:
        metafunc.parametrize("moment", MOMENTS if everywhere else ["after"])
    if "when" in metafunc.fixturenames:
        all_kills = [(kill, when) for kill in KILLS for when in MOMENTS]
        metafunc.parametrize("kill, when", all_kills if everywhere else REPRESENTATIVE_KILLS[metafunc.function.__name__])
    elif "kill" in metafunc.fixturenames:
        metafunc.parametrize("kill", KILLS if everywhere else [kill_both, kill_terraform])


def only_looks(folder: str) -> bool:
    """Whether a destroy changes nothing in AWS: it makes one call, which describes the object."""
    calls = case_of(folder).calls
    return bool(calls) and len(calls.delete.split()) == 1 and calls.delete.startswith("Describe")


@pytest.mark.parametrize("folder, phase", phases())
def test_a_kill_at_any_call_of_an_example_is_taken_up_again(
    folder: str, phase: str, moment: str, story_of: Callable[[str], Story], kill_sweep: bool
) -> None:
    story = story_of(folder)
    killed: Phase = getattr(story, phase)
    for kill in KILLS if kill_sweep else [kill_both]:
        # What an operation leaves that was called before differs little from what its first call leaves: `make kill-sweep`.
        story.survives(killed, kill, [p for p in killed.places() if p.when == moment and (kill_sweep or p.skip == 0)])


# What is created, what is put right, and the last of several calls. The examples are killed everywhere, each by itself.
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


def chosen(phase: Phase, when: str, everywhere: bool, more: tuple[tuple[str, int], ...] = ()) -> list[Place]:
    """Where to kill: everywhere with `make kill-sweep`."""
    representative = {*((operation, 0) for operation in REPRESENTATIVE[phase.name]), *more}
    places = [p for p in phase.places(more) if p.when == when]
    assert representative <= {(p.operation, p.skip) for p in places}
    return [p for p in places if everywhere or (p.operation, p.skip) in representative]


def test_a_kill_at_any_call_is_taken_up_again(kill: Kill, when: str, whole_stack: Story, kill_sweep: bool) -> None:
    places = chosen(whole_stack.create, when, kill_sweep or kill == kill_the_provider, WAITS)
    whole_stack.survives(whole_stack.create, kill, places)


def test_a_kill_amid_an_update_is_taken_up_again(kill: Kill, when: str, whole_stack: Story, kill_sweep: bool) -> None:
    places = chosen(whole_stack.update, when, kill_sweep or kill == kill_both)
    whole_stack.survives(whole_stack.update, kill, places)


def test_a_kill_amid_a_destroy_is_taken_up_again(kill: Kill, when: str, whole_stack: Story, kill_sweep: bool) -> None:
    places = chosen(whole_stack.destroy, when, kill_sweep)
    whole_stack.survives(whole_stack.destroy, kill, places)


def creating(story: Story, kill: Kill, everywhere: bool) -> list[Place]:
    """Each call that makes something, and is not the last of its kind: the objects it leaves are in no state."""
    places = [p for p in story.create.places() if CREATING.fullmatch(p.operation) and p.skip == 0]
    return [p for p in places if everywhere or kill == kill_both or p.when == "after"]


def test_a_destroy_after_a_kill_names_what_it_leaves(kill: Kill, whole_stack: Story, kill_sweep: bool) -> None:
    whole_stack.leaves_nothing_unsaid(kill, creating(whole_stack, kill, kill_sweep))


def test_another_configuration_after_a_kill_names_what_it_leaves(
    kill: Kill, whole_stack: Story, kill_sweep: bool
) -> None:
    places = [p for p in creating(whole_stack, kill, kill_sweep) if kill_sweep or p.when == "after"]
    if kill == kill_terraform and not kill_sweep:
        places = [p for p in places if p.operation.startswith("sagemaker:")]
    whole_stack.leaves_nothing_unsaid(kill, places, changed)


def test_a_kill_amid_the_parts_of_a_large_file_is_taken_up_again(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    template = template_of(BUCKET, tmp_path / "template", initialised, large=17_000_000)
    story = Story(template, cli_configuration, quick, changed)
    places = [p for p in story.create.places() if re.search("Multipart|Part", p.operation)]
    assert {p.operation for p in places} == {"s3:CreateMultipartUpload", "s3:UploadPart", "s3:CompleteMultipartUpload"}
    story.survives(story.create, kill_both, places)


def test_a_state_that_was_lost_amid_its_writing_costs_no_object(whole_stack: Story) -> None:
    aws = whole_stack.aws
    there = whole_stack.create.there
    terraform = whole_stack.begun("lost state")
    terraform.apply()
    file = terraform.directory / "terraform.tfstate"
    state = file.read_text()
    # Terraform empties the file before it writes it anew: this is what a kill in that moment leaves.
    file.write_text("")
    run = terraform.attempt("apply")
    assert run.code == 1 and any("terraform import" in d.text for d in run.told if d.severity == "error"), run.output
    assert what_is_there(aws) == there
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
def test_a_lost_answer_is_no_second_object(operation: str, whole_stack: Story) -> None:
    aws = whole_stack.aws
    there = whole_stack.create.there
    terraform = whole_stack.begun(f"lost answer of {operation}")
    aws.fault(f"^{operation}$", "cut_after", times=1)
    terraform.apply()
    assert what_is_there(aws) == there
    assert terraform.is_settled()
    terraform.destroy()
    assert aws.inventory() == []


def test_a_job_that_failed_runs_again_under_its_name(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    """Also where `create_before_destroy` reaches it, so that the new job comes before the failed one goes."""
    aws = quick
    terraform = Terraform(template_of(FAILING, tmp_path / "stack", initialised), cli_configuration, aws.environment())
    aws.control("POST", "fail", kind="TrainingJob", name="again", reason="no capacity today")
    run = terraform.run("apply", "-auto-approve", "-input=false", "-no-color")
    assert run.code == 1 and "no capacity today" in run.output
    assert terraform.changes()["mlops_training_job.j"] == ["create", "delete"]
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
