//! `mlops_notebook_instance`: a SageMaker notebook instance, running or stopped.
//!
//! Quirks of the API: an instance must be stopped to be updated and deleted; what is to be removed is named by flags; the
//! description has other names for the security groups and the lifecycle configuration than the request. Source: SageMaker
//! API reference, CreateNotebookInstance, UpdateNotebookInstance and DescribeNotebookInstance.

mod declaration;

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

pub use self::declaration::NOTEBOOK_INSTANCE;
use crate::aws::arn;
use crate::sagemaker::names;
use crate::shapes::fields::{Created, Named, Tagged};
use crate::shapes::network::LeftInterfaces;

/// A notebook instance: an ML compute instance that runs Jupyter. A change of most arguments stops it, changes it and, if
/// it was running, starts it again. A running instance is billed by the second; `notebook_instance_status = "Stopped"` stops
/// it and keeps its volume.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "notebook_instance",
    subcategory = "Notebooks",
    timeouts(create = "30m", update = "60m", delete = "30m"),
    identity("name", optional("region"), derived("account_id")),
    requires("security_group_ids", "subnet_id")
)]
pub struct NotebookInstance {
    #[tf(embed)]
    named: Named,
    /// ML compute instance type, such as `ml.t3.medium`.
    #[tf(required)]
    instance_type: String,
    /// ARN of the IAM role that the instance assumes to access other AWS services.
    #[tf(required, validate(arn::ROLE))]
    role_arn: String,
    /// Status that the instance is to have: `InService` (running) or `Stopped`. Unless set, an instance is started when it is
    /// created, and later left as it is.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["InService", "Stopped"])))]
    notebook_instance_status: Option<String>,
    /// ID of the VPC subnet of the instance.
    #[tf(optional, requires_replace)]
    subnet_id: Option<String>,
    /// IDs of the VPC security groups of the instance. They must be of the VPC of `subnet_id`.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 1, max: 5 }))]
    security_group_ids: Option<Set<String>>,
    /// Whether SageMaker provides internet access: `Enabled` or `Disabled`. `Disabled` needs `subnet_id`. Defaults to
    /// `Enabled`.
    #[tf(optional, computed, requires_replace, default = "Enabled", validate(Validator::OneOf(&["Enabled", "Disabled"])))]
    direct_internet_access: String,
    /// IP address type: `ipv4` or `dualstack`. AWS takes `ipv4` unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["ipv4", "dualstack"])))]
    ip_address_type: Option<String>,
    /// ARN or ID of the KMS key that encrypts the volume.
    #[tf(optional, requires_replace)]
    kms_key_id: Option<String>,
    /// Size of the ML storage volume in GB, 5 to 16384. It can only grow. Defaults to 5.
    #[tf(optional, computed, default = 5, validate(Validator::Range { min: 5, max: 16_384 }))]
    volume_size_in_gb: i64,
    /// Name of the lifecycle configuration that runs when the instance is created and started.
    #[tf(optional, validate(names::NAME))]
    lifecycle_config_name: Option<String>,
    /// Git repository that the instance opens Jupyter in: the name of a code repository in SageMaker, or a URL.
    #[tf(optional)]
    default_code_repository: Option<String>,
    /// Further Git repositories, cloned beside the default one.
    #[tf(optional, validate(Validator::Count { min: 1, max: 3 }))]
    additional_code_repositories: Option<Set<String>>,
    /// Elastic Inference accelerator types. AWS no longer offers them to new customers.
    #[tf(optional)]
    accelerator_types: Option<Set<String>>,
    /// Whether users of the notebook have root access: `Enabled` or `Disabled`. Lifecycle configurations always have it.
    /// Defaults to `Enabled`.
    #[tf(optional, computed, default = "Enabled", validate(Validator::OneOf(&["Enabled", "Disabled"])))]
    root_access: String,
    /// Platform of the instance, such as `notebook-al2023-v1`. AWS takes its newest unless set.
    #[tf(optional, computed, use_state_for_unknown)]
    platform_identifier: Option<String>,
    /// Access to the instance metadata service.
    #[tf(optional, computed, use_state_for_unknown)]
    instance_metadata_service_configuration: Option<InstanceMetadataServiceConfiguration>,
    /// Whether a destroy also deletes the log streams of the instance. Defaults to `true`.
    #[tf(optional, computed, provider_only, default = true)]
    delete_logs: bool,
    #[tf(embed)]
    left_interfaces: LeftInterfaces,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// URL of Jupyter on the instance.
    #[tf(computed, use_state_for_unknown)]
    url: Option<String>,
    /// ID of the network interface in the VPC.
    #[tf(computed, use_state_for_unknown)]
    network_interface_id: Option<String>,
    /// Why the instance failed.
    #[tf(computed, changes_with("notebook_instance_status", "instance_type"))]
    failure_reason: Option<String>,
}

/// Access to the instance metadata service.
#[derive(Clone, Debug, Model)]
pub struct InstanceMetadataServiceConfiguration {
    /// Minimum version of the instance metadata service: `1` or `2`.
    #[tf(required, validate(Validator::OneOf(&["1", "2"])))]
    minimum_instance_metadata_service_version: String,
}
