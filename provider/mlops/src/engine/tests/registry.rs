//! The engine's rules for keys that AWS gives, parts, contents, differences and what AWS fills in: the model registry.

use serde_json::{Value as Json, json};
use tfplug::testing::{Change, State as Stored};
use tfplug::value::Value;

use super::fake::{Fake, Instead, operation};
use super::fake_registry::register;
use super::{OFFER, Story, changing, failing};
use crate::testing::{Offer, Process, Terraform, process};

const GROUP: &str = "mlops_model_package_group";
const PACKAGE: &str = "mlops_model_package";
const ARN: &str = "arn:aws:sagemaker:us-east-1:123456789012:model-package/g/1";

/// A version of the group `g` with more attributes.
fn version(terraform: &Terraform, more: Json) -> Value {
    let mut all = json!({
        "model_package_group_name": "g",
        "inference_specification": { "containers": [{ "image": "i" }] },
    });
    all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    terraform.config(PACKAGE, &all)
}

fn group(terraform: &Terraform, more: Json) -> Value {
    let mut all = json!({ "name": "g" });
    all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    terraform.config(GROUP, &all)
}

/// The requests of an operation since the last look, in order.
fn requests(aws: &Fake, of: &str) -> Vec<Json> {
    let asked = aws.stub.take();
    asked.iter().filter(|a| operation(a) == of).map(|a| serde_json::from_slice(&a.body).unwrap()).collect()
}

fn packages(aws: &Fake) -> Vec<String> {
    aws.with(|s| s.objects.keys().filter(|(kind, _)| kind == "ModelPackage").map(|(_, arn)| arn.clone()).collect())
}

/// A member of the first version.
fn member(aws: &Fake, name: &str) -> Json {
    aws.with(|s| s.objects[&("ModelPackage".to_owned(), ARN.to_owned())].get(name).cloned().unwrap_or_default())
}

fn set(aws: &Fake, name: &str, value: Json) {
    aws.with(|s| {
        s.objects.get_mut(&("ModelPackage".to_owned(), ARN.to_owned())).unwrap().insert(name.to_owned(), value);
    });
}

/// An applied version.
async fn applied(story: &Story, more: Json) -> (Terraform, Option<Stored>) {
    let mut terraform = story.terraform().await;
    let (config, mut state) = (version(&terraform, more), None);
    terraform.run(PACKAGE, &mut state, Some(&config)).await.good();
    story.aws.stub.take();
    (terraform, state)
}

/// Applies another configuration, and sees that the next plan is empty. Gives the change that was planned.
async fn change(terraform: &mut Terraform, kind: &str, state: &mut Option<Stored>, config: &Value) -> Change {
    let plan = terraform.run(kind, state, Some(config)).await.good().unwrap();
    let again = terraform.plan(kind, state.as_ref(), Some(config)).await.good().unwrap();
    assert_eq!(again.change, Change::NoOp, "the plan after the apply is empty");
    plan.change
}

#[tokio::test]
async fn a_registration_that_was_cut_off_is_repeated_with_its_token_and_yields_one_version() {
    let story = Story::new().await;
    let remembered = story.directory.path().join(".terraform/mlops-creating");
    let frozen = story.directory.path().join("frozen");
    story.aws.with(|s| s.frozen = Some((remembered.clone(), frozen.clone())));
    let mut terraform = story.terraform().await;
    let config = version(&terraform, json!({}));
    terraform.run(PACKAGE, &mut None, Some(&config)).await.good();
    // The disk as it was when AWS had done its work, and nobody knew its answer.
    std::fs::remove_dir_all(&remembered).unwrap();
    std::fs::rename(&frozen, &remembered).unwrap();
    let (mut terraform, mut state) = (story.terraform().await, None);
    terraform.run(PACKAGE, &mut state, Some(&config)).await.good();
    assert_eq!(packages(&story.aws), [ARN]);
    let tokens: Vec<_> =
        requests(&story.aws, "CreateModelPackage").iter().map(|r| r["ClientToken"].as_str().unwrap().len()).collect();
    assert_eq!(tokens, [32, 32], "asked twice; AWS takes at most 36 characters");
    assert_eq!(state.as_ref().unwrap().value.attribute("arn"), &Value::from(ARN));
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::NoOp);
    assert_eq!(story.remembered(), 0, "it was seen in the state");
}

