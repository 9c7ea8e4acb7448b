//! Jackson's wording of what is wrong with a JSON text, and where.

use std::fmt::{self, Write as _};

use super::DEPTH_MAX;

/// As many bytes of the text as Jackson repeats.
const ECHOED_BYTES_MAX: usize = 500;
const TOKEN_CHARS_MAX: usize = 256;
const VALUES: &str = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";

/// What is wrong, and at which byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) fault: Fault,
    pub(super) at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    NoContent,
    ValueExpected,
    NameExpected,
    ColonExpected,
    CommaExpected(&'static str),
    SpaceExpected,
    CloseMarker(Closing),
    Digit(&'static str),
    LeadingZero,
    Control(Inside),
    Escape,
    HexDigitExpected,
    StartByte(u8),
    MiddleByte(u8),
    EndBeforeClose,
    EndBetween,
    EndInString(Inside),
    EndInNumber,
    Trailing,
    TooDeep,
}

/// What a wrong closing bracket stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    Root,
    Array,
    Object,
}

/// Which kind of string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    Name,
    Value,
}

impl Inside {
    /// Jackson's word when the string holds a character it must not.
    fn with_control(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Value => "string value",
        }
    }

    /// Jackson's word when the text ends within the string.
    fn at_end(self) -> &'static str {
        match self {
            Self::Name => "field name",
            Self::Value => "VALUE_STRING",
        }
    }
}

/// A complaint about a JSON text. Its `Display` is for the text's sender: it repeats the beginning of the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Complaint<'a> {
    bytes: &'a [u8],
    problem: Problem,
}

impl fmt::Debug for Complaint<'_> {
    /// Without the text: a payload has no business in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.problem, f)
    }
}

impl<'a> Complaint<'a> {
    pub(super) fn new(bytes: &'a [u8], problem: Problem) -> Self {
        Self { bytes, problem }
    }

    /// Where the innermost open array or object began.
    fn opened_at(&self) -> Option<usize> {
        let mut open = Vec::new();
        let (mut quoted, mut escaped) = (false, false);
        for (at, byte) in self.bytes.iter().enumerate().take(self.problem.at) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b'{' | b'[' if !quoted => open.push(at),
                b'}' | b']' if !quoted => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.pop()
    }

