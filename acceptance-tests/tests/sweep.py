"""A stack that is killed amid an apply, an update or a destroy, and what must become of it."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conftest import HEAD

from acceptance.local_aws import LocalAws
from acceptance.terraform import Diagnostic, Failed, Terraform

MUTATING = re.compile(r"(Create|Put|Update|Attach|Detach|Add|Tag|Start|Stop|Upload|Complete|Abort|Delete|Untag|Remove)")
GENERATED = re.compile(r"\d{15}[a-z]{11}")
# Terraform ends its providers, and a provider whose Terraform is gone ends by itself: in seconds.
ENDS_WITHIN = 4.0
# Terraform writes its state right after each resource; what is older was not followed by another one.
QUIET = 0.2

Process = subprocess.Popen[str]
Kill = Callable[[Process], None]


def kill_both(process: Process) -> None:
    """SIGKILL to Terraform and, in the same process group, the provider."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def kill_the_provider(process: Process) -> None:
    """SIGKILL to the provider. Terraform notices, saves what it knows, and ends by itself."""
    providers = providers_of(process)
    assert providers, "no provider runs"
    for pid in providers:
        os.kill(pid, signal.SIGKILL)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 1 and "lugin" in output, output


def kill_terraform(process: Process) -> None:
    """SIGKILL to Terraform alone. The provider must notice: nothing may go on behind the user's back."""
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    end = time.monotonic() + ENDS_WITHIN
    while providers_of(process):
        assert time.monotonic() < end, f"the provider goes on {ENDS_WITHIN} s after Terraform was killed"
        time.sleep(0.05)


