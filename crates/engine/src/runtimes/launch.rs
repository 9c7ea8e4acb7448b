//! How to start a runtime: program, arguments, files, and the variables that depend on the language.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lambent_domain::runtime::{Runtime, RuntimeFamily};
use lambent_sandbox::RuntimeFile;

use super::probe::Interpreter;

/// What Node.js takes beside its heap: code, buffers, stacks.
const NODE_OUTSIDE_HEAP_MB: u32 = 32;

/// Where the function finds its directories: fixed inside a sandbox, host paths without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roots {
    /// The code, `/var/task`.
    pub task: PathBuf,
    /// The layers, `/opt`.
    pub opt: PathBuf,
    /// The runtime's own files, `/var/runtime`.
    pub runtime: PathBuf,
    /// Room for temporary files, `/tmp`.
    pub tmp: PathBuf,
}

impl Roots {
    /// AWS's paths, as inside a sandbox.
    #[must_use]
    pub fn sandboxed() -> Self {
        Self {
            task: "/var/task".into(),
            opt: "/opt".into(),
            runtime: "/var/runtime".into(),
            tmp: "/tmp".into(),
        }
    }
}

/// Everything about a start that the runtime decides. The engine adds what the function decides.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The executable. For `provided.*` the package's `bootstrap`, until [`super::find_entrypoint`] says otherwise.
    pub program: PathBuf,
    /// Its arguments after the zeroth.
    pub args: Vec<String>,
    /// Host directories to show read-only at the same path, besides the system's own (`/usr`, `/lib*`, `/bin`).
    pub read_only_trees: Vec<PathBuf>,
    /// Files to place in the runtime directory.
    pub runtime_files: Arc<[RuntimeFile]>,
    /// Variables. The function's own may override them; the reserved ones among them it cannot set in the first place.
    pub env: Vec<(String, String)>,
    /// Whether it writes framed log records to the descriptor in `_LAMBDA_TELEMETRY_LOG_FD`.
    pub frames: bool,
    /// What INIT_START says after `Runtime Version: `, such as `python:3.11.7`.
    pub version_text: String,
    family: RuntimeFamily,
}

impl Launch {
    pub(super) fn provided(runtime: &Runtime, roots: &Roots) -> Self {
        let flavour = runtime.as_str().strip_prefix("provided.").unwrap_or("al1");
        Self {
            program: roots.task.join("bootstrap"),
            args: Vec::new(),
            read_only_trees: Vec::new(),
            runtime_files: Arc::new([]),
            env: common_env(roots, None),
            frames: false,
            version_text: format!("provided:{flavour}"),
            family: RuntimeFamily::Provided,
        }
    }

    pub(super) fn managed(interpreter: &Interpreter, roots: &Roots) -> Self {
        let mut env = common_env(roots, interpreter.program.parent());
        env.push(("AWS_EXECUTION_ENV".to_owned(), format!("AWS_Lambda_{}", interpreter.identifier())));
        let (args, language) = match interpreter.family {
            RuntimeFamily::Node { major } => {
                env.push(("NODE_PATH".to_owned(), node_path(roots, major)));
                (vec![text(&roots.runtime.join("bootstrap.cjs")), text(&roots.task)], "nodejs")
            }
            _ => {
                env.push(("PYTHONPATH".to_owned(), text(&roots.runtime)));
                // Without site (the host's packages are none of the function's), without writing byte code, unbuffered.
                let flags = ["-S", "-B", "-u"].map(str::to_owned);
                let bootstrap = roots.runtime.join("bootstrap.pyc");
                let own = [text(&bootstrap), text(&roots.task), text(&roots.opt)];
                (flags.into_iter().chain(own).collect(), "python")
            }
        };
        Self {
            program: interpreter.program.clone(),
            args,
            read_only_trees: interpreter.read_only_trees.clone(),
            runtime_files: Arc::clone(&interpreter.runtime_files),
            env,
            frames: true,
            version_text: format!("{language}:{}", interpreter.version),
            family: interpreter.family,
        }
    }

