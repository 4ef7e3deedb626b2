"""What Describe adds to what was sent, kind by kind. Each table names where AWS's addition was seen."""

from __future__ import annotations

from typing import Any

import pytest
import samples as req

from aws_local.sagemaker.defaults import below, filled


def test_paths():
    sent = {"a": {"b": 1}, "list": [{"x": 1}, {}], "empty": []}
    defaults = {
        "a.c": 2,
        "a.b": 3,
        "made.x.y": 4,
        "absent?.x": 5,
        "list[].x": 6,
        "list[].copy": lambda each: each.get("x"),
        "empty[].x": 7,
        "gone[].x": 8,
        "top": [],
        "none": lambda _: None,
        **below("a", {"d": 9}),
    }
    assert filled(sent, defaults) == {
        "a": {"b": 1, "c": 2, "d": 9},
        "list": [{"x": 1, "copy": 1}, {"x": 6, "copy": 6}],
        "empty": [],
        "made": {"x": {"y": 4}},
        "top": [],
    }
    assert sent == {"a": {"b": 1}, "list": [{"x": 1}, {}], "empty": []}, "what was sent stays as it is"


@pytest.fixture
def role(aws) -> str:
    return aws.role()


@pytest.fixture
def world(aws, sm, role) -> str:
    """A model, an endpoint and a team; answers the role."""
    sm.create_model(**req.model("m", role))
    sm.create_endpoint_config(**req.config("c", "m"))
    sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
    aws.advance(5)
    return role


def at(value: Any, path: str) -> Any:
    """`A.B.0.C` in a description."""
    for part in path.split("."):
        value = value[int(part) if part.isdigit() else part]
    return value


def agree(described: dict[str, Any], expected: dict[str, Any]) -> None:
    assert {path: at(described, path) for path in expected} == expected


def test_training_job(sm, role):
    """ACK SageMaker, training_job: custom_delta.go and late_initialize."""
    place = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}}
    rule = {"RuleConfigurationName": "r", "RuleEvaluatorImage": req.IMAGE}
    groups = [{"InstanceType": "ml.m5.large", "InstanceCount": 1, "InstanceGroupName": "g"}]
    sm.create_training_job(
        **req.training(
            "j",
            role,
            InputDataConfig=[{"ChannelName": "train", "DataSource": place}],
            ResourceConfig={"InstanceGroups": groups, "VolumeSizeInGB": 5},
            DebugRuleConfigurations=[rule],
            ProfilerRuleConfigurations=[rule],
            StoppingCondition={},
        )
    )
    agree(
        sm.describe_training_job(TrainingJobName="j"),
        {
            "InputDataConfig.0.CompressionType": "None",
            "InputDataConfig.0.RecordWrapperType": "None",
            "OutputDataConfig.KmsKeyId": "",
            "OutputDataConfig.CompressionType": "GZIP",
            "StoppingCondition.MaxRuntimeInSeconds": 86400,
            "AlgorithmSpecification.EnableSageMakerMetricsTimeSeries": False,
            "EnableManagedSpotTraining": False,
            # Zeros of what has none.
            "ResourceConfig.InstanceCount": 0,
            "DebugRuleConfigurations.0.VolumeSizeInGB": 0,
            "ProfilerRuleConfigurations.0.VolumeSizeInGB": 0,
        },
    )
    measured = {
        **req.training("x", role)["AlgorithmSpecification"],
        "MetricDefinitions": [{"Name": "a", "Regex": "a=(.*)"}],
    }
    sm.create_training_job(**req.training("k", role, AlgorithmSpecification=measured))
    agree(
        sm.describe_training_job(TrainingJobName="k"),
        {
            "InputDataConfig": [],
            "AlgorithmSpecification.EnableSageMakerMetricsTimeSeries": True,
            "ResourceConfig.InstanceCount": 1,
        },
    )


def test_processing_job(sm, role):
    """ACK SageMaker, processing_job/custom_delta.go; API reference, ProcessingInput.AppManaged."""
    source = {
        "S3Uri": "s3://b/p",
        "S3DataType": "S3Prefix",
        "LocalPath": "/opt/ml/processing/in",
        "S3InputMode": "File",
    }
    target = {"S3Uri": "s3://b/o", "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"}
    sm.create_processing_job(
        **req.processing(
            "j",
            role,
            ProcessingInputs=[{"InputName": "in", "S3Input": source}],
            ProcessingOutputConfig={"Outputs": [{"OutputName": "out", "S3Output": target}]},
        )
    )
    described = sm.describe_processing_job(ProcessingJobName="j")
    agree(
        described,
        {
            "ProcessingInputs.0.AppManaged": False,
            "ProcessingInputs.0.S3Input.S3DataDistributionType": "FullyReplicated",
            "ProcessingOutputConfig.Outputs.0.AppManaged": False,
            "StoppingCondition.MaxRuntimeInSeconds": 86400,
        },
    )
    sm.create_processing_job(**req.processing("bare", role))
    bare = sm.describe_processing_job(ProcessingJobName="bare")
    assert "ProcessingOutputConfig" not in bare and "ProcessingInputs" not in bare


