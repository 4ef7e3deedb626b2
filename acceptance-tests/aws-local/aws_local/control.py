"""The control endpoints below /_aws-local/."""

from __future__ import annotations

from typing import Any

from .inventory import inventory
from .services import AwsError


def answer(state: Any, method: str, name: str, params: dict[str, Any]) -> Any:
    """Answer a control request. Raises AwsError 404 for an unknown name."""
    name = name.strip("/")
    if name == "health":
        return {"status": "ok", "now": state.clock.now(), "allow_exec": state.allow_exec}
    if name == "inventory":
        return inventory(state)
    if name == "calls":
        found = list(state.calls)
        if method == "DELETE":
            state.calls.clear()
        return {"calls": found}
    if name == "clock":
        if method == "POST":
            return {"now": state.clock.advance(float(params.get("advance", 0)))}
        return {"now": state.clock.now(), "stepped": state.clock.stepped, "scale": state.clock.scale}
    raise AwsError("NotFound", f"there is no control endpoint {name!r}", 404)
