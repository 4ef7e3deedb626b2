//! What local files had when they were reviewed, so that an apply sends nothing else.
//!
//! The hash of a source is an attribute, optional and computed. Left out, it is that of the files. Given, it says which
//! content is meant: the one that the state has, for which no file is needed and nothing is sent (`ignore_changes` gives
//! it so, Terraform core then handing on the state as the configuration), or another one, which the files must have.
//!
//! Terraform plans each resource a second time when it applies, and takes it for a bug of the provider if the result is
//! another one. Terraform 1.16 and later gives the private data of the first plan back, so that the second one can say
//! what happened. Other clients do not tell which of the two plans they ask for. For them a plan that changes a content
//! notes its hash below the directory for temporary files, and a plan that finds another one adds a warning to whatever
//! the client says. A new plan begins with a walk of validation by a process that is never configured (seen in Terraform
//! 1.11 to 1.15 and OpenTofu 1.12), which forgets the notes, and so does what is sent. They are a guess, and never an
//! error.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::validator::Validator;
use tfplug::value::{Path as At, Value};

/// Where the notes are. Unset: nothing is noted.
static NOTES: OnceLock<PathBuf> = OnceLock::new();
/// What plans promise, in Terraform's own data: nobody but the user can write there, and what is promised is acted on.
static PROMISES: OnceLock<PathBuf> = OnceLock::new();
/// Whether this process was configured: it plans or applies, and does not just validate.
static CONFIGURED: AtomicBool = AtomicBool::new(false);
/// The private data that holds the hash which the first plan of a change had.
const REVIEWED: &str = "reviewed";

/// Accepts a hash as these attributes have it.
pub const HASH: Validator = Validator::Text {
    expected: "a SHA-256 as 64 hexadecimal digits in lower case",
    accepts: |s| s.len() == 64 && s.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
};

/// Says which working data of Terraform this process belongs to. For a process that Terraform starts for one walk only.
pub fn set_directory(data_directory: &Path) {
    let Ok(data_directory) = std::path::absolute(data_directory) else { return };
    let name = format!("mlops-reviewed-{}", short(data_directory.as_os_str().as_encoded_bytes()));
    // A second one would be the same.
    drop(PROMISES.set(data_directory.join("mlops-promised")));
    drop(NOTES.set(std::env::temp_dir().join(name)));
}

/// Notes that this process plans or applies.
pub fn configured() {
    CONFIGURED.store(true, Ordering::Relaxed);
}

/// Notes that a configuration is validated. If that is all that this process is for, a new plan begins.
pub fn validated() {
    if CONFIGURED.load(Ordering::Relaxed) {
        return;
    }
    for notes in [&NOTES, &PROMISES].into_iter().filter_map(OnceLock::get) {
        // There usually are none.
        drop(std::fs::remove_dir_all(notes));
    }
}

/// Whether the configuration asks for the content that the state has: then no file is looked at.
pub fn is_kept(given: &Value, known: &Value) -> bool {
    given.as_str().is_some() && given == known
}

/// Local files and the attributes that they are planned for.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// The files as the user knows them, for messages: "the files of \"data\"".
    pub described: &'a str,
    /// All that says which files these are.
    pub identified: &'a str,
    /// The attribute that names the files.
    pub at: At,
    /// The attribute that has their hash.
    pub hash_at: At,
}

impl Source<'_> {
    /// Compares what the files have with what the configuration demands, and with what was reviewed.
    ///
    /// # Errors
    /// A diagnostic at the hash, if the configuration demands another; one at the files, if they had another in the plan
    /// that was reviewed, as far as the client tells.
    pub fn review<C>(&self, cx: &Context<C>, given: &Value, known: &Value, found: &str) -> Result<()> {
        let described = self.described;
        if let Some(given) = given.as_str().filter(|given| *given != found) {
            let detail = format!(
                "`{}` demands {given}, and {described} have {found}. Restore those files, or leave the attribute out: the \
                 plan then shows the hash of what is there.",
                self.hash_at
            );
            return Err(Diag::error("The files are not those that are demanded", detail)
                .at(self.hash_at.clone())
                .into());
        }
        if cx.stores_planned_private() {
            cx.set_private(REVIEWED, found.into());
            let reviewed = cx.planned_private(REVIEWED).and_then(serde_json::Value::as_str);
            return match reviewed.filter(|reviewed| *reviewed != found) {
                Some(reviewed) => Err(self.changed(reviewed, found).into()),
                None => Ok(()),
            };
        }
        let noted = NOTES.get().and_then(|notes| note(notes, self.identified, found, known.as_str() == Some(found)));
        if let Some(noted) = noted {
            let detail = format!(
                "In an earlier plan {described} had the SHA-256 {noted}, and now they have {found}. If that plan is being \
                 applied, Terraform refuses it below as inconsistent. This is no bug: plan again, so that what is \
                 applied is what was reviewed."
            );
            cx.warn(Diag::warning("The files changed since they were planned", detail).at(self.at.clone()));
        }
        Ok(())
    }

    /// The diagnostic for files that are not what the plan said.
    pub fn changed(&self, planned: &str, found: &str) -> Diag {
        let detail = format!(
            "In the plan {} had the SHA-256 {planned}, and now they have {found}. Nothing was uploaded. Plan again, so \
             that what is applied is what was reviewed.",
            self.described
        );
        Diag::error("The files changed between plan and apply", detail).at(self.at.clone())
    }
}

