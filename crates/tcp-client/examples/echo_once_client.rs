//! Text 003's first client: sends `data` and prints what comes back.
//!
//! Mended: an address is one value, host and port; what is sent is bytes.
//! Watch: `b'…'` is how Python prints bytes. Without an address both ends use port 999, which only an
//! administrator may serve on. Started again it is refused: that server serves once.
//!
//! ```text
//! cargo run -p tcp-server --example echo_once_server -- 127.0.0.1:9998
//! cargo run -p tcp-client --example echo_once_client -- 127.0.0.1:9998
//! ```

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;

use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example(
        "echo_once_client",
        |server| {
            common::Peer::TcpServer(format!(
                "start it: cargo run -p tcp-server --example echo_once_server -- {server}"
            ))
        },
        ("127.0.0.1", 999),
        talk_once,
    )
}

fn talk_once(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut stream = TcpStream::from(socket);

    stream.write_all(b"data")?;
    let mut buffer = [0; 1024];
    let length = stream.read(&mut buffer)?;
    common::print_line(format_args!("b'{}'", &buffer[..length].escape_ascii()))
}
