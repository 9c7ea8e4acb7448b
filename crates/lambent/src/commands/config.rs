//! `lambent config show` and `lambent config reference`.

use super::{Context, End};
use crate::cli::{ConfigCommand, Format};
use crate::config::{reference, show};
use crate::failure::Failure;
use crate::output::table;

pub(super) fn run(context: &Context, command: &ConfigCommand) -> Result<(), End> {
    let text = match command {
        ConfigCommand::Reference => reference::markdown(),
        ConfigCommand::Show { serve, output } => {
            let shown = show::show(&context.load(serve)?.0);
            match output {
                Format::Json => {
                    let text = serde_json::to_string_pretty(&shown);
                    text.map_err(|error| Failure::failed("print the settings", error))? + "\n"
                }
                Format::Table => as_table(shown),
            }
        }
    };
    Ok(context.output.data(text.as_bytes())?)
}

fn as_table(shown: Vec<show::Shown>) -> String {
    let mut rows = vec![["SETTING", "VALUE", "FROM"].map(str::to_owned).to_vec()];
    rows.extend(shown.into_iter().map(|one| vec![one.key, one.value, one.origin]));
    table(&rows)
}