#[tokio::test]
async fn every_operation_gets_the_arn_as_it_calls_it() {
    let story = Story::new().await;
    let (mut terraform, mut state) = applied(&story, json!({})).await;
    let value = &state.as_ref().unwrap().value;
    assert_eq!(value.attribute("arn"), &Value::from(ARN));
    assert_eq!(value.attribute("model_package_version"), &Value::from(1));
    assert!(value.attribute("model_package_name").is_null(), "a version has no name");
    let config = version(&terraform, json!({ "model_approval_status": "Approved" }));
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::Update);
    let asked = story.aws.stub.take();
    for a in &asked {
        let body: Json = serde_json::from_slice(&a.body).unwrap();
        let named = match operation(a) {
            "UpdateModelPackage" => "ModelPackageArn",
            _ => "ModelPackageName",
        };
        assert_eq!(body[named], ARN, "{}", operation(a));
    }
    terraform.run(PACKAGE, &mut state, None).await.good();
    assert_eq!(requests(&story.aws, "DeleteModelPackage"), [json!({ "ModelPackageName": ARN })]);
    assert!(state.is_none() && packages(&story.aws).is_empty());
}

#[tokio::test]
async fn what_aws_gave_the_key_is_imported_by_its_arn() {
    let story = Story::new().await;
    let (mut terraform, _) = applied(&story, json!({ "customer_metadata_properties": { "a": "1" } })).await;
    let config = version(&terraform, json!({ "customer_metadata_properties": { "a": "1" } }));
    let identity = Value::object([("arn", Value::from(ARN)), ("region", Value::Null)]);
    let imports =
        [terraform.import(PACKAGE, ARN).await.good(), terraform.import_by_identity(PACKAGE, &identity).await.good()];
    for state in imports {
        let state = state.unwrap();
        assert_eq!(state.value.attribute("model_package_group_name"), &Value::from("g"));
        assert_eq!(state.value.attribute("region"), &Value::from("us-east-1"));
        let plan = terraform.plan(PACKAGE, Some(&state), Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::NoOp, "{plan:?}");
    }
    let errors = terraform.import(PACKAGE, "g/1").await.errors();
    assert!(errors[0].detail.contains("Give its ARN"), "{errors:?}");
}

#[tokio::test]
async fn an_import_is_read_in_the_region_of_its_arn_if_the_region_is_said_too() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let elsewhere = ARN.replace("us-east-1", "eu-west-1");
    let identity = |region: Value| Value::object([("arn", Value::from(elsewhere.as_str())), ("region", region)]);
    let errors = terraform.import_by_identity(PACKAGE, &identity(Value::Null)).await.errors();
    assert!(errors[0].detail.contains(&format!("import {elsewhere}@eu-west-1")), "{errors:?}");
    assert!(story.aws.stub.take().is_empty());
    assert!(terraform.import_by_identity(PACKAGE, &identity(Value::from("eu-west-1"))).await.failed());
    let asked = story.aws.stub.take();
    let signed = asked[0].headers.iter().find(|(name, _)| name == "authorization").map(|(_, v)| v.clone()).unwrap();
    assert!(signed.contains("/eu-west-1/sagemaker/"), "{signed}");
    let errors = terraform.import(PACKAGE, &format!("{elsewhere}@us-west-2")).await.errors();
    assert!(errors[0].detail.contains("not in us-west-2"), "{errors:?}");
}

#[tokio::test]
async fn a_twin_of_what_the_state_has_is_an_object_of_its_own() {
    let story = Story::new().await;
    let (_, state) = applied(&story, json!({})).await;
    // The process was killed after Terraform had stored its result: its file is still there.
    let mut terraform = story.terraform().await;
    let config = version(&terraform, json!({}));
    let mut state = terraform.refresh(PACKAGE, &state.unwrap()).await.good();
    assert_eq!(story.remembered(), 0, "the state has it");
    let mut twin = None;
    terraform.run(PACKAGE, &mut twin, Some(&config)).await.good();
    assert_eq!(packages(&story.aws).len(), 2);
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::NoOp);
}

