//! A web server of one page, to practise `http-fetch` on without the internet. Ctrl+C ends it.
//!
//! Run it, and `cargo run -p http-fetch -- 127.0.0.1:8080` in another terminal: watch what the client asks.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread::{self, Builder};
use std::time::Duration;

use common::{Peer::TcpClients, Stop, print_line, printable, wake_accept};

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
        if stop.is_requested() {
            return Ok(());
        }
        // Browsers also connect in advance and say nothing: each has a thread to be silent with.
        let started = accepted.and_then(|(stream, peer)| {
            let answer = move || answer(stream).inspect_err(|error| log::warn!("{peer}: {error}"));
            Builder::new().spawn(answer)
        });
        if let Err(error) = started {
            log::warn!("{error}");
            thread::park_timeout(Duration::from_secs(1));
        }
    }
}

/// Prints the request up to its blank line, then sends the page; dropping the stream closes it.
fn answer(mut stream: TcpStream) -> io::Result<()> {
    let request = BufReader::new(&stream).take(8 * 1024).lines();
    for line in request.take_while(|line| !line.as_ref().is_ok_and(String::is_empty)) {
        print_line(printable(line?.as_bytes()))?;
    }
    let header = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close";
    let length = PAGE.len();
    // In one piece, not one for each part of the format.
    stream.write_all(format!("{header}\r\nContent-Length: {length}\r\n\r\n{PAGE}").as_bytes())
}
