//! Numbers as Terraform has them: decimal, of any size, never rounded on the way through.

use std::fmt;
use std::str::FromStr;

use bigdecimal::{BigDecimal, FromPrimitive, Signed, ToPrimitive, num_bigint::BigInt};

/// A decimal number of any size. `1`, `1.0` and `1e0` are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

/// Longest text taken as a number: beyond Terraform's 512-bit mantissa, and short enough that no input is costly.
const LONGEST: usize = 2048;
/// Largest decimal exponent taken: a short text such as `1e999999999` must not become a gigabyte of digits.
const WIDEST: i64 = 4096;

impl Number {
    /// The shortest decimal that a 32-bit float stands for: `0.1f32` becomes 0.1, not 0.100000001490116.
    pub fn from_f32(n: f32) -> Option<Self> {
        n.is_finite().then(|| Self::from_str(&format!("{n}")).ok()).flatten()
    }

    /// The shortest decimal that a 64-bit float stands for. None for infinities and not-a-number.
    pub fn from_f64(n: f64) -> Option<Self> {
        n.is_finite().then(|| Self::from_str(&format!("{n}")).ok()).flatten()
    }

    /// The decimal value of all the bits of a 64-bit float, as msgpack carries it.
    pub fn from_f64_exact(n: f64) -> Option<Self> {
        BigDecimal::from_f64(n).map(|d| Self(d.normalized()))
    }

    /// The integer, if it is one and fits.
    pub fn to_i64(&self) -> Option<i64> {
        if self.0.is_integer() { self.0.to_i64() } else { None }
    }

    /// The nearest 64-bit float.
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().unwrap_or(if self.0.is_negative() { f64::NEG_INFINITY } else { f64::INFINITY })
    }

    /// Whether it has no fraction.
    pub fn is_integer(&self) -> bool {
        self.0.is_integer()
    }
}

impl From<i64> for Number {
    fn from(n: i64) -> Self {
        Self(BigDecimal::from(n))
    }
}

impl From<u64> for Number {
    fn from(n: u64) -> Self {
        Self(BigDecimal::from(n))
    }
}

impl From<BigInt> for Number {
    fn from(n: BigInt) -> Self {
        Self(BigDecimal::from(n))
    }
}

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        if text.len() > LONGEST {
            return Err(NotANumber);
        }
        let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
        let plausible = mantissa.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.'));
        let width: i64 = exponent.unwrap_or("0").parse().map_err(|_| NotANumber)?;
        if !plausible || width.abs() > WIDEST {
            return Err(NotANumber);
        }
        let number = BigDecimal::from_str(text).map(|d| Self(d.normalized())).map_err(|_| NotANumber)?;
        // What is read must be readable again when it is written without an exponent.
        if exponent.is_some() && number.to_string().len() > LONGEST {
            return Err(NotANumber);
        }
        Ok(number)
    }
}

/// The text is not a decimal number, or one beyond any size that Terraform can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number")]
pub struct NotANumber;

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.normalized().to_plain_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_whatever_the_spelling() {
        let n = |s: &str| Number::from_str(s).unwrap();
        assert_eq!(n("1"), n("1.000"));
        assert_eq!(n("1e3"), Number::from(1000_i64));
        assert_eq!(n("18446744073709551616").to_string(), "18446744073709551616");
        assert_eq!(n("18446744073709551616").to_i64(), None);
        assert_eq!(n("1e3").to_string(), "1000");
    }

    #[test]
    fn short_floats_stay_short() {
        assert_eq!(Number::from_f32(0.1).unwrap().to_string(), "0.1");
        assert_eq!(Number::from_f64(0.1).unwrap().to_string(), "0.1");
        assert_eq!(Number::from_f64(f64::NAN), None);
    }

    #[test]
    fn monsters_are_refused_quickly() {
        assert_eq!(Number::from_str("1e999999999"), Err(NotANumber));
        assert_eq!(Number::from_str("1e-999999999"), Err(NotANumber));
        assert_eq!(Number::from_str("1e4000"), Err(NotANumber), "too long to write out");
        assert!(Number::from_str("1e2000").is_ok_and(|n| Number::from_str(&n.to_string()) == Ok(n)));
        assert_eq!(Number::from_str("x"), Err(NotANumber));
        assert_eq!(Number::from_str(&"9".repeat(5000)), Err(NotANumber));
    }
}
