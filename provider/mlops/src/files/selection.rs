//! Which files of a directory count.
//!
//! What is left out is a list of gitignore patterns: the ones of the resource, then the user's. The last one that
//! matches decides, so a user's `!pattern` brings back what a default leaves out. No ignore file on the disk and no
//! configuration of Git is consulted: the same configuration selects the same files everywhere.

use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::validator::Validator;
use tfplug::value::{Path as At, Value};

/// A pattern of what is left out. On a list, a check of each element.
pub const PATTERN: Validator = Validator::Text {
    expected: "a gitignore pattern such as `*.log` or `/build/`",
    accepts: |pattern| matcher().add_line(None, pattern).is_ok(),
};

/// The elements of an attribute with globs or patterns, none for null. None if not all is known yet.
pub fn known_texts(list: &Value) -> Option<Vec<String>> {
    let texts = list.as_elements().unwrap_or_default().iter().filter_map(Value::as_str).map(str::to_owned);
    list.is_wholly_known().then(|| texts.collect())
}

/// What a resource leaves out by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Defaults {
    /// Gitignore patterns.
    pub patterns: &'static [&'static str],
    /// A directory that holds a file of one of these names is left out, unless a pattern brings it back.
    pub markers: &'static [&'static str],
}

/// Which files of a directory count.
#[derive(Clone, Debug)]
pub struct Selection {
    include: Option<GlobSet>,
    exclude: Gitignore,
    markers: &'static [&'static str],
    /// Whether symbolic links may lead out of the directory.
    pub links_outside: bool,
}

impl Selection {
    /// From what the attributes `include` (globs; empty for every file) and `exclude` (gitignore patterns) hold. `at` is
    /// the object that has these attributes.
    ///
    /// # Errors
    /// A diagnostic at each element that is no glob, or no pattern.
    pub fn new(defaults: Defaults, include: &[String], exclude: &[String], at: &At) -> Result<Self> {
        let include = if include.is_empty() { None } else { Some(globs(include, &at.attribute("include"))?) };
        let exclude = patterns(defaults.patterns, exclude, &at.attribute("exclude"))?;
        Ok(Self { include, exclude, markers: defaults.markers, links_outside: false })
    }

    /// Whether nothing at this place is even looked at. `relative` is its path below the directory, `path` where it is.
    pub fn excludes(&self, relative: &Path, path: &Path, is_dir: bool) -> bool {
        match self.exclude.matched(relative, is_dir) {
            Match::Ignore(_) => true,
            Match::Whitelist(_) => false,
            Match::None => is_dir && self.markers.iter().any(|name| path.join(name).is_file()),
        }
    }

    /// Whether a file that is not excluded counts.
    pub fn includes(&self, relative: &str) -> bool {
        self.include.as_ref().is_none_or(|set| set.is_match(relative))
    }
}

fn matcher() -> GitignoreBuilder {
    let mut matcher = GitignoreBuilder::new("");
    // A bracket that is never closed is a slip, not the name of a file.
    matcher.allow_unclosed_class(false);
    matcher
}

fn patterns(defaults: &[&str], own: &[String], at: &At) -> Result<Gitignore> {
    let mut matcher = matcher();
    let mut diags = Diags::new();
    let refused = |i: usize, e: &ignore::Error| {
        let detail = format!("{:?} is not a gitignore pattern: {e}. Examples are \"*.log\" and \"/build/\".", own[i]);
        Diag::error("Invalid gitignore pattern", detail).at(at.index(i))
    };
    for pattern in defaults {
        matcher.add_line(None, pattern).map_err(|e| Diag::bug("A default pattern is none", e))?;
    }
    for (i, pattern) in own.iter().enumerate() {
        if let Err(e) = matcher.add_line(None, pattern) {
            diags.push(refused(i, &e));
        }
    }
    diags.into_result()?;
    let brings_back = own.iter().any(|p| p.starts_with('!'));
    for whole in own.iter().filter_map(|p| p.strip_suffix("/**")).filter(|d| !brings_back && !d.is_empty()) {
        // All that is in a directory is left out and nothing comes back: no need to read it.
        let directory = format!("/{}/", whole.trim_start_matches('/'));
        matcher.add_line(None, &directory).map_err(|e| Diag::bug("A pattern of a directory is none", e))?;
    }
    // Each pattern compiles; what is left is all of them together becoming too large.
    matcher.build().map_err(|e| {
        Diag::error("Invalid patterns", format!("Compiling them together failed: {e}.")).at(at.clone()).into()
    })
}

