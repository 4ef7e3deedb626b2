//! The lists of the declared kinds against the API's own types.

use std::collections::BTreeSet;

use crate::aws::operation::Operation;
use crate::engine::{Declared, Listing};
use crate::resources::DECLARED;

/// Kinds that `terraform query` does not find, with the reason.
const WITHOUT: &[(&str, &str)] = &[
    ("anomaly_detector", "AWS makes them, too, and every read makes sure of the one that it is asked for"),
    ("autoscaling_policy", "endpoint_autoscaling has the policies of a target"),
    ("budget", "its notifications and subscribers are read one by one, and it is no part of a stack that is found"),
    ("pipeline_trigger", "a rule of EventBridge whose target is a pipeline, which no list says"),
    ("off_hours_schedule", "two schedules that belong together, which no list says"),
];

fn lists() -> impl Iterator<Item = (&'static Declared, &'static Listing)> {
    DECLARED.iter().filter_map(|declared| Some((*declared, declared.list?)))
}

fn inputs(operation: &Operation) -> BTreeSet<String> {
    (operation.input)().into_keys().map(|path| path.trim_start_matches('.').replace("[*]", "[]")).collect()
}

/// The members of what is in a list of a response; of a structure in it the name alone.
fn members_in(operation: &Operation, list: &str) -> BTreeSet<String> {
    let inside = |path: String| {
        let path = path.trim_start_matches('.').strip_prefix(list)?.strip_prefix("[*].")?.to_owned();
        Some(path.split(['.', '[', '{']).next().unwrap_or_default().to_owned())
    };
    (operation.output)().into_keys().filter_map(inside).collect()
}

#[test]
fn every_kind_is_listed_or_has_a_reason() {
    for declared in DECLARED {
        let name = &(declared.schema)().name;
        let without = WITHOUT.iter().any(|(kind, _)| kind == name);
        assert_ne!(declared.list.is_some(), without, "{name}: give it a `list`, or a reason in WITHOUT");
    }
}

#[test]
fn what_is_sent_are_members_of_the_operation() {
    for (declared, listing) in lists() {
        let known = inputs(&listing.operation);
        let filters = listing.filters().map(|filter| filter.member);
        let sent = filters.chain(listing.sends.iter().map(|(member, ..)| *member));
        for member in sent.chain(listing.page.map(|(member, _)| member)).chain(["next_token"]) {
            assert!(known.contains(member), "{}: {member} is none of {known:?}", declared.noun);
        }
    }
}

#[test]
fn a_summary_says_what_aws_knows_the_object_by() {
    for (declared, listing) in lists() {
        let known = members_in(&listing.operation, listing.items);
        assert!(!known.is_empty(), "{}: no list {} in the response", declared.noun, listing.items);
        let arn = listing.arn.or(declared.create.arn).filter(|arn| known.contains(*arn));
        let named = |attribute: &'static str| {
            let (object, own) = (declared.object(), listing.key.iter().find(|(name, _)| *name == attribute));
            match own {
                Some((_, member)) => known.contains(*member),
                None if attribute == "arn" => arn.is_some(),
                None => {
                    let members = declared.key.members(&listing.operation, object);
                    let own = object.attribute(attribute).map_or(attribute, |a| a.member_name());
                    known.contains(own) || members.iter().any(|member| known.contains(member))
                }
            }
        };
        let by_arn = arn.is_some() && declared.arn.names(&declared.key);
        assert!(declared.key.attributes().all(named) || by_arn, "{}: {known:?}", declared.noun);
        let within = declared.read.within.unwrap_or_default().split('[').next().unwrap_or_default();
        if listing.described && !declared.read.within.is_some_and(|within| within.contains('[')) {
            let path =
                |path: String| path.trim_start_matches('.').strip_prefix(within)?.strip_prefix('.').map(str::to_owned);
            let first = |path: String| path.split(['.', '[', '{']).next().unwrap_or_default().to_owned();
            let all: BTreeSet<String> =
                (declared.read.operation.output)().into_keys().filter_map(path).map(first).collect();
            assert_eq!(known, all, "{}", declared.noun);
        }
    }
}
