//! The rules that Terraform holds a provider's answers to, with the titles under which it reports a breach.
//!
//! Written from the description of Terraform's behaviour and apart from the framework's own self-checks, so that one can
//! be tested against the other.

use super::Violation;
use super::schema::{Attribute, Attributes};
use crate::schema::Nesting;
use crate::value::{Path, Step, Unknown, Value};

/// Finds every write-only attribute that is not null.
pub(super) fn write_only(attributes: &Attributes, value: &Value, title: &'static str, found: &mut Vec<Violation>) {
    each_attribute(attributes, value, &Path::root(), &mut |a, v, path| {
        if a.write_only && !v.is_null() {
            found.push(Violation::new(title, path.clone(), "a write-only attribute is not null"));
        }
    });
}

/// Finds what Terraform itself would refuse in a configuration: required attributes that are not set, and what would be
/// silly to set, read-only ones.
pub(super) fn configurable(attributes: &Attributes, config: &Value, title: &'static str, found: &mut Vec<Violation>) {
    each_attribute(attributes, config, &Path::root(), &mut |a, v, path| {
        if a.required && v.is_null() {
            found.push(Violation::new(title, path.clone(), "a required attribute is not set"));
        }
        if a.computed && !a.optional && !v.is_null() {
            found.push(Violation::new(title, path.clone(), "a read-only attribute is set"));
        }
    });
}

fn each_attribute(
    attributes: &Attributes,
    object: &Value,
    path: &Path,
    visit: &mut dyn FnMut(&Attribute, &Value, &Path),
) {
    if object.as_entries().is_none() {
        return;
    }
    for (name, a) in attributes {
        let here = path.attribute(name);
        let value = object.attribute(name);
        visit(a, value, &here);
        let Some((_, inner)) = &a.nested else { continue };
        match value {
            Value::Object(_) => each_attribute(inner, value, &here, visit),
            Value::List(all) => {
                all.iter().enumerate().for_each(|(i, e)| each_attribute(inner, e, &here.index(i), visit));
            }
            Value::Set(all) => all.iter().for_each(|e| each_attribute(inner, e, &here.element(), visit)),
            Value::Map(all) => all.iter().for_each(|(k, e)| each_attribute(inner, e, &here.key(k), visit)),
            _ => {}
        }
    }
}

/// One violation for each unknown part.
pub(super) fn wholly_known(value: &Value, title: &'static str, found: &mut Vec<Violation>) {
    let _ = value.clone().transform(&Path::root(), &mut |path, v| {
        let unknown = match &v {
            Value::Unknown(_) => true,
            Value::Dynamic(d) => !d.1.is_wholly_known(),
            _ => false,
        };
        if unknown {
            found.push(Violation::new(title, path.clone(), "the value is still unknown"));
        }
        v
    });
}

/// A plan against configuration and prior state: every attribute by the attribute rule.
pub(super) fn plan(
    attributes: &Attributes,
    prior: &Value,
    config: &Value,
    planned: &Value,
    title: &'static str,
) -> Vec<Violation> {
    let mut check = PlanCheck { title, found: Vec::new() };
    match (config.is_null(), planned.is_null()) {
        (true, true) => {}
        (true, false) => check.refuse(&Path::root(), "planned for existence but config wants absence"),
        (false, true) => check.refuse(&Path::root(), "planned for absence but config wants existence"),
        (false, false) if planned.is_unknown() => check.refuse(&Path::root(), "planned as unknown"),
        (false, false) => check.object(attributes, prior, config, planned, &Path::root()),
    }
    check.found
}

struct PlanCheck {
    title: &'static str,
    found: Vec<Violation>,
}

impl PlanCheck {
    fn refuse(&mut self, path: &Path, what: &str) {
        self.found.push(Violation::new(self.title, path.clone(), what));
    }

    fn object(&mut self, attributes: &Attributes, prior: &Value, config: &Value, planned: &Value, path: &Path) {
        for (name, a) in attributes {
            let of = |v: &Value| v.attribute(name).clone();
            self.attribute(a, &of(prior), &of(config), &of(planned), &path.attribute(name));
        }
    }

