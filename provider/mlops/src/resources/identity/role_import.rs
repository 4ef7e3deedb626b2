//! Roles that exist already: imported, or moved from another provider.

use tfplug::diag::{Diag, Result};
use tfplug::model::Root;
use tfplug::value::Value;

use super::execution_role::ExecutionRole;
use crate::aws::arn::Arn;
use crate::engine::MovedFrom;

/// The resource whose roles `moved` blocks bring here.
pub(super) const MOVED_FROM: MovedFrom = MovedFrom::new("aws_iam_role", &["name"]);

/// The nearly empty state of a role that is imported by its name or its ARN into an account, if that is known.
///
/// # Errors
/// A diagnostic that says what an ID looks like, or whose role it is.
pub(super) fn imported(account: Option<&str>, id: &str) -> Result<Value> {
    let arn = Arn::parse(id).ok();
    let role = arn.as_ref().filter(|arn| arn.service == "iam").and_then(|arn| arn.resource.strip_prefix("role/"));
    let name = match (&arn, role) {
        (Some(_), Some(role)) => role.rsplit('/').next().unwrap_or_default(),
        (Some(_), None) => "",
        (None, _) => id,
    };
    if name.is_empty() || name.contains(['/', ':']) {
        let detail = format!("{id:?} identifies no role. Give its name or its ARN (`arn:aws:iam::ACCOUNT:role/NAME`).");
        return Err(Diag::error("Invalid import ID", detail).into());
    }
    if let Some(arn) = &arn {
        arn.must_be_of(account, "role")?;
    }
    let mut state = ExecutionRole::schema().object.null_value();
    state.set_attribute(ExecutionRole::NAME, Value::from(name));
    Ok(state)
}
