//! one_at_a_time with a thread for each connection: nobody waits for somebody else.
//!
//! Watch: start two clients at once. Both are welcomed at once.
//! ```text
//! cargo run -p tcp-server --example threads
//! cargo run -p tcp-client
//! ```

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use common::{Peer::TcpClients, Stop, print_or_warn};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example("threads", |_| TcpClients, ("127.0.0.1", 9999), serve)
}

fn serve(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // A server that was ended can be started again at once: the other half of the exercise `restart`.
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
        talk(stream).unwrap_or_else(|error| log::warn!("{peer}: {error}"));
        print_or_warn(format_args!("Connection from {peer} closed."));
    })
}

fn talk(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(b"Welcome!")?;
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        thread::sleep(Duration::from_secs(1)); // as if an answer took thought
        match &buffer[..length] {
            b"" | b"exit" => break, // 0 bytes: it has hung up
            name => stream.write_all(&[b"Hello, ", name, b"!"].concat())?,
        }
    }
    Ok(())
}
