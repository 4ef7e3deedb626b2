"""STS: plain keys belong to a user of the account, and IAM names users."""

from __future__ import annotations

from typing import Any

from ..roles import user_arn
from . import wrap


def apply(state: Any) -> None:
    """Patch whom moto takes a stranger for."""
    from moto.sts.models import STSBackend

    def caller(original: Any) -> Any:
        def identity(self: Any, access_key_id: str, region: str) -> tuple[str, str, str]:
            user_id, arn, account = original(self, access_key_id, region)
            return user_id, user_arn(account) if ":sts::" in arn and ":user/" in arn else arn, account

        return identity

    wrap(STSBackend, "get_caller_identity", caller)
