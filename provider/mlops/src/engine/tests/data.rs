//! The engine's data sources: the attributes of a resource, read of an object that somebody else made.

use serde_json::{Value as Json, json};
use tfplug::resource::DataSource;
use tfplug::schema::{Kind, Mode, Object};
use tfplug::value::{Path, Value};

use super::fake::operation;
use super::fake_registry::register;
use super::{JOB, OFFER, Story, changing, job_with};
use crate::data_sources::DECLARED;
use crate::testing::{Offer, Terraform, process};

const PACKAGE: &str = "mlops_model_package";
const ARN: &str = "arn:aws:sagemaker:us-east-1:123456789012:model-package/g/1";

async fn terraform(story: &Story) -> Terraform {
    let offer = Offer { data_sources: Some(crate::data_sources::all), ..OFFER };
    process(&story.aws.stub.url, offer, Some(story.place("default"))).await.terraform
}

fn config(source: &str, given: &Json) -> Value {
    let schema = DECLARED.iter().map(|s| s.schema()).find(|s| format!("mlops_{}", s.name) == source).unwrap();
    let mut config = schema.object.null_value();
    for (name, value) in given.as_object().unwrap() {
        config.set_attribute(name, Value::from(value.as_str().unwrap()));
    }
    config
}

/// Registers versions, each with these members, and lets them come to rest.
fn versions(story: &Story, all: &[Json]) {
    story.aws.with(|s| {
        for (i, more) in all.iter().enumerate() {
            let mut request = json!({ "ModelPackageGroupName": "g" });
            request.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
            let arn = register(s, request);
            s.tokens.insert(i.to_string(), arn.clone());
            let status = more.get("Status").cloned().unwrap_or(json!("Completed"));
            s.objects
                .get_mut(&("ModelPackage".to_owned(), arn))
                .unwrap()
                .insert("ModelPackageStatus".to_owned(), status);
        }
    });
}

#[tokio::test]
async fn what_somebody_else_made_is_read_with_the_attributes_of_its_resource() {
    let story = Story::new().await;
    let mut terraform = terraform(&story).await;
    let (mut state, settings) = (None, json!({ "hyper_parameters": { "depth": "3" }, "tags": { "team": "ml" } }));
    let theirs = job_with(&terraform, settings);
    terraform.run(JOB, &mut state, Some(&theirs)).await.good();
    let resource = state.unwrap().value;
    story.aws.operations();
    let read = terraform.read_data(JOB, &config(JOB, &json!({ "name": "j" }))).await.good();
    assert_eq!(story.aws.operations(), ["DescribeTrainingJob", "ListTags"]);
    for name in ["name", "arn", "region", "hyper_parameters", "role_arn", "training_job_status", "creation_time"] {
        assert!(!read.attribute(name).is_null(), "{name}");
        assert_eq!(read.attribute(name), resource.attribute(name), "{name}");
    }
    assert_eq!(read.at(&Path::parse("resource_config.instance_count")), Some(&Value::from(1)));
    assert_eq!(read.attribute("tags"), resource.attribute("tags_all"));
}

#[tokio::test]
async fn what_does_not_exist_is_an_error_at_what_named_it() {
    let story = Story::new().await;
    let mut terraform = terraform(&story).await;
    let errors = terraform.read_data(JOB, &config(JOB, &json!({ "name": "absent" }))).await.errors();
    assert_eq!(errors[0].summary, "The training job \"absent\" does not exist");
    assert!(errors[0].detail.contains("depends_on") && errors[0].path == Path::of("name"), "{errors:?}");
    story.aws.operations();
    for (given, at, says) in [
        (json!({ "name": "under_score" }), "name", "hyphens"),
        (json!({ "arn": "arn:aws:sagemaker:us-east-1:123456789012:model/m" }), "arn", "not the ARN of a model package"),
        (json!({}), "", "exactly one"),
        (json!({ "arn": ARN, "model_package_group_name": "g" }), "model_package_group_name", "only one"),
        (json!({ "arn": ARN, "model_approval_status": "Approved" }), "", "model_package_group_name"),
    ] {
        let source = if given.get("name").is_some() { JOB } else { PACKAGE };
        let errors = terraform.read_data(source, &config(source, &given)).await.errors();
        let text = format!("{} {}", errors[0].summary, errors[0].detail).to_lowercase();
        assert!(text.contains(&says.to_lowercase()), "{given}: {errors:?}");
        assert!(errors[0].path.to_string().starts_with(at), "{given}: {errors:?}");
    }
    assert_eq!(story.aws.operations(), Vec::<String>::new(), "refused without a call");
}

