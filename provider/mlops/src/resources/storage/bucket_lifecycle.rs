//! Lifecycle rules: made from the layout, and read back into it.
//!
//! One rule covers the bucket and removes the parts of uploads that were never completed; each prefix has a rule of its
//! own with the same action, so that an import finds the prefixes again. A rule made elsewhere that a layout can express
//! shows as a prefix that the configuration does not have, and goes with the next apply. One that it cannot express stays
//! as it is.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter,
    NoncurrentVersionExpiration, Transition as S3Transition, TransitionStorageClass,
};

use tfplug::diag::{Diag, Diags};
use tfplug::model::Model;
use tfplug::value::{Path, Value};

use crate::resources::storage::bucket_model::{
    self, BucketLayout, DAYS, LayoutPrefix, PREFIX, PREFIX_NAME, STORAGE_CLASS, Transition, key_prefix,
};

const WHOLE_BUCKET: &str = "abort-incomplete-multipart-uploads";
const FOLDER: &str = "layout-";

/// The part of a lifecycle rule that a layout can express.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// Unique in the bucket.
    pub id: String,
    /// The keys that it covers begin with this.
    pub prefix: String,
    /// Age in days at which objects expire.
    pub expiration_days: Option<i64>,
    /// Days after which versions that are no longer current are removed.
    pub noncurrent_expiration_days: Option<i64>,
    /// Moves to other storage classes, by age.
    pub transitions: Vec<Transition>,
    /// Days after which incomplete uploads are removed.
    pub abort_days: Option<i64>,
}

/// The rules of a layout.
pub fn rules(layout: Option<&BTreeMap<String, LayoutPrefix>>, abort_days: i64) -> Vec<Rule> {
    let abort_days = (abort_days > 0).then_some(abort_days);
    let whole = abort_days.map(|_| Rule { id: WHOLE_BUCKET.to_owned(), abort_days, ..Rule::default() });
    let folders = layout.into_iter().flatten().map(|(name, f)| Rule { abort_days, ..rule(name, f) });
    whole.into_iter().chain(folders.filter(Rule::acts)).collect()
}

fn rule(name: &str, folder: &LayoutPrefix) -> Rule {
    let mut transitions = folder.transitions.clone().unwrap_or_default();
    transitions.sort_by_key(|t| t.days);
    Rule {
        id: format!("{FOLDER}{name}"),
        prefix: key_prefix(name, folder.prefix.as_deref()),
        expiration_days: folder.expiration_days,
        noncurrent_expiration_days: folder.noncurrent_expiration_days,
        transitions,
        abort_days: None,
    }
}

impl Rule {
    fn acts(&self) -> bool {
        self.expiration_days.is_some()
            || self.noncurrent_expiration_days.is_some()
            || !self.transitions.is_empty()
            || self.abort_days.is_some()
    }

    /// Whether a configuration may have what the rule says: S3 takes prefixes that end amid a name, for instance.
    fn is_lawful(&self) -> bool {
        let mut days = self.expiration_days.into_iter().chain(self.noncurrent_expiration_days);
        let mut diags = Diags::new();
        check_ages(&self.folder("").into_value(), &Path::root(), &mut diags);
        key_prefix("", Some(&self.prefix)) == self.prefix
            && (self.prefix.is_empty() || PREFIX.accepts(&Value::from(&*self.prefix)))
            && days.all(|d| DAYS.accepts(&Value::from(d)))
            && self.transitions.len() <= 10
            && self.transitions.iter().all(|t| STORAGE_CLASS.accepts(&Value::from(&*t.storage_class)))
            && diags.0.is_empty()
    }

    /// Whether it aborts uploads as the whole bucket does: a layout has one number for all its prefixes.
    fn aborts_like(&self, whole: Option<i64>) -> bool {
        self.abort_days.is_none() || self.abort_days == whole
    }

    /// Whether it covers the whole bucket, and nothing but aborts uploads.
    fn only_aborts(&self) -> bool {
        self.prefix.is_empty() && !Self { abort_days: None, ..self.clone() }.acts()
    }

    fn folder(&self, name: &str) -> LayoutPrefix {
        let spelled = if self.prefix.is_empty() { bucket_model::ALL_KEYS } else { &self.prefix };
        let prefix = (self.prefix != key_prefix(name, None)).then(|| spelled.to_owned());
        LayoutPrefix {
            prefix,
            expiration_days: self.expiration_days,
            noncurrent_expiration_days: self.noncurrent_expiration_days,
            transitions: (!self.transitions.is_empty()).then(|| self.transitions.clone()),
        }
    }
}

