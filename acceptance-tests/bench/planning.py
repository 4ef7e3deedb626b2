"""Plans of a thousand resources: how much of the run is the provider's."""

from __future__ import annotations

import json
import resource
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

from .figures import CannotMeasure, Figure, spread
from .launcher import Launcher

RUNS = 3

PROVIDER = """
terraform {
  required_providers {
    mlops = {
      source = "cloud-mlops/mlops"
    }
  }
}

provider "mlops" {
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  s3_use_path_style           = true
}
"""
BUCKETS = """
resource "mlops_bucket_layout" "many" {
  count  = %d
  name   = "bench-layout-${count.index}"
  layout = { data = { expiration_days = 90 }, models = {} }
  tags   = { number = tostring(count.index) }
}
"""
# What Terraform itself needs for as many resources without any plugin.
BUILT_IN = """
resource "terraform_data" "many" {
  count = %d
  input = { name = "bench-layout-${count.index}", tags = { number = tostring(count.index) } }
}
"""


@dataclass(frozen=True)
class Planned:
    """One plan: seconds of CPU time."""

    provider: float
    # Of Terraform and the provider, without the launchers.
    whole: float
    max_rss: float


def children() -> float:
    """Seconds of CPU time of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def plan(terraform: Terraform, launcher: Launcher, expected: str) -> Planned:
    """Plan once and see that the plan is the one that was meant."""
    launcher.take()
    before = children()
    output = terraform.must("plan", "-refresh=false", "-input=false", "-no-color", "-lock=false")
    whole = children() - before
    if expected not in output:
        raise CannotMeasure(f"no {expected!r} at the end of the plan: {output[-500:]}")
    used = launcher.take()
    return Planned(used.cpu, whole - used.launcher_cpu, used.max_rss)


def workspace(directory: Path, configuration: str, cli: Path, environment: dict[str, str]) -> Terraform:
    """A directory with a configuration, initialised."""
    directory.mkdir()
    (directory / "main.tf").write_text(configuration)
    terraform = Terraform(directory, cli, environment)
    terraform.init()
    return terraform


def multiply(terraform: Terraform, count: int) -> None:
    """Turn a state of one bucket into one of many, as if all had been applied."""
    file = terraform.directory / "terraform.tfstate"
    state = json.loads(file.read_text())
    (only,) = state["resources"][0]["instances"]
    text = json.dumps(only)
    instances = []
    for number in range(count):
        # Named and tagged by its number; nothing else of a bucket depends on it.
        instance = json.loads(text.replace("bench-layout-0", f"bench-layout-{number}"))
        instance["index_key"] = number
        for attribute in ("tags", "tags_all"):
            if instance["attributes"].get(attribute):
                instance["attributes"][attribute]["number"] = str(number)
        instances.append(instance)
    state["resources"][0]["instances"] = instances
    file.write_text(json.dumps(state))


def planning(directory: Path, cli: Path, launcher: Launcher, count: int) -> list[Figure]:
    """Plans of `count` new buckets, of as many that exist, and of as many resources that Terraform has built in."""
    with LocalAws(directory / "aws-local.log") as aws:
        environment = aws.environment()
        new = workspace(directory / "new", PROVIDER + BUCKETS % count, cli, environment)
        there = workspace(directory / "there", PROVIDER + BUCKETS % 1, cli, environment)
        there.apply()
    multiply(there, count)
    (there.directory / "main.tf").write_text(PROVIDER + BUCKETS % count)
    rival = workspace(directory / "built-in", BUILT_IN % count, cli, environment)

    to_add = f"Plan: {count} to add, 0 to change, 0 to destroy."
    created, kept, built_in = [], [], []
    for _ in range(RUNS):
        built_in.append(plan(rival, launcher, to_add).whole)
        created.append(plan(new, launcher, to_add))
        kept.append(plan(there, launcher, "No changes."))
    return [figure(f"plan of {count} new buckets", created, built_in), figure(f"plan of {count} kept buckets", kept, built_in)]


def figure(name: str, plans: list[Planned], built_in: list[float]) -> Figure:
    """The provider's share of a plan."""
    shares = [100 * p.provider / p.whole for p in plans]
    whole = median(p.whole for p in plans)
    against = (
        f"{median(p.provider for p in plans):.2f} of {whole:.1f} s CPU, {whole / median(built_in):.1f} x terraform_data; "
        f"at most {max(p.max_rss for p in plans):.0f} MiB resident"
    )
    return Figure(name, f"{spread(shares, '%')} of CPU", against, "<= 10 %", median(shares) <= 10)