def test_transform_job(sm, world):
    """ACK SageMaker, transform_job/custom_delta.go."""
    sm.create_transform_job(**req.transform("j", "m"))
    agree(
        sm.describe_transform_job(TransformJobName="j"),
        {
            "TransformInput.CompressionType": "None",
            "TransformInput.SplitType": "None",
            "TransformOutput.AssembleWith": "None",
            "TransformOutput.KmsKeyId": "",
            "DataProcessing": {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"},
        },
    )


def test_tuning_job(sm, role):
    """terraform-provider-aws and ACK, hyper_parameter_tuning_job: what both normalize away again."""
    request = req.tuning("t", role)
    del request["TrainingJobDefinition"]["StoppingCondition"]["MaxRuntimeInSeconds"]
    sm.create_hyper_parameter_tuning_job(**request)
    agree(
        sm.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="t"),
        {
            "HyperParameterTuningJobConfig.TrainingJobEarlyStoppingType": "Off",
            "TrainingJobDefinition.StaticHyperParameters": {"_tuning_objective_metric": "accuracy"},
            "TrainingJobDefinition.EnableManagedSpotTraining": False,
            "TrainingJobDefinition.StoppingCondition.MaxRuntimeInSeconds": 86400,
            "TrainingJobDefinition.OutputDataConfig.CompressionType": "GZIP",
        },
    )
    request = req.tuning("u", role)
    algorithm = {"AlgorithmName": "mine", "TrainingInputMode": "File"}
    definition = {**request.pop("TrainingJobDefinition"), "AlgorithmSpecification": algorithm, "DefinitionName": "d"}
    request["TrainingJobDefinitions"] = [definition]
    sm.create_hyper_parameter_tuning_job(**request)
    agree(
        sm.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="u"),
        {
            "TrainingJobDefinitions.0.AlgorithmSpecification.AlgorithmName": (
                "arn:aws:sagemaker:us-east-1:123456789012:algorithm/mine"
            ),
            "TrainingJobDefinitions.0.EnableNetworkIsolation": False,
        },
    )


def test_model(sm, role):
    """Models read from AWS: the data source stands beside the URL that was sent."""
    sm.create_model(**req.model("bare", role))
    agree(
        sm.describe_model(ModelName="bare"), {"PrimaryContainer.Mode": "SingleModel", "EnableNetworkIsolation": False}
    )
    assert "ModelDataSource" not in sm.describe_model(ModelName="bare")["PrimaryContainer"]

    container = {
        "Image": req.IMAGE,
        "ModelDataUrl": "s3://bucket/model.tar.gz",
        "ImageConfig": {"RepositoryAccessMode": "Platform"},
    }
    source = {"S3Uri": "s3://bucket/model.tar.gz", "S3DataType": "S3Object", "CompressionType": "Gzip"}
    for name, given in (("one", {"PrimaryContainer": container}), ("chain", {"Containers": [container, container]})):
        sm.create_model(ModelName=name, ExecutionRoleArn=role, **given)
    assert sm.describe_model(ModelName="one")["PrimaryContainer"]["ModelDataSource"] == {"S3DataSource": source}
    image = sm.describe_model(ModelName="one")["PrimaryContainer"]["ImageConfig"]
    assert image == {"RepositoryAccessMode": "Platform", "RepositoryAuthConfig": {}}
    for shown in sm.describe_model(ModelName="chain")["Containers"]:
        assert shown["ModelDataSource"] == {"S3DataSource": source}
    sm.create_model(ModelName="several", ExecutionRoleArn=role, PrimaryContainer={**container, "Mode": "MultiModel"})
    assert "ModelDataSource" not in sm.describe_model(ModelName="several")["PrimaryContainer"]


def test_endpoint_configuration(sm, world):
    """API reference, ProductionVariant.InitialVariantWeight."""
    agree(sm.describe_endpoint_config(EndpointConfigName="c"), {"ProductionVariants.0.InitialVariantWeight": 1.0})


