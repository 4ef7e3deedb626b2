//! The types of steps: what each has, which request it becomes, and what later steps may read of it.

use aws_sdk_sagemaker::operation as api;
use aws_smithy_schema::serde::ShapeDeserializer;

/// Reads a type of the SDK; what is read, the deserializer sees.
pub(crate) type Shape = fn(&mut dyn ShapeDeserializer);

/// A type of step.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// As definitions have it.
    pub name: &'static str,
    /// Members beside those that all steps have; None if its definition is not published.
    pub members: Option<&'static [&'static str]>,
    /// The request that its arguments are; None if they are something else, or not SageMaker's.
    pub request: Option<Shape>,
    /// Members of the request that a step may not have, at any depth (pull request 3472, issue 4994).
    pub refused: &'static [&'static str],
    /// The description of its job, whose members are properties of the step.
    pub description: Option<Shape>,
    /// Properties beside these (SageMaker Python SDK, step classes; developer guide, build-and-manage-properties); None if
    /// nothing is known of its properties.
    pub properties: Option<&'static [&'static str]>,
}

/// The members that all steps have.
pub(super) const COMMON: [&str; 6] = ["Name", "Type", "Arguments", "DependsOn", "DisplayName", "Description"];
/// Members of steps that can be cached and retried.
const RUN: &[&str] = &["CacheConfig", "RetryPolicies"];
const CHECK_PROPERTIES: &[&str] = &[
    "CalculatedBaselineConstraints",
    "CalculatedBaselineStatistics",
    "BaselineUsedForDriftCheckConstraints",
    "BaselineUsedForDriftCheckStatistics",
];

const OTHER: Kind = Kind { name: "", members: None, request: None, refused: &[], description: None, properties: None };

macro_rules! shape {
    ($module:ident, $name:ident) => {
        Some(|d| drop(api::$module::$name::deserialize(d)))
    };
}

const PROCESSING: Kind = Kind {
    name: "Processing",
    members: Some(&["CacheConfig", "RetryPolicies", "PropertyFiles"]),
    request: shape!(create_processing_job, CreateProcessingJobInput),
    description: shape!(describe_processing_job, DescribeProcessingJobOutput),
    properties: Some(&["PropertyFiles"]),
    ..OTHER
};

/// The types of the JSON schema and of the SageMaker Python SDK (steps.py, StepTypeEnum).
pub(super) static KINDS: [Kind; 22] = [
    PROCESSING,
    Kind {
        name: "Training",
        members: Some(RUN),
        request: shape!(create_training_job, CreateTrainingJobInput),
        description: shape!(describe_training_job, DescribeTrainingJobOutput),
        properties: Some(&[]),
        ..OTHER
    },
    Kind {
        name: "Tuning",
        members: Some(RUN),
        request: shape!(create_hyper_parameter_tuning_job, CreateHyperParameterTuningJobInput),
        description: shape!(describe_hyper_parameter_tuning_job, DescribeHyperParameterTuningJobOutput),
        properties: Some(&["TrainingJobSummaries"]),
        ..OTHER
    },
    Kind {
        name: "AutoML",
        members: Some(RUN),
        request: shape!(create_auto_ml_job, CreateAutoMlJobInput),
        description: shape!(describe_auto_ml_job, DescribeAutoMlJobOutput),
        properties: Some(&["BestCandidateProperties"]),
        ..OTHER
    },
    Kind {
        name: "Transform",
        members: Some(RUN),
        request: shape!(create_transform_job, CreateTransformJobInput),
        description: shape!(describe_transform_job, DescribeTransformJobOutput),
        properties: Some(&[]),
        ..OTHER
    },
    Kind {
        name: "Model",
        members: Some(&["RetryPolicies"]),
        request: shape!(create_model, CreateModelInput),
        refused: &["AdditionalModelDataSources"],
        description: shape!(describe_model, DescribeModelOutput),
        properties: Some(&[]),
    },
    Kind {
        name: "RegisterModel",
        members: Some(&["RetryPolicies"]),
        request: shape!(create_model_package, CreateModelPackageInput),
        refused: &["ModelPackageName", "AdditionalModelDataSources"],
        description: shape!(describe_model_package, DescribeModelPackageOutput),
        properties: Some(&[]),
    },
    Kind { name: "Condition", members: Some(&[]), properties: Some(&["Outcome"]), ..OTHER },
    Kind { name: "Fail", members: Some(&[]), properties: Some(&[]), ..OTHER },
    Kind {
        name: "Lambda",
        members: Some(&["CacheConfig", "FunctionArn", "OutputParameters"]),
        properties: Some(&["OutputParameters"]),
        ..OTHER
    },
    Kind {
        name: "Callback",
        members: Some(&["CacheConfig", "SqsQueueUrl", "OutputParameters"]),
        properties: Some(&["OutputParameters"]),
        ..OTHER
    },
    Kind { name: "EMR", members: Some(RUN), ..OTHER },
    Kind { name: "EMRServerless", members: Some(RUN), ..OTHER },
    Kind {
        name: "QualityCheck",
        members: Some(&[
            "CacheConfig",
            "RetryPolicies",
            "CheckType",
            "ModelPackageGroupName",
            "SkipCheck",
            "FailOnViolation",
            "RegisterNewBaseline",
            "SuppliedBaselineConstraints",
            "SuppliedBaselineStatistics",
        ]),
        properties: Some(CHECK_PROPERTIES),
        ..PROCESSING
    },
    Kind {
        name: "ClarifyCheck",
        members: Some(&[
            "CacheConfig",
            "RetryPolicies",
            "CheckType",
            "ModelPackageGroupName",
            "SkipCheck",
            "FailOnViolation",
            "RegisterNewBaseline",
            "SuppliedBaselineConstraints",
            "ModelName",
        ]),
        properties: Some(CHECK_PROPERTIES),
        ..PROCESSING
    },
    Kind {
        name: "EndpointConfig",
        request: shape!(create_endpoint_config, CreateEndpointConfigInput),
        description: shape!(describe_endpoint_config, DescribeEndpointConfigOutput),
        properties: Some(&[]),
        ..OTHER
    },
    Kind {
        name: "Endpoint",
        request: shape!(create_endpoint, CreateEndpointInput),
        description: shape!(describe_endpoint, DescribeEndpointOutput),
        properties: Some(&[]),
        ..OTHER
    },
    Kind {
        name: "InferenceComponent",
        request: shape!(create_inference_component, CreateInferenceComponentInput),
        description: shape!(describe_inference_component, DescribeInferenceComponentOutput),
        properties: Some(&[]),
        ..OTHER
    },
    Kind { name: "Lineage", ..OTHER },
    Kind { name: "Job", ..OTHER },
    Kind { name: "Cleanup", ..OTHER },
    Kind { name: "ForEach", ..OTHER },
];

/// The type of this name, as definitions have it.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.name == name)
}
