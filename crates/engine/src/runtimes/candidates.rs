//! Where interpreters may be. Looks at names and first bytes only; runs nothing.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use lambent_domain::runtime::RuntimeFamily;

use super::Options;

/// Directories that hold interpreters, under the home directory (`~`) or absolute. `*` stands for one level.
const PLACES: &[&str] = &[
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    "/opt/*/bin",
    "/opt/python/*/bin",
    "/usr/local/n/versions/node/*/bin",
    "/home/linuxbrew/.linuxbrew/bin",
    "~/.local/bin",
    "~/.pyenv/versions/*/bin",
    "~/.local/share/uv/python/*/bin",
    "~/.nvm/versions/node/*/bin",
    "~/.local/share/fnm/node-versions/*/installation/bin",
    "~/.asdf/installs/python/*/bin",
    "~/.asdf/installs/nodejs/*/bin",
    "~/.local/share/mise/installs/python/*/bin",
    "~/.local/share/mise/installs/node/*/bin",
];

/// Names of interpreters, except for Python's numbered ones.
const NAMES: &[(&str, Language)] = &[
    ("node", Language::Node),
    ("nodejs", Language::Node),
    ("python3", Language::Python),
    ("python", Language::Python),
];

/// The Python minor versions that have programs of their own: the first this runtime supports, and ones to come.
const PYTHON_MINORS: std::ops::RangeInclusive<u8> = super::probe::PYTHON_MINOR_MIN..=20;

/// The most interpreters that are looked at: a bound on the work a strange host can cause.
const CANDIDATES_MAX: usize = 64;

/// What an interpreter's name says it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Python,
    Node,
}

/// A program that looks like an interpreter: links resolved, and a binary, not a version manager's script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) language: Language,
    pub(super) path: PathBuf,
}

impl Candidate {
    /// Whether the path does not speak against this interpreter being of that family.
    pub(super) fn may_be(&self, family: RuntimeFamily) -> bool {
        // The first number with a dot in it: `versions/3.11.7/bin`, `bin/python3.11`, `node/v20.1.0/bin`.
        let path = self.path.to_string_lossy();
        let is_version = |text: &&str| text.contains('.') && text.starts_with(|c: char| c.is_ascii_digit());
        let named = path.split(|c: char| c != '.' && !c.is_ascii_digit()).find(is_version);
        let mut numbers = named.into_iter().flat_map(|named| named.split('.')).map(str::parse::<u8>);
        let (major, minor) = (numbers.next(), numbers.next());
        match (self.language, family) {
            (Language::Python, RuntimeFamily::Python { minor: wanted }) => {
                named.is_none() || (major == Some(Ok(3)) && minor == Some(Ok(wanted)))
            }
            (Language::Node, RuntimeFamily::Node { major: wanted }) => {
                named.is_none() || major == Some(Ok(wanted))
            }
            _ => false,
        }
    }
}

/// Every candidate, the preferred ones first: what is configured, what PATH has, the usual places.
pub(super) fn search(options: &Options) -> Vec<Candidate> {
    let mut found = Vec::new();
    for extra in &options.extra {
        if extra.is_dir() {
            search_directory(extra, &mut found);
            search_directory(&extra.join("bin"), &mut found);
        } else if let Some(language) = extra.file_name().and_then(|name| language_of(&name.to_string_lossy()))
        {
            admit(extra, language, &mut found);
        }
    }
    for directory in std::env::split_paths(&options.path).filter(|directory| directory.is_absolute()) {
        search_directory(&directory, &mut found);
    }
    for place in PLACES {
        for directory in expand(place, options.home.as_deref()) {
            search_directory(&directory, &mut found);
        }
    }
    found.truncate(CANDIDATES_MAX);
    found
}

fn search_directory(directory: &Path, found: &mut Vec<Candidate>) {
    for (name, language) in NAMES {
        admit(&directory.join(name), *language, found);
    }
    for minor in PYTHON_MINORS {
        admit(&directory.join(format!("python3.{minor}")), Language::Python, found);
    }
}

