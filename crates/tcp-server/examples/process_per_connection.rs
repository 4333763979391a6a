//! tcp-server with processes: a connection becomes the stdin of a child, as inetd does it. For Unix.
//!
//! Watch: `ps` shows a child for each client, and no zombie when it has left. (With `kill` only the server
//! ends; Ctrl+C in a terminal goes to its children too.)
//! ```text
//! cargo run -p tcp-server --example process_per_connection
//! cargo run -p tcp-client
//! ```
#![cfg_attr(not(unix), allow(unused))]

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::{env, process, sync::mpsc, thread, time::Duration};

use common::{Peer::TcpClients, Stop, print_or_warn};

fn main() -> process::ExitCode {
    let name = "process_per_connection";
    common::run_example(name, |_| TcpClients, ("127.0.0.1", 9999), serve)
}

#[cfg(unix)]
fn serve(address: SocketAddr) -> io::Result<()> {
    use rustix::process::{WaitOptions, wait};
    use std::os::fd::{AsFd, OwnedFd};
    let stdin = TcpStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    if stdin.local_addr().is_ok() {
        return talk(stdin, address); // we are a child; the address is its client's
    }
    let listener = TcpListener::bind(address)?;
    let _stop = Stop::on_ctrl_c(|| process::exit(0))?;
    log::info!("listening on {}", listener.local_addr()?);
    // A child that has ended is a zombie until somebody waits: once for each that was started.
    let (started, children) = mpsc::channel::<process::Child>();
    let wait_for_any = |_| _ = wait(WaitOptions::empty());
    thread::Builder::new().spawn(move || children.iter().for_each(wait_for_any))?;
    print_or_warn("Waiting for connection...");
    loop {
        let child = listener.accept().and_then(|(stream, peer)| {
            print_or_warn(format_args!("Accept new connection from {peer}..."));
            // From here on the child has the connection, and the server keeps nothing of it.
            let mut child = process::Command::new(env::current_exe()?);
            child.arg(peer.to_string()).stdin(OwnedFd::from(stream));
            child.spawn()
        });
        if let Err(error) = child.map(|child| started.send(child)) {
            log::warn!("{error}");
            thread::sleep(Duration::from_secs(1));
        }
    }
}

#[cfg(not(unix))]
fn serve(_: SocketAddr) -> io::Result<()> {
    Err(io::Error::other("a connection is no child's stdin here"))
}

/// A child's whole work: its stdin is the connection.
fn talk(mut stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
    stream.write_all(b"Welcome!")?;
    let mut buffer = [0; 1024];
    while let length @ 1.. = stream.read(&mut buffer)? {
        match &buffer[..length] {
            b"exit" => break,
            name => stream.write_all(&[b"Hello, ", name, b"!"].concat())?,
        }
    }
    print_or_warn(format_args!("Connection from {peer} closed."));
    Ok(())
}
