//! Tags: what the user writes, what the provider block adds, what AWS has.
//!
//! `tags` is the user's, `tags_all` what the object really has: the default tags of the provider block under the
//! resource's own. Tags that the provider block ignores, and AWS's own (`aws:`), are neither shown nor touched.

use std::collections::BTreeMap;

use tfplug::context::Context;
use tfplug::diag::Diag;
use tfplug::plan::Plan;
use tfplug::validator::{Validate, Validator};
use tfplug::value::{Path, Value};

use crate::aws::client::Aws;

/// Most tags that AWS takes on one object. Source: SageMaker API reference, `TagList`; IAM and S3 have the same bound.
pub const COUNT: Validator = Validator::Count { min: 0, max: 50 };

/// Keys and values that AWS takes. Source: SageMaker API reference, `Tag`; on `aws:` its AddTags; IAM and S3 have the same
/// bounds.
pub const LAWFUL: Validator = Validator::Custom(&Lawful);

#[derive(Debug)]
struct Lawful;

impl Validate for Lawful {
    fn expected(&self) -> String {
        "keys of 1 to 128 characters that do not begin with `aws:`, with values of at most 256 characters".to_owned()
    }

    fn accepts(&self, value: &Value) -> bool {
        value.as_entries().into_iter().flatten().all(|(key, value)| {
            let short = value.as_str().is_none_or(|value| value.chars().count() <= 256);
            (1..=128).contains(&key.chars().count()) && !key.to_lowercase().starts_with("aws:") && short
        })
    }

    fn whole(&self) -> bool {
        true
    }
}

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// The tags that a value holds; whatever is not text is left out.
pub fn from_value(value: &Value) -> Tags {
    let entries = value.as_entries().into_iter().flatten();
    entries.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect()
}

/// Tags as a value.
pub fn to_value(tags: &Tags) -> Value {
    Value::Map(tags.iter().map(|(k, v)| (k.clone(), Value::from(v.as_str()))).collect())
}

/// Plans `tags_all`: known as far as the tags are. Warns of tags that the provider block says to ignore.
pub fn plan(cx: &Context<Aws>, plan: &mut Plan<'_>) {
    let mut own = plan.get("tags").clone();
    if let (Some(aws), Some(entries)) = (cx.try_client(), own.as_entries_mut()) {
        entries.retain(|key, _| {
            let ignored = aws.ignore_tags().ignores(key);
            if ignored {
                let detail = format!(
                    "`ignore_tags` of the provider block names the tag {key:?}, so that it is neither sent nor changed. Remove it \
                     from `tags`, or from `ignore_tags`."
                );
                cx.warn(Diag::warning("A tag is ignored", detail).at(Path::of("tags").key(key)));
            }
            !ignored
        });
    }
    let all = match cx.try_client() {
        None => Value::unknown(),
        Some(aws) if own.is_unknown() || aws.default_tags_unknown() => Value::unknown(),
        Some(aws) => {
            let mut all: BTreeMap<String, Value> =
                aws.default_tags().iter().map(|(k, v)| (k.clone(), Value::from(v.as_str()))).collect();
            all.extend(own.as_entries().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())));
            Value::Map(all)
        }
    };
    plan.set("tags_all", all);
}

/// The tags that an object is to have: those of `tags_all`, or, where these were not known at plan time, of `tags` with
/// the default tags.
pub fn wanted(aws: &Aws, planned: &Value) -> Tags {
    if planned.attribute("tags_all").is_null() {
        let mut all = aws.default_tags().clone();
        all.extend(from_value(planned.attribute("tags")));
        all.retain(|key, _| !aws.ignore_tags().ignores(key));
        return all;
    }
    from_value(planned.attribute("tags_all"))
}

/// What has to be set and removed to get from one collection of tags to another.
pub fn changes(prior: &Tags, wanted: &Tags) -> (Tags, Vec<String>) {
    let set = wanted.iter().filter(|(k, v)| prior.get(*k) != Some(v)).map(|(k, v)| (k.clone(), v.clone())).collect();
    let removed = prior.keys().filter(|k| !wanted.contains_key(*k)).cloned().collect();
    (set, removed)
}

