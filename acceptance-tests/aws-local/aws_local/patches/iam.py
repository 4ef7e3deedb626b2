"""IAM: roles remember when they were made."""

from __future__ import annotations

from typing import Any

from . import wrap


def apply(state: Any) -> None:
    """Patch moto's IAM."""
    from moto.iam.models import IAMBackend

    def create_role(original: Any) -> Any:
        def made(self: Any, *args: Any, **kwargs: Any) -> Any:
            role = original(self, *args, **kwargs)
            role.aws_local_created = state.clock.now()
            return role

        return made

    wrap(IAMBackend, "create_role", create_role)
