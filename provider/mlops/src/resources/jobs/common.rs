//! Attributes that the API has for every kind of job and for models.

use tfplug::model::Model;

use crate::aws::arn;
use tfplug::check::Check;

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

/// A folder of scripts that is packed, uploaded and run in script mode.
#[derive(Clone, Debug, Model)]
pub struct SourceCode {
    /// The local folder. Everything in it goes along, except caches such as `__pycache__`, `.git` and `.venv`.
    #[tf(required, local)]
    directory: String,
    /// The script to run, relative to the folder.
    #[tf(required, local)]
    entry_point: String,
    /// S3 URI below which the archive is stored. Unless set, jobs take their output path; models need it.
    #[tf(optional, local, check(crate::aws::s3_uri::URI))]
    s3_uri: Option<String>,
    /// SHA-256 of the folder's content, known in the plan. Another content means a new object.
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