/// From the tags that an object has to the values of `tags` and `tags_all`. `state` tells which of the default tags the
/// user also wrote on the resource itself, and which are default tags that the provider block had before it was changed.
pub fn read(aws: &Aws, remote: &Tags, state: &Value) -> (Value, Value) {
    let all: Tags =
        remote.iter().filter(|(k, _)| !aws.ignore_tags().ignores(k)).map(|(k, v)| (k.clone(), v.clone())).collect();
    let own = from_value(state.attribute("tags"));
    let before = from_value(state.attribute("tags_all"));
    let is_default = |k: &String, v: &String| {
        !own.contains_key(k) && (aws.default_tags().get(k) == Some(v) || before.get(k) == Some(v))
    };
    let shown = all.iter().filter(|(k, v)| !is_default(k, v));
    // What the configuration sets and the provider ignores stays as it is.
    let kept = own.iter().filter(|(k, _)| aws.ignore_tags().ignores(k));
    let tags: Tags = shown.chain(kept).map(|(k, v)| (k.clone(), v.clone())).collect();
    let tags = if tags.is_empty() && state.attribute("tags").is_null() { Value::Null } else { to_value(&tags) };
    (tags, to_value(&all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::client::{IgnoreTags, Settings};

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn keys_and_values_have_bounds() {
        let lawful = |key: &str, value: &str| LAWFUL.accepts(&to_value(&tags(&[("ok", "ok"), (key, value)])));
        assert!(lawful(&"k".repeat(128), &"é".repeat(256)) && lawful("k", ""));
        for (key, value) in
            [("", "v"), (&*"k".repeat(129), "v"), ("k", &*"v".repeat(257)), ("aws:k", "v"), ("AWS:k", "v")]
        {
            assert!(!lawful(key, value), "{key} {value}");
        }
    }

    #[test]
    fn changes_are_minimal() {
        let (set, removed) = changes(&tags(&[("a", "1"), ("b", "2"), ("c", "3")]), &tags(&[("a", "1"), ("b", "x")]));
        assert_eq!(set, tags(&[("b", "x")]));
        assert_eq!(removed, vec!["c".to_owned()]);
    }

    #[test]
    fn default_and_ignored_tags_do_not_show_as_own() {
        let mut settings = Settings::local("http://127.0.0.1:9").unwrap();
        settings.default_tags = tags(&[("team", "ml"), ("env", "dev")]);
        settings.ignore_tags = IgnoreTags { keys: vec!["cost".into()], key_prefixes: vec![] };
        let aws = Aws::new(settings);
        let remote = tags(&[("team", "ml"), ("env", "prod"), ("cost", "1"), ("aws:x", "y"), ("own", "o")]);
        let (own, all) = read(&aws, &remote, &Value::object([("tags", Value::Null)]));
        assert_eq!(from_value(&own), tags(&[("env", "prod"), ("own", "o")]), "a changed default tag is drift");
        assert_eq!(from_value(&all), tags(&[("team", "ml"), ("env", "prod"), ("own", "o")]));
        // What the state has as a former default tag is none of the object's own.
        let former = Value::object([("tags", Value::Null), ("tags_all", to_value(&tags(&[("env", "prod")])))]);
        assert_eq!(from_value(&read(&aws, &remote, &former).0), tags(&[("own", "o")]));
        let ignored = Value::object([("tags", to_value(&tags(&[("cost", "2")])))]);
        let (own, all) = read(&aws, &remote, &ignored);
        assert_eq!(from_value(&own)["cost"], "2", "as the configuration has it, though AWS has another");
        assert!(!from_value(&all).contains_key("cost"));
        assert_eq!(wanted(&aws, &ignored), tags(&[("team", "ml"), ("env", "dev")]));
        let written = Value::object([("tags", to_value(&tags(&[("team", "ml")])))]);
        assert!(
            from_value(&read(&aws, &remote, &written).0).contains_key("team"),
            "written on the resource itself too"
        );
    }
}
