//! A file of JSON lines: `{"target","purpose","attributes"?,"body"}`, one for each record.
//!
//! A line is on the disk when a delivery is called done. The file is this user's alone (0600), and lies in the one directory
//! for such files; its name was checked to stay there, and a link in its place is not followed. A file that would grow too
//! large is put aside as `NAME.1`, an older one as `NAME.2`, and the oldest goes.

use crate::fault::Fault;
use crate::message::{Message, purpose_name};
use crate::options::FileOptions;
use crate::sender::Sender;
use async_trait::async_trait;
use lambent_engine::deliveries::TargetKind;
use rustix::fs::OFlags;
use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// All files; routes to one name share one.
#[derive(Debug)]
pub(crate) struct Files {
    options: FileOptions,
    by_name: Mutex<HashMap<String, Arc<Mutex<Lines>>>>,
}

/// The sender to one of them.
#[derive(Debug)]
pub(crate) struct LinesOfFile(Arc<Mutex<Lines>>);

#[derive(Debug)]
struct Lines {
    options: FileOptions,
    name: String,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    bytes: u64,
}

impl Files {
    pub(crate) fn new(options: FileOptions) -> Self {
        Self { options, by_name: Mutex::default() }
    }

    pub(crate) fn file(&self, name: &str) -> LinesOfFile {
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = by_name.entry(name.to_owned()).or_insert_with(|| {
            let (options, name) = (self.options.clone(), name.to_owned());
            Arc::new(Mutex::new(Lines { options, name, open: None }))
        });
        LinesOfFile(Arc::clone(lines))
    }
}

#[async_trait]
impl Sender for LinesOfFile {
    fn kind(&self) -> TargetKind {
        TargetKind::File
    }

    async fn send(&self, message: &Message<'_>) -> Result<(), Fault> {
        let line = line(message)?;
        let lines = Arc::clone(&self.0);
        let written = tokio::task::spawn_blocking(move || {
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            let written = lines.append(&line);
            if written.is_err() {
                // What became of the last line is unknown: the next one begins anew.
                lines.open = None;
            }
            written
        });
        let written = written.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        written.map_err(|error| Fault::unavailable(format!("the file can't be written: {error}")))
    }
}

fn line(message: &Message<'_>) -> Result<Vec<u8>, Fault> {
    let unfit = |error: serde_json::Error| Fault::unsendable(error.to_string());
    let mut line = Vec::with_capacity(message.body.len() + 256);
    line.extend_from_slice(b"{\"target\":");
    serde_json::to_writer(&mut line, message.target()).map_err(unfit)?;
    line.extend_from_slice(format!(",\"purpose\":\"{}\"", purpose_name(message.purpose())).as_bytes());
    if !message.attributes.is_empty() {
        let attributes: serde_json::Map<_, _> = message
            .attributes
            .iter()
            .map(|attribute| (attribute.name.to_owned(), attribute.value.clone().into()))
            .collect();
        line.extend_from_slice(b",\"attributes\":");
        serde_json::to_writer(&mut line, &attributes).map_err(unfit)?;
    }
    line.extend_from_slice(b",\"body\":");
    // JSON has line feeds between its tokens only, where a blank says the same.
    line.extend(message.body.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
    line.extend_from_slice(b"}\n");
    Ok(line)
}

impl Lines {
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let bytes = u64::try_from(line.len()).unwrap_or(u64::MAX);
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.open()?,
        };
        if open.bytes > 0 && open.bytes.saturating_add(bytes) > self.options.bytes_max {
            drop(open);
            self.put_aside()?;
            open = self.open()?;
        }
        open.file.write_all(line)?;
        open.file.sync_data()?;
        open.bytes = open.bytes.saturating_add(bytes);
        self.open = Some(open);
        Ok(())
    }

    fn path(&self) -> PathBuf {
        self.options.directory.join(&self.name)
    }

    fn open(&self) -> io::Result<Open> {
        let path = self.path();
        DirBuilder::new().recursive(true).mode(0o700).create(&self.options.directory)?;
        let no_link = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default();
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(no_link)
            .open(path)?;
        // The name must be as durable as the lines will be.
        sync_directory(&self.options.directory)?;
        let bytes = end_last_line(&file)?;
        Ok(Open { file, bytes })
    }

    /// `NAME` becomes `NAME.1`, `NAME.1` becomes `NAME.2`, and so on; the oldest is overwritten or removed.
    fn put_aside(&self) -> io::Result<()> {
        let aside = |number: u32| self.options.directory.join(format!("{}.{number}", self.name));
        for number in (1..self.options.kept_max).rev() {
            rename_if_there(&aside(number), &aside(number.saturating_add(1)))?;
        }
        if self.options.kept_max > 0 {
            rename_if_there(&self.path(), &aside(1))?;
        } else {
            fs::remove_file(self.path())?;
        }
        sync_directory(&self.options.directory)
    }
}

/// A line that was cut off by a crash is ended, so that it does not spoil the next. Gives the file's length.
fn end_last_line(mut file: &File) -> io::Result<u64> {
    let bytes = file.metadata()?.len();
    if bytes == 0 {
        return Ok(0);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" {
        return Ok(bytes);
    }
    file.write_all(b"\n")?;
    Ok(bytes.saturating_add(1))
}

fn rename_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        renamed => renamed,
    }
}

fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn lines(directory: &Path, bytes_max: u64) -> Lines {
        let options = FileOptions { directory: directory.join("d"), bytes_max, kept_max: 2 };
        Lines { options, name: "f".to_owned(), open: None }
    }

    #[test]
    fn lines_are_appended_for_this_user_alone_and_a_torn_one_is_ended() {
        let directory = tempfile::tempdir().unwrap();
        lines(directory.path(), 100).append(b"1\n").unwrap();
        let path = directory.path().join("d/f");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let mut torn = OpenOptions::new().append(true).open(&path).unwrap();
        torn.write_all(b"2").unwrap();
        lines(directory.path(), 100).append(b"3\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"1\n2\n3\n");
    }

    #[test]
    fn a_full_file_is_put_aside_and_the_oldest_goes() {
        let directory = tempfile::tempdir().unwrap();
        let mut lines = lines(directory.path(), 4);
        for line in [b"1\n", b"2\n", b"3\n", b"4\n", b"5\n", b"6\n", b"7\n"] {
            lines.append(line).unwrap();
        }
        let read = |name: &str| fs::read_to_string(directory.path().join("d").join(name)).ok();
        assert_eq!(read("f").as_deref(), Some("7\n"));
        assert_eq!(read("f.1").as_deref(), Some("5\n6\n"));
        assert_eq!(read("f.2").as_deref(), Some("3\n4\n"));
        assert_eq!(read("f.3"), None);
    }

    #[test]
    fn a_link_is_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        let mut lines = lines(directory.path(), 4);
        fs::create_dir(directory.path().join("d")).unwrap();
        std::os::unix::fs::symlink(directory.path().join("other"), directory.path().join("d/f")).unwrap();
        assert!(lines.append(b"1\n").is_err());
        assert!(!directory.path().join("other").exists());
    }
}
