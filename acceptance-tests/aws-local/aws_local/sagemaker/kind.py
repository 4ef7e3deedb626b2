"""One kind of SageMaker object, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

GONE = "<gone>"
"""The pseudo status at the end of a deletion."""


@dataclass(frozen=True)
class Step:
    """One station of a status flow: `status` holds for `seconds`, then the next station follows.

    `effect(engine, record, at)` runs when the station is reached; it must be a function of a module.
    """

    status: str
    seconds: float = 0.0
    effect: Callable[[Any, Any, float], None] | None = None


@dataclass(frozen=True)
class Refusal:
    """An error as data. The text may use {name}, {arn}, {status}, {progress}, {key}; `source` says where the text is from."""

    code: str
    text: str
    source: str
    status: int = 400


@dataclass(frozen=True)
class Kind:
    """A table row. Operation names default to Verb + name, and a verb that the service model lacks does not exist."""

    name: str
    key: str
    """The request member that names the object."""
    arn: str
    """ARN path with {Member} placeholders of the create request, for instance `model/{ModelName}`."""
    source: str
    """Where states and error texts of the row come from."""
    not_found: Refusal
    duplicate: Refusal | None
    status: str | None = None
    """The describe member that holds the status."""
    failed: str = "Failed"
    """The status of a creation or update that failed on request."""
    creating: tuple[Step, ...] = ()
    updating: tuple[Step, ...] = ()
    stopping: tuple[Step, ...] = ()
    starting: tuple[Step, ...] = ()
    deleting: tuple[Step, ...] = ()
    """Stations before the object is gone; empty: gone at once."""
    deleting_slowly: str = ""
    """The status for the deletion delay that the engine is set to, before the object is gone."""
    update_from: frozenset[str] | None = None
    """Statuses in which Update is allowed; None: all."""
    stop_from: frozenset[str] | None = None
    start_from: frozenset[str] | None = None
    delete_from: frozenset[str] | None = None
    update_busy: Refusal | None = None
    stop_busy: Refusal | None = None
    start_busy: Refusal | None = None
    delete_busy: Refusal | None = None
    no_tags: Refusal | None = None
    """What tag operations answer for an ARN without an object; None: `not_found`."""
    scope: tuple[str, ...] = ()
    """Further request members that identify the object, before the key (`DomainId` of a user profile)."""
    arn_member: str = ""
    """The output member that holds the ARN; default: name + `Arn`."""
    name_member: str = ""
    """The describe member that holds the name, when it is not `key`."""
    wrap: str = ""
    """Describe answers one structure of this name (`Workteam`)."""
    renames: dict[str, str] = field(default_factory=dict)
    """Create/update request member to describe member, where AWS names them differently."""
    item_renames: dict[str, str] = field(default_factory=dict)
    """List item member to describe member."""
    defaults: dict[str, Any] = field(default_factory=dict)
    """What AWS fills in when the request does not have it: paths to values, see `defaults.py`."""
    case_insensitive: bool = False
    """Names that differ only in case collide."""
    split_key: bool = False
    """A name may be `name/version`."""
    list_by: str = "CreationTime"
    """SortBy of the list when it is not given. `test_lists.py` compares both with the API reference."""
    list_order: str = "Descending"
    """SortOrder of the list when it is not given."""
    page: int = 10
    """Page size when MaxResults is not given."""
    creation_time: str = "CreationTime"
    modified_time: str = "LastModifiedTime"
    roles: tuple[str, ...] = ("RoleArn", "ExecutionRoleArn")
    """Request members that name a role SageMaker must be able to assume."""
    special: dict[str, Callable[..., Any]] = field(default_factory=dict)
    """Code where data does not do: `before_create(engine, region, request)`, which may answer private data, `created(engine, record)`,
    `before_update(engine, record, request)`, `updated(engine, record, request)`, `before_delete(engine, record)`,
    `gone(engine, record)`, `describe(engine, record, members)`, `item(engine, record, members)` of a list."""
    verbs: dict[str, str] = field(default_factory=dict)
    """Verb to operation name where it is not Verb + name; an empty string: no such operation."""

    def operation(self, verb: str) -> str:
        """The operation of `verb` (Create, Describe, Update, Delete, Stop, Start, List)."""
        default = f"List{self.name}s" if verb == "List" else f"{verb}{self.name}"
        return self.verbs.get(verb, default)

    @property
    def arn_name(self) -> str:
        """The output member that holds the ARN."""
        return self.arn_member or f"{self.name}Arn"
