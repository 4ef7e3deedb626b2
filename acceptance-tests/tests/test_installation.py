"""The provider installed by itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from acceptance.installation import provider_binary
from acceptance.terraform import HEAD, Terraform


@pytest.mark.every_client
def test_an_installed_provider_is_found_without_any_configuration(tmp_path: Path) -> None:
    home, directory, rc = tmp_path / "home", tmp_path / "stack", tmp_path / "empty.rc"
    home.mkdir()
    directory.mkdir()
    rc.write_text("")
    (directory / "main.tf").write_text(HEAD)
    # A registry that does not answer: what init finds, it finds here.
    offline = {"HOME": str(home), "HTTPS_PROXY": "http://127.0.0.1:1"}
    terraform = Terraform(directory, rc, offline)
    assert terraform.run("init", "-input=false", "-no-color").code == 1, "nothing is installed yet"
    installed = subprocess.run(
        [provider_binary(), "install"], env={**os.environ, "HOME": str(home)}, check=True, capture_output=True, text=True
    ).stdout
    assert f"installed {home}/.terraform.d/plugins/" in installed
    terraform.init()
    assert "mlops" in terraform.must("providers", "schema", "-json")
