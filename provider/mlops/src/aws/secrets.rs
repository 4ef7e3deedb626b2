//! What must not be seen: every secret is registered for masking the moment the provider learns of it, so that neither
//! logs nor diagnostics show it, whoever writes them.

use aws_credential_types::Credentials;
use tfplug::log::redactor;
use tfplug::schema::{Kind, Object};
use tfplug::value::Value;

use crate::aws::policy_json::percent_decoded;

/// Masks credentials in all output. (Values of fewer than eight bytes stay readable: real ones have at least 16, and the
/// `test` that local stand-ins of AWS are given would blot out innocent words.)
pub(crate) fn hide(credentials: &Credentials) {
    let all = [Some(credentials.access_key_id()), Some(credentials.secret_access_key()), credentials.session_token()];
    all.into_iter().flatten().for_each(|secret| redactor().register(secret));
}

/// Masks the password of a URL such as `http://user:password@proxy:3128`, as it is written and as it is meant.
pub(crate) fn hide_password(url: &str) {
    let address = url.split_once("://").map_or(url, |(_, rest)| rest);
    let address = address.split(['/', '?', '#']).next().unwrap_or_default();
    let user = address.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
    if let Some((_, password)) = user {
        redactor().register(password);
        redactor().register(&percent_decoded(password));
    }
}

/// Masks what a configuration holds: the values of sensitive attributes, the passwords of URLs.
pub(crate) fn hide_all(object: &Object, config: &Value) {
    for attribute in &object.attributes {
        let value = config.attribute(&attribute.name);
        match &attribute.kind {
            Kind::Nested(_, nested) => match value.as_elements() {
                Some(all) => all.iter().for_each(|value| hide_all(nested, value)),
                None => hide_all(nested, value),
            },
            Kind::Leaf(_) => match value.as_str() {
                Some(secret) if attribute.sensitive => redactor().register(secret),
                Some(text) => hide_password(text),
                None => {}
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use tfplug::log::mask_registered;

    use super::*;

    #[test]
    fn passwords_of_urls_are_masked_in_every_spelling() {
        for (url, shown) in [
            ("http://me:pass%2Fword-1@proxy:3128", "pass%2Fword-1 pass/word-1"),
            ("me:pass-word-2@proxy:3128", "pass-word-2"),
            ("https://me:p@ss-word-3@proxy", "p@ss-word-3"),
        ] {
            hide_password(url);
            assert!(!mask_registered(shown).contains("word-"), "{url}: {}", mask_registered(shown));
        }
        hide_password("http://localhost:4566/without:any@all");
    }
}
