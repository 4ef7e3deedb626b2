"""The provider's list of the members of AWS's operations is what botocore's service models have."""

from __future__ import annotations

from acceptance import members


def test_the_members_are_those_of_the_service_models() -> None:
    assert members.FILE.read_text() == members.table(), f"write it: python -m acceptance.members > {members.FILE}"
