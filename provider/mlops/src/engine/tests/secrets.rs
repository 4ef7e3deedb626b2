//! Values that only the configuration has.

use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use tfplug::testing::Change;
use tfplug::value::Value;
use walkdir::WalkDir;

use crate::aws::creations::Place;
use crate::files::hashing::hex;
use crate::resources::labeling::workforce::WORKFORCE;
use crate::testing::{Answer, Asked, Offer, Stub, Terraform, process};

const WORKFORCE_TYPE: &str = "mlops_workforce";
const SECRET: &str = "sesame-open";

/// A workforce with the OIDC identity provider that was sent last.
fn aws(there: &mut Option<Json>, asked: &Asked) -> Answer {
    let operation = super::fake::operation(asked);
    let request: Json = serde_json::from_slice(&asked.body).unwrap();
    let answer = match (operation, &there) {
        ("CreateWorkforce" | "UpdateWorkforce", _) => {
            let mut config = request["OidcConfig"].clone();
            config.as_object_mut().unwrap().remove("ClientSecret");
            *there = Some(config);
            json!({ "WorkforceArn": "arn:aws:sagemaker:us-east-1:123456789012:workforce/w" })
        }
        ("DescribeWorkforce", None) => {
            let missing = json!({ "__type": "ValidationException", "message": "No workforce found with name w." });
            return Answer(400, vec![], missing.to_string());
        }
        ("DescribeWorkforce", Some(config)) => json!({ "Workforce": {
            "WorkforceName": "w", "WorkforceArn": "arn:aws:sagemaker:us-east-1:123456789012:workforce/w",
            "Status": "Active", "CreateDate": 1_700_000_000, "OidcConfig": config,
        } }),
        _ => json!({ "Tags": [] }),
    };
    Answer(200, vec![], answer.to_string())
}

fn workforce(terraform: &Terraform, version: i64) -> Value {
    let oidc = json!({
        "client_id": "mlops", "client_secret_wo": SECRET, "client_secret_wo_version": version,
        "issuer": "https://i", "authorization_endpoint": "https://a", "token_endpoint": "https://t",
        "user_info_endpoint": "https://u", "logout_endpoint": "https://l", "jwks_uri": "https://j",
    });
    terraform.config(WORKFORCE_TYPE, &json!({ "name": "w", "oidc_config": oidc }))
}

#[tokio::test]
async fn a_secret_is_sent_and_stored_nowhere() {
    let (there, remembered) = (Mutex::default(), Arc::<Mutex<Vec<String>>>::default());
    let directory = tempfile::tempdir().unwrap();
    let (root, kept) = (directory.path().to_owned(), remembered.clone());
    let stub = Stub::start(move |asked| {
        if super::fake::operation(asked) == "CreateWorkforce" {
            let files = WalkDir::new(&root).into_iter().map(Result::unwrap).filter(|f| f.path().is_file());
            kept.lock().unwrap().extend(files.map(|f| std::fs::read_to_string(f.path()).unwrap()));
        }
        aws(&mut there.lock().unwrap(), asked)
    })
    .await;
    let offer = Offer { resources: Some(|| vec![Box::new(&WORKFORCE)]), ..Offer::default() };
    let place = Place::new(directory.path().join(".terraform"), directory.path(), None);
    let mut process = process(&stub.url, offer, Some(place)).await;
    let terraform = &mut process.terraform;
    let sent = |stub: &Stub, operation: &str| {
        let all = stub.take();
        let asked = all.iter().find(|asked| super::fake::operation(asked) == operation).unwrap();
        let request: Json = serde_json::from_slice(&asked.body).unwrap();
        request["OidcConfig"]["ClientSecret"].clone()
    };
    let (config, mut state) = (workforce(terraform, 1), None);
    terraform.run(WORKFORCE_TYPE, &mut state, Some(&config)).await.good();
    assert_eq!(sent(&stub, "CreateWorkforce"), json!(SECRET));
    let plan = terraform.run(WORKFORCE_TYPE, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp);
    let other = workforce(terraform, 2);
    let plan = terraform.run(WORKFORCE_TYPE, &mut state, Some(&other)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update);
    assert_eq!(sent(&stub, "UpdateWorkforce"), json!(SECRET));
    let state = state.unwrap();
    assert!(!format!("{:?} {}", state.value, String::from_utf8_lossy(&state.private)).contains(SECRET));
    // What is remembered of a creation has hashes of all that was sent, but for this.
    let (hash, remembered) = (hex(&Sha256::digest(SECRET)), remembered.lock().unwrap());
    assert!(
        !remembered.is_empty()
            && remembered.iter().any(|text| text.contains("CreateWorkforce") || text.contains("workforce"))
    );
    assert!(remembered.iter().all(|text| !text.contains(SECRET) && !text.contains(&hash)), "{remembered:?}");
}
