"""What Describe adds to what was sent: a path in the description, and the value there when the request has none.

A path is members joined by dots. `A.B` makes A where it is absent, `A?.B` does nothing there, `A[].B` means every element of the
list A. A value is a constant, or a function of the object that holds the member; its None adds nothing.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from typing import Any


def filled(members: dict[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The members with all defaults; what is nested is copied, because it belongs to the request."""
    for path, default in defaults.items():
        members = _filled(members, _parts(path), default)
    return members


@functools.cache
def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _filled(holder: dict[str, Any], path: tuple[str, ...], default: Any) -> dict[str, Any]:
    part, rest = path[0], path[1:]
    name = part.rstrip("[]?")
    inner = holder.get(name)
    if not rest:
        if inner is not None:
            return holder
        value = default(holder) if callable(default) else copy.deepcopy(default)
        return holder if value is None else {**holder, name: value}
    if part.endswith("[]"):
        return {**holder, name: [_filled(each, rest, default) for each in inner]} if inner else holder
    if inner is None and part.endswith("?"):
        return holder
    return {**holder, name: _filled(inner or {}, rest, default)}


def below(prefix: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The same defaults of an object that lies below a path."""
    return {f"{prefix}.{path}": value for path, value in defaults.items()}
