//! What a child does: its stdin is the connection.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use common::print_or_warn;

/// Serves the client. Its trouble is no failure of ours.
pub fn serve(stream: TcpStream, peer: SocketAddr) {
    talk(stream).unwrap_or_else(|error| log::warn!("{peer}: {error}"));
    print_or_warn(format_args!("Connection from {peer} closed."));
}

/// Greets the client, until it says `exit` or hangs up.
fn talk(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(b"Welcome!")?;
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        match &buffer[..length] {
            b"" | b"exit" => return Ok(()), // 0 bytes: it has hung up
            name => stream.write_all(&[b"Hello, ", name, b"!"].concat())?,
        }
    }
}
