//! Shows a program's socket calls, made alike, so that diff compares two programs.
//!
//! ```text
//! scripts/trace.sh target/debug/tcp-client
//! ```
//!
//! It runs the command under `strace -f -e trace=network`. When the command has ended, it prints the calls, each
//! thread's together. What the command itself prints goes where it always goes, and comes first. A server ends at
//! Ctrl+C, which is passed on to it, like SIGTERM and SIGHUP; then come its calls.
//!
//! Descriptors become fd1, fd2 …, and ports become port1, port2 …, in order of appearance; port 0 stays. These
//! differ between languages and not in what is done, so they are left out:
//!
//! - setsockopt, getsockopt and getsockname
//! - the flags SOCK_CLOEXEC and MSG_NOSIGNAL, and that accept may be accept4
//! - the address arguments of recvfrom, and the address lengths of accept and sendto
//! - the look-up of a name: sockets of AF_UNIX and AF_NETLINK, those that go to port 53, and UDP sockets that are
//!   connected and then neither send nor receive (so addresses are put in order of preference)
//! - what wakes our servers at Ctrl+C: the socket kept ready to knock with, and, from Ctrl+C on, the accept it
//!   ends, the shutdown of connections and the receives that ends, the empty datagram to oneself
//! - from Ctrl+C on, getpeername: Python asks it of a socket that it finds still open as it ends
//! - signals, and calls that a signal interrupted or that never returned
//! - where one receive ends and the next begins, on a connection that asked for a web page: receives of the same
//!   size count as one, but for the last, which says that the server has closed
//!
//! The command is taken for one process, of any number of threads. The exit status is the command's; 77 says that
//! strace is not allowed to trace, or that the system has none.

// On other systems there is nothing to trace with.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

mod alike;
mod call;
#[cfg(target_os = "linux")]
mod run;

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

/// The customary exit status of what was skipped.
const SKIPPED: u8 = 77;

fn main() -> ExitCode {
    let command: Vec<_> = std::env::args_os().skip(1).collect();
    if command.is_empty() {
        eprintln!("usage: scripts/trace.sh COMMAND [ARGUMENT]...");
        return ExitCode::from(2);
    }
    match trace(&command) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("trace: {error}");
            ExitCode::from(match error.kind() {
                io::ErrorKind::Unsupported => SKIPPED,
                _ => 1,
            })
        }
    }
}

#[cfg(target_os = "linux")]
fn trace(command: &[OsString]) -> io::Result<u8> {
    use std::io::Write;

    let mut trace = alike::Trace::default();
    let status = run::strace(command, |event| trace.add(event))?;
    let mut lines = trace.lines().join("\n");
    if !lines.is_empty() {
        lines.push('\n');
    }
    match io::stdout().write_all(lines.as_bytes()) {
        // Nobody reads on: `scripts/trace.sh … | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(status),
        written => written.map(|()| status),
    }
}

#[cfg(not(target_os = "linux"))]
fn trace(_: &[OsString]) -> io::Result<u8> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "strace is for Linux only",
    ))
}
