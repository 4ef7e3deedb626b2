"""Killed in the middle of anything, the next apply takes up where it broke off: no orphan, no duplicate."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import HEAD
from example_lives import REPLACE_IN_USE

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
  source_code             = { directory = "rows", entry_point = "a.csv" }
  output_data_config      = { s3_output_path = mlops_bucket_layout.b.uris["models"] }
  resource_config         = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 1 }
}

resource "mlops_model" "m" {
  name_prefix        = "interrupted-"
  execution_role_arn = mlops_execution_role.r.arn
  primary_container  = { image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }
}

resource "mlops_endpoint_configuration" "c" {
  name = "interrupted"
  production_variants = [{
    variant_name           = "main"
    model_name             = mlops_model.m.name
    instance_type          = "ml.t2.medium"
    initial_instance_count = 1
  }]
}

resource "mlops_endpoint" "e" {
  name                 = "interrupted"
  endpoint_config_name = mlops_endpoint_configuration.c.name
}
"""
)
MUTATING = re.compile(r"(Create|Put|Update|Attach|Add|Tag|Start|Upload|Complete|Delete|Untag)")
GENERATED = re.compile(r"\d{15}[a-z]{11}")


def kill_both(process: subprocess.Popen[str]) -> None:
    """SIGKILL to Terraform and, in the same process group, the provider."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def kill_the_provider(process: subprocess.Popen[str]) -> None:
    """SIGKILL to the provider. Terraform notices, saves what it knows, and ends by itself."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,pgid=,comm="], capture_output=True, text=True, check=True).stdout
    processes = [line.split(None, 2) for line in listing.splitlines()]
    providers = [int(pid) for pid, group, name in processes if int(group) == process.pid and name.startswith("terraform-provi")]
    assert providers, listing
    for pid in providers:
        os.kill(pid, signal.SIGKILL)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 1 and "lugin" in output, output


@dataclass(frozen=True)
class Place:
    """Where an apply is killed: at the call after `skip` others of its operation, before or after AWS does its work."""

    operation: str
    skip: int
    when: str


class Story:
    """A stack that is applied, killed and applied again, on several local AWS at a time."""

    def __init__(
        self, stack: str, directory: Path, cli_configuration: Path, servers: list[LocalAws], **large: int
    ) -> None:
        self.directory, self.cli_configuration = directory, cli_configuration
        self.servers: queue.SimpleQueue[LocalAws] = queue.SimpleQueue()
        for server in servers:
            self.servers.put(server)
        self.workers = len(servers)
        template = directory / "template"
        (template / "rows").mkdir(parents=True)
        (template / "main.tf").write_text(HEAD + 'provider "mlops" {}\n' + stack)
        (template / "rows" / "a.csv").write_text("1\n")
        (template / "rows" / "b.csv").write_text("2\n")
        for name, size in large.items():
            with (template / "rows" / name).open("wb") as file:
                file.truncate(size)
        Terraform(template, cli_configuration, {}).init()
        self.calls = self._undisturbed()

    def fresh(self, name: str, aws: LocalAws) -> Terraform:
        """An initialised working directory, and an empty AWS."""
        aws.control("DELETE", "faults")
        aws.control("POST", "reset")
        shutil.copytree(self.directory / "template", self.directory / name, symlinks=True)
        return Terraform(self.directory / name, self.cli_configuration, aws.environment())

    def _undisturbed(self) -> list[str]:
        """The calls of an apply that change something. Notes what there is then, for comparison."""
        aws = self.servers.get()
        terraform = self.fresh("undisturbed", aws)
        aws.forget_calls()
        terraform.apply()
        calls = [f"{c['service']}:{c['operation']}" for c in aws.calls() if MUTATING.match(c["operation"])]
        self.there, self.known = what_is_there(aws), what_is_known(terraform)
        terraform.destroy()
        assert aws.inventory() == []
        self.servers.put(aws)
        return calls

    def every_place(self, more: tuple[tuple[str, int], ...] = ()) -> list[Place]:
        """Each call in turn, before and after; and some more, which change nothing."""
        counted = Counter(self.calls)
        # How often AWS must be asked until it knows a new role differs from run to run.
        times = {operation: count if operation.startswith("s3:") else 1 for operation, count in counted.items()}
        calls = [(operation, skip) for operation, count in times.items() for skip in range(count)]
        return [Place(*call, when) for call in (*calls, *more) for when in ("before", "after")]

    def survives(self, kill: Callable[[subprocess.Popen[str]], None], places: list[Place]) -> None:
        """Kills an apply at each place; the next apply must come to the same as an undisturbed one."""
        with ThreadPoolExecutor(self.workers) as pool:
            told = [f for f in pool.map(lambda place: self.case(kill, place), places) if f]
        assert not told, "\n\n".join(told)

    def case(self, kill: Callable[[subprocess.Popen[str]], None], place: Place) -> str | None:
        aws = self.servers.get()
        try:
            name = re.sub(r"\W", "-", f"{kill.__name__} {place.operation} {place.skip} {place.when}")
            terraform = self.fresh(name, aws)
            # For ever: after its work no call is held that AWS refused, such as one with a role that is too new.
            aws.fault(f"^{place.operation}$", "pause", times=None, skip=place.skip, when=place.when)
            process = terraform.start("apply", "-auto-approve", "-input=false", "-no-color")
            aws.wait_for(f"{place} is held", lambda: is_holding(aws), 60)
            kill(process)
            aws.wait_for("AWS noticed that the caller is gone", lambda: not is_holding(aws))
            aws.control("DELETE", "faults")
            terraform.apply()
            assert what_is_there(aws) == self.there
            assert what_is_known(terraform) == self.known
            assert terraform.is_settled(), "the plan after the second apply is empty"
            if place.skip == 0 and place.when == "after":
                terraform.destroy()
                assert aws.inventory() == [], "destroyed"
        except Exception as problem:  # noqa: BLE001: all places are told, not the first that fails
            return f"{kill.__name__} at {place}: {type(problem).__name__}: {problem}"
        finally:
            self.servers.put(aws)
        return None


