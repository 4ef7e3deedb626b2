"""A stored object and the store of all objects."""

from __future__ import annotations

import copy
import heapq
import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any

from .kind import GONE, Step


class StoredRecord:
    """One object: what was sent, what the service adds, its tags, its status and the transitions still due."""

    def __init__(self, kind: str, name: str, key: tuple[str, ...], arn: str, region: str, request: dict, now: float):
        self.kind = kind
        self.name = name
        self.key = key
        self.arn = arn
        self.region = region
        self.request: dict[str, Any] = request
        self.private: dict[str, Any] = {}
        self.tags: dict[str, str] = {}
        self.created = now
        self.modified = now
        self.gone = False
        self._members: dict[str, Any] = {}
        self._status = ""
        self._due: list[tuple[float, Step]] = []
        self.lock = threading.RLock()
        self.bind(None)

    def bind(self, engine: Any) -> None:
        """Attach the engine, whose clock drives the transitions."""
        self._engine = engine

    def __getstate__(self) -> dict[str, Any]:
        with self.lock:
            state = copy.copy(self.__dict__)
        del state["lock"], state["_engine"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.lock = threading.RLock()
        self._engine = None

    @property
    def status(self) -> str:
        """The present status, after due transitions."""
        self.settle()
        return self._status

    @property
    def output(self) -> dict[str, Any]:
        """A copy of the members the service added."""
        self.settle()
        with self.lock:
            return dict(self._members)

    def update(self, status: str | None = None, /, **members: Any) -> None:
        """Set the status (ending planned transitions) and output members; None removes a member."""
        with self.lock:
            if self.gone:
                return
            # Whoever sees the status without the lock finds what belongs to it.
            self.set(**members)
            if status is not None:
                self._due.clear()
                self._status = status
            self.modified = self._engine.clock.now() if self._engine else self.modified
            if status is not None and self._engine:
                self._engine.arrived(self, status)

    def set(self, **members: Any) -> None:
        """Set output members without touching status or modification time."""
        with self.lock:
            for name, value in members.items():
                if value is None:
                    self._members.pop(name, None)
                else:
                    self._members[name] = value

    def get(self, member: str) -> Any:
        """An output member, or None."""
        return self._members.get(member)

    def plan(self, steps: tuple[Step, ...], now: float) -> None:
        """Replace what was planned: the first step holds from `now` on."""
        with self.lock:
            self._due.clear()
            at = now
            for step in steps:
                self._due.append((at, step))
                at += step.seconds
        if self._engine is not None:
            self._engine.store.expect(self)
        self.settle()

    def settle(self) -> None:
        """Carry out every transition that is due."""
        if not self._due:
            return
        engine = self._engine
        now = engine.clock.now()
        with self.lock:
            while self._due and self._due[0][0] <= now:
                at, step = self._due.pop(0)
                if step.status == GONE:
                    self.gone = True
                    self._due.clear()
                else:
                    self._status = step.status
                self.modified = at
                if step.effect is not None:
                    step.effect(engine, self, at)
        if self.gone:
            engine.store.drop(self)


class Store:
    """All records, by region, kind and key."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], dict[tuple[str, ...], StoredRecord]] = {}
        self.by_arn: dict[str, StoredRecord] = {}
        self.counters: dict[str, int] = {}
        self.lock = threading.RLock()
        self.on_gone: Callable[[StoredRecord], None] = lambda record: None
        self._expected: list[tuple[float, int, StoredRecord]] = []
        self._order = itertools.count()

    def expect(self, record: StoredRecord) -> None:
        """Remember when transitions of a record are due, so that they happen even if nobody looks at it."""
        with self.lock:
            for at, _ in record._due:
                heapq.heappush(self._expected, (at, next(self._order), record))

    def settle_due(self, now: float) -> None:
        """Carry out every transition of every record that is due."""
        while self._expected and self._expected[0][0] <= now:
            with self.lock:
                if not self._expected or self._expected[0][0] > now:
                    return
                record = heapq.heappop(self._expected)[2]
            record.settle()

    def table(self, region: str, kind: str) -> dict[tuple[str, ...], StoredRecord]:
        """The records of a kind in a region."""
        return self.records.setdefault((region, kind), {})

    def add(self, record: StoredRecord) -> None:
        """Store a record."""
        with self.lock:
            self.table(record.region, record.kind)[record.key] = record
            self.by_arn[record.arn] = record
        self.expect(record)

    def drop(self, record: StoredRecord) -> None:
        """Forget a record that is gone."""
        with self.lock:
            table = self.table(record.region, record.kind)
            if table.get(record.key) is record:
                del table[record.key]
                if self.by_arn.get(record.arn) is record:
                    del self.by_arn[record.arn]
                self.on_gone(record)

    def get(self, region: str, kind: str, key: tuple[str, ...]) -> StoredRecord | None:
        """The record, unless it is absent or gone by now."""
        record = self.table(region, kind).get(key)
        if record is None:
            return None
        record.settle()
        return None if record.gone else record

    def find_arn(self, arn: str) -> StoredRecord | None:
        """The record with that ARN, unless it is absent or gone by now."""
        record = self.by_arn.get(arn)
        if record is None:
            return None
        record.settle()
        return None if record.gone else record

    def all(self, region: str, kind: str) -> list[StoredRecord]:
        """Every record of a kind in a region, in order of creation."""
        with self.lock:
            found = list(self.table(region, kind).values())
        return [record for record in found if (record.settle(), not record.gone)[1]]

    def everything(self) -> Iterator[StoredRecord]:
        """Every record."""
        with self.lock:
            found = [record for table in self.records.values() for record in table.values()]
        for record in found:
            record.settle()
            if not record.gone:
                yield record

    def next(self, counter: str) -> int:
        """Count up from 1."""
        with self.lock:
            self.counters[counter] = self.counters.get(counter, 0) + 1
            return self.counters[counter]
