//! The creation of a role: the look for one that has its name, and the request. What an interrupted creation left is reported
//! from what others made.

use aws_sdk_iam::types::Role;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::value::{Path, Value};

use super::execution_role::TYPE;
use super::role_api::{Made, NewRole, RoleApi};
use crate::aws::client::Aws;
use crate::aws::creations::record::{Found, Identity, Sent};
use crate::aws::creations::{Creation, Kind};
use crate::aws::names;
use crate::aws::policy_json::percent_decoded;
use crate::resources::identity::execution_role::ExecutionRole;

/// What tells a role from every other one of its name. Source: IAM User Guide, "Unique identifiers".
pub(super) fn identity(role: &Role) -> Identity {
    Identity::from([("role_id".to_owned(), role.role_id.clone())])
}

/// Whether a creation made the role.
fn is_made_by(role: &Role, made: impl Fn(Found<'_>) -> bool) -> bool {
    let trust = role.assume_role_policy_document.as_deref().map(percent_decoded).unwrap_or_default();
    let boundary = role.permissions_boundary.as_ref().and_then(|b| b.permissions_boundary_arn.as_deref());
    let duration = role.max_session_duration.unwrap_or(3600);
    let description = described(&role.path, &trust, role.description.as_deref(), duration, boundary);
    made(Found {
        identity: &identity(role),
        created: role.create_date.to_millis().ok(),
        untimed: false,
        description: &description,
    })
}

/// A role as it is sent and described.
fn described(path: &str, trust: &str, description: Option<&str>, duration: i32, boundary: Option<&str>) -> Value {
    // IAM keeps the meaning of a policy, not its spelling.
    let trust = serde_json::from_str::<serde_json::Value>(trust).map_or_else(|_| trust.to_owned(), |p| p.to_string());
    Value::object([
        ("path", Value::from(path)),
        ("trust", Value::from(trust)),
        ("description", Value::from(description.unwrap_or_default())),
        ("max_session_duration", Value::from(i64::from(duration))),
        ("permissions_boundary", Value::from(boundary.unwrap_or_default())),
    ])
}

/// Claims the name, and looks for a role that has it: there must be none, or the one that an interrupted creation left,
/// which is returned.
pub(super) async fn begin<'a>(cx: &'a Context<Aws>, planned: &Value) -> Result<(Creation, RoleApi<'a>, Option<Role>)> {
    let aws = cx.client()?;
    let generated = planned.attribute(ExecutionRole::NAME).is_null();
    loop {
        let delete =
            "aws iam delete-role --role-name {}    (its policies go first: delete-role-policy, detach-role-policy)";
        let kind = Kind { type_name: TYPE, region: "", import: "{}", delete };
        let fixed = planned.attribute(ExecutionRole::NAME).as_str();
        let creation = aws.creations().begin(kind, planned, fixed, || names::choose(planned))?;
        let api = RoleApi::new(cx, creation.name())?;
        let looks = !generated || creation.earlier.is_some();
        let Some(found) = (if looks { api.get().await? } else { None }) else { return Ok((creation, api, None)) };
        match &creation.earlier {
            Some(earlier) if is_made_by(&found, |f| earlier.made(f)) => return Ok((creation, api, Some(found))),
            Some(_) if generated => {
                cx.warn(creation.leave());
            }
            _ => {
                let error = taken(creation.name());
                creation.forget();
                return Err(error.into());
            }
        }
    }
}

/// Creates the role, and remembers that. Gives the creation back if there is a role now.
pub(super) async fn make(
    cx: &Context<Aws>,
    api: &mut RoleApi<'_>,
    mut creation: Creation,
    spec: &NewRole<'_>,
) -> Result<(Role, Creation)> {
    let NewRole { path, trust, description, max_session_duration, permissions_boundary, .. } = *spec;
    let sent = described(path, trust, description, max_session_duration, permissions_boundary);
    if let Some(warning) = creation.remember(Sent::of(&sent, &[])) {
        cx.warn(warning);
    }
    let outcome = creation.watched(api.create(spec)).await;
    match outcome {
        Ok(Made::New(role)) => return Ok((*role, creation)),
        Ok(Made::Exists { repeated: true }) => {
            // An earlier request may have made it, though its answer was lost.
            if let Some(found) = api.get().await?
                && is_made_by(&found, |f| creation.made(f))
            {
                return Ok((found, creation));
            }
        }
        // Nothing of ours was on its way: somebody was faster.
        Ok(Made::Exists { repeated: false }) => {}
        Err(diags) => {
            // The request may have reached IAM although its answer did not come back. Only a look tells.
            if let Ok(None) = api.get().await {
                creation.forget();
            }
            return Err(diags);
        }
    }
    let error = taken(creation.name());
    creation.forget();
    Err(error.into())
}

fn taken(name: &str) -> Diag {
    let detail = format!(
        "A role {name:?} exists already, and this configuration did not create it (case and path make no difference). \
         Choose another name. To manage it here, import it: terraform import mlops_execution_role.NAME {name}"
    );
    Diag::error(format!("Could not create the IAM role \"{name}\""), detail).at(Path::of(ExecutionRole::NAME))
}
