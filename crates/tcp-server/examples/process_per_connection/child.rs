//! What a child does: its stdin is the connection.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use common::print_or_warn;

/// Greets the client, until it says `exit` or hangs up.
pub fn talk(mut stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
    stream.write_all(b"Welcome!")?;
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        match &buffer[..length] {
            b"" | b"exit" => break, // 0 bytes: it has hung up
            name => stream.write_all(&[b"Hello, ", name, b"!"].concat())?,
        }
    }
    print_or_warn(format_args!("Connection from {peer} closed."));
    Ok(())
}
