//! What the system's own words for a timeout leave out.

use std::io::{Error, ErrorKind};
use std::time::Duration;

/// Why a connect failed.
#[must_use]
pub fn connecting(error: Error, timeout: Duration) -> Error {
    match error.kind() {
        // The system has a limit of its own, some minutes, which is told in its own words.
        ErrorKind::TimedOut if error.raw_os_error().is_none() => {
            too_slow(format!("no connection within {timeout:?}"))
        }
        _ => error,
    }
}

/// Why a receive failed, and how many bytes came before.
#[must_use]
pub fn receiving(error: &Error, timeout: Duration, came: usize) -> Error {
    match error.kind() {
        // The first is what Unix calls it.
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            too_slow(format!("silent for {timeout:?} ({came} bytes came)"))
        }
        kind => Error::new(kind, format!("{error} ({came} bytes came)")),
    }
}

fn too_slow(wrong: String) -> Error {
    let hint =
        "the server is busy or off, or a firewall is in between: try again, or a longer --timeout";
    common::advise(&Error::new(ErrorKind::TimedOut, wrong), hint)
}
