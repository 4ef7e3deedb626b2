//! Local files: which ones a directory holds.
//!
//! Symbolic links are followed as long as they stay in the directory. A link that leads out of it or to nothing, a loop
//! of links, a name that is not UTF-8, something that is neither a file nor a directory, and whatever may not be read
//! are all reported, not skipped: an upload that silently leaves something out is worse than one that stops. What is
//! excluded is not looked at, so nothing of it is reported either.

pub mod hashing;
pub mod review;
pub mod selection;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tfplug::diag::{Diag, Diags, Result};
use tfplug::value::Path as At;
use walkdir::{DirEntry, WalkDir};

use crate::files::selection::Selection;

/// How many problems are reported one by one; the rest is counted.
const TOLD: usize = 10;

/// A file found below a source. There may be many, so it holds no more than it must.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalFile {
    /// Its path below the source with `/` between the parts, in Unicode normal form C; the file's own name if the source
    /// is a file.
    pub relative: String,
    /// Where it is, unless that is the relative path below the source.
    elsewhere: Option<Box<Path>>,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last modified.
    pub modified: SystemTime,
    /// Whether its owner may run it.
    pub executable: bool,
}

impl LocalFile {
    fn new(relative: String, source: &Path, path: &Path, metadata: &std::fs::Metadata) -> Self {
        Self {
            // Compared as bytes: paths are equal whatever their number of slashes.
            elsewhere: (source.join(&relative).as_os_str() != path.as_os_str()).then(|| path.into()),
            relative,
            size: metadata.len(),
            modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
            executable: executable(metadata),
        }
    }

    /// Where it is on this machine. `source` is what it was found below.
    pub fn path(&self, source: &Path) -> PathBuf {
        self.elsewhere.as_ref().map_or_else(|| source.join(&self.relative), |path| path.to_path_buf())
    }
}

/// The files below `source` that are selected, sorted by relative path. If `source` is a file, it alone.
///
/// Names are composed (Unicode normal form C), as Terraform composes all text: macOS may have them decomposed on the
/// disk.
///
/// # Errors
/// Diagnostics at `at` for whatever could not be read, and for files whose names are the same once they are composed.
pub fn list(source: &Path, selection: &Selection, at: &At) -> Result<Vec<LocalFile>> {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    match std::fs::metadata(source) {
        Ok(m) if m.is_file() => match source.file_name().and_then(|n| n.to_str()) {
            Some(name) => found.push(LocalFile::new(composed(name), source, source, &m)),
            None => problems.push(not_utf_8(source)),
        },
        Ok(m) if m.is_dir() => walk(source, selection, &mut found, &mut problems),
        Ok(_) => problems.push(format!("{} is neither a file nor a directory.", source.display())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => problems.push(missing(source)),
        Err(e) => problems.push(format!("{} cannot be read: {e}.", source.display())),
    }
    found.sort_by(|a, b| a.relative.cmp(&b.relative));
    let twins = found.windows(2).filter(|two| two[0].relative == two[1].relative);
    problems.extend(twins.map(|two| {
        format!(
            "{:?} and {:?} have the same name in Unicode Normalization Form C. Rename one of them.",
            two[0].path(source),
            two[1].path(source)
        )
    }));
    if problems.is_empty() { Ok(found) } else { Err(unreadable(source, problems, at)) }
}

fn walk(source: &Path, selection: &Selection, found: &mut Vec<LocalFile>, problems: &mut Vec<String>) {
    let root = match source.canonicalize() {
        Ok(root) => root,
        Err(e) => return problems.push(format!("{} cannot be read: {e}.", source.display())),
    };
    let mut entries = WalkDir::new(source).follow_links(true).min_depth(1).into_iter();
    while let Some(entry) = entries.next() {
        let excluded = |path: &Path, is_dir| selection.excludes(&below(source, path), path, is_dir);
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) if e.path().is_some_and(|p| excluded(p, e.loop_ancestor().is_some())) => continue,
            Err(e) => {
                problems.push(walk_problem(&e));
                continue;
            }
        };
        let is_dir = entry.file_type().is_dir();
        let problem = if excluded(entry.path(), is_dir) {
            None
        } else {
            match visit(source, &root, selection, &entry, found) {
                Ok(()) => continue,
                Err(problem) => Some(problem),
            }
        };
        problems.extend(problem);
        if is_dir {
            entries.skip_current_dir();
        }
    }
}

