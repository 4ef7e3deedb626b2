//! The account in what identifies an object: without it two accounts' objects of one name would be the same.

use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::value::{Path, Value};

use super::arn::Arn;
use super::client::Aws;

/// The part of every identity that is no attribute of the resource.
pub const ACCOUNT_ID: &str = "account_id";

/// The account that holds an object: that of its ARN, or the one that the provider works in; null while that is unknown.
pub fn account_of(aws: Option<&Aws>, state: &Value) -> Value {
    let arn = state.attribute("arn").as_str().and_then(|arn| Arn::parse(arn).ok());
    let named = arn.map(|arn| arn.account_id).filter(|account| !account.is_empty());
    Value::from(named.or_else(|| aws.and_then(Aws::known_account_id).map(str::to_owned)))
}

/// Sees that an object of this identity can be in the account that the provider works in.
///
/// # Errors
/// A diagnostic that names both accounts.
pub fn check_account(cx: &Context<Aws>, identity: &Value) -> Result<()> {
    let here = cx.try_client().and_then(|aws| aws.known_account_id());
    match (identity.attribute(ACCOUNT_ID).as_str(), here) {
        (Some(given), Some(here)) if given != here => {
            let detail = format!(
                "The identity is that of an object in the account {given}, and the provider works in the account {here}. \
                 Import it with a provider that has credentials for {given}."
            );
            Err(Diag::error("The object is in another account", detail).at(Path::of(ACCOUNT_ID)).into())
        }
        _ => Ok(()),
    }
}
