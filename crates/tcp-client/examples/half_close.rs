//! tcp-client that says all, closes its half of the connection, and listens until the server closes the other.
//!
//! Watch: the server knows by the half-close that no more names come. Without it, both sides would wait.
//!
//! ```text
//! cargo run -p checker -- --exercise half-close tcp-client target/debug/examples/half_close
//! cargo run -p tcp-client --example half_close
//! ```

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::ExitCode;

use common::{print_line, printable};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example(
        "half_close",
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

    stream.write_all(b"Michael\nTracy\nSarah\n")?;
    stream.shutdown(Shutdown::Write)?;

    // Until the server closes; no server gets to fill our memory.
    for answer in BufReader::new(stream.take(64 * 1024)).split(b'\n') {
        print_line(printable(&answer?))?;
    }
    Ok(())
}
