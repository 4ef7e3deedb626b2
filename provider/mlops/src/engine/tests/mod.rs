//! The engine against a SageMaker in memory, driven as Terraform drives it.

mod absence;
mod activities;
mod adoption;
mod approval;
mod collections;
mod contents;
mod data;
mod fake;
mod fake_interfaces;
mod fake_lists;
mod fake_monitoring;
mod fake_notebooks;
mod fake_pipelines;
mod fake_registry;
mod fake_scaling;
mod fake_studio;
mod fake_tuning;
mod fake_versions;
mod found_by_name;
mod hooks;
mod human_task_ui;
mod import_ids;
mod interfaces;
mod keys;
mod lists;
mod monitoring;
mod moves;
mod nothing;
mod peers;
mod peers_serving;
mod pipelines;
mod places;
mod processing;
mod registered;
mod registry;
mod repeated;
mod scaling;
mod secrets;
mod serverless;
mod smoke;
mod studio;
mod tags;
mod tuning;
mod versions;
mod waiting;
mod warm_pools;

use serde_json::json;
use tfplug::testing::{Change, State as Stored};
use tfplug::value::Value;

use self::fake::{Fake, Instead};
use crate::aws::creations::Place;
use crate::testing::{Offer, Process, Terraform, process};

const MODEL: &str = "mlops_model";
const ENDPOINT: &str = "mlops_endpoint";
const JOB: &str = "mlops_training_job";
const ROLE: &str = "arn:aws:iam::123456789012:role/r";

const OFFER: Offer = Offer {
    resources: Some(crate::resources::all),
    data_sources: None,
    ephemeral_resources: None,
    list_resources: None,
    actions: None,
    functions: None,
    settings: Some(|settings| settings.propagation_timeout = std::time::Duration::from_millis(1200)),
};

/// A working directory of Terraform's, with an AWS that outlives its processes.
struct Story {
    aws: Fake,
    directory: tempfile::TempDir,
}

impl Story {
    async fn new() -> Self {
        Self { aws: Fake::start().await, directory: tempfile::tempdir().unwrap() }
    }

    fn place(&self, workspace: &str) -> Place {
        Place::new(self.directory.path().join(".terraform"), self.directory.path(), Some(workspace.to_owned()))
    }

    /// A process of Terraform's in a workspace.
    async fn process(&self, workspace: &str) -> Process {
        process(&self.aws.stub.url, OFFER, Some(self.place(workspace))).await
    }

    async fn terraform(&self) -> Terraform {
        self.process("default").await.terraform
    }

    /// How many creations are remembered.
    fn remembered(&self) -> usize {
        std::fs::read_dir(self.directory.path().join(".terraform/mlops-creating")).map_or(0, Iterator::count)
    }
}

fn model(terraform: &Terraform, image: &str) -> Value {
    terraform.config(MODEL, &json!({ "name": "m", "primary_container": { "image": image } }))
}

fn generated(terraform: &Terraform, image: &str) -> Value {
    terraform.config(MODEL, &json!({ "name_prefix": "gen-", "primary_container": { "image": image } }))
}

fn endpoint(terraform: &Terraform) -> Value {
    terraform.config(ENDPOINT, &json!({ "name": "e", "endpoint_config_name": "c" }))
}

fn job(terraform: &Terraform) -> Value {
    job_with(terraform, json!({}))
}

/// A training job with more attributes.
fn job_with(terraform: &Terraform, more: serde_json::Value) -> Value {
    let mut all = json!({
        "name": "j",
        "role_arn": ROLE,
        "output_data_config": { "s3_output_path": "s3://bucket/out" },
        "resource_config": { "instance_type": "ml.m5.large", "instance_count": 1, "volume_size_in_gb": 10 },
    });
    all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    terraform.config(JOB, &all)
}

fn changing(operations: &[String]) -> Vec<&str> {
    let changes = |o: &&str| ["Create", "Delete", "Update", "Stop", "Add"].iter().any(|verb| o.starts_with(verb));
    operations.iter().map(String::as_str).filter(changes).collect()
}

async fn failing(terraform: &mut Terraform, kind: &str, state: &mut Option<Stored>, config: &Value) -> String {
    let outcome = terraform.run(kind, state, Some(config)).await;
    assert!(outcome.failed(), "{outcome:?}");
    assert_eq!(outcome.violations, []);
    outcome.diags.iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect()
}

