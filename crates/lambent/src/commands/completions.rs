//! `lambent completions SHELL`.

use super::{Context, End};
use crate::cli::Cli;
use clap::CommandFactory;

pub(super) fn run(context: &Context, shell: clap_complete::Shell) -> Result<(), End> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "lambent", &mut script);
    Ok(context.output.data(&script)?)
}
