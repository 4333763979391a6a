//! udp-client that numbers its messages, sends again what got lost, and measures each round trip.
//!
//! Watch: the checker's server drops every third datagram, and answers the same number twice. An answer with
//! another number is an old one: who takes it for the new one measures nothing.
//!
//! ```text
//! cargo run -p checker -- --exercise pinger udp-client target/debug/examples/pinger
//! cargo run -p udp-client --example pinger
//! ```

use std::io;
use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
use std::net::{SocketAddr, UdpSocket};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use common::print_line;
use socket2::{Domain, Socket, Type};

/// How long an answer may take, and how often a message is sent at most.
const PATIENCE: Duration = Duration::from_secs(1);
const TRIES: usize = 5;

fn main() -> ExitCode {
    common::run_example(
        "pinger",
        |_| common::Peer::UdpServer("let the checker be the server: --exercise pinger".into()),
        ("127.0.0.1", 9999),
        ping,
    )
}

fn ping(server: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(server), Type::DGRAM, None)?;
    socket.connect(&server.into())?;
    let socket = UdpSocket::from(socket);
    for number in 1..=5 {
        let message = format!("ping {number}");
        let mut tries = (0..TRIES).map(|_| round_trip(&socket, message.as_bytes()));
        match tries.find_map(Result::transpose).transpose()? {
            Some(time) => print_line(format_args!(
                "{message}: {:.3} ms",
                time.as_secs_f64() * 1e3
            ))?,
            None => print_line(format_args!("{message}: no answer to {TRIES} of them"))?,
        }
    }
    Ok(())
}

/// Sends the message once; the time that its own answer took, if it came.
fn round_trip(socket: &UdpSocket, message: &[u8]) -> io::Result<Option<Duration>> {
    let sent = Instant::now();
    socket.send(message)?;
    let mut buffer = [0; 1024];
    while let Some(rest) = PATIENCE
        .checked_sub(sent.elapsed())
        .filter(|rest| !rest.is_zero())
    {
        socket.set_read_timeout(Some(rest))?;
        match socket.recv(&mut buffer) {
            Ok(length) if &buffer[..length] == message => return Ok(Some(sent.elapsed())),
            Ok(_) => {} // an old one
            // Nothing came: Unix and Windows have a word each for it. On Linux, Ctrl+Z interrupts the wait.
            Err(error) if matches!(error.kind(), WouldBlock | TimedOut | Interrupted) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
