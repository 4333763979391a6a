//! An address of this machine where nobody answers, and that no other program gets meanwhile.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

use socket2::{Domain, Socket, Type};

const ANY_PORT: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// A TCP address that refuses every connection as long as its socket lives: it is bound and does not listen.
pub fn tcp() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(ANY_PORT).into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket();
    (socket, address.expect("an internet socket has one"))
}

/// A UDP address that takes no datagram as long as its socket lives: it is connected to itself. The system
/// complains to the sender, or, on Windows, drops the datagram in silence.
pub fn udp() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind(ANY_PORT).unwrap();
    let address = socket.local_addr().unwrap();
    socket.connect(address).unwrap();
    (socket, address)
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_connection_is_refused() {
        let (_nobody, address) = tcp();
        let refused = TcpStream::connect(address).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    }

    #[test]
    fn no_datagram_is_received() {
        let (nobody, address) = udp();
        let stranger = UdpSocket::bind(ANY_PORT).unwrap();
        stranger.send_to(b"stranger", address).unwrap();
        // Its own do, and come after the stranger's.
        nobody.send(b"own").unwrap();
        let mut buffer = [0; 8];
        let length = nobody.recv(&mut buffer).unwrap();
        assert_eq!(&buffer[..length], b"own");
        nobody.set_nonblocking(true).unwrap();
        let more = nobody.recv(&mut buffer).unwrap_err();
        assert_eq!(more.kind(), ErrorKind::WouldBlock);
    }
}
