"""The control endpoints below /_aws-local/: JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import principals, quotas, snapshot
from .inventory import inventory
from .services import AwsError


def answer(state: Any, method: str, name: str, params: dict[str, Any]) -> Any:
    """Answer a control request. Raises AwsError: 404 for an unknown name, 400 for wrong parameters."""
    handler = _HANDLERS.get((method, name.strip("/")))
    if handler is None:
        known = ", ".join(sorted(f"{verb} {each}" for verb, each in _HANDLERS))
        raise AwsError("NotFound", f"there is no {method} {name}; known: {known}", 404)
    try:
        return handler(state, params)
    except (KeyError, TypeError, ValueError) as error:
        raise AwsError("InvalidRequest", f"{method} {name}: {error!r}", 400) from error


def _health(state: Any, params: dict) -> Any:
    return {"status": "ok", "now": state.clock.now(), "allow_exec": state.allow_exec}


def _inventory(state: Any, params: dict) -> Any:
    return inventory(state)


def _calls(state: Any, params: dict) -> Any:
    found = list(state.calls)
    return {"count": len(found), "calls": found}


def _clear_calls(state: Any, params: dict) -> Any:
    state.calls.clear()
    return {}


def _clock(state: Any, params: dict) -> Any:
    return {"now": state.clock.now(), "stepped": state.clock.stepped, "scale": state.clock.scale}


def _set_clock(state: Any, params: dict) -> Any:
    if "advance" in params:
        state.clock.advance(float(params["advance"]))
        state.invoke_schedules()
    return _clock(state, params)


def _faults(state: Any, params: dict) -> Any:
    return {"faults": state.faults.list()}


def _add_fault(state: Any, params: dict) -> Any:
    return state.faults.add(params).shown()


def _clear_faults(state: Any, params: dict) -> Any:
    state.faults.clear(params.get("id"))
    return {}


def _release(state: Any, params: dict) -> Any:
    state.faults.release(params.get("id"))
    return {}


def _fail(state: Any, params: dict) -> Any:
    """The next creation or update of an object ends in failure, for the given reason.

    `{"kind": "Endpoint", "name": "e", "reason": "..."}`; a reason that begins with `rollback:` makes an endpoint update
    roll back instead of failing; `*` as the name means any object of the kind.
    """
    kind = params["kind"]
    if kind not in state.engine.kinds:
        raise AwsError("InvalidRequest", f"there is no kind {kind!r}; known: {', '.join(state.engine.kinds)}", 400)
    state.engine.failures[kind, params.get("name", "*")] = params["reason"]
    return {}


def _quota(state: Any, params: dict) -> Any:
    """Set a quota: `{"name": "ml.m5.large for endpoint usage", "value": 0}`."""
    if params["name"] not in quotas.names():
        raise AwsError(
            "InvalidRequest",
            f"there is no quota {params['name']!r}, for instance 'ml.m5.large for endpoint usage'",
            400,
        )
    state.engine.quotas[params["name"]] = float(params["value"])
    return {}


def _set_status(state: Any, params: dict) -> Any:
    """Put an object into a status (`SystemUpdating`, `OutOfService`, ...), as AWS may do by itself."""
    record = state.engine.find(params["kind"], params["name"], params.get("region", "us-east-1"))
    record.update(params["status"])
    return {"status": record.status}


def _function(state: Any, params: dict) -> Any:
    """Register a Lambda function: `{"arn": "...", "returns": {"accuracy": 0.9}}`, or with `"fails": "..."` instead."""
    if ("returns" in params) == ("fails" in params):
        raise ValueError("give either `returns` or `fails`")
    state.functions[params["arn"]] = params
    return {}


def _principal(state: Any, params: dict) -> Any:
    """What a caller may do: `{"access_key": "deployer", "policies": ["{...}"]}`. Whoever has no policies may do everything."""
    state.principals[params["access_key"]] = principals.statements_of(params["policies"])
    return {}


def _served(state: Any, params: dict) -> Any:
    """What each endpoint served when, and whether it could: its configuration and the models of that existed."""
    state.engine.store.settle_due(state.clock.now())
    return {"served": list(state.engine.served)}


def _snapshot(state: Any, params: dict) -> Any:
    return snapshot.save(state, params["path"])


def _restore(state: Any, params: dict) -> Any:
    return snapshot.restore(state, params["path"])


def _reset(state: Any, params: dict) -> Any:
    return snapshot.reset(state)


_HANDLERS: dict[tuple[str, str], Callable[[Any, dict], Any]] = {
    ("GET", "health"): _health,
    ("GET", "inventory"): _inventory,
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _clear_calls,
    ("POST", "principals"): _principal,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _set_clock,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "release"): _release,
    ("POST", "fail"): _fail,
    ("POST", "quota"): _quota,
    ("POST", "status"): _set_status,
    ("POST", "function"): _function,
    ("GET", "served"): _served,
    ("POST", "snapshot"): _snapshot,
    ("POST", "restore"): _restore,
    ("POST", "reset"): _reset,
}
