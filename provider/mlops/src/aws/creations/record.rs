//! What is remembered of one creation, and what proves that an object is its work.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tfplug::value::Value;

/// What tells an object from every other one that ever has its name: its ARN and time of creation, or the id that AWS
/// gives it.
pub type Identity = BTreeMap<String, String>;

/// What [`super::Kind::import`] and [`super::Kind::delete`] have in the place of an ARN that AWS gives.
pub const ARN: &str = "{arn}";
/// What [`super::Kind::delete`] has in the place of an id that AWS gives: the last part of the ARN.
pub const ID: &str = "{id}";

/// How much later than the last sign of life of its process a creation may take effect: a request that was on its way.
const IN_FLIGHT_MS: i64 = 30_000;
/// AWS's times and the `Date` headers that its clock is read from are cut off to seconds, and take a moment to come.
const CUT_OFF_MS: i64 = 3_000;

/// Whose creation it is. A data directory of Terraform serves several workspaces and backends, and caches carry it to
/// other directories and accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The working directory.
    pub directory: String,
    /// The workspace.
    pub workspace: String,
    /// A hash of the backend's configuration; empty for the default one.
    pub backend: String,
    /// The account. None if AWS was not asked: then nothing can be proven.
    pub account: Option<String>,
    /// The endpoint URLs that stand in for AWS's own.
    pub endpoint: String,
}

impl Scope {
    /// Whether both are of the same state, whatever the account.
    pub fn is_same_state(&self, other: &Self) -> bool {
        (&self.directory, &self.workspace, &self.backend) == (&other.directory, &other.workspace, &other.backend)
    }

    /// Whether both are known to be the same account of the same AWS.
    pub fn is_same_account(&self, other: &Self) -> bool {
        self.account.is_some() && self.account == other.account && self.endpoint == other.endpoint
    }
}

/// Where a creation ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// Nowhere yet: its process works on it, or died.
    #[default]
    Open,
    /// In a result for Terraform, of which it is not known yet whether Terraform received it.
    Answered,
    /// In a failed object. Terraform has it as tainted, and replaces it, maybe before it deletes it.
    Broken,
}

/// One creation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Whose it is.
    pub scope: Scope,
    /// The resource's type: `mlops_model`.
    pub type_name: String,
    /// The region; empty for what is global.
    pub region: String,
    /// The object's name.
    pub name: String,
    /// What an import of it takes, as [`super::Kind::import`] has it.
    pub import: String,
    /// The command that deletes it, as [`super::Kind::delete`] has it.
    pub delete: String,
    /// A hash of the whole planned object.
    pub fingerprint: String,
    /// When it began, in milliseconds since 1970 by AWS's clock, after the look that found no such object.
    pub started: i64,
    /// The last sign of life of its process while the request was open, by AWS's clock.
    pub alive: i64,
    /// What was sent.
    pub sent: Sent,
    /// The object's identity, once it was seen.
    pub identity: Option<Identity>,
    /// Where it ended.
    pub end: End,
    /// URIs of what was made beside the object.
    pub beside: Vec<String>,
    /// The client token of the request, for APIs that take one: sent again, it yields the same object.
    pub token: String,
    /// Whether a run of Terraform has come to its end since without finding the object in the state.
    #[serde(default)]
    pub missed: bool,
    /// The Terraform process that was warned of it.
    #[serde(default)]
    pub told: Option<u32>,
}

/// An object as AWS describes it now.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// What tells it from others of its name.
    pub identity: &'a Identity,
    /// When it was created, in milliseconds since 1970.
    pub created: Option<i64>,
    /// Whether nothing ever says when an object of its kind was created, and one that others made may be adopted, so that a
    /// wrong guess takes nothing from anybody.
    pub untimed: bool,
    /// Its description, in the shape of what is sent.
    pub description: &'a Value,
}

impl Record {
    /// What a state knows the object by: its name, or the ARN where AWS gives the key and it was seen.
    pub fn known_as(&self) -> &str {
        let arn = self.identity.as_ref().and_then(|i| i.values().find(|v| v.starts_with("arn:")));
        arn.filter(|_| self.is_named_by_aws()).unwrap_or(&self.name)
    }

    /// Whether AWS gives the object's key, so that the name is the provider's own.
    pub fn is_named_by_aws(&self) -> bool {
        self.import.contains(ARN)
    }

    /// Whether no state is known to have the object, if there is one.
    pub fn is_unaccounted_for(&self) -> bool {
        self.end == End::Open || (self.end == End::Answered && self.missed)
    }

    /// Whether the object is this creation's work. If its identity was seen, that must be the same; else it must have been
    /// created while the request was open, just as it was asked for; where no time is ever known, that it is just so.
    pub fn made(&self, found: Found<'_>) -> bool {
        match &self.identity {
            Some(identity) => identity == found.identity,
            None => {
                let open = self.started - CUT_OFF_MS..=self.alive + IN_FLIGHT_MS;
                found.created.map_or(found.untimed, |at| open.contains(&at))
                    && self.sent.is_described_by(found.description)
            }
        }
    }
}

/// What a request sent: where its values are, and a hash of them. The values themselves may be secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    paths: Vec<Vec<String>>,
    digest: String,
}

impl Sent {
    /// From a request in the API's shape, without the members (`a.b` for nested ones) that a description does not repeat.
    pub fn of(input: &Value, not_described: &[&str]) -> Self {
        let mut paths = Vec::new();
        leaves(input, Vec::new(), &mut paths);
        let is_below =
            |path: &str, at: &str| path.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        paths.retain(|path| !not_described.iter().any(|at| is_below(&path.join("."), at)));
        let digest = digest(input, &paths);
        Self { paths, digest }
    }

