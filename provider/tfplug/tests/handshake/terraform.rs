//! The real `terraform` binary with the bare provider.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::plugin::{POINTING, PROVIDER, Plugin};

const CONFIGURATION: &str = r#"
terraform {
  required_providers {
    bare = { source = "example/bare" }
  }
}
provider "bare" {}
data "bare_nothing" "x" {}
output "x" { value = data.bare_nothing.x }
"#;

/// Network and location in a `TF_REATTACH_PROVIDERS` assignment.
pub(crate) fn reattach_address(assignment: &str) -> (String, String) {
    let value: Value = serde_json::from_str(reattach_value(assignment)).unwrap();
    let address = &value["registry.terraform.io/example/bare"]["Addr"];
    (address["Network"].as_str().unwrap().to_owned(), address["String"].as_str().unwrap().to_owned())
}

fn reattach_value(assignment: &str) -> &str {
    assignment.strip_prefix("TF_REATTACH_PROVIDERS='").and_then(|rest| rest.strip_suffix('\'')).unwrap()
}

/// A directory with a configuration, and with the provider that it uses under the name Terraform wants.
fn workspace(name: &str, provider: &str, configuration: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    std::fs::write(path.join("main.tf"), configuration).unwrap();
    std::os::unix::fs::symlink(provider, path.join(format!("terraform-provider-{name}"))).unwrap();
    let overrides = format!(
        "provider_installation {{\n  dev_overrides {{ \"example/{name}\" = {:?} }}\n  direct {{}}\n}}\n",
        path.display().to_string()
    );
    std::fs::write(path.join("cli.tfrc"), overrides).unwrap();
    std::fs::write(path.join("empty.tfrc"), "").unwrap();
    directory
}

fn bare_workspace() -> TempDir {
    workspace("bare", PROVIDER.as_str(), CONFIGURATION)
}

fn terraform(directory: &Path, cli_config: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new("terraform")
        .args(arguments)
        .current_dir(directory)
        .env("TF_CLI_CONFIG_FILE", directory.join(cli_config))
        .env("CHECKPOINT_DISABLE", "1")
        .env_remove("TF_LOG")
        .env_remove("TF_REATTACH_PROVIDERS")
        .envs(environment.iter().copied())
        .output()
        .expect("the terraform binary is needed for this test")
}

/// Standard output of a run that succeeded.
fn successful(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "terraform failed:\n{}\n{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

fn assert_empty_schema(json: &str) {
    let schemas: Value = serde_json::from_str(json).unwrap();
    let provider = &schemas["provider_schemas"]["registry.terraform.io/example/bare"]["provider"];
    assert_eq!(provider["version"], 0, "{json}");
}

#[test]
fn terraform_reads_the_schema() {
    let directory = bare_workspace();
    for environment in [&[][..], &[("TF_DISABLE_PLUGIN_TLS", "1")]] {
        let output = terraform(directory.path(), "cli.tfrc", &["providers", "schema", "-json"], environment);
        assert_empty_schema(&successful(&output));
    }
}

#[test]
fn terraform_plans_and_stops_the_provider_in_time() {
    let directory = bare_workspace();
    let log = directory.path().join("log");
    let environment = [("TF_LOG", "TRACE"), ("TF_LOG_PATH", log.to_str().unwrap())];
    let output = terraform(directory.path(), "cli.tfrc", &["plan", "-no-color"], &environment);
    assert!(successful(&output).contains("Changes to Outputs"));
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("configured by Terraform"), "the provider's log is not merged into Terraform's");
    assert!(!log.contains("hunter2"));
    let complaints = ["plugin failed to exit gracefully", "unexpected data", "error closing client", "[ERROR]"];
    // On a busy machine go-plugin closes the pipes of a process that has ended while it still reads them, and complains of
    // itself: "error encountered while scanning stdout: read |0: file already closed".
    let complains =
        |line: &str| complaints.iter().any(|part| line.contains(part)) && !line.contains("file already closed");
    let complaints: Vec<&str> = log.lines().filter(|line| complains(line)).collect();
    assert!(complaints.is_empty(), "Terraform complains: {complaints:#?}");
}

#[test]
fn terraform_attaches_to_a_provider_in_debug_mode_again_and_again() {
    let directory = bare_workspace();
    let mut command = Command::new(PROVIDER.as_str());
    command.arg("--debug");
    let mut provider = Plugin::spawn(command);
    let reattach = reattach_value(&provider.line).to_owned();
    for _ in 0..2 {
        let environment = [("TF_REATTACH_PROVIDERS", reattach.as_str())];
        let schema = terraform(directory.path(), "empty.tfrc", &["providers", "schema", "-json"], &environment);
        assert_empty_schema(&successful(&schema));
        let plan = terraform(directory.path(), "empty.tfrc", &["plan", "-no-color"], &environment);
        assert!(successful(&plan).contains("Changes to Outputs"));
        assert!(provider.is_running(), "Terraform stopped the provider");
    }
}

/// Every line with `bad` in it holds one finding; what the framework names it is in the comment.
const FINDINGS: &str = r#"
terraform {
  required_providers {
    pointing = { source = "example/pointing" }
  }
}
locals {
  part = { kind = "good" }
}
resource "pointing_thing" "inside" {
  name = "bad" # name
  zones = [
    "good",
    "bad", # zones[1]
  ]
  parts = [
    { kind = "good" },
    { kind = "bad" }, # parts[1].kind
  ]
  main = {
    kind  = "bad"   # main.kind
    sizes = ["bad"] # main.sizes[0]
  }
}
resource "pointing_thing" "of_the_attribute" {
  labels = { good = "good", 1 = "bad" }                     # labels["1"]
  hosts  = ["good", "bad"]                                  # hosts[*]
  parts  = [for kind in ["good", "bad"] : { kind = kind }]  # parts[1].kind
  main   = merge(local.part, { kind = "bad" })              # main.kind
  spares = { good = { kind = "good" }, x = { kind = "bad" } } # spares["x"].kind
}
"#;

#[test]
fn terraform_points_at_the_line_of_what_is_wrong_at_any_depth() {
    let directory = workspace("pointing", POINTING.as_str(), FINDINGS);
    let output = terraform(directory.path(), "cli.tfrc", &["validate", "-json"], &[]);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat())));
    let errors = report["diagnostics"].as_array().unwrap().iter().filter(|d| d["severity"] == "error");
    let mut found: Vec<(u64, String)> = errors
        .map(|d| {
            let named = d["detail"].as_str().unwrap().split('`').nth(1).unwrap_or_default();
            (d["range"]["start"]["line"].as_u64().unwrap(), named.to_owned())
        })
        .collect();
    found.sort();
    let marked = FINDINGS.lines().zip(1..).filter_map(|(line, number)| Some((number, line.split_once(" # ")?.1)));
    let expected: Vec<(u64, String)> = marked.map(|(number, path)| (number, path.to_owned())).collect();
    assert_eq!(found, expected);
}
