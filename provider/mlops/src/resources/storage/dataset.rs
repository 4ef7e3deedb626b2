//! `mlops_dataset`: local files kept in step with a prefix of a bucket.
//!
//! The plan hashes the files, so it knows which ones will be added, changed and removed; only those move. The bucket is
//! compared by listing it. What others put below the prefix is left alone, and an object that others put where a file
//! would go is not overwritten.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::types::ObjectIdentifier;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::resource::{Resource, Update};
use tfplug::schema::Schema;
use tfplug::value::{Path, Value};
use tokio::task::JoinSet;

use crate::aws::client::Aws;
use crate::aws::clock::Clock;
use crate::aws::creations::record::{Identity, Sent};
use crate::aws::creations::{Creation, Kind};
use crate::aws::empty_bucket::{BATCH, Refusal, delete, delete_current, identifier, versions_below};
use crate::aws::error::AwsError;
use crate::aws::operation::stopped;
use crate::aws::s3_uri::S3Uri;
use crate::aws::{arn, identity, names, tags};
use crate::files::hashing::{forget_hashes, sha256_from_hex};
use crate::files::review;
use crate::resources::storage::dataset_in_place::{Change, LARGEST_COPY, change_all, changes};
use crate::resources::storage::dataset_index::{ObjectIndex, UNVERSIONED};
use crate::resources::storage::dataset_model::Dataset;
use crate::resources::storage::dataset_plan::{Files, SUMMARY, Source, content_hash, files_of, key_prefix, summary};
use crate::resources::storage::dataset_progress::ProgressGuard;
use crate::resources::storage::dataset_remote::{
    Location, at_bucket, has_versions, heads, list, read, tags_of, uploaded_by_datasets,
};
use crate::resources::storage::dataset_transfer::{Destination, PendingUpload, upload_all};

/// Batches of deletions in flight.
const PARALLEL: usize = 8;
/// How many keys are named in a message.
const NAMED: usize = 5;

/// The resource's type.
pub(crate) const TYPE: &str = "mlops_dataset";

/// Where a dataset lives.
struct Place {
    bucket: String,
    prefix: String,
    region: String,
    s3: Client,
    clock: Clock,
}

impl Place {
    fn of(cx: &Context<Aws>, value: &Value) -> Result<Self> {
        let text = |name: &str| value.attribute(name).as_str().unwrap_or_default().to_owned();
        let regional = cx.client()?.region(value.attribute(Dataset::REGION).as_str());
        let (region, s3) = (regional.region().to_owned(), regional.s3().clone());
        let clock = cx.client()?.clock().clone();
        Ok(Self { bucket: text("bucket"), prefix: key_prefix(&text("prefix")), region, s3, clock })
    }

    fn at(&self) -> Location<'_> {
        Location { s3: &self.s3, bucket: &self.bucket, prefix: &self.prefix }
    }

    /// What the dataset is called where creations are remembered.
    fn name(&self) -> String {
        format!("{}/{}", self.bucket, self.prefix)
    }

    /// Begins the creation of the dataset. What an interrupted one left is found by its content.
    fn begin(&self, cx: &Context<Aws>) -> Result<Creation> {
        let aws = cx.client()?;
        let (name, region) = (self.name(), &self.region);
        let delete = format!("aws s3 rm s3://{{}} --recursive --region {region}    (all below this prefix)");
        let kind = Kind { type_name: TYPE, region, import: "{}", delete: &delete };
        let named = Value::object([("name", Value::from(name.as_str()))]);
        let begun = aws.creations().begin(kind, &named, Some(&name), String::new);
        Ok(begun.map_err(|e| e.at(Path::of(Dataset::PREFIX)))?)
    }

    fn uri(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.prefix)
    }
}

/// The resource.
#[derive(Debug)]
pub struct DatasetResource;

#[async_trait]
impl Resource<Aws> for DatasetResource {
    fn schema(&self) -> Schema {
        Dataset::schema()
    }

