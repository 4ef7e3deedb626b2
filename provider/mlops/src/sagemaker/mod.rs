//! What is particular to the SageMaker API: its operations as data, its codec, its names, its ARNs and its tags.

pub mod codec;
pub mod lists;
pub mod names;
pub mod operation;
pub mod prebuilt_images;

use tfplug::schema::SharedSchema;

use crate::aws::operation::{ErrorMatch, error};
use crate::engine::key::{ArnForm, Key, NAME};
use crate::engine::tagging::Tagging;
use crate::engine::{Create, Declared, Delete, Read};
use crate::sagemaker::operation::operation;
use crate::services::resource_tags::INDEX;

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
    index: Some(&INDEX),
    // Which of the many kinds it knows is not documented in full.
    index_is_complete: false,
};

/// A role that was made a moment ago cannot be assumed everywhere yet; one that does not exist, or does not trust
/// SageMaker, never. Source: terraform-provider-aws, internal/service/sagemaker, which repeats on this text for two minutes.
pub const IAM_PROPAGATION: ErrorMatch = error("ValidationException", "Could not assume role");

/// What the creation of a training job looks at with the job's role: the trust, and the policies, which take effect later
/// and are told in two ways. Source: terraform-provider-aws, internal/service/sagemaker, which repeats on the texts of
/// denial for two minutes; of S3 objects that are not found: aws/amazon-sagemaker-examples issue 2267.
pub const NEW_ROLE: &[ErrorMatch] = &[
    IAM_PROPAGATION,
    error("ValidationException", "Unauthorized to List objects under S3 URL"),
    error("ValidationException", "Access denied to OutputDataConfig S3 bucket"),
    error("ValidationException", "Access denied for repository"),
    error("ValidationException", "No S3 objects found under S3 URL"),
];

/// A SageMaker object that is known by its name and has tags, with nothing special about it; to be completed by
/// `..named(...)`. `member` is what its name is sent as, `arn` the resource part of its ARN.
pub const fn named(
    noun: &'static str,
    schema: fn() -> &'static SharedSchema,
    member: &'static str,
    arn: &'static str,
    create: Create,
    read: Read,
    delete: Delete,
) -> Declared {
    Declared {
        key: Key { member: Some(member), ..NAME },
        tags: Some(&TAGS),
        ..Declared::named(noun, schema, arn_form(arn), create, read, delete)
    }
}

/// The form of a SageMaker ARN. SageMaker writes the names of some kinds in lower case in ARNs.
pub const fn arn_form(resource: &'static str) -> ArnForm {
    ArnForm { lower_case: true, ..ArnForm::regional("sagemaker", resource) }
}
