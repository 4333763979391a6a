//! Asks another host whether it is there, by a raw socket: one echo request (ICMP), one answer.
//!
//! ICMP has no ports, so no ordinary socket can speak it. A raw socket takes and gives what is inside an
//! IP packet; it needs a privilege (CAP_NET_RAW). With `--ttl` it even takes the IP header that we build.
//!
//! ```text
//! cargo build -p lab --example ping
//! sudo target/debug/examples/ping 127.0.0.1
//! ```

use std::io::{self, ErrorKind, Read};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::process::{self, ExitCode};
use std::time::Duration;

use clap::Parser;
use etherparse::{
    IcmpEchoHeader, Icmpv4Header, Icmpv4Slice, Icmpv4Type, IpNumber, Ipv4Header, Ipv4Slice,
};
use socket2::{Domain, Protocol, Socket, Type};

/// Either packet may get lost, and nobody would tell.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks another host whether it is there.
#[derive(Parser)]
struct Args {
    /// Its address
    host: Ipv4Addr,
    /// Build the IP header too (IP_HDRINCL), which lets the packet pass so many routers less one
    #[arg(long)]
    ttl: Option<u8>,
}

fn main() -> ExitCode {
    let Err(error) = ping(&Args::parse()) else {
        return ExitCode::SUCCESS;
    };
    eprintln!("ping: {error}");
    if error.kind() == ErrorKind::PermissionDenied {
        eprintln!("hint: raw sockets need a privilege: sudo, or CAP_NET_RAW");
    }
    ExitCode::FAILURE
}

fn ping(args: &Args) -> io::Result<()> {
    let mut socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_header_included_v4(args.ttl.is_some())?;
    let id = process::id().to_be_bytes();
    let echo = IcmpEchoHeader {
        id: u16::from_be_bytes([id[2], id[3]]),
        seq: 1,
    };
    let mut packet = Icmpv4Header::with_checksum(Icmpv4Type::EchoRequest(echo), &[])
        .to_bytes()
        .to_vec();
    if let Some(ttl) = args.ttl {
        // The kernel fills in what we leave zero: our address, an id, and the checksum.
        let header = Ipv4Header::new(8, ttl, IpNumber::ICMP, [0; 4], args.host.octets());
        let header = header.map_err(io::Error::other)?;
        packet.splice(..0, header.to_bytes());
    }
    socket.send_to(&packet, &SocketAddrV4::new(args.host, 0).into())?;

    // A raw socket gets all the ICMP that comes in, with its IP header: we look for our answer in it.
    let mut buffer = [0; 2048];
    for _ in 0..100 {
        let length = match socket.read(&mut buffer) {
            // On Linux, Ctrl+Z interrupts a receive with a timeout.
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            received => received.map_err(no_answer)?,
        };
        let ip = Ipv4Slice::from_slice(&buffer[..length]).map_err(io::Error::other)?;
        let icmp = Icmpv4Slice::from_slice(ip.payload().payload).map_err(io::Error::other)?;
        let answer = match icmp.icmp_type() {
            Icmpv4Type::EchoReply(reply) if reply == echo => "echo reply",
            Icmpv4Type::TimeExceeded(_) => "time exceeded",
            _ => continue,
        };
        let from = ip.header().source_addr();
        return common::print_line(format_args!("{from} answered: {answer}"));
    }
    Err(io::Error::other("a hundred packets, none an answer"))
}

/// What a time-out is called depends on the system.
fn no_answer(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            io::Error::other(format!("no answer within {PATIENCE:?}"))
        }
        _ => error,
    }
}
