//! http-fetch for pages of any size: the body goes to the file as it comes, and not into memory.
//!
//! Watch: its memory stays the same, whatever the size. The tutorial's shape collects the whole page first.
//! ```text
//! cargo run -p http-fetch --example page_server
//! cargo run -p http-fetch --example stream_to_disk -- 127.0.0.1:8080
//! ```

use std::io::{self, ErrorKind, Read, Write};
use std::{fs, net::TcpStream, path::Path, process, time::Duration};

use clap::Parser;
use common::{Peer::TcpServer, Stop, print_line, printable};
use http_fetch::{Response, Url, save::Part, status, timeout};
use socket2::{Domain, Socket, Type};

const FILE: &str = "sina.html";
const TIMEOUT: Duration = Duration::from_secs(30);

fn fetch(url: &Url) -> io::Result<()> {
    let address = url.resolve()?;
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_read_timeout(Some(TIMEOUT))?;
    let connected = socket.connect_timeout(&address.into(), TIMEOUT);
    connected.map_err(|error| timeout::connecting(error, TIMEOUT))?;
    let mut stream = TcpStream::from(socket);
    let (path, host) = (&url.path, url.host_field());
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;

    let part = Part::create(Path::new(FILE))?;
    let unfinished = part.beside().map(Path::to_owned);
    let _stop = Stop::on_ctrl_c(move || {
        let _ = unfinished.as_ref().map(fs::remove_file);
        process::exit(130) // as Ctrl+C ends a client that has no handler
    })?;
    let mut received = Response::new(part);
    let mut buffer = vec![0; 65_536]; // with the tutorial's 1024, 64 times as many calls
    while !received.is_complete() {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => received.take(&buffer[..length])?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(timeout::receiving(&error, TIMEOUT, received.came())),
        }
    }
    let (head, part) = received.split()?;
    part.finish()?;
    log::info!("saved {FILE}");
    for warning in status::warnings(&head) {
        log::warn!("{warning}");
    }
    print_line(printable(&head.text))
}

fn main() -> process::ExitCode {
    common::start_log();
    let Args { url } = Args::parse();
    let peer = TcpServer("start one: cargo run -p http-fetch --example page_server".into());
    common::exit_status("stream_to_disk", &url.address, &peer, fetch(&url))
}

/// Fetches a web page of any size: prints the header and saves the body as sina.html.
#[derive(Parser)]
struct Args {
    /// The page, such as 127.0.0.1:8080/page.html
    #[arg(default_value = "www.sina.com.cn")]
    url: Url,
}
