//! `lambent env`: what AWS's tools need to talk to the server.

use super::{Context, End};
use crate::cli::EnvArgs;
use std::net::SocketAddr;

pub(super) fn run(context: &Context, args: &EnvArgs) -> Result<(), End> {
    let (_, config) = context.load(&args.serve)?;
    Ok(context.output.data(exports(config.server.listen, config.server.region.as_str()).as_bytes())?)
}

fn exports(listen: SocketAddr, region: &str) -> String {
    format!(
        "# For a server on loopback: `eval \"$(lambent env)\"`. It takes any access key, so these are placeholders;\n\
         # AWS's tools only insist on having one.\n\
         export AWS_ACCESS_KEY_ID=lambent\n\
         export AWS_SECRET_ACCESS_KEY=lambent\n\
         export AWS_ENDPOINT_URL=http://{listen}\n\
         export AWS_DEFAULT_REGION={region}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_comment_or_an_export() {
        let text = exports("127.0.0.1:9400".parse().unwrap(), "eu-west-1");
        assert!(text.lines().all(|line| line.starts_with("# ") || line.starts_with("export AWS_")), "{text}");
        assert!(text.contains("AWS_ENDPOINT_URL=http://127.0.0.1:9400\n"));
        assert!(text.contains("AWS_DEFAULT_REGION=eu-west-1\n"));
    }
}
