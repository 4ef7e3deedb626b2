"""S3 objects: what they have beside their content comes back, changes in place, and is refused beyond S3's limits."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

HEADERS = {
    "CacheControl": "no-cache",
    "ContentDisposition": "attachment",
    "ContentEncoding": "gzip",
    "ContentLanguage": "de",
    "ContentType": "text/csv",
    "StorageClass": "STANDARD_IA",
    "Metadata": {"owner": "us"},
}
KEY = {"Bucket": "bucket", "Key": "a b/ä.csv"}


@pytest.fixture
def s3(aws) -> Any:
    client = aws.client("s3")
    client.create_bucket(Bucket="bucket")
    return client


def code_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**KEY, **arguments)
    return caught.value.response["Error"]["Code"]


def tags(s3: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in s3.get_object_tagging(**KEY)["TagSet"]}


def in_parts(s3: Any, **arguments: Any) -> None:
    upload = s3.create_multipart_upload(**KEY, **arguments)["UploadId"]
    part = s3.upload_part(**KEY, UploadId=upload, PartNumber=1, Body=b"1,2")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
    s3.complete_multipart_upload(**KEY, UploadId=upload, MultipartUpload=parts)


@pytest.mark.parametrize("parts", [False, True], ids=["at once", "in parts"])
def test_what_is_stored_comes_back(s3, parts):
    store = in_parts if parts else lambda s3, **arguments: s3.put_object(**KEY, Body=b"1,2", **arguments)
    store(s3, **HEADERS, Tagging="team=a%2Bb&empty=")
    head = s3.head_object(**KEY)
    assert {name: head[name] for name in HEADERS} == HEADERS
    assert tags(s3) == {"team": "a+b", "empty": ""}


def test_a_copy_onto_itself_replaces_what_it_is_told_to(s3):
    etag = s3.put_object(**KEY, Body=b"1,2", **HEADERS, Tagging="team=a")["ETag"]
    assert code_of(s3.copy_object, CopySource=KEY) == "InvalidRequest", "nothing would change"
    before = s3.head_object(**KEY)
    s3.copy_object(
        **KEY, CopySource=KEY, CopySourceIfMatch=etag, MetadataDirective="REPLACE", ContentType="text/plain"
    )
    head = s3.head_object(**KEY)
    assert (head["ContentType"], head["Metadata"], head["ETag"]) == ("text/plain", {}, before["ETag"])
    assert "CacheControl" not in head and "StorageClass" not in head
    assert tags(s3) == {"team": "a"}
    s3.copy_object(
        **KEY, CopySource=KEY, MetadataDirective="REPLACE", TaggingDirective="REPLACE", Tagging="team=b", **HEADERS
    )
    assert s3.head_object(**KEY)["StorageClass"] == "STANDARD_IA"
    assert tags(s3) == {"team": "b"}


def test_a_copy_of_what_changed_meanwhile_is_refused(s3):
    etag = s3.put_object(**KEY, Body=b"1,2")["ETag"]
    s3.put_object(**KEY, Body=b"others")
    refused = code_of(s3.copy_object, CopySource=KEY, CopySourceIfMatch=etag, MetadataDirective="REPLACE")
    assert refused == "PreconditionFailed"


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("MetadataTooLarge", {"Metadata": {"k": "x" * 2048}}),
        ("BadRequest", {"Tagging": "&".join(f"k{i}=v" for i in range(11))}),
        ("InvalidArgument", {"Tagging": "k=1&k=2"}),
    ],
)
def test_what_s3_does_not_take_is_not_stored(s3, code, arguments):
    assert code_of(s3.put_object, **arguments) == code
    assert code_of(s3.create_multipart_upload, **arguments) == code
    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")
