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

    def init_policies(original: Any) -> Any:
        def kept(self: Any) -> Any:
            # Parsing the 1,000 managed policies takes 0.4 s; they never change, but count who attached them.
            policies = _managed.setdefault(self.account_id, None) or original(self)
            _managed[self.account_id] = policies
            for policy in policies:
                policy.attachment_count = 0
            return policies

        return kept

    wrap(IAMBackend, "create_role", create_role)
    wrap(IAMBackend, "_init_aws_policies", init_policies)


_managed: dict[str, Any] = {}
