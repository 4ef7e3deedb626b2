//! Operations of EventBridge on rules that have one target, of a pipeline.
//!
//! A rule and its targets are made by requests of their own, and a request for a rule overwrites one that exists. Here both are
//! one object: the member `target` is the target. Nothing says when a rule was made. So a creation marks the rule with a tag
//! until it has its target, and the target's ID says it from then on. Source: EventBridge API reference, PutRule, PutTargets,
//! DescribeRule and DeleteRule.

use aws_sdk_eventbridge::types as t;
use aws_smithy_types::error::operation::BuildError;
use tfplug::value::Value;

use super::{
    from_integer, from_list, from_text, from_text_map, integer, list, object, structure, symbol, tagging, text,
    text_map, texts, typed_operation,
};
use crate::aws::arn::{self, Arn};
use crate::aws::client::Regional;
use crate::aws::error::{AwsError, Kind};
use crate::aws::names;
use crate::aws::operation::{Calling, Operation};
use crate::engine::tagging::Tagging;

/// The tag of a rule whose creation has not come to its end.
const MARK: &str = "terraform-creation";
/// How the ID of a target begins that a creation has sent; the time in milliseconds follows, and what makes it unique.
const ID_PREFIX: &str = "terraform-";

fn tag(value: &Value) -> Result<t::Tag, BuildError> {
    t::Tag::builder().set_key(text(value, "key")).set_value(text(value, "value")).build()
}

fn from_tag(tag: &t::Tag) -> Value {
    object([("key", Value::from(tag.key())), ("value", Value::from(tag.value()))])
}

/// Tags of rules.
pub static TAGS: Tagging = tagging!("EventBridge", events, tags, tag_keys, list(tag, from_tag));

/// The time in milliseconds since 1970, and what makes it unique.
fn mark(aws: &Regional) -> String {
    format!("{:015}-{}", aws.now(), &names::generate("")[15..])
}

fn time_of(mark: &str) -> Option<i64> {
    mark.get(..15)?.parse().ok()
}

/// When a rule was created, in milliseconds since 1970, if its target or its tag is still that of its creation.
pub async fn created(aws: &Regional, description: &Value) -> Option<i64> {
    let id = description.attribute("target").attribute("id").as_str();
    if let Some(id) = id {
        return time_of(id.strip_prefix(ID_PREFIX)?);
    }
    let input = object([("resource_arn", description.attribute("rule_arn").clone())]);
    // Without an answer nothing is proven.
    let found = (TAGS.list.call)(aws, &input).await.ok()?;
    let mut tags = found.attribute("tags").as_elements()?.iter();
    let mark = tags.find(|tag| tag.attribute("key").as_str() == Some(MARK))?;
    time_of(mark.attribute("value").as_str()?)
}

/// Replaces the settings of a rule, or makes one: what is not sent gets its default.
pub const UPDATE_RULE: Operation = typed_operation!(
    "EventBridge",
    PutRule,
    |aws, input| aws
        .events()
        .put_rule()
        .set_name(text(input, "name"))
        .set_event_pattern(text(input, "event_pattern"))
        .set_state(symbol(input, "state"))
        .set_description(text(input, "description"))
        .set_tags(list(input, "tags", tag)),
    |answer| object([("rule_arn", from_text(answer.rule_arn()))])
);

/// Makes a rule, marked as one that is being created.
pub const CREATE_RULE: Operation = Operation {
    call: |aws, input| {
        Box::pin(async move {
            let marked = object([("key", Value::from(MARK)), ("value", Value::from(mark(aws)))]);
            let tags = input.attribute("tags").as_elements().unwrap_or_default().iter().cloned();
            let mut input = input.clone();
            input.set_attribute("tags", Value::List(tags.chain([marked]).collect()));
            (UPDATE_RULE.call)(aws, &input).await
        })
    },
    ..UPDATE_RULE
};

const DESCRIBE: Operation = typed_operation!(
    "EventBridge",
    DescribeRule,
    |aws, input| aws.events().describe_rule().set_name(text(input, "name")),
    |answer| object([
        ("rule_arn", from_text(answer.arn())),
        ("name", from_text(answer.name())),
        ("event_pattern", from_text(answer.event_pattern())),
        ("state", from_text(answer.state().map(t::RuleState::as_str))),
        ("description", from_text(answer.description())),
    ])
);

