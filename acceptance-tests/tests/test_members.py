"""The provider's tables of AWS's operations say what botocore's service models say."""

from __future__ import annotations

from acceptance import constraints, members


def test_the_members_are_those_of_the_service_models() -> None:
    assert members.FILE.read_text() == members.table(), f"write it: python -m acceptance.members > {members.FILE}"


def test_the_constraints_are_those_of_the_service_models() -> None:
    told = f"write it: python -m acceptance.constraints > {constraints.FILE}"
    assert constraints.FILE.read_text() == constraints.table(), told
