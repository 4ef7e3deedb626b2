//! ECR.

use aws_sdk_ecr::types::{ImageTagMutability, Tag};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::harness::{ACCOUNT, client};

#[tokio::test]
async fn a_repository_has_policies() {
    let (ecr, name) = (client!(aws_sdk_ecr), "sdk/images");
    let create = || ecr.create_repository().repository_name(name).image_tag_mutability(ImageTagMutability::Immutable);
    let tag = Tag::builder().key("team").value("ml").build().unwrap();
    let made = create().tags(tag).send().await.unwrap().repository.unwrap();
    assert_eq!(made.repository_uri, Some(format!("{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{name}")));
    assert!(create().send().await.unwrap_err().into_service_error().is_repository_already_exists_exception());
    let rule = r#"{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":5},"action":{"type":"expire"}}]}"#;
    ecr.put_lifecycle_policy().repository_name(name).lifecycle_policy_text(rule).send().await.unwrap();
    let read = ecr.get_lifecycle_policy().repository_name(name).send().await.unwrap();
    assert!(read.lifecycle_policy_text.unwrap().contains("imageCountMoreThan"));
    let none = ecr.get_repository_policy().repository_name(name).send().await;
    assert!(none.unwrap_err().into_service_error().is_repository_policy_not_found_exception());
    let list = ecr.describe_repositories().into_paginator().items().send();
    let list = list.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(list[0].image_tag_mutability, Some(ImageTagMutability::Immutable));
    let tags = ecr.list_tags_for_resource().resource_arn(made.repository_arn.unwrap()).send().await.unwrap();
    assert_eq!(tags.tags()[0].value, "ml");
    let token = ecr.get_authorization_token().send().await.unwrap();
    let token = BASE64_STANDARD.decode(token.authorization_data()[0].authorization_token.as_ref().unwrap()).unwrap();
    assert!(token.starts_with(b"AWS:"), "{token:?}");
    ecr.delete_repository().repository_name(name).send().await.unwrap();
    let gone = ecr.describe_repositories().repository_names(name).send().await;
    assert!(gone.unwrap_err().into_service_error().is_repository_not_found_exception());
}
