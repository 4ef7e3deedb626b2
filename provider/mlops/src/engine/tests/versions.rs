//! Endpoints with an inline configuration, whose versions the engine makes, uses and deletes.

use serde_json::{Map, Value as Json, json};
use tfplug::testing::{Change, State as Stored};
use tfplug::value::Value;

use super::fake::Instead;
use super::{ENDPOINT, Story, changing, failing};
use crate::testing::Terraform;

const WRONG: (u16, &str) = (200, "wrong");

/// An endpoint with an inline configuration for a model, and more attributes.
fn serving(terraform: &Terraform, model: &str, more: Json) -> Value {
    let variants = json!([{
        "variant_name": "a", "model_name": model, "instance_type": "ml.m5.large", "initial_instance_count": 1,
    }]);
    let mut all = json!({ "name": "e", "configuration": { "production_variants": variants } });
    all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    terraform.config(ENDPOINT, &all)
}

fn tested(terraform: &Terraform, model: &str) -> Value {
    serving(terraform, model, json!({ "smoke_test": { "body": "x", "expect": { "contains": "ok" } } }))
}

async fn made(story: &Story) -> (Terraform, Option<Stored>) {
    let mut terraform = story.terraform().await;
    let (config, mut state) = (serving(&terraform, "one", json!({})), None);
    terraform.run(ENDPOINT, &mut state, Some(&config)).await.good();
    story.aws.operations();
    (terraform, state)
}

fn configurations(story: &Story) -> Vec<String> {
    let names = |s: &mut super::fake::State| {
        let all = s.objects.keys().filter(|(noun, _)| noun == "EndpointConfig");
        all.map(|(_, name)| name.clone()).collect()
    };
    story.aws.with(names)
}

fn endpoint(story: &Story) -> Map<String, Json> {
    story.aws.with(|s| s.objects[&("Endpoint".to_owned(), "e".to_owned())].clone())
}

fn serves(story: &Story) -> String {
    endpoint(story)["EndpointConfigName"].as_str().unwrap().to_owned()
}

/// The model that the endpoint serves, by its configuration, which exists and is the only one.
fn model(story: &Story) -> String {
    let name = serves(story);
    assert_eq!(configurations(story), std::slice::from_ref(&name));
    story.aws.with(|s| {
        s.objects[&("EndpointConfig".to_owned(), name)]["ProductionVariants"][0]["ModelName"]
            .as_str()
            .unwrap()
            .to_owned()
    })
}

fn known<'a>(state: &'a Option<Stored>, attribute: &str) -> &'a Value {
    state.as_ref().unwrap().value.attribute(attribute)
}

/// The model that the state says is served.
fn known_model(state: &Option<Stored>) -> String {
    let variants = known(state, "configuration").attribute("production_variants").as_elements().unwrap();
    variants[0].attribute("model_name").as_str().unwrap().to_owned()
}

async fn is_settled(terraform: &mut Terraform, state: &mut Option<Stored>, config: &Value) {
    let plan = terraform.run(ENDPOINT, state, Some(config)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp);
    assert!(known(state, "former_config_names").is_null());
}

