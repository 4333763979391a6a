//! A claim of the tutorial, put to the test: how such a test is written, and what it prints.
//!
//! The claims are those of `docs/claims.md`, under its numbers. To read the answer to one of them:
//!
//! ```text
//! cargo test -q -p lab --test claims claim_04 -- --nocapture
//! ```
//!
//! A test's name is `claim_`, the number in two digits, and a sentence that says what is true. A claim may
//! have several tests, each for one side of it. Each makes a [`Claim`], tells it what it [saw](Claim::saw)
//! before it asserts on it, and would fail if the opposite were true. The block that is then printed is one
//! line for what is shown and one for each observation:
//!
//! ```text
//! claim 04: creating a socket does not connect it
//!   send before connect   Broken pipe (os error 32)
//!   the peer              Transport endpoint is not connected (os error 107)
//! ```
//!
//! ```
//! use std::net::UdpSocket;
//!
//! // #[test]
//! fn claim_67_an_empty_datagram_can_be_sent() {
//!     let claim = lab::Claim::new(67, "an empty datagram can be sent");
//!     let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
//!     let sent = socket.send_to(b"", socket.local_addr().unwrap());
//!     claim.saw("send_to", lab::outcome(&sent));
//!     assert_eq!(sent.unwrap(), 0);
//! }
//! # claim_67_an_empty_datagram_can_be_sent();
//! ```
//!
//! What needs a tool or a right that is missing says so and returns:
//! `let Some(listing) = claim.tool("ss", &["-tln"]) else { return };`.
//! What only one system does is guarded by `cfg`, with the reason. A claim that takes several hosts is shown
//! by `scripts/three-hosts.sh`, whose sections begin with the claims' numbers: `section '5, 35' …`.

use std::fmt::{Display, Write};
use std::io::{self, ErrorKind};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::Ended;
#[cfg(unix)]
use crate::Running;

/// One test of one claim: collects what was seen, and prints it in one piece at the end.
#[derive(Debug)]
pub struct Claim {
    heading: String,
    seen: Mutex<Vec<(String, String)>>,
}

impl Claim {
    /// Starts the test of a claim; `shows` is what a reader is about to see.
    #[must_use]
    pub fn new(number: u8, shows: &str) -> Self {
        Self {
            heading: format!("claim {number:02}: {shows}"),
            seen: Mutex::default(),
        }
    }

    /// Notes what was done or looked at, and what came of it. Before the assertion, so that it is printed
    /// also where that fails.
    pub fn saw(&self, what: impl Display, answer: impl Display) {
        let line = (what.to_string(), answer.to_string());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push(line);
    }

    /// Says on stderr that the test, or the rest of it, was skipped, and why.
    pub fn skipped(&self, why: impl Display) {
        eprintln!("skipped: {}: {why}", self.heading);
    }

    /// What a system tool prints, if it is installed and content with its arguments.
    #[must_use]
    pub fn tool(&self, name: &str, arguments: &[&str]) -> Option<String> {
        let ran = Command::new(name).args(arguments).output();
        match ran {
            Ok(ran) if ran.status.success() => {
                Some(String::from_utf8_lossy(&ran.stdout).into_owned())
            }
            _ => {
                self.skipped(format_args!("{name} is not there, or does not work here"));
                None
            }
        }
    }

    /// Runs a little Python to its end, if python3 is installed.
    #[must_use]
    pub fn python(&self, code: &str) -> Option<Ended> {
        self.tool("python3", &["--version"])?;
        Some(crate::run(Command::new("python3").args(["-c", code])))
    }

    /// Starts a program as an ordinary user, if that one can run it.
    #[cfg(unix)]
    #[must_use]
    pub fn start_as_ordinary_user(&self, command: &mut Command) -> Option<Running> {
        let running = Running::start_as_ordinary_user(command);
        running.map_err(|error| self.skipped(error)).ok()
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let seen = self.seen.get_mut().unwrap_or_else(PoisonError::into_inner);
        if seen.is_empty() {
            return; // it was skipped, and has said so
        }
        let width = seen.iter().map(|(what, _)| what.chars().count()).max();
        let width = width.unwrap_or_default();
        let mut block = format!("\n{}\n", self.heading);
        for (what, answer) in seen {
            // Lines of an answer that has several stay in its column.
            let answer = answer
                .trim_end()
                .replace('\n', &format!("\n{:width$}", "", width = width + 5));
            let _ = writeln!(block, "  {what:width$}   {answer}");
        }
        // In one piece: other tests print at the same time.
        print!("{block}");
    }
}

/// Whether a call has waited for nothing, or could not wait: Unix and Windows have a word each for it.
pub fn in_vain<T>(result: &io::Result<T>) -> bool {
    let kind = result.as_ref().err().map(io::Error::kind);
    matches!(kind, Some(ErrorKind::WouldBlock | ErrorKind::TimedOut))
}

/// What came of a call, for a reader: `ok`, or the system's own words.
pub fn outcome<T>(result: &io::Result<T>) -> String {
    match result {
        Ok(_) => "ok".into(),
        Err(error) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_in_the_systems_words() {
        let error: io::Result<()> = Err(io::Error::other("no such luck"));
        assert_eq!(outcome(&error), "no such luck");
        assert_eq!(outcome(&Ok(3)), "ok");
    }

    #[test]
    fn a_tool_that_is_missing_gives_nothing() {
        let claim = Claim::new(0, "a tool that is missing gives nothing");
        assert_eq!(claim.tool("no-such-tool-anywhere", &[]), None);
    }
}
