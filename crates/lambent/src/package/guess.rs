//! Which language a package is in and where its handler is, where that is plain from the files at its top.
//!
//! A wrong guess costs more than a question, so anything ambiguous is no guess at all.

use super::TopLevel;

/// What runs the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    Python,
    Node,
    /// It brings its own `bootstrap`.
    Provided,
}

/// What the files say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Guess {
    /// This, plainly.
    Plain { language: Language, handler: String },
    /// Nothing, or too much; the words say which.
    Unclear(String),
}

/// Files that are looked for first, the usual one of each language before others.
const USUAL: [&str; 8] = [
    "lambda_function.py",
    "app.py",
    "main.py",
    "handler.py",
    "index.mjs",
    "index.js",
    "index.cjs",
    "app.mjs",
];

/// Whether a file's text is worth a look.
pub(super) fn is_source(name: &str) -> bool {
    language_of(name).is_some()
}

fn language_of(name: &str) -> Option<Language> {
    let (stem, extension) = name.rsplit_once('.')?;
    match extension {
        "py" if !stem.contains('.') => Some(Language::Python),
        "js" | "mjs" | "cjs" if !stem.contains('.') => Some(Language::Node),
        _ => None,
    }
}

/// Looks at the files.
pub(super) fn guess(top: &TopLevel) -> Guess {
    if let Some((_, executable)) = top.0.get("bootstrap") {
        return match executable {
            true => Guess::Plain { language: Language::Provided, handler: "bootstrap".to_owned() },
            false => Guess::Unclear("there is a `bootstrap`, and it may not be executed".to_owned()),
        };
    }
    let found: Vec<(&str, Language, &str)> = top
        .0
        .iter()
        .filter_map(|(name, (text, _))| {
            let language = language_of(name)?;
            Some((name.as_str(), language, handler_in(language, text)?))
        })
        .collect();
    let usual: Vec<_> = found.iter().filter(|(name, ..)| USUAL.contains(name)).collect();
    let candidates = if usual.is_empty() { found.iter().collect() } else { usual };
    match candidates.as_slice() {
        [] => Guess::Unclear(
            "there is no file with a handler and no `bootstrap` at the top of the package".to_owned(),
        ),
        [(name, language, function)] => {
            let stem = name.rsplit_once('.').map_or(*name, |(stem, _)| stem);
            Guess::Plain { language: *language, handler: format!("{stem}.{function}") }
        }
        several => {
            let names: Vec<&str> = several.iter().map(|(name, ..)| *name).collect();
            Guess::Unclear(format!("several files have a handler: {}", names.join(", ")))
        }
    }
}

/// The name of the handler that a source defines under one of its usual names.
fn handler_in(language: Language, text: &str) -> Option<&'static str> {
    let usual = match language {
        Language::Python => ["lambda_handler", "handler"],
        Language::Node => ["handler", "lambdaHandler"],
        Language::Provided => return None,
    };
    let defines = |name: &str| text.lines().any(|line| defines(language, line, name));
    usual.into_iter().find(|name| defines(name))
}

fn defines(language: Language, line: &str, name: &str) -> bool {
    let beginnings: &[&str] = match language {
        Language::Python => &["def ", "async def "],
        _ => &[
            "exports.",
            "module.exports.",
            "export const ",
            "export let ",
            "export function ",
            "export async function ",
        ],
    };
    let rest = beginnings.iter().find_map(|beginning| line.strip_prefix(beginning));
    let rest = rest.and_then(|rest| rest.trim_start().strip_prefix(name));
    let named =
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$'));
    // A Python handler may be an object that was made: `handler = Mangum(app)`.
    let assigned = language == Language::Python
        && line.strip_prefix(name).is_some_and(|rest| {
            let rest = rest.trim_start();
            rest.starts_with('=') && !rest.starts_with("==")
        });
    named || assigned
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Guess {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), ((*text).to_owned(), *text == "x")));
        guess(&TopLevel(files.collect()))
    }

    fn plain(language: Language, handler: &str) -> Guess {
        Guess::Plain { language, handler: handler.to_owned() }
    }

    #[test]
    fn plain_packages_are_recognised() {
        use Language::{Node, Provided, Python};
        let lambda = "import json\n\ndef lambda_handler(event, context):\n    pass\n";
        let cases: &[(&[(&str, &str)], Guess)] = &[
            (&[("lambda_function.py", lambda)], plain(Python, "lambda_function.lambda_handler")),
            (&[("app.py", lambda), ("extra.py", lambda)], plain(Python, "app.lambda_handler")),
            (&[("work.py", "async def handler(e, c):\n")], plain(Python, "work.handler")),
            (&[("app.py", "handler = Mangum(app)\n")], plain(Python, "app.handler")),
            (&[("index.js", "exports.handler = async () => 1\n")], plain(Node, "index.handler")),
            (&[("index.mjs", "export const handler = 1\n")], plain(Node, "index.handler")),
            (&[("index.cjs", "module.exports.handler = 1\n")], plain(Node, "index.handler")),
            (&[("app.mjs", "export async function lambdaHandler(e) {}\n")], plain(Node, "app.lambdaHandler")),
            (&[("bootstrap", "x"), ("app.py", lambda)], plain(Provided, "bootstrap")),
        ];
        for (files, expected) in cases {
            assert_eq!(&of(files), expected, "{files:?}");
        }
    }

    #[test]
    fn what_is_not_plain_is_not_guessed() {
        let cases: &[(&[(&str, &str)], &str)] = &[
            (&[], "no file with a handler"),
            (&[("bootstrap", "")], "may not be executed"),
            (&[("app.py", "def other(): pass")], "no file with a handler"),
            (&[("app.py", "def handlers(e): pass")], "no file with a handler"),
            (&[("app.py", "handler == 1")], "no file with a handler"),
            (&[("app.py", "  def handler(e): pass")], "no file with a handler"),
            (&[("a.test.js", "exports.handler = 1")], "no file with a handler"),
            (&[("app.py", "def handler(e): 1"), ("index.js", "exports.handler = 1")], "app.py, index.js"),
            (&[("a.py", "def handler(e): 1"), ("b.py", "def handler(e): 1")], "a.py, b.py"),
        ];
        for (files, words) in cases {
            let Guess::Unclear(why) = of(files) else { panic!("{files:?} was guessed") };
            assert!(why.contains(words), "{files:?}: {why}");
        }
    }
}
