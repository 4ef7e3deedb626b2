"""The schemas as Terraform receives them are those that the provider prints."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from acceptance.installation import ADDRESSES, client, provider_binary
from acceptance.terraform import HEAD, Terraform


def without_messages(members: dict[str, Any]) -> dict[str, Any]:
    """JSON without the texts of deprecations, which not every client prints."""
    return members if client().prints_deprecation_messages else {k: v for k, v in members.items() if k != "deprecation_message"}


def schemas(text: str) -> dict[str, Any]:
    provided = json.loads(text, object_hook=without_messages)["provider_schemas"]
    (address,) = provided.keys() & set(ADDRESSES)
    # Terraform leaves out the kinds of which a provider offers none.
    return {kind: value for kind, value in provided[address].items() if value}


@pytest.mark.every_client
def test_terraform_reads_the_schemas_that_the_provider_prints(tmp_path: Path, cli_configuration: Path) -> None:
    (tmp_path / "main.tf").write_text(HEAD)
    terraform = Terraform(tmp_path, cli_configuration, {})
    terraform.init()
    received = schemas(terraform.must("providers", "schema", "-json"))
    printed = schemas(subprocess.run([provider_binary(), "schema"], capture_output=True, text=True, check=True).stdout)
    identities = received.pop("resource_identity_schemas", {})
    if not client().invokes_actions:
        printed.pop("action_schemas")
    if not client().queries:
        printed.pop("list_resource_schemas")
    assert received.keys() == printed.keys()
    for kind in received:
        assert received[kind] == printed[kind], kind
    assert identities.keys() <= printed["resource_schemas"].keys()
