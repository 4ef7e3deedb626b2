"""Clock, inventory, calls, snapshot, restore, reset, faults."""

from __future__ import annotations

import http.client
import json
import threading
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import botocore.exceptions
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from conftest import TRUST


def names(aws):
    return {(each["service"], each["kind"], each["name"]) for each in aws.control("GET", "inventory")["objects"]}


def test_a_fresh_one_holds_nothing(aws):
    assert aws.control("GET", "inventory")["count"] == 0


def test_every_service_dates_objects_and_answers_by_one_clock(aws):
    aws.control("POST", "clock", advance=86_400)
    s3, iam = aws.client("s3"), aws.client("iam")
    s3.create_bucket(Bucket="a-bucket")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    scaling = aws.client("application-autoscaling")
    table = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/t",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    }
    scaling.register_scalable_target(**table, MinCapacity=1, MaxCapacity=2, RoleARN=role["Role"]["Arn"])
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
    listed = s3.list_buckets()
    now = parsedate_to_datetime(listed["ResponseMetadata"]["HTTPHeaders"]["date"])
    assert (now - datetime.now(UTC)).total_seconds() > 86_000
    for made in (listed["Buckets"][0]["CreationDate"], role["Role"]["CreateDate"], target["CreationTime"]):
        assert abs((made - now).total_seconds()) < 60, made


def test_inventory_sees_every_service(aws):
    aws.client("s3").create_bucket(Bucket="a-bucket")
    aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    aws.client("sns").create_topic(Name="t")
    aws.client("logs").create_log_group(logGroupName="g")
    aws.client("logs").create_log_group(logGroupName="/aws/sagemaker/TrainingJobs")
    aws.client("ecr").create_repository(repositoryName="repo")
    key = aws.client("kms").create_key()["KeyMetadata"]["KeyId"]
    aws.client("kms").create_alias(AliasName="alias/mine", TargetKeyId=key)
    aws.client("events").put_rule(Name="rule", ScheduleExpression="rate(1 hour)")
    trust = TRUST.replace("sagemaker.", "scheduler.")
    role = aws.client("iam").create_role(RoleName="scheduler", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    aws.advance(5)
    aws.client("scheduler").create_schedule(
        Name="s",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": "arn:aws:sns:us-east-1:123456789012:t", "RoleArn": role},
    )
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="alarm",
        MetricName="m",
        Namespace="n",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        Statistic="Average",
    )
    aws.client("budgets").create_budget(
        AccountId="123456789012",
        Budget={
            "BudgetName": "b",
            "BudgetLimit": {"Amount": "1", "Unit": "USD"},
            "TimeUnit": "MONTHLY",
            "BudgetType": "COST",
        },
    )
    aws.client("sagemaker").create_model_package_group(ModelPackageGroupName="group")
    found = names(aws)
    assert found >= {
        ("s3", "Bucket", "a-bucket"),
        ("iam", "Role", "r"),
        ("logs", "LogGroup", "g"),
        ("ecr", "Repository", "repo"),
        ("kms", "Key", key),
        ("kms", "Alias", "alias/mine"),
        ("events", "Rule", "rule"),
        ("scheduler", "Schedule", "s"),
        ("cloudwatch", "Alarm", "alarm"),
        ("budgets", "Budget", "b"),
        ("sagemaker", "ModelPackageGroup", "group"),
        ("sns", "Topic", "t"),
    }
    held = aws.control("GET", "inventory")
    assert held["count"] == len(held["objects"]) - 1, "the log group of AWS's own does not count"


def test_calls_are_remembered_with_their_outcome(aws, sm):
    sm.create_model_package_group(ModelPackageGroupName="group")
    with pytest.raises(ClientError):
        sm.describe_model(ModelName="absent")
    aws.client("s3").list_buckets()
    calls = [(each["service"], each["operation"], each.get("error")) for each in aws.control("GET", "calls")["calls"]]
    assert calls == [
        ("sagemaker", "CreateModelPackageGroup", None),
        ("sagemaker", "DescribeModel", "ValidationException"),
        ("s3", "ListBuckets", None),
    ]


def test_snapshot_and_restore_bring_everything_back(aws, sm, tmp_path):
    role = aws.role()
    aws.client("s3").create_bucket(Bucket="kept")
    aws.client("s3").put_object(Bucket="kept", Key="k", Body=b"content")
    aws.client("kms").create_key()
    aws.client("ecr").create_repository(repositoryName="repo")
    sm.create_model(ModelName="m", PrimaryContainer={"Image": "i"}, ExecutionRoleArn=role)
    before = names(aws)
    path = str(tmp_path / "snapshot")
    aws.control("POST", "snapshot", path=path)
    aws.control("POST", "reset")
    assert aws.control("GET", "inventory")["count"] == 0
    aws.control("POST", "restore", path=path)
    assert names(aws) == before
    assert aws.client("s3").get_object(Bucket="kept", Key="k")["Body"].read() == b"content"
    assert sm.describe_model(ModelName="m")["ExecutionRoleArn"] == role


