//! What the two encodings of values have in common: their errors and limits.

use std::fmt;

use crate::diag::Diag;
use crate::value::{Path, Step};

/// Deepest nesting of values and types. Real ones stay below 20; the limit keeps hostile input from the stack.
pub(crate) const DEEPEST: usize = 60;

/// A value that cannot be decoded or encoded, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct CodecError {
    /// The part of the value at fault.
    pub path: Path,
    /// What is wrong with it.
    pub problem: String,
}

impl CodecError {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self { path: Path::root(), problem: problem.into() }
    }

    pub(crate) fn wanted(wanted: &str, found: &str) -> Self {
        Self::new(format!("{wanted} was expected, {found} was found"))
    }

    pub(crate) fn too_deep() -> Self {
        Self::new(format!("nested deeper than {DEEPEST} levels"))
    }

    /// The same error, one level further out. Paths are put together only on the way out of a failure.
    pub(crate) fn inside(mut self, step: Step) -> Self {
        self.path.0.insert(0, step);
        self
    }

    /// As a diagnostic at the attribute. `attempted` completes "Cannot ...", as in `decode the planned state`.
    pub fn diag(&self, attempted: &str) -> Diag {
        Diag::bug(format!("Cannot {attempted}"), self).at(self.path.clone())
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.0.is_empty() {
            write!(f, "In the whole value: {}.", self.problem)
        } else {
            write!(f, "At `{}`: {}.", self.path, self.problem)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_where() {
        let error = CodecError::new("wrong").inside(Step::Index(1)).inside(Step::Attribute("a".into()));
        assert_eq!(error.to_string(), "At `a[1]`: wrong.");
        assert_eq!(error.diag("decode the state").path, Path::parse("a[1]"));
    }
}
