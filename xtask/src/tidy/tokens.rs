//! Rust source as tokens: what rules about code look at.
//!
//! Tokens, not text, so that a brace or a word inside a string or a comment is not taken for code; and
//! tokens, not a syntax tree, because functions inside macros (`proptest!`) must count as well.

use std::iter::Peekable;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    /// From the line with `fn` to the line with the closing brace.
    pub(super) lines: usize,
}

/// The tokens of a file, or `None` when it is not Rust (the compiler says why better than we could).
pub(super) fn parse(text: &str) -> Option<TokenStream> {
    text.parse().ok()
}

/// Every function of the stream, also those inside other functions, modules and macro calls.
pub(super) fn functions(stream: TokenStream) -> Vec<Function> {
    let mut found = Vec::new();
    collect_functions(stream, &mut found);
    found
}

fn collect_functions(stream: TokenStream, found: &mut Vec<Function>) {
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => collect_functions(group.stream(), found),
            TokenTree::Ident(keyword) if keyword == "fn" => {
                // `fn(u8) -> u8` is a type; only a name makes it a function.
                let Some(TokenTree::Ident(name)) = tokens.peek().cloned() else { continue };
                let Some(body) = body(&mut tokens) else { continue };
                let line = keyword.span().start().line;
                let lines = body.span_close().end().line.saturating_sub(line) + 1;
                found.push(Function { name: name.to_string(), line, lines });
                collect_functions(body.stream(), found);
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The body that belongs to the signature ahead; `None` for a declaration that ends in `;`.
///
/// The body is the first brace outside angle brackets: in `-> Array<{ N }> {` the first is not it.
fn body(tokens: &mut Peekable<impl Iterator<Item = TokenTree>>) -> Option<Group> {
    let mut angles_open = 0_usize;
    let mut previous = ' ';
    for token in tokens {
        let mut current = ' ';
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && angles_open == 0 => {
                return Some(group);
            }
            TokenTree::Punct(punct) => {
                current = punct.as_char();
                match current {
                    ';' => return None,
                    '<' => angles_open += 1,
                    '>' if previous != '-' => angles_open = angles_open.saturating_sub(1),
                    _ => {}
                }
            }
            TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
        previous = current;
    }
    None
}

/// The lines of all attributes that say `allow`, also inside `cfg_attr`.
pub(super) fn allow_attributes(stream: TokenStream) -> Vec<usize> {
    let mut found = Vec::new();
    collect_allows(stream, &mut found);
    found
}

fn collect_allows(stream: TokenStream, found: &mut Vec<usize>) {
    let mut after_hash = false;
    for token in stream {
        match token {
            TokenTree::Punct(punct) => {
                after_hash = punct.as_char() == '#' || (after_hash && punct.as_char() == '!')
            }
            TokenTree::Group(group) => {
                if after_hash && group.delimiter() == Delimiter::Bracket && says_allow(group.stream()) {
                    found.push(group.span_open().start().line);
                }
                collect_allows(group.stream(), found);
                after_hash = false;
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => after_hash = false,
        }
    }
}

/// `allow(...)` first, or anywhere inside `cfg_attr(...)`.
fn says_allow(attribute: TokenStream) -> bool {
    let mut tokens = attribute.into_iter();
    match tokens.next() {
        Some(TokenTree::Ident(name)) if name == "allow" => true,
        Some(TokenTree::Ident(name)) if name == "cfg_attr" => tokens.any(|token| match token {
            TokenTree::Group(group) => group
                .stream()
                .into_iter()
                .any(|inner| matches!(inner, TokenTree::Ident(name) if name == "allow")),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(text: &str) -> Vec<(String, usize, usize)> {
        functions(parse(text).unwrap()).into_iter().map(|f| (f.name, f.line, f.lines)).collect()
    }

    #[test]
    fn a_function_is_measured_from_its_name_to_its_closing_brace() {
        let text = "/// doc\n#[test]\nfn one() {\n    let a = \"}\"; // }\n}\n\nfn two() {}\n";
        assert_eq!(measured(text), [("one".into(), 3, 3), ("two".into(), 7, 1)]);
    }

    #[test]
    fn methods_nested_functions_and_functions_in_macros_are_found() {
        let text =
            "impl A {\n fn m(&self) {\n  fn inner() {\n  }\n }\n}\nproptest! {\n fn p(x in 0..9) {\n }\n}\n";
        assert_eq!(measured(text), [("m".into(), 2, 4), ("inner".into(), 3, 2), ("p".into(), 8, 2)]);
    }

    #[test]
    fn types_declarations_and_braces_in_generics_are_not_bodies() {
        let text = "type F = fn(u8) -> u8;\ntrait T { fn d(&self) -> u8; }\n\
                    fn g<F>(f: F) -> Array<{ N }>\nwhere\n    F: Fn() -> u8,\n{\n}\n";
        assert_eq!(measured(text), [("g".into(), 3, 5)]);
    }

    #[test]
    fn allows_are_found_in_code_and_only_in_code() {
        let text = "//! #[allow(x)]\n#![allow(a)]\n#[cfg_attr(test, allow(b))]\nconst S: &str = \"#[allow(c)]\";\n\
                    #[expect(d, reason = \"allow\")]\nfn f() { let v = [allow]; }\n";
        assert_eq!(allow_attributes(parse(text).unwrap()), [2, 3]);
    }
}
