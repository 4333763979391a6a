//! Text 002's TCP client: prints the server's hello, says its own, prints what comes back, leaves.
//!
//! Watch: the second line takes a second, in which the server thinks; the reply ends with two `!`, the
//! message's own and the server's.
//!
//! ```text
//! cargo run -p tcp-server --example loop_msg_server
//! cargo run -p tcp-client --example loop_msg_client
//! ```

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;

use common::{print_line, printable};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example(
        "loop_msg_client",
        |server| {
            common::Peer::TcpServer(format!(
                "start it: cargo run -p tcp-server --example loop_msg_server -- {server}"
            ))
        },
        ("127.0.0.1", 9999),
        talk,
    )
}

fn talk(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut stream = TcpStream::from(socket);

    print_line(format_args!("--- > {}", receive(&mut stream)?))?;
    stream.write_all(b"Hello,I am client!")?;
    print_line(format_args!("--- > {}", receive(&mut stream)?))?;
    stream.write_all(b"exit")
}

/// Takes what has come for one message, as the text does; nothing means that the server has left.
fn receive(stream: &mut TcpStream) -> io::Result<String> {
    let mut buffer = [0; 1024];
    match stream.read(&mut buffer)? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        length => Ok(printable(&buffer[..length])),
    }
}
