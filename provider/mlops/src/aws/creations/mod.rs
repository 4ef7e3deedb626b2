//! Creations in progress, remembered on disk, so that an apply that was cut off is taken up where it broke off.
//!
//! Terraform learns of a new object only when it receives the provider's result. If the provider, Terraform or the host
//! dies before, AWS has an object that no state knows. Each creation therefore leaves a small file in
//! `mlops-creating/` of Terraform's data directory (`.terraform`) before its first call that changes anything, and after
//! the look that finds what others made. The file goes when Terraform has received the result.
//!
//! A file alone proves nothing: names are given again, and the directory is shared and copied. An object is taken over
//! or removed only if the file is of the same state and account and the object is proven to be the creation's work
//! ([`record::Record::made`]). Without proof it is somebody else's.

pub mod record;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use sha2::{Digest, Sha256};
use tfplug::diag::{Diag, Diags};
use tfplug::value::{Path as At, Value};

use crate::aws::clock::Clock;
use record::{End, Identity, Record, Scope, Sent, hex};

/// How often an open request shows that its process lives.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// Where Terraform runs, and for which state.
#[derive(Clone, Debug)]
pub struct Place {
    /// Terraform's data directory: `TF_DATA_DIR`, else `.terraform`.
    pub data_directory: PathBuf,
    /// The scope, but for the account and the endpoint.
    pub scope: Scope,
}

impl Place {
    /// The place of a process that Terraform started in this directory. `workspace` is what `TF_WORKSPACE` says.
    pub fn new(data_directory: PathBuf, directory: &Path, workspace: Option<String>) -> Self {
        let read = |name: &str| std::fs::read(data_directory.join(name)).ok();
        // Terraform keeps the chosen workspace and the initialized backend in these files.
        let chosen = || Some(String::from_utf8_lossy(&read("environment")?).trim().to_owned());
        let workspace = workspace.or_else(chosen).filter(|w| !w.is_empty()).unwrap_or_else(|| "default".to_owned());
        let backend = read("terraform.tfstate").and_then(|state| {
            let state: serde_json::Value = serde_json::from_slice(&state).ok()?;
            let backend = state.get("backend")?;
            Some(hex(&Sha256::digest(format!("{}{}", backend.get("type")?, backend.get("config")?))))
        });
        let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        let directory = directory.canonicalize().unwrap_or(directory).display().to_string();
        let scope = Scope { directory, workspace, backend: backend.unwrap_or_default(), ..Scope::default() };
        Self { data_directory, scope }
    }

    /// The text of the state where it is in the working directory, as it is without a backend of the user's; empty
    /// elsewhere.
    fn local_state(&self) -> String {
        let Scope { directory, workspace, backend, .. } = &self.scope;
        let file = match workspace.as_str() {
            _ if !backend.is_empty() => return String::new(),
            "default" => Path::new(directory).join("terraform.tfstate"),
            workspace => Path::new(directory).join("terraform.tfstate.d").join(workspace).join("terraform.tfstate"),
        };
        std::fs::read_to_string(file).unwrap_or_default()
    }
}

/// The creations of a process, and those that earlier ones left.
#[derive(Debug)]
pub struct Creations {
    directory: Option<PathBuf>,
    scope: Scope,
    clock: Clock,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// What earlier processes left, of this state and account.
    earlier: Vec<(PathBuf, Record)>,
    /// Names that this process is creating or has created: no two resources may have one.
    claimed: BTreeSet<Key>,
    /// Files of creations whose result is on its way to Terraform, by what a state knows the objects by.
    answered: BTreeMap<Key, PathBuf>,
    /// Whether it was said that nothing can be remembered.
    unwritable: bool,
}

type Key = (String, String, String);

fn key(record: &Record) -> Key {
    (record.type_name.clone(), record.region.clone(), record.name.clone())
}

