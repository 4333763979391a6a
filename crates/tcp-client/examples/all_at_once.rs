//! tcp-client without the waiting: sends three names and `exit`, then prints whatever comes back.
//!
//! Watch: four messages were sent, and the server greets one `MichaelTracySarahexit`, for TCP carries
//! bytes and not messages (粘包). Its `exit` is lost in it too. Where TCP happens to join them can differ
//! from run to run. `lines_server` and `lines_client` show the cure.
//!
//! ```text
//! cargo run -p tcp-server
//! cargo run -p tcp-client --example all_at_once
//! ```

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::ExitCode;

use common::{print_line, printable};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example(
        "all_at_once",
        |server| common::Peer::TcpServer(format!("start it: cargo run -p tcp-server -- {server}")),
        ("127.0.0.1", 9999),
        introduce,
    )
}

fn introduce(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut stream = TcpStream::from(socket);

    for message in ["Michael", "Tracy", "Sarah", "exit"] {
        stream.write_all(message.as_bytes())?;
    }
    // The server, which has seen no `exit`, would wait for more: close our half, and still receive.
    stream.shutdown(Shutdown::Write)?;
    log::debug!("sent 4 messages, which are 21 bytes");

    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        print_line(printable(&buffer[..length]))?;
    }
}
