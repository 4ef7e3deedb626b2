"""A stack that is killed amid an apply, an update or a destroy, and what must become of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, Diagnostic, Failed, Terraform

MUTATING = re.compile(r"(Create|Put|Update|Attach|Detach|Add|Tag|Start|Stop|Copy|Upload|Complete|Abort|Delete|Untag|Remove|Register|Deregister)")
# A suffix of the provider's, or a UUID or the ID of a domain or file system of AWS's.
GENERATED = re.compile(r"\d{15}[a-z]{11}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\bd-[0-9a-z]{12}\b|\bfs-[0-9a-z]{8}\b")
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


KILLS = [kill_both, kill_the_provider, kill_terraform]


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
    snapshot: Path | None
    command: tuple[str, ...]
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


def template_of(stack: str, directory: Path, initialised: Path, **large: int) -> Path:
    """A working directory with a configuration and the files that it may refer to, some of them large."""
    shutil.copytree(initialised, directory, symlinks=True)
    for name in ("rows", "code"):
        (directory / name).mkdir()
    (directory / "main.tf").write_text(HEAD + stack)
    (directory / "rows" / "a.csv").write_text("1\n")
    (directory / "rows" / "b.csv").write_text("2\n")
    (directory / "code" / "main.py").write_text("print(1)\n")
    for name, size in large.items():
        with (directory / "rows" / name).open("wb") as file:
            file.truncate(size)
    return directory


class Story:
    """A configuration that is created, updated and destroyed on a local AWS, also if it is killed on the way."""

    def __init__(
        self,
        template: Path,
        cli_configuration: Path,
        aws: LocalAws,
        change: Callable[[Path], object],
        snapshot: Path | None = None,
        target: tuple[str, ...] = (),
        clean_up: Callable[[], None] = lambda: None,
    ) -> None:
        """Begins with the template and the snapshot of AWS. `change` is the update; `clean_up` deletes from AWS what is
        not Terraform's."""
        self.template, self.snapshot, self.cli_configuration, self.aws = template, snapshot, cli_configuration, aws
        self.change, self.target, self.clean_up = change, target, clean_up
        self.directory = template.parent

    @cached_property
    def create(self) -> Phase:
        """The creation. Afterwards AWS and the working directory are kept, for what comes next."""
        phase = Phase("create", self.template, self.snapshot, ("apply", *self.target))
        terraform = self._undisturbed(phase)
        write_logs(self.aws)
        self.aws.control("POST", "snapshot", path=str(self.directory / "applied.snapshot"))
        terraform.directory.rename(self.directory / "applied")
        return phase

    def _applied(self) -> tuple[Path, Path]:
        assert self.create
        return self.directory / "applied", self.directory / "applied.snapshot"

    @cached_property
    def update(self) -> Phase:
        """The update of what was applied."""
        applied, snapshot = self._applied()
        changed = self.directory / "changed"
        shutil.copytree(applied, changed, symlinks=True)
        self.change(changed)
        phase = Phase("update", changed, snapshot, ("apply", *self.target))
        self.leaves_nothing(self._undisturbed(phase))
        return phase

    @cached_property
    def destroy(self) -> Phase:
        """The destroy of what was applied."""
        phase = Phase("destroy", *self._applied(), ("destroy", *self.target))
        self.leaves_nothing(self._undisturbed(phase))
        return phase

    def fresh(self, phase: Phase, name: str) -> Terraform:
        """A working directory and an AWS as they are before the phase."""
        return self._at(phase.directory, phase.snapshot, f"{phase.name} {name}")

    def begun(self, name: str) -> Terraform:
        """A working directory and an AWS as they are before the creation."""
        return self._at(self.template, self.snapshot, name)

    def applied(self, name: str, directory: Path | None = None) -> Terraform:
        """A working directory and an AWS as they are after the creation; with another directory, if one is given."""
        applied, snapshot = self._applied()
        return self._at(directory or applied, snapshot, name)

    def _at(self, directory: Path, snapshot: Path | None, name: str) -> Terraform:
        self.aws.control("DELETE", "faults")
        if snapshot:
            self.aws.control("POST", "restore", path=str(snapshot))
        else:
            self.aws.control("POST", "reset")
        copy = self.directory / re.sub(r"\W+", "-", f"run {name}")
        shutil.copytree(directory, copy, symlinks=True)
        return Terraform(copy, self.cli_configuration, self.aws.environment())

    def _undisturbed(self, phase: Phase) -> Terraform:
        """Notes the calls that change something, and what there is at the end, for comparison."""
        terraform = self.fresh(phase, "undisturbed")
        run(terraform, *phase.command)
        phase.calls = calls_that_change(self.aws)
        phase.there, phase.known = what_is_there(self.aws), what_is_known(terraform)
        return terraform

    def leaves_nothing(self, terraform: Terraform) -> None:
        """Destroys everything, and insists that nothing is left."""
        run(terraform, "destroy")
        self.clean_up()
        assert left(self.aws) == [], "destroyed"

    def survives(self, phase: Phase, kill: Kill, places: list[Place]) -> None:
        """Kills the phase at each place; the next one must come to the same as an undisturbed one."""
        self._each(lambda place: self._again(phase, kill, place), kill, places)

    def leaves_nothing_unsaid(
        self, kill: Kill, places: list[Place], change: Callable[[Path], object] | None = None
    ) -> None:
        """Kills the creation at each place, then destroys, or changes the configuration, applies and destroys. What is
        left in AWS then must have been named to the user."""
        self._each(lambda place: self._abandoned(kill, place, change), kill, places)

    def _each(self, tell: Callable[[Place], None], kill: Kill, places: list[Place]) -> None:
        assert places
        told = []
        for place in places:
            try:
                tell(place)
            except Exception as problem:  # noqa: BLE001: all places are told, not the first that fails
                told.append(f"{kill.__name__} at {place}: {type(problem).__name__}: {problem}")
        assert not told, f"{len(told)} of {len(places)} places:\n\n" + "\n\n".join(told)

    def killed(self, phase: Phase, kill: Kill, place: Place, then: str) -> Terraform:
        """The working directory of a run that was killed there; what comes `then` is a part of its name."""
        aws = self.aws
        terraform = self.fresh(phase, f"{kill.__name__} {then} {place.operation} {place.skip} {place.when}")
        # For ever: after its work no call is held that AWS refused, such as one with a role that is too new.
        aws.fault(f"^{place.operation}$", "pause", times=None, skip=place.skip, when=place.when)
        process = terraform.start(*phase.command, "-auto-approve", "-input=false", "-no-color")
        try:
            aws.wait_for(f"{place} is held", lambda: is_holding(aws) or process.poll() is not None, 60)
            assert is_holding(aws), f"the {phase.name} never came to {place}:\n{process.communicate()[0]}"
            aws.wait_for("the state is on disk", lambda: is_written(terraform))
        except AssertionError:
            # It must not go on beside the next case.
            if process.poll() is None:
                kill_both(process)
            raise
        kill(process)
        aws.wait_for("AWS noticed that the caller is gone", lambda: not is_holding(aws))
        aws.control("DELETE", "faults")
        return terraform

    def _again(self, phase: Phase, kill: Kill, place: Place) -> None:
        terraform = self.killed(phase, kill, place, "again")
        if phase.command[0] == "apply":
            run(terraform, *phase.command)
            assert what_is_there(self.aws) == phase.there
            assert what_is_known(terraform) == phase.known
            assert terraform.is_settled(*self.target), f"the plan after the {phase.name} that followed is empty"
            if not (place.skip == 0 and place.when == "after"):
                return
        self.leaves_nothing(terraform)

    def _abandoned(self, kill: Kill, place: Place, change: Callable[[Path], object] | None) -> None:
        terraform = self.killed(self.create, kill, place, "abandoned" if change is None else "changed")
        runs = []
        if change:
            change(terraform.directory)
            runs.append(terraform.attempt("apply"))
        runs.append(terraform.attempt("destroy"))
        told = [diagnostic for each in runs for diagnostic in each.told]
        assert unsaid(self.aws, told) == [], "left in AWS, and not a word of it:\n" + "\n".join(r.output for r in runs)


