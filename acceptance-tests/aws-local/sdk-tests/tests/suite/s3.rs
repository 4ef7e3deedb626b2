//! S3: checksums of every kind, uploads in parts, versions.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    BucketVersioningStatus, ChecksumAlgorithm, ChecksumMode, CompletedMultipartUpload, CompletedPart, Delete,
    ObjectIdentifier, VersioningConfiguration,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::harness::{code, settings};

/// A client that keeps the bucket in the path.
pub(crate) fn client() -> Client {
    Client::from_conf(aws_sdk_s3::config::Builder::from(&settings().sdk).force_path_style(true).build())
}

fn sha256(body: &[u8]) -> String {
    BASE64_STANDARD.encode(Sha256::digest(body))
}

/// Deletes a bucket with everything in it.
pub(crate) async fn delete_bucket(s3: &Client, bucket: &str) {
    let mut delete = Delete::builder();
    let (mut key, mut version, mut count) = (None, None, 0);
    loop {
        let page = s3.list_object_versions().bucket(bucket).max_keys(2).set_key_marker(key);
        let page = page.set_version_id_marker(version).send().await.unwrap();
        let all = page.versions().iter().map(|v| (v.key(), v.version_id()));
        for (key, version) in all.chain(page.delete_markers().iter().map(|m| (m.key(), m.version_id()))) {
            let object = ObjectIdentifier::builder().key(key.unwrap()).set_version_id(version.map(str::to_owned));
            delete = delete.objects(object.build().unwrap());
            count += 1;
        }
        if page.is_truncated != Some(true) {
            break;
        }
        (key, version) = (page.next_key_marker, page.next_version_id_marker);
    }
    if count > 0 {
        let deleted = s3.delete_objects().bucket(bucket).delete(delete.build().unwrap()).send().await.unwrap();
        assert_eq!((deleted.deleted().len(), deleted.errors().len()), (count, 0));
    }
    s3.delete_bucket().bucket(bucket).send().await.unwrap();
}

#[tokio::test]
async fn checksums_are_checked_and_kept() {
    let (s3, bucket, body) = (client(), "sdk-checksums", b"what is sent".as_slice());
    s3.create_bucket().bucket(bucket).send().await.unwrap();
    let put = |key: &str| s3.put_object().bucket(bucket).key(key).body(ByteStream::from_static(body));
    let get = async |key: &str| {
        s3.get_object().bucket(bucket).key(key).checksum_mode(ChecksumMode::Enabled).send().await.unwrap()
    };
    let answer = put("sha256").checksum_algorithm(ChecksumAlgorithm::Sha256).send().await.unwrap();
    assert_eq!(answer.checksum_sha256, Some(sha256(body)));
    let read = get("sha256").await;
    assert_eq!(read.checksum_sha256, Some(sha256(body)));
    assert_eq!(read.body.collect().await.unwrap().to_vec(), body);
    // The SDK compares what it reads with these, too.
    for algorithm in [ChecksumAlgorithm::Crc32C, ChecksumAlgorithm::Crc64Nvme, ChecksumAlgorithm::Sha1] {
        put(algorithm.as_str()).checksum_algorithm(algorithm.clone()).send().await.unwrap();
        let read = get(algorithm.as_str()).await;
        let kept = [&read.checksum_crc32_c, &read.checksum_crc64_nvme, &read.checksum_sha1];
        assert_eq!(kept.into_iter().flatten().count(), 1, "{algorithm}: {read:?}");
        assert_eq!(read.body.collect().await.unwrap().to_vec(), body);
    }
    assert!(put("default").send().await.unwrap().checksum_crc32.is_some(), "the SDK's default is CRC32");
    assert_eq!(code(put("wrong").checksum_sha256(sha256(b"another")).send().await), "BadDigest");
    let absent = s3.get_object().bucket(bucket).key("wrong").send().await;
    assert!(absent.unwrap_err().into_service_error().is_no_such_key());

    // A file is sent in chunks, with its checksum behind.
    let file = tempfile::NamedTempFile::new().unwrap();
    let large: Vec<u8> = (0..300_000_u32).map(|i| (i % 251) as u8).collect();
    std::fs::write(file.path(), &large).unwrap();
    let stream = ByteStream::from_path(file.path()).await.unwrap();
    let streamed = put("streamed").body(stream).checksum_algorithm(ChecksumAlgorithm::Sha256).send().await.unwrap();
    assert_eq!(streamed.checksum_sha256, Some(sha256(&large)));
    assert_eq!(get("streamed").await.body.collect().await.unwrap().to_vec(), large);
    delete_bucket(&s3, bucket).await;
}

