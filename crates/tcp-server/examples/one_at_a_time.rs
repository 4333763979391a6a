//! tcp-server without threads: whoever comes second waits until the first has left.
//!
//! Watch: start two clients at once. Both connect at once, for that is the kernel's work; the second
//! one's `Welcome!` comes when the first is done.
//! ```text
//! cargo run -p tcp-server --example one_at_a_time
//! cargo run -p tcp-client
//! ```

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::{process, thread, time::Duration};

use common::{Peer::TcpClients, Stop, print_or_warn};
use socket2::{Domain, Socket, Type};

fn main() -> process::ExitCode {
    common::run_example("one_at_a_time", |_| TcpClients, ("127.0.0.1", 9999), serve)
}

fn serve(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(cfg!(unix))?;
    socket.bind(&address.into())?;
    socket.listen(5)?;
    let listener = TcpListener::from(socket);
    // The only thread may be asleep with a client, where a knock at the door does not wake it.
    let _stop = Stop::on_ctrl_c(|| {
        log::info!("Ctrl+C: no more answers");
        process::exit(0)
    })?;
    log::info!("listening on {}", listener.local_addr()?);
    print_or_warn("Waiting for connection...");
    loop {
        let (stream, peer) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                log::warn!("cannot serve another connection now: {error}");
                thread::sleep(Duration::from_secs(1));
                continue;
            }
        };
        print_or_warn(format_args!("Accept new connection from {peer}..."));
        talk(stream).unwrap_or_else(|error| log::warn!("{peer}: {error}"));
        print_or_warn(format_args!("Connection from {peer} closed."));
    }
}

fn talk(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(b"Welcome!")?;
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        thread::sleep(Duration::from_secs(1)); // as if an answer took thought
        match &buffer[..length] {
            b"" | b"exit" => break, // 0 bytes: it has hung up
            name => stream.write_all(&[b"Hello, ", name, b"!"].concat())?,
        }
    }
    Ok(())
}