#[tokio::test]
async fn a_version_is_made_before_it_is_used_and_deleted_when_it_is_not() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (one, two) = (serving(&terraform, "one", json!({})), serving(&terraform, "two", json!({})));
    let plan = terraform.plan(ENDPOINT, None, Some(&one)).await.good().unwrap();
    let name = plan.value.attribute("endpoint_config_name").as_str().unwrap().to_owned();
    assert!(name.starts_with("e-") && name.len() == 18, "{name}");
    let mut state = None;
    story.aws.operations();
    terraform.run(ENDPOINT, &mut state, Some(&one)).await.good();
    let made = ["DescribeEndpoint", "CreateEndpointConfig", "CreateEndpoint", "DescribeEndpoint", "DescribeEndpoint"];
    assert_eq!(story.aws.operations(), [&made[..], &["ListEndpointConfigs"]].concat());
    assert_eq!((serves(&story), model(&story)), (name.clone(), "one".to_owned()));
    is_settled(&mut terraform, &mut state, &one).await;
    assert_eq!(story.aws.operations(), ["DescribeEndpoint", "ListTags", "ListEndpointConfigs"]);
    terraform.run(ENDPOINT, &mut state, Some(&two)).await.good();
    assert_eq!(changing(&story.aws.operations()), ["CreateEndpointConfig", "UpdateEndpoint", "DeleteEndpointConfig"]);
    assert_eq!((model(&story), known_model(&state)), ("two".to_owned(), "two".to_owned()));
    assert_ne!(serves(&story), name);
    is_settled(&mut terraform, &mut state, &two).await;
    story.aws.operations();
    terraform.run(ENDPOINT, &mut state, None).await.good();
    assert_eq!(changing(&story.aws.operations()), ["DeleteEndpoint", "DeleteEndpointConfig", "DeleteLogGroup"]);
    assert_eq!(configurations(&story), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_unknown_of_the_content_leaves_the_name_open_but_for_its_beginning() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let mut config = serving(&terraform, "one", json!({}));
    let mut inline = config.attribute("configuration").clone();
    inline.set_attribute("kms_key_id", Value::unknown());
    config.set_attribute("configuration", inline);
    let plan = terraform.plan(ENDPOINT, None, Some(&config)).await.good().unwrap();
    let Value::Unknown(name) = plan.value.attribute("endpoint_config_name") else { panic!("{plan:?}") };
    assert_eq!(name.prefix.as_deref(), Some("e-"));
}

#[tokio::test]
async fn the_plan_of_a_change_shows_the_changed_attribute_and_the_name() {
    let story = Story::new().await;
    let (mut terraform, state) = made(&story).await;
    let two = serving(&terraform, "two", json!({}));
    let plan = terraform.plan(ENDPOINT, state.as_ref(), Some(&two)).await.good().unwrap();
    let before = &state.as_ref().unwrap().value;
    let entries = plan.value.as_entries().unwrap();
    let changed: Vec<&str> =
        entries.iter().filter(|(k, v)| before.attribute(k) != *v).map(|(k, _)| k.as_str()).collect();
    assert_eq!(changed, ["configuration", "endpoint_config_name", "failure_reason"]);
    assert!(plan.value.attribute("endpoint_config_name").is_wholly_known());
    let mut inline = plan.value.attribute("configuration").clone();
    *inline.at_mut(&tfplug::value::Path::parse("production_variants[0].model_name")).unwrap() = Value::from("one");
    assert_eq!(&inline, before.attribute("configuration"));
}

#[tokio::test]
async fn somebody_elses_configuration_of_the_name_is_neither_used_nor_deleted() {
    let tags = json!([{ "Key": "mlops:endpoint", "Value": "e" }]);
    let others = json!([{ "Key": "mlops:endpoint", "Value": "f" }]);
    let model = |name: &str| json!([{ "VariantName": "a", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1, "InitialVariantWeight": 1 }]);
    for (theirs, is_ours) in [
        (json!({ "ProductionVariants": model("one") }), false),
        (json!({ "ProductionVariants": model("one"), "Tags": others }), false),
        (json!({ "ProductionVariants": model("two"), "Tags": tags }), false),
        // What a killed apply left.
        (json!({ "ProductionVariants": model("one"), "Tags": tags }), true),
    ] {
        let story = Story::new().await;
        let mut terraform = story.terraform().await;
        let (config, mut state) = (serving(&terraform, "one", json!({})), None);
        let plan = terraform.plan(ENDPOINT, None, Some(&config)).await.good().unwrap();
        let name = plan.value.attribute("endpoint_config_name").as_str().unwrap().to_owned();
        let mut object = theirs.clone();
        object["EndpointConfigName"] = json!(name);
        story.aws.with(|s| s.create("EndpointConfig", object));
        if is_ours {
            terraform.run(ENDPOINT, &mut state, Some(&config)).await.good();
            assert_eq!(serves(&story), name);
            continue;
        }
        let text = failing(&mut terraform, ENDPOINT, &mut state, &config).await;
        assert!(text.contains("exists already") && text.contains("mlops:endpoint") && text.contains(&name), "{text}");
        assert!(state.is_none());
        assert_eq!(story.remembered(), 0);
        let deletes = theirs["Tags"] == tags;
        assert_eq!(configurations(&story).is_empty(), deletes, "{theirs}");
    }
}

