//! The code that is written.

use darling::Result;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Lit};

use crate::doc;
use crate::input::{Field, IdentityPart, Input, Limit, Limits, Names};
use crate::types;

/// The implementations for a verified struct.
pub(crate) fn expand(input: &Input) -> Result<TokenStream> {
    let ident = &input.ident;
    let embedded: Vec<_> = input.fields().iter().filter(|f| f.embed.is_present()).map(|f| &f.ty).collect();
    let attributes = input.fields().iter().map(|field| match field.embed.is_present() {
        true => {
            let ty = &field.ty;
            quote!(all.extend(<#ty as ::tfplug::model::Model>::object().attributes);)
        }
        false => {
            let attribute = attribute(field);
            quote!(all.push(#attribute);)
        }
    });
    let rules = rules(input);
    let limits = input.timeouts.as_ref().map(limits);
    let timeouts = limits.iter().map(|limits| quote!(all.push(::tfplug::model::timeouts(&#limits));));
    let reads = input.fields().iter().map(read);
    let writes = input.fields().iter().map(|field| {
        let (name, ident) = (field.name(), &field.ident);
        match field.embed.is_present() {
            true => quote!(::tfplug::model::embed(::tfplug::model::Model::into_value(self.#ident), &mut all);),
            false => quote!(all.push((
                <::std::string::String as ::std::convert::From<&str>>::from(#name),
                ::tfplug::model::Field::encode(self.#ident),
            ));),
        }
    });
    // The engine puts the user's limits in: they are no field of the struct.
    let null_timeouts = limits.iter().map(|_| {
        quote!(all.push((
            <::std::string::String as ::std::convert::From<&str>>::from(::tfplug::schema::TIMEOUTS),
            ::tfplug::value::Value::Null,
        ));)
    });
    let root = root(input, limits.as_ref());
    let described = described(input);
    let names = names(input);
    Ok(quote! {
        #names

        #[automatically_derived]
        impl ::tfplug::model::Model for #ident {
            fn object() -> ::tfplug::schema::Object {
                let mut all: ::std::vec::Vec<::tfplug::schema::Attribute> = ::std::vec::Vec::new();
                #(#attributes)*
                #(#timeouts)*
                let mut rules: ::std::vec::Vec<::tfplug::schema::Rule> = ::std::vec![#(#rules),*];
                #(rules.extend(<#embedded as ::tfplug::model::Model>::object().rules);)*
                ::tfplug::schema::Object { attributes: all, rules }
            }

            fn from_value(
                value: &::tfplug::value::Value,
                path: &::tfplug::value::Path,
            ) -> ::tfplug::diag::Result<Self> {
                ::tfplug::model::expect_object(value, path)?;
                ::std::result::Result::Ok(Self { #(#reads),* })
            }

            fn into_value(self) -> ::tfplug::value::Value {
                let mut all: ::std::vec::Vec<(::std::string::String, ::tfplug::value::Value)> = ::std::vec::Vec::new();
                #(#writes)*
                #(#null_timeouts)*
                ::tfplug::value::Value::object(all)
            }
        }

        #described

        #root
    })
}

/// A constant for each attribute, which code can name instead of a literal that nothing checks.
fn names(input: &Input) -> TokenStream {
    let ident = &input.ident;
    let all = input.fields().iter().filter(|field| !field.embed.is_present()).map(|field| {
        let name = field.name();
        let constant = Ident::new(&name.to_uppercase(), field.ident.span());
        let doc = format!("The name of the attribute `{name}`.");
        quote!(#[doc = #doc] pub const #constant: &'static str = #name;)
    });
    quote! {
        #[automatically_derived]
        #[allow(dead_code)]
        impl #ident {
            #(#all)*
        }
    }
}

/// What a field of this type says that has no doc comment of its own.
fn described(input: &Input) -> Option<TokenStream> {
    let (ident, description) = (&input.ident, doc::description(&input.attrs)?);
    Some(quote! {
        #[automatically_derived]
        impl ::tfplug::model::Described for #ident {
            const DESCRIPTION: &'static str = #description;
        }
    })
}

fn root(input: &Input, limits: Option<&TokenStream>) -> Option<TokenStream> {
    let ident = &input.ident;
    let name = &**input.name.as_ref()?;
    let description = doc::description(&input.attrs);
    let version = input.version.as_ref().map(|version| {
        let version = **version;
        quote!(version: #version,)
    });
    let subcategory = input.subcategory.as_ref().map(|subcategory| {
        let subcategory = &**subcategory;
        quote!(subcategory: ::tfplug::schema::Text::Borrowed(#subcategory),)
    });
    let deprecated = deprecated(input.deprecated.as_ref());
    let timeouts = limits.map(|limits| quote!(timeouts: #limits,));
    let identity = input.identity.as_ref().map(|identity| {
        let all = identity.0.iter().map(|IdentityPart { name, required, derived }| {
            quote!(::tfplug::schema::IdentityAttribute {
                name: ::tfplug::schema::Text::Borrowed(#name), required: #required, derived: #derived
            })
        });
        quote!(identity: ::std::vec![#(#all),*],)
    });
    let upgrades = input.upgrades.as_ref().map(|upgrades| {
        let path = &upgrades.path;
        quote!(upgrades: #path(),)
    });
    let identity_upgrades = input.identity_upgrades.as_ref().map(|upgrades| {
        let path = &upgrades.path;
        quote!(identity_upgrades: #path(),)
    });
    Some(quote! {
        #[automatically_derived]
        impl ::tfplug::model::Root for #ident {
            #[allow(clippy::needless_update)]
            fn schema() -> ::tfplug::schema::Schema {
                ::tfplug::schema::Schema {
                    #subcategory #version #deprecated #timeouts #identity #upgrades #identity_upgrades
                    ..::tfplug::model::schema::<Self>(#name, #description)
                }
            }

            fn shared() -> &'static ::tfplug::schema::SharedSchema {
                static SCHEMA: ::tfplug::schema::SharedSchema =
                    ::tfplug::schema::SharedSchema::new(#name, <#ident as ::tfplug::model::Root>::schema);
                &SCHEMA
            }
        }
    })
}

fn attribute(field: &Field) -> TokenStream {
    let (name, ty) = (field.name(), &field.ty);
    let description = match doc::description(&field.attrs) {
        Some(description) => quote!(#description),
        None => quote_spanned!(ty.span()=> <#ty as ::tfplug::model::Described>::DESCRIPTION),
    };
    let mode = mode(field);
    let validators = field.validate.iter().flat_map(|c| &c.exprs);
    let flags = [
        ("sensitive", field.sensitive.is_present()),
        ("write_only", field.write_only.is_present()),
        ("requires_replace", field.requires_replace.is_present()),
        ("provider_only", field.provider_only.is_present()),
        ("planned", field.planned.is_present()),
        ("tags", field.tags.is_present()),
    ];
    let flags = flags.into_iter().filter(|(_, given)| *given).map(|(flag, _)| {
        let flag = Ident::new(flag, field.span());
        quote!(#flag: true,)
    });
    let deprecated = deprecated(field.deprecated.as_ref());
    let default = default(field).map(|value| quote!(default: ::std::option::Option::Some(#value),));
    let member = field.rename.as_ref().map(|member| {
        let member = &**member;
        quote!(member: ::std::option::Option::Some(::tfplug::schema::Text::Borrowed(#member)),)
    });
    let on_update = if field.use_state_for_unknown.is_present() {
        Some(quote!(on_update: ::tfplug::schema::OnUpdate::UseStateForUnknown,))
    } else {
        field.changes_with.as_ref().map(|others| {
            let others = texts(others);
            quote!(on_update: ::tfplug::schema::OnUpdate::ChangesWith(#others),)
        })
    };
    let equality = if field.equal_json.is_present() {
        Some(quote!(equality: ::tfplug::schema::Equality::Json,))
    } else if field.unordered.is_present() {
        Some(quote!(equality: ::tfplug::schema::Equality::Unordered,))
    } else {
        field.equal.as_ref().map(|equal| {
            let path = &equal.path;
            quote!(equality: ::tfplug::schema::Equality::Custom(#path),)
        })
    };
    let attribute = quote! {
        ::tfplug::schema::Attribute {
            #(#flags)* #deprecated #default #member #on_update #equality
            ..::tfplug::model::attribute::<#ty>(#name, ::tfplug::schema::Mode::#mode, #description, ::std::vec![#(#validators),*])
        }
    };
    if field.leaf.is_present() { quote!(::tfplug::model::leaf(#attribute)) } else { attribute }
}

fn mode(field: &Field) -> Ident {
    let mode = match (field.required.is_present(), field.optional.is_present(), field.computed.is_present()) {
        (true, ..) => "Required",
        (_, true, true) => "OptionalComputed",
        (_, true, false) => "Optional",
        _ => "Computed",
    };
    Ident::new(mode, field.span())
}

fn read(field: &Field) -> TokenStream {
    let (name, ident, ty) = (field.name(), &field.ident, &field.ty);
    if field.embed.is_present() {
        return quote!(#ident: <#ty as ::tfplug::model::Model>::from_value(value, path)?);
    }
    let instead_of_null = if types::is(&field.ty, "Option") {
        None
    } else {
        default(field).or_else(|| {
            let variant = types::collection(&field.ty).filter(|_| field.computed.is_present())?;
            let variant = Ident::new(variant, field.span());
            Some(quote!(::tfplug::value::Value::#variant(::std::default::Default::default())))
        })
    };
    match instead_of_null {
        Some(default) => quote!(#ident: ::tfplug::model::field_or(value, path, #name, &#default)?),
        None => quote!(#ident: ::tfplug::model::field(value, path, #name)?),
    }
}

fn default(field: &Field) -> Option<TokenStream> {
    if let Some(value) = &field.default_value {
        return value.exprs.first().map(|expr| quote!(#expr));
    }
    let expr = &field.default.as_ref()?.0;
    let lit = match expr {
        Expr::Lit(lit) => Some(&lit.lit),
        Expr::Unary(unary) => match &*unary.expr {
            Expr::Lit(lit) => Some(&lit.lit),
            _ => None,
        },
        _ => None,
    };
    Some(match lit {
        Some(Lit::Float(_)) => quote!(::tfplug::model::number(#expr)),
        Some(Lit::Int(_)) => quote!(<::tfplug::value::Value as ::std::convert::From<i64>>::from(#expr)),
        _ => quote!(::tfplug::value::Value::from(#expr)),
    })
}

fn deprecated(message: Option<&darling::util::SpannedValue<String>>) -> Option<TokenStream> {
    let message = &**message?;
    Some(quote!(deprecated: ::std::option::Option::Some(::tfplug::schema::Text::Borrowed(#message)),))
}

fn limits(limits: &Limits) -> TokenStream {
    let given = [
        ("create", &limits.create),
        ("read", &limits.read),
        ("update", &limits.update),
        ("delete", &limits.delete),
        ("open", &limits.open),
        ("invoke", &limits.invoke),
    ];
    let given = given.into_iter().filter_map(|(name, limit)| {
        let Limit(nanoseconds) = limit.as_ref()?;
        let name = Ident::new(name, proc_macro2::Span::call_site());
        Some(quote!(#name: ::std::option::Option::Some(::std::time::Duration::from_nanos(#nanoseconds)),))
    });
    quote!(::tfplug::schema::Timeouts { #(#given)* ..::std::default::Default::default() })
}

fn rules(input: &Input) -> Vec<TokenStream> {
    let groups = [
        ("ExactlyOneOf", &input.exactly_one_of),
        ("AtMostOneOf", &input.at_most_one_of),
        ("AtLeastOneOf", &input.at_least_one_of),
    ];
    let groups = groups.into_iter().flat_map(|(rule, all)| {
        all.iter().map(move |names| {
            let rule = Ident::new(rule, names.span);
            let names = texts(names);
            quote!(::tfplug::schema::Rule::#rule(#names))
        })
    });
    let requires = input.requires.iter().filter_map(|names| {
        let (first, others) = names.names.split_first()?;
        Some(quote! {
            ::tfplug::schema::Rule::Requires(
                ::tfplug::schema::Text::Borrowed(#first),
                ::std::vec![#(::tfplug::schema::Text::Borrowed(#others)),*],
            )
        })
    });
    groups.chain(requires).collect()
}

fn texts(names: &Names) -> TokenStream {
    let names = &names.names;
    quote!(::std::vec![#(::tfplug::schema::Text::Borrowed(#names)),*])
}
