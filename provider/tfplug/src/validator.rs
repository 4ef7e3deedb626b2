//! Tests of configured values, as data, so that the documentation can state them. What no data says is [`Validate`].

use crate::number::Number;
use crate::value::Value;

/// A test of a configured value that none of the usual ones makes.
///
/// ```
/// use tfplug::validator::{Validate, Validator};
/// use tfplug::value::Value;
///
/// #[derive(Debug)]
/// struct Distinct;
///
/// impl Validate for Distinct {
///     fn expected(&self) -> String {
///         "a list without repetitions".to_owned()
///     }
///
///     fn accepts(&self, value: &Value) -> bool {
///         let all = value.as_elements().unwrap_or_default();
///         all.iter().enumerate().all(|(i, x)| !all[..i].contains(x))
///     }
///
///     fn whole(&self) -> bool {
///         true
///     }
/// }
///
/// let distinct = Validator::Custom(&Distinct);
/// assert!(!distinct.accepts(&Value::List(vec!["a".into(), "a".into()])));
/// ```
pub trait Validate: std::fmt::Debug + Send + Sync {
    /// What is accepted: it completes the sentence "must be ...".
    fn expected(&self) -> String;

    /// Whether a value passes. It is neither null nor unknown in any part.
    fn accepts(&self, value: &Value) -> bool;

    /// Whether a collection is tested as a whole, and not each of its elements.
    fn whole(&self) -> bool {
        false
    }

    /// Whether other tests of the attribute say better what is expected: this one is then neither documented nor, where
    /// another one fails, reported.
    fn fallback(&self) -> bool {
        false
    }
}

/// A test of one configured value. On collections, [`Validator::Text`], [`Validator::OneOf`], [`Validator::Length`] and
/// [`Validator::Range`] test each element.
#[derive(Clone, Copy, Debug)]
pub enum Validator {
    /// Text that a function accepts. `expected` completes the sentence "must be ...".
    Text {
        /// What is accepted, as in "must be {expected}".
        expected: &'static str,
        /// The test.
        accepts: fn(&str) -> bool,
    },
    /// Text among these.
    OneOf(&'static [&'static str]),
    /// Text with this many characters.
    Length {
        /// Fewest characters.
        min: usize,
        /// Most characters.
        max: usize,
    },
    /// A number within these bounds.
    Range {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A collection with this many elements.
    Count {
        /// Fewest elements.
        min: usize,
        /// Most elements.
        max: usize,
    },
    /// A whole number of 64 bits.
    Integer,
    /// A JSON document.
    Json,
    /// A test of the provider's own.
    Custom(&'static dyn Validate),
}

impl Validator {
    /// What is accepted, as in "must be ...".
    pub fn expected(&self) -> String {
        match self {
            Self::Text { expected, .. } => (*expected).to_owned(),
            Self::OneOf(all) => {
                let quoted: Vec<String> = all.iter().map(|s| format!("`{s}`")).collect();
                format!("one of {}", quoted.join(", "))
            }
            Self::Length { min, max } if min == max => format!("{min} characters long"),
            Self::Length { min: 0, max } => format!("at most {max} characters long"),
            Self::Length { min, max: usize::MAX } => format!("at least {min} characters long"),
            Self::Length { min, max } => format!("{min} to {max} characters long"),
            Self::Range { min, max: i64::MAX } => format!("{min} or more"),
            Self::Range { min: i64::MIN, max } => format!("at most {max}"),
            Self::Range { min, max } => format!("between {min} and {max}"),
            Self::Count { min, max } => format!("a collection with {}", elements(*min, *max)),
            Self::Integer => "a whole number".to_owned(),
            Self::Json => "a JSON document".to_owned(),
            Self::Custom(test) => test.expected(),
        }
    }

    /// Whether other tests of the attribute say better what is expected.
    pub(crate) fn fallback(&self) -> bool {
        matches!(self, Self::Custom(test) if test.fallback())
    }

    /// Whether this is a range that says no more than which numbers a 32-bit integer, or a wider one, can be.
    pub fn is_width(&self) -> bool {
        matches!(self, Self::Range { min, max } if *min <= i32::MIN.into() && *max >= i32::MAX.into())
    }

    /// Whether a collection is tested as a whole, and not each of its elements.
    pub fn whole(&self) -> bool {
        match self {
            Self::Count { .. } => true,
            Self::Custom(test) => test.whole(),
            _ => false,
        }
    }

    /// Whether the value passes. Null, and whatever is unknown, passes.
    pub fn accepts(&self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Null | Value::Unknown(_)) => true,
            (Self::Count { min, max }, Value::List(v) | Value::Set(v)) => {
                // Equal elements of a set may turn out to be one once they are known.
                let known = v.iter().all(Value::is_wholly_known) || matches!(value, Value::List(_));
                v.len() <= *max && (v.len() >= *min || !known)
            }
            (Self::Count { min, max }, Value::Map(m)) => (*min..=*max).contains(&m.len()),
            (Self::Custom(test), value) if test.whole() => !value.is_wholly_known() || test.accepts(value),
            (_, Value::List(v) | Value::Set(v)) => v.iter().all(|x| self.accepts(x)),
            (_, Value::Map(m)) => m.values().all(|x| self.accepts(x)),
            (Self::Text { accepts, .. }, Value::String(s)) => accepts(s),
            (Self::OneOf(all), Value::String(s)) => all.contains(&s.as_str()),
            (Self::Length { min, max }, Value::String(s)) => (*min..=*max).contains(&s.chars().count()),
            (Self::Json, Value::String(s)) => serde_json::from_str::<serde::de::IgnoredAny>(s).is_ok(),
            (Self::Range { min, max }, Value::Number(n)) => *n >= Number::from(*min) && *n <= Number::from(*max),
            (Self::Custom(test), value) => !value.is_wholly_known() || test.accepts(value),
            (Self::Integer, Value::Number(n)) => n.to_i64().is_some(),
            _ => true,
        }
    }
}

