"""`make demo`: a whole machine-learning stack on the local AWS: from data to an endpoint that is watched, a second version that is
approved and deployed, traffic that drifts, and back to nothing."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from . import digits
from .installation import Missing, install, version_of_terraform
from .local_aws import LocalAws
from .terraform import PLANNED, Failed, Terraform, changes_of

# What a model of these digits must reach to be worth showing.
WANTED_ACCURACY = 0.95


def say(text: str) -> None:
    """Print a step."""
    print(f"\n\033[1m== {text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)


def show(text: str) -> None:
    """Print what a step came to, indented."""
    for line in text.strip().splitlines():
        print(f"   {line}", flush=True)


def interrupted(*_: object) -> None:
    """Turn a signal into an exception, so that everything is cleaned up on the way out."""
    raise KeyboardInterrupt


def demonstrate(directory: Path) -> None:
    """Run every step; raises if one does not come out as it should."""
    say("Start the local AWS: S3, IAM, SageMaker and the rest, on this machine only")
    with LocalAws(directory / "aws-local.log", allow_exec=True) as aws:
        show(f"listening at {aws.endpoint}")
        show(inventory(aws))
        say("Install the provider into a filesystem mirror, as a user without a registry does")
        terraform = Terraform.copy_of(digits.STACK, directory / "stack", install(directory), aws.environment())
        show(version_of_terraform())
        show(terraform.init().splitlines()[0])
        try:
            steps(aws, terraform)
        finally:
            # From here on a second interrupt would leave something behind.
            for each in (signal.SIGINT, signal.SIGTERM):
                signal.signal(each, signal.SIG_IGN)
            say("Destroy: afterwards nothing is left that costs money")
            show(next(line for line in terraform.destroy().splitlines() if line.startswith("Destroy complete")))
        show(inventory(aws))
        show(f"AWS keeps the records of {digits.kept_executions(aws)} monitoring executions, at no cost")
        left = aws.inventory()
        if left:
            raise Failed(f"the destroy left something behind: {left}")


def inventory(aws: LocalAws) -> str:
    """What there is in AWS, by kind."""
    kinds = Counter(each["kind"] for each in aws.inventory())
    return "in AWS: " + (", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) or "nothing")


def steps(aws: LocalAws, terraform: Terraform) -> None:
    """Everything between the plan and the destroy."""
    deploy(aws, terraform)
    approve(aws, terraform)
    monitor(aws, terraform)


def deploy(aws: LocalAws, terraform: Terraform) -> dict[str, Any]:
    """Plan, apply, use, plan again. The first plan."""
    say("Plan: what will be made, and what it will cost")
    plan = terraform.plan()
    for address, actions in changes_of(plan).items():
        show(f"{'/'.join(actions):8} {address}")
    say("Apply: data that are tested and split, a model that is trained, evaluated, registered and served, and what watches it")
    show("\n".join(line for line in terraform.apply(PLANNED).splitlines() if "complete after" in line or "Apply complete" in line))
    show(inventory(aws))
    show(json.dumps(terraform.outputs(), indent=2))
    say("Use: the endpoint reads digits that the training never saw")
    unseen = digits.held_out(aws, terraform)
    accuracy = digits.ask(aws, unseen)
    show(f"{accuracy:.2%} of {len(unseen)} are recognized")
    if accuracy < WANTED_ACCURACY:
        raise Failed(f"the accuracy is {accuracy}, not {WANTED_ACCURACY} or more")
    say("Plan again: nothing to do")
    changes = changes_of(terraform.plan())
    show("No changes." if not changes else json.dumps(changes))
    if changes:
        raise Failed(f"a second plan wants changes: {changes}")
    return plan


def served(terraform: Terraform, version: str) -> None:
    """Show which version is served; raises if it is another one."""
    outputs = terraform.outputs()
    show(json.dumps({name: outputs[name] for name in ("accuracy", "registered", "endpoint")}, indent=2))
    if outputs["endpoint"]["version"] != version:
        raise Failed(f"version {outputs['endpoint']['version']} is served, not {version}")


def approve(aws: LocalAws, terraform: Terraform) -> None:
    """Register a second version, approve it, and see that it is served."""
    say("Version 2, with other hyperparameters: it is trained, evaluated and registered, and waits for an approval")
    digits.set_variable(terraform, "versions", digits.VERSIONS)
    terraform.apply()
    served(terraform, "1")
    say("Approve version 2: approved_versions = [1, 2]")
    digits.set_variable(terraform, "approved_versions", [1, 2])
    for address, actions in changes_of(terraform.plan()).items():
        show(f"{'/'.join(actions):13} {address}")
    terraform.apply(PLANNED)
    served(terraform, "2")
    accuracy = digits.ask(aws, digits.held_out(aws, terraform))
    show(f"{accuracy:.2%} are recognized")
    if accuracy < WANTED_ACCURACY:
        raise Failed(f"the accuracy is {accuracy}, not {WANTED_ACCURACY} or more")


def monitor(aws: LocalAws, terraform: Terraform) -> None:
    """Let traffic of two kinds be compared with the baseline; raises unless the alarms tell them apart."""
    unseen = digits.held_out(aws, terraform)
    say("An hour of such traffic passes: the monitoring finds nothing, and no alarm goes off")
    watched(aws, "Completed", "OK")
    say("An hour of another traffic passes, white digits on black: it has drifted, and the alarms go off")
    show(f"{digits.ask(aws, digits.inverted(unseen)):.2%} are recognized")
    watched(aws, "CompletedWithViolations", "ALARM")


def watched(aws: LocalAws, status: str, state: str) -> None:
    """Let an hour pass; raises unless the execution at its end has this status, and all alarms on drift come to this state."""
    found = digits.next_execution(aws)
    show(f"execution: {found}")
    if found != status:
        raise Failed(f"the execution is {found}, not {status}")
    aws.wait_for(f"all alarms are {state}", lambda: set(digits.drift_alarms(aws).values()) == {state}, within=60)
    show(", ".join(f"{feature}: {state}" for feature, state in digits.drift_alarms(aws).items()))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep the working directory, with logs, and say where it is")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupted)
    directory = Path(tempfile.mkdtemp(prefix="mlops-demo-"))
    try:
        demonstrate(directory)
    except (AssertionError, Missing) as problem:
        print(f"\n{problem}", file=sys.stderr)
        log = directory / "aws-local.log"
        if log.exists():
            print("\n".join(log.read_text().splitlines()[-20:]), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    finally:
        if options.keep:
            print(f"\nkept: {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)
    say("Done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
