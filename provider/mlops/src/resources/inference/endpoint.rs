//! `mlops_endpoint`: a hosted endpoint.
//!
//! Quirks of the API: an update that was rolled back ends `InService` like one that succeeded, with the old configuration
//! in the description, so only the described configuration tells; a failed endpoint can only be deleted; an endpoint in
//! motion can be neither updated nor deleted. Source: SageMaker API reference, UpdateEndpoint and DescribeEndpoint.

mod declaration;
mod synchronous;

use tfplug::model::Model;
use tfplug::validator::Validator;

pub use self::declaration::ENDPOINT;
use crate::resources::inference::endpoint_configuration::settings::ConfigurationSettings;
use crate::sagemaker::names;
use crate::shapes::deployment::{DeploymentConfig, VariantProperty};
use crate::shapes::fields::{Created, Named, Tagged};
use crate::shapes::network::LeftInterfaces;
use crate::shapes::smoke_test::SmokeTest;
use crate::shapes::variant_capacity::DesiredWeightAndCapacity;

/// A SageMaker endpoint, updated in place. An apply succeeds only once SageMaker serves the endpoint configuration that
/// was requested: an update that AWS rolled back is an error.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "endpoint",
    subcategory = "Inference",
    timeouts(create = "60m", update = "60m", delete = "30m"),
    identity("name", optional("region"), derived("account_id")),
    at_least_one_of("configuration", "endpoint_config_name")
)]
pub struct Endpoint {
    #[tf(embed)]
    named: Named,
    #[tf(optional, provider_only)]
    configuration: Option<ConfigurationSettings>,
    /// Name of the endpoint configuration to serve. With `configuration` it is the name of the one that the provider creates,
    /// and is left out.
    #[tf(optional, computed, validate(names::NAME))]
    endpoint_config_name: Option<String>,
    #[tf(optional)]
    deployment_config: Option<DeploymentConfig>,
    /// Whether an update retains the instance counts and weights that the endpoint has at that time, for example those
    /// set by autoscaling. SageMaker's default is false: the values of the endpoint configuration apply.
    #[tf(optional)]
    retain_all_variant_properties: Option<bool>,
    /// Variant properties excluded from retention: the values of the endpoint configuration apply.
    #[tf(optional, unordered, validate(Validator::Count { min: 0, max: 3 }))]
    exclude_retained_variant_properties: Option<Vec<VariantProperty>>,
    /// Whether an update reuses the deployment configuration of the previous update. SageMaker's default is false.
    #[tf(optional)]
    retain_deployment_config: Option<bool>,
    /// Weights and capacities that the variants are to have while the endpoint runs, changed in place without a new endpoint
    /// configuration. Unless set, the endpoint configuration says what they begin with, and autoscaling and others may
    /// change them.
    #[tf(optional, unordered, validate(Validator::Count { min: 1, max: 10 }))]
    desired_weights_and_capacities: Option<Vec<DesiredWeightAndCapacity>>,
    /// Name of the `mlops_off_hours_schedule` that deletes and creates the endpoint. It cannot be a reference, since the schedule
    /// refers to the endpoint. As long as that schedule is there and enabled, an endpoint that is not found is off and no drift: its status is
    /// null, no apply creates it, and changes are made when the schedule creates it.
    #[tf(optional, provider_only)]
    off_hours_schedule_name: Option<String>,
    #[tf(optional, provider_only)]
    smoke_test: Option<SmokeTest>,
    /// Whether a destroy also deletes the log group `/aws/sagemaker/Endpoints/NAME`.
    #[tf(optional, computed, provider_only, default = true)]
    delete_logs: bool,
    #[tf(embed)]
    left_interfaces: LeftInterfaces,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Status of the endpoint. `InService` when it can be invoked.
    #[tf(computed, use_state_for_unknown)]
    endpoint_status: Option<String>,
    /// Name of the endpoint configuration that passed the smoke test last.
    #[tf(
        computed,
        provider_only,
        changes_with("endpoint_config_name", "desired_weights_and_capacities", "smoke_test")
    )]
    smoke_tested_config_name: Option<String>,
    /// Endpoint configurations of other values of `configuration` that are left although the endpoint does not use them, such as
    /// after an apply that was cut off; null if there are none. The next apply deletes those that it does not use either.
    #[tf(computed, provider_only, use_state_for_unknown)]
    former_config_names: Option<Vec<String>>,
    /// Why the endpoint or its last update failed; null if it did not.
    #[tf(computed, changes_with("endpoint_config_name", "desired_weights_and_capacities"))]
    failure_reason: Option<String>,
}
