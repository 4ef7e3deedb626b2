//! What the objects of a dataset have beside their content: content type and other headers, metadata, storage class, tags.

use std::collections::BTreeMap;

use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::{Tag, Tagging};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tfplug::validator::{Validate, Validator};
use tfplug::value::Value;

use crate::aws::tags::{self, Tags};
use crate::resources::storage::dataset_model::Dataset;
use crate::resources::storage::dataset_remote::{Head, METADATA};

/// The storage classes that objects of a bucket can be uploaded with. Source: S3 API reference, PutObject; those of
/// Outposts, Snow, FSx, Backup and directory buckets are left out.
pub const STORAGE_CLASSES: &[&str] = &[
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER_IR",
    "GLACIER",
    "DEEP_ARCHIVE",
];

/// What S3 sends back as it was sent. Other characters it encodes (S3 User Guide, "Working with object metadata").
pub const HEADER: Validator = Validator::Text {
    expected: "printable ASCII characters, without blanks at the ends",
    accepts: |s| !s.is_empty() && s.trim() == s && s.bytes().all(|c| matches!(c, b' '..=b'~')),
};

/// The keys of `content_types`.
pub const EXTENSIONS: Validator = Validator::Custom(&Keys {
    expected: "keys that are extensions in lower case without the leading dot",
    accepts: |key| !key.is_empty() && !key.starts_with('.') && !key.contains('/') && key.to_lowercase() == key,
    limit: usize::MAX,
});

/// The keys of `metadata`, and the size of all of it (S3 User Guide, "Working with object metadata": 2 KB, of which the
/// provider's own entry takes some).
pub const METADATA_KEYS: Validator = Validator::Custom(&Keys {
    expected: "keys of lower case letters, digits, `.`, `_` and `-`, not `mlops-sha256`, which with the values have at \
               most 1900 characters altogether",
    accepts: |key| {
        let lawful = |c: u8| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
        !key.is_empty() && key != METADATA && key.bytes().all(lawful)
    },
    limit: 1900,
});

/// The values of `object_tags`, and its keys (S3 User Guide, "Categorizing your objects using tags").
pub const TAG_VALUES: Validator = Validator::Text { expected: TAG_TEXT, accepts: is_tag };
/// The keys of `object_tags`.
pub const TAG_KEYS: Validator =
    Validator::Custom(&Keys { expected: "keys of the same characters", accepts: is_tag, limit: usize::MAX });
const TAG_TEXT: &str = "letters, digits, spaces and the characters `+`, `-`, `=`, `.`, `_`, `:`, `/` and `@`";

fn is_tag(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || " +-=._:/@".contains(c))
}

#[derive(Debug)]
struct Keys {
    expected: &'static str,
    accepts: fn(&str) -> bool,
    /// Most characters of all keys and values.
    limit: usize,
}

impl Validate for Keys {
    fn expected(&self) -> String {
        self.expected.to_owned()
    }

    fn accepts(&self, value: &Value) -> bool {
        let entries = || value.as_entries().into_iter().flatten();
        let size: usize = entries().map(|(key, value)| key.len() + value.as_str().map_or(0, str::len)).sum();
        size <= self.limit && entries().all(|(key, _)| (self.accepts)(key))
    }

    fn whole(&self) -> bool {
        true
    }
}

/// The arguments that are sent as they are.
const HEADERS: [&str; 5] = [
    Dataset::CACHE_CONTROL,
    Dataset::CONTENT_DISPOSITION,
    Dataset::CONTENT_ENCODING,
    Dataset::CONTENT_LANGUAGE,
    Dataset::STORAGE_CLASS,
];
const CONTENT_TYPE: &str = "content_type";
/// What stands before the key of an entry of `metadata`.
const ENTRY: &str = "metadata.";
/// What S3 does not say is this class (S3 API reference, HeadObject).
const USUAL_CLASS: &str = "STANDARD";

/// What one object has beside its content and its tags, by the name of the argument that says so; of `metadata` and
/// `content_types` by what stands for the single entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(BTreeMap<String, String>);

