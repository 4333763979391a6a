//! Text 003's second client: sends `hello` and prints it as it comes back, in upper case.
//!
//! Mended: `socket`, the comma, and `encode` called instead of assigned.
//! Watch: at most 1024 bytes are received, not 1024; the server's `b'hello'` in the other terminal.
//!
//! ```text
//! cargo run -p tcp-server --example upper_once_server
//! cargo run -p tcp-client --example upper_once_client
//! ```

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;

use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example(
        "upper_once_client",
        |server| {
            common::Peer::TcpServer(format!(
                "start it: cargo run -p tcp-server --example upper_once_server -- {server}"
            ))
        },
        ("127.0.0.1", 8080),
        talk_once,
    )
}

fn talk_once(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut stream = TcpStream::from(socket);

    stream.write_all(b"hello")?;
    let mut buffer = [0; 1024];
    let length = stream.read(&mut buffer)?;
    common::print_line(format_args!("b'{}'", &buffer[..length].escape_ascii()))
}
