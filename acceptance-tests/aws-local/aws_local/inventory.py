"""Everything that exists, of every service."""

from __future__ import annotations

from typing import Any


def inventory(state: Any) -> dict[str, Any]:
    """`{"count": n, "objects": [{service, kind, name, arn, region, status}]}`."""
    objects = [
        {"service": "sagemaker", "kind": record.kind, "name": record.name, "arn": record.arn, "region": record.region,
         "status": record._status}
        for record in state.engine.store.everything()
    ]
    return {"count": len(objects), "objects": objects}
