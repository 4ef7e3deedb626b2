//! How far this computer's clock is from AWS's. Signatures and sessions depend on it, and so does telling an object's age.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tfplug::validator::Validator;

/// The least difference, in seconds, that AWS refuses signatures for (IAM User Guide, "Troubleshooting signed requests").
/// S3 refuses from 15 minutes on.
const TOLERATED: i64 = 300;

/// As AWS describes it, so that what is configured and what is described are the same text.
pub const TIME: Validator = Validator::Text {
    expected: "a time in UTC such as `2027-01-31T08:00:00Z`",
    accepts: |s| {
        let time = DateTime::from_str(s, Format::DateTime);
        time.is_ok_and(|time| time.fmt(Format::DateTime).is_ok_and(|text| text == s))
    },
};

/// The difference of the clocks as the last response told it.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// AWS's clock minus this computer's, in seconds: negative if this one is fast. Right to a second or two and the time
    /// that a response takes; 0 until one has come.
    pub fn offset(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// AWS's time in milliseconds since 1970, as right as the offset.
    pub fn now(&self) -> i64 {
        let here = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(here.as_millis()).unwrap_or(i64::MAX).saturating_add(self.offset().saturating_mul(1000))
    }

    /// AWS's time in whole seconds since 1970.
    pub fn seconds(&self) -> i64 {
        self.now() / 1000
    }

    /// Keeps what a response tells.
    pub(crate) fn note(&self, headers: &Headers) {
        if let Some(offset) = offset(headers) {
            self.0.store(offset, Ordering::Relaxed);
        }
    }
}

/// The clock of who sent these headers minus this computer's, in seconds.
pub(crate) fn offset(headers: &Headers) -> Option<i64> {
    let theirs = DateTime::from_str(headers.get("date")?, Format::HttpDate).ok()?.secs();
    let ours = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    Some(theirs - i64::try_from(ours).ok()?)
}

/// What is wrong with this computer's clock, if AWS may refuse requests for it.
pub(crate) fn complaint(offset: i64) -> Option<String> {
    let side = if offset > 0 { "behind" } else { "ahead of" };
    (offset.abs() > TOLERATED).then(|| {
        format!(
            "The local clock is {} minutes {side} AWS's, and AWS rejects requests with a wrong time. Set the clock, \
             then run again.",
            offset.abs() / 60
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_response_tells() {
        let clock = Clock::default();
        let mut headers = Headers::new();
        clock.note(&headers);
        assert_eq!(clock.offset(), 0);
        let in_an_hour = DateTime::from(SystemTime::now() + std::time::Duration::from_secs(3600));
        headers.insert("date", in_an_hour.fmt(Format::HttpDate).unwrap());
        clock.note(&headers);
        assert!((3598..=3600).contains(&clock.offset()), "{}", clock.offset());
        headers.insert("date", "yesterday");
        clock.note(&headers);
        assert!(clock.offset() > 3590, "what cannot be read changes nothing");
    }

    #[test]
    fn only_a_clock_that_matters_is_complained_about() {
        assert_eq!((complaint(300), complaint(-300)), (None, None));
        assert!(complaint(301).is_some_and(|c| c.contains("5 minutes behind")));
        assert!(complaint(-7200).is_some_and(|c| c.contains("120 minutes ahead of")));
    }
}
