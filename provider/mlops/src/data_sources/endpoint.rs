//! `mlops_endpoint`: what an endpoint serves now. (SageMaker API Reference, `DescribeEndpoint`.)

use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::model::{Model, Root};
use tfplug::resource::DataSource;
use tfplug::schema::Schema;
use tfplug::value::{Path, Value};

use crate::aws::client::Aws;
use crate::aws::operation::is_one_of;
use crate::engine::shape::{Reading, from_api};
use crate::resources::inference::endpoint::ENDPOINT;
use crate::sagemaker::names;

/// A SageMaker endpoint as it is, whoever created it: its status, the endpoint configuration that it serves, and the
/// instance counts and weights of its variants at this moment. In a `check` block it is a health check that never keeps an
/// apply up.
#[derive(Clone, Debug, Model)]
#[tf(name = "endpoint", subcategory = "Inference")]
pub struct EndpointNow {
    /// Name of the endpoint.
    #[tf(required, rename = "endpoint_name", validate(names::NAME))]
    name: String,
    /// Region of the endpoint. Defaults to the provider's region.
    #[tf(optional, provider_only)]
    region: Option<String>,
    /// ARN of the endpoint.
    #[tf(computed, rename = "endpoint_arn")]
    arn: Option<String>,
    /// Status: `InService`, `Creating`, `Updating`, `SystemUpdating`, `RollingBack`, `OutOfService`, `Deleting`, `Failed`
    /// or `UpdateRollbackFailed`.
    #[tf(computed)]
    endpoint_status: Option<String>,
    /// Name of the endpoint configuration that the endpoint serves.
    #[tf(computed)]
    endpoint_config_name: Option<String>,
    /// Name of the endpoint configuration that an update is deploying; null while there is no update.
    #[tf(computed, rename = "pending_deployment_summary.endpoint_config_name")]
    pending_endpoint_config_name: Option<String>,
    /// Why the endpoint or its last update failed; null if it did not.
    #[tf(computed)]
    failure_reason: Option<String>,
    /// Production variants; null until the endpoint is in service for the first time.
    #[tf(computed)]
    production_variants: Option<Vec<VariantNow>>,
    /// Shadow variants.
    #[tf(computed)]
    shadow_production_variants: Option<Vec<VariantNow>>,
    /// When the endpoint was created, in RFC 3339 format.
    #[tf(computed)]
    creation_time: Option<String>,
    /// When the endpoint was last modified, in RFC 3339 format.
    #[tf(computed)]
    last_modified_time: Option<String>,
}

/// A variant as it is.
#[derive(Clone, Debug, Model)]
pub struct VariantNow {
    /// Name of the variant.
    #[tf(computed)]
    variant_name: Option<String>,
    /// Share of the traffic, relative to the weights of the other variants.
    #[tf(computed)]
    current_weight: Option<f64>,
    /// The weight that the variant is to have, as requested by the last update.
    #[tf(computed)]
    desired_weight: Option<f64>,
    /// Number of instances.
    #[tf(computed)]
    current_instance_count: Option<i64>,
    /// The number of instances that the variant is to have, as requested by autoscaling or the last update.
    #[tf(computed)]
    desired_instance_count: Option<i64>,
}

/// The data source.
pub struct EndpointSource;

#[async_trait]
impl DataSource<Aws> for EndpointSource {
    fn schema(&self) -> Schema {
        EndpointNow::schema()
    }

    async fn read(&self, cx: &Context<Aws>, config: Value) -> Result<Value> {
        let aws = cx.client()?.region(config.attribute(EndpointNow::REGION).as_str());
        let name = config.attribute(EndpointNow::NAME);
        let input = Value::object([("endpoint_name", name.clone())]);
        let label = format!("endpoint {:?}", name.as_str().unwrap_or_default());
        let described = (ENDPOINT.read.operation.call)(&aws, &input).await.map_err(|e| {
            if is_one_of(&e, ENDPOINT.read.not_found) {
                let detail = format!("There is none in the region {}.", aws.region());
                return Diag::error(format!("The {label} does not exist"), detail).at(Path::of(EndpointNow::NAME));
            }
            e.diag(&format!("read the {label}"))
        })?;
        let reading = Reading { imported: true, ..Reading::default() };
        Ok(from_api(&EndpointNow::object(), &described, &config, &reading))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{Answer, Offer, Stub, terraform};

    async fn read(status: u16, body: serde_json::Value) -> tfplug::testing::Outcome<Value> {
        let stub = Stub::start(move |_| Answer(status, vec![], body.to_string())).await;
        let offer = Offer { data_sources: Some(|| vec![Box::new(EndpointSource)]), ..Offer::default() };
        let mut config = EndpointNow::object().null_value();
        config.set_attribute("name", Value::from("churn"));
        terraform(&stub.url, offer).await.read_data("mlops_endpoint", &config).await
    }

    #[tokio::test]
    async fn an_update_under_way_and_the_reason_of_the_last_failure_are_shown() {
        let read = read(
            200,
            json!({
                "EndpointName": "churn", "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/churn",
                "EndpointStatus": "Updating", "EndpointConfigName": "one", "CreationTime": 1, "LastModifiedTime": 2,
                "FailureReason": "rolled back", "PendingDeploymentSummary": { "EndpointConfigName": "two" },
                "ProductionVariants": [{ "VariantName": "a", "CurrentWeight": 0.5, "DesiredInstanceCount": 3 }],
            }),
        );
        let read = read.await.good();
        for (attribute, value) in [
            ("name", "churn"),
            ("endpoint_status", "Updating"),
            ("endpoint_config_name", "one"),
            ("pending_endpoint_config_name", "two"),
            ("failure_reason", "rolled back"),
        ] {
            assert_eq!(read.attribute(attribute), &Value::from(value), "{attribute}");
        }
        let variant = &read.attribute("production_variants").as_elements().unwrap()[0];
        assert_eq!(variant.attribute("desired_instance_count"), &Value::from(3));
        assert!(variant.attribute("current_instance_count").is_null());
    }

    #[tokio::test]
    async fn an_endpoint_that_does_not_exist_is_an_error_at_its_name() {
        let body = json!({ "__type": "ValidationException", "message": "Could not find endpoint \"churn\"." });
        let errors = read(400, body).await.errors();
        assert!(errors[0].summary.contains("does not exist"), "{errors:?}");
        assert_eq!(errors[0].path, Path::of("name"));
    }
}
