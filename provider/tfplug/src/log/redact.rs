//! Masking secrets in everything that leaves the process as text.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::{PoisonError, RwLock};

/// What stands in the place of a secret.
const MASK: &str = "***";

/// A word that contains one of these, in any case, names a secret. Letters only: `-` and `_` in the word are skipped.
const SECRET_WORDS: &[&str] = &[
    "secret",
    "password",
    "passwd",
    "passphrase",
    "token",
    "authorization",
    "signature",
    "apikey",
    "privatekey",
    "cookie",
];

/// Shorter values are not masked where they appear: they would blot out innocent text. A stand-in for AWS is commonly
/// given `test` for a secret key, which is part of many words; real ones have 40 characters.
const MIN_VALUE_BYTES: usize = 8;

/// Masks registered secret values wherever they appear, and whatever follows a word that names a secret.
#[derive(Debug, Default)]
pub struct Redactor {
    /// Longest first, so that a secret that contains another one is masked whole.
    values: RwLock<Vec<String>>,
}

impl Redactor {
    /// Registers a secret: from now on it is masked in every text, also in its quoted, JSON and URL-encoded forms.
    /// Values of fewer than eight bytes are masked only where a key names them.
    pub fn register(&self, secret: &str) {
        let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
        for form in forms(secret) {
            if form.len() >= MIN_VALUE_BYTES && !values.contains(&form) {
                values.push(form);
            }
        }
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    }

    /// The text with its secrets masked: registered values, and what follows a word that names a secret and `=` or
    /// `:`, quoted or not.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let text = self.mask_registered(text);
        match mask_named(&text) {
            Some(masked) => Cow::Owned(masked),
            None => text,
        }
    }

    /// The text with registered values masked, and nothing else: for messages to the user, where a word before a colon is
    /// more likely prose than the name of a secret.
    pub fn mask_registered<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        let mut text = Cow::Borrowed(text);
        for value in values.iter() {
            if text.contains(value.as_str()) {
                text = Cow::Owned(text.replace(value.as_str(), MASK));
            }
        }
        text
    }

    /// The value of the field `key`, masked wholly if the key names a secret.
    pub fn redact_field<'t>(&self, key: &str, value: &'t str) -> Cow<'t, str> {
        if self.is_secret_key(key) { Cow::Borrowed(MASK) } else { self.redact(value) }
    }

    /// Whether the name says that its value is a secret: it contains a word such as `password` or `token`.
    pub fn is_secret_key(&self, key: &str) -> bool {
        names_secret(key)
    }
}

/// The ways in which a secret may be written.
fn forms(secret: &str) -> Vec<String> {
    let debug = format!("{secret:?}");
    let json = serde_json::Value::from(secret).to_string();
    let inner = |quoted: &str| quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned();
    let mut url = String::new();
    for byte in secret.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
    let mut forms = vec![secret.to_owned(), secret.trim().to_owned(), inner(&debug), inner(&json), url];
    // A text of several lines, such as a private key, may be written line by line.
    forms.extend(secret.lines().filter(|line| secret.len() > line.len() && line.len() >= 16).map(str::to_owned));
    forms
}

fn names_secret(word: &str) -> bool {
    let letters: String =
        word.chars().filter(|character| !matches!(character, '-' | '_' | '.')).collect::<String>().to_lowercase();
    SECRET_WORDS.iter().any(|secret| letters.contains(secret))
}

/// Masks what follows words that name secrets; nothing if there is none.
fn mask_named(text: &str) -> Option<String> {
    let mut masked: Option<String> = None;
    let mut copied = 0;
    let mut position = 0;
    while let Some((start, end)) = next_word(text, position) {
        position = end;
        let word = &text[start..end];
        if !names_secret(word) {
            continue;
        }
        let Some(value_start) = after_separator(text, end) else { continue };
        let value_end = end_of_value(text, value_start, word.to_lowercase().contains("authorization"));
        if value_end == value_start || text[value_start..value_end] == *MASK {
            continue;
        }
        let output = masked.get_or_insert_with(String::new);
        output.push_str(&text[copied..value_start]);
        output.push_str(MASK);
        copied = value_end;
        position = value_end;
    }
    masked.map(|mut output| {
        output.push_str(&text[copied..]);
        output
    })
}

/// The next run of letters, digits, `-`, `_` and `.` at or after `from`.
fn next_word(text: &str, from: usize) -> Option<(usize, usize)> {
    let in_word = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    let start = from + text[from..].find(in_word)?;
    let end = text[start..].find(|character| !in_word(character)).map_or(text.len(), |length| start + length);
    Some((start, end))
}

/// Where the value starts after `"`, spaces, a separator, and spaces; nothing if there is no separator.
fn after_separator(text: &str, from: usize) -> Option<usize> {
    let rest = text[from..].strip_prefix("\\\"").unwrap_or(&text[from..]);
    let rest = rest.trim_start_matches(['"', '\'', ')', ']']).trim_start_matches(' ');
    // In a Rust path a word is followed by two colons.
    let rest = Some(rest).filter(|rest| !rest.starts_with("::"))?;
    let rest = rest.strip_prefix("=>").or_else(|| rest.strip_prefix(['=', ':']))?;
    Some(text.len() - rest.trim_start_matches(' ').len())
}