impl Headers {
    /// What S3 has.
    pub fn of(head: &HeadObjectOutput) -> Self {
        let mut headers = BTreeMap::new();
        for (name, value) in [
            (Dataset::CACHE_CONTROL, head.cache_control()),
            (Dataset::CONTENT_DISPOSITION, head.content_disposition()),
            (Dataset::CONTENT_ENCODING, head.content_encoding()),
            (Dataset::CONTENT_LANGUAGE, head.content_language()),
            (Dataset::STORAGE_CLASS, Some(head.storage_class().map_or(USUAL_CLASS, |class| class.as_str()))),
            (CONTENT_TYPE, head.content_type()),
        ] {
            headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        }
        let metadata = head.metadata().into_iter().flatten().filter(|(key, _)| *key != METADATA);
        headers.extend(metadata.map(|(key, value)| (format!("{ENTRY}{key}"), value.clone())));
        Self(headers)
    }

    /// The value of an argument.
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// The content type.
    pub fn content_type(&self) -> Option<String> {
        self.get(CONTENT_TYPE)
    }

    /// User-defined metadata.
    pub fn metadata(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, value)| Some((name.strip_prefix(ENTRY)?, value.as_str())))
    }

    /// A storage class that nobody asks for is as it is: lifecycle rules change it.
    fn without_class(&self) -> BTreeMap<String, String> {
        self.0.iter().filter(|(name, _)| *name != Dataset::STORAGE_CLASS).map(|(n, v)| (n.clone(), v.clone())).collect()
    }
}

/// Sets what the objects have on a request that stores one: PutObject, CreateMultipartUpload and CopyObject have the same
/// members.
macro_rules! with_settings {
    ($request:expr, $headers:expr) => {{
        let headers: &$crate::resources::storage::dataset_settings::Headers = $headers;
        let class = headers.get(Dataset::STORAGE_CLASS);
        let request = headers.metadata().fold($request, |request, (key, value)| request.metadata(key, value));
        request
            .set_cache_control(headers.get(Dataset::CACHE_CONTROL))
            .set_content_disposition(headers.get(Dataset::CONTENT_DISPOSITION))
            .set_content_encoding(headers.get(Dataset::CONTENT_ENCODING))
            .set_content_language(headers.get(Dataset::CONTENT_LANGUAGE))
            .set_content_type(headers.content_type())
            .set_storage_class(class.as_deref().map(aws_sdk_s3::types::StorageClass::from))
    }};
}
pub(super) use with_settings;

fn differences(wanted: &BTreeMap<String, String>, found: &BTreeMap<String, String>) -> Option<String> {
    let other = found.iter().filter(|(name, value)| wanted.get(*name) != Some(value));
    let mut differences: Vec<_> = other.map(|(name, value)| format!("{name} is {value:?}")).collect();
    let missing = wanted.keys().filter(|name| !found.contains_key(*name));
    differences.extend(missing.map(|name| format!("{name} is not set")));
    (!differences.is_empty()).then(|| differences.join(", "))
}

/// What the objects of a dataset are to have beside their content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What all of them have.
    common: Headers,
    content_types: BTreeMap<String, String>,
    /// None if tags are nobody's business.
    tags: Option<Tags>,
}

impl Settings {
    /// From the attributes of a dataset.
    pub fn of(dataset: &Value) -> Self {
        let text = |name: &&str| Some(((*name).to_owned(), dataset.attribute(name).as_str()?.to_owned()));
        let mut common: BTreeMap<_, _> = HEADERS.iter().filter_map(text).collect();
        let metadata = tags::from_value(dataset.attribute(Dataset::METADATA));
        common.extend(metadata.into_iter().map(|(key, value)| (format!("{ENTRY}{key}"), value)));
        let wanted = dataset.attribute(Dataset::OBJECT_TAGS);
        Self {
            common: Headers(common),
            content_types: tags::from_value(dataset.attribute(Dataset::CONTENT_TYPES)),
            tags: (!wanted.is_null()).then(|| tags::from_value(wanted)),
        }
    }

    /// What one object is to have.
    pub fn headers(&self, path: &str) -> Headers {
        let mut headers = self.common.clone();
        headers.0.insert(CONTENT_TYPE.to_owned(), self.content_type(path));
        headers
    }

    fn content_type(&self, path: &str) -> String {
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        let mut extensions = name.match_indices('.').map(|(at, dot)| &name[at + dot.len()..]);
        let given = extensions.find_map(|extension| self.content_types.get(extension));
        given.cloned().unwrap_or_else(|| mime_guess::from_path(&name).first_or_octet_stream().to_string())
    }

