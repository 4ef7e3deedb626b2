//! ML compute instances.

use tfplug::validator::Validator;

/// An instance type by its form: AWS adds types faster than a list of them could follow.
pub const INSTANCE_TYPE: Validator = Validator::Text {
    expected: "an ML compute instance type, for example `ml.m5.large`",
    accepts: |s| {
        let parts: Vec<&str> = s.split('.').collect();
        let lawful =
            |p: &&str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        parts.len() == 3 && parts[0] == "ml" && parts.iter().all(lawful)
    },
};
