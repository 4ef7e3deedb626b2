"""Everything that exists, of every service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import model
from .front import scheduler

# Log groups that AWS makes by itself when a job, endpoint or notebook writes its first line.
_IMPLICIT_LOGS = "/aws/sagemaker/"


def inventory(state: Any) -> dict[str, Any]:
    """`{"count": n, "objects": [...]}`; `count` leaves out what AWS makes or keeps by itself (`implicit`)."""
    objects = [
        {
            "service": "sagemaker",
            "kind": record.kind,
            "name": record.name,
            "arn": record.arn,
            "region": record.region,
            "status": record._status,
            **_implicit(_is_kept(state, record)),
        }
        for record in state.engine.store.everything()
    ]
    for name, held in state.engine.file_systems.items():
        # It costs money as long as it exists, and nobody asked for it by name.
        objects.append({"service": "efs", "kind": "FileSystem", "name": name, "region": held["region"]})
    state.interfaces.look()
    for name, held in state.interfaces.kept.items():
        objects.append(
            {"service": "ec2", "kind": "NetworkInterface", "name": name, "region": held["region"], **_implicit(True)}
        )
    for backend in state.moto.existing("scheduler").values():
        scheduler.settle(backend, state.clock.now())
    for service, lister in _LISTERS.items():
        for region, backend in state.moto.existing(service).items():
            for kind, name, more in lister(backend):
                objects.append({"service": service, "kind": kind, "name": name, "region": region, **more})
    return {"count": sum(not each.get("implicit") for each in objects), "objects": objects}


_Found = Iterator[tuple[str, str, dict[str, Any]]]


def _s3(backend: Any) -> _Found:
    for bucket in backend.buckets.values():
        keys = sum(1 for _ in bucket.keys)
        uploads = len(bucket.multiparts)
        yield "Bucket", bucket.name, {"objects": keys, "uploads": uploads}


def _iam(backend: Any) -> _Found:
    for role in backend.roles.values():
        yield "Role", role.name, {"arn": role.arn, **_implicit(role.path.startswith("/aws-service-role/"))}
    for policy in backend.managed_policies.values():
        if ":iam::aws:" not in policy.arn:
            yield "Policy", policy.name, {"arn": policy.arn}
    for kind, members in (
        ("InstanceProfile", backend.instance_profiles),
        ("User", backend.users),
        ("Group", backend.groups),
    ):
        for member in members.values():
            yield kind, member.name, {}


def _is_kept(state: Any, record: Any) -> bool:
    """Whether it is the record of a job that has ended and that AWS has no operation to delete, or that a pipeline or a monitoring
    schedule made.

    Those are no user's: the next executions of a pipeline may take their results from the cache, and of a schedule they are its
    history, which AWS keeps.
    """
    kind = state.engine.kinds[record.kind]
    deletable = model.operation_model("sagemaker", kind.operation("Delete")) is not None
    is_kept = not deletable or record.name.startswith(("pipelines-", "model-monitoring-"))
    # A deleted app is listed for a day.
    return (is_kept and record._status in ("Completed", "Failed", "Stopped")) or record._status == "Deleted"


def _implicit(is_so: bool) -> dict[str, bool]:
    return {"implicit": True} if is_so else {}


def _cloudwatch(backend: Any) -> _Found:
    for name in backend.__dict__.get("aws_local_alarms", ()):
        yield "Alarm", name, {}
    for name in backend.dashboards:
        yield "Dashboard", name, {}
    for detector in backend.__dict__.get("aws_local_anomaly_detectors", {}).values():
        yield "AnomalyDetector", detector["AnomalyDetectorId"], {}


def _logs(backend: Any) -> _Found:
    for name, group in backend.groups.items():
        streams = len(group.streams)
        # Nobody asked for the group, and without a stream it costs nothing; with one it does.
        yield "LogGroup", name, {"streams": streams, **_implicit(name.startswith(_IMPLICIT_LOGS) and not streams)}


def _events(backend: Any) -> _Found:
    for bus in backend.event_buses.values():
        if bus.name != "default":
            yield "EventBus", bus.name, {}
        for rule in bus.rules.values():
            yield "Rule", rule.name, {"bus": bus.name}


def _scheduler(backend: Any) -> _Found:
    for group in backend.schedule_groups.values():
        if group.name != "default":
            yield "ScheduleGroup", group.name, {}
        for schedule in group.schedules.values():
            yield "Schedule", schedule.name, {"group": group.name}


def _sns(backend: Any) -> _Found:
    for topic in backend.topics.values():
        yield "Topic", topic.name, {"arn": topic.arn}
    for arn in backend.subscriptions:
        yield "Subscription", arn, {"arn": arn}


def _ecr(backend: Any) -> _Found:
    for name in backend.repositories:
        yield "Repository", name, {}


def _kms(backend: Any) -> _Found:
    for key in backend.keys.values():
        managed = getattr(key, "key_manager", "CUSTOMER") == "AWS" or key.description == "Default key"
        # A key can only be scheduled for deletion; from then on it costs nothing.
        yield "Key", key.id, {"state": key.key_state, **_implicit(managed or key.key_state == "PendingDeletion")}
        for alias in getattr(key, "aliases", ()):
            if not alias.startswith("alias/aws/"):
                yield "Alias", alias, {}


def _scaling(backend: Any) -> _Found:
    for dimension, targets in backend.targets.items():
        for name in targets:
            yield "ScalableTarget", name, {"dimension": dimension}
    for policy in backend.policies.values():
        yield "ScalingPolicy", policy.policy_name, {"resource": policy.resource_id}
    for action in backend.scheduled_actions:
        yield "ScheduledAction", action.scheduled_action_name, {"resource": action.resource_id}


def _budgets(backend: Any) -> _Found:
    for budgets in backend.budgets.values():
        for name in budgets:
            yield "Budget", name, {}


_LISTERS = {
    "s3": _s3,
    "iam": _iam,
    "cloudwatch": _cloudwatch,
    "logs": _logs,
    "events": _events,
    "scheduler": _scheduler,
    "sns": _sns,
    "ecr": _ecr,
    "kms": _kms,
    "applicationautoscaling": _scaling,
    "budgets": _budgets,
}
