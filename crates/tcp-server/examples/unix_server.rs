//! tcp-server within one machine: an AF_UNIX socket, whose address is a file, not an IP address and a port.
//!
//! Watch: `ls -l greet.socket` shows an `s`. Who may write to the file may connect; no other machine can.
//! ```text
//! cargo run -p tcp-server --example unix_server
//! cargo run -p tcp-client --example unix_client
//! ```

use std::io::{self, Read, Write};
use std::{fs, path::Path, path::PathBuf, process, thread, time::Duration};

use clap::Parser;
use common::{Peer::TcpClients, Stop, print_or_warn};
use socket2::{Domain, SockAddr, Socket, Type};

const FREE: &str = "remove the file if no server has it; else name another, where you may write";

/// Greets every name that a client in this machine sends.
#[derive(Parser)]
struct Args {
    #[arg(default_value = "greet.socket")]
    file: PathBuf,
}

fn main() -> process::ExitCode {
    common::start_log();
    let Args { file } = Args::parse();
    common::exit_status("unix_server", file.display(), &TcpClients, serve(&file))
}

fn serve(file: &Path) -> io::Result<()> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    let bound = socket.bind(&SockAddr::unix(file)?);
    bound.map_err(|error| common::advise(&error, FREE))?;
    socket.listen(5)?;
    // The file outlives the socket: who ends removes it, so that the next server finds its address free.
    let ours = file.to_owned();
    let _stop = Stop::on_ctrl_c(move || {
        log::info!("Ctrl+C: no more answers");
        let _ = fs::remove_file(&ours);
        process::exit(0)
    })?;
    log::info!("listening on {}", file.display());
    print_or_warn("Waiting for connection...");
    loop {
        if let Err(error) = socket.accept().and_then(start) {
            log::warn!("cannot serve another connection now: {error}");
            thread::sleep(Duration::from_secs(1));
        }
    }
}

fn start((stream, _): (Socket, SockAddr)) -> io::Result<thread::JoinHandle<()>> {
    print_or_warn("Accept new connection...");
    thread::Builder::new().spawn(|| talk(stream).unwrap_or_else(|error| log::warn!("{error}")))
}

fn talk(mut stream: Socket) -> io::Result<()> {
    stream.write_all(b"Welcome!")?;
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        match &buffer[..length] {
            b"" | b"exit" => break, // 0 bytes: it has hung up
            name => stream.write_all(&[b"Hello, ", name, b"!"].concat())?,
        }
    }
    print_or_warn("Connection closed.");
    Ok(())
}
