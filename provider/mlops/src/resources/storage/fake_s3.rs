//! As much of S3 as the bucket's tests need: one bucket, whose settings are kept as they are sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::testing::{Answer, Asked, Stub};

/// The header of the one member of a lifecycle configuration that is not in its body.
pub(super) const MINIMUM_SIZE: &str = "x-amz-transition-default-minimum-object-size";

/// A setting, and the code or the empty element with which S3 says that there is none. Source: S3 API reference, the Get
/// operation of each.
const SETTINGS: [(&str, &str); 10] = [
    ("cors", "NoSuchCORSConfiguration"),
    ("encryption", "ServerSideEncryptionConfigurationNotFoundError"),
    ("lifecycle", "NoSuchLifecycleConfiguration"),
    ("logging", "<BucketLoggingStatus/>"),
    ("notification", "<NotificationConfiguration/>"),
    ("ownershipControls", "OwnershipControlsNotFoundError"),
    ("policy", "NoSuchBucketPolicy"),
    ("publicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
    ("tagging", "NoSuchTagSet"),
    ("versioning", "<VersioningConfiguration/>"),
];

/// What a bucket has from the beginning. Source: S3 User Guide, "Default settings for new S3 buckets".
const NEW: [(&str, &str); 2] = [
    (
        "ownershipControls",
        "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>",
    ),
    (
        "publicAccessBlock",
        "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
    ),
];

/// The bucket, if there is one.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    /// The bodies of its settings.
    pub(super) settings: Option<BTreeMap<String, String>>,
    /// The objects below which its lifecycle rules move nothing, where somebody said so.
    pub(super) minimum_size: Option<String>,
    /// How often a policy is refused whose principal is not known yet.
    pub(super) unknown_principal: usize,
    /// What was written, in order: `PUT policy`.
    pub(super) written: Vec<String>,
}

/// Starts a fake S3.
pub(super) async fn start() -> (Stub, Arc<Mutex<Bucket>>) {
    let bucket = Arc::new(Mutex::new(Bucket::default()));
    let held = bucket.clone();
    (Stub::start(move |asked| held.lock().unwrap().answer(asked)).await, bucket)
}

impl Bucket {
    /// Makes a bucket as S3 makes it.
    pub(super) fn make(&mut self) {
        self.settings = Some(NEW.map(|(name, body)| (name.to_owned(), body.to_owned())).into());
    }

    /// Gives the bucket a lifecycle configuration, of rules in XML.
    pub(super) fn lifecycle(&mut self, rules: &str) {
        let body = format!("<LifecycleConfiguration>{rules}</LifecycleConfiguration>");
        self.settings.as_mut().unwrap().insert("lifecycle".to_owned(), body);
    }

    /// A setting's body; empty if there is none.
    pub(super) fn setting(&self, name: &str) -> &str {
        self.settings.as_ref().and_then(|s| s.get(name)).map_or("", String::as_str)
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        let query = asked.path.split_once('?').map_or("", |(_, query)| query);
        let setting = SETTINGS.iter().find(|(name, _)| query.split(['&', '=']).any(|part| part == *name));
        let Some((name, absent)) = setting else {
            return match asked.method.as_str() {
                "PUT" => {
                    self.make();
                    ok(String::new())
                }
                _ if self.settings.is_none() => Answer(404, vec![], String::new()),
                _ => ok(String::new()),
            };
        };
        if asked.method == "GET" {
            let size = self.minimum_size.clone().filter(|_| *name == "lifecycle");
            let headers = size.map(|size| (MINIMUM_SIZE, size)).into_iter().collect();
            return match self.setting(name) {
                "" if absent.starts_with('<') => ok((*absent).to_owned()),
                "" => refused(404, absent, "There is none"),
                body => Answer(200, headers, body.to_owned()),
            };
        }
        self.written.push(format!("{} {name}", asked.method));
        let body = String::from_utf8(asked.body.clone()).unwrap();
        let is_blocked = self.setting("publicAccessBlock").contains("<BlockPublicPolicy>true");
        if asked.method == "PUT" && *name == "policy" && self.unknown_principal > 0 {
            self.unknown_principal -= 1;
            return refused(400, "MalformedPolicy", "Invalid principal in policy");
        }
        if *name == "policy" && body.contains(r#""Effect":"Allow","Principal":"*""#) && is_blocked {
            return refused(403, "AccessDenied", "Access Denied");
        }
        if *name == "lifecycle" {
            self.minimum_size = asked.headers.iter().find(|(name, _)| name == MINIMUM_SIZE).map(|(_, v)| v.clone());
        }
        let settings = self.settings.as_mut().unwrap();
        match asked.method.as_str() {
            "PUT" => settings.insert((*name).to_owned(), body),
            _ => settings.remove(*name),
        };
        ok(String::new())
    }
}

fn ok(body: String) -> Answer {
    Answer(200, vec![("content-type", "application/xml".to_owned())], body)
}

fn refused(status: u16, code: &str, message: &str) -> Answer {
    let body = format!("<Error><Code>{code}</Code><Message>{message}</Message><RequestId>r-1</RequestId></Error>");
    Answer(status, vec![("content-type", "application/xml".to_owned()), ("x-amz-request-id", "r-1".to_owned())], body)
}
