//! Diagnostics: what the user reads when something is wrong.

use std::fmt;

use crate::value::Path;

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The operation failed.
    Error,
    /// The operation goes on; the user should know.
    Warning,
}

/// One message to the user, at an attribute where there is one to point at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diag {
    /// Error or warning.
    pub severity: Severity,
    /// A short title without a full stop.
    pub summary: String,
    /// Full sentences: what was attempted, on what, what came back, what to do.
    pub detail: String,
    /// The attribute concerned; the root for the whole object. However deep it is, the user reads it in full: Terraform
    /// shows the line of its outermost part, and the text says the rest.
    pub path: Path,
}

impl Diag {
    /// An error about the whole object.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Error, summary: summary.into(), detail: detail.into(), path: Path::root() }
    }

    /// A warning about the whole object. Steady states get none: it would appear at every plan.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(summary, detail) }
    }

    /// The same message, pointing at an attribute.
    pub fn at(mut self, path: Path) -> Self {
        self.path = path;
        self
    }

    /// A defect of the provider itself, said so.
    pub fn bug(summary: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self::error(summary, format!("{detail}\n\nThis is a bug in the provider; please report it."))
    }
}

impl fmt::Display for Diag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.0.is_empty() {
            write!(f, "{}: {}", self.summary, self.detail)
        } else {
            write!(f, "{} ({}): {}", self.summary, self.path, self.detail)
        }
    }
}

/// A collection of diagnostics, in the order found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diags(pub Vec<Diag>);

impl Diags {
    /// No diagnostics.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one.
    pub fn push(&mut self, diag: Diag) {
        self.0.push(diag);
    }

    /// Adds all of another collection.
    pub fn extend(&mut self, other: Diags) {
        self.0.extend(other.0);
    }

    /// Whether any is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether there is none at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` if nothing here is an error, else the collection.
    ///
    /// # Errors
    /// The diagnostics themselves, when one of them is an error.
    pub fn into_result(self) -> Result<()> {
        if self.has_errors() { Err(self) } else { Ok(()) }
    }

    /// The value of a result; its diagnostics, if it failed, are added here.
    pub fn absorb<T>(&mut self, result: Result<T>) -> Option<T> {
        match result {
            Ok(v) => Some(v),
            Err(d) => {
                self.extend(d);
                None
            }
        }
    }
}

impl From<Diag> for Diags {
    fn from(d: Diag) -> Self {
        Self(vec![d])
    }
}

impl fmt::Display for Diags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, d) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{d}")?;
        }
        Ok(())
    }
}

/// What everything that can fail returns: the value, or what to tell the user.
pub type Result<T, E = Diags> = std::result::Result<T, E>;