#[tokio::test]
async fn a_version_that_was_seen_is_taken_over_or_replaced_under_another_token() {
    let story = Story::new().await;
    applied(&story, json!({})).await;
    let mut terraform = story.terraform().await;
    let config = version(&terraform, json!({}));
    terraform.run(PACKAGE, &mut None, Some(&config)).await.good();
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new(), "taken over");
    set(&story.aws, "ModelPackageStatus", json!("Failed"));
    let refusal = Instead::Error("ResourceLimitExceeded", "no more");
    story.aws.with(|s| s.instead.insert("CreateModelPackage", [refusal].into()));
    let (mut terraform, mut state) = (story.terraform().await, None);
    let text = failing(&mut terraform, PACKAGE, &mut state, &config).await;
    assert!(packages(&story.aws).is_empty() && !text.contains(ARN), "the former one is gone: {text}");
    let body = requests(&story.aws, "CreateModelPackage").remove(0);
    assert!(body["ModelPackageName"].is_null(), "the former one's key is no name of the new one: {body}");
    terraform.run(PACKAGE, &mut state, Some(&config)).await.good();
    assert_eq!(packages(&story.aws), [ARN.replace("/1", "/2")]);
    assert_eq!(state.unwrap().value.attribute("model_package_version"), &Value::from(2));
}

#[tokio::test]
async fn what_an_interrupted_registration_left_is_told_with_its_arn_where_it_is_known() {
    let story = Story::new().await;
    let remembered = story.directory.path().join(".terraform/mlops-creating");
    let frozen = story.directory.path().join("frozen");
    story.aws.with(|s| s.frozen = Some((remembered.clone(), frozen.clone())));
    applied(&story, json!({})).await;
    let known = crate::aws::creations::warnings(&story.place("default")).0.remove(0);
    for part in [format!("terraform import {PACKAGE}.NAME {ARN}\n"), format!("--model-package-name {ARN} --region")] {
        assert!(known.detail.contains(&part), "{part}: {known:?}");
    }
    assert!(known.summary.contains(ARN), "{known:?}");
    std::fs::remove_dir_all(&remembered).unwrap();
    std::fs::rename(&frozen, &remembered).unwrap();
    let unknown = crate::aws::creations::warnings(&story.place("default")).0.remove(0);
    assert!(unknown.summary.contains("mlops_model_package of \"g\""), "{unknown:?}");
    for part in
        ["Its ARN is not known: look for one that was created at 20", "terraform import mlops_model_package.NAME ARN\n"]
    {
        assert!(unknown.detail.contains(part), "{part}: {unknown:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_no_second_version() {
    let story = Story::new().await;
    story.aws.with(|s| s.instead.insert("CreateModelPackage", [Instead::Lost].into()));
    applied(&story, json!({})).await;
    assert_eq!(packages(&story.aws), [ARN]);
}

#[tokio::test]
async fn an_update_sends_what_changes_and_leaves_alone_what_others_changed() {
    let story = Story::new().await;
    let (mut terraform, mut state) = applied(&story, json!({ "source_uri": "s3://a" })).await;
    let config = version(&terraform, json!({ "source_uri": "s3://b" }));
    let plan = terraform.plan(PACKAGE, state.as_ref(), Some(&config)).await.good().unwrap();
    // A reviewer was faster than the apply.
    set(&story.aws, "ModelApprovalStatus", json!("Approved"));
    state = terraform.apply(PACKAGE, &plan, &config).await.value;
    let sent = requests(&story.aws, "UpdateModelPackage").remove(0);
    assert_eq!((&sent["SourceUri"], &sent["ModelApprovalStatus"]), (&json!("s3://b"), &Json::Null));
    assert!(sent["ClientToken"].is_string());
    assert_eq!(member(&story.aws, "ModelApprovalStatus"), "Approved");
    // And what they changed is no drift to be undone.
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::NoOp);
    assert_eq!(state.unwrap().value.attribute("model_approval_status"), &Value::from("Approved"));
}

#[tokio::test]
async fn what_the_creation_does_not_take_is_sent_after_it() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let config = version(&terraform, json!({ "model_approval_status": "Approved", "approval_description": "by us" }));
    let mut state = None;
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::Create);
    assert_eq!(changing(&story.aws.operations()), ["CreateModelPackage", "UpdateModelPackage"]);
    assert_eq!(member(&story.aws, "ApprovalDescription"), "by us");
    // What was cut off between the two calls goes on there.
    set(&story.aws, "ApprovalDescription", Json::Null);
    let mut terraform = story.terraform().await;
    let mut state = None;
    terraform.run(PACKAGE, &mut state, Some(&config)).await.good();
    assert_eq!(changing(&story.aws.operations()), ["UpdateModelPackage"]);
    assert_eq!((member(&story.aws, "ApprovalDescription"), packages(&story.aws).len()), (json!("by us"), 1));
}

