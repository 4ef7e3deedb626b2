"""STS: a role is assumed only if it exists and trusts who asks: this account, or the subject of a web identity token."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from ..patches.access import holds
from ..roles import role_of, user_arn
from ..services import AwsError

SERVICE = "sts"


def _trusting(role: Any, principal: str, accepted: set[str], action: str) -> Iterator[dict[str, Any]]:
    """The statements of a role's trust policy that let one of `accepted` do `action`; conditions are left to the caller."""
    statements = json.loads(unquote(role.assume_role_policy_document or "{}")).get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        trusted = statement.get("Principal", {})
        named = ["*"] if trusted == "*" else trusted.get(principal, [])
        actions = statement.get("Action", [])
        if (
            statement.get("Effect") == "Allow"
            and accepted & set([named] if isinstance(named, str) else named)
            and {action, "sts:*", "*"} & set([actions] if isinstance(actions, str) else actions)
        ):
            yield statement


def assume_role(state: Any, call: Any, environ: dict) -> None:
    """AssumeRole.

    Source: IAM user guide, troubleshoot_roles (what is checked); text ours.
    """
    arn = call.params["RoleArn"]
    account = state.engine.account_id
    role = role_of(state.moto, arn)
    accepted = {f"arn:aws:iam::{account}:root", account, "*", user_arn(account)}
    keys = {"aws:principalarn": user_arn(account), "aws:principalaccount": account}
    if call.params.get("ExternalId"):
        keys["sts:externalid"] = call.params["ExternalId"]
    trusting = _trusting(role, "AWS", accepted, "sts:AssumeRole") if role is not None else ()
    if not any(holds(statement.get("Condition") or {}, keys) for statement in trusting):
        raise AwsError(
            "AccessDenied",
            f"User: {user_arn(account)} is not authorized to perform: sts:AssumeRole on resource: {arn}",
            403,
        )


def assume_with_web_identity(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """AssumeRoleWithWebIdentity. The signature of the token is not checked: the keys of its issuer are elsewhere.

    Source: STS API reference, AssumeRoleWithWebIdentity (codes).
    """
    given = call.params
    claims = _claims(given["WebIdentityToken"])
    issuer = str(claims["iss"]).removeprefix("https://").rstrip("/")
    account = state.engine.account_id
    provider = f"arn:aws:iam::{account}:oidc-provider/{issuer}"
    known = state.moto.backend("iam", "aws").open_id_providers.get(provider)
    if known is None:
        # Source: github.com/aws-actions/configure-aws-credentials issues 280 and 721.
        raise AwsError("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {claims['iss']}")
    audience = claims.get("aud", "")
    audience = audience[0] if isinstance(audience, list) else audience
    if audience not in known.client_id_list:
        # Source: STS API reference, AssumeRoleWithWebIdentity (code); text ours.
        raise AwsError("InvalidIdentityToken", "Incorrect token audience")
    now = state.clock.now()
    if float(claims.get("exp", 0)) <= now:
        # Source: STS API reference, AssumeRoleWithWebIdentity (code); text ours.
        raise AwsError(
            "ExpiredTokenException",
            f"Token expired: current date/time {now:.0f} must be before the expiration date/time",
        )
    role = role_of(state.moto, given["RoleArn"])
    keys = {
        f"{issuer}:{name}".lower(): str(value) for name, value in claims.items() if isinstance(value, str | int | bool)
    }
    keys[f"{issuer}:aud".lower()] = audience
    trusting = (
        _trusting(role, "Federated", {provider, "*"}, "sts:AssumeRoleWithWebIdentity") if role is not None else ()
    )
    if not any(holds(statement.get("Condition") or {}, keys) for statement in trusting):
        # Source: github.com/aws-actions/configure-aws-credentials issues 690 and 1358.
        raise AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)
    session = state.moto.backend("sts", "aws").assume_role(
        region_name=call.region,
        role_session_name=given["RoleSessionName"],
        role_arn=given["RoleArn"],
        policy=given.get("Policy"),
        duration=given.get("DurationSeconds", 3600),
        external_id=None,
    )
    return {
        "Credentials": {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.secret_access_key,
            "SessionToken": session.session_token,
            "Expiration": session.expiration.replace(tzinfo=datetime.UTC).timestamp(),
        },
        "SubjectFromWebIdentityToken": str(claims.get("sub", "")),
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
        "PackedPolicySize": 0,
        "Provider": provider,
        "Audience": audience,
    }


def _claims(token: str) -> dict[str, Any]:
    """The claims of a JSON web token."""
    parts = token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, binascii.Error):
        claims = None
    if len(parts) != 3 or not isinstance(claims, dict) or "iss" not in claims:
        # Source: STS API reference, AssumeRoleWithWebIdentity (code); text ours.
        raise AwsError("InvalidIdentityToken", "The ID Token provided is not a valid JWT.")
    return claims


INSTEAD = {"AssumeRole": assume_role, "AssumeRoleWithWebIdentity": assume_with_web_identity}