fn from_target(target: &t::Target) -> Value {
    let retry = |r: &t::RetryPolicy| {
        object([
            ("maximum_event_age_in_seconds", from_integer(r.maximum_event_age_in_seconds())),
            ("maximum_retry_attempts", from_integer(r.maximum_retry_attempts())),
        ])
    };
    let parameters = |p: &t::SageMakerPipelineParameters| {
        let pairs = p.pipeline_parameter_list().iter().map(|p| (p.name().to_owned(), p.value().to_owned()));
        object([("pipeline_parameter_list", from_text_map(Some(&pairs.collect())))])
    };
    object([
        ("id", Value::from(target.id())),
        ("arn", Value::from(target.arn())),
        ("role_arn", from_text(target.role_arn())),
        (
            "dead_letter_config",
            target.dead_letter_config().map_or(Value::Null, |d| object([("arn", from_text(d.arn()))])),
        ),
        ("retry_policy", target.retry_policy().map_or(Value::Null, retry)),
        ("sage_maker_pipeline_parameters", target.sage_maker_pipeline_parameters().map_or(Value::Null, parameters)),
    ])
}

const LIST_TARGETS: Operation = typed_operation!(
    "EventBridge",
    ListTargetsByRule,
    |aws, input| aws.events().list_targets_by_rule().set_rule(text(input, "name")),
    |answer| object([("targets", from_list(answer.targets(), from_target))])
);

async fn targets(aws: &Regional, input: &Value) -> Result<Vec<Value>, AwsError> {
    let listed = (LIST_TARGETS.call)(aws, input).await?;
    Ok(listed.attribute("targets").as_elements().unwrap_or_default().to_vec())
}

/// The target of the rule among all that it has: people may have added others.
fn own(targets: Vec<Value>) -> Option<Value> {
    let id = |target: &Value| target.attribute("id").as_str().unwrap_or_default().to_owned();
    let first = targets.iter().position(|target| id(target).starts_with(ID_PREFIX)).unwrap_or_default();
    targets.into_iter().nth(first)
}

/// Describes a rule, with its target.
pub const GET_RULE: Operation = Operation {
    call: |aws, input| {
        Box::pin(async move {
            let mut found = (DESCRIBE.call)(aws, input).await?;
            found.set_attribute("target", own(targets(aws, input).await?).unwrap_or(Value::Null));
            Ok(found)
        })
    },
    #[cfg(test)]
    output: || {
        let mut all = (DESCRIBE.output)();
        all.extend(target_members("output"));
        all.insert(".rule_arn".to_owned(), aws_smithy_schema::ShapeType::String);
        all
    },
    ..DESCRIBE
};

/// The members of a target, below `target`. Parameters are a map.
#[cfg(test)]
fn target_members(side: &str) -> crate::aws::operation::Members {
    const LIST: &str = "sage_maker_pipeline_parameters.pipeline_parameter_list";
    let operation = if side == "input" { "PutTargets" } else { "ListTargetsByRule" };
    let all = super::members::of("EventBridge", operation, side).into_iter();
    let below = all.filter_map(|(path, shape)| Some((path.strip_prefix(".targets[*].")?.to_owned(), shape)));
    let own = below.filter(|(path, _)| !path.starts_with(LIST)).map(|(path, shape)| (format!(".target.{path}"), shape));
    own.chain([(format!(".target.{LIST}{{*}}"), aws_smithy_schema::ShapeType::String)]).collect()
}

