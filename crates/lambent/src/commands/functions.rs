//! `lambent functions`.

use super::{Context, End};
use crate::cli::{Format, FunctionsArgs};
use crate::client::functions::Function;
use crate::failure::Failure;
use crate::output::table;

pub(super) async fn run(context: &Context, args: FunctionsArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    let functions = client.functions().await.map_err(|error| error.failure("list the functions"))?;
    let text = match args.output {
        Format::Json => {
            let text = serde_json::to_string_pretty(&functions);
            text.map_err(|error| Failure::failed("print the functions", error))? + "\n"
        }
        Format::Table => as_table(functions),
    };
    Ok(context.output.data(text.as_bytes())?)
}

fn as_table(functions: Vec<Function>) -> String {
    let head = ["NAME", "RUNTIME", "HANDLER", "MEMORY", "TIMEOUT", "CODE", "LAST MODIFIED"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(functions.into_iter().map(|function| {
        let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        vec![
            function.function_name,
            text(function.runtime),
            text(function.handler),
            text(function.memory_size.map(|megabytes| format!("{megabytes} MB"))),
            text(function.timeout.map(|seconds| format!("{seconds} s"))),
            text(function.code_size.map(|bytes| format!("{bytes} B"))),
            text(function.last_modified),
        ]
    }));
    table(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_function_lacks_is_a_dash() {
        let answer = r#"{"FunctionName":"f","FunctionArn":"a","Timeout":3,"Unknown":[]}"#;
        let text = as_table(vec![serde_json::from_str(answer).unwrap()]);
        let cells: Vec<&str> = text.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(cells, ["f", "-", "-", "-", "3", "s", "-", "-"]);
    }
}