    fn check_config(&self, config: &Value) -> Diags {
        review::validated();
        let mut diags = Diags::new();
        if let Some(source) = Source::from_value(config) {
            diags.absorb(source.selection());
        }
        diags
    }

    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        names::plan_region(cx, plan);
        // An import that found nothing altered leaves nothing in the state.
        let imported = !plan.is_create() && plan.prior.attribute(Dataset::ALTERED_OBJECTS).is_null();
        plan.set(Dataset::ALTERED_OBJECTS, if imported { Value::Null } else { Value::Map(BTreeMap::new()) });
        let prefix = plan.get(Dataset::PREFIX).as_str().map(key_prefix);
        if let (true, Some(bucket), Some(prefix)) = (plan.is_create(), plan.get(Dataset::BUCKET).as_str(), &prefix) {
            let uri = Value::from(format!("s3://{bucket}/{prefix}"));
            plan.set(Dataset::URI, uri);
        }
        let (given, known) =
            (plan.config.attribute(Dataset::CONTENT_SHA256), plan.prior.attribute(Dataset::CONTENT_SHA256));
        if review::is_kept(given, known) {
            return Ok(());
        }
        if plan.get(Dataset::SOURCE).is_null() {
            return Err(missing_source().into());
        }
        let open: Vec<_> = SUMMARY.into_iter().filter(|name| *name != "content_sha256" || given.is_null()).collect();
        let Some(source) = Source::from_value(plan.planned()) else {
            open.into_iter().for_each(|attribute| plan.set(attribute, Value::unknown_not_null()));
            return Ok(());
        };
        let (described, identified) = (source.described(), source.identified());
        let (files, bytes) = blocking(move || source.hashes(prefix.as_deref().unwrap_or_default())).await?;
        let found = content_hash(&files);
        let local = review::Source {
            described: &described,
            identified: &identified,
            at: Path::of(Dataset::SOURCE),
            hash_at: Path::of(Dataset::CONTENT_SHA256),
        };
        local.review(cx, given, known, &found)?;
        let known_now = summary(files, bytes).into_iter().filter(|(name, _)| open.contains(name));
        known_now.for_each(|(attribute, value)| plan.set(attribute, value));
        Ok(())
    }

    async fn create(&self, cx: &Context<Aws>, planned: Value) -> Result<Value> {
        let place = Place::of(cx, &planned)?;
        let mut creation = place.begin(cx)?;
        if let Some(warning) = creation.remember(Sent::default()) {
            cx.warn(warning);
        }
        let mut sending = false;
        let outcome = upload(cx, &place, planned, creation.earlier.is_some(), &mut sending).await;
        if outcome.is_ok() || cx.saved().is_some() {
            creation.answered(Identity::new(), false);
        } else if !sending {
            creation.forget();
        }
        // What was being sent may be there: the next creation finds it to be its own by the record.
        outcome
    }

    async fn read(&self, cx: &Context<Aws>, state: Value) -> Result<Option<Value>> {
        let place = Place::of(cx, &state)?;
        let mut index = ObjectIndex::load(cx);
        let found = read(cx, place.at(), &state, &mut index, &place.clock).await?;
        cx.client()?.creations().seen(TYPE, &place.region, &place.name(), false);
        let Some(found) = found else { return Ok(None) };
        index.store(cx);
        let mut value = state;
        value.set_attribute(Dataset::ALTERED_OBJECTS, tags::to_value(&found.altered));
        value.set_attribute(Dataset::URI, Value::from(place.uri()));
        let regional = cx.client()?.region(value.attribute(Dataset::REGION).as_str());
        value.set_attribute(Dataset::REGION, Value::from(regional.region()));
        for (attribute, computed) in found.attributes.into_iter().chain(summary(found.files, found.bytes)) {
            value.set_attribute(attribute, computed);
        }
        Ok(Some(value))
    }

    async fn update(&self, cx: &Context<Aws>, update: Update) -> Result<Value> {
        let place = Place::of(cx, &update.prior)?;
        let there = files_of(&update.prior);
        let index = ObjectIndex::load(cx);
        let mut in_place = changes(&update.prior, &update.planned);
        let too_large = |path: &String, _: &mut Change| index.get(path).is_some_and(|s| s.size > LARGEST_COPY);
        let again = in_place.extract_if(.., too_large).map(|(path, _)| path).collect();
        let work = prepare(cx, &place, update.planned, there, &again).await?;
        let wanted = files_of(&work.planned);
        let gone: Vec<String> = there.keys().filter(|path| !wanted.contains_key(*path)).cloned().collect();
        let mut progress = ProgressGuard::new(cx, &work.planned, there, index, &place.clock);
        let is_known = |path: &String| there.contains_key(path) || progress.index.get(path).is_some();
        let is_new = |w: &PendingUpload| !is_known(&w.file.relative);
        let (new, known): (Vec<_>, Vec<_>) = work.waiting.into_iter().partition(is_new);
        let mut waiting = adopt(cx, &place, new, true, &mut progress).await?;
        waiting.extend(known);
        send(cx, &place, work.source, waiting, &mut progress).await?;
        change_all(cx, place.at(), &work.planned, in_place, &mut progress).await?;
        remove(cx, &place, gone, &mut progress).await?;
        progress.complete();
        Ok(work.planned)
    }

    async fn delete(&self, cx: &Context<Aws>, state: Value) -> Result<()> {
        let place = Place::of(cx, &state)?;
        let index = ObjectIndex::load(cx);
        let paths: BTreeSet<&String> = files_of(&state).keys().chain(index.paths()).collect();
        // Deleting without a version would only hide an object from before the bucket had versions.
        let versioned = match has_versions(&place.s3, &place.bucket).await {
            Err(e) if e.is("NoSuchBucket") => return Ok(()),
            answer => answer.map_err(|e| at_bucket(&e, &format!("delete the files below {}", place.uri())))?,
        };
        let unversioned = versioned.then_some(UNVERSIONED);
        let mut objects = match versioned {
            true => forgotten(cx, &place, &paths, &index).await?,
            false => Vec::new(),
        };
        for path in paths {
            let key = format!("{}{path}", place.prefix);
            match index.get(path).map(|s| s.versions).filter(|v| !v.is_empty()) {
                None => objects.extend(identifier(&key, unversioned)),
                Some(versions) => objects.extend(versions.iter().filter_map(|v| identifier(&key, Some(v)))),
            }
        }
        delete_all(cx, &place, objects).await?;
        cx.client()?.creations().gone(TYPE, &place.region, &place.name());
        Ok(())
    }

    fn identity_part(&self, aws: Option<&Aws>, _part: &str, state: &Value) -> Value {
        identity::account_of(aws, state)
    }

    fn check_identity(&self, cx: &Context<Aws>, given: &Value) -> Result<()> {
        identity::check_account(cx, given)
    }

    async fn import(&self, _cx: &Context<Aws>, id: &str) -> Result<Value> {
        // A prefix may have an `@`, too, so only what looks like a region is one.
        let (id, region) = match id.rsplit_once('@') {
            Some((id, region)) if arn::is_region(region) => (id, Some(region)),
            _ => (id, None),
        };
        let uri = if id.starts_with("s3://") { id.to_owned() } else { format!("s3://{id}") };
        let place = S3Uri::parse(&uri).map_err(|e| {
            let detail = format!(
                "{e} Give `BUCKET/PREFIX`, such as `my-bucket/data/digits`, or `BUCKET` alone; in another region \
                 `BUCKET/PREFIX@REGION`."
            );
            Diag::error("Invalid import ID", detail)
        })?;
        let mut state = self.schema().object.null_value();
        state.set_attribute(Dataset::BUCKET, Value::from(place.bucket));
        state.set_attribute(Dataset::PREFIX, Value::from(place.key));
        state.set_attribute(Dataset::REGION, Value::from(region.map(str::to_owned)));
        Ok(state)
    }
}

