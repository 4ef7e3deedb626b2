//! Resources that are declared: a schema, operations, and tables of statuses, errors and names. One engine gives all of
//! them their life.
//!
//! What AWS's kinds differ in is data: what an object is known by ([`key`]), how it is created, read, changed, deleted
//! ([`Create`], [`Read`], [`UpdateBy`], [`Delete`]), what it does while it exists ([`Activity`]), its statuses, parts that
//! have operations of their own ([`Part`]), jobs that AWS runs for it ([`children`]), its tags, logs and scripts. What cannot be
//! said so is a hook ([`Hooks`]).

mod absence;
pub mod actions;
mod adopt;
mod arns;
mod beside;
pub mod children;
mod collections;
mod companions;
pub(crate) mod constraints;
mod create;
pub mod data;
mod delete;
pub mod descriptions;
mod holds;
pub mod hooks;
mod import;
mod interfaces;
pub mod key;
mod listing;
pub mod lists;
pub mod moves;
mod parts;
mod plan;
pub mod proof;
mod read;
mod resource;
mod run;
pub mod runs;
pub mod shape;
pub mod statuses;
pub mod tagging;
#[cfg(test)]
mod tests;
mod update;
pub mod versions;

use tfplug::schema::{Object, SharedSchema};
use tfplug::value::Value;

pub use self::absence::Absence;
pub use self::adopt::Adopts;
pub use self::beside::{Given, Logs, Scripts, Settings};
use self::children::Children;
pub use self::delete::LOOK;
pub use self::holds::{Counts, Empty, Held};
pub use self::hooks::{Hooks, Plain};
pub use self::interfaces::Interfaces;
use self::key::{ArnForm, Key};
pub use self::listing::{Filter, Listing};
pub use self::moves::MovedFrom;
use self::proof::Proof;
pub(crate) use self::run::millis;
use self::runs::Runs;
use self::statuses::Statuses;
use self::tagging::Tagging;
use self::versions::Versions;
use crate::aws::arn::Arn;
use crate::aws::batch::Batch;
use crate::aws::operation::{ErrorMatch, Operation};

/// Kept with the state of an object whose creation was not waited for to its end: the next apply goes on waiting.
const AWAITED: &str = "awaited";
/// Kept with the state of an imported object that has not been updated since.
const IMPORTED: &str = "imported";
/// The attribute that says whether an apply waits until a job has ended.
const WAIT: &str = "wait_for_completion";
/// The attribute that says whether an object was taken over. See [`Declared::adopts`].
const ADOPTED: &str = "adopted";
/// Kept with the state of an object that is gone while something that was made beside it is not.
const GONE: &str = "gone";

