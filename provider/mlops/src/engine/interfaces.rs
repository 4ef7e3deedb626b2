//! The network interfaces that SageMaker makes in the user's VPC. They stay for minutes after the end of what they were made for, and
//! until they are gone their security groups and subnets cannot be deleted, so a destroy waits for them.
//!
//! Sources: github.com/hashicorp/terraform-provider-aws issues 26090 and 34397, and
//! github.com/aws-cloudformation/cloudformation-coverage-roadmap issue 1327, on interfaces that stay; descriptions of those of notebook
//! instances and Studio as published tools that sort interfaces have them. What AWS writes into those of jobs and endpoints is not
//! documented, so nothing here is an error: an object is gone, whatever becomes of its interfaces.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tfplug::context::Stop;
use tfplug::diag::Diag;
use tfplug::value::Value;

use super::run::{Run, millis};
use crate::aws::ec2::NetworkInterface;
use crate::aws::operation::{ErrorMatch, Failure, NEVER, Operation, call, is_one_of, list};

/// Network interfaces that SageMaker makes for an object.
#[derive(Clone, Copy, Debug)]
pub struct Interfaces {
    /// The attributes, as paths, in lists too, that have the IDs of subnets. Where none is set there are no interfaces.
    pub subnets: &'static [&'static str],
    /// The attributes, as paths, in lists too, that have the IDs of security groups.
    pub groups: &'static [&'static str],
    /// The attribute that has the ID of the interface, where AWS tells it.
    pub id: Option<&'static str>,
    /// The attribute that says when a job ended: of one that ended long ago nothing is on its way.
    pub ended: Option<&'static str>,
    /// Whether they are made for what uses the object, such as the endpoints of a model: those that this process ended before.
    pub of_users: bool,
    /// Whether the object uses others that have its network: these wait for its interfaces, as they are destroyed next.
    pub is_user: bool,
    /// Lists the interfaces in one of the `subnet_ids` and one of the `group_ids`.
    pub list: Operation,
    /// The member of the response that has the list.
    pub items: &'static str,
    /// Deletes the one with the `network_interface_id`.
    pub delete: Operation,
    /// Errors of the deletion that say that it does not exist.
    pub not_found: &'static [ErrorMatch],
    /// Errors of the deletion that say that it is used: SageMaker may be about to delete it itself.
    pub in_use: &'static [ErrorMatch],
}

/// The attribute by which the user says whether interfaces that were left behind are deleted.
pub(crate) const DELETES: &str = "delete_vpc_enis_on_destroy";

/// First pause between two looks.
const SHORTEST: Duration = Duration::from_secs(1);
/// Longest pause between two looks.
const LONGEST: Duration = Duration::from_secs(15);
/// How long interfaces that name nobody are waited for while nothing happens to them: they may be somebody else's.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long after its end a job's interfaces may still go by themselves, in milliseconds.
const LONG_AGO: i64 = 3_600_000;

/// Whose an interface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// The object's: it names it.
    Own,
    /// It may be the object's: SageMaker made it, and it names nobody.
    Unnamed,
    /// Somebody else's.
    Other,
}

/// What is looked for, and what was seen of it.
struct Watch {
    of: &'static Interfaces,
    groups: Vec<String>,
    subnets: Vec<String>,
    /// Kinds and names that may be in descriptions.
    names: Vec<(&'static str, String)>,
    id: Option<String>,
    /// When the object was created, in milliseconds since 1970: what was attached before is another one's.
    created: Option<i64>,
    deletes: bool,
    /// Why no more is deleted.
    refused: Option<String>,
    /// Interfaces that were seen in use: they were released since.
    used: BTreeSet<String>,
    /// The unnamed ones at the last change, and when that was.
    unnamed: (BTreeMap<String, String>, Duration),
}

impl Watch {
    fn owner(&self, interface: &NetworkInterface) -> Owner {
        if self.id.as_deref() == Some(interface.id.as_str()) {
            return Owner::Own;
        }
        let text = interface.description.to_ascii_lowercase();
        if !interface.requester_id.to_ascii_lowercase().contains("sagemaker") && !text.contains("sagemaker") {
            return Owner::Other;
        }
        if self.names.iter().any(|(noun, name)| is_named(&text, noun, &name.to_ascii_lowercase())) {
            return Owner::Own;
        }
        let attached = millis(&Value::from(interface.attached.as_str()));
        let before = matches!((self.created, attached), (Some(created), Some(attached)) if attached < created);
        // AWS's own wordings say whom an interface is for.
        if before || text.contains(" for ") { Owner::Other } else { Owner::Unnamed }
    }

