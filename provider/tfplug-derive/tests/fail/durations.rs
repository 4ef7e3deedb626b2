use tfplug_derive::Model;

/// A thing.
#[derive(Model)]
#[tf(name = "thing", timeouts(create = "60 minutes", update = "0s", delete = "20"))]
struct Thing {
    /// The name.
    #[tf(required)]
    name: String,
}

/// A thing.
#[derive(Model)]
#[tf(name = "thing", timeouts(create = 60))]
struct Number {
    /// The name.
    #[tf(required)]
    name: String,
}

/// A thing.
#[derive(Model)]
#[tf(name = "thing", timeouts(create = "60m"))]
struct Twice {
    /// The user's limits.
    #[tf(optional)]
    timeouts: Option<Limits>,
}

fn main() {}
