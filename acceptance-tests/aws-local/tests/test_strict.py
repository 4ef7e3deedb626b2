"""One valid and several broken requests of every SageMaker operation, made from its shape.

The valid one must pass the checks; each broken one must be refused with a message that names the broken member's path.
"""

from __future__ import annotations

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aws_local import model, validate
from aws_local.services import AwsError
from aws_local.validate import checker, lower_first, pattern

OPERATIONS = sorted(model.service_model("sagemaker").operation_names)

# Texts that one or the other pattern of the model accepts. The first that fits is taken.
TEXTS = [
    "a",
    "1",
    "thing",
    "2026",
    "us-east-1",
    "s3://bucket/key",
    "https://example.com/x",
    "arn:aws:iam::123456789012:role/role",
    "arn:aws:sagemaker:us-east-1:123456789012:thing/name",
    "123456789012",
    "thing/1",
    "d-123456789012",
    "a" * 32,
    "0.1.2",
    "1.0",
    "arn:aws:lambda:us-east-1:123456789012:function:f",
    "arn:aws:kms:us-east-1:123456789012:key/k",
    "TEXT",
    "/path",
    "sg-12345678",
    "arn:aws:sns:us-east-1:123456789012:t",
    "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/name",
    "us-east-1_a",
    "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a",
    "arn:aws:sagemaker:us-east-1:123456789012:model-package/name",
    "arn:aws:sagemaker:us-east-1:123456789012:cluster/abcdefghijkl",
    "10.0.0.0/24",
    "a@b.example",
    "{}",
    "cron(0 0 * * ? *)",
    "PT1H",
    "arn:aws:sagemaker:us-east-1:123456789012:endpoint/name",
    "arn:aws:sagemaker:us-east-1:123456789012:experiment/name",
    "arn:aws:sagemaker:us-east-1:123456789012:pipeline/name",
    "arn:aws:ecr:us-east-1:123456789012:repository/r",
    "i-0123456789abcdef0",
    "arn:aws:eks:us-east-1:123456789012:cluster/name",
    "arn:aws:sagemaker:us-east-1:123456789012:training-plan/name",
    "*",
    "arn:aws:sagemaker:us-east-1:123456789012:image/name",
    "arn:aws:sagemaker:us-east-1:123456789012:image-version/name/1",
    "arn:aws:sagemaker:us-east-1:aws:hub-content/h/Model/n/1.0.0",
    "arn:aws:sagemaker:us-east-1:123456789012:hub/name",
    "arn:aws:sagemaker:us-east-1:123456789012:app/d-1/u/jupyterlab/default",
    "vol-0123456789abcdef0",
    "subnet-12345678",
    "vpc-12345678",
    "arn:aws:sagemaker:us-east-1:123456789012:partner-app/app-ABCDEFGHIJKL",
    "arn:aws:sagemaker:us-east-1:123456789012:inference-component/n",
    "arn:aws:s3:::bucket",
    "fs-12345678",
    "arn:aws:ec2:us-east-1:123456789012:volume/v",
    "ml.m5.large",
    "urn:x",
    "name@sha256:" + "a" * 64,
    "sha256:" + "a" * 64,
    "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/n",
    "12:00",
    "Mon:03:30",
    "0123456789abcdef",
    "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-ABCDEFGHIJKL",
    "arn:aws:sagemaker:us-east-1:123456789012:job/x/n",
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:n",
    "arn:aws:sagemaker:us-east-1:123456789012:compute-quota/abcdefghijkl",
    "arn:aws:sagemaker:us-east-1:123456789012:cluster-scheduler-config/abcdefghijkl",
    "https://a.b.c/d",
    "https://github.com/a/b",
    "arn:aws:dynamodb:us-east-1:123456789012:table/t",
    "arn:aws:sagemaker:us-east-1:123456789012:algorithm/a",
    "arn:aws:sagemaker:us-east-1:123456789012:studio-lifecycle-config/name",
    "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/n",
    "arn:aws:sagemaker:us-east-1:123456789012:human-task-ui/n",
    "arn:aws:sagemaker:us-east-1:123456789012:app-image-config/n",
    "arn:aws:sagemaker:us-east-1:123456789012:space/d-1/s",
    "arn:aws:sagemaker:us-east-1:123456789012:project/p-abcdefghijkl",
    "arn:aws:sagemaker:us-east-1:123456789012:device-fleet/n",
    "2026-01-01T00:00:00Z",
    "-PT1H",
    "2026-01-01",
    "en-US",
    "a.b.c",
    "arn:aws:sagemaker:us-east-1:123456789012:model-package/name/1",
    "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/n",
    "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-12345678",
    "arn:aws:fsx:us-east-1:123456789012:file-system/fs-0",
    "arn:aws:sagemaker:us-east-1:123456789012:pipeline/name/execution/abcdefghijkl",
    "default",
    "my-prefix-",
    "arn:aws:bedrock:us-east-1::m/x",
    "arn:aws:sagemaker:us-east-1:123456789012:ai-workload-config/name",
    "arn:aws:sagemaker:us-east-1:123456789012:reserved-capacity/abcd",
    "arn:aws:sagemaker:us-east-1:123456789012:extension/eks-a/b/c",
    "eni-12345678",
    "12345678-1234-1234-1234-123456789012",
    "arn:aws:sagemaker:us-east-1:123456789012:artifact/a",
    "arn:aws:sagemaker:us-east-1:aws:hub-content/h/Model/n",
    "arn:aws:sagemaker:us-east-1:123456789012:model-card/n/export-job/n",
    "arn:aws:sagemaker:us-east-1:123456789012:training-job/n",
    "arn:aws:sagemaker:us-east-1:123456789012:labeling-job/n",
]