#[tokio::test]
async fn nothing_is_left_of_what_aws_refuses() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (one, mut state) = (serving(&terraform, "one", json!({})), None);
    let refusal = || Instead::Error("ValidationException", "No capacity.");
    story.aws.with(|s| s.instead.insert("CreateEndpoint", [refusal()].into()));
    failing(&mut terraform, ENDPOINT, &mut state, &one).await;
    assert!(state.is_none() && configurations(&story).is_empty());
    let (mut terraform, mut state) = made(&story).await;
    story.aws.with(|s| s.instead.insert("UpdateEndpoint", [refusal()].into()));
    let two = serving(&terraform, "two", json!({}));
    failing(&mut terraform, ENDPOINT, &mut state, &two).await;
    assert_eq!((model(&story), known_model(&state)), ("one".to_owned(), "one".to_owned()));
    is_settled(&mut terraform, &mut state, &one).await;
}

#[tokio::test]
async fn an_error_of_the_configuration_is_told_at_its_attribute() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let config = serving(&terraform, "one", json!({}));
    let refusal = "Value 'x' at 'productionVariants.1.member.instanceType' failed to satisfy constraint";
    story
        .aws
        .with(|s| s.instead.insert("CreateEndpointConfig", [Instead::Error("ValidationException", refusal)].into()));
    let errors = terraform.run(ENDPOINT, &mut None, Some(&config)).await.errors();
    assert_eq!(errors[0].path.to_string(), "configuration.production_variants[0].instance_type");
    assert!(errors[0].summary.contains("create the endpoint configuration \"e-"), "{errors:?}");
}

#[tokio::test]
async fn a_rollback_of_aws_or_of_a_failed_test_leaves_what_serves_and_nothing_else() {
    for by_aws in [true, false] {
        let story = Story::new().await;
        let mut terraform = story.terraform().await;
        let (one, two, mut state) = (tested(&terraform, "one"), tested(&terraform, "two"), None);
        terraform.run(ENDPOINT, &mut state, Some(&one)).await.good();
        let first = serves(&story);
        story.aws.with(|s| match by_aws {
            true => drop(s.instead.insert("UpdateEndpoint", [Instead::RolledBack("The alarm rang.")].into())),
            false => s.responses.push_back(WRONG),
        });
        failing(&mut terraform, ENDPOINT, &mut state, &two).await;
        assert_eq!((serves(&story), model(&story), known_model(&state)), (first.clone(), "one".into(), "one".into()));
        assert_eq!(known(&state, "endpoint_config_name"), &Value::from(first));
        terraform.run(ENDPOINT, &mut state, Some(&two)).await.good();
        assert_eq!((model(&story), known_model(&state)), ("two".to_owned(), "two".to_owned()));
        is_settled(&mut terraform, &mut state, &two).await;
    }
}

#[tokio::test]
async fn what_passed_last_stays_until_something_else_passes() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let keeping = |terraform: &Terraform, model: &str, on_failure: &str| {
        let test = json!({ "body": "x", "expect": { "contains": "ok" }, "on_failure": on_failure });
        serving(terraform, model, json!({ "smoke_test": test }))
    };
    let (one, mut state) = (keeping(&terraform, "one", "fail"), None);
    terraform.run(ENDPOINT, &mut state, Some(&one)).await.good();
    let first = serves(&story);
    story.aws.with(|s| s.responses.extend([WRONG, WRONG]));
    let two = keeping(&terraform, "two", "fail");
    failing(&mut terraform, ENDPOINT, &mut state, &two).await;
    assert!(serves(&story) != first && configurations(&story).contains(&first));
    let two = keeping(&terraform, "two", "rollback");
    let text = failing(&mut terraform, ENDPOINT, &mut state, &two).await;
    assert_eq!((model(&story), known_model(&state)), ("one".to_owned(), "one".to_owned()), "{text}");
    terraform.run(ENDPOINT, &mut state, Some(&two)).await.good();
    assert_eq!(model(&story), "two");
}

#[tokio::test]
async fn an_endpoint_that_could_not_be_rolled_back_may_serve_both_versions() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    let two = serving(&terraform, "two", json!({}));
    story.aws.with(|s| s.end = Some("UpdateRollbackFailed"));
    failing(&mut terraform, ENDPOINT, &mut state, &two).await;
    assert_eq!(configurations(&story).len(), 2);
    let refreshed = terraform.refresh(ENDPOINT, state.as_ref().unwrap()).await.good();
    assert!(known(&refreshed, "former_config_names").is_null());
}

