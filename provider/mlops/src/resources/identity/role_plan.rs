//! What the plan of a role computes: its ARN, its trust policy, the policy of its grants, and whether IAM will take them.

use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::model::Model;
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::access::{self, Access, AccountContext};
use super::trust;
use crate::aws::arn::{self, Arn};
use crate::aws::client::Aws;
use crate::aws::policy_json;
use crate::resources::identity::execution_role::ExecutionRole;

/// The characters that all inline policies of a role may have together. It cannot be raised (IAM User Guide, "IAM and
/// AWS STS quotas", as the following).
const MAX_INLINE_SIZE: usize = 10_240;
/// How many managed policies a role may have unless the account's quota is raised.
pub(super) const DEFAULT_MANAGED: usize = 10;

/// The account that a role is in.
#[derive(Clone, Debug)]
pub(super) struct Account {
    /// Its partition: `aws`.
    pub(super) partition: String,
    /// Its 12 digits.
    pub(super) id: String,
}

impl Account {
    /// As the state tells it, or the provider without asking AWS.
    pub(super) fn known(cx: &Context<Aws>, prior: &Value) -> Option<Self> {
        if let Some(arn) = prior.attribute(ExecutionRole::ARN).as_str().and_then(|s| Arn::parse(s).ok()) {
            return Some(Self { partition: arn.partition, id: arn.account_id });
        }
        let aws = cx.try_client()?;
        Some(Self { partition: partition(aws)?, id: aws.known_account_id()?.to_owned() })
    }

    /// As AWS tells it, if need be.
    pub(super) async fn asked(aws: &Aws) -> Result<Self> {
        Ok(Self { partition: partition(aws).unwrap_or_else(|| "aws".to_owned()), id: aws.account_id().await? })
    }

    /// The ARN of a role in it.
    pub(super) fn role_arn(&self, path: &str, name: &str) -> String {
        Arn::new(&self.partition, "iam", "", &self.id, format!("role{path}{name}")).to_string()
    }

    /// What the compiler of grants must know.
    pub(super) fn context<'a>(&'a self, role_arn: &'a str) -> AccountContext<'a> {
        AccountContext { partition: &self.partition, account_id: &self.id, role_arn }
    }
}

fn partition(aws: &Aws) -> Option<String> {
    aws.default_region().map(|region| arn::partition(region).id.to_owned())
}

/// The policy of the grants.
pub(super) fn compile_access(access: &Access, context: AccountContext<'_>) -> Result<Option<String>> {
    access::compile(access, context)
        .map_err(|e| Diag::error("Malformed S3 URI", e.to_string()).at(Path::of(ExecutionRole::ACCESS)).into())
}

/// A compiled policy in the plan: the spelling that the state has, if it means the same.
fn set_policy(plan: &mut Plan<'_>, attribute: &str, document: Value) {
    let prior = plan.prior.attribute(attribute);
    let document = if policy_json::same_value(prior, &document) { prior.clone() } else { document };
    plan.set(attribute, document);
}

/// Plans the ARN and the compiled policies, known as far as what they are made of.
pub(super) fn plan_policies(plan: &mut Plan<'_>, account: Option<&Account>) -> Result<()> {
    let name = plan.get(ExecutionRole::NAME).as_str().map(str::to_owned);
    let path = plan.get(ExecutionRole::PATH).as_str().map(str::to_owned);
    let role_arn = match (account, name, path) {
        (Some(account), Some(name), Some(path)) => Some(account.role_arn(&path, &name)),
        _ => None,
    };
    if let (true, Some(arn)) = (plan.is_create(), &role_arn) {
        plan.set(ExecutionRole::ARN, Value::from(arn.as_str()));
    }

    let (services, limited) =
        (plan.get(ExecutionRole::TRUSTED_SERVICES), plan.get(ExecutionRole::SOURCE_ACCOUNT_CONDITION).as_bool());
    let trust = match (account, limited) {
        _ if !services.is_wholly_known() => Value::unknown_not_null(),
        (_, None) | (None, Some(true)) => Value::unknown_not_null(),
        (account, Some(limited)) => {
            let services = services.as_elements().unwrap_or_default().iter().filter_map(Value::as_str);
            let only_for = account.filter(|_| limited).map(|a| a.id.as_str());
            Value::from(trust::compile(services, only_for))
        }
    };
    set_policy(plan, "assume_role_policy_json", trust);

    let granted = plan.get(ExecutionRole::ACCESS);
    let policy = if granted.is_null() {
        Value::Null
    } else if !granted.is_wholly_known() {
        Value::unknown()
    } else {
        let access = Access::from_value(granted, &Path::of(ExecutionRole::ACCESS))?;
        match (account, role_arn) {
            (Some(account), Some(arn)) => Value::from(compile_access(&access, account.context(&arn))?),
            // Only pipelines need to know the role's own name.
            (Some(account), None) if !access.pipelines => Value::from(compile_access(&access, account.context(""))?),
            _ => Value::unknown(),
        }
    };
    set_policy(plan, "policy_json", policy);
    Ok(())
}

/// Refuses what IAM would refuse for its size, and warns of what it may refuse.
pub(super) fn check_quotas(cx: &Context<Aws>, plan: &Plan<'_>) -> Result<()> {
    let size = |v: &Value| v.as_str().map_or(0, policy_json::counted_size);
    let access = size(plan.get(ExecutionRole::POLICY_JSON));
    let others: usize =
        plan.get(ExecutionRole::INLINE_POLICIES).as_entries().into_iter().flatten().map(|(_, v)| size(v)).sum();
    if access + others > MAX_INLINE_SIZE {
        let at = if access > others { "access" } else { "inline_policies" };
        let detail = format!(
            "The inline policies of a role may have {MAX_INLINE_SIZE} characters without white space. The policy of \
             `access` has {access}, those of `inline_policies` have {others}. Grant whole prefixes or buckets instead \
             of single objects, use wildcards, or move grants into a managed policy (`managed_policy_arns`)."
        );
        return Err(Diag::error("Inline policies exceed the quota", detail).at(Path::of(at)).into());
    }
    let managed = plan.get(ExecutionRole::MANAGED_POLICY_ARNS).as_elements().map_or(0, <[Value]>::len);
    if managed > DEFAULT_MANAGED && plan.changes("managed_policy_arns") {
        let detail = format!(
            "{managed} managed policies are configured. IAM allows {DEFAULT_MANAGED} unless the account's quota \
             \"Managed policies per role\" was raised; the apply fails if it was not."
        );
        let diag = Diag::warning("More managed policies than the default quota", detail);
        cx.warn(diag.at(Path::of(ExecutionRole::MANAGED_POLICY_ARNS)));
    }
    Ok(())
}
