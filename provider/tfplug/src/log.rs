//! Logs on standard error in the form that Terraform merges into its own: one JSON object per line (hclog).
//!
//! Code logs with the `tracing` macros; fields of the spans around an event are added to its line. Whatever is written
//! passes the [`Redactor`] first.

mod line;
mod panic;
mod redact;

use std::borrow::Cow;
use std::io::Write;
use std::sync::OnceLock;
use std::time::SystemTime;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use line::Line;
pub use redact::Redactor;

/// Libraries whose debug output is about bytes on wires; only their warnings are of use to anyone here. Their module
/// paths start with one of these.
const WARNINGS_ONLY: &[&str] = &["h2", "hyper", "mio", "rustls", "tokio", "tonic", "tower", "want"];
/// The AWS SDK: its own `TRACE` would be lost among hundreds of lines per request.
const ONE_LEVEL_LESS: &[&str] = &["aws_"];

/// What to log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Name of the provider, the first part of `@module`.
    name: String,
    level: LevelFilter,
}

impl Default for Settings {
    fn default() -> Self {
        Self { name: String::new(), level: LevelFilter::OFF }
    }
}

impl Settings {
    /// Settings from the value of the first set variable among `TF_LOG_PROVIDER_<NAME>`, `TF_LOG_PROVIDER` and
    /// `TF_LOG`: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `OFF`, or `JSON`, which means `TRACE`. Like Terraform, takes
    /// anything else for `TRACE`.
    #[must_use]
    pub fn from_variables(name: &str, value: Option<&str>) -> Self {
        let level = match value.map(str::to_ascii_uppercase).as_deref() {
            None | Some("OFF") => LevelFilter::OFF,
            Some("ERROR") => LevelFilter::ERROR,
            Some("WARN") => LevelFilter::WARN,
            Some("INFO") => LevelFilter::INFO,
            Some("DEBUG") => LevelFilter::DEBUG,
            Some(_) => LevelFilter::TRACE,
        };
        Self { name: name.to_owned(), level }
    }

    /// The most verbose level that is logged.
    #[must_use]
    pub fn level(&self) -> LevelFilter {
        self.level
    }
}

/// The redactor that everything written by this module passes.
#[must_use]
pub fn redactor() -> &'static Redactor {
    static REDACTOR: OnceLock<Redactor> = OnceLock::new();
    REDACTOR.get_or_init(Redactor::default)
}

/// Masks registered secrets in a message to the user. See [`Redactor::mask_registered`].
#[must_use]
pub fn mask_registered(text: &str) -> Cow<'_, str> {
    redactor().mask_registered(text)
}

/// Masks whatever may be a secret in a technical text. See [`Redactor::redact`].
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    redactor().redact(text)
}

/// Sends the process's `tracing` events to standard error and panics to the user. Called once, by
/// [`crate::serve::run`]; a second call changes nothing.
pub fn install(settings: &Settings) {
    panic::install_hook();
    if settings.level == LevelFilter::OFF {
        return;
    }
    let layer = Hclog { settings: settings.clone(), write: write_line };
    // Fails only if a subscriber is installed already, which then is what the process wants.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
}

/// Writes a message for whoever started the process by hand.
pub(crate) fn write_plain(message: &str) {
    write_line(&redact(message));
}

/// Writes a whole line at once, so that lines of several threads do not mix. A failure is ignored: it means that nobody
/// reads any more.
fn write_line(line: &str) {
    let mut bytes = Vec::with_capacity(line.len() + 1);
    bytes.extend_from_slice(line.as_bytes());
    bytes.push(b'\n');
    let _ = std::io::stderr().lock().write_all(&bytes);
}

/// The most verbose level of a target that is of use at a chosen level.
fn useful_level(target: &str, chosen: LevelFilter) -> LevelFilter {
    let among = |list: &[&str]| list.iter().any(|prefix| target.starts_with(prefix));
    if among(WARNINGS_ONLY) {
        chosen.min(LevelFilter::WARN)
    } else if among(ONE_LEVEL_LESS) {
        match chosen {
            LevelFilter::TRACE => LevelFilter::DEBUG,
            LevelFilter::DEBUG => LevelFilter::INFO,
            LevelFilter::INFO => LevelFilter::WARN,
            quieter => quieter,
        }
    } else {
        chosen
    }
}

/// The value of a field, as it will be written.
enum FieldValue {
    Text(String),
    /// A number or boolean in its JSON form.
    Plain(String),
}

/// Fields of an event or span, in order of appearance.
#[derive(Default)]
struct Fields(Vec<(&'static str, FieldValue)>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push((field.name(), FieldValue::Text(format!("{value:?}"))));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), FieldValue::Text(value.to_owned())));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.push((field.name(), FieldValue::Plain(value.to_string())));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.push((field.name(), FieldValue::Plain(value.to_string())));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.push((field.name(), FieldValue::Plain(value.to_string())));
    }
}

