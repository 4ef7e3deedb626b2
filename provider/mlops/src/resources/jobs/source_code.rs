//! `source_code = { directory, entry_point }`: a folder of scripts as a reproducible archive in S3.
//!
//! The archive is a `tar.gz` as SageMaker's script mode expects it. Its identity is the SHA-256 of the tar stream before
//! compression, so it depends on the files' names, contents and execute bits only: not on times, owners, the order in
//! which the folder is read, or the compressor. It is stored under a key that holds this hash and is never overwritten.

use std::io::Write;
use std::path::Path;

use aws_sdk_s3::primitives::ByteStream;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::value::Path as At;

use crate::aws::error::aws_error;
use crate::resources::storage::files::{LocalFile, Selection, hex, list};

/// What never belongs to a program's source: caches, version control, notebooks' check points.
pub const EXCLUDED: &[&str] = &[
    "**/__pycache__/**",
    "**/*.pyc",
    "**/.git/**",
    "**/.ipynb_checkpoints/**",
    "**/.pytest_cache/**",
    "**/.venv/**",
    "**/.DS_Store",
];

/// The most bytes of files in one archive. It is put together in memory: data belongs into a dataset.
pub const LARGEST: u64 = 256 * 1024 * 1024;

/// What identifies the content of a source folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// SHA-256 of the uncompressed tar stream, in lower-case hexadecimal.
    pub sha256: String,
    /// Number of files.
    pub files: usize,
    /// Their size in bytes altogether.
    pub bytes: u64,
}

impl Fingerprint {
    /// The key under which the archive is stored: `PREFIX/source/SHA256/sourcedir.tar.gz`.
    pub fn key(&self, prefix: &str) -> String {
        let prefix = prefix.trim_matches('/');
        let separator = if prefix.is_empty() { "" } else { "/" };
        format!("{prefix}{separator}source/{}/sourcedir.tar.gz", self.sha256)
    }
}

/// Identifies the folder's content and sees that the entry point is in it. Reads every file, uploads nothing.
///
/// # Errors
/// Diagnostics at `at` (the path of the `source_code` attribute) when files cannot be read, the entry point is missing or
/// the folder is too large.
pub fn fingerprint(directory: &str, entry_point: &str, at: &At) -> Result<Fingerprint> {
    let files = source_files(directory, entry_point, at)?;
    pack(&files, &mut std::io::sink()).map_err(|e| unreadable(directory, &e, at))
}

/// Uploads the archive unless the bucket has it. The folder must still have the content that `expected` describes.
///
/// # Errors
/// Diagnostics at `at` when the folder changed since the plan, or when S3 refuses.
pub async fn upload(
    s3: &aws_sdk_s3::Client,
    bucket: &str,
    key: &str,
    directory: &str,
    entry_point: &str,
    expected: &str,
    at: &At,
) -> Result<()> {
    let (owned_directory, owned_entry, owned_at) = (directory.to_owned(), entry_point.to_owned(), at.clone());
    let (found, archive) = tokio::task::spawn_blocking(move || archive(&owned_directory, &owned_entry, &owned_at))
        .await
        .map_err(|e| Diag::bug("Packing the source code failed", e))??;
    if found.sha256 != expected {
        return Err(changed(directory, expected, &found.sha256, at).into());
    }
    let checksum = STANDARD.encode(Sha256::digest(&archive));
    let put = s3
        .put_object()
        .bucket(bucket)
        .key(key)
        .content_type("application/gzip")
        .checksum_sha256(checksum)
        .if_none_match("*")
        .body(ByteStream::from(archive));
    match put.send().await.map_err(|e| aws_error("S3", "PutObject", e)) {
        Ok(_) => Ok(()),
        // The key holds the content's hash: whatever is there is this archive.
        Err(e) if e.is("PreconditionFailed") => Ok(()),
        Err(e) => Err(e.diag(&format!("upload the source code to s3://{bucket}/{key}")).at(at.clone()).into()),
    }
}

/// The diagnostic for a folder that is not what the plan said. `at` is the path of the `source_code` attribute.
pub fn changed(directory: &str, planned: &str, now: &str, at: &At) -> Diag {
    let detail = format!(
        "The files of {directory:?} had the SHA-256 {planned} in the plan and have {now} now. Plan again, so that what is \
         applied is what was reviewed."
    );
    Diag::error("The source code changed between plan and apply", detail).at(at.attribute("directory"))
}

fn archive(directory: &str, entry_point: &str, at: &At) -> Result<(Fingerprint, Vec<u8>)> {
    let files = source_files(directory, entry_point, at)?;
    let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::default());
    let fingerprint = pack(&files, &mut gzip).map_err(|e| unreadable(directory, &e, at))?;
    let archive = gzip.finish().map_err(|e| unreadable(directory, &e, at))?;
    Ok((fingerprint, archive))
}

