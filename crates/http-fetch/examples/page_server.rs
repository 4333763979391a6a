//! A web server of one page, to practise `http-fetch` on without the internet. Ctrl+C ends it.
//!
//! Watch: it prints what the client asks.
//!
//! ```text
//! cargo run -p http-fetch --example page_server
//! cargo run -p http-fetch -- 127.0.0.1:8080
//! ```

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use common::{Peer::TcpClients, Stop, print_or_warn, printable, wake_accept};

const PAGE: &str = "<!DOCTYPE html>\n<title>Practice</title>\n<h1>It works!</h1>\n";

fn main() -> ExitCode {
    common::run_example("page_server", |_| TcpClients, ("127.0.0.1", 8080), serve)
}

fn serve(address: SocketAddr) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    let stop = Stop::on_ctrl_c(wake_accept(&listener)?)?;
    log::info!("one page on http://{}/", listener.local_addr()?);
    loop {
        let accepted = listener.accept();
        // Ctrl+C wakes us with a connection of its own.
        if stop.is_requested() {
            return Ok(());
        }
        if let Err(error) = accepted.and_then(start) {
            log::warn!("cannot serve another connection now: {error}");
            thread::park_timeout(Duration::from_secs(1));
        }
    }
}

/// Starts the thread of one connection. Browsers also connect in advance and say nothing: each has a
/// thread to be silent with.
fn start((stream, peer): (TcpStream, SocketAddr)) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().spawn(move || {
        answer(stream).unwrap_or_else(|error| log::warn!("{peer}: {error}"));
    })
}

/// Prints the request up to its blank line, then sends the page; dropping the stream closes it.
fn answer(mut stream: TcpStream) -> io::Result<()> {
    for line in BufReader::new(&stream).take(8 * 1024).lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        print_or_warn(printable(line.as_bytes()));
    }
    let header = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close";
    let length = PAGE.len();
    // In one piece, not one for each part of the format.
    stream.write_all(format!("{header}\r\nContent-Length: {length}\r\n\r\n{PAGE}").as_bytes())
}
