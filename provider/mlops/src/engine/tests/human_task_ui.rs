//! A template that AWS does not return, but for its SHA-256.

use serde_json::json;
use sha2::{Digest, Sha256};
use tfplug::testing::Change;
use tfplug::value::Value;

use super::Story;
use crate::files::hashing::hex;
use crate::testing::Terraform;

const UI: &str = "mlops_human_task_ui";

fn ui(terraform: &Terraform, content: &str) -> Value {
    terraform.config(UI, &json!({ "name": "u", "ui_template": { "content": content } }))
}

/// AWS has the template with this content now.
fn has(story: &Story, content: &str) {
    let template = json!({ "Url": "https://u", "ContentSha256": hex(&Sha256::digest(content)) });
    let key = ("HumanTaskUi".to_owned(), "u".to_owned());
    story.aws.with(|s| s.objects.get_mut(&key).unwrap().insert("UiTemplate".to_owned(), template));
}

#[tokio::test]
async fn a_template_is_known_by_its_hash() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (ui(&terraform, "a"), None);
    terraform.run(UI, &mut state, Some(&config)).await.good();
    has(&story, "a");
    assert_eq!(terraform.run(UI, &mut state, Some(&config)).await.good().unwrap().change, Change::NoOp);
    assert_eq!(state.as_ref().unwrap().value.attribute("ui_template").attribute("content"), &Value::from("a"));
    // Somebody replaced it; another template in the configuration replaces it, too.
    has(&story, "b");
    let mut drifted = state.clone();
    let plan = terraform.run(UI, &mut drifted, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace);
    has(&story, "a");
    let other = ui(&terraform, "c");
    let plan = terraform.plan(UI, state.as_ref(), Some(&other)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace);
}

#[tokio::test]
async fn an_imported_template_is_taken_over_if_it_is_the_same() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let config = ui(&terraform, "a");
    terraform.run(UI, &mut None, Some(&config)).await.good();
    has(&story, "a");
    let mut imported = terraform.import(UI, "u").await.good();
    let other = ui(&terraform, "b");
    let plan = terraform.plan(UI, imported.as_ref(), Some(&other)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace, "another template");
    let plan = terraform.run(UI, &mut imported, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update, "only what AWS does not return");
    assert_eq!(terraform.run(UI, &mut imported, Some(&config)).await.good().unwrap().change, Change::NoOp);
}
