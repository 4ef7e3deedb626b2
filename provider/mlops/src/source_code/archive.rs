//! `source_code = { directory, entry_point }`: a directory of scripts as a reproducible archive in S3.
//!
//! The archive is a `tar.gz` as SageMaker's script mode expects it. Its identity is the SHA-256 of the tar stream before
//! compression, so it depends on the files' names, contents and execute bits only: not on times, owners, the order in
//! which the directory is read, or the compressor. It is stored under a key that holds this hash and is never overwritten.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use aws_sdk_s3::primitives::ByteStream;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::value::{Path as At, Value};

use crate::aws::error::aws_error;
use crate::files::hashing::hex;
use crate::files::selection::{Defaults, Selection, known_texts};
use crate::files::{LocalFile, list};
use crate::source_code::SourceCode;

/// What does not belong to a program's source: Terraform's own files, version control, caches, environments, secrets.
/// The documentation of the attribute `exclude` lists them, too.
const NO_SOURCE: Defaults = Defaults {
    patterns: &[
        ".terraform",
        ".terraform.lock.hcl",
        "*.tfstate*",
        ".git",
        "__pycache__",
        "*.pyc",
        ".ipynb_checkpoints",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".tox",
        ".nox",
        ".venv",
        "venv",
        "node_modules",
        ".DS_Store",
        ".env",
        "*.pem",
        "*.key",
        "id_rsa*",
        "id_ed25519*",
        ".aws",
        ".ssh",
    ],
    // The root of a virtual environment (PEP 405).
    markers: &["pyvenv.cfg"],
};

/// How a plan that Terraform saved begins: with the local header of a zip archive's first member, `tfplan`
/// (Terraform's internal/plans/planfile/writer.go).
const SAVED_PLAN: (&[u8], &[u8]) = (b"PK\x03\x04", b"tfplan");
/// Where the name is in the header (APPNOTE.TXT of the zip format, 4.3.7).
const NAME_IN_HEADER: usize = 30;

/// The most bytes of files in one archive. It is put together in memory: data belongs into a dataset.
pub const LARGEST: u64 = 256 * 1024 * 1024;

/// What identifies the content of a source directory.
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

/// What is asked of the local files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scripts {
    /// The directory.
    pub directory: String,
    /// The file in it to run.
    pub entry_point: String,
    /// Gitignore patterns of what is left out, after the defaults.
    pub exclude: Vec<String>,
    /// Whether symbolic links may lead out of the directory.
    pub follow_links_outside: bool,
}

impl Scripts {
    /// From the attribute `source_code`. None if it is not set or any of this is unknown.
    pub fn from_value(code: &Value) -> Option<Self> {
        let follow = code.attribute(SourceCode::FOLLOW_LINKS_OUTSIDE);
        Some(Self {
            directory: code.attribute(SourceCode::DIRECTORY).as_str()?.to_owned(),
            entry_point: code.attribute(SourceCode::ENTRY_POINT).as_str()?.to_owned(),
            exclude: known_texts(code.attribute(SourceCode::EXCLUDE))?,
            follow_links_outside: Some(follow).filter(|f| !f.is_unknown())?.as_bool() == Some(true),
        })
    }

    /// The files as the user knows them, for messages.
    pub fn described(&self) -> String {
        format!("the files of {:?}", self.directory)
    }

    /// All that says which files these are, as one text.
    pub fn identified(&self) -> String {
        format!("{self:?}")
    }

    /// Identifies the directory's content and sees that the entry point is in it. Reads every file, uploads nothing.
    ///
    /// # Errors
    /// Diagnostics below `at` (the path of the `source_code` attribute) when files cannot be read, the entry point is
    /// missing or the directory is too large.
    pub async fn fingerprint(self, at: At) -> Result<Fingerprint> {
        blocking(move || self.pack(&at, &mut std::io::sink())).await
    }

    /// The archive with what identifies it.
    ///
    /// # Errors
    /// As for [`Scripts::fingerprint`].
    pub async fn archive(self, at: At) -> Result<Archive> {
        blocking(move || self.archived(&at)).await
    }

    fn archived(&self, at: &At) -> Result<Archive> {
        let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::default());
        let fingerprint = self.pack(at, &mut gzip)?;
        let content = gzip.finish().map_err(|e| self.unreadable(&e, at))?;
        let checksum = STANDARD.encode(Sha256::digest(&content));
        Ok(Archive { fingerprint, content, checksum })
    }

    fn pack(&self, at: &At, out: &mut dyn Write) -> Result<Fingerprint> {
        let files = self.files(at)?;
        pack(Path::new(&self.directory), &files, out).map_err(|e| self.unreadable(&e, at))
    }
}

/// Does what blocks in a thread for that.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Diag::bug("Packaging the source code was aborted", e))?
}

/// An archive ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// What identifies its content.
    pub fingerprint: Fingerprint,
    /// The compressed tar.
    content: Vec<u8>,
    /// SHA-256 of the compressed tar, in base64.
    checksum: String,
}

