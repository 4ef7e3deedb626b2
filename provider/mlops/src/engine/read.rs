//! Refreshing a declared object.

use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::schema::Mode;
use tfplug::value::Value;

use super::import::without_repetitions;
use super::key::GivenBy;
use super::run::Run;
use super::statuses;
use super::{AWAITED, Declared, GONE, IMPORTED, moves};
use crate::aws::client::{Aws, Regional};
use crate::aws::creations::record::Record;
use crate::aws::error::AwsError;
use crate::aws::operation::is_one_of;

impl Run<'_> {
    /// All attributes, as a refresh or, where the state is nearly empty, an import shows them.
    pub(super) async fn shown(&self, description: &Value) -> Result<Value> {
        let mut value = self.whole_value(description).await?;
        self.show_behind(description, &mut value).await;
        Ok(if self.imported { without_repetitions(self.object, value) } else { value })
    }
}

impl Declared {
    /// The object as it is; None if there is none.
    pub(super) async fn refresh(&self, cx: &Context<Aws>, state: Value) -> Result<Option<Value>> {
        let mut run = Run::new(self, cx, state)?;
        // An import knows nothing but the key, the region and what is local.
        run.imported = run.state.attribute(self.mark_of_reads()).is_null();
        let creations = cx.client()?.creations().clone();
        let (type_name, region) = (self.type_name(), run.aws.region().to_owned());
        let id = self.remembered_as(&run.state);
        match run.describe_for_refresh().await? {
            Some(description) if run.is_another(&description) => {
                let detail = format!(
                    "The {0} was deleted, and another one of its name was made, which this configuration did not create. It \
                     is left alone: the state loses the former one. To manage the new one, import it: terraform import \
                     {type_name}.NAME {id}",
                    run.label
                );
                cx.warn(Diag::warning(format!("The {} is another one now", run.label), detail));
                creations.gone(&type_name, &region, &id);
                Ok(None)
            }
            Some(mut description) => {
                moves::read(cx);
                self.note_state(cx.client()?, &region, &run.state);
                run.ask_children(&mut description).await;
                run.tell_failed_run(&description).await;
                creations.seen(&type_name, &region, &id, run.is_broken(&description));
                let done = self.statuses.is_empty() || statuses::is_done(self.statuses, &description);
                if run.imported && !self.not_described.is_empty() {
                    cx.set_private(IMPORTED, true.into());
                }
                for (flag, ended) in [(GONE, true), (AWAITED, done)] {
                    if ended && cx.private(flag).is_some() {
                        cx.set_private(flag, false.into());
                    }
                }
                Ok(Some(run.shown(&description).await?))
            }
            // A schedule brings it back.
            None if !run.imported && run.is_kept_away().await? => {
                let mut value = run.state;
                if let Some(status) = self.statuses.first() {
                    value.set_attribute(status.member, Value::Null);
                }
                Ok(Some(value))
            }
            None if !run.imported
                && (self.remains(&run.aws, &run.state).await
                    || run.leaves_children().await
                    || run.leaves_versions().await) =>
            {
                // It stays in the state until what belongs to it is gone, too: nobody else would know of that.
                cx.set_private(GONE, true.into());
                let mut value = run.state;
                if let Some(status) = self.statuses.first() {
                    value.set_attribute(status.member, Value::Null);
                }
                Ok(Some(value))
            }
            None => {
                creations.gone(&type_name, &region, &id);
                Ok(None)
            }
        }
    }

    /// What a creation is remembered as whose object the state has.
    pub(super) fn remembered_as(&self, state: &Value) -> String {
        match self.key.given_by {
            GivenBy::User => self.key.id(state).unwrap_or_default(),
            GivenBy::Aws => state.attribute("arn").as_str().unwrap_or_default().to_owned(),
        }
    }

    /// An attribute that every read sets and no import.
    fn mark_of_reads(&self) -> &'static str {
        let mut attributes = self.object().attributes.iter();
        match attributes.find(|a| a.mode == Mode::Computed && !a.provider_only) {
            // AWS gives it no ARN.
            Some(a) if self.object().attribute("arn").is_none() => &a.name,
            _ => self.read.created.filter(|_| self.key.attribute == "arn").unwrap_or("arn"),
        }
    }

    /// Whether AWS has what an interrupted creation began. What cannot be looked for may exist.
    ///
    /// # Errors
    /// What AWS answered.
    pub async fn exists(&self, aws: &Regional, record: &Record) -> std::result::Result<bool, AwsError> {
        let object = self.object();
        let identified = record.identity.as_ref().and_then(|identity| identity.get(self.create.arn?));
        let key = match (self.key.given_by, identified) {
            (GivenBy::User, _) => self.key.parse(&record.name).unwrap_or_default(),
            (GivenBy::Aws, Some(arn)) => self.key_in(arn).unwrap_or_default(),
            (GivenBy::Aws, None) => return Ok(true),
        };
        let named = Value::object(key.into_iter().map(|(attribute, value)| (attribute, Value::from(value))));
        let input = self.key.input(&self.read.operation, object, &named);
        match (self.read.operation.call)(aws, &input).await {
            Ok(answer) => Ok(self.description(answer).is_some()),
            Err(e) if is_one_of(&e, self.read.not_found) => self.left_version(aws, record).await,
            Err(e) => Err(e),
        }
    }
}
