//! What a domain of Studio holds and what is deleted with it; what AWS fills in inside of settings.

use serde_json::{Value as Json, json};
use tfplug::testing::Change;
use tfplug::value::{Path, Value};

use super::found_by_name::{DOMAIN, alter, domain, ids};
use super::{ROLE, Story, changing};
use crate::engine::shape::left_to_aws;

/// Puts something into the domain `d-0`.
fn add(story: &Story, noun: &str, name: &str, more: Json) {
    story.aws.with(|s| {
        let mut object = json!({ "DomainId": "d-0", "Status": "InService" });
        object[format!("{noun}Name")] = json!(name);
        object.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        s.objects.insert((noun.to_owned(), format!("d-0/{name}")), object.as_object().cloned().unwrap());
    });
}

#[tokio::test]
async fn what_a_domain_holds_is_named_and_goes_before_it_if_the_user_says_so() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (domain(&terraform, json!({})), None);
    terraform.run(DOMAIN, &mut state, Some(&config)).await.good();
    for user in ["alice", "bob", "carol", "dave"] {
        add(&story, "UserProfile", user, json!({}));
    }
    add(&story, "Space", "shared", json!({}));
    add(&story, "App", "default", json!({ "AppType": "JupyterLab", "SpaceName": "shared" }));
    let refused = terraform.run(DOMAIN, &mut state, None).await;
    let told = &refused.errors()[0];
    let held = "1 app (default), 1 space (shared), 4 user profiles (alice, bob, carol, ...)";
    assert!(told.detail.contains(held) && told.detail.contains("`force_destroy = true`"), "{told:?}");
    assert_eq!(story.aws.with(|s| s.objects.len()), 7);
    let forced = domain(&terraform, json!({ "force_destroy": true }));
    terraform.run(DOMAIN, &mut state, Some(&forced)).await.good();
    story.aws.operations();
    terraform.run(DOMAIN, &mut state, None).await.good();
    let deleted = changing(&story.aws.operations()).join(" ");
    assert_eq!(
        deleted,
        "DeleteApp DeleteSpace DeleteUserProfile DeleteUserProfile DeleteUserProfile DeleteUserProfile DeleteDomain"
    );
    assert_eq!(story.aws.with(|s| s.objects.len()), 0);
}

#[tokio::test]
async fn an_app_that_was_deleted_or_has_failed_is_in_nobodys_way() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (domain(&terraform, json!({})), None);
    terraform.run(DOMAIN, &mut state, Some(&config)).await.good();
    for (name, status) in [("gone", "Deleted"), ("broken", "Failed")] {
        add(&story, "App", name, json!({ "Status": status }));
        let at = ("App".to_owned(), format!("d-0/{name}"));
        story.aws.with(|s| {
            let app = s.objects.remove(&at).unwrap();
            // The fake refuses the deletion because of whatever is below the domain.
            s.objects.insert(("App".to_owned(), name.to_owned()), app);
        });
    }
    terraform.run(DOMAIN, &mut state, None).await.good();
    assert_eq!(ids(&story), Vec::<String>::new());
}

/// Whether the deletion is sent what becomes of the file system is said by the request alone.
#[tokio::test]
async fn a_deletion_says_what_becomes_of_the_file_system() {
    for (more, sent) in [(json!({}), "Delete"), (json!({ "home_efs_file_system_retention": "Retain" }), "Retain")] {
        let story = Story::new().await;
        let mut terraform = story.terraform().await;
        let (config, mut state) = (domain(&terraform, more), None);
        terraform.run(DOMAIN, &mut state, Some(&config)).await.good();
        story.aws.stub.take();
        terraform.run(DOMAIN, &mut state, None).await.good();
        let asked = story.aws.stub.take();
        let bodies: Vec<String> = asked.iter().map(|a| String::from_utf8_lossy(&a.body).into_owned()).collect();
        let wanted = format!("\"RetentionPolicy\":{{\"HomeEfsFileSystem\":\"{sent}\"}}");
        assert!(bodies.iter().any(|body| body.contains(&wanted)), "{bodies:?}");
    }
}

#[tokio::test]
async fn what_aws_fills_in_inside_of_settings_is_shown_to_an_import_only() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (domain(&terraform, json!({})), None);
    terraform.run(DOMAIN, &mut state, Some(&config)).await.good();
    let spec = json!({ "DefaultResourceSpec": { "InstanceType": "ml.t3.medium" } });
    let filled = json!({ "ExecutionRole": ROLE, "StudioWebPortal": "ENABLED", "JupyterLabAppSettings": spec });
    alter(&story, "d-0", "DefaultUserSettings", filled);
    let again = terraform.run(DOMAIN, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(again.change, Change::NoOp);
    let portal = Path::parse("default_user_settings.studio_web_portal");
    let instance = Path::parse("default_user_settings.jupyter_lab_app_settings.default_resource_spec.instance_type");
    let shown = |value: &Value, path: &Path| value.at(path).and_then(Value::as_str).map(str::to_owned);
    let known = state.unwrap().value;
    assert_eq!((shown(&known, &portal), shown(&known, &instance)), (None, None));
    let imported = terraform.import(DOMAIN, "d-0").await.good().unwrap().value;
    assert_eq!(shown(&imported, &portal).as_deref(), Some("ENABLED"));
    assert_eq!(shown(&imported, &instance).as_deref(), Some("ml.t3.medium"));
}

#[test]
fn everything_inside_of_an_attribute_is_left_to_aws_unless_it_is_set() {
    let open = |name: &'static str| Value::object([(name, Value::unknown())]);
    let inner = Value::object([("unset", Value::unknown()), ("set", Value::from("x"))]);
    let settings = Value::object([
        ("unset", Value::unknown()),
        ("unknown", Value::unknown()),
        ("inner", inner),
        ("elements", Value::List(vec![open("unset")])),
    ]);
    let planned = Value::object([("settings", settings), ("beside", Value::unknown())]);
    let given = Value::object([
        ("unknown", Value::unknown()),
        ("inner", Value::object([("set", Value::from("x"))])),
        ("elements", Value::List(vec![Value::object::<&str>([])])),
    ]);
    let mut found = Vec::new();
    left_to_aws(&planned, &Value::object([("settings", given)]), "settings.*", &Path::root(), &mut found);
    let below = Path::of("settings");
    let element = below.attribute("elements").index(0).attribute("unset");
    assert_eq!(found, [element, below.attribute("inner").attribute("unset"), below.attribute("unset")]);
}
