//! Lifecycle rules: made from the layout, and read back into it.
//!
//! The whole lifecycle configuration of the bucket is this resource's. One rule covers the bucket and removes the parts
//! of uploads that were never completed; each folder has a rule of its own with the same action, so that an import finds
//! the folders again. A rule made elsewhere shows as a folder that the configuration does not have, and goes with the
//! next apply.

use std::collections::BTreeMap;

use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter,
    NoncurrentVersionExpiration, Transition as S3Transition, TransitionStorageClass,
};

use crate::resources::storage::bucket_model::{LayoutPrefix, Transition, key_prefix};

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

    fn folder(&self, name: &str) -> LayoutPrefix {
        let prefix = (self.prefix != key_prefix(name, None)).then(|| self.prefix.clone());
        LayoutPrefix {
            prefix,
            expiration_days: self.expiration_days,
            noncurrent_expiration_days: self.noncurrent_expiration_days,
            transitions: (!self.transitions.is_empty()).then(|| self.transitions.clone()),
        }
    }
}

/// The layout and the days of `abort_incomplete_multipart_upload_days` that the bucket's rules amount to. `state` gives
/// the spelling of what has not changed, and the folders that need no rule.
pub fn layout(
    remote: &[LifecycleRule],
    state: Option<&BTreeMap<String, LayoutPrefix>>,
    state_abort_days: i64,
) -> (Option<BTreeMap<String, LayoutPrefix>>, i64) {
    let known: BTreeMap<String, Rule> =
        rules(state, state_abort_days).into_iter().map(|rule| (rule.id.clone(), rule)).collect();
    let mut found = BTreeMap::new();
    let mut abort_days: Vec<i64> = Vec::new();
    for (i, rule) in remote.iter().enumerate() {
        let id = rule.id().map_or_else(|| format!("rule-{i}"), str::to_owned);
        let plain = Rule::read(rule, &id);
        if id == WHOLE_BUCKET {
            abort_days.insert(0, plain.as_ref().and_then(|r| r.abort_days).unwrap_or(0));
            continue;
        }
        let name = id.strip_prefix(FOLDER).unwrap_or(&id);
        match plain {
            Some(plain) if id.starts_with(FOLDER) => {
                abort_days.push(plain.abort_days.unwrap_or(0));
                let unchanged = known.get(&id).is_some_and(|k| {
                    Rule { abort_days: None, ..k.clone() } == Rule { abort_days: None, ..plain.clone() }
                });
                let own = state.and_then(|s| s.get(name)).filter(|_| unchanged).cloned();
                found.insert(name.to_owned(), own.unwrap_or_else(|| plain.folder(name)));
            }
            Some(plain) => _ = found.insert(name.to_owned(), plain.folder(name)),
            // Ours but altered beyond what a layout can say: leaving it out makes the plan put it right.
            None if id.starts_with(FOLDER) => {}
            None => {
                _ = found
                    .insert(name.to_owned(), LayoutPrefix { prefix: Some(String::new()), ..LayoutPrefix::default() })
            }
        }
    }
    for (name, folder) in state.into_iter().flatten() {
        if !known.contains_key(&format!("{FOLDER}{name}")) {
            found.entry(name.clone()).or_insert_with(|| folder.clone());
        }
    }
    let whole = remote.iter().any(|r| r.id() == Some(WHOLE_BUCKET));
    let changed = abort_days.iter().copied().find(|d| *d != state_abort_days);
    let abort_days = if whole { changed.unwrap_or(state_abort_days) } else { 0 };
    let none = found.is_empty() && state.is_none_or(|s| !s.is_empty());
    ((!none).then_some(found), abort_days)
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
            assert_eq!(read, (Some(folders()), abort));
        }
        let (imported, abort) = layout(&stored(&folders(), 7), None, 7);
        let mut wanted = folders();
        wanted.get_mut("models").unwrap().prefix = Some("registry/models/".to_owned());
        assert_eq!((imported, abort), (Some(wanted), 7), "an import finds every folder");
    }

    #[test]
    fn changes_behind_the_back_show_at_the_folder() {
        let mut altered = folders();
        altered.get_mut("tmp").unwrap().expiration_days = Some(1);
        let (read, _) = layout(&stored(&altered, 7), Some(&folders()), 7);
        assert_eq!(read.unwrap()["tmp"].expiration_days, Some(1));
        let (read, abort) = layout(&stored(&folders(), 3), Some(&folders()), 7);
        assert_eq!((read.unwrap(), abort), (folders(), 3));
        let (read, abort) = layout(&[], Some(&folders()), 7);
        assert_eq!((read, abort), (None, 0));
    }

    #[test]
    fn foreign_rules_show_as_folders_to_remove() {
        let mut rules = stored(&folders(), 7);
        rules.push(
            Rule { id: "wipe".into(), prefix: String::new(), expiration_days: Some(1), ..Rule::default() }
                .to_s3()
                .unwrap(),
        );
        let (read, _) = layout(&rules, Some(&folders()), 7);
        let wipe = &read.unwrap()["wipe"];
        assert_eq!((wipe.prefix.as_deref(), wipe.expiration_days), (Some(""), Some(1)));
    }

    #[test]
    fn a_rule_of_ours_that_was_narrowed_is_put_right() {
        let mut rules = stored(&folders(), 7);
        for rule in rules.iter_mut().filter(|r| r.id() == Some("layout-tmp")) {
            rule.status = ExpirationStatus::Disabled;
        }
        let (read, _) = layout(&rules, Some(&folders()), 7);
        assert!(!read.unwrap().contains_key("tmp"));
    }
}