#[tokio::test]
async fn a_live_object_of_another_workspace_is_left_alone() {
    let story = Story::new().await;
    let mut dev = story.process("dev").await.terraform;
    let config = model(&dev, "dev");
    // Nothing was killed, but the process has not ended either: its file is still there.
    dev.run(MODEL, &mut None, Some(&config)).await.good();
    story.aws.operations();
    let mut prod = story.process("prod").await.terraform;
    for image in ["prod", "dev"] {
        let config = model(&prod, image);
        let text = failing(&mut prod, MODEL, &mut None, &config).await;
        assert!(text.contains("exists already") && text.contains("terraform import mlops_model.NAME m"), "{text}");
        assert!(text.contains("`create_before_destroy`") && text.contains("Give `name_prefix`"), "{text}");
    }
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new());
}

#[tokio::test]
async fn what_terraform_has_received_and_forgotten_is_not_taken_over() {
    let story = Story::new().await;
    let Process { mut terraform, release, .. } = story.process("default").await;
    let config = model(&terraform, "a");
    terraform.run(MODEL, &mut None, Some(&config)).await.good();
    assert_eq!(story.remembered(), 1);
    release();
    assert_eq!(story.remembered(), 0);
    story.aws.operations();
    let mut terraform = story.terraform().await;
    let text = failing(&mut terraform, MODEL, &mut None, &config).await;
    assert!(text.contains("exists already"), "{text}");
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new());
}

/// Applies in a process that dies before Terraform hears of the object.
async fn killed(story: &Story, kind: &str, config: impl Fn(&Terraform) -> Value) {
    let mut terraform = story.terraform().await;
    let config = config(&terraform);
    terraform.run(kind, &mut None, Some(&config)).await.good();
    story.aws.operations();
}

#[tokio::test]
async fn what_an_interrupted_creation_left_is_taken_over_if_it_is_what_is_wanted() {
    let story = Story::new().await;
    killed(&story, MODEL, |t| model(t, "a")).await;
    let mut terraform = story.terraform().await;
    let config = model(&terraform, "a");
    let mut state = None;
    terraform.run(MODEL, &mut state, Some(&config)).await.good();
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new());
    let again = terraform.run(MODEL, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(again.change, Change::NoOp);
    assert_eq!(story.remembered(), 0, "it was seen in the state");
}

#[tokio::test]
async fn what_an_interrupted_creation_left_is_replaced_if_something_else_is_wanted_now() {
    let story = Story::new().await;
    killed(&story, MODEL, |t| model(t, "a")).await;
    let mut terraform = story.terraform().await;
    let config = model(&terraform, "b");
    terraform.run(MODEL, &mut None, Some(&config)).await.good();
    assert_eq!(changing(&story.aws.operations()), ["DeleteModel", "CreateModel"]);
}

#[tokio::test]
async fn an_object_that_somebody_made_after_the_kill_is_left_alone() {
    let story = Story::new().await;
    killed(&story, MODEL, |t| model(t, "a")).await;
    story.aws.with(|s| {
        s.objects.clear();
        s.create("Model", json!({ "ModelName": "m", "PrimaryContainer": { "Image": "a" } }));
    });
    let mut terraform = story.terraform().await;
    for image in ["a", "b"] {
        let config = model(&terraform, image);
        let text = failing(&mut terraform, MODEL, &mut None, &config).await;
        assert!(text.contains("exists already"), "{text}");
    }
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new());
}

#[tokio::test]
async fn a_generated_name_is_used_again_by_the_same_configuration_only() {
    let story = Story::new().await;
    killed(&story, MODEL, |t| generated(t, "a")).await;
    let mut terraform = story.terraform().await;
    let other = generated(&terraform, "b");
    terraform.run(MODEL, &mut None, Some(&other)).await.good();
    assert_eq!(story.aws.with(|s| s.objects.len()), 2, "which of the two resources it was, nobody knows");
    story.aws.operations();
    let config = generated(&terraform, "a");
    terraform.run(MODEL, &mut None, Some(&config)).await.good();
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new(), "taken over");
}

#[tokio::test]
async fn a_lost_answer_is_no_second_object_and_no_foreign_one() {
    let story = Story::new().await;
    story.aws.with(|s| s.instead.insert("CreateModel", [Instead::Lost].into()));
    let mut terraform = story.terraform().await;
    let config = model(&terraform, "a");
    terraform.run(MODEL, &mut None, Some(&config)).await.good();
    assert_eq!(changing(&story.aws.operations()), ["CreateModel", "CreateModel"]);
}

#[tokio::test]
async fn who_was_faster_keeps_the_object() {
    let story = Story::new().await;
    let refusal = Instead::Error("ValidationException", "Cannot create already existing model \"m\".");
    story.aws.with(|s| s.instead.insert("CreateModel", [refusal].into()));
    let mut terraform = story.terraform().await;
    // Between the look and the request: the same object, a moment ago.
    let config = model(&terraform, "a");
    let text = failing(&mut terraform, MODEL, &mut None, &config).await;
    assert!(text.contains("exists already"), "{text}");
    assert_eq!(story.remembered(), 0);
}

