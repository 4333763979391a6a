//! A web server of one page, to practise `http-fetch` on without the internet. Ctrl+C ends it.
//!
//! Watch what the client asks. Try one of your own: a wrong request gets 400, and is told why.
//! ```text
//! cargo run -p http-fetch --example page_server
//! cargo run -p http-fetch -- 127.0.0.1:8080
//! ```

mod request;

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
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

/// Starts the thread of one connection. Browsers connect in advance, and are silent on theirs.
fn start((stream, peer): (TcpStream, SocketAddr)) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().spawn(move || {
        answer(stream, peer).unwrap_or_else(|error| log::warn!("{peer}: {error}"));
    })
}

/// Prints the request, and sends the page, or what is wrong with the request.
fn answer(mut stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
    let request = request::receive(&stream)?;
    if request.is_empty() {
        return Ok(()); // the peer has closed without a word
    }
    print_or_warn(printable(&request).replace("\r\n", "\n").trim());
    let (status, kind, body) = match request::check(&request) {
        Ok(()) => ("200 OK", "html", PAGE.to_owned()),
        Err((status, wrong)) => {
            log::warn!("{peer}: {status}: {wrong}");
            (status, "plain; charset=utf-8", wrong + "\n")
        }
    };
    let header = format!("HTTP/1.1 {status}\r\nContent-Type: text/{kind}\r\nConnection: close");
    let mut reply = format!("{header}\r\nContent-Length: {}\r\n\r\n", body.len());
    // HEAD asks for the header alone.
    if !request.starts_with(b"HEAD ") {
        reply += &body;
    }
    stream.write_all(reply.as_bytes())?;
    // Whoever closes with bytes unread resets the connection, and the answer may be lost with it.
    let _ = stream.shutdown(Shutdown::Write); // fails if the peer has gone already
    let _ = io::copy(&mut stream.take(1 << 20), &mut io::sink());
    Ok(())
}
