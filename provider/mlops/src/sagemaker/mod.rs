//! What is particular to the SageMaker API: its operations as data, its codec, its names and its tags.

pub mod codec;
pub mod names;
pub mod operation;

use crate::aws::operation::{ErrorMatch, error};
use crate::engine::tagging::Tagging;
use crate::sagemaker::operation::operation;

/// Tags of SageMaker objects: the same three operations for every kind.
pub static TAGS: Tagging = Tagging {
    list: operation!(list_tags, ListTags),
    add: operation!(add_tags, AddTags),
    remove: operation!(delete_tags, DeleteTags),
    arn: "resource_arn",
    sent_as: "tags",
    as_map: false,
    // ListTags gives 50 at a time unless asked for more, and takes no less than 50.
    page: Some(("max_results", 100)),
};

/// A role that was made a moment ago cannot be assumed everywhere yet; one that does not exist, or does not trust
/// SageMaker, never. Source: terraform-provider-aws, internal/service/sagemaker, which repeats on this text for two minutes.
pub const IAM_PROPAGATION: ErrorMatch = error("ValidationException", "Could not assume role");
