//! What the spelling of a field's type says about it.

use syn::{GenericArgument, Ident, PathArguments, Type};

/// The type's last name: `Option` of `std::option::Option<T>`.
pub(crate) fn name(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|s| &s.ident),
        Type::Group(group) => name(&group.elem),
        _ => None,
    }
}

/// Whether the type's last name is this.
pub(crate) fn is(ty: &Type, wanted: &str) -> bool {
    name(ty).is_some_and(|n| n == wanted)
}

/// The `T` of `Option<T>`, or the type itself.
pub(crate) fn without_option(ty: &Type) -> &Type {
    if !is(ty, "Option") {
        return ty;
    }
    let Type::Path(path) = ty else { return ty };
    match path.path.segments.last().map(|s| &s.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) => match arguments.args.first() {
            Some(GenericArgument::Type(inner)) => inner,
            _ => ty,
        },
        _ => ty,
    }
}

/// Whether the type, or that of the elements of a collection, is none that could describe itself.
pub(crate) fn is_plain(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let arguments = path.path.segments.last().map(|s| &s.arguments);
    if let Some(PathArguments::AngleBracketed(arguments)) = arguments
        && let Some(GenericArgument::Type(element)) = arguments.args.last()
    {
        return is_plain(element);
    }
    ["String", "bool", "i64", "i32", "u32", "f64", "Value"].iter().any(|plain| is(ty, plain))
}

/// The variant of `Value` that an empty collection of this type is; None for other types.
pub(crate) fn collection(ty: &Type) -> Option<&'static str> {
    [("Vec", "List"), ("Set", "Set"), ("BTreeMap", "Map")]
        .into_iter()
        .find(|(t, _)| is(ty, t))
        .map(|(_, variant)| variant)
}
