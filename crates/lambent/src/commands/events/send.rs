//! `lambent events send`: a stream of JSON lines becomes requests of bounded size, one after the other.

use super::super::event_text::one_line;
use super::super::spinner::Spinner;
use super::super::{Context, End};
use super::count;
use crate::cli::events::SendArgs;
use crate::cli::invoke::IDEMPOTENCY_KEY;
use crate::client::{Client, LineAnswer};
use crate::failure::{Exit, Failure};
use bytes::Bytes;
use lambent_domain::limits::EVENT_BYTES_MAX;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

/// Lines of one request.
const LINES_MAX: usize = 1_000;
/// Bytes of one request, unless a single line has more.
const BYTES_MAX: usize = 4 << 20;
/// Refused lines that are listed; the others are counted.
const LISTED_MAX: u64 = 100;

pub(super) async fn run(context: &Context, args: &SendArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    let mut lines = Lines::new(open(&args.file)?);
    let mut sending = Sending {
        context,
        client: &client,
        args,
        spinner: Spinner::new(context.output, "sending"),
        kept: args.refused.as_deref().map(create).transpose()?,
        accepted: 0,
        refused: 0,
        again: false,
    };
    loop {
        let batch = lines.next_batch();
        let batch = batch.map_err(|error| read_failure(&args.file, &error))?;
        if batch.is_empty() {
            break;
        }
        sending.send(batch).await?;
    }
    sending.end()
}

/// A line and its number in the file, from 1.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    number: u64,
    text: Vec<u8>,
}

/// Reads lines of bounded length.
struct Lines<R> {
    source: R,
    read: u64,
    /// A line that did not fit into the last batch.
    over: Option<Line>,
}

impl<R: BufRead> Lines<R> {
    fn new(source: R) -> Self {
        Self { source, read: 0, over: None }
    }

    /// The next lines that fit into a request; none at the end. One that is too long for any is alone in its batch.
    fn next_batch(&mut self) -> io::Result<Vec<Line>> {
        let mut batch = Vec::new();
        let mut bytes = 0_usize;
        while batch.len() < LINES_MAX {
            let line = match self.over.take() {
                Some(line) => line,
                None => match self.next_line()? {
                    Some(line) => line,
                    None => break,
                },
            };
            bytes = bytes.saturating_add(line.text.len()).saturating_add(1);
            if bytes > BYTES_MAX && !batch.is_empty() {
                self.over = Some(line);
                break;
            }
            batch.push(line);
        }
        Ok(batch)
    }

    /// The next line that is not blank, without its end. Of one that is too long, a byte more than is taken.
    fn next_line(&mut self) -> io::Result<Option<Line>> {
        let most = u64::try_from(EVENT_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(2);
        loop {
            let mut text = Vec::new();
            if self.source.by_ref().take(most).read_until(b'\n', &mut text)? == 0 {
                return Ok(None);
            }
            self.read = self.read.saturating_add(1);
            if text.last() != Some(&b'\n') {
                self.skip_to_line_end()?;
            }
            let end = text
                .iter()
                .rposition(|byte| !matches!(byte, b'\n' | b'\r'))
                .map_or(0, |last| last.saturating_add(1));
            text.truncate(end);
            if !text.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(Line { number: self.read, text }));
            }
        }
    }

    fn skip_to_line_end(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.source.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let (skipped, done) = match end {
                Some(at) => (at.saturating_add(1), true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.source.consume(skipped);
            if done {
                return Ok(());
            }
        }
    }
}

struct Sending<'a> {
    context: &'a Context,
    client: &'a Client,
    args: &'a SendArgs,
    spinner: Spinner,
    kept: Option<(File, &'a Path)>,
    accepted: u64,
    refused: u64,
    /// Whether a line was refused that may be accepted later.
    again: bool,
}

