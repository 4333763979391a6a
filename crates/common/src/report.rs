//! How a program starts its log, and how it says why it failed.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Display};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use env_logger::Builder;
use log::LevelFilter;

/// "Message too long", which has no [`ErrorKind`]: a datagram over 65,507 bytes.
const EMSGSIZE: i32 = if cfg!(windows) {
    10040
} else if cfg!(target_os = "linux") {
    90
} else {
    40
};

/// Starts the log on stderr: from `info` up, unless `RUST_LOG` gives another level.
///
/// So an empty `RUST_LOG`, or one with a typing error, does not hide that a server is ready.
pub fn start_log() {
    Builder::new()
        .filter_level(LevelFilter::Info)
        .parse_default_env()
        .format_target(false)
        .init();
}

/// The exit status of a program that ends with `result`: 0, or 1 for an error.
///
/// An error is told on stderr, with what to do about it: not through the log, which `RUST_LOG=off` hides.
/// `address` is what it was about, unless it is an [`output_error`].
#[must_use]
pub fn exit_status(program: &str, address: impl Display, result: io::Result<()>) -> ExitCode {
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    let lines = match error.downcast::<OutputError>() {
        Ok(error) => format!(
            "{program}: {error}\nhint: {}\n",
            output_hint(error.source.kind())
        ),
        Err(error) => format!(
            "{program}: {address}: {error}\nhint: {}\n",
            hint(program, &error)
        ),
    };
    // Where stderr is gone too, there is nobody left to tell.
    let _ = io::stderr().write_all(lines.as_bytes());
    ExitCode::FAILURE
}

/// Marks an error as one with a file or with stdout, instead of with the network.
pub fn output_error(output: impl Display, source: io::Error) -> io::Error {
    io::Error::other(OutputError {
        output: output.to_string(),
        source,
    })
}

#[derive(Debug)]
struct OutputError {
    output: String,
    source: io::Error,
}

impl Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.output, self.source)
    }
}

impl Error for OutputError {}

fn output_hint(error: ErrorKind) -> &'static str {
    match error {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "make room on the disk, or write elsewhere"
        }
        ErrorKind::IsADirectory => "that is a folder: name a file in it",
        ErrorKind::BrokenPipe => "whoever was reading the output has closed it",
        _ => "the output needs a folder that exists, and leave to write there",
    }
}

fn hint(program: &str, error: &io::Error) -> Cow<'static, str> {
    let hint = match (error.kind(), program) {
        (ErrorKind::NotFound, _) => {
            "is the name spelled right (the first argument is the address), and this machine online?"
        }
        (ErrorKind::AddrInUse, "udp-server") => {
            "another program has this port: stop it, or give another address, such as 127.0.0.1:9998"
        }
        (ErrorKind::AddrInUse, _) => {
            "another program has this port, or its connections had it a minute ago: \
             stop it, wait, or give another address, such as 127.0.0.1:9998"
        }
        (ErrorKind::PermissionDenied, "http-fetch" | "tcp-client" | "udp-client") => {
            "this machine may not send there: is it a broadcast address, or does a firewall forbid it?"
        }
        // Windows also denies ports that it keeps for itself.
        (ErrorKind::PermissionDenied, _) => {
            "ports below 1024 are for administrators, some others for the system: give another one, \
             such as 127.0.0.1:9998"
        }
        (ErrorKind::AddrNotAvailable, _) => {
            "this machine has no such address; 127.0.0.1 is always its own, 0.0.0.0 means all it has"
        }
        (ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable, _) => {
            "no way leads there: is the address right, and this machine online?"
        }
        (ErrorKind::InvalidData, _) => {
            "this server broke off, or speaks no HTTP/1.1: try again, or another page"
        }
        (ErrorKind::FileTooLarge, _) => "allow more with --max-size",
        _ if error.raw_os_error() == Some(EMSGSIZE) => {
            // On Windows, a receive reports an answer that does not fit.
            "a datagram carries at most 65507 bytes, an answer here 1024: choose a shorter name"
        }
        (kind, _) => return peer_hint(program, kind),
    };
    hint.into()
}

