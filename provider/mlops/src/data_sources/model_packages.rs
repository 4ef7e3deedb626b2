//! `mlops_model_packages`: what the model registry has. (SageMaker API Reference, `ListModelPackages`.)
//!
//! Without a group and a type AWS lists unversioned packages only; who looks for packages means all of them.

use aws_sdk_sagemaker::types::{ModelApprovalStatus, ModelPackageType};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::{Model, Root};
use tfplug::resource::DataSource;
use tfplug::schema::{Kind, Schema};
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::client::Aws;
use crate::aws::operation::{Operation, list};
use crate::engine::shape::{Reading, from_api, to_api};
use crate::resources::models::model_package::attributes::GROUP;
use crate::sagemaker::operation::operation;

const LIST: Operation = operation!(list_model_packages, ListModelPackages);

/// Model packages in the model registry that match all of the arguments, the newest first.
#[derive(Clone, Debug, Model)]
#[tf(name = "model_packages", subcategory = "Models", at_most_one_of("model_package_group_name", "model_package_type"))]
pub struct ModelPackages {
    /// Region of the model registry. Defaults to the provider's region.
    #[tf(optional, provider_only)]
    region: Option<String>,
    /// Name or ARN of the model package group whose versions are listed. Model packages of all groups are listed unless
    /// set.
    #[tf(optional, validate(GROUP))]
    model_package_group_name: Option<String>,
    /// Without a group: `Versioned` lists versions of all groups, `Unversioned` only model packages without a group.
    /// Defaults to `Both`.
    #[tf(optional, validate(Validator::OneOf(ModelPackageType::values())))]
    model_package_type: Option<String>,
    /// Approval status of the versions: `Approved`, `Rejected` or `PendingManualApproval`.
    #[tf(optional, validate(Validator::OneOf(ModelApprovalStatus::values())))]
    model_approval_status: Option<String>,
    /// Text that the name contains.
    #[tf(optional, validate(Validator::Length { min: 1, max: 63 }))]
    name_contains: Option<String>,
    /// The model packages, the newest first.
    #[tf(computed, rename = "model_package_summary_list")]
    model_packages: Vec<Summary>,
}

/// A model package.
#[derive(Clone, Debug, Model)]
pub struct Summary {
    /// ARN of the model package.
    #[tf(computed, rename = "model_package_arn")]
    arn: Option<String>,
    /// Name of the group; null if the model package is not a version.
    #[tf(computed)]
    model_package_group_name: Option<String>,
    /// Name; null if the model package is a version.
    #[tf(computed)]
    model_package_name: Option<String>,
    /// Version number in the group; null if the model package is not a version.
    #[tf(computed)]
    model_package_version: Option<i64>,
    /// Description of the model package.
    #[tf(computed)]
    model_package_description: Option<String>,
    /// Approval status; null if the model package is not a version.
    #[tf(computed)]
    model_approval_status: Option<String>,
    /// Status, `Completed` when the model package can be used.
    #[tf(computed)]
    model_package_status: Option<String>,
    /// Stage of the life cycle; null if none was set.
    #[tf(computed, rename = "model_life_cycle.stage")]
    stage: Option<String>,
    /// Whether the version is `Registered` or only `Logged`; null if AWS does not say so.
    #[tf(computed)]
    model_package_registration_type: Option<String>,
    /// When the model package was created, in RFC 3339 format.
    #[tf(computed)]
    creation_time: Option<String>,
}

/// The data source.
pub struct ModelPackagesSource;

#[async_trait]
impl DataSource<Aws> for ModelPackagesSource {
    fn schema(&self) -> Schema {
        ModelPackages::schema()
    }

    async fn read(&self, cx: &Context<Aws>, config: Value) -> Result<Value> {
        let object = &ModelPackages::shared().object;
        let aws = cx.client()?.region(config.attribute(ModelPackages::REGION).as_str());
        let mut input = to_api(object, &config);
        if config.attribute(ModelPackages::MODEL_PACKAGE_GROUP_NAME).is_null()
            && config.attribute(ModelPackages::MODEL_PACKAGE_TYPE).is_null()
        {
            input.set_attribute(ModelPackages::MODEL_PACKAGE_TYPE, Value::from("Both"));
        }
        input.set_attribute("max_results", Value::from(100));
        let listed = list(cx, &aws, &LIST, input, "model_package_summary_list").await;
        let mut listed = listed.map_err(|failure| failure.diags("list the model packages", object, &config))?;
        listed.sort_by_key(|item| {
            let created = item.attribute(Summary::CREATION_TIME).as_str();
            let created = created.and_then(|time| DateTime::from_str(time, Format::DateTime).ok());
            let version = item.attribute(Summary::MODEL_PACKAGE_VERSION).as_number().and_then(|n| n.to_i64());
            std::cmp::Reverse((created, version))
        });
        let mut read = config;
        if let Some(Kind::Nested(_, summary)) = object.attribute(ModelPackages::MODEL_PACKAGES).map(|a| &a.kind) {
            let reading = Reading { imported: true, ..Reading::default() };
            let shown = listed.iter().map(|item| {
                let mut shown = from_api(summary, item, &Value::Null, &reading);
                // A version has no name of its own: its description has that of the group in the member.
                if !shown.attribute(Summary::MODEL_PACKAGE_GROUP_NAME).is_null() {
                    shown.set_attribute(Summary::MODEL_PACKAGE_NAME, Value::Null);
                }
                shown
            });
            read.set_attribute(ModelPackages::MODEL_PACKAGES, Value::List(shown.collect()));
        }
        Ok(read)
    }
}
