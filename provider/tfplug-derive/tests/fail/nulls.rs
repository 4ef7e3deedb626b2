use tfplug_derive::Model;

#[derive(Model)]
struct Thing {
    /// Never null.
    #[tf(required)]
    required: Option<String>,
    /// Null in the state.
    #[tf(required, write_only)]
    secret: String,
    /// Maybe null.
    #[tf(optional)]
    optional: std::string::String,
    /// Null before the apply.
    #[tf(computed)]
    computed: i64,
    /// Null and empty differ.
    #[tf(optional)]
    tags: BTreeMap<String, String>,
}

fn main() {}