/// What to do about trouble with the other end.
fn peer_hint(program: &str, error: ErrorKind) -> Cow<'static, str> {
    let hint = match (error, program) {
        // On Windows, the next receive reports a datagram that nobody took as a reset.
        (
            ErrorKind::TimedOut | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused,
            "udp-client" | "connected",
        ) => "start the server first: cargo run -p udp-server",
        (ErrorKind::ConnectionRefused, "http-fetch") => {
            "no server there; to practise: cargo run -p http-fetch --example page_server"
        }
        (ErrorKind::ConnectionRefused, _) => {
            let start = "start the server first: cargo run -p tcp-server";
            return match program.strip_suffix("_client") {
                Some(example) => format!("{start} --example {example}_server").into(),
                None => start.into(),
            };
        }
        (ErrorKind::TimedOut, "http-fetch") => {
            "the server is busy or off, or a firewall is in between: try again, or a longer --timeout"
        }
        (ErrorKind::TimedOut, _) => {
            "that machine does not answer: is the address right, or is a firewall in between?"
        }
        (
            ErrorKind::ConnectionReset | ErrorKind::BrokenPipe,
            "echo_once_server" | "upper_once_server",
        ) => "the client ended the connection; this server serves one: start it again",
        (
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof,
            _,
        ) => "the server ended the connection: look at what it says in its own terminal",
        _ => "RUST_LOG=debug shows what led to it",
    };
    hint.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_broken_output_needs_is_not_what_a_network_needs() {
        let missing = output_error("out/sina.html", ErrorKind::NotFound.into());
        assert_eq!(missing.to_string(), "out/sina.html: entity not found");
        let missing = missing.downcast::<OutputError>().unwrap();
        assert!(output_hint(missing.source.kind()).contains("folder"));
        assert!(hint("http-fetch", &ErrorKind::NotFound.into()).contains("name"));
    }

    #[test]
    fn a_refused_client_learns_which_server_to_start() {
        let refused = ErrorKind::ConnectionRefused.into();
        assert!(hint("tcp-client", &refused).ends_with("cargo run -p tcp-server"));
        assert!(hint("http-fetch", &refused).ends_with("--example page_server"));
        assert!(hint("echo_once_client", &refused).ends_with("--example echo_once_server"));
        assert!(hint("connected", &refused).ends_with("-p udp-server"));
        assert!(hint("udp-client", &ErrorKind::TimedOut.into()).ends_with("-p udp-server"));
    }

    #[test]
    fn a_hint_is_about_the_program_that_fails() {
        let denied = ErrorKind::PermissionDenied.into();
        assert!(hint("tcp-server", &denied).contains("below 1024"));
        assert!(hint("udp-client", &denied).contains("broadcast"));
        let in_use = ErrorKind::AddrInUse.into();
        assert!(hint("tcp-server", &in_use).contains("connections"));
        assert!(!hint("udp-server", &in_use).contains("connections"));
        let too_late = ErrorKind::TimedOut.into();
        assert!(hint("http-fetch", &too_late).contains("--timeout"));
        assert!(!hint("tcp-client", &too_late).contains("--timeout"));
    }

    #[test]
    fn every_failure_that_is_known_has_a_hint_of_its_own() {
        for kind in [
            ErrorKind::NotFound,
            ErrorKind::AddrInUse,
            ErrorKind::PermissionDenied,
            ErrorKind::AddrNotAvailable,
            ErrorKind::ConnectionRefused,
            ErrorKind::NetworkUnreachable,
            ErrorKind::HostUnreachable,
            ErrorKind::TimedOut,
            ErrorKind::ConnectionReset,
            ErrorKind::ConnectionAborted,
            ErrorKind::BrokenPipe,
            ErrorKind::UnexpectedEof,
        ] {
            for program in [
                "http-fetch",
                "tcp-server",
                "tcp-client",
                "udp-server",
                "udp-client",
            ] {
                let hint = hint(program, &kind.into());
                assert!(!hint.contains("RUST_LOG"), "{program}: {kind:?}");
            }
        }
        let too_long = io::Error::from_raw_os_error(EMSGSIZE);
        assert!(hint("udp-client", &too_long).contains("65507"));
        assert!(hint("udp-client", &io::Error::other("?")).contains("RUST_LOG"));
    }

    #[test]
    fn a_full_disk_and_a_closed_pipe_are_told_apart() {
        assert!(output_hint(ErrorKind::StorageFull).contains("disk"));
        assert!(output_hint(ErrorKind::BrokenPipe).contains("reading"));
    }
}
