//! One client of many: whatever it does or leaves undone, no call here waits for it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use common::print_or_warn;
use rustix::event::{PollFd, PollFlags};

/// A client, and what it has not taken yet of an answer.
pub struct Client {
    stream: TcpStream,
    peer: SocketAddr,
    unsent: Vec<u8>,
}

impl Client {
    /// Accepts a client, which is to be welcomed.
    pub fn accept(listener: &TcpListener) -> io::Result<Self> {
        let (stream, peer) = listener.accept()?;
        print_or_warn(format_args!("Accept new connection from {peer}..."));
        stream.set_nonblocking(true)?;
        let unsent = b"Welcome!".to_vec();
        Ok(Self {
            stream,
            peer,
            unsent,
        })
    }

    /// What poll is to watch. Who does not take an answer is asked nothing more: nobody fills our memory.
    pub fn waits_for(&self) -> PollFd<'_> {
        let event = match self.unsent[..] {
            [] => PollFlags::IN,
            _ => PollFlags::OUT,
        };
        PollFd::new(&self.stream, event)
    }

    /// Serves the client as far as it goes without waiting; false when the conversation has ended.
    pub fn is_served(&mut self) -> bool {
        match self.talk() {
            Ok(true) => return true,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
            Ok(false) => {}
            Err(error) => log::warn!("{}: {error}", self.peer),
        }
        print_or_warn(format_args!("Connection from {} closed.", self.peer));
        false
    }

    fn talk(&mut self) -> io::Result<bool> {
        if self.unsent.is_empty() {
            let mut buffer = [0; 1024];
            let length = self.stream.read(&mut buffer)?;
            match &buffer[..length] {
                b"" | b"exit" => return Ok(false),
                name => self.unsent = [b"Hello, ", name, b"!"].concat(),
            }
        }
        let sent = self.stream.write(&self.unsent)?;
        self.unsent = self.unsent.split_off(sent); // keeps no room that is empty
        Ok(true)
    }
}
