"""A build that does not depend on where it is made."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .package import NAME


class Placed(Exception):
    """A binary that says where it was built."""


def places(root: Path, target_directory: Path) -> dict[str, str]:
    """The directories that compilers write into a binary, with what is written instead; where two match, the last one counts."""

    def rustc(*arguments: str) -> str:
        return subprocess.run(["rustc", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout.strip()

    commit = next(line.split()[1] for line in rustc("-vV").splitlines() if line.startswith("commit-hash:"))
    return {
        str(Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")).resolve()): "/cargo",
        str(root): "/source",
        str(target_directory): "/target",
        # The standard library is compiled with this name; the component rust-src makes it a local path again.
        f"{rustc('--print', 'sysroot')}/lib/rustlib/src/rust": f"/rustc/{commit}",
    }


def environment(places: dict[str, str]) -> dict[str, str]:
    """The variables for Cargo and the C compilers. Flags that are set already are kept."""
    rust = [flag for old, new in places.items() for flag in ("--remap-path-prefix", f"{old}={new}")]
    c = [f"-ffile-prefix-map={old}={new}" for old, new in places.items()]
    kept = os.environ.get("CARGO_ENCODED_RUSTFLAGS", "\x1f".join(os.environ.get("RUSTFLAGS", "").split()))
    return {
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join([*filter(None, [kept]), *rust]),
        "CFLAGS": " ".join([*filter(None, [os.environ.get("CFLAGS", "")]), *c]),
    }


def check(binary: Path, places: dict[str, str]) -> None:
    """Raises `Placed` if a binary contains one of the directories."""
    content = binary.read_bytes()
    if found := [place for place in places if place.encode() in content]:
        raise Placed(f"{binary} contains {', '.join(found)}: another checkout would make another binary.")


def build(root: Path, target_directory: Path, target: str) -> Path:
    """Compiles the provider for users, and returns its path."""
    hidden = places(root, target_directory)
    command = ["cargo", "build", "--locked", "--profile", "dist", "--package", NAME, "--target", target]
    subprocess.run(
        [*command, "--target-dir", target_directory], cwd=root, check=True, env={**os.environ, **environment(hidden)}
    )
    binary = target_directory / target / "dist" / (f"{NAME}.exe" if "windows" in target else NAME)
    check(binary, hidden)
    return binary
