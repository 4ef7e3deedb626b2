//! S3 URIs, `s3://bucket/key`, as SageMaker takes them, and the rules for the names in them.

use std::fmt;

use tfplug::validator::Validator;

use super::arn::{Arn, Malformed};

/// The URI of one object, not of a prefix.
pub const OBJECT: Validator = Validator::Text {
    expected: "the S3 URI of an object, such as `s3://bucket/prefix/report.json`",
    accepts: |s| S3Uri::parse(s).is_ok_and(|uri| !uri.key.is_empty() && !uri.key.ends_with('/')),
};

/// The longest key, in bytes of UTF-8 (S3 User Guide, "Naming Amazon S3 objects").
const MAX_KEY_BYTES: usize = 1024;

/// The place of an object in S3, or of all objects whose keys begin alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct S3Uri {
    /// The bucket's name.
    pub bucket: String,
    /// The object's key, or what keys begin with; empty for the whole bucket.
    pub key: String,
}

impl S3Uri {
    /// A URI of a bucket and the parts of a key, with exactly one slash between the parts. Empty parts count as absent;
    /// a slash at the very end, which marks a prefix, is kept.
    ///
    /// # Errors
    /// What is wrong with the bucket's name or the key.
    pub fn join<'a>(bucket: &str, parts: impl IntoIterator<Item = &'a str>) -> Result<Self, Malformed> {
        if let Some(problem) = bucket_syntax(bucket) {
            return Err(Malformed(format!("{bucket:?} is not the name of a bucket: {problem}.")));
        }
        let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        let mut key = parts.iter().map(|p| p.trim_matches('/')).filter(|p| !p.is_empty()).collect::<Vec<_>>().join("/");
        if !key.is_empty() && parts.last().is_some_and(|p| p.ends_with('/')) {
            key.push('/');
        }
        check_key(&key)?;
        Ok(Self { bucket: bucket.to_owned(), key })
    }

    /// Takes a URI apart.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let Some(rest) = text.strip_prefix("s3://") else {
            return Err(Malformed(format!("{text:?} is not an S3 URI: it does not begin with `s3://`.")));
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if let Some(problem) = bucket_syntax(bucket) {
            return Err(Malformed(format!("{text:?} is not an S3 URI: the bucket {bucket:?} {problem}.")));
        }
        if key.starts_with('/') {
            return Err(Malformed(format!(
                "{text:?} has an empty first key segment: more than one slash after the bucket."
            )));
        }
        check_key(key)?;
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }

    /// The ARN of the bucket.
    pub fn bucket_arn(&self, partition: &str) -> Arn {
        Arn::new(partition, "s3", "", "", &*self.bucket)
    }

    /// The same place one or more steps further down.
    ///
    /// # Errors
    /// If the key becomes too long.
    pub fn child<'a>(&'a self, parts: impl IntoIterator<Item = &'a str>) -> Result<Self, Malformed> {
        Self::join(&self.bucket, std::iter::once(self.key.as_str()).chain(parts))
    }
}

impl fmt::Display for S3Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.bucket)?;
        if self.key.is_empty() { Ok(()) } else { write!(f, "/{}", self.key) }
    }
}

fn check_key(key: &str) -> Result<(), Malformed> {
    if key.len() > MAX_KEY_BYTES {
        return Err(Malformed(format!("The key has {} bytes; S3 allows {MAX_KEY_BYTES}.", key.len())));
    }
    if key.chars().any(char::is_control) {
        return Err(Malformed(format!("The key {key:?} contains a control character.")));
    }
    Ok(())
}

/// What is wrong with the name of any bucket or access point alias, as the end of a sentence.
fn bucket_syntax(name: &str) -> Option<&'static str> {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !(3..=63).contains(&name.len()) {
        Some("must have 3 to 63 characters")
    } else if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-') {
        Some("may have lower-case letters, digits, hyphens and dots only")
    } else if !edge(name.chars().next()) || !edge(name.chars().next_back()) {
        Some("must begin and end with a letter or digit")
    } else if name.contains("..") {
        Some("must not have two dots in a row")
    } else if name.parse::<std::net::Ipv4Addr>().is_ok() {
        Some("must not look like an IP address")
    } else {
        None
    }
}

/// What is wrong with the name of a general-purpose bucket that is to be created, as in "the bucket name must ...".
/// Source: S3 User Guide, "General purpose bucket naming rules".
pub fn bucket_name_problem(name: &str) -> Option<&'static str> {
    const PREFIXES: &[&str] = &["xn--", "sthree-", "amzn-s3-demo-"];
    const SUFFIXES: &[&str] = &["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];
    bucket_syntax(name).or_else(|| {
        if PREFIXES.iter().any(|p| name.starts_with(p)) {
            Some("must not begin with `xn--`, `sthree-` or `amzn-s3-demo-`, which S3 reserves")
        } else if SUFFIXES.iter().any(|s| name.ends_with(s)) {
            Some("must not end with `-s3alias`, `--ol-s3`, `.mrap`, `--x-s3` or `--table-s3`, which S3 reserves")
        } else {
            None
        }
    })
}

/// An S3 URI, of an object, a prefix or a whole bucket.
pub const URI: Validator = Validator::Text {
    expected: "an S3 URI, such as `s3://bucket/prefix/`, whose bucket name has 3 to 63 characters",
    accepts: |s| S3Uri::parse(s).is_ok(),
};

