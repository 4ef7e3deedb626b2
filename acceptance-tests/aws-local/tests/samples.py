"""Valid create requests of every kind, as a client would send them."""

from __future__ import annotations

import base64
import json
from typing import Any

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:1"
TOKEN = "t" * 32
SCRIPT = base64.b64encode(b"#!/bin/sh\ntrue\n").decode()


def training(name: str, role: str, **more: Any) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "RoleArn": role,
        "HyperParameters": {"depth": "3"},
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **more,
    }


def processing(name: str, role: str, **more: Any) -> dict[str, Any]:
    return {
        "ProcessingJobName": name,
        "RoleArn": role,
        "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": ["python", "x.py"]},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5}
        },
        "Environment": {"A": "b"},
        **more,
    }


def transform(name: str, model: str) -> dict[str, Any]:
    return {
        "TransformJobName": name,
        "ModelName": model,
        "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}}},
        "TransformOutput": {"S3OutputPath": "s3://bucket/out"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }


def tuning(name: str, role: str) -> dict[str, Any]:
    definition = {k: v for k, v in training("x", role).items() if k not in ("TrainingJobName", "HyperParameters")}
    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 1},
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "accuracy"},
            "ParameterRanges": {"IntegerParameterRanges": [{"Name": "depth", "MinValue": "1", "MaxValue": "9"}]},
        },
        "TrainingJobDefinition": {
            **definition,
            "AlgorithmSpecification": {
                **definition["AlgorithmSpecification"],
                "MetricDefinitions": [{"Name": "accuracy", "Regex": "accuracy=(.*)"}],
            },
        },
    }


def automl(name: str, role: str) -> dict[str, Any]:
    return {
        "AutoMLJobName": name,
        "RoleArn": role,
        "AutoMLJobInputDataConfig": [
            {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}}}
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "AutoMLProblemTypeConfig": {"TabularJobConfig": {"TargetAttributeName": "y"}},
    }


def workteam(name: str) -> dict[str, Any]:
    return {
        "WorkteamName": name,
        "Description": "people",
        "MemberDefinitions": [
            {"CognitoMemberDefinition": {"UserPool": "us-east-1_a", "UserGroup": "g", "ClientId": "c"}}
        ],
    }


def labeling(name: str, role: str, workteam_arn: str) -> dict[str, Any]:
    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    return {
        "LabelingJobName": name,
        "RoleArn": role,
        "LabelAttributeName": "label",
        "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://bucket/manifest"}}},
        "OutputConfig": {"S3OutputPath": "s3://bucket/out"},
        "HumanTaskConfig": {
            "WorkteamArn": workteam_arn,
            "UiConfig": {"UiTemplateS3Uri": "s3://bucket/ui"},
            "TaskTitle": "t",
            "TaskDescription": "d",
            "NumberOfHumanWorkersPerDataObject": 1,
            "TaskTimeLimitInSeconds": 60,
            "PreHumanTaskLambdaArn": function,
            "AnnotationConsolidationConfig": {"AnnotationConsolidationLambdaArn": function},
        },
    }


def model(name: str, role: str) -> dict[str, Any]:
    return {
        "ModelName": name,
        "ExecutionRoleArn": role,
        "PrimaryContainer": {"Image": IMAGE, "Environment": {"A": "b"}},
    }


def config(name: str, model_name: str, **variant: Any) -> dict[str, Any]:
    return {
        "EndpointConfigName": name,
        "ProductionVariants": [
            {
                "VariantName": "main",
                "ModelName": model_name,
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 1,
                **variant,
            }
        ],
        "DataCaptureConfig": {
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": "s3://bucket/capture",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        },
    }


def package(group: str) -> dict[str, Any]:
    return {
        "ModelPackageGroupName": group,
        "InferenceSpecification": {
            "Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://bucket/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    }


DEFINITION = json.dumps(
    {
        "Version": "2020-12-01",
        "Parameters": [{"Name": "Message", "Type": "String", "DefaultValue": "stop"}],
        "Steps": [{"Name": "Fail", "Type": "Fail", "Arguments": {"ErrorMessage": "stop here"}}],
    }
)


def pipeline(name: str, role: str) -> dict[str, Any]:
    return {"PipelineName": name, "RoleArn": role, "PipelineDefinition": DEFINITION, "ClientRequestToken": TOKEN}


def definition(kind: str, name: str, role: str, endpoint: str) -> dict[str, Any]:
    special: dict[str, Any] = {
        "DataQuality": {},
        "ModelQuality": {
            "ModelQualityJobInput": {"GroundTruthS3Input": {"S3Uri": "s3://bucket/truth"}},
            "ModelQualityAppSpecification": {"ProblemType": "Regression"},
        },
        "ModelBias": {
            "ModelBiasJobInput": {"GroundTruthS3Input": {"S3Uri": "s3://bucket/truth"}},
            "ModelBiasAppSpecification": {"ConfigUri": "s3://bucket/config"},
        },
        "ModelExplainability": {"ModelExplainabilityAppSpecification": {"ConfigUri": "s3://bucket/config"}},
    }[kind]
    made = {
        "JobDefinitionName": name,
        "RoleArn": role,
        f"{kind}AppSpecification": {"ImageUri": IMAGE},
        f"{kind}JobInput": {"EndpointInput": {"EndpointName": endpoint, "LocalPath": "/opt/ml/processing/input"}},
        f"{kind}JobOutputConfig": {
            "MonitoringOutputs": [
                {"S3Output": {"S3Uri": "s3://bucket/report", "LocalPath": "/opt/ml/processing/output"}}
            ]
        },
        "JobResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5}},
    }
    for member, value in special.items():
        made[member] = {**made[member], **value}
    return made


def schedule(name: str, definition_name: str, kind: str = "DataQuality") -> dict[str, Any]:
    return {
        "MonitoringScheduleName": name,
        "MonitoringScheduleConfig": {
            "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
            "MonitoringJobDefinitionName": definition_name,
            "MonitoringType": kind,
        },
    }


def notebook(name: str, role: str) -> dict[str, Any]:
    return {"NotebookInstanceName": name, "InstanceType": "ml.t3.medium", "RoleArn": role}


def domain(name: str, role: str) -> dict[str, Any]:
    return {
        "DomainName": name,
        "AuthMode": "IAM",
        "DefaultUserSettings": {"ExecutionRole": role},
        "VpcId": "vpc-1",
        "SubnetIds": ["subnet-1"],
    }


def feature_group(name: str, role: str) -> dict[str, Any]:
    return {
        "FeatureGroupName": name,
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "time",
        "RoleArn": role,
        "FeatureDefinitions": [
            {"FeatureName": "id", "FeatureType": "String"},
            {"FeatureName": "time", "FeatureType": "Fractional"},
        ],
        "OnlineStoreConfig": {"EnableOnlineStore": True},
        "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://bucket/features"}},
    }


def card(name: str) -> dict[str, Any]:
    return {
        "ModelCardName": name,
        "Content": json.dumps({"model_overview": {"model_name": name}}),
        "ModelCardStatus": "Draft",
    }
