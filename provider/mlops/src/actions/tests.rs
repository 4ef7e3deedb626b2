//! The actions against AWS's own types, and against a SageMaker that is a few lines long.

use serde_json::json;
use tfplug::schema::{Mode, Object};
use tfplug::value::Value;

use super::DECLARED;
use crate::testing::{Answer, Offer, Stub, Terraform, terraform};

/// The members that an object's attributes are sent as.
fn members(object: &Object) -> Vec<String> {
    let sent = object.attributes.iter().filter(|a| a.mode != Mode::Computed && !a.provider_only);
    sent.map(|a| a.member_name().to_owned()).collect()
}

#[test]
fn what_an_action_sends_its_operation_takes() {
    for action in DECLARED {
        let (schema, operation) = ((action.schema)(), action.operation);
        let object = (action.of.schema)().object.clone();
        let takes: Vec<String> = (operation.input)()
            .into_keys()
            .map(|path| path.trim_start_matches('.').split(['.', '[', '{']).next().unwrap_or_default().to_owned())
            .collect();
        let key = if action.makes { Vec::new() } else { action.of.key.members(&operation, &object) };
        let fixed = action.fixed.iter().map(|(member, _)| (*member).to_owned());
        let timeouts = |member: &String| member != "timeouts";
        for member in members(&schema.object).into_iter().filter(timeouts).chain(key).chain(fixed) {
            assert!(takes.contains(&member), "{}: {operation:?} takes no {member}", schema.name);
        }
        if !action.makes {
            for attribute in action.of.key.attributes() {
                assert!(schema.object.attribute(attribute).is_some(), "{}: {attribute}", schema.name);
            }
        }
        assert_eq!(
            schema.object.attribute("wait_for_completion").is_some(),
            !action.until.is_empty(),
            "{}: it waits if and only if there is something to wait for",
            schema.name
        );
    }
}

async fn in_front_of(stub: &Stub) -> Terraform {
    let offer = Offer { actions: Some(super::all), ..Offer::default() };
    terraform(&stub.url, offer).await
}

fn config(action: &str, given: serde_json::Value) -> Value {
    let schema = super::all().iter().map(|a| a.schema()).find(|s| format!("mlops_{}", s.name) == action).unwrap();
    let mut config = schema.object.null_value();
    for (name, value) in given.as_object().unwrap() {
        let value = value.as_str().map_or_else(|| Value::from(value.as_bool().unwrap()), Value::from);
        config.set_attribute(name, value);
    }
    config
}

fn asked(stub: &Stub) -> Vec<(String, serde_json::Value)> {
    let operation = |a: &crate::testing::Asked| {
        let target = a.headers.iter().find(|(name, _)| name == "x-amz-target").map(|(_, value)| value.clone());
        target.unwrap_or_default().rsplit('.').next().unwrap_or_default().to_owned()
    };
    stub.take().iter().map(|a| (operation(a), serde_json::from_slice(&a.body).unwrap_or_default())).collect()
}

const PACKAGE: &str = "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/1";

#[tokio::test]
async fn a_decision_names_the_version_and_says_what_was_decided() {
    let stub = Stub::start(|_| Answer(200, Vec::new(), json!({ "ModelPackageArn": PACKAGE }).to_string())).await;
    let mut core = in_front_of(&stub).await;
    for (action, status) in [("mlops_approve_model_package", "Approved"), ("mlops_reject_model_package", "Rejected")] {
        let given = config(action, json!({ "arn": PACKAGE, "approval_description": "why" }));
        let told = core.invoke(action, &given).await.good();
        assert!(told.join(" ").contains(PACKAGE), "{told:?}");
        let sent = json!({ "ModelPackageArn": PACKAGE, "ModelApprovalStatus": status, "ApprovalDescription": "why" });
        assert_eq!(asked(&stub), [("UpdateModelPackage".to_owned(), sent)]);
    }
}

#[tokio::test]
async fn what_is_not_waited_for_is_not_asked_for() {
    let stub = Stub::start(|_| Answer(200, Vec::new(), "{}".to_owned())).await;
    let mut core = in_front_of(&stub).await;
    let action = "mlops_stop_notebook_instance";
    let given = config(action, json!({ "name": "n", "wait_for_completion": false }));
    core.invoke(action, &given).await.good();
    let sent = json!({ "NotebookInstanceName": "n" });
    assert_eq!(asked(&stub), [("StopNotebookInstance".to_owned(), sent)]);
}

#[tokio::test]
async fn what_comes_to_another_end_is_an_error() {
    let failed = json!({ "NotebookInstanceStatus": "Failed", "FailureReason": "no capacity" }).to_string();
    let stub = Stub::start(move |_| Answer(200, Vec::new(), failed.clone())).await;
    let mut core = in_front_of(&stub).await;
    let action = "mlops_start_notebook_instance";
    let errors = core.invoke(action, &config(action, json!({ "name": "n" }))).await.errors();
    assert!(errors[0].detail.contains("Its status is Failed: no capacity"), "{errors:?}");
}

#[tokio::test]
async fn what_aws_refuses_is_an_error_with_its_message() {
    let stub = Stub::start(|_| {
        let body = json!({ "__type": "ValidationException", "message": "RecordNotFound" }).to_string();
        Answer(400, Vec::new(), body)
    })
    .await;
    let mut core = in_front_of(&stub).await;
    let action = "mlops_stop_monitoring_schedule";
    let errors = core.invoke(action, &config(action, json!({ "name": "s" }))).await.errors();
    assert!(errors[0].summary.contains("stop the monitoring schedule \"s\""), "{errors:?}");
    assert!(errors[0].detail.contains("RecordNotFound"), "{errors:?}");
}