/// A number of elements in words.
pub(crate) fn elements(min: usize, max: usize) -> String {
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    match (min, max) {
        (_, usize::MAX) => format!("at least {min} element{}", plural(min)),
        (0, _) => format!("at most {max} element{}", plural(max)),
        _ if min == max => format!("exactly {min} element{}", plural(min)),
        _ => format!("{min} to {max} elements"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Even;

    impl Validate for Even {
        fn expected(&self) -> String {
            "even".to_owned()
        }

        fn accepts(&self, value: &Value) -> bool {
            value.as_number().and_then(Number::to_i64).is_some_and(|n| n % 2 == 0)
        }
    }

    #[test]
    fn each_validator_accepts_and_refuses() {
        let n = |x: i64| Value::from(x);
        for (validator, good, bad) in [
            (Validator::OneOf(&["a", "b"]), Value::from("a"), Value::from("c")),
            (Validator::Length { min: 1, max: 3 }, Value::from("äöü"), Value::from("abcd")),
            (Validator::Range { min: 1, max: 3 }, n(3), n(4)),
            (Validator::Count { min: 1, max: 1 }, Value::List(vec![n(1)]), Value::List(vec![])),
            (Validator::Integer, n(1), Value::Number("1.5".parse().unwrap())),
            (Validator::Json, Value::from("{}"), Value::from("{")),
            (Validator::Text { expected: "shouting", accepts: |s| s == "A" }, Value::from("A"), Value::from("a")),
        ] {
            assert!(validator.accepts(&good), "{validator:?}");
            assert!(!validator.accepts(&bad), "{validator:?}");
            assert!(validator.accepts(&Value::unknown()) && validator.accepts(&Value::Null));
            assert!(!validator.expected().is_empty());
        }
        let even = Validator::Custom(&Even);
        assert!(even.accepts(&Value::List(vec![n(2), Value::unknown(), n(4)])) && !even.accepts(&n(1)));
        assert!(!even.accepts(&Value::Map([("a".to_owned(), n(1))].into())), "elements are tested");
        assert!(!Validator::OneOf(&["a"]).accepts(&Value::List(vec!["a".into(), "b".into()])), "elements are tested");
    }
}