def providers_of(process: Process) -> list[int]:
    """The providers that run for this Terraform, by their process ids."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,pgid=,stat=,comm="], capture_output=True, text=True, check=True)
    processes = [line.split(None, 3) for line in listing.stdout.splitlines()]
    return [
        int(pid)
        for pid, group, status, name in processes
        if int(group) == process.pid and name.startswith("terraform-provi") and not status.startswith("Z")
    ]


@dataclass(frozen=True)
class Place:
    """Where a run is killed: at the call after `skip` others of its operation, before or after AWS does its work."""

    operation: str
    skip: int
    when: str


@dataclass
class Phase:
    """A run of Terraform that is killed at every place, and what an undisturbed one comes to."""

    name: str
    directory: Path
    command: str = "apply"
    snapshot: Path | None = None
    calls: list[str] = field(default_factory=list)
    there: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)

    def places(self, more: tuple[tuple[str, int], ...] = ()) -> list[Place]:
        """Each call in turn, before and after; and some more, which change nothing."""
        counted = Counter(self.calls)
        # How often AWS must be asked until it knows a new role differs from run to run.
        times = {o: 1 if self.name == "create" and not o.startswith("s3:") else n for o, n in counted.items()}
        calls = [(operation, skip) for operation, count in times.items() for skip in range(count)]
        return [Place(*call, when) for call in (*calls, *more) for when in ("before", "after")]


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
        for name in ("rows", "code"):
            (template / name).mkdir(parents=True)
        (template / "main.tf").write_text(HEAD + 'provider "mlops" {}\n' + stack)
        (template / "rows" / "a.csv").write_text("1\n")
        (template / "rows" / "b.csv").write_text("2\n")
        (template / "code" / "main.py").write_text("print(1)\n")
        for name, size in large.items():
            with (template / "rows" / name).open("wb") as file:
                file.truncate(size)
        Terraform(template, cli_configuration, {}).init()
        self.create = Phase("create", template)
        self._undisturbed(self.create, keep=None)

    def and_goes_on(self, change: Callable[[Path], None]) -> Story:
        """Adds the phases `update` and `destroy`: of the stack as it is once it was applied, with logs."""
        self.change = change
        applied, snapshot = self.directory / "applied", self.directory / "applied.snapshot"
        self._undisturbed(self.create, keep=applied, snapshot=snapshot)
        self.destroy = Phase("destroy", applied, "destroy", snapshot)
        changed = self.directory / "changed"
        shutil.copytree(applied, changed, symlinks=True)
        change(changed)
        self.update = Phase("update", changed, "apply", snapshot)
        for phase in (self.update, self.destroy):
            self._undisturbed(phase, keep=None)
        return self

    def fresh(self, phase: Phase, name: str, aws: LocalAws) -> Terraform:
        """A working directory and an AWS as they are before the phase."""
        aws.control("DELETE", "faults")
        if phase.snapshot:
            aws.control("POST", "restore", path=str(phase.snapshot))
        else:
            aws.control("POST", "reset")
        directory = self.directory / re.sub(r"\W+", "-", f"{phase.name} {name}")
        shutil.copytree(phase.directory, directory, symlinks=True)
        return Terraform(directory, self.cli_configuration, aws.environment())

    def _undisturbed(self, phase: Phase, keep: Path | None, snapshot: Path | None = None) -> None:
        """Notes the calls that change something, and what there is at the end, for comparison."""
        aws = self.servers.get()
        terraform = self.fresh(phase, f"undisturbed {bool(keep)}", aws)
        aws.forget_calls()
        run(terraform, phase.command)
        if keep is None:
            phase.calls = [f"{c['service']}:{c['operation']}" for c in aws.calls() if MUTATING.match(c["operation"])]
            phase.there, phase.known = what_is_there(aws), what_is_known(terraform)
            terraform.destroy()
            assert left(aws) == [], f"an undisturbed {phase.name}, then destroy"
        else:
            write_logs(aws)
            aws.control("POST", "snapshot", path=str(snapshot))
            shutil.copytree(terraform.directory, keep, symlinks=True)
        self.servers.put(aws)

    def survives(self, phase: Phase, kill: Kill, places: list[Place]) -> None:
        """Kills the phase at each place; the next one must come to the same as an undisturbed one."""
        self._each(lambda aws, place: self._again(aws, phase, kill, place), kill, places)

    def leaves_nothing_unsaid(
        self, kill: Kill, places: list[Place], change: Callable[[Path], None] | None = None
    ) -> None:
        """Kills the creation at each place, then destroys, or changes the configuration, applies and destroys. What is
        left in AWS then must have been named to the user."""
        self._each(lambda aws, place: self._abandoned(aws, kill, place, change), kill, places)

    def _each(self, tell: Callable[[LocalAws, Place], None], kill: Kill, places: list[Place]) -> None:
        def case(place: Place) -> str | None:
            aws = self.servers.get()
            try:
                tell(aws, place)
            except Exception as problem:  # noqa: BLE001: all places are told, not the first that fails
                return f"{kill.__name__} at {place}: {type(problem).__name__}: {problem}"
            finally:
                self.servers.put(aws)
            return None

        assert places
        with ThreadPoolExecutor(self.workers) as pool:
            told = [f for f in pool.map(case, places) if f]
        assert not told, f"{len(told)} of {len(places)} places:\n\n" + "\n\n".join(told)

    def _killed(self, aws: LocalAws, phase: Phase, kill: Kill, place: Place, then: str) -> Terraform:
        terraform = self.fresh(phase, f"{kill.__name__} {then} {place.operation} {place.skip} {place.when}", aws)
        # For ever: after its work no call is held that AWS refused, such as one with a role that is too new.
        aws.fault(f"^{place.operation}$", "pause", times=None, skip=place.skip, when=place.when)
        process = terraform.start(phase.command, "-auto-approve", "-input=false", "-no-color")
        try:
            aws.wait_for(f"{place} is held", lambda: is_holding(aws) or process.poll() is not None, 60)
            assert is_holding(aws), f"the {phase.command} never came to {place}:\n{process.communicate()[0]}"
            aws.wait_for("the state is on disk", lambda: is_written(terraform))
        except AssertionError:
            # It must not go on beside the next case.
            kill_both(process)
            raise
        kill(process)
        aws.wait_for("AWS noticed that the caller is gone", lambda: not is_holding(aws))
        aws.control("DELETE", "faults")
        return terraform

    def _again(self, aws: LocalAws, phase: Phase, kill: Kill, place: Place) -> None:
        terraform = self._killed(aws, phase, kill, place, "again")
        run(terraform, phase.command)
        if phase.command == "apply":
            assert what_is_there(aws) == phase.there
            assert what_is_known(terraform) == phase.known
            assert terraform.is_settled(), f"the plan after the {phase.name} that followed is empty"
            if not (place.skip == 0 and place.when == "after"):
                return
            terraform.destroy()
        assert left(aws) == [], "destroyed"

    def _abandoned(self, aws: LocalAws, kill: Kill, place: Place, change: Callable[[Path], None] | None) -> None:
        terraform = self._killed(aws, self.create, kill, place, "abandoned" if change is None else "changed")
        runs = []
        if change:
            change(terraform.directory)
            runs.append(terraform.attempt("apply"))
        runs.append(terraform.attempt("destroy"))
        told = [diagnostic for each in runs for diagnostic in each.told]
        assert unsaid(aws, told) == [], "left in AWS, and not a word of it:\n" + "\n".join(r.output for r in runs)


def run(terraform: Terraform, command: str) -> None:
    """Apply or destroy, with success."""
    attempt = terraform.attempt(command)
    if attempt.code != 0:
        raise Failed(f"terraform {command} ended with {attempt.code}:\n{attempt.output}")


def is_holding(aws: LocalAws) -> bool:
    """Whether a call is held just now."""
    return any(fault["held"] for fault in aws.control("GET", "faults")["faults"])


def is_written(terraform: Terraform) -> bool:
    """Whether Terraform is not amid writing its state. It empties the file first, and a kill then loses the state, which
    is another story. Before there is anything to write, the file is empty and stays so."""
    try:
        state = (terraform.directory / "terraform.tfstate").stat()
    except FileNotFoundError:
        return True
    return time.time() - state.st_mtime > QUIET


def logs(aws: LocalAws) -> list[tuple[str, list[str]]]:
    """The log groups that SageMaker made, each with its streams."""
    client = aws.client("logs")
    groups = [g["logGroupName"] for g in client.describe_log_groups(logGroupNamePrefix="/aws/sagemaker/")["logGroups"]]
    return [
        (group, [s["logStreamName"] for s in client.describe_log_streams(logGroupName=group)["logStreams"]])
        for group in groups
    ]


def write_logs(aws: LocalAws) -> None:
    """What the containers of jobs and endpoints write where they really run."""
    for made in aws.inventory():
        group, stream = {
            "TrainingJob": ("/aws/sagemaker/TrainingJobs", f"{made['name']}/algo-1-1700000000"),
            "Endpoint": (f"/aws/sagemaker/Endpoints/{made['name']}", "main/i-0123456789abcdef0"),
        }.get(made["kind"], (None, None))
        if group:
            aws.client("logs").create_log_group(logGroupName=group)
            aws.client("logs").create_log_stream(logGroupName=group, logStreamName=stream)


def left(aws: LocalAws) -> list[str]:
    """What a destroy left. The common log group of all jobs is not one stack's, as long as none of its streams is."""
    there = [f"{o['kind']} {o['name']}" for o in aws.inventory()]
    return there + [f"LogGroup {group}" for group, streams in logs(aws) if "/Endpoints/" in group and not streams]


