//! Lists for `terraform query`: pages, filters, identities, whole objects, and what goes wrong on the way.

use serde_json::{Value as Json, json};
use tfplug::diag::Diag;
use tfplug::resource::Listed;
use tfplug::testing::Outcome;
use tfplug::value::Value;

use super::fake::operation;
use super::fake_lists::PAGE;
use super::{Instead, MODEL, OFFER, Story};
use crate::resources::DECLARED;
use crate::testing::{ACCOUNT, Offer, Terraform, process};

const TUNING: &str = "mlops_hyper_parameter_tuning_job";
const DEFINITION: &str = "mlops_data_quality_job_definition";

/// An AWS with models, and a Terraform that lists.
async fn with_models(count: usize) -> (Story, Terraform) {
    let story = Story::new().await;
    story.aws.with(|s| {
        for i in 0..count {
            let tags = json!([{ "Key": "team", "Value": if i % 2 == 0 { "ml" } else { "web" } }, { "Key": "n", "Value": "1" }]);
            let container = json!({ "Image": "i" });
            s.create("Model", json!({ "ModelName": format!("m-{i}"), "PrimaryContainer": container, "Tags": tags }));
        }
    });
    let offer = Offer { list_resources: Some(crate::resources::lists), ..OFFER };
    let terraform = process(&story.aws.stub.url, offer, Some(story.place("default"))).await.terraform;
    (story, terraform)
}

fn config(kind: &str, given: &Json) -> Value {
    let all = crate::resources::lists();
    let schema = all.iter().map(|list| list.schema()).find(|schema| format!("mlops_{}", schema.name) == kind).unwrap();
    let mut config = schema.object.null_value();
    for (name, value) in given.as_object().unwrap() {
        let tags = value.as_object().map(|tags| {
            Value::Map(tags.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str().unwrap()))).collect())
        });
        config.set_attribute(name, tags.unwrap_or_else(|| Value::from(value.as_str().unwrap())));
    }
    config
}

async fn listed(terraform: &mut Terraform, kind: &str, given: Json, limit: usize, whole: bool) -> Outcome<Vec<Listed>> {
    terraform.list(kind, &config(kind, &given), limit, whole).await
}

fn names(found: &[Listed]) -> Vec<&str> {
    found.iter().map(|listed| listed.display_name.as_str()).collect()
}

#[tokio::test]
async fn a_list_has_every_page_in_the_order_of_aws_and_identities_that_import() {
    let (story, mut terraform) = with_models(2 * PAGE + 1).await;
    let found = listed(&mut terraform, MODEL, json!({}), 100, false).await.good();
    assert_eq!(names(&found), ["m-0", "m-1", "m-2", "m-3", "m-4", "m-5", "m-6"]);
    assert_eq!(story.aws.operations(), ["ListModels", "ListModels", "ListModels"]);
    let identity = json!({ "name": "m-1", "region": "us-east-1", "account_id": ACCOUNT });
    let wanted = identity.as_object().unwrap().iter().map(|(k, v)| (k.clone(), Value::from(v.as_str().unwrap())));
    assert_eq!(found[1].identity, wanted.collect());
    assert!(found.iter().all(|listed| listed.object.is_none()));
    let by = Value::Object(found[1].identity.clone());
    let imported = terraform.import_by_identity(MODEL, &by).await.good().unwrap();
    assert_eq!(imported.value.attribute("name"), &Value::from("m-1"));
}

#[tokio::test]
async fn no_page_beyond_the_limit_is_asked_for() {
    let (story, mut terraform) = with_models(3 * PAGE).await;
    let found = listed(&mut terraform, MODEL, json!({}), PAGE + 1, false).await.good();
    assert_eq!(names(&found), ["m-0", "m-1", "m-2", "m-3"]);
    let asked = story.aws.stub.take();
    let sizes: Vec<Json> =
        asked.iter().map(|a| serde_json::from_slice::<Json>(&a.body).unwrap()["MaxResults"].clone()).collect();
    assert_eq!(sizes, [json!(PAGE + 1), json!(1)]);
}

#[tokio::test]
async fn a_whole_object_is_what_an_import_reads_and_no_more_are_read_than_wanted() {
    let (story, mut terraform) = with_models(PAGE + 1).await;
    let found = listed(&mut terraform, MODEL, json!({}), 2, true).await.good();
    let operations = story.aws.operations();
    assert_eq!(operations.iter().filter(|o| *o == "DescribeModel").count(), 2, "{operations:?}");
    for listed in &found {
        let imported = terraform.import(MODEL, &listed.display_name).await.good().unwrap();
        assert_eq!(listed.object.as_ref(), Some(&imported.value));
    }
    assert_eq!(names(&found), ["m-0", "m-1"]);
}

