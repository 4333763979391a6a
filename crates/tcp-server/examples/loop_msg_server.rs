//! Text 002's TCP server: says hello, prints each message and sends it back as `Loop_msg: …!`.
//!
//! Mended: the last line's `closed`. Watch: two `!` come back.
//! ```text
//! cargo run -p tcp-server --example loop_msg_server
//! cargo run -p tcp-client --example loop_msg_client
//! ```

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use common::{Peer::TcpClients, Stop, print_or_warn, printable};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    let name = "loop_msg_server";
    common::run_example(name, |_| TcpClients, ("127.0.0.1", 9999), serve)
}

fn serve(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(cfg!(unix))?;
    socket.bind(&address.into())?;
    socket.listen(5)?;
    let listener = TcpListener::from(socket);
    let stop = Stop::on_ctrl_c(common::wake_accept(&listener)?)?;
    log::info!("listening on {}", listener.local_addr()?);
    print_or_warn("waiting for connection ...");
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
    thread::Builder::new().spawn(move || {
        let dealt = deal_client(stream, peer);
        dealt.unwrap_or_else(|error| log::warn!("{peer}: {error}"));
    })
}

fn deal_client(mut stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
    print_or_warn(format_args!("Accept new connection from {peer}"));
    stream.write_all(b"Hello,I am server!")?;
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        thread::sleep(Duration::from_secs(1)); // as if an answer took thought
        let data = &buffer[..length];
        if data.is_empty() || data == b"exit" {
            break;
        }
        print_or_warn(format_args!("--- > {} !", printable(data)));
        stream.write_all(&[b"Loop_msg: ", data, b"!"].concat())?;
    }
    drop(stream);
    print_or_warn(format_args!("Connection from {peer} closed"));
    Ok(())
}
