//! The live connections: how Ctrl+C ends them, and how the next one waits for room.
//!
//! The tutorial has nothing of this: Ctrl+C leaves its server waiting for its threads, and a connection
//! for which there is no descriptor ends it.

use std::io::{self, ErrorKind};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use log::warn;

/// How often trouble is reported and, where nothing tells that it has passed, looked at again.
const A_SECOND: Duration = Duration::from_secs(1);

/// What a message in work may take on top of the delay.
const GRACE: Duration = Duration::from_millis(100);

/// Knows every connection that has not ended, without keeping it open.
///
/// It belongs to the thread that accepts; the thread of a connection that ends unparks that one.
pub struct Connections {
    streams: Vec<Weak<TcpStream>>,
    live: Arc<AtomicUsize>,
    last_report: Option<Instant>,
}

/// The place of one connection among the live ones, until its thread drops it.
pub struct Place {
    live: Arc<AtomicUsize>,
    acceptor: Thread,
}

impl Connections {
    /// None yet.
    pub fn new() -> Self {
        Self {
            streams: Vec::new(),
            live: Arc::default(),
            last_report: None,
        }
    }

    /// One more, for a thread that keeps the stream until it closes it, and the place until it ends.
    pub fn add(&mut self, stream: TcpStream) -> (Arc<TcpStream>, Place) {
        // Shared, not cloned: a clone would cost a second descriptor.
        let stream = Arc::new(stream);
        self.streams.retain(|stream| stream.strong_count() > 0);
        self.streams.push(Arc::downgrade(&stream));
        self.live.fetch_add(1, Ordering::SeqCst);
        let place = Place {
            live: Arc::clone(&self.live),
            acceptor: thread::current(),
        };
        (stream, place)
    }

    /// Reports, once a second at most, that a connection could not be served, and returns when another
    /// one has ended, Ctrl+C is pressed, or a second is over: trying again at once would be of no use.
    pub fn wait_for_room(&mut self, error: &io::Error) {
        // The peer was gone before we came to it: that is no lack of room.
        if matches!(
            error.kind(),
            ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
        ) {
            return;
        }
        if self
            .last_report
            .is_none_or(|last| last.elapsed() >= A_SECOND)
        {
            warn!("cannot serve another connection until one ends: {error}");
            self.last_report = Some(Instant::now());
        }
        thread::park_timeout(A_SECOND);
    }

    /// Wakes every thread that waits for its peer, and returns when all threads have ended or have had
    /// the time that an answer takes: how many have not ended then.
    pub fn finish(self, delay: Duration) -> usize {
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
