//! What users of other tools reported of endpoints and their monitoring, each with its report: none of it may happen here. The reports
//! of rollbacks, smoke tests, autoscaling and network interfaces are in the acceptance tests.

use serde_json::{Value as Json, json};
use tfplug::testing::State as Stored;
use tfplug::value::Value;

use super::fake::Instead;
use super::fake_monitoring::go;
use super::{ENDPOINT, Story, changing, failing};
use crate::testing::Terraform;

/// An endpoint that serves a model.
fn serving(terraform: &Terraform, model: &str) -> Value {
    let variant = json!({
        "variant_name": "v", "model_name": model, "instance_type": "ml.m5.large", "initial_instance_count": 1,
    });
    terraform.config(ENDPOINT, &json!({ "name": "e", "configuration": { "production_variants": [variant] } }))
}

async fn made(story: &Story) -> (Terraform, Option<Stored>) {
    let mut terraform = story.terraform().await;
    let (config, mut state) = (serving(&terraform, "one"), None);
    terraform.run(ENDPOINT, &mut state, Some(&config)).await.good();
    story.aws.operations();
    (terraform, state)
}

/// hashicorp/terraform-provider-aws issues 40048 and 21811: the endpoint configuration in use was deleted before the endpoint was
/// updated, or could not be created while it was there. MoJ analytical-platform issues 9863 and 10195: AWS could not patch an
/// endpoint whose configuration was deleted.
#[tokio::test]
async fn the_configuration_in_use_goes_only_when_the_next_one_serves() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    let two = serving(&terraform, "two");
    terraform.run(ENDPOINT, &mut state, Some(&two)).await.good();
    let operations = story.aws.operations();
    assert_eq!(changing(&operations), ["CreateEndpointConfig", "UpdateEndpoint", "DeleteEndpointConfig"]);
    // Between the two it is seen to serve the next one.
    let place = |operation: &str| operations.iter().position(|o| o == operation).unwrap();
    let between = &operations[place("UpdateEndpoint")..place("DeleteEndpointConfig")];
    assert!(between.iter().any(|o| o == "DescribeEndpoint"), "{operations:?}");
}

/// hashicorp/terraform-provider-aws issue 40080 and pull request 48966: a creation whose response was lost was repeated, and AWS
/// refused it as that of an existing endpoint.
#[tokio::test]
async fn a_creation_that_is_repeated_finds_its_own_endpoint() {
    let story = Story::new().await;
    story.aws.with(|s| s.instead.insert("CreateEndpoint", [Instead::Lost].into()));
    let (_, state) = made(&story).await;
    assert_eq!(state.unwrap().value.attribute("endpoint_status"), &Value::from("InService"));
}

/// aws/amazon-sagemaker-examples issue 2342: AWS refuses to delete a schedule that it is still creating.
#[tokio::test]
async fn a_schedule_that_is_pending_is_deleted_once_it_is_not() {
    const SCHEDULE: &str = "mlops_monitoring_schedule";
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let monitored = json!({ "monitoring_job_definition_name": "d", "monitoring_type": "DataQuality" });
    let config = terraform.config(SCHEDULE, &json!({ "name": "s", "monitoring_schedule_config": monitored }));
    let mut state = None;
    terraform.run(SCHEDULE, &mut state, Some(&config)).await.good();
    let key = ("MonitoringSchedule".to_owned(), "s".to_owned());
    story.aws.with(|s| go(s.objects.get_mut(&key).unwrap(), "Scheduled"));
    story.aws.operations();
    terraform.run(SCHEDULE, &mut state, None).await.good();
    assert_eq!(changing(&story.aws.operations()), ["DeleteMonitoringSchedule"]);
    assert!(!story.aws.with(|s| s.objects.contains_key(&key)));
}

/// AWSLabs' stable-diffusion-aws-extension issue 161: whoever deletes an endpoint with registered variants also needs the permission
/// to deregister them, and nobody could tell.
#[tokio::test]
async fn a_deletion_that_lacks_a_permission_says_which_and_keeps_the_endpoint() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    let action = "application-autoscaling:DeregisterScalableTarget";
    let refusal = "User: arn:aws:iam::123456789012:user/u is not authorized to perform: \
                   application-autoscaling:DeregisterScalableTarget";
    story.aws.with(|s| s.instead.insert("DeleteEndpoint", [Instead::Error("AccessDeniedException", refusal)].into()));
    let errors = terraform.run(ENDPOINT, &mut state, None).await.errors();
    assert!(errors[0].summary.contains("delete the endpoint \"e\"") && errors[0].detail.contains(action), "{errors:?}");
    assert!(state.is_some());
    terraform.run(ENDPOINT, &mut state, None).await.good();
    assert!(state.is_none());
    let notes = include_str!("../../../../../examples/resources/mlops_endpoint/notes.md");
    assert!(notes.contains("`DeregisterScalableTarget`"), "the page names it");
}

/// hashicorp/terraform-provider-aws issues 8713, 15354 and 32734: of an endpoint that never served users saw nothing but an
/// unexpected status.
#[tokio::test]
async fn an_endpoint_that_never_serves_says_why() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (serving(&terraform, "one"), None);
    let reason = "The primary container for production variant v did not pass the ping health check.";
    let failed: Json = json!({ "EndpointName": "e", "EndpointConfigName": "c", "FailureReason": reason });
    story.aws.with(|s| {
        s.instead.insert("CreateEndpoint", [Instead::Made("Endpoint", failed)].into());
        s.end = Some("Failed");
    });
    let text = failing(&mut terraform, ENDPOINT, &mut state, &config).await;
    assert!(text.contains("Its status is Failed: ") && text.contains(reason), "{text}");
    assert!(state.is_some_and(|state| state.tainted), "the next apply makes another one");
}
