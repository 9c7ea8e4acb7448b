//! What the tests need from Debian: installed where it is missing and we may, named where we may not.

use std::process::Command;

use crate::failure::Failure;
use crate::process::{self, step};

/// Something that must work, and the package that makes it work.
struct Need {
    package: &'static str,
    program: &'static str,
    /// Arguments with which the program ends well when the need is met.
    probe: &'static [&'static str],
}

/// Version 2 of the AWS CLI, the first with `logs tail`. What the package index of Python has is version 1.
pub(super) const AWS_CLI_2: &str = "/usr/bin/aws";

/// A program of the administrator's, so it may not be on the path.
pub(super) const NATS_SERVER: &str = "/usr/sbin/nats-server";

/// Where Debian keeps the sources of Go packages.
pub(super) const GO_PATH: &str = "/usr/share/gocode";
const GO_SDK_LAMBDA: &str = "/usr/share/gocode/src/github.com/aws/aws-sdk-go-v2/service/lambda";

const NEEDS: [Need; 12] = [
    Need { package: "python3", program: "python3", probe: &["--version"] },
    Need { package: "python3-venv", program: "python3", probe: &["-c", "import ensurepip, venv"] },
    Need { package: "python3-pip", program: "python3", probe: &["-m", "pip", "--version"] },
    Need { package: "nodejs", program: "node", probe: &["--version"] },
    Need { package: "npm", program: "npm", probe: &["--version"] },
    Need { package: "curl", program: "curl", probe: &["--version"] },
    Need { package: "awscli", program: AWS_CLI_2, probe: &["--version"] },
    Need { package: "nats-server", program: NATS_SERVER, probe: &["--version"] },
    Need { package: "golang-go", program: "go", probe: &["version"] },
    Need { package: "golang-github-aws-aws-sdk-go-v2-dev", program: "test", probe: &["-d", GO_SDK_LAMBDA] },
    Need { package: "ruby", program: "ruby", probe: &["--version"] },
    Need { package: "ruby-aws-sigv4", program: "ruby", probe: &["-e", "require 'aws-sigv4'"] },
];

/// Installs the packages whose need is not met, if there are any.
pub(super) fn install_missing() -> Result<(), Failure> {
    let missing = missing(&NEEDS);
    if missing.is_empty() {
        println!("==> Debian packages: there");
        return Ok(());
    }
    let list = missing.join(" ");
    step(&format!("Debian packages: {list}"), || {
        let Some(prefix) = privilege() else {
            return Err(Failure::new(format!(
                "these packages are missing and we may not install them: {list}\n\
                 hint: sudo apt-get install {list}"
            )));
        };
        apt(prefix, &["update", "--quiet"])?;
        let mut arguments = vec!["install", "--quiet", "--yes", "--no-install-recommends"];
        arguments.extend(&missing);
        apt(prefix, &arguments)
    })
}

fn missing(needs: &[Need]) -> Vec<&'static str> {
    needs
        .iter()
        .filter(|need| !process::succeeds(Command::new(need.program).args(need.probe)))
        .map(|need| need.package)
        .collect()
}

/// What to put before a command that changes the system, or `None` when nobody lets us.
fn privilege() -> Option<&'static [&'static str]> {
    let is_root = process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if is_root {
        return Some(&[]);
    }
    // `-n`: never ask for a password, there may be nobody to type it.
    process::succeeds(Command::new("sudo").args(["-n", "true"])).then_some(&["sudo", "-n"])
}

fn apt(prefix: &[&str], arguments: &[&str]) -> Result<(), Failure> {
    let mut words = prefix.to_vec();
    // Through `env`, because sudo does not hand variables on.
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    words.extend(arguments);
    let (program, rest) = words.split_first().ok_or_else(|| Failure::new("no command to run"))?;
    process::output(Command::new(program).args(rest)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_does_not_work_is_missing() {
        let there = Need { package: "a", program: "sh", probe: &["-c", "exit 0"] };
        let broken = Need { package: "b", program: "sh", probe: &["-c", "exit 1"] };
        let absent = Need { package: "c", program: "no-such-program-here", probe: &[] };
        assert_eq!(missing(&[there, broken, absent]), ["b", "c"]);
    }
}
