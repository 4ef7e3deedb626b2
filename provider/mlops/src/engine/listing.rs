//! How AWS lists the objects of a kind, and what such a list can be restricted to.

use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::clock::TIME;
use crate::aws::operation::Operation;

/// How the objects of a kind are listed.
#[derive(Clone, Copy)]
pub struct Listing {
    /// The operation.
    pub operation: Operation,
    /// The member of its response that has the summaries.
    pub items: &'static str,
    /// Members of a summary that hold attributes of the key, where they are called otherwise than in requests.
    pub key: &'static [(&'static str, &'static str)],
    /// The member of a summary that has the ARN, if it is not the one of descriptions.
    pub arn: Option<&'static str>,
    /// The member that takes the number of objects on a page, and the most that AWS puts there.
    pub page: Option<(&'static str, usize)>,
    /// Members that every request has, with their texts; perhaps not beside an argument. With `[]` behind it a list of one is
    /// sent.
    pub sends: &'static [(&'static str, &'static str, Option<&'static str>)],
    /// What a list can be restricted to, as lists of many kinds can.
    pub common: &'static [Filter],
    /// What a list of this kind alone can be restricted to.
    pub own: &'static [Filter],
    /// Whether a summary is of this kind. None: all are.
    pub only: Option<fn(&Value) -> bool>,
    /// Whether a summary says all that a description does.
    pub described: bool,
}

impl Listing {
    /// A list whose pages have AWS's size.
    pub const fn new(operation: Operation, items: &'static str) -> Self {
        Self {
            operation,
            items,
            key: &[],
            arn: None,
            page: None,
            sends: &[],
            common: &[],
            own: &[],
            only: None,
            described: false,
        }
    }

    /// What a list can be restricted to by AWS.
    pub fn filters(&self) -> impl Iterator<Item = &'static Filter> {
        self.common.iter().chain(self.own)
    }
}

/// What a list can be restricted to, by AWS itself: an argument of a `list` block.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The argument.
    pub argument: &'static str,
    /// The member of the request that takes it.
    pub member: &'static str,
    /// Markdown for the documentation.
    pub description: &'static str,
    /// What AWS takes.
    pub takes: Validator,
    /// Whether AWS lists nothing without it.
    pub required: bool,
}

impl Filter {
    const fn new(argument: &'static str, member: &'static str, description: &'static str, takes: Validator) -> Self {
        Self { argument, member, description, takes, required: false }
    }

    /// A text of at most so many characters.
    pub const fn text(argument: &'static str, member: &'static str, description: &'static str, most: usize) -> Self {
        Self::new(argument, member, description, Validator::Length { min: 1, max: most })
    }

    /// A point in time.
    pub const fn time(argument: &'static str, member: &'static str, description: &'static str) -> Self {
        Self::new(argument, member, description, TIME)
    }

    /// One of these texts.
    pub const fn choice(
        argument: &'static str,
        member: &'static str,
        description: &'static str,
        values: &'static [&'static str],
    ) -> Self {
        Self::new(argument, member, description, Validator::OneOf(values))
    }
}
