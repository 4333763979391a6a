//! A server that does what a test wants it to do, for one connection.

#![allow(clippy::unwrap_used)]

use std::io::{ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

/// Accepts one connection and plays `script` on it; gives back the address to connect to.
pub fn serve(script: impl FnOnce(TcpStream) + Send + 'static) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        // A script that waits for what never comes must fail, not hang.
        stream.set_read_timeout(Some(lab::PATIENCE)).unwrap();
        script(stream);
    });
    (address, server)
}

/// Receives what has arrived, however often the wait is interrupted: on Linux, a freeze of the machine
/// does that to a receive with a timeout.
pub fn receive(stream: &mut TcpStream) -> Vec<u8> {
    let mut buffer = [0; 1024];
    loop {
        match stream.read(&mut buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            length => return buffer[..length.unwrap()].to_vec(),
        }
    }
}
