"""Lists: every paginator of boto3 for kinds served, filters, order, tokens."""

from __future__ import annotations

import re

import pytest
import samples as req
from botocore.exceptions import ClientError
from conftest import TRUST

from aws_local.sagemaker.kinds import KINDS


@pytest.fixture
def jobs(aws, sm):
    role = aws.role()
    for number in range(25):
        sm.create_training_job(**req.training(f"job-{number:02}", role))
        aws.advance(1)
    return sm


def names(page):
    return [each["TrainingJobName"] for each in page["TrainingJobSummaries"]]


def test_pages_are_ten_unless_told(jobs):
    first = jobs.list_training_jobs()
    assert names(first) == [f"job-{n:02}" for n in range(10)]
    pages = list(jobs.get_paginator("list_training_jobs").paginate(PaginationConfig={"PageSize": 7}))
    assert [len(page["TrainingJobSummaries"]) for page in pages] == [7, 7, 7, 4]
    assert sum((names(page) for page in pages), []) == [f"job-{n:02}" for n in range(25)]


def test_order_and_filters(aws, jobs):
    assert names(jobs.list_training_jobs(SortOrder="Descending", MaxResults=2)) == ["job-24", "job-23"]
    assert names(jobs.list_training_jobs(SortBy="Name", SortOrder="Descending", MaxResults=1)) == ["job-24"]
    assert names(jobs.list_training_jobs(NameContains="B-2")) == [f"job-{n}" for n in range(20, 25)]
    running = names(jobs.list_training_jobs(StatusEquals="InProgress"))
    assert running and running[-1] == "job-24" and "job-00" not in running
    middle = jobs.describe_training_job(TrainingJobName="job-10")["CreationTime"]
    assert names(jobs.list_training_jobs(CreationTimeAfter=middle, MaxResults=100)) == [
        f"job-{n}" for n in range(10, 25)
    ]
    assert len(names(jobs.list_training_jobs(CreationTimeBefore=middle, MaxResults=100))) == 11


def test_a_token_belongs_to_its_filters(jobs):
    token = jobs.list_training_jobs(MaxResults=5)["NextToken"]
    with pytest.raises(ClientError, match="NextToken"):
        jobs.list_training_jobs(MaxResults=5, NameContains="x", NextToken=token)
    with pytest.raises(ClientError, match="NextToken"):
        jobs.list_training_jobs(NextToken="nonsense")


def test_every_paginator_of_operations_served(aws, sm):
    """All of them answer an empty account (those that need an object name it and are tested with their kind)."""
    from aws_local.sagemaker.engine import Engine
    from aws_local.sagemaker.kinds import OPERATIONS

    served = Engine(None, "123456789012", KINDS, OPERATIONS).operations
    described = sm.meta.service_model
    tried = 0
    for operation in described.operation_names:
        method = next((name for name, op in sm.meta.method_to_api_mapping.items() if op == operation), None)
        if operation not in served or method is None or not sm.can_paginate(method):
            continue
        # The model does not say that ListPipelineExecutionSteps needs its execution.
        if (
            described.operation_model(operation).input_shape.required_members
            or operation == "ListPipelineExecutionSteps"
        ):
            continue
        for page in sm.get_paginator(method).paginate():
            assert not any(value for key, value in page.items() if isinstance(value, list)), operation
        tried += 1
    assert tried > 25


def test_tags_are_limited_to_fifty(sm):
    arn = sm.create_model_package_group(ModelPackageGroupName="g")["ModelPackageGroupArn"]
    sm.add_tags(ResourceArn=arn, Tags=[{"Key": str(n), "Value": ""} for n in range(50)])
    with pytest.raises(ClientError, match="50"):
        sm.add_tags(ResourceArn=arn, Tags=[{"Key": "one more", "Value": ""}])
    assert len(sm.list_tags(ResourceArn=arn)["Tags"]) == 50
    pages = list(sm.get_paginator("list_tags").paginate(ResourceArn=arn))
    assert sum(len(page["Tags"]) for page in pages) == 50


