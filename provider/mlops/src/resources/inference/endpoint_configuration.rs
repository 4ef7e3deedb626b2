//! `mlops_endpoint_configuration`: which models an endpoint serves, on what, and what it records.
//!
//! Quirks of the API: nothing can be changed; AWS deletes a configuration that is in use without a word, and later updates
//! of the endpoint fail. Source: SageMaker API reference, CreateEndpointConfig and DeleteEndpointConfig.

pub mod options;
pub mod settings;
pub mod users;
pub mod variant;

use tfplug::model::{Model, Root};
use tfplug::schema::SharedSchema;

use self::settings::ConfigurationSettings;
use self::users::Users;
use crate::aws::operation::error;
use crate::engine::{Create, Declared, Delete, Interfaces, MovedFrom, Read};
use crate::sagemaker::lists::{NAMED, listing};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::services::network_interfaces::interfaces;
use crate::shapes::fields::{Created, Named, Tagged};
use crate::shapes::network::LeftInterfaces;

/// The configuration of a SageMaker endpoint: the models to host, and the instances to host them on.
///
/// An endpoint configuration is immutable: any change replaces it. Set `name_prefix` and `lifecycle {
/// create_before_destroy = true }`, so that the endpoint is updated to the new configuration before the old one is
/// deleted. What only one endpoint uses is easier to write as `configuration` of `mlops_endpoint`.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "endpoint_configuration",
    subcategory = "Inference",
    timeouts(create = "10m", delete = "30m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct EndpointConfiguration {
    #[tf(embed)]
    named: Named,
    #[tf(embed)]
    settings: ConfigurationSettings,
    #[tf(embed)]
    left_interfaces: LeftInterfaces,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
}

/// The schema: here nothing of the settings can be changed, which inside of an endpoint can.
fn schema() -> &'static SharedSchema {
    static SCHEMA: SharedSchema = SharedSchema::new("endpoint_configuration", || {
        let mut schema = EndpointConfiguration::schema();
        let settings = ConfigurationSettings::object();
        let attributes = schema.object.attributes.iter_mut();
        attributes.filter(|a| settings.attribute(&a.name).is_some()).for_each(|a| a.requires_replace = true);
        schema
    });
    &SCHEMA
}

/// The declaration.
pub static ENDPOINT_CONFIGURATION: Declared = Declared {
    moved_from: &[
        MovedFrom::new("aws_sagemaker_endpoint_configuration", &["name"]),
        MovedFrom::new("awscc_sagemaker_endpoint_config", &["endpoint_config_name"]),
    ],
    server_defaults: &[
        "enable_network_isolation",
        "production_variants.volume_size_in_gb",
        "production_variants.enable_ssm_access",
        "shadow_production_variants.volume_size_in_gb",
        "shadow_production_variants.enable_ssm_access",
        "metrics_config",
    ],
    interfaces: Some(&Interfaces {
        of_users: true,
        ..interfaces(&["vpc_config.subnets"], &["vpc_config.security_group_ids"])
    }),
    hooks: &Users,
    list: Some(&listing(operation!(list_endpoint_configs, ListEndpointConfigs), "endpoint_configs", NAMED)),
    ..named(
        "endpoint configuration",
        schema,
        "endpoint_config_name",
        "endpoint-config/{name}",
        Create {
            operation: operation!(create_endpoint_config, CreateEndpointConfig),
            arn: Some("endpoint_config_arn"),
            // Source: terraform-provider-aws, internal/service/sagemaker.
            exists: &[error("ValidationException", "Cannot create already existing endpoint configuration")],
            // A model made a moment ago may not be visible yet. Text: as DescribeModel's, ACK's generator.yaml.
            retryable: &[IAM_PROPAGATION, error("ValidationException", "Could not find model")],
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_endpoint_config, DescribeEndpointConfig),
            &[error("ValidationException", "Could not find endpoint configuration")],
        ),
        Delete::by(operation!(delete_endpoint_config, DeleteEndpointConfig), &[]),
    )
};
