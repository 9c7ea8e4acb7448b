//! A directory as a zip file: the same files make the same bytes, wherever and whenever.
//!
//! Entries are sorted, carry the oldest time a zip file knows and one of two modes. Version control and what Python
//! leaves behind stay out. Links to files inside the directory become the files; any other link is refused,
//! because the package would be something else than what the directory shows.

use std::fs;
use std::io::{self, Cursor, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Names that are never part of a function.
const LEFT_OUT: [&str; 4] = [".git", ".hg", "__pycache__", ".DS_Store"];

/// The directory can't be packed.
#[derive(Debug, thiserror::Error)]
pub(super) enum PackError {
    #[error("{}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} is a link that leads out of the directory or to a directory", .0.display())]
    Link(PathBuf),
    #[error("{} is neither a file nor a directory", .0.display())]
    Odd(PathBuf),
    #[error("the name {} is not UTF-8", .0.display())]
    Name(PathBuf),
    #[error("more than {} bytes of files", lambent_domain::limits::UNZIPPED_BYTES_MAX)]
    TooLarge,
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
}

impl PackError {
    /// What to do about it, where there is something.
    pub(super) fn hint(&self) -> Option<String> {
        matches!(self, Self::Link(_))
            .then(|| "replace the link by what it leads to, or deploy a zip file".to_owned())
    }
}

/// One file of the package.
struct Entry {
    /// Its name in the package, with slashes.
    name: String,
    path: PathBuf,
    executable: bool,
    bytes: u64,
}

/// Packs a directory. Blocks.
pub(super) fn pack(directory: &Path) -> Result<Vec<u8>, PackError> {
    let root = directory.canonicalize().map_err(unreadable(directory))?;
    let mut entries = Vec::new();
    collect(&root, &root, &mut entries)?;
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let total = entries.iter().fold(0_u64, |total, entry| total.saturating_add(entry.bytes));
    if total > lambent_domain::limits::UNZIPPED_BYTES_MAX {
        return Err(PackError::TooLarge);
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let contents = fs::read(&entry.path).map_err(unreadable(&entry.path))?;
        add(&mut zip, entry.name, entry.executable, &contents)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// A package of one file.
pub(super) fn single_file(name: &str, contents: &str) -> Result<Vec<u8>, PackError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    add(&mut zip, name.to_owned(), false, contents.as_bytes())?;
    Ok(zip.finish()?.into_inner())
}

fn add(
    zip: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: String,
    executable: bool,
    contents: &[u8],
) -> Result<(), PackError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(if executable { 0o755 } else { 0o644 });
    zip.start_file(name, options)?;
    zip.write_all(contents).map_err(zip::result::ZipError::from)?;
    Ok(())
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> PackError {
    let path = path.to_owned();
    move |source| PackError::Unreadable { path, source }
}

/// Adds everything below a directory. Links are not followed into directories, so this ends.
fn collect(root: &Path, directory: &Path, entries: &mut Vec<Entry>) -> Result<(), PackError> {
    for entry in fs::read_dir(directory).map_err(unreadable(directory))? {
        let entry = entry.map_err(unreadable(directory))?;
        let path = entry.path();
        if LEFT_OUT.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let kind = entry.file_type().map_err(unreadable(&path))?;
        if kind.is_dir() {
            collect(root, &path, entries)?;
            continue;
        }
        if kind.is_symlink() {
            let target = path.canonicalize().map_err(unreadable(&path))?;
            if !target.starts_with(root) || target.is_dir() {
                return Err(PackError::Link(path));
            }
        }
        let metadata = fs::metadata(&path).map_err(unreadable(&path))?;
        if !metadata.is_file() {
            return Err(PackError::Odd(path));
        }
        let name = path.strip_prefix(root).ok().and_then(Path::to_str).map(str::to_owned);
        entries.push(Entry {
            name: name.ok_or_else(|| PackError::Name(path.clone()))?,
            executable: metadata.permissions().mode() & 0o111 != 0,
            bytes: metadata.len(),
            path,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn files(directory: &Path, names: &[&str]) {
        for name in names {
            let path = directory.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
    }

    fn names(zip: &[u8]) -> Vec<String> {
        let archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
        let mut names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_same_files_make_the_same_bytes() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        files(one.path(), &["b/c.py", "a.py"]);
        files(two.path(), &["a.py", "b/c.py", "__pycache__/a.pyc", ".git/HEAD"]);
        let old = fs::File::open(two.path().join("a.py")).unwrap();
        old.set_modified(std::time::UNIX_EPOCH).unwrap();
        let packed = pack(one.path()).unwrap();
        assert_eq!(packed, pack(two.path()).unwrap());
        assert_eq!(names(&packed), ["a.py", "b/c.py"]);
    }

    #[test]
    fn what_may_be_executed_stays_so() {
        let directory = tempfile::tempdir().unwrap();
        files(directory.path(), &["bootstrap", "data"]);
        fs::set_permissions(directory.path().join("bootstrap"), fs::Permissions::from_mode(0o700)).unwrap();
        let packed = pack(directory.path()).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        let mut mode = |name| archive.by_name(name).unwrap().unix_mode().unwrap() & 0o777;
        assert_eq!((mode("bootstrap"), mode("data")), (0o755, 0o644));
    }

    #[test]
    fn links_inside_are_files_and_links_outside_are_refused() {
        let (directory, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        files(directory.path(), &["real.py", "below/x.py"]);
        files(elsewhere.path(), &["secret"]);
        symlink("real.py", directory.path().join("link.py")).unwrap();
        assert_eq!(names(&pack(directory.path()).unwrap()), ["below/x.py", "link.py", "real.py"]);
        for target in
            [elsewhere.path().join("secret"), directory.path().join("below"), directory.path().into()]
        {
            let link = directory.path().join("out");
            symlink(&target, &link).unwrap();
            assert!(matches!(pack(directory.path()), Err(PackError::Link(_))), "{}", target.display());
            fs::remove_file(link).unwrap();
        }
    }
}