def documented(member, of) -> str | None:
    """What the API reference calls the default of a list operation's SortBy or SortOrder."""
    if member not in of.members:
        return None
    text = re.sub(r"<[^>]+>", "", of.members[member].documentation)
    found = re.search(r"default(?: value)? is (\w+)|Sorts by (\w+(?: \w+)?) by default", text)
    return found and re.sub(r"[ _]", "", found[1] or found[2]).lower()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_order_of_a_list_is_the_documented_one(kind, sm):
    """API reference, SortBy and SortOrder of ListX: the order when the request names none."""
    operation = kind.operation("List")
    if operation not in sm.meta.service_model.operation_names:
        return
    shape = sm.meta.service_model.operation_model(operation).input_shape
    # "CreatedTime" of pipelines is what the enumeration calls CreationTime.
    wanted = (documented("SortBy", shape) or "creationtime").replace("createdtime", "creationtime")
    assert (kind.list_by.lower(), kind.list_order.lower()) == (
        wanted,
        documented("SortOrder", shape) or kind.list_order.lower(),
    )


def test_tuning_jobs_are_listed_by_name_and_processing_jobs_by_time(aws, sm):
    role = aws.role()
    for name in ("b", "c", "a"):
        sm.create_hyper_parameter_tuning_job(**req.tuning(name, role))
        sm.create_processing_job(**req.processing(name, role))
        aws.advance(1)
    tuning = sm.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
    assert [each["HyperParameterTuningJobName"] for each in tuning] == ["a", "b", "c"]
    processing = sm.list_processing_jobs()["ProcessingJobSummaries"]
    assert [each["ProcessingJobName"] for each in processing] == ["b", "c", "a"]


def test_orders_in_capitals(aws, sm):
    """Service model, ImageSortBy and ImageSortOrder are spelled in capitals."""
    role = aws.role()
    for name in ("b", "a"):
        sm.create_image(ImageName=name, RoleArn=role)
        aws.advance(1)

    def names(**order):
        return [each["ImageName"] for each in sm.list_images(**order)["Images"]]

    assert names(SortBy="CREATION_TIME", SortOrder="ASCENDING") == ["b", "a"]
    assert names(SortBy="IMAGE_NAME", SortOrder="DESCENDING") == ["b", "a"]
    assert names() == ["a", "b"]


def test_lists_of_other_services_have_their_filters_and_pages(aws):
    """SNS: pages of 100; Scheduler: 50, filters by name, group and state; CloudWatch and Logs: the beginnings of names."""
    sns = aws.client("sns")
    for number in range(101):
        sns.create_topic(Name=f"topic-{number}")
    first = sns.list_topics()
    assert len(first["Topics"]) == 100
    (last,) = sns.list_topics(NextToken=first["NextToken"])["Topics"]
    assert last not in first["Topics"]

    iam, scheduler = aws.client("iam"), aws.client("scheduler")
    trust = TRUST.replace("sagemaker", "scheduler")
    role = iam.create_role(RoleName="scheduler", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    aws.advance(60)
    scheduler.create_schedule_group(Name="ours")
    for group, name, state in [("default", "a-1", "ENABLED"), ("default", "b-1", "DISABLED"), ("ours", "a-2", "ENABLED")]:
        scheduler.create_schedule(
            Name=name,
            GroupName=group,
            State=state,
            ScheduleExpression="rate(1 days)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": "arn:aws:sqs:us-east-1:123456789012:queue", "RoleArn": role},
        )

    def schedules(**request):
        pages = scheduler.get_paginator("list_schedules").paginate(**request, PaginationConfig={"PageSize": 1})
        return sorted(each["Name"] for page in pages for each in page["Schedules"])

    assert schedules() == ["a-1", "a-2", "b-1"]
    assert schedules(NamePrefix="a") == ["a-1", "a-2"]
    assert schedules(GroupName="ours") == ["a-2"]
    assert schedules(State="DISABLED") == ["b-1"]

    cloudwatch, logs = aws.client("cloudwatch"), aws.client("logs")
    for name in ("churn", "other"):
        cloudwatch.put_dashboard(DashboardName=name, DashboardBody='{"widgets": []}')
        logs.create_log_group(logGroupName=name)
    (only,) = cloudwatch.list_dashboards(DashboardNamePrefix="chu")["DashboardEntries"]
    assert only["DashboardName"] == "churn"
    assert [each["logGroupName"] for each in logs.describe_log_groups(logGroupNamePrefix="ot")["logGroups"]] == ["other"]
    assert len(logs.describe_log_groups(limit=1)["logGroups"]) == 1
