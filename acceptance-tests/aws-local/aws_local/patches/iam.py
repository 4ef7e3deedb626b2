"""IAM: roles remember when they were made, and since when they have their policies."""

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

    def since(role: Any, policy: str, before: str | None) -> None:
        role.__dict__.setdefault("aws_local_policies", {})[policy] = (state.clock.now(), before)

    def put_role_policy(original: Any) -> Any:
        def put(self: Any, role_name: str, policy_name: str, policy_json: str) -> None:
            role = self.get_role(role_name)
            before = role.policies.get(policy_name)
            original(self, role_name, policy_name, policy_json)
            if before != policy_json:
                since(role, policy_name, before)

        return put

    def attach_role_policy(original: Any) -> Any:
        def attach(self: Any, policy_arn: str, role_name: str) -> None:
            role = self.get_role(role_name)
            new = policy_arn not in role.managed_policies
            original(self, policy_arn, role_name)
            if new:
                since(role, policy_arn, None)

        return attach

    wrap(IAMBackend, "create_role", create_role)
    wrap(IAMBackend, "put_role_policy", put_role_policy)
    wrap(IAMBackend, "attach_role_policy", attach_role_policy)
    wrap(IAMBackend, "_init_aws_policies", init_policies)


_managed: dict[str, Any] = {}
