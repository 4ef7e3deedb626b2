//! Updates of endpoints that are proven by a smoke test, and undone if they fail it.

use serde_json::json;
use tfplug::testing::{Change, State as Stored};
use tfplug::value::Value;

use super::fake::Instead;
use super::{ENDPOINT, Story, changing, failing};
use crate::testing::Terraform;

const WRONG: (u16, &str) = (200, "wrong");

/// An endpoint that must respond with `ok`.
fn tested(terraform: &Terraform, configuration: &str, on_failure: &str) -> Value {
    let expect = json!({ "contains": "ok" });
    let test = json!({ "body": "a request of some length", "expect": expect, "on_failure": on_failure });
    let all = json!({ "name": "e", "endpoint_config_name": configuration, "smoke_test": test });
    terraform.config(ENDPOINT, &all)
}

/// The endpoint, made with the configuration `one`, which passed.
async fn made(story: &Story) -> (Terraform, Option<Stored>) {
    let mut terraform = story.terraform().await;
    let (config, mut state) = (tested(&terraform, "one", "rollback"), None);
    terraform.run(ENDPOINT, &mut state, Some(&config)).await.good();
    assert_eq!(
        operations(story),
        ["DescribeEndpoint", "CreateEndpoint", "DescribeEndpoint", "DescribeEndpoint", "InvokeEndpoint"]
    );
    says(&state, "one", Some("one"));
    (terraform, state)
}

/// The operations since the last call, but for what a plan looks up.
fn operations(story: &Story) -> Vec<String> {
    let all = story.aws.operations().into_iter();
    all.filter(|operation| operation != "DescribeEndpointConfig").collect()
}

/// What the state says that serves, and what passed.
fn says(state: &Option<Stored>, serves: &str, passed: Option<&str>) {
    let value = &state.as_ref().unwrap().value;
    assert_eq!(value.attribute("endpoint_config_name"), &Value::from(serves));
    assert_eq!(value.attribute("smoke_tested_config_name"), &Value::from(passed));
}

fn serves(story: &Story) -> String {
    story.aws.with(|s| s.objects.values().next().unwrap()["EndpointConfigName"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn an_update_that_fails_its_test_is_rolled_back_and_the_state_says_so() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    story.aws.with(|s| s.responses.push_back(WRONG));
    let two = tested(&terraform, "two", "rollback");
    let text = failing(&mut terraform, ENDPOINT, &mut state, &two).await;
    for said in [
        "The smoke test of the endpoint \"e\" failed",
        "Tested was the endpoint configuration \"two\"",
        "200 in ",
        "\"wrong\"",
        "a response that contains \"ok\"",
        "24 bytes",
        "was rolled back, and serves the endpoint configuration \"one\" again",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("some length"), "{text}");
    assert_eq!(changing(&operations(&story)), ["UpdateEndpoint", "UpdateEndpoint"]);
    assert_eq!(serves(&story), "one");
    says(&state, "one", Some("one"));
    assert!(!state.as_ref().unwrap().tainted);
    // Whoever gives up has nothing to do; whoever mends it has the update again.
    let one = tested(&terraform, "one", "rollback");
    let plan = terraform.run(ENDPOINT, &mut state, Some(&one)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp);
    terraform.run(ENDPOINT, &mut state, Some(&two)).await.good();
    says(&state, "two", Some("two"));
}

#[tokio::test]
async fn a_rollback_is_sent_no_deployment_that_could_keep_it_up() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    let mut two = tested(&terraform, "two", "rollback");
    let alarms = json!({ "auto_rollback_configuration": { "alarms": [{ "alarm_name": "a" }] } });
    let more = json!({ "name": "e", "endpoint_config_name": "two", "deployment_config": alarms });
    two.set_attribute("deployment_config", terraform.config(ENDPOINT, &more).attribute("deployment_config").clone());
    story.aws.with(|s| s.responses.push_back((500, "no such feature")));
    story.aws.stub.take();
    let text = failing(&mut terraform, ENDPOINT, &mut state, &two).await;
    assert!(text.contains("status code 500") && text.contains("no such feature"), "{text}");
    let sent: Vec<serde_json::Value> =
        story.aws.stub.take().iter().filter_map(|asked| serde_json::from_slice(&asked.body).ok()).collect();
    let updates: Vec<_> =
        sent.iter().filter(|body| body["EndpointName"].is_string() && body["EndpointConfigName"].is_string()).collect();
    assert!(updates[0]["DeploymentConfig"].is_object(), "{updates:?}");
    assert_eq!(*updates[1], json!({ "EndpointName": "e", "EndpointConfigName": "one" }));
}

#[tokio::test]
async fn an_update_that_is_not_to_be_rolled_back_is_tested_again_by_the_next_apply() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    story.aws.with(|s| s.responses.extend([WRONG, WRONG]));
    let two = tested(&terraform, "two", "fail");
    for _ in 0..2 {
        let text = failing(&mut terraform, ENDPOINT, &mut state, &two).await;
        assert!(text.contains("serves the endpoint configuration \"two\" all the same"), "{text}");
        says(&state, "two", Some("one"));
    }
    terraform.run(ENDPOINT, &mut state, Some(&two)).await.good();
    assert_eq!(changing(&operations(&story)), ["UpdateEndpoint"]);
    says(&state, "two", Some("two"));
}

