//! Amazon Resource Names and the partitions of AWS they lie in.
//!
//! Form: `arn:partition:service:region:account-id:resource` (IAM User Guide, "Identify AWS resources with Amazon Resource
//! Names (ARNs)"). Region and account are empty where a service has no need of them, as in `arn:aws:s3:::bucket`.

mod kinds;

use std::fmt;

use tfplug::diag::Diag;
use tfplug::validator::Validator;

pub use self::kinds::*;

/// A separate AWS: its own accounts, its own endpoints, its own first part of every ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// As ARNs have it: `aws`, `aws-cn` ...
    pub id: &'static str,
    /// What host names end with.
    pub dns_suffix: &'static str,
    /// What host names end with that have IPv6 addresses, too.
    pub dual_stack_dns_suffix: &'static str,
    /// What the names of its regions begin with.
    region_prefixes: &'static [&'static str],
}

/// All partitions, with the one that unknown regions are taken to be in first (botocore, `data/partitions.json`).
const PARTITIONS: &[Partition] = &[
    Partition { id: "aws", dns_suffix: "amazonaws.com", dual_stack_dns_suffix: "api.aws", region_prefixes: &[] },
    Partition {
        id: "aws-cn",
        dns_suffix: "amazonaws.com.cn",
        dual_stack_dns_suffix: "api.amazonwebservices.com.cn",
        region_prefixes: &["cn-"],
    },
    Partition {
        id: "aws-us-gov",
        dns_suffix: "amazonaws.com",
        dual_stack_dns_suffix: "api.aws",
        region_prefixes: &["us-gov-"],
    },
    Partition {
        id: "aws-iso",
        dns_suffix: "c2s.ic.gov",
        dual_stack_dns_suffix: "api.aws.ic.gov",
        region_prefixes: &["us-iso-"],
    },
    Partition {
        id: "aws-iso-b",
        dns_suffix: "sc2s.sgov.gov",
        dual_stack_dns_suffix: "api.aws.scloud",
        region_prefixes: &["us-isob-"],
    },
    Partition {
        id: "aws-iso-e",
        dns_suffix: "cloud.adc-e.uk",
        dual_stack_dns_suffix: "api.cloud-aws.adc-e.uk",
        region_prefixes: &["eu-isoe-"],
    },
    Partition {
        id: "aws-iso-f",
        dns_suffix: "csp.hci.ic.gov",
        dual_stack_dns_suffix: "api.aws.hci.ic.gov",
        region_prefixes: &["us-isof-"],
    },
    Partition {
        id: "aws-eusc",
        dns_suffix: "amazonaws.eu",
        dual_stack_dns_suffix: "api.amazonwebservices.eu",
        region_prefixes: &["eusc-"],
    },
];

/// Whether a text has the form of a region's name: `eu-west-1`, `us-gov-east-1`.
pub fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    words.len() >= 2 && words.iter().all(is_word) && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

/// The partition of a region. A region that no partition is known for counts as one of `aws`.
pub fn partition(region: &str) -> &'static Partition {
    PARTITIONS
        .iter()
        .find(|p| p.region_prefixes.iter().any(|prefix| region.starts_with(prefix)))
        .unwrap_or(&PARTITIONS[0])
}

/// Why a text is not what it should be: full sentences for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}

/// An ARN in its parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arn {
    /// The partition: `aws`.
    pub partition: String,
    /// The service's namespace: `sagemaker`.
    pub service: String,
    /// The region; empty for global services.
    pub region: String,
    /// The account's 12 digits; empty for some services, `aws` for what AWS itself owns.
    pub account_id: String,
    /// What the service calls the object, often with its type before: `role/name`. May hold more colons.
    pub resource: String,
}

impl Arn {
    /// That an object to import is in the account, if that is known.
    ///
    /// # Errors
    /// A diagnostic that names both accounts.
    pub fn must_be_of(&self, account: Option<&str>, noun: &str) -> Result<(), Diag> {
        match account.filter(|account| !self.account_id.is_empty() && *account != self.account_id) {
            None => Ok(()),
            Some(account) => Err(Diag::error(
                "Invalid import ID",
                format!(
                    "The {noun} {self} belongs to the account {}, and the provider works in the account {account}.",
                    self.account_id
                ),
            )),
        }
    }

    /// Puts an ARN together. IAM and the other global services take an empty region.
    pub fn new(partition: &str, service: &str, region: &str, account_id: &str, resource: impl Into<String>) -> Self {
        Self {
            partition: partition.to_owned(),
            service: service.to_owned(),
            region: region.to_owned(),
            account_id: account_id.to_owned(),
            resource: resource.into(),
        }
    }