@pytest.mark.parametrize("kind, snake", [("DataQuality", "data_quality"), ("ModelQuality", "model_quality"),
    ("ModelBias", "model_bias"), ("ModelExplainability", "model_explainability")])  # fmt: skip
def test_monitoring_job_definition(sm, world, kind, snake):
    """terraform-provider-aws, data_quality_job_definition_test.go; API reference, EndpointInput."""
    request = req.definition(kind, "d", world, "e")
    getattr(sm, f"create_{snake}_job_definition")(**request)
    agree(
        getattr(sm, f"describe_{snake}_job_definition")(JobDefinitionName="d"),
        {
            f"{kind}JobInput.EndpointInput.S3InputMode": "File",
            f"{kind}JobInput.EndpointInput.S3DataDistributionType": "FullyReplicated",
            f"{kind}JobOutputConfig.MonitoringOutputs.0.S3Output.S3UploadMode": "EndOfJob",
            "StoppingCondition.MaxRuntimeInSeconds": 3600,
        },
    )


def test_monitoring_schedule(sm, world):
    """github.com/go-to-k/cdk-real-drift: an inline definition as AWS answered it."""
    inline = {
        "MonitoringInputs": [{"EndpointInput": {"EndpointName": "e", "LocalPath": "/opt/ml/processing/input"}}],
        "MonitoringOutputConfig": req.definition("DataQuality", "d", world, "e")["DataQualityJobOutputConfig"],
        "MonitoringResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5}
        },
        "MonitoringAppSpecification": {"ImageUri": req.IMAGE},
        "RoleArn": world,
    }
    schedule = {"ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"}, "MonitoringJobDefinition": inline}
    sm.create_monitoring_schedule(MonitoringScheduleName="s", MonitoringScheduleConfig=schedule)
    config = "MonitoringScheduleConfig"
    agree(
        sm.describe_monitoring_schedule(MonitoringScheduleName="s"),
        {
            f"{config}.MonitoringType": "DataQuality",
            f"{config}.MonitoringJobDefinition.StoppingCondition.MaxRuntimeInSeconds": 3600,
            f"{config}.MonitoringJobDefinition.MonitoringInputs.0.EndpointInput.S3InputMode": "File",
            f"{config}.MonitoringJobDefinition.MonitoringOutputConfig.MonitoringOutputs.0.S3Output.S3UploadMode": "EndOfJob",
        },
    )


def test_notebook_instance(sm, role):
    """API reference, CreateNotebookInstance; ACK SageMaker, notebook_instance."""
    sm.create_notebook_instance(**req.notebook("n", role))
    agree(
        sm.describe_notebook_instance(NotebookInstanceName="n"),
        {
            "PlatformIdentifier": "notebook-al2023-v1",
            "IpAddressType": "ipv4",
            "VolumeSizeInGB": 5,
            "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "1"},
        },
    )


def test_labeling_job(sm, role):
    """ACK SageMaker, labeling_job; API reference, HumanTaskConfig."""
    sm.create_workteam(**req.workteam("w"))
    team = sm.describe_workteam(WorkteamName="w")["Workteam"]["WorkteamArn"]
    public = "arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default"
    for name, arn, seconds in (("private", team, 2592000), ("public", public, 21600)):
        sm.create_labeling_job(**req.labeling(name, role, arn))
        agree(
            sm.describe_labeling_job(LabelingJobName=name),
            {
                "HumanTaskConfig.MaxConcurrentTaskCount": 1000,
                "HumanTaskConfig.TaskAvailabilityLifetimeInSeconds": seconds,
                "OutputConfig.KmsKeyId": "",
            },
        )


def test_pipeline(sm, role):
    """github.com/go-to-k/cdk-real-drift: the display name is the name."""
    sm.create_pipeline(**req.pipeline("p", role))
    assert sm.describe_pipeline(PipelineName="p")["PipelineDisplayName"] == "p"
    assert sm.list_pipelines()["PipelineSummaries"][0]["PipelineDisplayName"] == "p"


def test_feature_group(sm, role):
    """ACK SageMaker, feature_group: late_initialize of generator.yaml."""
    sm.create_feature_group(**req.feature_group("f", role))
    agree(
        sm.describe_feature_group(FeatureGroupName="f"),
        {
            "OfflineStoreConfig.DisableGlueTableCreation": False,
            "OfflineStoreConfig.TableFormat": "Glue",
            "OfflineStoreConfig.DataCatalogConfig.Catalog": "AwsDataCatalog",
            "ThroughputConfig.ThroughputMode": "OnDemand",
        },
    )