#[tokio::test]
async fn an_object_is_uploaded_in_parts() {
    let (s3, bucket, key) = (client(), "sdk-multipart", "large");
    s3.create_bucket().bucket(bucket).send().await.unwrap();
    let sha256_too = ChecksumAlgorithm::Sha256;
    let made = s3.create_multipart_upload().bucket(bucket).key(key).checksum_algorithm(sha256_too.clone()).send().await;
    let id = made.unwrap().upload_id.unwrap();
    let parts = [vec![b'a'; 5 << 20], vec![b'b'; 1 << 10]];
    let mut done = CompletedMultipartUpload::builder();
    for (number, part) in (1..).zip(&parts) {
        let sent = s3.upload_part().bucket(bucket).key(key).upload_id(&id).part_number(number);
        let sent = sent.checksum_algorithm(sha256_too.clone()).body(part.clone().into()).send().await.unwrap();
        assert_eq!(sent.checksum_sha256, Some(sha256(part)));
        let part = CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag);
        done = done.parts(part.set_checksum_sha256(sent.checksum_sha256).build());
    }
    let uploads = s3.list_multipart_uploads().bucket(bucket).send().await.unwrap();
    assert_eq!(uploads.uploads()[0].upload_id.as_deref(), Some(id.as_str()));
    let listed = s3.list_parts().bucket(bucket).key(key).upload_id(&id).into_paginator().page_size(1).items().send();
    let sizes: Vec<_> = listed.collect::<Result<Vec<_>, _>>().await.unwrap().iter().map(|p| p.size).collect();
    assert_eq!(sizes, [Some(5 << 20), Some(1 << 10)]);
    let complete = s3.complete_multipart_upload().bucket(bucket).key(key).upload_id(&id);
    let complete = complete.multipart_upload(done.build()).send().await.unwrap();
    let of_parts: Vec<u8> = parts.iter().flat_map(Sha256::digest).collect();
    assert_eq!(complete.checksum_sha256, Some(format!("{}-2", sha256(&of_parts))));
    let read = s3.get_object().bucket(bucket).key(key).send().await.unwrap();
    assert_eq!(read.body.collect().await.unwrap().to_vec(), parts.concat());

    let made = s3.create_multipart_upload().bucket(bucket).key("never").send().await.unwrap();
    let id = made.upload_id.unwrap();
    s3.abort_multipart_upload().bucket(bucket).key("never").upload_id(&id).send().await.unwrap();
    let again = s3.abort_multipart_upload().bucket(bucket).key("never").upload_id(&id).send().await;
    assert!(again.unwrap_err().into_service_error().is_no_such_upload());
    delete_bucket(&s3, bucket).await;
}

#[tokio::test]
async fn versions_are_listed_and_deleted() {
    let (s3, bucket) = (client(), "sdk-versions");
    s3.create_bucket().bucket(bucket).send().await.unwrap();
    let again = s3.create_bucket().bucket(bucket).send().await;
    assert!(again.is_ok(), "us-east-1 lets an owner create a bucket again: {again:?}");
    let enabled = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    s3.put_bucket_versioning().bucket(bucket).versioning_configuration(enabled).send().await.unwrap();
    for body in ["one", "two", "three"] {
        s3.put_object().bucket(bucket).key("a/é &+").body(body.as_bytes().to_vec().into()).send().await.unwrap();
    }
    s3.delete_object().bucket(bucket).key("a/é &+").send().await.unwrap();
    s3.put_object().bucket(bucket).key("b").body(Vec::new().into()).send().await.unwrap();
    s3.put_object().bucket(bucket).key("c").body(Vec::new().into()).send().await.unwrap();
    let listed = s3.list_objects_v2().bucket(bucket).into_paginator().page_size(1).send();
    let pages = listed.collect::<Result<Vec<_>, _>>().await.unwrap();
    let keys: Vec<_> = pages.iter().map(|p| p.contents()[0].key.as_deref().unwrap()).collect();
    assert_eq!(keys, ["b", "c"]);
    let all = s3.list_object_versions().bucket(bucket).prefix("a/").send().await.unwrap();
    assert_eq!((all.versions().len(), all.delete_markers().len()), (3, 1));
    let oldest = all.versions().last().unwrap();
    let read = s3.get_object().bucket(bucket).key(oldest.key().unwrap()).version_id(oldest.version_id().unwrap());
    assert_eq!(read.send().await.unwrap().body.collect().await.unwrap().to_vec(), b"one");
    assert_eq!(code(s3.delete_bucket().bucket(bucket).send().await), "BucketNotEmpty");
    delete_bucket(&s3, bucket).await;
    let gone = s3.head_bucket().bucket(bucket).send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found());
}