    /// Takes an ARN apart.
    ///
    /// # Errors
    /// Which part is missing or wrong.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let malformed = |what: String| Malformed(format!("{text:?} is not an ARN: {what}."));
        if !text.starts_with("arn:") {
            return Err(malformed("it does not begin with `arn:`".to_owned()));
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [_, partition, service, region, account_id, resource] = parts[..] else {
            return Err(malformed(format!(
                "it has {} of the 6 parts of arn:partition:service:region:account:resource",
                parts.len()
            )));
        };
        if text.chars().any(char::is_whitespace) {
            return Err(malformed("it contains white space".to_owned()));
        }
        if partition != "aws" && !partition.starts_with("aws-") {
            return Err(malformed(format!("there is no partition {partition:?} (it is `aws`, `aws-cn` ...)")));
        }
        if service.is_empty() || !service.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return Err(malformed(format!("{service:?} is not the namespace of a service")));
        }
        // Actions of alarms on the instance itself have a service there: `arn:aws:automate:us-east-1:ec2:stop` (CloudWatch API
        // reference, PutMetricAlarm).
        let is_action = service == "automate" && account_id == "ec2";
        if !account_id.is_empty() && account_id != "aws" && !is_account_id(account_id) && !is_action {
            return Err(malformed(format!("the account {account_id:?} is not 12 digits")));
        }
        if resource.is_empty() {
            return Err(malformed("it has no resource".to_owned()));
        }
        Ok(Self::new(partition, service, region, account_id, resource))
    }

    /// The resource without its type: `name` of `role/name` for the type `role`. None if it is of another type.
    pub fn resource_of_type(&self, kind: &str) -> Option<&str> {
        self.resource.strip_prefix(kind)?.strip_prefix(['/', ':']).filter(|id| !id.is_empty())
    }

    /// Whether text is an ARN of this service whose resource has this type.
    pub fn is_of(text: &str, service: &str, kind: &str) -> bool {
        Self::parse(text).is_ok_and(|a| a.service == service && a.resource_of_type(kind).is_some())
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account_id, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account_id}:{resource}")
    }
}

/// Whether text is an account id: 12 digits.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whatever the services' own `KmsKeyId` members take: key id, key ARN, alias name or alias ARN (KMS Developer Guide,
/// "Key identifiers (KeyId)").
pub const KMS_KEY_ID: Validator = Validator::Text {
    expected: "a KMS key: its ID, its ARN, an alias (`alias/name`) or the ARN of an alias",
    accepts: |s| match s.strip_prefix("alias/") {
        Some(alias) => !alias.is_empty(),
        None if s.starts_with("arn:") => Arn::is_of(s, "kms", "key") || Arn::is_of(s, "kms", "alias"),
        None => !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
    },
};

/// An account id.
pub const ACCOUNT_ID: Validator =
    Validator::Text { expected: "an AWS account ID of 12 digits", accepts: is_account_id };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_apart_and_puts_together_every_form() {
        for text in [
            "arn:aws:iam::123456789012:role/service-role/training",
            "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess",
            "arn:aws:s3:::bucket/key:with:colons",
            "arn:aws-cn:sagemaker:cn-north-1:123456789012:endpoint/a",
            "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/TrainingJobs:*",
        ] {
            let arn = Arn::parse(text).unwrap();
            assert_eq!(arn.to_string(), text);
            assert_eq!(Arn::parse(&arn.to_string()).unwrap(), arn);
        }
        let role = Arn::parse("arn:aws:iam::123456789012:role/path/name").unwrap();
        assert_eq!(role.resource_of_type("role"), Some("path/name"));
        assert_eq!(role.resource_of_type("rol"), None);
        assert_eq!(role.resource_of_type("user"), None);
        assert_eq!((role.region.as_str(), role.account_id.as_str()), ("", "123456789012"));
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, says) in [
            ("", "does not begin"),
            ("role/training", "does not begin"),
            ("arn:aws:iam", "3 of the 6 parts"),
            ("arn:google:iam::123456789012:role/a", "no partition \"google\""),
            ("arn:aws::eu-west-1:123456789012:role/a", "namespace"),
            ("arn:aws:iam::12345:role/a", "12 digits"),
            ("arn:aws:iam::123456789012:", "no resource"),
            ("arn:aws:iam::123456789012:role/a b", "white space"),
        ] {
            let error = Arn::parse(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn every_region_has_its_partition() {
        for (region, id, dns_suffix) in [
            ("eu-west-1", "aws", "amazonaws.com"),
            ("us-east-1", "aws", "amazonaws.com"),
            ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
            ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
            ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
            ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
            ("eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"),
            ("us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov"),
            ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
            ("xx-newland-7", "aws", "amazonaws.com"),
        ] {
            assert_eq!((partition(region).id, partition(region).dns_suffix), (id, dns_suffix), "{region}");
        }
    }

    #[test]
    fn checks_know_their_kind() {
        let key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        let alias = "arn:aws:kms:eu-west-1:123456789012:alias/a";
        let role = "arn:aws:iam::123456789012:role/a";
        let all = [key, alias, role, "alias/a", "1234abcd-12ab-34cd-56ef-1234567890ab", "a b", ""];
        for (check, accepted) in [
            (ROLE, &[role][..]),
            (KMS_KEY, &[key]),
            (KMS_KEY_ID, &[key, alias, "alias/a", "1234abcd-12ab-34cd-56ef-1234567890ab"]),
        ] {
            for text in all {
                assert_eq!(check.accepts(&text.into()), accepted.contains(&text), "{check:?} of {text:?}");
            }
        }
        assert!(POLICY.accepts(&"arn:aws:iam::aws:policy/service-role/X".into()) && !POLICY.accepts(&role.into()));
        assert!(ACCOUNT_ID.accepts(&"012345678901".into()) && !ACCOUNT_ID.accepts(&"12".into()));
    }
}
