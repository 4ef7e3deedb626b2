//! Script mode: a local directory of scripts, packed into an archive in S3 that a container unpacks and runs.

pub mod archive;
pub mod script;

use tfplug::check::Check;
use tfplug::model::Model;

use crate::resources::storage::selection::PATTERN;

/// A directory of scripts that is packed, uploaded and run in script mode.
#[derive(Clone, Debug, Model)]
pub struct SourceCode {
    /// The local directory. Everything in it goes along but what `exclude` leaves out. Symbolic links are followed as long
    /// as they stay in the directory. It must exist in the plan, unless its path is known only after the apply, such as
    /// `terraform_data.code.output` of a resource that makes it.
    #[tf(required, local)]
    directory: String,
    /// The script to run, relative to the directory.
    #[tf(required, local)]
    entry_point: String,
    /// Files and directories that are left out, as patterns in the syntax of
    /// [gitignore](https://git-scm.com/docs/gitignore#_pattern_format). They come after those that are left out by
    /// default, so that `!cert.pem` brings a file back: `.terraform`, `.terraform.lock.hcl`, `*.tfstate*`, `.git`,
    /// `__pycache__`, `*.pyc`, `.ipynb_checkpoints`, `.pytest_cache`, `.mypy_cache`, `.ruff_cache`, `.tox`, `.nox`, `.venv`,
    /// `venv` and any directory that holds a `pyvenv.cfg`, `node_modules`, `.DS_Store`, `.env`, `*.pem`, `*.key`, `id_rsa*`,
    /// `id_ed25519*`, `.aws`, `.ssh`. A plan that Terraform saved is never packed. Only these patterns count, no
    /// `.gitignore`, and a directory that is left out is not even read.
    #[tf(optional, local, check(Check::Count { min: 1, max: 100 }, PATTERN))]
    exclude: Option<Vec<String>>,
    /// Whether symbolic links may lead out of the directory: what they lead to is then packed. Such links are an error
    /// unless set.
    #[tf(optional, local)]
    follow_links_outside: Option<bool>,
    /// S3 URI below which the archive is stored. Unless set, jobs take their output path; models need it.
    #[tf(optional, local, check(crate::aws::s3_uri::URI))]
    s3_uri: Option<String>,
    /// SHA-256 of the directory's content, known in the plan. Another content means a new object.
    #[tf(computed, local, keep)]
    sha256: Option<String>,
    /// S3 URI of the archive.
    #[tf(computed, local, keep)]
    uri: Option<String>,
}