/// Uploads the archive unless the bucket has it.
///
/// # Errors
/// Diagnostics at `at` when S3 refuses.
pub async fn upload(s3: &aws_sdk_s3::Client, bucket: &str, key: &str, archive: Archive, at: &At) -> Result<()> {
    let put = s3
        .put_object()
        .bucket(bucket)
        .key(key)
        .content_type("application/gzip")
        .checksum_sha256(archive.checksum)
        .if_none_match("*")
        .body(ByteStream::from(archive.content));
    // The signature covers the header with the checksum, and the checksum the body: no need to hash it once more.
    let answer = put.customize().disable_payload_signing().send().await;
    match answer.map_err(|e| aws_error("S3", "PutObject", e)) {
        Ok(_) => Ok(()),
        // The key holds the content's hash: whatever is there is this archive.
        Err(e) if e.is("PreconditionFailed") => Ok(()),
        Err(e) => Err(e.diag(&format!("upload the source code to s3://{bucket}/{key}")).at(at.clone()).into()),
    }
}

impl Scripts {
    fn files(&self, at: &At) -> Result<Vec<LocalFile>> {
        let (directory, entry_point) = (Path::new(&self.directory), &self.entry_point);
        let mut selection = Selection::new(NO_SOURCE, &[], &self.exclude, at)?;
        selection.links_outside = self.follow_links_outside;
        if directory.is_file() {
            let detail =
                format!("{directory:?} is a file. Give the directory that contains it, and its name as `entry_point`.");
            return Err(Diag::error("The source code is not a directory", detail)
                .at(at.attribute(SourceCode::DIRECTORY))
                .into());
        }
        let mut files = list(directory, &selection, &at.attribute(SourceCode::DIRECTORY))?;
        let plans: Vec<String> =
            files.iter().filter(|f| is_saved_plan(&f.path(directory))).map(|f| f.relative.clone()).collect();
        files.retain(|f| !plans.contains(&f.relative));
        if !files.iter().any(|f| &f.relative == entry_point) {
            let detail = format!(
                "There is no file {entry_point:?} in {directory:?}, or it is excluded. Give its path relative to that \
                 directory, with `/`."
            );
            let at = at.attribute(SourceCode::ENTRY_POINT);
            return Err(Diag::error("The entry point is not in the source directory", detail).at(at).into());
        }
        let bytes: u64 = files.iter().map(|f| f.size).sum();
        if bytes > LARGEST {
            let detail = format!(
                "The files of {directory:?} have {bytes} bytes; source code may have at most {LARGEST}. Exclude what \
                 the script does not need with `exclude`; upload data with `mlops_dataset` and pass it to the job as \
                 an input data channel."
            );
            return Err(Diag::error("The source directory is too large", detail)
                .at(at.attribute(SourceCode::DIRECTORY))
                .into());
        }
        Ok(files)
    }

    fn unreadable(&self, error: &std::io::Error, at: &At) -> Diags {
        let detail = format!("Packaging the files of {:?} failed: {error}.", self.directory);
        Diag::error("The source code cannot be read", detail).at(at.attribute(SourceCode::DIRECTORY)).into()
    }
}

/// Whether Terraform wrote the file with `plan -out`. It can never be in what that very plan is made from.
fn is_saved_plan(path: &Path) -> bool {
    let mut head = Vec::new();
    let (magic, name) = SAVED_PLAN;
    let most = (NAME_IN_HEADER + name.len()) as u64;
    // What cannot be read is reported when it is packed.
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut head));
    read.is_ok() && head.starts_with(magic) && head.get(NAME_IN_HEADER..) == Some(name)
}

/// Writes the tar stream, and its hash on the way.
fn pack(directory: &Path, files: &[LocalFile], out: &mut dyn Write) -> std::io::Result<Fingerprint> {
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
            let path = file.path(directory);
            let named = |e: std::io::Error| std::io::Error::new(e.kind(), format!("{}: {e}", path.display()));
            let mut content = Exactly { left: file.size, file: File::open(&path).map_err(named)? };
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
    file: File,
}

impl Read for Exactly {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let n = self.file.read(&mut buffer[..most])?;
        self.left -= n as u64;
        Ok(n)
    }
}

