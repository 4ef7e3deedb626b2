"""Jobs: what is refused when they are created or changed, beyond what the service model says."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import samples as req
from botocore.exceptions import ClientError


@pytest.fixture
def role(aws) -> str:
    return aws.role()


def refusal(call: Any) -> str:
    """The text of a ValidationException."""
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    return caught.value.response["Error"]["Message"]


def test_a_training_job_needs_resources(sm, role):
    """API reference, CreateTrainingJob.ResourceConfig and ServerlessJobConfig."""
    request = {k: v for k, v in req.training("j", role).items() if k != "ResourceConfig"}
    assert "ResourceConfig is required" in refusal(lambda: sm.create_training_job(**request))


LLAMA = "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/meta-llama"
WITH_INSTANCES = {
    "AlgorithmSpecification": {"TrainingImage": "i", "TrainingInputMode": "File"},
    "EnableManagedSpotTraining": False,
    "Environment": {"A": "1"},
    "RetryStrategy": {"MaximumRetryAttempts": 1},
    "CheckpointConfig": {"S3Uri": "s3://bucket/checkpoints"},
    "DebugHookConfig": {"S3OutputPath": "s3://bucket/debug"},
    "ExperimentConfig": {"ExperimentName": "e"},
    "ProfilerConfig": {"S3OutputPath": "s3://bucket/profile"},
    "ProfilerRuleConfigurations": [{"RuleConfigurationName": "r", "RuleEvaluatorImage": "i"}],
    "TensorBoardOutputConfig": {"S3OutputPath": "s3://bucket/board"},
}


def test_what_a_serverless_training_job_is_made_of(sm, role):
    """terraform-provider-aws, sagemaker/training_job.go, for what excludes it; API reference, ServerlessJobConfig.BaseModelArn:
    "SageMaker always selects the latest version of the provided model"."""

    def create(name: str, arn: str, **more: Any) -> Any:
        config = {"BaseModelArn": arn, "JobType": "FineTuning", "AcceptEula": True}
        sm.create_training_job(
            TrainingJobName=name,
            RoleArn=role,
            OutputDataConfig={"S3OutputPath": "s3://bucket/output"},
            ServerlessJobConfig=config,
            **more,
        )
        return sm.describe_training_job(TrainingJobName=name)["ServerlessJobConfig"]["BaseModelArn"]

    for member, value in WITH_INSTANCES.items():
        assert member in refusal(lambda one={member: value}: create("j", LLAMA, **one))
    versions = {create("a", f"{LLAMA}/2.40.0"), create("b", LLAMA)}
    assert len(versions) == 1 and versions != {f"{LLAMA}/2.40.0"}, versions


def test_what_can_be_updated_of_a_training_job_that_has_ended(aws, sm, role):
    """API reference, UpdateTrainingJob: profiling and remote debugging while it runs, the warm pool also afterwards."""
    resources = {**req.training("j", role)["ResourceConfig"], "KeepAlivePeriodInSeconds": 600}
    sm.create_training_job(**req.training("j", role, ResourceConfig=resources))
    sm.update_training_job(TrainingJobName="j", RemoteDebugConfig={"EnableRemoteDebug": True})
    aws.advance(10)
    for change in (
        {"RemoteDebugConfig": {"EnableRemoteDebug": False}},
        {"ProfilerConfig": {"DisableProfiler": True}},
        {"ProfilerRuleConfigurations": []},
    ):
        assert "Completed" in refusal(lambda change=change: sm.update_training_job(TrainingJobName="j", **change))
    sm.update_training_job(TrainingJobName="j", ResourceConfig={"KeepAlivePeriodInSeconds": 700})
    assert sm.describe_training_job(TrainingJobName="j")["ResourceConfig"]["KeepAlivePeriodInSeconds"] == 700
    aws.advance(1000)
    assert sm.describe_training_job(TrainingJobName="j")["WarmPoolStatus"]["Status"] == "Terminated"
    late = {"KeepAlivePeriodInSeconds": 3000}
    assert "no warm pool" in refusal(lambda: sm.update_training_job(TrainingJobName="j", ResourceConfig=late))


def test_a_warm_pool_is_terminated_by_its_user(aws, sm, role):
    request = req.training("j", role)
    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 3600
    sm.create_training_job(**request)
    aws.advance(600)
    with pytest.raises(sm.exceptions.ResourceInUse):
        sm.delete_training_job(TrainingJobName="j")
    sm.update_training_job(TrainingJobName="j", ResourceConfig={"KeepAlivePeriodInSeconds": 0})
    assert sm.describe_training_job(TrainingJobName="j")["WarmPoolStatus"]["Status"] == "Terminated"
    sm.delete_training_job(TrainingJobName="j")


def item(name: str, path: str | None, **more: Any) -> dict[str, Any]:
    place = {"S3Uri": "s3://b/p", "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": {**place, **({"LocalPath": path} if path else {})}, **more}


def output(name: str, path: str) -> dict[str, Any]:
    return {"OutputName": name, "S3Output": {"S3Uri": "s3://b/p", "LocalPath": path, "S3UploadMode": "EndOfJob"}}


@pytest.mark.parametrize(
    "change, told",
    [
        ({"ProcessingInputs": [item("a", "/tmp/data")]}, "begins with /opt/ml/processing/"),
        ({"ProcessingInputs": [item("a", None)]}, "LocalPath"),
        ({"ProcessingOutputConfig": {"Outputs": [output("a", "/opt/ml/output")]}}, "LocalPath"),
        (
            {"ProcessingInputs": [item("a", "/opt/ml/processing/a"), item("a", "/opt/ml/processing/b")]},
            "more than once",
        ),
        (
            {"ProcessingOutputConfig": {"Outputs": [output("a", "/opt/ml/processing/a")] * 2}},
            "more than once",
        ),
        ({"ProcessingInputs": [item("a", None, AppManaged=True)]}, None),
    ],
)
def test_paths_and_names_of_a_processing_job(sm, role, change, told):
    """API reference, ProcessingS3Input.LocalPath."""

    def call():
        return sm.create_processing_job(**req.processing("j", role, **change))

    if told:
        assert told in refusal(call)
    else:
        call()


METRIC = (
    "A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric definitions."
)
"""github.com/aws/amazon-sagemaker-examples issue 1207, github.com/aws/sagemaker-python-sdk issue 3932."""
INTEGER = {"Name": "depth", "MinValue": "1", "MaxValue": "9"}
CONFIG, JOB = "HyperParameterTuningJobConfig", "TrainingJobDefinition"


@pytest.mark.parametrize(
    "path, value, told",
    [
        ((CONFIG, "HyperParameterTuningJobObjective", "MetricName"), "loss", METRIC),
        ((CONFIG, "HyperParameterTuningJobObjective"), None, METRIC),
        ((CONFIG, "ParameterRanges", "IntegerParameterRanges", 0, "MinValue"), "10", "MinValue"),
        ((CONFIG, "ParameterRanges", "IntegerParameterRanges", 0, "MinValue"), "x", "MinValue"),
        ((CONFIG, "ParameterRanges", "IntegerParameterRanges"), [INTEGER, INTEGER], "more than once"),
        ((CONFIG, "ParameterRanges", "IntegerParameterRanges"), [], "At least one hyperparameter range"),
        ((CONFIG, "ResourceLimits", "MaxParallelTrainingJobs"), 3, "MaxParallelTrainingJobs"),
        ((CONFIG, "Strategy"), "Grid", "Grid"),
        ((CONFIG, "StrategyConfig"), {"HyperbandStrategyConfig": {"MaxResource": 9}}, "StrategyConfig"),
        ((CONFIG, "Strategy"), "Hyperband", "MaxResource"),
        ((JOB, "StaticHyperParameters"), {"depth": "3"}, "more than once"),
        (("WarmStartConfig",), {"ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "ghost"}],
                                "WarmStartType": "TransferLearning"}, "ghost"),
        ((JOB, "AlgorithmSpecification"), {"TrainingInputMode": "File",
            "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"}, None),
        (("Autotune",), {"Mode": "Enabled"}, None),
    ],
)  # fmt: skip
def test_a_tuning_job_that_cannot_be(sm, role, path, value, told):
    request = copy.deepcopy(req.tuning("t", role))
    place: Any = request
    for each in path[:-1]:
        place = place[each]
    place[path[-1]] = value
    if value is None:
        del place[path[-1]]
    if told is None:
        sm.create_hyper_parameter_tuning_job(**request)
        return
    with pytest.raises(ClientError) as caught:
        sm.create_hyper_parameter_tuning_job(**request)
    assert told in caught.value.response["Error"]["Message"]


def test_hyperband_knows_its_resources(sm, role):
    """API reference, HyperbandStrategyConfig.MaxResource and TrainingJobEarlyStoppingType."""
    request = req.tuning("t", role)
    request[CONFIG]["Strategy"] = "Hyperband"
    request[CONFIG]["TrainingJobEarlyStoppingType"] = "Auto"
    assert "must be Off" in refusal(lambda: sm.create_hyper_parameter_tuning_job(**request))
    del request[CONFIG]["TrainingJobEarlyStoppingType"]
    request[JOB]["StaticHyperParameters"] = {"epochs": "9"}
    sm.create_hyper_parameter_tuning_job(**request)
    del request[JOB]["StaticHyperParameters"]
    request[CONFIG]["StrategyConfig"] = {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 9}}
    sm.create_hyper_parameter_tuning_job(**{**request, "HyperParameterTuningJobName": "u"})


def test_the_training_jobs_of_a_tuning_job_have_its_tags(aws, sm, role):
    """API reference, CreateHyperParameterTuningJob.Tags."""
    tags = [{"Key": "team", "Value": "churn"}]
    sm.create_hyper_parameter_tuning_job(**req.tuning("t", role), Tags=tags)
    aws.advance(600)
    jobs = sm.list_training_jobs()["TrainingJobSummaries"]
    assert [sm.list_tags(ResourceArn=job["TrainingJobArn"])["Tags"] for job in jobs] == [tags, tags]


def test_several_definitions_have_names(sm, role):
    request = req.tuning("t", role)
    definition = request.pop("TrainingJobDefinition")
    request["TrainingJobDefinitions"] = [definition]
    assert "DefinitionName" in refusal(lambda: sm.create_hyper_parameter_tuning_job(**request))
    request["TrainingJobDefinitions"] = [{**definition, "DefinitionName": "one"}]
    sm.create_hyper_parameter_tuning_job(**request)


def test_a_labeling_job_needs_its_team(sm, role):
    """API reference, HumanTaskConfig.WorkteamArn."""
    ghost = "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/ghost"
    assert "does not exist" in refusal(lambda: sm.create_labeling_job(**req.labeling("l", role, ghost)))


def test_a_team_without_a_workforce_is_in_the_one_there_is(sm):
    """API reference, CreateWorkteam.WorkforceName."""
    sm.create_workforce(WorkforceName="Wf", CognitoConfig={"UserPool": "us-east-1_a", "ClientId": "c"})
    sm.create_workteam(**req.workteam("w"))
    assert sm.describe_workteam(WorkteamName="w")["Workteam"]["WorkforceArn"].endswith("workforce/Wf")
    # API reference, DeleteWorkforce: "you will receive a ResourceInUse error".
    with pytest.raises(sm.exceptions.ResourceInUse, match="w"):
        sm.delete_workforce(WorkforceName="Wf")
    sm.delete_workteam(WorkteamName="w")
    sm.delete_workforce(WorkforceName="Wf")


def test_the_list_of_tuning_jobs_has_arns_in_lower_case(sm, role):
    """github.com/boto/boto3 issue 4606: ListTags refuses them."""
    sm.create_hyper_parameter_tuning_job(**req.tuning("Tune", role))
    (listed,) = sm.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
    arn = sm.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="Tune")["HyperParameterTuningJobArn"]
    assert listed["HyperParameterTuningJobArn"] == arn.lower() != arn
    assert refusal(lambda: sm.list_tags(ResourceArn=arn.lower())) == "Resource does not exist."
    sm.list_tags(ResourceArn=arn)


def test_tags_that_aws_refuses(sm):
    """github.com/aws/sagemaker-python-sdk issue 1301; API reference, AddTags ("Tag keys must be unique")."""
    reserved = "System prefix 'aws:' reserved for AWS usage in tag key: aws:stack"
    system, twice = [{"Key": "aws:stack", "Value": "s"}], [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    group = {"ModelPackageGroupName": "g"}
    assert refusal(lambda: sm.create_model_package_group(**group, Tags=system)) == reserved
    assert "a" in refusal(lambda: sm.create_model_package_group(**group, Tags=twice))
    arn = sm.create_model_package_group(**group)["ModelPackageGroupArn"]
    assert refusal(lambda: sm.add_tags(ResourceArn=arn, Tags=system)) == reserved
    assert "Duplicate" in refusal(lambda: sm.add_tags(ResourceArn=arn, Tags=twice))
    assert refusal(lambda: sm.delete_tags(ResourceArn=arn, TagKeys=["aws:stack"])) == reserved
    assert sm.list_tags(ResourceArn=arn)["Tags"] == []


def test_a_tuning_job_that_does_not_run_has_training_jobs_nevertheless(aws, sm, role):
    sm.create_hyper_parameter_tuning_job(**req.tuning("t", role))
    aws.advance(10)
    tuned = sm.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="t")
    listed = sm.list_training_jobs(NameContains="t-0")["TrainingJobSummaries"]
    assert tuned["TrainingJobStatusCounters"]["Completed"] == len(listed) > 0
    best = sm.describe_training_job(TrainingJobName=tuned["BestTrainingJob"]["TrainingJobName"])
    assert best["TuningJobArn"] == tuned["HyperParameterTuningJobArn"]
    assert best["HyperParameters"].items() >= tuned["BestTrainingJob"]["TunedHyperParameters"].items()
    # The developer guide: a tuning job is deleted without them.
    sm.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="t")
    aws.advance(10)
    assert len(sm.list_training_jobs()["TrainingJobSummaries"]) == len(listed)
