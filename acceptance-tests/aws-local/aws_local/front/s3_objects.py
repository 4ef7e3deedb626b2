"""S3: what is refused of the metadata and tags of an object that is stored, and copies on condition."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ..services import AwsError

SERVICE = "s3"

# Source: Amazon S3 user guide, working with object metadata.
METADATA_LIMIT = 2048
# Source: Amazon S3 user guide, categorizing your objects using tags.
TAGS_LIMIT = 10
META = "HTTP_X_AMZ_META_"


def stored(state: Any, call: Any, environ: dict) -> None:
    """PutObject, CreateMultipartUpload and CopyObject, before moto stores anything."""
    metadata = {name.removeprefix(META): value for name, value in environ.items() if name.startswith(META)}
    if sum(len(name) + len(value) for name, value in metadata.items()) > METADATA_LIMIT:
        # Source: Amazon S3 API reference, List of error codes.
        raise AwsError("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
    tags = parse_qsl(call.params.get("Tagging") or "", keep_blank_values=True)
    if len(dict(tags)) < len(tags):
        # Source: github.com/minio/minio issue 9832, which quotes AWS.
        raise AwsError(
            "InvalidArgument",
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name"
            " duplicates.",
        )
    if len(tags) > TAGS_LIMIT:
        # Source: Amazon S3 user guide, categorizing your objects using tags; text ours.
        raise AwsError("BadRequest", "Object tags cannot be greater than 10")


def copied(state: Any, call: Any, environ: dict) -> None:
    """CopyObject: as for others, and only while the source is what the client takes it for (x-amz-copy-source-if-match)."""
    stored(state, call, environ)
    wanted = call.params.get("CopySourceIfMatch")
    if wanted is None:
        return
    bucket, _, key = unquote(urlsplit(call.params["CopySource"]).path).lstrip("/").partition("/")
    there = state.moto.bucket(bucket)
    source = there.keys.get(key) if there is not None else None
    if source is not None and source.etag.strip('"') != wanted.strip('"'):
        # Source: Amazon S3 API reference, CopyObject and List of error codes.
        raise AwsError(
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
            412,
            Condition="x-amz-copy-source-If-Match",
        )


INSTEAD = {"PutObject": stored, "CreateMultipartUpload": stored, "CopyObject": copied}
