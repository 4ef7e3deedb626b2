"""A caller with policies may do what they allow, and nothing else.

Sources: Service Authorization Reference, "Actions, resources, and condition keys" of Amazon S3 and Amazon SageMaker; IAM user guide, "Granting
a user permissions to pass a role to an AWS service".
"""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
import samples as req
from botocore.config import Config
from conftest import TRUST
from test_services import error_of

MODELS = "arn:aws:sagemaker:us-east-1:123456789012:model/ours*"


def allow(*statements: dict[str, Any]) -> list[str]:
    return [json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]})]


def told(call: Any) -> tuple[str, str]:
    """The code and the text of an error."""
    error = error_of(call)
    return error["Code"], error["Message"]


@pytest.fixture
def limited(aws: Any) -> Any:
    """Makes clients of a caller who has these policies."""

    def make(service: str, *statements: dict[str, Any]) -> Any:
        aws.control("POST", "principals", access_key="limited", policies=allow(*statements))
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=aws.endpoint,
            aws_access_key_id="limited",
            aws_secret_access_key="test",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

    return make


def test_objects_are_what_their_names_say(aws: Any, limited: Any) -> None:
    s3 = limited("s3", {"Action": ["s3:CreateBucket", "s3:ListBucket"], "Resource": "arn:aws:s3:::ours*"})
    s3.create_bucket(Bucket="ours")
    s3.head_bucket(Bucket="ours")
    assert told(lambda: s3.create_bucket(Bucket="theirs"))[0] == "AccessDenied"
    code, text = told(lambda: s3.put_object(Bucket="ours", Key="a", Body=b""))
    assert code == "AccessDenied" and "s3:PutObject on resource: arn:aws:s3:::ours/a" in text
    aws.client("s3").put_object(Bucket="ours", Key="a", Body=b"")


def test_a_role_must_be_allowed_to_be_passed(aws: Any, limited: Any) -> None:
    role = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    aws.advance(5)
    models = {"Action": "sagemaker:*", "Resource": MODELS}
    client = limited("sagemaker", models)
    code, text = told(lambda: client.create_model(**req.model("ours-1", role)))
    assert code == "AccessDeniedException" and f"iam:PassRole on resource: {role}" in text
    passed = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    client = limited("sagemaker", models, {"Action": "iam:PassRole", "Resource": role, "Condition": passed})
    client.create_model(**req.model("ours-1", role))
    assert "model/theirs" in told(lambda: client.create_model(**req.model("theirs", role)))[1]
    assert told(client.list_models)[0] == "AccessDeniedException", "a list is on all resources"
    # Another service is another one that it is passed to.
    other = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    client = limited("sagemaker", models, {"Action": "iam:PassRole", "Resource": role, "Condition": other})
    assert "iam:PassRole" in told(lambda: client.create_model(**req.model("ours-2", role)))[1]


def test_an_endpoint_needs_its_configuration_too(aws: Any, limited: Any) -> None:
    endpoints = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/ours*"
    client = limited("sagemaker", {"Action": "sagemaker:CreateEndpoint", "Resource": endpoints})
    text = told(lambda: client.create_endpoint(EndpointName="ours", EndpointConfigName="ours"))[1]
    assert "endpoint-config/ours" in text


def test_whoever_has_no_policies_may_do_everything_and_who_he_is_anybody_may_ask(aws: Any, limited: Any) -> None:
    sts = limited("sts", {"Action": "s3:ListBucket", "Resource": "*"})
    assert sts.get_caller_identity()["Account"] == "123456789012"
    assert aws.client("sagemaker").list_models()["Models"] == []


def test_a_denial_of_ec2_has_a_code_of_its_own(aws: Any, limited: Any) -> None:
    """Amazon EC2 API reference, "Error codes": UnauthorizedOperation."""
    statement = {"Effect": "Allow", "Action": "ec2:DescribeNetworkInterfaces", "Resource": "*"}
    ec2 = limited("ec2", statement)
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    code, text = told(lambda: ec2.delete_network_interface(NetworkInterfaceId="eni-1"))
    assert code == "UnauthorizedOperation" and "network-interface/eni-1" in text
