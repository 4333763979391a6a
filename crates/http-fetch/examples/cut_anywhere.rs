//! http-fetch with nothing but the receiving: whatever the server cuts, the page is whole.
//!
//! Watch: the checker's server cuts within the header, within the blank line and within a character. The
//! bytes are joined first, and split after that.
//!
//! ```text
//! cargo run -p http-fetch --example page_server
//! cargo run -p http-fetch --example cut_anywhere -- 127.0.0.1:8080
//! ```

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::{path::Path, process::ExitCode};

use common::{print_line, printable};
use http_fetch::save::save;
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    common::run_example(
        "cut_anywhere",
        |_| common::Peer::TcpServer("start: cargo run -p http-fetch --example page_server".into()),
        ("www.sina.com.cn", 80),
        fetch,
    )
}

fn fetch(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut stream = TcpStream::from(socket);
    stream.write_all(b"GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\nConnection: close\r\n\r\n")?;

    let mut buffer = [0; 1024];
    let mut received = Vec::new();
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        received.extend_from_slice(&buffer[..length]);
    }

    let blank = received.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let blank = blank.ok_or(ErrorKind::UnexpectedEof)?;
    print_line(printable(&received[..blank]))?;
    save(Path::new("page.html"), &received[blank + 4..]).map(drop)
}
