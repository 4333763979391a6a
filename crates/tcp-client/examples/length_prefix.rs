//! tcp-client with a boundary between messages: each has its length in front, four bytes, big-endian.
//!
//! Watch: the checker's server sends each message in pieces, and every message is whole here.
//!
//! ```text
//! cargo run -p checker -- --exercise length-prefix tcp-client target/debug/examples/length_prefix
//! cargo run -p tcp-client --example length_prefix
//! ```

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;

use common::{print_line, printable};
use socket2::{Domain, Socket, Type};

/// A peer may claim any length: no more memory than this is its to ask for.
const LONGEST: u32 = 1 << 20;

fn main() -> ExitCode {
    common::run_example(
        "length_prefix",
        |_| {
            common::Peer::TcpServer(
                "let the checker be the server: --exercise length-prefix".into(),
            )
        },
        ("127.0.0.1", 9999),
        introduce,
    )
}

fn introduce(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut stream = TcpStream::from(socket);

    print_line(receive(&mut stream)?)?;
    for name in ["Michael", "Tracy", "Sarah"] {
        send(&mut stream, name.as_bytes())?;
        print_line(receive(&mut stream)?)?;
    }
    send(&mut stream, b"exit")
}

fn send(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u32::try_from(message.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), message].concat())
}

/// `read_exact` calls `read` until all is there.
fn receive(stream: &mut TcpStream) -> io::Result<String> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > LONGEST {
        let error = io::Error::other(format!("a message of {length} bytes"));
        let hint = format!("it takes {LONGEST} at most: is this the right server?");
        return Err(common::advise(&error, &hint));
    }
    let mut message = vec![0; length as usize];
    stream.read_exact(&mut message)?;
    Ok(printable(&message))
}
