"""The table of kinds, and the operations that are not a verb of one kind."""

from __future__ import annotations

from .. import search
from ..kind import Kind
from . import (
    automl,
    components,
    images,
    jobs,
    monitoring,
    notebooks,
    pipelines,
    registry,
    serving,
    studio,
    tuning,
    workforce,
)

MODULES = (
    jobs,
    tuning,
    automl,
    workforce,
    serving,
    components,
    registry,
    pipelines,
    monitoring,
    notebooks,
    images,
    studio,
)

KINDS: dict[str, Kind] = {kind.name: kind for module in MODULES for kind in module.KINDS}
OPERATIONS = {name: handler for module in MODULES for name, handler in getattr(module, "OPERATIONS", {}).items()}
OPERATIONS.update(search.OPERATIONS)
