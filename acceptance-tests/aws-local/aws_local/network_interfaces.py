"""The network interfaces that SageMaker makes in the account for jobs, endpoints and notebooks with a VPC.

They stay for a while after the end, first in use, then available; nobody waits for them, so a security group that they are in cannot
be deleted. Sources: github.com/hashicorp/terraform-provider-aws issues 26090 and 34397,
github.com/aws-cloudformation/cloudformation-coverage-roadmap issue 1327. Descriptions: those of notebook instances and of Studio are
quoted by public tools that sort interfaces by them; what AWS writes into those of jobs and endpoints is not known, so these are ours.
"""

from __future__ import annotations

import hashlib
import threading
from typing import Any

from .services import AwsError

_RUNNING = frozenset({"InProgress", "Stopping"})
_SERVING = frozenset(
    {"Creating", "Updating", "SystemUpdating", "RollingBack", "InService", "Deleting", "UpdateRollbackFailed"}
)
_APP = frozenset({"Pending", "InService", "Deleting"})
_NOTEBOOK = frozenset({"Pending", "InService", "Stopping", "Updating"})


def _of_job(engine: Any, record: Any) -> list[dict[str, Any]]:
    return [record.request.get("VpcConfig") or (record.request.get("NetworkConfig") or {}).get("VpcConfig") or {}]


def _of_models(engine: Any, record: Any) -> list[dict[str, Any]]:
    """An endpoint and a transform job are in the VPC of their models."""
    config = record.private.get("config", record.request)
    names = [variant.get("ModelName") for variant in config.get("ProductionVariants") or [record.request]]
    found = [config.get("VpcConfig") or {}]
    for name in filter(None, names):
        try:
            found.append(engine.find("Model", name, record.region).request.get("VpcConfig") or {})
        except AwsError:
            continue  # A model may be deleted while an endpoint serves it.
    return found


def _of_notebook(engine: Any, record: Any) -> list[dict[str, Any]]:
    subnet = record.request.get("SubnetId")
    return [{"Subnets": [subnet], "SecurityGroupIds": record.request.get("SecurityGroupIds") or []}] if subnet else []


def _of_app(engine: Any, record: Any) -> list[dict[str, Any]]:
    """An app is in the domain's VPC if the domain is VpcOnly. Source: API reference, CreateDomain.AppNetworkAccessType."""
    domain = engine.store.get(record.region, "Domain", (record.key[0],))
    if domain is None or domain.request.get("AppNetworkAccessType") != "VpcOnly":
        return []
    groups = (domain.request.get("DefaultUserSettings") or {}).get("SecurityGroups") or []
    # One interface, in one of the subnets.
    return [{"Subnets": domain.request["SubnetIds"][:1], "SecurityGroupIds": groups}]


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def owner_of(record: Any) -> str:
    """The object that an interface is for: one of the same name that is made tomorrow has interfaces of its own."""
    return f"{record.arn}/{record.created}"


def interface_id(record: Any, subnet: str) -> str:
    """The ID of the interface of an object in a subnet."""
    return "eni-" + _digest(f"{owner_of(record)}/{subnet}", 17)


# Kind: the statuses in which it has interfaces, where they are, and how they are described.
_USERS: dict[str, tuple[frozenset[str], Any, str]] = {
    "TrainingJob": (_RUNNING, _of_job, "[DO NOT DELETE] ENI managed by SageMaker for training job {}"),
    "ProcessingJob": (_RUNNING, _of_job, "[DO NOT DELETE] ENI managed by SageMaker for processing job {}"),
    "TransformJob": (_RUNNING, _of_models, "[DO NOT DELETE] ENI managed by SageMaker for transform job {}"),
    "Endpoint": (_SERVING, _of_models, "[DO NOT DELETE] ENI managed by SageMaker for endpoint {}"),
    "NotebookInstance": (
        _NOTEBOOK,
        _of_notebook,
        "[Do not delete] Network Interface created to access resources in your VPC for SageMaker Notebook Instance {}",
    ),
    "App": (_APP, _of_app, "[DO NOT DELETE] ENI managed by SageMaker for Studio Domain({}) - 0123456789abcdef"),
}


class NetworkInterfaces:
    """All of them, kept up with the objects that they are for."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._lock = threading.Lock()
        self.kept: dict[str, dict[str, Any]] = {}
        """Id to `{"owner", "region", "subnet", "groups", "description", "attached", "ended"}`; `ended` is None while its owner runs."""

    def look(self) -> None:
        """Make those that are missing, and let go those whose time is over."""
        now = self._state.clock.now()
        with self._lock:
            owners = set()
            for record in self._state.engine.store.everything():
                statuses, places, description = _USERS.get(record.kind, (frozenset(), None, ""))
                if record._status in statuses:
                    owner = owner_of(record)
                    owners.add(owner)
                    for place in places(self._state.engine, record):
                        self._make(owner, record, place, description)
            for name, held in list(self.kept.items()):
                if held["owner"] in owners:
                    held["ended"] = None
                elif held["ended"] is None:
                    held["ended"] = now
                elif now >= held["ended"] + self._state.linger:
                    del self.kept[name]

    def _make(self, owner: str, record: Any, place: dict[str, Any], description: str) -> None:
        for subnet in place.get("Subnets") or ():
            made = {
                "owner": owner,
                "region": record.region,
                "subnet": subnet,
                "groups": list(place.get("SecurityGroupIds") or ()),
                # What an app is in names a domain.
                "description": description.format(record.key[0]),
                "attached": record.created,
                "ended": None,
            }
            self.kept.setdefault(interface_id(record, subnet), made)

    def in_region(self, region: str) -> dict[str, dict[str, Any]]:
        """What is there by now, in a region."""
        self.look()
        return {name: held for name, held in self.kept.items() if held["region"] == region}

    def is_used(self, held: dict[str, Any]) -> bool:
        """Whether an interface is still attached: it is for half the time that it lingers."""
        return held["ended"] is None or self._state.clock.now() < held["ended"] + self._state.linger / 2
