//! IAM and STS.

use aws_sdk_iam::types::Tag;
use aws_sdk_sts::config::Credentials;

use crate::harness::{ACCOUNT, client, code, settings};

pub(crate) const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
    "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;
const MANAGED: &str = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess";

/// Makes a role and tells its ARN.
pub(crate) async fn role(name: &str, trust: &str) -> String {
    let made = client!(aws_sdk_iam).create_role().role_name(name).assume_role_policy_document(trust).send().await;
    made.unwrap().role.unwrap().arn
}

#[tokio::test]
async fn a_role_lives_with_its_policies() {
    let iam = client!(aws_sdk_iam);
    let name = "sdk-identity";
    let made = iam
        .create_role()
        .role_name(name)
        .path("/team/")
        .description("of a test")
        .max_session_duration(7200)
        .assume_role_policy_document(TRUST)
        .tags(Tag::builder().key("team").value("ml").build().unwrap())
        .send()
        .await
        .unwrap();
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/team/{name}");
    assert_eq!(made.role.unwrap().arn, arn);
    let again = iam.create_role().role_name(name).assume_role_policy_document(TRUST).send().await;
    assert!(again.unwrap_err().into_service_error().is_entity_already_exists_exception());

    let document =
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;
    iam.put_role_policy().role_name(name).policy_name("inline").policy_document(document).send().await.unwrap();
    iam.attach_role_policy().role_name(name).policy_arn(MANAGED).send().await.unwrap();
    let broken = iam.put_role_policy().role_name(name).policy_name("x").policy_document("{").send().await;
    assert!(broken.unwrap_err().into_service_error().is_malformed_policy_document_exception());

    let read = iam.get_role().role_name(name).send().await.unwrap().role.unwrap();
    assert_eq!((read.path.as_str(), read.max_session_duration), ("/team/", Some(7200)));
    assert_eq!(read.tags()[0].value, "ml");
    let trust = read.assume_role_policy_document.unwrap();
    assert!(trust.starts_with("%7B%22Version%22"), "IAM answers documents percent-encoded: {trust}");
    let inline = iam.get_role_policy().role_name(name).policy_name("inline").send().await.unwrap();
    assert!(inline.policy_document.contains("s3%3A%2A"), "{}", inline.policy_document);
    let attached = iam.list_attached_role_policies().role_name(name).into_paginator().items().send();
    let attached = attached.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(attached[0].policy_arn.as_deref(), Some(MANAGED));
    let roles = iam.list_roles().path_prefix("/team/").into_paginator().page_size(1).items().send();
    assert_eq!(roles.collect::<Result<Vec<_>, _>>().await.unwrap().len(), 1);

    let early = iam.delete_role().role_name(name).send().await;
    assert!(early.unwrap_err().into_service_error().is_delete_conflict_exception());
    iam.detach_role_policy().role_name(name).policy_arn(MANAGED).send().await.unwrap();
    iam.delete_role_policy().role_name(name).policy_name("inline").send().await.unwrap();
    iam.delete_role().role_name(name).send().await.unwrap();
    let gone = iam.get_role().role_name(name).send().await;
    assert!(gone.unwrap_err().into_service_error().is_no_such_entity_exception());
}

#[tokio::test]
async fn a_role_is_assumed() {
    let sts = client!(aws_sdk_sts);
    let me = sts.get_caller_identity().send().await.unwrap();
    assert_eq!(me.account.as_deref(), Some(ACCOUNT));
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
        "Principal": {{"AWS": "arn:aws:iam::{ACCOUNT}:root"}}, "Action": "sts:AssumeRole"}}]}}"#
    );
    let arn = role("sdk-assumed", &trust).await;
    let session = sts.assume_role().role_arn(&arn).role_session_name("tests").duration_seconds(900).send().await;
    let session = session.unwrap();
    let assumed = format!("arn:aws:sts::{ACCOUNT}:assumed-role/sdk-assumed/tests");
    assert_eq!(session.assumed_role_user.unwrap().arn, assumed);
    let keys = session.credentials.unwrap();
    let keys = Credentials::new(keys.access_key_id, keys.secret_access_key, Some(keys.session_token), None, "role");
    let config = aws_sdk_sts::config::Builder::from(&settings().sdk).credentials_provider(keys).build();
    let caller = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await.unwrap();
    assert_eq!(caller.arn.as_deref(), Some(assumed.as_str()));

    let absent = format!("arn:aws:iam::{ACCOUNT}:role/sdk-absent");
    assert_eq!(code(sts.assume_role().role_arn(absent).role_session_name("tests").send().await), "AccessDenied");
    client!(aws_sdk_iam).delete_role().role_name("sdk-assumed").send().await.unwrap();
}
