//! Keys that no resource has yet: an id that AWS gives, and a name that is unique in its scope only.

use serde_json::json;
use tfplug::model::{Model, Root};
use tfplug::resource::Resource;
use tfplug::testing::Change;
use tfplug::value::Value;

use super::{OFFER, Story, changing};
use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::key::{Key, NAME};
use crate::engine::{Create, Declared, Delete, Read};
use crate::sagemaker::named;
use crate::sagemaker::operation::operation;
use crate::testing::{Offer, Terraform, process};

const DOMAIN: &str = "mlops_test_domain";
const PROFILE: &str = "mlops_test_profile";

/// A Studio domain.
#[derive(Clone, Debug, Model)]
#[tf(name = "test_domain", identity("domain_id", optional("region")))]
struct Domain {
    /// Its id.
    #[tf(computed, use_state_for_unknown)]
    domain_id: Option<String>,
    /// Its name.
    #[tf(required, requires_replace)]
    domain_name: String,
    /// Its region.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Its ARN.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// Its time of creation.
    #[tf(computed, use_state_for_unknown)]
    creation_time: Option<String>,
}

/// A user profile.
#[derive(Clone, Debug, Model)]
#[tf(name = "test_profile", identity("domain_id", "name", optional("region")))]
struct Profile {
    /// The domain.
    #[tf(required, requires_replace)]
    domain_id: String,
    /// Its name.
    #[tf(required, requires_replace, provider_only)]
    name: String,
    /// Its region.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Its ARN.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// Its time of creation.
    #[tf(computed, use_state_for_unknown)]
    creation_time: Option<String>,
}

const fn create(operation: crate::aws::operation::Operation, arn: &'static str) -> Create {
    Create { operation, arn: Some(arn), exists: &[], retryable: &[] }
}

static TEST_DOMAIN: Declared = Declared {
    key: Key::id_of("domain_id"),
    tags: None,
    ..named(
        "domain",
        Domain::shared,
        "domain_id",
        "domain/{domain_id}",
        create(operation!(create_domain, CreateDomain), "domain_arn"),
        Read::by(operation!(describe_domain, DescribeDomain), &[error("ResourceNotFound", "")]),
        Delete::by(operation!(delete_domain, DeleteDomain), &[]),
    )
};

static TEST_PROFILE: Declared = Declared {
    key: Key { scope: &["domain_id"], member: Some("user_profile_name"), ..NAME },
    tags: None,
    ..named(
        "user profile",
        Profile::shared,
        "user_profile_name",
        "user-profile/{domain_id}/{name}",
        create(operation!(create_user_profile, CreateUserProfile), "user_profile_arn"),
        Read::by(operation!(describe_user_profile, DescribeUserProfile), &[error("ResourceNotFound", "")]),
        Delete::by(operation!(delete_user_profile, DeleteUserProfile), &[]),
    )
};

fn studio() -> Vec<Box<dyn Resource<Aws>>> {
    vec![Box::new(&TEST_DOMAIN), Box::new(&TEST_PROFILE)]
}

async fn terraform(story: &Story) -> Terraform {
    let offer = Offer { resources: Some(studio), ..OFFER };
    process(&story.aws.stub.url, offer, Some(story.place("default"))).await.terraform
}

fn domain(terraform: &Terraform) -> Value {
    terraform.config(DOMAIN, &json!({ "domain_name": "team" }))
}

fn profile(terraform: &Terraform, domain: &str) -> Value {
    terraform.config(PROFILE, &json!({ "domain_id": domain, "name": "alice" }))
}

