//! tcp-server on one thread: poll(2) tells it which of its clients it can serve now.
//!
//! Watch: many clients at once, and nobody waits for anybody, not even for one that does not read. It
//! answers at once: the tutorial's sleep, in the only thread, would stop them all. (With thousands of
//! clients, a real server asks epoll(7) or kqueue(2), which do not look at each of them every time.)
//! ```text
//! cargo run -p tcp-server --example many_on_one_thread
//! cargo run -p tcp-client
//! ```

mod client;

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use client::Client;
use common::{Peer::TcpClients, Stop, print_or_warn};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::retry_on_intr;

fn main() -> ExitCode {
    let name = "many_on_one_thread";
    common::run_example(name, |_| TcpClients, ("127.0.0.1", 9999), serve)
}

fn serve(address: SocketAddr) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let stop = Stop::on_ctrl_c(common::wake_accept(&listener)?)?;
    log::info!("listening on {}", listener.local_addr()?);
    print_or_warn("Waiting for connection...");
    let mut clients = Vec::new();
    let mut next_accept = Instant::now();
    loop {
        // Ask for everybody at once: whom can we serve without waiting?
        let mut all: Vec<_> = clients.iter().map(Client::waits_for).collect();
        let pause = next_accept.saturating_duration_since(Instant::now());
        if pause.is_zero() {
            all.push(PollFd::new(&listener, PollFlags::IN));
        }
        let timeout = pause.try_into().ok().filter(|_| !pause.is_zero());
        retry_on_intr(|| poll(&mut all, timeout.as_ref()))?;
        if stop.is_requested() {
            return Ok(());
        }
        let ready: Vec<_> = all.iter().map(|one| !one.revents().is_empty()).collect();

        // Serve those, each a little; who has ended is dropped, which closes the connection.
        let mut ready = ready.into_iter();
        clients.retain_mut(|client| ready.next() == Some(false) || client.is_served());
        // What is left over is the listener: somebody wants to connect.
        if ready.next() == Some(true) {
            match Client::accept(&listener) {
                Ok(client) => clients.push(client),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {} // and has left again
                Err(error) => {
                    log::warn!("{error}");
                    // Out of descriptors, perhaps: ask again later, and not at once and for ever.
                    next_accept = Instant::now() + Duration::from_secs(1);
                }
            }
        }
    }
}
