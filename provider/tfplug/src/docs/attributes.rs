//! The attributes of an object: three groups, then one section for each nested object.

use std::collections::{BTreeMap, BTreeSet};

use crate::schema::{Attribute, Kind, Mode, Nesting, Object, Rule, Text, Type};
use crate::validator::Validator;
use crate::value::Value;

/// Appends the section that describes every attribute; of a resource's also whether it is known in a plan.
pub(super) fn render(page: &mut String, object: &Object, is_planned: bool) {
    page.push_str("\n## Argument Reference\n");
    let mut shown = Shown::default();
    let side = if is_planned { Side::Planned } else { Side::Read };
    groups(page, object, &[], side, None);
    nested_sections(page, object, &mut Vec::new(), side, Some(&mut shown));
}

/// Whose the attributes of an object are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// The user's and the provider's, each in its own attributes; a plan says what they will be.
    Planned,
    /// The same, without a plan.
    Read,
    /// The provider's alone, whatever their own flags say.
    ReadOnly,
}

impl Side {
    /// Inside of what the provider alone sets, everything is read-only.
    fn inside(self, a: &Attribute) -> Self {
        if a.mode == Mode::Computed { Self::ReadOnly } else { self }
    }

    fn mode(self, a: &Attribute) -> Mode {
        if self == Self::ReadOnly { Mode::Computed } else { a.mode }
    }
}

/// More lines than these are not shown twice on a page.
const REPEATED: usize = 10;

/// What a page shows by now of nested objects.
#[derive(Default)]
struct Shown {
    /// Whole objects: what is said of each, and where.
    objects: BTreeMap<String, String>,
    /// The lines of attributes, with a link to where they are.
    lines: Vec<(String, BTreeSet<String>)>,
}

impl Shown {
    /// A link to what says all of this already, if it is much. Otherwise it is shown at the path from now on.
    fn object(&mut self, said: String, path: &[&str]) -> Option<String> {
        let long = said.lines().filter(|line| !line.is_empty()).count() > REPEATED;
        match self.objects.get(&said).filter(|_| long) {
            Some(first) => Some(first.clone()),
            None => {
                self.objects.insert(said, link(path));
                None
            }
        }
    }

    /// Of the lines of one group, those that one object has already, if they are many, and a link to it. With those of
    /// another group and the headings they would soon be more than may be repeated.
    fn earlier(&self, lines: &[String]) -> Option<(&str, &BTreeSet<String>)> {
        let count = |known: &BTreeSet<String>| lines.iter().filter(|line| known.contains(*line)).count();
        let most = self.lines.iter().rev().max_by_key(|(_, known)| count(known));
        most.filter(|(_, known)| count(known) > REPEATED / 2).map(|(link, known)| (link.as_str(), known))
    }
}

/// A link to the section of a nested object.
fn link(path: &[&str]) -> String {
    format!("[`{}`](#{})", path.join("."), anchor(path))
}

/// All that is said of a nested object, wherever it is.
fn whole(inner: &Object, path: &[&str], side: Side) -> String {
    let mut text = String::new();
    groups(&mut text, inner, path, side, None);
    nested_sections(&mut text, inner, &mut path.to_vec(), side, None);
    text.replace(&anchor(path), "#").replace(&format!("`{}", path.join(".")), "`#")
}

/// Without `shown` nothing is left out.
fn groups(page: &mut String, object: &Object, path: &[&str], side: Side, mut shown: Option<&mut Shown>) {
    let mut said = BTreeSet::new();
    for (i, title) in ["Required", "Optional", "Read-Only"].into_iter().enumerate() {
        let mut members: Vec<&Attribute> = object.attributes.iter().filter(|a| group(side.mode(a)) == i).collect();
        if members.is_empty() {
            continue;
        }
        members.sort_by(|a, b| a.name.cmp(&b.name));
        let heading = if path.is_empty() { format!("\n### {title}\n\n") } else { format!("\n{title}:\n\n") };
        page.push_str(&heading);
        if title == "Read-Only" && side == Side::Planned {
            page.push_str(&format!("{}\n\n", known_in_the_plan(&members)));
        }
        let lines: Vec<String> = members.iter().map(|a| line(a, path, side)).collect();
        let earlier = shown.as_deref().and_then(|shown| shown.earlier(&lines));
        let is_earlier = |line: &String| earlier.is_some_and(|(_, known)| known.contains(line));
        let (again, new): (Vec<_>, Vec<_>) = members.iter().zip(&lines).partition(|(_, line)| is_earlier(line));
        new.iter().for_each(|(_, line)| page.push_str(line));
        if let Some((link, _)) = earlier {
            let names: Vec<String> = again.iter().map(|(a, _)| format!("`{}`", a.name)).collect();
            page.push_str(&format!("- {}: the same as in {link}.\n", enumeration(&names, "and")));
        }
        said.extend(lines);
    }
    if let Some(shown) = &mut shown {
        shown.lines.push((link(path), said));
    }
    if !object.rules.is_empty() && side != Side::ReadOnly {
        page.push_str(if path.is_empty() { "\n### Constraints\n\n" } else { "\nConstraints:\n\n" });
        for r in &object.rules {
            page.push_str(&format!("- {}\n", rule(r)));
        }
    }
}

