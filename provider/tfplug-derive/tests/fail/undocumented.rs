use tfplug_derive::Model;

#[derive(Model)]
#[tf(name = "thing")]
struct Thing {
    /// Documented.
    #[tf(optional)]
    documented: Option<String>,
    #[tf(required)]
    undocumented: String,
    ///
    #[tf(required)]
    blank: String,
}

fn main() {}
