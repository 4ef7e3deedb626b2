//! What is no difference: nothing in one spelling or another, another order of what has none, fractions of 32 bits.

use serde_json::{Value as Json, json};
use tfplug::testing::{Change, State as Stored};
use tfplug::value::Value;

use super::{JOB, MODEL, Story, changing, job_with as job};
use crate::testing::Terraform;

fn channel(name: &str, more: Json) -> Json {
    let mut all = json!({ "channel_name": name, "data_source": { "s3_data_source": { "s3_uri": "s3://bucket/in" } } });
    all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    all
}

/// A job that was applied, with what AWS describes besides what was sent.
async fn applied(story: &Story, config: Json, described: Json) -> (Terraform, Option<Stored>) {
    let mut terraform = story.terraform().await;
    let (config, mut state) = (job(&terraform, config), None);
    terraform.run(JOB, &mut state, Some(&config)).await.good();
    describe(story, described);
    story.aws.operations();
    (terraform, state)
}

/// Changes what AWS describes of the job.
fn describe(story: &Story, described: Json) {
    story.aws.with(|s| {
        let object = s.objects.get_mut(&("TrainingJob".to_owned(), "j".to_owned())).unwrap();
        object.extend(described.as_object().cloned().unwrap());
    });
}

async fn planned(terraform: &mut Terraform, state: &mut Option<Stored>, config: &Value) -> Change {
    *state = terraform.refresh(JOB, state.as_ref().unwrap()).await.good();
    let plan = terraform.plan(JOB, state.as_ref(), Some(config)).await.good().unwrap();
    plan.change
}

#[tokio::test]
async fn what_aws_describes_as_nothing_stays_null() {
    let story = Story::new().await;
    let rule = json!({ "rule_configuration_name": "r", "rule_evaluator_image": "i" });
    let given = json!({ "debug_rule_configurations": [rule] });
    let described = json!({
        "DebugRuleConfigurations": [{ "RuleConfigurationName": "r", "RuleEvaluatorImage": "i", "VolumeSizeInGB": 0, "LocalPath": "" }],
        "Environment": {}, "HyperParameters": {}, "InputDataConfig": [],
        "VpcConfig": { "SecurityGroupIds": [], "Subnets": [] },
    });
    let (mut terraform, mut state) = applied(&story, given.clone(), described).await;
    let config = job(&terraform, given);
    assert_eq!(planned(&mut terraform, &mut state, &config).await, Change::NoOp);
}

#[tokio::test]
async fn what_the_user_wrote_empty_stays_so_whether_aws_describes_it_or_not() {
    let story = Story::new().await;
    let given = json!({ "environment": {}, "input_data_config": [channel("train", json!({ "content_type": "" }))] });
    let (mut terraform, mut state) = applied(&story, given.clone(), json!({ "Environment": null })).await;
    story.aws.with(|s| {
        let object = s.objects.get_mut(&("TrainingJob".to_owned(), "j".to_owned())).unwrap();
        object["InputDataConfig"][0].as_object_mut().unwrap().remove("ContentType");
    });
    let config = job(&terraform, given);
    assert_eq!(planned(&mut terraform, &mut state, &config).await, Change::NoOp);
}

#[tokio::test]
async fn a_value_that_became_nothing_is_drift() {
    let story = Story::new().await;
    let given = json!({ "environment": { "A": "1" } });
    let (mut terraform, mut state) = applied(&story, given.clone(), json!({ "Environment": {} })).await;
    let config = job(&terraform, given);
    assert_eq!(planned(&mut terraform, &mut state, &config).await, Change::Replace);
}

#[tokio::test]
async fn from_nothing_to_nothing_is_neither_a_replacement_nor_a_call() {
    let story = Story::new().await;
    let empty = json!({ "environment": {}, "hyper_parameters": {}, "tags": {} });
    let (mut terraform, mut state) = applied(&story, json!({}), json!({})).await;
    for given in [empty, json!({})] {
        let config = job(&terraform, given.clone());
        let plan = terraform.run(JOB, &mut state, Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::Update, "{given}");
        assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new(), "{given}");
        assert_eq!(planned(&mut terraform, &mut state, &config).await, Change::NoOp, "{given}");
    }
}

#[tokio::test]
async fn another_order_of_what_has_none_is_no_change_in_the_configuration_or_in_aws() {
    let story = Story::new().await;
    // Each keeps what is its own, wherever AWS puts it.
    let own = |name: &str| if name == "train" { json!({ "content_type": "" }) } else { json!({}) };
    let channels = |order: [&str; 2]| order.map(|name| channel(name, own(name)));
    let vpc = |order: [&str; 2]| json!({ "subnets": order, "security_group_ids": order });
    let (mut terraform, mut state) = applied(
        &story,
        json!({ "input_data_config": channels(["train", "test"]), "vpc_config": vpc(["a", "b"]) }),
        json!({}),
    )
    .await;
    story.aws.with(|s| {
        let object = s.objects.get_mut(&("TrainingJob".to_owned(), "j".to_owned())).unwrap();
        object["InputDataConfig"].as_array_mut().unwrap().reverse();
        object["VpcConfig"]["Subnets"].as_array_mut().unwrap().reverse();
    });
    let config =
        job(&terraform, json!({ "input_data_config": channels(["test", "train"]), "vpc_config": vpc(["b", "a"]) }));
    assert_eq!(planned(&mut terraform, &mut state, &config).await, Change::NoOp);
    let value = &state.as_ref().unwrap().value;
    let first = value.attribute("input_data_config").as_elements().unwrap()[0].attribute("channel_name");
    assert_eq!(first, &Value::from("train"), "what AWS describes in another order is no drift");
    let other =
        job(&terraform, json!({ "input_data_config": channels(["test", "other"]), "vpc_config": vpc(["b", "a"]) }));
    assert_eq!(planned(&mut terraform, &mut state, &other).await, Change::Replace);
}

#[tokio::test]
async fn the_order_of_containers_is_one() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let containers =
        |order: [&str; 2]| json!({ "name": "m", "containers": order.map(|image| json!({ "image": image })) });
    let (config, mut state) = (terraform.config(MODEL, &containers(["a", "b"])), None);
    terraform.run(MODEL, &mut state, Some(&config)).await.good();
    let other = terraform.config(MODEL, &containers(["b", "a"]));
    let plan = terraform.plan(MODEL, state.as_ref(), Some(&other)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace);
}
