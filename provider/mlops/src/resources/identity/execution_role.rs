//! `mlops_execution_role`: an IAM role that SageMaker assumes, with what it may do compiled from plain grants.
//!
//! Quirks of IAM: policy documents come back in other spellings (see [`policy_json`]); a role can be deleted only when
//! nothing is attached to it; every change takes a moment until it is seen everywhere. Source: IAM API Reference.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::{Role, Tag};
use aws_smithy_types::date_time::Format;
use tfplug::async_trait;
use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::{Model, Root, Set};
use tfplug::plan::Plan;
use tfplug::resource::{MoveSource, Moved, Resource, Update};
use tfplug::schema::Schema;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use super::access::{Access, AccountContext};
use super::role_api::{NewRole, RoleApi};
use super::role_creation::{begin, identity, make};
use super::role_plan::{Account, DEFAULT_MANAGED, check_quotas, compile_access, plan_policies};
use super::{decompile, role_import, trust};
use crate::aws::arn::{self, Arn};
use crate::aws::client::{Aws, Regional};
use crate::aws::error::{AwsError, aws_error};
use crate::aws::identity;
use crate::aws::operation::{GRACE, half_made};
use crate::aws::policy_json::percent_decoded;
use crate::aws::{names, plan_json, policy_json, tags};
use crate::engine::moves;

/// The resource's type.
pub(crate) const TYPE: &str = "mlops_execution_role";
/// The inline policy that `access` compiles to.
const ACCESS_POLICY: &str = "mlops-access";
/// How far the quota of managed policies on a role can be raised (IAM User Guide, "IAM and AWS STS quotas").
const MAX_MANAGED: usize = 25;

fn is_iam_text(s: &str) -> bool {
    s.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b))
}

const NAME: Validator = Validator::Text {
    expected: "1 to 64 letters, digits and characters of `+=,.@_-`",
    accepts: |s| (1..=64).contains(&s.len()) && is_iam_text(s),
};

const NAME_PREFIX: Validator = Validator::Text {
    expected: "1 to 38 letters, digits and characters of `+=,.@_-` (26 are added)",
    accepts: |s| (1..=38).contains(&s.len()) && is_iam_text(s),
};

const PATH: Validator = Validator::Text {
    expected: "`/`, or a path of at most 512 characters that begins and ends with a slash, such as `/ml/`",
    accepts: |s| {
        s.len() <= 512 && s.starts_with('/') && s.ends_with('/') && s.bytes().all(|b| (0x21..=0x7e).contains(&b))
    },
};

/// An IAM role that SageMaker assumes to run jobs, endpoints and pipelines. The grants in `access` are compiled to a
/// least-privilege policy, which the plan shows as `policy_json`.
///
/// Managed and inline policies that are attached to the role elsewhere are not managed: only those declared here are
/// checked for drift, and deleted with the role. `force_detach_policies` also removes the others when the role is
/// destroyed.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "execution_role",
    subcategory = "Identity",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", derived("account_id")),
    at_most_one_of("name", "name_prefix")
)]
pub struct ExecutionRole {
    /// Name, unique in the account regardless of case. Generated unless set.
    #[tf(optional, computed, requires_replace, validate(NAME))]
    name: Option<String>,

    /// Creates a unique name beginning with the specified prefix. Conflicts with `name`. A prefix that the name does
    /// not begin with replaces the role.
    #[tf(optional, validate(NAME_PREFIX))]
    name_prefix: Option<String>,

    /// Path of the role, part of its ARN.
    #[tf(optional, computed, default = "/", requires_replace, validate(PATH))]
    path: String,

    /// Description of the role.
    #[tf(optional, validate(Validator::Length { min: 1, max: 1000 }))]
    description: Option<String>,

    /// Maximum session duration in seconds: one to twelve hours.
    #[tf(optional, computed, default = 3600, validate(Validator::Range { min: 3600, max: 43200 }))]
    max_session_duration: i32,

    /// ARN of the managed policy that is the permissions boundary of the role.
    #[tf(optional, validate(arn::POLICY))]
    permissions_boundary: Option<String>,

