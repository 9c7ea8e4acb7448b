//! What is in a package, checked before anything is written.
//!
//! The tree is built in memory first: names, kinds, collisions, links and the number of entries are judged here, so that
//! unpacking only has to count bytes.

use super::links;
use lambent_domain::limits::{UNZIPPED_BYTES_MAX, ZIPPED_BYTES_MAX};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// Most files, directories and links in a package, directories that are only implied by names included.
pub const ENTRIES_MAX: usize = 100_000;
/// Longest name of an entry, and longest target of a link, in bytes: Linux's own bound on paths.
const PATH_BYTES_MAX: usize = 4096;
/// Longest part of a name, in bytes: Linux's own bound.
const PART_BYTES_MAX: usize = 255;
/// How much of an entry's name is repeated in a message, in characters.
const SHOWN_CHARS_MAX: usize = 200;

/// What is wrong with a package. The texts are for whoever uploaded it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// Not a zip file, or a damaged one.
    #[error("could not unzip uploaded file: {0}")]
    NotAZip(String),
    /// There is no file in it.
    #[error("uploaded file must be a non-empty zip")]
    Empty,
    /// The zip file itself is too large.
    #[error("zipped size must be smaller than {ZIPPED_BYTES_MAX} bytes")]
    ZippedTooLarge,
    /// Its content is too large.
    #[error("unzipped size must be smaller than {UNZIPPED_BYTES_MAX} bytes")]
    UnzippedTooLarge,
    /// It has too many entries.
    #[error("package has more than {ENTRIES_MAX} entries")]
    TooManyEntries,
    /// A name that leads out of the package, or that no file can have.
    #[error("entry {0} has an unsafe name")]
    UnsafeName(String),
    /// Two entries for the same place.
    #[error("entry {0} is there twice")]
    Duplicate(String),
    /// A link that leads out of the package, or nowhere at all.
    #[error("entry {0} is a link that does not stay inside the package")]
    UnsafeLink(String),
    /// A device, a socket or a pipe.
    #[error("entry {0} is neither a file nor a directory nor a link")]
    SpecialFile(String),
    /// It can't be read without a password.
    #[error("entry {0} is encrypted")]
    Encrypted(String),
}

/// What is at a path of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Directory,
    File { index: usize, executable: bool },
    Link { target: String },
}

/// The package as a tree: paths without a leading slash, parents before children.
pub(super) type Tree = BTreeMap<String, Node>;
pub(super) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Reads and judges the table of contents.
pub(super) fn read(zip: &[u8]) -> Result<(Archive<'_>, Tree), PackageError> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(|error| unreadable(&error))?;
    if archive.has_duplicate_names() {
        return Err(PackageError::Duplicate("of the same name".to_owned()));
    }
    if archive.len() > ENTRIES_MAX {
        return Err(PackageError::TooManyEntries);
    }
    let mut tree = Tree::new();
    let mut claimed = 0_u64;
    for index in 0..archive.len() {
        let (path, node, bytes) = entry(&mut archive, index)?;
        claimed = claimed.saturating_add(bytes);
        // A first look at what the headers claim; what counts is counted while inflating.
        if claimed > UNZIPPED_BYTES_MAX {
            return Err(PackageError::UnzippedTooLarge);
        }
        if let Some(path) = path {
            plant(&mut tree, path, node)?;
        }
    }
    if !tree.values().any(|node| matches!(node, Node::File { .. })) {
        return Err(PackageError::Empty);
    }
    for (path, node) in &tree {
        if let Node::Link { target } = node
            && !links::stays_inside(&tree, path, target)
        {
            return Err(PackageError::UnsafeLink(shown(path)));
        }
    }
    Ok((archive, tree))
}