/// A declared resource.
pub struct Declared {
    /// What AWS calls it: `endpoint configuration`.
    pub noun: &'static str,
    /// The schema. Its attributes have the names of the API's members or say which member they stand for; the key's, `arn`
    /// and `region` are among them, and `tags` and `tags_all` where the kind has tags.
    pub schema: fn() -> &'static SharedSchema,
    /// What AWS knows it by.
    pub key: Key,
    /// The form of its ARN.
    pub arn: ArnForm,
    /// What other tools take as its ID, beside its key and its ARN, in the form of [`ArnForm::resource`]:
    /// `{resource_id}|{scalable_dimension}`. `{region}` and `{account_id}` are those of the object; what is not in the key
    /// besides is not looked at, and what the form lacks has its default.
    pub other_ids: &'static [&'static str],
    /// The types of other providers whose objects `moved` blocks can bring here.
    pub moved_from: &'static [MovedFrom],
    /// How it is created.
    pub create: Create,
    /// How it is described.
    pub read: Read,
    /// How it can be changed. What no entry names demands a new object, and is flagged so in the schema.
    pub updates: &'static [UpdateBy],
    /// How it is deleted.
    pub delete: Delete,
    /// Its statuses, the one that decides first. Empty: it is there at once.
    pub statuses: &'static [Statuses],
    /// Statuses of what goes on with it from time to time: a busy one does not keep it from being ready, and is waited for
    /// before it is changed or deleted.
    pub occupied: &'static [Statuses],
    /// What it does while it exists.
    pub activity: Activity,
    /// Going on with it where it failed, if it can.
    pub resume: Option<Resume>,
    /// Jobs that AWS runs for it, and keeps when it is deleted.
    pub children: Option<&'static Children>,
    /// Jobs that AWS runs for it from time to time: their failures are told, and their logs go with it.
    pub runs: Option<&'static Runs>,
    /// Attributes that have operations of their own.
    pub parts: &'static [Part],
    /// What AWS makes with it, and nobody else.
    pub companions: &'static [Companions],
    /// What belongs to it, each with a name and operations of its own.
    pub collections: &'static [Collection],
    /// Computed attributes that are made of a list.
    pub listed: &'static [Listed],
    /// How `terraform query` finds objects of its kind. None: it cannot.
    pub list: Option<&'static Listing>,
    /// Its tags. None: it cannot have any.
    pub tags: Option<&'static Tagging>,
    /// An attribute that leaves the object without tags of its own where it is set.
    pub untagged: Option<&'static str>,
    /// Attributes (`a.b` for nested ones, in lists too) that the description has under another name than the request, with
    /// that name, beside or below the attribute's own place.
    pub described_as: &'static [(&'static str, &'static str)],
    /// Attributes (`a.b` for nested ones) that the description does not have, or where it means something else: they stay as
    /// they are in the state.
    /// After an import, which finds none, what the configuration sets is taken over as it is.
    pub not_described: &'static [&'static str],
    /// Attributes (`a.b` for nested ones, in lists too) that AWS fills in by itself where the user leaves them out: they
    /// are planned null, not unknown, and while the state has none, what AWS says there is not shown, for it is no drift.
    /// An import shows them. In the schema they are optional and computed, so that they stay then. `a.*` stands for all optional and
    /// computed ones inside of `a`.
    pub server_defaults: &'static [&'static str],
    /// Whether an object of the planned key that exists already may be taken over, as it may be AWS that makes it first. The
    /// attribute `adopted` says whether it was; then a destroy leaves it alone unless `on_destroy` says otherwise.
    pub adopts: Option<Adopts>,
    /// The test that it has to pass after each creation and update, where the user asks for one.
    pub proof: Option<Proof>,
    /// Settings of it that are in immutable objects of another kind, which the engine makes and deletes.
    pub versions: Option<Versions>,
    /// What may delete it and create it again later, while the state stays.
    pub absence: Option<Absence>,
    /// The network interfaces that SageMaker makes in the user's VPC for it, or for what uses it. None: there are none.
    pub interfaces: Option<&'static Interfaces>,
    /// The logs that AWS writes for it.
    pub logs: Option<Logs>,
    /// The scripts that the provider stores for it: its schema has `source_code`.
    pub scripts: Option<&'static Scripts>,
    /// What is special about it.
    pub hooks: &'static dyn Hooks,
    /// Members of the API's operations that are no attributes, with the reason.
    pub omitted: &'static [(&'static str, &'static str)],
}

impl Declared {
    /// An object that is known by its name, with nothing special about it; to be completed by `..Declared::named(...)`.
    pub const fn named(
        noun: &'static str,
        schema: fn() -> &'static SharedSchema,
        arn: ArnForm,
        create: Create,
        read: Read,
        delete: Delete,
    ) -> Self {
        Self {
            noun,
            schema,
            key: key::NAME,
            arn,
            other_ids: &[],
            moved_from: &[],
            create,
            read,
            updates: &[],
            delete,
            statuses: &[],
            occupied: &[],
            activity: Activity::None,
            resume: None,
            children: None,
            runs: None,
            parts: &[],
            companions: &[],
            collections: &[],
            listed: &[],
            list: None,
            tags: None,
            untagged: None,
            described_as: &[],
            not_described: &[],
            server_defaults: &[],
            adopts: None,
            proof: None,
            versions: None,
            absence: None,
            interfaces: None,
            logs: None,
            scripts: None,
            hooks: &Plain,
            omitted: &[],
        }
    }

    /// Whether the object is a job, which runs once: such resources have the attributes `wait_for_completion`, `triggers`
    /// and `on_destroy`.
    pub fn is_job(&self) -> bool {
        matches!(self.activity, Activity::Job(_))
    }

