//! What the derive refuses, with its words and the place they point at: each `fail/*.rs` has its `.stderr` beside it.

#[test]
fn mistakes_are_refused_where_they_are() {
    trybuild::TestCases::new().compile_fail("tests/fail/*.rs");
}