/// Uploads a new dataset. What datasets have uploaded already is its own if an interrupted creation of it began that. Notes whether
/// it began to send anything.
async fn upload(cx: &Context<Aws>, place: &Place, planned: Value, began: bool, sending: &mut bool) -> Result<Value> {
    let nothing = Files::new();
    let work = prepare(cx, place, planned, &nothing, &BTreeSet::new()).await?;
    let mut progress = ProgressGuard::new(cx, &work.planned, &nothing, ObjectIndex::default(), &place.clock);
    let waiting = adopt(cx, place, work.waiting, began, &mut progress).await?;
    *sending = true;
    send(cx, place, work.source, waiting, &mut progress).await?;
    progress.complete();
    Ok(work.planned)
}

/// Versions that the dataset uploaded and does not remember, and delete markers of files that have no others' versions:
/// Terraform keeps no private state of an object that it replaces as tainted, nor of an update that it was killed after.
async fn forgotten(
    cx: &Context<Aws>,
    place: &Place,
    paths: &BTreeSet<&String>,
    index: &ObjectIndex,
) -> Result<Vec<ObjectIdentifier>> {
    let (mut versions, mut markers) = match versions_below(&place.s3, &place.bucket, &place.prefix).await {
        Ok(found) => found,
        Err(error) => {
            // What is remembered can be deleted without the permission to list versions.
            tracing::warn!(%error, uri = place.uri(), "versions that are not remembered are left");
            return Ok(Vec::new());
        }
    };
    let is_forgotten = |v: &ObjectIdentifier| {
        let path = v.key().strip_prefix(place.prefix.as_str()).unwrap_or_default().to_owned();
        let known = index.get(&path).map(|s| s.versions).unwrap_or_default();
        paths.contains(&path) && v.version_id().is_some_and(|id| !known.iter().any(|k| k == id))
    };
    versions.retain(is_forgotten);
    markers.retain(is_forgotten);
    let mut ours = uploaded_by_datasets(cx, &place.s3, &place.bucket, versions.clone()).await?;
    // Without its marker a version of others would be the object again.
    let others: BTreeSet<&str> = versions.iter().filter(|v| !ours.contains(v)).map(ObjectIdentifier::key).collect();
    markers.retain(|marker| !others.contains(marker.key()));
    ours.extend(markers);
    Ok(ours)
}

