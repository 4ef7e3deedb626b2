//! The training jobs that a tuning job launches.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

use super::config::{Objective, ParameterRanges};
use crate::aws::arn;
use crate::shapes::VpcConfig;
use crate::shapes::training::{
    Channel, CheckpointConfig, MetricDefinition, OutputDataConfig, ResourceConfig, RetryStrategy, StoppingCondition,
    one_day,
};

/// Training jobs that a tuning job launches.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("resource_config", "hyper_parameter_tuning_resource_config"))]
pub struct TrainingJobDefinition {
    /// Name of the definition. Required in `training_job_definitions`.
    #[tf(optional, validate(DEFINITION_NAME))]
    definition_name: Option<String>,
    #[tf(optional)]
    tuning_objective: Option<Objective>,
    #[tf(optional)]
    hyper_parameter_ranges: Option<ParameterRanges>,
    /// Hyperparameters that are the same in all training jobs. Those of script mode are added automatically and not shown.
    #[tf(optional, validate(Validator::Count { min: 0, max: 100 }))]
    static_hyper_parameters: Option<BTreeMap<String, String>>,
    #[tf(required)]
    algorithm_specification: TuningAlgorithm,
    /// ARN of the IAM role that SageMaker assumes to run the training jobs.
    #[tf(required, validate(arn::ROLE))]
    role_arn: String,
    /// Input data channels.
    #[tf(optional, unordered, validate(Validator::Count { min: 1, max: 20 }))]
    input_data_config: Option<Vec<Channel>>,
    #[tf(required)]
    output_data_config: OutputDataConfig,
    #[tf(optional)]
    resource_config: Option<ResourceConfig>,
    #[tf(optional)]
    hyper_parameter_tuning_resource_config: Option<TuningResourceConfig>,
    /// Limits on run time and waiting time of each training job. SageMaker stops a job that reaches one.
    #[tf(optional, computed, default_value(one_day()))]
    stopping_condition: Option<StoppingCondition>,
    #[tf(optional)]
    vpc_config: Option<VpcConfig>,
    /// Whether the containers are isolated from the network: no inbound or outbound calls, except between the instances of a
    /// training job.
    #[tf(optional, computed, default = false)]
    enable_network_isolation: bool,
    /// Whether traffic between the instances of a distributed training job is encrypted.
    #[tf(optional, computed, default = false)]
    enable_inter_container_traffic_encryption: bool,
    /// Whether the training jobs run on Spot capacity, which costs less and can be interrupted. Requires
    /// `stopping_condition.max_wait_time_in_seconds`.
    #[tf(optional, computed, default = false)]
    enable_managed_spot_training: bool,
    #[tf(optional)]
    checkpoint_config: Option<CheckpointConfig>,
    /// Retries after an internal server error. Autotune sets it unless you do.
    #[tf(optional, computed, use_state_for_unknown)]
    retry_strategy: Option<RetryStrategy>,
    /// Environment variables of the container, at most 48 in all definitions together.
    #[tf(optional, validate(Validator::Count { min: 0, max: 48 }))]
    environment: Option<BTreeMap<String, String>>,
}

/// Source: the pattern of HyperParameterTrainingJobDefinitionName in the SageMaker API reference.
const DEFINITION_NAME: Validator = Validator::Text {
    expected: "1 to 64 letters, digits and hyphens, with a letter or digit at both ends",
    accepts: |s| {
        let inner = s.trim_matches('-');
        s == inner && (1..=64).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    },
};

/// The algorithm: the container image and its input mode.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("training_image", "algorithm_name"))]
pub struct TuningAlgorithm {
    /// Container image: the URI of an image in ECR, with a tag or a digest.
    #[tf(optional, validate(Validator::Length { min: 1, max: 255 }))]
    training_image: Option<String>,
    /// Name or ARN of an algorithm of your account or of AWS Marketplace.
    #[tf(optional, validate(Validator::Length { min: 1, max: 170 }))]
    algorithm_name: Option<String>,
    /// How the input data is made available: `File` downloads it before a training job starts, `FastFile` streams it as files,
    /// `Pipe` through named pipes.
    #[tf(optional, computed, default = "File", validate(Validator::OneOf(&["Pipe", "File", "FastFile"])))]
    training_input_mode: String,
    /// Metrics to extract from the logs of the training jobs, the objective metric among them. Built-in algorithms have their
    /// own.
    #[tf(optional, computed, unordered, use_state_for_unknown, validate(Validator::Count { min: 0, max: 40 }))]
    metric_definitions: Option<Vec<MetricDefinition>>,
}

/// Instances of the training jobs, chosen from several types by their availability.
#[derive(Clone, Debug, Model)]
#[tf(at_most_one_of("instance_type", "instance_configs"))]
#[tf(at_most_one_of("instance_count", "instance_configs"))]
#[tf(at_most_one_of("volume_size_in_gb", "instance_configs"))]
pub struct TuningResourceConfig {
    /// Instance type, for example `ml.m5.large`.
    #[tf(optional)]
    instance_type: Option<String>,
    /// Number of instances of each training job.
    #[tf(optional, validate(Validator::Range { min: 1, max: i64::MAX }))]
    instance_count: Option<i64>,
    /// Size of the storage volume of each instance, in GB. SageMaker chooses a size unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Range { min: 1, max: i64::MAX }))]
    volume_size_in_gb: Option<i64>,
    /// ID, ARN or alias of the KMS key that encrypts the storage volumes.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    volume_kms_key_id: Option<String>,
    /// In which order `instance_configs` are tried: `Prioritized`, the given order.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["Prioritized"])))]
    allocation_strategy: Option<String>,
    /// Several types of instances, instead of `instance_type`, `instance_count` and `volume_size_in_gb`.
    #[tf(optional, validate(Validator::Count { min: 1, max: 6 }))]
    instance_configs: Option<Vec<TuningInstanceConfig>>,
}

/// Instances of one type.
#[derive(Clone, Debug, Model)]
pub struct TuningInstanceConfig {
    /// Instance type.
    #[tf(required)]
    instance_type: String,
    /// Number of instances.
    #[tf(required, validate(Validator::Range { min: 1, max: i64::MAX }))]
    instance_count: i64,
    /// Size of the storage volume of each instance, in GB.
    #[tf(required, validate(Validator::Range { min: 1, max: i64::MAX }))]
    volume_size_in_gb: i64,
}
