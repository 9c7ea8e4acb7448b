//! One pass over a JSON text.

use super::DEPTH_MAX;
use super::complaint::{Closing, Fault, Inside, Problem};

/// Bits enough for every level: set for an object, clear for an array.
const LEVEL_WORDS: usize = DEPTH_MAX.div_ceil(64);

pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    objects: [u64; LEVEL_WORDS],
}

/// What comes after a value or an opening bracket.
enum Next {
    Value,
    EndOfValue,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth: 0, objects: [0; LEVEL_WORDS] }
    }

    /// The whole text: one value, and white space round it.
    pub(super) fn document(&mut self) -> Result<(), Problem> {
        self.skip_space();
        if self.peek().is_none() {
            return self.fail(Fault::NoContent);
        }
        loop {
            // A value that opens something continues with what is inside it.
            let mut next = self.value()?;
            while matches!(next, Next::EndOfValue) {
                if self.depth == 0 {
                    return self.end();
                }
                next = self.behind_value()?;
            }
        }
    }

    fn end(&mut self) -> Result<(), Problem> {
        self.skip_space();
        match self.peek() {
            None => Ok(()),
            Some(_) => self.fail(Fault::Trailing),
        }
    }

    /// Reads a scalar, an empty array or object, or the opening of one up to where a value is due.
    fn value(&mut self) -> Result<Next, Problem> {
        self.skip_space();
        match self.peek() {
            None => self.fail_end(),
            Some(b'"') => self.string(Inside::Value),
            Some(b'{') => {
                self.open(true)?;
                self.skip_space();
                match self.peek() {
                    Some(b'}') => self.close(),
                    None => self.fail(Fault::EndBeforeClose),
                    Some(_) => self.key(),
                }
            }
            Some(b'[') => {
                self.open(false)?;
                self.skip_space();
                match self.peek() {
                    Some(b']') => self.close(),
                    None => self.fail(Fault::EndBeforeClose),
                    Some(_) => Ok(Next::Value),
                }
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal(b"true"),
            Some(b'f') => self.literal(b"false"),
            Some(b'n') => self.literal(b"null"),
            Some(b'}' | b']') if self.depth == 0 => self.fail(Fault::CloseMarker(Closing::Root)),
            Some(b'}') if !self.in_object() => self.fail(Fault::CloseMarker(Closing::Array)),
            Some(b']') if self.in_object() => self.fail(Fault::ValueExpected),
            Some(_) => self.fail(Fault::ValueExpected),
        }
    }

    /// Reads a comma and what must follow it, or the closing bracket.
    fn behind_value(&mut self) -> Result<Next, Problem> {
        self.skip_space();
        let in_object = self.in_object();
        match (self.peek(), in_object) {
            (Some(b'}'), true) | (Some(b']'), false) => self.close(),
            (Some(b','), true) => {
                self.at += 1;
                self.skip_space();
                match self.peek() {
                    None => self.fail(Fault::EndBetween),
                    Some(_) => self.key(),
                }
            }
            (Some(b','), false) => {
                self.at += 1;
                Ok(Next::Value)
            }
            (Some(b']'), true) => self.fail(Fault::CloseMarker(Closing::Object)),
            (Some(b'}'), false) => self.fail(Fault::CloseMarker(Closing::Array)),
            (Some(_), true) => self.fail(Fault::CommaExpected("Object")),
            (Some(_), false) => self.fail(Fault::CommaExpected("Array")),
            (None, _) => self.fail(Fault::EndBeforeClose),
        }
    }

    fn key(&mut self) -> Result<Next, Problem> {
        if self.peek() != Some(b'"') {
            return self.fail(Fault::NameExpected);
        }
        self.string(Inside::Name)?;
        self.skip_space();
        match self.peek() {
            Some(b':') => {
                self.at += 1;
                Ok(Next::Value)
            }
            Some(_) => self.fail(Fault::ColonExpected),
            None => self.fail(Fault::EndBetween),
        }
    }

    fn string(&mut self, inside: Inside) -> Result<Next, Problem> {
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let plain =
                rest.iter().take_while(|byte| **byte >= 0x20 && **byte != b'"' && **byte != b'\\').count();
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Next::EndOfValue);
                }
                Some(b'\\') => self.escape(inside)?,
                Some(_) => return self.fail(Fault::Control(inside)),
                None => return self.fail(Fault::EndInString(inside)),
            }
        }
    }

    fn escape(&mut self, inside: Inside) -> Result<(), Problem> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    match self.peek() {
                        Some(digit) if digit.is_ascii_hexdigit() => self.at += 1,
                        Some(_) => return self.fail(Fault::HexDigitExpected),
                        None => return self.fail(Fault::EndInString(inside)),
                    }
                }
            }
            Some(_) => return self.fail(Fault::Escape),
            None => return self.fail(Fault::EndInString(inside)),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Next, Problem> {
        if self.peek() == Some(b'-') {
            self.at += 1;
            self.digit_due("expected digit (0-9) to follow minus sign, for valid numeric value")?;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return self.fail(Fault::LeadingZero);
            }
        }
        self.digits();
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digit_due("Decimal point not followed by a digit")?;
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digit_due("Exponent indicator not followed by a digit")?;
            self.digits();
        }
        match self.peek() {
            Some(byte) if self.depth == 0 && !is_space(byte) => self.fail(Fault::SpaceExpected),
            _ => Ok(Next::EndOfValue),
        }
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn digit_due(&self, demand: &'static str) -> Result<(), Problem> {
        match self.peek() {
            Some(b'0'..=b'9') => Ok(()),
            Some(_) => self.fail(Fault::Digit(demand)),
            None => self.fail(Fault::EndInNumber),
        }
    }

    fn literal(&mut self, word: &[u8]) -> Result<Next, Problem> {
        let behind = self.bytes.get(self.at + word.len());
        let continues =
            behind.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
        if !self.bytes.get(self.at..).unwrap_or_default().starts_with(word) || continues {
            return self.fail(Fault::ValueExpected);
        }
        self.at += word.len();
        Ok(Next::EndOfValue)
    }

    fn open(&mut self, object: bool) -> Result<(), Problem> {
        let (word, bit) = (self.depth / 64, 1 << (self.depth % 64));
        let Some(word) = self.objects.get_mut(word).filter(|_| self.depth < DEPTH_MAX) else {
            return self.fail(Fault::TooDeep);
        };
        if object {
            *word |= bit
        } else {
            *word &= !bit
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    fn close(&mut self) -> Result<Next, Problem> {
        self.depth -= 1;
        self.at += 1;
        Ok(Next::EndOfValue)
    }

    fn in_object(&self) -> bool {
        let level = self.depth.saturating_sub(1);
        self.depth > 0 && self.objects.get(level / 64).is_some_and(|word| word & (1 << (level % 64)) != 0)
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn fail_end<T>(&self) -> Result<T, Problem> {
        // An array may end where its next value is due; a name's value is due inside its entry.
        let fault = if self.depth == 0 { Fault::NoContent } else { Fault::EndBetween };
        self.fail(fault)
    }

    fn fail<T>(&self, fault: Fault) -> Result<T, Problem> {
        Err(Problem { fault, at: self.at })
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
