//! Text 002's TCP server: says hello, prints each message and sends it back as `Loop_msg: …!`.
//!
//! As in the text, a failed accept ends it. Mended: the last line's `closed`. Watch: two `!` come back.
//! ```text
//! cargo run -p tcp-server --example loop_msg_server
//! cargo run -p tcp-client --example loop_msg_client
//! ```

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::{process::ExitCode, thread, time::Duration};

use common::{Peer::TcpClients, Stop, print_line, printable};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example(
        "loop_msg_server",
        |_| TcpClients,
        ("127.0.0.1", 9999),
        serve,
    )
}

fn serve(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(cfg!(unix))?;
    socket.bind(&address.into())?;
    socket.listen(5)?;
    let listener = TcpListener::from(socket);
    let stop = Stop::on_ctrl_c(common::wake_accept(&listener)?)?;
    log::info!("listening on {}", listener.local_addr()?);
    print_line("waiting for connection ...")?;
    while let ((stream, peer), false) = (listener.accept()?, stop.is_requested()) {
        let deal = move || deal_client(stream, peer).inspect_err(|e| log::warn!("{peer}: {e}"));
        thread::Builder::new().spawn(deal)?;
    }
    Ok(())
}

fn deal_client(mut stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
    print_line(format_args!("Accept new connection from {peer}"))?;
    stream.write_all(b"Hello,I am server!")?;
    let mut buffer = [0; 1024];
    while let length @ 1.. = stream.read(&mut buffer)? {
        thread::sleep(Duration::from_secs(1)); // as if an answer took thought
        if &buffer[..length] == b"exit" {
            break;
        }
        print_line(format_args!("--- > {} !", printable(&buffer[..length])))?;
        stream.write_all(&[b"Loop_msg: ", &buffer[..length], b"!"].concat())?;
    }
    drop(stream);
    print_line(format_args!("Connection from {peer} closed"))
}