fn target(value: &Value) -> Result<t::Target, BuildError> {
    let retry = |value: &Value| {
        Some(
            t::RetryPolicy::builder()
                .set_maximum_event_age_in_seconds(integer(value, "maximum_event_age_in_seconds"))
                .set_maximum_retry_attempts(integer(value, "maximum_retry_attempts"))
                .build(),
        )
    };
    let parameters = |value: &Value| {
        let pairs = text_map(value, "pipeline_parameter_list").unwrap_or_default();
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort();
        let pair = |(name, value)| t::SageMakerPipelineParameter::builder().name(name).value(value).build().ok();
        let all = pairs.into_iter().filter_map(pair).collect();
        Some(t::SageMakerPipelineParameters::builder().set_pipeline_parameter_list(Some(all)).build())
    };
    let dead_letters = |value: &Value| Some(t::DeadLetterConfig::builder().set_arn(text(value, "arn")).build());
    t::Target::builder()
        .set_id(text(value, "id"))
        .set_arn(text(value, "arn"))
        .set_role_arn(text(value, "role_arn"))
        .set_dead_letter_config(structure(value, "dead_letter_config", dead_letters))
        .set_retry_policy(structure(value, "retry_policy", retry))
        .set_sage_maker_pipeline_parameters(structure(value, "sage_maker_pipeline_parameters", parameters))
        .build()
}

const PUT_TARGETS: Operation = typed_operation!(
    "EventBridge",
    PutTargets,
    |aws, input| aws.events().put_targets().set_rule(text(input, "name")).set_targets(list(input, "targets", target)),
    |answer| from_list(answer.failed_entries(), |failed| object([
        ("code", from_text(failed.error_code())),
        ("message", from_text(failed.error_message())),
    ]))
);

/// Sets the target of a rule, and ends the creation of one that had none.
pub const PUT_TARGET: Operation = Operation {
    call: put_target,
    #[cfg(test)]
    input: put_target_members,
    ..PUT_TARGETS
};

#[cfg(test)]
fn put_target_members() -> crate::aws::operation::Members {
    let mut all = target_members("input");
    all.insert(".name".to_owned(), aws_smithy_schema::ShapeType::String);
    all
}

fn put_target<'a>(aws: &'a Regional, input: &'a Value) -> Calling<'a> {
    Box::pin(async move {
        let known = own(targets(aws, input).await?).and_then(|target| text(&target, "id"));
        let mut target = input.attribute("target").clone();
        let id = known.clone().unwrap_or_else(|| format!("{ID_PREFIX}{}", mark(aws)));
        target.set_attribute("id", Value::from(id));
        let sent = object([("name", input.attribute("name").clone()), ("targets", Value::List(vec![target]))]);
        let failed = (PUT_TARGETS.call)(aws, &sent).await?;
        if let Some(entry) = failed.as_elements().unwrap_or_default().first() {
            let [code, message] = ["code", "message"].map(|member| text(entry, member).unwrap_or_default());
            let (service, operation) = (PUT_TARGETS.service, PUT_TARGETS.name);
            return Err(AwsError { service, operation, code, message, kind: Kind::Service, ..AwsError::default() });
        }
        if known.is_none() {
            let rule = format!("rule/{}", text(input, "name").unwrap_or_default());
            let (partition, account) = (arn::partition(aws.region()).id, aws.account_id().await?);
            let rule = Arn::new(partition, "events", aws.region(), &account, rule).to_string();
            let keys = Value::List(vec![Value::from(MARK)]);
            (TAGS.remove.call)(aws, &object([("resource_arn", Value::from(rule)), ("tag_keys", keys)])).await?;
        }
        Ok(Value::Null)
    })
}

const REMOVE_TARGETS: Operation = typed_operation!(
    "EventBridge",
    RemoveTargets,
    |aws, input| aws.events().remove_targets().set_rule(text(input, "name")).set_ids(texts(input, "ids")),
    |answer| from_list(answer.failed_entries(), |failed| from_text(failed.error_message()))
);

const DELETE: Operation = typed_operation!(
    "EventBridge",
    DeleteRule,
    |aws, input| aws.events().delete_rule().set_name(text(input, "name")),
    |_answer| Value::Null
);

/// Deletes a rule, with all its targets: EventBridge deletes none that has one.
pub const DELETE_RULE: Operation = Operation {
    call: |aws, input| {
        Box::pin(async move {
            let ids: Vec<Value> = targets(aws, input).await?.iter().map(|t| t.attribute("id").clone()).collect();
            if !ids.is_empty() {
                let input = object([("name", input.attribute("name").clone()), ("ids", Value::List(ids))]);
                // What stays is an error of the deletion.
                (REMOVE_TARGETS.call)(aws, &input).await?;
            }
            (DELETE.call)(aws, input).await
        })
    },
    ..DELETE
};
