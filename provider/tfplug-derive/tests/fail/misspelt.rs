use tfplug_derive::Model;

/// A thing.
#[derive(Model)]
#[tf(name = "thing", indentity("name"), timeouts(create = "60m", destroy = "20m"))]
struct Thing {
    /// The name.
    #[tf(requird, require_replace)]
    name: String,
    /// The size.
    #[tf(required(true))]
    size: i64,
    /// Changes with nothing.
    #[tf(computed, changes_with())]
    nothing: Option<String>,
    /// Changes with what is no name.
    #[tf(computed, changes_with(size))]
    unquoted: Option<String>,
    /// Tested by nothing.
    #[tf(required, validate)]
    tested: String,
}

fn main() {}
