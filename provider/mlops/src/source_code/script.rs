//! Script mode: from the attribute `source_code` to the archive in S3 and the settings that make a container run it.

use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::archive::{self as source_code, Scripts};
use crate::aws::client::{Aws, Regional};
use crate::aws::creations::Creation;
use crate::aws::empty_bucket::delete_every_version;
use crate::aws::s3_uri::S3Uri;
use crate::files::review::{self, Source};
use crate::source_code::SourceCode;

/// Where `source_code` is in the resource.
pub const AT: &str = "source_code";

/// Where its hash is.
const HASH: &str = "source_code.sha256";
/// Where the URI of the archive is.
const URI: &str = "source_code.uri";

/// Plans the hash of the directory and, as far as the place is known, the URI of the archive. `place` is the S3 URI below
/// which the archive goes unless the user names one; the object's name is added to it, so that destroying one object
/// takes no other's scripts.
///
/// # Errors
/// Diagnostics at `source_code` when the directory cannot be read, the entry point is not in it, or the content is
/// another one than the configuration demands or the reviewed plan had.
pub async fn plan<C>(cx: &Context<C>, plan: &mut Plan<'_>, place: Option<&str>) -> Result<()> {
    decide(cx, plan, place).await?;
    // The directory's own path may change: only what is in the archive, and where that is, makes another object.
    let (before, after) = (plan.prior.attribute(AT).clone(), plan.get(AT).clone());
    if plan.is_create() || (before.is_null() && after.is_null()) {
        return Ok(());
    }
    if before.is_null() || after.is_null() {
        plan.requires_replace(Path::of(AT));
    }
    for name in ["sha256", "entry_point", "uri"].into_iter().filter(|n| before.attribute(n) != after.attribute(n)) {
        plan.requires_replace(Path::of(AT).attribute(name));
    }
    Ok(())
}

async fn decide<C>(cx: &Context<C>, plan: &mut Plan<'_>, place: Option<&str>) -> Result<()> {
    let code = plan.get(AT).clone();
    if code.as_entries().is_none() {
        return Ok(());
    }
    let (given, known) = (
        plan.config.attribute(AT).attribute(SourceCode::SHA256),
        plan.prior.attribute(AT).attribute(SourceCode::SHA256),
    );
    if review::is_kept(given, known) {
        return Ok(());
    }
    if code.attribute(SourceCode::DIRECTORY).is_null() {
        let detail = "There is no archive with this content, so the directory that it is made from must be given.";
        return Err(Diag::error("Missing source_code.directory", detail).at(Path::of(AT)).into());
    }
    let Some(scripts) = Scripts::from_value(&code) else {
        if given.is_null() {
            plan.set_at(&Path::parse(HASH), Value::unknown_not_null());
        }
        plan.set_at(&Path::parse(URI), Value::unknown_not_null());
        return Ok(());
    };
    let (described, identified) = (scripts.described(), scripts.identified());
    let found = scripts.fingerprint(Path::of(AT)).await?;
    source(&described, &identified).review(cx, given, known, &found.sha256)?;
    let place = code
        .attribute(SourceCode::S3_URI)
        .as_str()
        .or(place)
        .filter(|_| !code.attribute(SourceCode::S3_URI).is_unknown());
    let uri = match (place, plan.get("name").as_str()) {
        (Some(place), Some(name)) => archive_uri(place, name, &found),
        _ => Value::unknown_not_null(),
    };
    if given.is_null() {
        plan.set_at(&Path::parse(HASH), Value::from(found.sha256));
    }
    plan.set_at(&Path::parse(URI), uri);
    Ok(())
}

fn source<'a>(described: &'a str, identified: &'a str) -> Source<'a> {
    Source { described, identified, at: Path::of(AT).attribute(SourceCode::DIRECTORY), hash_at: Path::parse(HASH) }
}

fn archive_uri(place: &str, name: &str, found: &source_code::Fingerprint) -> Value {
    match S3Uri::parse(place) {
        Ok(uri) => Value::from(format!("s3://{}/{}", uri.bucket, found.key(&below(&uri.key, name)))),
        Err(_) => Value::unknown_not_null(),
    }
}

fn below(prefix: &str, name: &str) -> String {
    let prefix = prefix.trim_matches('/');
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") }
}

