//! What interrupted creations left in AWS: looked for when the provider is configured, and named in warnings.

use std::time::Duration;

use tfplug::diag::Diags;

use super::DECLARED;
use super::identity::execution_role;
use super::storage::{bucket_layout, dataset};
use crate::aws::client::Aws;
use crate::aws::creations::left_over as warning;
use crate::aws::creations::record::Record;
use crate::aws::error::{AwsError, aws_error};
use crate::aws::s3_uri::S3Uri;

/// How long all looks together may take: they must not keep a plan from beginning.
const LIMIT: Duration = Duration::from_secs(10);
/// How long a request that was cut off may still take effect.
const SETTLED_MS: i64 = 120_000;

/// A warning for each object that an interrupted creation may have left and no state has. What does not exist is
/// forgotten.
pub async fn left_over(aws: &Aws) -> Diags {
    let mut diags = Diags::new();
    let creations = aws.creations();
    let end = tokio::time::Instant::now() + LIMIT;
    for record in creations.left_over() {
        let looked = tokio::time::timeout_at(end, exists(aws, &record)).await;
        if matches!(looked, Ok(Ok(false))) {
            if creations.clock().now() - record.alive > SETTLED_MS {
                creations.forget(&record);
            }
            continue;
        }
        if let (Some(file), false) = (creations.file_of(&record), creations.is_told(&record)) {
            diags.push(warning(&record, &file));
        }
    }
    diags
}

/// Whether anything of a creation exists.
async fn exists(aws: &Aws, record: &Record) -> Result<bool, AwsError> {
    let regional = aws.region(Some(record.region.as_str()).filter(|r| !r.is_empty()));
    for uri in record.beside.iter().filter_map(|uri| S3Uri::parse(uri).ok()) {
        if regional.s3().head_object().bucket(uri.bucket).key(uri.key).send().await.is_ok() {
            return Ok(true);
        }
    }
    match record.type_name.as_str() {
        bucket_layout::TYPE => bucket_layout::exists(regional.s3(), &record.name).await,
        execution_role::TYPE => execution_role::exists(&regional, &record.name).await,
        dataset::TYPE => {
            let (bucket, prefix) = record.name.split_once('/').unwrap_or((&record.name, ""));
            let listed = regional.s3().list_objects_v2().bucket(bucket).prefix(prefix).max_keys(1).send().await;
            match listed.map_err(|e| aws_error("S3", "ListObjectsV2", e)) {
                Ok(found) => Ok(!found.contents().is_empty()),
                Err(e) if e.is("NoSuchBucket") => Ok(false),
                Err(e) => Err(e),
            }
        }
        declared => match DECLARED.iter().find(|d| d.type_name() == declared) {
            Some(declared) => declared.exists(&regional, record).await,
            // A type that this version of the provider does not know.
            None => Ok(true),
        },
    }
}
