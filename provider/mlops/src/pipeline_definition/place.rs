//! Where in a text a part of its JSON document is.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use tfplug::value::{Path, Step};

/// The line, counted from 1, at which the value at a path begins; that of the innermost part that exists if there is none.
pub(super) fn line(text: &str, path: &Path) -> usize {
    let mut here = text;
    for step in &path.0 {
        let Some(inner) = inside(here, step) else { break };
        here = inner;
    }
    // A part of the text: its distance from the beginning is its place.
    let offset = here.as_ptr().addr() - text.as_ptr().addr();
    text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1)
}

fn inside<'a>(text: &'a str, step: &Step) -> Option<&'a str> {
    match step {
        Step::Attribute(name) | Step::Key(name) => {
            serde_json::from_str::<BTreeMap<String, &RawValue>>(text).ok()?.get(name).map(|raw| raw.get())
        }
        Step::Index(i) => serde_json::from_str::<Vec<&RawValue>>(text).ok()?.get(*i).map(|raw| raw.get()),
        Step::Element => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_values() {
        let text = "{\n \"a\": [\n  1,\n  {\"b\\u0063\": {\n    \"d\": true}}\n ]\n}\n";
        for (path, expected) in [
            ("", 1),
            ("a", 2),
            ("a[0]", 3),
            ("a[1]", 4),
            ("a[1].bc", 4),
            ("a[1].bc.d", 5),
            ("a[1].missing", 4),
            ("a[7].d", 2),
        ] {
            assert_eq!(line(text, &Path::parse(path)), expected, "{path}");
        }
        assert_eq!(line("no JSON", &Path::of("a")), 1);
    }
}
