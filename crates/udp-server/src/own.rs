//! Whether a datagram says that it comes from the server itself.
//!
//! Anyone can write any address into a datagram as its source. If it is the server's own, the server's
//! answer goes to the server, which answers it, and so on for ever (CERT advisory CA-1996-01).

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};

/// Whether `peer` is the socket that is bound to `address`.
///
/// `0.0.0.0` and `[::]` stand for every address of this machine. Whoever has our port on another
/// machine is a client like any other.
pub fn is_own(address: SocketAddr, mut peer: SocketAddr) -> bool {
    if peer.port() != address.port() || !address.ip().is_unspecified() {
        return peer == address;
    }
    // Only to its own addresses does a machine let one bind.
    peer.set_port(0);
    let bound = UdpSocket::bind(peer);
    !bound.is_err_and(|error| error.kind() == ErrorKind::AddrNotAvailable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(address: &str, peer: &str) -> bool {
        is_own(address.parse().unwrap(), peer.parse().unwrap())
    }

    #[test]
    fn one_address_is_compared() {
        assert!(own("127.0.0.1:9999", "127.0.0.1:9999"));
        assert!(!own("127.0.0.1:9999", "127.0.0.1:9998"));
        assert!(!own("127.0.0.1:9999", "127.0.0.2:9999"));
        assert!(!own("[::1]:9999", "127.0.0.1:9999"));
    }

    #[test]
    fn all_addresses_are_those_of_this_machine() {
        assert!(own("0.0.0.0:9999", "127.0.0.1:9999"));
        assert!(!own("0.0.0.0:9999", "127.0.0.1:9998"));
        assert!(own("[::]:9999", "[::1]:9999"));
        assert!(!own("[::]:9999", "[::1]:9998"));
    }

    /// These addresses are for documentation (RFC 5737, RFC 3849): no machine has them.
    #[test]
    fn our_port_on_another_machine_is_not_ours() {
        assert!(!own("[::]:9999", "[2001:db8::1]:9999"));
        // Wine, where we run Windows programs, lets one bind to any IPv4 address.
        if cfg!(unix) {
            assert!(!own("0.0.0.0:9999", "192.0.2.1:9999"));
            assert!(!own("[::]:9999", "[::ffff:192.0.2.1]:9999"));
        }
    }
}
