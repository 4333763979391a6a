//! A TCP server that greets every name it receives: the server of the tutorial's TCP chapter.
//!
//! 1. create a socket
//! 2. bind it to an address
//! 3. listen for connections
//! 4. accept each connection and give it a thread of its own
//! 5. talk: welcome the peer, greet every name it sends, until it says `exit` or hangs up
//! 6. close the connection
//!
//! Start it, then its client in another terminal. Ctrl+C ends it.
//!
//! ```text
//! cargo run -p tcp-server
//! cargo run -p tcp-client
//! ```

mod connections;

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use clap::Parser;
use common::{Address, Peer, Stop, print_or_warn};
use log::{debug, info, warn};
use socket2::{Domain, Socket, Type};

use crate::connections::{Connection, Connections};

fn serve(args: &Args) -> io::Result<()> {
    let address = args.address.resolve()?;

    // 1. Create a socket: of the address's family, and a stream, which makes it TCP.
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;

    // 2. Bind it to the address. SO_REUSEADDR overlooks what the connections of an earlier server
    //    left behind on the port; on Windows it would overlook even a server that is running.
    let reuse_addr = cfg!(unix) && !args.no_reuse_addr;
    socket.set_reuse_address(reuse_addr)?;
    socket.bind(&address.into())?;

    // 3. Listen for connections: from now on the kernel completes them, and about `backlog` of them
    //    may wait (Linux: one more). From here on, the standard library's type will do.
    socket.listen(args.backlog.into())?;
    let listener = TcpListener::from(socket);

    // Before the ready line: whoever has read that may press Ctrl+C at once.
    let stop = Stop::on_ctrl_c(common::wake_accept(&listener)?)?;
    let address = listener.local_addr()?;
    let backlog = args.backlog;
    info!("listening on {address}, backlog {backlog}, SO_REUSEADDR {reuse_addr}");
    print_or_warn("Waiting for connection...");
    accept_all(listener, args.delay, &stop);
    Ok(())
}

/// 4. Accepts each connection and gives it a thread of its own; returns soon after Ctrl+C.
fn accept_all(listener: TcpListener, delay: Duration, stop: &Stop) {
    let mut connections = Connections::new();
    loop {
        let accepted = listener.accept();
        // Ctrl+C wakes us with a connection of its own: nobody is there to talk to.
        if stop.is_requested() {
            break;
        }
        let started = accepted
            .and_then(|(stream, peer)| start(connections.add(stream, peer), delay, stop.clone()));
        if let Err(error) = started {
            Connections::wait_for_room(&error);
        }
    }
    info!("Ctrl+C: no new connections, no new messages");
    drop(listener);
    connections.finish(delay);
}

/// Starts the thread of one connection.
fn start(connection: Connection, delay: Duration, stop: Stop) -> io::Result<JoinHandle<()>> {
    debug!("accepted {}", connection.peer);
    // Not thread::spawn, which panics where the system has no thread left to give.
    thread::Builder::new().spawn(move || tcplink(connection, delay, &stop))
}

/// The life of one connection, on its own thread; the tutorial's name for it.
fn tcplink(connection: Connection, delay: Duration, stop: &Stop) {
    let peer = connection.peer;
    print_or_warn(format_args!("Accept new connection from {peer}..."));
    // 5. Talk: welcome the peer, greet every name it sends, until it says `exit` or hangs up.
    if let Err(error) = talk(&connection.stream, peer, delay, stop) {
        warn!("{peer}: {error}");
    }

    // 6. Close the connection: dropping the stream does that.
    drop(connection.stream);
    debug!("closed {peer}");
    print_or_warn(format_args!("Connection from {peer} closed."));
}

/// TCP carries bytes, not messages: like the tutorial, we trust that one `recv` returns one name.
fn talk(mut stream: &TcpStream, peer: SocketAddr, delay: Duration, stop: &Stop) -> io::Result<()> {
    let welcome = b"Welcome!";
    stream.write_all(welcome)?;
    debug!("sent {} bytes to {peer}", welcome.len());
    // 1024 is the most that one `recv` returns, not what it waits for.
    let mut buffer = [0; 1024];
    while !stop.is_requested() {
        let length = stream.read(&mut buffer)?;
        debug!("received {length} bytes from {peer}");
        if length == 0 {
            break; // the peer has closed its side (or Ctrl+C ours): nothing more will come
        }
        thread::sleep(delay); // as if an answer took thought
        let name = &buffer[..length];
        if name == b"exit" {
            break;
        }
        // Bytes, not text: a name that is not UTF-8 is greeted as it came.
        let greeting = [b"Hello, ", name, b"!"].concat();
        stream.write_all(&greeting)?;
        debug!("sent {} bytes to {peer}", greeting.len());
    }
    Ok(())
}

fn main() -> ExitCode {
    common::start_log();
    let args = Args::parse();
    common::exit_status("tcp-server", &args.address, &Peer::TcpClients, serve(&args))
}

/// Says hello to every name that a client sends over TCP.
#[derive(Parser)]
#[command(version, allow_negative_numbers = true)] // refused with a reason, not as a flag
#[command(after_help = "Example:\n  cargo run -p tcp-server -- 127.0.0.1:9998 --delay 0.2")]
struct Args {
    /// Where to listen: HOST:PORT, [IPv6]:PORT, or a host alone (port 9999)
    #[arg(default_value = "127.0.0.1:9999")]
    address: Address,
    /// How many connections may wait in the kernel to be accepted
    #[arg(long, default_value_t = 5)]
    backlog: u16,
    /// Leave SO_REUSEADDR off, as the tutorial does: a restart may have to wait for a minute
    #[arg(long)]
    no_reuse_addr: bool,
    /// Seconds to think about each message, such as 0.5
    #[arg(long, default_value = "1", value_parser = common::seconds)]
    delay: Duration,
}
