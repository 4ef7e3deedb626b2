//! What is special about model packages.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::MODEL_PACKAGE;
use crate::aws::client::Aws;
use crate::engine::Hooks;

pub(super) struct PackageHooks;

#[async_trait]
impl Hooks for PackageHooks {
    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        // AWS updates versions only.
        if !plan.is_create() && !plan.get("model_package_name").is_null() {
            let changed = MODEL_PACKAGE.updates.iter().flat_map(|by| by.triggers());
            changed.for_each(|attribute| plan.requires_replace(Path::of(attribute)));
        }
        // AWS takes it of a version that has none. What somebody approved must not become something else: CloudFormation,
        // AWS::SageMaker::ModelPackage, has it create-only.
        if !plan.is_create() && !plan.prior.attribute("inference_specification").is_null() {
            plan.requires_replace(Path::of("inference_specification"));
        }
        Ok(())
    }

    fn after_read(&self, description: &Value, _: &Value, value: &mut Value) {
        // A version has no name of its own, but the member is required in the description.
        if !description.attribute("model_package_group_name").is_null() {
            value.set_attribute("model_package_name", Value::Null);
        }
    }
}
