"""S3: listing a bucket while objects of it are deleted. moto trips over a key that goes while it looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import wrap


def _now(keys: Any) -> list[tuple[str, list[Any]]]:
    return [(key, list(versions)) for key, versions in dict(keys).items() if versions]


def _lists(keys: Any) -> Iterator[tuple[str, list[Any]]]:
    yield from _now(keys)


def _items(keys: Any) -> Iterator[tuple[str, Any]]:
    for key, versions in _now(keys):
        yield key, versions[-1]


def _values(keys: Any) -> Iterator[Any]:
    for _, versions in _now(keys):
        yield versions[-1]


def apply(state: Any) -> None:
    """Patch moto's walks over the keys of a bucket, under each name that they have."""
    from moto.s3.utils import _VersionedKeyStore

    for names, walk in (
        (("lists", "iterlists"), _lists),
        (("items", "iteritems"), _items),
        (("values", "itervalues"), _values),
    ):
        for name in names:
            wrap(_VersionedKeyStore, name, lambda _, walk=walk: walk)