/// What an apply has to do.
struct Work {
    planned: Value,
    source: PathBuf,
    waiting: Vec<PendingUpload>,
}

/// What is to be sent: the files of the plan that `there` lacks or has otherwise, and those to be sent `again`. The local
/// files must still be those of the plan. Where the plan did not know the files, they are found out now.
async fn prepare(
    cx: &Context<Aws>,
    place: &Place,
    mut planned: Value,
    there: &Files,
    again: &BTreeSet<String>,
) -> Result<Work> {
    let region = cx.client()?.region(planned.attribute(Dataset::REGION).as_str());
    planned.set_attribute(Dataset::REGION, Value::from(region.region()));
    planned.set_attribute(Dataset::URI, Value::from(place.uri()));
    if files_of(&planned) == there && !there.is_empty() && again.is_empty() {
        return Ok(Work { planned, source: PathBuf::new(), waiting: Vec::new() });
    }
    let source = Source::from_value(&planned).ok_or_else(missing_source)?;
    review::sent(&source.identified());
    if planned.attribute(Dataset::FILES).is_null() {
        let (source, prefix) = (source.clone(), place.prefix.clone());
        let (files, bytes) = blocking(move || source.hashes(&prefix)).await?;
        for (attribute, value) in summary(files, bytes) {
            planned.set_attribute(attribute, value);
        }
    }
    forget_hashes();
    let place_of_files = PathBuf::from(&source.path);
    let local = blocking(move || source.list()).await?;
    let wanted = files_of(&planned);
    let mut waiting = Vec::with_capacity(local.len());
    let mut missing: BTreeSet<&str> = wanted.keys().map(String::as_str).collect();
    for file in local {
        missing.remove(file.relative.as_str());
        let Some(hash) = wanted.get(&file.relative) else {
            return Err(appeared(&file.relative, "was added to"));
        };
        if there.get(&file.relative) != Some(hash) || again.contains(&file.relative) {
            let hash = hash.as_str().unwrap_or_default();
            let sha256 = sha256_from_hex(hash).ok_or_else(|| Diag::bug("A planned hash is none", hash))?;
            waiting.push(PendingUpload { file, sha256 });
        }
    }
    match missing.first() {
        Some(path) => Err(appeared(path, "is gone from")),
        None => Ok(Work { planned, source: place_of_files, waiting }),
    }
}

