//! Buckets that exist already: imported, or moved from another provider.

use tfplug::diag::{Diag, Result};
use tfplug::model::Root;
use tfplug::resource::{MoveSource, Moved};
use tfplug::value::Value;

use super::bucket_model::BucketLayout;
use crate::aws::arn::Arn;
use crate::engine::{MovedFrom, moves};

/// The resource whose buckets `moved` blocks bring here.
pub(super) const MOVED_FROM: MovedFrom = MovedFrom::new("aws_s3_bucket", &["bucket"]);

/// The nearly empty state of a bucket that is imported by its name or its ARN, either with `@REGION` behind it.
///
/// # Errors
/// A diagnostic that says what an ID looks like.
pub(super) fn imported(id: &str) -> Result<Value> {
    let (given, region) = id.split_once('@').map_or((id, None), |(name, region)| (name, Some(region)));
    let arn = Arn::parse(given).ok();
    let name = match &arn {
        Some(arn) if arn.service == "s3" => arn.resource.as_str(),
        Some(_) => "",
        None => given,
    };
    if name.is_empty() || name.contains(['/', ':']) || region.is_some_and(str::is_empty) {
        let detail = format!(
            "{id:?} identifies no bucket. Give `my-bucket`, `my-bucket@eu-west-1` or `arn:aws:s3:::my-bucket`."
        );
        return Err(Diag::error("Invalid import ID", detail).into());
    }
    let mut state = BucketLayout::schema().object.null_value();
    state.set_attribute(BucketLayout::NAME, Value::from(name));
    state.set_attribute(BucketLayout::REGION, Value::from(region.map(str::to_owned)));
    Ok(state)
}

/// The nearly empty state of a bucket that another resource had.
///
/// # Errors
/// A diagnostic that says what its state lacks.
pub(super) fn taken_over(source: &MoveSource) -> Result<Option<Moved>> {
    let Some(bucket) = moves::source(&[MOVED_FROM], source)? else { return Ok(None) };
    let mut state = imported(&bucket.id)?;
    state.set_attribute(BucketLayout::REGION, Value::from(bucket.region));
    Ok(Some(moves::moved(state)))
}
