"""IAM: trust policies are checked, attached policies cannot be deleted, roles are assumed only by whom they trust."""

from __future__ import annotations

import json
import re
from typing import Any

from .. import permissions
from ..roles import role_of
from ..sagemaker import listing
from ..services import AwsError

SERVICE = "iam"
_SERVICE_PRINCIPAL = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
_ACCOUNT = re.compile(r"(\d{12})|arn:aws:iam::(\d{12}):(root|user/.+|role/.+)|arn:aws:sts::\d{12}:assumed-role/.+|\*")


def _malformed(text: str) -> AwsError:
    """Source: IAM user guide, policy grammar (conditions); text ours."""
    return AwsError("MalformedPolicyDocument", text)


def check_beginning(text: str) -> None:
    """Refuse a policy that begins with a space. Source: hashicorp/terraform-provider-aws, pull request 12267 (code, message)."""
    if text[:1].isspace():
        raise _malformed("JSON strings must not have leading spaces")


def check_trust(state: Any, text: str) -> None:
    """Refuse a trust policy that IAM refuses."""
    check_beginning(text)
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _malformed("This policy contains invalid Json") from error
    if not isinstance(document, dict) or not document.get("Statement"):
        raise _malformed("Syntax errors in policy.")
    if document.get("Version", "2008-10-17") not in ("2008-10-17", "2012-10-17"):
        raise _malformed("The policy failed legacy parsing")
    statements = document["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
            raise _malformed("Syntax errors in policy.")
        if "Resource" in statement or "NotResource" in statement:
            raise _malformed("Has prohibited field Resource")
        if "Principal" not in statement and "NotPrincipal" not in statement:
            raise _malformed("Missing required field Principal")
        if "Action" not in statement and "NotAction" not in statement:
            raise _malformed("Missing required field Action")
        actions = statement.get("Action", [])
        for action in [actions] if isinstance(actions, str) else actions:
            if not action.startswith("sts:") and action != "*":
                raise _malformed("AssumeRole policy may only specify STS AssumeRole actions.")
        _check_principal(state, statement.get("Principal", {}))


def _check_principal(state: Any, principal: Any) -> None:
    if principal == "*":
        return
    if not isinstance(principal, dict):
        raise _malformed("Invalid principal in policy.")
    for kind, members in principal.items():
        if kind not in ("Service", "AWS", "Federated", "CanonicalUser"):
            raise _malformed(f'Invalid principal in policy: "{kind}"')
        for member in [members] if isinstance(members, str) else members:
            if kind == "Service" and not _SERVICE_PRINCIPAL.fullmatch(member):
                raise _malformed(f'Invalid principal in policy: "SERVICE":"{member}"')
            if kind == "AWS":
                _check_aws_principal(state, member)


def _check_aws_principal(state: Any, member: str) -> None:
    if not _ACCOUNT.fullmatch(member):
        raise _malformed(f'Invalid principal in policy: "AWS":"{member}"')
    found = re.fullmatch(r"arn:aws:iam::(\d{12}):(role|user)/(?:.*/)?([^/]+)", member)
    if found and found[1] == state.engine.account_id:
        backend = state.moto.backend("iam", "aws")
        have = backend.roles.values() if found[2] == "role" else backend.users.values()
        if not any(each.arn == member for each in have):
            raise _malformed(f'Invalid principal in policy: "AWS":"{member}"')


def create_role(state: Any, call: Any, environ: dict) -> None:
    """CreateRole: check the trust policy."""
    check_trust(state, call.params["AssumeRolePolicyDocument"])


def update_trust(state: Any, call: Any, environ: dict) -> None:
    """UpdateAssumeRolePolicy: check the trust policy."""
    check_trust(state, call.params["PolicyDocument"])


def put_role_policy(state: Any, call: Any, environ: dict) -> None:
    """PutRolePolicy: moto checks the rest."""
    check_beginning(call.params["PolicyDocument"])


def delete_policy(state: Any, call: Any, environ: dict) -> None:
    """DeletePolicy: refused while attached or with more than one version (API reference, DeletePolicy)."""
    backend = state.moto.backend("iam", "aws")
    arn = call.params["PolicyArn"]
    policy = backend.managed_policies.get(arn)
    if policy is None:
        return
    holders = [*backend.roles.values(), *backend.users.values(), *backend.groups.values()]
    if any(arn in holder.managed_policies for holder in holders):
        # Source: IAM API reference, DeletePolicy (code, condition); text ours.
        raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    if len(policy.versions) > 1:
        # Source: github.com/rebuy-de/aws-nuke issue 1.
        raise AwsError(
            "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The "
            "default version is deleted with the policy.",
            409,
        )


def simulate_principal(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """SimulatePrincipalPolicy of a role, with further policies, for each action.

    Source: IAM API reference, SimulatePrincipalPolicy and EvaluationResult (one result an action, with those of its resources).
    """
    given = call.params
    role = role_of(state.moto, given["PolicySourceArn"])
    if role is None:
        # Source: service model of IAM (code); text ours.
        raise AwsError("NoSuchEntity", f"The entity with the ARN {given['PolicySourceArn']} cannot be found.", 404)
    context = {
        entry["ContextKeyName"].lower(): (entry.get("ContextKeyValues") or [""])[0]
        for entry in given.get("ContextEntries") or ()
    }
    more = given.get("PolicyInputList") or []

    def decide(action: str, resource: str) -> str:
        said = {permissions.decide(state.moto, role, action, resource, context, at_once=True)}
        said.add(permissions.decide_by(more, action, resource, context))
        ranked = (permissions.DENIED, permissions.ALLOWED, permissions.NOT_ALLOWED)
        return next(each for each in ranked if each in said)

    results = []
    for action in given["ActionNames"]:
        resources = given.get("ResourceArns") or ["*"]
        each = {resource: decide(action, resource) for resource in resources}
        worst = next(
            (one for one in (permissions.DENIED, permissions.NOT_ALLOWED) if one in each.values()), permissions.ALLOWED
        )
        specific = [
            {"EvalResourceName": resource, "EvalResourceDecision": verdict, "MatchedStatements": []}
            for resource, verdict in each.items()
        ]
        results.append(
            {
                "EvalActionName": action,
                "EvalResourceName": resources[0] if len(resources) == 1 else "*",
                "EvalDecision": worst,
                "MatchedStatements": [],
                "MissingContextValues": [],
                "ResourceSpecificResults": specific if resources != ["*"] else [],
            }
        )
    page, token = listing.page(results, {**_paging(given), "ActionNames": given["ActionNames"]}, 100, "InvalidInput")
    return {"EvaluationResults": page, "IsTruncated": token is not None, **({"Marker": token} if token else {})}


def _paging(given: dict[str, Any]) -> dict[str, Any]:
    return {"NextToken": given.get("Marker"), "MaxResults": given.get("MaxItems")}


INSTEAD = {
    "SimulatePrincipalPolicy": simulate_principal,
    "CreateRole": create_role,
    "UpdateAssumeRolePolicy": update_trust,
    "PutRolePolicy": put_role_policy,
    "DeletePolicy": delete_policy,
}