/// Notes in a plan what the apply must know of another resource than the one it works on.
pub fn promise(what: &str) {
    if let Some(promises) = PROMISES.get() {
        drop(note(promises, what, "", false));
    }
}

/// Whether the plan that is applied promised this, as far as Terraform's data directory tells.
pub fn is_promised(what: &str) -> bool {
    PROMISES.get().is_some_and(|promises| promises.join(short(what.as_bytes())).exists())
}

/// Forgets what was noted of these files: they are being sent.
pub fn sent(identified: &str) {
    if let Some(notes) = NOTES.get() {
        // Usually the client needs no notes, or another resource has the same files.
        drop(std::fs::remove_file(notes.join(short(identified.as_bytes()))));
    }
}

/// Notes the hash of files, unless nothing is `unchanged` by it; gives the one that was noted, if it is another. That is
/// forgotten then: the next plan is a new one in any case.
fn note(notes: &Path, identified: &str, found: &str, unchanged: bool) -> Option<String> {
    let file = notes.join(short(identified.as_bytes()));
    if unchanged {
        drop(std::fs::remove_file(&file));
        return None;
    }
    match std::fs::read_to_string(&file) {
        Ok(noted) if noted == found => None,
        Ok(noted) => {
            drop(std::fs::remove_file(&file));
            Some(noted)
        }
        Err(_) => {
            // As a whole or not at all: two resources may have one source, and are planned at the same time.
            let new = file.with_extension(format!("{:x}", fastrand::u64(..)));
            let written = std::fs::create_dir_all(notes)
                .and_then(|()| std::fs::write(&new, found))
                .and_then(|()| std::fs::rename(&new, &file));
            if let Err(e) = written {
                // Not being able to note it is no reason not to plan.
                tracing::debug!(error = %e, file = %file.display(), "the planned content cannot be noted");
            }
            None
        }
    }
}

fn short(text: &[u8]) -> String {
    Sha256::digest(text).iter().take(16).map(|b| format!("{b:02x}")).collect()
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
                    (0..8).map(|_| scope.spawn(|| note(directory.path(), "a", &"1".repeat(4096), false))).collect();
                all.into_iter().for_each(|one| assert_eq!(one.join().unwrap(), None));
            });
        }
    }

    #[test]
    fn another_content_is_told_once() {
        let directory = tempfile::tempdir().unwrap();
        let notes = directory.path().join("new");
        let note = |source, hash| note(&notes, source, hash, false);
        assert_eq!(note("a", "1"), None, "planned");
        assert_eq!(note("b", "2"), None, "another source");
        assert_eq!(note("a", "1"), None, "applied as planned");
        assert_eq!(note("a", "2"), Some("1".to_owned()));
        assert_eq!(note("a", "2"), None, "planned again");
    }

    #[test]
    fn what_the_state_has_is_no_change_to_review() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(note(directory.path(), "a", "1", false), None);
        assert_eq!(note(directory.path(), "a", "2", true), None, "back at what there is");
        assert_eq!(note(directory.path(), "a", "3", false), None, "nothing is noted any more");
    }

    #[test]
    fn only_a_known_hash_that_the_state_has_is_kept() {
        let (one, two) = (Value::from("1"), Value::from("2"));
        assert!(is_kept(&one, &one));
        for (given, known) in [(&one, &two), (&one, &Value::Null), (&Value::Null, &Value::Null)] {
            assert!(!is_kept(given, known), "{given:?} {known:?}");
        }
        assert!(!is_kept(&Value::unknown(), &Value::unknown()));
    }
}