fn missing_source() -> Diag {
    let detail =
        "The bucket does not have the content that is wanted: set `source` to the directory or file to upload.";
    Diag::error("Missing source", detail).at(Path::of(Dataset::SOURCE))
}

fn appeared(path: &str, what: &str) -> Diags {
    let detail = format!("{path:?} {what} the source since it was planned. Nothing was uploaded. Plan again.");
    Diag::error("The files changed between plan and apply", detail).at(Path::of(Dataset::SOURCE)).into()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Diag::bug("Reading local files was aborted", e))?
}

/// Looks for what is in the bucket already under the keys of new files. What an interrupted apply of this dataset may have left
/// is taken over; what others put there is an error, and so is another dataset's. Gives the files that still have to be sent.
async fn adopt(
    cx: &Context<Aws>,
    place: &Place,
    files: Vec<PendingUpload>,
    began: bool,
    progress: &mut ProgressGuard<'_, Aws>,
) -> Result<Vec<PendingUpload>> {
    if files.is_empty() {
        return Ok(files);
    }
    let attempted = format!("list the objects below {}", place.uri());
    let listed = list(&place.s3, &place.bucket, &place.prefix).await.map_err(|e| at_bucket(&e, &attempted))?;
    let there = files.iter().map(|w| &w.file.relative).filter(|path| listed.contains_key(*path)).cloned().collect();
    let there = heads(cx, place.at(), there).await?;
    let foreign = there.iter().filter(|(_, h)| !h.ours || !began).map(|(path, _)| path.as_str()).collect::<Vec<_>>();
    if !foreign.is_empty() {
        let named = foreign.iter().take(NAMED).map(|p| format!("{}{p}", place.prefix)).collect::<Vec<_>>().join(", ");
        let detail = format!(
            "The bucket {:?} already has objects at keys of files of this dataset, and {} uploaded them: \
             {named}{}. Choose another prefix, delete them, or import them: terraform import mlops_dataset.NAME {}/{}",
            place.bucket,
            if there.values().any(|h| h.ours) && !began { "another dataset" } else { "no dataset" },
            if foreign.len() > NAMED { format!(" and {} more", foreign.len() - NAMED) } else { String::new() },
            place.bucket,
            place.prefix.trim_end_matches('/')
        );
        return Err(Diag::error("Objects already exist at the destination", detail)
            .at(Path::of(Dataset::PREFIX))
            .into());
    }
    let settings = &progress.settings();
    let tagged = match settings.has_tags() {
        true => tags_of(cx, place.at(), there.keys().cloned().collect()).await?,
        false => BTreeMap::new(),
    };
    let mut left = Vec::new();
    for waiting in files {
        let path = &waiting.file.relative;
        let Some(head) = there.get(path) else {
            left.push(waiting);
            continue;
        };
        progress.adopted(path, head);
        let differs = settings.differences(path, head);
        let differs = differs.or_else(|| settings.tag_differences(tagged.get(path)?));
        differs.iter().for_each(|what| progress.pending(path, what.clone()));
        let sha256 = head.sha256.as_deref().and_then(sha256_from_hex);
        if sha256 != Some(waiting.sha256) || head.size != waiting.file.size || differs.is_some() {
            left.push(waiting);
        }
    }
    Ok(left)
}

async fn send(
    cx: &Context<Aws>,
    place: &Place,
    source: PathBuf,
    files: Vec<PendingUpload>,
    progress: &mut ProgressGuard<'_, Aws>,
) -> Result<()> {
    tracing::info!(uri = place.uri(), "uploading {} files", files.len());
    let settings = progress.settings();
    let destination = Destination { source, bucket: place.bucket.clone(), prefix: place.prefix.clone(), settings };
    upload_all(cx, &place.s3, destination, files, |sent| progress.sent(sent)).await
}

