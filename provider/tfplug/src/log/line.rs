//! One log line: JSON in hclog's form, within the length that go-plugin reads as one line.

use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Redactor;

/// go-plugin splits lines of 64 KiB and shows the pieces raw.
const MAX_LINE_BYTES: usize = 60 << 10;
/// The most that the message takes of it.
const MAX_MESSAGE_BYTES: usize = 32 << 10;
/// What a key, quotes and the mark of a cut value need at most.
const OVERHEAD_BYTES: usize = 512;

/// A log line under construction.
pub(super) struct Line<'a> {
    redactor: &'a Redactor,
    json: String,
}

impl<'a> Line<'a> {
    /// Starts a line. The reserved keys are strings by construction: Terraform crashes on anything else.
    pub(super) fn new(redactor: &'a Redactor, level: &str, at: SystemTime, module: &str, message: &str) -> Self {
        let mut line =
            Self { redactor, json: format!("{{\"@level\":\"{level}\",\"@timestamp\":\"{}\"", timestamp(at)) };
        line.push_key("@module");
        push_string(&mut line.json, module, OVERHEAD_BYTES);
        line.push_key("@message");
        push_string(&mut line.json, &line.redactor.redact(message), MAX_MESSAGE_BYTES);
        line
    }

    /// Adds a field with a text.
    pub(super) fn text(&mut self, key: &str, value: &str) {
        if !self.start(key) {
            return;
        }
        let room = MAX_LINE_BYTES.saturating_sub(self.json.len());
        push_string(&mut self.json, &self.redactor.redact_field(key, value), room);
    }

    /// Adds a field whose value is JSON already and no text.
    pub(super) fn plain(&mut self, key: &str, json: &str) {
        if self.redactor.is_secret_key(key) {
            self.text(key, json);
        } else if self.start(key) {
            self.json.push_str(json);
        }
    }

    /// The finished line, without a newline.
    pub(super) fn finish(mut self) -> String {
        self.json.push('}');
        self.json
    }

    /// Writes the key, unless the line is full. Keys that start with `@` are hclog's.
    fn start(&mut self, key: &str) -> bool {
        let fits = self.json.len() + OVERHEAD_BYTES <= MAX_LINE_BYTES && key.len() < OVERHEAD_BYTES / 2;
        if fits {
            self.push_key(&key.replace('@', "_"));
        }
        fits
    }

    fn push_key(&mut self, key: &str) {
        self.json.push(',');
        push_string(&mut self.json, key, OVERHEAD_BYTES);
        self.json.push(':');
    }
}

/// Appends a JSON string, cut so that it adds little more than `room` bytes.
fn push_string(json: &mut String, text: &str, room: usize) {
    let start = json.len();
    json.push('"');
    for (at, character) in text.char_indices() {
        if json.len() - start >= room {
            let _ = write!(json, " [{} bytes cut]", text.len() - at);
            break;
        }
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            // Line separators of Unicode are escaped too: something on the way may take them for line ends.
            control if control.is_control() || matches!(control, '\u{2028}' | '\u{2029}') => {
                let _ = write!(json, "\\u{:04x}", u32::from(control));
            }
            plain => json.push(plain),
        }
    }
    json.push('"');
}

/// UTC with six fraction digits, the only form that Terraform recognises.
fn timestamp(at: SystemTime) -> String {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, second_of_day) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = civil_date(days);
    let (hour, minute, second) = (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:06}Z", since.subsec_micros())
}

/// Year, month and day of a number of days since 1970-01-01, in the Gregorian calendar.
fn civil_date(days: u64) -> (u64, u64, u64) {
    // Years that start on 1 March, so that the leap day is the last of its year; counted from 0000-03-01.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn line(message: &str, fields: &[(&str, &str)]) -> serde_json::Value {
        let redactor = Redactor::default();
        let mut line = Line::new(&redactor, "info", SystemTime::now(), "m", message);
        for (key, value) in fields {
            line.text(key, value);
        }
        let text = line.finish();
        assert!(text.len() < 64 << 10, "{} bytes", text.len());
        assert!(!text.contains('\n'));
        serde_json::from_str(&text).expect("JSON")
    }

    #[test]
    fn timestamps_have_six_digits_and_the_right_date() {
        let at = |seconds, micros| timestamp(UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_micros(micros));
        assert_eq!(at(0, 0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(at(951_827_696, 7), "2000-02-29T12:34:56.000007Z");
        assert_eq!(at(1_704_067_199, 999_999), "2023-12-31T23:59:59.999999Z");
        assert_eq!(at(4_107_542_400, 0), "2100-03-01T00:00:00.000000Z");
    }

    #[test]
    fn dates_agree_with_counting() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..80_000 {
            assert_eq!(civil_date(days), (year, month, day));
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 if leap => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > length {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }

    #[test]
    fn text_survives_escaping() {
        let odd = "quote\" back\\slash\nline\r\ttab \u{1}\u{7f}\u{2028} ünïcode 🚀";
        let line = line(odd, &[("key", odd)]);
        assert_eq!(line["@message"], odd);
        assert_eq!(line["key"], odd);
    }

    #[test]
    fn long_lines_are_cut() {
        let long = "\u{1}".repeat(200 << 10);
        let line = line(&long, &[("a", &long), ("b", &long), ("c", "short")]);
        let message = line["@message"].as_str().unwrap();
        assert!(message.ends_with("bytes cut]"), "{}", &message[message.len() - 40..]);
        assert!(line["a"].as_str().unwrap().ends_with("bytes cut]"));
    }

    #[test]
    fn many_fields_are_cut() {
        let keys: Vec<String> = (0..10_000).map(|number| format!("key{number}")).collect();
        let fields: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "value")).collect();
        assert_eq!(line("m", &fields)["key0"], "value");
    }
}
