//! The line between two routers, a bad one: it is a router too, but one that we wrote.
//!
//! Of the TCP segments with data that go to a port, and of the UDP datagrams that go there, it passes the
//! third before the second, and loses the fourth, once; it is the same in every run. All else passes as it
//! comes. With `--delay` the line is a long one: each packet is so much time on its way. Its host must not forward packets itself (`ip_forward=0`). Linux only, and a privilege
//! (CAP_NET_RAW) is needed: `scripts/three-hosts.sh` has a place for it.
//!
//! ```text
//! cargo build -p lab --example line
//! sudo target/debug/examples/line 9999
//! ```

mod trouble;

use std::io::{self, ErrorKind};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

/// Passes IP packets on, in a wrong order, and loses one.
#[derive(Parser)]
struct Args {
    /// The port of those packets that are troubled
    port: u16,
    /// Seconds that each packet is on the line
    #[arg(long, default_value = "0", value_parser = common::seconds)]
    delay: Duration,
}

fn main() -> ExitCode {
    common::start_log();
    let Err(error) = pass_on(&Args::parse()) else {
        return ExitCode::SUCCESS;
    };
    eprintln!("line: {error}");
    if error.kind() == ErrorKind::PermissionDenied {
        eprintln!("hint: packet sockets need a privilege: sudo, or CAP_NET_RAW");
    }
    ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
fn pass_on(args: &Args) -> io::Result<()> {
    use std::io::Read;
    use std::sync::mpsc;
    use std::thread;
    use std::time::Instant;

    use socket2::{Domain, Protocol, Socket, Type};

    // All IP packets that come in, whomever they are for; without the Ethernet header, as it is DGRAM.
    const ETH_P_IP: u16 = 0x0800;
    let protocol = Protocol::from(i32::from(ETH_P_IP.to_be()));
    let mut from_cards = Socket::new(Domain::PACKET, Type::DGRAM, Some(protocol))?;
    // Takes whole IP packets, and finds the card by the route: what IPPROTO_RAW (255) is for.
    let to_cards = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(255)))?;
    let (leaves, arrives) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        for (when, packet) in arrives {
            thread::sleep(when.saturating_duration_since(Instant::now()));
            send(&to_cards, &packet);
        }
    });
    log::info!("passing on");
    let mut trouble = trouble::Trouble::new(args.port);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = from_cards.read(&mut buffer)?;
        let when = Instant::now() + args.delay;
        for packet in trouble.pass(&buffer[..length]) {
            leaves.send((when, packet)).map_err(io::Error::other)?;
        }
    }
}

/// Sends an IP packet to where its header says.
#[cfg(target_os = "linux")]
fn send(to_cards: &socket2::Socket, packet: &[u8]) {
    use std::net::{Ipv4Addr, SocketAddrV4};

    let [.., a, b, c, d] = packet[..20] else {
        return;
    };
    let to = SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), 0);
    if let Err(error) = to_cards.send_to(packet, &to.into()) {
        log::warn!("{to}: {error}");
    }
}

#[cfg(not(target_os = "linux"))]
fn pass_on(args: &Args) -> io::Result<()> {
    let _ = (args.delay, trouble::Trouble::new(args.port).pass(&[]));
    Err(io::Error::other("packet sockets are Linux's own"))
}
