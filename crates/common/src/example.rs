//! What the Cargo examples share, so that each has its few lines for its one idea.

use std::env;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use crate::address::Address;
use crate::report::{Peer, exit_status};
use crate::warnings::start_log;

/// The `main` of an example: its log, its only argument, an address, and its exit status.
///
/// `peer` says who is at the other end of that address. `tutorial` is the address that the tutorial
/// gives; a host alone as the argument has its port.
#[must_use]
pub fn run_example(
    name: &str,
    peer: impl FnOnce(&Address) -> Peer,
    tutorial: (&str, u16),
    run: impl FnOnce(SocketAddr) -> io::Result<()>,
) -> ExitCode {
    start_log();
    // What is not UTF-8 is no address either: it is refused as one, and not with a panic.
    let arguments = env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    let address = address(arguments.skip(1), tutorial).and_then(|address| match peer(&address) {
        peer @ (Peer::TcpServer(_) | Peer::UdpServer(_)) => Ok((address.as_destination()?, peer)),
        peer => Ok((address, peer)),
    });
    match address {
        Ok((address, peer)) => {
            let result = address.resolve().and_then(run);
            // These serve until then. One that ends the program itself says it itself.
            if let (Ok(()), Peer::TcpClients | Peer::UdpClients) = (&result, &peer) {
                log::info!("Ctrl+C: no more answers");
            }
            exit_status(name, &address, &peer, result)
        }
        Err(error) => {
            // Where stderr is gone, there is nobody to tell.
            let _ = write!(io::stderr(), "error: {error}\n\nUsage: {name} [ADDRESS]\n");
            ExitCode::from(2) // wrong usage, as in the programs
        }
    }
}

fn address(
    mut arguments: impl Iterator<Item = String>,
    (host, port): (&str, u16),
) -> Result<Address, String> {
    match (arguments.next(), arguments.next()) {
        (None, _) => Address::parse(host, port),
        (Some(text), None) if !text.starts_with('-') => Address::parse(&text, port),
        _ => Err("an address is the only argument".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(arguments: &[&str]) -> Result<String, String> {
        let arguments = arguments.iter().copied().map(String::from);
        address(arguments, ("127.0.0.1", 999)).map(|address| address.to_string())
    }

    #[test]
    fn the_tutorials_address_is_the_default() {
        assert_eq!(shown(&[]), Ok("127.0.0.1:999".into()));
        assert_eq!(shown(&["127.0.0.2"]), Ok("127.0.0.2:999".into()));
        assert_eq!(shown(&["[::1]:0"]), Ok("[::1]:0".into()));
    }

    #[test]
    fn anything_but_one_address_is_refused() {
        for arguments in [&["127.0.0.1:99999"][..], &["--help"], &["localhost", "Ada"]] {
            assert!(shown(arguments).is_err(), "{arguments:?}");
        }
    }
}
