//! `mlops_deployer_policy`: what whoever plans, applies or destroys a stack must be allowed to do.

use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::{Model, Root, Set};
use tfplug::resource::DataSource;
use tfplug::schema::Schema;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::arn;
use crate::aws::client::Aws;
use crate::permissions::{Access, Stack, names};

/// Least-privilege IAM policy of whoever plans, applies or destroys a stack, such as the role of a CI system: the actions that the
/// resources need, on objects whose names begin as those of the stack do.
///
/// Actions that list objects, and those for which IAM knows no resources, are granted on `*`; they show names, and change nothing
/// but anomaly detectors, subscriptions and scalable targets. What the jobs and endpoints of the stack themselves need is not in this policy but in
/// that of their role, `mlops_execution_role`.
#[derive(Clone, Debug, Model)]
#[tf(name = "deployer_policy", subcategory = "Identity")]
pub struct DeployerPolicy {
    /// What the names of all objects of the stack begin with: buckets, roles, jobs, endpoints, alarms and so on.
    #[tf(required, validate(Validator::Count { min: 1, max: 10 }, PREFIX))]
    name_prefixes: Set<String>,
    /// What the policy is for: `plan` only reads, `query` also lists what there is, for `terraform query`, `destroy` also stops and deletes, and `apply` allows everything but lists. Defaults to `apply`.
    #[tf(optional, computed, default = "apply", validate(Validator::OneOf(&["plan", "query", "destroy", "apply"])))]
    access: String,
    /// Resource types, data sources and ephemeral resources of the stack, such as `mlops_endpoint`. Without it the policy is for all that the provider has.
    #[tf(optional)]
    types: Option<Set<String>>,
    /// Regions of the stack. Defaults to the provider's region.
    #[tf(optional, computed, validate(Validator::Count { min: 1, max: 40 }))]
    regions: Option<Set<String>>,
    /// ARNs of further roles that the stack gives to jobs, endpoints and schedules, such as those that another team manages.
    #[tf(optional, validate(arn::ROLE))]
    role_arns: Option<Set<String>>,
    /// ARNs of the KMS keys that encrypt buckets and volumes of the stack.
    #[tf(optional, validate(arn::KMS_KEY))]
    kms_key_arns: Option<Set<String>>,
    /// Whether resources of the stack set `delete_vpc_enis_on_destroy`: the policy then allows deleting network interfaces, whosever
    /// they are, for their names say nothing. Defaults to `false`.
    #[tf(optional, computed, default = false)]
    delete_vpc_enis_on_destroy: bool,
    /// Whether training jobs of the stack set `delete_model_packages_on_destroy`. Defaults to `false`.
    #[tf(optional, computed, default = false)]
    delete_model_packages_on_destroy: bool,
    /// The policy, as JSON. IAM takes up to 10,240 characters as the inline policy of a role.
    #[tf(computed)]
    json: Option<String>,
    /// The policy in parts, as JSON, each short enough for a managed policy (6,144 characters). A role may have 10 of them.
    #[tf(computed)]
    policies: Option<Vec<String>>,
}

/// What can be the beginning of the name of every kind of object.
const PREFIX: Validator = Validator::Text {
    expected: "1 to 40 letters, digits and hyphens, of which the first is no hyphen",
    accepts: |s| {
        s.len() <= 40
            && !s.starts_with('-')
            && !s.is_empty()
            && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    },
};

/// The data source.
pub struct DeployerPolicySource;

#[async_trait]
impl DataSource<Aws> for DeployerPolicySource {
    fn schema(&self) -> Schema {
        DeployerPolicy::schema()
    }

    fn check_config(&self, config: &Value) -> Diags {
        let known = names();
        let given =
            config.attribute(DeployerPolicy::TYPES).as_elements().into_iter().flatten().filter_map(Value::as_str);
        let wrong = given.filter(|name| name.strip_prefix("mlops_").is_none_or(|name| !known.contains(name)));
        let told = wrong.map(|name| {
            let detail = format!(
                "{name:?} is no resource type, data source or ephemeral resource of this provider that needs permissions, such as \"mlops_endpoint\"."
            );
            Diag::error("Unknown type", detail).at(Path::of(DeployerPolicy::TYPES))
        });
        Diags(told.collect())
    }

    async fn read(&self, cx: &Context<Aws>, config: Value) -> Result<Value> {
        let mut policy = DeployerPolicy::from_value(&config, &Path::root())?;
        let aws = cx.client()?;
        let own = aws.region(None).region().to_owned();
        let regions = policy.regions.clone().unwrap_or_else(|| Set(vec![own.clone()]));
        let list = |set: &Option<Set<String>>| set.clone().map_or_else(Vec::new, |Set(each)| each);
        let bare = |name: &String| name.trim_start_matches("mlops_").to_owned();
        let stack = Stack {
            partition: arn::partition(&own).id.to_owned(),
            account: aws.account_id().await?,
            regions: regions.0.clone(),
            prefixes: policy.name_prefixes.0.clone(),
            types: policy.types.as_ref().map(|Set(types)| types.iter().map(bare).collect()),
            role_arns: list(&policy.role_arns),
            kms_key_arns: list(&policy.kms_key_arns),
            deletes_interfaces: policy.delete_vpc_enis_on_destroy,
            deletes_model_packages: policy.delete_model_packages_on_destroy,
        };
        let access = match policy.access.as_str() {
            "plan" => Access::Plan,
            "query" => Access::Query,
            "destroy" => Access::Destroy,
            _ => Access::Apply,
        };
        policy.regions = Some(regions);
        policy.json = Some(stack.policy(access).to_string());
        policy.policies = Some(stack.policies(access).iter().map(ToString::to_string).collect());
        Ok(policy.into_value())
    }
}