    /// Whether tags are read and written.
    pub fn has_tags(&self) -> bool {
        self.tags.is_some()
    }

    /// The tags, as a header has them.
    pub fn tags_header(&self) -> Option<String> {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs: Vec<_> =
            self.tags.iter().flatten().map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect();
        (!pairs.is_empty()).then(|| pairs.join("&"))
    }

    /// The tags, as a request of their own has them.
    pub fn tagging(&self) -> Option<Tagging> {
        let tags =
            self.tags.iter().flatten().filter_map(|(key, value)| Tag::builder().key(key).value(value).build().ok());
        Tagging::builder().set_tag_set(Some(tags.collect())).build().ok()
    }

    /// Whether the tags of objects differ from those of other settings.
    pub fn other_tags(&self, before: &Self) -> bool {
        self.tags != before.tags
    }

    /// What an object has that it should not, or lacks, for the reader of a plan. None if all is as it should be.
    pub fn differences(&self, path: &str, head: &Head) -> Option<String> {
        let Headers(wanted) = self.headers(path);
        match wanted.contains_key(Dataset::STORAGE_CLASS) {
            true => differences(&wanted, &head.headers.0),
            false => differences(&wanted, &head.headers.without_class()),
        }
    }

    /// The same for its tags.
    pub fn tag_differences(&self, found: &Tags) -> Option<String> {
        let named = |tags: &Tags| -> Tags {
            tags.iter().map(|(key, value)| (format!("{}.{key}", Dataset::OBJECT_TAGS), value.clone())).collect()
        };
        self.tags.as_ref().and_then(|wanted| differences(&named(wanted), &named(found)))
    }