    /// ` at [Source: …]` for a byte; Jackson's column is that of the next one.
    fn source(&self, line_and_column: (usize, usize)) -> Source<'a> {
        Source { bytes: self.bytes, line_and_column }
    }

    fn position(&self, at: usize) -> (usize, usize) {
        let before = self.bytes.get(..at).unwrap_or(self.bytes);
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        (line, column)
    }

    /// The character at the problem as Jackson describes it: the raw byte, taken for Latin-1.
    fn character(&self) -> String {
        let byte = self.bytes.get(self.problem.at).copied().unwrap_or_default();
        if char::from(byte).is_control() {
            format!("(CTRL-CHAR, code {byte})")
        } else {
            format!("'{}' (code {byte})", char::from(byte))
        }
    }

    fn opening(&self, what: &str) -> String {
        let position = self.opened_at().map_or((1, 0), |at| self.position(at));
        format!("{what} at {}", self.source(position))
    }

    /// A value was due: a word that is none of the three is named whole, anything else by its first character.
    fn value_expected(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.bytes.get(self.problem.at..).unwrap_or_default();
        let starts_word =
            rest.first().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$'));
        if !starts_word {
            return self.unexpected(f, format_args!(": expected a valid value ({VALUES})"));
        }
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
        let word: String =
            rest.iter().take_while(part).take(TOKEN_CHARS_MAX).map(|byte| char::from(*byte)).collect();
        let dots = if word.len() == TOKEN_CHARS_MAX { "..." } else { "" };
        write!(f, "Unrecognized token '{word}{dots}': was expecting ({VALUES})")
    }

    fn trailing(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.bytes.get(self.problem.at..).unwrap_or_default();
        let token = match rest {
            [b'{', ..] => "START_OBJECT",
            [b'[', ..] => "START_ARRAY",
            [b'"', ..] => "VALUE_STRING",
            [b'-' | b'0'..=b'9', ..] => "VALUE_NUMBER_INT",
            _ if rest.starts_with(b"true") => "VALUE_TRUE",
            _ if rest.starts_with(b"false") => "VALUE_FALSE",
            _ if rest.starts_with(b"null") => "VALUE_NULL",
            _ => return self.value_expected(f),
        };
        write!(
            f,
            "Trailing token (of type {token}) found after value (bound as `JsonNode`): not allowed as per \
             `DeserializationFeature.FAIL_ON_TRAILING_TOKENS`"
        )
    }

    /// The character at the problem is not what the grammar has there.
    fn unexpected(&self, f: &mut fmt::Formatter<'_>, what: impl fmt::Display) -> fmt::Result {
        write!(f, "Unexpected character ({}){what}", self.character())
    }

    fn close_marker(&self, f: &mut fmt::Formatter<'_>, closing: Closing) -> fmt::Result {
        let byte = self.bytes.get(self.problem.at).copied().unwrap_or_default();
        let (expected, what) = match closing {
            Closing::Root => (']', "for root starting"),
            Closing::Array => (']', "for Array starting"),
            Closing::Object => ('}', "for Object starting"),
        };
        let opening = self.opening(what);
        write!(f, "Unexpected close marker '{}': expected '{expected}' ({opening})", char::from(byte))
    }

    /// What the problem is inside of.
    fn container(&self) -> &'static str {
        match self.opened_at().and_then(|at| self.bytes.get(at)) {
            Some(b'{') => "Object",
            _ => "Array",
        }
    }

    fn fault(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem.fault {
            Fault::NoContent => f.write_str("No content to map due to end-of-input"),
            Fault::ValueExpected => self.value_expected(f),
            Fault::NameExpected => self.unexpected(f, ": was expecting double-quote to start field name"),
            Fault::ColonExpected => {
                self.unexpected(f, ": was expecting a colon to separate field name and value")
            }
            Fault::CommaExpected(what) => {
                self.unexpected(f, format_args!(": was expecting comma to separate {what} entries"))
            }
            Fault::SpaceExpected => self.unexpected(f, ": Expected space separating root-level values"),
            Fault::CloseMarker(closing) => self.close_marker(f, closing),
            Fault::Digit(demand) => self.unexpected(f, format_args!(" in numeric value: {demand}")),
            Fault::LeadingZero => f.write_str("Invalid numeric value: Leading zeroes not allowed"),
            Fault::Control(inside) => {
                let (character, string) = (self.character(), inside.with_control());
                write!(
                    f,
                    "Illegal unquoted character ({character}): has to be escaped using backslash to be included in \
                     {string}"
                )
            }
            Fault::Escape => write!(f, "Unrecognized character escape {}", self.character()),
            Fault::HexDigitExpected => {
                self.unexpected(f, ": expected a hex-digit for character escape sequence")
            }
            Fault::StartByte(byte) => write!(f, "Invalid UTF-8 start byte 0x{byte:x}"),
            Fault::MiddleByte(byte) => write!(f, "Invalid UTF-8 middle byte 0x{byte:x}"),
            Fault::EndBeforeClose => {
                let (container, opening) = (self.container(), self.opening("start marker"));
                write!(f, "Unexpected end-of-input: expected close marker for {container} ({opening})")
            }
            Fault::EndBetween => {
                write!(f, "Unexpected end-of-input within/between {} entries", self.container())
            }
            Fault::EndInString(inside) => write!(f, "Unexpected end-of-input in {}", inside.at_end()),
            Fault::EndInNumber => f.write_str("Unexpected end-of-input in a Number value"),
            Fault::Trailing => self.trailing(f),
            Fault::TooDeep => write!(
                f,
                "Document nesting depth ({}) exceeds the maximum allowed ({DEPTH_MAX}, from \
                 `StreamReadConstraints.getMaxNestingDepth()`)",
                DEPTH_MAX + 1
            ),
        }
    }
}

impl fmt::Display for Complaint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault(f)?;
        let (line, column) = self.position(self.problem.at);
        // Jackson has already taken the character it complains about.
        let taken = usize::from(self.problem.at < self.bytes.len());
        write!(f, "\n at {}", self.source((line, column + taken)))
    }
}

/// The note that says where in which text.
struct Source<'a> {
    bytes: &'a [u8],
    line_and_column: (usize, usize),
}

impl fmt::Display for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.bytes.get(..ECHOED_BYTES_MAX).unwrap_or(self.bytes);
        f.write_str("[Source: (byte[])\"")?;
        f.write_str(&String::from_utf8_lossy(shown))?;
        f.write_char('"')?;
        if let Some(rest) = self.bytes.len().checked_sub(ECHOED_BYTES_MAX).filter(|rest| *rest > 0) {
            write!(f, "[truncated {rest} bytes]")?;
        }
        write!(f, "; line: {}, column: {}]", self.line_and_column.0, self.line_and_column.1)
    }
}
