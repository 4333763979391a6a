//! Text 003's second server: shows one client's message, sends it back in upper case, and ends.
//!
//! Mended: nothing here, its client had the typing errors.
//! Watch: Python's `upper()` on bytes, like Rust's, changes a to z alone: 你好 and é come back as they
//! went. The 5 of `listen` is no pool of connections: it is how many may wait to be accepted.
//!
//! ```text
//! cargo run -p tcp-server --example upper_once_server
//! cargo run -p tcp-client --example upper_once_client
//! ```

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use common::Peer::OneTcpClient;
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example(
        "upper_once_server",
        |_| OneTcpClient,
        ("127.0.0.1", 8080),
        serve_once,
    )
}

fn serve_once(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // The side that closes first keeps the port for a minute, and here that is the server.
    socket.set_reuse_address(cfg!(unix))?;
    socket.bind(&address.into())?;
    socket.listen(5)?;
    let listener = TcpListener::from(socket);
    log::info!("listening on {} for one client", listener.local_addr()?);

    let (mut stream, _peer) = listener.accept()?;
    let mut buffer = [0; 1024];
    let length = stream.read(&mut buffer)?;
    let message = &buffer[..length];
    common::print_or_warn(format_args!("b'{}'", message.escape_ascii()));
    stream.write_all(&message.to_ascii_uppercase())?;
    drop(stream);
    drop(listener);
    Ok(())
}
