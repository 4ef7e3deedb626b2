//! Creations in progress, remembered on disk, so that an apply that was killed is taken up where it broke off.
//!
//! Terraform learns of a new object only when the provider answers. If the provider, Terraform or the machine dies
//! before, AWS has an object that no state knows. Each creation therefore leaves a small file, `mlops-creating/` in
//! Terraform's data directory (`.terraform`), right before the first call that creates anything, and after the look that
//! finds what others made. The file goes when the object is seen in the state. The next apply that creates the same kind
//! of object from the same configuration finds the file, uses the name in it, and takes over what is there. An existing
//! object without such a file is somebody else's: that stays an error.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use sha2::{Digest, Sha256};
use tfplug::value::Value;

/// Where Terraform keeps its own working data. Set once by the configuration.
static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
/// Names that this process is creating or has created: two resources with one name must not both take it over.
static CLAIMED: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// Says where Terraform's data directory is (`TF_DATA_DIR`, else `.terraform`).
pub fn set_directory(data_directory: &Path) {
    // A second configuration of the same process has the same directory.
    drop(DIRECTORY.set(data_directory.join("mlops-creating")));
}

/// A creation in progress.
#[derive(Debug)]
pub struct Creation {
    /// The name of the object.
    pub name: String,
    /// Whether an earlier creation of this object broke off: if it exists, it is ours.
    pub interrupted: bool,
    /// Whether that creation had the very same configuration.
    pub unchanged: bool,
    entry: Entry,
}

impl Creation {
    /// Notes the creation, right before the first request that creates. An object that somebody else made must have
    /// been looked for before: from here on, what is there counts as this creation's.
    pub fn remember(&self) {
        self.entry.write();
    }

    /// Forgets the creation: nothing of it exists, and what exists is somebody else's.
    pub fn forget(&self) {
        end(&self.entry.type_name, &self.name);
    }
}

/// Begins the creation of an object: claims its name in this process. `generated` makes the name where the user gave
/// none; an interrupted creation from the same configuration keeps the name that it had.
///
/// # Errors
/// A sentence, if this very process already creates an object of this type and name.
pub fn begin(
    type_name: &str,
    region: &str,
    planned: &Value,
    generated: impl FnOnce() -> String,
) -> Result<Creation, String> {
    let fixed = planned.attribute("name").as_str().map(str::to_owned);
    let fingerprint = fingerprint(type_name, region, planned);
    let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
    let is_claimed = |name: &str| claimed.iter().any(|(t, n)| t == type_name && n == name);
    let earlier = entries().into_iter().find(|e| {
        e.type_name == type_name
            && e.region == region
            && !is_claimed(&e.name)
            && fixed.as_ref().map_or(e.fingerprint == fingerprint, |name| *name == e.name)
    });
    let interrupted = earlier.is_some();
    let unchanged = earlier.as_ref().is_some_and(|e| e.fingerprint == fingerprint);
    let name = fixed.or(earlier.map(|e| e.name)).unwrap_or_else(generated);
    if is_claimed(&name) {
        return Err(format!("another resource of this configuration creates a {type_name} named {name:?}"));
    }
    claimed.push((type_name.to_owned(), name.clone()));
    let entry = Entry { type_name: type_name.to_owned(), region: region.to_owned(), name: name.clone(), fingerprint };
    Ok(Creation { name, interrupted, unchanged, entry })
}

/// Forgets a creation: the object is in the state, or was never made.
pub fn end(type_name: &str, name: &str) {
    CLAIMED.lock().unwrap_or_else(PoisonError::into_inner).retain(|(t, n)| !(t == type_name && n == name));
    if let Some(file) = file_of(type_name, name) {
        // No file is the usual case: most reads follow no creation.
        drop(std::fs::remove_file(file));
    }
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Entry {
    type_name: String,
    region: String,
    name: String,
    fingerprint: String,
}

impl Entry {
    fn write(&self) {
        let Some(file) = file_of(&self.type_name, &self.name) else { return };
        let write = || -> std::io::Result<()> {
            if let Some(parent) = file.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(&file, serde_json::to_vec(self)?)
        };
        if let Err(e) = write() {
            // Not being able to remember is no reason not to create.
            tracing::warn!(error = %e, file = %file.display(), "an interrupted creation could not be taken up again");
        }
    }
}

fn file_of(type_name: &str, name: &str) -> Option<PathBuf> {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    DIRECTORY.get().map(|d| d.join(format!("{type_name}.{}.json", name.chars().map(safe).collect::<String>())))
}

fn entries() -> Vec<Entry> {
    let Some(files) = DIRECTORY.get().and_then(|d| std::fs::read_dir(d).ok()) else { return Vec::new() };
    let read = |f: std::fs::DirEntry| serde_json::from_slice(&std::fs::read(f.path()).ok()?).ok();
    files.filter_map(|f| read(f.ok()?)).collect()
}

fn fingerprint(type_name: &str, region: &str, planned: &Value) -> String {
    // The debug form is complete and ordered, and lives only as long as one version of the provider needs it.
    let digest = Sha256::digest(format!("{type_name}\n{region}\n{planned:?}"));
    digest.iter().take(16).map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_creation_is_found_once() {
        let directory = tempfile::tempdir().unwrap();
        set_directory(directory.path());
        let planned = Value::object([("name", Value::Null), ("image", Value::from("x"))]);
        let first = begin("mlops_job", "r", &planned, || "job-1".into()).unwrap();
        assert!(!first.interrupted);
        assert!(entries().is_empty(), "nothing was created yet");
        first.remember();
        // Killed here: the claims of the process are gone, the file is not.
        CLAIMED.lock().unwrap().clear();
        let again = begin("mlops_job", "r", &planned, || "job-2".into()).unwrap();
        assert_eq!((again.name.as_str(), again.interrupted), ("job-1", true));
        let twin = begin("mlops_job", "r", &planned, || "job-2".into()).unwrap();
        assert_eq!((twin.name.as_str(), twin.interrupted), ("job-2", false), "a twin gets a name of its own");
        twin.remember();
        again.forget();
        twin.forget();
        assert!(entries().is_empty());
        let named = Value::object([("name", Value::from("n"))]);
        assert!(!begin("mlops_job", "r", &named, String::new).unwrap().interrupted);
        assert!(begin("mlops_job", "r", &named, String::new).is_err(), "two resources with one name");
    }
}
