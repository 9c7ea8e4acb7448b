//! What the commands say: data on stdout, everything else on stderr.
//!
//! The only module that writes to either. A reader that has gone away (`lambent logs f | head`) is not an error
//! worth a message: [`Output::data`] reports it as [`Gone`] and the command ends quietly.

use crate::environment::Environment;
use std::io::{self, BufRead, IsTerminal, Write};

/// Nobody reads stdout any more.
#[derive(Debug)]
pub(crate) struct Gone;

/// Where a command speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    colour_out: bool,
    colour_err: bool,
    progress: bool,
}

/// How a piece of text looks on a terminal that shows colours.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Paint {
    /// A heading or the thing that matters.
    Bold,
    /// As it should be.
    Green,
    /// Worth a look.
    Yellow,
    /// Wrong.
    Red,
}

impl Output {
    /// Colours only where a terminal shows them and nobody asked for none (`NO_COLOR`).
    pub(crate) fn new(environment: &Environment) -> Self {
        let wanted = environment.get("NO_COLOR").is_none_or(str::is_empty)
            && environment.get("TERM").is_none_or(|term| term != "dumb");
        let terminal_err = io::stderr().is_terminal();
        Self {
            colour_out: wanted && io::stdout().is_terminal(),
            colour_err: wanted && terminal_err,
            progress: terminal_err,
        }
    }

    /// Whether a progress bar has somebody to look at it.
    pub(crate) fn shows_progress(self) -> bool {
        self.progress
    }

    /// Whether a person reads what is noted, rather than a file or a service manager that keeps it.
    pub(crate) fn is_for_a_person(self) -> bool {
        self.progress
    }

    /// Whether stderr shows colours.
    pub(crate) fn colours_stderr(self) -> bool {
        self.colour_err
    }

    /// How many columns the terminal has that shows the data; none where nobody looks.
    pub(crate) fn width(self) -> Option<usize> {
        let stdout = io::stdout();
        let size = rustix::termios::tcgetwinsize(&stdout).ok().filter(|_| stdout.is_terminal())?;
        Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
    }

    /// Asks a person; none where there is nobody to be asked.
    pub(crate) fn ask(self, question: &str) -> Option<bool> {
        let stdin = io::stdin();
        if !(stdin.is_terminal() && self.progress) {
            return None;
        }
        let mut stderr = io::stderr().lock();
        let asked = write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush());
        drop(stderr);
        let mut answer = String::new();
        asked.and_then(|()| stdin.lock().read_line(&mut answer)).ok()?;
        Some(is_yes(&answer))
    }

    /// One line of data.
    pub(crate) fn line(self, text: &str) -> Result<(), Gone> {
        self.data(format!("{text}\n").as_bytes())
    }

    /// Bytes of data, as they are, and out at once.
    pub(crate) fn data(self, bytes: &[u8]) -> Result<(), Gone> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|_| Gone)
    }

    /// One line for the person at the terminal. Nothing can be done when it can't be written.
    pub(crate) fn note(self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Bytes for the person at the terminal.
    pub(crate) fn note_bytes(self, bytes: &[u8]) {
        let _ = io::stderr().lock().write_all(bytes);
    }

    /// A failure, with `error:` and `hint:` in front.
    pub(crate) fn failure(self, text: &str) {
        let text =
            text.replace("\nhint: ", &format!("\n{} ", paint(self.colour_err, Paint::Yellow, "hint:")));
        self.note(&format!("{} {text}", paint(self.colour_err, Paint::Red, "error:")));
    }

    /// Text for stdout in a colour, if stdout shows them.
    pub(crate) fn paint(self, paint_with: Paint, text: &str) -> String {
        paint(self.colour_out, paint_with, text)
    }
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

fn paint(colour: bool, paint: Paint, text: &str) -> String {
    if !colour {
        return text.to_owned();
    }
    let code = match paint {
        Paint::Bold => "1",
        Paint::Green => "32",
        Paint::Yellow => "33",
        Paint::Red => "31",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

/// Rows as columns, each as wide as its widest cell; the last is not padded.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(&format!("{cell:width$}  "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        assert_eq!(
            table(&[row(["NAME", "SIZE"]), row(["a-long-name", "3"])]),
            "NAME         SIZE\na-long-name  3\n"
        );
        assert_eq!(table(&[]), "");
    }

    #[test]
    fn only_yes_is_yes() {
        for (answer, expected) in [
            ("y\n", true),
            (" YES \n", true),
            ("", false),
            ("\n", false),
            ("n\n", false),
            ("yesterday", false),
        ] {
            assert_eq!(is_yes(answer), expected, "{answer:?}");
        }
    }

    #[test]
    fn colour_is_only_added_where_it_is_shown() {
        assert_eq!(paint(false, Paint::Red, "x"), "x");
        assert_eq!(paint(true, Paint::Red, "x"), "\x1b[31mx\x1b[0m");
    }
}
