//! What SageMaker takes for names.
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::names::SUFFIX;

/// Letters, digits and inner hyphens, at most 63. Source: the pattern `[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}` that the
/// SageMaker API reference gives for the names of jobs, endpoints and endpoint configurations.
pub const NAME: Validator = Validator::Text {
    expected: "1 to 63 letters, digits and hyphens, with a letter or digit at both ends",
    accepts: |s| is_name(s, 63),
};

/// The beginning of such a name, short enough for the suffix that is added.
pub const PREFIX: Validator = Validator::Text {
    expected: "at most 37 letters, digits and hyphens, beginning with a letter or digit",
    accepts: |s| s.len() <= 63 - SUFFIX && is_name(&format!("{s}0"), 63),
};

/// A name of at most 32 such characters. Source: the pattern `[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}` that the SageMaker API
/// reference gives for the names of hyperparameter tuning jobs.
pub const SHORT: Validator = Validator::Text {
    expected: "1 to 32 letters, digits and hyphens, with a letter or digit at both ends",
    accepts: |s| is_name(s, 32),
};

/// The beginning of such a name, short enough for the suffix that is added.
pub const SHORT_PREFIX: Validator = Validator::Text {
    expected: "at most 6 letters, digits and hyphens, beginning with a letter or digit",
    accepts: |s| s.len() <= 32 - SUFFIX && is_name(&format!("{s}0"), 32),
};

/// A name without capitals. Source: the pattern `[a-z0-9](-*[a-z0-9])*` that the SageMaker API reference gives for the names
/// of human task UIs, with their length.
pub const LOWER_CASE: Validator = Validator::Text {
    expected: "1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends",
    accepts: |s| is_name(s, 63) && !s.bytes().any(|b| b.is_ascii_uppercase()),
};

/// The beginning of such a name, short enough for the suffix that is added.
pub const LOWER_CASE_PREFIX: Validator = Validator::Text {
    expected: "at most 37 lower-case letters, digits and hyphens, beginning with a letter or digit",
    accepts: |s| PREFIX.accepts(&Value::from(s)) && !s.bytes().any(|b| b.is_ascii_uppercase()),
};

/// The name of a pipeline, at most 256. Source: the pattern `[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}` of the SageMaker API reference.
pub const LONG_NAME: Validator = Validator::Text {
    expected: "1 to 256 letters, digits and hyphens, with a letter or digit at both ends",
    accepts: |s| is_name(s, 256),
};

/// The beginning of such a name, short enough for the suffix that is added.
pub const LONG_PREFIX: Validator = Validator::Text {
    expected: "at most 230 letters, digits and hyphens, beginning with a letter or digit",
    accepts: |s| s.len() <= 256 - SUFFIX && is_name(&format!("{s}0"), 256),
};

/// The display name of a pipeline execution. Source: the same pattern with `{0,81}`.
pub const EXECUTION_NAME: Validator = Validator::Text {
    expected: "1 to 82 letters, digits and hyphens, with a letter or digit at both ends",
    accepts: |s| is_name(s, 82),
};

fn is_name(s: &str, longest: usize) -> bool {
    let b = s.as_bytes();
    let ends = |c: Option<&u8>| c.is_some_and(u8::is_ascii_alphanumeric);
    b.len() <= longest && ends(b.first()) && ends(b.last()) && b.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_the_rules() {
        for good in ["a", "a-b", "A9", &"x".repeat(63)] {
            assert!(NAME.accepts(&Value::from(good)), "{good}");
        }
        for bad in ["", "-a", "a-", "a_b", "ä", &"x".repeat(64)] {
            assert!(!NAME.accepts(&Value::from(bad)), "{bad}");
        }
        for (validator, longest) in [(LONG_NAME, 256), (EXECUTION_NAME, 82)] {
            assert!(validator.accepts(&Value::from("x".repeat(longest))));
            assert!(!validator.accepts(&Value::from("x".repeat(longest + 1))));
        }
        assert!(
            LONG_PREFIX.accepts(&Value::from("x".repeat(230))) && !LONG_PREFIX.accepts(&Value::from("x".repeat(231)))
        );
        assert!(PREFIX.accepts(&Value::from("train-")));
        assert!(!PREFIX.accepts(&Value::from("x".repeat(38))));
        assert!(LOWER_CASE.accepts(&Value::from("a-1")) && !LOWER_CASE.accepts(&Value::from("aB")));
        assert!(LOWER_CASE_PREFIX.accepts(&Value::from("a-")) && !LOWER_CASE_PREFIX.accepts(&Value::from("A-")));
        assert!(SHORT.accepts(&Value::from("x".repeat(32))) && !SHORT.accepts(&Value::from("x".repeat(33))));
        assert!(SHORT_PREFIX.accepts(&Value::from("churn-")) && !SHORT_PREFIX.accepts(&Value::from("digits-")));
    }
}
