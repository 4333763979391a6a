//! udp-client with `connect`: a server that is not there is reported, instead of never answering.
//!
//! Watch: start it without a server. `connect` sends nothing, so it succeeds, and so does the first
//! send; then the dead port's complaint (ICMP) comes back as "connection refused", which Linux and macOS
//! tell a connected socket alone (Windows tells any, as a reset). A stranger's datagrams do not reach it.
//!
//! ```text
//! cargo run -p udp-server
//! cargo run -p udp-client --example connected
//! ```

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::process::ExitCode;
use std::time::Duration;

use common::{print_line, printable};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example(
        "connected",
        |server| common::Peer::UdpServer(format!("start it: cargo run -p udp-server -- {server}")),
        ("127.0.0.1", 9999),
        introduce,
    )
}

fn introduce(server: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(server), Type::DGRAM, None)?;
    socket.connect(&server.into())?;
    let socket = UdpSocket::from(socket);
    // A datagram that is lost on the way is still reported by nobody.
    socket.set_read_timeout(Some(Duration::from_secs(3)))?;
    let mut buffer = [0; 1024];
    for name in ["Michael", "Tracy", "Sarah"] {
        socket.send(name.as_bytes())?;
        let length = loop {
            match socket.recv(&mut buffer) {
                // On Linux, Ctrl+Z interrupts a receive with a timeout.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if is_over(&error) => {
                    return Err(io::Error::new(ErrorKind::TimedOut, "no answer within 3s"));
                }
                received => break received?,
            }
        };
        if length == buffer.len() {
            log::warn!("the buffer is full: what was beyond, if anything, is lost");
        }
        print_line(printable(&buffer[..length]))?;
    }
    Ok(())
}

/// Whether the time to wait is over: Unix and Windows have a word each for it.
fn is_over(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
