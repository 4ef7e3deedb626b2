"""Locations in S3, as SageMaker's members name them."""

from __future__ import annotations

import re

_FORMS = (
    re.compile(r"s3://([^/]+)/?(.*)", re.DOTALL),
    re.compile(r"https://s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com/([^/]+)/?(.*)", re.DOTALL),
    re.compile(r"https://([^/]+?)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com/(.*)", re.DOTALL),
)
"""The service model's pattern of locations allows https; S3 user guide, virtual hosting of buckets (path and host style)."""


def split(uri: str) -> tuple[str, str]:
    """Bucket and key of a location. Raises ValueError for what is none."""
    for form in _FORMS:
        if found := form.fullmatch(uri):
            return found[1], found[2]
    raise ValueError(f"{uri} is no location in S3")
