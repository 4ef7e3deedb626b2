//! A production variant: a model and its instances.

use tfplug::model::{Model, Set};
use tfplug::validator::{Validate, Validator};
use tfplug::value::Value;

use crate::aws::{arn, s3_uri};

/// A model to host, and the instances to host it on.
#[derive(Clone, Debug, Model)]
#[tf(
    exactly_one_of("instance_type", "serverless_config", "instance_pools"),
    requires("instance_type", "initial_instance_count")
)]
pub struct ProductionVariant {
    /// Name of the variant.
    #[tf(required, validate(crate::sagemaker::names::NAME))]
    variant_name: String,
    /// Name of the model. Leave unset for a variant that hosts inference components.
    #[tf(optional)]
    model_name: Option<String>,
    /// Initial number of instances. Autoscaling may change the number that the endpoint runs.
    #[tf(optional, validate(Validator::Range { min: 1, max: i64::MAX }))]
    initial_instance_count: Option<i64>,
    /// Instance type, for example `ml.m5.large`.
    #[tf(optional)]
    instance_type: Option<String>,
    /// Instance types to provision from, by priority, instead of `instance_type`.
    #[tf(optional, validate(Validator::Count { min: 1, max: 5 }))]
    instance_pools: Option<Vec<InstancePool>>,
    /// Timeout for provisioning instances, in seconds.
    #[tf(optional, validate(Validator::Range { min: 300, max: 3600 }))]
    variant_instance_provision_timeout_in_seconds: Option<i64>,
    /// Initial share of the traffic, relative to the weights of the other variants.
    #[tf(optional, computed, default_value(Value::from(1)))]
    initial_variant_weight: Option<f64>,
    /// Elastic Inference accelerator type.
    #[tf(optional, deprecated = "Elastic Inference is no longer available; use an instance type with an accelerator.")]
    accelerator_type: Option<String>,
    #[tf(optional)]
    core_dump_config: Option<CoreDumpConfig>,
    #[tf(optional, validate(Validator::Custom(&Provisioned)))]
    serverless_config: Option<ServerlessConfig>,
    /// Size of the storage volume of each instance, in GB. SageMaker chooses a size by the instance type unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Range { min: 1, max: 512 }))]
    volume_size_in_gb: Option<i64>,
    /// Timeout for downloading and extracting the model from S3, in seconds.
    #[tf(optional, validate(Validator::Range { min: 60, max: 3600 }))]
    model_data_download_timeout_in_seconds: Option<i64>,
    /// Timeout for the container to pass its startup health check, in seconds.
    #[tf(optional, validate(Validator::Range { min: 60, max: 3600 }))]
    container_startup_health_check_timeout_in_seconds: Option<i64>,
    /// Whether the instances can be accessed through Systems Manager. SageMaker's default is false.
    #[tf(optional, computed, use_state_for_unknown)]
    enable_ssm_access: Option<bool>,
    #[tf(optional)]
    managed_instance_scaling: Option<ManagedInstanceScaling>,
    #[tf(optional)]
    routing_config: Option<RoutingConfig>,
    /// Version of the Amazon Machine Image, which determines driver versions, for example
    /// `al2-ami-sagemaker-inference-gpu-2`.
    #[tf(optional)]
    inference_ami_version: Option<String>,
    #[tf(optional)]
    capacity_reservation_config: Option<CapacityReservationConfig>,
    /// Partition layout of the accelerators. Specify one: it applies to every accelerator of the instances.
    #[tf(optional, validate(Validator::Count { min: 1, max: 32 }))]
    accelerator_partition_layouts: Option<Vec<AcceleratorPartitionLayout>>,
}

/// An instance type to provision from.
#[derive(Clone, Debug, Model)]
pub struct InstancePool {
    /// Instance type.
    #[tf(required)]
    instance_type: String,
    /// Name of the model to host on this instance type, instead of the variant's model.
    #[tf(optional)]
    model_name_override: Option<String>,
    /// Priority; 1 is the highest.
    #[tf(required, validate(Validator::Range { min: 1, max: 5 }))]
    priority: i64,
}

/// Where a core dump is stored when the model container crashes.
#[derive(Clone, Debug, Model)]
pub struct CoreDumpConfig {
    /// S3 URI where core dumps are stored.
    #[tf(required, validate(s3_uri::LOCATION))]
    destination_s3_uri: String,
    /// ID, ARN or alias of the KMS key that encrypts core dumps.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
}

/// Serverless inference configuration, instead of instances.
#[derive(Clone, Debug, Model)]
pub struct ServerlessConfig {
    /// Memory size in MB: 1024, 2048, 3072, 4096, 5120 or 6144.
    #[tf(required, validate(Validator::Custom(&Memory)))]
    memory_size_in_mb: i64,
    /// Maximum number of concurrent invocations.
    #[tf(required, validate(Validator::Range { min: 1, max: 200 }))]
    max_concurrency: i64,
    /// Provisioned concurrency: the number of concurrent invocations to keep capacity ready for, at most
    /// `max_concurrency`.
    #[tf(optional, validate(Validator::Range { min: 1, max: 200 }))]
    provisioned_concurrency: Option<i64>,
}

