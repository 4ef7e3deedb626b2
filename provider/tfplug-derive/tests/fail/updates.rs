use tfplug_derive::Model;

/// A thing.
#[derive(Model)]
#[tf(name = "thing")]
struct Thing {
    /// The user's own.
    #[tf(required, use_state_for_unknown)]
    name: String,
    /// The user's own.
    #[tf(optional, changes_with("name"))]
    title: Option<String>,
    /// Two answers.
    #[tf(computed, use_state_for_unknown, changes_with("name"))]
    both: Option<String>,
    /// Always the default.
    #[tf(optional, computed, default = "x", use_state_for_unknown)]
    defaulted: Option<String>,
    /// With what is not there.
    #[tf(computed, changes_with("nmae"))]
    missing: Option<String>,
    /// With itself.
    #[tf(computed, changes_with("itself"))]
    itself: Option<String>,
}

fn main() {}
