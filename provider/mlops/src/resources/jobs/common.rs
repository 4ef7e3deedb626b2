//! Attributes that the API has for every kind of job and for models.

use tfplug::model::Model;

use tfplug::check::Check;

use crate::aws::arn;
use crate::resources::storage::selection::PATTERN;

/// What happens to a job when its resource is destroyed.
pub const ON_DESTROY: Check = Check::OneOf(&["delete", "stop", "retain"]);

/// A private network to run in.
#[derive(Clone, Debug, Model)]
pub struct VpcConfig {
    /// Security groups (`sg-...`) of the network interfaces.
    #[tf(required, check(Check::Count { min: 1, max: 5 }))]
    security_group_ids: Vec<String>,
    /// Subnets (`subnet-...`) to put network interfaces in.
    #[tf(required, check(Check::Count { min: 1, max: 16 }))]
    subnets: Vec<String>,
}

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

/// Access to a model whose licence must be accepted.
#[derive(Clone, Debug, Model)]
pub struct ModelAccessConfig {
    /// Whether you accept the model's end-user licence agreement.
    #[tf(required)]
    accept_eula: bool,
}

/// A model of a hub.
#[derive(Clone, Debug, Model)]
pub struct HubAccessConfig {
    /// ARN of the hub's content.
    #[tf(required, check(arn::ANY))]
    hub_content_arn: String,
}