/// Which of the attributes that the provider sets the plan of a new resource knows.
fn known_in_the_plan(members: &[&Attribute]) -> String {
    let known: Vec<String> = members.iter().filter(|a| a.planned).map(|a| format!("`{}`", a.name)).collect();
    let (are, they) = if known.len() == 1 { ("is", "it follows") } else { ("are", "they follow") };
    match members.len() - known.len() {
        _ if known.is_empty() => "Known after apply.".to_owned(),
        0 => format!("Known in the plan of a new resource, as soon as what {they} from is."),
        _ => format!(
            "In the plan of a new resource {} {are} known, as soon as what {they} from is; the rest after apply.",
            enumeration(&known, "and")
        ),
    }
}

fn group(mode: Mode) -> usize {
    match mode {
        Mode::Required => 0,
        Mode::Optional | Mode::OptionalComputed => 1,
        Mode::Computed => 2,
    }
}

fn nested_sections<'a>(
    page: &mut String,
    object: &'a Object,
    path: &mut Vec<&'a str>,
    side: Side,
    mut shown: Option<&mut Shown>,
) {
    let mut members: Vec<&Attribute> = object.attributes.iter().collect();
    members.sort_by(|a, b| a.name.cmp(&b.name));
    for a in members {
        if let Kind::Nested(_, inner) = &a.kind {
            path.push(&a.name);
            page.push_str(&format!("\n<a id=\"{}\"></a>\n### Nested Schema for `{}`\n", anchor(path), path.join(".")));
            let side = side.inside(a);
            if let Some(shown) = &mut shown
                && let Some(first) = shown.object(whole(inner, path, side), path)
            {
                page.push_str(&format!("\nThe same as {first}.\n"));
            } else {
                groups(page, inner, path, side, shown.as_deref_mut());
                nested_sections(page, inner, path, side, shown.as_deref_mut());
            }
            path.pop();
        }
    }
}

fn anchor(path: &[&str]) -> String {
    format!("nestedatt--{}", path.join("--"))
}

fn line(a: &Attribute, path: &[&str], side: Side) -> String {
    let mut labels = vec![kind_name(&a.kind)];
    labels.extend(a.sensitive.then(|| "Sensitive".to_owned()));
    labels.extend(a.write_only.then(|| "Write-only".to_owned()));
    labels.extend(a.deprecated.is_some().then(|| "Deprecated".to_owned()));
    let mut facts = Vec::new();
    facts.extend(a.deprecated.as_ref().map(|d| format!("**Deprecated:** {}", super::sentence(d))));
    if side != Side::ReadOnly {
        facts.extend(expectations(a));
        facts.extend(a.default.as_ref().filter(|_| !says_default(a)).map(|d| format!("Defaults to `{}`.", literal(d))));
        let is_open = side == Side::Planned && a.mode == Mode::OptionalComputed && a.default.is_none() && !a.planned;
        facts.extend(is_open.then(|| "Known after apply unless set.".to_owned()));
        facts.extend(a.requires_replace.then(|| "Changing this forces a new resource to be created.".to_owned()));
    }
    if matches!(a.kind, Kind::Nested(..)) {
        let mut inner = path.to_vec();
        inner.push(&a.name);
        facts.push(format!("(see [below for nested schema](#{}))", anchor(&inner)));
    }
    let description = a.description.trim();
    // Facts go on in the line of a plain description; after a list or a table they need a paragraph of their own.
    let text = if description.contains('\n') {
        format!("{}\n\n  {}", description.replace('\n', "\n  ").replace("\n  \n", "\n\n"), facts.join(" "))
    } else {
        std::iter::once(super::sentence(description)).chain(facts).collect::<Vec<_>>().join(" ")
    };
    format!("- `{}` ({}) {}\n", a.name, labels.join(", "), text.trim_end())
}

fn says_default(a: &Attribute) -> bool {
    a.description.contains("Defaults to") || a.description.contains("Default:")
}

