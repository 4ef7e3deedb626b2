//! The provider `mlops`: a whole machine-learning stack on AWS SageMaker.

pub mod actions;
pub mod aws;
pub mod config;
pub mod data_sources;
pub mod docs;
pub mod engine;
pub mod ephemeral_resources;
pub mod files;
pub mod functions;
#[cfg(test)]
mod layers;
pub mod mocks;
pub mod permissions;
pub mod pipeline_definition;
pub mod resources;
pub mod sagemaker;
pub mod schema_json;
pub mod services;
pub mod shapes;
pub mod source_code;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod vocabulary;
#[cfg(test)]
mod wording;

use tfplug::async_trait;
use tfplug::context::Deferral;
use tfplug::diag::{Diags, Result};
use tfplug::resource::{Action, DataSource, EphemeralResource, Function, ListResource, Provider, Resource};
use tfplug::schema::Schema;
use tfplug::value::Value;

use crate::aws::client::Aws;

/// The full source address, as `required_providers` has it.
pub const ADDRESS: &str = "registry.terraform.io/cloud-mlops/mlops";

/// The provider.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mlops;

#[async_trait]
impl Provider for Mlops {
    type Client = Aws;

    fn name(&self) -> &'static str {
        "mlops"
    }

    fn schema(&self) -> Schema {
        config::schema()
    }

    fn check_config(&self, config: &Value) -> Diags {
        config::check(config)
    }

    async fn configure(&self, config: Value, terraform_version: &str) -> Result<Aws> {
        config::configure(config, terraform_version).await
    }

    async fn configured(&self, aws: &Aws) -> Diags {
        resources::left_over(aws).await
    }

    fn deferral(&self, aws: &Aws) -> Option<Deferral> {
        aws.is_unknown().then_some(Deferral::ProviderConfigUnknown)
    }

    fn unconfigured(&self) -> Diags {
        config::here().map(|place| aws::creations::warnings(&place)).unwrap_or_default()
    }

    fn released(&self, aws: &Aws) {
        aws.creations().released();
    }

    fn resources(&self) -> Vec<Box<dyn Resource<Aws>>> {
        resources::all()
    }

    fn data_sources(&self) -> Vec<Box<dyn DataSource<Aws>>> {
        data_sources::all()
    }

    fn ephemeral_resources(&self) -> Vec<Box<dyn EphemeralResource<Aws>>> {
        ephemeral_resources::all()
    }

    fn list_resources(&self) -> Vec<Box<dyn ListResource<Aws>>> {
        resources::lists()
    }

    fn actions(&self) -> Vec<Box<dyn Action<Aws>>> {
        actions::all()
    }

    fn functions(&self) -> Vec<Box<dyn Function>> {
        functions::all()
    }
}