def is_holding(aws: LocalAws) -> bool:
    """Whether a call is held just now."""
    return any(fault["held"] for fault in aws.control("GET", "faults")["faults"])


def what_is_there(aws: LocalAws) -> Counter[str]:
    """What AWS has, with every version of every object; what is generated of names left out."""
    there = [f"{o['kind']} {o['name']} {o.get('status')} {o.get('uploads')}" for o in aws.inventory()]
    s3 = aws.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        versions = s3.list_object_versions(Bucket=bucket["Name"])
        there += [f"{kind} of {v['Key']}" for kind in ("Versions", "DeleteMarkers") for v in versions.get(kind, [])]
    return Counter(GENERATED.sub("...", each) for each in there)


def what_is_known(terraform: Terraform) -> Counter[str]:
    """What Terraform has in its state, sound or tainted."""
    state: dict[str, Any] = json.loads((terraform.directory / "terraform.tfstate").read_text())
    return Counter(
        f"{resource['type']} {instance.get('status', 'sound')} {instance.get('deposed', '')}"
        for resource in state["resources"]
        for instance in resource["instances"]
    )


@pytest.fixture(scope="module")
def whole_stack(servers: list[LocalAws], tmp_path_factory: pytest.TempPathFactory, cli_configuration: Path) -> Story:
    """The stack with one of every kind of resource."""
    return Story(STACK, tmp_path_factory.mktemp("stack"), cli_configuration, servers)


@pytest.mark.parametrize("kill", [kill_both, kill_the_provider])
def test_a_kill_at_any_call_is_taken_up_again(
    kill: Callable[[subprocess.Popen[str]], None], whole_stack: Story
) -> None:
    # The first look at job and endpoint is for others of the name; the second one waits.
    places = whole_stack.every_place((("sagemaker:DescribeTrainingJob", 1), ("sagemaker:DescribeEndpoint", 1)))
    assert {p.operation for p in places} >= {
        "s3:CreateBucket", "s3:PutObject", "iam:CreateRole", "sagemaker:CreateTrainingJob",
        "sagemaker:CreateModel", "sagemaker:CreateEndpointConfig", "sagemaker:CreateEndpoint",
    }  # fmt: skip
    whole_stack.survives(kill, places)


def test_a_kill_amid_the_parts_of_a_large_file_is_taken_up_again(
    servers: list[LocalAws], tmp_path: Path, cli_configuration: Path
) -> None:
    story = Story(BUCKET, tmp_path, cli_configuration, servers, large=17_000_000)
    places = [p for p in story.every_place() if re.search("Multipart|Part", p.operation)]
    assert {p.operation for p in places} == {"s3:CreateMultipartUpload", "s3:UploadPart", "s3:CompleteMultipartUpload"}
    story.survives(kill_both, places)


def test_a_state_that_was_lost_amid_its_writing_is_made_up_for(
    servers: list[LocalAws], whole_stack: Story
) -> None:
    terraform = whole_stack.fresh("lost state", servers[0])
    terraform.apply()
    # Terraform empties the file before it writes it anew: this is what a kill in that moment leaves.
    (terraform.directory / "terraform.tfstate").write_text("")
    terraform.apply()
    assert what_is_there(servers[0]) == whole_stack.there
    assert what_is_known(terraform) == whole_stack.known
    assert terraform.is_settled()
    terraform.destroy()
    assert servers[0].inventory() == []


def test_an_interrupt_while_waiting_saves_the_state(aws: LocalAws, workspace: Callable[..., Terraform]) -> None:
    terraform = workspace('provider "mlops" {}\n' + STACK)
    (terraform.directory / "rows").mkdir()
    (terraform.directory / "rows" / "a.csv").write_text("1\n")
    process = terraform.start("apply", "-auto-approve", "-input=false", "-no-color")
    aws.wait_for("the endpoint is created", lambda: any(o["kind"] == "Endpoint" for o in aws.inventory()), 60)
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert "Interrupted" in output or "nterrupt" in output
    assert "mlops_endpoint.e" in terraform.resources(), output
    terraform.destroy()
    assert aws.inventory() == []


@pytest.mark.parametrize(
    "operation",
    ["iam:CreateRole", "sagemaker:CreateTrainingJob", "sagemaker:CreateModel", "sagemaker:CreateEndpointConfig", "sagemaker:CreateEndpoint"],
)
def test_a_lost_answer_is_no_second_object(
    operation: str, servers: list[LocalAws], whole_stack: Story
) -> None:
    aws = servers[0]
    terraform = whole_stack.fresh(f"lost answer of {operation}", aws)
    aws.fault(f"^{operation}$", "cut_after", times=1)
    terraform.apply()
    assert what_is_there(aws) == whole_stack.there
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
