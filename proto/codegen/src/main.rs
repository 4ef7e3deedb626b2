//! Writes `provider/tfplug/src/pb` from `proto/*.proto`, or with `--check` compares the two.

use std::path::PathBuf;
use std::process::ExitCode;

use proto_codegen::{compare, generate, write};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--check"] => true,
        _ => return report("usage: proto-codegen [--check]"),
    };
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let committed = root.join("provider/tfplug/src/pb");
    let result = generate(&root.join("proto")).and_then(|files| {
        if !check {
            return write(&files, &committed);
        }
        match compare(&files, &committed)?.as_slice() {
            [] => Ok(()),
            differing => Err(std::io::Error::other(format!(
                "not what the .proto files generate: {}; run `cargo run -p proto-codegen`",
                differing.join(", ")
            ))),
        }
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error.to_string()),
    }
}

#[allow(clippy::print_stderr, reason = "a command line tool reports to its user")]
fn report(message: &str) -> ExitCode {
    eprintln!("proto-codegen: {message}");
    ExitCode::FAILURE
}
