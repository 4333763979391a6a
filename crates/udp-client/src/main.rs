//! A UDP client that introduces three people.
//!
//! Mirrors the client of the tutorial's UDP chapter:
//!
//! 1. create a socket
//! 2. send each name to the server
//! 3. receive the answer
//! 4. close the socket
//!
//! Start `udp-server` first, then this in another terminal.
//!
//! ```text
//! cargo run -p udp-server
//! cargo run -p udp-client
//! ```

mod trouble;

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use common::{Address, Peer, print_line, printable};
use log::{debug, warn};
use socket2::{Domain, Socket, Type};

fn introduce(args: &Args) -> io::Result<()> {
    // The address from which the answers will come: for 0.0.0.0, that is 127.0.0.1.
    let server = common::reachable(args.address.resolve()?);

    // 1. Create a socket: of the server's family, and for datagrams, which makes it UDP. There is
    //    nothing to connect. From here on, the standard library's type will do.
    let socket = Socket::new(Domain::for_address(server), Type::DGRAM, None)?;
    let socket = UdpSocket::from(socket);

    for name in &args.names {
        // 2. Send each name to the server. The first send also gives the socket a port of its own.
        let length = socket.send_to(name.as_bytes(), server)?;
        debug!(
            "sent {length} bytes to {server} from {}",
            socket.local_addr()?
        );

        // 3. Receive the answer.
        print_line(receive(&socket, server, args.timeout)?)?;
    }

    // 4. Close the socket: dropping it does that. The server learns nothing of it.
    drop(socket);
    debug!("closed");
    Ok(())
}

/// How long a look at what has already come takes at most.
const A_LOOK: Duration = Duration::from_millis(1);

/// Receives the server's answer, if it comes in time. Nobody tells that a datagram was lost.
///
/// Anyone may send to our port, and the tutorial's client would print whatever comes first.
fn receive(socket: &UdpSocket, server: SocketAddr, timeout: Duration) -> io::Result<String> {
    // One deadline, however many strangers' datagrams come before the answer.
    let start = Instant::now();
    let mut ignored = None;
    let mut buffer = [0; 1024];
    loop {
        // At least a look: Ctrl+Z may have stopped us past the deadline while the answer came.
        let rest = timeout.saturating_sub(start.elapsed());
        socket.set_read_timeout(Some(rest.max(A_LOOK)))?;
        let received = socket.recv_from(&mut buffer);
        let in_time = start.elapsed() < timeout;
        let (length, peer) = match received {
            Ok(received) => received,
            // On Linux, Ctrl+Z interrupts the wait.
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) if is_over(&error) && in_time => continue,
            Err(error) if is_over(&error) => return Err(trouble::no_answer(timeout, ignored)),
            Err(error) => return Err(error),
        };
        if peer == server {
            debug!("received {length} bytes from {peer}");
            if length == buffer.len() {
                warn!("the buffer is full: what was beyond {length} bytes, if anything, is lost");
            }
            return Ok(printable(&buffer[..length]));
        }
        warn!("ignored {length} bytes from {peer}, which is not the server {server}");
        ignored = Some(peer);
        if !in_time {
            return Err(trouble::no_answer(timeout, ignored));
        }
    }
}

/// Whether the time to wait is over: "would block" on Unix, "timed out" on Windows.
fn is_over(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn main() -> ExitCode {
    common::start_log();
    let args = Args::parse();
    common::warn_of_ports(&args.address, &args.names);
    let start = format!("start it: cargo run -p udp-server -- {}", args.address);
    let peer = Peer::UdpServer(start);
    let introduced = introduce(&args).map_err(trouble::too_long);
    common::exit_status("udp-client", &args.address, &peer, introduced)
}

/// Sends names to a UDP server and prints its answers.
#[derive(Parser)]
#[command(version, allow_negative_numbers = true)] // refused with a reason, not as a flag
#[command(
    after_help = "Example:\n  cargo run -p udp-client -- 127.0.0.1:9999 Ada Grace --timeout 0.5\n  \
                  and before it, in another terminal: cargo run -p udp-server"
)]
struct Args {
    /// The server: HOST:PORT, [IPv6]:PORT, or a host alone (port 9999)
    #[arg(default_value = "127.0.0.1:9999", value_parser = common::destination)]
    address: Address,
    /// Who to introduce
    #[arg(value_name = "NAME", default_values = ["Michael", "Tracy", "Sarah"])]
    #[arg(value_parser = common::name)]
    names: Vec<String>,
    /// Seconds to wait for each answer, such as 0.5
    #[arg(long, value_name = "SECONDS", default_value = "3", value_parser = common::timeout)]
    timeout: Duration,
}
