use tfplug_derive::Model;

/// A thing.
#[derive(Model)]
#[tf(
    name = "Thing",
    identity("nam", optional("regoin")),
    exactly_one_of("name", "titel"),
    at_most_one_of("name"),
    at_least_one_of("name", "name"),
    requires("name", "absent")
)]
struct Thing {
    /// The name.
    #[tf(required)]
    name: String,
    /// The title.
    #[tf(optional, rename = "caption", provider_only)]
    title: Option<String>,
    /// The region.
    #[tf(optional, equal_json, equal(same))]
    region: Option<String>,
    /// The tags.
    #[tf(optional, tags)]
    tags: Option<BTreeMap<String, String>>,
    /// The other tags.
    #[tf(optional, tags)]
    tags_too: Option<BTreeMap<String, String>>,
    /// The ARN.
    #[tf(computed)]
    roleARN: Option<String>,
}

/// Another thing.
#[derive(Model)]
#[tf(name = "other", identity(optional(name)))]
struct Other {}

fn main() {}
