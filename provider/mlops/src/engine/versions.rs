//! Versions: settings of an object that are in immutable objects of another kind. The user writes the settings; the engine
//! names a version by its content, creates it before the object uses it, and deletes it once the object does not.
//!
//! A version is told by the form of its name and by a tag that names the object. What lacks either is somebody else's, and
//! is neither used nor deleted. What there is AWS says, at each refresh: so a run that was killed at any call shows in the
//! next plan, whatever became of its state.

use tfplug::diag::{Diag, Diags, Result, Severity};
use tfplug::plan::Plan;
use tfplug::resource::Update;
use tfplug::schema::{Kind, Object};
use tfplug::value::{Path, Unknown, Value};

use super::Declared;
use super::run::{Run, millis};
use super::shape::{Reading, from_api, left_to_aws, to_api};
use super::statuses;
use crate::aws::client::Regional;
use crate::aws::creations::record::{Record, Sent};
use crate::aws::error::AwsError;
use crate::aws::operation::{Failure, NEVER, Operation, call, is_one_of};

/// How much of the object's name is in the name of a version: with the digits, what SageMaker allows for a name.
const STEM: usize = 46;
/// Hexadecimal digits of the hash of the content.
const DIGITS: usize = 16;

/// Settings of an object that are in immutable objects of another kind.
pub struct Versions {
    /// The attribute with the settings. It is none of the object's own API.
    pub of: &'static str,
    /// The attribute that names the version in use.
    pub name: &'static str,
    /// The computed attribute that names the versions that are left though nothing uses them.
    pub former: &'static str,
    /// The member of the object's description that says when it was last changed. What it names was read then: what is created
    /// later under the same name it does not use before its next update.
    pub changed: &'static str,
    /// What the versions are: objects that are known by a name.
    pub kind: &'static Declared,
    /// Lists them by a part of their names.
    pub list: Operation,
    /// The member of the response that has the list.
    pub items: &'static str,
    /// The key of the tag that names the object. It names no account and no region: the object can use no version of another.
    pub tag: &'static str,
}

/// A version in a list.
struct Item {
    name: String,
    arn: String,
}

impl Versions {
    fn owner<'a>(&self, object: &'a Value) -> Option<&'a str> {
        object.attribute("name").as_str()
    }

    /// What the names of an object's versions begin with.
    fn stem(owner: &str) -> String {
        format!("{}-", owner.chars().take(STEM).collect::<String>())
    }

    /// Whether a name has the form of those of an object's versions.
    fn is_version(name: &str, owner: &str) -> bool {
        let digits = name.strip_prefix(&Self::stem(owner)).unwrap_or_default();
        digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    }

    /// The name of the version that an object asks for; None as long as not all of it is known.
    fn name_for(&self, object: &Value) -> Option<String> {
        let (owner, settings) = (self.owner(object)?, object.attribute(self.of));
        if settings.is_null() || !settings.is_wholly_known() {
            return None;
        }
        // Beginnings of long names are alike.
        let whole = [("owner", Value::from(owner)), ("settings", to_api(self.settings(), settings))];
        let hash = Sent::of(&Value::object(whole), &[]);
        Some(format!("{}{}", Self::stem(owner), hash.digest().get(..DIGITS)?))
    }

    /// The schema of the settings: what the kind has besides them is not of the configuration.
    fn settings(&self) -> &'static Object {
        self.kind.object()
    }

    /// The name of a version in a list or description.
    fn member(&self) -> &'static str {
        self.kind.key.member.unwrap_or(self.kind.key.attribute)
    }

    fn reading(&self, imported: bool) -> Reading<'static> {
        let server_defaults = if imported { Vec::new() } else { self.kind.server_defaults.to_vec() };
        Reading { server_defaults, described_as: self.kind.described_as.to_vec(), imported }
    }
}

