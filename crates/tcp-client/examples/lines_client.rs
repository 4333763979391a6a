//! tcp-client with a boundary between messages: each is a line, and all are sent at once.
//!
//! Watch: every name has its own answer. Compare `all_at_once`, which has no lines.
//!
//! ```text
//! cargo run -p tcp-server --example lines_server
//! cargo run -p tcp-client --example lines_client
//! ```

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;

use common::{print_line, printable};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example(
        "lines_client",
        |server| {
            common::Peer::TcpServer(format!(
                "start it: cargo run -p tcp-server --example lines_server -- {server}"
            ))
        },
        ("127.0.0.1", 9999),
        introduce,
    )
}

fn introduce(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut stream = TcpStream::from(socket);

    stream.write_all(b"Michael\nTracy\nSarah\nexit\n")?;

    // The welcome and three answers; no server gets to fill our memory.
    let mut answers = BufReader::new(stream.take(64 * 1024)).split(b'\n');
    for _ in 0..4 {
        let answer = answers.next().ok_or(ErrorKind::UnexpectedEof)??;
        print_line(printable(&answer))?;
    }
    Ok(())
}
