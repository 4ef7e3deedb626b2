//! `#[derive(Model)]`: a struct becomes a Terraform schema and converts to and from values.
//!
//! The macro writes calls to ordinary functions of `tfplug::model`; whatever is clever is there. Doc comments become
//! descriptions. A field without one takes that of its nested [`Model`]; a field of any other type does not compile
//! without. Attribute names are the field names. Each is also a constant of the struct (`Endpoint::FAILURE_REASON`), so that
//! code which looks into a value cannot misspell it.
//!
//! # On the struct: `#[tf(...)]`
//! | Flag | Meaning |
//! |---|---|
//! | `name = "endpoint"` | A whole resource, data source, ... (trait `Root`), without the provider's prefix; `""` for the provider block. Without it the struct is a nested object. |
//! | `subcategory = "Inference"` | The group of its page in the menu of the Terraform Registry. |
//! | `version = 1`, `upgrades(path)` | The schema's version, and the function `fn() -> Vec<Vec<Upgrade>>` that brings old states along. |
//! | `identity_upgrades(path)` | The same for identities: the identity's version is the number of steps. |
//! | `timeouts(create = "60m", read, update, delete, open, invoke)` | Default limits. Adds the attribute `timeouts`; the struct needs no field for it. |
//! | `identity("name", optional("region"), derived("account_id"))` | The attributes that identify an object on import; a derived one is no attribute of the resource, see `Resource::identity_part`. |
//! | `exactly_one_of("a", "b")`, `at_most_one_of`, `at_least_one_of` | Rules between attributes; each may be repeated. |
//! | `requires("a", "b")` | If the first is set, the others must be. May be repeated. |
//! | `deprecated = "..."` | Why not to use it any more. |
//!
//! # On a field: `#[tf(...)]`
//! | Flag | Meaning |
//! |---|---|
//! | `required`, `optional`, `computed` | Who sets it. One of them, or `optional, computed`. |
//! | `requires_replace` | A change means a new object. |
//! | `use_state_for_unknown`, `changes_with("a")` | When an update leaves a computed value as it is: always, or unless one of these top-level attributes changes. |
//! | `default = 5` | A string, number or bool for where the user set none. Needs `optional, computed`. |
//! | `default_value(expr)` | The same as any `Value`. |
//! | `validate(expr, ...)` | Tests of the configured value, each a `Validator`. Integer types bring their own. |
//! | `sensitive`, `write_only` | Masked; never stored. |
//! | `equal_json`, `equal(path)` | Which spellings are the same value; the path is a `fn(&Value, &Value) -> bool`. |
//! | `unordered` | A list whose order means nothing: the same elements in another order are no change. |
//! | `rename = "x"`, `provider_only` | The API's member of another name; no such member. |
//! | `planned` | Computed, and known in the plan of a new object as soon as what it follows from is: for the documentation. |
//! | `tags` | Holds the resource's tags. |
//! | `leaf` | Nested objects as a plain type, without flags of their own. |
//! | `embed` | The field's type is a `Model`, whose attributes and rules are this struct's own. |
//! | `deprecated = "..."` | Why not to use it any more. |
//!
//! # Types
//! `String`, `bool`, `i64`, `i32`, `u32`, `f64`, `Value` (of any type), another `Model`, and `Vec`, `Set`,
//! `BTreeMap<String, _>` and `Option` of these. What may be null is an `Option`:
//! - `required`: never `Option` (but `write_only` always: the state has null there);
//! - `optional` or `computed`: `Option`, or `Value`, which has its own null. With a default the plain type will do: null
//!   reads as the default. A collection that is `computed` alone will do, too: null reads as empty. An `optional` one
//!   must be an `Option`, for Terraform tells null from empty.

mod doc;
// The parser of tfplug, so that a wrong default does not compile. tfplug depends on this crate, hence not the other way.
#[path = "../../tfplug/src/duration.rs"]
#[expect(unreachable_pub, dead_code, reason = "shared with tfplug, which uses more of it")]
mod duration;
mod expand;
mod input;
mod types;
mod verify;

use darling::FromDeriveInput;
use proc_macro::TokenStream;

/// Derives `tfplug::model::Model`, and `tfplug::model::Root` for a struct with a name. See the crate's documentation.
#[proc_macro_derive(Model, attributes(tf))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    let expanded = input::Input::from_derive_input(&input).and_then(|input| {
        verify::verify(&input)?;
        expand::expand(&input)
    });
    expanded.unwrap_or_else(|errors| errors.write_errors()).into()
}
