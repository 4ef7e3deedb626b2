"""Policy conditions: a statement whose condition does not hold does not apply.

moto denies in that case, so that a bucket policy with `Deny` and a condition (TLS only) denies everything.
Source of the semantics: IAM user guide, "Condition operators" and "Condition context keys".
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import threading
from collections.abc import Iterator
from typing import Any

from ..roles import user_arn
from . import wrap

_request = threading.local()


def begin(environ: dict[str, Any], account: str) -> None:
    """Remember the request of this thread, and whose it is: the conditions are about them."""
    _request.environ, _request.account = environ, account


@contextlib.contextmanager
def seen_as(keys: dict[str, str]) -> Iterator[None]:
    """Let this thread's evaluations be about these condition keys, instead of the request."""
    before, _request.keys = getattr(_request, "keys", None), keys
    try:
        yield
    finally:
        _request.keys = before


def context() -> dict[str, str]:
    """The condition keys of the request, in lower case."""
    if getattr(_request, "keys", None) is not None:
        return _request.keys
    environ, account = getattr(_request, "environ", {}), getattr(_request, "account", "")
    found = {
        # AWS is only ever reached by TLS here; that the local AWS is not is no concern of a policy.
        "aws:securetransport": "true",
        "s3:tlsversion": "1.3",
        "aws:sourceip": "127.0.0.1",
        "aws:principalaccount": account,
        "aws:principalarn": user_arn(account),
        "aws:principaltype": "User",
    }
    for header, key in (
        ("HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION", "s3:x-amz-server-side-encryption"),
        ("HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION_AWS_KMS_KEY_ID", "s3:x-amz-server-side-encryption-aws-kms-key-id"),
        ("HTTP_X_AMZ_ACL", "s3:x-amz-acl"),
        ("HTTP_X_AMZ_STORAGE_CLASS", "s3:x-amz-storage-class"),
    ):
        if header in environ:
            found[key] = environ[header]
    return found


def matches(pattern: str, value: str) -> bool:
    """Whether a pattern of a policy fits: `*`, `?`, and `${*}`, `${?}`, `${$}` for the signs themselves."""
    text = re.sub(
        r"\$\{([*?$])\}|([*?])|(.)",
        lambda found: re.escape(found[1] or found[3]) if not found[2] else ".*" if found[2] == "*" else ".",
        pattern,
        flags=re.DOTALL,
    )
    return re.fullmatch(text, value, re.DOTALL) is not None


def holds(conditions: dict[str, dict[str, Any]], have: dict[str, str]) -> bool:
    """Whether every condition of a statement holds."""
    return all(
        _one(operator, have.get(key.lower()), [values] if not isinstance(values, list) else values)
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _one(operator: str, value: str | None, wanted: list[Any]) -> bool:
    name = operator.rpartition(":")[2].lower()
    wanted = [str(each).lower() if isinstance(each, bool) else str(each) for each in wanted]
    if name == "null":
        return (value is None) == (wanted[0].lower() == "true")
    if name.endswith("ifexists"):
        if value is None:
            return True
        name = name.removesuffix("ifexists")
    negated = "not" in name
    if value is None:
        return negated
    matched = any(_matches(name.replace("not", ""), value, each) for each in wanted)
    return matched != negated


def _matches(name: str, value: str, wanted: str) -> bool:
    if name in ("stringequals", "arnequals", "binaryequals"):
        return matches(wanted, value) if name == "arnequals" else value == wanted
    if name in ("stringequalsignorecase", "bool"):
        return value.lower() == wanted.lower()
    if name in ("stringlike", "arnlike"):
        return matches(wanted, value)
    if name == "ipaddress":
        return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)
    if name.startswith("numeric"):
        have, limit = float(value), float(wanted)
        return {
            "numericequals": have == limit,
            "numericlessthan": have < limit,
            "numericlessthanequals": have <= limit,
            "numericgreaterthan": have > limit,
            "numericgreaterthanequals": have >= limit,
        }.get(name, False)
    raise NotImplementedError(f"policy condition operator {name}")


def apply(state: Any) -> None:
    """Patch moto's policy evaluation."""
    from moto.iam.access_control import IAMPolicyStatement, PermissionResult

    def is_action_permitted(original: Any) -> Any:
        def decided(self: Any, *args: Any, **kwargs: Any) -> Any:
            conditions = self._statement.get("Condition")
            if conditions and not holds(conditions, context()):
                return PermissionResult.NEUTRAL
            others = self._statement.get("NotResource")
            if others:
                resource = kwargs.get("resource", args[1] if len(args) > 1 else "*")
                if any(matches(other, resource) for other in ([others] if isinstance(others, str) else others)):
                    return PermissionResult.NEUTRAL
                self = IAMPolicyStatement({**self._statement, "Resource": "*"})
            return original(self, *args, **kwargs)

        return decided

    def check_element(original: Any) -> Any:
        def matched(self: Any, element: str, value: str) -> bool:
            patterns = self._statement[element]
            fold = str.lower if element in ("Action", "NotAction") else str
            patterns = [patterns] if isinstance(patterns, str) else patterns
            return any(matches(fold(pattern), fold(value)) for pattern in patterns)

        return matched

    # The condition was decided above; moto's own view of it must not decide again.
    wrap(IAMPolicyStatement, "_check_conditions", lambda original: lambda self, values: True)
    wrap(IAMPolicyStatement, "is_action_permitted", is_action_permitted)
    wrap(IAMPolicyStatement, "_check_element_matches", check_element)
