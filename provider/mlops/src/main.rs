//! mlops
fn main() {}