def run(terraform: Terraform, *command: str) -> None:
    """Apply or destroy, with success."""
    attempt = terraform.attempt(*command)
    if attempt.code != 0:
        raise Failed(f"terraform {' '.join(command)} ended with {attempt.code}:\n{attempt.output}")


def is_at_rest(aws: LocalAws) -> bool:
    """Whether nothing is under way, so that what can be seen changes only if somebody changes it."""
    busy = {"Creating", "Pending", "InProgress", "Stopping", "Deleting", "Updating"}
    return not any(o.get("status") in busy for o in aws.inventory())


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


def calls_that_change(aws: LocalAws) -> list[str]:
    """The calls that change something, since AWS was reset or restored."""
    return [f"{c['service']}:{c['operation']}" for c in aws.calls() if MUTATING.match(c["operation"])]


def write_logs(aws: LocalAws) -> None:
    """What the containers of jobs and endpoints write where they really run; of a tuning job's training jobs the artifacts, too."""
    sagemaker = aws.client("sagemaker")
    groups = {group for group, _ in logs(aws)}
    for made in aws.control("GET", "inventory")["objects"]:
        group, stream = {
            "ProcessingJob": ("/aws/sagemaker/ProcessingJobs", f"{made['name']}/algo-1-1700000000"),
            "TransformJob": ("/aws/sagemaker/TransformJobs", f"{made['name']}/algo-1-1700000000"),
            "TrainingJob": ("/aws/sagemaker/TrainingJobs", f"{made['name']}/algo-1-1700000000"),
            "AutoMLJobV2": ("/aws/sagemaker/TrainingJobs", f"{made['name']}/algo-1-1700000000"),
            "LabelingJob": ("/aws/sagemaker/LabelingJobs", made["name"]),
            "Endpoint": (f"/aws/sagemaker/Endpoints/{made['name']}", "main/i-0123456789abcdef0"),
            "InferenceComponent": (f"/aws/sagemaker/InferenceComponents/{made['name']}", "i-0123456789abcdef0"),
        }.get(made["kind"], (None, None))
        if group:
            if group not in groups:
                aws.client("logs").create_log_group(logGroupName=group)
                groups.add(group)
            aws.client("logs").create_log_stream(logGroupName=group, logStreamName=stream)
        if made["kind"] == "TrainingJob" and made["region"] == sagemaker.meta.region_name:
            job = sagemaker.describe_training_job(TrainingJobName=made["name"])
            if "TuningJobArn" in job:
                bucket, _, key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix("s3://").partition("/")
                aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"")


def left(aws: LocalAws) -> list[str]:
    """What a destroy left. The common log group of all jobs is not one stack's, as long as none of its streams is."""
    there = [f"{o['kind']} {o['name']}" for o in aws.inventory()]
    own = re.compile("/(Endpoints|InferenceComponents)/")
    return there + [f"LogGroup {group}" for group, streams in logs(aws) if own.search(group) and not streams]


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