fn source_files(directory: &str, entry_point: &str, at: &At) -> Result<Vec<LocalFile>> {
    let excluded: Vec<String> = EXCLUDED.iter().map(|s| (*s).to_owned()).collect();
    let files = list(Path::new(directory), &Selection::new(&[], &excluded)?, &at.attribute("directory"))?;
    if !Path::new(directory).is_dir() {
        return Err(Diag::error(
            "The source code is not a folder",
            format!("{directory:?} is a file. Give the folder that holds it, and its name as entry_point."),
        )
        .at(at.attribute("directory"))
        .into());
    }
    if !files.iter().any(|f| f.relative == entry_point) {
        return Err(Diag::error(
            "The entry point is not in the source folder",
            format!("There is no file {entry_point:?} in {directory:?}. Give its path below that folder, with `/`."),
        )
        .at(at.attribute("entry_point"))
        .into());
    }
    let bytes: u64 = files.iter().map(|f| f.size).sum();
    if bytes > LARGEST {
        return Err(Diag::error(
            "The source folder is too large",
            format!(
                "The files of {directory:?} have {bytes} bytes; source code may have {LARGEST}. Put data into an \
                 mlops_dataset and give it to the job as an input."
            ),
        )
        .at(at.attribute("directory"))
        .into());
    }
    Ok(files)
}

fn unreadable(directory: &str, error: &std::io::Error, at: &At) -> Diags {
    Diag::error("The source code cannot be read", format!("Packing the files of {directory:?} failed: {error}."))
        .at(at.attribute("directory"))
        .into()
}

/// Writes the tar stream, and its hash on the way.
fn pack(files: &[LocalFile], out: &mut dyn Write) -> std::io::Result<Fingerprint> {
    let mut tee = Tee { hash: Sha256::new(), out };
    let mut bytes = 0;
    {
        let mut tar = tar::Builder::new(&mut tee);
        for file in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(file.size);
            header.set_mode(if file.executable { 0o755 } else { 0o644 });
            header.set_mtime(0);
            header.set_uid(0);
            header.set_gid(0);
            let named = |e: std::io::Error| std::io::Error::new(e.kind(), format!("{}: {e}", file.path.display()));
            let mut content = Exactly { left: file.size, file: std::fs::File::open(&file.path).map_err(named)? };
            tar.append_data(&mut header, &file.relative, &mut content).map_err(named)?;
            content.end().map_err(named)?;
            bytes += file.size;
        }
        tar.finish()?;
    }
    Ok(Fingerprint { sha256: hex(&tee.hash.finalize()), files: files.len(), bytes })
}

struct Tee<'a> {
    hash: Sha256,
    out: &'a mut dyn Write,
}

impl Write for Tee<'_> {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        let n = self.out.write(data)?;
        self.hash.update(&data[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// Reads as many bytes as the tar header says; a file that shrank or grew meanwhile is an error, not a broken archive.
struct Exactly {
    left: u64,
    file: std::fs::File,
}

impl std::io::Read for Exactly {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let n = self.file.read(&mut buffer[..most])?;
        self.left -= n as u64;
        Ok(n)
    }
}

impl Exactly {
    fn end(&mut self) -> std::io::Result<()> {
        use std::io::Read;
        if self.left > 0 || self.file.read(&mut [0])? > 0 {
            return Err(std::io::Error::other("it changed while it was read"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        dir
    }

    fn hash(dir: &tempfile::TempDir) -> String {
        fingerprint(dir.path().to_str().unwrap(), "train.py", &At::of("source_code")).unwrap().sha256
    }

    #[test]
    fn the_same_files_make_the_same_archive_byte_for_byte() {
        let one = folder(&[("train.py", "print(1)"), ("lib/a.py", "a"), ("lib/__pycache__/a.pyc", "x")]);
        let two = folder(&[("lib/a.py", "a"), ("train.py", "print(1)")]);
        let bytes = |d: &tempfile::TempDir| archive(d.path().to_str().unwrap(), "train.py", &At::root()).unwrap();
        assert_eq!(bytes(&one), bytes(&two));
        assert_eq!(bytes(&one).0.sha256, hash(&two));
        let three = folder(&[("train.py", "print(2)"), ("lib/a.py", "a")]);
        assert_ne!(hash(&one), hash(&three));
    }

    #[test]
    fn the_archive_unpacks_to_the_files() {
        let dir = folder(&[("train.py", "print(1)"), (&format!("{}/b.py", "long".repeat(40)), "b")]);
        let (_, bytes) = archive(dir.path().to_str().unwrap(), "train.py", &At::root()).unwrap();
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        let names: Vec<String> =
            tar.entries().unwrap().map(|e| e.unwrap().path().unwrap().display().to_string()).collect();
        assert_eq!(names, [format!("{}/b.py", "long".repeat(40)), "train.py".to_owned()]);
    }

    #[cfg(unix)]
    #[test]
    fn the_execute_bit_counts() {
        use std::os::unix::fs::PermissionsExt;
        let dir = folder(&[("train.py", "x")]);
        let plain = hash(&dir);
        std::fs::set_permissions(dir.path().join("train.py"), std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_ne!(plain, hash(&dir));
    }

    #[test]
    fn a_missing_entry_point_is_named() {
        let dir = folder(&[("other.py", "x")]);
        let diags = fingerprint(dir.path().to_str().unwrap(), "train.py", &At::of("source_code")).unwrap_err();
        assert_eq!(diags.0[0].path.to_string(), "source_code.entry_point");
        let diags = fingerprint("/nowhere", "train.py", &At::of("source_code")).unwrap_err();
        assert_eq!(diags.0[0].path.to_string(), "source_code.directory");
    }

    #[test]
    fn keys_join_the_prefix() {
        let f = Fingerprint { sha256: "abc".to_owned(), files: 1, bytes: 1 };
        assert_eq!(f.key("jobs/"), "jobs/source/abc/sourcedir.tar.gz");
        assert_eq!(f.key(""), "source/abc/sourcedir.tar.gz");
    }
}
