//! What a test says and expects on its end of a TCP connection, be it the client's or the server's.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::PATIENCE;

/// Methods for a stream that a test holds. The test fails where something else comes than it expects.
pub trait Talk {
    /// The connection.
    fn stream(&self) -> &TcpStream;

    /// Sends all of it.
    fn send(&self, bytes: impl AsRef<[u8]>) {
        let sent = self.stream().write_all(bytes.as_ref());
        sent.expect("the other end takes it");
    }

    /// Receives exactly this, in however many pieces it comes.
    fn expect(&self, expected: impl AsRef<[u8]>) {
        let expected = expected.as_ref();
        let mut received = vec![0; expected.len()];
        let came = self.stream().read_exact(&mut received);
        came.unwrap_or_else(|error| panic!("no {:?}: {error}", expected.escape_ascii()));
        let [received, expected] = [&received, expected].map(|bytes| bytes.escape_ascii());
        assert_eq!(received.to_string(), expected.to_string());
    }

    /// Sends a name and receives its greeting, and nothing else.
    fn is_greeted_as(&self, name: impl AsRef<[u8]>) {
        self.send(&name);
        self.expect([b"Hello, ", name.as_ref(), b"!"].concat());
    }

    /// What one call of `recv(1024)` returns. A stop of the machine may interrupt it on Linux (signal(7)):
    /// then it asks again.
    ///
    /// # Errors
    ///
    /// The system's own.
    fn recv(&self) -> io::Result<String> {
        let mut buffer = [0; 1024];
        loop {
            match self.stream().read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(length) => return Ok(String::from_utf8_lossy(&buffer[..length]).into()),
            }
        }
    }

    /// Receives so many bytes of text.
    fn receive(&self, length: usize) -> String {
        let mut bytes = vec![0; length];
        self.stream().read_exact(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// Receives text up to and with these words, or to the end.
    fn receive_until(&self, words: &str) -> String {
        let mut bytes = Vec::new();
        let mut byte = [0];
        while !bytes.ends_with(words.as_bytes()) && self.stream().read(&mut byte).unwrap() == 1 {
            bytes.push(byte[0]);
        }
        String::from_utf8(bytes).unwrap()
    }

    /// Receives all the text that comes until the other end closes.
    fn until_the_end(&self) -> String {
        let mut text = String::new();
        let end = self.stream().read_to_string(&mut text);
        end.expect("the other end closes");
        text
    }

    /// As [`until_the_end`](Self::until_the_end), where the end may be a reset: who closes with something
    /// unread resets the connection.
    fn until_the_end_or_a_reset(&self) -> String {
        let mut bytes = Vec::new();
        if let Err(error) = self.stream().read_to_end(&mut bytes) {
            let reset = [ErrorKind::ConnectionReset, ErrorKind::ConnectionAborted];
            assert!(reset.contains(&error.kind()), "it does not end: {error}");
        }
        String::from_utf8(bytes).unwrap()
    }

    /// Receives nothing more: the other end has closed, or reset, the connection.
    fn expect_end(&self) {
        assert_eq!(self.until_the_end_or_a_reset(), "");
    }

    /// Waits until so many bytes can be received at once, and receives none of them. No event tells that
    /// on every system.
    fn wait_for_bytes(&self, count: usize) {
        let start = Instant::now();
        let mut buffer = vec![0; count];
        loop {
            let there = self.stream().peek(&mut buffer).unwrap();
            if there == count {
                return;
            }
            let patient = there > 0 && start.elapsed() < PATIENCE;
            assert!(patient, "{there} of {count} bytes came");
            std::thread::yield_now();
        }
    }

    /// Makes the close of this end a reset.
    fn will_reset(&self) {
        let socket = SockRef::from(self.stream());
        socket.set_linger(Some(Duration::ZERO)).unwrap();
    }
}

impl Talk for TcpStream {
    fn stream(&self) -> &TcpStream {
        self
    }
}