impl Sending<'_> {
    async fn send(&mut self, batch: Vec<Line>) -> Result<(), End> {
        let mut body = Vec::with_capacity(batch.iter().map(|line| line.text.len().saturating_add(1)).sum());
        for line in &batch {
            body.extend_from_slice(&line.text);
            body.push(b'\n');
        }
        let (function, qualifier) = (&self.args.function, self.args.qualifier.as_deref());
        let extras = extras(self.args.extras.headers(), batch.first().map_or(0, |line| line.number));
        let answers = self.client.send_batch(function, qualifier, &extras, Bytes::from(body)).await;
        let answers = answers.and_then(|answers| {
            if answers.len() == batch.len() {
                return Ok(answers);
            }
            Err(self.client.senseless(format!("{} answers to {} lines", answers.len(), batch.len())))
        });
        let answers = answers.map_err(|error| error.failure(self.doing(&batch)))?;
        let mut ids = String::new();
        for (line, answer) in batch.iter().zip(answers) {
            match answer.request_id.as_deref().filter(|_| (200..300).contains(&answer.status)) {
                Some(id) => {
                    self.accepted = self.accepted.saturating_add(1);
                    ids.push_str(&one_line(id));
                    ids.push('\n');
                }
                None => self.refuse(line, &answer)?,
            }
        }
        self.spinner.aside(|| self.context.output.data(ids.as_bytes()))?;
        self.spinner.say(format!("sending: {}", self.total()));
        Ok(())
    }

    fn refuse(&mut self, line: &Line, answer: &LineAnswer) -> Result<(), Failure> {
        self.refused = self.refused.saturating_add(1);
        self.again |= answer.status == 429 || answer.status >= 500;
        if self.refused <= LISTED_MAX {
            let text = refusal(line.number, answer);
            self.spinner.aside(|| self.context.output.note(&text));
        }
        let Some((file, path)) = &mut self.kept else { return Ok(()) };
        let written = file.write_all(&line.text).and_then(|()| file.write_all(b"\n"));
        written.map_err(|error| write_failure(path, &error))
    }

    fn doing(&self, batch: &[Line]) -> String {
        let ends = batch.first().zip(batch.last());
        let (first, last) = ends.map_or((0, 0), |(first, last)| (first.number, last.number));
        format!("send lines {first} to {last} to {} ({} before them)", self.args.function, self.total())
    }

    fn total(&self) -> String {
        let refused = if self.refused == 0 { String::new() } else { format!(", {} refused", self.refused) };
        format!("{} accepted{refused}", count(self.accepted, "event"))
    }

    fn end(self) -> Result<(), End> {
        let total = self.total();
        let Self { context, spinner, refused, again, .. } = self;
        drop(spinner);
        if refused > LISTED_MAX {
            context.output.note(&format!("and {} more", refused.saturating_sub(LISTED_MAX)));
        }
        context.output.note(&total);
        if again {
            context
                .output
                .note("hint: lines with 429 and 5xx may be accepted later; --refused FILE keeps them");
        }
        if refused == 0 { Ok(()) } else { Err(End::Said(Exit::Refused)) }
    }
}

/// The headers of a request. The same file is cut into the same requests every time, so that the first line's number
/// makes the sender's key one of this request alone.
fn extras(mut headers: Vec<(&'static str, String)>, first_line: u64) -> Vec<(&'static str, String)> {
    for (name, value) in &mut headers {
        if *name == IDEMPOTENCY_KEY {
            value.push_str(&format!("/{first_line}"));
        }
    }
    headers
}

fn refusal(number: u64, answer: &LineAnswer) -> String {
    let kind = answer.kind.as_deref().unwrap_or("refused");
    let message = answer.message.as_deref().unwrap_or("the server gave no reason");
    format!("line {number}: {} {}: {}", answer.status, one_line(kind), one_line(message))
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).map_err(|error| read_failure(path, &error))?;
    Ok(Box::new(BufReader::new(file)))
}

fn create(path: &Path) -> Result<(File, &Path), Failure> {
    let file = File::create(path).map_err(|error| write_failure(path, &error))?;
    Ok((file, path))
}

fn read_failure(path: &Path, error: &io::Error) -> Failure {
    let name = if path == Path::new("-") { "standard input".into() } else { path.display().to_string() };
    Failure::failed(format!("read events from {name}"), error)
}

fn write_failure(path: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!("write refused lines to {}", path.display()), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(text: &[u8]) -> Vec<Vec<(u64, usize)>> {
        // A small buffer, so that lines cross its end.
        let mut lines = Lines::new(BufReader::with_capacity(7, text));
        let mut batches = Vec::new();
        loop {
            let batch = lines.next_batch().unwrap();
            if batch.is_empty() {
                return batches;
            }
            batches.push(batch.iter().map(|line| (line.number, line.text.len())).collect());
        }
    }

    #[test]
    fn blank_lines_are_passed_over_and_counted() {
        assert_eq!(batches(b""), Vec::<Vec<_>>::new());
        assert_eq!(batches(b"\n  \r\n"), Vec::<Vec<_>>::new());
        assert_eq!(batches(b"{}\r\n\n[1, 2, 3, 4]\n1"), [[(1, 2), (3, 12), (4, 1)]]);
    }

    #[test]
    fn a_request_has_a_bounded_number_of_lines_and_bytes() {
        let many = "1\n".repeat(LINES_MAX + 1);
        assert_eq!(batches(many.as_bytes()).iter().map(Vec::len).collect::<Vec<_>>(), [LINES_MAX, 1]);
        let large = format!("{}\n", "x".repeat(1_000_000)).repeat(6);
        assert_eq!(batches(large.as_bytes()).iter().map(Vec::len).collect::<Vec<_>>(), [4, 2]);
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_where_the_server_still_sees_that_it_is() {
        let long = format!("{}\n2\n", "x".repeat(EVENT_BYTES_MAX * 2));
        assert_eq!(batches(long.as_bytes()), [[(1, EVENT_BYTES_MAX + 2), (2, 1)]]);
    }

    #[test]
    fn each_request_has_a_key_of_its_own() {
        let headers = vec![("x-lambent-priority", "high".to_owned()), (IDEMPOTENCY_KEY, "k".to_owned())];
        let expected = [("x-lambent-priority", "high".to_owned()), (IDEMPOTENCY_KEY, "k/1001".to_owned())];
        assert_eq!(extras(headers, 1_001), expected);
    }

    #[test]
    fn a_refusal_names_the_line() {
        let answer = serde_json::from_str(r#"{"status":413,"type":"T","message":"too\nlarge"}"#).unwrap();
        assert_eq!(refusal(17, &answer), "line 17: 413 T: too large");
    }
}
