//! What of a dataset exists while it is brought about, so that the state is right whatever way that ends.

use std::collections::BTreeMap;

use tfplug::context::Context;
use tfplug::value::Value;

use crate::aws::clock::Clock;
use crate::aws::tags;
use crate::resources::storage::dataset_index::{ObjectIndex, Uploaded};
use crate::resources::storage::dataset_model::Dataset;
use crate::resources::storage::dataset_plan::{Files, files_of, summary};
use crate::resources::storage::dataset_remote::Head;
use crate::resources::storage::dataset_settings::Settings;

/// A dataset in the making: what of it exists by now. Whatever way the operation ends, the state learns of it.
///
/// There may be many files, so no hash is held that the plan or the state before has.
pub struct ProgressGuard<'a, C> {
    cx: &'a Context<C>,
    /// None once everything is as planned.
    planned: Option<&'a Value>,
    before: &'a Files,
    /// What the bucket has otherwise than before and than planned.
    other: Files,
    sent: Vec<String>,
    removed: Vec<String>,
    /// What objects are to get beside their content, and do not have yet.
    pending: BTreeMap<String, String>,
    /// AWS's clock.
    clock: Clock,
    /// What is remembered of the objects.
    pub index: ObjectIndex,
}

impl<'a, C> ProgressGuard<'a, C> {
    /// Begins with the files that exist before.
    pub fn new(cx: &'a Context<C>, planned: &'a Value, before: &'a Files, index: ObjectIndex, clock: &Clock) -> Self {
        Self {
            cx,
            planned: Some(planned),
            before,
            other: Files::new(),
            sent: Vec::new(),
            removed: Vec::new(),
            pending: BTreeMap::new(),
            clock: clock.clone(),
            index,
        }
    }

    /// What the objects are to have beside their content.
    pub fn settings(&self) -> Settings {
        self.planned.map(Settings::of).unwrap_or_default()
    }

    /// Notes what an object does not have yet.
    pub fn pending(&mut self, path: &str, what: String) {
        self.pending.insert(path.to_owned(), what);
    }

    /// Notes that an object has all that it is to have beside its content.
    pub fn settled(&mut self, path: &str) {
        self.pending.remove(path);
    }

    /// Takes over an object that is there already.
    pub fn adopted(&mut self, path: &str, head: &Head) {
        let seen = self.clock.seconds();
        self.index.uploaded(path, head.etag.clone(), head.size, head.version.clone(), seen);
        self.other.insert(path.to_owned(), Value::from(head.hash()));
    }

    /// Notes a file that was sent as planned.
    pub fn sent(&mut self, sent: Uploaded) {
        self.index.uploaded(&sent.relative, sent.etag, sent.size, sent.version, self.clock.seconds());
        self.pending.remove(&sent.relative);
        self.sent.push(sent.relative);
    }

    /// Notes a file that was removed, and the delete marker that S3 put in its place.
    pub fn removed(&mut self, path: &str, marker: Option<String>) {
        self.index.removed(path, marker);
        self.removed.push(path.to_owned());
    }

    /// Ends it: everything is as planned, and the caller says so.
    pub fn complete(mut self) {
        self.planned = None;
    }

    /// What exists now.
    fn files(&mut self, planned: &Value) -> Files {
        let mut files = self.before.clone();
        files.append(&mut self.other);
        let wanted = files_of(planned);
        for path in self.sent.drain(..) {
            if let Some(hash) = wanted.get(&path) {
                files.insert(path, hash.clone());
            }
        }
        for path in &self.removed {
            files.remove(path);
        }
        files
    }
}

impl<C> Drop for ProgressGuard<'_, C> {
    fn drop(&mut self) {
        let index = std::mem::take(&mut self.index);
        let Some(planned) = self.planned.take() else { return index.store(self.cx) };
        let files = self.files(planned);
        let exists = !files.is_empty() || index.paths().next().is_some();
        let bytes = files.keys().filter_map(|path| index.get(path)).map(|s| s.size).sum();
        index.store(self.cx);
        if !exists {
            return;
        }
        // The planned files are left out: there may be many, and these are not the ones that exist.
        let others = planned.as_entries().into_iter().flatten().filter(|(name, _)| *name != "files");
        let mut state = Value::object(others.map(|(name, value)| (name.clone(), value.clone())));
        for (attribute, value) in summary(files, bytes) {
            state.set_attribute(attribute, value);
        }
        state.set_attribute(Dataset::ALTERED_OBJECTS, tags::to_value(&self.pending));
        self.cx.save(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exists_is_saved_unless_all_is_as_planned() {
        let context = || -> Context<()> { Context::new(None, Default::default(), std::time::Duration::from_secs(1)) };
        let files = |files: &[(&str, &str)]| -> Files {
            files.iter().map(|(path, hash)| ((*path).to_owned(), Value::from(*hash))).collect()
        };
        let sent = |path: &str| Uploaded { relative: path.into(), etag: "e".into(), size: 7, version: None };
        let head = |sha256: &str| Head {
            sha256: Some(sha256.into()),
            ours: true,
            size: 5,
            etag: "e".into(),
            ..Head::default()
        };
        let planned = Value::object([
            ("bucket", Value::from("b")),
            ("files", Value::Map(files(&[("new", "n1"), ("same", "s1"), ("changed", "c2"), ("late", "l2")]))),
        ]);
        let before = files(&[("same", "s1"), ("changed", "c1"), ("late", "l1"), ("gone", "g1")]);
        let cx = context();
        drop(ProgressGuard::new(&cx, &planned, &Files::new(), ObjectIndex::default(), &Clock::default()));
        assert_eq!(cx.saved(), None, "nothing exists, so there is no state");
        let mut progress = ProgressGuard::new(&cx, &planned, &before, ObjectIndex::default(), &Clock::default());
        progress.adopted("new", &head("of an interrupted apply"));
        progress.sent(sent("new"));
        progress.sent(sent("changed"));
        progress.removed("gone", None);
        drop(progress);
        let saved = cx.saved().unwrap();
        assert_eq!((saved.attribute("bucket"), saved.attribute("total_bytes")), (&"b".into(), &14.into()));
        assert_eq!(files_of(&saved), &files(&[("new", "n1"), ("same", "s1"), ("changed", "c2"), ("late", "l1")]));
        let cx = context();
        let none = Files::new();
        let mut progress = ProgressGuard::new(&cx, &planned, &none, ObjectIndex::default(), &Clock::default());
        progress.adopted("new", &head("other"));
        drop(progress);
        assert_eq!(files_of(&cx.saved().unwrap()), &files(&[("new", "other")]), "there, but not as planned");
        let cx = context();
        let mut progress = ProgressGuard::new(&cx, &planned, &none, ObjectIndex::default(), &Clock::default());
        progress.sent(sent("new"));
        progress.complete();
        assert_eq!(cx.saved(), None);
        assert!(cx.private("objects").is_some());
    }
}
