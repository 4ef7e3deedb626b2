"""What a reviewer reads: a plan has what decides, and of what is long its hash and size."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from acceptance.installation import ROOT
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

# Lines of a resource.
PAGE = 75


def test_a_resource_is_a_page_of_the_plan(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    stack = ROOT / "examples" / "stacks" / "first-light"
    terraform = Terraform.copy_of(stack, tmp_path / "stack", cli_configuration, quick.environment())
    for name in (".terraform", ".terraform.lock.hcl"):
        copy = shutil.copytree if (initialised / name).is_dir() else shutil.copy
        copy(initialised / name, terraform.directory / name)
    plan = terraform.must("plan", "-no-color", "-input=false")
    blocks = re.findall(r"^  # (\S+) will be [^\n]*\n(.*?)^    }$", plan, re.MULTILINE | re.DOTALL)
    lengths = {address: text.count("\n") for address, text in blocks}
    assert len(lengths) == 8, plan
    too_long = {a: n for a, n in lengths.items() if n > PAGE}
    assert too_long == {}, plan
    assert max(map(len, plan.splitlines())) <= 200, "a text is shown in full"
