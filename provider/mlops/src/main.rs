//! The provider's executable. Terraform starts it without arguments.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use mlops::{ADDRESS, Mlops};
use tfplug::install::plugin_directory;
use tfplug::rpc::Server;
use tfplug::serve::{Options, run};

const VERSION: &str = env!("CARGO_PKG_VERSION");

const USAGE: &str = "\
Terraform and OpenTofu start this program themselves. By hand:
  terraform-provider-mlops install   copy it to where `terraform init` and `tofu init` find it, below the home directory
  terraform-provider-mlops --debug   serve until interrupted; prints how to attach Terraform
  terraform-provider-mlops schema    print the schemas as JSON
  terraform-provider-mlops docs DIR  write the documentation from the schemas and ./examples into DIR, the table of
                                     resources into ./README.md, and mocks for tests into ./examples/mocks;
                                     with --check behind it only compare
  terraform-provider-mlops version   print the version
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => serve(false),
        ["--debug" | "-debug"] => serve(true),
        ["install"] => install(),
        ["schema"] => print(&format!("{:#}\n", mlops::schema_json::provider_schema(&Mlops, ADDRESS))),
        ["docs", docs] => write_docs(docs, false),
        ["docs", docs, "--check"] => write_docs(docs, true),
        ["version" | "--version"] => print(&format!("terraform-provider-mlops {VERSION}\n")),
        _ => {
            let _ = std::io::stderr().write_all(USAGE.as_bytes());
            ExitCode::from(2)
        }
    }
}

fn serve(debug: bool) -> ExitCode {
    // A process that is attached to serves one walk after another, and would take the next plan for this one's apply.
    if !debug {
        mlops::config::remember_plans();
    }
    let server = Server::new(Mlops);
    let options = Options::new(ADDRESS).debug(debug).on_release(server.on_release());
    run(|stopping| server.stopping_with(stopping), options)
}

fn install() -> ExitCode {
    let installed = std::env::current_exe()
        .and_then(|executable| tfplug::install::install(&executable, ADDRESS, VERSION, &plugin_directory()?));
    match installed {
        Ok(files) => print(&files.iter().map(|file| format!("installed {}\n", file.display())).collect::<String>()),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "Cannot install the provider: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write_docs(docs: &str, check: bool) -> ExitCode {
    match mlops::docs::run(Path::new(""), Path::new(docs), check) {
        Ok(outcome) if outcome.complete => print(&outcome.report),
        Ok(outcome) => {
            print(&outcome.report);
            ExitCode::FAILURE
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "Cannot bring the documentation up to date: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
