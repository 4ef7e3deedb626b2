//! Operations on two schedules of EventBridge Scheduler by which something of SageMaker is off out of hours, as one object.
//!
//! Its members are those of the schedule that starts. The one that stops has the same settings, a name and an expression of its
//! own, the latter in the member `stop`. In the place of the target's ARN and input are the notebook instance or the endpoint:
//! both schedules call an operation of SageMaker by a universal target. Source: EventBridge Scheduler user guide, "Using
//! universal targets".

#[cfg(test)]
use aws_smithy_schema::ShapeType;
use serde_json::{Map, Value as Json, json};
use tfplug::value::{Path, Value};

use super::schedules::{CREATE_SCHEDULE, DELETE_SCHEDULE, GET_SCHEDULE, UPDATE_SCHEDULE};
use super::{object, text, text_map, texts};
use crate::aws::arn;
use crate::aws::client::Regional;
use crate::aws::error::AwsError;
#[cfg(test)]
use crate::aws::operation::Members;
use crate::aws::operation::{ErrorMatch, Operation, error, is_one_of};

/// The member that has the settings of the schedule that stops.
pub const STOP: &str = "stop";
/// The member that names the notebook instance.
pub const NOTEBOOK_INSTANCE: &str = "notebook_instance_name";
/// The member that has the endpoint.
pub const ENDPOINT: &str = "endpoint";
/// What the name of the schedule that starts has behind the name of the whole; that of the other one ends in `-stop`.
pub const START_SUFFIX: &str = "-start";
/// Errors that say that a schedule does not exist. Source: EventBridge Scheduler API reference, GetSchedule.
pub const NOT_FOUND: &[ErrorMatch] = &[error("ResourceNotFoundException", "")];

const EXPRESSION: &str = "schedule_expression";
/// The member of an update that says which of the schedules do not exist.
const ABSENT: &str = "absent";

/// One of the two schedules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Start,
    Stop,
}

/// Both, the one that starts first: nothing is stopped that is not started again.
const HALVES: [Half; 2] = [Half::Start, Half::Stop];