    /// The type's name in Terraform.
    pub fn type_name(&self) -> String {
        format!("mlops_{}", (self.schema)().name)
    }

    /// The schema of its attributes.
    pub fn object(&self) -> &'static Object {
        &(self.schema)().object
    }

    /// Its operations, but for those of tags, of children, of versions and of `terraform query`.
    pub fn operations(&self) -> Vec<Operation> {
        let mut all = vec![self.create.operation, self.read.operation];
        all.extend(self.updates.iter().map(|by| by.operation));
        all.extend(self.parts.iter().flat_map(|part| [part.read, part.write, part.delete]));
        all.extend(self.companions.iter().flat_map(|c| [c.list, c.write]));
        all.extend(self.collections.iter().flat_map(|c| [c.list, c.write, c.delete]));
        all.extend(self.listed.iter().map(|listed| listed.list));
        all.extend(self.resume.iter().map(|resume| resume.operation));
        all.extend(self.runs.iter().map(|runs| runs.list));
        all.extend(self.key.found_by.iter().map(|by| by.list));
        if let Delete::By(by) = &self.delete {
            all.push(by.operation);
            all.extend(by.empty.iter().flat_map(|empty| Held::operations(empty.holds)));
        }
        match &self.activity {
            Activity::Power(power) => all.extend([power.start, power.stop]),
            Activity::Job(stop) => all.push(stop.operation),
            Activity::None => {}
        }
        all
    }

    /// Makes of the schema's attributes the arguments of a request that something else sends, such as an execution of a pipeline:
    /// what AWS demands of them is demanded here, too, and what it requires has no default of the provider's to rely on.
    pub fn arguments(&self, object: &mut Object) {
        constraints::add(self, object);
        constraints::require(self, object);
    }

    /// The key that is in an object's ARN: the ARN itself, or what its form says.
    fn key_in(&self, arn: &str) -> Option<Vec<(&'static str, String)>> {
        let resource = Arn::parse(arn).ok()?.resource;
        let parts = self.arn.parse(&resource)?;
        if self.key.attribute == "arn" {
            return Some(vec![("arn", arn.to_owned())]);
        }
        if !self.arn.names(&self.key) {
            return None;
        }
        Some(parts.into_iter().map(|(attribute, value)| (attribute, value.to_owned())).collect())
    }

    /// The ARN in a response; null if it has none.
    fn arn_in<'a>(&self, response: &'a Value) -> &'a Value {
        self.create.arn.map_or(&Value::Null, |member| response.attribute(member))
    }

    /// When an object was created, from its description or its state; null if nothing says so.
    fn created_in<'a>(&self, object: &'a Value) -> &'a Value {
        self.read.created.map_or(&Value::Null, |member| object.attribute(member))
    }
}

/// How an object is created.
#[derive(Clone, Copy, Debug)]
pub struct Create {
    /// The operation.
    pub operation: Operation,
    /// The member that holds the ARN, in its response and in descriptions.
    pub arn: Option<&'static str>,
    /// Errors that say that the key is taken.
    pub exists: &'static [ErrorMatch],
    /// Errors of creation and update that pass by themselves within minutes, such as that a role cannot be assumed yet.
    /// An error that a wrong configuration meets, too, ends the apply after `propagation_timeout`.
    pub retryable: &'static [ErrorMatch],
}

/// How an object is described.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    /// The operation.
    pub operation: Operation,
    /// Where in the response the description is, if it is not the response itself: `workteam`, or `metric_alarms[0]` where
    /// a list with no element says that there is no such object.
    pub within: Option<&'static str>,
    /// Errors that say that it does not exist.
    pub not_found: &'static [ErrorMatch],
    /// The member that says when it was created.
    pub created: Option<&'static str>,
    /// How a refresh reads many by one call.
    pub batch: Option<&'static Batch>,
}

impl Read {
    /// By a Describe operation whose response is the description itself.
    pub const fn by(operation: Operation, not_found: &'static [ErrorMatch]) -> Self {
        Self { operation, within: None, not_found, created: Some("creation_time"), batch: None }
    }
}