#[tokio::test]
async fn an_object_that_is_known_by_its_arn_is_read_in_the_region_of_the_arn() {
    let story = Story::new().await;
    let mut terraform = terraform(&story).await;
    versions(&story, &[json!({ "CustomerMetadataProperties": { "auc": "0.93" } })]);
    let read = terraform.read_data(PACKAGE, &config(PACKAGE, &json!({ "arn": ARN }))).await.good();
    assert_eq!(read.at(&Path::parse("customer_metadata_properties.auc")), Some(&Value::from("0.93")));
    assert_eq!(read.attribute("model_package_group_name"), &Value::from("g"));
    assert!(read.attribute("model_package_name").is_null(), "a version has no name");
    story.aws.stub.take();
    let elsewhere = ARN.replace("us-east-1", "eu-west-1");
    terraform.read_data(PACKAGE, &config(PACKAGE, &json!({ "arn": elsewhere }))).await.errors();
    let asked = story.aws.stub.take();
    let signed = asked[0].headers.iter().find(|(name, _)| name == "authorization").map(|(_, v)| v.clone()).unwrap();
    assert!(signed.contains("/eu-west-1/sagemaker/"), "{signed}");
}

/// Versions 1 to 10, of which AWS lists the tenth after the first, on the first of several pages.
#[tokio::test]
async fn the_newest_is_the_one_with_the_greatest_number_whatever_the_order_of_the_list() {
    let story = Story::new().await;
    let mut terraform = terraform(&story).await;
    let mut all = vec![json!({ "ModelApprovalStatus": "Approved" }); 11];
    all[9] = json!({ "ModelApprovalStatus": "Rejected" });
    all[10] = json!({ "ModelApprovalStatus": "Approved", "Status": "Failed" });
    versions(&story, &all);
    for (more, newest) in [(json!({}), 10), (json!({ "model_approval_status": "Approved" }), 9)] {
        let mut given = json!({ "model_package_group_name": "g" });
        given.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        let read = terraform.read_data(PACKAGE, &config(PACKAGE, &given)).await.good();
        assert_eq!(read.attribute("model_package_version"), &Value::from(newest), "{given}");
        assert_eq!(read.attribute("arn"), &Value::from(ARN.replace("/1", &format!("/{newest}"))), "{given}");
        let asked = story.aws.stub.take();
        assert!(changing(&asked.iter().map(|a| operation(a).to_owned()).collect::<Vec<_>>()).is_empty());
        let first: Json = serde_json::from_slice(&asked[0].body).unwrap();
        assert_eq!((&first["ModelPackageGroupName"], &first["MaxResults"]), (&json!("g"), &json!(100)), "{first}");
    }
    let none = json!({ "model_package_group_name": "g", "model_approval_status": "PendingManualApproval" });
    let errors = terraform.read_data(PACKAGE, &config(PACKAGE, &none)).await.errors();
    assert_eq!(errors[0].path, Path::of("model_package_group_name"), "{errors:?}");
    for says in ["AWS lists no model package of", "model_approval_status = \"PendingManualApproval\""] {
        assert!(errors[0].detail.contains(says), "{errors:?}");
    }
}

#[test]
fn whatever_is_no_argument_is_computed_and_says_nothing_of_what_to_write() {
    fn walk(object: &Object, inside: bool, found: &mut Vec<(String, Mode)>) {
        for a in &object.attributes {
            assert!(
                a.default.is_none() && !a.requires_replace && a.name != "tags_all" && a.name != "timeouts",
                "{}",
                a.name
            );
            if inside || a.mode == Mode::Computed {
                let text = a.description.to_lowercase();
                assert!(!text.contains("unless set") && !text.contains("defaults to"), "{}: {text}", a.name);
            } else {
                found.push((a.name.to_string(), a.mode));
            }
            if let Kind::Nested(_, inner) = &a.kind {
                walk(inner, true, found);
            }
        }
    }
    for source in DECLARED {
        let schema = source.schema();
        assert_eq!(schema.defects(), Vec::<String>::new(), "{}", schema.name);
        let mut arguments = Vec::new();
        walk(&schema.object, false, &mut arguments);
        let may = |name: &str| (name.to_owned(), Mode::OptionalComputed);
        let wanted = match &*schema.name {
            "model_package" => {
                vec![may("model_package_group_name"), may("region"), may("model_approval_status"), may("arn")]
            }
            _ => vec![("name".to_owned(), Mode::Required), may("region")],
        };
        assert_eq!(arguments, wanted, "{}", schema.name);
        for local in ["source_code", "triggers", "on_destroy", "name_prefix", "wait_for_completion"] {
            assert!(schema.object.attribute(local).is_none(), "{}: {local}", schema.name);
        }
    }
}
