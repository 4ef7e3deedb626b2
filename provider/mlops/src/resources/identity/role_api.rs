//! The calls to IAM that concern one role, each with the words for when it fails.

use std::future::Future;
use std::time::Duration;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{Role, Tag};
use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Result};

use crate::aws::client::Aws;
use crate::aws::error::{AwsError, aws_error};
use crate::aws::plan_json;
use crate::aws::policy_json::percent_decoded;

/// How long a change may take to be seen by the next call: seconds, and sometimes tens of them (IAM User Guide,
/// "Changes that I make are not always immediately visible").
const PROPAGATION: Duration = Duration::from_secs(30);
/// How often to look meanwhile.
const INTERVAL: Duration = Duration::from_secs(1);

/// Sends a request of the SDK.
macro_rules! send {
    ($operation:literal, $request:expr) => {
        $request.send().await.map_err(|e| aws_error("IAM", $operation, e))
    };
}

/// All pages of a listing.
macro_rules! list {
    ($operation:literal, $request:expr) => {
        $request
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(|e| aws_error("IAM", $operation, e))
    };
}

/// One role and the client to reach it with.
pub(super) struct RoleApi<'a> {
    cx: &'a Context<Aws>,
    iam: Client,
    /// The role's name.
    pub(super) name: String,
    /// Whether the role was made just now, so that not finding it means to look again.
    pub(super) is_new: bool,
}

impl<'a> RoleApi<'a> {
    /// The calls for the role of this name.
    pub(super) fn new(cx: &'a Context<Aws>, name: &str) -> Result<Self> {
        // IAM is global: any region of the partition leads to it.
        Ok(Self { cx, iam: cx.client()?.region(None).iam().clone(), name: name.to_owned(), is_new: false })
    }

    fn words(&self, attempted: &str) -> String {
        format!("{attempted} the IAM role \"{}\"", self.name)
    }

    fn failed(&self, attempted: &str, error: &AwsError) -> Diag {
        error.diag(&self.words(attempted))
    }

    async fn pause(&self, attempted: &str) -> Result<()> {
        self.cx.pause(INTERVAL).await.map_err(|stop| stopped(stop, &self.words(attempted)).into())
    }

    /// Makes a change, unless the operation is to stop; again while its failure may be for another recent change that is
    /// not seen everywhere yet.
    async fn change<T, F: Future<Output = Result<T, AwsError>>>(
        &self,
        attempted: &str,
        retry: impl Fn(&AwsError) -> bool,
        call: impl Fn() -> F,
    ) -> Result<T> {
        self.cx.check().map_err(|stop| stopped(stop, &self.words(attempted)))?;
        let mut waited = Duration::ZERO;
        loop {
            match call().await {
                Err(e) if waited < PROPAGATION && (e.is("ConcurrentModification") || retry(&e)) => {
                    self.pause(attempted).await?;
                    waited += INTERVAL;
                }
                outcome => return outcome.map_err(|e| self.failed(attempted, &e).into()),
            }
        }
    }

    /// A change to a role that must be there.
    async fn set<T, F: Future<Output = Result<T, AwsError>>>(
        &self,
        attempted: &str,
        call: impl Fn() -> F,
    ) -> Result<()> {
        self.change(attempted, |e| self.is_new && e.is("NoSuchEntity"), call).await.map(drop)
    }

    /// A removal: what is gone already is done.
    async fn remove<T, F: Future<Output = Result<T, AwsError>>>(
        &self,
        attempted: &str,
        call: impl Fn() -> F,
    ) -> Result<()> {
        let call = || async {
            match call().await {
                Err(e) if !e.is("NoSuchEntity") => Err(e),
                _ => Ok(()),
            }
        };
        self.change(attempted, |_| false, call).await
    }