impl Half {
    fn suffix(self) -> &'static str {
        match self {
            Self::Start => START_SUFFIX,
            Self::Stop => "-stop",
        }
    }

    fn expression(self, whole: &Value) -> Value {
        let settings = if self == Self::Start { whole } else { whole.attribute(STOP) };
        settings.attribute(EXPRESSION).clone()
    }

    /// The operations of SageMaker that it calls: of a notebook instance, and of an endpoint.
    fn operations(self) -> [&'static str; 2] {
        match self {
            Self::Start => ["startNotebookInstance", "createEndpoint"],
            Self::Stop => ["stopNotebookInstance", "deleteEndpoint"],
        }
    }

    /// What the target is sent.
    fn target_input(self, whole: &Value) -> String {
        let endpoint = whole.attribute(ENDPOINT);
        let mut sent = Map::new();
        let mut put = |member: &str, value: Option<String>| {
            value.into_iter().for_each(|value| drop(sent.insert(member.to_owned(), value.into())));
        };
        put("NotebookInstanceName", text(whole, NOTEBOOK_INSTANCE));
        put("EndpointName", text(endpoint, "endpoint_name"));
        if self == Self::Start {
            put("EndpointConfigName", text(endpoint, "endpoint_config_name"));
            let tags = text_map(endpoint, "tags").unwrap_or_default();
            let tags: std::collections::BTreeMap<_, _> = tags.into_iter().filter(|_| !endpoint.is_null()).collect();
            if !tags.is_empty() {
                let tags = tags.into_iter().map(|(key, value)| json!({ "Key": key, "Value": value }));
                sent.insert("Tags".to_owned(), tags.collect());
            }
        }
        Json::Object(sent).to_string()
    }

    /// The schedule, as the operations on one take it.
    fn schedule(self, aws: &Regional, whole: &Value) -> Value {
        let mut schedule = whole.clone();
        for member in ["name", "client_token"] {
            if let Some(text) = text(whole, member) {
                schedule.set_attribute(member, Value::from(format!("{text}{}", self.suffix())));
            }
        }
        schedule.set_attribute(EXPRESSION, self.expression(whole));
        let window = whole.at(&Path::parse("flexible_time_window.maximum_window_in_minutes")).unwrap_or(&Value::Null);
        let mode = if window.is_null() { "OFF" } else { "FLEXIBLE" };
        let window = object([("mode", Value::from(mode)), ("maximum_window_in_minutes", window.clone())]);
        schedule.set_attribute("flexible_time_window", window);
        let [notebook, endpoint] = self.operations();
        let operation = if whole.attribute(ENDPOINT).is_null() { notebook } else { endpoint };
        let partition = arn::partition(aws.region()).id;
        let mut target = whole.attribute("target").clone();
        target.set_attribute("arn", Value::from(format!("arn:{partition}:scheduler:::aws-sdk:sagemaker:{operation}")));
        target.set_attribute("input", Value::from(self.target_input(whole)));
        schedule.set_attribute("target", target);
        schedule
    }

    /// The input of an operation that names it.
    fn named(self, input: &Value) -> Value {
        let name = format!("{}{}", text(input, "name").unwrap_or_default(), self.suffix());
        let mut named = object([("name", Value::from(name))]);
        if let Some(token) = text(input, "client_token") {
            named.set_attribute("client_token", Value::from(format!("{token}{}", self.suffix())));
        }
        named
    }

    /// A schedule as it is described, with what it is for in the place of the target's ARN and input.
    fn read(self, mut schedule: Value) -> Value {
        let mut target = schedule.attribute("target").clone();
        let (called, sent) = (text(&target, "arn"), text(&target, "input"));
        let sent: Json = sent.and_then(|sent| serde_json::from_str(&sent).ok()).unwrap_or_default();
        let calls =
            |operation: &str| called.as_deref().is_some_and(|arn| arn.ends_with(&format!(":sagemaker:{operation}")));
        let member = |name: &str| sent[name].as_str().map_or(Value::Null, Value::from);
        let pair = |tag: &Json| Some((tag["Key"].as_str()?.to_owned(), Value::from(tag["Value"].as_str()?)));
        let tags = sent["Tags"].as_array().map(|tags| Value::Map(tags.iter().filter_map(pair).collect()));
        let [notebook, endpoint] = self.operations();
        // What calls another operation is for nothing that is known.
        if calls(notebook) {
            schedule.set_attribute(NOTEBOOK_INSTANCE, member("NotebookInstanceName"));
        }
        if calls(endpoint) {
            let read = [
                ("endpoint_name", member("EndpointName")),
                ("endpoint_config_name", member("EndpointConfigName")),
                ("tags", tags.unwrap_or(Value::Null)),
            ];
            schedule.set_attribute(ENDPOINT, object(read));
        }
        target.set_attribute("arn", Value::Null);
        target.set_attribute("input", Value::Null);
        schedule.set_attribute("target", target);
        schedule
    }

    async fn get(self, aws: &Regional, input: &Value) -> Result<Value, AwsError> {
        (GET_SCHEDULE.call)(aws, &self.named(input)).await.map(|found| self.read(found))
    }
}

fn is_gone(result: &Result<Value, AwsError>) -> bool {
    matches!(result, Err(e) if is_one_of(e, NOT_FOUND))
}

/// The results for both: as long as one exists the whole does, and what does not is null.
fn both(start: Result<Value, AwsError>, stop: Result<Value, AwsError>) -> Result<[Value; 2], AwsError> {
    let lacks = |half: Result<Value, AwsError>| if is_gone(&half) { Ok(Value::Null) } else { half };
    if is_gone(&start) && is_gone(&stop) {
        return start.and(stop).map(|_| [Value::Null, Value::Null]);
    }
    Ok([lacks(start)?, lacks(stop)?])
}

/// Both schedules in one description.
fn whole(input: &Value, start: Value, stop: Value) -> Value {
    let mut whole = if start.is_null() { stop.clone() } else { start.clone() };
    if start.is_null() {
        // Only the settings that they have alike stand for both.
        [EXPRESSION, "creation_date", "arn"].iter().for_each(|member| whole.set_attribute(member, Value::Null));
    }
    whole.set_attribute("name", input.attribute("name").clone());
    whole.set_attribute(STOP, stop);
    whole
}

/// What an update is sent, from its input and the description of what is there. After a creation that is only what the creation
/// has not made: the rest is as it is described.
pub fn complete(input: &Value, described: &Value) -> Vec<Value> {
    let mut sent = input.clone();
    if Half::Start.expression(input).is_null() {
        sent = described.clone();
        sent.set_attribute(EXPRESSION, Value::Null);
        sent.set_attribute(STOP, input.attribute(STOP).clone());
    }
    let absent = HALVES.into_iter().filter(|half| half.expression(described).is_null());
    sent.set_attribute(ABSENT, Value::List(absent.map(|half| Value::from(half.suffix())).collect()));
    vec![sent]
}

