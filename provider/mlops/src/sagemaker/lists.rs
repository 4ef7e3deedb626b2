//! What SageMaker's lists have in common: pages of a hundred, and what they can be restricted to.

use crate::aws::operation::Operation;
use crate::engine::{Filter, Listing};

/// The status that the objects have.
pub const fn status(values: &'static [&'static str]) -> Filter {
    Filter::choice("status", "status_equals", "Status of the objects.", values)
}

/// A text in the names.
pub const NAME: Filter =
    Filter::text("name_contains", "name_contains", "Text that the names contain, in whatever case.", 63);
const AFTER: Filter = Filter::time(
    "created_after",
    "creation_time_after",
    "Only objects that were created at this time or later, in RFC 3339 format, in UTC.",
);
const BEFORE: Filter = Filter::time(
    "created_before",
    "creation_time_before",
    "Only objects that were created at this time or earlier, in RFC 3339 format, in UTC.",
);
const MODIFIED_AFTER: Filter = Filter::time(
    "last_modified_after",
    "last_modified_time_after",
    "Only objects that were last changed at this time or later, in RFC 3339 format, in UTC.",
);
const MODIFIED_BEFORE: Filter = Filter::time(
    "last_modified_before",
    "last_modified_time_before",
    "Only objects that were last changed at this time or earlier, in RFC 3339 format, in UTC.",
);
/// Times of creation, where the members are called so.
pub const CREATED: &[Filter] =
    &[Filter { member: "created_after", ..AFTER }, Filter { member: "created_before", ..BEFORE }];
/// Times of creation.
pub const TIMED: &[Filter] = &[AFTER, BEFORE];
/// Names and times of creation.
pub const NAMED: &[Filter] = &[NAME, AFTER, BEFORE];
/// Names, times of creation and of the last change.
pub const CHANGED: &[Filter] = &[NAME, AFTER, BEFORE, MODIFIED_AFTER, MODIFIED_BEFORE];

/// A list of SageMaker's.
pub const fn listing(operation: Operation, items: &'static str, common: &'static [Filter]) -> Listing {
    // Source: the service model, `MaxResults`.
    Listing { page: Some(("max_results", 100)), common, ..Listing::new(operation, items) }
}
