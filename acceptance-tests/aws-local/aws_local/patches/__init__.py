"""Where moto 5.2.5 is not like AWS. Every patched point is verified first; drift stops the start."""

from __future__ import annotations

from typing import Any

MOTO = "5.2.5"


class Drift(RuntimeError):
    """The installed moto is not the one the patches were written against."""


def wrap(owner: Any, name: str, make: Any) -> None:
    """Replace `owner.name` by `make(original)`. Raises Drift when there is no such attribute."""
    original = owner.__dict__.get(name)
    if original is None:
        raise Drift(f"moto has no {owner.__name__}.{name}: the patches are written against moto {MOTO}")
    setattr(owner, name, make(original))


def apply(state: Any) -> None:
    """Apply every patch, once per process."""
    import moto

    if moto.__version__ != MOTO:
        raise Drift(f"moto {moto.__version__} is installed, the patches are written against {MOTO}")
    from . import (
        access,
        budgets,
        clock,
        cloudwatch,
        iam,
        s3_listing,
        s3_logging,
        s3_roots,
        s3_text,
        scaling,
        scheduler,
        sts,
    )

    access.apply(state)
    budgets.apply(state)
    clock.apply(state)
    cloudwatch.apply(state)
    iam.apply(state)
    s3_listing.apply(state)
    s3_logging.apply(state)
    s3_roots.apply(state)
    s3_text.apply(state)
    scaling.apply(state)
    scheduler.apply(state)
    sts.apply(state)
