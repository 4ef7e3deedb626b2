//! SageMaker Studio: domains and their users.

pub mod domain;
pub mod user_profile;

use crate::engine::statuses::Statuses;
use crate::engine::{Counts, Held};
use crate::sagemaker::operation::operation;

/// The statuses of domains and user profiles. Source: the service model, `DomainStatus` and `UserProfileStatus`.
const STATUSES: &[Statuses] = &[Statuses {
    member: "status",
    busy: &["Pending", "Updating", "Deleting"],
    done: &["InService"],
    reason: Some("failure_reason"),
}];

/// Apps that AWS wants gone: one that has failed need not be deleted, and one that was deleted is listed for a day. Source:
/// SageMaker developer guide, "Delete a domain".
const GOING_ON: &[(&str, Counts)] = &[("status", Counts::Unless(&["Deleted", "Deleting", "Failed"]))];
/// Spaces and user profiles that are not on their way out.
const STAYS: (&str, Counts) = ("status", Counts::Unless(&["Deleting"]));

/// Apps, by what they are listed for.
const fn apps(of: &'static [(&'static str, &'static str)]) -> Held {
    Held {
        noun: "app",
        list: operation!(list_apps, ListApps),
        items: "apps",
        of,
        only: GOING_ON,
        key: &[
            ("domain_id", "domain_id"),
            ("user_profile_name", "user_profile_name"),
            ("space_name", "space_name"),
            ("app_type", "app_type"),
            ("app_name", "app_name"),
        ],
        delete: operation!(delete_app, DeleteApp),
        holds: &[],
    }
}

/// Spaces of a domain.
const fn spaces(only: &'static [(&'static str, Counts)], holds: &'static [Held]) -> Held {
    Held {
        noun: "space",
        list: operation!(list_spaces, ListSpaces),
        items: "spaces",
        of: &[("domain_id", "domain_id_equals")],
        only,
        key: &[("domain_id", "domain_id"), ("space_name", "space_name")],
        delete: operation!(delete_space, DeleteSpace),
        holds,
    }
}
