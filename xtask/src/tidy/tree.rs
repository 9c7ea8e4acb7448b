//! The files of the repository, read once.
//!
//! Everything below the root counts, committed or not, so that a new file is judged before it is
//! committed. What `.gitignore` names is left out by the same names here.

use std::fs;
use std::path::Path;

use super::Finding;
use crate::failure::Failure;

const SKIPPED: [&str; 6] = [".git", "target", "node_modules", "__pycache__", "lambent-data", ".venv"];

/// A file larger than this has no place in the repository: every clone would carry it for ever.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// One file: its path from the root, with `/`, and its text.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: String,
    /// `None` for what is not UTF-8 text, or too large to be read.
    pub(super) text: Option<String>,
    bytes: u64,
}

impl File {
    pub(super) fn extension(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    pub(super) fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name)
    }

    /// Whether it is written by the code generator and not by a person.
    pub(super) fn is_generated(&self) -> bool {
        self.path.contains("/generated/")
    }

    pub(super) fn finding(&self, line: usize, rule: &'static str, message: String) -> Finding {
        Finding { path: self.path.clone(), line, rule, message }
    }
}

/// All files, ordered by path.
#[derive(Debug)]
pub(super) struct Tree {
    files: Vec<File>,
}

impl Tree {
    pub(super) fn read(root: &Path) -> Result<Self, Failure> {
        let mut files = Vec::new();
        collect(root, "", &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    /// A small tree for the tests of the rules.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| File {
                path: (*path).to_owned(),
                text: Some((*text).to_owned()),
                bytes: text.len() as u64,
            })
            .collect();
        Self { files }
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    /// Files that are text, with their text.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&File, &str)> {
        self.files.iter().filter_map(|file| Some((file, file.text.as_deref()?)))
    }

    /// Texts with this extension.
    pub(super) fn with_extension<'a>(
        &'a self,
        extension: &'a str,
    ) -> impl Iterator<Item = (&'a File, &'a str)> {
        self.texts().filter(move |(file, _)| file.extension() == extension)
    }

    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path)?.text.as_deref()
    }

    /// Whether there is a file, or a folder holding one, at this path.
    pub(super) fn contains(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.is_empty()
            || self.files.iter().any(|file| {
                file.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) -> Result<(), Failure> {
    let entries = fs::read_dir(folder).map_err(|source| Failure::at(folder, &source))?;
    for entry in entries {
        let entry = entry.map_err(|source| Failure::at(folder, &source))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if SKIPPED.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{prefix}{name}");
        let meta = entry.metadata().map_err(|source| Failure::at(&entry.path(), &source))?;
        if meta.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else {
            let bytes = meta.len();
            let readable = meta.is_file() && bytes <= FILE_BYTES_MAX;
            let text = readable.then(|| fs::read_to_string(entry.path()).ok()).flatten();
            files.push(File { path, text, bytes });
        }
    }
    Ok(())
}

/// Rule `file-size`: nothing in the repository is larger than a mebibyte.
pub(super) fn oversized(tree: &Tree) -> Vec<Finding> {
    tree.files()
        .filter(|file| file.bytes > FILE_BYTES_MAX)
        .map(|file| file.finding(1, "file-size", format!("{} bytes; at most {FILE_BYTES_MAX}", file.bytes)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_from_disk_without_what_is_built() {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [("src/a.rs", "fn a() {}"), ("target/debug/x", "built"), ("README.md", "hello")] {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let tree = Tree::read(root.path()).unwrap();
        let paths: Vec<_> = tree.files().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["README.md", "src/a.rs"]);
        assert_eq!(tree.text("src/a.rs"), Some("fn a() {}"));
        assert!(tree.contains("src") && tree.contains("src/") && !tree.contains("sr"));
    }

    #[test]
    fn a_large_file_is_found_and_its_text_is_not_read() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("big.bin"), vec![b'x'; (1 << 20) + 1]).unwrap();
        let tree = Tree::read(root.path()).unwrap();
        assert_eq!(tree.texts().count(), 0);
        let findings = oversized(&tree);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].to_string(), "big.bin:1: 1048577 bytes; at most 1048576 [file-size]");
    }
}
