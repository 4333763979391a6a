//! tcp-client within one machine: an AF_UNIX socket, whose address is a file, not an IP address and a port.
//!
//! Watch: it connects to a file; from then on, all is as with TCP.
//! ```text
//! cargo run -p tcp-server --example unix_server
//! cargo run -p tcp-client --example unix_client
//! ```

use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use common::{Peer::TcpServer, print_line, printable};
use socket2::{Domain, SockAddr, Socket, Type};

/// Introduces itself to a server in this machine.
#[derive(Parser)]
struct Args {
    #[arg(default_value = "greet.socket")]
    file: PathBuf,
}

fn main() -> ExitCode {
    common::start_log();
    let Args { file } = Args::parse();
    // The file outlives a server that was killed, and keeps the next one from starting.
    let start = format!(
        "start it: cargo run -p tcp-server --example unix_server -- {} (remove a file left over there)",
        file.display()
    );
    let introduced = introduce(&file).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => common::advise(&error, &start),
        _ => error,
    });
    let server = TcpServer(start);
    common::exit_status("unix_client", file.display(), &server, introduced)
}

fn introduce(file: &Path) -> io::Result<()> {
    let mut socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.connect(&SockAddr::unix(file)?)?;

    print_line(receive(&mut socket)?)?;
    for name in ["Michael", "Tracy", "Sarah"] {
        socket.write_all(name.as_bytes())?;
        print_line(receive(&mut socket)?)?;
    }
    socket.write_all(b"exit")
}

/// Nothing means that the server has closed.
fn receive(socket: &mut Socket) -> io::Result<String> {
    let mut buffer = [0; 1024];
    match socket.read(&mut buffer)? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        length => Ok(printable(&buffer[..length])),
    }
}
