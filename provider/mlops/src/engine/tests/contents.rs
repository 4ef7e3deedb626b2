//! The content of local scripts: reviewed, demanded, kept.

use std::path::Path;

use serde_json::json;
use tfplug::testing::{Change, State as Stored};
use tfplug::value::Value;

use super::{ROLE, Story, changing, job_with};
use crate::testing::Terraform;

const MODEL: &str = "mlops_model";
const HASH: &str = "source_code.sha256";

/// A directory of scripts, and a way to change them.
fn scripts() -> tempfile::TempDir {
    let code = tempfile::tempdir().unwrap();
    write(code.path(), "print(1)");
    code
}

fn write(code: &Path, content: &str) {
    std::fs::write(code.join("main.py"), content).unwrap();
}

fn model(terraform: &Terraform, directory: Option<&Path>, sha256: Option<&str>) -> Value {
    let config = json!({
        "name": "m",
        "execution_role_arn": ROLE,
        "primary_container": { "image": "i" },
        "source_code": {
            "directory": directory, "entry_point": "main.py", "s3_uri": "s3://bucket/code/", "sha256": sha256,
        },
    });
    terraform.config(MODEL, &config)
}

fn hash_of(value: &Value) -> &str {
    value.attribute("source_code").attribute("sha256").as_str().unwrap()
}

async fn applied(story: &Story, code: &Path) -> (Terraform, Stored) {
    let mut terraform = story.terraform().await;
    let (config, mut state) = (model(&terraform, Some(code), None), None);
    terraform.run(MODEL, &mut state, Some(&config)).await.good();
    story.aws.operations();
    (terraform, state.unwrap())
}

#[tokio::test]
async fn a_client_that_keeps_the_plan_is_told_that_the_files_changed_since() {
    let (story, code) = (Story::new().await, scripts());
    let mut terraform = story.terraform().await;
    terraform.client_capabilities.as_mut().unwrap().store_planned_private = true;
    let config = model(&terraform, Some(code.path()), None);
    let plan = terraform.plan(MODEL, None, Some(&config)).await.good().unwrap();
    write(code.path(), "print(2)");
    let errors = terraform.apply(MODEL, &plan, &config).await.errors();
    assert!(errors.len() == 1 && errors[0].summary.contains("changed between plan and apply"), "{errors:?}");
    assert_eq!(errors[0].path.to_string(), "source_code.directory");
    assert!(errors[0].detail.contains(hash_of(&plan.value)), "{errors:?}");
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new());
    let again = terraform.plan(MODEL, None, Some(&config)).await.good().unwrap();
    terraform.apply(MODEL, &again, &config).await.good();
}

#[tokio::test]
async fn the_content_that_the_state_has_needs_no_files() {
    let (story, code) = (Story::new().await, scripts());
    let (mut terraform, state) = applied(&story, code.path()).await;
    let hash = hash_of(&state.value).to_owned();
    write(code.path(), "print(2)");
    let here = model(&terraform, Some(code.path()), Some(&hash));
    assert_eq!(terraform.plan(MODEL, Some(&state), Some(&here)).await.good().unwrap().change, Change::NoOp);
    let gone = model(&terraform, Some(Path::new("/nowhere")), Some(&hash));
    let plan = terraform.plan(MODEL, Some(&state), Some(&gone)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update, "only the path is another");
    let open = model(&terraform, Some(code.path()), None);
    let plan = terraform.plan(MODEL, Some(&state), Some(&open)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace);
    assert_ne!(hash_of(&plan.value), hash);
    let imported = terraform.import(MODEL, "m").await.good().unwrap();
    let without = model(&terraform, None, Some(&hash));
    let plan = terraform.plan(MODEL, Some(&imported), Some(&without)).await.good().unwrap();
    assert_ne!(plan.change, Change::Replace, "what was imported has its archive");
}

#[tokio::test]
async fn a_content_that_is_demanded_must_be_there() {
    let (story, code) = (Story::new().await, scripts());
    let (mut terraform, state) = applied(&story, code.path()).await;
    write(code.path(), "print(2)");
    let other = "0".repeat(64);
    let wrong = model(&terraform, Some(code.path()), Some(&other));
    let errors = terraform.plan(MODEL, Some(&state), Some(&wrong)).await.errors();
    assert!(errors.len() == 1 && errors[0].detail.contains(&other), "{errors:?}");
    assert_eq!(errors[0].path.to_string(), HASH);
    let open = model(&terraform, Some(code.path()), None);
    let plan = terraform.plan(MODEL, Some(&state), Some(&open)).await.good().unwrap();
    let right = model(&terraform, Some(code.path()), Some(hash_of(&plan.value)));
    assert_eq!(terraform.plan(MODEL, Some(&state), Some(&right)).await.good().unwrap().change, Change::Replace);
    for prior in [Some(&state), None] {
        let without = model(&terraform, None, Some(&other));
        let errors = terraform.plan(MODEL, prior, Some(&without)).await.errors();
        assert!(errors.len() == 1 && errors[0].summary == "Missing source_code.directory", "{errors:?}");
    }
    for nonsense in ["", "ABC", &"g".repeat(64)] {
        let config = model(&terraform, Some(code.path()), Some(nonsense));
        assert_eq!(terraform.validate(MODEL, &config).await.errors()[0].path.to_string(), HASH);
    }
    let neither = model(&terraform, None, None);
    terraform.validate(MODEL, &neither).await.errors();
}

#[tokio::test]
async fn an_output_location_that_is_no_s3_uri_holds_no_archive() {
    let (story, code) = (Story::new().await, scripts());
    let mut terraform = story.terraform().await;
    let job = |output: &str, s3_uri: Option<&str>| {
        let more = json!({
            "algorithm_specification": { "training_image": "i" },
            "output_data_config": { "s3_output_path": output },
            "source_code": { "directory": code.path(), "entry_point": "main.py", "s3_uri": s3_uri },
        });
        job_with(&terraform, more)
    };
    let web = "https://s3.eu-west-1.amazonaws.com/bucket/out";
    let (refused, placed, usual) = (job(web, None), job(web, Some("s3://bucket/code/")), job("s3://bucket/out", None));
    let errors = terraform.validate("mlops_training_job", &refused).await.errors();
    assert!(errors.len() == 1 && errors[0].summary == "Missing source_code.s3_uri", "{errors:?}");
    terraform.validate("mlops_training_job", &placed).await.good();
    terraform.validate("mlops_training_job", &usual).await.good();
}
