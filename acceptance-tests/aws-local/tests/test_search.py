"""Search."""

from __future__ import annotations

import pytest
import samples as req
from botocore.exceptions import ClientError


@pytest.fixture
def found(aws, sm):
    role = aws.role()
    for number in range(12):
        sm.create_training_job(
            **req.training(
                f"job-{number:02}",
                role,
                HyperParameters={"depth": str(number)},
                Tags=[{"Key": "team", "Value": "a" if number % 2 else "b"}],
            )
        )
        aws.advance(0.1)
    aws.control("POST", "status", kind="TrainingJob", name="job-03", status="Failed")

    def names(**expression):
        pages = sm.get_paginator("search").paginate(
            Resource="TrainingJob", SearchExpression=expression, SortBy="TrainingJobName", SortOrder="Ascending"
        )
        return [each["TrainingJob"]["TrainingJobName"] for page in pages for each in page["Results"]]

    return names


def test_filters(found):
    assert len(found()) == 12
    assert found(Filters=[{"Name": "TrainingJobStatus", "Operator": "Equals", "Value": "Failed"}]) == ["job-03"]
    assert found(Filters=[{"Name": "HyperParameters.depth", "Operator": "GreaterThan", "Value": "9"}]) == [
        "job-10",
        "job-11",
    ]
    assert found(
        Filters=[
            {"Name": "Tags.team", "Value": "a"},
            {"Name": "TrainingJobName", "Operator": "Contains", "Value": "-1"},
        ]
    ) == ["job-11"]
    assert found(
        Operator="Or",
        Filters=[{"Name": "TrainingJobName", "Value": "job-01"}, {"Name": "HyperParameters.depth", "Value": "5"}],
    ) == ["job-01", "job-05"]
    assert found(Filters=[{"Name": "TrainingJobName", "Operator": "In", "Value": "job-00, job-02"}]) == [
        "job-00",
        "job-02",
    ]
    assert found(Filters=[{"Name": "FailureReason", "Operator": "Exists"}]) == []
    assert len(found(Filters=[{"Name": "TrainingJobStatus", "Operator": "NotEquals", "Value": "Failed"}])) == 11
    assert found(SubExpressions=[{"Filters": [{"Name": "TrainingJobName", "Value": "job-07"}]}]) == ["job-07"]


def test_every_resource_served_can_be_searched(aws, sm):
    role = aws.role()
    sm.create_model(**req.model("m", role))
    sm.create_endpoint_config(**req.config("c", "m"))
    sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
    sm.create_model_package_group(ModelPackageGroupName="g")
    sm.create_model_package(**req.package("g"))
    sm.create_pipeline(**req.pipeline("p", role))
    sm.create_hyper_parameter_tuning_job(**req.tuning("t", role))
    sm.create_feature_group(**req.feature_group("f", role))
    sm.create_model_card(**req.card("card"))
    sm.create_training_job(**req.training("j", role))
    aws.advance(10)
    for resource in (
        "Model",
        "Endpoint",
        "ModelPackageGroup",
        "ModelPackage",
        "Pipeline",
        "HyperParameterTuningJob",
        "FeatureGroup",
        "ModelCard",
        "TrainingJob",
    ):
        answer = sm.search(Resource=resource)
        # The tuning job has two training jobs of its own.
        there = 3 if resource == "TrainingJob" else 1
        assert [list(each) for each in answer["Results"]] == [[resource]] * there, resource
        assert answer["TotalHits"]["Value"] == there
    with pytest.raises(ClientError, match="AwsLocalNotImplemented"):
        sm.search(Resource="Experiment")