/// What kind of object is to be created, and where.
#[derive(Clone, Copy, Debug)]
pub struct Kind<'a> {
    /// The resource's type: `mlops_model`.
    pub type_name: &'a str,
    /// The region; empty for what is global.
    pub region: &'a str,
    /// What an import of the object takes, with `{}` for its name, or `{arn}` if AWS gives the key.
    pub import: &'a str,
    /// The command that deletes the object, with `{}` for its name, or `{own}` for the last part of that, or `{arn}`
    /// or `{id}`, the last part of the ARN.
    pub delete: &'a str,
}

impl Creations {
    /// The creations of a process, with what earlier ones left. Without a place nothing is remembered beyond the process.
    /// The clock tells AWS's time.
    pub fn load(place: Option<&Place>, account: Option<&str>, endpoint: String, clock: Clock) -> Arc<Self> {
        let directory = place.map(|p| directory_of(&p.data_directory));
        let scope = place.map(|p| p.scope.clone()).unwrap_or_default();
        let scope = Scope { account: account.map(str::to_owned), endpoint, ..scope };
        let mut earlier = directory.as_deref().map(read_all).unwrap_or_default();
        earlier.retain(|(_, record)| record.scope.is_same_state(&scope) && record.scope.is_same_account(&scope));
        Arc::new(Self { directory, scope, clock, inner: Mutex::new(Inner { earlier, ..Inner::default() }) })
    }

    /// The state, account and endpoint that this process works for.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the creation of an object: claims its name in this process. `fixed` is the name that the user gave, and
    /// `generate` makes one where there is none; an interrupted creation from the same configuration keeps the name that it had.
    ///
    /// # Errors
    /// A diagnostic at `name`, if another resource of the configuration has the same name.
    pub fn begin(
        self: &Arc<Self>,
        kind: Kind<'_>,
        planned: &Value,
        fixed: Option<&str>,
        generate: impl FnOnce() -> String,
    ) -> Result<Creation, Diag> {
        let fingerprint = fingerprint(kind, planned);
        let mut inner = self.inner();
        let wanted = |r: &Record| {
            (r.type_name.as_str(), r.region.as_str()) == (kind.type_name, kind.region)
                && fixed.map_or(r.fingerprint == fingerprint, |name| name == r.name)
        };
        let found = inner.earlier.iter().position(|(_, r)| wanted(r) && !inner.claimed.contains(&key(r)));
        let id = format!("{:032x}", fastrand::u128(..));
        let file = self.directory.as_ref().map(|d| d.join(format!("{id}.json")));
        let earlier = found.map(|i| inner.earlier.swap_remove(i)).and_then(|(old, record)| {
            // Another process of the same run may want it, too: only one can rename the file.
            std::fs::rename(old, file.as_ref()?).ok().map(|()| record)
        });
        let name = fixed.map(str::to_owned).or_else(|| Some(earlier.as_ref()?.name.clone())).unwrap_or_else(generate);
        let now = self.clock.now();
        let new = Record {
            scope: self.scope.clone(),
            type_name: kind.type_name.to_owned(),
            import: kind.import.to_owned(),
            delete: kind.delete.to_owned(),
            region: kind.region.to_owned(),
            name,
            fingerprint: String::new(),
            started: now,
            alive: now,
            sent: Sent::default(),
            identity: None,
            end: End::Open,
            beside: Vec::new(),
            token: id,
            missed: false,
            told: None,
        };
        // Until something else is created, the file goes on telling of what is there.
        let record =
            Record { fingerprint, end: End::Open, missed: false, told: None, ..earlier.clone().unwrap_or(new) };
        if !inner.claimed.insert(key(&record)) {
            let (kind, name) = (kind.type_name, &record.name);
            let detail = format!("Another resource of this configuration is a {kind} with the name {name:?}, too.");
            return Err(Diag::error("Duplicate resource name", detail).at(At::of("name")));
        }
        drop(inner);
        Ok(Creation { creations: self.clone(), record, file, earlier })
    }

    /// The creation of an object of this name that an earlier run began, and whose result was never seen.
    pub fn begun(&self, type_name: &str, region: &str, name: &str) -> Option<Record> {
        let is_it =
            |r: &Record| (r.type_name.as_str(), r.region.as_str(), r.name.as_str()) == (type_name, region, name);
        self.inner().earlier.iter().map(|(_, record)| record).find(|record| is_it(record)).cloned()
    }

