//! udp-server at an IPv6 address: another family for the socket, and nothing else.
//!
//! Watch: an IPv6 address has eight groups of hexadecimal digits; `::` stands for groups of zeros. With a
//! port it needs brackets, as its groups have colons, too.
//!
//! ```text
//! cargo run -p udp-server --example ipv6
//! cargo run -p udp-client -- [::1]:9999
//! ```

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::process::ExitCode;

use common::{Peer::UdpClients, Stop, print_line};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example("ipv6", |_| UdpClients, ("[::1]", 9999), serve)
}

fn serve(address: SocketAddr) -> io::Result<()> {
    if address.is_ipv4() {
        return Err(io::Error::other("this is an IPv4 address"));
    }
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, None)?;
    socket.bind(&address.into())?;
    let socket = UdpSocket::from(socket);
    let stop = Stop::on_ctrl_c(common::wake_recv(&socket)?)?;
    log::info!("receiving on {}", socket.local_addr()?);
    let mut buffer = [0; 1024];
    while let ((length, peer), false) = (socket.recv_from(&mut buffer)?, stop.is_requested()) {
        print_line(format_args!("Received from {peer}."))?;
        socket.send_to(&[b"Hello, ", &buffer[..length], b"!"].concat(), peer)?;
    }
    Ok(())
}