/// Where the value that starts at `from` ends: after its quotes, or before a space or delimiter. An authorization
/// header holds both, so it goes to the end of the line.
fn end_of_value(text: &str, from: usize, whole_line: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    let mut quote = None;
    while let Some(&byte) = bytes.get(at) {
        match (quote, byte) {
            (_, b'\\') => at += 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if byte == open => {
                quote = None;
                if bytes[from] == open {
                    return at + 1;
                }
            }
            (None, b'\n' | b'\r') => return at,
            (None, b' ' | b'\t' | b',' | b';' | b'&' | b'}' | b']') if !whole_line => return at,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redact(text: &str) -> String {
        Redactor::default().redact(text).into_owned()
    }

    #[test]
    fn registered_values_are_masked_in_every_form() {
        let redactor = Redactor::default();
        redactor.register("a/b+c\"d\\e");
        for text in ["x a/b+c\"d\\e y", r#"x a/b+c\"d\\e y"#, "https://h/?q=a%2Fb%2Bc%22d%5Ce"] {
            let masked = redactor.redact(text);
            assert!(masked.contains(MASK) && !masked.contains("b+c") && !masked.contains("%2Fb"), "{masked}");
        }
        assert_eq!(redactor.redact("nothing here"), "nothing here");
    }

    #[test]
    fn longer_values_are_masked_whole() {
        let redactor = Redactor::default();
        redactor.register("inner-one");
        redactor.register("outer-inner-one-outer");
        assert_eq!(redactor.redact("<outer-inner-one-outer> <inner-one>"), "<***> <***>");
        assert_eq!(redactor.mask_registered("token: inner-one, expired"), "token: ***, expired");
    }

    #[test]
    fn short_values_are_left_alone() {
        let redactor = Redactor::default();
        redactor.register("");
        redactor.register("test");
        assert_eq!(redactor.redact("the latest"), "the latest");
    }

    #[test]
    fn lines_of_a_key_are_masked() {
        let redactor = Redactor::default();
        redactor.register("-----BEGIN X-----\nMIGHAgEAMBMGByqGSM49\nAgEGCCqGSM49AwEHBG0w\n-----END X-----\n");
        assert!(!redactor.redact("read MIGHAgEAMBMGByqGSM49 from").contains("MIGH"));
    }

    #[test]
    fn what_follows_a_secret_name_is_masked() {
        for (text, expected) in [
            ("password=hunter2 next", "password=*** next"),
            ("?X-Amz-Security-Token=abc%2F&x=1", "?X-Amz-Security-Token=***&x=1"),
            (r#"{"secret_access_key": "a\"b", "x": 1}"#, r#"{"secret_access_key": ***, "x": 1}"#),
            (r#"Config { api_key: Some("a b, c"), x: 1 }"#, "Config { api_key: ***, x: 1 }"),
            ("authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=c\nhost: x", "authorization: ***\nhost: x"),
            (r#""x-amz-security-token": "abc", "host": "h""#, r#""x-amz-security-token": ***, "host": "h""#),
            ("SecretString => 'x y' z", "SecretString => *** z"),
            ("private-key : k", "private-key : ***"),
            ("clientToken:t", "clientToken:***"),
            ("PASSWORD='a\nb'", "PASSWORD=***"),
            ("password=\"never closed", "password=***"),
        ] {
            assert_eq!(redact(text), expected);
        }
    }

    #[test]
    fn innocent_text_is_left_alone() {
        for text in [
            "the secret is out",
            "a token was used",
            "key = value",
            "password=",
            "",
            "a::cancellation_token::B",
            "secret: ***",
            "ünïcode: é",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn keys_are_recognised() {
        let redactor = Redactor::default();
        for key in ["Authorization", "x-amz-security-token", "db_password", "aws_secret_access_key", "privateKey"] {
            assert!(redactor.is_secret_key(key), "{key}");
        }
        for key in ["name", "key", "access_key_id", "arn"] {
            assert!(!redactor.is_secret_key(key), "{key}");
        }
        assert_eq!(redactor.redact_field("token", "ab"), MASK);
        assert_eq!(redactor.redact_field("name", "ab"), "ab");
    }

    proptest! {
        #[test]
        fn a_registered_value_never_appears(before in ".*", secret in "[!-~]{8,40}", after in ".*") {
            prop_assume!(!MASK.contains(&secret) && !secret.contains('*'));
            let redactor = Redactor::default();
            redactor.register(&secret);
            let text = format!("{before}{secret}{after}");
            prop_assert!(!redactor.redact(&text).contains(&secret));
        }

        #[test]
        fn any_text_is_accepted_and_masking_twice_changes_nothing(text in ".*") {
            let once = redact(&text);
            prop_assert_eq!(redact(&once), once);
        }

        #[test]
        fn named_values_disappear(key in "(db_)?(password|SecretToken|api-key)", value in "[a-zA-Z0-9/+]{5,30}", quoted: bool) {
            let value = format!("V{value}V");
            let text = if quoted { format!("{{\"{key}\": \"{value}\"}}") } else { format!("{key}={value}") };
            prop_assert!(!redact(&text).contains(&value));
        }
    }
}
