"""`make demo`: a whole machine-learning stack, from nothing to predictions and back to nothing, on the local AWS."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from .installation import ROOT, Missing, install, version_of_terraform
from .local_aws import LocalAws
from .terraform import Failed, Terraform, changes_of

STACK = ROOT / "examples" / "stacks" / "first-light"
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
        say("Install the provider into a filesystem mirror, as a user without a registry does")
        terraform = Terraform.copy_of(STACK, directory / "stack", install(directory), aws.environment())
        show(version_of_terraform())
        show(terraform.init().splitlines()[0])
        try:
            steps(terraform)
        finally:
            # From here on a second interrupt would leave something behind.
            for each in (signal.SIGINT, signal.SIGTERM):
                signal.signal(each, signal.SIG_IGN)
            say("Destroy: afterwards nothing is left that costs money")
            show(next(line for line in terraform.destroy().splitlines() if line.startswith("Destroy complete")))
        left = aws.inventory()
        show(f"left in AWS: {json.dumps(left) if left else 'nothing'}")
        if left:
            raise Failed(f"the destroy left something behind: {left}")


def steps(terraform: Terraform) -> None:
    """Plan, apply, use, plan again."""
    say("Plan: what will be made")
    plan = terraform.plan()
    for address, actions in changes_of(plan).items():
        show(f"{'/'.join(actions):8} {address}")
    say("Apply: storage, role and data; then a training job that really trains; then a model that really serves")
    show("\n".join(line for line in terraform.apply().splitlines() if "complete after" in line or "Apply complete" in line))
    say("Use: the endpoint reads 360 digits that the training never saw")
    outputs = terraform.outputs()
    show(json.dumps(outputs, indent=2))
    accuracy = outputs.get("held_out_accuracy")
    if accuracy is None or accuracy < WANTED_ACCURACY:
        raise Failed(f"the accuracy is {accuracy}, not {WANTED_ACCURACY} or more")
    say("Plan again: nothing to do")
    changes = changes_of(terraform.plan())
    show("No changes." if not changes else json.dumps(changes))
    if changes:
        raise Failed(f"a second plan wants changes: {changes}")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep the working directory, with logs, and say where it is")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupted)
    directory = Path(tempfile.mkdtemp(prefix="mlops-demo-"))
    try:
        demonstrate(directory)
    except (Failed, Missing) as problem:
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