    /// Takes note of an object that the state has: it needs no remembering, unless it is broken and still this process's
    /// to replace. `name` is what [`Record::known_as`] is.
    pub fn seen(&self, type_name: &str, region: &str, name: &str, broken: bool) {
        let is_it = |r: &Record| (r.type_name.as_str(), r.region.as_str(), r.known_as()) == (type_name, region, name);
        let mut inner = self.inner();
        inner.earlier.retain(|(file, record)| {
            let stays = !is_it(record) || (broken && record.end == End::Broken);
            if !stays {
                remove(file);
            }
            stays
        });
        if let (Some(file), false) =
            (inner.answered.remove(&(type_name.to_owned(), region.to_owned(), name.to_owned())), broken)
        {
            remove(&file);
        }
    }

    /// Takes note that an object is gone: its name is free.
    pub fn gone(&self, type_name: &str, region: &str, name: &str) {
        self.seen(type_name, region, name, false);
        self.inner().claimed.remove(&(type_name.to_owned(), region.to_owned(), name.to_owned()));
    }

    /// What earlier runs began and no state is known to have.
    pub fn left_over(&self) -> Vec<Record> {
        self.inner().earlier.iter().map(|(_, r)| r).filter(|r| r.is_unaccounted_for()).cloned().collect()
    }

    /// The clock that creations are dated by: AWS's, as its responses tell it.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Forgets what an earlier run began: nothing of it exists.
    pub fn forget(&self, record: &Record) {
        self.seen(&record.type_name, &record.region, record.known_as(), false);
    }

    /// Where the file of a creation of an earlier run is.
    pub fn file_of(&self, record: &Record) -> Option<PathBuf> {
        self.inner().earlier.iter().find(|(_, r)| key(r) == key(record)).map(|(file, _)| file.clone())
    }

    /// Whether this run of Terraform was warned of it already; if not, it is now.
    pub fn is_told(&self, record: &Record) -> bool {
        let Some(run) = run_of_terraform() else { return false };
        let mut inner = self.inner();
        let Some((file, record)) = inner.earlier.iter_mut().find(|(_, r)| key(r) == key(record)) else { return false };
        if record.told == Some(run) {
            return true;
        }
        record.told = Some(run);
        // At worst the warning comes twice.
        drop(write(file, record, false));
        false
    }

    /// Terraform has received every result, and ends this process.
    pub fn released(&self) {
        let mut inner = self.inner();
        std::mem::take(&mut inner.answered).values().for_each(|file| remove(file));
        for (file, record) in &mut inner.earlier {
            if record.end == End::Answered && !record.missed {
                record.missed = true;
                // At worst it is warned of one run later.
                drop(write(file, record, false));
            }
        }
    }
}

/// A creation in progress.
#[derive(Debug)]
pub struct Creation {
    creations: Arc<Creations>,
    record: Record,
    file: Option<PathBuf>,
    /// What an earlier run began under this name, or from this configuration.
    pub earlier: Option<Record>,
}

impl Creation {
    /// The name of the object.
    pub fn name(&self) -> &str {
        &self.record.name
    }

    /// The client token of the creation: the same one again if it is taken up.
    pub fn token(&self) -> &str {
        &self.record.token
    }

    /// Takes another client token: what the former one yielded is gone.
    pub fn renew_token(&mut self) {
        self.record.token = format!("{:032x}", fastrand::u128(..));
    }

    /// URIs of what was made beside the object, by an earlier run, too.
    pub fn beside(&self) -> &[String] {
        &self.record.beside
    }

    /// Remembers the creation, right before the first request that changes anything; again when what is sent changes. An
    /// object of others must have been looked for before. Gives a warning, once, if nothing can be remembered.
    pub fn remember(&mut self, sent: Sent) -> Option<Diag> {
        let now = self.creations.clock.now();
        self.record = Record { sent, started: now, alive: now, identity: None, ..self.record.clone() };
        self.store(true)
    }

