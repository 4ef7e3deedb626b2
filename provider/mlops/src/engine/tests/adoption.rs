//! Objects that somebody else has made, and that are taken over: log groups.

use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};
use tfplug::testing::{Change, State};
use tfplug::value::Value;

use crate::resources::observability::log_group::LOG_GROUP;
use crate::testing::{Answer, Asked, Offer, Stub, Terraform, terraform};

const GROUP: &str = "mlops_log_group";
const NAME: &str = "/aws/sagemaker/TrainingJobs";

/// CloudWatch Logs with at most one group.
fn logs(there: &mut Option<Json>, asked: &Asked) -> Answer {
    let request: Json = serde_json::from_slice(&asked.body).unwrap();
    let answer = match super::fake::operation(asked) {
        "DescribeLogGroups" => json!({ "logGroups": there.iter().collect::<Vec<_>>() }),
        "CreateLogGroup" => {
            let name = request["logGroupName"].as_str().unwrap();
            *there = Some(group(name, request["logGroupClass"].as_str().unwrap_or("STANDARD")));
            json!({})
        }
        "PutRetentionPolicy" => {
            there.as_mut().unwrap()["retentionInDays"] = request["retentionInDays"].clone();
            json!({})
        }
        "DeleteLogGroup" => {
            *there = None;
            json!({})
        }
        _ => json!({}),
    };
    Answer(200, vec![], answer.to_string())
}

fn group(name: &str, class: &str) -> Json {
    json!({
        "logGroupName": name, "logGroupClass": class, "creationTime": 1_700_000_000_000_i64, "deletionProtectionEnabled": false,
        "logGroupArn": format!("arn:aws:logs:us-east-1:123456789012:log-group:{name}"),
    })
}

struct Scene {
    there: Arc<Mutex<Option<Json>>>,
    stub: Stub,
    terraform: Terraform,
}

impl Scene {
    async fn with(there: Option<Json>) -> Self {
        let there = Arc::new(Mutex::new(there));
        let shared = there.clone();
        let stub = Stub::start(move |asked| logs(&mut shared.lock().unwrap(), asked)).await;
        let offer = Offer { resources: Some(|| vec![Box::new(&LOG_GROUP)]), ..Offer::default() };
        let terraform = terraform(&stub.url, offer).await;
        Self { there, stub, terraform }
    }

    fn config(&self, more: Json) -> Value {
        let mut all = json!({ "name": NAME, "retention_in_days": 7 });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.terraform.config(GROUP, &all)
    }

    fn changes(&self) -> Vec<String> {
        let all = self.stub.take();
        let operations = all.iter().map(|asked| super::fake::operation(asked).to_owned());
        operations.filter(|operation| !operation.starts_with("Describe") && !operation.starts_with("List")).collect()
    }
}

fn is_adopted(state: &Option<State>) -> Option<bool> {
    state.as_ref().unwrap().value.attribute("adopted").as_bool()
}

#[tokio::test]
async fn what_is_there_is_changed_to_what_is_planned_and_outlives_the_resource() {
    let mut scene = Scene::with(Some(group(NAME, "STANDARD"))).await;
    let (config, mut state) = (scene.config(json!({})), None);
    let (plan, warnings) = scene.terraform.run(GROUP, &mut state, Some(&config)).await.warned();
    assert_eq!(plan.unwrap().change, Change::Create);
    assert!(warnings.iter().any(|w| w.summary == "The log group exists and will be adopted"), "{warnings:?}");
    assert_eq!((scene.changes(), is_adopted(&state)), (vec!["PutRetentionPolicy".to_owned()], Some(true)));
    assert_eq!(scene.terraform.run(GROUP, &mut state, Some(&config)).await.good().unwrap().change, Change::NoOp);
    scene.terraform.run(GROUP, &mut state, None).await.good();
    assert!(scene.there.lock().unwrap().is_some() && scene.changes().is_empty());
    // Unless the user says otherwise.
    let (config, mut state) = (scene.config(json!({ "on_destroy": "delete" })), None);
    scene.terraform.run(GROUP, &mut state, Some(&config)).await.warned();
    scene.terraform.run(GROUP, &mut state, None).await.good();
    assert!(scene.there.lock().unwrap().is_none());
}

#[tokio::test]
async fn what_cannot_be_changed_is_not_taken_over() {
    let mut scene = Scene::with(Some(group(NAME, "INFREQUENT_ACCESS"))).await;
    let (config, mut state) = (scene.config(json!({})), None);
    let errors = scene.terraform.run(GROUP, &mut state, Some(&config)).await.errors();
    assert!(errors[0].detail.contains("`log_group_class` is \"INFREQUENT_ACCESS\""), "{errors:?}");
    assert!(state.is_none() && scene.changes().is_empty());
}

#[tokio::test]
async fn what_may_not_be_taken_over_exists_already() {
    let mut scene = Scene::with(Some(group(NAME, "STANDARD"))).await;
    let (config, mut state) = (scene.config(json!({ "adopt_existing": false })), None);
    let errors = scene.terraform.run(GROUP, &mut state, Some(&config)).await.errors();
    assert!(errors[0].detail.contains("import"), "{errors:?}");
    assert!(state.is_none() && scene.changes().is_empty());
}

#[tokio::test]
async fn what_the_resource_made_goes_with_it() {
    let mut scene = Scene::with(None).await;
    let (config, mut state) = (scene.config(json!({})), None);
    scene.terraform.run(GROUP, &mut state, Some(&config)).await.good();
    assert_eq!(
        (scene.changes(), is_adopted(&state)),
        (vec!["CreateLogGroup".into(), "PutRetentionPolicy".into()], Some(false))
    );
    scene.terraform.run(GROUP, &mut state, None).await.good();
    assert!(scene.there.lock().unwrap().is_none());
}

/// The warnings of the plan for a state.
async fn told(scene: &mut Scene, state: &State, config: &Value) -> Vec<String> {
    let refreshed = scene.terraform.refresh(GROUP, state).await.good();
    let (_, warnings) = scene.terraform.plan(GROUP, refreshed.as_ref(), Some(config)).await.warned();
    warnings.into_iter().map(|w| w.summary).collect()
}

#[tokio::test]
async fn what_is_replaced_is_not_said_to_be_adopted() {
    let mut scene = Scene::with(None).await;
    let (config, mut state) = (scene.config(json!({})), None);
    scene.terraform.run(GROUP, &mut state, Some(&config)).await.good();
    let tainted = State { tainted: true, ..state.unwrap() };
    assert_eq!(told(&mut scene, &tainted, &config).await, Vec::<String>::new());
}
