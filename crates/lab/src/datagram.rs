//! A UDP peer of a test's own.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};

use crate::PATIENCE;

/// A socket that does not wait for ever.
pub fn udp_socket(address: &str) -> UdpSocket {
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// Receives, however often the wait is interrupted: on Linux, a freeze of the machine does that.
///
/// # Errors
///
/// The system's own.
pub fn receive_from(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
    loop {
        match socket.recv_from(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            received => return received,
        }
    }
}