#[tokio::test]
async fn a_role_that_never_works_ends_the_apply_with_what_was_tried() {
    let story = Story::new().await;
    let refusals =
        || (0..50).map(|_| Instead::Error("ValidationException", "Could not assume role arn:x. Please ensure"));
    story.aws.with(|s| s.instead.insert("CreateTrainingJob", refusals().collect()));
    let mut terraform = story.terraform().await;
    let config = job(&terraform);
    let started = std::time::Instant::now();
    let text = failing(&mut terraform, JOB, &mut None, &config).await;
    assert!(started.elapsed().as_secs() < 10);
    assert!(text.contains("tried") && text.contains("propagation_timeout"), "{text}");
    let tried = changing(&story.aws.operations()).len();
    assert!((2..6).contains(&tried), "{tried}");
    story.aws.with(|s| {
        s.instead.insert("CreateTrainingJob", [Instead::Error("ValidationException", "Access denied")].into())
    });
    failing(&mut terraform, JOB, &mut None, &config).await;
    assert_eq!(changing(&story.aws.operations()).len(), 1, "what does not pass by itself is not repeated");
}

#[tokio::test]
async fn a_stop_that_is_refused_for_another_reason_than_the_end_of_the_job_is_an_error() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (job(&terraform), None);
    terraform.run(JOB, &mut state, Some(&config)).await.good();
    story.aws.with(|s| {
        s.objects.values_mut().for_each(|o| drop(o.insert("TrainingJobStatus".into(), json!("InProgress"))));
        s.still = true;
        s.instead.insert("StopTrainingJob", [Instead::Error("AccessDeniedException", "no")].into());
    });
    let outcome = terraform.run(JOB, &mut state, None).await;
    assert!(outcome.failed());
    assert!(outcome.diags[0].summary.contains("stop the training job"), "{outcome:?}");
    // It ended a moment before the request: there is nothing to stop.
    let refusal = "The request was rejected because the training job is in status Completed.";
    story.aws.with(|s| {
        s.still = false;
        s.instead.insert("StopTrainingJob", [Instead::Error("ValidationException", refusal)].into());
    });
    terraform.run(JOB, &mut state, None).await.good();
    assert!(state.is_none());
}

type Configure = fn(&Terraform) -> Value;

/// Interrupts the wait for a new object.
async fn interrupted(story: &Story, kind: &str, configure: Configure) -> Option<Stored> {
    story.aws.with(|s| s.still = true);
    let Process { mut terraform, mut other, release } = story.process("default").await;
    let (config, mut state) = (configure(&terraform), None);
    let interrupt = async {
        for _ in 0..1_000_000 {
            if story.aws.with(|s| s.looks >= 2) {
                break;
            }
            tokio::task::yield_now().await;
        }
        other.stop().await;
    };
    let (outcome, ()) = tokio::join!(terraform.run(kind, &mut state, Some(&config)), interrupt);
    let warned = outcome.diags.iter().any(|d| d.detail.contains("The next apply waits for it again"));
    assert!(warned && !outcome.failed() && outcome.violations.is_empty(), "{outcome:?}");
    assert!(state.as_ref().is_some_and(|s| !s.tainted), "{state:?}");
    release();
    story.aws.operations();
    state
}

#[tokio::test]
async fn an_interrupted_wait_keeps_the_object_and_the_next_apply_goes_on_waiting() {
    let kinds: [(&str, Configure, &str, &str); 2] =
        [(ENDPOINT, endpoint, "endpoint_status", "InService"), (JOB, job, "training_job_status", "Completed")];
    for (kind, configure, status, done) in kinds {
        let story = Story::new().await;
        let mut state = interrupted(&story, kind, configure).await;
        story.aws.with(|s| s.still = false);
        let mut terraform = story.terraform().await;
        let config = configure(&terraform);
        let plan = terraform.run(kind, &mut state, Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::Update, "{kind}");
        assert_eq!(state.as_ref().unwrap().value.attribute(status), &Value::from(done));
        assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new(), "{kind}");
        let plan = terraform.run(kind, &mut state, Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::NoOp, "{kind}");
    }
}

