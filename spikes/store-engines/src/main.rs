//! Which embedded engine carries Lambent's event queue? Prints the table of ADR 0002.
//!
//! `store-engines [--rounds 3] [--events 1000000] [--secs 3] [--dir DIR] [ENGINE…]`

mod committer;
mod engines;
mod measure;

use engines::Res;
use measure::{COLUMNS, Figures};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// What to measure.
pub struct Plan {
    rounds: usize,
    events: u64,
    span: Duration,
    dir: PathBuf,
    engines: Vec<String>,
}

fn plan(mut words: impl Iterator<Item = String>) -> Res<Plan> {
    let mut plan = Plan {
        rounds: 3,
        events: 1_000_000,
        span: Duration::from_secs(3),
        dir: PathBuf::from("target/store-engines"),
        engines: Vec::new(),
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--rounds" => plan.rounds = value()?.parse()?,
            "--events" => plan.events = value()?.parse()?,
            "--secs" => plan.span = Duration::from_secs_f64(value()?.parse()?),
            "--dir" => plan.dir = value()?.into(),
            _ => plan.engines.push(word),
        }
    }
    if plan.engines.is_empty() {
        plan.engines = engines::NAMES.iter().map(ToString::to_string).collect();
    }
    Ok(plan)
}

/// min / median / max, which is all the statistics three rounds bear.
fn spread(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let show = |v: f64| if v >= 100.0 { format!("{v:.0}") } else { format!("{v:.2}") };
    format!(
        "{} / **{}** / {}",
        show(values[0]),
        show(values[values.len() / 2]),
        show(values[values.len() - 1])
    )
}

fn main() -> Res<()> {
    let mut words = std::env::args().skip(1).peekable();
    // The parent starts itself once more for each engine and round, so that memory is that engine's
    // alone and kill -9 hits a whole process.
    if words.next_if_eq("child").is_some() {
        let engine = words.next().ok_or("child needs an engine")?;
        return measure::child(&engine, &plan(words)?);
    }
    let plan = plan(words)?;
    let mut all: BTreeMap<String, Vec<Figures>> = BTreeMap::new();
    for round in 1..=plan.rounds {
        for engine in &plan.engines {
            eprintln!("round {round}: {engine}");
            let figures = measure::engine(engine, &plan)?;
            eprintln!("{figures:?}");
            all.entry(engine.clone()).or_default().push(figures);
        }
    }
    println!("| figure (min / **median** / max) | {} |", plan.engines.join(" | "));
    println!("| --- |{}", " --- |".repeat(plan.engines.len()));
    for column in COLUMNS {
        let cells = plan.engines.iter().map(|engine| {
            let values: Vec<f64> =
                all[engine].iter().filter_map(|figures| figures.get(*column).copied()).collect();
            if values.is_empty() { "–".to_owned() } else { spread(values) }
        });
        println!("| {column} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    Ok(())
}
