//! The Resource Groups Tagging API, which has the tags of objects of most services in an index.
//!
//! It knows only what has or had tags, and not every type of object. Source of its rules: Resource Groups Tagging API reference, GetResources.

use aws_sdk_resourcegroupstagging::types as t;
use tfplug::value::Value;

use super::{from_text, integer, object, text, texts, typed_operation};
use crate::aws::batch::Batch;
use crate::aws::operation::Operation;

/// The types whose objects are looked through when many are read: those that tags are read of here.
const TYPES: [&str; 4] = ["cloudwatch:alarm", "logs:log-group", "sagemaker", "sns:topic"];

/// Reads the tags of objects by their ARNs, or of all objects of these types, page by page.
const GET_RESOURCES: Operation = typed_operation!(
    "Resource Groups Tagging API",
    GetResources,
    |aws, input| {
        let get = aws.resource_groups_tagging().get_resources();
        match texts(input, "resource_arn_list") {
            // Beside ARNs it takes neither types nor the size of a page.
            Some(arns) => get.set_resource_arn_list(Some(arns)),
            None => get
                .set_resource_type_filters(Some(TYPES.map(str::to_owned).to_vec()))
                .set_resources_per_page(integer(input, "resources_per_page"))
                .set_pagination_token(text(input, "next_token")),
        }
    },
    |answer| {
        let resources = answer.resource_tag_mapping_list().iter().map(from_resource).collect();
        // The last page has an empty token.
        let next = answer.pagination_token().filter(|token| !token.is_empty());
        object([("resource_tag_mapping_list", Value::List(resources)), ("next_token", from_text(next))])
    }
);

fn from_resource(resource: &t::ResourceTagMapping) -> Value {
    let pair = |tag: &t::Tag| object([("key", Value::from(tag.key())), ("value", Value::from(tag.value()))]);
    object([
        ("resource_arn", from_text(resource.resource_arn())),
        ("tags", Value::List(resource.tags().iter().map(pair).collect())),
    ])
}

/// The tags of objects of any service, by their ARNs.
pub static INDEX: Batch = Batch {
    operation: GET_RESOURCES,
    names: "resource_arn_list",
    page: ("resources_per_page", 100),
    within: "resource_tag_mapping_list",
    name: "resource_arn",
    index: true,
    alone: false,
};