#[tokio::test]
async fn a_new_endpoint_that_fails_its_test_is_tainted() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    story.aws.with(|s| s.responses.push_back(WRONG));
    let (config, mut state) = (tested(&terraform, "one", "rollback"), None);
    let text = failing(&mut terraform, ENDPOINT, &mut state, &config).await;
    assert!(text.contains("is tainted: the next apply replaces it"), "{text}");
    assert!(state.as_ref().unwrap().tainted);
    terraform.run(ENDPOINT, &mut state, Some(&config)).await.good();
    assert_eq!(changing(&operations(&story)), ["CreateEndpoint", "DeleteEndpoint", "DeleteLogGroup", "CreateEndpoint"]);
    says(&state, "one", Some("one"));
}

#[tokio::test]
async fn what_a_killed_update_left_is_tested_and_rolled_back_by_the_next_apply() {
    for (response, serving, updates) in [(WRONG, "one", vec!["UpdateEndpoint"]), ((200, "ok"), "two", vec![])] {
        let story = Story::new().await;
        let (mut terraform, mut state) = made(&story).await;
        // Killed after the update was accepted: the state knows nothing of it.
        story.aws.with(|s| {
            drop(s.objects.values_mut().next().unwrap().insert("EndpointConfigName".into(), json!("two")));
            s.responses.push_back(response);
        });
        let two = tested(&terraform, "two", "rollback");
        let outcome = terraform.run(ENDPOINT, &mut state, Some(&two)).await;
        assert_eq!(outcome.failed(), serving == "one", "{outcome:?}");
        assert_eq!(changing(&operations(&story)), updates);
        assert_eq!(serves(&story), serving);
        says(&state, serving, Some(serving));
    }
}

#[tokio::test]
async fn a_new_test_is_run_without_an_update_and_until_it_passes() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    let mut config = tested(&terraform, "one", "rollback");
    let mut test = config.attribute("smoke_test").clone();
    test.set_attribute("content_type", Value::from("text/csv"));
    config.set_attribute("smoke_test", test);
    story.aws.with(|s| s.responses.extend([WRONG, WRONG]));
    for _ in 0..2 {
        let text = failing(&mut terraform, ENDPOINT, &mut state, &config).await;
        assert!(text.contains("nothing to roll back to"), "{text}");
        says(&state, "one", None);
    }
    terraform.run(ENDPOINT, &mut state, Some(&config)).await.good();
    assert_eq!(changing(&operations(&story)), Vec::<&str>::new());
    // Without a test nothing is tested, and nothing passes.
    let config = terraform.config(ENDPOINT, &json!({ "name": "e", "endpoint_config_name": "one" }));
    terraform.run(ENDPOINT, &mut state, Some(&config)).await.good();
    says(&state, "one", None);
    let plan = terraform.run(ENDPOINT, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp);
    assert!(!operations(&story).iter().skip(6).any(|o| o == "InvokeEndpoint"));
}

