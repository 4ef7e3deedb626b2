"""STS: a role is assumed only if it exists and trusts this account."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from ..services import AwsError

SERVICE = "sts"


def assume_role(state: Any, call: Any, environ: dict) -> None:
    """AssumeRole.

    Source: IAM user guide, troubleshoot_roles (what is checked); text ours.
    """
    arn = call.params["RoleArn"]
    account = state.engine.account_id
    backend = state.moto.backend("iam", "aws")
    role = next((role for role in backend.roles.values() if role.arn == arn), None)
    allowed = {f"arn:aws:iam::{account}:root", account, "*", f"arn:aws:iam::{account}:user/moto"}
    if role is not None:
        statements = json.loads(unquote(role.assume_role_policy_document or "{}")).get("Statement", [])
        for statement in statements if isinstance(statements, list) else [statements]:
            principal = statement.get("Principal", {})
            named = ["*"] if principal == "*" else principal.get("AWS", [])
            if statement.get("Effect") == "Allow" and allowed & set([named] if isinstance(named, str) else named):
                return
    raise AwsError(
        "AccessDenied",
        f"User: arn:aws:iam::{account}:user/moto is not authorized to perform: sts:AssumeRole on resource: {arn}",
        403,
    )


INSTEAD = {"AssumeRole": assume_role}