#[tokio::test]
async fn an_update_takes_what_is_added_and_what_is_removed() {
    let story = Story::new().await;
    let metadata =
        |terraform: &Terraform, all: Json| version(terraform, json!({ "customer_metadata_properties": all }));
    let (mut terraform, mut state) =
        applied(&story, json!({ "customer_metadata_properties": { "a": "1", "b": "2" } })).await;
    let config = metadata(&terraform, json!({ "b": "3", "c": "4" }));
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::Update);
    let sent = requests(&story.aws, "UpdateModelPackage").remove(0);
    assert_eq!(sent["CustomerMetadataProperties"], json!({ "b": "3", "c": "4" }));
    assert_eq!(sent["CustomerMetadataPropertiesToRemove"], json!(["a"]));
    let config = metadata(&terraform, json!({}));
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::Update);
    let sent = requests(&story.aws, "UpdateModelPackage").remove(0);
    assert_eq!(sent["CustomerMetadataProperties"], Json::Null, "AWS takes no empty map");
    assert_eq!(member(&story.aws, "CustomerMetadataProperties"), json!({}));
}

#[tokio::test]
async fn what_can_only_be_added_is_replaced_where_it_goes_and_has_no_order() {
    let story = Story::new().await;
    let named = |name: &str, image: &str| json!({ "name": name, "containers": [{ "image": image }] });
    let specified =
        |terraform: &Terraform, all: Json| version(terraform, json!({ "additional_inference_specifications": all }));
    let (mut terraform, mut state) =
        applied(&story, json!({ "additional_inference_specifications": [named("a", "i")] })).await;
    // In front: AWS appends it, and that is no drift.
    let config = specified(&terraform, json!([named("b", "i"), named("a", "i")]));
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::Update);
    let sent = requests(&story.aws, "UpdateModelPackage").remove(0);
    let added = sent["AdditionalInferenceSpecificationsToAdd"].as_array().unwrap();
    assert_eq!(added.iter().map(|a| &a["Name"]).collect::<Vec<_>>(), ["b"]);
    // Another order, which AWS does not know.
    let turned = specified(&terraform, json!([named("a", "i"), named("b", "i")]));
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &turned).await, Change::Update);
    assert_eq!(requests(&story.aws, "UpdateModelPackage"), Vec::<Json>::new());
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::Update);
    // Somebody adds another one: it is not this configuration's to remove.
    let mut all = member(&story.aws, "AdditionalInferenceSpecifications");
    all.as_array_mut().unwrap().push(json!({ "Name": "neo", "Containers": [{ "Image": "n" }] }));
    set(&story.aws, "AdditionalInferenceSpecifications", all);
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::NoOp);
    for (what, all) in [("changed", json!([named("b", "j"), named("a", "i")])), ("removed", json!([named("b", "i")]))] {
        let config = specified(&terraform, all);
        let plan = terraform.plan(PACKAGE, state.as_ref(), Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::Replace, "{what}");
    }
}

