"""The command: measures everything and prints one table. A missed aim is no failure; a failed measurement is."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from acceptance.installation import ROOT, Missing, install, version_of_terraform
from acceptance.terraform import Failed

from .alarms import alarms
from .figures import CannotMeasure, Figure, table
from .launcher import Launcher
from .local_aws import local_aws
from .planning import planning
from .refreshing import refreshing
from .starting import calls, launch, size
from .uploading import uploading


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--profile", default="dist", help="the cargo profile whose binary is measured (dist)")
    parser.add_argument("--count", type=int, default=1000, help="resources to plan, and alarms (1000)")
    parser.add_argument("--scale", type=float, default=1.0, help="part of the 1 GB to upload (1)")
    parser.add_argument("--only", default="", help="measure only: launch, calls, size, plan, alarms, refresh, upload, local")
    parser.add_argument("--tools", type=Path, help="where the measuring programs are (beside the provider)")
    options = parser.parse_args()
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = target / ("debug" if options.profile == "dev" else options.profile)
    binary = Path(os.environ.get("MLOPS_PROVIDER", built / "terraform-provider-mlops"))
    tools = options.tools or built
    for needed in (binary, tools / "s3-stub", tools / "plugin-client"):
        if not needed.is_file():
            print(f"{needed} does not exist; run `make bench`, which builds it.", file=sys.stderr)
            return 2

    directory = Path(tempfile.mkdtemp(prefix="mlops-bench-"))
    launcher = Launcher(binary, directory)
    os.environ["MLOPS_PROVIDER"] = str(launcher.path)
    try:
        cli = install(directory)
        print(f"{version_of_terraform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
        measurements: dict[str, Callable[[], list[Figure]]] = {
            "launch": lambda: [launch(binary)],
            "calls": lambda: calls(binary, tools / "plugin-client"),
            "size": lambda: [size(binary, options.profile)],
            "plan": lambda: planning(directory, cli, launcher, options.count),
            "alarms": lambda: alarms(directory, cli, launcher, options.count),
            "refresh": lambda: refreshing(directory, cli, launcher, options.count),
            "upload": lambda: uploading(directory, cli, launcher, tools / "s3-stub", options.scale),
            "local": local_aws,
        }
        figures, failures = [], []
        for name, measure in measurements.items():
            if options.only and name not in options.only.split(","):
                continue
            print(f"measuring: {name}", flush=True)
            try:
                figures += measure()
            except (CannotMeasure, Failed, Missing, OSError, RuntimeError, subprocess.SubprocessError) as problem:
                failures.append(f"{name} could not be measured: {problem}")
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print(f"\n{table(figures)}\n")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
