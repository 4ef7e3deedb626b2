"""Whether a service could assume an IAM role."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote


def user_arn(account: str) -> str:
    """Who calls with keys that belong to nobody in particular: any do here."""
    return f"arn:aws:iam::{account}:user/local"


def role_of(behind: Any, arn: str) -> Any:
    """The role with an ARN, or None."""
    return next((role for role in behind.backend("iam", "aws").roles.values() if role.arn == arn), None)


def assumable(behind: Any, arn: str, principal: str = "sagemaker.amazonaws.com") -> bool:
    """Whether the role exists for at least the propagation delay and trusts the principal.

    IAM is eventually consistent: a new role is visible to IAM's own API at once, to other services seconds later.
    """
    role = role_of(behind, arn)
    if role is None:
        return False
    visible = getattr(role, "aws_local_created", None)
    if visible is not None and behind.state.clock.now() < visible + behind.state.role_delay:
        return False
    try:
        document = json.loads(unquote(role.assume_role_policy_document or "{}"))
    except ValueError:
        return False
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        actions = statement.get("Action", [])
        actions = [actions] if isinstance(actions, str) else actions
        trusted = statement.get("Principal", {})
        services = trusted.get("Service", []) if isinstance(trusted, dict) else trusted
        services = [services] if isinstance(services, str) else services
        if (
            statement.get("Effect") == "Allow"
            and (principal in services or "*" in services)
            and ({"sts:AssumeRole", "sts:*", "*"} & set(actions))
        ):
            return True
    return False