    /// Service principals that may assume the role besides `sagemaker.amazonaws.com`, such as `lambda.amazonaws.com`.
    #[tf(optional, validate(trust::SERVICE))]
    trusted_services: Option<Set<String>>,

    /// Whether services may assume the role only on behalf of this account (condition `aws:SourceAccount`). Disable it
    /// only for a trusted service that does not send this key, such as `ec2.amazonaws.com`.
    #[tf(optional, computed, default = true)]
    source_account_condition: bool,

    /// Permissions of the role, compiled to the inline policy `mlops-access`. `{}` grants logs and metrics only; unset,
    /// the role has only the permissions of its other policies.
    #[tf(optional)]
    access: Option<Access>,

    /// ARNs of managed policies to attach. The default quota is 10 for each role; it can be raised to 25.
    #[tf(optional, validate(arn::POLICY, Validator::Count { min: 0, max: MAX_MANAGED }))]
    managed_policy_arns: Option<Set<String>>,

    /// Further inline policies: JSON documents by name. All inline policies of a role, including that of `access`, may
    /// have 10,240 characters in total, not counting white space.
    #[tf(optional, equal(policy_json::same_value), validate(Validator::Json))]
    inline_policies: Option<BTreeMap<String, String>>,

    /// Whether a destroy also detaches managed policies, deletes inline policies and removes the role from instance
    /// profiles that were added elsewhere. If false, destroying such a role fails before anything is removed.
    #[tf(optional, computed, default = false)]
    force_detach_policies: bool,

    /// Tags. They take precedence over tags of the same key in the provider's `default_tags`.
    #[tf(optional, tags, validate(tags::COUNT, tags::LAWFUL))]
    tags: Option<BTreeMap<String, String>>,

    /// All tags, including those of the provider's `default_tags`.
    #[tf(computed, planned, changes_with("tags"))]
    tags_all: Option<BTreeMap<String, String>>,

    /// ARN of the role.
    #[tf(computed, planned, use_state_for_unknown)]
    arn: Option<String>,

    /// Unique ID that IAM assigned to the role: `AROA...`. A role that is created again under the same name has
    /// another.
    #[tf(computed, use_state_for_unknown)]
    unique_id: Option<String>,

    /// Creation time, in RFC 3339.
    #[tf(computed, use_state_for_unknown)]
    create_date: Option<String>,

    /// The policy that `access` is compiled to, a statement a line. JSON allows the space that it begins with, IAM does not: use
    /// `jsonencode(jsondecode(...))` to send it elsewhere.
    #[tf(computed, planned, equal(policy_json::same_value))]
    policy_json: Option<String>,

    /// Trust policy: who may assume the role. Laid out as `policy_json` is.
    #[tf(computed, planned, equal(policy_json::same_value))]
    assume_role_policy_json: Option<String>,
}

/// The resource.
pub struct ExecutionRoleResource;

impl ExecutionRole {
    fn compiled_access(&self, context: AccountContext<'_>) -> Result<Option<String>> {
        self.access.as_ref().map_or(Ok(None), |access| compile_access(access, context))
    }

    fn compiled_trust(&self, account: &Account) -> String {
        let services = self.trusted_services.iter().flat_map(|s| s.0.iter().map(String::as_str));
        trust::compile(services, self.source_account_condition.then_some(account.id.as_str()))
    }

    fn managed(&self) -> BTreeSet<&str> {
        self.managed_policy_arns.iter().flat_map(|s| s.0.iter().map(String::as_str)).collect()
    }

    fn inline(&self) -> BTreeMap<&str, &str> {
        self.inline_policies.iter().flatten().map(|(k, v)| (k.as_str(), v.as_str())).collect()
    }
}

fn to_sdk(tags: &tags::Tags) -> Result<Vec<Tag>> {
    let tag = |(k, v): (&String, &String)| Tag::builder().key(k).value(v).build();
    let tags: std::result::Result<Vec<_>, _> = tags.iter().map(tag).collect();
    tags.map_err(|e| Diag::bug("Tags could not be converted", e).at(Path::of(ExecutionRole::TAGS)).into())
}