    /// The same start for a function with this memory and these variables of its owner's: the heap of Node.js is fitted
    /// into the memory, and a managed runtime is started through the owner's `AWS_LAMBDA_EXEC_WRAPPER`.
    #[must_use]
    pub fn fitted(mut self, memory_mb: u32, variables: &BTreeMap<String, String>) -> Self {
        let owners_heap = variables
            .get("NODE_OPTIONS")
            .is_some_and(|options| options.contains("space-size") || options.contains("space_size"));
        if matches!(self.family, RuntimeFamily::Node { .. }) && !owners_heap {
            // A sandbox hides its limit from V8, which would let garbage pile up to gigabytes: killed, not collected.
            let young = (memory_mb / 20).clamp(4, 16);
            let old = (memory_mb - memory_mb / 10).saturating_sub(NODE_OUTSIDE_HEAP_MB);
            self.args.insert(0, format!("--max-old-space-size={old}"));
            self.args.insert(0, format!("--max-semi-space-size={young}"));
        }
        match variables.get("AWS_LAMBDA_EXEC_WRAPPER") {
            Some(wrapper) if self.family != RuntimeFamily::Provided && !wrapper.is_empty() => {
                self.wrapped_in(wrapper)
            }
            _ => self,
        }
    }

    /// The wrapper is given the command line. Through a shell, so that a wrapper that is missing ends in exit status
    /// 127, and one that may not be executed in 126, as in AWS.
    fn wrapped_in(mut self, wrapper: &str) -> Self {
        let run = ["-c".to_owned(), "exec \"$0\" \"$@\"".to_owned(), wrapper.to_owned(), text(&self.program)];
        self.args = run.into_iter().chain(self.args).collect();
        self.program = "/bin/sh".into();
        self
    }
}

/// The variables every runtime gets, as recorded from AWS, where `/var/lang` is the interpreter's tree.
fn common_env(roots: &Roots, interpreter_dir: Option<&Path>) -> Vec<(String, String)> {
    let (task, opt, runtime) = (text(&roots.task), text(&roots.opt), text(&roots.runtime));
    let own_programs = interpreter_dir.map(|dir| format!("{}:", dir.display())).unwrap_or_default();
    let path = format!("{own_programs}/usr/local/bin:/usr/bin/:/bin:{opt}/bin");
    let libraries = format!("/lib64:/usr/lib64:{runtime}:{runtime}/lib:{task}:{task}/lib:{opt}/lib");
    let variables = [
        ("LAMBDA_TASK_ROOT", task),
        ("LAMBDA_RUNTIME_DIR", runtime),
        ("PATH", path),
        ("LD_LIBRARY_PATH", libraries),
        ("LANG", "en_US.UTF-8".to_owned()),
        ("TZ", ":UTC".to_owned()),
    ];
    let mut env: Vec<_> = variables.map(|(name, value)| (name.to_owned(), value)).into();
    if roots.tmp != Path::new("/tmp") {
        env.push(("TMPDIR".to_owned(), text(&roots.tmp)));
    }
    env
}

fn node_path(roots: &Roots, major: u8) -> String {
    let (task, opt, runtime) = (text(&roots.task), text(&roots.opt), text(&roots.runtime));
    format!(
        "{opt}/nodejs/node{major}/node_modules:{opt}/nodejs/node_modules:{runtime}/node_modules:{runtime}:{task}"
    )
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(family: RuntimeFamily) -> Launch {
        let runtime = Runtime::new("provided.al2023");
        let program = "/usr/bin/node".into();
        Launch {
            family,
            program,
            args: vec!["main".to_owned()],
            ..Launch::provided(&runtime, &Roots::sandboxed())
        }
    }

    fn variables(name: &str, value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn the_heap_of_node_fits_into_the_memory_unless_the_owner_sets_it() {
        let node = || launch(RuntimeFamily::Node { major: 20 });
        let small = node().fitted(128, &BTreeMap::new()).args;
        assert_eq!(small, ["--max-semi-space-size=6", "--max-old-space-size=84", "main"]);
        let large = node().fitted(10_240, &BTreeMap::new()).args;
        assert_eq!(large, ["--max-semi-space-size=16", "--max-old-space-size=9184", "main"]);
        assert_eq!(node().fitted(128, &variables("NODE_OPTIONS", "--max-old-space-size=100")).args, ["main"]);
        assert_eq!(node().fitted(128, &variables("NODE_OPTIONS", "--enable-source-maps")).args.len(), 3);
        assert_eq!(launch(RuntimeFamily::Python { minor: 11 }).fitted(128, &BTreeMap::new()).args, ["main"]);
    }

    #[test]
    fn wrappers_are_for_managed_runtimes_only() {
        let wrapper = variables("AWS_LAMBDA_EXEC_WRAPPER", "/opt/wrap");
        let managed = launch(RuntimeFamily::Python { minor: 11 }).fitted(128, &wrapper);
        assert_eq!(managed.program, Path::new("/bin/sh"));
        assert_eq!(managed.args[2..], ["/opt/wrap", "/usr/bin/node", "main"]);
        assert_eq!(launch(RuntimeFamily::Provided).fitted(128, &wrapper).args, ["main"]);
    }
}