/// One way of changing an object.
#[derive(Clone, Copy, Debug)]
pub struct UpdateBy {
    /// The operation.
    pub operation: Operation,
    /// It is sent these attributes (`a.b` for one of a nested object), besides the key.
    pub send: &'static [&'static str],
    /// It is called when one of these attributes changes; empty: one of those that are sent.
    pub when: &'static [&'static str],
    /// Whether AWS takes it of a job only while that runs: later, a change demands a new job.
    pub while_running: bool,
    /// Whether it is sent only those of them that change: others may have been changed since by somebody else. What does not
    /// call it says how to update, and is sent always.
    pub partial: bool,
    /// Those of them that the creation does not take: it is called after the creation where the user sets one.
    pub after_create: &'static [&'static str],
    /// What it is sent where an attribute is to become null. What is not sent AWS leaves as it is.
    pub clear: &'static [Clear],
    /// Attributes of which it takes the differences only.
    pub deltas: &'static [Delta],
    /// Makes of its input, and of what is described, the inputs of the calls that are still needed, where AWS takes only some
    /// changes at a time. None: the input is sent as it is.
    pub split: Option<fn(&Value, &Value) -> Vec<Value>>,
}

impl UpdateBy {
    /// An operation that takes attributes as they are to be.
    pub const fn new(operation: Operation, send: &'static [&'static str]) -> Self {
        Self {
            operation,
            send,
            when: &[],
            while_running: false,
            partial: false,
            after_create: &[],
            clear: &[],
            deltas: &[],
            split: None,
        }
    }

    /// The attributes whose change calls it.
    pub fn triggers(&self) -> impl Iterator<Item = &'static str> {
        let when = if self.when.is_empty() { self.send } else { self.when };
        when.iter().copied().chain(self.deltas.iter().map(|d| d.attribute))
    }
}

/// How an attribute that is to become null is cleared in AWS.
#[derive(Clone, Copy, Debug)]
pub struct Clear {
    /// The attribute.
    pub attribute: &'static str,
    /// A member that is sent as true. None: the attribute's own member is sent empty.
    pub flag: Option<&'static str>,
}

impl Clear {
    /// By sending it empty.
    pub const fn empty(attribute: &'static str) -> Self {
        Self { attribute, flag: None }
    }

    /// By a member that is sent as true.
    pub const fn flag(attribute: &'static str, flag: &'static str) -> Self {
        Self { attribute, flag: Some(flag) }
    }
}

/// An attribute of which an update takes what is added and what is removed.
#[derive(Clone, Copy, Debug)]
pub struct Delta {
    /// The attribute: a list, set or map.
    pub attribute: &'static str,
    /// The member that takes the new or changed elements.
    pub added: &'static str,
    /// The member that takes the keys of removed elements. None: what is there cannot be removed, and a new object is
    /// made instead.
    pub removed: Option<&'static str>,
    /// The member that tells objects of a list apart. Their order then means nothing: it is the state's, whatever order
    /// AWS describes them in; and where nothing can be removed, those that the state does not have are somebody else's and
    /// not shown.
    pub by: Option<&'static str>,
}

impl Delta {
    /// By the members that take what is added and what is removed.
    pub const fn new(attribute: &'static str, added: &'static str, removed: &'static str) -> Self {
        Self { attribute, added, removed: Some(removed), by: None }
    }

    /// By the member that takes what is added; nothing can be removed.
    pub const fn added(attribute: &'static str, added: &'static str) -> Self {
        Self { attribute, added, removed: None, by: None }
    }
}

/// How an object is deleted.
#[derive(Clone, Copy, Debug)]
pub enum Delete {
    /// By an operation.
    By(DeleteBy),
    /// AWS keeps it for ever, with its name; a destroy ends what it does and forgets it.
    Never,
}

/// A deletion by an operation.
#[derive(Clone, Copy, Debug)]
pub struct DeleteBy {
    /// The operation.
    pub operation: Operation,
    /// Errors of updates and deletions that say that something is going on with the object, which ends by itself.
    pub in_use: &'static [ErrorMatch],
    /// What it holds and AWS wants gone before.
    pub empty: Option<&'static Empty>,
    /// Attributes that it is sent besides the key, with the members (`a.b` for one of a structure) that they are sent as.
    pub send: &'static [(&'static str, &'static str)],
}