/// Uploads the archive for the object of this name, after recording it in the creation; returns its URI and the entry
/// point, or None without `source_code`.
///
/// # Errors
/// Diagnostics when the directory changed since the plan, or S3 refuses.
pub async fn upload(
    cx: &Context<Aws>,
    aws: &Regional,
    planned: &Value,
    place: Option<&str>,
    creation: &mut Creation,
) -> Result<Option<(String, String)>> {
    let code = planned.attribute(AT);
    let text = |name: &str| code.attribute(name).as_str();
    let Some(scripts) = Scripts::from_value(code) else { return Ok(None) };
    let at = Path::of(AT);
    let (described, identified) = (scripts.described(), scripts.identified());
    let entry_point = scripts.entry_point.clone();
    let packed = scripts.archive(at.clone()).await?;
    let found = &packed.fingerprint.sha256;
    if let Some(planned) = text("sha256").filter(|planned| planned != found) {
        return Err(source(&described, &identified).changed(planned, found).into());
    }
    review::sent(&identified);
    let place = text("s3_uri").or(place).unwrap_or_default();
    let name = planned.attribute("name").as_str().unwrap_or_default();
    let uri = S3Uri::parse(place).map_err(|e| {
        Diag::error("Missing source_code.s3_uri", format!("{place:?}: {e}.")).at(at.attribute(SourceCode::S3_URI))
    })?;
    let key = packed.fingerprint.key(&below(&uri.key, name));
    let stored = format!("s3://{}/{key}", uri.bucket);
    if let Some(warning) = creation.remember_beside(&stored) {
        cx.warn(warning);
    }
    source_code::upload(aws.s3(), &uri.bucket, &key, packed, &at).await?;
    Ok(Some((stored, entry_point)))
}

/// The URI of the archive that belongs to an object.
pub fn archive(state: &Value) -> Option<String> {
    state.attribute(AT).attribute(SourceCode::URI).as_str().map(str::to_owned)
}

/// Whether the archive of an object is still there. What cannot be determined counts as no.
pub async fn remains(aws: &Regional, state: &Value) -> bool {
    let Some(uri) = archive(state).and_then(|uri| S3Uri::parse(&uri).ok()) else { return false };
    aws.s3().head_object().bucket(uri.bucket).key(uri.key).send().await.is_ok()
}

/// Removes the archive of an object that is gone, with all its versions: the bucket may be next, and must be empty then.
///
/// # Errors
/// What S3 answered, other than that there is no such bucket.
pub async fn remove(aws: &Regional, state: &Value) -> Result<()> {
    match archive(state) {
        Some(uri) => discard(aws, &uri).await,
        None => Ok(()),
    }
}

/// Removes an archive, with all its versions.
///
/// # Errors
/// What S3 answered, other than that there is no such bucket.
pub async fn discard(aws: &Regional, uri: &str) -> Result<()> {
    let Ok(uri) = S3Uri::parse(uri) else { return Ok(()) };
    let attempted = format!("delete the source code at s3://{}/{}", uri.bucket, uri.key);
    match delete_every_version(aws.s3(), &uri.bucket, &uri.key).await {
        Err(e) if e.is("NoSuchBucket") => Ok(()),
        Err(e) => Err(e.diag(&attempted).into()),
        Ok(refused) => match refused.first() {
            Some(first) => Err(Diag::error(format!("Could not {attempted}"), first.reason.clone()).into()),
            None => Ok(()),
        },
    }
}

/// Records in the state where the archive is.
pub fn record(planned: &mut Value, uri: String) {
    if let Some(slot) = planned.at_mut(&Path::parse(URI)) {
        *slot = Value::from(uri);
    }
}

/// What an imported object was made from, by the look of the archive's URI; null for an archive of somebody else's. The
/// directory is on a user's machine, and unknown.
pub fn recognise(program: &str, uri: &str) -> Value {
    let hash = uri.strip_suffix("/sourcedir.tar.gz").and_then(|u| u.rsplit_once("/source/")).map(|(_, hash)| hash);
    match hash.filter(|h| h.len() == 64 && h.bytes().all(|b| b.is_ascii_hexdigit())) {
        Some(hash) => Value::object([
            ("directory", Value::Null),
            ("entry_point", Value::from(program)),
            ("exclude", Value::Null),
            ("follow_links_outside", Value::Null),
            ("s3_uri", Value::Null),
            ("sha256", Value::from(hash)),
            ("uri", Value::from(uri)),
        ]),
        None => Value::Null,
    }
}

/// Takes the settings of script mode out of what AWS says of hyperparameters or environment: they are shown as
/// `source_code`. `known` is what the state has of these settings.
pub fn hide(settings: &Value, known: &Value, value: &mut Value, program: &str, directory: &str) -> Value {
    let Some(entries) = settings.as_entries() else { return settings.clone() };
    let (Some(script), Some(uri)) = (settings.attribute(program).as_str(), settings.attribute(directory).as_str())
    else {
        return settings.clone();
    };
    let mut code = value.attribute(AT).clone();
    if code.is_null() && known.attribute(program).is_null() {
        code = recognise(script, uri);
        value.set_attribute(AT, code.clone());
    }
    if code.is_null() {
        return settings.clone();
    }
    let mut own = entries.clone();
    // Another script of the archive is the user's own setting.
    if known.attribute(program).is_null() && code.attribute(SourceCode::ENTRY_POINT).as_str() == Some(script) {
        own.remove(program);
    }
    own.remove(directory);
    if own.is_empty() { Value::Null } else { Value::Map(own) }
}