def test_snapshots_keep_who_attached_a_policy_of_aws_and_not_the_policies(aws, tmp_path):
    """Each has a thousand policies, and a restore a test is made of hundreds."""
    iam, arn = aws.client("iam"), "arn:aws:iam::aws:policy/AmazonSageMakerReadOnly"
    name = aws.role().rpartition("/")[2]
    iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    kept = aws.control("POST", "snapshot", path=str(tmp_path / "attached"))
    assert kept["bytes"] < 500_000
    iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 0
    aws.control("POST", "restore", path=kept["path"])
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert arn in [each["PolicyArn"] for each in attached]


def test_a_restore_over_what_exists_keeps_the_objects_readable(aws, tmp_path):
    """Also in a snapshot that is taken of what was restored."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="kept")
    s3.put_object(Bucket="kept", Key="k", Body=b"content")
    for number in range(2):
        path = str(tmp_path / f"{number}.snapshot")
        aws.control("POST", "snapshot", path=path)
        aws.control("POST", "restore", path=path)
        assert s3.get_object(Bucket="kept", Key="k")["Body"].read() == b"content"
        assert [o["Size"] for o in s3.list_objects_v2(Bucket="kept")["Contents"]] == [7]


def test_throttle_strikes_the_nth_call_and_only_so_often(aws, sm):
    aws.control("POST", "faults", operation="sagemaker:ListModels", kind="throttle", skip=1, times=2)
    sm.list_models()
    for _ in range(2):
        with pytest.raises(ClientError) as caught:
            sm.list_models()
        assert caught.value.response["Error"] == {"Code": "ThrottlingException", "Message": "Rate exceeded"}
    sm.list_models()


def test_a_retrying_client_gets_over_throttling(aws):
    aws.control("POST", "faults", operation="sagemaker:ListModels", kind="throttle", times=2)
    aws.client("sagemaker", retries={"total_max_attempts": 4, "mode": "standard"}).list_models()
    assert [each["status"] for each in aws.control("GET", "calls")["calls"]] == [400, 400, 200]


@pytest.mark.parametrize(
    "service, operation, call, code",
    [
        ("sagemaker", "ListModels", lambda c: c.list_models(), "Oops"),
        ("s3", "ListBuckets", lambda c: c.list_buckets(), "Oops"),
        ("iam", "ListRoles", lambda c: c.list_roles(), "Oops"),
        ("cloudwatch", "DescribeAlarms", lambda c: c.describe_alarms(), "Oops"),
        ("scheduler", "ListSchedules", lambda c: c.list_schedules(), "Oops"),
    ],
)
def test_errors_in_the_form_of_each_protocol(aws, service, operation, call, code):
    aws.control(
        "POST", "faults", operation=f"{service}:{operation}", kind="error", code=code, message="told", status=409
    )
    with pytest.raises(ClientError) as caught:
        call(aws.client(service))
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["Error"]["Message"] == "told"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_a_cut_after_the_work_leaves_the_object(aws, sm):
    aws.control("POST", "faults", operation="sagemaker:CreateModelPackageGroup", kind="cut_after")
    with pytest.raises(
        (
            botocore.exceptions.ConnectionClosedError,
            botocore.exceptions.EndpointConnectionError,
            botocore.exceptions.HTTPClientError,
        )
    ):
        sm.create_model_package_group(ModelPackageGroupName="made")
    assert ("sagemaker", "ModelPackageGroup", "made") in names(aws)


def test_a_cut_before_the_work_leaves_nothing(aws, sm):
    aws.control("POST", "faults", operation="sagemaker:CreateModelPackageGroup", kind="cut_before")
    with pytest.raises(botocore.exceptions.HTTPClientError):
        sm.create_model_package_group(ModelPackageGroupName="made")
    assert aws.control("GET", "inventory")["count"] == 0


def test_latency_is_waited_for(aws, sm):
    aws.control("POST", "faults", operation="sagemaker:ListModels", kind="latency", seconds=0.5)
    start = time.monotonic()
    sm.list_models()
    assert time.monotonic() - start >= 0.5


def test_a_pause_holds_the_call_until_it_is_released(aws, sm):
    fault = aws.control("POST", "faults", operation="sagemaker:CreateModelPackageGroup", kind="pause", when="after")
    done = threading.Event()

    def create():
        sm.create_model_package_group(ModelPackageGroupName="held")
        done.set()

    thread = threading.Thread(target=create)
    thread.start()
    while not aws.control("GET", "faults")["faults"][0]["held"]:
        time.sleep(0.02)
    assert ("sagemaker", "ModelPackageGroup", "held") in names(aws)
    assert not done.is_set()
    aws.control("POST", "release", id=fault["id"])
    thread.join(5)
    assert done.is_set()


def test_a_pause_ends_when_the_client_is_gone(aws):
    aws.control("POST", "faults", operation="sagemaker:CreateModelPackageGroup", kind="pause", when="before")
    connection = http.client.HTTPConnection(aws.endpoint.removeprefix("http://"))
    connection.request(
        "POST",
        "/",
        json.dumps({"ModelPackageGroupName": "never"}),
        {
            "X-Amz-Target": "SageMaker.CreateModelPackageGroup",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sagemaker/aws4_request, x",
        },
    )
    while not aws.control("GET", "faults")["faults"][0]["held"]:
        time.sleep(0.02)
    connection.close()
    deadline = time.monotonic() + 5
    while aws.control("GET", "faults")["faults"][0]["held"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert aws.control("GET", "inventory")["count"] == 0


def test_a_seeded_probability_is_the_same_every_time(aws, sm):
    def outcome():
        aws.control("DELETE", "faults")
        aws.control(
            "POST", "faults", operation="sagemaker:ListModels", kind="throttle", times=None, probability=0.5, seed=7
        )
        got = ""
        for _ in range(20):
            try:
                sm.list_models()
                got += "."
            except ClientError:
                got += "x"
        return got

    first = outcome()
    assert first == outcome()
    assert 3 < first.count("x") < 17


def test_several_faults_with_a_probability_are_in_force_together(aws):
    """What befalls the n-th call of an operation depends on seed, kind and operation, not on the calls between."""
    kinds = ("throttle", "500", "cut_before", "cut_after")

    def outcome(seed: int, others: int) -> list[str]:
        aws.control("POST", "reset")
        for kind in kinds:
            aws.control("POST", "faults", operation=".*", kind=kind, times=None, probability=0.2, seed=seed)
        got = []
        for _ in range(60):
            got.append(told(aws.client("sagemaker").list_models))
            for _ in range(others):
                told(aws.client("sts").get_caller_identity)
        return got

    def told(call) -> str:
        try:
            call()
            return "done"
        except ClientError as refused:
            return refused.response["Error"]["Code"]
        except BotoCoreError:
            return "cut"

    first = outcome(1, others=0)
    assert first == outcome(1, others=0) == outcome(1, others=2)
    assert set(first) == {"done", "ThrottlingException", "InternalFailure", "cut"}
    assert first != outcome(2, others=0)
    struck = {fault["kind"]: fault["struck"] for fault in aws.control("GET", "faults")["faults"]}
    assert all(2 < struck[kind] < 30 for kind in kinds), struck


def test_unknown_faults_and_endpoints_are_refused(aws):
    import urllib.error

    for method, name, members in (("POST", "faults", {"operation": "x", "kind": "nonsense"}), ("GET", "nothing", {})):
        with pytest.raises(urllib.error.HTTPError) as caught:
            aws.control(method, name, **members)
        assert caught.value.code in (400, 404)


def test_unserved_services_and_operations_are_loud_and_not_retried(aws):
    retrying = {"retries": {"total_max_attempts": 5, "mode": "standard"}}
    for call in (
        lambda: aws.client("dynamodb", **retrying).list_tables(),
        lambda: aws.client("sagemaker", **retrying).list_hubs(),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        assert caught.value.response["Error"]["Code"] == "AwsLocalNotImplemented"
        assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_other_ways_to_be_hostile(aws):
    aws.control("POST", "faults", operation="sagemaker:ListModels", kind="expired_token")
    aws.control("POST", "faults", operation="s3:ListBuckets", kind="expired_token")
    aws.control("POST", "faults", operation="s3:GetBucketLocation", kind="wrong_region", code="ap-south-1")
    aws.control("POST", "faults", operation="s3:HeadObject", kind="500")
    aws.client("s3").create_bucket(Bucket="bucket")
    seen = []
    for call in (
        lambda: aws.client("sagemaker").list_models(),
        lambda: aws.client("s3").list_buckets(),
        lambda: aws.client("s3").head_object(Bucket="bucket", Key="k"),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        seen.append(
            (caught.value.response["Error"]["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"])
        )
    assert seen == [("ExpiredTokenException", 400), ("ExpiredToken", 400), ("500", 500)]


def test_a_client_follows_to_another_region(aws):
    """boto3 asks again in the region the refusal names."""
    # A client of its own: boto3 remembers the region of a bucket for as long as the client lives.
    s3 = aws.client("s3", user_agent_extra="redirected")
    s3.create_bucket(Bucket="elsewhere")
    aws.control("POST", "faults", operation="s3:ListObjectsV2", kind="wrong_region", code="ap-south-1")
    aws.control("DELETE", "calls")
    s3.list_objects_v2(Bucket="elsewhere")
    calls = [(each["operation"], each["region"], each.get("error")) for each in aws.control("GET", "calls")["calls"]]
    assert calls[0] == ("ListObjectsV2", "us-east-1", "PermanentRedirect")
    assert calls[-1] == ("ListObjectsV2", "ap-south-1", None)


def test_a_fault_may_be_for_one_object(aws, sm):
    aws.control(
        "POST", "faults", operation="sagemaker:CreateModelPackageGroup", kind="throttle", name="unlucky", times=None
    )
    sm.create_model_package_group(ModelPackageGroupName="lucky")
    with pytest.raises(ClientError, match="Rate exceeded"):
        sm.create_model_package_group(ModelPackageGroupName="unlucky")
