"""S3: bodies and their checksums, bucket names, bucket policies, a bucket name's rest after deletion."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import re
import struct
import zlib
from typing import Any

from .. import bucket_policies, wire
from ..services import AwsError
from . import s3_config
from .crc import crc32c, crc64nvme

SERVICE = "s3"

# Source: hashicorp/terraform-provider-aws issue 33478: re-creating a bucket gives OperationAborted for a while; here for versioned ones only.
REST_OF_A_NAME = 2.0

# What moto has. Anything else it takes for a listing or an object, so it is refused here.
SERVED = frozenset(
    """
    AbortMultipartUpload CompleteMultipartUpload CopyObject CreateBucket CreateMultipartUpload DeleteBucket DeleteBucketCors
    DeleteBucketEncryption DeleteBucketLifecycle DeleteBucketOwnershipControls DeleteBucketPolicy DeleteBucketReplication
    DeleteBucketTagging DeleteBucketWebsite DeleteObject DeleteObjectTagging DeleteObjects DeletePublicAccessBlock
    GetBucketAccelerateConfiguration GetBucketAcl GetBucketCors GetBucketEncryption GetBucketInventoryConfiguration
    GetBucketLifecycleConfiguration GetBucketLocation GetBucketLogging GetBucketNotificationConfiguration
    GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketReplication GetBucketRequestPayment
    GetBucketTagging GetBucketVersioning GetBucketWebsite GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold
    GetObjectLockConfiguration GetObjectTagging GetPublicAccessBlock HeadBucket HeadObject ListBucketInventoryConfigurations
    ListBuckets ListMultipartUploads ListObjectVersions ListObjects ListObjectsV2 ListParts PutBucketAccelerateConfiguration
    PutBucketAcl PutBucketCors PutBucketEncryption PutBucketInventoryConfiguration PutBucketLifecycleConfiguration
    PutBucketLogging PutBucketNotificationConfiguration PutBucketOwnershipControls PutBucketPolicy PutBucketReplication
    PutBucketTagging PutBucketVersioning PutBucketWebsite PutObject PutObjectAcl PutObjectLegalHold
    PutObjectLockConfiguration PutObjectRetention PutObjectTagging PutPublicAccessBlock RestoreObject UploadPart
    UploadPartCopy
    """.split()
)

_DIGESTS = {
    "crc32": lambda body: struct.pack(">I", zlib.crc32(body)),
    "crc32c": lambda body: struct.pack(">I", crc32c(body)),
    "crc64nvme": lambda body: struct.pack(">Q", crc64nvme(body)),
    "sha1": lambda body: hashlib.sha1(body).digest(),
    "sha256": lambda body: hashlib.sha256(body).digest(),
}


def take_body(environ: dict[str, Any]) -> None:
    """Replace an aws-chunked body by the plain one, its trailers by headers, and check every digest the client sent.

    Source: Amazon S3 user guide, "Checking object integrity" and "Signature calculations: chunked upload".
    """
    if "aws-chunked" in environ.get("HTTP_CONTENT_ENCODING", "") or environ.get(
        "HTTP_X_AMZ_CONTENT_SHA256", ""
    ).startswith("STREAMING-"):
        body, trailers = unchunk(wire.body(environ))
        declared = environ.get("HTTP_X_AMZ_DECODED_CONTENT_LENGTH")
        if declared is not None and int(declared) != len(body):
            # Source: Amazon S3 API reference, List of error codes.
            raise AwsError(
                "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header"
            )
        for name, value in trailers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        _plain_body(environ, body)
    _check_digests(environ)


def unchunk(raw: bytes) -> tuple[bytes, dict[str, str]]:
    """The content and the trailers of an aws-chunked body, signed or not."""
    parts, position = [], 0
    while True:
        end = raw.find(b"\r\n", position)
        if end < 0:
            # Source: Amazon S3 API reference, List of error codes (code); text ours.
            raise AwsError("IncompleteBody", "The chunked body ends before its last chunk")
        try:
            size = int(raw[position:end].split(b";")[0], 16)
        except ValueError as error:
            # Source: Amazon S3 API reference, List of error codes (code); text ours.
            raise AwsError("InvalidRequest", "The body is not aws-chunked") from error
        position = end + 2
        if size == 0:
            break
        if position + size > len(raw):
            # Source: Amazon S3 API reference, List of error codes (code); text ours.
            raise AwsError("IncompleteBody", "The chunked body ends within a chunk")
        parts.append(raw[position : position + size])
        position += size + 2
    trailers = {}
    for line in raw[position:].split(b"\r\n"):
        name, found, value = line.partition(b":")
        if found:
            trailers[name.decode().strip().lower()] = value.decode().strip()
    return b"".join(parts), trailers


def _plain_body(environ: dict[str, Any], body: bytes) -> None:
    import io

    environ["aws_local.body"] = body
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    for name in ("HTTP_X_AMZ_DECODED_CONTENT_LENGTH", "HTTP_X_AMZ_TRAILER", "HTTP_TRANSFER_ENCODING"):
        environ.pop(name, None)
    environ["HTTP_X_AMZ_CONTENT_SHA256"] = "UNSIGNED-PAYLOAD"
    kept = [
        each.strip() for each in environ.get("HTTP_CONTENT_ENCODING", "").split(",") if each.strip() != "aws-chunked"
    ]
    if kept and kept != [""]:
        environ["HTTP_CONTENT_ENCODING"] = ",".join(kept)
    else:
        environ.pop("HTTP_CONTENT_ENCODING", None)


def _check_digests(environ: dict[str, Any]) -> None:
    if environ["REQUEST_METHOD"] not in ("PUT", "POST"):
        return
    md5 = environ.get("HTTP_CONTENT_MD5")
    if md5 is not None and base64.b64encode(hashlib.md5(wire.body(environ)).digest()).decode() != md5:
        # Source: Amazon S3 API reference, List of error codes.
        raise AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.")
    if "uploadId" in environ.get("QUERY_STRING", "") and environ["REQUEST_METHOD"] == "POST":
        return  # CompleteMultipartUpload: the checksum is the object's, not the request's.
    for name, digest in _DIGESTS.items():
        sent = environ.get(f"HTTP_X_AMZ_CHECKSUM_{name.upper()}")
        if sent is None:
            continue
        if base64.b64encode(digest(wire.body(environ))).decode() != sent:
            # Source: Amazon S3 API reference, List of error codes (code); text ours.
            raise AwsError("BadDigest", f"The {name.upper()} you specified did not match the calculated checksum.")
        # moto keeps and answers a checksum only when this header names its algorithm.
        environ.setdefault("HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM", name.upper())


_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def create_bucket(state: Any, call: Any, environ: dict) -> None:
    """CreateBucket: the name's rules (Amazon S3 user guide, bucket naming rules) and the rest after a deletion."""
    name = call.params["Bucket"]
    bad = (
        not _NAME.fullmatch(name)
        or ".." in name
        or name.startswith(("xn--", "sthree-"))
        or name.endswith(("-s3alias", "--ol-s3"))
    )
    try:
        ipaddress.IPv4Address(name)
        bad = True
    except ValueError:
        pass
    if bad:
        # Source: Amazon S3 API reference, List of error codes.
        raise AwsError("InvalidBucketName", "The specified bucket is not valid.", BucketName=name)
    until = state.deleted_buckets.get(name)
    if until is not None and state.clock.now() < until:
        # Source: github.com/hashicorp/terraform-provider-aws issue 33478.
        raise AwsError(
            "OperationAborted",
            "A conflicting conditional operation is currently in progress against this resource. Please try again.",
            409,
        )


