//! Counts, over TCP and UDP at once, for one to see what arrives of either: each number is a line of a
//! TCP connection and a UDP datagram, from and to the same port.
//!
//! The sender goes on by as many numbers as each line of its stdin says, so that whoever writes there
//! can trouble the network at a chosen number.
//!
//! ```text
//! cargo run -p lab --example numbers -- receive 127.0.0.1:9999
//! echo 100 | cargo run -p lab --example numbers -- send 127.0.0.1:9999
//! ```

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::ExitCode;
use std::thread;

use clap::{Parser, ValueEnum};
use common::{print_line, printable};
use socket2::{Domain, Socket, Type};

/// Counts, over TCP and UDP at once.
#[derive(Parser)]
struct Args {
    role: Role,
    address: SocketAddr,
    /// Receive what comes in by this network card alone (SO_BINDTODEVICE, Linux)
    #[arg(long)]
    card: Option<String>,
}

#[derive(Clone, ValueEnum)]
enum Role {
    Send,
    Receive,
}

fn main() -> ExitCode {
    common::start_log();
    let Args {
        role,
        address,
        card,
    } = Args::parse();
    let result = match role {
        Role::Send => send(address),
        Role::Receive => receive(address, card.as_deref()),
    };
    common::exit_status("numbers", address, &common::Peer::TcpClients, result)
}

fn send(address: SocketAddr) -> io::Result<()> {
    let mut tcp = TcpStream::connect(address)?;
    // Each number in a segment of its own, as in a datagram of its own.
    tcp.set_nodelay(true)?;
    let udp = UdpSocket::bind(tcp.local_addr()?)?;
    // Connected, so that an error that comes back would be reported here.
    udp.connect(address)?;
    let mut numbers = 1..;
    for order in io::stdin().lines() {
        let count = order?.trim().parse().map_err(io::Error::other)?;
        for number in numbers.by_ref().take(count) {
            tcp.write_all(format!("{number}\n").as_bytes())?;
            udp.send(number.to_string().as_bytes())?;
        }
        print_line(format_args!("sent up to {}", numbers.start - 1))?;
    }
    Ok(())
}

/// Prints each number as it comes, until the connection ends.
fn receive(address: SocketAddr, card: Option<&str>) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(cfg!(unix))?;
    if let Some(card) = card {
        tie_to(&socket, card)?;
    }
    socket.bind(&address.into())?;
    socket.listen(1)?;
    let listener = TcpListener::from(socket);
    let udp = UdpSocket::bind(listener.local_addr()?)?;
    log::info!("receiving on {}", listener.local_addr()?);
    thread::spawn(move || -> io::Result<()> {
        let mut buffer = [0; 64];
        loop {
            let length = udp.recv(&mut buffer)?;
            print_line(format_args!("udp {}", printable(&buffer[..length])))?;
        }
    });
    let (stream, _) = listener.accept()?;
    for line in BufReader::new(stream).lines() {
        print_line(format_args!("tcp {}", printable(line?.as_bytes())))?;
    }
    Ok(())
}

/// An address is not a card: Linux lets a packet for it in by any of them. This asks for the card itself.
#[cfg(target_os = "linux")]
fn tie_to(socket: &Socket, card: &str) -> io::Result<()> {
    socket.bind_device(Some(card.as_bytes()))
}

#[cfg(not(target_os = "linux"))]
fn tie_to(_: &Socket, _: &str) -> io::Result<()> {
    Err(io::Error::other("SO_BINDTODEVICE is Linux's own"))
}
