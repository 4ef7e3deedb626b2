"""The generic life of SageMaker objects: create, describe, list, update, stop, start, delete, tags."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from .. import model
from ..services import AwsError, KindHooks, Services
from ..validate import checker
from . import listing
from .defaults import filled
from .kind import GONE, Kind, Refusal, Step
from .record import Store, StoredRecord

SERVICE = "sagemaker"
Handler = Callable[["Engine", str, dict[str, Any]], dict[str, Any]]

# Documented maximum of tags on one object (API reference, AddTags).
TAG_LIMIT = 50


class Engine:
    """All SageMaker objects of the account, in every region."""

    def __init__(self, clock: Any, account_id: str, kinds: Mapping[str, Kind], operations: Mapping[str, Handler]):
        self.clock = clock
        self.account_id = account_id
        self.kinds = kinds
        self.store = Store()
        self.store.on_gone = self._on_gone
        self.hooks: Mapping[str, KindHooks] = {}
        self.services: Callable[[str], Services | None] = lambda region: None
        self.check_role: Callable[[str, str], None] = lambda arn, region: None
        self.check_permissions: Callable[[str, dict[str, Any], str], None] = lambda kind, request, region: None
        self.check_pipeline: Callable[[Services, dict], None] | None = None
        self.check_selection: Callable[[dict, dict, list[dict] | None], None] | None = None
        self.scaling_targets: Callable[[str, str], list[str]] | None = None
        """(region, endpoint name) to the variants that Application Auto Scaling scales."""
        self.deregister_scaling: Callable[[str, str], None] | None = None
        self.failures: dict[tuple[str, str], str] = {}
        """(kind, name or `*`) to the reason the next creation or update of that object is to fail with."""
        self.served: list[dict[str, Any]] = []
        """What each endpoint served when: `served.note`."""
        self.visibility_delay = 0.0
        """Seconds until CreateEndpoint and UpdateEndpoint see a new endpoint configuration."""
        self.deletion_delay = 2.0
        """Seconds that a monitoring schedule is still found after its deletion."""
        self.file_systems: dict[str, dict[str, str]] = {}
        """EFS file systems that domains made: id to region and domain."""
        self.urls: dict[str, tuple[float, str]] = {}
        """Presigned URLs: until when they can be opened, and what they show."""
        self.quotas: dict[str, float] = {}
        """Quota name to its value, where one was set."""
        self.tokens: dict[tuple[str, str, str], tuple[str, dict]] = {}
        self.checker = checker(SERVICE)
        self.answers = checker(SERVICE, answers=True)
        self._create_lock = threading.RLock()
        self.operations: dict[str, Handler] = dict(_generic(kinds))
        self.operations.update(operations)

    # -- entry ---------------------------------------------------------------------------------------------------

    def handle(self, operation: str, region: str, params: dict[str, Any]) -> dict[str, Any]:
        """Carry out one operation. Raises AwsError."""
        described = model.operation_model(SERVICE, operation)
        if described is None:
            # Source: botocore, errors of awsJson services (code); text ours.
            raise AwsError("UnknownOperationException", f"The service model has no operation {operation}", 404)
        if described.input_shape is not None:
            self.checker.check(described.input_shape, params)
        self.store.settle_due(self.clock.now())
        handler = self.operations.get(operation)
        if handler is None:
            raise AwsError("AwsLocalNotImplemented", f"aws-local does not implement sagemaker:{operation}", 501)
        answer = self._once(operation, region, params, handler)
        if described.output_shape is not None:
            self._check_answer(operation, described.output_shape, answer)
        return answer

    def _once(self, operation: str, region: str, params: dict, handler: Handler) -> dict:
        token = params.get("ClientRequestToken") or params.get("ClientToken")
        if not token:
            return handler(self, region, params)
        # API reference, CreatePipeline: "an idempotent operation completes no more than once" for one token.
        key, sent = (operation, region, token), json.dumps(params, sort_keys=True, default=str)
        seen = self.tokens.get(key)
        if seen is not None and seen[0] == sent and self._still_there(seen[1]):
            return seen[1]
        answer = handler(self, region, params)
        self.tokens[key] = (sent, answer)
        return answer

    def _still_there(self, answer: dict) -> bool:
        """Whether what an earlier call made exists: a token does not outlive its object."""
        arns = [value for name, value in answer.items() if name.endswith("Arn")]
        return all(self.store.find_arn(arn) is not None for arn in arns)

    def _check_answer(self, operation: str, shape: Any, answer: dict) -> None:
        try:
            self.answers.check(shape, answer)
        except AwsError as error:
            raise AwsError(
                "AwsLocalDefect", f"aws-local: the answer of {operation} breaks the service model: {error.message}", 501
            ) from error

    # -- names ---------------------------------------------------------------------------------------------------

    def key_of(self, kind: Kind, params: dict[str, Any]) -> tuple[str, ...]:
        """The store key that a request's members spell."""
        parts = [str(params.get(member, "")) for member in (*kind.scope, kind.key)]
        if kind.split_key:
            parts = parts[-1].split("/")
        return tuple(part.lower() for part in parts) if kind.case_insensitive else tuple(parts)

    def arn(self, region: str, path: str) -> str:
        """The ARN of `path` in this account."""
        return f"arn:aws:sagemaker:{region}:{self.account_id}:{path}"

    def arn_of(self, kind: Kind, region: str, params: dict[str, Any]) -> str:
        """The ARN an object has, or would have."""
        members = {"AppType": "", **{k: v for k, v in params.items() if isinstance(v, str)}}
        members.setdefault(kind.key, "")
        return self.arn(region, kind.arn.format(**members))

    def refuse(self, refusal: Refusal, **members: Any) -> AwsError:
        """The AwsError of a refusal."""
        return AwsError(refusal.code, refusal.text.format(**members), refusal.status)

    def absent(self, kind: Kind, region: str, params: dict[str, Any]) -> AwsError:
        """The error for an object that does not exist."""
        name = params.get(kind.key) or params.get(kind.arn_name) or ""
        arn = name if str(name).startswith("arn:") else self._try_arn(kind, region, params)
        scope = "/".join(str(params.get(member, "")) for member in (*kind.scope, kind.key))
        return self.refuse(kind.not_found, name=name, arn=arn, key=scope)

    def _try_arn(self, kind: Kind, region: str, params: dict[str, Any]) -> str:
        try:
            return self.arn_of(kind, region, params)
        except KeyError:
            return str(params.get(kind.key, ""))

    def locate(self, kind: Kind | str, region: str, params: dict[str, Any]) -> StoredRecord:
        """The object a request names, by its name or its ARN. Raises the kind's not-found error."""
        if isinstance(kind, str):
            kind = self.kinds[kind]
        named = params.get(kind.key) or params.get(kind.arn_name) or ""
        if named.startswith("arn:"):
            record = self.store.find_arn(named)
            if record is not None and record.kind != kind.name:
                record = None
        else:
            record = self.store.get(region, kind.name, self.key_of(kind, params))
        if record is None:
            raise self.absent(kind, region, params)
        return record

    def find(self, kind: str, name: str, region: str) -> StoredRecord:
        """The object of that kind and name, or ARN."""
        return self.locate(kind, region, {self.kinds[kind].key: name})

    # -- life ----------------------------------------------------------------------------------------------------

    def create(
        self,
        kind: Kind,
        region: str,
        request: dict[str, Any],
        key: tuple[str, ...] | None = None,
        arn: str | None = None,
        private: dict[str, Any] | None = None,
    ) -> StoredRecord:
        """Store a new object and set it going."""
        before = kind.special.get("before_create")
        with self._create_lock:
            key = key or self.key_of(kind, request)
            arn = arn or self.arn_of(kind, region, request)
            if kind.duplicate is not None and self.store.get(region, kind.name, key) is not None:
                raise self.refuse(kind.duplicate, name=key[-1], arn=arn, key="/".join(key))
            for member in kind.roles:
                if isinstance(request.get(member), str):
                    self.check_role(request[member], region)
            known = before(self, region, request) if before is not None else None
            self.check_permissions(kind.name, request, region)
            now = self.clock.now()
            stored = {member: value for member, value in request.items() if member != "Tags" and value is not None}
            record = StoredRecord(kind.name, request.get(kind.key, key[-1]), key, arn, region, stored, now)
            record.bind(self)
            # Before anybody can see the record: its transitions may be due at once, and need these.
            record.private.update({**(known or {}), **(private or {})})
            record.tags = self._tags_of(request.get("Tags"), {})
            self.store.add(record)
        record.plan(self._may_fail(kind, record, kind.creating), now)
        created = kind.special.get("created")
        if created is not None:
            created(self, record)
        try:
            self._hook(record, "on_create")
        except AwsError:
            self.store.drop(record)
            raise
        return record

    def _may_fail(self, kind: Kind, record: StoredRecord, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        reason = self.failures.pop((kind.name, record.name), None) or self.failures.pop((kind.name, "*"), None)
        if reason is None or not steps:
            return steps
        record.private["failure"] = reason
        return (*steps[:-1], Step(kind.failed, 0, effect=failed))

    def _hook(self, record: StoredRecord, name: str) -> bool:
        hooks = self.hooks.get(record.kind)
        hook = getattr(hooks, name, None) if hooks else None
        if "failure" in record.private:
            # A failure was asked for: the timers bring it about, whatever would really happen.
            return False
        services = self.services(record.region)
        if hook is None or services is None:
            return False
        taken = bool(hook(services, record))
        if taken:
            self.take_over(record)
        return taken

    @staticmethod
    def take_over(record: StoredRecord) -> None:
        """The runtime drives the record now: nothing stays planned."""
        with record.lock:
            record._due.clear()

    def describe(self, record: StoredRecord, shape: Any = None) -> dict[str, Any]:
        """Sent members, the service's members, name, ARN, status, times; only those of `shape` if one is given."""
        kind = self.kinds[record.kind]
        with record.lock:
            record.settle()
            members: dict[str, Any] = {}
            for member, value in record.request.items():
                members[kind.renames.get(member, member)] = value
            members.update(record._members)
            members[kind.name_member or kind.key] = record.name
            members[kind.arn_name] = record.arn
            if kind.status:
                members[kind.status] = record._status
            members[kind.creation_time] = record.created
            members[kind.modified_time] = record.modified
        members = filled(members, kind.defaults)
        special = kind.special.get("describe")
        if special is not None:
            special(self, record, members)
        if shape is None:
            return {name: value for name, value in members.items() if value is not None}
        names = _member_names(shape)
        return {name: value for name, value in members.items() if name in names and value is not None}

    def update(self, record: StoredRecord, request: dict[str, Any]) -> None:
        """Merge an update request and set the object going."""
        kind = self.kinds[record.kind]
        with record.lock:
            self._allow(kind, record, kind.update_from, kind.update_busy)
            for member in kind.roles:
                if isinstance(request.get(member), str):
                    self.check_role(request[member], record.region)
            before = kind.special.get("before_update")
            if before is not None:
                before(self, record, request)
            skip = {kind.key, kind.arn_name, "Tags", "ClientRequestToken", "ClientToken", *kind.scope}
            merged = dict(record.request)
            merged.update({m: v for m, v in request.items() if m not in skip and v is not None})
            record.request = merged
            record.modified = self.clock.now()
            if kind.updating:
                record.plan(self._may_fail(kind, record, kind.updating), record.modified)
            updated = kind.special.get("updated")
            if updated is not None:
                updated(self, record, request)
        self._hook(record, "on_update")

    def _allow(self, kind: Kind, record: StoredRecord, allowed: frozenset[str] | None, busy: Refusal | None) -> None:
        record.settle()
        if allowed is not None and record._status not in allowed:
            refusal = busy or Refusal(
                "ValidationException",
                "{kind} {arn} is in status {status}.",
                "API reference of the operation (condition); text ours",
            )
            raise self.refuse(
                refusal,
                kind=kind.name,
                name=record.name,
                arn=record.arn,
                status=record._status,
                # `Deleting` is DELETE_IN_PROGRESS where services write it so.
                progress=record._status.removesuffix("ing").upper() + "E_IN_PROGRESS",
                key="/".join(record.key),
            )

    def stop(self, record: StoredRecord) -> None:
        """Begin to stop the object."""
        kind = self.kinds[record.kind]
        with record.lock:
            self._allow(kind, record, kind.stop_from, kind.stop_busy)
            record.plan(kind.stopping, self.clock.now())
        self._hook(record, "on_stop")

    def arrived(self, record: StoredRecord, status: str) -> None:
        """The runtime set a status: let the kind add what follows from it."""
        special = self.kinds[record.kind].special.get("arrived")
        if special is not None:
            special(self, record, status)

    def start(self, record: StoredRecord) -> None:
        """Begin to start a stopped object."""
        kind = self.kinds[record.kind]
        with record.lock:
            self._allow(kind, record, kind.start_from, kind.start_busy)
            record.plan(self._may_fail(kind, record, kind.starting), self.clock.now())
        self._hook(record, "on_start")

    def delete(self, record: StoredRecord) -> None:
        """Begin to delete the object."""
        kind = self.kinds[record.kind]
        with record.lock:
            self._allow(kind, record, kind.delete_from, kind.delete_busy)
            before = kind.special.get("before_delete")
            if before is not None:
                before(self, record)
            slowly = (Step(kind.deleting_slowly, self.deletion_delay),) if kind.deleting_slowly else ()
            record.plan((*kind.deleting, *slowly, Step(GONE)), self.clock.now())

    def _on_gone(self, record: StoredRecord) -> None:
        gone = self.kinds[record.kind].special.get("gone")
        if gone is not None:
            gone(self, record)
        hooks = self.hooks.get(record.kind)
        services = self.services(record.region)
        if hooks is not None and hooks.on_delete is not None and services is not None:
            hooks.on_delete(services, record)

    # -- tags ----------------------------------------------------------------------------------------------------

    @staticmethod
    def _tags_of(given: list[dict[str, str]] | None, have: dict[str, str]) -> dict[str, str]:
        """The tags of an object that has some already. Raises AwsError for those that AWS refuses."""
        keys = [tag["Key"] for tag in given or ()]
        _check_tag_keys(keys)
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            # Source: API reference, AddTags ("Tag keys must be unique per resource"); text ours.
            raise AwsError("ValidationException", f"Duplicate tag keys found: {', '.join(twice)}.")
        tags = {**have, **{tag["Key"]: tag["Value"] for tag in given or ()}}
        if len(tags) > TAG_LIMIT:
            # Source: API reference, AddTags ("maximum of 50 tags"); text ours.
            raise AwsError("ValidationException", f"Too many tags: at most {TAG_LIMIT} tags per resource are allowed.")
        return tags

    def tagged(self, arn: str) -> StoredRecord:
        """The object a tag operation names."""
        record = self.store.find_arn(arn)
        if record is None:
            path = arn.split(":", 5)[-1]
            prefix, _, name = path.partition("/")
            for kind in self.kinds.values():
                if kind.arn.split("/", 1)[0] == prefix:
                    raise self.refuse(kind.no_tags or kind.not_found, name=name, arn=arn, key=name)
            # Source: service model (code); text ours.
            raise AwsError("ResourceNotFound", f"Resource {arn} does not exist.", 400)
        return record


def failed(engine: Engine, record: StoredRecord, at: float) -> None:
    """Effect: the object failed for the reason that was asked for."""
    record.set(FailureReason=record.private.pop("failure", "Internal failure"))


_member_cache: dict[str, frozenset[str]] = {}


def _member_names(shape: Any) -> frozenset[str]:
    found = _member_cache.get(shape.name)
    if found is None:
        found = _member_cache[shape.name] = frozenset(shape.members)
    return found


def _generic(kinds: Mapping[str, Kind]) -> dict[str, Handler]:
    """The handlers of every verb of every kind that the service model has."""
    handlers: dict[str, Handler] = {}
    for kind in kinds.values():
        for verb, make in _VERBS.items():
            operation = kind.operation(verb)
            if operation:
                handlers[operation] = functools.partial(make, kind)
    handlers.update({"AddTags": _add_tags, "ListTags": _list_tags, "DeleteTags": _delete_tags})
    return handlers


def _answer(engine: Engine, operation: str, kind: Kind, record: StoredRecord) -> dict[str, Any]:
    """The answer to a change: the ARN and whatever else the output shape shares with Describe."""
    described = model.operation_model(SERVICE, operation)
    shape = described.output_shape if described else None
    if shape is None:
        return {}
    if kind.wrap and kind.wrap in shape.members:
        return {kind.wrap: engine.describe(record, shape.members[kind.wrap])}
    return engine.describe(record, shape)


def _create(kind: Kind, engine: Engine, region: str, params: dict) -> dict:
    return _answer(engine, kind.operation("Create"), kind, engine.create(kind, region, params))


def _describe(kind: Kind, engine: Engine, region: str, params: dict) -> dict:
    return _answer(engine, kind.operation("Describe"), kind, engine.locate(kind, region, params))


def _update(kind: Kind, engine: Engine, region: str, params: dict) -> dict:
    record = engine.locate(kind, region, params)
    engine.update(record, params)
    return _answer(engine, kind.operation("Update"), kind, record)


def _stop(kind: Kind, engine: Engine, region: str, params: dict) -> dict:
    record = engine.locate(kind, region, params)
    engine.stop(record)
    return _answer(engine, kind.operation("Stop"), kind, record)


def _start(kind: Kind, engine: Engine, region: str, params: dict) -> dict:
    record = engine.locate(kind, region, params)
    engine.start(record)
    return _answer(engine, kind.operation("Start"), kind, record)


def _delete(kind: Kind, engine: Engine, region: str, params: dict) -> dict:
    record = engine.locate(kind, region, params)
    answer = _answer(engine, kind.operation("Delete"), kind, record)
    engine.delete(record)
    return answer


def _list(kind: Kind, engine: Engine, region: str, params: dict) -> dict:
    return listing.answer(engine, kind, region, params)


_VERBS: dict[str, Callable[..., dict]] = {
    "Create": _create,
    "Describe": _describe,
    "Update": _update,
    "Stop": _stop,
    "Start": _start,
    "Delete": _delete,
    "List": _list,
}


def _add_tags(engine: Engine, region: str, params: dict) -> dict:
    record = engine.tagged(params["ResourceArn"])
    with record.lock:
        record.tags = engine._tags_of(params["Tags"], record.tags)
        return {"Tags": _tag_list(record.tags)}


def _check_tag_keys(keys: list[str]) -> None:
    for key in keys:
        if key.lower().startswith("aws:"):
            # Source: github.com/aws/sagemaker-python-sdk issue 1301.
            raise AwsError("ValidationException", f"System prefix 'aws:' reserved for AWS usage in tag key: {key}")


def _tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _list_tags(engine: Engine, region: str, params: dict) -> dict:
    tags = _tag_list(engine.tagged(params["ResourceArn"]).tags)
    page, token = listing.page(tags, params, 50)
    return {"Tags": page, **({"NextToken": token} if token else {})}


def _delete_tags(engine: Engine, region: str, params: dict) -> dict:
    record = engine.tagged(params["ResourceArn"])
    _check_tag_keys(params["TagKeys"])
    with record.lock:
        record.tags = {key: value for key, value in record.tags.items() if key not in params["TagKeys"]}
    return {}