/// One entry: its path (none for the root itself), what it is, and how many bytes it claims to have.
fn entry(archive: &mut Archive<'_>, index: usize) -> Result<(Option<String>, Node, u64), PackageError> {
    const KIND: u32 = 0o170_000;
    let file = archive.by_index_raw(index).map_err(|error| unreadable(&error))?;
    let raw = file.name_raw();
    let name = std::str::from_utf8(raw)
        .map_err(|_| PackageError::UnsafeName(shown(&String::from_utf8_lossy(raw))))?;
    let name = name.to_owned();
    if file.encrypted() {
        return Err(PackageError::Encrypted(shown(&name)));
    }
    let path = clean(&name)?;
    let mode = file.unix_mode().unwrap_or(0);
    let bytes = file.size();
    let node = match mode & KIND {
        0o120_000 => {
            drop(file);
            Node::Link { target: link_target(archive, index, &name)? }
        }
        0 | 0o040_000 if name.ends_with('/') => Node::Directory,
        // Some writers give everything the kind of a file; the slash says what is meant.
        0o100_000 if name.ends_with('/') && bytes == 0 => Node::Directory,
        0 | 0o100_000 if !name.ends_with('/') => Node::File { index, executable: mode & 0o111 != 0 },
        _ => return Err(PackageError::SpecialFile(shown(&name))),
    };
    match (path, node) {
        (None, Node::Directory) => Ok((None, Node::Directory, 0)),
        (None, _) => Err(PackageError::UnsafeName(shown(&name))),
        (path, node) => Ok((path, node, bytes)),
    }
}

/// The path in normal form: no empty parts, no `.`; anything else that is not plain is refused.
fn clean(name: &str) -> Result<Option<String>, PackageError> {
    let unsafe_name = || PackageError::UnsafeName(shown(name));
    if name.len() > PATH_BYTES_MAX || name.starts_with('/') || name.contains(['\0', '\\']) {
        return Err(unsafe_name());
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.iter().any(|part| *part == ".." || part.len() > PART_BYTES_MAX) {
        return Err(unsafe_name());
    }
    Ok((!parts.is_empty()).then(|| parts.join("/")))
}

fn link_target(archive: &mut Archive<'_>, index: usize, name: &str) -> Result<String, PackageError> {
    let unsafe_link = || PackageError::UnsafeLink(shown(name));
    let file = archive.by_index(index).map_err(|error| unreadable(&error))?;
    let mut target = Vec::new();
    let longest = u64::try_from(PATH_BYTES_MAX).unwrap_or(u64::MAX);
    file.take(longest + 1)
        .read_to_end(&mut target)
        .map_err(|error| PackageError::NotAZip(error.to_string()))?;
    let target = String::from_utf8(target).map_err(|_| unsafe_link())?;
    if target.is_empty() || target.len() > PATH_BYTES_MAX || target.contains(['\0', '\\']) {
        return Err(unsafe_link());
    }
    Ok(target)
}

/// Puts an entry into the tree with the directories above it.
fn plant(tree: &mut Tree, path: String, node: Node) -> Result<(), PackageError> {
    for (cut, _) in path.match_indices('/') {
        let (parent, _) = path.split_at(cut);
        match tree.get(parent) {
            Some(Node::Directory) => {}
            // Something that is no directory has another entry below it.
            Some(_) => return Err(PackageError::Duplicate(shown(parent))),
            None => {
                tree.insert(parent.to_owned(), Node::Directory);
            }
        }
    }
    match (tree.get(&path), &node) {
        (None, _) => {
            tree.insert(path, node);
        }
        (Some(Node::Directory), Node::Directory) => {}
        (Some(_), _) => return Err(PackageError::Duplicate(shown(&path))),
    }
    if tree.len() > ENTRIES_MAX { Err(PackageError::TooManyEntries) } else { Ok(()) }
}

/// A name as it may stand in a message: quoted, without control characters, not too long.
pub(super) fn shown(name: &str) -> String {
    let short: String = name.chars().take(SHOWN_CHARS_MAX).flat_map(char::escape_debug).collect();
    format!("\"{short}\"")
}

pub(super) fn unreadable(error: &ZipError) -> PackageError {
    PackageError::NotAZip(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_brought_into_one_form_or_refused() {
        for (name, path) in [
            ("a", Some("a")),
            ("a//b/", Some("a/b")),
            ("./a/./b", Some("a/b")),
            ("./", None),
            ("ä b", Some("ä b")),
        ] {
            assert_eq!(clean(name).unwrap().as_deref(), path, "{name}");
        }
        let long = "x".repeat(256);
        for bad in ["/a", "..", "a/../b", "../a", "a\\..\\b", "C:\\a", "a\0b", "//a", &long] {
            assert_eq!(clean(bad), Err(PackageError::UnsafeName(shown(bad))), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_clean_path_never_leads_out(name in "[./a\\\\\0]{0,12}") {
            if let Ok(Some(path)) = clean(&name) {
                prop_assert!(path.split('/').all(|part| !part.is_empty() && part != "." && part != ".."), "{}", path);
            }
        }

        #[test]
        fn noise_is_never_a_panic(noise: Vec<u8>) {
            prop_assert!(read(&noise).is_err());
        }
    }
}
