//! `mlops_human_task_ui`: what the workers of a labeling job see.
//!
//! Quirks of the API: the template is not described, only its SHA-256; there is no update. Source: SageMaker API reference,
//! CreateHumanTaskUi and DescribeHumanTaskUi.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::{Model, Root};
use tfplug::plan::Plan;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::statuses::Statuses;
use crate::engine::{Create, Declared, Delete, Hooks, MovedFrom, Read};
use crate::files::hashing::hex;
use crate::sagemaker::lists::{TIMED, listing};
use crate::sagemaker::named;
use crate::sagemaker::names;
use crate::sagemaker::operation::operation;
use crate::shapes::fields::{Created, Tagged};

/// A worker task template: the page on which workers label data in Ground Truth or review predictions in Augmented AI.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "human_task_ui",
    subcategory = "Labeling",
    timeouts(create = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id")),
    at_most_one_of("name", "name_prefix")
)]
pub struct HumanTaskUi {
    /// Name, unique in the account and region. A generated one unless set.
    #[tf(optional, computed, requires_replace, provider_only, validate(names::LOWER_CASE))]
    name: Option<String>,
    /// Creates a unique name beginning with the specified prefix. Conflicts with `name`.
    #[tf(optional, provider_only, validate(names::LOWER_CASE_PREFIX))]
    name_prefix: Option<String>,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    #[tf(required, requires_replace)]
    ui_template: UiTemplate,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Status: `Active` or `Deleting`.
    #[tf(computed, use_state_for_unknown)]
    human_task_ui_status: Option<String>,
}

/// Template of the page.
#[derive(Clone, Debug, Model)]
pub struct UiTemplate {
    /// HTML with Liquid expressions, at most 128,000 characters; of a local file by the function `file`. AWS does not return
    /// it, only its SHA-256, by which a change outside of Terraform is seen.
    #[tf(required, validate(Validator::Length { min: 1, max: 128_000 }))]
    content: String,
    /// SHA-256 of the content, as AWS returns it.
    #[tf(computed, use_state_for_unknown)]
    content_sha256: Option<String>,
    /// URL of the page.
    #[tf(computed, use_state_for_unknown)]
    url: Option<String>,
}

/// The declaration.
pub static HUMAN_TASK_UI: Declared = Declared {
    moved_from: &[MovedFrom::new("aws_sagemaker_human_task_ui", &["human_task_ui_name"])],
    statuses: &[Statuses { member: "human_task_ui_status", busy: &["Deleting"], done: &["Active"], reason: None }],
    not_described: &[CONTENT],
    hooks: &UiHooks,
    list: Some(&listing(operation!(list_human_task_uis, ListHumanTaskUis), "human_task_ui_summaries", TIMED)),
    ..named(
        "human task UI",
        HumanTaskUi::shared,
        "human_task_ui_name",
        "human-task-ui/{name}",
        Create {
            operation: operation!(create_human_task_ui, CreateHumanTaskUi),
            arn: Some("human_task_ui_arn"),
            // Source: the service model, CreateHumanTaskUi.
            exists: &[error("ResourceInUse", "")],
            retryable: &[],
        },
        // Source: the service model, DescribeHumanTaskUi.
        Read::by(operation!(describe_human_task_ui, DescribeHumanTaskUi), &[error("ResourceNotFound", "")]),
        Delete::by(operation!(delete_human_task_ui, DeleteHumanTaskUi), &[]),
    )
};

const CONTENT: &str = "ui_template.content";
const SHA256: &str = "ui_template.content_sha256";

struct UiHooks;

#[async_trait]
impl Hooks for UiHooks {
    /// Another content has another hash and another page. After an import the content is not known: if it is what AWS has
    /// by its hash, nothing has to be done.
    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        let at = |of: &Value, path: &str| of.at(&Path::parse(path)).cloned().unwrap_or(Value::Null);
        let (content, hash) = (at(plan.planned(), CONTENT), at(plan.prior, SHA256));
        if plan.is_create() || content == at(plan.prior, CONTENT) {
            return Ok(());
        }
        if !is_hash_of(&hash, &content) {
            plan.set_at(&Path::parse(SHA256), Value::unknown_not_null());
            plan.set_at(&Path::parse("ui_template.url"), Value::unknown_not_null());
            plan.requires_replace(Path::parse(SHA256));
        }
        Ok(())
    }

    fn after_read(&self, _: &Value, state: &Value, value: &mut Value) {
        let at = Path::parse(SHA256);
        // A new object has no hash yet.
        let before = state.at(&at).filter(|hash| hash.as_str().is_some());
        if before.is_some_and(|hash| Some(hash) != value.at(&at))
            && let Some(content) = value.at_mut(&Path::parse(CONTENT))
        {
            *content = Value::Null;
        }
    }
}

/// Whether this is the SHA-256 of the content. The API reference does not say in which encoding AWS returns it.
fn is_hash_of(hash: &Value, content: &Value) -> bool {
    let (Some(hash), Some(content)) = (hash.as_str(), content.as_str()) else { return false };
    let digest = Sha256::digest(content);
    hash.eq_ignore_ascii_case(&hex(&digest)) || hash == STANDARD.encode(digest)
}
