"""What each endpoint served when, so that a test can tell whether it was ever without something that works."""

from __future__ import annotations

from typing import Any

_SERVING = ("InService", "Updating", "SystemUpdating", "RollingBack")


def note(engine: Any, region: str) -> None:
    """Note what the endpoints of a region serve from now on, where that is another thing than before."""
    for record in list(engine.store.table(region, "Endpoint").values()):
        # Its own transitions are under way, so they are not asked for.
        if not record.gone and record._status not in ("Creating", "Deleting"):
            _append(engine, region, record.name, record.private["config"], record._status in _SERVING)


def note_gone(engine: Any, record: Any) -> None:
    """Note that an endpoint, or something that endpoints need, is gone."""
    if record.kind == "Endpoint":
        _append(engine, record.region, record.name, None, False)
    else:
        note(engine, record.region)


def _append(engine: Any, region: str, endpoint: str, config: dict[str, Any] | None, serves: bool) -> None:
    name = config["EndpointConfigName"] if config else None
    entry = {
        "region": region,
        "endpoint": endpoint,
        "configuration": name,
        "works": bool(config) and serves and _is_complete(engine, region, config),
    }
    with engine.store.lock:
        before = [each for each in engine.served if (each["region"], each["endpoint"]) == (region, endpoint)]
        if not before or {**before[-1], "at": None} != {**entry, "at": None}:
            engine.served.append({"at": engine.clock.now(), **entry})


def _is_complete(engine: Any, region: str, config: dict[str, Any]) -> bool:
    """Whether the configuration and its models exist: without them a new instance cannot start."""
    models = [v["ModelName"] for v in config.get("ProductionVariants") or () if v.get("ModelName")]
    there = [("EndpointConfig", config["EndpointConfigName"]), *(("Model", model) for model in models)]
    return all(engine.store.get(region, kind, (name,)) is not None for kind, name in there)
