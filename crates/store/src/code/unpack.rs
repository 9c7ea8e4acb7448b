//! Writing a judged package to an empty directory.
//!
//! Order matters: directories and files first, links last, so that nothing is ever written through a link.

use super::entries::{self, Archive, Node, PackageError, unreadable};
use super::{CodeStoreError, PutError, during};
use lambent_domain::limits::UNZIPPED_BYTES_MAX;
use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;

const COPY_BYTES: usize = 64 * 1024;

/// Unpacks `zip` into `task`, which must not exist.
pub(super) fn unpack(zip: &[u8], task: &Path) -> Result<(), PutError> {
    unpack_within(zip, task, UNZIPPED_BYTES_MAX)
}

/// As [`unpack`], with a bound of one's own on the bytes written.
pub(super) fn unpack_within(zip: &[u8], task: &Path, bytes_max: u64) -> Result<(), PutError> {
    let (mut archive, tree) = entries::read(zip)?;
    make_directory(task)?;
    let mut spare = bytes_max;
    for (path, node) in &tree {
        match node {
            Node::Directory => make_directory(&task.join(path))?,
            Node::File { index, executable } => {
                write_file(&mut archive, *index, &task.join(path), *executable, &mut spare)?;
            }
            Node::Link { .. } => {}
        }
    }
    for (path, node) in &tree {
        if let Node::Link { target } = node {
            symlink(target, task.join(path)).map_err(during("make a link"))?;
        }
    }
    Ok(())
}

/// Directories stay writable for the server, which has to be able to remove them again.
fn make_directory(path: &Path) -> Result<(), CodeStoreError> {
    DirBuilder::new().mode(0o755).create(path).map_err(during("make a directory"))?;
    // The umask may have taken bits away that the function's user needs.
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).map_err(during("open a directory up"))
}

/// Inflates one file, taking what it really has from `spare`.
fn write_file(
    archive: &mut Archive<'_>,
    index: usize,
    path: &Path,
    executable: bool,
    spare: &mut u64,
) -> Result<(), PutError> {
    let mut entry = archive.by_index(index).map_err(|error| unreadable(&error))?;
    let mut file =
        File::options().write(true).create_new(true).mode(0o600).open(path).map_err(during("make a file"))?;
    let mut buffer = vec![0; COPY_BYTES];
    loop {
        let count = match entry.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // Reading is from memory: an error is the package's own, such as a wrong checksum.
            Err(error) => return Err(PackageError::NotAZip(error.to_string()).into()),
        };
        *spare = u64::try_from(count)
            .ok()
            .and_then(|count| spare.checked_sub(count))
            .ok_or(PackageError::UnzippedTooLarge)?;
        file.write_all(buffer.get(..count).unwrap_or_default()).map_err(during("write a file"))?;
    }
    // Everybody may read, nobody write; of the uploaded mode only the right to execute is kept.
    let mode = if executable { 0o555 } else { 0o444 };
    file.set_permissions(PermissionsExt::from_mode(mode)).map_err(during("set a file's mode"))?;
    Ok(())
}
