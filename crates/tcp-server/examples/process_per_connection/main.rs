//! tcp-server with processes: a connection becomes the stdin of a child, as inetd does it. For Unix.
//!
//! Watch: `ps` shows a child for each client, and no zombie when it has left. (With `kill` only the server
//! ends; Ctrl+C in a terminal goes to its children too.)
//! ```text
//! cargo run -p tcp-server --example process_per_connection
//! cargo run -p tcp-client
//! ```
#![cfg_attr(not(unix), allow(unused))]

mod child;

use std::io;
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
    use std::os::fd::AsFd;
    let stdin = TcpStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    if stdin.local_addr().is_ok() {
        child::serve(stdin, address); // the address is our client's
        process::exit(0);
    }
    let listener = TcpListener::bind(address)?;
    let _stop = Stop::on_ctrl_c(|| {
        log::info!("Ctrl+C: no more clients");
        process::exit(0)
    })?;
    log::info!("listening on {}", listener.local_addr()?);
    // A child that has ended is a zombie until somebody waits: once for each that was started.
    let (started, children) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        for _ in children {
            let _ = wait(WaitOptions::empty());
        }
    })?;
    print_or_warn("Waiting for connection...");
    loop {
        match listener.accept().and_then(start) {
            Ok(child) => started.send(child).map_err(io::Error::other)?,
            Err(error) => {
                log::warn!("cannot serve another connection now: {error}");
                thread::sleep(Duration::from_secs(1));
            }
        }
    }
}

/// Starts the child of one connection. The server keeps nothing of the connection.
#[cfg(unix)]
fn start((stream, peer): (TcpStream, SocketAddr)) -> io::Result<process::Child> {
    print_or_warn(format_args!("Accept new connection from {peer}..."));
    let mut child = process::Command::new(env::current_exe()?);
    let stdin = std::os::fd::OwnedFd::from(stream);
    child.arg(peer.to_string()).stdin(stdin).spawn()
}

#[cfg(not(unix))]
fn serve(_: SocketAddr) -> io::Result<()> {
    Err(io::Error::other("a connection is no child's stdin here"))
}