#[tokio::test]
async fn only_objects_with_all_the_tags_are_listed() {
    let (story, mut terraform) = with_models(PAGE + 2).await;
    let tags = |team: &str| json!({ "tags": { "team": team, "n": "1" } });
    let found = listed(&mut terraform, MODEL, tags("ml"), 2, false).await.good();
    assert_eq!(names(&found), ["m-0", "m-2"]);
    let asked = story.aws.stub.take();
    let first: Json = serde_json::from_slice(&asked[0].body).unwrap();
    assert_eq!(first["MaxResults"], json!(100), "what is left out does not count");
    let found = listed(&mut terraform, MODEL, tags("web"), 9, true).await.good();
    assert_eq!(names(&found), ["m-1", "m-3"]);
    assert_eq!(names(&listed(&mut terraform, MODEL, tags("none"), 9, false).await.good()), Vec::<&str>::new());
}

#[tokio::test]
async fn what_is_gone_by_the_time_it_is_read_is_left_out() {
    for (given, whole, refused) in [
        (
            json!({}),
            true,
            vec![("DescribeModel", Instead::Error("ValidationException", "Could not find model \"x\"."))],
        ),
        (
            json!({ "tags": { "n": "1" } }),
            false,
            vec![
                ("ListTags", Instead::Error("ValidationException", "Could not find model \"x\".")),
                ("DescribeModel", Instead::Error("ValidationException", "Could not find model \"x\".")),
            ],
        ),
    ] {
        let (story, mut terraform) = with_models(3).await;
        story.aws.with(|s| {
            for (operation, instead) in refused {
                s.instead.insert(operation, [instead].into());
            }
        });
        // Three are looked at at a time, so that any of them may be the one that is gone.
        assert_eq!(listed(&mut terraform, MODEL, given, 9, whole).await.good().len(), 2);
    }
}

#[tokio::test]
async fn what_may_not_be_read_is_a_warning_and_hides_nothing_else() {
    for (given, whole, operation) in
        [(json!({}), true, "DescribeModel"), (json!({ "tags": { "n": "1" } }), false, "ListTags")]
    {
        let (story, mut terraform) = with_models(3).await;
        let denied = Instead::Error("AccessDeniedException", "not authorized");
        story.aws.with(|s| s.instead.insert(operation, [denied].into()));
        let (found, warnings) = listed(&mut terraform, MODEL, given, 9, whole).await.warned();
        assert_eq!((found.len(), warnings.len()), (2, 1), "{warnings:?}");
        assert_eq!(warnings[0].summary, "A model is missing in the list");
        assert!(warnings[0].detail.contains("not authorized") && warnings[0].detail.contains("\"m-"), "{warnings:?}");
    }
}

#[tokio::test]
async fn a_page_that_fails_ends_the_list_with_an_error_that_names_the_operation() {
    let (story, mut terraform) = with_models(PAGE + 1).await;
    let fine = || Instead::Made("Endpoint", json!({ "EndpointName": "e" }));
    let denied = Instead::Error("AccessDeniedException", "not authorized to perform: sagemaker:ListModels");
    story.aws.with(|s| s.instead.insert("ListModels", [fine(), denied].into()));
    let outcome = listed(&mut terraform, MODEL, json!({}), 9, false).await;
    assert_eq!(names(&outcome.value), ["m-0", "m-1", "m-2"], "what was found until then");
    let text = text_of(&outcome.errors());
    assert!(text.contains("list the models in us-east-1") && text.contains("sagemaker:ListModels"), "{text}");
}

fn text_of(errors: &[Diag]) -> String {
    errors.iter().map(|diag| format!("{}: {}", diag.summary, diag.detail)).collect()
}

#[tokio::test]
async fn a_list_looks_in_the_region_that_it_is_given() {
    let (story, mut terraform) = with_models(1).await;
    let found = listed(&mut terraform, MODEL, json!({ "region": "eu-west-1" }), 9, true).await.good();
    assert_eq!(found[0].identity["region"], Value::from("eu-west-1"));
    let asked = story.aws.stub.take();
    for one in &asked {
        let signed = one.headers.iter().find(|(name, _)| name == "authorization").map(|(_, v)| v.clone()).unwrap();
        assert!(signed.contains("/eu-west-1/sagemaker/"), "{} {signed}", operation(one));
    }
}

