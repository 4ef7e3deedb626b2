//! `mlops_notebook_instance_lifecycle_configuration`: scripts that run when a notebook instance is created and started.
//!
//! Quirk of the API: an update replaces both scripts. Source: SageMaker API reference,
//! UpdateNotebookInstanceLifecycleConfig.

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use crate::aws::operation::error;
use crate::engine::{Clear, Create, Declared, Delete, MovedFrom, Read, UpdateBy};
use crate::sagemaker::lists::{CHANGED, listing};
use crate::sagemaker::named;
use crate::sagemaker::operation::operation;
use crate::shapes::fields::{Created, Named, Tagged};

/// A lifecycle configuration: shell scripts that run on notebook instances. A change takes effect when an instance is
/// started the next time.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "notebook_instance_lifecycle_configuration",
    subcategory = "Notebooks",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id")),
    at_least_one_of("on_create", "on_start")
)]
pub struct LifecycleConfiguration {
    #[tf(embed)]
    named: Named,
    /// Script that runs once, when an instance is created.
    #[tf(optional, validate(Validator::Count { min: 1, max: 1 }))]
    on_create: Option<Vec<LifecycleHook>>,
    /// Script that runs every time an instance is started, also when it is created.
    #[tf(optional, validate(Validator::Count { min: 1, max: 1 }))]
    on_start: Option<Vec<LifecycleHook>>,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
}

/// A script.
#[derive(Clone, Debug, Model)]
pub struct LifecycleHook {
    /// The shell script, base64-encoded: `filebase64("setup.sh")`. At most 16384 characters. AWS ends a script that runs
    /// longer than 5 minutes.
    #[tf(required, validate(Validator::Length { min: 1, max: 16_384 }))]
    content: String,
}

/// The declaration.
pub static LIFECYCLE_CONFIGURATION: Declared = Declared {
    moved_from: &[
        MovedFrom::new("aws_sagemaker_notebook_instance_lifecycle_configuration", &["name"]),
        MovedFrom::new(
            "awscc_sagemaker_notebook_instance_lifecycle_config",
            &["notebook_instance_lifecycle_config_name"],
        ),
    ],
    updates: &[UpdateBy {
        clear: &[Clear::empty("on_create"), Clear::empty("on_start")],
        ..UpdateBy::new(
            operation!(update_notebook_instance_lifecycle_config, UpdateNotebookInstanceLifecycleConfig),
            &["on_create", "on_start"],
        )
    }],
    list: Some(&listing(
        operation!(list_notebook_instance_lifecycle_configs, ListNotebookInstanceLifecycleConfigs),
        "notebook_instance_lifecycle_configs",
        CHANGED,
    )),
    ..named(
        "notebook instance lifecycle configuration",
        LifecycleConfiguration::shared,
        "notebook_instance_lifecycle_config_name",
        "notebook-instance-lifecycle-config/{name}",
        Create {
            operation: operation!(create_notebook_instance_lifecycle_config, CreateNotebookInstanceLifecycleConfig),
            arn: Some("notebook_instance_lifecycle_config_arn"),
            // Source: moto's SageMaker models, which quote AWS.
            exists: &[error("ValidationException", "Unable to create Notebook Instance Lifecycle Config")],
            retryable: &[],
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_notebook_instance_lifecycle_config, DescribeNotebookInstanceLifecycleConfig),
            &[error("ValidationException", "Unable to describe Notebook Instance Lifecycle Config")],
        ),
        Delete::by(operation!(delete_notebook_instance_lifecycle_config, DeleteNotebookInstanceLifecycleConfig), &[]),
    )
};
