//! A TCP client of a test's own. What it says and expects is in [`Talk`].

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

use crate::{PATIENCE, Talk};

/// Connects a client that never waits for ever. The system connects it, whether or not the server accepts.
pub fn connect(server: SocketAddr) -> TcpStream {
    let client = TcpStream::connect_timeout(&server, PATIENCE).expect("somebody listens there");
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client
}

/// Connects, and waits until the server has said `Welcome!`, as `tcp-server` does.
pub fn welcomed(server: SocketAddr) -> TcpStream {
    let client = connect(server);
    client.expect("Welcome!");
    client
}

/// The two ends of a connection on this machine: the client's, and the one that `accept` returned.
pub fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let client = connect(listener.local_addr().unwrap());
    let (server, _) = listener.accept().unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    (client, server)
}