#[tokio::test]
async fn what_a_version_runs_can_be_added_in_place_and_not_changed() {
    let story = Story::new().await;
    let (mut terraform, mut state) = applied(&story, json!({ "inference_specification": null })).await;
    let config = version(&terraform, json!({}));
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::Update);
    let sent = requests(&story.aws, "UpdateModelPackage").remove(0);
    assert_eq!(sent["InferenceSpecification"], json!({ "Containers": [{ "Image": "i" }] }));
    for other in [json!({ "containers": [{ "image": "j" }] }), Json::Null] {
        let config = version(&terraform, json!({ "inference_specification": other }));
        let plan = terraform.plan(PACKAGE, state.as_ref(), Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::Replace, "what somebody approved stays what it is");
    }
}

#[tokio::test]
async fn what_becomes_null_is_cleared() {
    let story = Story::new().await;
    let (mut terraform, mut state) = applied(&story, json!({ "source_uri": "s3://a" })).await;
    let config = version(&terraform, json!({}));
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::Update);
    assert_eq!(requests(&story.aws, "UpdateModelPackage").remove(0)["SourceUri"], "");
}

#[tokio::test]
async fn what_aws_fills_in_is_no_drift() {
    let story = Story::new().await;
    let (mut terraform, mut state) = applied(&story, json!({})).await;
    set(&story.aws, "ModelLifeCycle", json!({ "Stage": "Staging", "StageStatus": "Approved" }));
    set(&story.aws, "ModelCard", json!({ "ModelCardContent": "{}", "ModelCardStatus": "Draft" }));
    set(&story.aws, "ModelPackageRegistrationType", json!("Registered"));
    set(&story.aws, "ApprovalDescription", json!("by people"));
    set(&story.aws, "CustomerMetadataProperties", json!({ "theirs": "1" }));
    let neo = json!([{ "Name": "neo", "Containers": [{ "Image": "n" }] }]);
    set(&story.aws, "AdditionalInferenceSpecifications", neo);
    let config = version(&terraform, json!({}));
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::NoOp);
    let value = &state.as_ref().unwrap().value;
    let container = tfplug::value::Path::parse("inference_specification.containers[0].image_digest");
    assert!(value.at(&container).unwrap().is_null() && value.attribute("certify_for_marketplace").is_null());
    // What the user sets is compared.
    let config = version(&terraform, json!({ "model_life_cycle": { "stage": "Live", "stage_status": "Approved" } }));
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::Update);
    set(&story.aws, "ModelLifeCycle", json!({ "Stage": "Gone", "StageStatus": "Approved" }));
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::Update, "drift is mended");
}

#[tokio::test]
async fn the_reason_of_a_failure_is_found_inside_of_the_details() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let config = version(&terraform, json!({}));
    let arn = story.aws.with(|s| register(s, json!({ "ModelPackageGroupName": "g" })));
    story.aws.with(|s| s.yields = Some(arn));
    set(&story.aws, "ModelPackageStatus", json!("Failed"));
    let item = |name: &str, reason: Json| json!({ "Name": name, "Status": "Failed", "FailureReason": reason });
    let details = json!({
        "ValidationStatuses": [item("p", json!("no such image"))],
        "ImageScanStatuses": [item("q", Json::Null)],
    });
    set(&story.aws, "ModelPackageStatusDetails", details);
    let text = failing(&mut terraform, PACKAGE, &mut None, &config).await;
    assert!(text.contains("Its status is Failed: no such image"), "{text}");
    assert!(!text.contains("ValidationStatuses"), "{text}");
}

