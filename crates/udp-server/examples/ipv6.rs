//! udp-server at an IPv6 address: another family for the socket, and nothing else.
//!
//! Watch: an IPv6 address has eight groups of hexadecimal digits; `::` stands for groups of zeros. With a
//! port it needs brackets, as its groups have colons, too.
//!
//! ```text
//! cargo run -p udp-server --example ipv6
//! cargo run -p udp-client -- [::1]:9999
//! ```

#[path = "../src/own.rs"]
mod own;

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::process::ExitCode;

use common::{Peer::UdpClients, Stop, print_or_warn};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example("ipv6", |_| UdpClients, ("[::1]", 9999), serve)
}

fn serve(address: SocketAddr) -> io::Result<()> {
    if address.is_ipv4() {
        let error = io::Error::other("this is an IPv4 address");
        return Err(common::advise(&error, "give it one of IPv6: [::1]:9999"));
    }
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, None)?;
    socket.bind(&address.into())?;
    let socket = UdpSocket::from(socket);
    let stop = Stop::on_ctrl_c(common::wake_recv(&socket)?)?;
    log::info!("receiving on {}", socket.local_addr()?);
    while !stop.is_requested() {
        if let Err(error) = greet(&socket, &stop) {
            log::warn!("{error}");
        }
    }
    Ok(())
}

fn greet(socket: &UdpSocket, stop: &Stop) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let (length, peer) = socket.recv_from(&mut buffer)?;
    if stop.is_requested() {
        return Ok(()); // Ctrl+C wakes us with a datagram of its own
    }
    if own::is_own(socket.local_addr()?, peer) {
        return Err(io::Error::other(
            "a datagram with our own address as its sender: no answer",
        ));
    }
    print_or_warn(format_args!("Received from {peer}."));
    if length == buffer.len() {
        log::warn!("{peer}: the buffer is full: what was beyond, if anything, is lost");
    }
    socket.send_to(&[b"Hello, ", &buffer[..length], b"!"].concat(), peer)?;
    Ok(())
}
