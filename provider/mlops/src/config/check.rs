//! Tests of the provider block beyond its schema.

use std::collections::BTreeMap;

use tfplug::diag::{Diag, Diags};
use tfplug::value::{Path, Value};

use super::region;
use crate::aws::client::IgnoreTags;
use crate::aws::secrets::hide_all;

/// Tests the provider block beyond its schema. From then on its secrets are masked in all output.
pub fn check(config: &Value) -> Diags {
    hide_all(&super::schema().object, config);
    let mut found = Diags::new();
    if config.attribute("skip_region_validation").as_bool() != Some(true)
        && !config.attribute("skip_region_validation").is_unknown()
    {
        for name in ["region", "sts_region"] {
            if let Some(text) = config.attribute(name).as_str() {
                found.extend(region::check(text, &Path::of(name)));
            }
        }
    }
    check_roles(config.attribute("assume_role"), &mut found);
    let default_tags = config.attribute("default_tags").attribute("tags");
    check_tags(default_tags, &mut found);
    warn_of_ignored(default_tags, config.attribute("ignore_tags"), &mut found);
    found
}

fn check_roles(chain: &Value, found: &mut Diags) {
    let mut seen = BTreeMap::new();
    for (i, role) in chain.as_elements().unwrap_or_default().iter().enumerate() {
        let path = Path::of("assume_role").index(i);
        if let Some(arn) = role.attribute("role_arn").as_str()
            && let Some(first) = seen.insert(arn, i)
        {
            let detail = format!(
                "The role chain assumes {arn} again, which element {first} assumes already. Each role may occur once: \
                 remove the elements between them, or this one."
            );
            found.push(Diag::error("Cyclic role chain", detail).at(path.attribute("role_arn")));
        }
        let Some(tags) = role.attribute("tags").as_entries().or(role.attribute("tags").is_null().then_some(&EMPTY))
        else {
            continue;
        };
        for key in role.attribute("transitive_tag_keys").as_elements().unwrap_or_default() {
            if let Some(key) = key.as_str()
                && !tags.contains_key(key)
            {
                let detail = format!("{key:?} is to be passed on to chained roles, but is not a key of `tags`.");
                found.push(Diag::error("Unknown tag key", detail).at(path.attribute("transitive_tag_keys")));
            }
        }
    }
}

static EMPTY: BTreeMap<String, Value> = BTreeMap::new();

/// Default tags that are to be ignored, too.
fn warn_of_ignored(tags: &Value, ignore: &Value, found: &mut Diags) {
    let texts = |name: &str| {
        let all = ignore.attribute(name).as_elements().unwrap_or_default();
        all.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let ignore = IgnoreTags { keys: texts("keys"), key_prefixes: texts("key_prefixes") };
    for key in tags
        .as_entries()
        .into_iter()
        .flatten()
        .map(|(key, _)| key)
        .filter(|key| !key.starts_with("aws:") && ignore.ignores(key))
    {
        let detail = format!(
            "`ignore_tags` names the tag {key:?}, so that it is not sent. Remove it from `default_tags`, or from `ignore_tags`."
        );
        found.push(
            Diag::warning("A default tag is ignored", detail).at(Path::of("default_tags").attribute("tags").key(key)),
        );
    }
}

fn check_tags(tags: &Value, found: &mut Diags) {
    let path = Path::of("default_tags").attribute("tags");
    let Some(tags) = tags.as_entries() else { return };
    if tags.len() > 50 {
        let detail = format!("AWS allows at most 50 tags on a resource; these are {}.", tags.len());
        found.push(Diag::error("Too many tags", detail).at(path.clone()));
    }
    for (key, value) in tags {
        let wrong = if key.is_empty() || key.chars().count() > 128 {
            "A tag key has 1 to 128 characters."
        } else if key.to_ascii_lowercase().starts_with("aws:") {
            "Keys that begin with `aws:` are reserved by AWS."
        } else if value.as_str().is_some_and(|v| v.chars().count() > 256) {
            "A tag value has at most 256 characters."
        } else {
            continue;
        };
        found.push(Diag::error("Invalid tag", wrong).at(path.key(key)));
    }
}