/// Takes an entry that is not excluded. An error says why nothing of it can be taken.
fn visit(
    source: &Path,
    root: &Path,
    selection: &Selection,
    entry: &DirEntry,
    found: &mut Vec<LocalFile>,
) -> Result<(), String> {
    let (path, is_dir) = (entry.path(), entry.file_type().is_dir());
    let relative = relative(source, path).ok_or_else(|| not_utf_8(path))?;
    if !is_dir && !selection.includes(&relative) {
        return Ok(());
    }
    if entry.path_is_symlink() && !selection.links_outside {
        let target = path.canonicalize().map_err(|e| format!("{} cannot be read: {e}.", path.display()))?;
        if !target.starts_with(root) {
            return Err(format!(
                "{} is a symbolic link to {}, outside of {}. Exclude it, or set `follow_links_outside = true` to \
                 upload its target.",
                path.display(),
                target.display(),
                source.display()
            ));
        }
    }
    if is_dir {
        return Ok(());
    }
    let metadata = entry.metadata().map_err(|e| walk_problem(&e))?;
    if !metadata.is_file() {
        return Err(format!("{} is neither a file nor a directory.", path.display()));
    }
    found.push(LocalFile::new(relative, source, path, &metadata));
    Ok(())
}

fn walk_problem(error: &walkdir::Error) -> String {
    let path = error.path().map(|p| p.display().to_string()).unwrap_or_default();
    match (error.loop_ancestor(), error.io_error()) {
        (Some(ancestor), _) => format!("{path} is a symbolic link back to {}, a loop.", ancestor.display()),
        (None, Some(e)) => format!("{path} cannot be read: {e}."),
        (None, None) => format!("{path} cannot be read."),
    }
}

fn not_utf_8(path: &Path) -> String {
    format!("The name of {} is not UTF-8.", path.display())
}

fn missing(source: &Path) -> String {
    format!(
        "{} does not exist. If this configuration creates it in the same apply, take its path from an attribute of \
         the resource that creates it that is known only after the apply, such as `terraform_data.rows.output`: the \
         files are then read once they exist.",
        source.display()
    )
}

fn relative(source: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(source).ok()?.iter().map(|p| p.to_str()).collect();
    Some(composed(&parts?.join("/")))
}

/// The path below the source for patterns to match, whatever its bytes.
fn below(source: &Path, path: &Path) -> PathBuf {
    relative(source, path).map_or_else(|| path.strip_prefix(source).unwrap_or(path).to_owned(), PathBuf::from)
}

/// Text in Unicode normal form C.
fn composed(name: &str) -> String {
    if name.is_ascii() {
        return name.to_owned();
    }
    icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(name).into_owned()
}

#[cfg(unix)]
fn executable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn executable(_metadata: &std::fs::Metadata) -> bool {
    false
}

