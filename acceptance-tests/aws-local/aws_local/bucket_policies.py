"""What S3 looks at in a bucket policy when it is put: principals that exist, and whether the policy is public.

Sources: Amazon S3 user guide, "Blocking public access" (the meaning of public), "Troubleshoot a MalformedPolicy error".
"""

from __future__ import annotations

import re
from typing import Any

from .roles import role_of

# Condition keys that restrict a statement if their values are fixed (user guide, the meaning of public).
_RESTRICTING = frozenset(
    """
    aws:principalorgid aws:principalarn aws:principalaccount aws:sourceip aws:sourcearn aws:sourcevpc aws:sourcevpce aws:sourceowner
    aws:sourceaccount aws:sourceorgid aws:sourceorgpaths aws:principalorgpaths aws:userid aws:resourceorgid s3:dataaccesspointarn
    s3:dataaccesspointaccount s3:x-amz-server-side-encryption-aws-kms-key-id
    """.split()
)
_NEGATED = re.compile(r"not", re.IGNORECASE)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The statements of a policy."""
    return _listed(document["Statement"])


def strangers(behind: Any, document: dict[str, Any]) -> list[str]:
    """Principals of this account that S3 does not know: absent ones, and roles that were created a moment ago."""
    found = []
    for statement in statements_of(document):
        for member in ("Principal", "NotPrincipal"):
            principal = statement.get(member)
            named = _listed(principal.get("AWS", [])) if isinstance(principal, dict) else []
            found += [each for each in named if not _is_known(behind, each)]
    return found


def _is_known(behind: Any, principal: str) -> bool:
    found = re.fullmatch(r"arn:aws:iam::(\d{12}):(role|user)/(?:.*/)?([^/]+)", principal)
    if not found:
        return bool(re.fullmatch(r"\*|\d{12}|arn:aws:(iam|sts)::[^:]+:.+|A[A-Z0-9]{15,}", principal))
    if found[1] != behind.state.engine.account_id:
        return True
    if found[2] == "user":
        return any(user.arn == principal for user in behind.backend("iam", "aws").users.values())
    role = role_of(behind, principal)
    created = getattr(role, "aws_local_created", 0.0)
    return role is not None and behind.state.clock.now() >= created + behind.state.role_delay


def is_public(document: dict[str, Any]) -> bool:
    """Whether a policy lets everybody do something."""
    return any(_is_open(statement) for statement in statements_of(document))


def _is_open(statement: dict[str, Any]) -> bool:
    if statement["Effect"] != "Allow":
        return False
    principal = statement.get("Principal")
    named = (
        [each for values in principal.values() for each in _listed(values)]
        if isinstance(principal, dict)
        else [principal]
    )
    if "NotPrincipal" not in statement and "*" not in named:
        return False
    for operator, keys in (statement.get("Condition") or {}).items():
        for key, values in keys.items():
            if (
                key.lower() in _RESTRICTING
                and not _NEGATED.search(operator)
                and all(_is_fixed(key, each) for each in _listed(values))
            ):
                return False
    return True


def _is_fixed(key: str, value: str) -> bool:
    if key.lower() == "aws:sourceip":
        return not value.endswith("/0")
    return not re.search(r"[*?]|\$\{", value)
