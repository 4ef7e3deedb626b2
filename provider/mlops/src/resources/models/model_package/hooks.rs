//! What is special about model packages.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::MODEL_PACKAGE;
use crate::aws::client::Aws;
use crate::engine::Hooks;
use crate::resources::models::model_package::ModelPackage;
use crate::resources::models::model_package::attributes::Changeable;
use crate::shapes::fields::Created;

pub(super) struct PackageHooks;

#[async_trait]
impl Hooks for PackageHooks {
    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        note_approval(cx, plan);
        // AWS updates versions only.
        if !plan.is_create() && !plan.get(ModelPackage::MODEL_PACKAGE_NAME).is_null() {
            let changed = MODEL_PACKAGE.updates.iter().flat_map(|by| by.triggers());
            changed.for_each(|attribute| plan.requires_replace(Path::of(attribute)));
        }
        // AWS takes it of a version that has none. What somebody approved must not become something else: CloudFormation,
        // AWS::SageMaker::ModelPackage, has it create-only.
        if !plan.is_create() && !plan.prior.attribute(Changeable::INFERENCE_SPECIFICATION).is_null() {
            plan.requires_replace(Path::of(Changeable::INFERENCE_SPECIFICATION));
        }
        Ok(())
    }

    fn after_read(&self, description: &Value, _: &Value, value: &mut Value) {
        // A version has no name of its own, but the member is required in the description.
        if !description.attribute(ModelPackage::MODEL_PACKAGE_GROUP_NAME).is_null() {
            value.set_attribute(ModelPackage::MODEL_PACKAGE_NAME, Value::Null);
        }
    }
}

/// Tells the plans of models that follow which approval this plan gives the version: AWS has it once the version is updated.
fn note_approval(cx: &Context<Aws>, plan: &Plan<'_>) {
    let before = plan.prior.attribute(Changeable::MODEL_APPROVAL_STATUS);
    let planned = Some(plan.get(Changeable::MODEL_APPROVAL_STATUS)).filter(|planned| *planned != before);
    if let (Some(aws), Some(arn)) = (cx.try_client(), plan.prior.attribute(Created::ARN).as_str()) {
        aws.note(approval_of(arn), planned.and_then(Value::as_str).map(Into::into));
    }
}

/// What a note about the approval of a version is found by. The note is empty while its plan leaves that as it is.
pub fn approval_of(arn: &str) -> String {
    format!("approval {arn}")
}