/// Kills the apply of the second configuration after some calls that change something, in a run that succeeds or in one whose
/// test fails; the state is lost. Then comes the same configuration, the former one, or the destroy.
async fn killed(lives: u32, rolls_back: bool, then: &str) {
    let case = format!("{lives} {rolls_back} {then}");
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (one, two, mut state) = (tested(&terraform, "one"), tested(&terraform, "two"), None);
    terraform.run(ENDPOINT, &mut state, Some(&one)).await.good();
    story.aws.with(|s| {
        s.lives = Some(lives);
        s.responses.extend(rolls_back.then_some(WRONG));
    });
    drop(terraform.run(ENDPOINT, &mut state.clone(), Some(&two)).await);
    story.aws.with(|s| {
        s.lives = None;
        s.responses.clear();
    });
    assert!(configurations(&story).contains(&serves(&story)), "{case}: traffic without a configuration");
    let mut terraform = story.terraform().await;
    if then.is_empty() {
        terraform.run(ENDPOINT, &mut state, None).await.good();
        assert_eq!(configurations(&story), Vec::<String>::new(), "{case}");
        return;
    }
    let config = tested(&terraform, then);
    terraform.run(ENDPOINT, &mut state, Some(&config)).await.good();
    assert_eq!((model(&story), known_model(&state)), (then.to_owned(), then.to_owned()), "{case}");
    is_settled(&mut terraform, &mut state, &config).await;
}

#[tokio::test]
async fn an_update_that_is_killed_at_any_call_leaves_nothing_in_the_end() {
    for then in ["two", "one", ""] {
        let at = |lives| killed(lives, false, then);
        tokio::join!(at(0), at(1), at(2), at(3));
    }
}

#[tokio::test]
async fn a_rollback_that_is_killed_at_any_call_leaves_nothing_in_the_end() {
    for then in ["two", "one", ""] {
        let at = |lives| killed(lives, true, then);
        tokio::join!(at(2), at(3), at(4));
    }
}

#[tokio::test]
async fn what_a_killed_apply_left_shows_in_the_plan() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    let (one, two) = (serving(&terraform, "one", json!({})), serving(&terraform, "two", json!({})));
    story.aws.with(|s| s.lives = Some(1));
    drop(terraform.run(ENDPOINT, &mut state.clone(), Some(&two)).await);
    story.aws.with(|s| s.lives = None);
    let left: Vec<String> = configurations(&story).into_iter().filter(|name| *name != serves(&story)).collect();
    assert_eq!(left.len(), 1);
    let refreshed = terraform.refresh(ENDPOINT, state.as_ref().unwrap()).await.good();
    assert_eq!(known(&refreshed, "former_config_names"), &Value::List(vec![Value::from(left[0].as_str())]));
    let plan = terraform.run(ENDPOINT, &mut state, Some(&one)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update);
    assert_eq!(model(&story), "one");
    is_settled(&mut terraform, &mut state, &one).await;
}

#[tokio::test]
async fn a_destroy_that_is_killed_after_the_endpoint_is_gone_goes_on() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    story.aws.with(|s| s.lives = Some(1));
    drop(terraform.run(ENDPOINT, &mut state.clone(), None).await);
    story.aws.with(|s| s.lives = None);
    assert_eq!(configurations(&story).len(), 1);
    terraform.run(ENDPOINT, &mut state, None).await.good();
    assert_eq!(configurations(&story), Vec::<String>::new());
    assert!(state.is_none());
}

#[tokio::test]
async fn an_endpoint_that_somebody_switched_is_switched_back_and_theirs_stays() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    let variants = json!([{ "VariantName": "a", "ModelName": "theirs", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1 }]);
    story.aws.with(|s| {
        s.create("EndpointConfig", json!({ "EndpointConfigName": "theirs", "ProductionVariants": variants }));
        drop(
            s.objects
                .get_mut(&("Endpoint".into(), "e".into()))
                .unwrap()
                .insert("EndpointConfigName".into(), json!("theirs")),
        );
    });
    let refreshed = terraform.refresh(ENDPOINT, state.as_ref().unwrap()).await.good();
    assert_eq!(known(&refreshed, "endpoint_config_name"), &Value::from("theirs"));
    assert_eq!(known_model(&refreshed), "theirs");
    let config = serving(&terraform, "one", json!({}));
    terraform.run(ENDPOINT, &mut state, Some(&config)).await.good();
    assert!(serves(&story).starts_with("e-") && configurations(&story).contains(&"theirs".to_owned()));
    is_settled(&mut terraform, &mut state, &config).await;
}

