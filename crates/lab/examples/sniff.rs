//! Shows the IPv4 packets that reach this machine, one line each, or layer by layer.
//!
//! Each packet is shown as it comes in, so once on loopback and once on a router that passes it on;
//! what a machine sends to another is not shown. Linux only, and a privilege (CAP_NET_RAW) is needed:
//!
//! ```text
//! cargo build -p lab --example sniff
//! sudo target/debug/examples/sniff --layers
//! ```
//!
//! Sequence numbers are counted from the first one seen in their direction, as they all start at random.

use std::io::{self, Read};
use std::process::ExitCode;

use clap::Parser;
use common::print_line;

use lab::packet::{Connections, decode, layers};

/// Shows the IPv4 packets that reach this machine.
#[derive(Parser)]
struct Args {
    /// Show each packet layer by layer, with its data
    #[arg(long)]
    layers: bool,
    /// End after this many packets, instead of on Ctrl+C
    #[arg(long)]
    count: Option<usize>,
}

fn main() -> ExitCode {
    common::start_log();
    let Err(error) = sniff(&Args::parse()) else {
        return ExitCode::SUCCESS;
    };
    eprintln!("sniff: {error}");
    if error.kind() == io::ErrorKind::PermissionDenied {
        eprintln!("hint: packet sockets need a privilege: sudo, or CAP_NET_RAW");
    }
    ExitCode::FAILURE
}

fn sniff(args: &Args) -> io::Result<()> {
    let mut socket = packet_socket()?;
    log::info!("sniffing");
    let mut connections = Connections::default();
    // Room for the largest packet: a card may put together what came in pieces.
    let mut buffer = vec![0; 1 << 17];
    for _ in 0..args.count.unwrap_or(usize::MAX) {
        let length = socket.read(&mut buffer)?;
        match decode(&buffer[..length]) {
            Ok(packet) => {
                print_line(connections.line(&packet))?;
                if args.layers {
                    print_line(layers(&packet))?;
                }
            }
            Err(error) => print_line(format_args!("not understood: {error}"))?,
        }
    }
    Ok(())
}

/// A socket that gets every frame with an IPv4 packet in it, of all interfaces, from its first byte.
#[cfg(target_os = "linux")]
fn packet_socket() -> io::Result<impl Read> {
    use socket2::{Domain, Protocol, Socket, Type};
    const ETH_P_IP: u16 = 0x0800;
    let protocol = Protocol::from(i32::from(ETH_P_IP.to_be()));
    let socket = Socket::new(Domain::PACKET, Type::RAW, Some(protocol))?;
    // Room for a burst that comes while we print; the kernel gives what it allows.
    socket.set_recv_buffer_size(1 << 20)?;
    Ok(socket)
}

#[cfg(not(target_os = "linux"))]
fn packet_socket() -> io::Result<io::Empty> {
    Err(io::Error::other("packet sockets are Linux's own"))
}
