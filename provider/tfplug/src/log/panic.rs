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
    for frame in own_frames(&backtrace.to_string()) {
        let _ = writeln!(text, "{frame}");
    }
    let redacted = redactor.redact(&text);
    redacted.lines().take(MAX_LINES).collect::<Vec<_>>().join("\n")
}

/// The frames of a printed backtrace that lie in this workspace: a line with the function, a line with the place. Those
/// of libraries are many, long and the same every time; those of a binary without symbols say nothing.
fn own_frames(backtrace: &str) -> Vec<&str> {
    const FOREIGN: &[&str] = &["/rustc/", "/registry/src/", "/library/std/", "/library/core/"];
    let lines: Vec<&str> = backtrace.lines().collect();
    let is_place = |line: &str| line.trim_start().starts_with("at ");
    lines
        .windows(2)
        .filter(|pair| is_place(pair[1]) && !FOREIGN.iter().any(|part| pair[1].contains(part)))
        .flatten()
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn frames_of_libraries_are_left_out() {
        let backtrace = "   0: core::panicking::panic_fmt\n             at /rustc/123/library/core/src/panicking.rs:80:14\n   \
                         1: mine::broken\n             at ./src/mine.rs:3:9\n   2: tokio::run\n             at \
                         /home/u/.cargo/registry/src/index/tokio-1/src/run.rs:1:1\n   3: <unknown>\n";
        assert_eq!(own_frames(backtrace), ["   1: mine::broken", "             at ./src/mine.rs:3:9"]);
    }

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
        assert!(report.contains("a_report_starts_with_panic") && report.lines().count() <= MAX_LINES, "{report}");
    }
}
