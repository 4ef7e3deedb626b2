//! The flags as they are written.

use darling::ast::Data;
use darling::util::{Flag, Ignored, SpannedValue};
use darling::{Error, FromDeriveInput, FromField, FromMeta, Result};
use proc_macro2::Span;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Generics, Ident, Lit, LitStr, Meta, Path, Token, Type};

use crate::duration;

/// A struct with `#[derive(Model)]`.
#[derive(FromDeriveInput)]
#[darling(attributes(tf), forward_attrs(doc), supports(struct_named))]
pub(crate) struct Input {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) data: Data<Ignored, Field>,
    pub(crate) name: Option<SpannedValue<String>>,
    pub(crate) subcategory: Option<SpannedValue<String>>,
    pub(crate) version: Option<SpannedValue<i64>>,
    pub(crate) upgrades: Option<OnePath>,
    pub(crate) identity_upgrades: Option<OnePath>,
    pub(crate) timeouts: Option<Limits>,
    pub(crate) identity: Option<Identity>,
    #[darling(multiple)]
    pub(crate) exactly_one_of: Vec<Names>,
    #[darling(multiple)]
    pub(crate) at_most_one_of: Vec<Names>,
    #[darling(multiple)]
    pub(crate) at_least_one_of: Vec<Names>,
    #[darling(multiple)]
    pub(crate) requires: Vec<Names>,
    pub(crate) deprecated: Option<SpannedValue<String>>,
}

impl Input {
    /// Whether all attributes are fields of this struct itself.
    pub(crate) fn is_whole(&self) -> bool {
        !self.fields().iter().any(|f| f.embed.is_present())
    }

    /// The fields, in order.
    pub(crate) fn fields(&self) -> &[Field] {
        match &self.data {
            Data::Struct(fields) => &fields.fields,
            Data::Enum(_) => &[],
        }
    }
}

/// One field.
#[derive(FromField)]
#[darling(attributes(tf), forward_attrs(doc))]
pub(crate) struct Field {
    pub(crate) ident: Option<Ident>,
    pub(crate) ty: Type,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) required: Flag,
    pub(crate) optional: Flag,
    pub(crate) computed: Flag,
    pub(crate) requires_replace: Flag,
    pub(crate) use_state_for_unknown: Flag,
    pub(crate) changes_with: Option<Names>,
    pub(crate) default: Option<Literal>,
    pub(crate) default_value: Option<Exprs>,
    pub(crate) sensitive: Flag,
    pub(crate) write_only: Flag,
    pub(crate) validate: Option<Exprs>,
    pub(crate) rename: Option<SpannedValue<String>>,
    pub(crate) provider_only: Flag,
    pub(crate) planned: Flag,
    pub(crate) deprecated: Option<SpannedValue<String>>,
    pub(crate) tags: Flag,
    pub(crate) equal_json: Flag,
    pub(crate) unordered: Flag,
    pub(crate) equal: Option<OnePath>,
    pub(crate) leaf: Flag,
    pub(crate) embed: Flag,
}

impl Field {
    /// The attribute's name.
    pub(crate) fn name(&self) -> String {
        let name = self.ident.as_ref().map(Ident::to_string).unwrap_or_default();
        name.strip_prefix("r#").unwrap_or(&name).to_owned()
    }

    /// Whether any flag is given besides `embed`.
    pub(crate) fn has_flags(&self) -> bool {
        let flags = [
            &self.required,
            &self.optional,
            &self.computed,
            &self.requires_replace,
            &self.use_state_for_unknown,
            &self.sensitive,
            &self.write_only,
            &self.provider_only,
            &self.planned,
            &self.tags,
            &self.equal_json,
            &self.unordered,
            &self.leaf,
        ];
        flags.iter().any(|f| f.is_present())
            || self.has_default()
            || self.changes_with.is_some()
            || self.validate.is_some()
            || self.rename.is_some()
            || self.deprecated.is_some()
            || self.equal.is_some()
    }

    /// Where to point when no flag is to blame.
    pub(crate) fn span(&self) -> Span {
        self.ident.as_ref().map_or_else(Span::call_site, Ident::span)
    }

    /// Whether a default of either form is given.
    pub(crate) fn has_default(&self) -> bool {
        self.default.is_some() || self.default_value.is_some()
    }
}

