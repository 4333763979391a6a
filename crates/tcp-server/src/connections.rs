//! The live connections: how Ctrl+C ends them, and how the next one waits for room.
//!
//! The tutorial has nothing of this: Ctrl+C leaves its server waiting for its threads, and a connection
//! for which there is no descriptor ends it.

use std::io::{self, ErrorKind};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use log::warn;

/// When to look again, where nothing tells that the trouble has passed.
const A_SECOND: Duration = Duration::from_secs(1);

/// What a message in work may take on top of the delay.
const GRACE: Duration = Duration::from_millis(100);

/// Knows every connection that has not ended, without keeping it open.
///
/// It belongs to the thread that accepts; the thread of a connection that ends unparks that one.
pub struct Connections {
    streams: Vec<Weak<TcpStream>>,
    live: Arc<AtomicUsize>,
}

/// One connection, for the thread that serves it. Dropping the stream closes the connection.
pub struct Connection {
    /// Shared with [`Connections`], not cloned: a clone would cost a second descriptor.
    pub stream: Arc<TcpStream>,
    /// Who is at the other end.
    pub peer: SocketAddr,
    _place: Place,
}

/// The place of one connection among the live ones, until its thread has ended.
struct Place {
    live: Arc<AtomicUsize>,
    acceptor: Thread,
}

impl Connections {
    /// None yet.
    pub fn new() -> Self {
        Self {
            streams: Vec::new(),
            live: Arc::default(),
        }
    }

    /// One more, for a thread that drops the stream to close it, and the rest when it ends.
    pub fn add(&mut self, stream: TcpStream, peer: SocketAddr) -> Connection {
        let stream = Arc::new(stream);
        let live = 1 + self.live.fetch_add(1, Ordering::SeqCst);
        self.streams.push(Arc::downgrade(&stream));
        // Not each time: with thousands of them, to look at all for each new one would take too long.
        if self.streams.len() > 2 * live {
            self.streams.retain(|stream| stream.strong_count() > 0);
        }
        Connection {
            stream,
            peer,
            _place: Place {
                live: Arc::clone(&self.live),
                acceptor: thread::current(),
            },
        }
    }

    /// Warns that a connection could not be served, and returns when another one has ended, Ctrl+C is
    /// pressed, or a second is over: trying again at once would be of no use.
    pub fn wait_for_room(error: &io::Error) {
        // The peer was gone before we came to it: that is no lack of room.
        if matches!(
            error.kind(),
            ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
        ) {
            return;
        }
        warn!("cannot serve another connection now: {error}");
        thread::park_timeout(A_SECOND);
    }

    /// Wakes every thread that waits for its peer, and returns when all threads have ended, or have had
    /// the time that an answer takes; warns of those that have not ended then.
    pub fn finish(self, delay: Duration) {
        let cut_off = self.wait_for_the_end(delay);
        if cut_off > 0 {
            warn!("connections cut off while still busy: {cut_off}");
        }
    }

    /// How many threads have not ended in time.
    fn wait_for_the_end(self, delay: Duration) -> usize {
        // A thread that sleeps in recv() now sees the end of the stream, as if its peer had hung up.
        for stream in self.streams.iter().filter_map(Weak::upgrade) {
            let _ = stream.shutdown(Shutdown::Read);
        }
        let start = Instant::now();
        loop {
            let live = self.live.load(Ordering::SeqCst);
            let rest = (delay + GRACE).saturating_sub(start.elapsed());
            if live == 0 || rest.is_zero() {
                return live;
            }
            thread::park_timeout(rest);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.live.fetch_sub(1, Ordering::SeqCst);
        // The acceptor itself drops the place of a connection that got no thread: that made no room.
        if thread::current().id() != self.acceptor.id() {
            self.acceptor.unpark();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// Whoever it is.
    fn peer() -> SocketAddr {
        ([127, 0, 0, 1], 1).into()
    }

    const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

    /// Both ends of a connection.
    fn connection() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (listener.accept().unwrap().0, peer)
    }

    #[test]
    fn what_is_busy_for_too_long_is_counted() {
        let mut connections = Connections::new();
        let (stream, _peer) = connection();
        let _connection = connections.add(stream, peer());
        drop(connections.add(connection().0, peer()));
        assert_eq!(connections.wait_for_the_end(Duration::ZERO), 1);
    }

    #[test]
    fn the_last_to_end_wakes_the_one_who_waits() {
        let mut connections = Connections::new();
        let connection = connections.add(connection().0, peer());
        let ending = thread::spawn(move || drop(connection));
        assert_eq!(connections.wait_for_the_end(FOR_EVER), 0);
        ending.join().unwrap();
    }

    #[test]
    fn one_that_ends_makes_room_at_once() {
        let mut connections = Connections::new();
        let connection = connections.add(connection().0, peer());
        thread::spawn(move || drop(connection)).join().unwrap();
        // Before the wait, not during it: the wake-up is not lost.
        let start = Instant::now();
        Connections::wait_for_room(&ErrorKind::Other.into());
        assert!(start.elapsed() < A_SECOND);
    }

    #[test]
    fn one_that_got_no_thread_makes_none() {
        let mut connections = Connections::new();
        drop(connections.add(connection().0, peer()));
        let start = Instant::now();
        Connections::wait_for_room(&ErrorKind::Other.into());
        assert!(start.elapsed() >= A_SECOND);
    }

    #[test]
    fn those_that_have_ended_are_forgotten() {
        let mut connections = Connections::new();
        let _connection = connections.add(connection().0, peer());
        for _ in 0..100 {
            drop(connections.add(connection().0, peer()));
        }
        assert!(
            connections.streams.len() <= 3,
            "{}",
            connections.streams.len()
        );
    }
}