    /// Makes the role, unless there is one of this name already.
    pub(super) async fn create(&mut self, spec: &NewRole<'_>) -> Result<Made> {
        let NewRole { path, trust, description, max_session_duration, permissions_boundary, ref tags } = *spec;
        let request = || {
            let request = self
                .iam
                .create_role()
                .role_name(&self.name)
                .path(path)
                .assume_role_policy_document(plan_json::sent(trust));
            let request = request.set_description(description.map(str::to_owned));
            let request = request.max_session_duration(max_session_duration);
            let request = request.set_permissions_boundary(permissions_boundary.map(str::to_owned));
            request.set_tags((!tags.is_empty()).then(|| tags.clone()))
        };
        let call = || async {
            match send!("CreateRole", request()) {
                Ok(created) => {
                    Ok(created.role.map_or(Made::Exists { repeated: true }, |role| Made::New(Box::new(role))))
                }
                Err(e) if e.is("EntityAlreadyExists") => Ok(Made::Exists { repeated: e.repeated }),
                Err(e) => Err(e),
            }
        };
        let made = self.change("create", |_| false, call).await?;
        self.is_new = matches!(made, Made::New(_));
        Ok(made)
    }

    /// The role; None if there is none.
    pub(super) async fn get(&self) -> Result<Option<Role>> {
        match send!("GetRole", self.iam.get_role().role_name(&self.name)) {
            Ok(answer) => Ok(answer.role),
            Err(e) if e.is("NoSuchEntity") => Ok(None),
            Err(e) => Err(self.failed("read", &e).into()),
        }
    }

    /// ARNs of the attached managed policies.
    pub(super) async fn attached(&self) -> Result<Vec<String>> {
        let all = list!("ListAttachedRolePolicies", self.iam.list_attached_role_policies().role_name(&self.name));
        let all = all.map_err(|e| self.failed("list the managed policies of", &e))?;
        Ok(all.into_iter().filter_map(|p| p.policy_arn).collect())
    }

    /// Names of the inline policies.
    pub(super) async fn inline_names(&self) -> Result<Vec<String>> {
        let all = list!("ListRolePolicies", self.iam.list_role_policies().role_name(&self.name));
        Ok(all.map_err(|e| self.failed("list the inline policies of", &e))?)
    }

    /// An inline policy; None if there is none of this name.
    pub(super) async fn inline(&self, policy: &str) -> Result<Option<String>> {
        match send!("GetRolePolicy", self.iam.get_role_policy().role_name(&self.name).policy_name(policy)) {
            Ok(answer) => Ok(Some(percent_decoded(&answer.policy_document))),
            Err(e) if e.is("NoSuchEntity") => Ok(None),
            Err(e) => Err(self.failed(&format!("read the inline policy \"{policy}\" of"), &e).into()),
        }
    }

    /// Writes an inline policy.
    pub(super) async fn put_inline(&self, policy: &str, document: &str) -> Result<()> {
        let request = || self.iam.put_role_policy().role_name(&self.name).policy_name(policy);
        self.set(&format!("write the inline policy \"{policy}\" of"), || async {
            send!("PutRolePolicy", request().policy_document(plan_json::sent(document)))
        })
        .await
    }

    /// Removes an inline policy.
    pub(super) async fn delete_inline(&self, policy: &str) -> Result<()> {
        let request = || self.iam.delete_role_policy().role_name(&self.name).policy_name(policy);
        self.remove(&format!("delete the inline policy \"{policy}\" of"), || async {
            send!("DeleteRolePolicy", request())
        })
        .await
    }

    /// Attaches a managed policy.
    pub(super) async fn attach(&self, arn: &str) -> Result<()> {
        // A policy of AWS has always been there: not finding it is a wrong ARN.
        let may_be_new = |e: &AwsError| e.is("NoSuchEntity") && (self.is_new || !arn.contains(":iam::aws:policy/"));
        let request = || self.iam.attach_role_policy().role_name(&self.name).policy_arn(arn);
        self.change(&format!("attach the policy {arn} to"), may_be_new, || async {
            send!("AttachRolePolicy", request())
        })
        .await
        .map(drop)
    }

    /// Detaches a managed policy.
    pub(super) async fn detach(&self, arn: &str) -> Result<()> {
        let request = || self.iam.detach_role_policy().role_name(&self.name).policy_arn(arn);
        self.remove(&format!("detach the policy {arn} from"), || async { send!("DetachRolePolicy", request()) }).await
    }

    /// Says who may assume the role.
    pub(super) async fn set_trust(&self, document: &str) -> Result<()> {
        let request =
            || self.iam.update_assume_role_policy().role_name(&self.name).policy_document(plan_json::sent(document));
        self.set("change the trust policy of", || async { send!("UpdateAssumeRolePolicy", request()) }).await
    }