#[tokio::test]
async fn a_version_has_no_tags_of_its_own() {
    let story = Story::new().await;
    let offer = Offer {
        settings: Some(|settings| settings.default_tags = [("team".to_owned(), "ml".to_owned())].into()),
        ..OFFER
    };
    let Process { mut terraform, .. } = process(&story.aws.stub.url, offer, Some(story.place("default"))).await;
    let (config, mut state) = (version(&terraform, json!({})), None);
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::Create);
    let asked = story.aws.stub.take();
    let created = asked.iter().find(|a| operation(a) == "CreateModelPackage").unwrap();
    assert!(serde_json::from_slice::<Json>(&created.body).unwrap()["Tags"].is_null());
    assert!(asked.iter().all(|a| operation(a) != "ListTags"), "AWS would answer those of the group");
    assert_eq!(state.unwrap().value.attribute("tags_all"), &Value::Map([].into()));
    let imported = terraform.import(PACKAGE, ARN).await.good().unwrap();
    let plan = terraform.plan(PACKAGE, Some(&imported), Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp);
    // A package of its own has tags.
    let own = json!({ "model_package_name": "own", "inference_specification": { "containers": [{ "image": "i" }] } });
    let config = terraform.config(PACKAGE, &own);
    assert_eq!(change(&mut terraform, PACKAGE, &mut None, &config).await, Change::Create);
    let created = requests(&story.aws, "CreateModelPackage").remove(0);
    assert_eq!(created["Tags"], json!([{ "Key": "team", "Value": "ml" }]));
}

#[tokio::test]
async fn a_package_without_versions_is_replaced_and_not_updated() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let own = |terraform: &Terraform, uri: &str| {
        let container = json!({ "containers": [{ "image": "i" }] });
        let all = json!({ "model_package_name": "own", "inference_specification": container, "source_uri": uri });
        terraform.config(PACKAGE, &all)
    };
    let (config, mut state) = (own(&terraform, "s3://a"), None);
    terraform.run(PACKAGE, &mut state, Some(&config)).await.good();
    assert_eq!(state.as_ref().unwrap().value.attribute("model_package_name"), &Value::from("own"));
    let config = own(&terraform, "s3://b");
    let plan = terraform.plan(PACKAGE, state.as_ref(), Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace);
}

#[tokio::test]
async fn what_is_retained_stays_in_the_registry() {
    let story = Story::new().await;
    let (mut terraform, mut state) = applied(&story, json!({ "on_destroy": "retain" })).await;
    let config = version(&terraform, json!({ "on_destroy": "retain", "domain": "OTHER" }));
    assert_eq!(change(&mut terraform, PACKAGE, &mut state, &config).await, Change::Replace);
    assert_eq!(packages(&story.aws), [ARN.to_owned(), ARN.replace("/1", "/2")]);
    terraform.run(PACKAGE, &mut state, None).await.good();
    assert_eq!(packages(&story.aws).len(), 2);
}

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

#[tokio::test]
async fn a_part_is_written_changed_removed_and_its_drift_seen() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let policy = |terraform: &Terraform, text: &str| group(terraform, json!({ "resource_policy": text }));
    let (config, mut state) = (policy(&terraform, POLICY), None);
    assert_eq!(change(&mut terraform, GROUP, &mut state, &config).await, Change::Create);
    assert_eq!(changing(&story.aws.operations()), ["CreateModelPackageGroup"], "a part is no member of the creation");
    assert_eq!(story.aws.with(|s| s.policies["g"].clone()), POLICY);
    // Another spelling of the same is no change.
    let spelled = r#"{ "Statement": {"Action": ["*"], "Effect": "Allow", "Resource": "*"}, "Version": "2012-10-17" }"#;
    story.aws.with(|s| s.policies.insert("g".into(), json!(spelled)));
    assert_eq!(change(&mut terraform, GROUP, &mut state, &config).await, Change::NoOp);
    let denied = POLICY.replace("Allow", "Deny");
    for theirs in [Some(json!(denied)), None] {
        story.aws.with(|s| match &theirs {
            Some(policy) => drop(s.policies.insert("g".into(), policy.clone())),
            None => drop(s.policies.remove("g")),
        });
        assert_eq!(change(&mut terraform, GROUP, &mut state, &config).await, Change::Update, "drift");
        assert_eq!(story.aws.with(|s| s.policies["g"].clone()), POLICY);
    }
    let config = policy(&terraform, &denied);
    assert_eq!(change(&mut terraform, GROUP, &mut state, &config).await, Change::Update);
    assert_eq!(story.aws.with(|s| s.policies["g"].clone()), denied);
    let config = group(&terraform, json!({}));
    assert_eq!(change(&mut terraform, GROUP, &mut state, &config).await, Change::Update);
    assert!(story.aws.with(|s| s.policies.is_empty()));
}

