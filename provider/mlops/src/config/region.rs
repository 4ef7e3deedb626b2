//! Names of regions.

use tfplug::diag::{Diag, Diags};
use tfplug::value::Path;

/// What regions' names begin with (AWS General Reference, "Regional endpoints"). New regions appear every year, so the
/// parts are tested, not the whole against a list.
const AREAS: &[&str] = &[
    "af", "ap", "ca", "cn", "eu", "eu-isoe", "eusc-de", "il", "me", "mx", "sa", "us", "us-gov", "us-iso", "us-isob",
    "us-isof",
];
const DIRECTIONS: &[&str] =
    &["central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"];

/// Tests that a name has the form of a region's.
pub(super) fn check(name: &str, path: &Path) -> Diags {
    if is_region(name) {
        return Diags::new();
    }
    let detail = format!(
        "{name:?} is not an AWS region name such as `eu-west-1`. If it is the name of a new or local region, set \
         `skip_region_validation = true`."
    );
    Diag::error("Invalid region", detail).at(path.clone()).into()
}

fn is_region(name: &str) -> bool {
    let mut parts = name.rsplitn(3, '-');
    let (number, direction, area) = (parts.next(), parts.next(), parts.next());
    number.is_some_and(|n| (1..=2).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))
        && direction.is_some_and(|d| DIRECTIONS.contains(&d))
        && area.is_some_and(|a| AREAS.contains(&a))
}

/// No region is set anywhere.
pub(super) fn missing(metadata_asked: bool) -> Diag {
    let metadata = if metadata_asked { "; the EC2 instance metadata service returned none" } else { "" };
    let detail = format!(
        "It is not set in `region` of the provider block, the environment variables AWS_REGION and \
         AWS_DEFAULT_REGION, or the profile{metadata}. Set one of them."
    );
    Diag::error("No region", detail).at(Path::of("region"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_of_all_partitions_and_of_tomorrow_pass() {
        for name in [
            "us-east-1",
            "eu-central-2",
            "ap-southeast-7",
            "mx-central-1",
            "cn-northwest-1",
            "us-gov-west-1",
            "us-isob-east-1",
            "eu-isoe-west-1",
            "eusc-de-east-1",
            "ap-east-9",
        ] {
            assert!(check(name, &Path::of("region")).is_empty(), "{name}");
        }
        for name in ["", "eu", "eu-wset-1", "eu-west", "eu-west-1a", "EU-WEST-1", "xx-west-1", "local", "us-east-123"] {
            assert!(check(name, &Path::of("region")).has_errors(), "{name}");
        }
    }
}
