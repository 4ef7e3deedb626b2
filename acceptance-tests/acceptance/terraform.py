"""Runs of the client, terraform by default, in a working directory of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .installation import terraform_binary

# What every configuration begins with.
HEAD = """
terraform {
  required_providers {
    mlops = {
      source = "cloud-mlops/mlops"
    }
  }
}
"""
# Where `Terraform.plan` leaves its plan, to be applied as it was reviewed.
PLANNED = "plan.bin"


@dataclass
class Diagnostic:
    """One message to the user."""

    severity: str
    """`error` or `warning`."""
    address: str
    """The resource that it is about; empty if it is about none."""
    text: str
    """Summary and detail, as one line."""


@dataclass
class Run:
    """What one run came to."""

    code: int
    output: str
    told: list[Diagnostic] = field(default_factory=list)
    """The errors and warnings, where they were asked for."""

    @property
    def ok(self) -> bool:
        """Whether it succeeded; for `plan`, with or without changes."""
        return self.code in (0, 2)


class Failed(AssertionError):
    """A run that should have succeeded did not."""


class Terraform:
    """A working directory with a configuration."""

    def __init__(self, directory: Path, cli_configuration: Path, environment: dict[str, str]) -> None:
        self.directory = directory
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_"))}
        self.environment = {
            **kept,
            **environment,
            "TF_CLI_CONFIG_FILE": str(cli_configuration),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            # A command ends before it would run out of memory: a sixth of its CPU time went into garbage collection.
            "GOGC": "off",
            "GOMEMLIMIT": "1GiB",
        }

    @classmethod
    def copy_of(
        cls, source: Path, directory: Path, cli_configuration: Path, environment: dict[str, str]
    ) -> Terraform:
        """A working directory with a copy of a folder of examples."""
        shutil.copytree(source, directory, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*", "__pycache__"))
        return cls(directory, cli_configuration, environment)

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Begin a run in a process group of its own, without waiting for it."""
        return subprocess.Popen(
            [terraform_binary(), *arguments],
            cwd=self.directory,
            env={**self.environment, **options.pop("environment", {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=options.pop("stderr", subprocess.STDOUT),
            text=True,
            start_new_session=True,
            **options,
        )

    def run(self, *arguments: str, **options: Any) -> Run:
        """Run to the end."""
        process = self.start(*arguments, **options)
        try:
            output, _ = process.communicate(timeout=900)
        except KeyboardInterrupt:
            # It is in a process group of its own: pass the signal on, and let it save its state.
            os.killpg(process.pid, signal.SIGINT)
            process.communicate(timeout=120)
            raise
        return Run(process.returncode, output)

    def must(self, *arguments: str, **options: Any) -> str:
        """Run to the end and insist on success."""
        run = self.run(*arguments, **options)
        if run.code != 0:
            raise Failed(f"terraform {' '.join(arguments)} ended with {run.code}:\n{run.output}")
        return run.output

    def attempt(self, command: str, *arguments: str) -> Run:
        """Apply or destroy without asking, and without insisting on success. What it tells comes in Terraform's JSON."""
        run = self.run(command, "-auto-approve", "-input=false", "-json", *arguments)
        lines = []
        for line in run.output.splitlines():
            try:
                message = json.loads(line)
            except ValueError:
                lines.append(line)
                continue
            found = message.get("diagnostic")
            if found:
                text = " ".join(f"{found['summary']}: {found.get('detail', '')}".split())
                run.told.append(Diagnostic(found["severity"], found.get("address", ""), text))
                lines.append(f"{found['severity']} {found.get('address', '')}: {text}")
            elif message.get("type") not in ("version", "planned_change", "refresh_start", "apply_progress", "outputs"):
                lines.append(message["@message"])
        run.output = "\n".join(lines)
        return run

    def init(self) -> str:
        """Install the provider from the mirror."""
        return self.must("init", "-input=false", "-no-color")

    def apply(self, *arguments: str) -> str:
        """Apply without asking."""
        return self.must("apply", "-auto-approve", "-input=false", "-no-color", *arguments)

    def destroy(self, *arguments: str) -> str:
        """Destroy without asking."""
        return self.must("destroy", "-auto-approve", "-input=false", "-no-color", *arguments)

    def plan(self, *arguments: str) -> dict[str, Any]:
        """The plan, as Terraform's JSON."""
        run = self.run("plan", "-input=false", "-no-color", "-detailed-exitcode", f"-out={PLANNED}", *arguments)
        if not run.ok:
            raise Failed(f"terraform plan ended with {run.code}:\n{run.output}")
        plan = json.loads(self.must("show", "-json", PLANNED))
        plan["text"] = run.output
        return plan

    def changes(self, *arguments: str) -> dict[str, list[str]]:
        """The planned actions by address, those that do nothing left out."""
        return changes_of(self.plan(*arguments))

    def is_settled(self, *arguments: str) -> bool:
        """Whether a plan wants nothing, outputs included."""
        run = self.run("plan", "-input=false", "-no-color", "-detailed-exitcode", *arguments)
        if not run.ok:
            raise Failed(f"terraform plan ended with {run.code}:\n{run.output}")
        return run.code == 0

    def found_changed(self, *arguments: str, outputs: bool = True) -> list[str]:
        """What a plan says that has changed outside of Terraform, and what it wants, of outputs only if they count."""
        run = self.run("plan", "-input=false", "-json", "-detailed-exitcode", *arguments)
        if not run.ok:
            raise Failed(f"terraform plan ended with {run.code}:\n{run.output}")
        # The messages about outputs name those, too, that stay as they are.
        telling = {"resource_drift", "planned_change", *(["outputs"] if outputs and run.code == 2 else [])}
        messages = [json.loads(line) for line in run.output.splitlines()]
        return [m["@message"] for m in messages if m["type"] in telling]

    def outputs(self) -> dict[str, Any]:
        """The values of the outputs."""
        return {name: o["value"] for name, o in json.loads(self.must("output", "-json")).items()}

    def values(self) -> dict[str, dict[str, Any]]:
        """The attributes of every resource in the state, by address."""
        root = json.loads(self.must("show", "-json")).get("values", {}).get("root_module", {})
        return {r["address"]: r["values"] for r in root.get("resources", [])}

    def resources(self) -> list[str]:
        """The addresses in the state."""
        return [line for line in self.must("state", "list").splitlines() if not line.startswith("data.")]


def changes_of(plan: dict[str, Any]) -> dict[str, list[str]]:
    """The actions of a plan by address, those that do nothing left out."""
    changes = {c["address"]: c["change"]["actions"] for c in plan.get("resource_changes", [])}
    return {address: actions for address, actions in changes.items() if actions not in (["no-op"], ["read"])}


def unknown_after(plan: dict[str, Any]) -> set[str]:
    """The attributes of a plan that are known only after the apply: `mlops_endpoint.digits.creation_time`."""

    def walk(value: Any, path: str) -> set[str]:
        if value is True:
            return {path}
        if isinstance(value, dict):
            return set().union(*(walk(v, f"{path}.{k}") for k, v in value.items()), set())
        if isinstance(value, list):
            return set().union(*(walk(v, f"{path}[{i}]") for i, v in enumerate(value)), set())
        return set()

    changes = plan.get("resource_changes", [])
    return set().union(*(walk(c["change"].get("after_unknown", {}), c["address"]) for c in changes), set())