impl Declared {
    /// Plans the name of the version, and that nothing is left of former ones.
    ///
    /// # Errors
    /// That the configuration has another name.
    pub(super) fn plan_versions(&self, plan: &mut Plan<'_>) -> Result<()> {
        let Some(versions) = &self.versions else { return Ok(()) };
        plan.set(versions.former, Value::Null);
        let (settings, config) = (plan.get(versions.of), plan.config.attribute(versions.of));
        if config.is_null() {
            return Ok(());
        }
        let mut left = Vec::new();
        for attribute in versions.kind.server_defaults {
            left_to_aws(settings, config, attribute, &Path::of(versions.of), &mut left);
        }
        for path in left {
            plan.set_at(&path, Value::Null);
        }
        let owner = versions.owner(plan.planned()).map(str::to_owned);
        let current = plan.prior.attribute(versions.name).as_str();
        // An import shows what AWS filled in, so that the same content has another hash.
        let keeps = !plan.changes(versions.of)
            && current.zip(owner.as_deref()).is_some_and(|(name, owner)| Versions::is_version(name, owner));
        let name = match versions.name_for(plan.planned()) {
            _ if keeps => plan.prior.attribute(versions.name).clone(),
            Some(name) => Value::from(name),
            None => Value::Unknown(Unknown { not_null: true, prefix: owner.as_deref().map(Versions::stem) }),
        };
        let given = plan.config.attribute(versions.name);
        // Clients that generate a configuration of an imported object write both.
        if !given.is_null() && *given != name {
            let Versions { of, name, .. } = versions;
            let detail =
                format!("Only one of `{of}` and `{name}` may be set: with `{of}` the provider chooses the name.");
            return Err(Diag::error("Invalid combination of attributes", detail).at(Path::of(name)).into());
        }
        plan.set(versions.name, name);
        Ok(())
    }

    /// Whether an update has to do with versions: one is to be made, or may be left.
    pub(super) fn changes_version(&self, update: &Update) -> bool {
        let Some(versions) = &self.versions else { return false };
        let has = |object: &Value| !object.attribute(versions.of).is_null();
        let left = !update.prior.attribute(versions.former).is_null();
        let changes = [Some(versions.name), Some(versions.of), self.proof.as_ref().map(|proof| proof.passed)];
        left || ((has(&update.prior) || has(&update.planned))
            && changes.into_iter().flatten().any(|a| update.changes(a)))
    }

    /// Gives an object that goes back to a former version the settings of that, as far as the object before the update has
    /// them.
    pub(super) fn take_version(&self, prior: &Value, state: &mut Value) {
        let Some(versions) = &self.versions else { return };
        let is_prior = prior.attribute(versions.name) == state.attribute(versions.name);
        state.set_attribute(versions.of, if is_prior { prior.attribute(versions.of).clone() } else { Value::Null });
    }

