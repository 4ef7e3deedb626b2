//! Network interfaces in VPCs: those that SageMaker makes for what is in one.
//!
//! Source: Amazon EC2 API reference, DescribeNetworkInterfaces and DeleteNetworkInterface.

use tfplug::value::Value;

use super::{from_text, object, text, texts, typed_operation};
use crate::aws::ec2::NetworkInterface;
use crate::aws::operation::{ErrorMatch, Operation, error};
use crate::engine::Interfaces;

/// The interfaces of an object whose subnets and security groups are in these attributes (paths, in lists too).
pub const fn interfaces(subnets: &'static [&'static str], groups: &'static [&'static str]) -> Interfaces {
    Interfaces {
        subnets,
        groups,
        id: None,
        ended: None,
        of_users: false,
        is_user: false,
        list: DESCRIBE,
        items: "network_interfaces",
        delete: DELETE,
        not_found: NOT_FOUND,
        in_use: IN_USE,
    }
}

/// Describes the interfaces in one of the `group_ids` and one of the `subnet_ids`, page by page.
const DESCRIBE: Operation = typed_operation!(
    "EC2",
    DescribeNetworkInterfaces,
    |aws, input| {
        let (groups, subnets) = (texts(input, "group_ids"), texts(input, "subnet_ids"));
        let next = text(input, "next_token");
        aws.ec2().describe_network_interfaces(
            &groups.unwrap_or_default(),
            &subnets.unwrap_or_default(),
            next.as_deref(),
        )
    },
    |answer| object([
        ("network_interfaces", Value::List(answer.interfaces.iter().map(to_value).collect())),
        ("next_token", from_text(answer.next_token.as_deref())),
    ])
);

/// Deletes the interface with the `network_interface_id`, which must be attached to nothing.
const DELETE: Operation = typed_operation!(
    "EC2",
    DeleteNetworkInterface,
    |aws, input| aws.ec2().delete_network_interface(&text(input, "network_interface_id").unwrap_or_default()),
    |_answer| Value::Null
);

/// Errors that say that an interface does not exist. Source: Amazon EC2 API reference, "Error codes".
const NOT_FOUND: &[ErrorMatch] = &[error("InvalidNetworkInterfaceID.NotFound", "")];

/// Errors that say that something is attached to an interface, or is about to be. Source:
/// github.com/hashicorp/terraform-provider-aws, internal/service/ec2, which waits until an interface is detached.
const IN_USE: &[ErrorMatch] = &[error("InvalidParameterValue", ""), error("InvalidNetworkInterface.InUse", "")];

fn to_value(interface: &NetworkInterface) -> Value {
    object([
        ("network_interface_id", Value::from(interface.id.as_str())),
        ("status", Value::from(interface.status.as_str())),
        ("description", Value::from(interface.description.as_str())),
        ("requester_id", Value::from(interface.requester_id.as_str())),
        ("attach_time", Value::from(interface.attached.as_str())),
    ])
}
