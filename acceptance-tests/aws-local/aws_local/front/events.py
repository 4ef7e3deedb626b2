"""EventBridge: what rules and targets are refused for.

Sources: EventBridge API reference, PutRule, PutTargets and ListTargetsByRule; github.com/awsdocs/aws-codepipeline-user-guide pull
request 18 (a target without a role), github.com/Miserlou/Zappa issue 381 (a role that cannot be assumed).
"""

from __future__ import annotations

from typing import Any

from ..events import PIPELINE, PRINCIPAL
from ..roles import assumable
from ..services import AwsError

SERVICE = "events"


def _rule(state: Any, call: Any, name: str) -> Any:
    bus = state.moto.backend("events", call.region).event_buses["default"]
    if name not in bus.rules:
        # Source: EventBridge API reference (code); text: github.com/getmoto/moto moto/events/models.py (describe_rule).
        raise AwsError("ResourceNotFoundException", f"Rule {name} does not exist on EventBus default.")
    return bus.rules[name]


def put_rule(state: Any, call: Any, environ: dict) -> None:
    """PutRule: what there was before is no event of the new rule."""
    state.events.look()


def put_targets(state: Any, call: Any, environ: dict) -> None:
    """PutTargets: a pipeline is started with a role."""
    _rule(state, call, call.params["Rule"])
    for target in call.params["Targets"]:
        if not PIPELINE.fullmatch(target["Arn"]):
            continue
        if not target.get("RoleArn"):
            raise AwsError("ValidationException", f"RoleArn is required for target {target['Arn']}.")
        if not assumable(state.moto, target["RoleArn"], PRINCIPAL):
            raise AwsError(
                "ValidationException",
                f"Provided role '{target['RoleArn']}' cannot be assumed by principal '{PRINCIPAL}'.",
            )


def list_targets(state: Any, call: Any, environ: dict) -> None:
    """ListTargetsByRule: moto fails where there is no rule."""
    _rule(state, call, call.params["Rule"])


def changed(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """PutRule: from now on what changes is an event."""
    state.events.look()


INSTEAD = {
    "PutRule": put_rule,
    "PutTargets": put_targets,
    "ListTargetsByRule": list_targets,
    "RemoveTargets": list_targets,
}
AFTER = {"PutRule": changed}
