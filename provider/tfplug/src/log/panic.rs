//! Reporting panics. Terraform shows a line that starts with `panic: `, and the 100 lines after it, to the user.

use std::backtrace::Backtrace;
use std::fmt::Write;
use std::panic::PanicHookInfo;
use std::sync::Once;

use super::{Redactor, redactor, write_line};

/// Lines that Terraform still shows.
const MAX_LINES: usize = 100;

/// Replaces the panic hook of the standard library.
pub(super) fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| write_line(&report(redactor(), info, &Backtrace::force_capture()))));
    });
}

fn report(redactor: &Redactor, info: &PanicHookInfo<'_>, backtrace: &Backtrace) -> String {
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no message)");
    let mut text = format!("panic: {message}\n");
    if let Some(location) = info.location() {
        let _ = writeln!(text, "at {location}");
    }
    let _ = write!(text, "{backtrace}");
    let redacted = redactor.redact(&text);
    redacted.lines().take(MAX_LINES).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_report_starts_with_panic_and_hides_secrets() {
        static REPORT: Mutex<String> = Mutex::new(String::new());
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(|info| {
            let redactor = Redactor::default();
            redactor.register("hunter22");
            *REPORT.lock().unwrap() = report(&redactor, info, &Backtrace::force_capture());
        }));
        let result = std::panic::catch_unwind(|| panic!("login with hunter22 failed\npassword={}", "xyzzy"));
        std::panic::set_hook(previous);
        assert!(result.is_err());
        let report = REPORT.lock().unwrap();
        assert!(report.starts_with("panic: login with *** failed\npassword=***\nat "), "{report}");
        assert!(report.contains("log/panic.rs") && report.lines().count() <= MAX_LINES, "{report}");
    }
}
