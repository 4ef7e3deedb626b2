//! Lengths of time as users write them in `timeouts`: `60m`, `1h30m`, `1.5s`, as Go's `time.ParseDuration` reads them.
//!
//! The crate `tfplug-derive` compiles this same file, to refuse a wrong default at compile time. Hence the standard
//! library only.

use std::fmt;
use std::time::Duration;

/// The units, from the longest to the shortest, in nanoseconds.
const UNITS: [(&str, u128); 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// What is accepted, as in "must be ...".
pub const EXPECTED: &str = "a duration above zero such as `90s`, `30m` or `1h30m`";

/// The text is not a positive duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotADuration {
    /// The text.
    pub text: String,
}

impl fmt::Display for NotADuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not {EXPECTED}", self.text)
    }
}

impl std::error::Error for NotADuration {}

/// Reads a duration: one or more decimal numbers, each with a unit (`h`, `m`, `s`, `ms`, `us` or `µs`, `ns`), without
/// spaces or sign. What is finer than a nanosecond is cut off.
///
/// # Errors
/// The text is something else, is zero, or is longer than 2^63 nanoseconds (292 years), the longest that Go can hold.
pub fn parse(text: &str) -> Result<Duration, NotADuration> {
    let invalid = || NotADuration { text: text.to_owned() };
    let mut rest = text;
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(invalid)?;
        let (number, tail) = rest.split_at(end);
        let end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        rest = tail;
        total = total.checked_add(nanoseconds(number, unit).ok_or_else(invalid)?).ok_or_else(invalid)?;
    }
    match u64::try_from(total) {
        Ok(n) if n > 0 && i64::try_from(n).is_ok() => Ok(Duration::from_nanos(n)),
        _ => Err(invalid()),
    }
}

/// Whether [`parse`] reads the text.
pub fn is_valid(text: &str) -> bool {
    parse(text).is_ok()
}

/// Writes a duration as [`parse`] reads it, with whole numbers only: `1h30m`, `1s500ms`. Zero becomes `0s`.
pub fn format(duration: Duration) -> String {
    let mut rest = duration.as_nanos();
    let mut text = String::new();
    for (unit, size) in UNITS {
        if rest >= size {
            text.push_str(&(rest / size).to_string());
            text.push_str(unit);
            rest %= size;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

fn nanoseconds(number: &str, unit: &str) -> Option<u128> {
    let unit = if matches!(unit, "µs" | "μs") { "us" } else { unit };
    let (_, size) = *UNITS.iter().find(|(name, _)| *name == unit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    // 24 digits are finer than any unit's nanoseconds, and times the longest unit they still fit.
    let fraction = &fraction[..fraction.len().min(24)];
    let digits = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<u128>().ok() };
    let scale = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    digits(whole)?.checked_mul(size)?.checked_add(digits(fraction)? * size / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads() {
        for (text, nanos) in [
            ("60m", 3_600_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("1.5s", 1_500_000_000),
            (".5s", 500_000_000),
            ("5.s", 5_000_000_000),
            ("0.1h", 360_000_000_000),
            ("1h0m10s", 3_610_000_000_000),
            ("2ms3us4ns", 2_003_004),
            ("1µs", 1_000),
            ("1μs", 1_000),
            ("0.333333333333333333333333333333h", 1_199_999_999_999),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in
            ["", "0", "0s", "5", "-5m", "+5m", "m", ".s", "1.2.3s", "5 m", "5x", "5d", "1h ", "300000000h", "5M"]
        {
            assert_eq!(parse(text), Err(NotADuration { text: text.to_owned() }), "{text}");
        }
    }

    #[test]
    fn writes_what_it_reads() {
        for text in ["1h30m", "20m", "1s500ms", "2ms3us4ns", "24h"] {
            assert_eq!(format(parse(text).unwrap()), text);
        }
        assert_eq!(format(Duration::from_secs(3600)), "1h");
        assert_eq!(format(Duration::ZERO), "0s");
    }
}