/// What the rules of a bucket amount to.
#[derive(Debug, PartialEq)]
pub struct Found {
    /// The layout that expresses them.
    pub layout: Option<BTreeMap<String, LayoutPrefix>>,
    /// The days of `abort_incomplete_multipart_upload_days`.
    pub abort_days: i64,
    /// Those that no layout expresses.
    pub others: Vec<LifecycleRule>,
}

/// What the rules of a bucket amount to. `state` gives the spelling of what has not changed, and the prefixes that need no
/// rule.
pub fn layout(
    remote: &[LifecycleRule],
    state: Option<&BTreeMap<String, LayoutPrefix>>,
    state_abort_days: i64,
) -> Found {
    let known: BTreeMap<String, Rule> =
        rules(state, state_abort_days).into_iter().map(|rule| (rule.id.clone(), rule)).collect();
    let read: Vec<(String, Option<Rule>, &LifecycleRule)> = remote
        .iter()
        .enumerate()
        .map(|(i, rule)| (rule.id().map_or_else(|| format!("rule-{i}"), str::to_owned), rule))
        .map(|(id, rule)| (id.clone(), Rule::read(rule, &id), rule))
        .collect();
    let whole = whole_bucket(&read);
    let mut abort_days = Vec::from_iter(whole);
    let mut found: BTreeMap<String, LayoutPrefix> = state
        .into_iter()
        .flatten()
        .filter(|(name, _)| !known.contains_key(&format!("{FOLDER}{name}")))
        .map(|(name, folder)| (name.clone(), folder.clone()))
        .collect();
    let mut prefixes = BTreeSet::new();
    let (ours, foreign): (Vec<_>, Vec<_>) = read
        .into_iter()
        .filter(|(id, ..)| id != WHOLE_BUCKET)
        .partition(|(id, plain, _)| id.starts_with(FOLDER) && (plain.is_some() || known.contains_key(id)));
    // What is ours but altered beyond what a layout can say is left out, so that the plan puts it right.
    for (id, plain) in ours.into_iter().filter_map(|(id, plain, _)| Some((id, plain?))) {
        let name = id.strip_prefix(FOLDER).unwrap_or(&id);
        abort_days.push(plain.abort_days.unwrap_or(0));
        prefixes.insert(plain.prefix.clone());
        let unchanged = known
            .get(&id)
            .is_some_and(|k| Rule { abort_days: None, ..k.clone() } == Rule { abort_days: None, ..plain.clone() });
        let own = state.and_then(|s| s.get(name)).filter(|_| unchanged).cloned();
        found.insert(name.to_owned(), own.unwrap_or_else(|| plain.folder(name)));
    }
    let mut others = Vec::new();
    for (id, plain, rule) in foreign {
        match plain.filter(|r| r.is_lawful() && r.aborts_like(whole) && !prefixes.contains(&r.prefix)) {
            Some(plain) if plain.only_aborts() => {}
            Some(plain) => {
                prefixes.insert(plain.prefix.clone());
                let name = free_name(&id, &found);
                found.insert(name.clone(), plain.folder(&name));
            }
            None => others.push(rule.clone()),
        }
    }
    let changed = abort_days.iter().copied().find(|d| *d != state_abort_days);
    let abort_days = if whole.is_some() { changed.unwrap_or(state_abort_days) } else { 0 };
    let none = found.is_empty() && state.is_none_or(|s| !s.is_empty());
    Found { layout: (!none).then_some(found), abort_days, others }
}

/// After how many days incomplete uploads are aborted in the whole bucket, by our rule or another one; 0 if our rule does
/// something else by now.
fn whole_bucket(read: &[(String, Option<Rule>, &LifecycleRule)]) -> Option<i64> {
    let aborts = |rule: &Rule| rule.prefix.is_empty().then_some(rule.abort_days).flatten();
    match read.iter().find(|(id, ..)| id == WHOLE_BUCKET) {
        Some((_, plain, _)) => Some(plain.as_ref().filter(|r| r.only_aborts()).and_then(aborts).unwrap_or(0)),
        None => read.iter().find_map(|(_, plain, _)| plain.as_ref().and_then(aborts)),
    }
}

