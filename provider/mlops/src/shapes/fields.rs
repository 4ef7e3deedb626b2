//! Attributes that many resources have, declared once and embedded.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

use crate::aws::tags;
use crate::sagemaker::names;

/// What a destroy may do with a job that AWS can delete.
const ON_DESTROY: Validator = Validator::OneOf(&["delete", "stop", "retain"]);
/// What a destroy may do with a job that AWS cannot delete.
const ON_DESTROY_KEPT: Validator = Validator::OneOf(&["stop", "retain"]);

/// The name of an object, given by the user or generated, and its region.
#[derive(Clone, Debug, Model)]
#[tf(at_most_one_of("name", "name_prefix"))]
pub struct Named {
    /// Name, unique in the account and region. A generated one unless set.
    #[tf(optional, computed, requires_replace, provider_only, validate(names::NAME))]
    name: Option<String>,
    /// Creates a unique name beginning with the specified prefix. Conflicts with `name`.
    #[tf(optional, provider_only, validate(names::PREFIX))]
    name_prefix: Option<String>,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
}

/// The name of an object whose names are short, given by the user or generated, and its region.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("name", "name_prefix"))]
pub struct ShortNamed {
    /// Name, unique in the account and region, in whatever case. Exactly one of `name` and `name_prefix` is required.
    #[tf(optional, computed, requires_replace, provider_only, validate(names::SHORT))]
    name: Option<String>,
    /// Creates a unique name beginning with the specified prefix.
    #[tf(optional, provider_only, validate(names::SHORT_PREFIX))]
    name_prefix: Option<String>,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
}

/// The tags of an object.
#[derive(Clone, Debug, Model)]
pub struct Tagged {
    /// Tags of the object. They take precedence over tags of the same keys in `default_tags` of the provider block.
    #[tf(optional, tags, validate(tags::COUNT, tags::LAWFUL))]
    tags: Option<BTreeMap<String, String>>,
    /// All tags of the object, including `default_tags` of the provider block.
    #[tf(computed, planned, provider_only)]
    tags_all: BTreeMap<String, String>,
}

/// What AWS gives an object.
#[derive(Clone, Debug, Model)]
pub struct Created {
    /// ARN of the object.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// When the object was created, in RFC 3339 format.
    #[tf(computed, use_state_for_unknown)]
    creation_time: Option<String>,
}

/// How Terraform treats a job that AWS can delete.
#[derive(Clone, Debug, Model)]
pub struct Job {
    /// Arbitrary values whose change runs a new job. Adding the first triggers to a job does not.
    #[tf(optional, provider_only)]
    triggers: Option<BTreeMap<String, String>>,
    /// Whether an apply waits until the job has ended, and fails if the job does. Defaults to `true`.
    #[tf(optional, computed, provider_only, default = true)]
    wait_for_completion: bool,
    /// What a destroy does: `delete` stops the job if it is running and deletes it, `stop` only stops it, `retain` does
    /// neither. Defaults to `delete`.
    #[tf(optional, computed, provider_only, default = "delete", validate(ON_DESTROY))]
    on_destroy: String,
    /// Whether a destroy that deletes the job also deletes its log streams. Defaults to `true`.
    #[tf(optional, computed, provider_only, default = true)]
    delete_logs: bool,
}

/// How Terraform treats a job that AWS has no operation to delete.
#[derive(Clone, Debug, Model)]
pub struct KeptJob {
    /// Arbitrary values whose change runs a new job. Adding the first triggers to a job does not.
    #[tf(optional, provider_only)]
    triggers: Option<BTreeMap<String, String>>,
    /// Whether an apply waits until the job has ended, and fails if the job does. Defaults to `true`.
    #[tf(optional, computed, provider_only, default = true)]
    wait_for_completion: bool,
    /// What a destroy does: `stop` stops the job if it is running, `retain` leaves it alone. AWS keeps the record of the job
    /// in both cases, at no cost, and never accepts its name again. Defaults to `stop`.
    #[tf(optional, computed, provider_only, default = "stop", validate(ON_DESTROY_KEPT))]
    on_destroy: String,
    /// Whether a destroy that stops the job also deletes its log streams. Defaults to `true`.
    #[tf(optional, computed, provider_only, default = true)]
    delete_logs: bool,
}
