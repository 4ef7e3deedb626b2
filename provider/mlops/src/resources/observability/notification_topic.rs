//! `mlops_notification_topic`: an SNS topic that alarms, rules and budgets notify, with its subscriptions.
//!
//! Quirks of the API: settings are a map of texts and are set one by one; a creation returns a topic that exists; nothing says
//! when a topic was created. Source: Amazon SNS API reference, CreateTopic, SetTopicAttributes and GetTopicAttributes.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::Diags;
use tfplug::model::{Model, Root, Set};
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::arn;
use crate::aws::client::{Aws, Regional};
use crate::aws::operation::error;
use crate::engine::key::{self, ArnForm, Key};
use crate::engine::{Clear, Create, Declared, Delete, Hooks, Listing, MovedFrom, Read, UpdateBy};
use crate::services::subscriptions::{SUBSCRIBE, split};
use crate::services::topic_policy;
use crate::services::topics::{
    CREATE_TOPIC, DELETE_TOPIC, GET_TOPIC, LIST_TOPICS, SET_TOPIC, SET_TOPIC_POLICY, TAGS, created,
};
use crate::shapes::fields::Tagged;
use crate::shapes::subscription::{self, Subscription};
use crate::shapes::topic::{self, NAME, PREFIX, SERVICE, STATEMENTS, publishers, same_statements};

/// A notification topic of Amazon SNS: what alarms, rules and budgets notify, and who receives it.
///
/// The topic's policy lets CloudWatch alarms, EventBridge rules and AWS Budgets of the account publish. A role publishes by a
/// policy of its own, such as the execution role of an asynchronous endpoint.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "notification_topic",
    subcategory = "Observability",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id")),
    at_most_one_of("name", "name_prefix")
)]
pub struct NotificationTopic {
    /// Name, unique in the account and region. A generated one unless set.
    #[tf(optional, computed, requires_replace, provider_only, validate(NAME))]
    name: Option<String>,
    /// Creates a unique name beginning with the specified prefix. Conflicts with `name`.
    #[tf(optional, provider_only, validate(PREFIX))]
    name_prefix: Option<String>,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Display name, the sender's name of e-mails and text messages. At most 100 characters.
    #[tf(optional, validate(Validator::Length { min: 1, max: 100 }))]
    display_name: Option<String>,
    /// KMS key with which messages are encrypted: its ID, ARN or alias. Its policy must allow the services that publish to use
    /// it, which that of `alias/aws/sns` does not.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_master_key_id: Option<String>,
    /// Service principals that may publish to the topic, on behalf of this account only; SNS supports no such condition for
    /// EventBridge. Defaults to `budgets.amazonaws.com`, `cloudwatch.amazonaws.com` and `events.amazonaws.com`.
    #[tf(optional, computed, default_value(publishers()), validate(SERVICE))]
    service_principals: Set<String>,
    /// Further statements of the topic's policy, a JSON list: `jsonencode([{ Effect = "Allow", ... }])`. `Resource` is the
    /// topic and is left out.
    #[tf(optional, equal(same_statements), validate(STATEMENTS))]
    policy_statements: Option<String>,
    /// Subscriptions of the topic.
    #[tf(optional, unordered)]
    subscriptions: Option<Vec<Subscription>>,
    #[tf(embed)]
    tagged: Tagged,
    /// Endpoints whose subscriptions are not confirmed yet, and which receive nothing until they are. Empty if all are.
    #[tf(computed, changes_with("subscriptions"))]
    pending_subscriptions: Vec<String>,
    /// ARN of the topic.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
}

/// The declaration.
pub static NOTIFICATION_TOPIC: Declared = Declared {
    moved_from: &[MovedFrom::new("aws_sns_topic", &["arn"])],
    key: Key { member: Some("topic_arn"), sent_as: &[("CreateTopic", "name", "name")], ..key::NAME },
    tags: Some(&TAGS),
    updates: &[
        UpdateBy {
            partial: true,
            clear: &[Clear::empty("display_name"), Clear::empty("kms_master_key_id")],
            ..UpdateBy::new(SET_TOPIC, &["display_name", "kms_master_key_id"])
        },
        UpdateBy::new(SET_TOPIC_POLICY, &["service_principals", "policy_statements"]),
        UpdateBy {
            after_create: &["subscriptions"],
            clear: &[Clear::empty("subscriptions")],
            split: Some(split),
            ..UpdateBy::new(SUBSCRIBE, &["subscriptions"])
        },
    ],
    hooks: &TopicHooks,
    omitted: &[("data_protection_policy", "masks what people write; these notifications are written by AWS")],
    // The ARN has the name.
    list: Some(&Listing { key: &[("name", "")], ..Listing::new(LIST_TOPICS, "topics") }),
    ..Declared::named(
        "notification topic",
        NotificationTopic::shared,
        ArnForm::regional("sns", "{name}"),
        Create {
            operation: CREATE_TOPIC,
            arn: Some("topic_arn"),
            // Source: github.com/localstack/localstack tests/aws/services/sns/test_sns.snapshot.json.
            exists: &[
                error("InvalidParameter", "Invalid parameter: Attributes Reason: Topic already exists"),
                error("InvalidParameter", "Invalid parameter: Tags Reason: Topic already exists"),
            ],
            retryable: &[],
        },
        // Source: Amazon SNS API reference, GetTopicAttributes.
        Read { created: None, ..Read::by(GET_TOPIC, &[error("NotFound", "")]) },
        Delete::by(DELETE_TOPIC, &[]),
    )
};

struct TopicHooks;

#[async_trait]
impl Hooks for TopicHooks {
    fn check_config(&self, config: &Value) -> Diags {
        let at = Path::of(NotificationTopic::SUBSCRIPTIONS);
        let mut diags = subscription::check(config.attribute(NotificationTopic::SUBSCRIPTIONS), &at);
        let key = config.attribute(NotificationTopic::KMS_MASTER_KEY_ID).as_str().unwrap_or_default();
        let publish = config.attribute(NotificationTopic::SERVICE_PRINCIPALS).as_elements();
        if publish.is_none_or(|services| !services.is_empty()) {
            diags.0.extend(topic::check_key(key, &Path::of(NotificationTopic::KMS_MASTER_KEY_ID)).0);
        }
        diags
    }

    fn adapt(&self, input: &mut Value) {
        let statements =
            input.attribute(NotificationTopic::POLICY_STATEMENTS).as_str().map(topic_policy::in_one_spelling);
        input.set_attribute(NotificationTopic::POLICY_STATEMENTS, statements.map_or(Value::Null, Value::from));
    }

    fn answered(&self, cx: &Context<Aws>, answer: &Value) {
        subscription::warn(cx, answer, &Path::of(NotificationTopic::SUBSCRIPTIONS));
    }

    async fn created(&self, _: &Regional, _: &str, description: &Value) -> Option<i64> {
        created(description)
    }

    fn after_read(&self, description: &Value, state: &Value, value: &mut Value) {
        let of = |value: &Value| value.attribute(NotificationTopic::SUBSCRIPTIONS).clone();
        let imported = state.attribute(NotificationTopic::ARN).is_null();
        let all = subscription::in_order_of(&of(state), &of(description), &of(value), imported);
        value.set_attribute(NotificationTopic::SUBSCRIPTIONS, all);
    }
}
