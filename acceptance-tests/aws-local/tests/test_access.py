"""Who may do what: simulated policies, callers, web identities, keys that are none.

Sources: IAM API reference, SimulatePrincipalPolicy; IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements"; STS API
reference, AssumeRoleWithWebIdentity.
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from typing import Any

import boto3
import pytest
from conftest import TRUST
from test_services import error_of

ARN = "arn:aws:iam::123456789012:role/r"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **each} for each in statements]}
    )


def statement(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


@pytest.fixture
def iam(aws) -> Any:
    client = aws.client("iam")
    client.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    return client


def simulate(iam: Any, *actions: str, **more: Any) -> list[str]:
    found = iam.simulate_principal_policy(PolicySourceArn=ARN, ActionNames=list(actions), **more)["EvaluationResults"]
    assert [each["EvalActionName"] for each in found] == list(actions)
    return [each["EvalDecision"] for each in found]


def test_inline_and_attached_policies_are_simulated(iam):
    assert simulate(iam, "s3:GetObject") == ["implicitDeny"]
    iam.put_role_policy(
        RoleName="r", PolicyName="p", PolicyDocument=document({"Action": ["S3:get*", "logs:PutLogEvents"]})
    )
    managed = iam.create_policy(
        PolicyName="m",
        PolicyDocument=document({"Action": "ecr:BatchGetImage"}, {"Effect": "Deny", "Action": "s3:GetObjectTagging"}),
    )
    iam.attach_role_policy(RoleName="r", PolicyArn=managed["Policy"]["Arn"])
    actions = ("s3:GetObject", "s3:PutObject", "ecr:BatchGetImage", "s3:GetObjectTagging")
    assert simulate(iam, *actions) == ["allowed", "implicitDeny", "allowed", "explicitDeny"]
    iam.detach_role_policy(RoleName="r", PolicyArn=managed["Policy"]["Arn"])
    assert simulate(iam, *actions) == ["allowed", "implicitDeny", "implicitDeny", "allowed"]
    iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
    assert simulate(iam, "sagemaker:CreateTrainingJob") == ["allowed"]
    error = error_of(lambda: iam.simulate_principal_policy(PolicySourceArn=ARN + "x", ActionNames=["s3:GetObject"]))
    assert error["Code"] == "NoSuchEntity"


@pytest.mark.parametrize(
    "allowed, resource, expected",
    [
        ({"Resource": "arn:aws:s3:::b/data/*"}, "arn:aws:s3:::b/data/a.csv", "allowed"),
        ({"Resource": "arn:aws:s3:::b/data/*"}, "arn:aws:s3:::b/other", "implicitDeny"),
        ({"Resource": "arn:aws:s3:::b/a?c"}, "arn:aws:s3:::b/abc", "allowed"),
        ({"Resource": "arn:aws:s3:::b/a.c"}, "arn:aws:s3:::b/abc", "implicitDeny"),
        ({"Resource": "arn:aws:s3:::b/a[b]*"}, "arn:aws:s3:::b/a[b]c", "allowed"),
        ({"Resource": "arn:aws:s3:::b/a${*}"}, "arn:aws:s3:::b/abc", "implicitDeny"),
        ({"Resource": None, "NotResource": "arn:aws:s3:::b/*"}, "arn:aws:s3:::b/a", "implicitDeny"),
        ({"Resource": None, "NotResource": "arn:aws:s3:::b/*"}, "arn:aws:s3:::c/a", "allowed"),
        ({"Action": None, "NotAction": "s3:Put*"}, "arn:aws:s3:::b/a", "allowed"),
        ({"Action": None, "NotAction": "s3:get*"}, "arn:aws:s3:::b/a", "implicitDeny"),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "arn:aws:s3:::b/a", "allowed"),
        ({"Condition": {"StringLike": {"s3:prefix": ["data/*"]}}}, "arn:aws:s3:::b/a", "implicitDeny"),
    ],
    ids=str,
)
def test_elements_of_policies(iam, allowed, resource, expected):
    given = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **allowed}
    text = json.dumps({"Version": "2012-10-17", "Statement": statement(**given)})
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=text)
    assert simulate(iam, "s3:GetObject", ResourceArns=[resource]) == [expected]


def test_simulations_have_context_resources_and_pages(iam):
    condition = {"StringLike": {"s3:prefix": ["data/*"]}}
    iam.put_role_policy(
        RoleName="r", PolicyName="p", PolicyDocument=document({"Action": "s3:ListBucket", "Condition": condition})
    )
    keys = [{"ContextKeyName": "s3:prefix", "ContextKeyType": "string", "ContextKeyValues": ["data/x"]}]
    assert simulate(iam, "s3:ListBucket", ContextEntries=keys) == ["allowed"]
    more = [document({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"})]
    arns = ["arn:aws:s3:::b/a", "arn:aws:s3:::c/a"]
    found = iam.simulate_principal_policy(
        PolicySourceArn=ARN, ActionNames=["s3:GetObject"], PolicyInputList=more, ResourceArns=arns
    )
    (result,) = found["EvaluationResults"]
    assert result["EvalDecision"] == "implicitDeny" and found["IsTruncated"] is False
    told = {each["EvalResourceName"]: each["EvalResourceDecision"] for each in result["ResourceSpecificResults"]}
    assert told == {arns[0]: "allowed", arns[1]: "implicitDeny"}
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=ARN,
        ActionNames=["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
        PaginationConfig={"PageSize": 2},
    )
    assert [len(page["EvaluationResults"]) for page in pages] == [2, 1]


def test_a_permissions_boundary_limits(iam):
    boundary = iam.create_policy(PolicyName="b", PolicyDocument=document({"Action": "s3:Get*"}))["Policy"]["Arn"]
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document({"Action": "s3:*"}))
    assert simulate(iam, "s3:GetObject", "s3:PutObject") == ["allowed", "allowed"]
    iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=boundary)
    assert simulate(iam, "s3:GetObject", "s3:PutObject") == ["allowed", "implicitDeny"]


ISSUER = "token.actions.example.com"
PROVIDER = f"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"


def token(now: float, **claims: Any) -> str:
    """A web identity token. Nobody signed it."""
    given = {
        "iss": f"https://{ISSUER}",
        "aud": "sts.amazonaws.com",
        "sub": "repo:org/repo:main",
        "exp": now + 600,
        **claims,
    }
    parts = [{"alg": "RS256"}, {name: value for name, value in given.items() if value is not None}]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, "signature"])


@pytest.fixture
def federated(aws) -> str:
    """A role that trusts one repository."""
    iam = aws.client("iam")
    iam.create_open_id_connect_provider(
        Url=f"https://{ISSUER}", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40]
    )
    conditions = {
        "StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com"},
        "StringLike": {f"{ISSUER}:sub": "repo:org/repo:*"},
    }
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": PROVIDER},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": conditions,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    return iam.create_role(RoleName="ci", AssumeRolePolicyDocument=document)["Role"]["Arn"]


def test_a_web_identity_becomes_a_session(aws, federated):
    """What CI does: no keys, a token. STS API reference, AssumeRoleWithWebIdentity."""
    sts = aws.client("sts")
    now = aws.control("GET", "clock")["now"]
    given = {"RoleArn": federated, "RoleSessionName": "run-1"}
    made = sts.assume_role_with_web_identity(**given, WebIdentityToken=token(now))
    assert made["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/ci/run-1"
    assert (made["Provider"], made["Audience"]) == (PROVIDER, "sts.amazonaws.com")
    assert made["SubjectFromWebIdentityToken"] == "repo:org/repo:main"
    keys = made["Credentials"]
    session = boto3.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=aws.endpoint,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert session.get_caller_identity()["Arn"] == made["AssumedRoleUser"]["Arn"]
    for claims, code in (
        ({"sub": "repo:other/repo:main"}, "AccessDenied"),
        ({"aud": "somebody"}, "InvalidIdentityToken"),
        ({"iss": "https://elsewhere.example.com"}, "InvalidIdentityToken"),
        ({"exp": now - 1}, "ExpiredTokenException"),
        ({"iss": None}, "InvalidIdentityToken"),
    ):
        call = lambda claims=claims: sts.assume_role_with_web_identity(**given, WebIdentityToken=token(now, **claims))  # noqa: E731
        assert error_of(call)["Code"] == code, claims
    text = error_of(lambda: sts.assume_role_with_web_identity(**given, WebIdentityToken="nonsense"))
    assert text["Code"] == "InvalidIdentityToken"
    # A role for SageMaker is not for the web.
    aws.role("r")
    given = {"RoleArn": ARN, "RoleSessionName": "session", "WebIdentityToken": token(now)}
    error = error_of(lambda: sts.assume_role_with_web_identity(**given))
    # github.com/aws-actions/configure-aws-credentials issues 690 and 1358.
    assert (error["Code"], error["Message"]) == (
        "AccessDenied",
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    )


def test_the_conditions_of_a_trust_policy_hold(aws, iam):
    condition = {"StringEquals": {"sts:ExternalId": "secret"}}
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": "123456789012"},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    iam.update_assume_role_policy(RoleName="r", PolicyDocument=document)
    sts = aws.client("sts")
    assert error_of(lambda: sts.assume_role(RoleArn=ARN, RoleSessionName="session"))["Code"] == "AccessDenied"
    sts.assume_role(RoleArn=ARN, RoleSessionName="session", ExternalId="secret")


def test_plain_keys_are_those_of_a_user(aws):
    assert aws.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/local"


@pytest.mark.parametrize(
    "service, target, body, code",
    [
        ("sts", "", b"Action=GetCallerIdentity&Version=2011-06-15", b"<Code>InvalidClientTokenId</Code>"),
        ("s3", "", b"", b"<Code>InvalidAccessKeyId</Code>"),
        ("sagemaker", "SageMaker.ListModels", b"{}", b'"__type": "UnrecognizedClientException"'),
        ("logs", "Logs_20140328.DescribeLogGroups", b"{}", b'"__type": "UnrecognizedClientException"'),
    ],
)
def test_an_empty_access_key(aws, service, target, body, code):
    """Common errors of the API references; the service is the one that the credential scope names."""
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential=/20260101/us-east-1/{service}/aws4_request, Signature=x"}
    if target:
        headers |= {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    elif body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    request = urllib.request.Request(aws.endpoint, method="POST" if body else "GET", data=body or None, headers=headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 403 and code in caught.value.read()
