//! A UDP server that says hello to the name in every datagram.
//!
//! Mirrors the server of the tutorial's UDP chapter:
//!
//! 1. create a socket
//! 2. bind it to an address
//! 3. receive a datagram from anyone
//! 4. send the greeting back to where it came from
//!
//! Start it, then its client in another terminal. Ctrl+C ends it.
//!
//! ```text
//! cargo run -p udp-server
//! cargo run -p udp-client
//! ```

mod own;

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::process::ExitCode;

use clap::Parser;
use common::{Address, Peer, Stop, print_or_warn};
use log::{debug, info, warn};
use socket2::{Domain, Socket, Type};

fn serve(args: &Args) -> io::Result<()> {
    let address = args.address.resolve()?;

    // 1. Create a socket: of the address's family, and for datagrams, which makes it UDP.
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;

    // 2. Bind it to the address. There is nothing to listen for and nobody to accept: datagrams
    //    come without a connection. From here on, the standard library's type will do.
    socket.bind(&address.into())?;
    let socket = UdpSocket::from(socket);

    // Before the ready line: whoever has read that may press Ctrl+C at once.
    let stop = Stop::on_ctrl_c(common::wake_recv(&socket)?)?;
    let address = socket.local_addr()?;
    info!("receiving on {address}");
    print_or_warn(format_args!("Bind UDP on {}...", address.port()));
    while !stop.is_requested() {
        // One peer's trouble is not the others'. On Windows, a receive also reports the trouble of
        // an earlier send, and a datagram that did not fit the buffer, which then goes unanswered.
        if let Err(error) = greet(&socket, address, &stop) {
            warn!("{error}");
        }
    }
    info!("Ctrl+C: no more answers");
    Ok(())
}

/// Answers one datagram. Whoever sends the next one may be somebody else.
fn greet(socket: &UdpSocket, address: SocketAddr, stop: &Stop) -> io::Result<()> {
    // 3. Receive a datagram from anyone: whole, if the buffer is large enough, or cut.
    let mut buffer = [0; 1024];
    let (length, peer) = socket.recv_from(&mut buffer)?;
    // Ctrl+C wakes us with a datagram of its own: nobody is there to answer.
    if stop.is_requested() {
        return Ok(());
    }
    if own::is_own(address, peer) {
        warn!("{peer} is our own address: to answer ourselves would never end");
        return Ok(());
    }
    debug!("received {length} bytes from {peer}");
    print_or_warn(format_args!("Received from {peer}."));
    if length == buffer.len() {
        warn!("{peer}: the buffer is full: what was beyond {length} bytes, if anything, is lost");
    }

    // 4. Send the greeting back to where it came from. Bytes, not text: a name that is not UTF-8
    //    is greeted as it came.
    let greeting = [b"Hello, ", &buffer[..length], b"!"].concat();
    match socket.send_to(&greeting, peer) {
        Ok(length) => debug!("sent {length} bytes to {peer}"),
        Err(error) => warn!("{peer}: {error}"),
    }
    Ok(())
}

fn main() -> ExitCode {
    common::start_log();
    let args = Args::parse();
    common::exit_status("udp-server", &args.address, &Peer::UdpClients, serve(&args))
}

/// Says hello to the name in every datagram that it receives.
#[derive(Parser)]
#[command(
    version,
    after_help = "Example:\n  cargo run -p udp-server -- 127.0.0.1:9998\n  \
                  and in another terminal: cargo run -p udp-client -- 127.0.0.1:9998"
)]
struct Args {
    /// Where to receive: HOST:PORT, [IPv6]:PORT, or a host alone (port 9999)
    #[arg(default_value = "127.0.0.1:9999")]
    address: Address,
}
