//! A connection of the checker's own to a learner's program, or from one: what it received, and when.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::events::{Bell, lock};

/// What is kept of a peer that never stops.
const KEEP: usize = 4 << 20;

/// A TCP connection, received from by a thread of its own.
pub struct Conn {
    stream: TcpStream,
    inbox: Arc<Mutex<Inbox>>,
    bell: Bell,
    /// How much of the inbox the conversation has already looked at.
    taken: usize,
}

#[derive(Default)]
struct Inbox {
    bytes: Vec<u8>,
    last: Option<Instant>,
    /// The peer has closed its side, or broken off.
    ended: bool,
    /// It has broken off.
    broke: bool,
}

/// What came within a limit.
#[derive(Debug, Clone, Default)]
pub struct Came {
    pub bytes: Vec<u8>,
    /// Whether the connection's end came.
    pub ended: bool,
    /// How long it took.
    pub after: Duration,
}

impl Conn {
    /// Connects, within the limit.
    ///
    /// # Errors
    ///
    /// The system's own.
    pub fn connect(address: SocketAddr, limit: Duration, bell: &Bell) -> io::Result<Self> {
        Self::new(TcpStream::connect_timeout(&address, limit)?, bell)
    }

    /// Takes over a connection.
    ///
    /// # Errors
    ///
    /// When the system has no thread or no descriptor left.
    pub fn new(stream: TcpStream, bell: &Bell) -> io::Result<Self> {
        let _ = stream.set_nodelay(true);
        // A peer that never reads must not hold us up for ever.
        stream.set_write_timeout(Some(Duration::from_secs(5)))?;
        let inbox = Arc::new(Mutex::new(Inbox::default()));
        let (mut from, to, rung) = (stream.try_clone()?, Arc::clone(&inbox), bell.clone());
        thread::Builder::new().spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            loop {
                match from.read(&mut buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(0) => break,
                    Err(_) => {
                        lock(&to).broke = true;
                        break;
                    }
                    Ok(length) => {
                        let mut inbox = lock(&to);
                        let room = KEEP.saturating_sub(inbox.bytes.len());
                        inbox.bytes.extend_from_slice(&buffer[..length.min(room)]);
                        inbox.last = Some(Instant::now());
                    }
                }
                rung.ring();
            }
            lock(&to).ended = true;
            rung.ring();
        })?;
        Ok(Self {
            stream,
            inbox,
            bell: bell.clone(),
            taken: 0,
        })
    }

    /// Sends, as far as the peer takes it.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// What has come and was not taken.
    pub fn pending(&self) -> Came {
        let inbox = lock(&self.inbox);
        Came {
            bytes: inbox.bytes[self.taken..].to_vec(),
            ended: inbox.ended,
            after: Duration::ZERO,
        }
    }

    /// Whether the peer has closed its side.
    pub fn ended(&self) -> bool {
        lock(&self.inbox).ended
    }

    /// Whether the peer has broken off: on most systems it does when it closes and has not received all.
    pub fn broke(&self) -> bool {
        let told = self.stream.take_error();
        let mut inbox = lock(&self.inbox);
        inbox.broke |= told.is_ok_and(|error| error.is_some());
        inbox.broke
    }

    /// Waits until what has come is `enough`, or the connection has ended, or `give_up` says so.
    /// Then what came is taken: the next wait begins after it.
    pub fn receive(
        &mut self,
        limit: Duration,
        enough: impl Fn(&[u8]) -> bool,
        mut give_up: impl FnMut() -> bool,
    ) -> Came {
        let start = Instant::now();
        self.bell.wait(start + limit, || {
            let now = self.pending();
            (now.ended || enough(&now.bytes) || give_up()).then_some(())
        });
        let mut came = self.pending();
        came.after = start.elapsed();
        self.taken += came.bytes.len();
        came
    }

    /// Takes what comes until nothing more has come for a while: the rest of an answer in pieces.
    pub fn rest(&mut self, quiet: Duration) -> Vec<u8> {
        let mut all = Vec::new();
        let deadline = Instant::now() + Duration::from_secs(2);
        loop {
            let came = self.receive(quiet, |bytes| !bytes.is_empty(), || false);
            all.extend_from_slice(&came.bytes);
            if came.bytes.is_empty() || came.ended || Instant::now() >= deadline {
                return all;
            }
        }
    }

    pub fn local(&self) -> Option<SocketAddr> {
        self.stream.local_addr().ok()
    }

    pub fn peer(&self) -> Option<SocketAddr> {
        self.stream.peer_addr().ok()
    }

    /// Says that nothing more will be sent.
    pub fn half_close(&self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Closes as a client does that leaves.
    pub fn close(self) {
        drop(self);
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        // The thread that receives holds the connection, too, and ends with this.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}
