"""IAM, CloudWatch alarms and auto scaling where moto is not like AWS; strictness of every protocol."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

import cbor2
import pytest
import samples as req
from botocore.exceptions import ClientError
from conftest import TRUST

LOOSE = {"parameter_validation": False}


def error_of(call: Any) -> dict[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]


def alarm(name: str, **more: Any) -> dict[str, Any]:
    return {
        "AlarmName": name,
        "MetricName": "m",
        "Namespace": "n",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "Statistic": "Average",
        **more,
    }


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "{}",
        f" {TRUST}",
        json.dumps({"Statement": []}),
        TRUST.replace("sagemaker.amazonaws.com", "not a service"),
        TRUST.replace("sts:AssumeRole", "s3:GetObject"),
        TRUST.replace('"Effect"', '"Effekt"'),
        json.dumps(
            {
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::123456789012:role/absent"},
                        "Action": "sts:AssumeRole",
                    }
                ]
            }
        ),
    ],
)
def test_trust_policies_are_checked(aws, document):
    error = error_of(lambda: aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document))
    assert error["Code"] == "MalformedPolicyDocument"
    assert aws.client("iam").list_roles()["Roles"] == [] or all(
        r["RoleName"] != "r" for r in aws.client("iam").list_roles()["Roles"]
    )


def test_a_policy_does_not_begin_with_a_space(aws):
    iam = aws.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
    error = error_of(lambda: iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=f" {document}"))
    assert (error["Code"], error["Message"]) == ("MalformedPolicyDocument", "JSON strings must not have leading spaces")
    error = error_of(lambda: iam.update_assume_role_policy(RoleName="r", PolicyDocument=f"\n{TRUST}"))
    assert error["Code"] == "MalformedPolicyDocument"
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document)


def test_an_attached_policy_cannot_be_deleted(aws):
    iam = aws.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    )
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    assert error_of(lambda: iam.delete_policy(PolicyArn=arn))["Code"] == "DeleteConflict"
    assert error_of(lambda: iam.delete_role(RoleName="r"))["Code"] == "DeleteConflict"
    iam.detach_role_policy(RoleName="r", PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)
    iam.delete_role(RoleName="r")
    assert aws.control("GET", "inventory")["count"] == 0


def test_managed_policies_of_aws_exist(aws):
    iam = aws.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
    assert (
        iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")["Policy"]["AttachmentCount"] == 1
    )


@pytest.mark.parametrize(
    "service, call, path",
    [
        ("iam", lambda c: c.create_role(RoleName="r" * 65, AssumeRolePolicyDocument=TRUST), "roleName"),
        (
            "iam",
            lambda c: c.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST, MaxSessionDuration=43201),
            "maxSessionDuration",
        ),
        ("iam", lambda c: c.create_role(AssumeRolePolicyDocument=TRUST), "roleName"),
        ("logs", lambda c: c.create_log_group(logGroupName="a b"), "logGroupName"),
        ("logs", lambda c: c.put_retention_policy(logGroupName="a"), "retentionInDays"),
        ("cloudwatch", lambda c: c.put_metric_alarm(**alarm("a", ComparisonOperator="Sideways")), "comparisonOperator"),
        ("events", lambda c: c.put_rule(Name="a b"), "name"),
        (
            "scheduler",
            lambda c: c.create_schedule(
                Name="a b",
                ScheduleExpression="rate(1 hour)",
                FlexibleTimeWindow={"Mode": "OFF"},
                Target={"Arn": "a", "RoleArn": "r"},
            ),
            "name",
        ),
        ("kms", lambda c: c.create_alias(AliasName="alias/x"), "targetKeyId"),
        (
            "application-autoscaling",
            lambda c: c.register_scalable_target(ServiceNamespace="sagemaker", ResourceId="r"),
            "scalableDimension",
        ),
    ],
)
def test_every_protocol_is_strict(aws, service, call, path):
    error = error_of(lambda: call(aws.client(service, **LOOSE)))
    assert f"at '{path}'" in error["Message"], error
    assert "validation error" in error["Message"]


def test_alarms_are_tagged_whether_they_had_tags_or_not(aws):
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(**alarm("tagged"))
    arn = cloudwatch.describe_alarms(AlarmNames=["tagged"])["MetricAlarms"][0]["AlarmArn"]
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == []
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["team"])
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "team", "Value": "a"}, {"Key": "stage", "Value": "b"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "stage", "Value": "b"}]
    for call in (
        lambda: cloudwatch.tag_resource(ResourceARN=arn + "x", Tags=[{"Key": "a", "Value": "b"}]),
        lambda: cloudwatch.untag_resource(ResourceARN=arn + "x", TagKeys=["a"]),
    ):
        assert error_of(call)["Code"] == "ResourceNotFoundException"


def test_keys_are_used_only_while_they_are_enabled(aws):
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"a")["CiphertextBlob"]
    uses = (
        lambda: kms.encrypt(KeyId=key, Plaintext=b"a"),
        lambda: kms.decrypt(CiphertextBlob=blob),
        lambda: kms.generate_data_key(KeyId=key, KeySpec="AES_256"),
        lambda: kms.enable_key_rotation(KeyId=key),
    )
    changes = (
        lambda: kms.create_alias(AliasName="alias/late", TargetKeyId=key),
        lambda: kms.update_key_description(KeyId=key, Description="d"),
        lambda: kms.enable_key(KeyId=key),
    )
    kms.disable_key(KeyId=key)
    assert {error_of(use)["Code"] for use in uses} == {"DisabledException"}
    for change in changes:
        change()
    kms.delete_alias(AliasName="alias/late")
    for use in uses:
        use()
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert {error_of(call)["Code"] for call in uses + changes} == {"KMSInvalidStateException"}
    kms.cancel_key_deletion(KeyId=key)
    assert error_of(uses[0])["Code"] == "DisabledException"


def test_unknown_members_are_loud(aws):
    request = urllib.request.Request(
        aws.endpoint,
        method="POST",
        data=b'{"logGroupName": "g", "nonsense": 1}',
        headers={
            "X-Amz-Target": "Logs_20140328.CreateLogGroup",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/logs/aws4_request, x",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert b"nonsense" in caught.value.read()
    request = urllib.request.Request(
        aws.endpoint,
        method="POST",
        data=b"Action=ListRoles&Version=2010-05-08&Nonsense=1",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, x",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert b"Nonsense" in caught.value.read()


def test_a_new_alarm_has_no_data_yet(aws):
    cloudwatch = aws.client("cloudwatch")
    # Else the next evaluation, whenever that is, takes the state away again that is set here.
    ignore = {"TreatMissingData": "ignore"}
    cloudwatch.put_metric_alarm(
        **alarm("a", Tags=[{"Key": "k", "Value": "v"}], Dimensions=[{"Name": "d", "Value": "x"}], **ignore)
    )
    found = cloudwatch.describe_alarms()["MetricAlarms"][0]
    assert found["StateValue"] == "INSUFFICIENT_DATA"
    assert found["Dimensions"] == [{"Name": "d", "Value": "x"}]
    assert cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"] == [{"Key": "k", "Value": "v"}]
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="test")
    cloudwatch.put_metric_alarm(**alarm("a", Threshold=2.0, **ignore))
    aws.advance(60)
    found = cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"][0]
    assert (found["Threshold"], found["StateReason"]) == (2.0, "test")
    kinds = [each["HistoryItemType"] for each in cloudwatch.describe_alarm_history(AlarmName="a")["AlarmHistoryItems"]]
    assert kinds == ["ConfigurationUpdate", "StateUpdate", "ConfigurationUpdate"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"ExtendedStatistic": "p99"},
        {"Period": 45},
        {"DatapointsToAlarm": 2},
        {"Statistic": None},
        {"Threshold": None},
    ],
)
def test_alarms_that_aws_refuses(aws, wrong):
    given = {k: v for k, v in alarm("a", **wrong).items() if v is not None}
    assert error_of(lambda: aws.client("cloudwatch").put_metric_alarm(**given))["Code"] == "ValidationError"


def test_composite_alarms(aws):
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(**alarm("a"))
    for name in "cd":
        cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule='ALARM("a") OR FALSE')
    assert cloudwatch.describe_alarms()["CompositeAlarms"] == []
    found = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert [each["AlarmName"] for each in found] == ["c", "d"]
    assert error_of(lambda: cloudwatch.delete_alarms(AlarmNames=["c", "d"]))["Code"] == "ValidationError"
    cloudwatch.delete_alarms(AlarmNames=["c"])
    cloudwatch.delete_alarms(AlarmNames=["d", "a"])
    assert aws.control("GET", "inventory")["count"] == 0


def test_a_thousand_alarms_in_pages_of_a_hundred(aws):
    """How long ten thousand take is measured by `make bench`."""
    cloudwatch = aws.client("cloudwatch")
    headers = {
        "X-Amz-Target": "GraniteServiceVersion20100801.PutMetricAlarm",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request, x",
    }
    import http.client

    connection = http.client.HTTPConnection(aws.endpoint.removeprefix("http://"))
    names = [f"alarm-{number:04}" for number in range(1000)]
    for name in reversed(names):
        connection.request("POST", "/", json.dumps(alarm(name)), headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
    pages = list(cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 100}))
    assert [len(page["MetricAlarms"]) for page in pages] == [100] * 10
    assert [each["AlarmName"] for page in pages for each in page["MetricAlarms"]] == names


def test_the_cbor_that_the_rust_sdk_speaks(aws):
    def send(operation: str, members: Any) -> tuple[int, Any, Any]:
        request = urllib.request.Request(
            f"{aws.endpoint}/service/GraniteServiceVersion20100801/operation/{operation}",
            method="POST",
            data=cbor2.dumps(members),
            headers={
                "smithy-protocol": "rpc-v2-cbor",
                "Content-Type": "application/cbor",
                "Accept": "application/cbor",
                "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request, x",
            },
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, cbor2.loads(answer.read()), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, cbor2.loads(error.read()), error.headers

    assert send("PutMetricAlarm", alarm("a"))[:2] == (200, {})
    status, answer, headers = send("DescribeAlarms", {})
    assert headers["smithy-protocol"] == "rpc-v2-cbor"
    assert answer["MetricAlarms"][0]["AlarmName"] == "a"
    assert isinstance(answer["MetricAlarms"][0]["Threshold"], float)
    assert answer["MetricAlarms"][0]["StateUpdatedTimestamp"].year >= 2026, "a timestamp is tag 1"
    now = cbor2.CBORTag(1, time.time())
    assert (
        send("PutMetricData", {"Namespace": "n", "MetricData": [{"MetricName": "m", "Value": 3.5, "Timestamp": now}]})[
            0
        ]
        == 200
    )
    status, answer, _ = send(
        "GetMetricStatistics",
        {
            "Namespace": "n",
            "MetricName": "m",
            "StartTime": cbor2.CBORTag(1, time.time() - 600),
            "EndTime": cbor2.CBORTag(1, time.time() + 600),
            "Period": 60,
            "Statistics": ["Sum"],
        },
    )
    assert (status, answer["Datapoints"][0]["Sum"]) == (200, 3.5)
    assert send("PutDashboard", {"DashboardName": "d", "DashboardBody": '{"widgets": []}'})[0] == 200
    status, answer, headers = send("SetAlarmState", {"AlarmName": "absent", "StateValue": "OK", "StateReason": "r"})
    assert (status, answer["__type"]) == (404, "ResourceNotFound")
    assert headers["x-amzn-query-error"] == "ResourceNotFound;Sender"
    status, answer, _ = send("SetAlarmState", {"AlarmName": "a", "StateValue": "WRONG", "StateReason": "r"})
    assert status == 400 and "at 'stateValue'" in answer["message"]


def test_only_variants_that_exist_can_be_scaled(aws):
    sm, scaling = aws.client("sagemaker"), aws.client("application-autoscaling")
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/e/variant/main",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    assert (
        error_of(lambda: scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2))["Code"]
        == "ValidationException"
    )
    role = aws.role()
    sm.create_model(**req.model("m", role))
    sm.create_endpoint_config(**req.config("c", "m"))
    sm.create_endpoint_config(**req.config("larger", "m", InstanceType="ml.m5.xlarge"))
    sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
    aws.advance(5)
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2)
    scaling.put_scaling_policy(
        **target,
        PolicyName="p",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 70.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
        },
    )
    (described,) = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert described["RoleARN"].endswith("/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint")
    error = error_of(lambda: sm.update_endpoint(EndpointName="e", EndpointConfigName="larger"))
    assert "deregistered" in error["Message"]
    sm.delete_endpoint(EndpointName="e")
    aws.advance(5)
    assert error_of(lambda: sm.describe_endpoint(EndpointName="e"))
    assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
    assert error_of(lambda: scaling.deregister_scalable_target(**target))["Code"] == "ObjectNotFoundException"


def test_a_role_is_assumed_only_by_whom_it_trusts(aws):
    iam, sts = aws.client("iam"), aws.client("sts")
    arn = "arn:aws:iam::123456789012:role/r"
    assert error_of(lambda: sts.assume_role(RoleArn=arn, RoleSessionName="session"))["Code"] == "AccessDenied"
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    assert error_of(lambda: sts.assume_role(RoleArn=arn, RoleSessionName="session"))["Code"] == "AccessDenied"
    iam.update_assume_role_policy(
        RoleName="r",
        PolicyDocument=TRUST.replace('"Service": "sagemaker.amazonaws.com"', '"AWS": "arn:aws:iam::123456789012:root"'),
    )
    assert sts.assume_role(RoleArn=arn, RoleSessionName="session")["AssumedRoleUser"]["Arn"].endswith(
        "assumed-role/r/session"
    )


def test_exhausted_quotas(aws):
    sm, role = aws.client("sagemaker"), aws.role()
    quotas = aws.client("service-quotas")
    aws.control("POST", "quota", name="ml.m5.large for training job usage", value=1)
    sm.create_training_job(**req.training("one", role))
    error = error_of(lambda: sm.create_training_job(**req.training("two", role)))
    assert error["Code"] == "ResourceLimitExceeded"
    assert "'ml.m5.large for training job usage' is 1 Instances, with current utilization of 1" in error["Message"]
    spot = req.training("spot", role) | {"EnableManagedSpotTraining": True}
    spot["StoppingCondition"] = spot["StoppingCondition"] | {"MaxWaitTimeInSeconds": 86400}
    sm.create_training_job(**spot)
    aws.advance(10)
    sm.create_training_job(**req.training("two", role))
    pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
    found = next(q for page in pages for q in page["Quotas"] if q["QuotaName"] == "ml.m5.large for training job usage")
    assert found["Value"] == 1.0
    assert quotas.get_service_quota(ServiceCode="sagemaker", QuotaCode=found["QuotaCode"])["Quota"]["Value"] == 1.0
    aws.control("POST", "quota", name="ml.m5.large for endpoint usage", value=0)
    sm.create_model(**req.model("m", role))
    sm.create_endpoint_config(**req.config("c", "m"))
    assert (
        error_of(lambda: sm.create_endpoint(EndpointName="e", EndpointConfigName="c"))["Code"]
        == "ResourceLimitExceeded"
    )


def test_mail_subscriptions_stay_pending(aws):
    sns = aws.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    assert (
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@b.example")["SubscriptionArn"]
        == "pending confirmation"
    )
    arn = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@b.example", ReturnSubscriptionArn=True)[
        "SubscriptionArn"
    ]
    assert arn.startswith(topic)
    assert (
        sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"] == "PendingConfirmation"
    )
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"] == "true"
    sns.delete_topic(TopicArn=topic)
    assert aws.control("GET", "inventory")["count"] == 0


def test_budgets_can_be_changed_and_tagged(aws):
    budgets, account = aws.client("budgets"), "123456789012"
    budget = {
        "BudgetName": "b",
        "BudgetLimit": {"Amount": "1", "Unit": "USD"},
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
    }
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    subscriber = {"SubscriptionType": "EMAIL", "Address": "a@b.example"}
    budgets.create_budget(
        AccountId=account,
        Budget=budget,
        ResourceTags=[{"Key": "k", "Value": "v"}],
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": [subscriber]}],
    )
    budgets.update_budget(AccountId=account, NewBudget={**budget, "BudgetLimit": {"Amount": "2", "Unit": "USD"}})
    assert budgets.describe_budget(AccountId=account, BudgetName="b")["Budget"]["BudgetLimit"]["Amount"] == "2.0"
    found = budgets.describe_subscribers_for_notification(AccountId=account, BudgetName="b", Notification=notification)
    assert found["Subscribers"] == [subscriber]
    arn = f"arn:aws:budgets::{account}:budget/b"
    budgets.tag_resource(ResourceARN=arn, ResourceTags=[{"Key": "x", "Value": "y"}])
    budgets.untag_resource(ResourceARN=arn, ResourceTagKeys=["k"])
    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == [{"Key": "x", "Value": "y"}]


def test_another_account():
    """Every ARN names the account that it was started as."""
    from conftest import Local

    local = Local("--account", "210987654321", "--stepped")
    try:
        assert local.client("sts").get_caller_identity()["Account"] == "210987654321"
        role = local.role()
        assert role == "arn:aws:iam::210987654321:role/role"
        model = local.client("sagemaker").create_model(**req.model("m", role))
        assert model["ModelArn"] == "arn:aws:sagemaker:us-east-1:210987654321:model/m"
    finally:
        local.stop()


def test_a_notification_of_a_budget_exists_once(aws):
    """AWS Budgets API reference, CreateNotification: DuplicateRecordException."""
    budgets, account = aws.client("budgets"), "123456789012"
    limit = {"Amount": "100", "Unit": "USD"}
    budget = {"BudgetName": "b", "BudgetLimit": limit, "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    mail = [{"SubscriptionType": "EMAIL", "Address": "a@b.example"}]
    both = [{"Notification": notification, "Subscribers": mail}]
    create = lambda given: budgets.create_budget(AccountId=account, Budget=budget, NotificationsWithSubscribers=given)  # noqa: E731
    assert error_of(lambda: create(both * 2))["Code"] == "DuplicateRecordException"
    create(both)
    again = {"AccountId": account, "BudgetName": "b", "Subscribers": mail}
    call = lambda: budgets.create_notification(**again, Notification=notification)  # noqa: E731
    assert error_of(call)["Code"] == "DuplicateRecordException"
    budgets.create_notification(**again, Notification={**notification, "Threshold": 90.0})
    shown = budgets.describe_budget(AccountId=account, BudgetName="b")["Budget"]
    assert shown["BudgetLimit"]["Amount"] == "100.0", "as read from AWS"


def test_a_quota_is_raised_on_request(aws):
    """Service Quotas API reference, RequestServiceQuotaIncrease and the histories."""
    quotas = aws.client("service-quotas")
    assert {"ServiceCode": "sagemaker", "ServiceName": "Amazon SageMaker"} in quotas.list_services()["Services"]
    name = "ml.m5.large for endpoint usage"
    aws.control("POST", "quota", name=name, value=2)
    pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
    code = next(quota["QuotaCode"] for page in pages for quota in page["Quotas"] if quota["QuotaName"] == name)
    one = {"ServiceCode": "sagemaker", "QuotaCode": code}
    call = lambda value: quotas.request_service_quota_increase(**one, DesiredValue=value)  # noqa: E731
    assert error_of(lambda: call(2))["Code"] == "IllegalArgumentException"
    made = call(5)["RequestedQuota"]
    assert (made["Status"], made["DesiredValue"], made["QuotaName"]) == ("PENDING", 5.0, name)
    assert error_of(lambda: call(6))["Code"] == "ResourceAlreadyExistsException"
    assert quotas.get_service_quota(**one)["Quota"]["Value"] == 2.0
    aws.advance(5)
    assert quotas.get_requested_service_quota_change(RequestId=made["Id"])["RequestedQuota"]["Status"] == "APPROVED"
    assert quotas.get_service_quota(**one)["Quota"]["Value"] == 5.0
    call(7)
    history = quotas.list_requested_service_quota_change_history_by_quota(**one)["RequestedQuotas"]
    assert [each["Status"] for each in history] == ["PENDING", "APPROVED"]
    history = quotas.list_requested_service_quota_change_history(Status="APPROVED")["RequestedQuotas"]
    assert [each["Id"] for each in history] == [made["Id"]]
    absent = {"ServiceCode": "sagemaker", "QuotaCode": "L-00000000"}
    for call in (
        lambda: quotas.request_service_quota_increase(**absent, DesiredValue=1),
        lambda: quotas.get_requested_service_quota_change(RequestId="absent"),
    ):
        assert error_of(call)["Code"] == "NoSuchResourceException"


def test_prices_are_in_the_form_of_price_lists(aws):
    """AWS Price List API reference, GetProducts."""
    terms = {"regionCode": "eu-central-1", "component": "Notebook", "instanceName": "ml.t3.medium"}
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in terms.items()]
    asked = {"ServiceCode": "AmazonSageMaker", "Filters": filters, "MaxResults": 1}
    pricing = aws.client("pricing")
    first = pricing.get_products(**asked)
    second = pricing.get_products(**asked, NextToken=first["NextToken"])
    assert "NextToken" not in second
    prices = []
    for text in first["PriceList"] + second["PriceList"]:
        product = json.loads(text)
        assert terms.items() <= product["product"]["attributes"].items()
        (term,) = product["terms"]["OnDemand"].values()
        assert term["effectiveDate"] == "2026-05-01T00:00:00Z"
        prices += [dimension["pricePerUnit"]["USD"] for dimension in term["priceDimensions"].values()]
    assert sorted(prices) == ["0.0000000000", "0.0600000000"]
    assert "no Price List service in eu-west-1" in error_of(
        lambda: aws.client("pricing", "eu-west-1").get_products(**asked)
    )["Message"]
    assert error_of(lambda: pricing.describe_services())["Code"] == "AwsLocalNotImplemented"