#[tokio::test]
async fn a_version_that_somebody_deleted_is_made_again() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    let name = serves(&story);
    story.aws.with(|s| drop(s.objects.remove(&("EndpointConfig".to_owned(), name.clone()))));
    let config = serving(&terraform, "one", json!({}));
    let plan = terraform.run(ENDPOINT, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update);
    assert_eq!((changing(&story.aws.operations()), serves(&story)), (vec!["CreateEndpointConfig"], name));
    assert_eq!(model(&story), "one");
    is_settled(&mut terraform, &mut state, &config).await;
}

#[tokio::test]
async fn an_endpoint_changes_between_both_ways_of_configuring_it() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    story.aws.with(|s| s.create("EndpointConfig", json!({ "EndpointConfigName": "shared" })));
    let shared = terraform.config(ENDPOINT, &json!({ "name": "e", "endpoint_config_name": "shared" }));
    terraform.run(ENDPOINT, &mut state, Some(&shared)).await.good();
    assert_eq!((serves(&story), configurations(&story)), ("shared".to_owned(), vec!["shared".to_owned()]));
    assert!(known(&state, "configuration").is_null());
    is_settled(&mut terraform, &mut state, &shared).await;
    story.aws.operations();
    is_settled(&mut terraform, &mut state, &shared).await;
    assert_eq!(story.aws.operations(), ["DescribeEndpoint", "ListTags", "DescribeEndpointConfig"]);
    let inline = serving(&terraform, "one", json!({}));
    terraform.run(ENDPOINT, &mut state, Some(&inline)).await.good();
    assert!(serves(&story).starts_with("e-") && configurations(&story).len() == 2);
    is_settled(&mut terraform, &mut state, &inline).await;
}

#[tokio::test]
async fn a_name_beside_the_configuration_must_be_that_of_the_version() {
    let story = Story::new().await;
    let (mut terraform, mut state) = made(&story).await;
    let named = |terraform: &Terraform, model: &str, name: &str| {
        serving(terraform, model, json!({ "endpoint_config_name": name }))
    };
    let name = serves(&story);
    let same = named(&terraform, "one", &name);
    is_settled(&mut terraform, &mut state, &same).await;
    for config in [named(&terraform, "one", "theirs"), named(&terraform, "two", &name)] {
        let errors = terraform.plan(ENDPOINT, state.as_ref(), Some(&config)).await.errors();
        assert_eq!(errors[0].path.to_string(), "endpoint_config_name");
        assert!(errors[0].detail.contains("Only one of"), "{errors:?}");
    }
}

#[tokio::test]
async fn an_import_shows_the_configuration_that_is_the_endpoints_own() {
    let story = Story::new().await;
    let (mut terraform, state) = made(&story).await;
    let name = serves(&story);
    // What AWS fills in.
    story.aws.with(|s| {
        let version = s.objects.get_mut(&("EndpointConfig".to_owned(), name.clone())).unwrap();
        version["ProductionVariants"][0]["VolumeSizeInGB"] = json!(30);
    });
    let mut imported = terraform.import(ENDPOINT, "e").await.good();
    assert_eq!(known_model(&imported), "one");
    let config = serving(&terraform, "one", json!({}));
    let plan = terraform.run(ENDPOINT, &mut imported, Some(&config)).await.good().unwrap();
    assert_ne!(plan.change, Change::Replace);
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new());
    assert_eq!(known(&imported, "endpoint_config_name"), &Value::from(name.as_str()));
    drop(state);
    story.aws.with(|s| drop(s.objects.get_mut(&("EndpointConfig".to_owned(), name)).unwrap().remove("Tags")));
    let imported = terraform.import(ENDPOINT, "e").await.good();
    assert!(known(&imported, "configuration").is_null());
}