/// `default = literal`. A negative number is one, too.
pub(crate) struct Literal(pub(crate) Expr);

impl FromMeta for Literal {
    fn from_expr(expr: &Expr) -> Result<Self> {
        Ok(Self(expr.clone()))
    }
}

/// `validate(expr, ...)`.
pub(crate) struct Exprs {
    pub(crate) exprs: Vec<Expr>,
    pub(crate) span: Span,
}

impl FromMeta for Exprs {
    fn from_meta(meta: &Meta) -> Result<Self> {
        Ok(Self { exprs: arguments(meta, Punctuated::<Expr, Token![,]>::parse_terminated)?, span: meta.path().span() })
    }
}

/// `changes_with("a", "b")`.
pub(crate) struct Names {
    pub(crate) names: Vec<LitStr>,
    pub(crate) span: Span,
}

impl FromMeta for Names {
    fn from_meta(meta: &Meta) -> Result<Self> {
        Ok(Self {
            names: arguments(meta, Punctuated::<LitStr, Token![,]>::parse_terminated)?,
            span: meta.path().span(),
        })
    }
}

/// `equal(path)`.
pub(crate) struct OnePath {
    pub(crate) path: Path,
    pub(crate) span: Span,
}

impl FromMeta for OnePath {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let list = meta.require_list()?;
        Ok(Self { path: list.parse_args()?, span: meta.path().span() })
    }
}

/// `timeouts(create = "60m")`.
#[derive(FromMeta)]
pub(crate) struct Limits {
    pub(crate) create: Option<Limit>,
    pub(crate) read: Option<Limit>,
    pub(crate) update: Option<Limit>,
    pub(crate) delete: Option<Limit>,
    pub(crate) open: Option<Limit>,
    pub(crate) invoke: Option<Limit>,
}

/// A duration, in nanoseconds.
pub(crate) struct Limit(pub(crate) u64);

impl FromMeta for Limit {
    fn from_value(value: &Lit) -> Result<Self> {
        let Lit::Str(text) = value else {
            return Err(Error::custom(format!("write in quotes {}", duration::EXPECTED)).with_span(value));
        };
        let limit = duration::parse(&text.value()).map_err(|e| Error::custom(e).with_span(text))?;
        u64::try_from(limit.as_nanos()).map(Self).map_err(Error::custom)
    }
}

/// `identity("a", optional("b"), derived("c"))`.
pub(crate) struct Identity(pub(crate) Vec<IdentityPart>);

/// A part of an identity.
pub(crate) struct IdentityPart {
    pub(crate) name: LitStr,
    /// Whether an import must give it.
    pub(crate) required: bool,
    /// Whether it is no attribute of the resource.
    pub(crate) derived: bool,
}

impl FromMeta for Identity {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let mut all = Vec::new();
        for part in arguments(meta, Punctuated::<Expr, Token![,]>::parse_terminated)? {
            all.push(identity_part(&part).ok_or_else(|| {
                let how =
                    "write the attribute's name in quotes, optional(\"name\"), or derived(\"name\") for what is none";
                Error::custom(how).with_span(&part)
            })?);
        }
        Ok(Self(all))
    }
}

fn identity_part(expr: &Expr) -> Option<IdentityPart> {
    let text = |expr: &Expr| match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => Some(name.clone()),
        _ => None,
    };
    match expr {
        Expr::Call(call) if call.args.len() == 1 => {
            let Expr::Path(flag) = &*call.func else { return None };
            let derived = flag.path.is_ident("derived");
            let name = text(call.args.first()?).filter(|_| derived || flag.path.is_ident("optional"))?;
            Some(IdentityPart { name, required: false, derived })
        }
        _ => Some(IdentityPart { name: text(expr)?, required: true, derived: false }),
    }
}

/// The arguments in a flag's parentheses; at least one.
fn arguments<T>(meta: &Meta, parser: impl Parser<Output = Punctuated<T, Token![,]>>) -> Result<Vec<T>> {
    let all: Vec<T> = meta.require_list()?.parse_args_with(parser)?.into_iter().collect();
    if all.is_empty() { Err(Error::custom("give at least one argument").with_span(meta)) } else { Ok(all) }
}