def unsaid(aws: LocalAws, told: list[Diagnostic]) -> list[str]:
    """What is left in AWS and not named by a warning that says how to import it, nor by an error."""
    said = [d.text for d in told if d.severity == "error" or "terraform import" in d.text]
    return [f"{o['kind']} {o['name']}" for o in aws.inventory() if not any(o["name"] in text for text in said)]


def what_is_there(aws: LocalAws) -> Counter[str]:
    """What AWS has, with every version of every object and all logs; what is generated of names left out."""
    there = [f"{o['kind']} {o['name']} {o.get('status')} {o.get('uploads')}" for o in aws.inventory()]
    s3 = aws.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        versions = s3.list_object_versions(Bucket=bucket["Name"])
        there += [f"{kind} of {v['Key']}" for kind in ("Versions", "DeleteMarkers") for v in versions.get(kind, [])]
    there += [f"log {group} {stream}" for group, streams in logs(aws) for stream in (streams or [""])]
    return Counter(GENERATED.sub("...", each) for each in there)


def what_is_known(terraform: Terraform) -> Counter[str]:
    """What Terraform has in its state, sound or tainted."""
    state: dict[str, Any] = json.loads((terraform.directory / "terraform.tfstate").read_text())
    return Counter(
        f"{resource['type']} {instance.get('status', 'sound')} {instance.get('deposed', '')}"
        for resource in state["resources"]
        for instance in resource["instances"]
    )
