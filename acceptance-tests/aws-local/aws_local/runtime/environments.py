"""Which Python stands for a container image.

There are no containers here: an image URI is matched against patterns, and the first match names the interpreter that
runs the job's script. The default is the interpreter that runs the local AWS itself, into which the extra `demo`
installs scikit-learn, pandas and numpy.
"""

from __future__ import annotations

import fnmatch
import json
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class NoEnvironment(Exception):
    """No pattern matches an image; the message names the image and says how to configure one."""


@dataclass(frozen=True)
class Environment:
    """What an image stands for."""

    python: Path
    """The interpreter that runs scripts."""
    entrypoint: tuple[str, ...] = ()
    """Command of the image when a job names none, run instead of script mode."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Environment variables the image sets."""


DEFAULT = Environment(python=Path(sys.executable))


def load(path: Path) -> dict[str, Any]:
    """Read a TOML or JSON file of `[environments]`: pattern (`*` and `?` as in file names) to interpreter or table.

    A table has `python` and, if needed, `entrypoint` (list) and `variables` (table).
    """
    text = path.read_text()
    data = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    return dict(data.get("environments", data))


def resolve(environments: Mapping[str, Any], image: str) -> Environment:
    """The environment of an image; an exact name wins over patterns, a longer pattern over a shorter one.

    With no configuration at all, every image is the default environment. Raises NoEnvironment when there is
    configuration but none of it matches.
    """
    if not environments:
        return DEFAULT
    if image in environments:
        return _parse(environments[image])
    for pattern in sorted(environments, key=len, reverse=True):
        if fnmatch.fnmatchcase(image, pattern):
            return _parse(environments[pattern])
    raise NoEnvironment(
        f"no Python environment is configured for the image {image}; add a pattern for it (or `*`) to the"
        " environments of aws-local"
    )


def _parse(value: Any) -> Environment:
    if isinstance(value, Environment):
        return value
    if isinstance(value, str | Path):
        return Environment(python=Path(value)) if str(value) else DEFAULT
    return Environment(
        python=Path(value.get("python") or DEFAULT.python),
        entrypoint=tuple(value.get("entrypoint", ())),
        variables={str(name): str(text) for name, text in value.get("variables", {}).items()},
    )
