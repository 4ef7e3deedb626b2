//! The configurations that guides show. Each is a directory below `examples`, which the acceptance tests run; a comment
//! above the block says which file it is, and the text of the block is taken from there.

use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// What stands above a block: this, the path of a file below the root of the repository, and [`MARKER_END`].
const MARKER: &str = "<!-- ";
const MARKER_END: &str = ", by `make docs` -->\n";
const BEGIN: &str = "```terraform\n";
const END: &str = "```\n";

/// Every guide that has such blocks, with the text that it should have.
///
/// # Errors
/// A guide or a file that it names cannot be read, or no block follows a comment; the message says where.
pub(super) fn files(root: &Path, docs: &Path) -> Result<Vec<(PathBuf, String)>> {
    let directory = docs.join("guides");
    let entries = match std::fs::read_dir(&directory) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(at(&directory, &e)),
    };
    let mut guides = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| at(&directory, &e))?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = std::fs::read_to_string(&path).map_err(|e| at(&path, &e))?;
            let filled = fill(root, &text).map_err(|e| at(&path, &e))?;
            guides.push((path, filled));
        }
    }
    guides.sort();
    Ok(guides)
}

fn fill(root: &Path, text: &str) -> Result<String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARKER_END) {
        let named = before.rsplit_once(MARKER).map(|(_, file)| file).unwrap_or_default();
        let block = after.strip_prefix(BEGIN).and_then(|block| {
            // An empty block ends at once.
            block.strip_prefix(END).or_else(|| block.split_once(&format!("\n{END}")).map(|(_, rest)| rest))
        });
        let Some(behind) = block else {
            return Err(Error::new(
                ErrorKind::InvalidData,
                format!("no block {BEGIN:?} follows the comment of {named:?}"),
            ));
        };
        let file = root.join(named);
        let content = std::fs::read_to_string(&file).map_err(|e| at(&file, &e))?;
        filled.extend([before, MARKER_END, BEGIN, content.trim_end(), "\n", END]);
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn at(path: &Path, error: &Error) -> Error {
    Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_has_the_text_of_its_file() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("a.tf"), "a = 1\n").unwrap();
        std::fs::write(root.path().join("b.tf"), "b = 2\n").unwrap();
        let guide = |a: &str, b: &str| {
            format!(
                "# Title\n\n<!-- a.tf, by `make docs` -->\n```terraform\n{a}```\n\n```terraform\nby hand\n```\n\n\
                 <!-- b.tf, by `make docs` -->\n```terraform\n{b}```\nend\n"
            )
        };
        let wanted = guide("a = 1\n", "b = 2\n");
        for stale in [guide("", ""), guide("a = 2\n\nc = 3\n", "b = 2\n"), wanted.clone()] {
            assert_eq!(fill(root.path(), &stale).unwrap(), wanted);
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        let root = tempfile::tempdir().unwrap();
        let told = |text: &str| fill(root.path(), text).unwrap_err().to_string();
        assert!(told("<!-- none.tf, by `make docs` -->\n```terraform\n```\n").contains("none.tf"));
        assert!(told("<!-- none.tf, by `make docs` -->\nprose\n").contains("no block"));
    }
}
