//! How a program says why it failed.

use std::error::Error;
use std::fmt::{self, Display};
use std::io::ErrorKind::{
    self, AddrInUse, AddrNotAvailable, BrokenPipe, ConnectionAborted, ConnectionRefused,
    ConnectionReset, HostUnreachable, NetworkUnreachable, NotFound, PermissionDenied, TimedOut,
    UnexpectedEof,
};
use std::io::{self, Write};
use std::process::ExitCode;

use self::Peer::{OneTcpClient, TcpServer, UdpClients, UdpServer};
use crate::warnings;

/// Who is at the other end, which decides what an error means.
#[derive(Clone, Debug)]
pub enum Peer {
    /// TCP clients, whoever comes.
    TcpClients,
    /// One TCP client, after which the program ends.
    OneTcpClient,
    /// UDP clients, whoever sends.
    UdpClients,
    /// A TCP server, and what to do where none is.
    TcpServer(String),
    /// A UDP server, and what to do where none is, which shows as silence.
    UdpServer(String),
}

/// The exit status of a program that ends with `result`: 0, or 1 for an error.
///
/// An error is told on stderr, with what to do about it: not through the log, which `RUST_LOG=off` hides.
/// `address` is what it was about, unless it is an [`output_error`].
#[must_use]
pub fn exit_status(
    program: &str,
    address: impl Display,
    peer: &Peer,
    result: io::Result<()>,
) -> ExitCode {
    warnings::flush();
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    let (error, hint) = match error.downcast::<Told>() {
        Ok(told) if told.whole => (told.text, told.hint),
        Ok(told) => (format!("{address}: {told}"), told.hint),
        Err(error) => (format!("{address}: {error}"), hint(peer, &error)),
    };
    // Where stderr is gone too, there is nobody left to tell.
    let _ = write!(io::stderr(), "{program}: {error}\nhint: {hint}\n");
    ExitCode::FAILURE
}

/// Marks an error as one with `output`, a file or stdout, instead of with the network.
#[must_use]
pub fn output_error(output: impl Display, source: &io::Error, hint: &str) -> io::Error {
    told(source.kind(), format!("{output}: {source}"), hint, true)
}

/// Gives an error a hint that only this program knows.
#[must_use]
pub fn advise(source: &io::Error, hint: &str) -> io::Error {
    told(source.kind(), source.to_string(), hint, false)
}

fn told(kind: ErrorKind, text: String, hint: &str, whole: bool) -> io::Error {
    let hint = hint.to_owned();
    io::Error::new(kind, Told { text, hint, whole })
}

/// An error that knows what to do about it.
#[derive(Debug)]
struct Told {
    text: String,
    hint: String,
    /// Whether the text says what it is about.
    whole: bool,
}

impl Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Told {}

fn hint(peer: &Peer, error: &io::Error) -> String {
    let hint = match (error.kind(), peer) {
        // On Windows, the next receive reports a datagram that nobody took as a reset.
        (TimedOut | ConnectionReset | ConnectionRefused, UdpServer(missing))
        | (ConnectionRefused, TcpServer(missing)) => {
            return format!(
                "{missing}; if yours runs, look at its terminal: it may listen elsewhere, or have ended"
            );
        }
        (ConnectionReset | BrokenPipe, OneTcpClient) => {
            "the client ended the connection; this server serves one: start it again"
        }
        (NotFound, _) => {
            "is the name spelled right (the first argument is the address), and this machine online?"
        }
        (AddrInUse, UdpClients) => {
            "another program has this port: stop it, or give another address, such as 127.0.0.1:9998"
        }
        (AddrInUse, _) => {
            "another program has this port, or its connections had it a minute ago: \
             stop it, wait, or give another address, such as 127.0.0.1:9998"
        }
        (PermissionDenied, TcpServer(_) | UdpServer(_)) => {
            "this machine may not send there: is it a broadcast address, or does a firewall forbid it?"
        }
        // Windows also denies ports that it keeps for itself.
        (PermissionDenied, _) => {
            "ports below 1024 are for administrators, some others for the system: give another one, \
             such as 127.0.0.1:9998"
        }
        (AddrNotAvailable, _) => {
            "this machine has no such address; 127.0.0.1 is always its own, 0.0.0.0 means all it has"
        }
        (NetworkUnreachable | HostUnreachable | TimedOut, _) => {
            "no answer from there: is the address right, this machine online, and no firewall between?"
        }
        (ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof, _) => {
            "the server ended the connection: look at what it says in its own terminal"
        }
        // "Too many open files" has no kind: EMFILE on Unix, WSAEMFILE on Windows.
        _ if matches!(error.raw_os_error(), Some(24 | 10024)) => "allow more files: ulimit -n 256",
        _ => "RUST_LOG=debug shows what led to it",
    };
    hint.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_with_the_output_is_none_with_the_network() {
        let missing = output_error("out/sina.html", &ErrorKind::NotFound.into(), "make it");
        assert_eq!(missing.to_string(), "out/sina.html: entity not found");
        assert_eq!(missing.downcast::<Told>().unwrap().hint, "make it");
        assert!(hint(&Peer::TcpClients, &ErrorKind::NotFound.into()).contains("name"));
    }

    #[test]
    fn a_client_learns_how_to_start_its_server() {
        let tcp = Peer::TcpServer("start it: here".into());
        let udp = Peer::UdpServer("start it: here".into());
        let refused = hint(&tcp, &ErrorKind::ConnectionRefused.into());
        assert!(refused.starts_with("start it: here; if yours runs, "));
        assert!(hint(&udp, &ErrorKind::TimedOut.into()).starts_with("start it: here; "));
        assert!(hint(&tcp, &ErrorKind::TimedOut.into()).contains("firewall"));
    }
}
