//! KMS.

use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{KeyState, Tag};

use crate::harness::{ACCOUNT, client};

#[tokio::test]
async fn a_key_encrypts_until_it_is_deleted() {
    let (kms, alias) = (client!(aws_sdk_kms), "alias/sdk-key");
    let tag = Tag::builder().tag_key("team").tag_value("ml").build().unwrap();
    let key = kms.create_key().description("of a test").tags(tag).send().await.unwrap().key_metadata.unwrap();
    let id = key.key_id;
    kms.create_alias().alias_name(alias).target_key_id(&id).send().await.unwrap();
    let read = kms.describe_key().key_id(alias).send().await.unwrap().key_metadata.unwrap();
    assert_eq!((&read.key_id, read.description.as_deref()), (&id, Some("of a test")));
    assert_eq!(read.arn, Some(format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{id}")));
    let plain = [0, 159, 146, 150];
    let cipher = kms.encrypt().key_id(alias).plaintext(Blob::new(plain)).encryption_context("a", "b").send().await;
    let cipher = cipher.unwrap().ciphertext_blob.unwrap();
    let decrypted = kms.decrypt().ciphertext_blob(cipher.clone()).encryption_context("a", "b").send().await.unwrap();
    assert_eq!(decrypted.plaintext.unwrap().as_ref(), plain);
    let wrong = kms.decrypt().ciphertext_blob(cipher).send().await;
    assert!(wrong.unwrap_err().into_service_error().is_invalid_ciphertext_exception());
    kms.enable_key_rotation().key_id(&id).send().await.unwrap();
    assert!(kms.get_key_rotation_status().key_id(&id).send().await.unwrap().key_rotation_enabled);
    let policy = kms.get_key_policy().key_id(&id).policy_name("default").send().await.unwrap().policy.unwrap();
    assert!(policy.contains("kms:*"), "{policy}");
    let tags = kms.list_resource_tags().key_id(&id).into_paginator().items().send();
    assert_eq!(tags.collect::<Result<Vec<_>, _>>().await.unwrap()[0].tag_value, "ml");
    kms.delete_alias().alias_name(alias).send().await.unwrap();
    let gone = kms.describe_key().key_id(alias).send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found_exception());
    kms.schedule_key_deletion().key_id(&id).pending_window_in_days(7).send().await.unwrap();
    let read = kms.describe_key().key_id(&id).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(read.key_state, Some(KeyState::PendingDeletion));
    assert!(read.deletion_date.is_some());
    let data = kms.generate_data_key().key_id(&id).number_of_bytes(32).send().await;
    assert!(data.unwrap_err().into_service_error().is_kms_invalid_state_exception());
}
