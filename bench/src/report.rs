//! What was found: printed as it comes for people, kept as JSON for programs.

use crate::arguments::Mode;
use crate::failure::Failure;
use crate::figures::{Figures, Spread};
use serde::Serialize;
use std::path::Path;
use std::time::Instant;

/// One row of a table.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    what: String,
    cells: Vec<Cell>,
    #[serde(skip_serializing_if = "is_zero")]
    failures: u64,
}

#[derive(Debug, Serialize)]
struct Cell {
    column: &'static str,
    #[serde(flatten)]
    spread: Spread,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form serde asks for")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Line {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), cells: Vec::new(), failures: 0 }
    }

    /// With rate and percentiles over several rounds.
    pub(crate) fn of_rounds(what: impl Into<String>, rounds: &[Figures]) -> Self {
        let line = Self::new(what)
            .cell("per second", Spread::over(rounds, |figures| figures.per_second))
            .cell("p50 ms", Spread::over(rounds, |figures| figures.p50_ms))
            .cell("p99 ms", Spread::over(rounds, |figures| figures.p99_ms))
            .cell("server µs", Spread::over(rounds, |figures| figures.server_us));
        Self { failures: rounds.iter().map(|figures| figures.failures).sum(), ..line }
    }

    #[must_use]
    pub(crate) fn cell(mut self, column: &'static str, spread: Spread) -> Self {
        self.cells.push(Cell { column, spread });
        self
    }
}

/// How we stand to something else, and how we should.
#[derive(Debug, Serialize)]
pub(crate) struct Ratio {
    what: String,
    #[serde(flatten)]
    spread: Spread,
    aim: &'static str,
}

impl Ratio {
    pub(crate) fn new(what: impl Into<String>, spread: Spread, aim: &'static str) -> Self {
        Self { what: what.into(), spread, aim }
    }
}

/// What one section found.
#[derive(Debug, Serialize)]
pub(crate) struct Findings {
    title: String,
    notes: Vec<String>,
    lines: Vec<Line>,
    ratios: Vec<Ratio>,
}

impl Findings {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), notes: Vec::new(), lines: Vec::new(), ratios: Vec::new() }
    }

    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    pub(crate) fn line(&mut self, line: Line) {
        self.lines.push(line);
    }

    pub(crate) fn ratio(&mut self, ratio: Ratio) {
        self.ratios.push(ratio);
    }
}

/// The whole run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    started: String,
    mode: Mode,
    cores: usize,
    sections: Vec<Measured>,
    #[serde(skip)]
    since: Instant,
}

/// A section's findings, with how busy the machine was: its load average over the last minute.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    #[serde(flatten)]
    findings: Findings,
    load_average: f64,
    seconds_since_start: f64,
}

impl Report {
    pub(crate) fn begin(mode: Mode) -> Result<Self, Failure> {
        let cores =
            std::thread::available_parallelism().map_err(|cause| Failure::at("count cores", cause))?;
        let report = Self {
            started: jiff::Timestamp::now().to_string(),
            mode,
            cores: cores.get(),
            sections: Vec::new(),
            since: Instant::now(),
        };
        print(&format!(
            "{}, {} cores, load average {:.1}. Values over rounds are min / median / max.",
            report.started,
            report.cores,
            load_average()?
        ));
        Ok(report)
    }

    /// Prints the section and keeps it.
    pub(crate) fn add(&mut self, findings: Findings) -> Result<(), Failure> {
        let load_average = load_average()?;
        let seconds_since_start = self.since.elapsed().as_secs_f64();
        print(&table(&findings));
        print(&format!("  (load average {load_average:.1}; {seconds_since_start:.0} s since the start)"));
        self.sections.push(Measured { findings, load_average, seconds_since_start });
        Ok(())
    }

    pub(crate) fn save(&self, path: &Path) -> Result<(), Failure> {
        let text =
            serde_json::to_string_pretty(self).map_err(|cause| Failure::at("write the report", cause))?;
        std::fs::write(path, text).map_err(|cause| Failure::at(path.display(), cause))
    }
}

#[expect(clippy::print_stdout, reason = "a command for a person at a terminal")]
fn print(text: &str) {
    println!("{text}");
}

/// How many tasks wanted a core or the disk, on average over a minute. Ours are among them.
fn load_average() -> Result<f64, Failure> {
    let path = "/proc/loadavg";
    let text = std::fs::read_to_string(path).map_err(|cause| Failure::at(path, cause))?;
    let first = text.split(' ').next().and_then(|first| first.parse().ok());
    first.ok_or_else(|| Failure::at(path, "has no figure"))
}

/// Columns are as wide as what is in them; a column is there when a line has it.
fn table(findings: &Findings) -> String {
    let mut columns: Vec<&str> = Vec::new();
    for cell in findings.lines.iter().flat_map(|line| &line.cells) {
        if !columns.contains(&cell.column) {
            columns.push(cell.column);
        }
    }
    let mut rows =
        vec![std::iter::once(String::new()).chain(columns.iter().map(|&c| c.to_owned())).collect()];
    for line in &findings.lines {
        let mut row = vec![line.what.clone()];
        for column in &columns {
            let cell = line.cells.iter().find(|cell| cell.column == *column);
            row.push(cell.map_or_else(String::new, |cell| show(cell.spread)));
        }
        if line.failures > 0 {
            row.push(format!("{} FAILED", line.failures));
        }
        rows.push(row);
    }
    let mut text = format!("\n== {}\n", findings.title);
    for note in &findings.notes {
        text.push_str(&format!("   {note}\n"));
    }
    text.push_str(&align(&rows));
    let ratios: Vec<Vec<String>> = findings
        .ratios
        .iter()
        .map(|ratio| vec![format!("→ {}", ratio.what), show(ratio.spread), format!("aim: {}", ratio.aim)])
        .collect();
    text.push_str(&align(&ratios));
    text
}

fn align(rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> =
            row.iter().enumerate().map(|(column, cell)| format!("{cell:<0$}", width(column))).collect();
        text.push_str(format!("  {}", cells.join("   ")).trim_end());
        text.push('\n');
    }
    text
}

fn show(spread: Spread) -> String {
    if spread.min == spread.max {
        return number(spread.median);
    }
    format!("{} / {} / {}", number(spread.min), number(spread.median), number(spread.max))
}

/// Three digits that matter, or all before the point.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_the_columns_its_lines_have_and_shows_failures() {
        let figures =
            Figures { per_second: 1234.5, p50_ms: 0.25, p99_ms: 12.25, failures: 2, server_us: 3.0 };
        let mut findings = Findings::new("title");
        findings.note("note");
        findings.line(Line::of_rounds("a", &[figures, figures]));
        findings.line(Line::new("bb").cell("MiB", Spread::of([1.0, 3.0])));
        findings.ratio(Ratio::new("a / b", Spread::of([0.5]), "≥ 0.8"));
        let expected = "\n== title\n   note\n       per second   p50 ms   p99 ms   server µs   MiB\n  \
                        a    1234         0.25     12.2     3.00                             4 FAILED\n  \
                        bb                                              1.00 / 2.00 / 3.00\n  → a / b   0.50   aim: ≥ 0.8\n";
        assert_eq!(table(&findings), expected);
    }
}