/// The diagnostic at `at` for files that cannot be read.
pub fn unreadable(source: &Path, mut problems: Vec<String>, at: &At) -> Diags {
    let more = problems.len().saturating_sub(TOLD);
    problems.truncate(TOLD);
    if more > 0 {
        problems.push(format!("And {more} more."));
    }
    Diag::error(
        "Local files cannot be read",
        format!("Listing the files of {:?} failed:\n{}", source.display().to_string(), problems.join("\n")),
    )
    .at(at.clone())
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::selection::Defaults;

    fn write(root: &Path, relative: &str, content: &str) {
        let path = root.join(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn selection(include: &[&str], exclude: &[&str]) -> Selection {
        let owned = |v: &[&str]| v.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        Selection::new(Defaults::default(), &owned(include), &owned(exclude), &At::root()).unwrap()
    }

    fn names(root: &Path, selection: &Selection) -> Vec<String> {
        list(root, selection, &At::of("source")).unwrap().into_iter().map(|f| f.relative).collect()
    }

    fn problems(root: &Path, selection: &Selection) -> String {
        let diags = list(root, selection, &At::of("source")).unwrap_err();
        assert_eq!(diags.0[0].path.to_string(), "source");
        diags.to_string()
    }

    #[test]
    fn files_are_selected_by_relative_path() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", "deep/er/c.csv", "deep/notes.txt"] {
            write(dir.path(), name, name);
        }
        assert_eq!(names(dir.path(), &selection(&[], &[])), ["a.csv", "b.csv", "deep/er/c.csv", "deep/notes.txt"]);
        assert_eq!(names(dir.path(), &selection(&["*.csv"], &[])), ["a.csv", "b.csv"]);
        assert_eq!(names(dir.path(), &selection(&["**/*.csv"], &["b*"])), ["a.csv", "deep/er/c.csv"]);
        assert_eq!(names(&dir.path().join("b.csv"), &selection(&[], &[])), ["b.csv"], "a file alone");
    }

    #[test]
    fn ignore_files_are_files_like_others() {
        let dir = tempfile::tempdir().unwrap();
        for name in [".gitignore", ".ignore", "a.csv"] {
            write(dir.path(), name, "*.csv");
        }
        assert_eq!(names(dir.path(), &selection(&[], &[])), [".gitignore", ".ignore", "a.csv"]);
    }

    #[test]
    fn a_missing_source_is_reported_with_the_way_to_make_it_in_the_same_apply() {
        let text = problems(Path::new("/nowhere/at/all"), &selection(&[], &[]));
        assert!(
            text.contains("/nowhere/at/all does not exist") && text.contains("terraform_data.rows.output"),
            "{text}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn loops_and_dangling_links_are_reported_unless_excluded() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a/b.txt", "b");
        symlink(dir.path(), dir.path().join("a/up")).unwrap();
        symlink("nothing", dir.path().join("dangling")).unwrap();
        let text = problems(dir.path(), &selection(&[], &[]));
        assert!(text.contains("a loop") && text.contains("dangling cannot be read"), "{text}");
        assert_eq!(names(dir.path(), &selection(&[], &["up", "dangling"])), ["a/b.txt"]);
        assert_eq!(names(dir.path(), &selection(&[], &["up/", "dangling"])), ["a/b.txt"], "a loop is a directory");
        problems(dir.path(), &selection(&["**/*.txt"], &["up"]));
    }

    #[cfg(unix)]
    #[test]
    fn excluded_directories_are_not_looked_at() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "main.py", "");
        write(dir.path(), ".venv/lib/deep.py", "");
        write(dir.path(), "env/pyvenv.cfg", "");
        symlink("/nowhere/python3", dir.path().join(".venv/python3")).unwrap();
        symlink("/nowhere/python3", dir.path().join("env/python3")).unwrap();
        for pattern in [".venv", ".venv/", "/.venv", "/.venv/", ".venv/**", "**/.venv/**", ".v*"] {
            assert_eq!(names(dir.path(), &selection(&[], &[pattern, "env"])), ["main.py"], "{pattern}");
        }
        let environments = Defaults { patterns: &[".venv"], markers: &["pyvenv.cfg"] };
        let chosen = |own: &[String]| Selection::new(environments, &[], own, &At::root()).unwrap();
        assert_eq!(names(dir.path(), &chosen(&[])), ["main.py"]);
        assert!(problems(dir.path(), &chosen(&["!env".to_owned()])).contains("env/python3"), "brought back");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_as_long_as_they_stay_inside() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        write(&root, "one/x.txt", "x");
        write(dir.path(), "outside/secret.txt", "s");
        symlink(root.join("one"), root.join("two")).unwrap();
        assert_eq!(names(&root, &selection(&[], &[])), ["one/x.txt", "two/x.txt"]);
        symlink("../outside/secret.txt", root.join("file")).unwrap();
        symlink(dir.path().join("outside"), root.join("three")).unwrap();
        let text = problems(&root, &selection(&[], &[]));
        let outside = dir.path().canonicalize().unwrap().join("outside");
        for (link, target) in [("file", outside.join("secret.txt")), ("three", outside)] {
            let reported =
                format!("{} is a symbolic link to {}, outside of", root.join(link).display(), target.display());
            assert!(text.contains(&reported), "{text}");
        }
        assert_eq!(names(&root, &selection(&[], &["file", "three"])), ["one/x.txt", "two/x.txt"]);
        let mut anywhere = selection(&[], &[]);
        anywhere.links_outside = true;
        assert_eq!(names(&root, &anywhere), ["file", "one/x.txt", "three/secret.txt", "two/x.txt"]);
    }

    #[test]
    fn names_are_composed() {
        let dir = tempfile::tempdir().unwrap();
        let (decomposed, composed) = ("cafe\u{301}.csv", "caf\u{e9}.csv");
        write(dir.path(), &format!("deep/{decomposed}"), "x");
        let files = list(dir.path(), &selection(&[], &[]), &At::of("source")).unwrap();
        assert_eq!(files[0].relative, format!("deep/{composed}"));
        assert_eq!(std::fs::read(files[0].path(dir.path())).unwrap(), b"x");
        assert_eq!(names(dir.path(), &selection(&[], &[&format!("{composed}x"), "none"])).len(), 1);
        assert!(names(dir.path(), &selection(&[], &[composed])).is_empty(), "as patterns are");
        let alone = dir.path().join("deep").join(decomposed);
        let files = list(&alone, &selection(&[], &[]), &At::of("source")).unwrap();
        assert_eq!((files[0].relative.as_str(), files[0].path(&alone)), (composed, alone));
        write(dir.path(), &format!("deep/{composed}"), "y");
        let text = problems(dir.path(), &selection(&[], &[]));
        assert!(text.contains("the same name in Unicode Normalization Form C"), "{text}");
    }
}
