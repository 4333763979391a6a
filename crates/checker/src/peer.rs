//! A UDP socket of the checker's own: what it received, and from where.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::events::{Bell, lock};
use crate::tcp_server::reachable;

/// What came, and from where.
type Datagram = (Vec<u8>, SocketAddr);

/// What is kept of a program that never stops.
const MOST: usize = 1000;

#[derive(Default)]
struct Inbox {
    datagrams: Vec<Datagram>,
    /// Nobody receives any more.
    closed: bool,
}

/// A socket for datagrams, received from by a thread of its own.
pub struct Peer {
    socket: UdpSocket,
    address: SocketAddr,
    inbox: Arc<Mutex<Inbox>>,
    bell: Bell,
    /// How much of the inbox the conversation has already looked at.
    taken: usize,
}

impl Peer {
    /// A client's, at a port of its own. It is not connected: an answer from another port than the server's is an
    /// answer, too.
    pub fn client_of(server: SocketAddr, bell: &Bell) -> io::Result<Self> {
        let any: IpAddr = match server.ip() {
            IpAddr::V4(ip) if ip.is_loopback() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        Self::at(SocketAddr::new(any, 0), bell)
    }

    /// A server's, at an address.
    pub fn at(address: SocketAddr, bell: &Bell) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        let address = socket.local_addr()?;
        let inbox = Arc::new(Mutex::new(Inbox::default()));
        let (from, to, rung) = (socket.try_clone()?, Arc::clone(&inbox), bell.clone());
        thread::Builder::new().spawn(move || {
            collect(&from, &to, &rung, address.port());
            drop(from);
            lock(&to).closed = true;
            rung.ring();
        })?;
        Ok(Self {
            socket,
            address,
            inbox,
            bell: bell.clone(),
            taken: 0,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a datagram. Whether it arrives, nobody tells.
    pub fn send(&self, bytes: &[u8], to: SocketAddr) {
        let _ = self.socket.send_to(bytes, to);
    }

    /// Waits for the next datagram, and takes it; not for long once the program is in trouble.
    pub fn receive(&mut self, limit: Duration, troubled: impl Fn() -> bool) -> Option<Datagram> {
        let deadline = Instant::now() + limit;
        self.bell.wait(deadline, || {
            (self.next().is_some() || troubled()).then_some(())
        });
        if self.next().is_none() && troubled() {
            let soon = Instant::now() + Duration::from_secs(1);
            self.bell.wait(soon, || self.next());
        }
        let came = self.next();
        self.taken += usize::from(came.is_some());
        came
    }

    /// Takes all that has come.
    pub fn drain(&mut self) {
        while self.next().is_some() {
            self.taken += 1;
        }
    }

    /// Whether something came that was not taken.
    pub fn has_some(&self) -> bool {
        self.next().is_some()
    }

    fn next(&self) -> Option<Datagram> {
        lock(&self.inbox).datagrams.get(self.taken).cloned()
    }
}

fn collect(socket: &UdpSocket, inbox: &Mutex<Inbox>, bell: &Bell, own: u16) {
    let mut buffer = vec![0; 1 << 16];
    loop {
        match socket.recv_from(&mut buffer) {
            // An empty datagram from ourselves ends it.
            Ok((0, peer)) if own == peer.port() => break,
            Ok((length, peer)) => {
                let mut inbox = lock(inbox);
                if inbox.datagrams.len() < MOST {
                    inbox.datagrams.push((buffer[..length].to_vec(), peer));
                }
                drop(inbox);
                bell.ring();
            }
            // An error of an earlier send ends nothing.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::Interrupted
                        | ErrorKind::ConnectionReset
                        | ErrorKind::ConnectionRefused
                ) => {}
            Err(_) => break,
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.socket.send_to(&[], reachable(self.address));
        // The port is free once the thread has let go of it.
        let soon = Instant::now() + Duration::from_secs(1);
        self.bell
            .wait(soon, || lock(&self.inbox).closed.then_some(()));
    }
}
