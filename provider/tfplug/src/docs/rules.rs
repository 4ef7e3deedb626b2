//! Each fact of a declaration has its sentence: with the fact the page says it, without the fact it does not.

use super::describe;
use crate::schema::{Attribute, Kind, Mode, Nesting, Object, Rule, Type};
use crate::validator::Validator;
use crate::value::Value;

fn argument(name: &'static str) -> Attribute {
    Attribute::new(name, Kind::Leaf(Type::String), Mode::Optional, "It is so.")
}

fn page(attributes: Vec<Attribute>, rules: Vec<Rule>) -> String {
    let mut page = String::new();
    describe(&mut page, &Object { attributes, rules });
    page
}

#[test]
fn each_fact_about_an_argument_is_said_where_it_holds() {
    type Fact = fn(&mut Attribute);
    let facts: &[(Fact, &str)] = &[
        (|a| a.mode = Mode::Required, "### Required\n\n- `a` (String) It is so.\n"),
        (|a| a.mode = Mode::Computed, "### Read-Only\n\nKnown after apply.\n\n- `a` (String) It is so.\n"),
        (
            |a| (a.mode, a.planned) = (Mode::Computed, true),
            "### Read-Only\n\nKnown in the plan of a new resource, as soon as what it follows from is.\n\n- `a`",
        ),
        (|a| a.mode = Mode::OptionalComputed, "It is so. Known after apply unless set.\n"),
        (|a| a.sensitive = true, "(String, Sensitive)"),
        (|a| a.write_only = true, "(String, Write-only)"),
        (|a| a.deprecated = Some("use `b`".into()), "**Deprecated:** use `b`."),
        (|a| a.requires_replace = true, "Changing this forces a new resource to be created."),
        (|a| a.default = Some(Value::from("v")), "Defaults to `\"v\"`."),
        (|a| a.validators = vec![Validator::OneOf(&["x", "y"])], "Must be one of `x`, `y`."),
        (|a| a.validators = vec![Validator::Length { min: 1, max: 63 }], "Must be 1 to 63 characters long."),
        (|a| a.validators = vec![Validator::Text { expected: "lower case", accepts: |_| true }], "Must be lower case."),
        (|a| a.validators = vec![Validator::Range { min: 0, max: 9 }], "Must be between 0 and 9."),
        (
            |a| a.validators = vec![Validator::Integer, Validator::Range { min: 1, max: i64::MAX }],
            "Must be a whole number, 1 or more.",
        ),
        (
            |a| {
                a.kind = Kind::Leaf(Type::String.list());
                a.validators = vec![Validator::Count { min: 1, max: 3 }, Validator::OneOf(&["x"])];
            },
            "(List of String) It is so. Must have 1 to 3 elements. Each must be one of `x`.",
        ),
        (
            |a| a.kind = Kind::Nested(Nesting::Single, Object { attributes: vec![argument("b")], rules: Vec::new() }),
            "(see [below for nested schema](#nestedatt--a))",
        ),
    ];
    for (fact, sentence) in facts {
        let mut attribute = argument("a");
        assert!(!page(vec![attribute.clone()], Vec::new()).contains(sentence), "{sentence}");
        fact(&mut attribute);
        let page = page(vec![attribute], Vec::new());
        assert!(page.contains(sentence), "{sentence}\n{page}");
    }
}

#[test]
fn values_that_the_description_lists_are_not_listed_again() {
    let of = |description: &'static str| Attribute {
        validators: vec![Validator::OneOf(&["x", "y"])],
        ..Attribute::new("a", Kind::Leaf(Type::String), Mode::Optional, description)
    };
    assert!(page(vec![of("`x`, or `y` for less.")], Vec::new()).contains("(String) `x`, or `y` for less.\n"));
    assert!(page(vec![of("Such as `x`.")], Vec::new()).contains("Such as `x`. Must be one of `x`, `y`.\n"));
}

#[test]
fn what_the_plan_knows_of_several_is_told_apart() {
    let computed = |name, planned| Attribute { planned, mode: Mode::Computed, ..argument(name) };
    let page = page(vec![computed("a", true), computed("b", false), computed("c", true)], Vec::new());
    let sentence = "`a` and `c` are known, as soon as what they follow from is; the rest after apply.\n\n- `a`";
    assert!(page.contains(sentence), "{page}");
}

#[test]
fn an_argument_that_the_plan_decides_is_not_left_for_after_the_apply() {
    let argument = Attribute { mode: Mode::OptionalComputed, planned: true, ..argument("a") };
    assert!(page(vec![argument], Vec::new()).contains("\n- `a` (String) It is so.\n"));
}

#[test]
fn without_a_plan_nothing_is_said_of_it() {
    let attributes = vec![
        Attribute { mode: Mode::Computed, ..argument("a") },
        Attribute { mode: Mode::OptionalComputed, ..argument("b") },
    ];
    let mut page = String::new();
    super::attributes::render(&mut page, &Object { attributes, rules: Vec::new() }, false);
    assert!(page.contains("`a`") && page.contains("`b`") && !page.contains("nown "), "{page}");
}

#[test]
fn each_rule_between_arguments_is_said_where_it_holds() {
    let names = || vec!["a".into(), "b".into()];
    let attributes = || vec![argument("a"), argument("b")];
    let without = page(attributes(), Vec::new());
    assert!(!without.contains("Constraints"), "{without}");
    for (rule, sentence) in [
        (Rule::ExactlyOneOf(names()), "- Exactly one of `a` and `b` must be set.\n"),
        (Rule::AtMostOneOf(names()), "- At most one of `a` and `b` may be set.\n"),
        (Rule::AtLeastOneOf(names()), "- At least one of `a` and `b` must be set.\n"),
        (Rule::Requires("a".into(), vec!["b".into()]), "- `a` requires `b` to be set, too.\n"),
    ] {
        let page = page(attributes(), vec![rule]);
        assert!(page.contains(&format!("\n### Constraints\n\n{sentence}")), "{sentence}\n{page}");
    }
}