impl Exactly {
    fn end(&mut self) -> std::io::Result<()> {
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

    fn scripts(dir: &Path) -> Scripts {
        let directory = dir.to_str().unwrap().to_owned();
        Scripts { directory, entry_point: "train.py".to_owned(), exclude: vec![], follow_links_outside: false }
    }

    fn archive(scripts: &Scripts) -> Archive {
        scripts.archived(&At::of("source_code")).unwrap()
    }

    fn hash(dir: &tempfile::TempDir) -> String {
        archive(&scripts(dir.path())).fingerprint.sha256
    }

    fn packed(scripts: &Scripts) -> Vec<String> {
        let content = archive(scripts).content;
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&content[..]));
        tar.entries().unwrap().map(|e| e.unwrap().path().unwrap().display().to_string()).collect()
    }

    #[tokio::test]
    async fn the_same_files_make_the_same_archive_byte_for_byte() {
        let one = folder(&[("train.py", "print(1)"), ("lib/a.py", "a"), ("lib/__pycache__/a.pyc", "x")]);
        let two = folder(&[("lib/a.py", "a"), ("train.py", "print(1)")]);
        assert_eq!(archive(&scripts(one.path())), archive(&scripts(two.path())));
        let planned = scripts(one.path()).fingerprint(At::root()).await.unwrap();
        assert_eq!(scripts(two.path()).archive(At::root()).await.unwrap().fingerprint, planned);
        let three = folder(&[("train.py", "print(2)"), ("lib/a.py", "a")]);
        assert_ne!(hash(&one), hash(&three));
    }

    #[test]
    fn the_archive_unpacks_to_the_files() {
        let long = format!("{}/b.py", "long".repeat(40));
        let dir = folder(&[("train.py", "print(1)"), (&long, "b")]);
        assert_eq!(packed(&scripts(dir.path())), [long, "train.py".to_owned()]);
    }

    #[test]
    fn what_is_no_source_is_left_out_unless_brought_back() {
        let out = [
            ".terraform/mlops-reviewed/x",
            ".terraform.lock.hcl",
            "terraform.tfstate",
            "terraform.tfstate.d/w/terraform.tfstate.backup",
            ".terraform.tfstate.lock.info",
            ".git/HEAD",
            "lib/__pycache__/a.pyc",
            "lib/b.pyc",
            ".ipynb_checkpoints/a.ipynb",
            ".pytest_cache/v",
            ".mypy_cache/v",
            ".ruff_cache/v",
            ".tox/v",
            ".nox/v",
            ".venv/bin/python",
            "venv/bin/python",
            "lib/environment/pyvenv.cfg",
            "node_modules/a.js",
            "lib/.DS_Store",
            "lib/.env",
            "cert.pem",
            "lib/cert.key",
            "id_rsa",
            "id_ed25519.pub",
            ".aws/credentials",
            ".ssh/config",
        ];
        let files: Vec<(&str, &str)> =
            out.iter().chain(&["train.py", "lib/a.py", "main.tf"]).map(|f| (*f, "x")).collect();
        let dir = folder(&files);
        let mut scripts = scripts(dir.path());
        assert_eq!(packed(&scripts), ["lib/a.py", "main.tf", "train.py"]);
        scripts.exclude = vec!["*.tf".to_owned(), "!cert.pem".to_owned(), "!.terraform".to_owned()];
        assert_eq!(packed(&scripts), [".terraform/mlops-reviewed/x", "cert.pem", "lib/a.py", "train.py"]);
        scripts.exclude =
            NO_SOURCE.patterns.iter().map(|p| format!("!{p}")).chain(["!environment".to_owned()]).collect();
        assert_eq!(packed(&scripts).len(), files.len(), "all of it, for those who insist");
    }

    #[test]
    fn a_saved_plan_is_no_source_whatever_its_name() {
        let plan = format!("PK\u{3}\u{4}{}tfplan and more", "x".repeat(26));
        let dir = folder(&[("train.py", "x"), ("plan.bin", &plan), ("data.zip", &plan.replace("tfplan", "others"))]);
        assert_eq!(packed(&scripts(dir.path())), ["data.zip", "train.py"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_directory_are_refused_unless_wanted() {
        let dir = folder(&[("train.py", "x")]);
        let other = folder(&[("secret", "x")]);
        std::os::unix::fs::symlink(other.path(), dir.path().join("home")).unwrap();
        let mut scripts = scripts(dir.path());
        let diags = scripts.archived(&At::of("source_code")).unwrap_err();
        assert_eq!(diags.0[0].path.to_string(), "source_code.directory");
        assert!(diags.to_string().contains("follow_links_outside"), "{diags}");
        scripts.follow_links_outside = true;
        assert_eq!(packed(&scripts), ["home/secret", "train.py"]);
    }

    #[test]
    fn names_are_composed_in_the_archive_too() {
        let decomposed = folder(&[("train.py", "x"), ("cafe\u{301}.py", "y")]);
        let composed = folder(&[("train.py", "x"), ("caf\u{e9}.py", "y")]);
        assert_eq!(hash(&decomposed), hash(&composed));
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
    fn what_is_wrong_is_shown_where_it_stands() {
        let dir = folder(&[("other.py", "x")]);
        let file = dir.path().join("other.py");
        let mut bad = scripts(dir.path());
        bad.exclude = vec!["ok".to_owned(), "a[".to_owned()];
        for (scripts, place) in [
            (scripts(dir.path()), "source_code.entry_point"),
            (scripts(Path::new("/nowhere")), "source_code.directory"),
            (scripts(&file), "source_code.directory"),
            (bad, "source_code.exclude[1]"),
        ] {
            let diags = scripts.archived(&At::of("source_code")).unwrap_err();
            assert_eq!(diags.0[0].path.to_string(), place, "{diags}");
        }
    }

    #[test]
    fn keys_join_the_prefix() {
        let f = Fingerprint { sha256: "abc".to_owned(), files: 1, bytes: 1 };
        assert_eq!(f.key("jobs/"), "jobs/source/abc/sourcedir.tar.gz");
        assert_eq!(f.key(""), "source/abc/sourcedir.tar.gz");
    }
}
