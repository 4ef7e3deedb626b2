//! The creation of a bucket: the look for one that has its name, and the request. What an interrupted creation left is reported
//! from what others made.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::value::{Path, Value};

use crate::aws::client::{Aws, Regional};
use crate::aws::creations::record::{Found, Identity, Sent};
use crate::aws::creations::{Creation, Kind};
use crate::aws::error::{AwsError, aws_error};
use crate::aws::names;
use crate::resources::storage::bucket_layout::{CallError, TYPE, exists, patiently};
use crate::resources::storage::bucket_model::BucketLayout;

/// Claims the name, and looks for a bucket that has it. True if there is one, which an interrupted creation left.
pub(super) async fn begin(cx: &Context<Aws>, regional: &Regional, planned: &Value) -> Result<(Creation, bool)> {
    let aws = cx.client()?;
    let generated = planned.attribute(BucketLayout::NAME).is_null();
    loop {
        let region = regional.region();
        let import = format!("{{}}@{region}");
        let delete = format!("aws s3 rb s3://{{}} --force --region {region}");
        let kind = Kind { type_name: TYPE, region, import: &import, delete: &delete };
        let fixed = planned.attribute(BucketLayout::NAME).as_str();
        let creation = aws.creations().begin(kind, planned, fixed, || names::choose(planned))?;
        let (s3, name) = (regional.s3(), creation.name());
        let attempted = format!("create the bucket {name:?}");
        let found = exists(s3, name).await;
        let at_name = |e: AwsError| Diags::from(e.diag(&attempted).at(Path::of(BucketLayout::NAME)));
        let error = match (found, &creation.earlier) {
            (Ok(false), _) => return Ok((creation, false)),
            (Ok(true), Some(earlier)) if is_made_by(s3, name, regional, |f| earlier.made(f)).await => {
                return Ok((creation, true));
            }
            (Ok(true), Some(_)) if generated => {
                cx.warn(creation.leave());
                continue;
            }
            (Ok(true), _) => taken(name, true),
            (Err(e), _) if e.status == Some(403) && !e.may_be_clock() => taken(name, false),
            (Err(e), _) if e.status == Some(301) => at_name(e),
            (Err(e), _) => return Err(e.diag(&attempted).into()),
        };
        creation.forget();
        return Err(error);
    }
}

/// Whether a creation made the bucket. A bucket has no identity but its name, which nobody else can have while it is
/// there; it is the creation's if it is as old. The time of creation changes with some settings, such as the policy
/// (S3 API reference, Bucket), so the creation counts as open until all settings are made.
async fn is_made_by(s3: &Client, name: &str, regional: &Regional, made: impl Fn(Found<'_>) -> bool) -> bool {
    let mut buckets = s3.list_buckets().prefix(name).into_paginator().send();
    while let Some(Ok(page)) = buckets.next().await {
        if let Some(bucket) = page.buckets().iter().find(|b| b.name() == Some(name)) {
            let created = bucket.creation_date().and_then(|t| t.to_millis().ok());
            return made(Found {
                identity: &Identity::new(),
                created,
                untimed: false,
                description: &described(regional),
            });
        }
    }
    false
}

/// What the request that creates a bucket says of it, besides its name.
fn described(regional: &Regional) -> Value {
    Value::object([("location", Value::from(regional.region()))])
}

/// Creates the bucket, and remembers that. Gives the creation back if there is a bucket now.
pub(super) async fn make(
    cx: &Context<Aws>,
    regional: &Regional,
    layout: &BucketLayout,
    mut creation: Creation,
) -> Result<Creation> {
    let (s3, name) = (regional.s3(), layout.bucket());
    let attempted = format!("create the bucket {name:?}");
    if let Some(warning) = creation.remember(Sent::of(&described(regional), &[])) {
        cx.warn(warning);
    }
    // us-east-1 has no location constraint (S3 API reference, CreateBucket).
    let location = (regional.region() != "us-east-1").then(|| {
        let location = BucketLocationConstraint::from(regional.region());
        CreateBucketConfiguration::builder().location_constraint(location).build()
    });
    let create = || async {
        let create = s3.create_bucket().bucket(name).set_create_bucket_configuration(location.clone());
        create.send().await.map(drop).map_err(|e| aws_error("S3", "CreateBucket", e))
    };
    let error = match creation.watched(patiently(cx, &attempted, |e| e.is("OperationAborted"), create)).await {
        Ok(()) => return Ok(creation),
        // An attempt whose answer was lost had made it.
        Err(CallError::Call(e))
            if e.is("BucketAlreadyOwnedByYou")
                && e.repeated
                && is_made_by(s3, name, regional, |f| creation.made(f)).await =>
        {
            return Ok(creation);
        }
        Err(CallError::Call(e)) if e.is("BucketAlreadyOwnedByYou") => taken(name, true),
        Err(CallError::Call(e)) if e.is("BucketAlreadyExists") => taken(name, false),
        Err(CallError::Call(e)) if e.is("InvalidBucketName") => {
            e.diag(&attempted).at(Path::of(BucketLayout::NAME)).into()
        }
        Err(failed) => {
            // A request may have reached S3 although its answer did not come back. Only a look tells.
            if let Ok(false) = exists(s3, name).await {
                creation.forget();
            }
            return Err(failed.diags(&attempted, None));
        }
    };
    creation.forget();
    Err(error)
}

fn taken(name: &str, ours: bool) -> Diags {
    let detail = if ours {
        format!(
            "A bucket {name:?} exists already, and this configuration did not create it. To manage it here, import \
             it: terraform import mlops_bucket_layout.NAME {name}"
        )
    } else {
        format!(
            "A bucket {name:?} of another account exists already; bucket names are globally unique. Choose \
                 another name."
        )
    };
    Diag::error("Bucket name already taken", detail).at(Path::of(BucketLayout::NAME)).into()
}
