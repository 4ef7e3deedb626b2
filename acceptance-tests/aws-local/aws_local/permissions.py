"""What an IAM role may do: its inline and attached policies and its permissions boundary, as they are known to the services.

IAM is eventually consistent: a policy is visible in IAM's own API at once, and takes effect seconds later (IAM user guide,
troubleshoot_general, "Changes that I make are not always immediately visible"). What was taken away is gone at once here.
Documents are evaluated by moto, as patched in `patches.access`. Source: IAM user guide, "Policy evaluation logic".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ALLOWED, DENIED, NOT_ALLOWED = "allowed", "explicitDeny", "implicitDeny"


def decide(
    behind: Any,
    role: Any,
    action: str,
    resource: str = "*",
    context: dict[str, str] | None = None,
    *,
    at_once: bool = False,
) -> str:
    """Whether a role may do `action` (`s3:GetObject`) with `resource` (an ARN) by now, or, `at_once`, as IAM itself sees it.

    `context` holds condition keys in lower case; those of the role and of TLS are added.
    """
    context = {**_own_keys(behind, role), **(context or {})}
    documents = (
        [*role.policies.values(), *role.managed_policies.values()] if at_once else list(_effective(behind, role))
    )
    verdict = decide_by(documents, action, resource, context)
    boundary = role.permissions_boundary_arn
    if verdict == ALLOWED and boundary:
        policy = behind.backend("iam", "aws").managed_policies.get(boundary)
        return decide_by([policy] if policy else [], action, resource, context)
    return verdict


def decide_by(documents: list[Any], action: str, resource: str, context: dict[str, str]) -> str:
    """What policies say: JSON text, or moto's managed policies."""
    from moto.iam.access_control import IAMPolicy, PermissionResult

    from .patches import access

    with access.seen_as(context):
        said = {IAMPolicy(document).is_action_permitted(action, resource) for document in documents}
    if PermissionResult.DENIED in said:
        return DENIED
    return ALLOWED if PermissionResult.PERMITTED in said else NOT_ALLOWED


def _own_keys(behind: Any, role: Any) -> dict[str, str]:
    account = behind.state.engine.account_id
    return {
        "aws:securetransport": "true",
        "aws:principalarn": role.arn,
        "aws:principaltype": "AssumedRole",
        "aws:principalaccount": account,
        "aws:resourceaccount": account,
    }


def _effective(behind: Any, role: Any) -> Iterator[Any]:
    """The policies that the services know of: a new one counts after a while, and until then the one it replaces."""
    now, delay = behind.state.clock.now(), behind.state.permission_delay
    since = role.__dict__.get("aws_local_policies", {})
    for name, document in role.policies.items():
        at, before = since.get(name, (0.0, None))
        if now >= at + delay:
            yield document
        elif before is not None:
            yield before
    for arn, policy in role.managed_policies.items():
        at, _ = since.get(arn, (0.0, None))
        if now >= at + delay:
            yield policy
