//! What the system does not say of a datagram that could not go, or of an answer that did not come.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

/// "Message too long", which has no [`ErrorKind`].
const EMSGSIZE: i32 = if cfg!(windows) {
    10040
} else if cfg!(target_os = "linux") {
    90
} else {
    40
};

/// Says what to do about a datagram that is too long. On Windows, a receive reports that too.
pub fn too_long(error: Error) -> Error {
    if error.raw_os_error() != Some(EMSGSIZE) {
        return error;
    }
    let hint = "a datagram carries at most 65507 bytes, an answer here 1024: choose a shorter name";
    common::advise(&error, hint)
}

/// UDP cannot tell which of these it was: each of them is silence, unless somebody else has `spoken`.
pub fn no_answer(timeout: Duration, spoken: Option<SocketAddr>) -> Error {
    let Some(peer) = spoken else {
        let causes = "no server runs there, a datagram was lost, a firewall is in between, \
                      or the server took it and did not answer";
        let error = format!("no answer within {timeout:?}: {causes}");
        return Error::new(ErrorKind::TimedOut, error);
    };
    let error =
        format!("no answer within {timeout:?}, but {peer} sent something, which was ignored");
    let hint = format!("if {peer} is your server, which may have several addresses, ask it there");
    common::advise(&Error::new(ErrorKind::TimedOut, error), &hint)
}