impl Delete {
    /// By an operation.
    pub const fn by(operation: Operation, in_use: &'static [ErrorMatch]) -> Self {
        Self::By(DeleteBy { operation, in_use, empty: None, send: &[] })
    }

    /// Errors that say that something is going on with the object.
    pub fn in_use(&self) -> &'static [ErrorMatch] {
        match self {
            Self::By(by) => by.in_use,
            Self::Never => &[],
        }
    }
}

/// What an object does while it exists.
#[derive(Clone, Copy, Debug)]
pub enum Activity {
    /// Nothing that has to be ended.
    None,
    /// It runs once, to its end.
    Job(Stop),
    /// It runs until it is stopped, and can be started again; the user may say which of them.
    Power(Power),
}

/// Stopping a job.
#[derive(Clone, Copy, Debug)]
pub struct Stop {
    /// The operation.
    pub operation: Operation,
    /// Errors that say that there is nothing to stop.
    pub not_running: &'static [ErrorMatch],
}

/// Going on with a job that failed: the same job, not another one.
#[derive(Clone, Copy, Debug)]
pub struct Resume {
    /// The attribute that says how often an apply does so.
    pub times: &'static str,
    /// The status that it goes on from.
    pub from: &'static str,
    /// The operation.
    pub operation: Operation,
}

/// Starting and stopping. The wanted status is the attribute of the first of the statuses.
#[derive(Clone, Copy, Debug)]
pub struct Power {
    /// Starts it.
    pub start: Operation,
    /// Stops it.
    pub stop: Operation,
    /// The status while it runs.
    pub on: &'static str,
    /// The status while it does not.
    pub off: &'static str,
    /// Whether it must be off to be updated and deleted.
    pub rests: bool,
}

/// An attribute that has operations of its own.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The attribute.
    pub attribute: &'static str,
    /// The member of the reading answer and of the writing input that holds it.
    pub member: &'static str,
    /// Reads it.
    pub read: Operation,
    /// Writes it.
    pub write: Operation,
    /// Removes it.
    pub delete: Operation,
    /// Errors that say that there is none.
    pub not_found: &'static [ErrorMatch],
}

/// What AWS makes with an object, and what can only be set: elements of a list attribute, which the user may leave out.
#[derive(Clone, Copy, Debug)]
pub struct Companions {
    /// The attribute: a list of objects, each with the members that the writing operation takes.
    pub attribute: &'static str,
    /// What AWS calls one: `alert`.
    pub noun: &'static str,
    /// The attribute and member that tells them apart. The user may leave it out where it is clear.
    pub by: &'static str,
    /// Lists them.
    pub list: Operation,
    /// The member of the response that has the list.
    pub items: &'static str,
    /// Sets one.
    pub write: Operation,
}

/// Objects that belong to an object, each with a name and operations of its own, which go with the object: a map attribute.
#[derive(Clone, Copy)]
pub struct Collection {
    /// The attribute: a map of objects by their names, each with the members that the writing operation takes.
    pub attribute: &'static str,
    /// What AWS calls one: `scaling policy`.
    pub noun: &'static str,
    /// The member that holds the name.
    pub by: &'static str,
    /// Lists them.
    pub list: Operation,
    /// The member of the response that has the list.
    pub items: &'static str,
    /// Makes or changes one. AWS keeps what a change leaves out, so an element that loses an attribute is made anew.
    pub write: Operation,
    /// Adds to what is written the members that follow from the others.
    pub complete: fn(&mut Value),
    /// Deletes one.
    pub delete: Operation,
    /// Errors that say that there is none.
    pub not_found: &'static [ErrorMatch],
    /// As [`Declared::server_defaults`], of an element.
    pub server_defaults: &'static [&'static str],
}

/// A computed attribute that is made of what a list operation says of the object.
#[derive(Clone, Copy)]
pub struct Listed {
    /// The attribute.
    pub attribute: &'static str,
    /// Lists the items. It is sent the object's key.
    pub list: Operation,
    /// The order that is asked for: `Ascending` or `Descending`.
    pub order: &'static str,
    /// Whether the first item is all that matters.
    pub first: bool,
    /// The member of the response that has the list.
    pub items: &'static str,
    /// The attribute's value.
    pub value: fn(&[Value]) -> Value,
}
