//! AWS's services beside Lambda, as somebody else made them: moto.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A server for all of them on a free port; killed when this is dropped.
#[derive(Debug)]
pub struct Moto {
    child: Child,
    url: String,
}

impl Moto {
    /// Starts one, with further arguments of `moto.server`.
    #[must_use]
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_on("0", arguments)
    }

    /// Ends it, to be started again where it was. What it knew is forgotten. Again is no error.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// A new one where this one was.
    #[must_use]
    pub fn restart(mut self) -> Self {
        self.kill();
        let (_, port) = self.url.rsplit_once(':').expect("a URL with a port");
        Self::start_on(port, &[])
    }

    fn start_on(port: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(crate::prepared("LAMBENT_TEST_PYTHON"))
            .args(["-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", port])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("moto starts");
        let mut said =
            BufReader::new(child.stderr.take().expect("stderr is piped")).lines().map_while(Result::ok);
        let url = said.by_ref().find_map(|line| Some(line.split_once("Running on ")?.1.trim().to_owned()));
        // What it goes on to say must not fill the pipe.
        std::thread::spawn(move || said.for_each(drop));
        Self { child, url: url.expect("moto says where it listens") }
    }

    /// Where it listens, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The variables with which a server uses it in place of AWS.
    #[must_use]
    pub fn variables(&self) -> [(&'static str, &str); 3] {
        [
            ("LAMBENT_AWS_ENDPOINT_URL", &self.url),
            ("LAMBENT_AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("LAMBENT_AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ]
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.kill();
    }
}
