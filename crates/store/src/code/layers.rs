//! The layers of a function, merged into one tree: what it sees at `/opt`. Made once for each list of layers, shared by
//! all environments that have that list.
//!
//! The tree is put together in memory first, as for a package: layer after layer, and where two have something at the
//! same path the later one's is taken, except that directories are united. Files are linked to those of the packages, or
//! copied where the file system cannot do that; nothing is ever read or written through a symbolic link.
//!
//! Merged layers are made of packages that are on the disk, so they need not survive a crash: all are removed at start.

use super::entries::{ENTRIES_MAX, Node, Tree};
use super::pins::Pin;
use super::{CodeStore, CodeStoreError, LAYERS, NEW_PREFIX, TASK, during, links};
use lambent_domain::function::{CodePackage, CodeSha256};
use lambent_domain::limits::UNZIPPED_BYTES_MAX;
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

/// Merged layers. They stay at least as long as this lives.
#[derive(Debug)]
pub struct LayerTree {
    dir: PathBuf,
    _pin: Pin,
}

impl LayerTree {
    /// Where they are.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

/// Why layers could not be merged.
#[derive(Debug, thiserror::Error)]
pub enum LayersError {
    /// A layer's package is not on this disk.
    #[error("package of a layer is missing: {0}")]
    Missing(String),
    /// Together they have too many entries.
    #[error("layers together have more than {ENTRIES_MAX} entries")]
    TooManyEntries,
    /// Together they are too large.
    #[error("layers together are larger than {UNZIPPED_BYTES_MAX} bytes")]
    TooLarge,
    /// The disk is at fault.
    #[error(transparent)]
    Storage(#[from] CodeStoreError),
}

impl CodeStore {
    /// The layers as one tree, in the order in which they are listed: of files at one path the later layer's is seen.
    pub fn layers(&self, layers: &[CodePackage]) -> Result<LayerTree, LayersError> {
        let digest = digest(layers);
        let home = self.root.join(LAYERS).join(digest.to_hex());
        // Held before looking, so that a collection can't remove it between the look and the answer.
        let tree = LayerTree { dir: home.clone(), _pin: self.layer_pins.pin_digest(digest) };
        if home.is_dir() {
            return Ok(tree);
        }
        let _one = self.merging.lock().unwrap_or_else(PoisonError::into_inner);
        if !home.is_dir() {
            self.merge(layers, &home)?;
        }
        Ok(tree)
    }

    fn merge(&self, layers: &[CodePackage], home: &Path) -> Result<(), LayersError> {
        let mut held = Vec::with_capacity(layers.len());
        for layer in layers {
            held.push(self.hold(layer).ok_or_else(|| LayersError::Missing(layer.sha256.to_hex()))?);
        }
        let sources: Vec<PathBuf> = held.iter().map(super::StoredPackage::task_dir).collect();
        let tree = plan(&sources, Bounds { entries: ENTRIES_MAX, bytes: UNZIPPED_BYTES_MAX })?;
        let new = tempfile::Builder::new().prefix(NEW_PREFIX).tempdir_in(&self.root);
        let new = new.map_err(during("make a directory to merge layers in"))?;
        let opt = new.path().join(TASK);
        build(&sources, &tree, &opt)?;
        let all = self.root.join(LAYERS);
        DirBuilder::new().recursive(true).mode(0o755).create(&all).map_err(during("make a directory"))?;
        open_up(&all)?;
        Ok(fs::rename(&opt, home).map_err(during("put merged layers in place"))?)
    }

    pub(super) fn collect_layers(&self) -> Result<(), CodeStoreError> {
        let all = self.root.join(LAYERS);
        let entries = match fs::read_dir(&all) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(during("read the directory")(error)),
        };
        for entry in entries {
            let name = entry.map_err(during("read the directory"))?.file_name();
            let Some(digest) = name.to_str().and_then(CodeSha256::from_hex) else { continue };
            self.remove_unless_held(&self.layer_pins, digest, &all.join(name))?;
        }
        Ok(())
    }
}

/// Names a list of packages. Every digest has the same length, so two lists never read the same.
fn digest(layers: &[CodePackage]) -> CodeSha256 {
    let mut digest = Sha256::new();
    for layer in layers {
        digest.update(layer.sha256.as_bytes());
    }
    CodeSha256::new(digest.finalize().into())
}

/// How much may be merged.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    entries: usize,
    bytes: u64,
}

