//! The other end of the server under test: a client that says exactly what a test wants it to, waits for
//! what it expects, and never waits for ever.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(dead_code)] // each test file uses its own part of this

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use lab::PATIENCE;
use socket2::SockRef;

/// A client, connected.
pub struct Peer(pub TcpStream);

impl Peer {
    /// Connects: the kernel does that alone, whether or not the server accepts.
    pub fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&server, PATIENCE).expect("a server listens there");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }

    /// Connects, and waits until the server has welcomed it.
    pub fn welcomed(server: SocketAddr) -> Self {
        let mut peer = Self::connect(server);
        peer.expect(b"Welcome!");
        peer
    }

    /// The address by which the server knows it.
    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// Sends all of `bytes`.
    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("the server takes it");
    }

    /// Receives exactly `expected`.
    pub fn expect(&mut self, expected: &[u8]) {
        let mut received = vec![0; expected.len()];
        self.0.read_exact(&mut received).expect("an answer comes");
        assert_eq!(
            received.escape_ascii().to_string(),
            expected.escape_ascii().to_string()
        );
    }

    /// Sends a name and receives its greeting.
    pub fn is_greeted_as(&mut self, name: &[u8]) {
        self.send(name);
        self.expect(&[b"Hello, ", name, b"!"].concat());
    }

    /// Receives what comes until the server ends the connection, as it may with a reset where the server
    /// leaves something unread.
    pub fn until_the_end(&mut self) -> Vec<u8> {
        let mut received = Vec::new();
        if let Err(error) = self.0.read_to_end(&mut received) {
            let reset = [ErrorKind::ConnectionReset, ErrorKind::ConnectionAborted];
            assert!(
                reset.contains(&error.kind()),
                "the connection does not end: {error}"
            );
        }
        received
    }

    /// Receives nothing more: the server has ended the connection.
    pub fn expect_end(&mut self) {
        assert_eq!(self.until_the_end().escape_ascii().to_string(), "");
    }

    /// Ends the connection with a reset instead of a proper close.
    pub fn reset(self) {
        SockRef::from(&self.0)
            .set_linger(Some(std::time::Duration::ZERO))
            .unwrap();
    }
}
