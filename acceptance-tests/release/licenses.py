"""The licenses of everything that is compiled into the provider, with their texts.

Terraform Registry and its users get a binary only; most of these licenses demand that their text goes with it.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NAMES = re.compile(r"(?i)(un)?licen[cs]e|copying|copyright|notice")
# What is not compiled into a program.
ASIDE = {"tests", "benches", "examples"}
# Repositories with a text that their crates lack: all that such a text says beside the MIT license itself.
COPYRIGHT = {"https://github.com/Nugine/simd": "Copyright (c) 2021 Nugine"}
# What is in the provider without being a crate.
DATA = """\
Python package sagemaker-core (Apache-2.0)
Copyright Amazon.com, Inc. or its affiliates. All Rights Reserved.
The provider's table of prebuilt images is made of its files image_uri_config/*.json: reduced to what an image URI is made of, and
rearranged.

Python package botocore (Apache-2.0)
Copyright Amazon.com, Inc. or its affiliates. All Rights Reserved.
The provider's table of constraints is made of its service models: reduced to lengths, patterns, ranges and numbers of elements, and
rearranged.

The text of Apache-2.0 is below.
"""


class Missing(Exception):
    """A license without its text."""


@dataclass(frozen=True)
class Crate:
    """A crate as Cargo describes it."""

    name: str
    version: str
    license: str
    repository: str
    directory: Path

    def texts(self) -> list[str]:
        """The texts in it, without repetitions."""
        found = [
            file
            for file in sorted(self.directory.rglob("*"))
            if NAMES.match(file.name) and file.is_file() and not ASIDE & set(file.relative_to(self.directory).parts)
        ]
        return list(dict.fromkeys(file.read_text(errors="replace").strip() for file in found))


def crates(root: Path, target: str, package: str = "terraform-provider-mlops") -> list[Crate]:
    """The crates that are linked into the program for a target, without the workspace's own."""

    def cargo(*arguments: str) -> str:
        return subprocess.run(
            ["cargo", *arguments, "--locked"], cwd=root, check=True, capture_output=True, text=True
        ).stdout

    tree = ("tree", "--package", package, "--target", target, "--edges", "normal,no-proc-macro", "--prefix", "none")
    linked = {tuple(line.split()[:2]) for line in cargo(*tree, "--format", "{p}").splitlines() if line}
    packages = json.loads(cargo("metadata", "--format-version", "1", "--filter-platform", target))["packages"]
    return [
        Crate(p["name"], p["version"], p["license"] or "", p["repository"] or "", Path(p["manifest_path"]).parent)
        for p in packages
        if p["source"] and (p["name"], f"v{p['version']}") in linked
    ]


def texts(crates: Iterable[Crate], mit: str) -> dict[str, list[Crate]]:
    """Every text, with the crates that it is of. `mit` is the text of the MIT license without a copyright.

    Raises `Missing` if a crate has none: neither in it, nor in another crate of the same repository and license.
    """
    own = {crate: crate.texts() for crate in crates}
    shared = {(crate.repository, crate.license): found for crate, found in own.items() if found and crate.repository}
    of: dict[str, list[Crate]] = {}
    for crate, found in own.items():
        found = found or shared.get((crate.repository, crate.license), [])
        if not found and crate.license == "MIT" and crate.repository in COPYRIGHT:
            found = [f"{COPYRIGHT[crate.repository]}\n\n{mit}"]
        if not found:
            raise Missing(
                f"The crate {crate.name} {crate.version} ({crate.license or 'no license'}, {crate.repository}) has no text of its "
                "license. Look for it in its repository, and add its copyright to COPYRIGHT, or use another crate."
            )
        for text in found:
            of.setdefault(text, []).append(crate)
    return of


def third_party(of: dict[str, list[Crate]]) -> str:
    """One document of all texts: what is used by most comes first."""
    line = "=" * 120
    parts = [DATA]
    for text, users in sorted(of.items(), key=lambda item: (-len(item[1]), item[1][0].name, item[0])):
        named = "".join(f"{crate.name} {crate.version} ({crate.license})\n" for crate in users)
        parts.append(f"{named}\n{text}\n")
    return f"\n{line}\n\n".join(parts)
