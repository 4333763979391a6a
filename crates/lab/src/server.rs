//! A TCP server of a test's own, which does what the test's script says.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use crate::{PATIENCE, Talk};

/// A server for one client, on a thread of its own. It closes the connection when its script is over.
#[derive(Debug)]
pub struct Server<T> {
    /// Where it listens.
    pub address: SocketAddr,
    thread: JoinHandle<T>,
}

impl<T: Send + 'static> Server<T> {
    /// Accepts a client, and plays the script with it.
    pub fn plays(script: impl FnOnce(&TcpStream) -> T + Send + 'static) -> Self {
        Self::plays_on("127.0.0.1:0", script).unwrap()
    }

    /// As [`plays`](Self::plays), on this address.
    ///
    /// # Errors
    ///
    /// The system's own, where this machine has no such address.
    pub fn plays_on(
        address: &str,
        script: impl FnOnce(&TcpStream) -> T + Send + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let thread = thread::spawn(move || {
            let (client, _) = listener.accept().unwrap();
            client.set_read_timeout(Some(PATIENCE)).unwrap();
            script(&client)
        });
        Ok(Self { address, thread })
    }

    /// Waits until its script is over, and gives back what came of it. The test fails if the script did.
    pub fn finish(self) -> T {
        self.thread.join().expect("the script goes well")
    }
}

/// A web server, whose script gives back the request.
impl Server<String> {
    /// Takes the request, and answers it with the script.
    pub fn answers(script: impl FnOnce(&TcpStream) + Send + 'static) -> Self {
        Self::plays(move |client| {
            let request = client.receive_until("\r\n\r\n");
            script(client);
            request
        })
    }

    /// Sends this reply and closes.
    pub fn sends(reply: impl AsRef<[u8]> + Send + 'static) -> Self {
        Self::answers(move |client| client.send(reply))
    }

    /// Sends this reply, and does not close before the client does.
    pub fn sends_and_stays(reply: impl AsRef<[u8]> + Send + 'static) -> Self {
        Self::answers(move |client| {
            client.send(reply);
            client.until_the_end_or_a_reset();
        })
    }
}
