//! Case N23: network interfaces that SageMaker leaves in a VPC, hashicorp/terraform-provider-aws#34397 and #26090.

use serde_json::{Value as Json, json};
use tfplug::testing::State as Stored;

use super::fake::Instead;
use super::fake_interfaces::FakeInterface;
use super::{ENDPOINT, JOB, MODEL, Story, endpoint, job_with};
use crate::testing::Terraform;

const LATER: &str = "2999-01-01T00:00:00.000Z";
const LOOK: &str = "DescribeNetworkInterfaces";

fn interface(id: &'static str, description: &str, statuses: &[&'static str]) -> FakeInterface {
    FakeInterface {
        id,
        group: "sg-1",
        subnet: "subnet-1",
        description: description.to_owned(),
        requester: "AROA:SageMaker",
        attached: LATER,
        statuses: statuses.to_vec(),
    }
}

fn of_job(name: &str) -> String {
    format!("[DO NOT DELETE] ENI managed by SageMaker for training job {name}")
}

fn vpc() -> Json {
    json!({ "security_group_ids": ["sg-1"], "subnets": ["subnet-1"] })
}

async fn job(story: &Story, terraform: &mut Terraform, more: Json) -> Option<Stored> {
    let mut all = json!({ "vpc_config": vpc() });
    all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    let (config, mut state) = (job_with(terraform, all), None);
    terraform.run(JOB, &mut state, Some(&config)).await.good();
    story.aws.operations();
    state
}

/// Destroys what is in the state: the operations on interfaces, and the warnings.
async fn destroyed(
    story: &Story,
    terraform: &mut Terraform,
    kind: &str,
    state: &mut Option<Stored>,
) -> (Vec<String>, String) {
    let outcome = terraform.run(kind, state, None).await;
    assert!(!outcome.failed(), "{outcome:?}");
    let told = outcome.diags.iter().map(|d| format!("{}: {}\n", d.summary, d.detail)).collect();
    let asked = story.aws.operations().into_iter().filter(|o| o.contains("NetworkInterface"));
    (asked.collect(), told)
}

#[tokio::test]
async fn a_job_is_gone_once_its_interfaces_are_and_no_sooner() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let mut state = job(&story, &mut terraform, json!({})).await;
    story.aws.with(|s| {
        s.interfaces = vec![
            interface("eni-own", &of_job("j"), &["in-use", "available"]),
            interface("eni-other", &of_job("j-2"), &["in-use..."]),
            interface("eni-theirs", "database", &["in-use..."]),
            interface("eni-elsewhere", &of_job("j"), &["in-use..."]),
        ];
        s.interfaces[2].requester = "amazon-rds";
        s.interfaces[3].group = "sg-2";
    });
    let (asked, told) = destroyed(&story, &mut terraform, JOB, &mut state).await;
    assert_eq!((asked, told), (vec![LOOK.to_owned(); 3], String::new()));
    assert_eq!(story.aws.with(|s| s.interfaces.len()), 3, "those of others are left alone");
}

#[tokio::test]
async fn without_a_vpc_nothing_is_looked_for() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let mut state = job(&story, &mut terraform, json!({ "vpc_config": null })).await;
    assert_eq!(destroyed(&story, &mut terraform, JOB, &mut state).await, (vec![], String::new()));
    let mut kept = job(&story, &mut terraform, json!({ "on_destroy": "retain" })).await;
    assert_eq!(destroyed(&story, &mut terraform, JOB, &mut kept).await, (vec![], String::new()));
    let model = json!({ "name": "m", "primary_container": { "image": "i" }, "vpc_config": vpc() });
    let (model, mut unused) = (terraform.config(MODEL, &model), None);
    terraform.run(MODEL, &mut unused, Some(&model)).await.good();
    assert_eq!(destroyed(&story, &mut terraform, MODEL, &mut unused).await, (vec![], String::new()), "nobody used it");
}

#[tokio::test]
async fn what_is_left_behind_is_deleted_if_the_user_wants_it() {
    for (deletes, deleted) in [(true, 1), (false, 0)] {
        let story = Story::new().await;
        let mut terraform = story.terraform().await;
        let mut state = job(&story, &mut terraform, json!({ "delete_vpc_enis_on_destroy": deletes })).await;
        story.aws.with(|s| {
            s.interfaces = vec![
                interface("eni-own", &of_job("j"), &["in-use", "available", "available"]),
                interface("eni-other", &of_job("k"), &["available..."]),
            ];
        });
        let (asked, told) = destroyed(&story, &mut terraform, JOB, &mut state).await;
        assert_eq!(asked.iter().filter(|o| *o == "DeleteNetworkInterface").count(), deleted, "{asked:?}");
        assert_eq!(told, "");
        assert_eq!(story.aws.with(|s| s.interfaces.iter().map(|i| i.id).collect::<Vec<_>>()), ["eni-other"]);
    }
}

#[tokio::test]
async fn a_denial_ends_no_destroy_and_is_told_where_a_deletion_was_asked_for() {
    let denied = || Instead::Error("UnauthorizedOperation", "You are not authorized to perform this operation.");
    for (operation, deletes, words) in [
        (LOOK, false, ""),
        (LOOK, true, "`ec2:DescribeNetworkInterfaces`"),
        ("DeleteNetworkInterface", true, "`ec2:DeleteNetworkInterface`"),
    ] {
        let story = Story::new().await;
        let mut terraform = story.terraform().await;
        let mut state = job(&story, &mut terraform, json!({ "delete_vpc_enis_on_destroy": deletes })).await;
        story.aws.with(|s| {
            s.interfaces = vec![interface("eni-own", &of_job("j"), &["available"])];
            s.instead.insert(operation, [denied()].into());
        });
        let (_, told) = destroyed(&story, &mut terraform, JOB, &mut state).await;
        assert!(state.is_none());
        assert_eq!(told.is_empty(), words.is_empty(), "{told}");
        assert!(told.contains(words), "{told}");
    }
}