/// The members of an operation on one schedule, with what both are for instead of the target.
#[cfg(test)]
fn members(operation: &str, side: &str, stops: bool) -> Members {
    let mut all = super::members::of("Scheduler", operation, side);
    all.retain(|path, _| ![".target.arn", ".target.input"].contains(&path.as_str()));
    let own = ["notebook_instance_name", "endpoint.endpoint_name", "endpoint.endpoint_config_name", "endpoint.tags{*}"];
    let stop = stops.then_some("stop.schedule_expression");
    all.extend(own.into_iter().chain(stop).map(|path| (format!(".{path}"), ShapeType::String)));
    all
}

/// Creates the schedule that starts. An update follows, which creates the other one.
pub const CREATE: Operation = Operation {
    #[cfg(test)]
    input: || members("CreateSchedule", "input", false),
    call: |aws, input| {
        Box::pin(async move {
            let schedule = Half::Start.schedule(aws, input);
            let created = (CREATE_SCHEDULE.call)(aws, &schedule).await?;
            Ok(object([("arn", created.attribute("schedule_arn").clone())]))
        })
    },
    ..CREATE_SCHEDULE
};

/// Replaces the settings of both schedules, and creates what does not exist. Its input is that of [`complete`].
pub const UPDATE: Operation = Operation {
    #[cfg(test)]
    input: || members("UpdateSchedule", "input", true),
    call: |aws, input| {
        Box::pin(async move {
            let absent = texts(input, ABSENT).unwrap_or_default();
            for half in HALVES.into_iter().filter(|half| !half.expression(input).is_null()) {
                let is_absent = absent.iter().any(|suffix| suffix == half.suffix());
                let operation = if is_absent { CREATE_SCHEDULE } else { UPDATE_SCHEDULE };
                (operation.call)(aws, &half.schedule(aws, input)).await?;
            }
            Ok(Value::Null)
        })
    },
    ..UPDATE_SCHEDULE
};

/// Describes both schedules.
pub const GET: Operation = Operation {
    #[cfg(test)]
    output: || members("GetSchedule", "output", true),
    call: |aws, input| {
        Box::pin(async move {
            let (start, stop) = (Half::Start.get(aws, input).await, Half::Stop.get(aws, input).await);
            let [start, stop] = both(start, stop)?;
            Ok(whole(input, start, stop))
        })
    },
    ..GET_SCHEDULE
};