    fn attribute(&mut self, a: &Attribute, prior: &Value, config: &Value, planned: &Value, path: &Path) {
        if planned == config || (planned == prior && !prior.is_null() && !config.is_null()) {
            return;
        }
        if a.write_only {
            if !planned.is_null() {
                self.refuse(path, "a write-only attribute is planned");
            }
            return;
        }
        if a.computed && (!a.optional || config.is_null()) {
            return;
        }
        if config.is_null() {
            return self.refuse(path, "planned value for a non-computed attribute");
        }
        match &a.nested {
            Some((nesting, inner)) => self.nested(*nesting, inner, prior, config, planned, path),
            None => self.refuse(path, "planned value does not match config value nor prior value"),
        }
    }

    fn nested(
        &mut self,
        nesting: Nesting,
        inner: &Attributes,
        prior: &Value,
        config: &Value,
        planned: &Value,
        path: &Path,
    ) {
        if planned.is_null() {
            return self.refuse(path, "planned for absence but config wants existence");
        }
        if planned.is_unknown() || config.is_unknown() {
            return self.refuse(path, "planned and configured value are not both unknown");
        }
        match (nesting, config, planned) {
            (Nesting::Single, ..) => self.object(inner, prior, config, planned, path),
            (Nesting::List, Value::List(c), Value::List(p)) => {
                if c.len() != p.len() {
                    let counts = format!("count in plan ({}) disagrees with count in config ({})", p.len(), c.len());
                    return self.refuse(path, &counts);
                }
                self.beside_null(c.iter().zip(p).map(|(c, p)| (c, Some(p))), path);
                let prior = prior.as_elements().unwrap_or_default();
                for (i, (c, p)) in c.iter().zip(p).enumerate() {
                    self.element(inner, prior.get(i).unwrap_or(&Value::Null), c, p, &path.index(i));
                }
            }
            (Nesting::Map, Value::Map(c), Value::Map(p)) => {
                self.beside_null(c.iter().map(|(k, c)| (c, p.get(k))), path);
                for key in c.keys().filter(|k| !p.contains_key(*k)) {
                    self.refuse(&path.key(key), "in the config but not in the plan");
                }
                for (key, p) in p {
                    match c.get(key) {
                        Some(c) => self.element(inner, prior.attribute(key), c, p, &path.key(key)),
                        None => self.refuse(&path.key(key), "in the plan but not in the config"),
                    }
                }
            }
            (Nesting::Set, Value::Set(c), Value::Set(p)) => {
                // Elements that are unknown in part may turn out to be the same one.
                let fewest = |v: &[Value]| v.iter().filter(|e| e.is_wholly_known()).count().max(1).min(v.len());
                if p.len() < fewest(c) || c.len() < fewest(p) {
                    self.refuse(path, "count in plan disagrees with count in config");
                }
            }
            _ => self.refuse(path, "planned and configured value are of different kinds"),
        }
    }

    /// OpenTofu 1.12 looks into each element of a list or map that differs from the configuration as a whole, and panics
    /// at one that is null (`assertPlannedAttrValid` in its `internal/plans/objchange/plan_valid.go`).
    fn beside_null<'a>(&mut self, pairs: impl Iterator<Item = (&'a Value, Option<&'a Value>)> + Clone, path: &Path) {
        if pairs.clone().any(|(c, _)| c.is_null()) && pairs.clone().any(|(c, p)| p != Some(c)) {
            self.refuse(path, "an element beside a null one is planned as not configured, and OpenTofu crashes");
        }
    }

    fn element(&mut self, inner: &Attributes, prior: &Value, config: &Value, planned: &Value, path: &Path) {
        if planned == config || (planned == prior && !prior.is_null() && !config.is_null()) {
            return;
        }
        match (config, planned) {
            (Value::Object(_), Value::Object(_)) => self.object(inner, prior, config, planned, path),
            _ => self.refuse(path, "planned element does not match the config"),
        }
    }
}

/// Whether `actual` is something that `planned` may become: the check after an apply, and of a final plan against the
/// approved one.
pub(super) fn compatible(planned: &Value, actual: &Value, title: &'static str, found: &mut Vec<Violation>) {
    compare(planned, actual, &Path::root(), &mut |path, what| {
        found.push(Violation::new(title, path.clone(), what));
    });
}

