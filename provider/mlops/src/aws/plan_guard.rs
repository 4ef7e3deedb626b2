//! What local files had when they were planned, so that an apply sends nothing else than what was reviewed.
//!
//! Terraform plans each resource a second time when it applies, and takes it for a bug of the provider if the result is
//! another one. It does not tell a provider which of the two it is asked for. So a plan leaves the hash of each source in
//! a small file in Terraform's data directory, and the second one compares: only then can the diagnostic say what
//! happened, and where. A new plan begins with a walk of validation by a process that is never configured (seen in
//! Terraform 1.11); that forgets what earlier plans have left. On a machine without these files Terraform's own error
//! remains.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};

/// Where the hashes are. Unset: nothing is remembered.
static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
/// Whether this process was configured: it plans or applies, and does not just validate.
static CONFIGURED: AtomicBool = AtomicBool::new(false);

/// Says where Terraform's data directory is. For a process that Terraform starts for one walk only.
pub fn set_directory(data_directory: &Path) {
    // A second one would be the same.
    drop(DIRECTORY.set(data_directory.join("mlops-reviewed")));
}

/// Notes that this process plans or applies.
pub fn configured() {
    CONFIGURED.store(true, Ordering::Relaxed);
}

/// Notes that a configuration is validated. If that is all that this process is for, a new plan begins.
pub fn validated() {
    if let (false, Some(directory)) = (CONFIGURED.load(Ordering::Relaxed), DIRECTORY.get()) {
        // There usually is none.
        drop(std::fs::remove_dir_all(directory));
    }
}

/// Remembers the hash of a source in the plan, and compares it in the apply. `source` is all that says which files these
/// are.
///
/// # Errors
/// The hash that was planned, if it was another one. It is forgotten then: the next plan is a new one in any case.
pub fn compare(source: &str, hash: &str) -> Result<(), String> {
    match DIRECTORY.get() {
        Some(directory) => compare_in(directory, source, hash),
        None => Ok(()),
    }
}

/// Notes in the plan what the apply must know of another resource than the one it works on.
pub fn note(what: &str) {
    if let Some(directory) = DIRECTORY.get() {
        drop(compare_in(directory, what, ""));
    }
}

/// Whether the plan that is applied noted this.
pub fn is_noted(what: &str) -> bool {
    DIRECTORY.get().is_some_and(|directory| file_of(directory, what).exists())
}

fn file_of(directory: &Path, source: &str) -> PathBuf {
    let name: String = Sha256::digest(source).iter().take(16).map(|b| format!("{b:02x}")).collect();
    directory.join(name)
}

fn compare_in(directory: &Path, source: &str, hash: &str) -> Result<(), String> {
    let file = file_of(directory, source);
    match std::fs::read_to_string(&file) {
        Ok(planned) if planned == hash => Ok(()),
        Ok(planned) => {
            drop(std::fs::remove_file(&file));
            Err(planned)
        }
        Err(_) => {
            // As a whole or not at all: two resources may have one source, and are planned at the same time.
            let new = file.with_extension(format!("{:x}", fastrand::u64(..)));
            let written = std::fs::create_dir_all(directory)
                .and_then(|()| std::fs::write(&new, hash))
                .and_then(|()| std::fs::rename(&new, &file));
            if let Err(e) = written {
                // Not being able to remember is no reason not to plan.
                tracing::debug!(error = %e, file = %file.display(), "the planned content cannot be recorded");
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_with_one_source_do_not_see_each_other_write() {
        for _ in 0..50 {
            let directory = tempfile::tempdir().unwrap();
            std::thread::scope(|scope| {
                let all: Vec<_> =
                    (0..8).map(|_| scope.spawn(|| compare_in(directory.path(), "a", &"1".repeat(4096)))).collect();
                all.into_iter().for_each(|one| assert_eq!(one.join().unwrap(), Ok(())));
            });
        }
    }

    #[test]
    fn another_content_is_told_once() {
        let directory = tempfile::tempdir().unwrap();
        let compare = |source, hash| compare_in(&directory.path().join("new"), source, hash);
        assert_eq!(compare("a", "1"), Ok(()), "planned");
        assert_eq!(compare("b", "2"), Ok(()), "another source");
        assert_eq!(compare("a", "1"), Ok(()), "applied as planned");
        assert_eq!(compare("a", "2"), Err("1".to_owned()));
        assert_eq!(compare("a", "2"), Ok(()), "planned again");
    }
}
