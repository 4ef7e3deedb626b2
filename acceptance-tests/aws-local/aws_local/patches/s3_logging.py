"""S3: access logging to a bucket whose policy has a statement for everybody. moto expects an object for every principal."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from . import wrap


def apply(state: Any) -> None:
    """Patch moto's check that a bucket lets the logging service in."""
    from moto.s3.models import FakeBucket

    def let_in(original: Any) -> Any:
        def checked(target_bucket: Any, target_prefix: Any) -> bool:
            policy = json.loads(target_bucket.policy.decode()) if target_bucket.policy else {}
            statements = policy.get("Statement", [])
            statements = [statements] if isinstance(statements, dict) else statements
            named = [s for s in statements if isinstance(s.get("Principal"), dict)]
            seen = SimpleNamespace(
                policy=json.dumps({"Statement": named}).encode(),
                name=target_bucket.name,
                partition=target_bucket.partition,
            )
            return bool(original.__func__(target_bucket=seen, target_prefix=target_prefix))

        return staticmethod(checked)

    wrap(FakeBucket, "_log_permissions_enabled_policy", let_in)
