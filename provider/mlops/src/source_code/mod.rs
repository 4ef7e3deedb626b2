//! Script mode: a local directory of scripts, packaged into an archive in S3 that a container unpacks and runs.

pub mod archive;
pub mod input;
pub mod script;

use tfplug::model::Model;
use tfplug::validator::Validator;

use crate::files::review::HASH;
use crate::files::selection::PATTERN;

/// A local directory of source code that is packaged, uploaded to S3 and run in script mode.
#[derive(Clone, Debug, Model)]
#[tf(at_least_one_of("directory", "sha256"))]
pub struct SourceCode {
    /// The local directory. All files are packaged except those that `exclude` matches. Symbolic links are followed as
    /// long as their targets are inside the directory. The directory must exist when Terraform plans, unless its path
    /// is known only after the apply, such as `terraform_data.code.output` of a resource that creates it. Required
    /// unless `sha256` is that of the archive that exists, as it is after an import.
    #[tf(optional, provider_only)]
    directory: Option<String>,
    /// The script to run, relative to `directory`.
    #[tf(required, provider_only)]
    entry_point: String,
    /// Files and directories not to package, as patterns in the syntax of
    /// [gitignore](https://git-scm.com/docs/gitignore#_pattern_format). They follow the default patterns, so that
    /// `!cert.pem` includes a file that those exclude: `.terraform`, `.terraform.lock.hcl`, `*.tfstate*`, `.git`,
    /// `__pycache__`, `*.pyc`, `.ipynb_checkpoints`, `.pytest_cache`, `.mypy_cache`, `.ruff_cache`, `.tox`, `.nox`,
    /// `.venv`, `venv` and any directory that contains a `pyvenv.cfg`, `node_modules`, `.DS_Store`, `.env`, `*.pem`,
    /// `*.key`, `id_rsa*`, `id_ed25519*`, `.aws`, `.ssh`. Saved Terraform plans are never packaged. `.gitignore` files
    /// are not read, and neither are excluded directories.
    #[tf(optional, provider_only, validate(Validator::Count { min: 1, max: 100 }, PATTERN))]
    exclude: Option<Vec<String>>,
    /// Whether symbolic links may point outside the directory: their targets are then packaged. Such links are an error
    /// unless this is true.
    #[tf(optional, provider_only)]
    follow_links_outside: Option<bool>,
    /// S3 URI below which the archive is stored. Defaults to the output path of a training job; required for models and
    /// processing jobs.
    #[tf(optional, provider_only, validate(crate::aws::s3_uri::URI))]
    s3_uri: Option<String>,
    /// SHA-256 of the directory's content. A change of content replaces the resource. If it is set,
    /// the content must have this hash. If it is the hash in the state, as `ignore_changes` gives it, `directory` is not
    /// read, and the archive stays as it is.
    #[tf(optional, computed, planned, provider_only, use_state_for_unknown, validate(HASH))]
    sha256: Option<String>,
    /// S3 URI of the archive. Known in the plan if `name` is set and `s3_uri` is known.
    #[tf(computed, planned, provider_only, use_state_for_unknown)]
    uri: Option<String>,
}
