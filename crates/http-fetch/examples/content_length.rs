//! http-fetch without `Connection: close`: the server keeps the connection open, and the client knows when to stop.
//!
//! Watch: the header says how many bytes follow it. The client stops there, and waits for no end.
//!
//! ```text
//! cargo run -p http-fetch --example page_server
//! cargo run -p http-fetch --example content_length -- 127.0.0.1:8080
//! ```

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::{path::Path, process::ExitCode};

use common::{print_line, printable};
use http_fetch::save::save;
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example(
        "content_length",
        |_| common::Peer::TcpServer("start: cargo run -p http-fetch --example page_server".into()),
        ("www.sina.com.cn", 80),
        fetch,
    )
}

fn fetch(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut stream = TcpStream::from(socket);
    stream.write_all(b"GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\n\r\n")?;

    // No server gets to fill our memory with a header without end.
    let mut reader = BufReader::new(stream.take(100 << 20));
    let mut length = None;
    loop {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line)?;
        let line = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
        if line.is_empty() {
            break;
        }
        print_line(printable(line.as_bytes()))?;
        if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok();
            }
        }
    }

    let length = length.ok_or_else(|| {
        let error = io::Error::other("the header has no Content-Length");
        common::advise(&error, "this example needs one: try page_server's page")
    })?;
    let mut page = Vec::new();
    if reader.take(length).read_to_end(&mut page)? as u64 != length {
        return Err(io::Error::other("the connection ended before the page did"));
    }
    save(Path::new("page.html"), &page).map(drop)
}
