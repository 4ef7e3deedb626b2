"""S3 where moto is not like AWS."""

from __future__ import annotations

import base64
import http.client
import json
import zlib
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import TRUST


@pytest.fixture
def s3(aws) -> Any:
    client = aws.client("s3")
    client.create_bucket(Bucket="bucket")
    return client


def code_of(call: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def test_new_buckets_have_the_defaults_of_aws(s3):
    rule = s3.get_bucket_encryption(Bucket="bucket")["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule == {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    block = s3.get_public_access_block(Bucket="bucket")["PublicAccessBlockConfiguration"]
    assert block == dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    controls = s3.get_bucket_ownership_controls(Bucket="bucket")["OwnershipControls"]
    assert controls == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_configurations_come_back_as_they_were_put(s3):
    encryption = {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"},
                "BucketKeyEnabled": True,
            }
        ]
    }
    s3.put_bucket_encryption(Bucket="bucket", ServerSideEncryptionConfiguration=encryption)
    assert s3.get_bucket_encryption(Bucket="bucket")["ServerSideEncryptionConfiguration"] == encryption
    assert s3.put_object(Bucket="bucket", Key="k", Body=b"x")["ServerSideEncryption"] == "aws:kms"
    s3.delete_bucket_encryption(Bucket="bucket")
    assert s3.put_object(Bucket="bucket", Key="k", Body=b"x")["ServerSideEncryption"] == "AES256"
    assert s3.head_object(Bucket="bucket", Key="k")["ServerSideEncryption"] in ("AES256", "aws:kms")
    s3.delete_public_access_block(Bucket="bucket")
    assert code_of(lambda: s3.get_public_access_block(Bucket="bucket")) == "NoSuchPublicAccessBlockConfiguration"
    s3.put_public_access_block(Bucket="bucket", PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    assert s3.get_public_access_block(Bucket="bucket")["PublicAccessBlockConfiguration"]["BlockPublicPolicy"] is False


def test_lifecycle_keeps_what_moto_drops(s3):
    assert code_of(lambda: s3.get_bucket_lifecycle_configuration(Bucket="bucket")) == "NoSuchLifecycleConfiguration"
    rules = [
        {
            "ID": "old",
            "Status": "Enabled",
            "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 3, "NewerNoncurrentVersions": 2},
            "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
    ]
    put = s3.put_bucket_lifecycle_configuration(
        Bucket="bucket",
        LifecycleConfiguration={"Rules": rules},
        TransitionDefaultMinimumObjectSize="varies_by_storage_class",
    )
    assert put["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"
    got = s3.get_bucket_lifecycle_configuration(Bucket="bucket")
    assert got["Rules"] == rules
    assert got["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"
    s3.delete_bucket_lifecycle(Bucket="bucket")
    assert code_of(lambda: s3.get_bucket_lifecycle_configuration(Bucket="bucket")) == "NoSuchLifecycleConfiguration"
    assert (
        code_of(
            lambda: s3.put_bucket_lifecycle_configuration(
                Bucket="bucket", LifecycleConfiguration={"Rules": [{"Status": "Enabled", "Filter": {}}]}
            )
        )
        == "InvalidRequest"
    )


def test_notifications_keep_event_bridge_and_need_their_topics(aws, s3):
    topic = aws.client("sns").create_topic(Name="t")["TopicArn"]
    s3.put_bucket_notification_configuration(
        Bucket="bucket",
        NotificationConfiguration={
            "EventBridgeConfiguration": {},
            "TopicConfigurations": [
                {
                    "Id": "n",
                    "TopicArn": topic,
                    "Events": ["s3:ObjectCreated:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "a"}]}},
                }
            ],
        },
    )
    got = s3.get_bucket_notification_configuration(Bucket="bucket")
    assert got["EventBridgeConfiguration"] == {}
    assert got["TopicConfigurations"][0]["TopicArn"] == topic
    assert got["TopicConfigurations"][0]["Filter"]["Key"]["FilterRules"] == [{"Name": "prefix", "Value": "a"}]
    assert (
        code_of(
            lambda: s3.put_bucket_notification_configuration(
                Bucket="bucket",
                NotificationConfiguration={
                    "TopicConfigurations": [{"TopicArn": topic + "x", "Events": ["s3:ObjectCreated:*"]}]
                },
            )
        )
        == "InvalidArgument"
    )


@pytest.mark.parametrize("name", ["Bad_Name_", "a..b", "192.168.1.1", "xn--a", "UPPER", "-a-b"])
def test_bucket_names(aws, name):
    # boto3 checks some names itself, so the request is made by hand.
    assert raw(aws, "PUT", f"/{name}", b"")[0] == 400


def raw(
    aws: Any, method: str, path: str, body: bytes, headers: dict[str, str] | None = None
) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection(aws.endpoint.removeprefix("http://"))
    connection.request(
        method,
        path,
        body,
        {
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x",
            **(headers or {}),
        },
    )
    answer = connection.getresponse()
    return answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()}


def test_a_bad_policy_is_malformed(s3):
    for policy in (
        "{",
        "[]",
        "{}",
        json.dumps(
            {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::other/*"}]}
        ),
    ):
        assert code_of(lambda p=policy: s3.put_bucket_policy(Bucket="bucket", Policy=p)) == "MalformedPolicy"


def test_a_policy_that_denies_plain_http_lets_requests_through(s3):
    s3.put_bucket_policy(
        Bucket="bucket",
        Policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "TLS",
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    }
                ],
            }
        ),
    )
    s3.put_object(Bucket="bucket", Key="k", Body=b"x")
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"x"


def test_a_policy_that_asks_for_encryption_is_enforced(s3):
    s3.put_object(Bucket="bucket", Key="k", Body=b"x")
    s3.put_bucket_policy(
        Bucket="bucket",
        Policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:PutObject",
                        "Resource": "arn:aws:s3:::bucket/*",
                        "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
                    }
                ],
            }
        ),
    )
    assert code_of(lambda: s3.put_object(Bucket="bucket", Key="k", Body=b"x")) == "AccessDenied"
    s3.put_object(Bucket="bucket", Key="k", Body=b"x", ServerSideEncryption="aws:kms")


def test_a_wrong_digest_is_refused(aws, s3):
    wrong = base64.b64encode(b"\0" * 4).decode()
    status, body, _ = raw(aws, "PUT", "/bucket/k", b"hello", {"x-amz-checksum-crc32": wrong})
    assert status == 400 and b"<Code>BadDigest</Code>" in body
    status, body, _ = raw(aws, "PUT", "/bucket/k", b"hello", {"Content-MD5": base64.b64encode(b"\0" * 16).decode()})
    assert status == 400 and b"<Code>BadDigest</Code>" in body


# Check values of the CRCs for "123456789": the catalogue of parametrised CRC algorithms.
@pytest.mark.parametrize(
    "name, value",
    [
        ("crc32", zlib.crc32(b"123456789").to_bytes(4, "big")),
        ("crc32c", bytes.fromhex("e3069283")),
        ("crc64nvme", bytes.fromhex("ae8b14860a799888")),
    ],
)
def test_chunked_bodies_with_trailing_checksums(aws, s3, name, value):
    """The form the AWS SDK for Rust sends: STREAMING-UNSIGNED-PAYLOAD-TRAILER."""
    told = base64.b64encode(value).decode()
    body = b"4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-" + name.encode() + b":" + told.encode() + b"\r\n\r\n"
    headers = {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "9",
        "content-encoding": "aws-chunked",
        "x-amz-trailer": f"x-amz-checksum-{name}",
        "x-amz-sdk-checksum-algorithm": name.upper(),
    }
    status, text, answered = raw(aws, "PUT", "/bucket/k", body, headers)
    assert status == 200, text
    assert answered[f"x-amz-checksum-{name}"] == told
    got = s3.get_object(Bucket="bucket", Key="k")
    assert got["Body"].read() == b"123456789"
    assert "ContentEncoding" not in got
    status, text, _ = raw(aws, "PUT", "/bucket/k", body.replace(b"1234", b"1235"), headers)
    assert status == 400 and b"BadDigest" in text


def test_multipart_uploads_have_a_composite_checksum(s3):
    upload = s3.create_multipart_upload(Bucket="bucket", Key="big", ChecksumAlgorithm="SHA256")["UploadId"]
    parts = []
    for number, size in ((1, 5 * 1024 * 1024), (2, 10)):
        part = s3.upload_part(
            Bucket="bucket", Key="big", UploadId=upload, PartNumber=number, Body=b"x" * size, ChecksumAlgorithm="SHA256"
        )
        parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]})
    done = s3.complete_multipart_upload(Bucket="bucket", Key="big", UploadId=upload, MultipartUpload={"Parts": parts})
    assert done["ChecksumSHA256"].endswith("-2")
    assert s3.head_object(Bucket="bucket", Key="big")["ContentLength"] == 5 * 1024 * 1024 + 10


def test_metadata_names_keep_their_underscores(s3):
    s3.put_object(Bucket="bucket", Key="k", Body=b"", Metadata={"a_b": "1", "c-d": "2"})
    assert s3.head_object(Bucket="bucket", Key="k")["Metadata"] == {"a_b": "1", "c-d": "2"}


def test_the_name_of_a_versioned_bucket_rests_after_its_deletion(aws, s3):
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    s3.delete_bucket(Bucket="bucket")
    assert code_of(lambda: s3.create_bucket(Bucket="bucket")) == "OperationAborted"
    aws.advance(3)
    s3.create_bucket(Bucket="bucket")


def test_unknown_xml_is_refused(aws, s3):
    status, text, _ = raw(
        aws,
        "PUT",
        "/bucket?versioning",
        b"<VersioningConfiguration><Stattus>Enabled</Stattus></VersioningConfiguration>",
    )
    assert status == 400 and b"MalformedXML" in text and b"Stattus" in text


def test_odd_keys(s3):
    for key in ("a b/c+d", "ünï/ç", "a//b", "100%25", "x?y=z"):
        s3.put_object(Bucket="bucket", Key=key, Body=key.encode())
        assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == key.encode()
    assert {each["Key"] for each in s3.list_objects_v2(Bucket="bucket")["Contents"]} == {
        "a b/c+d",
        "ünï/ç",
        "a//b",
        "100%25",
        "x?y=z",
    }


def test_what_moto_would_take_for_something_else_is_refused(s3):
    assert (
        code_of(lambda: s3.list_bucket_intelligent_tiering_configurations(Bucket="bucket")) == "AwsLocalNotImplemented"
    )
    assert s3.get_bucket_request_payment(Bucket="bucket")["Payer"] == "BucketOwner"


@pytest.mark.parametrize(
    ("operation", "root"),
    [
        ("get_bucket_versioning", b"VersioningConfiguration"),
        ("get_bucket_logging", b"BucketLoggingStatus"),
        ("get_bucket_notification_configuration", b"NotificationConfiguration"),
        ("list_object_versions", b"ListVersionsResult"),
        ("list_objects_v2", b"ListBucketResult"),
        ("list_multipart_uploads", b"ListMultipartUploadsResult"),
    ],
)
def test_answers_have_the_root_elements_of_aws(s3, operation, root):
    bodies = []
    keep = lambda response_dict, **_: bodies.append(response_dict["body"])  # noqa: E731
    s3.meta.events.register("before-parse.s3", keep)
    try:
        getattr(s3, operation)(Bucket="bucket")
    finally:
        s3.meta.events.unregister("before-parse.s3", keep)
    assert bodies[0].split(b"?>")[-1].strip().startswith(b"<" + root), bodies


def test_logging_to_a_bucket_whose_policy_has_a_statement_for_everybody(s3):
    s3.create_bucket(Bucket="logs")
    everybody = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    service = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::logs/*",
    }
    status = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}}

    def enable(*statements: Any) -> None:
        s3.put_bucket_policy(Bucket="logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
        s3.put_bucket_logging(Bucket="bucket", BucketLoggingStatus=status)

    assert code_of(lambda: enable(everybody)) == "InvalidTargetBucketForLogging"
    enable(everybody, service)
    assert s3.get_bucket_logging(Bucket="bucket")["LoggingEnabled"]["TargetBucket"] == "logs"


def test_tags_are_kept_as_they_are_and_go_with_their_bucket(s3):
    tags = [{"Key": " k ", "Value": "  v "}, {"Key": "empty", "Value": ""}]
    s3.put_bucket_tagging(Bucket="bucket", Tagging={"TagSet": tags})
    assert s3.get_bucket_tagging(Bucket="bucket")["TagSet"] == tags
    s3.put_object(Bucket="bucket", Key="k", Body=b"")
    s3.put_object_tagging(Bucket="bucket", Key="k", Tagging={"TagSet": tags})
    assert s3.get_object_tagging(Bucket="bucket", Key="k")["TagSet"] == tags
    twice = {"TagSet": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}
    assert code_of(lambda: s3.put_bucket_tagging(Bucket="bucket", Tagging=twice)) == "InvalidTag"
    s3.delete_object(Bucket="bucket", Key="k")
    s3.delete_bucket(Bucket="bucket")
    s3.create_bucket(Bucket="bucket")
    assert code_of(lambda: s3.get_bucket_tagging(Bucket="bucket")) == "NoSuchTagSet"


@pytest.mark.parametrize("key", ["a\nb", "a\n", "\n", "x/\n/y", "a\r\nb", "a\u2028b"])
def test_keys_with_line_ends(s3, key):
    s3.put_object(Bucket="bucket", Key=key, Body=b"x")
    assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == b"x"
    assert [each["Key"] for each in s3.list_objects_v2(Bucket="bucket")["Contents"]] == [key]
    s3.delete_object(Bucket="bucket", Key=key)
    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")


def policy(principal: Any, **more: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::bucket/*",
        "Principal": principal,
        **more,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def test_the_principals_of_a_policy_exist(aws, s3):
    """github.com/hashicorp/terraform pull 4315: a role that was made a moment ago is not known for some seconds."""
    role = {"AWS": "arn:aws:iam::123456789012:role/fresh"}
    put = lambda principal: s3.put_bucket_policy(Bucket="bucket", Policy=policy(principal))  # noqa: E731
    for absent in (role, {"AWS": ["123456789012", "arn:aws:iam::123456789012:user/absent"]}, {"AWS": "nonsense"}):
        with pytest.raises(ClientError) as caught:
            put(absent)
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == ("MalformedPolicy", "Invalid principal in policy")
    aws.client("iam").create_role(RoleName="fresh", AssumeRolePolicyDocument=TRUST)
    assert code_of(lambda: put(role)) == "MalformedPolicy"
    aws.advance(4)
    put(role)
    for other in (
        {"AWS": "123456789012"},
        {"AWS": "arn:aws:iam::210987654321:role/theirs"},
        {"Service": "logs.amazonaws.com"},
    ):
        put(other)


ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}


@pytest.mark.parametrize(
    "given, public",
    [
        ({"principal": "*"}, True),
        ({"principal": {"AWS": "*"}}, True),
        ({"principal": {"AWS": ["123456789012", "*"]}}, True),
        ({"principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
        ({"principal": "*", "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}}, True),
        ({"principal": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}, True),
        ({"principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, True),
        ({"principal": "*", "Condition": ORGANIZATION}, False),
        ({"principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}}, False),
        ({"principal": "*", "Effect": "Deny"}, False),
        ({"principal": {"AWS": "123456789012"}}, False),
    ],
    ids=str,
)
def test_public_policies_are_blocked_unless_they_are_allowed(s3, given, public):
    """Amazon S3 user guide, the meaning of public; github.com/torchbox/buckup pull 18 (the refusal)."""
    text = policy(**given)
    if public:
        assert code_of(lambda: s3.put_bucket_policy(Bucket="bucket", Policy=text)) == "AccessDenied"
        settings = s3.get_public_access_block(Bucket="bucket")["PublicAccessBlockConfiguration"]
        assert set(settings.values()) == {True}, "new buckets have all four on"
        settings["BlockPublicPolicy"] = False
        s3.put_public_access_block(Bucket="bucket", PublicAccessBlockConfiguration=settings)
    s3.put_bucket_policy(Bucket="bucket", Policy=text)
    if public:
        s3.delete_bucket_policy(Bucket="bucket")
        s3.delete_public_access_block(Bucket="bucket")
        s3.put_bucket_policy(Bucket="bucket", Policy=text)