    /// Remembers something that is about to be made beside the object.
    pub fn remember_beside(&mut self, uri: &str) -> Option<Diag> {
        if self.record.beside.iter().any(|b| b == uri) {
            return None;
        }
        self.record.beside.push(uri.to_owned());
        self.store(true)
    }

    /// Waits for the request that creates. Until it is answered, the file shows that this process lives.
    #[expect(clippy::disallowed_methods, reason = "nothing waits for it")]
    pub async fn watched<T>(&mut self, request: impl Future<Output = T>) -> T {
        tokio::pin!(request);
        loop {
            tokio::select! {
                answer = &mut request => {
                    self.record.alive = self.creations.clock.now();
                    return answer;
                }
                () = tokio::time::sleep(HEARTBEAT) => {
                    self.record.alive = self.creations.clock.now();
                    drop(self.store(false));
                }
            }
        }
    }

    /// Whether an object that the answered request may have made is its work.
    pub fn made(&self, found: record::Found<'_>) -> bool {
        self.record.made(found)
    }

    /// Remembers the identity of the object, which may now take long to become ready.
    pub fn identified(&mut self, identity: Identity) {
        self.record.identity = Some(identity);
        drop(self.store(false));
    }

    /// The result is on its way to Terraform: with a sound object, or a broken one. An object without an identity is told
    /// by its age.
    pub fn answered(mut self, identity: Identity, broken: bool) {
        self.record.identity = Some(identity).filter(|identity| !identity.is_empty());
        self.record.end = if broken { End::Broken } else { End::Answered };
        drop(self.store(false));
        if let (Some(file), false) = (self.file, broken) {
            let Record { type_name, region, .. } = &self.record;
            let known = (type_name.clone(), region.clone(), self.record.known_as().to_owned());
            self.creations.inner().answered.insert(known, file);
        }
    }

    /// Forgets the creation: nothing of it exists, and what exists is somebody else's.
    pub fn forget(self) {
        self.file.iter().for_each(|file| remove(file));
        self.creations.inner().claimed.remove(&key(&self.record));
    }

    /// Leaves what an earlier run began as it is: it stays remembered, but is not taken up. Gives the warning of it: with
    /// another name for the new object nobody else will look for it.
    pub fn leave(self) -> Diag {
        self.creations.inner().claimed.remove(&key(&self.record));
        left_over(self.earlier.as_ref().unwrap_or(&self.record), self.file.as_deref().unwrap_or(Path::new("")))
    }

    fn store(&self, durably: bool) -> Option<Diag> {
        let file = self.file.as_ref()?;
        let error = write(file, &self.record, durably).err()?;
        tracing::warn!(%error, file = %file.display(), "a creation could not be remembered");
        if std::mem::replace(&mut self.creations.inner().unwritable, true) {
            return None;
        }
        let detail = format!(
            "{}: {error}.\n\nThe apply goes on. But if it is cut off while it creates something, the next one cannot know \
             that: what has a fixed name is then reported as existing already, and has to be imported; what has a generated \
             name stays in AWS unnoticed. Let Terraform's data directory be writable.",
            file.display()
        );
        Some(Diag::warning("Interrupted creations cannot be remembered", detail))
    }
}

/// What a process that is not configured can tell of interrupted creations: of which account they are, it does not know.
/// Terraform stores its state at intervals only (OpenTofu always, Terraform with most backends), so a result that it
/// received before it was killed may be lost, and where nothing was stored a destroy comes to no other process.
pub fn warnings(place: &Place) -> Diags {
    let mut diags = Diags::new();
    let stored = std::cell::LazyCell::new(|| place.local_state());
    for (file, record) in read_all(&directory_of(&place.data_directory)) {
        let told = record.told.is_some() && record.told == run_of_terraform();
        if told || !record.scope.is_same_state(&place.scope) {
            continue;
        }
        let lost = || !stored.contains(&format!("{:?}", record.known_as()));
        if record.is_unaccounted_for() || (record.end == End::Answered && lost()) {
            diags.push(left_over(&record, &file));
            // At worst the warning comes twice.
            drop(write(&file, &Record { told: run_of_terraform(), ..record }, false));
        }
    }
    diags
}