#[tokio::test]
async fn a_name_that_a_list_has_in_lower_case_has_its_tags() {
    let (story, mut terraform) = with_models(0).await;
    let tags = json!([{ "Key": "team", "Value": "ml" }]);
    story.aws.with(|s| {
        s.create("HyperParameterTuningJob", json!({ "HyperParameterTuningJobName": "Churn", "Tags": tags }));
        // As AWS responds to an ARN that is in lower case.
        s.instead.insert("ListTags", [Instead::Error("ValidationException", "Resource does not exist.")].into());
    });
    let found = listed(&mut terraform, TUNING, json!({ "tags": { "team": "ml" } }), 9, false).await.good();
    assert_eq!(names(&found), ["Churn"]);
    let asked = story.aws.stub.take();
    let arns: Vec<Json> = asked
        .iter()
        .filter(|a| operation(a) == "ListTags")
        .map(|a| serde_json::from_slice::<Json>(&a.body).unwrap()["ResourceArn"].clone())
        .collect();
    let arn = |name: &str| json!(format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:hyper-parameter-tuning-job/{name}"));
    assert_eq!(arns, [arn("churn"), arn("Churn")]);
}

#[tokio::test]
async fn names_that_a_summary_has_under_another_member_are_found() {
    let (story, mut terraform) = with_models(0).await;
    story.aws.with(|s| {
        let arn = format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:data-quality-job-definition/daily");
        // SageMaker writes names in lower case in ARNs.
        let definition = json!({ "JobDefinitionName": "Daily", "JobDefinitionArn": arn, "CreationTime": 1 });
        let Json::Object(definition) = definition else { unreachable!() };
        s.objects.insert(("DataQualityJobDefinition".to_owned(), "Daily".to_owned()), definition);
    });
    let found = listed(&mut terraform, DEFINITION, json!({}), 9, false).await.good();
    assert_eq!(names(&found), ["Daily"]);
    assert_eq!(found[0].identity["name"], Value::from("Daily"));
    story.aws.operations();
    listed(&mut terraform, DEFINITION, json!({ "tags": { "a": "b" } }), 9, false).await.good();
    let asked = story.aws.stub.take();
    let tags: Json = serde_json::from_slice(&asked[1].body).unwrap();
    assert!(tags["ResourceArn"].as_str().unwrap().ends_with("data-quality-job-definition/daily"), "{tags}");
}

/// A value that a filter takes.
fn sample(argument: &str, kind: &str) -> Json {
    let declared = DECLARED.iter().find(|d| d.type_name() == kind).unwrap();
    let filter = declared.list.unwrap().filters().find(|filter| filter.argument == argument).unwrap();
    match &filter.takes {
        tfplug::validator::Validator::OneOf(values) => json!(values[0]),
        tfplug::validator::Validator::Length { .. } => json!("churn"),
        _ => json!("2030-01-31T03:00:00Z"),
    }
}

#[tokio::test]
async fn every_filter_is_sent_to_aws_as_the_member_that_it_stands_for() {
    let (story, mut terraform) = with_models(0).await;
    let mut tried = 0;
    for declared in DECLARED.iter().filter(|d| d.list.is_some_and(|l| l.operation.service == "SageMaker")) {
        let (kind, listing) = (declared.type_name(), declared.list.unwrap());
        let required: Vec<&str> = listing.filters().filter(|f| f.required).map(|f| f.argument).collect();
        for filter in listing.filters() {
            let given: Json = required
                .iter()
                .copied()
                .chain([filter.argument])
                .map(|argument| (argument.to_owned(), sample(argument, &kind)))
                .collect::<serde_json::Map<_, _>>()
                .into();
            listed(&mut terraform, &kind, given.clone(), 9, false).await.good();
            let asked = story.aws.stub.take();
            let body: Json = serde_json::from_slice(&asked[0].body).unwrap();
            let found = body.as_object().unwrap().iter().find(|(name, _)| snake(name) == filter.member);
            let value = found.map(|(_, value)| value).unwrap_or_else(|| panic!("{kind} {given}: {body}"));
            let wanted = sample(filter.argument, &kind);
            // Times go as numbers.
            assert!(value == &wanted || value.is_number(), "{kind} {given}: {body}");
            tried += 1;
        }
    }
    assert!(tried > 80, "{tried}");
}

fn snake(name: &str) -> String {
    crate::aws::snake_case::snake_case(name)
}

#[tokio::test]
async fn model_packages_of_a_group_and_without_are_listed_unless_a_group_is_named() {
    let (story, mut terraform) = with_models(0).await;
    for (given, wanted) in [(json!({}), json!("Both")), (json!({ "model_package_group_name": "g" }), Json::Null)] {
        listed(&mut terraform, "mlops_model_package", given, 9, false).await.good();
        let asked = story.aws.stub.take();
        let body: Json = serde_json::from_slice(&asked[0].body).unwrap();
        assert_eq!(body["ModelPackageType"], wanted, "{body}");
    }
}

#[tokio::test]
async fn what_a_filter_does_not_take_is_refused_without_a_call() {
    let (story, mut terraform) = with_models(0).await;
    for (kind, given, at) in [
        (MODEL, json!({ "created_after": "yesterday" }), "created_after"),
        ("mlops_training_job", json!({ "status": "Done" }), "status"),
        (MODEL, json!({ "name_contains": "" }), "name_contains"),
        ("mlops_pipeline_execution", json!({}), "pipeline_name"),
    ] {
        let errors = listed(&mut terraform, kind, given.clone(), 9, false).await.errors();
        assert!(text_of(&errors).contains(at), "{kind} {given}: {errors:?}");
    }
    assert_eq!(story.aws.operations(), Vec::<String>::new());
}