#[tokio::test]
async fn a_rollback_of_aws_is_an_error_with_its_reason_and_nothing_is_tested() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    story.aws.with(|s| s.instead.insert("UpdateEndpoint", [Instead::RolledBack("The alarm rang.")].into()));
    let two = tested(&terraform, "two", "rollback");
    let text = failing(&mut terraform, ENDPOINT, &mut state, &two).await;
    assert!(text.contains("rolled the update back") && text.contains("The alarm rang."), "{text}");
    assert!(!operations(&story).iter().any(|o| o == "InvokeEndpoint"));
    says(&state, "one", Some("one"));
}

#[tokio::test]
async fn a_request_body_from_a_file_is_planned_by_its_hash_and_another_content_is_another_test() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let of = |terraform: &Terraform, path: &std::path::Path| {
        let test = json!({ "body_file": path.to_str(), "content_type": "text/csv" });
        terraform.config(ENDPOINT, &json!({ "name": "e", "endpoint_config_name": "one", "smoke_test": test }))
    };
    let (config, mut state) = (of(&terraform, file.path()), None);
    for (content, change) in [("1,2", Change::Create), ("1,2", Change::NoOp), ("1,2,3", Change::Update)] {
        std::fs::write(file.path(), content).unwrap();
        story.aws.stub.take();
        let plan = terraform.run(ENDPOINT, &mut state, Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, change, "{content}");
        let sent = story.aws.stub.take().into_iter().filter(|asked| asked.path.ends_with("/invocations"));
        let bodies: Vec<Vec<u8>> = sent.map(|asked| asked.body).collect();
        assert_eq!(bodies, if change == Change::NoOp { vec![] } else { vec![content.as_bytes().to_vec()] });
        let test = state.as_ref().unwrap().value.attribute("smoke_test");
        let size = i64::try_from(content.len()).unwrap();
        assert_eq!(test.attribute("body_size_in_bytes"), &Value::from(size));
    }
    let absent = of(&terraform, std::path::Path::new("no/such/file"));
    let errors = terraform.plan(ENDPOINT, state.as_ref(), Some(&absent)).await.errors();
    assert_eq!(errors[0].path.to_string(), "smoke_test.body_file");
}

#[tokio::test]
async fn weights_that_an_update_resets_are_set_again_unless_it_was_rolled_back() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let of = |terraform: &Terraform, configuration: &str| {
        let weights = json!([{ "variant_name": "a", "desired_weight": 3 }]);
        let all = json!({
            "name": "e", "endpoint_config_name": configuration, "desired_weights_and_capacities": weights,
        });
        terraform.config(ENDPOINT, &all)
    };
    let (one, two, mut state) = (of(&terraform, "one"), of(&terraform, "two"), None);
    terraform.run(ENDPOINT, &mut state, Some(&one)).await.good();
    let plan = terraform.plan(ENDPOINT, state.as_ref(), Some(&two)).await.good().unwrap();
    // The update sets them to the configuration's.
    let begin = json!([{ "VariantName": "a", "DesiredWeight": 1.0 }]);
    story.aws.with(|s| {
        drop(s.objects.values_mut().next().unwrap().insert("ProductionVariants".into(), begin));
        s.instead.insert("UpdateEndpoint", [Instead::RolledBack("The alarm rang.")].into());
    });
    operations(&story);
    let errors = terraform.apply(ENDPOINT, &plan, &two).await.errors();
    assert!(errors[0].detail.contains("The alarm rang."), "{errors:?}");
    assert_eq!(changing(&operations(&story)), ["UpdateEndpoint"]);
    terraform.apply(ENDPOINT, &plan, &two).await.good();
    assert_eq!(changing(&operations(&story)), ["UpdateEndpoint", "UpdateEndpointWeightsAndCapacities"]);
}
