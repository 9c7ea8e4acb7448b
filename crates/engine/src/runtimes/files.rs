//! The files of our runtimes, built into the program.

use std::sync::Arc;

use lambent_sandbox::RuntimeFile;

/// Prints what a Python is; reads our runtime's sources from its standard input and compiles them.
pub(super) const PROBE_PYTHON: &str = include_str!("../../../../runtimes/python/probe.py");
/// Prints what a Node.js is.
pub(super) const PROBE_NODE: &str = include_str!("../../../../runtimes/node/probe.cjs");

macro_rules! embed {
    ($folder:literal, $($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../runtimes/", $folder, "/", $name)))),+]
    };
}

const PYTHON: &[(&str, &str)] = embed!(
    "python",
    "bootstrap.py",
    "lambent_runtime/__init__.py",
    "lambent_runtime/context.py",
    "lambent_runtime/failure.py",
    "lambent_runtime/handler.py",
    "lambent_runtime/log_format.py",
    "lambent_runtime/loop.py",
    "lambent_runtime/payload.py",
    "lambent_runtime/records.py",
    "lambent_runtime/runtime_api.py",
);

const NODE: &[(&str, &str)] = embed!(
    "node",
    "bootstrap.cjs",
    "lambent-runtime/errors.cjs",
    "lambent-runtime/invocations.cjs",
    "lambent-runtime/log.cjs",
    "lambent-runtime/response-reader.cjs",
    "lambent-runtime/runtime-api.cjs",
    "lambent-runtime/streaming.cjs",
    "lambent-runtime/upload.cjs",
    "lambent-runtime/user-function.cjs",
);

/// What the Python probe reads: pairs of name and source, in JSON.
pub(super) fn sources_for_probe() -> Vec<u8> {
    serde_json::to_vec(PYTHON).unwrap_or_default()
}

/// The Python runtime as a probe compiled it, which must be the whole of it.
pub(super) fn python(compiled: &[(String, String)]) -> Result<Arc<[RuntimeFile]>, String> {
    if compiled.len() != PYTHON.len() {
        return Err(format!("compiled {} of {} files", compiled.len(), PYTHON.len()));
    }
    let file = |(name, hexadecimal): &(String, String)| {
        let contents = decode_hexadecimal(hexadecimal).ok_or("compiled files are not hexadecimal")?;
        Ok(RuntimeFile { name: format!("{name}c"), contents, executable: false })
    };
    compiled.iter().map(file).collect()
}

/// The Node.js runtime.
pub(super) fn node() -> Arc<[RuntimeFile]> {
    let file = |(name, text): &(&str, &str)| RuntimeFile {
        name: (*name).to_owned(),
        contents: text.as_bytes().into(),
        executable: false,
    };
    NODE.iter().map(file).collect()
}

fn decode_hexadecimal(text: &str) -> Option<Arc<[u8]>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal() {
        assert_eq!(decode_hexadecimal("00ff1A").as_deref(), Some([0, 255, 26].as_slice()));
        assert_eq!(decode_hexadecimal("0"), None);
        assert_eq!(decode_hexadecimal("0g"), None);
    }

    #[test]
    fn every_file_of_the_runtimes_is_built_in() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runtimes");
        let count = |below: &str, ending: &str| {
            let entries = std::fs::read_dir(folder.join(below)).unwrap();
            entries.filter(|entry| entry.as_ref().unwrap().path().extension().unwrap() == ending).count()
        };
        assert_eq!(count("python/lambent_runtime", "py") + 1, PYTHON.len());
        assert_eq!(count("node/lambent-runtime", "cjs") + 1, NODE.len());
    }
}
