use tfplug_derive::Model;

/// A tuple.
#[derive(Model)]
#[tf(name = "tuple")]
struct Tuple(String);

/// Nothing.
#[derive(Model)]
struct Unit;

/// A choice.
#[derive(Model)]
enum Choice {
    /// One.
    One,
}

/// Generic.
#[derive(Model)]
struct Generic<T> {
    /// Some value.
    #[tf(required)]
    value: T,
}

#[derive(Model)]
#[tf(name = "undocumented")]
struct Undocumented {}

/// Nested, with what only a whole resource has.
#[derive(Model)]
#[tf(version = 1, timeouts(create = "1m"))]
struct Nested {}

/// No way from version 0 to 1.
#[derive(Model)]
#[tf(name = "versioned", version = 1)]
struct Versioned {}

/// No version.
#[derive(Model)]
#[tf(name = "upgraded", upgrades(upgrades))]
struct Upgraded {}

fn main() {}
