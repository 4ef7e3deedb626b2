use tfplug_derive::Model;

#[derive(Model)]
struct Thing {
    /// Text for a number.
    #[tf(optional, computed, default = "5")]
    number: Option<i64>,
    /// A fraction for a whole number.
    #[tf(optional, computed, default = 0.5)]
    whole: Option<i64>,
    /// A number for a bool.
    #[tf(optional, computed, default = 1)]
    flag: Option<bool>,
    /// An expression.
    #[tf(optional, computed, default = five())]
    expression: Option<i64>,
    /// A literal for a list.
    #[tf(optional, computed, default = "a")]
    list: Option<Vec<String>>,
    /// A literal of any type.
    #[tf(optional, computed, default = "a")]
    any: Value,
}

fn main() {}