fn compare(planned: &Value, actual: &Value, path: &Path, refuse: &mut dyn FnMut(&Path, String)) {
    match (planned, actual) {
        (Value::Unknown(promise), _) => {
            if let Some(what) = broken(promise, actual) {
                refuse(path, what);
            }
        }
        (_, Value::Unknown(_)) => refuse(path, "was known, but now unknown".to_owned()),
        (Value::Null, Value::Null) => {}
        (Value::Null, _) if path.0.is_empty() => refuse(path, "was absent, but now present".to_owned()),
        (Value::Null, _) => refuse(path, format!("was null, but now {actual:?}")),
        (_, Value::Null) if path.0.is_empty() => refuse(path, "was present, but now absent".to_owned()),
        (_, Value::Null) => refuse(path, format!("was {planned:?}, but now null")),
        (Value::Object(p), Value::Object(a)) => both_entries(p, a, path, refuse, |k| Step::Attribute(k.to_owned())),
        (Value::Map(p), Value::Map(a)) => both_entries(p, a, path, refuse, |k| Step::Key(k.to_owned())),
        (Value::List(p), Value::List(a)) => {
            if p.len() == a.len() {
                p.iter().zip(a).enumerate().for_each(|(i, (p, a))| compare(p, a, &path.index(i), refuse));
            } else {
                refuse(path, format!("{} elements were planned, {} are there", p.len(), a.len()));
            }
        }
        (Value::Set(p), Value::Set(a)) => {
            let fits = |p: &Value, a: &Value| {
                let mut good = true;
                compare(p, a, path, &mut |_, _| good = false);
                good
            };
            for p in p.iter().filter(|p| !a.iter().any(|a| fits(p, a))) {
                refuse(path, format!("planned set element {p:?} does not correlate with any element in actual"));
            }
            for a in a.iter().filter(|a| !p.iter().any(|p| fits(p, a))) {
                refuse(path, format!("actual set element {a:?} does not correlate with any element in plan"));
            }
            if a.len() > p.len() {
                refuse(path, format!("length changed from {} to {}", p.len(), a.len()));
            }
        }
        (Value::Dynamic(p), Value::Dynamic(a)) if p.0 == a.0 => compare(&p.1, &a.1, path, refuse),
        _ if planned == actual => {}
        _ => refuse(path, format!("was {planned:?}, but now {actual:?}")),
    }
}

fn both_entries(
    planned: &std::collections::BTreeMap<String, Value>,
    actual: &std::collections::BTreeMap<String, Value>,
    path: &Path,
    refuse: &mut dyn FnMut(&Path, String),
    step: fn(&str) -> Step,
) {
    let at = |key: &str| {
        let mut steps = path.0.clone();
        steps.push(step(key));
        Path(steps)
    };
    for (key, p) in planned {
        match actual.get(key) {
            Some(a) => compare(p, a, &at(key), refuse),
            None => refuse(&at(key), "element has vanished".to_owned()),
        }
    }
    for key in actual.keys().filter(|k| !planned.contains_key(*k)) {
        refuse(&at(key), "new element has appeared".to_owned());
    }
}

/// The promise about an unknown that its value breaks.
fn broken(promise: &Unknown, actual: &Value) -> Option<String> {
    let prefix = promise.prefix.as_deref().unwrap_or_default();
    match actual {
        Value::Null if promise.not_null => Some("does not conform to planning placeholder: it is null".to_owned()),
        Value::String(s) if !s.starts_with(prefix) => {
            Some(format!("does not conform to planning placeholder: it does not begin with {prefix:?}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Type;

    #[test]
    fn nothing_is_planned_beside_a_null_element() {
        let size = Attribute {
            ty: Type::Number,
            nested: None,
            required: false,
            optional: true,
            computed: true,
            sensitive: false,
            write_only: false,
            deprecated: false,
        };
        let inner: Attributes = [("size".to_owned(), size.clone())].into();
        let object = |size: Value| Value::object([("size", size)]);
        let list = |size: Value| Value::List(vec![object(size), Value::Null]);
        let map = |size: Value| Value::Map([("a".to_owned(), object(size)), ("b".to_owned(), Value::Null)].into());
        for (nesting, make) in [(Nesting::List, &list as &dyn Fn(Value) -> Value), (Nesting::Map, &map)] {
            let nested = Attribute { nested: Some((nesting, inner.clone())), ..size.clone() };
            let attributes: Attributes = [("all".to_owned(), nested)].into();
            let all = |size: Value| Value::object([("all", make(size))]);
            let found = |planned: Value| plan(&attributes, &Value::Null, &all(Value::Null), &planned, "bad plan").len();
            assert_eq!((found(all(Value::Null)), found(all(1.into()))), (0, 1));
        }
    }
}
