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
    #[tf(optional)]
    collected: Option<BTreeMap<String, Vec<i64>>>,
    // A nested model may describe itself, which the compiler finds out.
    #[tf(optional)]
    nested: Option<Vec<Part>>,
}

fn main() {}