    /// A hash of what was sent, in hexadecimal digits, that is the same for what AWS describes the same.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether a description has all that was sent.
    pub fn is_described_by(&self, description: &Value) -> bool {
        digest(description, &self.paths) == self.digest
    }
}

/// Nothing, as AWS sees it, is not a leaf: it is described as nothing, or not at all.
fn leaves(value: &Value, path: Vec<String>, found: &mut Vec<Vec<String>>) {
    let below = |step: String| path.iter().cloned().chain([step]).collect();
    match value {
        Value::Null | Value::Unknown(_) => {}
        Value::String(s) if s.is_empty() => {}
        Value::List(v) | Value::Set(v) => {
            v.iter().enumerate().for_each(|(i, x)| leaves(x, below(i.to_string()), found));
        }
        Value::Map(m) | Value::Object(m) => m.iter().for_each(|(k, x)| leaves(x, below(k.clone()), found)),
        _ => found.push(path),
    }
}

fn digest(root: &Value, paths: &[Vec<String>]) -> String {
    let mut hash = Sha256::new();
    for path in paths {
        let value = path.iter().fold(root, |value, step| match value {
            Value::List(v) | Value::Set(v) => step.parse().ok().and_then(|i: usize| v.get(i)).unwrap_or(&Value::Null),
            other => other.attribute(step),
        });
        let text = match value {
            // Some members are floats of 32 bits, and are described as such.
            Value::Number(n) if !n.is_integer() => format!("{}", n.to_f64() as f32),
            // Not as it is kept, which tells 100 from 1e2.
            Value::Number(n) => n.to_string(),
            other => format!("{other:?}"),
        };
        hash.update(format!("{path:?}={text}\n"));
    }
    hex(&hash.finalize())
}

/// The first 32 hexadecimal digits of a hash.
pub fn hex(hash: &[u8]) -> String {
    hash.iter().take(16).map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pairs: &[(&str, &str)]) -> Value {
        Value::object(pairs.iter().map(|(k, v)| (*k, Value::from(*v))))
    }

    fn identity(of: &str) -> Identity {
        BTreeMap::from([("arn".to_owned(), of.to_owned())])
    }

    fn record(sent: &Value) -> Record {
        Record {
            scope: Scope::default(),
            type_name: "mlops_model".into(),
            region: "r".into(),
            name: "m".into(),
            import: String::new(),
            delete: String::new(),
            fingerprint: String::new(),
            started: 1_000_000,
            alive: 1_010_000,
            sent: Sent::of(sent, &["secret"]),
            identity: None,
            end: End::Open,
            beside: Vec::new(),
            token: String::new(),
            missed: false,
            told: None,
        }
    }

    #[test]
    fn an_object_is_the_creations_if_it_came_while_the_request_was_open_and_is_as_it_was_sent() {
        let record = record(&text(&[("image", "a"), ("empty", ""), ("secret", "x")]));
        let described = text(&[("image", "a"), ("mode", "SingleModel"), ("arn", "b")]);
        let made = |created: Option<i64>, description: &Value| {
            record.made(Found { identity: &identity("b"), created, untimed: false, description })
        };
        assert!(made(Some(1_000_500), &described), "more than was sent may be described");
        assert!(made(Some(1_000_000 - 2_900), &described), "times are cut off to seconds");
        assert!(made(Some(1_010_000 + 20_000), &described), "the request may have been on its way");
        assert!(!made(Some(990_000), &described), "older than the creation");
        assert!(!made(Some(1_100_000), &described), "made by somebody after the process had died");
        assert!(!made(None, &described), "of no known age");
        assert!(!made(Some(1_000_500), &text(&[("image", "b")])), "not what was sent");
        assert!(!made(Some(1_000_500), &text(&[])), "described without what was sent");
        let untimed = |description: &Value| {
            record.made(Found { identity: &identity("b"), created: None, untimed: true, description })
        };
        assert!(untimed(&described), "nothing says when, and it is as it was sent");
        assert!(!untimed(&text(&[("image", "b")])), "nothing says when, and it is not what was sent");
    }

    #[test]
    fn an_identity_that_was_seen_decides_alone() {
        let record = Record { identity: Some(identity("b")), ..record(&text(&[("image", "a")])) };
        let changed = text(&[("image", "z")]);
        let made = |id: &str| {
            record.made(Found {
                identity: &identity(id),
                created: Some(1_000_500),
                untimed: false,
                description: &changed,
            })
        };
        assert!(made("b") && !made("c"));
    }

    #[test]
    fn what_was_sent_is_compared_as_aws_describes_it() {
        let number = |n: f64| Value::Number(tfplug::number::Number::from_f64(n).unwrap());
        let weights = |n: f64| Value::object([("v", Value::List(vec![Value::object([("weight", number(n))])]))]);
        let sent = Sent::of(&weights(1.0 / 3.0), &[]);
        assert!(sent.is_described_by(&weights(f64::from(1.0_f32 / 3.0))), "a float of 32 bits");
        assert!(!sent.is_described_by(&weights(0.3)));
        let hundred = Value::object([("weight", Value::from(100))]);
        let described = Value::object([("weight", number(100.0))]);
        assert!(Sent::of(&hundred, &[]).is_described_by(&described), "a whole number of a float");
        let map = |value: &str| Value::object([("m", Value::Map(BTreeMap::from([("a.b".to_owned(), value.into())])))]);
        assert!(Sent::of(&map("1"), &[]).is_described_by(&map("1")), "keys may have any characters");
        let stored = serde_json::to_string(&Sent::of(&map("very-secret"), &[])).unwrap();
        assert!(!stored.contains("very-secret"), "{stored}");
    }
}