#[tokio::test]
async fn a_new_endpoint_deletes_what_an_interrupted_creation_made_for_another_configuration() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    story.aws.with(|s| s.lives = Some(1));
    let one = serving(&terraform, "one", json!({}));
    drop(terraform.run(ENDPOINT, &mut None, Some(&one)).await);
    story.aws.with(|s| s.lives = None);
    assert_eq!(configurations(&story).len(), 1);
    let mut terraform = story.terraform().await;
    let (two, mut state) = (serving(&terraform, "two", json!({})), None);
    terraform.run(ENDPOINT, &mut state, Some(&two)).await.good();
    assert_eq!(model(&story), "two");
    is_settled(&mut terraform, &mut state, &two).await;
}

#[tokio::test]
async fn an_endpoint_notices_that_what_it_uses_was_replaced_by_another_one_of_its_name() {
    let story = Story::new().await;
    let replace = || story.aws.with(|s| s.create("EndpointConfig", json!({ "EndpointConfigName": "c" })));
    replace();
    let mut terraform = story.terraform().await;
    let config = terraform.config(ENDPOINT, &json!({ "name": "e", "endpoint_config_name": "c" }));
    let mut state = None;
    terraform.run(ENDPOINT, &mut state, Some(&config)).await.good();
    is_settled(&mut terraform, &mut state, &config).await;
    let mut imported = terraform.import(ENDPOINT, "e").await.good();
    is_settled(&mut terraform, &mut imported, &config).await;
    replace();
    story.aws.operations();
    // Who may not look is not told.
    let denied = Instead::Error("AccessDeniedException", "no");
    story.aws.with(|s| s.instead.insert("DescribeEndpointConfig", [denied].into()));
    is_settled(&mut terraform, &mut state, &config).await;
    let (plan, told) = terraform.run(ENDPOINT, &mut state, Some(&config)).await.warned();
    assert_eq!(plan.unwrap().change, Change::Update);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].summary.contains("uses a former endpoint configuration"), "{told:?}");
    assert_eq!(changing(&story.aws.operations()), ["UpdateEndpoint"]);
    assert_eq!(known(&state, "endpoint_config_name"), &Value::from("c"));
    is_settled(&mut terraform, &mut state, &config).await;
    replace();
    let (imported, told) = terraform.import(ENDPOINT, "e").await.warned();
    assert!(known(&imported, "endpoint_config_name").is_null() && told.len() == 1, "{told:?}");
}

#[tokio::test]
async fn a_plan_that_replaces_a_configuration_by_another_one_of_its_name_says_who_goes_on_with_it() {
    const CONFIGURATION: &str = "mlops_endpoint_configuration";
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let sized = |terraform: &Terraform, name: Json, count: i64| {
        let variant = json!({ "variant_name": "a", "model_name": "m", "instance_type": "ml.m5.large", "initial_instance_count": count });
        let mut all = json!({ "production_variants": [variant] });
        all.as_object_mut().unwrap().extend(name.as_object().cloned().unwrap());
        terraform.config(CONFIGURATION, &all)
    };
    let (fixed, mut state) = (sized(&terraform, json!({ "name": "c" }), 1), None);
    terraform.run(CONFIGURATION, &mut state, Some(&fixed)).await.good();
    let larger = sized(&terraform, json!({ "name": "c" }), 2);
    let plan = terraform.plan(CONFIGURATION, state.as_ref(), Some(&larger)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace, "nobody uses it");
    story.aws.with(|s| s.create("Endpoint", json!({ "EndpointName": "e", "EndpointConfigName": "c" })));
    // What was looked up a moment ago is not looked up again.
    let mut terraform = story.terraform().await;
    let told = terraform.plan(CONFIGURATION, state.as_ref(), Some(&larger)).await.warned().1;
    assert_eq!((told.len(), told[0].path.to_string().as_str()), (1, "name"), "{told:?}");
    assert!(told[0].summary.contains("\"c\" is replaced while it is in use"), "{told:?}");
    assert!(
        told[0].detail.contains("the endpoint \"e\" uses it") && told[0].detail.contains("name_prefix"),
        "{told:?}"
    );
    for other in
        [fixed, sized(&terraform, json!({ "name": "d" }), 2), sized(&terraform, json!({ "name_prefix": "c-" }), 2)]
    {
        terraform.plan(CONFIGURATION, state.as_ref(), Some(&other)).await.good();
    }
}
