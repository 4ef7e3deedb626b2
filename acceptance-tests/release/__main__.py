"""Builds the provider for this platform, or for another one that is installed, and packs it for a registry."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from . import licenses
from .build import Placed, build
from .package import NAME, PLATFORMS, finish, package

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def version() -> str:
    """The provider's version."""
    packages = json.loads(run("cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"))["packages"]
    return next(package["version"] for package in packages if package["name"] == NAME)


def texts(target: str) -> dict[str, str]:
    """The texts that go with the binary."""
    documents = Path(run("rustc", "--print", "sysroot")) / "share" / "doc" / "rust"
    mit = (documents / "licenses" / "MIT.txt").read_text()
    mit = mit[mit.index("Permission is hereby granted") :].strip()
    return {
        "LICENSE": (ROOT / "LICENSE").read_text(),
        "LICENSES/third-party.txt": licenses.third_party(licenses.texts(licenses.crates(ROOT, target), mit)),
        "LICENSES/rust-standard-library.html": (documents / "COPYRIGHT-library.html").read_text(),
    }


def main() -> int:
    """Make a release."""
    host = next(line.split()[1] for line in run("rustc", "-vV").splitlines() if line.startswith("host:"))
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("--target", default=host, choices=sorted(PLATFORMS), help=f"the platform ({host})")
    parser.add_argument("--output", type=Path, default=ROOT / "target" / "release-files", help="where the files go")
    parser.add_argument("--target-directory", type=Path, default=ROOT / "target" / "reproducible", help="where Cargo builds")
    parser.add_argument("--key", help="the GPG key that signs the checksums")
    options = parser.parse_args()
    when = os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct")
    try:
        # First what takes a second, and can fail.
        beside = texts(options.target)
        binary = build(ROOT, options.target_directory.resolve(), options.target)
    except (licenses.Missing, Placed, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    package(options.output, version(), PLATFORMS[options.target], binary, beside, int(when))
    for file in finish(options.output, version(), options.key):
        print(f"{file.stat().st_size:>12} {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