/// What the role's own description says, over what the state has. With `imported` the state has nothing but the name.
fn read_into(state: &mut ExecutionRole, role: &Role) {
    state.path.clone_from(&role.path);
    state.description = role.description.clone().filter(|d| !d.is_empty());
    state.max_session_duration = role.max_session_duration.unwrap_or(3600);
    let boundary = role.permissions_boundary.as_ref();
    state.permissions_boundary = boundary.and_then(|b| b.permissions_boundary_arn.clone());
    state.arn = Some(role.arn.clone());
    state.unique_id = Some(role.role_id.clone());
    state.create_date = role.create_date.fmt(Format::DateTime).ok();
    state.assume_role_policy_json =
        role.assume_role_policy_document.as_deref().map(percent_decoded).map(plan_json::read);
}

/// What only an import fills in: everything on the role counts as declared.
fn adopt(state: &mut ExecutionRole, account: &Account) {
    let arn = state.arn.clone().unwrap_or_default();
    let policy = state.policy_json.as_deref();
    state.access = policy.and_then(|document| decompile::access(document, account.context(&arn)));
    let trust = state.assume_role_policy_json.as_deref();
    if let Some((services, limited)) = trust.and_then(|document| trust::decompile(document, &account.id)) {
        state.trusted_services = (!services.is_empty()).then(|| services.into_iter().collect());
        state.source_account_condition = limited;
    }
}

/// Attaches, writes, detaches and deletes policies until those of `from` are those of `to`.
async fn change_policies(api: &RoleApi<'_>, from: &Policies<'_>, to: &Policies<'_>) -> Result<()> {
    for (name, document) in &to.inline {
        if !from.inline.get(name).is_some_and(|old| policy_json::same(old, document)) {
            api.put_inline(name, document).await?;
        }
    }
    for name in from.inline.keys().filter(|name| !to.inline.contains_key(*name)) {
        api.delete_inline(name).await?;
    }
    let (added, removed) = (to.managed.difference(&from.managed), from.managed.difference(&to.managed));
    // What is needed comes before what is not goes, unless there is no room for both.
    let room = from.managed.union(&to.managed).count() <= DEFAULT_MANAGED;
    if room {
        for arn in added.clone() {
            api.attach(arn).await?;
        }
    }
    for arn in removed {
        api.detach(arn).await?;
    }
    if !room {
        for arn in added {
            api.attach(arn).await?;
        }
    }
    Ok(())
}

/// The policies of a role, by name and ARN.
#[derive(Default)]
struct Policies<'a> {
    inline: BTreeMap<&'a str, &'a str>,
    managed: BTreeSet<&'a str>,
}

impl<'a> Policies<'a> {
    fn of(role: &'a ExecutionRole, access: Option<&'a str>) -> Self {
        let inline = role.inline().into_iter().chain(access.map(|document| (ACCESS_POLICY, document)));
        Self { inline: inline.collect(), managed: role.managed() }
    }
}

#[async_trait]
impl Resource<Aws> for ExecutionRoleResource {
    fn schema(&self) -> Schema {
        ExecutionRole::schema()
    }

