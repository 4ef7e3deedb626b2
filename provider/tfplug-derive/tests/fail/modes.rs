use tfplug_derive::Model;

#[derive(Model)]
struct Thing {
    /// Nobody sets it.
    nobody: String,
    /// Nobody sets it, either.
    #[tf(sensitive)]
    sensitive: String,
    /// Both.
    #[tf(required, computed)]
    required_computed: String,
    /// Both.
    #[tf(required, optional)]
    required_optional: String,
    /// A default for what is always there.
    #[tf(required, default = 5)]
    required_default: i64,
    /// A default that the provider does not own up to.
    #[tf(optional, default = 5)]
    optional_default: Option<i64>,
    /// Two defaults.
    #[tf(optional, computed, default = 5, default_value(six()))]
    two_defaults: Option<i64>,
    /// Written by nobody.
    #[tf(computed, write_only)]
    write_only_computed: Option<String>,
    /// Tested though never written.
    #[tf(computed, validate(SHORT))]
    computed_check: Option<String>,
    /// Planned though the user alone sets it.
    #[tf(optional, planned)]
    planned_optional: Option<String>,
    /// Planned by its default.
    #[tf(optional, computed, planned, default = 5)]
    planned_default: i64,
}

fn main() {}
