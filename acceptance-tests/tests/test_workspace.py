"""The workspace's own habits."""

from __future__ import annotations

import subprocess

from acceptance.installation import ROOT


def features(edges: str) -> set[str]:
    """The compilations of dependencies: package and enabled features."""
    tree = ["cargo", "tree", "--locked", "--workspace", "--prefix", "none", "--edges", edges, "--format", "{p}|{f}"]
    lines = subprocess.run(tree, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return {line.removesuffix(" (*)") for line in lines if "|" in line and " (/" not in line}


def test_tests_and_programs_share_compiled_dependencies() -> None:
    """Otherwise `cargo test` compiles all of AWS's SDK anew after `cargo build`, which costs minutes.

    A dependency of tests that asks for more features of something must have them asked for by a program, too.
    """
    programs, tests = features("normal,build,features"), features("normal,build,dev,features")
    assert programs, "cargo tree lists something"
    assert programs - tests == set()