    fn check_config(&self, config: &Value) -> Diags {
        let mut diags = Diags::new();
        for (name, document) in config.attribute(ExecutionRole::INLINE_POLICIES).as_entries().into_iter().flatten() {
            let problem = if name == ACCESS_POLICY {
                format!("`{ACCESS_POLICY}` is the policy that `access` compiles to. Choose another name.")
            } else if !(1..=128).contains(&name.len()) || !is_iam_text(name) {
                "The name of a policy is 1 to 128 letters, digits and characters of `+=,.@_-`.".to_owned()
            } else if document.as_str().is_some_and(|text| !policy_json::is_policy(text)) {
                "This is not a policy document, a JSON object with `Version` and `Statement`.".to_owned()
            } else {
                continue;
            };
            diags.push(
                Diag::error("Invalid inline policy", problem).at(Path::of(ExecutionRole::INLINE_POLICIES).key(name)),
            );
        }
        diags
    }

    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        moves::must_be_read(cx, plan, "role")?;
        names::plan(plan);
        tags::plan(cx, plan);
        let account = Account::known(cx, plan.prior);
        plan_policies(plan, account.as_ref())?;
        check_quotas(cx, plan)
    }

    async fn create(&self, cx: &Context<Aws>, planned: Value) -> Result<Value> {
        let aws = cx.client()?;
        let account = match Account::known(cx, &Value::Null) {
            Some(account) => account,
            None => Account::asked(aws).await?,
        };
        let mut role = ExecutionRole::from_value(&planned, &Path::root())?;
        let wanted_tags = tags::wanted(aws, &planned);
        role.tags_all = Some(wanted_tags.clone());
        role.assume_role_policy_json = Some(role.compiled_trust(&account));
        let (mut creation, mut api, left) = begin(cx, &planned).await?;
        role.name = Some(creation.name().to_owned());
        role.policy_json = role.compiled_access(account.context(&account.role_arn(&role.path, creation.name())))?;
        let wanted = role.clone();
        let spec = NewRole {
            path: &wanted.path,
            trust: wanted.assume_role_policy_json.as_deref().unwrap_or_default(),
            description: wanted.description.as_deref(),
            max_session_duration: wanted.max_session_duration,
            permissions_boundary: wanted.permissions_boundary.as_deref(),
            tags: to_sdk(&wanted_tags)?,
        };
        let left = match left {
            // Nothing moves a role to another path.
            Some(left) if left.path != role.path => {
                destroy(&api, &api.attached().await?, &api.inline_names().await?, &api.instance_profiles().await?)
                    .await?;
                None
            }
            left => left,
        };
        let is_left = left.is_some();
        let made = match left {
            Some(left) => left,
            None => {
                let (made, still) = make(cx, &mut api, creation, &spec).await?;
                creation = still;
                made
            }
        };
        creation.identified(identity(&made));
        role.arn = Some(made.arn.clone());
        role.unique_id = Some(made.role_id.clone());
        role.create_date = made.create_date.fmt(Format::DateTime).ok();
        cx.save(role.clone().into_value());
        let policies = Policies::of(&wanted, wanted.policy_json.as_deref());
        // On the heap: it holds the requests of all parts.
        let parts = Box::pin(async {
            if is_left {
                // The configuration may have changed since the creation broke off.
                api.set_trust(spec.trust).await?;
                api.set_basics(spec.description.unwrap_or_default(), spec.max_session_duration).await?;
                api.set_boundary(spec.permissions_boundary).await?;
                let there = made.tags.iter().flatten().map(|t| (t.key.clone(), t.value.clone())).collect();
                let (set, removed) = tags::changes(&there, &wanted_tags);
                api.retag(removed, to_sdk(&set)?).await?;
                let (attached, inline) = (api.attached().await?, api.inline_names().await?);
                for arn in attached.iter().filter(|arn| !policies.managed.contains(arn.as_str())) {
                    api.detach(arn).await?;
                }
                for name in inline.iter().filter(|name| !policies.inline.contains_key(name.as_str())) {
                    api.delete_inline(name).await?;
                }
            }
            change_policies(&api, &Policies::default(), &policies).await
        });
        let outcome = cx.unless_cancelled(GRACE, parts).await;
        creation.answered(identity(&made), false);
        match outcome {
            Some(Ok(())) => {}
            Some(Err(diags)) if cx.check() != Err(Stop::Cancelled) => return Err(diags),
            _ => cx.warn(half_made(&format!("IAM role {:?}", api.name))),
        }
        Ok(role.into_value())
    }

    async fn read(&self, cx: &Context<Aws>, state: Value) -> Result<Option<Value>> {
        let aws = cx.client()?;
        moves::read(cx);
        let imported = state.attribute(ExecutionRole::ARN).is_null();
        let Some(name) = state.attribute(ExecutionRole::NAME).as_str() else {
            return Err(Diag::bug("Role without a name", "The state of a role has no name.").into());
        };
        let api = RoleApi::new(cx, name)?;
        let Some(remote) = api.get().await? else {
            aws.creations().gone(TYPE, "", name);
            return Ok(None);
        };
        let mut role = ExecutionRole::from_value(&state, &Path::root())?;
        if is_another(&role, &remote) {
            let detail = format!(
                "The role was deleted, and another role with its name was created, not by this configuration. That \
                 role is left alone, and the deleted one is removed from the state. To manage the new role, import \
                 it: terraform import {TYPE}.NAME {name}"
            );
            cx.warn(Diag::warning(format!("The IAM role \"{name}\" was replaced outside of Terraform"), detail));
            aws.creations().gone(TYPE, "", name);
            return Ok(None);
        }
        aws.creations().seen(TYPE, "", name, false);
        read_into(&mut role, &remote);

        let attached = api.attached().await?;
        let declared = role.managed_policy_arns.take();
        let ours = |arn: &String| imported || declared.as_ref().is_some_and(|d| d.0.contains(arn));
        let attached: Set<String> = attached.into_iter().filter(ours).collect();
        role.managed_policy_arns = (!attached.0.is_empty() || declared.is_some()).then_some(attached);

        let declared = role.inline_policies.take();
        let names: Vec<String> = match &declared {
            None if imported => api.inline_names().await?.into_iter().filter(|n| n != ACCESS_POLICY).collect(),
            declared => declared.iter().flatten().map(|(name, _)| name.clone()).collect(),
        };
        let mut inline = BTreeMap::new();
        for name in names {
            if let Some(document) = api.inline(&name).await? {
                inline.insert(name, document);
            }
        }
        role.inline_policies = (!inline.is_empty() || declared.is_some()).then_some(inline);
        role.policy_json = api.inline(ACCESS_POLICY).await?.map(plan_json::read);

        if imported {
            let account = match Arn::parse(&remote.arn) {
                Ok(arn) => Account { partition: arn.partition, id: arn.account_id },
                Err(_) => Account::asked(aws).await?,
            };
            adopt(&mut role, &account);
        }
        let remote_tags = remote.tags.unwrap_or_default().into_iter().map(|t| (t.key, t.value)).collect();
        let (own, all) = tags::read(aws, &remote_tags, &state);
        let mut value = role.into_value();
        value.set_attribute(ExecutionRole::TAGS, own);
        value.set_attribute(ExecutionRole::TAGS_ALL, all);
        Ok(Some(value))
    }

    async fn update(&self, cx: &Context<Aws>, update: Update) -> Result<Value> {
        let aws = cx.client()?;
        let prior = ExecutionRole::from_value(&update.prior, &Path::root())?;
        let mut role = ExecutionRole::from_value(&update.planned, &Path::root())?;
        let account = match Account::known(cx, &update.prior) {
            Some(account) => account,
            None => Account::asked(aws).await?,
        };
        let arn = prior.arn.clone().unwrap_or_default();
        let name = prior.name.clone().unwrap_or_default();
        role.policy_json = role.compiled_access(account.context(&arn))?;
        role.assume_role_policy_json = Some(role.compiled_trust(&account));
        let wanted_tags = tags::wanted(aws, &update.planned);
        role.tags_all = Some(wanted_tags.clone());
        let api = RoleApi::new(cx, &name)?;

        // What took effect so far: each step moves its attributes from the planned object into it.
        let target = role.clone().into_value();
        let mut done = update.prior.clone();
        let mut save = |attributes: &[&str]| {
            for attribute in attributes {
                done.set_attribute(attribute, target.attribute(attribute).clone());
            }
            cx.save(done.clone());
        };
        if update.changes_any(&["description", "max_session_duration"]) {
            api.set_basics(role.description.as_deref().unwrap_or_default(), role.max_session_duration).await?;
            save(&["description", "max_session_duration"]);
        }
        if update.changes("permissions_boundary") {
            api.set_boundary(role.permissions_boundary.as_deref()).await?;
            save(&["permissions_boundary"]);
        }
        let (old, new) = (prior.assume_role_policy_json.as_deref(), role.assume_role_policy_json.as_deref());
        if let Some(new) = new.filter(|new| !old.is_some_and(|old| policy_json::same(old, new))) {
            api.set_trust(new).await?;
        }
        save(&["trusted_services", "source_account_condition", "assume_role_policy_json"]);
        let from = Policies::of(&prior, prior.policy_json.as_deref());
        change_policies(&api, &from, &Policies::of(&role, role.policy_json.as_deref())).await?;
        save(&["access", "policy_json", "inline_policies", "managed_policy_arns"]);
        let (set, removed) = tags::changes(&prior.tags_all.unwrap_or_default(), &wanted_tags);
        api.retag(removed, to_sdk(&set)?).await?;
        Ok(target)
    }

    async fn delete(&self, cx: &Context<Aws>, state: Value) -> Result<()> {
        let role = ExecutionRole::from_value(&state, &Path::root())?;
        let api = RoleApi::new(cx, role.name.as_deref().unwrap_or_default())?;
        match api.get().await? {
            // Another one has the name by now, which is somebody else's.
            Some(remote) if is_another(&role, &remote) => return Ok(()),
            Some(_) => {}
            None => return Ok(()),
        }
        let (attached, inline) = (api.attached().await?, api.inline_names().await?);
        let profiles = api.instance_profiles().await?;
        if !role.force_detach_policies {
            // Looked at first: a role that has to stay keeps what it needs.
            refuse_foreign(&role, &api.name, &attached, &inline, &profiles)?;
        }
        destroy(&api, &attached, &inline, &profiles).await?;
        cx.client()?.creations().gone(TYPE, "", &api.name);
        Ok(())
    }

    fn identity_part(&self, aws: Option<&Aws>, _part: &str, state: &Value) -> Value {
        identity::account_of(aws, state)
    }

    fn check_identity(&self, cx: &Context<Aws>, given: &Value) -> Result<()> {
        identity::check_account(cx, given)
    }

    async fn import(&self, cx: &Context<Aws>, id: &str) -> Result<Value> {
        role_import::imported(cx.try_client().and_then(|aws| aws.known_account_id()), id)
    }

    fn move_sources(&self) -> Vec<&'static str> {
        vec![role_import::MOVED_FROM.source]
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Moved>> {
        let source = moves::source(&[role_import::MOVED_FROM], source)?;
        source.map(|role| role_import::imported(None, &role.id).map(moves::moved)).transpose()
    }
}