    /// Whether AWS has the version that an interrupted creation made, or was about to make, for an object that it did not
    /// create.
    ///
    /// # Errors
    /// What AWS responded.
    pub(super) async fn left_version(&self, aws: &Regional, record: &Record) -> Result<bool, AwsError> {
        let Some(versions) = &self.versions else { return Ok(false) };
        let read = &versions.kind.read;
        for name in &record.beside {
            let input = Value::object([(versions.member(), Value::from(name.as_str()))]);
            match (read.operation.call)(aws, &input).await {
                Ok(_) => return Ok(true),
                Err(e) if is_one_of(&e, read.not_found) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(false)
    }
}

impl<'a> Run<'a> {
    /// The name of the version that the object asks for; None where it asks for none.
    pub(super) fn version(&self) -> Option<&str> {
        let versions = self.declared.versions.as_ref().filter(|v| !self.state.attribute(v.of).is_null())?;
        self.state.attribute(versions.name).as_str()
    }

    /// Names the version that a new object asks for, whose own name is known now.
    pub(super) fn name_version(&mut self) {
        let Some(versions) = &self.declared.versions else { return };
        if let (true, Some(name)) = (self.version().is_none(), versions.name_for(&self.state)) {
            self.state.set_attribute(versions.name, Value::from(name));
        }
    }

    /// A version as an object of its own.
    fn of_kind(&self, versions: &Versions, name: &str) -> Result<Run<'a>> {
        let region = Value::from(self.aws.region());
        Run::new(versions.kind, self.cx, Value::object([("name", Value::from(name)), ("region", region)]))
    }

    /// Creates the version that the object is about to use. It may be there: an earlier run made it, or the object used it
    /// before.
    ///
    /// # Errors
    /// That somebody else's is there; what AWS responded.
    pub(super) async fn ensure_version(&self) -> Result<()> {
        let (Some(versions), Some(name)) = (&self.declared.versions, self.version()) else { return Ok(()) };
        if [versions.of, versions.name].iter().all(|a| self.prior.attribute(a) == self.state.attribute(a)) {
            return Ok(());
        }
        let (version, create) = (self.of_kind(versions, name)?, &versions.kind.create);
        let settings = to_api(versions.settings(), self.state.attribute(versions.of));
        let mut input = settings.clone();
        input.set_attribute(versions.member(), Value::from(name));
        if let Some(tagging) = versions.kind.tags {
            let mut tags = self.declared.wanted_tags(self.cx.client()?, &self.state);
            tags.insert(versions.tag.to_owned(), versions.owner(&self.state).unwrap_or_default().to_owned());
            input.set_attribute(tagging.sent_as, tagging.to_api(&tags));
        }
        match call(self.cx, &self.aws, &create.operation, &input, version.retry()?).await {
            Ok(_) => Ok(()),
            Err(Failure::Aws(e)) if is_one_of(&e, create.exists) => {
                let found = version.describe().await?.unwrap_or(Value::Null);
                let is_same = Sent::of(&settings, &[]).is_described_by(&found);
                if is_same && self.owns(versions, &version, &found).await? {
                    return Ok(());
                }
                Err(self.taken(versions, &version).into())
            }
            Err(failure) => {
                let attempted = format!("create the {}", version.label);
                let Diags(all) = failure.diags(&attempted, versions.settings(), self.state.attribute(versions.of));
                let below = |path: &Path| Path(Path::of(versions.of).0.into_iter().chain(path.0.clone()).collect());
                Err(Diags(
                    all.into_iter()
                        .map(|diag| {
                            let at = below(&diag.path);
                            diag.at(at)
                        })
                        .collect(),
                ))
            }
        }
    }

    fn taken(&self, versions: &Versions, version: &Run<'_>) -> Diag {
        let Versions { of, tag, .. } = versions;
        let detail = format!(
            "AWS has a {} already. It is not of the content of `{of}`, or does not have the tag `{tag}` that names the {}: somebody \
             else created it, so it is neither used nor deleted. Delete it if nothing uses it, or name it in `{}` instead.",
            version.label, self.label, versions.name
        );
        Diag::error(format!("The {} exists already", versions.kind.noun), detail).at(Path::of(of))
    }

    /// Whether a version's tag says that it is the object's.
    async fn owns(&self, versions: &Versions, version: &Run<'_>, described: &Value) -> Result<bool> {
        let tags = version.remote_tags(described).await?;
        Ok(tags.get(versions.tag).map(String::as_str) == versions.owner(&self.state))
    }

    /// Shows the settings of the version that is described as used, as far as they are known without a call.
    pub(super) fn show_version(&self, description: &Value, value: &mut Value) {
        let Some(versions) = &self.declared.versions else { return };
        let is_used = |object: &&Value| object.attribute(versions.name) == description.attribute(versions.name);
        let known = [&self.state, &self.prior].into_iter().find(is_used);
        value.set_attribute(versions.of, known.map_or(Value::Null, |object| object.attribute(versions.of).clone()));
    }

    /// Looks whether an object whose user names what it uses still uses what has that name. If not, it is shown without a
    /// name, so that the plan has an update.
    pub(super) async fn show_behind(&self, description: &Value, value: &mut Value) {
        let Some(versions) = &self.declared.versions else { return };
        if !value.attribute(versions.of).is_null() || !self.is_behind(versions, description).await {
            return;
        }
        let (noun, name) = (versions.kind.noun, description.attribute(versions.name).as_str().unwrap_or_default());
        let detail = format!(
            "The {noun} {name:?} was created after the last update of the {}, which goes on with the former one of that name. An \
             update deploys the new one.",
            self.label
        );
        self.cx.warn(
            Diag::warning(format!("The {} uses a former {noun}", self.label), detail).at(Path::of(versions.name)),
        );
        value.set_attribute(versions.name, Value::Null);
    }

    /// Whether what the object names was created after the object was changed last. What cannot be looked at is not told.
    async fn is_behind(&self, versions: &Versions, description: &Value) -> bool {
        let Some(name) = description.attribute(versions.name).as_str() else { return false };
        if !statuses::is_done(self.declared.statuses, description) {
            return false;
        }
        let Ok(named) = self.of_kind(versions, name) else { return false };
        let Ok(Some(found)) = named.describe().await else { return false };
        let (changed, created) = (description.attribute(versions.changed), versions.kind.created_in(&found));
        matches!((millis(changed), millis(created)), (Some(changed), Some(created)) if created > changed)
    }

    /// Reads the settings of the version that is used, where they are not known or it may be gone, and what is left of
    /// others. Of an object that names its version itself only an import asks.
    pub(super) async fn read_version(&self, description: &Value, value: &mut Value) -> Result<()> {
        let Some(versions) = &self.declared.versions else { return Ok(()) };
        let name = description.attribute(versions.name).as_str().unwrap_or_default();
        let (known, owner) = (self.state.attribute(versions.of), versions.owner(&self.state).unwrap_or_default());
        if self.imported {
            if Versions::is_version(name, owner) {
                let version = self.of_kind(versions, name)?;
                let found = version.describe().await?.unwrap_or(Value::Null);
                if self.owns(versions, &version, &found).await? {
                    value.set_attribute(versions.of, self.settings_in(versions, &found, true));
                }
            }
            return Ok(());
        }
        if known.is_null() && self.state.attribute(versions.former).is_null() {
            return Ok(());
        }
        let listed = self.listed(versions).await?;
        let is_there =
            listed.iter().any(|item| item.name == name) && self.state.attribute(versions.name).as_str() == Some(name);
        if !known.is_null() && !is_there {
            let found = self.of_kind(versions, name)?.describe().await?.unwrap_or(Value::Null);
            value.set_attribute(versions.of, self.settings_in(versions, &found, false));
        }
        let left = self.unused(versions, listed, Some(description), &self.state).await?;
        value.set_attribute(versions.former, names(&left));
        Ok(())
    }

    /// The settings that a version is described with; null if there is no such version.
    fn settings_in(&self, versions: &Versions, found: &Value, imported: bool) -> Value {
        let inner = self.object.attribute(versions.of).map(|a| &a.kind);
        match inner {
            Some(Kind::Nested(_, inner)) if !found.is_null() => {
                from_api(inner, found, self.state.attribute(versions.of), &versions.reading(imported))
            }
            _ => Value::Null,
        }
    }

    /// What is named as the object's versions are.
    async fn listed(&self, versions: &Versions) -> Result<Vec<Item>> {
        let owner = versions.owner(&self.state).unwrap_or_default();
        // As many as one request may ask for.
        let input =
            Value::object([("name_contains", Value::from(Versions::stem(owner))), ("max_results", Value::from(100))]);
        let verb = format!("list the {}s of", versions.kind.noun);
        let items = self.list(&versions.list, input, versions.items, &verb).await?;
        let arn = versions.kind.create.arn.unwrap_or_default();
        let text = |item: &Value, member: &str| item.attribute(member).as_str().map(str::to_owned);
        let all =
            items.iter().filter_map(|item| Some(Item { name: text(item, versions.member())?, arn: text(item, arn)? }));
        Ok(all.filter(|item| Versions::is_version(&item.name, owner)).collect())
    }

    /// Those of the listed versions that are the object's and that it does not use; without a description there is no object.
    async fn unused(
        &self,
        versions: &Versions,
        listed: Vec<Item>,
        description: Option<&Value>,
        value: &Value,
    ) -> Result<Vec<Item>> {
        // What moves may come back to where it was, and what could not come back may serve two versions.
        if description.is_some_and(|description| !statuses::is_done(self.declared.statuses, description)) {
            return Ok(Vec::new());
        }
        let passed = self.declared.proof.as_ref().map(|proof| value.attribute(proof.passed));
        let used = description.into_iter().flat_map(|d| passed.into_iter().chain([d.attribute(versions.name)]));
        let used: Vec<&Value> = used.collect();
        let mut unused = Vec::new();
        for item in listed.into_iter().filter(|item| !used.iter().any(|name| name.as_str() == Some(&item.name))) {
            let described =
                Value::object(versions.kind.create.arn.map(|member| (member, Value::from(item.arn.as_str()))));
            if self.owns(versions, &self.of_kind(versions, &item.name)?, &described).await? {
                unused.push(item);
            }
        }
        Ok(unused)
    }

    /// Deletes versions. Those that are left are named in `value`.
    async fn delete_versions(&self, versions: &Versions, mut all: Vec<Item>, value: &mut Value) -> Result<()> {
        let super::Delete::By(delete) = &versions.kind.delete else { return Ok(()) };
        value.set_attribute(versions.former, names(&all));
        while let Some(item) = all.pop() {
            let version = self.of_kind(versions, &item.name)?;
            match call(self.cx, &self.aws, &delete.operation, &version.key_input(&delete.operation), NEVER).await {
                Ok(_) => {}
                Err(Failure::Aws(e)) if is_one_of(&e, versions.kind.read.not_found) => {}
                Err(failure) => return Err(version.refused("delete", &failure)),
            }
            value.set_attribute(versions.former, names(&all));
        }
        Ok(())
    }

    /// Deletes the versions that nothing uses. Whether an object uses one is looked at right before.
    async fn sweep(&self, value: &mut Value) -> Result<()> {
        let Some(versions) = &self.declared.versions else { return Ok(()) };
        let mut listed = self.listed(versions).await?;
        listed.retain(|item| value.attribute(versions.name).as_str() != Some(&item.name));
        if listed.is_empty() {
            return Ok(());
        }
        let Some(description) = self.describe().await? else { return Ok(()) };
        let unused = self.unused(versions, listed, Some(&description), value).await?;
        self.delete_versions(versions, unused, value).await
    }

    /// Deletes what interrupted creations left. An error would taint the new object, which is sound.
    pub(super) async fn sweep_after_creation(&self, value: &mut Value) {
        let Some(versions) = &self.declared.versions else { return };
        if let Err(Diags(all)) = self.sweep(value).await {
            all.into_iter().for_each(|diag| self.cx.warn(Diag { severity: Severity::Warning, ..diag }));
        }
        value.set_attribute(versions.former, Value::Null);
    }

    /// Ends an update: what is no longer used goes, also after a rollback. Of what failed the state says what is used.
    pub(super) async fn tidy(&self, updated: Result<Value>) -> Result<Value> {
        match updated {
            Ok(mut value) => match self.sweep(&mut value).await {
                Ok(()) => Ok(value),
                Err(diags) => {
                    self.cx.save(value);
                    Err(diags)
                }
            },
            Err(diags) => {
                let mut value = self.cx.saved().unwrap_or_else(|| self.prior.clone());
                if let Err(more) = self.mend(&mut value).await {
                    // The error that matters is another one, and the next plan shows this.
                    tracing::warn!(?more, "a version of {} is left", self.label);
                }
                self.cx.save(value);
                Err(diags)
            }
        }
    }

    async fn mend(&self, value: &mut Value) -> Result<()> {
        let Some(versions) = &self.declared.versions else { return Ok(()) };
        let name = value.attribute(versions.name).as_str().unwrap_or_default().to_owned();
        if value.attribute(versions.of).is_null() && self.version().is_some() {
            let found = self.of_kind(versions, &name)?.describe().await?.unwrap_or(Value::Null);
            value.set_attribute(versions.of, self.settings_in(versions, &found, false));
        }
        self.sweep(value).await
    }

    /// Deletes all versions of an object that is gone.
    pub(super) async fn remove_versions(&self) -> Result<()> {
        let Some(versions) = self.declared.versions.as_ref().filter(|_| self.may_have_versions()) else {
            return Ok(());
        };
        let all = self.unused(versions, self.listed(versions).await?, None, &Value::Null).await?;
        self.delete_versions(versions, all, &mut self.state.clone()).await
    }

    /// Whether versions are left of an object that is gone. What cannot be looked for may be there.
    pub(super) async fn leaves_versions(&self) -> bool {
        let Some(versions) = self.declared.versions.as_ref().filter(|_| self.may_have_versions()) else { return false };
        let left = async { self.unused(versions, self.listed(versions).await?, None, &Value::Null).await };
        left.await.map_or(true, |left: Vec<Item>| !left.is_empty())
    }

    fn may_have_versions(&self) -> bool {
        let versions = self.declared.versions.as_ref();
        versions.is_some_and(|v| [v.of, v.former].iter().any(|a| !self.state.attribute(a).is_null()))
    }
}

/// The names of versions; null for none.
fn names(all: &[Item]) -> Value {
    if all.is_empty() {
        return Value::Null;
    }
    Value::List(all.iter().map(|item| Value::from(item.name.as_str())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_told_by_the_form_of_its_name() {
        let is = Versions::is_version;
        assert!(is("churn-0123456789abcdef", "churn"));
        for foreign in [
            "churn-0123456789abcde",
            "churn-0123456789ABCDEF",
            "churn-b-0123456789abcdef",
            "churn-0123456789abcdefg",
            "churn",
        ] {
            assert!(!is(foreign, "churn"), "{foreign}");
        }
        let long = "n".repeat(63);
        let name = format!("{}0123456789abcdef", Versions::stem(&long));
        assert_eq!(name.len(), 63);
        assert!(is(&name, &long));
    }
}
