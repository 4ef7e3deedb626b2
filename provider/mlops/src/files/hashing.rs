//! The SHA-256 of local files.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use tfplug::diag::Result;
use tfplug::value::Path as At;

use crate::files::{LocalFile, unreadable};

/// How much of a file is in memory at a time while it is read.
pub const BUFFER: usize = 64 * 1024;

/// A SHA-256.
pub type Hash = [u8; 32];

/// What was hashed already in this process, by a hash of where the files are, their sizes and times of modification:
/// Terraform plans a replacement twice. S3 compares what is uploaded with these hashes.
static HASHED: LazyLock<Mutex<HashMap<Hash, Vec<Hash>>>> = LazyLock::new(Mutex::default);

/// Forgets what was hashed: an apply needs the memory for other things.
pub fn forget_hashes() {
    *HASHED.lock().unwrap_or_else(PoisonError::into_inner) = HashMap::new();
}

/// The SHA-256 of each file, in the order of `files`, which were found below `source`. Uses every core, and one buffer
/// for each.
///
/// # Errors
/// Diagnostics at `at` for files that cannot be read.
pub fn hash_all(source: &Path, files: &[LocalFile], at: &At) -> Result<Vec<Hash>> {
    let listing = listing(source, files);
    let known = HASHED.lock().unwrap_or_else(PoisonError::into_inner).get(&listing).cloned();
    if let Some(hashes) = known {
        return Ok(hashes);
    }
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(files.len().max(1));
    let next = AtomicUsize::new(0);
    let hashes = Mutex::new(vec![Hash::default(); files.len()]);
    let problems = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut buffer = vec![0; BUFFER];
                while let Some((i, file)) = take(&next, files) {
                    match hash_file(&file.path(source), &mut buffer) {
                        Ok(hash) => hashes.lock().unwrap_or_else(PoisonError::into_inner)[i] = hash,
                        Err(e) => {
                            let problem = format!("{} cannot be read: {e}.", file.path(source).display());
                            problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
                        }
                    }
                }
            });
        }
    });
    let problems = problems.into_inner().unwrap_or_else(PoisonError::into_inner);
    if !problems.is_empty() {
        return Err(unreadable(source, problems, at));
    }
    let hashes = hashes.into_inner().unwrap_or_else(PoisonError::into_inner);
    HASHED.lock().unwrap_or_else(PoisonError::into_inner).insert(listing, hashes.clone());
    Ok(hashes)
}

/// Identifies files by all that is known of them without reading them.
fn listing(source: &Path, files: &[LocalFile]) -> Hash {
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.path(source).as_os_str().as_encoded_bytes());
        let modified = file.modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        hash.update([0]);
        hash.update(file.size.to_le_bytes());
        hash.update(modified.to_le_bytes());
    }
    hash.finalize().into()
}

fn take<'a>(next: &AtomicUsize, files: &'a [LocalFile]) -> Option<(usize, &'a LocalFile)> {
    let i = next.fetch_add(1, Ordering::Relaxed);
    files.get(i).map(|file| (i, file))
}

fn hash_file(path: &Path, buffer: &mut [u8]) -> std::io::Result<Hash> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    loop {
        let n = file.read(buffer)?;
        if n == 0 {
            return Ok(hash.finalize().into());
        }
        hash.update(&buffer[..n]);
    }
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |d: u8| char::from(if d < 10 { b'0' + d } else { b'a' + d - 10 });
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

/// The bytes of a SHA-256 in hexadecimal; None if it is none.
pub fn sha256_from_hex(text: &str) -> Option<Hash> {
    let digits = text.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> =
        digits.map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::list;
    use crate::files::selection::{Defaults, Selection};

    #[test]
    fn hashes_are_those_of_the_content_even_after_a_change() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("empty"), "").unwrap();
        std::fs::write(dir.path().join("abc"), "abc").unwrap();
        let at = At::of("source");
        let hashes = || {
            let files = list(dir.path(), &Selection::new(Defaults::default(), &[], &[], &at).unwrap(), &at).unwrap();
            hash_all(dir.path(), &files, &at).unwrap().iter().map(|h| hex(h)).collect::<Vec<_>>()
        };
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hashes(), [abc, empty]);
        std::fs::write(dir.path().join("abc"), "abcd").unwrap();
        assert_ne!(hashes()[0], abc);
    }

    #[test]
    fn hexadecimal_goes_there_and_back() {
        let hash: Hash = Sha256::digest("abc").into();
        assert_eq!(sha256_from_hex(&hex(&hash)), Some(hash));
        assert_eq!(sha256_from_hex(&"z".repeat(64)), None);
        assert_eq!(sha256_from_hex("ab"), None, "too short");
    }
}
