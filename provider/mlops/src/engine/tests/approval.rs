//! Only approved versions are deployed: what a plan for a model looks up.

use serde_json::{Value as Json, json};
use tfplug::testing::Change;
use tfplug::value::{Path, Value};

use super::fake::Instead;
use super::fake_registry::register;
use super::{MODEL, Story, changing, failing};
use crate::testing::Terraform;

const PACKAGE: &str = "mlops_model_package";
const ARN: &str = "arn:aws:sagemaker:us-east-1:123456789012:model-package/g/1";

fn model(terraform: &Terraform, more: Json) -> Value {
    let mut all = json!({ "name": "m", "primary_container": { "model_package_name": ARN } });
    all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    terraform.config(MODEL, &all)
}

/// Somebody's version with an approval.
fn version(story: &Story, status: &str, more: Json) {
    story.aws.with(|s| {
        let mut request = json!({ "ModelPackageGroupName": "g", "ModelApprovalStatus": status });
        request.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        register(s, request)
    });
}

#[tokio::test]
async fn a_version_that_is_not_approved_is_refused_in_the_plan_with_what_to_do() {
    for (status, why) in [("PendingManualApproval", ""), ("Rejected", "unfair to new customers")] {
        let story = Story::new().await;
        version(&story, status, json!({ "ApprovalDescription": why }));
        let mut terraform = story.terraform().await;
        let config = model(&terraform, json!({}));
        let errors = terraform.plan(MODEL, None, Some(&config)).await.errors();
        assert_eq!(errors[0].path, Path::parse("primary_container.model_package_name"));
        assert!(errors[0].summary.contains(ARN) && errors[0].summary.ends_with("is not approved"), "{errors:?}");
        let command = format!("--model-package-arn {ARN} --model-approval-status Approved --region us-east-1");
        for says in [status, why, "sagemaker:UpdateModelPackage", &command, "`require_approved = false`"] {
            assert!(errors[0].detail.contains(says), "{says}: {errors:?}");
        }
        assert!(story.aws.operations().iter().all(|o| o == "DescribeModelPackage"), "nothing is changed");
        // Who says so deploys it all the same.
        let config = model(&terraform, json!({ "require_approved": false }));
        terraform.run(MODEL, &mut None, Some(&config)).await.good();
        assert!(!story.aws.operations().contains(&"DescribeModelPackage".to_owned()));
    }
}

/// aws-samples/sagemaker-custom-project-templates issue 15: the event of a version that was only registered deployed it.
#[tokio::test]
async fn what_was_registered_is_deployed_once_it_is_approved_and_not_looked_up_again() {
    let story = Story::new().await;
    version(&story, "PendingManualApproval", json!({}));
    let mut terraform = story.terraform().await;
    let (config, mut state) = (model(&terraform, json!({})), None);
    failing(&mut terraform, MODEL, &mut state, &config).await;
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new());
    let approve = |status: &str| {
        let key = ("ModelPackage".to_owned(), ARN.to_owned());
        story.aws.with(|s| s.objects.get_mut(&key).unwrap().insert("ModelApprovalStatus".to_owned(), json!(status)));
    };
    approve("Approved");
    terraform.run(MODEL, &mut state, Some(&config)).await.good();
    story.aws.operations();
    // A model that is there is not undone by what somebody decides later.
    approve("Rejected");
    let plan = terraform.plan(MODEL, state.as_ref(), Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp);
    assert!(!story.aws.operations().contains(&"DescribeModelPackage".to_owned()));
    // A new one in its place would deploy the version again.
    let other = model(&terraform, json!({ "enable_network_isolation": true }));
    assert!(terraform.plan(MODEL, state.as_ref(), Some(&other)).await.failed());
}

#[tokio::test]
async fn what_the_same_plan_decides_counts() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let package = |terraform: &Terraform, status: &str| {
        let containers = json!([{ "image": "i" }]);
        let all = json!({
            "model_package_group_name": "g",
            "inference_specification": { "containers": containers },
            "model_approval_status": status,
        });
        terraform.config(PACKAGE, &all)
    };
    let (config, mut state) = (package(&terraform, "PendingManualApproval"), None);
    terraform.run(PACKAGE, &mut state, Some(&config)).await.good();
    let model = model(&terraform, json!({}));
    for (status, refused) in [("Approved", false), ("PendingManualApproval", true), ("Rejected", true)] {
        let config = package(&terraform, status);
        terraform.plan(PACKAGE, state.as_ref(), Some(&config)).await.good();
        let planned = terraform.plan(MODEL, None, Some(&model)).await;
        assert_eq!(planned.failed(), refused, "{status}");
        assert!(!refused || planned.errors()[0].detail.contains(status), "{status}");
    }
    // A plan that approves is no approval: another process looks the version up.
    let config = package(&terraform, "Approved");
    terraform.plan(PACKAGE, state.as_ref(), Some(&config)).await.good();
    let mut other = story.terraform().await;
    assert!(other.plan(MODEL, None, Some(&model)).await.failed());
}

#[tokio::test]
async fn what_has_no_approval_is_not_looked_up() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    for container in [
        json!({ "image": "i" }),
        json!({ "model_package_name": "unversioned" }),
        json!({ "model_package_name": "arn:aws:sagemaker:us-east-1:865070037744:model-package/of-marketplace" }),
    ] {
        let config = model(&terraform, json!({ "primary_container": container }));
        terraform.plan(MODEL, None, Some(&config)).await.good();
    }
    assert_eq!(story.aws.operations(), Vec::<String>::new());
    // A version that does not exist (yet) is AWS's to refuse.
    let config = model(&terraform, json!({}));
    terraform.plan(MODEL, None, Some(&config)).await.good();
}

#[tokio::test]
async fn an_approval_that_cannot_be_looked_up_is_no_approval() {
    let story = Story::new().await;
    version(&story, "Approved", json!({}));
    let denied =
        Instead::Error("AccessDeniedException", "User x is not authorized to perform sagemaker:DescribeModelPackage");
    story.aws.with(|s| s.instead.insert("DescribeModelPackage", [denied].into()));
    let mut terraform = story.terraform().await;
    let containers = json!([{ "image": "i" }, { "model_package_name": ARN }]);
    let config = model(&terraform, json!({ "primary_container": null, "containers": containers }));
    let errors = terraform.plan(MODEL, None, Some(&config)).await.errors();
    assert_eq!(errors[0].path, Path::parse("containers[1].model_package_name"));
    for says in ["not authorized to perform sagemaker:DescribeModelPackage", "`require_approved = false`"] {
        assert!(errors[0].detail.contains(says), "{errors:?}");
    }
    terraform.plan(MODEL, None, Some(&config)).await.good();
}
