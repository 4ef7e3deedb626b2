//! A production variant: a model and its machines.

use tfplug::check::Check;
use tfplug::model::Model;
use tfplug::value::Value;

use crate::aws::{arn, s3_uri};

/// A model and its machines.
#[derive(Clone, Debug, Model)]
#[tf(at_most_one_of("instance_type", "serverless_config", "instance_pools"))]
pub struct ProductionVariant {
    /// Name of the variant.
    #[tf(required, check(crate::sagemaker::names::NAME))]
    variant_name: String,
    /// Name of the model. None for inference components.
    #[tf(optional)]
    model_name: Option<String>,
    /// Number of machines to begin with.
    #[tf(optional, check(Check::Range { min: 1, max: i64::MAX }))]
    initial_instance_count: Option<i64>,
    /// Instance type, for example `ml.t2.medium`.
    #[tf(optional)]
    instance_type: Option<String>,
    /// Instance types to take capacity from, by priority.
    #[tf(optional, check(Check::Count { min: 1, max: 5 }))]
    instance_pools: Option<Vec<InstancePool>>,
    /// Seconds to wait for machines.
    #[tf(optional, check(Check::Range { min: 300, max: 3600 }))]
    variant_instance_provision_timeout_in_seconds: Option<i64>,
    /// Share of the traffic, relative to the other variants.
    #[tf(optional, computed, default_value(Value::from(1)))]
    initial_variant_weight: Option<f64>,
    /// Elastic Inference accelerator.
    #[tf(optional, deprecated = "AWS has ended Elastic Inference; use an instance type with an accelerator.")]
    accelerator_type: Option<String>,
    /// Where core dumps go.
    #[tf(optional)]
    core_dump_config: Option<CoreDumpConfig>,
    /// Serves without machines of its own.
    #[tf(optional)]
    serverless_config: Option<ServerlessConfig>,
    /// Size of each machine's volume in GB.
    #[tf(optional, computed, keep, check(Check::Range { min: 1, max: i64::MAX }))]
    volume_size_in_gb: Option<i64>,
    /// Seconds in which the model must be downloaded.
    #[tf(optional, check(Check::Range { min: 60, max: 3600 }))]
    model_data_download_timeout_in_seconds: Option<i64>,
    /// Seconds in which the container must answer its health check.
    #[tf(optional, check(Check::Range { min: 60, max: 3600 }))]
    container_startup_health_check_timeout_in_seconds: Option<i64>,
    /// Whether Systems Manager may open a shell on the machines.
    #[tf(optional, computed, keep)]
    enable_ssm_access: Option<bool>,
    /// Scaling of the machines by SageMaker itself.
    #[tf(optional)]
    managed_instance_scaling: Option<ManagedInstanceScaling>,
    /// How requests are spread over the machines.
    #[tf(optional)]
    routing_config: Option<RoutingConfig>,
    /// Version of the machine image, for drivers of accelerators.
    #[tf(optional)]
    inference_ami_version: Option<String>,
    /// Reserved capacity.
    #[tf(optional)]
    capacity_reservation_config: Option<CapacityReservationConfig>,
    /// How accelerators are divided.
    #[tf(optional, check(Check::Count { min: 1, max: 32 }))]
    accelerator_partition_layouts: Option<Vec<AcceleratorPartitionLayout>>,
}

/// An instance type to take capacity from.
#[derive(Clone, Debug, Model)]
pub struct InstancePool {
    /// Instance type.
    #[tf(required)]
    instance_type: String,
    /// Model for this type instead of the variant's.
    #[tf(optional)]
    model_name_override: Option<String>,
    /// Priority, 1 first.
    #[tf(required, check(Check::Range { min: 1, max: 5 }))]
    priority: i64,
}

/// Where core dumps go.
#[derive(Clone, Debug, Model)]
pub struct CoreDumpConfig {
    /// S3 URI for the dumps.
    #[tf(required, check(s3_uri::URI))]
    destination_s3_uri: String,
    /// KMS key to encrypt them with.
    #[tf(optional, check(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
}

/// Serves without machines of its own.
#[derive(Clone, Debug, Model)]
pub struct ServerlessConfig {
    /// Memory in MB: 1024, 2048, 3072, 4096, 5120 or 6144.
    #[tf(required, check(Check::Range { min: 1024, max: 6144 }))]
    memory_size_in_mb: i64,
    /// Most requests at once.
    #[tf(required, check(Check::Range { min: 1, max: 200 }))]
    max_concurrency: i64,
    /// Requests that are kept ready for.
    #[tf(optional, check(Check::Range { min: 1, max: 200 }))]
    provisioned_concurrency: Option<i64>,
}

/// Scaling of the machines by SageMaker itself.
#[derive(Clone, Debug, Model)]
pub struct ManagedInstanceScaling {
    /// Whether it is on.
    #[tf(optional, check(Check::OneOf(&["ENABLED", "DISABLED"])))]
    status: Option<String>,
    /// Fewest machines.
    #[tf(optional, check(Check::Range { min: 0, max: i64::MAX }))]
    min_instance_count: Option<i64>,
    /// Most machines.
    #[tf(optional, check(Check::Range { min: 1, max: i64::MAX }))]
    max_instance_count: Option<i64>,
    /// How machines are given back.
    #[tf(optional)]
    scale_in_policy: Option<ScaleInPolicy>,
}

/// How machines are given back.
#[derive(Clone, Debug, Model)]
pub struct ScaleInPolicy {
    /// Idle machines only, or by moving models together.
    #[tf(required, check(Check::OneOf(&["IDLE_RELEASE", "CONSOLIDATION"])))]
    strategy: String,
    /// Most machines given back at once.
    #[tf(optional, check(Check::Range { min: 1, max: 100 }))]
    maximum_step_size: Option<i64>,
    /// Minutes between two steps.
    #[tf(optional, check(Check::Range { min: 5, max: 1440 }))]
    cooldown_in_minutes: Option<i64>,
}

/// How requests are spread over the machines.
#[derive(Clone, Debug, Model)]
pub struct RoutingConfig {
    /// Strategy.
    #[tf(required, check(Check::OneOf(&["LEAST_OUTSTANDING_REQUESTS", "RANDOM", "PREFIX_AWARE", "KV_AWARE"])))]
    routing_strategy: String,
    /// Settings of the strategy by prefix.
    #[tf(optional)]
    prefix_aware_routing_config: Option<PrefixAwareRoutingConfig>,
}

/// Routing of requests with the same beginning to the same machine.
#[derive(Clone, Debug, Model)]
pub struct PrefixAwareRoutingConfig {
    /// Length of the beginning in characters.
    #[tf(optional, check(Check::Range { min: 1024, max: 65536 }))]
    prefix_length: Option<i64>,
    /// Requests at once from which another machine is taken.
    #[tf(optional, check(Check::Range { min: 1, max: 1024 }))]
    concurrency_threshold: Option<i64>,
}

/// Reserved capacity.
#[derive(Clone, Debug, Model)]
pub struct CapacityReservationConfig {
    /// Whether only reserved capacity is taken.
    #[tf(optional, check(Check::OneOf(&["capacity-reservations-only"])))]
    capacity_reservation_preference: Option<String>,
    /// ARN of the reservation.
    #[tf(optional, check(arn::ANY))]
    ml_reservation_arn: Option<String>,
}

/// How the accelerators of a machine are divided.
#[derive(Clone, Debug, Model)]
pub struct AcceleratorPartitionLayout {
    /// Types of the parts.
    #[tf(optional, check(Check::Count { min: 0, max: 32 }))]
    accelerator_partition_types: Option<Vec<String>>,
}
