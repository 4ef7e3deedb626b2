"""Every error text and every state table names its source."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest

from aws_local import sources
from aws_local.sagemaker.kinds import KINDS

ENTRIES = sources.entries()
QUOTED = re.compile(
    r"github\.com/|terraform-provider-aws|ACK SageMaker|moto sagemaker models|amazon-sagemaker-operator-for-k8s|"
    r"aws-cloudformation-resource-providers|SageMaker Python SDK|AWS machine learning blog|List of error codes"
)
"""Who quotes an error of AWS: public projects written against it, and the few pages of AWS that list texts."""


def test_every_error_names_who_quotes_it_or_says_that_its_text_is_ours() -> None:
    assert len(ENTRIES) > 250
    unnamed = [
        (entry.where, entry.code, entry.text, entry.source)
        for entry in ENTRIES
        if entry.code and not entry.ours and not QUOTED.search(entry.source)
    ]
    assert not unnamed
    # A text of ours has a code or a condition that AWS documents.
    baseless = [entry.where for entry in ENTRIES if entry.ours and len(entry.source) < len(sources.OURS) + 10]
    assert not baseless


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_state_is_one_of_the_service_model(kind) -> None:
    """The states of a row are those of the enumeration its source names."""
    (entry,) = [entry for entry in ENTRIES if entry.where == f"{kind.name}.states"]
    model = botocore.session.get_session().get_service_model("sagemaker")
    named = [name for name in re.findall(r"[A-Z]\w+", entry.source) if name in model.shape_names]
    states = entry.text.split()
    if not states:
        assert entry.source.startswith("service model")
        return
    allowed = {value for name in named for value in getattr(model.shape_for(name), "enum", ())}
    assert named and set(states) <= allowed, (entry.source, set(states) - allowed)


def test_the_listing_shows_where_a_text_is_from() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "aws_local.cli", "errors"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert len(told) == len(ENTRIES)
    (line,) = [line for line in told if line.startswith("Endpoint.not_found\t")]
    assert line.split("\t")[1:3] == ["quoted", "ValidationException"] and "ACK" in line
    ours = [line for line in told if line.split("\t")[1] == "ours"]
    assert len(ours) == sum(entry.ours for entry in ENTRIES)


def test_an_error_without_a_source_is_found(tmp_path, monkeypatch) -> None:
    (tmp_path / "bad.py").write_text('def f():\n    raise AwsError("ValidationException", "No.")\n')
    (tmp_path / "good.py").write_text(
        'def f():\n    # Source: API reference, X; text\n    # ours.\n    raise AwsError("ValidationException", f"No {x}.")\n'
    )
    monkeypatch.setattr(sources, "_ROOT", tmp_path)
    found = list(sources._raised())
    assert [(entry.where, entry.source, entry.text) for entry in found] == [
        ("bad.py:2", "", "No."),
        ("good.py:4", "API reference, X; text ours", "No {x}."),
    ]


def test_the_tests_that_prove_the_promises_exist() -> None:
    folder = Path(__file__).parent
    named = re.findall(r"`((?:runtime/)?test_\w+\.py)(?:::(\w+))?`", (folder / "README.md").read_text())
    assert len(named) > 40
    missing = [(file, test) for file, test in named if f"def {test}" not in (folder / file).read_text()]
    assert not missing
    proving = {file for file, _ in named}
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("test_*.py")} == proving
