"""What the guides show: each configuration is an example that is applied, and each message is one that the provider has."""

from __future__ import annotations

import re
from pathlib import Path, PurePath

import pytest
from guides import blocks, make, shows

from acceptance.cases import folders
from acceptance.example import copy_example
from acceptance.installation import ROOT
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
SOURCES = [*(ROOT / "provider").glob("*/src/**/*.rs")]
# What AWS says, not the provider.
OF_AWS = ["ResourceLimitExceeded"]
BLOCK = re.compile(r"^(<!-- (\S+), by `make docs` -->\n)?```(?:terraform|hcl)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_configuration_of_a_guide_is_an_example_that_is_applied() -> None:
    """The documentation's own check compares the texts."""
    shown, unknown = set(), []
    for guide in GUIDES:
        for marker, file, text in BLOCK.findall(guide.read_text()):
            # The files of a module have names; another test runs it.
            if not marker and not re.match(r"# \S+\.(tf|hcl)\n", text):
                unknown.append(f"{guide.name}: {text}")
            if file:
                shown.add(str(PurePath(file).parent.relative_to("examples")))
    assert unknown == []
    assert shown <= set(folders()), "test_examples.py runs each that is shown"
    assert {folder for folder in folders() if folder.startswith("guides/")} <= shown


def test_the_documentation_has_pages_only() -> None:
    """The registry takes nothing else (`tfplugindocs validate`, file extensions), so a picture lies where it is in the repository,
    and its address is that of the repository."""
    files = [path for path in (ROOT / "docs").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".md"}
    here = "https://raw.githubusercontent.com/cloud-mlops/terraform-provider-mlops/main/"
    pictures = [each for path in files for each in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", path.read_text())]
    assert pictures and [each for each in pictures if not each.startswith(here)] == []
    assert [each for each in pictures if not (ROOT / each.removeprefix(here)).is_file()] == []


# The guides that show a run, of which example, and how each command of it ends. test_safe_updates.py plays another one.
PLAYED = {
    "first-stack": ("stacks/first-light", [0, 0, 0, 0]),
    "data-and-processing": ("guides/data-and-processing", [0, 1, 0, 0]),
    "approval-workflow": ("guides/approval-workflow", [0, 1, 0, 0, 0]),
    "upgrading": ("guides/upgrading", [0, 0, 0, 0, 0]),
}


@pytest.mark.parametrize("guide, example, codes", [(name, *played) for name, played in PLAYED.items()], ids=PLAYED)
def test_it_goes_as_the_guide_shows(
    guide: str, example: str, codes: list[int], aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = copy_example(example, tmp_path / "example", initialised, [])
    terraform = Terraform(directory, cli_configuration, aws.environment())
    ended = []
    for kind, text, shown in blocks(ROOT / "docs" / "guides" / f"{guide}.md"):
        if kind == "diff":
            make(text, directory)
            continue
        run = terraform.run(*text.split(), "-input=false", "-no-color")
        ended.append(run.code)
        shows(shown, run.output)
    assert ended == codes
    assert aws.inventory() == []


def test_the_errors_that_are_explained_are_those_of_the_provider() -> None:
    guide = (ROOT / "docs" / "guides" / "troubleshooting.md").read_text()
    explained = re.findall(r"^### `(.+)`$", guide, re.MULTILINE)
    assert len(explained) > 8
    source = "\n".join(path.read_text() for path in SOURCES)
    assert [message for message in explained if message not in source and message not in OF_AWS] == []
