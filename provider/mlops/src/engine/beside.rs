//! What is made beside an object: its logs, by AWS, and the archive of its scripts, by the provider.

use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::Declared;
use super::key::filled;
use crate::aws::client::{Aws, Regional};
use crate::aws::creations::Creation;
use crate::aws::logs;
use crate::aws::s3_uri::S3Uri;
use crate::source_code::{input, script};

/// The logs that AWS writes for an object. Where there are any, the attribute `delete_logs` says whether a destroy
/// deletes them, too. Source of the groups: SageMaker developer guide, "Logging with Amazon CloudWatch".
#[derive(Clone, Copy, Debug)]
pub struct Logs {
    /// The log group, with attributes in braces: `/aws/sagemaker/Endpoints/{name}`.
    pub group: &'static str,
    /// The beginning of the object's log streams, with attributes in braces. None: the whole group is the object's.
    pub streams: Option<&'static str>,
}

impl Logs {
    /// A group that is the object's alone.
    pub const fn group(group: &'static str) -> Self {
        Self { group, streams: None }
    }

    /// Streams that begin with the object's name, in a group that all objects of the kind share.
    pub const fn streams(group: &'static str) -> Self {
        Self { group, streams: Some("{name}/") }
    }

    fn place(&self, of: &Value) -> Option<(String, Option<String>)> {
        let streams = match self.streams {
            Some(streams) => Some(filled(streams, of)?),
            None => None,
        };
        Some((filled(self.group, of)?, streams))
    }

    /// The last lines of the newest stream, introduced by where they are from.
    async fn tail(&self, aws: &Regional, of: &Value) -> String {
        match self.place(of) {
            Some((group, streams)) => logs::last_lines(aws, &group, streams.as_deref().unwrap_or_default()).await,
            None => String::new(),
        }
    }

    async fn remain(&self, aws: &Regional, of: &Value) -> bool {
        match self.place(of) {
            Some((group, None)) => logs::has_group(aws, &group).await,
            Some((group, Some(streams))) => logs::has_streams(aws, &group, &streams).await,
            None => false,
        }
    }

    async fn remove(&self, cx: &Context<Aws>, aws: &Regional, of: &Value) {
        match self.place(of) {
            Some((group, None)) => logs::remove_group(cx, aws, &group).await,
            Some((group, Some(streams))) => logs::remove_streams(cx, aws, &group, &streams).await,
            None => {}
        }
    }
}

/// The scripts of `source_code`.
#[derive(Clone, Copy, Debug)]
pub struct Scripts {
    /// How a container is given them.
    pub given: Given,
    /// The attribute with the S3 URI below which the archive goes unless the user says where, as a path.
    pub place: Option<&'static str>,
}

/// How a container is given scripts.
#[derive(Clone, Copy, Debug)]
pub enum Given {
    /// By two settings that a framework's container looks for.
    Settings(Settings),
    /// As an input of a processing job, with a command that unpacks and runs them.
    Input,
}

/// The settings by which a framework's container finds scripts.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Where the settings are, as paths, in lists too: `hyper_parameters`, `primary_container.environment`. Each place that an
    /// object has gets them.
    pub at: &'static [&'static str],
    /// The setting that names the script to run. Where the user sets it, that is another script of the archive.
    pub program: &'static str,
    /// The setting that names the archive.
    pub directory: &'static str,
}

impl Settings {
    /// The attributes that hold the settings, each with the settings' own name; None for the top.
    fn holders(&self) -> impl Iterator<Item = (Option<&'static str>, &'static str)> {
        self.at.iter().map(|at| at.rsplit_once('.').map_or((None, *at), |(holder, name)| (Some(holder), name)))
    }

    /// Where the settings of an object are: what holds them, and their name in it.
    fn places(&self, of: &Value) -> Vec<(Path, &'static str)> {
        let mut places = Vec::new();
        for (holder, name) in self.holders() {
            let holder = Path::parse(holder.unwrap_or_default());
            match of.at(&holder) {
                Some(Value::List(elements)) => places.extend((0..elements.len()).map(|i| (holder.index(i), name))),
                Some(Value::Object(_)) => places.push((holder, name)),
                _ => {}
            }
        }
        places
    }

    /// Names the scripts in what is sent.
    fn give(&self, planned: &Value, input: &mut Value, uri: &str, entry_point: &str) {
        for (holder, name) in self.places(planned) {
            let own = planned.at(&holder.attribute(name)).and_then(Value::as_entries);
            let mut settings = own.cloned().unwrap_or_default();
            settings.entry(self.program.to_owned()).or_insert_with(|| Value::from(entry_point));
            settings.insert(self.directory.to_owned(), Value::from(uri));
            // The attribute may have been left out; what holds it was not.
            if let Some(holder) = input.at_mut(&holder) {
                holder.set_attribute(name, Value::Map(settings));
            }
        }
    }

    /// Shows the settings as `source_code`.
    fn show(&self, state: &Value, value: &mut Value) {
        for (holder, name) in self.places(value) {
            let at = holder.attribute(name);
            let Some(settings) = value.at(&at).cloned() else { continue };
            let known = state.at(&at).cloned().unwrap_or(Value::Null);
            let own = script::hide(&settings, &known, value, self.program, self.directory);
            if let Some(slot) = value.at_mut(&at) {
                *slot = own;
            }
        }
    }
}