/// A place in S3 as most members of SageMaker's API take it: an S3 URI, or the address of the same on the web. Source: the
/// pattern `(https|s3)://([^/]+)/?(.*)` of the service model; S3 User Guide, "Methods for accessing a bucket".
pub const LOCATION: Validator = Validator::Text {
    expected: "an S3 URI, such as `s3://bucket/prefix/`, whose bucket name has 3 to 63 characters, or the same as \
               `https://s3.REGION.amazonaws.com/bucket/prefix/`",
    accepts: |s| s.strip_prefix("https://").map_or_else(|| S3Uri::parse(s).is_ok(), is_web_address),
};

/// Whether what follows `https://` is in S3.
fn is_web_address(rest: &str) -> bool {
    let host = rest.split('/').next().unwrap_or_default();
    let service = host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".amazonaws.com.cn"));
    service.is_some_and(|labels| labels.split('.').any(|label| label == "s3" || label.starts_with("s3-")))
}

/// The name of a bucket to create.
pub const BUCKET_NAME: Validator = Validator::Text {
    expected: "a bucket name: 3 to 63 lower-case letters, digits, hyphens and dots, with a letter or digit at both \
               ends, and without the prefixes and suffixes that S3 reserves",
    accepts: |s| bucket_name_problem(s).is_none(),
};

/// The name of a bucket that exists, or an access point alias in its place.
pub const EXISTING_BUCKET: Validator =
    Validator::Text { expected: "the name of a bucket", accepts: |s| bucket_syntax(s).is_none() };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_in_s3_in_either_form() {
        let accepts = |text: &str| LOCATION.accepts(&tfplug::value::Value::from(text));
        for good in [
            "s3://my-bucket/a",
            "https://s3.amazonaws.com/my-bucket/a",
            "https://s3-eu-west-1.amazonaws.com/my-bucket/a",
            "https://my-bucket.s3.eu-west-1.amazonaws.com/a",
            "https://s3.cn-north-1.amazonaws.com.cn/my-bucket/a",
        ] {
            assert!(accepts(good), "{good}");
        }
        for bad in ["https://example.com/s3/a", "https://s3.example.com/a", "http://s3.amazonaws.com/a", "s3://x", "/a"]
        {
            assert!(!accepts(bad), "{bad}");
        }
    }

    #[test]
    fn parses_and_prints() {
        for (text, bucket, key) in [
            ("s3://my-bucket", "my-bucket", ""),
            ("s3://my-bucket/a", "my-bucket", "a"),
            ("s3://my.bucket/a//b/", "my.bucket", "a//b/"),
            ("s3://my-bucket/ä ö", "my-bucket", "ä ö"),
        ] {
            let uri = S3Uri::parse(text).unwrap();
            assert_eq!((uri.bucket.as_str(), uri.key.as_str()), (bucket, key));
            assert_eq!(uri.to_string(), text);
        }
        assert_eq!(S3Uri::parse("s3://my-bucket/").unwrap().to_string(), "s3://my-bucket");
        assert_eq!(
            S3Uri::parse("s3://my-bucket/a").unwrap().bucket_arn("aws-cn").to_string(),
            "arn:aws-cn:s3:::my-bucket"
        );
    }

    #[test]
    fn joins_with_one_slash() {
        for (parts, uri) in [
            (&[][..], "s3://bkt"),
            (&["a", "b"], "s3://bkt/a/b"),
            (&["/a/", "/b/"], "s3://bkt/a/b/"),
            (&["a", "", "b"], "s3://bkt/a/b"),
            (&["a", "/"], "s3://bkt/a/"),
            (&["/"], "s3://bkt"),
            (&["a//b", "c"], "s3://bkt/a//b/c"),
        ] {
            let joined = S3Uri::join("bkt", parts.iter().copied()).unwrap();
            assert_eq!(joined.to_string(), uri, "{parts:?}");
            assert_eq!(S3Uri::parse(uri).unwrap(), joined);
        }
        let base = S3Uri::parse("s3://bkt/models/").unwrap();
        assert_eq!(base.child(["v1", "model.tar.gz"]).unwrap().to_string(), "s3://bkt/models/v1/model.tar.gz");
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, says) in [
            ("my-bucket/a", "does not begin with `s3://`"),
            ("S3://my-bucket", "does not begin with `s3://`"),
            ("https://my-bucket.s3.amazonaws.com/a", "does not begin with `s3://`"),
            ("s3://ab/x", "3 to 63"),
            ("s3:///x", "3 to 63"),
            ("s3://My-Bucket/x", "lower-case"),
            ("s3://-bucket/x", "begin and end"),
            ("s3://a..b/x", "two dots"),
            ("s3://10.0.0.1/x", "IP address"),
            ("s3://bucket//x", "more than one slash"),
            ("s3://bucket/a\nb", "control character"),
        ] {
            let error = S3Uri::parse(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
            assert!(!URI.accepts(&text.into()));
        }
        assert!(S3Uri::join("bkt", ["x".repeat(1024).as_str()]).is_ok());
        assert!(S3Uri::join("bkt", ["x".repeat(1025).as_str()]).unwrap_err().0.contains("1025 bytes"));
        assert!(S3Uri::join("B", []).unwrap_err().0.contains("3 to 63"));
    }

    #[test]
    fn reserved_names_can_be_used_but_not_created() {
        for name in
            ["xn--abc", "sthree-a", "amzn-s3-demo-a", "a-s3alias", "a--ol-s3", "abc.mrap", "a--x-s3", "a--table-s3"]
        {
            assert!(EXISTING_BUCKET.accepts(&name.into()) && !BUCKET_NAME.accepts(&name.into()), "{name}");
        }
        assert!(BUCKET_NAME.accepts(&"a-good.name1".into()));
    }
}