fn attribute(value: &Value, name: &str) -> String {
    value.attribute(name).as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_id_that_aws_gives_is_the_key_from_the_response_on() {
    let story = Story::new().await;
    let mut terraform = terraform(&story).await;
    let (config, mut state) = (domain(&terraform), None);
    terraform.run(DOMAIN, &mut state, Some(&config)).await.good();
    let value = &state.as_ref().unwrap().value;
    assert_eq!(attribute(value, "domain_id"), "d-0");
    assert_eq!(attribute(value, "arn"), "arn:aws:sagemaker:us-east-1:123456789012:domain/d-0");
    let again = terraform.run(DOMAIN, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(again.change, Change::NoOp);
    for id in ["d-0", "arn:aws:sagemaker:us-east-1:123456789012:domain/d-0"] {
        let imported = terraform.import(DOMAIN, id).await.good().unwrap();
        assert_eq!(attribute(&imported.value, "domain_name"), "team", "{id}");
    }
    story.aws.operations();
    terraform.run(DOMAIN, &mut state, None).await.good();
    assert_eq!(changing(&story.aws.operations()), ["DeleteDomain"]);
    assert_eq!(story.aws.with(|s| s.objects.len()), 0);
}

#[tokio::test]
async fn an_interrupted_creation_is_found_by_the_id_in_its_arn_and_named_by_it() {
    let story = Story::new().await;
    let mut first = terraform(&story).await;
    let config = domain(&first);
    first.run(DOMAIN, &mut None, Some(&config)).await.good();
    let told = crate::aws::creations::warnings(&story.place("default")).0.remove(0);
    assert!(told.detail.contains("aws sagemaker delete-domain --domain-id d-0 "), "{}", told.detail);
    story.aws.operations();
    let mut second = terraform(&story).await;
    let mut state = None;
    second.run(DOMAIN, &mut state, Some(&config)).await.good();
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new(), "taken over");
    assert_eq!(attribute(&state.unwrap().value, "domain_id"), "d-0");
}

#[tokio::test]
async fn a_name_in_a_scope_is_another_one_in_another_scope() {
    let story = Story::new().await;
    let mut terraform = terraform(&story).await;
    let mut states = [None, None];
    for (state, scope) in states.iter_mut().zip(["d-1", "d-2"]) {
        let config = profile(&terraform, scope);
        terraform.run(PROFILE, state, Some(&config)).await.good();
        let again = terraform.run(PROFILE, state, Some(&config)).await.good().unwrap();
        assert_eq!(again.change, Change::NoOp);
    }
    assert_eq!(story.aws.with(|s| s.objects.len()), 2);
    for id in ["d-2/alice", "d-2/alice@us-east-1", "arn:aws:sagemaker:us-east-1:123456789012:user-profile/d-2/alice"] {
        let imported = terraform.import(PROFILE, id).await.good().unwrap();
        assert_eq!(attribute(&imported.value, "domain_id"), "d-2", "{id}");
        assert_eq!(attribute(&imported.value, "name"), "alice", "{id}");
    }
    let refused = terraform.import(PROFILE, "alice").await;
    assert!(refused.diags.iter().any(|d| d.detail.contains("DOMAIN_ID/NAME")), "{refused:?}");
    terraform.run(PROFILE, &mut states[0], None).await.good();
    let left = story.aws.with(|s| s.objects.keys().map(|(_, key)| key.clone()).collect::<Vec<_>>());
    assert_eq!(left, ["d-2/alice"]);
}

#[tokio::test]
async fn an_arn_of_another_service_is_refused_however_alike_it_is() {
    let story = Story::new().await;
    let mut terraform = terraform(&story).await;
    let refused = terraform.import(PROFILE, "arn:aws:iam:us-east-1:123456789012:user-profile/d-2/alice").await;
    assert!(refused.diags.iter().any(|d| d.detail.contains("identifies no user profile")), "{refused:?}");
    assert_eq!(story.aws.operations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_creation_of_which_nobody_can_say_what_it_made_is_left_with_a_warning() {
    let story = Story::new().await;
    let remembered = story.directory.path().join(".terraform/mlops-creating");
    let frozen = story.directory.path().join("frozen");
    story.aws.with(|s| s.frozen = Some((remembered.clone(), frozen.clone())));
    let mut first = terraform(&story).await;
    let config = domain(&first);
    first.run(DOMAIN, &mut None, Some(&config)).await.good();
    // The disk as it was when AWS had done its work, and nobody knew its answer. No token leads to it.
    std::fs::remove_dir_all(&remembered).unwrap();
    std::fs::rename(&frozen, &remembered).unwrap();
    let mut second = terraform(&story).await;
    let (_, told) = second.run(DOMAIN, &mut None, Some(&config)).await.warned();
    assert!(told.len() == 1 && told[0].detail.contains("Its ARN is not known"), "{told:?}");
    assert_eq!(story.aws.with(|s| s.objects.len()), 2);
}