#[tokio::test]
async fn what_was_cut_off_before_its_part_is_taken_over_and_completed() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let config = group(&terraform, json!({ "resource_policy": POLICY }));
    terraform.run(GROUP, &mut None, Some(&config)).await.good();
    story.aws.with(|s| s.policies.clear());
    story.aws.stub.take();
    let (mut terraform, mut state) = (story.terraform().await, None);
    terraform.run(GROUP, &mut state, Some(&config)).await.good();
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new(), "the group is what is wanted");
    assert_eq!(story.aws.with(|s| s.policies["g"].clone()), POLICY);
    assert_eq!(change(&mut terraform, GROUP, &mut state, &config).await, Change::NoOp);
}

/// A group with three versions that pipelines registered.
async fn full(story: &Story, force: bool) -> (Terraform, Option<Stored>) {
    let mut terraform = story.terraform().await;
    let config = group(&terraform, json!({ "force_destroy": force, "resource_policy": POLICY }));
    let mut state = None;
    terraform.run(GROUP, &mut state, Some(&config)).await.good();
    story.aws.with(|s| {
        for token in ["1", "2", "3"] {
            let arn = register(s, json!({ "ModelPackageGroupName": "g" }));
            s.tokens.insert(token.to_owned(), arn);
        }
    });
    story.aws.stub.take();
    (terraform, state)
}

#[tokio::test]
async fn a_group_that_holds_versions_stays_as_it_is_unless_the_user_says_otherwise() {
    let story = Story::new().await;
    let (mut terraform, mut state) = full(&story, false).await;
    let outcome = terraform.run(GROUP, &mut state, None).await;
    let told = &outcome.diags[0];
    assert_eq!(told.path.to_string(), "force_destroy", "{outcome:?}");
    assert!(told.summary.contains("model package group \"g\" is not empty"), "{told:?}");
    assert!(told.detail.contains("3 model packages") && told.detail.contains("`force_destroy = true`"), "{told:?}");
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new(), "the resource policy is still there, too");
    assert_eq!((packages(&story.aws).len(), story.aws.with(|s| s.policies.len())), (3, 1));
}

#[tokio::test]
async fn what_a_group_holds_goes_before_it() {
    let story = Story::new().await;
    let (mut terraform, mut state) = full(&story, true).await;
    // A version that goes a moment later than it was deleted, and a group that AWS takes for full as long.
    let conflict = || [Instead::Error("ConflictException", "still there")].into();
    story.aws.with(|s| {
        s.instead.insert("DeleteModelPackage", conflict());
        s.instead.insert("DeleteModelPackageGroup", conflict());
    });
    terraform.run(GROUP, &mut state, None).await.good();
    assert!(state.is_none() && story.aws.with(|s| s.objects.is_empty() && s.policies.is_empty()));
    let asked = story.aws.operations();
    let deleted: Vec<_> = asked.iter().filter(|o| o.starts_with("Delete")).map(String::as_str).collect();
    let (one, policy, all) = ("DeleteModelPackage", "DeleteModelPackageGroupPolicy", "DeleteModelPackageGroup");
    assert_eq!(deleted, [one, one, one, policy, all, one, all]);
}

#[tokio::test]
async fn a_deletion_that_fails_is_told() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (group(&terraform, json!({})), None);
    terraform.run(GROUP, &mut state, Some(&config)).await.good();
    story.aws.with(|s| (s.still, s.stuck) = (true, Some("DeleteFailed")));
    let outcome = terraform.run(GROUP, &mut state, None).await;
    assert!(outcome.failed(), "{outcome:?}");
    let told = &outcome.diags[0];
    assert!(told.summary.contains("Could not delete the model package group"), "{told:?}");
    assert!(told.detail.contains("DeleteFailed"), "{told:?}");
}