/// Formats events and hands the lines to `write`.
struct Hclog<W> {
    settings: Settings,
    write: W,
}

impl<S, W> Layer<S> for Hclog<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&str) + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _context: Context<'_, S>) -> bool {
        *metadata.level() <= useful_level(metadata.target(), self.settings.level)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.settings.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let message = fields.0.iter().find_map(|(name, value)| match value {
            FieldValue::Text(text) if *name == "message" => Some(text.as_str()),
            _ => None,
        });
        let metadata = event.metadata();
        let module = format!("{}.{}", self.settings.name, metadata.target().replace("::", "."));
        let mut line = Line::new(
            redactor(),
            level_name(*metadata.level()),
            SystemTime::now(),
            &module,
            message.unwrap_or(metadata.name()),
        );
        let mut add = |fields: &Fields| {
            for (name, value) in fields.0.iter().filter(|(name, _)| *name != "message") {
                match value {
                    FieldValue::Text(text) => line.text(name, text),
                    FieldValue::Plain(json) => line.plain(name, json),
                }
            }
        };
        add(&fields);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<Fields>() {
                add(fields);
            }
        }
        (self.write)(&line.finish());
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// The lines, parsed, that `log` writes at `level`.
    fn lines(level: &str, log: impl FnOnce()) -> Vec<serde_json::Value> {
        let written = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&written);
        let settings = Settings::from_variables("toy", Some(level));
        let write = move |line: &str| sink.lock().unwrap().push(line.to_owned());
        let subscriber = tracing_subscriber::registry().with(Hclog { settings, write });
        tracing::subscriber::with_default(subscriber, log);
        let lines = written.lock().unwrap();
        lines.iter().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }

    #[test]
    fn an_event_is_a_line_with_its_fields_and_those_of_its_spans() {
        let lines = lines("debug", || {
            let span = tracing::info_span!("call", rpc = "ReadResource", late = tracing::field::Empty);
            let _entered = span.enter();
            span.record("late", "filled");
            tracing::warn!(attempt = 3, done = false, name = ?"x\"y", "waiting for {}", "it");
        });
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!(line["@level"], "warn");
        assert_eq!(line["@message"], "waiting for it");
        assert!(line["@timestamp"].is_string());
        assert_eq!(line["@module"], "toy.tfplug.log.tests");
        assert_eq!(line["attempt"], 3);
        assert_eq!(line["done"], false);
        assert_eq!(line["name"], r#""x\"y""#);
        assert_eq!(line["rpc"], "ReadResource");
        assert_eq!(line["late"], "filled");
    }

    #[test]
    fn reserved_keys_stay_strings_whatever_is_logged() {
        let lines = lines("trace", || {
            tracing::info!(message = 7);
            tracing::info!("@message" = 7, "@level" = 1, "@timestamp" = false, "text");
        });
        for line in &lines {
            for key in ["@message", "@level", "@timestamp", "@module"] {
                assert!(line[key].is_string(), "{line}");
            }
        }
        assert_eq!(lines[1]["@message"], "text");
    }

    #[test]
    fn levels_are_those_asked_for() {
        let log = || {
            tracing::error!("e");
            tracing::warn!("w");
            tracing::info!("i");
            tracing::debug!("d");
            tracing::trace!("t");
        };
        for (level, count) in [("ERROR", 1), ("warn", 2), ("INFO", 3), ("DEBUG", 4), ("TRACE", 5), ("JSON", 5)] {
            assert_eq!(lines(level, log).len(), count, "{level}");
        }
        assert_eq!(lines("OFF", log).len(), 0);
    }

    #[test]
    fn libraries_are_quieter() {
        let lines = lines("trace", || {
            tracing::debug!(target: "h2::codec", "frame");
            tracing::warn!(target: "h2::codec", "reset");
            tracing::trace!(target: "aws_smithy_runtime::client", "step");
            tracing::debug!(target: "aws_smithy_runtime::client", "retry");
        });
        let messages: Vec<_> = lines.iter().map(|line| line["@message"].as_str().unwrap()).collect();
        assert_eq!(messages, ["reset", "retry"]);
    }

    #[test]
    fn secrets_are_masked_in_messages_and_fields() {
        redactor().register("kjh34k5jh34k5");
        let lines = lines("info", || {
            tracing::info!(db_password = "open sesame", number = 5, other = "x kjh34k5jh34k5 y", "got kjh34k5jh34k5");
        });
        let text = lines[0].to_string();
        assert!(!text.contains("kjh34k5jh34k5") && !text.contains("sesame"), "{text}");
        assert_eq!(lines[0]["number"], 5);
    }
}
