//! Local files: which ones a folder holds, and their SHA-256.
//!
//! Symbolic links are followed. A loop of links, a link to nothing, a name that is not UTF-8, something that is neither
//! a file nor a folder, and whatever may not be read are all reported, not skipped: an upload that silently leaves
//! something out is worse than one that stops.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use sha2::{Digest, Sha256};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::value::Path as At;
use walkdir::WalkDir;

/// How much of a file is in memory at a time while it is read.
pub const BUFFER: usize = 64 * 1024;

/// How many problems are told one by one; the rest is counted.
const TOLD: usize = 10;

/// A file found below a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalFile {
    /// Its path below the source with `/` between the parts; the file's own name if the source is a file.
    pub relative: String,
    /// Where it is on this machine.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last modified.
    pub modified: SystemTime,
    /// Whether its owner may run it.
    pub executable: bool,
}

/// Which files of a folder count, by globs over their relative paths. `**` crosses folders, `*` does not.
#[derive(Clone, Debug)]
pub struct Selection {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl Selection {
    /// From the globs of the attributes `include` (nothing: every file) and `exclude`.
    ///
    /// # Errors
    /// A diagnostic at the element that is no glob.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self> {
        let include = if include.is_empty() { None } else { Some(globs("include", include)?) };
        Ok(Self { include, exclude: globs("exclude", exclude)? })
    }

    /// Whether a file counts.
    pub fn takes(&self, relative: &str) -> bool {
        self.include.as_ref().is_none_or(|set| set.is_match(relative)) && !self.exclude.is_match(relative)
    }
}

fn globs(attribute: &str, patterns: &[String]) -> Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    let mut diags = Diags::new();
    let refused = |i: usize, e: &globset::Error| {
        Diag::error(
            "Not a glob",
            format!(
                "{:?} cannot be used to select files: {}. An example is \"images/**/*.png\".",
                patterns[i],
                e.kind()
            ),
        )
        .at(At::of(attribute).index(i))
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

/// The files below `source` that are selected, sorted by relative path. If `source` is a file, it alone.
///
/// # Errors
/// Diagnostics at `at` for whatever could not be read.
pub fn list(source: &Path, selection: &Selection, at: &At) -> Result<Vec<LocalFile>> {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    match std::fs::metadata(source) {
        Ok(m) if m.is_file() => match source.file_name().and_then(|n| n.to_str()) {
            Some(name) => found.push(local_file(name.to_owned(), source, &m)),
            None => problems.push(format!("The name of {} is not UTF-8.", source.display())),
        },
        Ok(m) if m.is_dir() => walk(source, selection, &mut found, &mut problems),
        Ok(_) => problems.push(format!("{} is neither a file nor a folder.", source.display())),
        Err(e) => problems.push(format!("{} cannot be read: {e}.", source.display())),
    }
    if problems.is_empty() {
        found.sort_by(|a, b| a.relative.cmp(&b.relative));
        return Ok(found);
    }
    Err(unreadable(source, problems, at))
}

fn walk(source: &Path, selection: &Selection, found: &mut Vec<LocalFile>, problems: &mut Vec<String>) {
    for entry in WalkDir::new(source).follow_links(true).min_depth(1) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) => {
                problems.push(walk_problem(&e));
                continue;
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let Some(relative) = relative(source, entry.path()) else {
            problems.push(format!("The name of {} is not UTF-8.", entry.path().display()));
            continue;
        };
        if !selection.takes(&relative) {
            continue;
        }
        match entry.metadata() {
            Ok(m) if m.is_file() => found.push(local_file(relative, entry.path(), &m)),
            Ok(_) => problems.push(format!("{} is neither a file nor a folder.", entry.path().display())),
            Err(e) => problems.push(walk_problem(&e)),
        }
    }
}

fn walk_problem(error: &walkdir::Error) -> String {
    let path = error.path().map(|p| p.display().to_string()).unwrap_or_default();
    match (error.loop_ancestor(), error.io_error()) {
        (Some(ancestor), _) => format!("{path} is a symbolic link back to {}, a loop.", ancestor.display()),
        (None, Some(e)) => format!("{path} cannot be read: {e}."),
        (None, None) => format!("{path} cannot be read."),
    }
}

fn relative(source: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(source).ok()?.iter().map(|p| p.to_str()).collect();
    Some(parts?.join("/"))
}

