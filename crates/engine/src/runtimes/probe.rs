//! Asks an interpreter what it is: version, the directories it needs, and for Python our runtime compiled for it.
//!
//! Compiled here because the function's directories are read-only and every Python has a byte code of its own: without
//! it each cold start would compile the runtime again, which costs about as much as starting Python.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use lambent_domain::runtime::RuntimeFamily;
use lambent_sandbox::RuntimeFile;
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use super::candidates::{Candidate, Language};
use super::files;

/// The oldest Python 3 this runtime supports.
pub(super) const PYTHON_MINOR_MIN: u8 = 8;
/// The oldest Node.js this runtime supports.
const NODE_MAJOR_MIN: u8 = 18;

/// Generous: an interpreter on a cold disk of a busy host. One that hangs costs no more than this.
const PROBE_TIME_MAX: Duration = Duration::from_secs(20);
/// The answer holds our compiled runtime in hexadecimal, some 60 KiB.
const ANSWER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What every sandbox shows anyway: no tree of these has to be named.
const SYSTEM_TREES: &[&str] = &["/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin"];

/// An interpreter that works.
#[derive(Debug)]
pub(super) struct Interpreter {
    pub(super) family: RuntimeFamily,
    pub(super) version: Version,
    pub(super) program: PathBuf,
    pub(super) read_only_trees: Vec<PathBuf>,
    pub(super) runtime_files: Arc<[RuntimeFile]>,
}

/// Three numbers; anything after them (`rc1`) has been dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Version(u8, u8, u16);

impl std::fmt::Display for Version {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Interpreter {
    /// AWS's identifier.
    pub(super) fn identifier(&self) -> String {
        match self.family {
            RuntimeFamily::Node { major } => format!("nodejs{major}.x"),
            _ => format!("python{}.{}", self.version.0, self.version.1),
        }
    }
}

/// What the probing scripts print.
#[derive(Deserialize)]
struct Answer {
    version: Version,
    program: PathBuf,
    /// Directories of the standard library.
    directories: Vec<PathBuf>,
    /// Shared libraries mapped once all of the standard library's extensions are loaded.
    libraries: Vec<PathBuf>,
    /// Compiled files by name, in hexadecimal.
    #[serde(default)]
    compiled: Vec<(String, String)>,
}

/// Runs the candidate once. `None`, with a line in the log, if it is not usable.
pub(super) async fn probe(candidate: &Candidate) -> Option<Interpreter> {
    match ask(candidate).await.and_then(|answer| judge(candidate, answer)) {
        Ok(interpreter) => Some(interpreter),
        Err(reason) => {
            tracing::debug!(program.path = %candidate.path.display(), reason, "not usable as a runtime");
            None
        }
    }
}

async fn ask(candidate: &Candidate) -> Result<Answer, String> {
    let (arguments, script, input): (&[&str], _, _) = match candidate.language {
        Language::Python => (&["-I", "-S", "-B", "-c"], files::PROBE_PYTHON, files::sources_for_probe()),
        Language::Node => (&["-e"], files::PROBE_NODE, Vec::new()),
    };
    let mut command = Command::new(&candidate.path);
    command.args(arguments).arg(script).env_clear().current_dir("/").kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let converse = async {
        let mut child = command.spawn()?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(std::io::Error::other("no pipes"));
        };
        stdin.write_all(&input).await?;
        drop(stdin);
        let mut answer = Vec::new();
        stdout.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await?;
        child.wait().await?;
        Ok(answer)
    };
    let answer =
        tokio::time::timeout(PROBE_TIME_MAX, converse).await.map_err(|_| "gave no answer in time")?;
    let answer = answer.map_err(|error| error.to_string())?;
    serde_json::from_slice(&answer).map_err(|error| format!("answered nonsense: {error}"))
}

fn judge(candidate: &Candidate, answer: Answer) -> Result<Interpreter, String> {
    let Version(major, minor, _) = answer.version;
    let (family, runtime_files) = match candidate.language {
        Language::Python if major == 3 && minor >= PYTHON_MINOR_MIN => {
            (RuntimeFamily::Python { minor }, files::python(&answer.compiled)?)
        }
        Language::Node if major >= NODE_MAJOR_MIN => (RuntimeFamily::Node { major }, files::node()),
        Language::Python | Language::Node => return Err(format!("version {} is too old", answer.version)),
    };
    let read_only_trees = trees(&answer)?;
    Ok(Interpreter {
        family,
        version: answer.version,
        program: answer.program,
        read_only_trees,
        runtime_files,
    })
}

/// The directories a sandbox must show besides the system's own, none inside another.
fn trees(answer: &Answer) -> Result<Vec<PathBuf>, String> {
    let is_system = |path: &Path| SYSTEM_TREES.iter().any(|tree| path.starts_with(tree));
    let holder = answer.program.parent().unwrap_or(Path::new("/"));
    // The whole directory is shown to functions, so it must be one that is meant for programs, not a home.
    if !is_system(holder) && holder.file_name().is_none_or(|name| name != "bin") {
        return Err(format!("{} is not in a directory named bin", answer.program.display()));
    }
    let is_library_directory =
        |path: &&Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("lib"));
    let libraries =
        answer.libraries.iter().filter_map(|library| library.parent()).filter(is_library_directory);
    let mut trees: Vec<&Path> = Vec::new();
    let mut wanted: Vec<&Path> = answer.directories.iter().map(PathBuf::as_path).chain(libraries).collect();
    wanted.push(holder);
    wanted.sort_unstable();
    for path in wanted {
        if !is_system(path) && !trees.iter().any(|tree| path.starts_with(tree)) {
            trees.push(path);
        }
    }
    Ok(trees.into_iter().map(Path::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(program: &str, directories: &[&str], libraries: &[&str]) -> Answer {
        let paths = |texts: &[&str]| texts.iter().map(PathBuf::from).collect();
        Answer {
            version: Version(3, 11, 7),
            program: program.into(),
            directories: paths(directories),
            libraries: paths(libraries),
            compiled: Vec::new(),
        }
    }

    #[test]
    fn trees_hold_what_the_system_does_not_and_nothing_twice() {
        let pyenv = answer(
            "/home/u/versions/3.11.7/bin/python3.11",
            &["/home/u/versions/3.11.7/lib/python3.11", "/home/u/versions/3.11.7/lib/python3.11/lib-dynload"],
            &[
                "/home/u/versions/3.11.7/lib/libpython3.11.so.1.0",
                "/usr/lib/libc.so.6",
                "/srv/ssl/lib64/libssl.so.3",
            ],
        );
        let expected = ["/home/u/versions/3.11.7/bin", "/home/u/versions/3.11.7/lib", "/srv/ssl/lib64"];
        assert_eq!(trees(&pyenv).unwrap(), expected.map(PathBuf::from));
        let system =
            answer("/usr/bin/python3.11", &["/usr/lib/python3.11"], &["/lib/x86_64-linux-gnu/libm.so.6"]);
        assert_eq!(trees(&system).unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_home_directory_is_never_shown() {
        assert!(trees(&answer("/home/u/python3", &[], &[])).is_err());
        let odd_library = answer("/home/u/bin/node", &[], &["/home/u/libnode.so"]);
        assert_eq!(trees(&odd_library).unwrap(), [PathBuf::from("/home/u/bin")]);
    }

    #[tokio::test]
    async fn a_program_that_is_no_interpreter_is_not_usable() {
        let candidate = Candidate { language: Language::Python, path: "/bin/true".into() };
        assert!(probe(&candidate).await.is_none());
    }
}
