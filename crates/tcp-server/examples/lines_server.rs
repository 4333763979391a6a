//! tcp-server with a boundary between messages: each is a line.
//!
//! Watch: its client sends all at once, and each name has its greeting, however TCP cuts or joins.
//! ```text
//! cargo run -p tcp-server --example lines_server
//! cargo run -p tcp-client --example lines_client
//! ```

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use common::{Peer::TcpClients, Stop, print_or_warn};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example("lines_server", |_| TcpClients, ("127.0.0.1", 9999), serve)
}

fn serve(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(cfg!(unix))?;
    socket.bind(&address.into())?;
    socket.listen(5)?;
    let listener = TcpListener::from(socket);
    let stop = Stop::on_ctrl_c(common::wake_accept(&listener)?)?;
    log::info!("listening on {}", listener.local_addr()?);
    print_or_warn("Waiting for connection...");
    loop {
        let accepted = listener.accept();
        // Ctrl+C wakes us with a connection of its own.
        if stop.is_requested() {
            return Ok(());
        }
        if let Err(error) = accepted.and_then(start) {
            log::warn!("cannot serve another connection now: {error}");
            thread::park_timeout(Duration::from_secs(1));
        }
    }
}

/// Starts the thread of one connection.
fn start((stream, peer): (TcpStream, SocketAddr)) -> io::Result<JoinHandle<()>> {
    print_or_warn(format_args!("Accept new connection from {peer}..."));
    thread::Builder::new().spawn(move || {
        talk(&stream).unwrap_or_else(|error| log::warn!("{peer}: {error}"));
        print_or_warn(format_args!("Connection from {peer} closed."));
    })
}

fn talk(mut stream: &TcpStream) -> io::Result<()> {
    stream.write_all(b"Welcome!\n")?;
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new(); // which take() keeps from growing without end
    while lines.by_ref().take(1024).read_until(b'\n', &mut line)? > 0 {
        // What types at the other end may be telnet, which ends a line in CR LF.
        match line
            .strip_suffix(b"\n")
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        {
            Some(b"exit") => break,
            Some(name) => stream.write_all(&[b"Hello, ", name, b"!\n"].concat())?,
            None => Err(io::Error::other("a line of over 1024 bytes, or cut short"))?,
        }
        line.clear();
    }
    Ok(())
}