fn local_file(relative: String, path: &Path, metadata: &std::fs::Metadata) -> LocalFile {
    LocalFile {
        relative,
        path: path.to_owned(),
        size: metadata.len(),
        modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
        executable: executable(metadata),
    }
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

fn unreadable(source: &Path, mut problems: Vec<String>, at: &At) -> Diags {
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

/// The size, the time of modification and the SHA-256 of a file.
type Hashed = (u64, SystemTime, String);

/// What was hashed already in this process. A file of the same size and time of modification is taken to be the same;
/// what is uploaded is hashed again on its way and compared.
static HASHED: LazyLock<Mutex<HashMap<PathBuf, Hashed>>> = LazyLock::new(Mutex::default);

/// Forgets what was hashed: an apply, which hashes on the way, needs the memory for other things.
pub fn forget_hashes() {
    *HASHED.lock().unwrap_or_else(PoisonError::into_inner) = HashMap::new();
}

/// The SHA-256 of each file, in hexadecimal, in the order of `files`. Uses every core, and one buffer for each.
///
/// # Errors
/// Diagnostics at `at` for files that cannot be read.
pub fn hash_all(files: &[LocalFile], at: &At) -> Result<Vec<String>> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(files.len().max(1));
    let next = AtomicUsize::new(0);
    let results = Mutex::new(vec![Ok(String::new()); files.len()]);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut buffer = vec![0; BUFFER];
                while let Some((i, file)) = take(&next, files) {
                    let result = hash_cached(file, &mut buffer);
                    results.lock().unwrap_or_else(PoisonError::into_inner)[i] = result;
                }
            });
        }
    });
    let mut hashes = Vec::with_capacity(files.len());
    let mut problems = Vec::new();
    for result in results.into_inner().unwrap_or_else(PoisonError::into_inner) {
        match result {
            Ok(hash) => hashes.push(hash),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(hashes) } else { Err(unreadable(Path::new("source"), problems, at)) }
}

fn take<'a>(next: &AtomicUsize, files: &'a [LocalFile]) -> Option<(usize, &'a LocalFile)> {
    let i = next.fetch_add(1, Ordering::Relaxed);
    files.get(i).map(|file| (i, file))
}

fn hash_cached(file: &LocalFile, buffer: &mut [u8]) -> Result<String, String> {
    {
        let hashed = HASHED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((size, modified, hash)) = hashed.get(&file.path)
            && (*size, *modified) == (file.size, file.modified)
        {
            return Ok(hash.clone());
        }
    }
    let hash = hash_file(&file.path, buffer).map_err(|e| format!("{} cannot be read: {e}.", file.path.display()))?;
    HASHED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(file.path.clone(), (file.size, file.modified, hash.clone()));
    Ok(hash)
}

fn hash_file(path: &Path, buffer: &mut [u8]) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    loop {
        let n = file.read(buffer)?;
        if n == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&buffer[..n]);
    }
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, b| {
        let _: std::fmt::Result = write!(text, "{b:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, relative: &str, content: &str) {
        let path = root.join(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn selection(include: &[&str], exclude: &[&str]) -> Selection {
        let owned = |v: &[&str]| v.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        Selection::new(&owned(include), &owned(exclude)).unwrap()
    }

    fn names(root: &Path, selection: &Selection) -> Vec<String> {
        list(root, selection, &At::of("source")).unwrap().into_iter().map(|f| f.relative).collect()
    }

    #[test]
    fn globs_select_by_relative_path() {
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
    fn a_bad_glob_is_named() {
        let diags = Selection::new(&["ok".to_owned(), "a[".to_owned()], &[]).unwrap_err();
        assert_eq!(diags.0[0].path.to_string(), "include[1]");
    }

    #[test]
    fn a_missing_source_is_reported_at_the_attribute() {
        let diags = list(Path::new("/nowhere/at/all"), &selection(&[], &[]), &At::of("source")).unwrap_err();
        assert_eq!(diags.0[0].path.to_string(), "source");
        assert!(diags.0[0].detail.contains("/nowhere/at/all"), "{diags}");
    }

    #[cfg(unix)]
    #[test]
    fn loops_and_dangling_links_are_reported() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a/b.txt", "b");
        symlink(dir.path(), dir.path().join("a/up")).unwrap();
        symlink("nothing", dir.path().join("dangling")).unwrap();
        let text = list(dir.path(), &selection(&[], &[]), &At::of("source")).unwrap_err().to_string();
        assert!(text.contains("a loop") && text.contains("dangling cannot be read"), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn links_to_files_are_followed() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "one/x.txt", "x");
        std::os::unix::fs::symlink(dir.path().join("one"), dir.path().join("two")).unwrap();
        assert_eq!(names(dir.path(), &selection(&[], &[])), ["one/x.txt", "two/x.txt"]);
    }

    #[test]
    fn hashes_are_those_of_the_content_even_after_a_change() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "empty", "");
        write(dir.path(), "abc", "abc");
        let hash = || {
            let files = list(dir.path(), &selection(&[], &[]), &At::of("source")).unwrap();
            hash_all(&files, &At::of("source")).unwrap()
        };
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hash(), [abc, empty]);
        write(dir.path(), "abc", "abcd");
        assert_ne!(hash()[0], abc);
    }
}
