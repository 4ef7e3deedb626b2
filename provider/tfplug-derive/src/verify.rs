//! Combinations of flags that make no sense, each refused where it is written.

use std::collections::BTreeSet;

use darling::error::Accumulator;
use darling::{Error, Result};
use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprUnary, Lit, LitStr, UnOp};

use crate::doc;
use crate::input::{Field, Input, Names};
use crate::types;

/// Refuses what cannot be meant.
pub(crate) fn verify(input: &Input) -> Result<()> {
    let mut errors = Error::accumulator();
    let known: Vec<String> = input.fields().iter().map(Field::name).collect();
    // Causes are top-level attributes, which a nested object does not know.
    let causes = input.name.as_ref().filter(|_| input.is_whole()).map(|_| known.as_slice());
    structure(input, &mut errors);
    names(input, &known, &mut errors);
    for field in input.fields() {
        if field.embed.is_present() {
            if field.has_flags() {
                refuse(&mut errors, field.embed.span(), "the fields of an embedded struct have their own flags");
            }
            continue;
        }
        modes(field, &mut errors);
        nullability(field, &mut errors);
        update(field, causes, &mut errors);
        details(field, &mut errors);
    }
    errors.finish()
}

fn refuse(errors: &mut Accumulator, span: Span, message: &str) {
    errors.push(Error::custom(message).with_span(&span));
}

fn structure(input: &Input, errors: &mut Accumulator) {
    let at_struct = input.ident.span();
    if let Some(generic) = input.generics.params.first() {
        refuse(errors, generic.span(), "a model has no generics: one schema, one struct");
    }
    let version = input.version.as_ref().map_or(0, |v| **v);
    match (&input.name, &input.version, &input.upgrades) {
        (Some(_), Some(v), None) if version != 0 => {
            refuse(errors, v.span(), "a version above 0 needs upgrades(path) from every older version");
        }
        (Some(_), _, Some(upgrades)) if version <= 0 => {
            refuse(errors, upgrades.span, "upgrades lead to a version: add version = 1 or more");
        }
        _ => {}
    }
    if let Some(v) = input.version.as_ref().filter(|v| ***v < 0) {
        refuse(errors, v.span(), "a version is not negative");
    }
    if let (Some(upgrades), None, Some(_)) = (&input.identity_upgrades, &input.identity, &input.name) {
        refuse(errors, upgrades.span, "identity_upgrades lead to an identity: add identity(...)");
    }
    if let Some(name) = &input.name {
        if !is_name(name) {
            refuse(errors, name.span(), NAME);
        }
        if doc::description(&input.attrs).is_none() {
            refuse(errors, at_struct, "add a doc comment: it is the description that users read");
        }
    } else {
        let root_only = [
            ("subcategory", input.subcategory.is_some()),
            ("version", input.version.is_some()),
            ("upgrades", input.upgrades.is_some()),
            ("identity_upgrades", input.identity_upgrades.is_some()),
            ("timeouts", input.timeouts.is_some()),
            ("identity", input.identity.is_some()),
            ("deprecated", input.deprecated.is_some()),
        ];
        for (flag, _) in root_only.into_iter().filter(|(_, given)| *given) {
            refuse(errors, at_struct, &format!("{flag} needs name = \"...\": a nested object has none"));
        }
    }
    for field in input.fields().iter().filter(|f| input.timeouts.is_some() && f.name() == "timeouts") {
        refuse(errors, field.span(), "timeouts(...) adds this attribute by itself: remove the field");
    }
    for field in input.fields().iter().filter(|f| f.tags.is_present()).skip(1) {
        refuse(errors, field.tags.span(), "only one attribute holds the tags");
    }
}

fn names(input: &Input, known: &[String], errors: &mut Accumulator) {
    for part in input.identity.iter().flat_map(|i| &i.0).filter(|part| !part.derived) {
        exists(&part.name, known, errors, input.is_whole());
    }
    let rules = [&input.exactly_one_of, &input.at_most_one_of, &input.at_least_one_of, &input.requires];
    for rule in rules.into_iter().flatten() {
        several(rule, errors);
        for name in &rule.names {
            exists(name, known, errors, input.is_whole());
        }
    }
}

fn several(rule: &Names, errors: &mut Accumulator) {
    let different: BTreeSet<String> = rule.names.iter().map(LitStr::value).collect();
    if different.len() < 2 || different.len() < rule.names.len() {
        refuse(errors, rule.span, "a rule is between two or more different attributes");
    }
}

/// Of a struct that embeds others the schema's own test knows all names, and the macro does not.
fn exists(name: &LitStr, known: &[String], errors: &mut Accumulator, is_whole: bool) {
    if is_whole && !known.contains(&name.value()) {
        errors.push(Error::unknown_field_with_alts(&name.value(), known).with_span(name));
    }
}

/// What a name consists of.
const NAME: &str = "a name has lower-case letters, digits and underscores only";