def delete_bucket(state: Any, call: Any, environ: dict) -> None:
    """DeleteBucket: remember whether it was versioned."""
    bucket = _bucket(state, call)
    environ["aws_local.versioned"] = bool(bucket is not None and bucket.versioning_status)


def deleted_bucket(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """The tags go, too, and the name of a versioned bucket rests for a while."""
    backend = state.moto.backend("s3", "aws")
    backend.tagger.delete_all_tags_for_resource(f"arn:aws:s3:::{call.params['Bucket']}")
    if environ.get("aws_local.versioned"):
        state.deleted_buckets[call.params["Bucket"]] = state.clock.now() + REST_OF_A_NAME


def _bucket(state: Any, call: Any) -> Any:
    return state.moto.bucket(call.params.get("Bucket", ""))


def put_policy(state: Any, call: Any, environ: dict) -> None:
    """PutBucketPolicy: what Amazon S3 refuses as MalformedPolicy."""
    raw = wire.body(environ)
    bucket = call.params["Bucket"]
    try:
        document = json.loads(raw)
    except ValueError as error:
        raise _malformed("This policy contains invalid Json") from error
    if not isinstance(document, dict):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    if not document.get("Statement"):
        raise _malformed("Missing required field Statement")
    statements = document["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        for one, other in (
            ("Effect", ""),
            ("Principal", "NotPrincipal"),
            ("Action", "NotAction"),
            ("Resource", "NotResource"),
        ):
            if one not in statement and other not in statement:
                raise _malformed(f"Missing required field {one}")
        if statement["Effect"] not in ("Allow", "Deny"):
            raise _malformed(f"Invalid effect: {statement['Effect']}")
        resources = statement.get("Resource", statement.get("NotResource"))
        for resource in [resources] if isinstance(resources, str) else resources:
            named = re.fullmatch(r"arn:aws:s3:::([^/]+)(/.*)?", resource)
            if named is None or (named[1] != bucket and named[1].strip("*?") == named[1]):
                raise _malformed("Policy has invalid resource")
        actions = statement.get("Action", statement.get("NotAction"))
        for action in [actions] if isinstance(actions, str) else actions:
            if not action.startswith("s3:") and action != "*":
                raise _malformed("Policy has invalid action")
    if bucket_policies.strangers(state.moto, document):
        # Source: github.com/hashicorp/terraform pull 4315.
        raise AwsError("MalformedPolicy", "Invalid principal in policy")
    if bucket_policies.is_public(document) and s3_config.public_access(_bucket(state, call))["BlockPublicPolicy"]:
        # Source: github.com/torchbox/buckup pull 18.
        raise AwsError("AccessDenied", "Access Denied", 403)


def _malformed(text: str) -> AwsError:
    """Source: Amazon S3 user guide, policies and permissions (conditions); text ours."""
    return AwsError("MalformedPolicy", text)


def encrypted(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """Every object is encrypted: with what the request or the bucket says, else AES256 (Amazon S3 user guide, since 2023)."""
    names = {name.lower() for name, _ in reply.headers}
    if "x-amz-server-side-encryption" in names or reply.status >= 300:
        return
    bucket = _bucket(state, call)
    rule = s3_config.default_encryption(bucket) if bucket is not None else {"SSEAlgorithm": "AES256"}
    reply.headers.append(("x-amz-server-side-encryption", rule["SSEAlgorithm"]))
    if rule.get("KMSMasterKeyID"):
        reply.headers.append(("x-amz-server-side-encryption-aws-kms-key-id", rule["KMSMasterKeyID"]))


def completed(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """CompleteMultipartUpload: the composite checksum of the parts' checksums (user guide, composite checksums)."""
    encrypted(state, call, environ, reply)
    parts = (call.params.get("MultipartUpload") or {}).get("Parts") or []
    for name in ("CRC32", "CRC32C", "SHA1", "SHA256"):
        member = f"Checksum{name}"
        if not parts or not all(part.get(member) for part in parts):
            continue
        whole = b"".join(base64.b64decode(part[member]) for part in parts)
        value = f"{base64.b64encode(_DIGESTS[name.lower()](whole)).decode()}-{len(parts)}"
        bucket = _bucket(state, call)
        key = bucket.keys.get(call.params["Key"]) if bucket is not None else None
        if key is not None:
            key.checksum_algorithm, key.checksum_value = name, value
        text = f"<{member}>{value}</{member}><ChecksumType>COMPOSITE</ChecksumType></CompleteMultipartUploadResult>"
        if f"<{member}>".encode() not in reply.body:
            reply.body = reply.body.replace(b"</CompleteMultipartUploadResult>", text.encode())
            reply.headers = [(k, v) for k, v in reply.headers if k.lower() != "content-length"]
            reply.headers.append(("Content-Length", str(len(reply.body))))


INSTEAD = {"CreateBucket": create_bucket, "DeleteBucket": delete_bucket, "PutBucketPolicy": put_policy}
AFTER = {
    "DeleteBucket": deleted_bucket,
    "PutObject": encrypted,
    "CopyObject": encrypted,
    "GetObject": encrypted,
    "HeadObject": encrypted,
    "CreateMultipartUpload": encrypted,
    "CompleteMultipartUpload": completed,
    "UploadPart": encrypted,
}
