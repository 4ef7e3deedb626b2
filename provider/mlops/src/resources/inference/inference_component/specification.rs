//! What an inference component is made of.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

use crate::aws::s3_uri;
use crate::resources::models::model::container::ContainerMetricsConfig;
use crate::sagemaker::names;
use crate::shapes::deployment::AutoRollbackConfiguration;

/// What is deployed, and the resources that each copy needs.
#[derive(Clone, Debug, Model)]
#[tf(
    at_least_one_of("model_name", "container", "base_inference_component_name"),
    at_most_one_of("model_name", "container"),
    exactly_one_of("base_inference_component_name", "compute_resource_requirements")
)]
pub struct Specification {
    /// Instance type that the specification is for. Only in `specifications`.
    #[tf(optional)]
    instance_type: Option<String>,
    /// Name of the model.
    #[tf(optional, validate(names::NAME))]
    model_name: Option<String>,
    #[tf(optional)]
    container: Option<ContainerSpecification>,
    #[tf(optional)]
    startup_parameters: Option<StartupParameters>,
    /// Resources of each copy. An adapter shares those of its base inference component and must not set them.
    #[tf(optional, computed, use_state_for_unknown)]
    compute_resource_requirements: Option<ComputeResourceRequirements>,
    /// Name of the base inference component, for an adapter. `container.artifact_url` has the adapter.
    #[tf(optional, validate(names::NAME))]
    base_inference_component_name: Option<String>,
    #[tf(optional, computed, use_state_for_unknown)]
    data_cache_config: Option<DataCacheConfig>,
    #[tf(optional)]
    scheduling_config: Option<SchedulingConfig>,
}

/// A container, instead of a model.
#[derive(Clone, Debug, Model)]
pub struct ContainerSpecification {
    /// Container image: the URI of an image in ECR, with a tag or a digest.
    #[tf(optional)]
    image: Option<String>,
    /// S3 URI of the model artifact, a `.tar.gz` archive; of an adapter, the adapter's.
    #[tf(optional, validate(s3_uri::LOCATION))]
    artifact_url: Option<String>,
    /// Environment variables.
    #[tf(optional, validate(Validator::Count { min: 0, max: 100 }))]
    environment: Option<BTreeMap<String, String>>,
    #[tf(optional)]
    container_metrics_config: Option<ContainerMetricsConfig>,
}

/// How long a copy may take to start.
#[derive(Clone, Debug, Model)]
pub struct StartupParameters {
    /// Timeout for downloading and extracting the model from S3, in seconds.
    #[tf(optional, validate(Validator::Range { min: 60, max: 3600 }))]
    model_data_download_timeout_in_seconds: Option<i64>,
    /// Timeout for the container to pass its startup health check, in seconds.
    #[tf(optional, validate(Validator::Range { min: 60, max: 3600 }))]
    container_startup_health_check_timeout_in_seconds: Option<i64>,
}

/// Resources of each copy.
#[derive(Clone, Debug, Model)]
pub struct ComputeResourceRequirements {
    /// Number of CPU cores, at least 0.25.
    #[tf(optional)]
    number_of_cpu_cores_required: Option<f64>,
    /// Number of accelerators, at least 1.
    #[tf(optional)]
    number_of_accelerator_devices_required: Option<f64>,
    /// Minimum memory in MB. It is reserved.
    #[tf(required, validate(Validator::Range { min: 128, max: i32::MAX as i64 }))]
    min_memory_required_in_mb: i64,
    /// Maximum memory in MB.
    #[tf(optional, validate(Validator::Range { min: 128, max: i32::MAX as i64 }))]
    max_memory_required_in_mb: Option<i64>,
    /// Partition of an accelerator, for example the Multi-Instance GPU profile `mig-3g.40gb`.
    #[tf(optional)]
    accelerator_partition_type: Option<String>,
}

/// Whether instances cache the image and the artifacts, so that further copies start faster. SageMaker decides by the
/// instance type unless set.
#[derive(Clone, Debug, Model)]
pub struct DataCacheConfig {
    /// Whether instances cache the image and the artifacts.
    #[tf(required)]
    enable_caching: bool,
}

/// How copies are placed on instances.
#[derive(Clone, Debug, Model)]
pub struct SchedulingConfig {
    /// Placement strategy. `SPREAD` distributes the copies over the instances, `BINPACK` fills one instance after the other.
    #[tf(required, validate(Validator::OneOf(&["SPREAD", "BINPACK"])))]
    placement_strategy: String,
    #[tf(optional)]
    availability_zone_balance: Option<AvailabilityZoneBalance>,
}

/// How copies are balanced over Availability Zones.
#[derive(Clone, Debug, Model)]
pub struct AvailabilityZoneBalance {
    /// Enforcement mode. With `PERMISSIVE` copies are placed even where the balance cannot be kept.
    #[tf(required, validate(Validator::OneOf(&["PERMISSIVE"])))]
    enforcement_mode: String,
    /// Maximum difference between the numbers of copies of two Availability Zones.
    #[tf(optional, validate(Validator::Range { min: 0, max: 100 }))]
    max_imbalance: Option<i64>,
}

/// Number of copies. An adapter has none of its own. Where Application Auto Scaling changes the number, add
/// `runtime_config` to `ignore_changes`: an update of the specification keeps it.
#[derive(Clone, Debug, Model)]
pub struct RuntimeConfig {
    /// Number of copies. A new inference component has at least one.
    #[tf(required, validate(Validator::Range { min: 0, max: i32::MAX as i64 }))]
    copy_count: i64,
}

/// How an update replaces the copies. All at once unless set.
#[derive(Clone, Debug, Model)]
pub struct DeploymentConfig {
    #[tf(required)]
    rolling_update_policy: RollingUpdatePolicy,
    #[tf(optional)]
    auto_rollback_configuration: Option<AutoRollbackConfiguration>,
}

/// Rolling deployment: copies are replaced in batches.
#[derive(Clone, Debug, Model)]
pub struct RollingUpdatePolicy {
    /// Maximum size of a batch.
    #[tf(required)]
    maximum_batch_size: CapacitySize,
    /// Baking period in seconds: how long alarms are monitored after each batch.
    #[tf(required, validate(Validator::Range { min: 0, max: 3600 }))]
    wait_interval_in_seconds: i64,
    /// Timeout of the deployment, in seconds.
    #[tf(optional, validate(Validator::Range { min: 600, max: 28800 }))]
    maximum_execution_timeout_in_seconds: Option<i64>,
    /// Maximum size of a batch in a rollback. All copies at once unless set.
    #[tf(optional)]
    rollback_maximum_batch_size: Option<CapacitySize>,
}

/// A portion of the copies.
#[derive(Clone, Debug, Model)]
pub struct CapacitySize {
    /// Unit of `value`: a number of copies, or a percentage of them.
    #[tf(required, validate(Validator::OneOf(&["COPY_COUNT", "CAPACITY_PERCENT"])))]
    r#type: String,
    /// Number of copies, or percentage.
    #[tf(required, validate(Validator::Range { min: 1, max: i64::MAX }))]
    value: i64,
}
