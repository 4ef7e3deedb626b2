//! Null elements of configured collections: `tags = { owner = var.owner }` where the variable is null.
//!
//! Terraform lets them pass, holds the provider to planning and storing what was configured, and OpenTofu 1.12 crashes over
//! some. So they are refused when the configuration is tested, but in maps of simple values, where users expect a null
//! to leave the entry out: there they are taken out of everything that a resource sees ([`strip`]), and put back into
//! everything that Terraform sees ([`restore`]).

use crate::diag::{Diag, Diags};
use crate::schema::{Attribute, Kind, Mode, Nesting, NullElements, Object, Type};
use crate::value::{Path, Value};

/// Takes the null elements out that stand for nothing. A map that is left with none counts as not set where that is
/// allowed.
pub(crate) fn strip(object: &Object, value: &mut Value) {
    let Some(entries) = value.as_entries_mut() else { return };
    for a in &object.attributes {
        let Some(slot) = entries.get_mut(a.name.as_ref()) else { continue };
        match (&a.kind, slot) {
            (Kind::Leaf(_), Value::Map(elements)) if a.null_elements == NullElements::LeftOut => {
                let before = elements.len();
                elements.retain(|_, v| !v.is_null());
                if elements.is_empty() && before > 0 && a.mode == Mode::Optional {
                    entries.insert(a.name.to_string(), Value::Null);
                }
            }
            (Kind::Nested(Nesting::Single, inner), slot) => strip(inner, slot),
            (Kind::Nested(_, inner), Value::List(all) | Value::Set(all)) => {
                all.iter_mut().for_each(|element| strip(inner, element));
            }
            (Kind::Nested(_, inner), Value::Map(all)) => all.values_mut().for_each(|element| strip(inner, element)),
            _ => {}
        }
    }
}

/// The same value without the null elements that stand for nothing.
pub(crate) fn stripped(object: &Object, mut value: Value) -> Value {
    strip(object, &mut value);
    value
}

/// Puts the null elements back that `like` has, at the same places. Set elements are paired with those that are equal
/// without any.
pub(crate) fn restore(object: &Object, value: &mut Value, like: &Value) {
    let Some(entries) = value.as_entries_mut() else { return };
    // A write-only value is in the configuration alone.
    for a in object.attributes.iter().filter(|a| !a.write_only) {
        let (Some(slot), like) = (entries.get_mut(a.name.as_ref()), like.attribute(&a.name)) else { continue };
        restore_attribute(a, slot, like);
    }
}

fn restore_attribute(a: &Attribute, slot: &mut Value, like: &Value) {
    match (&a.kind, slot, like) {
        (Kind::Leaf(_), slot, Value::Map(like)) if a.null_elements == NullElements::LeftOut => {
            let nulls = || like.iter().filter(|(_, v)| v.is_null()).map(|(k, _)| (k.clone(), Value::Null));
            match slot {
                Value::Map(elements) => {
                    for (key, null) in nulls() {
                        elements.entry(key).or_insert(null);
                    }
                }
                Value::Null if !like.is_empty() && like.values().all(Value::is_null) => {
                    *slot = Value::Map(like.clone())
                }
                _ => {}
            }
        }
        (Kind::Nested(Nesting::Single, inner), slot, like) => restore(inner, slot, like),
        (Kind::Nested(Nesting::List, inner), Value::List(all), Value::List(like)) => {
            all.iter_mut().zip(like).for_each(|(element, like)| restore(inner, element, like));
        }
        (Kind::Nested(Nesting::Map, inner), Value::Map(all), Value::Map(like)) => {
            all.iter_mut().for_each(|(k, element)| restore(inner, element, like.get(k).unwrap_or(&Value::Null)));
        }
        (Kind::Nested(Nesting::Set, inner), Value::Set(all), Value::Set(like)) => {
            let mut partners: Vec<(Value, &Value)> = like.iter().map(|v| (stripped(inner, v.clone()), v)).collect();
            for element in all {
                if let Some(i) = partners.iter().position(|(bare, _)| bare == element) {
                    restore(inner, element, partners.swap_remove(i).1);
                }
            }
        }
        _ => {}
    }
}

/// Refuses the null elements of a configured attribute that neither stand for nothing nor are wanted.
pub(crate) fn refuse(a: &Attribute, value: &Value, path: &Path, diags: &mut Diags) {
    match &a.kind {
        Kind::Nested(Nesting::Single, _) => {}
        Kind::Nested(_, _) => each_element(value, path, &mut |element, here| {
            if element.is_null() {
                diags.push(null_element(path, here));
            }
        }),
        Kind::Leaf(ty) if a.null_elements == NullElements::Refused => refuse_in(ty, value, path, diags),
        Kind::Leaf(_) => {}
    }
}

/// Whether a value has null elements that its attribute does not have.
pub(crate) fn any_in(a: &Attribute, value: &Value) -> bool {
    let mut found = Diags::new();
    match &a.kind {
        Kind::Leaf(ty) if a.null_elements != NullElements::Kept => refuse_in(ty, value, &Path::root(), &mut found),
        _ => refuse(a, value, &Path::root(), &mut found),
    }
    !found.is_empty()
}

/// Null attributes of objects are not set, and what a dynamic value holds is the user's: only elements count.
fn refuse_in(ty: &Type, value: &Value, path: &Path, diags: &mut Diags) {
    match (ty, value) {
        (Type::List(inner) | Type::Set(inner) | Type::Map(inner), _) => {
            each_element(value, path, &mut |element, here| {
                if element.is_null() && **inner != Type::Dynamic {
                    diags.push(null_element(path, here));
                } else {
                    refuse_in(inner, element, here, diags);
                }
            });
        }
        (Type::Object(types), Value::Object(_)) => {
            types.iter().for_each(|(name, ty)| refuse_in(ty, value.attribute(name), &path.attribute(name), diags));
        }
        (Type::Tuple(types), Value::List(all)) => {
            types.iter().zip(all).enumerate().for_each(|(i, (ty, v))| refuse_in(ty, v, &path.index(i), diags));
        }
        _ => {}
    }
}

fn each_element(value: &Value, path: &Path, visit: &mut dyn FnMut(&Value, &Path)) {
    match value {
        Value::List(all) => all.iter().enumerate().for_each(|(i, v)| visit(v, &path.index(i))),
        Value::Set(all) => all.iter().for_each(|v| visit(v, &path.element())),
        Value::Map(all) => all.iter().for_each(|(k, v)| visit(v, &path.key(k))),
        _ => {}
    }
}

fn null_element(collection: &Path, element: &Path) -> Diag {
    let detail = format!(
        "The element `{element}` is null, and no element of `{collection}` may be. Leave it out of the collection: a \
         `for` expression with `if` does that for what may be null."
    );
    Diag::error("Null element", detail).at(element.clone())
}