fn globs(patterns: &[String], at: &At) -> Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    let mut diags = Diags::new();
    let refused = |i: usize, e: &globset::Error| {
        let detail =
            format!("{:?} is not a glob pattern: {}. An example is \"images/**/*.png\".", patterns[i], e.kind());
        Diag::error("Invalid glob pattern", detail).at(at.index(i))
    };
    for (i, pattern) in patterns.iter().enumerate() {
        match GlobBuilder::new(pattern).literal_separator(true).build() {
            Ok(glob) => _ = set.add(glob),
            Err(e) => diags.push(refused(i, &e)),
        }
    }
    diags.into_result()?;
    set.build().map_err(|e| refused(0, &e).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(patterns: &[&str]) -> Vec<String> {
        patterns.iter().map(|s| (*s).to_owned()).collect()
    }

    fn excluded(defaults: &'static [&'static str], own: &[&str], place: &str) -> bool {
        let defaults = Defaults { patterns: defaults, markers: &[] };
        let selection = Selection::new(defaults, &[], &owned(own), &At::root()).unwrap();
        selection.excludes(Path::new(place.trim_end_matches('/')), Path::new("/nowhere"), place.ends_with('/'))
    }

    #[test]
    fn patterns_mean_what_gitignore_says() {
        for (own, place, out) in [
            (&["*.tmp"][..], "deep/a.tmp", true),
            (&["**/*.tmp"], "a.tmp", true),
            (&["/*.tmp"], "deep/a.tmp", false),
            (&["notes"], "deep/notes/", true),
            (&["notes/"], "notes", false),
            (&["notes/**"], "notes/a.txt", true),
            (&["notes/**"], "deep/notes/a.txt", false),
            (&["*.tmp", "!keep.tmp"], "keep.tmp", false),
            (&["# a comment", ""], "a comment", false),
        ] {
            assert_eq!(excluded(&[], own, place), out, "{own:?} {place}");
        }
    }

    #[test]
    fn the_users_patterns_come_after_the_defaults() {
        assert!(excluded(&["*.pem"], &[], "tls/ca.pem"));
        assert!(!excluded(&["*.pem"], &["!ca.pem"], "tls/ca.pem"));
        assert!(excluded(&["*.pem"], &["!ca.pem"], "tls/key.pem"));
    }

    #[test]
    fn a_directory_whose_whole_content_is_out_is_not_read() {
        for (own, place, out) in [
            (&["notes/**"][..], "notes/", true),
            (&["notes/**"], "deep/notes/", false),
            (&["**/notes/**"], "deep/notes/", true),
            (&["notes/**", "!notes/keep.txt"], "notes/", false),
            (&["notes/*"], "notes/", false),
        ] {
            assert_eq!(excluded(&[], own, place), out, "{own:?} {place}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_named() {
        let of = |include: &[&str], exclude: &[&str]| {
            Selection::new(Defaults::default(), &owned(include), &owned(exclude), &At::root()).unwrap_err().0.remove(0)
        };
        assert_eq!(of(&["ok", "a["], &[]).path.to_string(), "include[1]");
        assert_eq!(of(&[], &["ok", "a["]).path.to_string(), "exclude[1]");
        assert!(PATTERN.accepts(&"!*.pem".into()) && !PATTERN.accepts(&"a[".into()));
    }
}