/// What is at each path. A file's index is its layer's.
fn plan(sources: &[PathBuf], bounds: Bounds) -> Result<Tree, LayersError> {
    let mut tree = Tree::new();
    let mut bytes = 0_u64;
    let mut seen = 0_usize;
    for (layer, source) in sources.iter().enumerate() {
        // Directories still to be read, by their path in the layer.
        let mut open = vec![String::new()];
        while let Some(directory) = open.pop() {
            let entries = fs::read_dir(source.join(&directory)).map_err(during("read a layer"))?;
            for entry in entries {
                let entry = entry.map_err(during("read a layer"))?;
                // Whatever was unpacked has a name in UTF-8.
                let Ok(name) = entry.file_name().into_string() else { continue };
                let path = if directory.is_empty() { name } else { format!("{directory}/{name}") };
                let metadata = entry.metadata().map_err(during("read a layer"))?;
                seen += 1;
                if seen > bounds.entries {
                    return Err(LayersError::TooManyEntries);
                }
                let node = if metadata.is_dir() {
                    open.push(path.clone());
                    Node::Directory
                } else if metadata.is_symlink() {
                    let target = fs::read_link(entry.path()).map_err(during("read a layer"))?;
                    let Ok(target) = target.into_os_string().into_string() else { continue };
                    Node::Link { target }
                } else {
                    bytes = bytes.saturating_add(metadata.len());
                    Node::File { index: layer, executable: metadata.mode() & 0o111 != 0 }
                };
                plant(&mut tree, path, node);
            }
        }
    }
    if bytes > bounds.bytes {
        return Err(LayersError::TooLarge);
    }
    drop_links_that_lead_out(&mut tree);
    Ok(tree)
}

/// Puts an entry of a later layer in the place of an earlier one's.
fn plant(tree: &mut Tree, path: String, node: Node) {
    let replaced = tree.insert(path.clone(), node.clone());
    if replaced == Some(Node::Directory) && node != Node::Directory {
        let below = format!("{path}/");
        let gone: Vec<String> = tree
            .range(below.clone()..)
            .map(|(path, _)| path)
            .take_while(|path| path.starts_with(&below))
            .cloned()
            .collect();
        for path in gone {
            tree.remove(&path);
        }
    }
}

/// In its own package every link stays inside; together with another layer's links it may not, and would then mean
/// another file to the server than to the function.
fn drop_links_that_lead_out(tree: &mut Tree) {
    let leading_out: Vec<String> = tree
        .iter()
        .filter_map(|(path, node)| match node {
            Node::Link { target } if !links::stays_inside(tree, path, target) => Some(path.clone()),
            Node::Link { .. } | Node::File { .. } | Node::Directory => None,
        })
        .collect();
    for path in leading_out {
        tracing::warn!(path, "left out a link of a layer that leads out of the layers");
        tree.remove(&path);
    }
}

/// Directories come before what is in them, and links last, so that nothing is ever written through a link.
fn build(sources: &[PathBuf], tree: &Tree, opt: &Path) -> Result<(), CodeStoreError> {
    make_directory(opt)?;
    for (path, node) in tree {
        match node {
            Node::Directory => make_directory(&opt.join(path))?,
            Node::File { index, .. } => {
                let Some(source) = sources.get(*index) else { continue };
                link_or_copy(&source.join(path), &opt.join(path)).map_err(during("merge a file"))?;
            }
            Node::Link { .. } => {}
        }
    }
    for (path, node) in tree {
        if let Node::Link { target } = node {
            symlink(target, opt.join(path)).map_err(during("make a link"))?;
        }
    }
    Ok(())
}

/// Some file systems know no hard links, and all have a bound on them.
fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => Ok(()),
        // With the mode, which says who may read and execute it.
        Err(_) => fs::copy(from, to).map(drop),
    }
}

fn make_directory(path: &Path) -> Result<(), CodeStoreError> {
    DirBuilder::new().mode(0o755).create(path).map_err(during("make a directory"))?;
    open_up(path)
}

/// The umask may have taken bits away that the function's user needs.
fn open_up(path: &Path) -> Result<(), CodeStoreError> {
    fs::set_permissions(path, Permissions::from_mode(0o755)).map_err(during("open a directory up"))
}

#[cfg(test)]
mod tests;