/// The warning of something that an interrupted creation may have left.
pub fn left_over(record: &Record, file: &Path) -> Diag {
    let Record { type_name, region, .. } = record;
    // A name that is the provider's own tells the user nothing but what it begins with: what the object belongs to.
    let name = match (record.is_named_by_aws(), record.known_as()) {
        (true, own) if own == record.name => format!("of {:?}", own.split(' ').next().unwrap_or_default()),
        (_, known) => format!("{known:?}"),
    };
    let place = if region.is_empty() { String::new() } else { format!(" in {region}") };
    let (id, delete) = (with_name(&record.import, record), with_name(&record.delete, record));
    let why = match record.end {
        End::Answered => "was finished, but Terraform was cut off before it is known to have stored that",
        _ => "was cut off, and it is in no state",
    };
    let beside: String = record.beside.iter().map(|uri| format!("\nStored beside it: {uri}")).collect();
    let account = record.scope.account.as_deref().map(|a| format!(" of the account {a}")).unwrap_or_default();
    let unknown = if record.is_named_by_aws() && record.known_as() == record.name {
        let began = DateTime::from_millis(record.started).fmt(Format::DateTime).unwrap_or_default();
        format!(" Its ARN is not known: look for one that was created at {began} or a moment later.")
    } else {
        String::new()
    };
    Diag::warning(
        format!("An interrupted apply may have left the {type_name} {name} in AWS"),
        format!(
            "Its creation{place}{account} {why}. If this configuration creates it again, it is taken over, or replaced if it is \
             not what is wanted any more. Otherwise it stays and may cost money: import it, or delete it.{unknown}\n\n  terraform import {type_name}.NAME {id}\n  {delete}\n{beside}\n\
             To stop this warning without either, remove {}.",
            file.display()
        ),
    )
}

/// Puts an object's name into what an import or a command takes.
fn with_name(template: &str, record: &Record) -> String {
    let own = record.name.rsplit('/').next().unwrap_or_default();
    let arn = if record.known_as() == record.name { "ARN" } else { record.known_as() };
    let id = arn.rsplit('/').next().unwrap_or(arn);
    template.replace("{}", &record.name).replace("{own}", own).replace(record::ARN, arn).replace(record::ID, id)
}

fn directory_of(data_directory: &Path) -> PathBuf {
    data_directory.join("mlops-creating")
}

fn read_all(directory: &Path) -> Vec<(PathBuf, Record)> {
    let Ok(files) = std::fs::read_dir(directory) else { return Vec::new() };
    let read = |path: PathBuf| {
        let record = serde_json::from_slice(&std::fs::read(&path).ok()?).ok()?;
        Some((path, record))
    };
    files.filter_map(|f| read(f.ok()?.path())).collect()
}

/// Writes a file as a whole or not at all; `durably`, so that it survives a power cut.
fn write(file: &Path, record: &Record, durably: bool) -> std::io::Result<()> {
    use std::io::Write;
    if let Some(directory) = file.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let new = file.with_extension("new");
    let mut writing = std::fs::File::create(&new)?;
    writing.write_all(&serde_json::to_vec(record)?)?;
    if durably {
        writing.sync_data()?;
    }
    std::fs::rename(new, file)
}

fn remove(file: &Path) {
    // No file is as good: it could not be written.
    drop(std::fs::remove_file(file));
}

/// The Terraform process that started this one, where that can be told.
fn run_of_terraform() -> Option<u32> {
    #[cfg(unix)]
    return Some(std::os::unix::process::parent_id());
    #[cfg(not(unix))]
    None
}

fn fingerprint(kind: Kind<'_>, planned: &Value) -> String {
    // The debug form is complete and ordered, and lives only as long as one version of the provider needs it.
    hex(&Sha256::digest(format!("{}\n{}\n{planned:?}", kind.type_name, kind.region)))
}

#[cfg(test)]
mod tests;