#[tokio::test]
async fn what_failed_after_an_interrupted_wait_is_made_anew() {
    let story = Story::new().await;
    let mut state = interrupted(&story, JOB, job).await;
    story.aws.with(|s| {
        s.still = false;
        s.objects.values_mut().for_each(|o| drop(o.insert("TrainingJobStatus".into(), json!("Failed"))));
    });
    let mut terraform = story.terraform().await;
    let config = job(&terraform);
    let plan = terraform.run(JOB, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace);
    assert_eq!(changing(&story.aws.operations()), ["DeleteTrainingJob", "CreateTrainingJob"]);
    let plan = terraform.run(JOB, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp);
}

#[tokio::test]
async fn an_object_that_another_one_took_the_place_of_leaves_the_state() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (model(&terraform, "a"), None);
    terraform.run(MODEL, &mut state, Some(&config)).await.good();
    story.aws.with(|s| s.create("Model", json!({ "ModelName": "m", "PrimaryContainer": { "Image": "a" } })));
    story.aws.operations();
    let text = failing(&mut terraform, MODEL, &mut state, &config).await;
    assert!(text.contains("is another one now") && text.contains("exists already"), "{text}");
    assert!(state.is_none());
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new());
}

#[tokio::test]
async fn a_destroy_leaves_the_object_alone_that_another_one_made_in_the_meantime() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (model(&terraform, "a"), None);
    terraform.run(MODEL, &mut state, Some(&config)).await.good();
    let plan = terraform.plan(MODEL, state.as_ref(), None).await.good().unwrap();
    story.aws.with(|s| s.create("Model", json!({ "ModelName": "m", "PrimaryContainer": { "Image": "a" } })));
    story.aws.operations();
    assert!(terraform.apply(MODEL, &plan, &Value::Null).await.good().is_none());
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new());
}

#[tokio::test]
async fn a_destroy_ends_when_another_one_was_made_right_after_the_deletion() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (model(&terraform, "a"), None);
    terraform.run(MODEL, &mut state, Some(&config)).await.good();
    let other = json!({ "ModelName": "m", "PrimaryContainer": { "Image": "a" } });
    story.aws.with(|s| s.instead.insert("DeleteModel", [Instead::Made("Model", other)].into()));
    terraform.run(MODEL, &mut state, None).await.good();
    assert!(state.is_none());
    assert_eq!(story.aws.with(|s| s.objects.len()), 1, "it is theirs");
}

#[tokio::test]
async fn a_client_token_is_made_once_for_a_creation() {
    let story = Story::new().await;
    let creations = |story: &Story| {
        let place = story.place("default");
        crate::aws::creations::Creations::load(
            Some(&place),
            Some("1"),
            String::new(),
            crate::aws::clock::Clock::default(),
        )
    };
    let kind =
        crate::aws::creations::Kind { type_name: "mlops_pipeline", region: "us-east-1", import: "{}", delete: "" };
    let named = Value::object([("name", Value::from("p"))]);
    let begin = || creations(&story).begin(kind, &named, Some("p"), String::new).unwrap();
    let mut first = begin();
    first.remember(crate::aws::creations::record::Sent::default());
    let token = first.token().to_owned();
    assert_eq!(begin().token(), token, "taken up");
    // It goes out as it is: the SDK's own would be another one for each call.
    let aws = crate::aws::client::Aws::new(crate::aws::client::Settings::local(&story.aws.stub.url).unwrap());
    let input = Value::object([("pipeline_name", Value::from("p")), ("client_request_token", Value::from(&*token))]);
    let create = crate::sagemaker::operation::operation!(create_pipeline, CreatePipeline);
    drop((create.call)(&aws.region(None), &input).await);
    let sent = story.aws.stub.take();
    let body: serde_json::Value = serde_json::from_slice(&sent[0].body).unwrap();
    assert_eq!(body["ClientRequestToken"], json!(token));
}

#[tokio::test]
async fn no_call_asks_for_what_is_known() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (model(&terraform, "a"), None);
    terraform.run(MODEL, &mut state, Some(&config)).await.good();
    assert_eq!(story.aws.operations(), ["DescribeModel", "CreateModel", "DescribeModel"]);
    terraform.run(MODEL, &mut state, Some(&config)).await.good();
    assert_eq!(story.aws.operations(), ["DescribeModel", "ListTags"]);
    let mut tagged = config.clone();
    tagged.set_attribute("tags", Value::Map([("a".to_owned(), Value::from("1"))].into()));
    terraform.run(MODEL, &mut state, Some(&tagged)).await.good();
    assert_eq!(story.aws.operations(), ["DescribeModel", "ListTags", "AddTags"]);
    terraform.run(MODEL, &mut state, None).await.good();
    assert_eq!(
        story.aws.operations(),
        ["DescribeModel", "ListTags", "DescribeModel", "ListEndpoints", "DeleteModel", "DescribeModel"]
    );
}
