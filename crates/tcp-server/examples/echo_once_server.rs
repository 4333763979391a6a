//! Text 003's first server: sends one client its own bytes back, and ends. It prints nothing.
//!
//! Mended: `socket` is not also the module's name, and what is sent is bytes.
//! Watch: without an address it takes port 999, which an ordinary user may not (on Windows anyone
//! may). Start the client twice: the second one finds nobody.
//!
//! ```text
//! cargo run -p tcp-server --example echo_once_server -- 127.0.0.1:9998
//! cargo run -p tcp-client --example echo_once_client -- 127.0.0.1:9998
//! ```

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use common::Peer::OneTcpClient;
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example(
        "echo_once_server",
        |_| OneTcpClient,
        ("127.0.0.1", 999),
        serve_once,
    )
}

fn serve_once(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // The side that closes first keeps the port for a minute, and here that is the server.
    socket.set_reuse_address(cfg!(unix))?;
    socket.bind(&address.into())?;
    socket.listen(128)?; // what Python's listen() asks for
    let listener = TcpListener::from(socket);
    log::info!("listening on {} for one client", listener.local_addr()?);

    let (mut stream, _peer) = listener.accept()?;
    let mut buffer = [0; 1024];
    let length = stream.read(&mut buffer)?;
    stream.write_all(&buffer[..length])?;
    drop(stream);
    drop(listener);
    Ok(())
}