/// A name that a layout may have, made of a rule's ID.
fn free_name(id: &str, taken: &BTreeMap<String, LayoutPrefix>) -> String {
    let lawful = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    let name: String = id.chars().map(lawful).take(150).collect();
    let numbered = (2..).map(|n| format!("{name}-{n}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| !taken.contains_key(name)).unwrap_or(name)
}

impl Rule {
    /// None if the rule does more, or less, than a layout can say.
    fn read(rule: &LifecycleRule, id: &str) -> Option<Self> {
        let filter = rule.filter();
        let narrow = filter.is_some_and(|f| {
            f.tag().is_some()
                || f.and().is_some()
                || f.object_size_greater_than().is_some()
                || f.object_size_less_than().is_some()
        });
        let expiration = rule.expiration();
        let odd = expiration.is_some_and(|e| e.date().is_some() || e.expired_object_delete_marker() == Some(true))
            || !rule.noncurrent_version_transitions().is_empty()
            || rule.noncurrent_version_expiration().is_some_and(|n| n.newer_noncurrent_versions().is_some())
            || rule.transitions().iter().any(|t| t.date().is_some());
        if narrow || odd || *rule.status() != ExpirationStatus::Enabled {
            return None;
        }
        #[expect(deprecated, reason = "older configurations have the prefix in the rule itself")]
        let old_prefix = rule.prefix();
        let mut transitions: Vec<Transition> = rule
            .transitions()
            .iter()
            .map(|t| Transition {
                days: t.days().unwrap_or(0).into(),
                storage_class: t.storage_class().map(|c| c.as_str().to_owned()).unwrap_or_default(),
            })
            .collect();
        transitions.sort_by_key(|t| t.days);
        Some(Self {
            id: id.to_owned(),
            prefix: filter.and_then(LifecycleRuleFilter::prefix).or(old_prefix).unwrap_or_default().to_owned(),
            expiration_days: expiration.and_then(LifecycleExpiration::days).map(i64::from),
            noncurrent_expiration_days: rule
                .noncurrent_version_expiration()
                .and_then(NoncurrentVersionExpiration::noncurrent_days)
                .map(i64::from),
            transitions,
            abort_days: rule
                .abort_incomplete_multipart_upload()
                .and_then(AbortIncompleteMultipartUpload::days_after_initiation)
                .map(i64::from),
        })
    }

    /// The rule as S3 takes it.
    ///
    /// # Errors
    /// If the SDK misses a member: a bug of this file.
    pub fn to_s3(&self) -> Result<LifecycleRule, BuildError> {
        let days = |d: i64| i32::try_from(d).unwrap_or(i32::MAX);
        let transitions = self.transitions.iter().map(|t| {
            let class = TransitionStorageClass::from(t.storage_class.as_str());
            S3Transition::builder().days(days(t.days)).storage_class(class).build()
        });
        LifecycleRule::builder()
            .id(&self.id)
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix(&self.prefix).build())
            .set_expiration(self.expiration_days.map(|d| LifecycleExpiration::builder().days(days(d)).build()))
            .set_noncurrent_version_expiration(
                self.noncurrent_expiration_days
                    .map(|d| NoncurrentVersionExpiration::builder().noncurrent_days(days(d)).build()),
            )
            .set_abort_incomplete_multipart_upload(
                self.abort_days
                    .map(|d| AbortIncompleteMultipartUpload::builder().days_after_initiation(days(d)).build()),
            )
            .set_transitions((!self.transitions.is_empty()).then(|| transitions.collect()))
            .build()
    }
}

/// What S3 would refuse in a layout, or do otherwise than it reads.
pub fn check_layout(layout: &Value, diags: &mut Diags) {
    let mut prefixes: BTreeMap<String, &str> = BTreeMap::new();
    for (name, folder) in layout.as_entries().into_iter().flatten() {
        let path = Path::of(BucketLayout::LAYOUT).key(name);
        if !PREFIX_NAME.accepts(&Value::from(name.as_str())) {
            let detail = format!("{name:?} is not a valid name of a prefix: it must be {}.", PREFIX_NAME.expected());
            diags.push(Diag::error("Invalid name in layout", detail).at(path.clone()));
        }
        let prefix = folder.attribute(LayoutPrefix::PREFIX);
        if !folder.is_unknown() && !prefix.is_unknown() {
            let prefix = key_prefix(name, prefix.as_str());
            if let Some(other) = prefixes.insert(prefix.clone(), name) {
                let detail = format!("The entries {other:?} and {name:?} of `layout` both have the prefix {prefix:?}.");
                diags.push(Diag::error("Duplicate prefix in layout", detail).at(path.clone()));
            }
        }
        check_ages(folder, &path, diags);
    }
}

/// Source: S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle".
fn check_ages(folder: &Value, path: &Path, diags: &mut Diags) {
    let days = |v: &Value| v.as_number().and_then(|n| n.to_i64());
    let expiration = days(folder.attribute(LayoutPrefix::EXPIRATION_DAYS));
    for (i, transition) in
        folder.attribute(LayoutPrefix::TRANSITIONS).as_elements().unwrap_or_default().iter().enumerate()
    {
        let here = path.attribute(LayoutPrefix::TRANSITIONS).index(i).attribute(Transition::DAYS);
        let Some(age) = days(transition.attribute(Transition::DAYS)) else { continue };
        let class = transition.attribute(Transition::STORAGE_CLASS).as_str().unwrap_or_default();
        if matches!(class, "STANDARD_IA" | "ONEZONE_IA") && age < 30 {
            let detail = format!("Objects can transition to {class} after 30 days at the earliest.");
            diags.push(Diag::error("Transition before the minimum age", detail).at(here.clone()));
        }
        if expiration.is_some_and(|e| age >= e) {
            let detail = "The objects expire before they transition. Expiration must come after all transitions.";
            diags.push(Diag::error("Transition after the expiration", detail).at(here));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders() -> BTreeMap<String, LayoutPrefix> {
        let folder = |days| LayoutPrefix { expiration_days: days, ..LayoutPrefix::default() };
        let mut layout = BTreeMap::from([("data".to_owned(), folder(None)), ("tmp".to_owned(), folder(Some(3)))]);
        layout.insert(
            "models".to_owned(),
            LayoutPrefix {
                prefix: Some("registry/models".to_owned()),
                noncurrent_expiration_days: Some(90),
                transitions: Some(vec![Transition { days: 30, storage_class: "STANDARD_IA".to_owned() }]),
                ..LayoutPrefix::default()
            },
        );
        layout
    }

    fn stored(layout: &BTreeMap<String, LayoutPrefix>, abort: i64) -> Vec<LifecycleRule> {
        rules(Some(layout), abort).iter().map(|r| r.to_s3().unwrap()).collect()
    }

    #[test]
    fn what_is_written_is_read_back_with_and_without_a_state() {
        for abort in [0, 7] {
            let read = layout(&stored(&folders(), abort), Some(&folders()), abort);
            assert_eq!(read, Found { layout: Some(folders()), abort_days: abort, others: Vec::new() });
        }
        let imported = layout(&stored(&folders(), 7), None, 7);
        let mut wanted = folders();
        wanted.get_mut("models").unwrap().prefix = Some("registry/models/".to_owned());
        assert_eq!((imported.layout, imported.abort_days), (Some(wanted), 7), "an import finds every folder");
    }

    #[test]
    fn changes_behind_the_back_show_at_the_folder() {
        let mut altered = folders();
        altered.get_mut("tmp").unwrap().expiration_days = Some(1);
        let read = layout(&stored(&altered, 7), Some(&folders()), 7);
        assert_eq!(read.layout.unwrap()["tmp"].expiration_days, Some(1));
        let read = layout(&stored(&folders(), 3), Some(&folders()), 7);
        assert_eq!((read.layout.unwrap(), read.abort_days), (folders(), 3));
        let read = layout(&[], Some(&folders()), 7);
        assert_eq!((read.layout, read.abort_days), (None, 0));
    }

    #[test]
    fn foreign_rules_show_as_folders_to_remove() {
        let mut rules = stored(&folders(), 7);
        rules.push(
            Rule { id: "wipe".into(), prefix: String::new(), expiration_days: Some(1), ..Rule::default() }
                .to_s3()
                .unwrap(),
        );
        let read = layout(&rules, Some(&folders()), 7);
        let wipe = &read.layout.unwrap()["wipe"];
        assert_eq!((wipe.prefix.as_deref(), wipe.expiration_days), (Some("/"), Some(1)));
    }

    #[test]
    fn a_rule_of_ours_that_was_narrowed_is_put_right() {
        let mut rules = stored(&folders(), 7);
        for rule in rules.iter_mut().filter(|r| r.id() == Some("layout-tmp")) {
            rule.status = ExpirationStatus::Disabled;
        }
        let read = layout(&rules, Some(&folders()), 7);
        assert!(!read.layout.unwrap().contains_key("tmp") && read.others.is_empty());
    }
}