/// Whether AWS has a role of this name.
///
/// # Errors
/// What AWS responded.
pub(crate) async fn exists(aws: &Regional, name: &str) -> std::result::Result<bool, AwsError> {
    match aws.iam().get_role().role_name(name).send().await.map_err(|e| aws_error("IAM", "GetRole", e)) {
        Ok(_) => Ok(true),
        Err(e) if e.is("NoSuchEntity") => Ok(false),
        Err(e) => Err(e),
    }
}

fn is_another(state: &ExecutionRole, role: &Role) -> bool {
    state.unique_id.as_ref().is_some_and(|id| *id != role.role_id)
}

/// Takes everything off a role, and deletes it.
async fn destroy(api: &RoleApi<'_>, attached: &[String], inline: &[String], profiles: &[String]) -> Result<()> {
    for profile in profiles {
        api.leave(profile).await?;
    }
    for arn in attached {
        api.detach(arn).await?;
    }
    for policy in inline {
        api.delete_inline(policy).await?;
    }
    api.delete().await
}

/// Whether there is anything on the role that it did not declare. IAM would refuse to delete it (`DeleteConflict`) after
/// its own policies are gone.
fn refuse_foreign(
    role: &ExecutionRole,
    name: &str,
    attached: &[String],
    inline: &[String],
    profiles: &[String],
) -> Result<()> {
    let (managed, declared) = (role.managed(), role.inline());
    let attached = attached.iter().filter(|arn| !managed.contains(arn.as_str()));
    let inline = inline.iter().filter(|policy| *policy != ACCESS_POLICY && !declared.contains_key(policy.as_str()));
    let remaining: Vec<String> = attached
        .map(|arn| format!("- managed policy {arn}"))
        .chain(inline.map(|policy| format!("- inline policy {policy}")))
        .chain(profiles.iter().map(|profile| format!("- instance profile {profile}")))
        .collect();
    if remaining.is_empty() {
        return Ok(());
    }
    let detail = format!(
        "IAM deletes a role only when nothing is attached to it. These were added elsewhere, so destroying the role \
         would fail with DeleteConflict:\n{}\n\nRemove them where they were added, or set `force_detach_policies = \
         true`, apply, and destroy again. Nothing was changed.",
        remaining.join("\n")
    );
    Err(Diag::error(format!("Could not delete the IAM role \"{name}\""), detail).into())
}