/// Deletes both schedules, the one that stops first.
pub const DELETE: Operation = Operation {
    call: |aws, input| {
        Box::pin(async move {
            let stop = (DELETE_SCHEDULE.call)(aws, &Half::Stop.named(input)).await;
            if stop.is_err() && !is_gone(&stop) {
                return stop;
            }
            let start = (DELETE_SCHEDULE.call)(aws, &Half::Start.named(input)).await;
            both(start, stop).map(|_| Value::Null)
        })
    },
    ..DELETE_SCHEDULE
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::client::{Aws, Settings};
    use crate::aws::error::Kind;

    fn settings(of: Value, member: &str) -> Value {
        let stop = object([(EXPRESSION, Value::from("cron(0 19 ? * * *)"))]);
        let mut whole = object([
            ("name", Value::from("nights")),
            ("client_token", Value::from("token")),
            (EXPRESSION, Value::from("cron(0 7 ? * * *)")),
            (STOP, stop),
            ("target", object([("role_arn", Value::from("arn:aws:iam::123456789012:role/nights"))])),
        ]);
        whole.set_attribute(member, of);
        whole
    }

    fn gone() -> Result<Value, AwsError> {
        Err(AwsError { kind: Kind::Service, code: "ResourceNotFoundException".into(), ..AwsError::default() })
    }

    #[tokio::test]
    async fn both_schedules_are_for_the_same() {
        let aws = Aws::new(Settings::local("http://localhost:1").unwrap());
        let tags = Value::Map([("stage".to_owned(), Value::from("test"))].into());
        let endpoint = object([
            ("endpoint_name", Value::from("churn")),
            ("endpoint_config_name", Value::from("churn-1")),
            ("tags", tags),
        ]);
        let whole = settings(endpoint.clone(), ENDPOINT);
        let (region, china) = (aws.region(Some("us-east-1")), aws.region(Some("cn-north-1")));
        let arn = |schedule: &Value| text(schedule.attribute("target"), "arn").unwrap();
        let input = |schedule: &Value| text(schedule.attribute("target"), "input").unwrap();
        let (start, stop) = (Half::Start.schedule(&region, &whole), Half::Stop.schedule(&region, &whole));
        assert_eq!(arn(&start), "arn:aws:scheduler:::aws-sdk:sagemaker:createEndpoint");
        assert_eq!(arn(&stop), "arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint");
        assert_eq!(
            arn(&Half::Stop.schedule(&china, &whole)),
            "arn:aws-cn:scheduler:::aws-sdk:sagemaker:deleteEndpoint"
        );
        let sent = r#"{"EndpointConfigName":"churn-1","EndpointName":"churn","Tags":[{"Key":"stage","Value":"test"}]}"#;
        assert_eq!(input(&start), sent);
        assert_eq!(input(&stop), r#"{"EndpointName":"churn"}"#);
        for (schedule, name, token, expression) in [
            (&start, "nights-start", "token-start", "cron(0 7 ? * * *)"),
            (&stop, "nights-stop", "token-stop", "cron(0 19 ? * * *)"),
        ] {
            let texts = ["name", "client_token", EXPRESSION].map(|member| text(schedule, member).unwrap());
            assert_eq!(texts, [name, token, expression]);
        }
        let described = |schedule: &Value| object([("target", schedule.attribute("target").clone())]);
        assert_eq!(Half::Start.read(described(&start)).attribute(ENDPOINT), &endpoint);
        let other = Half::Stop.read(described(&start));
        assert!(other.attribute(ENDPOINT).is_null(), "a schedule that is to stop and creates: {other:?}");

        let whole = settings(Value::from("analysis"), NOTEBOOK_INSTANCE);
        let stop = Half::Stop.schedule(&region, &whole);
        assert_eq!(arn(&stop), "arn:aws:scheduler:::aws-sdk:sagemaker:stopNotebookInstance");
        assert_eq!(input(&stop), r#"{"NotebookInstanceName":"analysis"}"#);
        assert_eq!(text(&Half::Stop.read(described(&stop)), NOTEBOOK_INSTANCE).as_deref(), Some("analysis"));
    }

    #[test]
    fn an_update_creates_what_does_not_exist() {
        let whole_input = settings(Value::from("analysis"), NOTEBOOK_INSTANCE);
        let absent = |input: &Value, described: &Value| {
            let sent = complete(input, described).remove(0);
            (texts(&sent, ABSENT).unwrap(), text(&sent, NOTEBOOK_INSTANCE), Half::Start.expression(&sent).is_null())
        };
        let name = Some("analysis".to_owned());
        assert_eq!(absent(&whole_input, &whole_input), (vec![], name.clone(), false));
        let started = whole(&whole_input, whole_input.clone(), Value::Null);
        assert_eq!(absent(&whole_input, &started), (vec!["-stop".to_owned()], name.clone(), false));
        let stopped = whole(&whole_input, Value::Null, whole_input.clone());
        assert_eq!(absent(&whole_input, &stopped), (vec!["-start".to_owned()], name.clone(), false));
        // After a creation the schedule that starts is not sent again, and the other one has its settings.
        let rest = object([("name", Value::from("nights")), (STOP, whole_input.attribute(STOP).clone())]);
        assert_eq!(absent(&rest, &started), (vec!["-stop".to_owned()], name, true));
    }

    #[test]
    fn what_is_left_of_them_exists() {
        let one = || Ok(Value::from("it"));
        assert_eq!(both(one(), gone()).unwrap(), [Value::from("it"), Value::Null]);
        assert_eq!(both(gone(), one()).unwrap(), [Value::Null, Value::from("it")]);
        assert!(is_one_of(&both(gone(), gone()).unwrap_err(), NOT_FOUND));
        let denied =
            || Err(AwsError { kind: Kind::Service, code: "AccessDeniedException".into(), ..AwsError::default() });
        assert_eq!(both(denied(), gone()).unwrap_err().code, "AccessDeniedException");
        assert_eq!(both(gone(), denied()).unwrap_err().code, "AccessDeniedException");
    }
}
