//! Objects of a kind that are not Terraform's to manage, described several at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tfplug::value::Value;
use tokio::task::JoinSet;

use super::Declared;
use crate::aws::client::Regional;
use crate::aws::error::AwsError;
use crate::aws::operation::is_one_of;

/// How many descriptions are asked for at a time.
const AT_ONCE: usize = 10;

/// What an operation on an object of a name is sent.
fn named(declared: &Declared, name: &str) -> Value {
    let key = Value::object([(declared.key.attribute, Value::from(name))]);
    declared.key.input(&declared.read.operation, declared.object(), &key)
}

/// The name of an object in a list, or in the description of another one; None if there is none.
pub fn name_in(declared: &Declared, item: &Value) -> Option<String> {
    let member = named(declared, "").as_entries()?.keys().next()?.clone();
    item.attribute(&member).as_str().map(str::to_owned)
}

/// The descriptions of objects by their names; those that are gone meanwhile are left out.
///
/// # Errors
/// What AWS responded to one of them.
pub async fn describe(
    aws: &Arc<Regional>,
    declared: &'static Declared,
    names: BTreeSet<String>,
) -> Result<BTreeMap<String, Value>, AwsError> {
    let mut left = names.into_iter();
    let mut asked = JoinSet::new();
    let mut described = BTreeMap::new();
    loop {
        for name in left.by_ref().take(AT_ONCE - asked.len()) {
            let aws = aws.clone();
            asked.spawn(async move {
                let description = (declared.read.operation.call)(&aws, &named(declared, &name)).await;
                (name, description)
            });
        }
        match asked.join_next().await {
            None => return Ok(described),
            Some(Ok((name, Ok(description)))) => drop(described.insert(name, description)),
            Some(Ok((_, Err(error)))) if is_one_of(&error, declared.read.not_found) => {}
            Some(Ok((_, Err(error)))) => return Err(error),
            Some(Err(failed)) => {
                let operation = declared.read.operation;
                return Err(AwsError {
                    service: operation.service,
                    operation: operation.name,
                    message: failed.to_string(),
                    ..AwsError::default()
                });
            }
        }
    }
}