    /// Sets the description and how long a session may last, in seconds.
    pub(super) async fn set_basics(&self, description: &str, max_session_duration: i32) -> Result<()> {
        let request = || self.iam.update_role().role_name(&self.name).description(description);
        self.set("change", || async { send!("UpdateRole", request().max_session_duration(max_session_duration)) }).await
    }

    /// Sets or removes the boundary.
    pub(super) async fn set_boundary(&self, arn: Option<&str>) -> Result<()> {
        let Some(arn) = arn else {
            let request = || self.iam.delete_role_permissions_boundary().role_name(&self.name);
            return self
                .remove("remove the permissions boundary of", || async {
                    send!("DeleteRolePermissionsBoundary", request())
                })
                .await;
        };
        let request = || self.iam.put_role_permissions_boundary().role_name(&self.name).permissions_boundary(arn);
        self.set("set the permissions boundary of", || async { send!("PutRolePermissionsBoundary", request()) }).await
    }

    /// Removes tags, then sets tags.
    pub(super) async fn retag(&self, removed: Vec<String>, set: Vec<Tag>) -> Result<()> {
        if !removed.is_empty() {
            let request = || self.iam.untag_role().role_name(&self.name).set_tag_keys(Some(removed.clone()));
            self.set("remove tags of", || async { send!("UntagRole", request()) }).await?;
        }
        if !set.is_empty() {
            let request = || self.iam.tag_role().role_name(&self.name).set_tags(Some(set.clone()));
            self.set("tag", || async { send!("TagRole", request()) }).await?;
        }
        Ok(())
    }

    /// Names of the instance profiles that hold the role.
    pub(super) async fn instance_profiles(&self) -> Result<Vec<String>> {
        let all =
            list!("ListInstanceProfilesForRole", self.iam.list_instance_profiles_for_role().role_name(&self.name));
        let all = all.map_err(|e| self.failed("list the instance profiles of", &e))?;
        Ok(all.into_iter().map(|p| p.instance_profile_name).collect())
    }

    /// Takes the role out of an instance profile.
    pub(super) async fn leave(&self, profile: &str) -> Result<()> {
        let request =
            || self.iam.remove_role_from_instance_profile().role_name(&self.name).instance_profile_name(profile);
        self.remove(&format!("remove from the instance profile \"{profile}\""), || async {
            send!("RemoveRoleFromInstanceProfile", request())
        })
        .await
    }

    /// Deletes the role and waits until it is no more. A conflict is retried, for what was removed just now may not be
    /// seen everywhere yet.
    pub(super) async fn delete(&self) -> Result<()> {
        let call = || async {
            match send!("DeleteRole", self.iam.delete_role().role_name(&self.name)) {
                Err(e) if !e.is("NoSuchEntity") => Err(e),
                _ => Ok(()),
            }
        };
        self.change("delete", |e| e.is("DeleteConflict"), call).await?;
        let mut waited = Duration::ZERO;
        while waited < PROPAGATION && self.get().await?.is_some() {
            self.pause("wait for the deletion of").await?;
            waited += INTERVAL;
        }
        Ok(())
    }
}

/// What the creation of a role came to.
pub(super) enum Made {
    /// There is a new role.
    New(Box<Role>),
    /// There is a role of this name. If the request was repeated, an earlier one may have made it.
    Exists {
        /// Whether the request was repeated.
        repeated: bool,
    },
}

/// What a new role is to be.
pub(super) struct NewRole<'a> {
    /// The folder that its ARN lies in.
    pub(super) path: &'a str,
    /// Who may assume it.
    pub(super) trust: &'a str,
    /// What it is for.
    pub(super) description: Option<&'a str>,
    /// How long a session may last, in seconds.
    pub(super) max_session_duration: i32,
    /// The policy that limits whatever is granted.
    pub(super) permissions_boundary: Option<&'a str>,
    /// All its tags.
    pub(super) tags: Vec<Tag>,
}

/// The words for an operation that was interrupted.
fn stopped(stop: Stop, attempted: &str) -> Diag {
    let why = match stop {
        Stop::Cancelled => "Terraform was interrupted.",
        Stop::DeadlinePassed => "The time that `timeouts` allows has expired.",
    };
    Diag::error(format!("Did not {attempted}"), format!("{why} What was done so far is in the state."))
}
