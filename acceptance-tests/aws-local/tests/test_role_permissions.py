"""A role has the permissions that its policies give it, some seconds after it got them, and jobs have no others.

Sources: terraform-provider-aws, internal/service/sagemaker/training_job.go (the refusals that it retries on);
github.com/aws/sagemaker-spark-container issue 158; SageMaker developer guide, "How to use SageMaker AI execution roles".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import samples as req
from conftest import TRUST, Local
from test_services import error_of

OWN = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"
READ = {
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::data",
    "Condition": {"StringLike": {"s3:prefix": ["in/*", "in"]}},
}
WRITE = {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::data/out/*"}
PULL = {
    "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"],
    "Resource": "arn:aws:ecr:us-east-1:123456789012:repository/mine",
}
ALL = (READ, WRITE, PULL)
NO_LIST = (
    'Unauthorized to List objects under S3 URL "s3://data/in/". User: arn:aws:sts::123456789012:assumed-role/r/SageMaker is not '
    'authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::data" because no identity-based policy allows the '
    "s3:ListBucket action"
)
NO_WRITE = "Access denied to OutputDataConfig S3 bucket: data"
NO_PULL = "Access denied for repository: mine in registry ID: 123456789012."


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]})


def role(aws: Any, *statements: dict[str, Any]) -> str:
    """A role with these statements, all known by now."""
    arn = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    if statements:
        aws.client("iam").put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document(*statements))
    aws.advance(5)
    return arn


def job(name: str, role_arn: str) -> dict[str, Any]:
    channel = {
        "ChannelName": "train",
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/in/"}},
    }
    return {
        **req.training(name, role_arn),
        "AlgorithmSpecification": {"TrainingImage": OWN, "TrainingInputMode": "File"},
        "InputDataConfig": [channel],
        "OutputDataConfig": {"S3OutputPath": "s3://data/out"},
    }


@pytest.mark.parametrize(
    "statements, said",
    [
        ((), NO_PULL),
        ((READ, WRITE), NO_PULL),
        ((READ, PULL), NO_WRITE),
        ((WRITE, PULL), NO_LIST),
        (({**READ, "Condition": {"StringLike": {"s3:prefix": ["other/*"]}}}, WRITE, PULL), NO_LIST),
        ((*ALL, {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}), NO_WRITE),
        ((READ, {**WRITE, "Resource": "arn:aws:s3:::data/other/*"}, PULL), NO_WRITE),
        (ALL, None),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_training_jobs_need_permissions(aws, sm, statements, said):
    arn = role(aws, *statements)
    if said is None:
        sm.create_training_job(**job("j", arn))
        return
    error = error_of(lambda: sm.create_training_job(**job("j", arn)))
    assert (error["Code"], error["Message"]) == ("ValidationException", said)
    assert sm.list_training_jobs()["TrainingJobSummaries"] == []


def test_tuning_jobs_need_permissions(aws, sm):
    arn = role(aws, READ, WRITE)
    given = req.tuning("t", arn)
    training = job("j", arn)
    given["TrainingJobDefinition"] |= {member: training[member] for member in ("InputDataConfig", "OutputDataConfig")}
    given["TrainingJobDefinition"]["AlgorithmSpecification"]["TrainingImage"] = OWN
    assert error_of(lambda: sm.create_hyper_parameter_tuning_job(**given))["Message"] == NO_PULL
    aws.client("iam").put_role_policy(RoleName="r", PolicyName="pull", PolicyDocument=document(PULL))
    aws.advance(5)
    sm.create_hyper_parameter_tuning_job(**given)


def test_permissions_arrive_later_than_they_are_given(aws, sm):
    """IAM user guide, troubleshoot_general: changes are not always immediately visible."""
    iam = aws.client("iam")
    arn = role(aws, READ, WRITE)
    policy = iam.create_policy(PolicyName="pull", PolicyDocument=document(PULL))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=policy)
    assert error_of(lambda: sm.create_training_job(**job("j", arn)))["Message"] == NO_PULL
    aws.advance(4.1)
    sm.create_training_job(**job("one", arn))
    # What replaces a policy arrives later, too; until then the old one counts.
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document(READ))
    sm.create_training_job(**job("two", arn))
    aws.advance(4.1)
    assert error_of(lambda: sm.create_training_job(**job("three", arn)))["Message"] == NO_WRITE


def test_a_bucket_may_let_the_role_in(aws, sm):
    arn = role(aws, PULL)
    aws.client("s3").create_bucket(Bucket="data")
    resources = ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]
    statement = {"Action": ["s3:ListBucket", "s3:PutObject"], "Resource": resources, "Principal": {"AWS": arn}}
    aws.client("s3").put_bucket_policy(Bucket="data", Policy=document(statement))
    sm.create_training_job(**job("j", arn))


def test_images_of_aws_need_nothing_that_is_known(aws, sm):
    given = job("j", role(aws, READ, WRITE))
    given["AlgorithmSpecification"]["TrainingImage"] = (
        "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1"
    )
    sm.create_training_job(**given)


# -- while it runs ---------------------------------------------------------------------------------------------------

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
COPY = "import shutil; print('copied'); shutil.copy('/opt/ml/processing/in/a', '/opt/ml/processing/out/a')"


@pytest.fixture(scope="module")
def live() -> Iterator[Local]:
    local = Local("--allow-exec", "--role-delay", "0", "--permission-delay", "0")
    local.client("s3").create_bucket(Bucket="data")
    local.client("s3").put_object(Bucket="data", Key="in/a", Body=b"x")
    local.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    yield local
    local.stop()


GET = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/in/*"}
LOG = {"Action": "logs:*", "Resource": "arn:aws:logs:*:123456789012:log-group:/aws/sagemaker/*"}


@pytest.mark.parametrize(
    "statements, status, said, logged",
    [
        ((READ, GET, WRITE, LOG), "Completed", "", True),
        ((READ, GET, WRITE), "Completed", "", False),
        ((READ, WRITE, LOG), "Failed", "s3:GetObject", False),
        ((GET, WRITE, LOG), "Failed", "s3:ListBucket", False),
        ((READ, GET, LOG), "Failed", "s3:PutObject", True),
    ],
    ids=["all", "no logs", "no get", "no list", "no put"],
)
def test_jobs_read_write_and_log_with_their_role(live, statements, status, said, logged):
    """Developer guide, "CreateProcessingJob API: Execution Role Permissions"."""
    name = f"job-{abs(hash(json.dumps(statements)))}"
    live.client("iam").put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document(*statements))
    sm = live.client("sagemaker")
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5}
    source = {
        "S3Uri": "s3://data/in/",
        "LocalPath": "/opt/ml/processing/in",
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
    }
    target = {"S3Uri": "s3://data/out/", "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"}
    sm.create_processing_job(
        ProcessingJobName=name,
        RoleArn="arn:aws:iam::123456789012:role/r",
        AppSpecification={"ImageUri": IMAGE, "ContainerEntrypoint": ["python", "-c", COPY]},
        ProcessingResources={"ClusterConfig": cluster},
        ProcessingInputs=[{"InputName": "in", "S3Input": source}],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "out", "S3Output": target}]},
    )
    waiter = sm.get_waiter("processing_job_completed_or_stopped")
    try:
        waiter.wait(ProcessingJobName=name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 300})
    except Exception as error:  # boto3 raises its own WaiterError where the job has failed.
        assert "Failed" in str(error)
    told = sm.describe_processing_job(ProcessingJobName=name)
    assert told["ProcessingJobStatus"] == status
    assert said in told.get("FailureReason", "") and ("AccessDenied" in told.get("FailureReason", "")) == bool(said)
    groups = live.client("logs").describe_log_groups(logGroupNamePrefix="/aws/sagemaker/ProcessingJobs")["logGroups"]
    streams = [
        stream
        for group in groups
        for stream in live.client("logs").describe_log_streams(logGroupName=group["logGroupName"])["logStreams"]
        if stream["logStreamName"].startswith(name)
    ]
    assert bool(streams) == logged