/// Removes files that the dataset no longer has. In a bucket with versions their versions stay.
async fn remove(
    cx: &Context<Aws>,
    place: &Place,
    paths: Vec<String>,
    progress: &mut ProgressGuard<'_, Aws>,
) -> Result<()> {
    let attempted = format!("remove files below {}", place.uri());
    for batch in paths.chunks(BATCH) {
        cx.check().map_err(|stop| stopped(stop, &attempted, ""))?;
        let keys = batch.iter().filter_map(|path| identifier(&format!("{}{path}", place.prefix), None)).collect();
        let (deleted, refused) =
            delete_current(&place.s3, &place.bucket, keys).await.map_err(|e| e.diag(&attempted))?;
        for (key, marker) in deleted {
            progress.removed(key.strip_prefix(&place.prefix).unwrap_or(&key), marker);
        }
        if !refused.is_empty() {
            return Err(refusals(&attempted, &refused));
        }
    }
    Ok(())
}

async fn delete_all(cx: &Context<Aws>, place: &Place, objects: Vec<ObjectIdentifier>) -> Result<()> {
    let attempted = format!("delete the files below {}", place.uri());
    let mut batches: JoinSet<Result<Vec<Refusal>, AwsError>> = JoinSet::new();
    let mut objects = objects.into_iter().peekable();
    let mut refused = Vec::new();
    loop {
        cx.check().map_err(|stop| stopped(stop, &attempted, " Destroy again for the rest."))?;
        while batches.len() < PARALLEL && objects.peek().is_some() {
            let batch: Vec<_> = objects.by_ref().take(BATCH).collect();
            let (s3, bucket) = (place.s3.clone(), place.bucket.clone());
            batches.spawn(async move { delete(&s3, &bucket, batch).await });
        }
        match batches.join_next().await {
            None if refused.is_empty() => return Ok(()),
            None => return Err(refusals(&attempted, &refused)),
            Some(Ok(Ok(left))) => refused.extend(left),
            Some(Ok(Err(e))) if e.is("NoSuchBucket") => return Ok(()),
            Some(Ok(Err(e))) => return Err(e.diag(&attempted).into()),
            Some(Err(e)) => return Err(Diag::bug("A batch of deletions was aborted", e).into()),
        }
    }
}

fn refusals(attempted: &str, refused: &[Refusal]) -> Diags {
    let named: Vec<String> = refused.iter().take(NAMED).map(|r| format!("{}: {}", r.key, r.reason)).collect();
    let detail = format!("S3 refused to delete {} objects, such as\n{}", refused.len(), named.join("\n"));
    Diag::error(format!("Could not {attempted}"), detail).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_sound() {
        assert_eq!(Dataset::schema().defects(), Vec::<String>::new());
    }

    #[test]
    fn bad_globs_are_told_before_any_call() {
        let config = Value::object([("source", Value::from("x")), ("exclude", Value::List(vec![Value::from("a[")]))]);
        let diags = DatasetResource.check_config(&config);
        assert_eq!(diags.0[0].path.to_string(), "exclude[0]");
    }

    #[tokio::test]
    async fn imports_by_bucket_and_prefix() {
        let cx = Context::new(None, Default::default(), std::time::Duration::from_secs(1));
        for (id, bucket, prefix) in [("bkt/a/b", "bkt", "a/b"), ("s3://bkt/a/", "bkt", "a/"), ("bkt", "bkt", "")] {
            let state = DatasetResource.import(&cx, id).await.unwrap();
            assert_eq!((state.attribute("bucket"), state.attribute("prefix")), (&bucket.into(), &prefix.into()));
        }
        for (id, prefix, region) in [("bkt/a@b/c@eu-west-1", "a@b/c", Some("eu-west-1")), ("bkt/a@b", "a@b", None)] {
            let state = DatasetResource.import(&cx, id).await.unwrap();
            assert_eq!(
                (state.attribute("prefix").as_str(), state.attribute("region").as_str()),
                (Some(prefix), region)
            );
        }
        assert!(DatasetResource.import(&cx, "Not_A_Bucket/x").await.is_err());
    }
}