#[tokio::test]
async fn at_its_limit_a_wait_ends_in_a_warning_that_lists_what_is_left() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let mut state = job(&story, &mut terraform, json!({ "timeouts": { "delete": "3s" } })).await;
    story.aws.with(|s| s.interfaces = vec![interface("eni-own", &of_job("j"), &["in-use..."])]);
    let (_, told) = destroyed(&story, &mut terraform, JOB, &mut state).await;
    assert!(state.is_none(), "the job is deleted");
    for words in ["eni-own (in-use)", "security groups sg-1 and subnets subnet-1", "DependencyViolation", "`timeouts`"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[tokio::test]
async fn a_job_that_ended_long_ago_is_not_waited_for() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let mut state = job(&story, &mut terraform, json!({})).await;
    story.aws.with(|s| {
        s.objects
            .get_mut(&("TrainingJob".to_owned(), "j".to_owned()))
            .unwrap()
            .insert("TrainingEndTime".to_owned(), json!(1_600_000_000));
        s.interfaces =
            vec![interface("eni-own", &of_job("j"), &["in-use..."]), interface("eni-any", "", &["in-use..."])];
    });
    let (asked, told) = destroyed(&story, &mut terraform, JOB, &mut state).await;
    assert_eq!(asked, [LOOK]);
    assert!(told.contains("eni-own (in-use)") && !told.contains("eni-any"), "{told}");
}

#[tokio::test]
async fn the_interfaces_of_an_endpoint_are_waited_for_by_its_model() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let model = json!({ "name": "m", "primary_container": { "image": "i" }, "vpc_config": vpc() });
    let (model, endpoint) = (terraform.config(MODEL, &model), endpoint(&terraform));
    let (mut of_model, mut of_endpoint) = (None, None);
    terraform.run(MODEL, &mut of_model, Some(&model)).await.good();
    terraform.run(ENDPOINT, &mut of_endpoint, Some(&endpoint)).await.good();
    story.aws.operations();
    story.aws.with(|s| {
        let text = |name: &str| format!("ENI managed by SageMaker for endpoint {name}");
        s.interfaces = vec![
            interface("eni-own", &text("e"), &["in-use", "in-use"]),
            interface("eni-other", &text("elsewhere"), &["in-use..."]),
        ];
    });
    assert_eq!(destroyed(&story, &mut terraform, ENDPOINT, &mut of_endpoint).await, (vec![], String::new()));
    let (asked, told) = destroyed(&story, &mut terraform, MODEL, &mut of_model).await;
    assert_eq!((asked, told), (vec![LOOK.to_owned(); 3], String::new()));
}

#[tokio::test]
async fn interfaces_that_name_nobody_are_waited_for_while_they_go() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let mut state = job(&story, &mut terraform, json!({ "delete_vpc_enis_on_destroy": true })).await;
    story.aws.with(|s| {
        s.interfaces =
            vec![interface("eni-any", "", &["in-use", "available..."]), interface("eni-before", "", &["in-use..."])];
        s.interfaces[1].attached = "2001-01-01T00:00:00.000Z";
    });
    let (asked, told) = destroyed(&story, &mut terraform, JOB, &mut state).await;
    assert_eq!(asked, [LOOK, LOOK, "DeleteNetworkInterface"], "it was released in front of our eyes");
    assert_eq!(told, "");
}

#[tokio::test]
async fn a_model_package_goes_with_the_job_that_registered_it_if_the_user_wants_it() {
    let package = "arn:aws:sagemaker:us-east-1:123456789012:model-package/g/1";
    for (deletes, answer, deleted, words) in [
        (false, None, false, ""),
        (true, None, true, ""),
        (true, Some(("ValidationException", "ModelPackage x does not exist.")), true, ""),
        (true, Some(("AccessDeniedException", "No.")), true, "`sagemaker:DeleteModelPackage`"),
    ] {
        let story = Story::new().await;
        let mut terraform = story.terraform().await;
        let more = json!({ "vpc_config": null, "delete_model_packages_on_destroy": deletes });
        let mut state = job(&story, &mut terraform, more).await;
        story.aws.with(|s| {
            let job = s.objects.get_mut(&("TrainingJob".to_owned(), "j".to_owned())).unwrap();
            job.insert("OutputModelPackageArn".to_owned(), json!(package));
            s.instead.insert("DeleteModelPackage", answer.into_iter().map(|(c, m)| Instead::Error(c, m)).collect());
            let package = json!({ "ModelPackageArn": package }).as_object().cloned().unwrap();
            s.objects.insert(
                ("ModelPackage".to_owned(), "arn:aws:sagemaker:us-east-1:123456789012:model-package/g/1".to_owned()),
                package,
            );
        });
        let outcome = terraform.run(JOB, &mut state, None).await;
        assert!(!outcome.failed() && state.is_none(), "{outcome:?}");
        let told: String = outcome.diags.iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect();
        assert!(told.contains(words) && told.is_empty() == words.is_empty(), "{told}");
        let asked = story.aws.operations();
        assert_eq!(asked.iter().any(|o| o == "DeleteModelPackage"), deleted, "{asked:?}");
    }
}