class NoSample(Exception):
    """No text of the list fits a pattern."""


def text_for(shape: Any) -> str:
    if getattr(shape, "enum", None):
        return shape.enum[0]
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 10**9)
    fits = pattern(shape.metadata["pattern"]).fullmatch if "pattern" in shape.metadata else lambda text: True
    for text in TEXTS:
        for candidate in (text, text + "a" * max(0, low - len(text)), text * (low // len(text) + 1)):
            if low <= len(candidate) <= high and fits(candidate):
                return candidate
    raise NoSample(f"{shape.name}: {shape.metadata}")


def valid(shape: Any, depth: int = 0, path: tuple[str, ...] = ()) -> Any:
    """A value of a shape: every required member, and at the top also the optional ones that a sample is found for."""
    kind = shape.type_name
    if kind == "structure":
        made = {}
        union = getattr(shape, "is_tagged_union", False)
        for name, member in shape.members.items():
            if (
                not union
                and name not in shape.required_members
                and (depth > 2 or member.name in path or shape.name in path)
            ):
                continue
            try:
                made[name] = valid(member, depth + 1, (*path, shape.name))
            except (NoSample, RecursionError):
                if name in shape.required_members:
                    raise
            if union and made:
                return made
        if union:
            raise NoSample(shape.name)
        return made
    if kind == "list":
        count = max(1, shape.metadata.get("min", 1))
        return [valid(shape.member, depth + 1, (*path, shape.name)) for _ in range(count)]
    if kind == "map":
        return {valid(shape.key, depth + 1, path): valid(shape.value, depth + 1, (*path, shape.name))}
    if kind == "string":
        return text_for(shape)
    if kind in ("integer", "long", "float", "double"):
        low = shape.metadata.get("min")
        return low if low is not None else min(1, shape.metadata.get("max", 1))
    if kind == "boolean":
        return True
    if kind == "timestamp":
        return 1.5e9
    return "AAAA"


def breakings(shape: Any, value: Any) -> list[tuple[str, Any, str]]:
    """(what is broken, the broken request, the path the refusal must name)."""
    found = []
    for name in shape.required_members:
        found.append((f"without {name}", {k: v for k, v in value.items() if k != name}, f"'{lower_first(name)}'"))
    for name, member in shape.members.items():
        if name not in value:
            continue
        path = f"'{lower_first(name)}'"
        if getattr(member, "enum", None):
            found.append((f"enum {name}", {**value, name: "no such value"}, path))
        elif member.type_name == "string" and "max" in member.metadata:
            found.append((f"long {name}", {**value, name: value[name] + "a" * (member.metadata["max"] + 1)}, path))
        if member.type_name in ("integer", "long") and "max" in member.metadata:
            found.append((f"large {name}", {**value, name: member.metadata["max"] + 1}, path))
        if member.type_name == "list" and member.metadata.get("min", 0) > 0:
            found.append((f"empty {name}", {**value, name: []}, path))
        if member.type_name == "structure":
            for inner in member.required_members[:1]:
                rest = {k: v for k, v in value[name].items() if k != inner}
                found.append(
                    (f"without {name}.{inner}", {**value, name: rest}, f"'{lower_first(name)}.{lower_first(inner)}'")
                )
        if member.type_name == "list" and member.member.type_name == "structure" and member.member.required_members:
            inner = member.member.required_members[0]
            first = {k: v for k, v in value[name][0].items() if k != inner}
            found.append(
                (
                    f"without {name}[0].{inner}",
                    {**value, name: [first, *value[name][1:]]},
                    f"'{lower_first(name)}.1.member.{lower_first(inner)}'",
                )
            )
        wrong = {"string": 5, "integer": "5", "boolean": "true", "list": {}, "structure": []}.get(member.type_name)
        if wrong is not None:
            found.append((f"type of {name}", {**value, name: wrong}, path))
    found.append(("an unknown member", {**value, "Nonsense": 1}, "Nonsense"))
    return found


def without_sample(shape: Any) -> bool:
    try:
        valid(shape)
    except NoSample:
        return True
    return False


@pytest.mark.parametrize("name", OPERATIONS)
def test_valid_accepted_broken_refused(name):
    shape = model.operation_model("sagemaker", name).input_shape
    if shape is None:
        return
    check = checker("sagemaker").check
    request = valid(shape)
    check(shape, request)
    for what, broken, path in breakings(shape, request):
        with pytest.raises(AwsError) as caught:
            check(shape, broken)
        assert path in caught.value.message, f"{what}: {caught.value.message}"
        assert caught.value.code in ("ValidationException", "SerializationException")


def test_every_operation_refuses_over_http(aws):
    """The same through the wire: one broken request of every operation, none of which may be an error of ours."""
    connection = http.client.HTTPConnection(aws.endpoint.removeprefix("http://"))
    refused = 0
    for name in OPERATIONS:
        shape = model.operation_model("sagemaker", name).input_shape
        if shape is None or not shape.required_members:
            continue
        what, broken, path = breakings(shape, valid(shape))[0]
        connection.request(
            "POST",
            "/",
            json.dumps(broken),
            {
                "X-Amz-Target": f"SageMaker.{name}",
                "Content-Type": "application/x-amz-json-1.1",
                "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sagemaker/aws4_request, x",
            },
        )
        answer = connection.getresponse()
        told = json.loads(answer.read())
        assert answer.status == 400 and told["__type"] == "ValidationException" and path in told["message"], (
            name,
            told,
        )
        refused += 1
    assert refused > 250


@pytest.mark.parametrize(
    "value, text",
    [
        (
            {"TrainingJobName": "a_b"},
            "Value 'a_b' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular "
            "expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        ),
        (
            {"TrainingJobName": "a" * 64},
            "Value '" + "a" * 64 + "' at 'trainingJobName' failed to satisfy constraint: Member must have "
            "length less than or equal to 63",
        ),
        ({}, "Value null at 'trainingJobName' failed to satisfy constraint: Member must not be null"),
    ],
)
def test_the_wording_is_that_of_aws(value, text):
    shape = model.operation_model("sagemaker", "DescribeTrainingJob").input_shape
    with pytest.raises(AwsError) as caught:
        checker("sagemaker").check(shape, value)
    assert caught.value.message.split("; ")[0].endswith(text)
    assert " validation error" in caught.value.message


def test_a_shape_is_prepared_once_for_all_who_ask_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    operation = model.operation_model("s3", "PutObject")
    at_once = validate.Node.__init__

    def dawdle(self: Any, *of: Any) -> None:
        time.sleep(0.002)
        at_once(self, *of)

    monkeypatch.setattr(validate.Node, "__init__", dawdle)
    checker = validate.Checker("s3")
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(checker.check, operation.input_shape, {"Bucket": "b", "Key": "k"}) for _ in range(4)]
        for each in asked:
            each.result()