/// What the validators ask: of the number of elements, of the whole, of each element.
fn expectations(a: &Attribute) -> Vec<String> {
    let is_collection = matches!(
        &a.kind,
        Kind::Leaf(Type::List(_) | Type::Set(_) | Type::Map(_))
            | Kind::Nested(Nesting::List | Nesting::Set | Nesting::Map, _)
    );
    // The type brings an integer's validator and width; a range that the field adds says it better.
    let last_range = a.validators.iter().rposition(|c| matches!(c, Validator::Range { .. }) && !c.is_width());
    let mut sentences = Vec::new();
    let mut must_be = Vec::new();
    let is_said = |validator: &Validator| match validator {
        Validator::OneOf(values) => values.iter().all(|value| a.description.contains(&format!("`{value}`"))),
        validator => validator.fallback(),
    };
    for (i, validator) in a.validators.iter().enumerate().filter(|(_, v)| !is_said(v)) {
        match validator {
            Validator::Count { min, max } => {
                sentences.push(format!("Must have {}.", crate::validator::elements(*min, *max)))
            }
            Validator::Integer => match last_range.and_then(|i| a.validators.get(i)) {
                Some(range @ Validator::Range { max: i64::MAX, .. }) => {
                    must_be.push(format!("a whole number, {}", range.expected()));
                }
                Some(range) => must_be.push(format!("a whole number {}", range.expected())),
                None => must_be.push(validator.expected()),
            },
            Validator::Range { .. } => {
                let is_told = a.validators.iter().any(|c| matches!(c, Validator::Integer));
                must_be.extend((Some(i) == last_range && !is_told).then(|| validator.expected()));
            }
            whole if is_collection && whole.whole() => sentences.push(format!("Must be {}.", whole.expected())),
            _ => must_be.push(validator.expected()),
        }
    }
    if !must_be.is_empty() {
        let subject = if is_collection { "Each must be" } else { "Must be" };
        sentences.push(format!("{subject} {}.", enumeration(&must_be, "and")));
    }
    sentences
}

fn rule(rule: &Rule) -> String {
    let names = |all: &[Text]| enumeration(&all.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>(), "and");
    match rule {
        Rule::ExactlyOneOf(all) => format!("Exactly one of {} must be set.", names(all)),
        Rule::AtMostOneOf(all) => format!("At most one of {} may be set.", names(all)),
        Rule::AtLeastOneOf(all) => format!("At least one of {} must be set.", names(all)),
        Rule::Requires(first, others) => format!("`{first}` requires {} to be set, too.", names(others)),
    }
}

fn enumeration(all: &[String], conjunction: &str) -> String {
    match all.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} {conjunction} {last}", others.join(", ")),
        None => String::new(),
    }
}

fn kind_name(kind: &Kind) -> String {
    match kind {
        Kind::Leaf(t) => type_name(t),
        Kind::Nested(Nesting::Single, _) => "Attributes".to_owned(),
        Kind::Nested(Nesting::List, _) => "Attributes List".to_owned(),
        Kind::Nested(Nesting::Set, _) => "Attributes Set".to_owned(),
        Kind::Nested(Nesting::Map, _) => "Attributes Map".to_owned(),
    }
}

/// A type in words: `List of String`.
pub(super) fn type_name(ty: &Type) -> String {
    match ty {
        Type::String => "String".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::Bool => "Boolean".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(t) => format!("List of {}", type_name(t)),
        Type::Set(t) => format!("Set of {}", type_name(t)),
        Type::Map(t) => format!("Map of {}", type_name(t)),
        Type::Object(members) => {
            let members: Vec<String> = members.iter().map(|(n, t)| format!("{n} = {}", type_name(t))).collect();
            format!("Object {{ {} }}", members.join(", "))
        }
        Type::Tuple(members) => {
            format!("Tuple [{}]", members.iter().map(type_name).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A value as one writes it in a configuration.
fn literal(value: &Value) -> String {
    match value {
        Value::Null | Value::Unknown(_) => "null".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => n.to_string(),
        Value::String(s) => format!("{s:?}"),
        Value::List(v) | Value::Set(v) => format!("[{}]", v.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Map(m) | Value::Object(m) if m.is_empty() => "{}".to_owned(),
        Value::Map(m) | Value::Object(m) => {
            let set = m.iter().filter(|(_, v)| !v.is_null());
            format!("{{ {} }}", set.map(|(k, v)| format!("{k} = {}", literal(v))).collect::<Vec<_>>().join(", "))
        }
        Value::Dynamic(d) => literal(&d.1),
    }
}