fn is_name(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn modes(field: &Field, errors: &mut Accumulator) {
    if !is_name(&field.name()) {
        refuse(errors, field.span(), NAME);
    }
    if doc::description(&field.attrs).is_none() && types::is_plain(&field.ty) {
        refuse(errors, field.span(), "add a doc comment: it is the description that users read");
    }
    let (required, optional, computed) =
        (field.required.is_present(), field.optional.is_present(), field.computed.is_present());
    match (required, optional, computed) {
        (false, false, false) => {
            refuse(errors, field.span(), "say who sets it: required, optional, computed, or optional and computed");
        }
        (true, true, _) => refuse(errors, field.optional.span(), "required and optional exclude each other"),
        (true, _, true) => {
            refuse(errors, field.computed.span(), "required and computed exclude each other: the user or the provider");
        }
        _ => {}
    }
    if field.write_only.is_present() && computed {
        refuse(errors, field.write_only.span(), "write_only and computed exclude each other: nothing is stored");
    }
    let default = field.default.as_ref().map(|d| d.0.span()).or(field.default_value.as_ref().map(|d| d.span));
    if let Some(span) = default
        && !(optional && computed)
    {
        refuse(errors, span, "a default needs optional and computed: the provider sets it where the user does not");
    }
    if let Some(value) = &field.default_value
        && (field.default.is_some() || value.exprs.len() > 1)
    {
        refuse(errors, value.span, "one default is enough");
    }
}

fn nullability(field: &Field, errors: &mut Accumulator) {
    let is_option = types::is(&field.ty, "Option");
    let inner = types::without_option(&field.ty);
    let may_stay_plain = types::is(&field.ty, "Value")
        || field.has_default()
        || (types::collection(&field.ty).is_some() && field.computed.is_present() && !field.optional.is_present());
    if field.write_only.is_present() {
        if !is_option {
            refuse(errors, field.ty.span(), &format!("write_only is null in the state: Option<{}>", text(&field.ty)));
        }
    } else if field.required.is_present() {
        if is_option {
            refuse(errors, field.ty.span(), &format!("required is never null: {} without Option", text(inner)));
        }
    } else if !is_option && !may_stay_plain && (field.optional.is_present() || field.computed.is_present()) {
        refuse(errors, field.ty.span(), &format!("it may be null: Option<{}>", text(&field.ty)));
    }
}

fn update(field: &Field, causes: Option<&[String]>, errors: &mut Accumulator) {
    let Some((flag, span)) = (match (&field.changes_with, field.use_state_for_unknown.is_present()) {
        (Some(names), true) => {
            refuse(errors, names.span, "use_state_for_unknown and changes_with exclude each other");
            None
        }
        (Some(names), false) => Some(("changes_with", names.span)),
        (None, true) => Some(("use_state_for_unknown", field.use_state_for_unknown.span())),
        (None, false) => None,
    }) else {
        return;
    };
    if !field.computed.is_present() {
        refuse(errors, span, &format!("{flag} is about values that the provider computes: add computed"));
    } else if field.has_default() {
        refuse(
            errors,
            span,
            &format!("{flag} has no meaning with a default, which is the value whenever the user sets none"),
        );
    }
    for (name, known) in field.changes_with.iter().flat_map(|n| &n.names).filter_map(|name| Some((name, causes?))) {
        exists(name, known, errors, true);
        if name.value() == field.name() {
            refuse(errors, name.span(), "an attribute cannot be its own cause");
        }
    }
}

fn details(field: &Field, errors: &mut Accumulator) {
    let configurable = field.required.is_present() || field.optional.is_present();
    if let Some(validate) = field.validate.as_ref().filter(|_| !configurable && field.computed.is_present()) {
        refuse(errors, validate.span, "validate tests what users write, and a computed attribute is never written");
    }
    if let Some(equal) = field.equal.as_ref().filter(|_| field.equal_json.is_present()) {
        refuse(errors, equal.span, "equal_json and equal exclude each other");
    }
    if field.unordered.is_present() && (field.equal.is_some() || field.equal_json.is_present()) {
        refuse(errors, field.unordered.span(), "unordered excludes equal and equal_json");
    }
    if let Some(rename) = field.rename.as_ref().filter(|_| field.provider_only.is_present()) {
        refuse(errors, rename.span(), "rename names the API's member, and provider_only says that there is none");
    }
    if field.planned.is_present() && (!field.computed.is_present() || field.has_default()) {
        refuse(
            errors,
            field.planned.span(),
            "planned says that the resource itself plans a computed value; here it does not",
        );
    }
    if let Some(default) = &field.default
        && let Some(wanted) = mismatch(field, &default.0)
    {
        refuse(errors, default.0.span(), &wanted);
    }
}

/// What is wrong with a default for the field's type, as far as the spelling tells.
fn mismatch(field: &Field, expr: &Expr) -> Option<String> {
    let (lit, negative) = match expr {
        Expr::Lit(lit) => (&lit.lit, false),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match &**expr {
            Expr::Lit(lit) => (&lit.lit, true),
            _ => return Some(NOT_LITERAL.to_owned()),
        },
        _ => return Some(NOT_LITERAL.to_owned()),
    };
    let given = match lit {
        Lit::Str(_) if !negative => "text",
        Lit::Bool(_) if !negative => "a truth value",
        Lit::Int(n) if n.base10_parse::<i64>().is_ok() => "a whole number",
        Lit::Float(_) => "a number",
        _ => return Some(NOT_LITERAL.to_owned()),
    };
    let ty = types::without_option(&field.ty);
    let wanted = match types::name(ty)?.to_string().as_str() {
        "String" => "text",
        "bool" => "a truth value",
        "i64" | "i32" | "u32" => "a whole number",
        "f64" if given == "a whole number" => given,
        "f64" => "a number",
        "Value" => return Some("the value of a dynamic attribute brings its type: default_value(expr)".to_owned()),
        _ => return Some(format!("a literal is not a {}: default_value(expr)", text(ty))),
    };
    (given != wanted).then(|| format!("the default is {given}, and {} takes {wanted}", text(ty)))
}

const NOT_LITERAL: &str = "a default is text, a number or a bool; anything else goes into default_value(expr)";

/// The type as one writes it.
fn text(ty: &syn::Type) -> String {
    ty.to_token_stream().to_string().replace(' ', "").replace(',', ", ")
}
