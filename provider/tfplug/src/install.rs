//! Installing a provider where `terraform init` and `tofu init` find it without any configuration.
//!
//! Source: Terraform's documentation, "CLI Configuration File", Implied Local Mirror Directories; OpenTofu has the same.

use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// The registries that clients look in where a configuration names none: Terraform's and OpenTofu's.
pub(crate) const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

/// The directory of the current user in which clients look for providers: `~/.terraform.d/plugins`, on Windows
/// `%APPDATA%\terraform.d\plugins`.
///
/// # Errors
/// The environment does not name the user's home directory.
#[expect(clippy::disallowed_methods, reason = "clients look below the same directory")]
pub fn plugin_directory() -> Result<PathBuf> {
    let (variable, below) =
        if cfg!(windows) { ("APPDATA", "terraform.d/plugins") } else { ("HOME", ".terraform.d/plugins") };
    match std::env::var_os(variable) {
        Some(home) if !home.is_empty() => Ok(Path::new(&home).join(below)),
        _ => Err(Error::new(ErrorKind::NotFound, format!("the environment variable {variable} is not set"))),
    }
}

/// Copies an executable into `directory`, laid out as a mirror. `address` is the provider's full address, such as
/// `registry.terraform.io/hashicorp/aws`; one of a public registry is installed for Terraform's and OpenTofu's. Returns the
/// files that were written.
///
/// # Errors
/// A file or directory that cannot be read or written; the message names it.
pub fn install(executable: &Path, address: &str, version: &str, directory: &Path) -> Result<Vec<PathBuf>> {
    let name = address.rsplit('/').next().unwrap_or_default();
    let mut written = Vec::new();
    for address in addresses(address) {
        let place = directory.join(address).join(version).join(platform());
        let file = place.join(format!("terraform-provider-{name}_v{version}{}", std::env::consts::EXE_SUFFIX));
        // A client that runs now keeps the file that it started; writing into that would fail or end it.
        let part = place.join(format!(".terraform-provider-{name}_v{version}.{}", std::process::id()));
        let copied = std::fs::create_dir_all(&place)
            .and_then(|()| std::fs::copy(executable, &part))
            .and_then(|_| std::fs::rename(&part, &file));
        if let Err(e) = copied {
            let _ = std::fs::remove_file(&part);
            return Err(Error::new(e.kind(), format!("{}: {e}", file.display())));
        }
        written.push(file);
    }
    Ok(written)
}

/// The addresses under which clients look for a provider: each expects that of a public registry under its own.
pub(crate) fn addresses(address: &str) -> Vec<String> {
    match address.split_once('/') {
        Some((host, rest)) if HOSTS.contains(&host) => HOSTS.iter().map(|host| format!("{host}/{rest}")).collect(),
        _ => vec![address.to_owned()],
    }
}

/// The platform as clients call it: `linux_amd64`.
fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{system}_{architecture}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_installed_for_both_registries_and_over_a_former_one() {
        let directory = tempfile::tempdir().unwrap();
        let executable = directory.path().join("built");
        for content in ["first", "second"] {
            std::fs::write(&executable, content).unwrap();
            let written = install(&executable, "registry.terraform.io/a/toy", "1.2.3", directory.path()).unwrap();
            assert_eq!(written.len(), 2);
            for (file, host) in written.iter().zip(HOSTS) {
                let place = format!("{host}/a/toy/1.2.3/{}", platform());
                assert!(file.starts_with(directory.path().join(place)), "{}", file.display());
                assert_eq!(std::fs::read_to_string(file).unwrap(), content);
                assert_eq!(std::fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
            }
        }
        let own = install(&executable, "registry.example.com/a/toy", "1.2.3", directory.path()).unwrap();
        assert_eq!(own.len(), 1);
    }

    #[test]
    fn what_cannot_be_written_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = install(&file, "example.com/a/toy", "1.2.3", &file).unwrap_err().to_string();
        assert!(
            error.contains("example.com/a/toy/1.2.3") && error.contains("terraform-provider-toy_v1.2.3"),
            "{error}"
        );
    }
}