impl Scripts {
    fn place(&self, of: &Value) -> Option<String> {
        of.at(&Path::parse(self.place?))?.as_str().map(str::to_owned)
    }

    fn check_config(&self, config: &Value) -> Diags {
        let code = config.attribute(script::AT);
        let mut diags = Diags::new();
        let packs = code.as_entries().is_some() && !code.attribute("directory").is_null();
        let has_place = self.place.is_some_and(|path| {
            let holder = path.split('.').next().unwrap_or(path);
            let place = config.at(&Path::parse(path)).and_then(Value::as_str);
            !config.attribute(holder).is_null() && place.is_none_or(|place| S3Uri::parse(place).is_ok())
        });
        if !has_place && packs && code.attribute("s3_uri").is_null() {
            let detail =
                "There is no output location with an S3 URI to store the archive at: set `source_code.s3_uri`.";
            diags.push(Diag::error("Missing source_code.s3_uri", detail).at(Path::of(script::AT)));
        }
        let holders: Vec<&str> = match &self.given {
            Given::Settings(settings) => settings.holders().filter_map(|(holder, _)| holder).collect(),
            Given::Input => Vec::new(),
        };
        let missing = holders.iter().all(|holder| config.attribute(holder).is_null());
        if let (Some(holder), true, false) = (holders.first(), missing, code.is_null()) {
            let detail = format!("The scripts run in the `{holder}`, which is not set.");
            diags.push(Diag::error(format!("Missing {holder} for source_code"), detail).at(Path::of(script::AT)));
        }
        diags
    }

    /// Uploads the archive, and names it in what is sent and in the state.
    async fn prepare(
        &self,
        cx: &Context<Aws>,
        aws: &Regional,
        planned: &mut Value,
        input: &mut Value,
        creation: &mut Creation,
    ) -> Result<()> {
        let place = self.place(planned);
        let Some((uri, entry_point)) = script::upload(cx, aws, planned, place.as_deref(), creation).await? else {
            return Ok(());
        };
        match &self.given {
            Given::Settings(settings) => settings.give(planned, input, &uri, &entry_point),
            Given::Input => input::give(input, &uri, &entry_point),
        }
        script::record(planned, uri);
        Ok(())
    }

    /// Shows what the container was given as `source_code`.
    fn show(&self, state: &Value, value: &mut Value) {
        match &self.given {
            Given::Settings(settings) => settings.show(state, value),
            Given::Input => input::hide(state, value),
        }
    }
}

/// Whether the user wants the logs of a destroyed object to stay.
pub(super) fn keeps_logs(state: &Value) -> bool {
    state.attribute("delete_logs").as_bool() == Some(false)
}

impl Declared {
    pub(super) fn check_scripts(&self, config: &Value) -> Diags {
        self.scripts.map(|s| s.check_config(config)).unwrap_or_default()
    }

    pub(super) async fn plan_scripts(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        match self.scripts {
            Some(scripts) => {
                let place = scripts.place(plan.planned());
                script::plan(cx, plan, place.as_deref()).await
            }
            None => Ok(()),
        }
    }

    /// Stores what an object needs beside it. It may run again for the same object.
    pub(super) async fn make_beside(
        &self,
        cx: &Context<Aws>,
        aws: &Regional,
        planned: &mut Value,
        input: &mut Value,
        creation: &mut Creation,
    ) -> Result<()> {
        match self.scripts {
            Some(scripts) => scripts.prepare(cx, aws, planned, input, creation).await,
            None => Ok(()),
        }
    }

    pub(super) fn show_scripts(&self, state: &Value, value: &mut Value) {
        if let Some(scripts) = self.scripts {
            scripts.show(state, value);
        }
    }

    /// The URI of what the provider stored for an object.
    pub(super) fn stored(&self, state: &Value) -> Option<String> {
        self.scripts.and_then(|_| script::archive(state))
    }

    /// Removes what the provider stored, by its URI.
    pub(super) async fn discard(&self, aws: &Regional, uri: &str) -> Result<()> {
        script::discard(aws, uri).await
    }

    /// The end of an object's log, for the diagnostic of its failure.
    pub(super) async fn log_tail(&self, aws: &Regional, state: &Value) -> String {
        match &self.logs {
            Some(logs) => logs.tail(aws, state).await,
            None => String::new(),
        }
    }

    /// The end of the log of the object that has an ARN. None if that is of another kind.
    pub async fn log_of(&self, aws: &Regional, arn: &str) -> Option<String> {
        let key = self.key_in(arn)?.into_iter().map(|(attribute, value)| (attribute, Value::from(value)));
        Some(self.log_tail(aws, &Value::object(key)).await)
    }

    /// Whether something that goes with an object is still there, though the object is gone.
    pub(super) async fn remains(&self, aws: &Regional, state: &Value) -> bool {
        let logs = self.logs.as_ref().filter(|_| !keeps_logs(state));
        (self.scripts.is_some() && script::remains(aws, state).await)
            || match logs {
                Some(logs) => logs.remain(aws, state).await,
                None => false,
            }
    }

    /// Removes what was made beside an object that is gone.
    pub(super) async fn remove_beside(&self, cx: &Context<Aws>, aws: &Regional, state: &Value) -> Result<()> {
        if let Some(logs) = self.logs.as_ref().filter(|_| !keeps_logs(state)) {
            logs.remove(cx, aws, state).await;
        }
        if self.scripts.is_some() {
            script::remove(aws, state).await?;
        }
        Ok(())
    }
}