    /// What all of several objects have, as attributes: what an import finds.
    pub fn found<'a>(heads: impl Iterator<Item = (&'a String, &'a Head)> + Clone) -> Vec<(&'static str, Value)> {
        let common = |name: &str| -> Option<String> {
            let mut values = heads.clone().map(|(_, head)| head.headers.get(name));
            let first = values.next()??;
            values.all(|value| value.as_ref() == Some(&first)).then_some(first)
        };
        let text = |name: &&'static str| Some((*name, Value::from(common(name)?)));
        // Lifecycle rules may have changed the class.
        let plain = HEADERS.iter().filter(|name| **name != Dataset::STORAGE_CLASS);
        let mut attributes: Vec<_> = plain.filter_map(text).collect();
        let keys = heads.clone().next().map(|(_, head)| head.headers.metadata().map(|(key, _)| key.to_owned()));
        let shared = keys.into_iter().flatten().filter_map(|key| {
            let value = common(&format!("{ENTRY}{key}"))?;
            Some((key, Value::from(value)))
        });
        let shared: BTreeMap<_, _> = shared.collect();
        if !shared.is_empty() {
            attributes.push((Dataset::METADATA, Value::Map(shared)));
        }
        let mut types: BTreeMap<String, Value> = BTreeMap::new();
        for (path, head) in heads.clone() {
            let extension =
                path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, e)| e.to_lowercase());
            let (Some(extension), Some(there)) = (extension, head.headers.content_type()) else { continue };
            if there != Self::default().content_type(path) {
                types.insert(extension, Value::from(there));
            }
        }
        if !types.is_empty() {
            attributes.push((Dataset::CONTENT_TYPES, Value::Map(types)));
        }
        attributes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> Value {
        Value::object(entries.iter().map(|(key, value)| (*key, Value::from(*value))))
    }

    fn head(headers: &[(&str, &str)]) -> Head {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Head { headers: Headers(headers), ..Head::default() }
    }

    #[test]
    fn content_types_follow_the_extension() {
        let given = map(&[("csv.gz", "application/x-rows"), ("gz", "application/x-gz"), ("bin", "text/x-bin")]);
        let settings = Settings::of(&Value::object([(Dataset::CONTENT_TYPES, given)]));
        for (path, expected) in [
            ("a/b.csv", "text/csv"),
            ("a/B.JSON", "application/json"),
            ("page.html", "text/html"),
            ("cat.png", "image/png"),
            ("weights.unheard", "application/octet-stream"),
            ("a.csv/README", "application/octet-stream"),
            ("rows.CSV.gz", "application/x-rows"),
            ("rows.tsv.gz", "application/x-gz"),
            ("x.bin", "text/x-bin"),
        ] {
            assert_eq!(settings.content_type(path), expected, "{path}");
        }
    }

    #[test]
    fn a_plan_reads_what_differs() {
        let settings = Settings::of(&Value::object([
            (Dataset::CACHE_CONTROL, Value::from("no-store")),
            (Dataset::METADATA, map(&[("owner", "us")])),
            (Dataset::OBJECT_TAGS, map(&[("team", "a")])),
        ]));
        let as_wanted = [
            ("cache_control", "no-store"),
            ("content_type", "text/csv"),
            ("metadata.owner", "us"),
            ("storage_class", "X"),
        ];
        assert_eq!(settings.differences("a.csv", &head(&as_wanted)), None, "a class that nobody asked for");
        let other = [("content_type", "text/plain"), ("content_language", "de"), ("metadata.owner", "us")];
        assert_eq!(
            settings.differences("a.csv", &head(&other)).unwrap(),
            r#"content_language is "de", content_type is "text/plain", cache_control is not set"#
        );
        assert_eq!(settings.tag_differences(&[("team".to_owned(), "a".to_owned())].into()), None);
        let other = settings.tag_differences(&[("k".to_owned(), "v".to_owned())].into()).unwrap();
        assert_eq!(other, r#"object_tags.k is "v", object_tags.team is not set"#);
        assert_eq!(Settings::default().tag_differences(&[("k".to_owned(), "v".to_owned())].into()), None);
        let cold = Settings::of(&Value::object([(Dataset::STORAGE_CLASS, Value::from("STANDARD_IA"))]));
        let found = head(&[("content_type", "text/csv"), ("storage_class", "STANDARD")]);
        assert_eq!(cold.differences("a.csv", &found).unwrap(), r#"storage_class is "STANDARD""#);
    }

    #[test]
    fn an_import_finds_what_all_objects_have() {
        let heads = [
            ("a.csv", &[("cache_control", "no-store"), ("content_type", "text/plain"), ("metadata.owner", "us")][..]),
            ("b.txt", &[("cache_control", "no-store"), ("content_type", "text/plain"), ("metadata.stage", "x")][..]),
        ];
        let heads: BTreeMap<String, Head> = heads.into_iter().map(|(path, h)| (path.to_owned(), head(h))).collect();
        let found: BTreeMap<_, _> = Settings::found(heads.iter()).into_iter().collect();
        let types = Value::Map([("csv".to_owned(), Value::from("text/plain"))].into());
        assert_eq!(found, [("cache_control", Value::from("no-store")), ("content_types", types)].into());
    }

    #[test]
    fn what_s3_does_not_keep_as_it_is_is_refused() {
        let refused = |validator: Validator, value: &Value| !validator.accepts(value);
        for bad in ["", " x", "x ", "ä", "a\nb"] {
            assert!(refused(HEADER, &Value::from(bad)), "{bad:?}");
        }
        for bad in [".csv", "CSV", "a/b", ""] {
            assert!(refused(EXTENSIONS, &map(&[(bad, "text/csv")])), "{bad:?}");
        }
        for bad in ["Owner", "mlops-sha256", "a b", ""] {
            assert!(refused(METADATA_KEYS, &map(&[(bad, "x")])), "{bad:?}");
        }
        assert!(refused(METADATA_KEYS, &map(&[("k", "x".repeat(1900).as_str())])));
        assert!(METADATA_KEYS.accepts(&map(&[("k", "x".repeat(1899).as_str())])));
        assert!(refused(TAG_VALUES, &Value::from("a&b")) && refused(TAG_KEYS, &map(&[("a&b", "x")])));
        assert!(TAG_VALUES.accepts(&Value::from("ä 1+-=._:/@")) && TAG_KEYS.accepts(&map(&[("a b", "x&")])));
        assert!(HEADER.accepts(&Value::from("max-age=3600, public")) && EXTENSIONS.accepts(&map(&[("csv.gz", "x")])));
    }

    #[test]
    fn tags_are_encoded_in_headers() {
        let tagged = |tags: &[(&str, &str)]| Settings::of(&Value::object([(Dataset::OBJECT_TAGS, map(tags))]));
        assert_eq!(tagged(&[("a b", "c&d"), ("e", "")]).tags_header().unwrap(), "a%20b=c%26d&e=");
        assert_eq!(tagged(&[]).tags_header(), None);
        assert!(tagged(&[]).has_tags() && !Settings::default().has_tags());
    }
}
