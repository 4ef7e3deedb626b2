use tfplug_derive::Model;

struct Inner;

/// An object.
#[derive(Model)]
#[tf(name = "outer")]
struct Outer {
    #[tf(embed, optional)]
    inner: Inner,
}

fn main() {}