fn admit(path: &Path, language: Language, found: &mut Vec<Candidate>) {
    let Ok(path) = path.canonicalize() else { return };
    let known = found.iter().any(|candidate| candidate.path == path);
    if !known && is_binary(&path) {
        found.push(Candidate { language, path });
    }
}

fn language_of(name: &str) -> Option<Language> {
    if name.starts_with("python") {
        return Some(Language::Python);
    }
    name.starts_with("node").then_some(Language::Node)
}

/// The shims of pyenv and its like are shell scripts that would find another program at every start.
fn is_binary(path: &Path) -> bool {
    let mut magic = [0; 4];
    File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && magic == *b"\x7fELF"
}

/// The directories a pattern stands for; those of a `*` newest name first.
fn expand(pattern: &str, home: Option<&Path>) -> Vec<PathBuf> {
    let pattern = match (pattern.strip_prefix("~/"), home) {
        (Some(below), Some(home)) => home.join(below),
        (Some(_), None) => return Vec::new(),
        (None, _) => PathBuf::from(pattern),
    };
    let text = pattern.to_string_lossy();
    let Some((parent, below)) = text.split_once("/*/") else { return vec![pattern.clone()] };
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let mut directories: Vec<PathBuf> = entries.flatten().map(|entry| entry.path().join(below)).collect();
    directories.sort_by(|left, right| right.cmp(left));
    directories
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn candidate(language: Language, path: &str) -> Candidate {
        Candidate { language, path: path.into() }
    }

    #[test]
    fn versions_in_paths_are_believed_when_they_speak_against() {
        let python = |minor| RuntimeFamily::Python { minor };
        let node = |major| RuntimeFamily::Node { major };
        let pyenv = candidate(Language::Python, "/home/u/.pyenv/versions/3.11.7/bin/python3.11");
        assert!(pyenv.may_be(python(11)));
        assert!(!pyenv.may_be(python(1)), "3.1 is not 3.11");
        assert!(!pyenv.may_be(python(12)));
        assert!(!pyenv.may_be(node(11)));
        assert!(candidate(Language::Python, "/usr/bin/python3.11").may_be(python(11)));
        assert!(candidate(Language::Python, "/usr/local/bin/python3").may_be(python(13)));
        assert!(candidate(Language::Node, "/home/u/.nvm/versions/node/v20.1.0/bin/node").may_be(node(20)));
        assert!(!candidate(Language::Node, "/home/u/.nvm/versions/node/v20.1.0/bin/node").may_be(node(2)));
        assert!(candidate(Language::Node, "/usr/bin/node").may_be(node(22)));
    }

    #[test]
    fn scripts_are_no_interpreters_and_links_are_followed() {
        let home = tempfile::tempdir().unwrap();
        let shims = home.path().join("shims");
        let bin = home.path().join(".pyenv/versions/3.12.1/bin");
        fs::create_dir_all(&shims).unwrap();
        fs::create_dir_all(&bin).unwrap();
        fs::write(shims.join("python3"), "#!/bin/sh\nexec pyenv exec\n").unwrap();
        fs::write(bin.join("python3.12"), b"\x7fELF...").unwrap();
        symlink("python3.12", bin.join("python3")).unwrap();
        let options =
            Options { path: shims.clone().into(), home: Some(home.path().to_owned()), extra: Vec::new() };

        let found = search(&options);

        let real = bin.canonicalize().unwrap().join("python3.12");
        assert_eq!(found.iter().filter(|one| one.path == real).count(), 1);
        assert!(found.iter().all(|one| !one.path.starts_with(&shims)));
    }

    #[test]
    fn what_is_configured_comes_first() {
        let tree = tempfile::tempdir().unwrap();
        fs::create_dir(tree.path().join("bin")).unwrap();
        let node = tree.path().join("bin/node");
        fs::write(&node, b"\x7fELF...").unwrap();
        let options = Options { path: "/usr/bin".into(), home: None, extra: vec![tree.path().to_owned()] };
        let node = Candidate { language: Language::Node, path: node.canonicalize().unwrap() };
        assert_eq!(search(&options).first(), Some(&node));
    }
}
