//! Objects whose key AWS gives, and whose creation takes no client token: what an interrupted creation made is found by its name
//! in a list, and taken over only if it is proven to be that creation's. The domains of Studio are such objects.

use serde_json::{Value as Json, json};
use tfplug::diag::Diag;
use tfplug::testing::State as Stored;
use tfplug::value::Value;

use super::fake::Instead;
use super::{ROLE, Story, changing, failing};
use crate::testing::Terraform;

pub(super) const DOMAIN: &str = "mlops_studio_domain";

pub(super) fn domain(terraform: &Terraform, more: Json) -> Value {
    let mut all = json!({
        "name": "team",
        "auth_mode": "IAM",
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1"],
        "default_user_settings": { "execution_role": ROLE },
    });
    all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    terraform.config(DOMAIN, &all)
}

/// The ids of all domains that there are.
pub(super) fn ids(story: &Story) -> Vec<String> {
    story.aws.with(|s| s.objects.keys().filter(|(noun, _)| noun == "Domain").map(|(_, id)| id.clone()).collect())
}

/// A creation in a process that dies before AWS's answer reaches it: no record has the id.
async fn killed_before_the_answer(story: &Story) {
    let remembered = story.directory.path().join(".terraform/mlops-creating");
    let frozen = story.directory.path().join("frozen");
    story.aws.with(|s| s.frozen = Some((remembered.clone(), frozen.clone())));
    let mut terraform = story.terraform().await;
    let config = domain(&terraform, json!({}));
    terraform.run(DOMAIN, &mut None, Some(&config)).await.good();
    std::fs::remove_dir_all(&remembered).unwrap();
    std::fs::rename(&frozen, &remembered).unwrap();
    assert_eq!(ids(story), ["d-0"]);
    story.aws.operations();
}

/// Changes what AWS says of a domain.
pub(super) fn alter(story: &Story, id: &str, member: &str, value: Json) {
    story.aws.with(|s| {
        s.objects.get_mut(&("Domain".to_owned(), id.to_owned())).unwrap().insert(member.to_owned(), value);
    });
}

async fn apply(story: &Story, more: Json) -> (Option<Stored>, Vec<Diag>) {
    let mut terraform = story.terraform().await;
    let config = domain(&terraform, more);
    let mut state = None;
    let (_, told) = terraform.run(DOMAIN, &mut state, Some(&config)).await.warned();
    (state, told)
}

fn id(state: Option<Stored>) -> String {
    state.unwrap().value.attribute("domain_id").as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_a_creation_made_is_found_by_its_name_and_taken_over() {
    let story = Story::new().await;
    killed_before_the_answer(&story).await;
    let (state, told) = apply(&story, json!({})).await;
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new());
    assert_eq!((id(state), told.len(), ids(&story).len()), ("d-0".to_owned(), 0, 1));
}

#[tokio::test]
async fn what_is_found_is_replaced_if_something_else_is_wanted_now() {
    let story = Story::new().await;
    killed_before_the_answer(&story).await;
    let (state, _) = apply(&story, json!({ "vpc_id": "vpc-2" })).await;
    assert_eq!(changing(&story.aws.operations()), ["DeleteDomain", "CreateDomain"]);
    assert_eq!(ids(&story), [id(state)]);
}

#[tokio::test]
async fn what_is_not_proven_to_be_the_creations_is_somebody_elses() {
    let beyond = |story: &Story| alter(story, "d-0", "CreationTime", json!(4_000_000_000_u64));
    let before = |story: &Story| alter(story, "d-0", "CreationTime", json!(1_000_000_000_u64));
    let other = |story: &Story| alter(story, "d-0", "VpcId", json!("vpc-9"));
    for (what, change) in [("later", &beyond as &dyn Fn(&Story)), ("earlier", &before), ("other content", &other)] {
        let story = Story::new().await;
        killed_before_the_answer(&story).await;
        change(&story);
        let mut terraform = story.terraform().await;
        let config = domain(&terraform, json!({}));
        let text = failing(&mut terraform, DOMAIN, &mut None, &config).await;
        let refusal = "domain \"d-0\" with the name \"team\" already";
        assert!(
            text.contains(refusal) && text.contains("terraform import mlops_studio_domain.NAME d-0"),
            "{what}: {text}"
        );
        assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new(), "{what}");
    }
}

#[tokio::test]
async fn no_second_object_of_a_name_is_made() {
    let story = Story::new().await;
    let mut dev = story.process("dev").await.terraform;
    let config = domain(&dev, json!({}));
    dev.run(DOMAIN, &mut None, Some(&config)).await.good();
    let mut terraform = story.terraform().await;
    for _ in 0..2 {
        let text = failing(&mut terraform, DOMAIN, &mut None, &config).await;
        assert!(text.contains("exists already") && text.contains("Choose another name"), "{text}");
    }
    assert_eq!(ids(&story).len(), 1);
}

#[tokio::test]
async fn of_several_with_the_name_the_one_that_is_proven_counts() {
    let story = Story::new().await;
    killed_before_the_answer(&story).await;
    story.aws.with(|s| {
        let mut theirs = s.objects[&("Domain".to_owned(), "d-0".to_owned())].clone();
        for (member, value) in
            [("DomainId", "d--"), ("DomainArn", "arn:aws:sagemaker:us-east-1:123456789012:domain/d--")]
        {
            theirs.insert(member.to_owned(), json!(value));
        }
        theirs.insert("VpcId".to_owned(), json!("vpc-9"));
        s.objects.insert(("Domain".to_owned(), "d--".to_owned()), theirs);
    });
    let (state, _) = apply(&story, json!({})).await;
    assert_eq!((id(state).as_str(), ids(&story).len()), ("d-0", 2));
}

#[tokio::test]
async fn a_creation_that_made_nothing_begins_anew() {
    let story = Story::new().await;
    killed_before_the_answer(&story).await;
    story.aws.with(|s| s.objects.clear());
    let (state, told) = apply(&story, json!({})).await;
    assert_eq!((id(state).as_str(), told.len()), ("d-0", 0));
    assert_eq!(changing(&story.aws.operations()), ["CreateDomain"]);
}

#[tokio::test]
async fn an_object_whose_answer_was_lost_on_the_way_is_found() {
    let story = Story::new().await;
    let taken = Instead::Error("ResourceInUse", "Domain with name team already exists.");
    story.aws.with(|s| s.instead.insert("CreateDomain", [Instead::Lost, taken].into()));
    let (state, _) = apply(&story, json!({})).await;
    assert_eq!((id(state).as_str(), ids(&story).len()), ("d-0", 1));
}

#[tokio::test]
async fn two_resources_cannot_have_one_name() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let config = domain(&terraform, json!({}));
    terraform.run(DOMAIN, &mut None, Some(&config)).await.good();
    let text = failing(&mut terraform, DOMAIN, &mut None, &config).await;
    assert!(text.contains("Duplicate resource name"), "{text}");
    assert_eq!(ids(&story).len(), 1);
}

#[tokio::test]
async fn an_object_of_another_name_is_nothing_to_a_creation() {
    let story = Story::new().await;
    let (theirs, _) = apply(&story, json!({ "name": "others" })).await;
    let (ours, _) = apply(&story, json!({})).await;
    assert_ne!(id(theirs), id(ours));
    assert_eq!(ids(&story).len(), 2);
}
