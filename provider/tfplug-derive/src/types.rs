//! What can be told of a field's type from how it is spelt.

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

/// The variant of `Value` that an empty collection of this type is; None for other types.
pub(crate) fn collection(ty: &Type) -> Option<&'static str> {
    [("Vec", "List"), ("Set", "Set"), ("BTreeMap", "Map")]
        .into_iter()
        .find(|(t, _)| is(ty, t))
        .map(|(_, variant)| variant)
}