    /// Whether nothing has happened to the unnamed ones for so long that they are not waited for.
    fn is_idle(&mut self, unnamed: &[&NetworkInterface], now: Duration) -> bool {
        let seen = unnamed.iter().map(|i| (i.id.clone(), i.status.clone())).collect();
        if self.unnamed.0 != seen {
            self.unnamed = (seen, now);
        }
        now.saturating_sub(self.unnamed.1) >= PATIENCE
    }
}

/// Words for kinds of objects, of which a description may have one.
const KINDS: [&str; 7] = ["domain", "endpoint", "labeling", "notebook", "processing", "training", "transform"];

/// Whether a description names an object of a kind. An object of another kind may have the same name. A name that is a mere word
/// counts only where names stand: at the end, or in brackets.
fn is_named(description: &str, noun: &str, name: &str) -> bool {
    let beside = description.replace(name, "");
    let kinds = || KINDS.iter().filter(|kind| beside.contains(**kind));
    if kinds().next().is_some() && !kinds().any(|kind| noun.contains(kind)) {
        return false;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let distinct = name.contains(|c: char| c.is_ascii_digit() || c == '-');
    !name.is_empty()
        && description.match_indices(name).any(|(at, found)| {
            let (before, after) = (&description[..at], &description[at + found.len()..]);
            let whole = !before.ends_with(is_part) && !after.starts_with(is_part);
            whole && (distinct || after.trim().is_empty() || before.ends_with('('))
        })
}

/// The texts at a path, in lists and sets too.
fn texts_at(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    if let Some(elements) = value.as_elements() {
        elements.iter().for_each(|element| texts_at(element, path, found));
    } else if path.is_empty() {
        found.extend(value.as_str().map(str::to_owned));
    } else {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        texts_at(value.attribute(first), rest, found);
    }
}

/// An interface, as the list has it.
fn read(item: &Value) -> NetworkInterface {
    let member = |name: &str| item.attribute(name).as_str().unwrap_or_default().to_owned();
    NetworkInterface {
        id: member("network_interface_id"),
        status: member("status"),
        description: member("description"),
        requester_id: member("requester_id"),
        attached: member("attach_time"),
    }
}

fn listed(interfaces: &[NetworkInterface]) -> String {
    interfaces.iter().map(|i| format!("{} ({})", i.id, i.status)).collect::<Vec<_>>().join(", ")
}

impl Run<'_> {
    /// After the end of an object: waits until the interfaces are gone that SageMaker made for it, and deletes those that it left
    /// behind, if the user wants that.
    pub(super) async fn see_interfaces_gone(&self) {
        let Some(interfaces) = self.declared.interfaces else { return };
        let name = self.declared.key.id(&self.state);
        if let Some(name) = name.as_ref().filter(|_| interfaces.is_user) {
            self.aws.note_end(self.declared.noun, name);
        }
        let all = |paths: &[&str]| {
            let mut found = BTreeSet::new();
            paths.iter().for_each(|path| texts_at(&self.state, path, &mut found));
            found.into_iter().collect::<Vec<_>>()
        };
        let subnets = all(interfaces.subnets);
        let users = if interfaces.of_users { self.aws.ended() } else { Vec::new() };
        // What nobody used has none.
        if subnets.is_empty() || (interfaces.of_users && users.is_empty()) {
            return;
        }
        let watch = Watch {
            of: interfaces,
            groups: all(interfaces.groups),
            subnets,
            names: name.map(|name| (self.declared.noun, name)).into_iter().chain(users).collect(),
            id: interfaces.id.and_then(|id| self.state.attribute(id).as_str()).map(str::to_owned),
            created: millis(self.state.attribute("creation_time")),
            deletes: self.state.attribute(DELETES).as_bool() == Some(true),
            refused: None,
            used: BTreeSet::new(),
            unnamed: (BTreeMap::new(), self.cx.elapsed()),
        };
        let ended = interfaces.ended.and_then(|ended| millis(self.state.attribute(ended)));
        let is_past = ended.is_some_and(|ended| self.aws.now() - ended > LONG_AGO);
        self.watch(watch, is_past).await;
    }

    async fn watch(&self, mut watch: Watch, is_past: bool) {
        let started = self.cx.elapsed();
        let mut left = Vec::new();
        let mut pause = SHORTEST;
        let stop = loop {
            let Some(found) = self.cx.unless_cancelled(Duration::ZERO, self.find_interfaces(&watch)).await else {
                break Stop::Cancelled;
            };
            let found = match found {
                Ok(found) => found,
                Err(Failure::Stopped(stop, _)) => break stop,
                Err(failure) => return self.cannot_look(&watch, &left, &failure),
            };
            left = found.iter().filter(|i| watch.owner(i) == Owner::Own).cloned().collect();
            let unnamed: Vec<_> = found.iter().filter(|i| watch.owner(i) == Owner::Unnamed).collect();
            let idle = watch.is_idle(&unnamed, self.cx.elapsed()) || is_past;
            // Of those that name nobody, only what was released in front of our eyes is left behind.
            let released = unnamed.iter().filter(|i| watch.used.contains(&i.id)).map(|i| (*i).clone());
            let available = left.iter().cloned().chain(released).filter(|i| i.status == "available").collect();
            let deleted = self.delete_interfaces(&mut watch, available).await;
            left.retain(|i| !deleted.contains(&i.id));
            watch.used.extend(found.iter().filter(|i| i.status == "in-use").map(|i| i.id.clone()));
            if left.is_empty() && (idle || unnamed.iter().all(|i| deleted.contains(&i.id))) {
                return self.tell_refusal(&watch);
            }
            if is_past {
                break Stop::DeadlinePassed;
            }
            tracing::info!(
                left = left.len(),
                unnamed = unnamed.len(),
                "{}: waiting for network interfaces to go",
                self.label
            );
            if let Err(stop) = self.cx.pause(pause).await {
                break stop;
            }
            pause = (pause * 3 / 2).min(LONGEST);
        };
        self.tell_refusal(&watch);
        if !left.is_empty() {
            let waited = tfplug::duration::format(Duration::from_secs((self.cx.elapsed() - started).as_secs()));
            let end = match stop {
                Stop::Cancelled => "Terraform was interrupted while it waited for them to go.".to_owned(),
                Stop::DeadlinePassed if is_past => "They are from before, and go by themselves no more.".to_owned(),
                Stop::DeadlinePassed => format!("The destroy waited {waited} for them, as long as `timeouts` allows."),
            };
            self.cx.warn(self.left_behind(&watch, &left, &end));
        }
    }

    /// All interfaces in the object's network.
    async fn find_interfaces(&self, watch: &Watch) -> Result<Vec<NetworkInterface>, Failure> {
        let ids = |texts: &[String]| Value::List(texts.iter().map(|text| Value::from(text.as_str())).collect());
        let input = Value::object([("group_ids", ids(&watch.groups)), ("subnet_ids", ids(&watch.subnets))]);
        let found = list(self.cx, &self.aws, &watch.of.list, input, watch.of.items).await?;
        Ok(found.iter().map(read).collect())
    }

    /// Deletes interfaces if the user wants it, and tells which of them are gone.
    async fn delete_interfaces(&self, watch: &mut Watch, available: Vec<NetworkInterface>) -> BTreeSet<String> {
        let mut gone = BTreeSet::new();
        for interface in available {
            if !watch.deletes || watch.refused.is_some() {
                break;
            }
            let input = Value::object([("network_interface_id", Value::from(interface.id.as_str()))]);
            match call(self.cx, &self.aws, &watch.of.delete, &input, NEVER).await {
                Ok(_) => drop(gone.insert(interface.id)),
                Err(Failure::Aws(e)) if is_one_of(&e, watch.of.not_found) => drop(gone.insert(interface.id)),
                // If it is not gone soon, the next look finds it again.
                Err(Failure::Aws(e)) if is_one_of(&e, watch.of.in_use) => {}
                Err(Failure::Aws(e) | Failure::Persistent(e, ..)) => {
                    watch.refused = Some(e.diag("delete it").detail);
                }
                Err(Failure::Stopped(..)) => break,
            }
        }
        gone
    }

    /// Interfaces that cannot be seen are not waited for: a policy may not allow it, a network may not lead to EC2.
    fn cannot_look(&self, watch: &Watch, left: &[NetworkInterface], failure: &Failure) {
        let why = match failure {
            Failure::Aws(e) | Failure::Persistent(e, ..) => e.diag("look").detail,
            Failure::Stopped(..) => String::new(),
        };
        tracing::info!(%why, "{}: network interfaces cannot be looked for", self.label);
        if watch.deletes || !left.is_empty() {
            let end = format!("They could not be looked for: {why}");
            self.cx.warn(self.left_behind(watch, left, &end));
        }
    }

    fn tell_refusal(&self, watch: &Watch) {
        if let Some(why) = &watch.refused {
            let detail = format!(
                "`{DELETES}` is set, and a network interface that SageMaker made for the {} could not be deleted: {why}",
                self.label
            );
            self.cx.warn(Diag::warning("Could not delete a network interface", detail));
        }
    }

    fn left_behind(&self, watch: &Watch, left: &[NetworkInterface], end: &str) -> Diag {
        let what = match left.len() {
            0 => "Network interfaces that SageMaker made for it may still be in the VPC.".to_owned(),
            _ => format!("Network interfaces that SageMaker made for it are still in the VPC: {}.", listed(left)),
        };
        let of = |what: &str, ids: &[String]| match ids.is_empty() {
            true => String::new(),
            false => format!("{what} {}", ids.join(", ")),
        };
        let places = [of("security groups", &watch.groups), of("subnets", &watch.subnets)];
        let places = places.into_iter().filter(|place| !place.is_empty()).collect::<Vec<_>>().join(" and ");
        let detail = format!(
            "The {} is gone. {what} {end}\n\nUntil they are gone, the {places} cannot be deleted: EC2 responds with \
             DependencyViolation. SageMaker deletes them by itself, usually within minutes; then run `terraform destroy` again. One \
             that stays `available` is left behind: `aws ec2 delete-network-interface --network-interface-id ID` deletes it.",
            self.label
        );
        Diag::warning(format!("Network interfaces of the {} may still be there", self.label), detail)
    }
}

#[cfg(test)]
mod tests;
