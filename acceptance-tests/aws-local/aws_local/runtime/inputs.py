"""Bringing S3 data into a job's folders and its results back."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_local import uris
from aws_local.services import AwsError, Services

from .script_mode import InputError


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key of a location in S3. Raises InputError."""
    try:
        return uris.split(uri)
    except ValueError as error:
        raise InputError(str(error)) from error


def list_keys(services: Services, uri: str) -> list[str]:
    """Keys of all objects whose key begins with the URI's key, folder markers left out. Raises AwsError."""
    bucket, prefix = split_uri(uri)
    keys: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = services.call("s3", "ListObjectsV2", {"Bucket": bucket, "Prefix": prefix, **token})
        keys += [item["Key"] for item in page.get("Contents", []) if not item["Key"].endswith("/")]
        if not page.get("IsTruncated"):
            return keys
        token = {"ContinuationToken": page["NextContinuationToken"]}


def relative_name(key: str, prefix: str) -> str:
    """Where an object of a prefix goes below the channel's folder: what follows the prefix, or its own file name."""
    rest = key.removeprefix(prefix)
    # `data/train` also matches `data/train.csv`: a prefix that ends inside a name keeps the whole name.
    if prefix and not prefix.endswith("/") and not rest.startswith("/"):
        return key.rsplit("/", 1)[-1] if "/" not in rest else key[prefix.rfind("/") + 1 :]
    return rest.lstrip("/")


def place(folder: Path, name: str) -> Path:
    """The file a relative name stands for, its folder made. Raises InputError for a name that leads elsewhere."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"the name {name} leads out of the job's folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def download_prefix(services: Services, uri: str, folder: Path) -> int:
    """Download all objects under a prefix; returns how many. Raises InputError when the bucket cannot be read."""
    bucket, prefix = split_uri(uri)
    try:
        keys = list_keys(services, uri)
        for key in keys:
            services.s3_download_object(f"s3://{bucket}/{key}", place(folder, relative_name(key, prefix)))
    except AwsError as error:
        raise InputError(f"Data download failed: {uri}: {error.code}: {error.message}") from error
    return len(keys)


def manifest_objects(services: Services, uri: str) -> list[tuple[str, str]]:
    """The objects of a manifest file as (URI, path below the channel's folder).

    Source: service model, S3DataSource$S3Uri: a list that begins with `{"prefix": "s3://..."}`, then relative names.
    """
    try:
        entries = json.loads(services.s3_get(uri))
    except AwsError as error:
        raise InputError(f"Data download failed: {uri}: {error.code}: {error.message}") from error
    except ValueError as error:
        raise InputError(f"the manifest {uri} is not JSON: {error}") from error
    prefix, objects = "", []
    for entry in entries:
        if isinstance(entry, Mapping):
            prefix = str(entry.get("prefix", ""))
        else:
            objects.append((prefix + str(entry), str(entry).lstrip("/")))
    return objects


def download_source(services: Services, source: Mapping[str, Any], folder: Path) -> None:
    """Download an S3DataSource (of a training channel) or its like. Raises InputError when nothing is there.

    ShardedByS3Key gives each host its share; with the one host there is, that is everything.
    """
    uri, kind = source["S3Uri"], source.get("S3DataType", "S3Prefix")
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "ManifestFile":
        for object_uri, name in manifest_objects(services, uri):
            try:
                services.s3_download_object(object_uri, place(folder, name))
            except AwsError as error:
                raise InputError(f"Data download failed: {object_uri}: {error.code}: {error.message}") from error
    elif kind == "S3Prefix":
        if download_prefix(services, uri, folder) == 0:
            raise InputError(f"Data download failed: no objects were found under {uri}")
    else:
        raise InputError(f"this local AWS cannot read S3DataType {kind} of {uri}; use S3Prefix or ManifestFile")


def in_region(services: Services, bucket: str) -> bool:
    """Whether a bucket is in the region where it is to be read. Raises AwsError."""
    found = services.call("s3", "GetBucketLocation", {"Bucket": bucket})
    return (found.get("LocationConstraint") or "us-east-1") == services.region


def check_not_empty(services: Services, uri: str, role: str) -> None:
    """Refuse a create call whose input prefix is empty, as AWS does.

    Source: github.com/aws/amazon-sagemaker-examples issues 2267, 2489, 2493, of transform jobs 2270 and 2414 (all from real
    AWS); of tuning jobs terraform-provider-aws, hyper_parameter_tuning_job.go, which waits for its end.
    """
    bucket, _ = split_uri(uri)
    try:
        found = in_region(services, bucket) and bool(list_keys(services, uri))
    except AwsError as error:
        if error.code not in ("NoSuchBucket", "AccessDenied", "NoSuchKey"):
            raise
        found = False
    if not found:
        raise AwsError(
            "ValidationException",
            f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket exists'
            f" in the selected region ({services.region}), that objects exist under that S3 prefix, and that the role"
            f' "{role}" has "s3:ListBucket" permissions on bucket "{bucket}".',
        )


def check_channels(services: Services, channels: list[dict[str, Any]], role: str) -> None:
    """`check_not_empty` for the channels of a training job."""
    for channel in channels:
        source = channel["DataSource"].get("S3DataSource")
        if source and services.allow_exec:
            check_not_empty(services, source["S3Uri"], role)


def pack(folder: Path) -> bytes:
    """A tar.gz of a folder's content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path in sorted(folder.iterdir()):
            archive.add(path, arcname=path.name)
    return buffer.getvalue()


def has_files(folder: Path) -> bool:
    """Whether any file is below the folder."""
    return folder.is_dir() and any(path.is_file() for path in folder.rglob("*"))


def join_uri(base: str, *parts: str) -> str:
    """An S3 URI with further path parts, single slashes between."""
    return "/".join([base.rstrip("/"), *(part.strip("/") for part in parts)])
