"""What the guides show: each configuration is formatted and valid, and each message is one that the provider has."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from acceptance.installation import ROOT, terraform_binary
from acceptance.terraform import HEAD, Terraform

GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
SOURCES = [*(ROOT / "provider").glob("*/src/**/*.rs")]
# What AWS says, not the provider.
OF_AWS = ["ResourceLimitExceeded"]


def shown(guide: Path) -> list[str]:
    """The configurations of a guide, but for those of a module whose files have names: another test runs that."""
    blocks = re.findall(r"^```terraform\n(.*?)^```$", guide.read_text(), re.MULTILINE | re.DOTALL)
    return [block for block in blocks if not re.match(r"# \S+\.(tf|hcl)\n", block)]


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if shown(guide)], ids=lambda guide: guide.stem)
def test_what_a_guide_shows_is_formatted_and_valid(
    guide: Path, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    for number, block in enumerate(shown(guide)):
        directory = tmp_path / str(number)
        shutil.copytree(initialised, directory, symlinks=True)
        (directory / "main.tf").write_text(HEAD)
        (directory / "shown.tf").write_text(block)
        # Its hash is in a name.
        (directory / "train.py").touch()
        Terraform(directory, cli_configuration, {}).must("validate", "-no-color")
        formatted = subprocess.run([terraform_binary(), "fmt", "-check", "shown.tf"], cwd=directory, capture_output=True)
        assert formatted.returncode == 0, block


def test_the_errors_that_are_explained_are_those_of_the_provider() -> None:
    guide = (ROOT / "docs" / "guides" / "troubleshooting.md").read_text()
    explained = re.findall(r"^### `(.+)`$", guide, re.MULTILINE)
    assert len(explained) > 8
    source = "\n".join(path.read_text() for path in SOURCES)
    assert [message for message in explained if message not in source and message not in OF_AWS] == []
