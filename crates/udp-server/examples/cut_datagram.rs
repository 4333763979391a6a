//! udp-server that tells when a datagram was cut: its buffer has one byte more than a name may have.
//!
//! Watch: `recv_from` drops what does not fit, and does not say so. One byte more tells. (Windows reports an
//! error for what does not even fit that; the sender stays unknown, and gets no answer.)
//!
//! ```text
//! cargo run -p udp-server --example cut_datagram
//! cargo run -p udp-client
//! ```

#[path = "../src/own.rs"]
mod own;

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::process::ExitCode;

use common::{Peer::UdpClients, Stop, print_or_warn};
use socket2::{Domain, Socket, Type};

/// The longest name that is greeted.
const LONGEST: usize = 1024;

fn main() -> ExitCode {
    common::run_example("cut_datagram", |_| UdpClients, ("127.0.0.1", 9999), serve)
}

fn serve(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
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
    let mut buffer = [0; LONGEST + 1];
    let (length, peer) = socket.recv_from(&mut buffer)?;
    if stop.is_requested() {
        return Ok(()); // Ctrl+C wakes us with a datagram of its own
    }
    if own::is_own(socket.local_addr()?, peer) {
        return Err(io::Error::other(
            "a datagram with our own address as its sender: no answer",
        ));
    }
    let answer = if length > LONGEST {
        print_or_warn(format_args!("{peer}: more than {LONGEST} bytes"));
        b"too long".to_vec()
    } else {
        [b"Hello, ", &buffer[..length], b"!"].concat()
    };
    socket.send_to(&answer, peer)?;
    Ok(())
}