/// Source: SageMaker API reference, ProductionVariantServerlessConfig.
#[derive(Debug)]
struct Memory;

impl Validate for Memory {
    fn expected(&self) -> String {
        "1024, 2048, 3072, 4096, 5120 or 6144".to_owned()
    }

    fn accepts(&self, value: &Value) -> bool {
        let size = value.as_number().and_then(tfplug::number::Number::to_i64);
        size.is_some_and(|size| (1024..=6144).contains(&size) && size % 1024 == 0)
    }
}

/// Source: SageMaker API reference, ProductionVariantServerlessConfig: at most the maximum concurrency.
#[derive(Debug)]
struct Provisioned;

impl Validate for Provisioned {
    fn expected(&self) -> String {
        "a configuration whose `provisioned_concurrency` is at most `max_concurrency`".to_owned()
    }

    fn accepts(&self, value: &Value) -> bool {
        let number = |name| value.attribute(name).as_number();
        !matches!((number("provisioned_concurrency"), number("max_concurrency")), (Some(p), Some(max)) if p > max)
    }
}

/// Managed instance scaling: SageMaker adds and removes instances by demand.
#[derive(Clone, Debug, Model)]
pub struct ManagedInstanceScaling {
    /// Whether managed instance scaling is enabled.
    #[tf(optional, validate(Validator::OneOf(&["ENABLED", "DISABLED"])))]
    status: Option<String>,
    /// Minimum number of instances.
    #[tf(optional, validate(Validator::Range { min: 0, max: i64::MAX }))]
    min_instance_count: Option<i64>,
    /// Maximum number of instances.
    #[tf(optional, validate(Validator::Range { min: 1, max: i64::MAX }))]
    max_instance_count: Option<i64>,
    #[tf(optional)]
    scale_in_policy: Option<ScaleInPolicy>,
}

/// Scale-in policy: how instances are removed.
#[derive(Clone, Debug, Model)]
pub struct ScaleInPolicy {
    /// `IDLE_RELEASE` removes instances without copies of inference components; `CONSOLIDATION` moves copies onto fewer
    /// instances first.
    #[tf(required, validate(Validator::OneOf(&["IDLE_RELEASE", "CONSOLIDATION"])))]
    strategy: String,
    /// Maximum number of instances to remove in one step.
    #[tf(optional, validate(Validator::Range { min: 1, max: 100 }))]
    maximum_step_size: Option<i64>,
    /// Minutes between two scale-in steps.
    #[tf(optional, validate(Validator::Range { min: 5, max: 1440 }))]
    cooldown_in_minutes: Option<i64>,
}

/// How the endpoint routes requests to instances.
#[derive(Clone, Debug, Model)]
pub struct RoutingConfig {
    /// Routing strategy. `LEAST_OUTSTANDING_REQUESTS` prefers instances with free capacity, `RANDOM` chooses any,
    /// `PREFIX_AWARE` sends requests with the same prompt prefix to the same instance, `KV_AWARE` prefers instances
    /// that have the prompt in their key-value cache.
    #[tf(required, validate(Validator::OneOf(&["LEAST_OUTSTANDING_REQUESTS", "RANDOM", "PREFIX_AWARE", "KV_AWARE"])))]
    routing_strategy: String,
    #[tf(optional)]
    prefix_aware_routing_config: Option<PrefixAwareRoutingConfig>,
}

/// Prefix-aware routing. Only with `routing_strategy = "PREFIX_AWARE"`.
#[derive(Clone, Debug, Model)]
pub struct PrefixAwareRoutingConfig {
    /// Length of the prompt prefix, in characters.
    #[tf(optional, validate(Validator::Range { min: 1024, max: 65536 }))]
    prefix_length: Option<i64>,
    /// Number of concurrent requests from which another instance is chosen.
    #[tf(optional, validate(Validator::Range { min: 1, max: 1024 }))]
    concurrency_threshold: Option<i64>,
}

/// ML capacity reservation.
#[derive(Clone, Debug, Model)]
pub struct CapacityReservationConfig {
    /// `capacity-reservations-only` launches instances only into the reservation: without capacity in it, launching
    /// fails.
    #[tf(optional, validate(Validator::OneOf(&["capacity-reservations-only"])))]
    capacity_reservation_preference: Option<String>,
    /// ARN of the ML capacity reservation.
    #[tf(optional, validate(arn::ML_RESERVATION))]
    ml_reservation_arn: Option<String>,
}

/// Partition layout of an accelerator.
#[derive(Clone, Debug, Model)]
pub struct AcceleratorPartitionLayout {
    /// Partition profiles, for example Multi-Instance GPU profiles such as `mig-3g.40gb`.
    #[tf(optional, validate(Validator::Count { min: 0, max: 32 }))]
    accelerator_partition_types: Option<Set<String>>,
}
