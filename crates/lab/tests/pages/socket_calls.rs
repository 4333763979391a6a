//! Every Rust cell of docs/socket-calls.md, compiled and run.
//!
//! A row of the page is here a comment that begins with `// Python:` and the lines of code under it, up to
//! the next blank line, comment or bracket. The last test holds the page against this file, letter for
//! letter, both ways. So a cell that does not compile, or does something else, cannot stand.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

// Python: import socket
use socket2::{Domain, Protocol, Socket, Type};

use super::page::Page;

#[test]
fn constants() {
    let families = [
        // Python: socket.AF_UNIX
        Domain::UNIX,
        // Python: socket.AF_INET
        Domain::IPV4,
        // Python: socket.AF_INET6
        Domain::IPV6,
    ];
    let types = [
        // Python: socket.SOCK_STREAM
        Type::STREAM,
        // Python: socket.SOCK_DGRAM
        Type::DGRAM,
        // Python: socket.SOCK_RAW
        Type::from(3),
        // Python: socket.SOCK_SEQPACKET
        Type::from(5),
    ];
    let protocols = [
        // Python: socket.IPPROTO_ICMP
        Protocol::ICMPV4,
        // Python: socket.IPPROTO_IGMP
        Protocol::from(2),
        // Python: socket.IPPROTO_RAW
        Protocol::from(255),
    ];

    let ours = families.map(i32::from).into_iter();
    let ours = ours.chain(types.map(i32::from));
    let ours: Vec<_> = ours.chain(protocols.map(i32::from)).collect();
    let names = "AF_UNIX AF_INET AF_INET6 SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_SEQPACKET \
                 IPPROTO_ICMP IPPROTO_IGMP IPPROTO_RAW";
    let script =
        format!("import socket\nfor n in '{names}'.split(): print(int(getattr(socket, n)))");
    let python = Command::new("python3").args(["-c", &script]).output();
    // Python for Windows has no AF_UNIX.
    let Some(python) = python.ok().filter(|python| python.status.success()) else {
        eprintln!("skipped: no python3 that knows the numbers to compare with");
        return;
    };
    let theirs = String::from_utf8(python.stdout).unwrap();
    let theirs: Vec<i32> = theirs.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(ours, theirs);
}

#[test]
fn tcp() -> io::Result<()> {
    // Python: ('127.0.0.1', 9999)
    let address = SocketAddr::from(([127, 0, 0, 1], 9999));

    assert_eq!(address.to_string(), "127.0.0.1:9999");
    // A test asks for any free port instead.
    let address = SocketAddr::new(address.ip(), 0);

    // Python: socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;

    // Python: s.setsockopt(level, optname, value)
    socket.set_reuse_address(cfg!(unix))?;

    // Python: s.getsockopt(level, optname)
    let reuse_addr = socket.reuse_address()?;

    assert_eq!(reuse_addr, cfg!(unix));

    // Python: s.bind(address)
    socket.bind(&address.into())?;

    // Python: s.listen(backlog)
    socket.listen(5)?;

    let address = socket.local_addr()?.as_socket().unwrap();
    let client = thread::spawn(move || tcp_client(address));

    // Python: s.accept()
    let listener = TcpListener::from(socket);
    let (mut stream, peer) = listener.accept()?;

    // Python: '%s:%s' % addr
    let shown = peer.to_string();

    assert_eq!(shown, format!("127.0.0.1:{}", peer.port()));

    // Python: s.sendall(string)
    stream.write_all(b"Welcome!")?;

    let mut buffer = [0; 1024];
    // Python: s.recv(bufsize, socket.MSG_PEEK)
    let length = stream.peek(&mut buffer)?;

    assert_eq!(&buffer[..length], b"Michael");

    // Python: s.recv(bufsize)
    let length = stream.read(&mut buffer)?;

    assert_eq!(&buffer[..length], b"Michael");
    assert_eq!(stream.read(&mut buffer)?, 0);
    assert_eq!(client.join().unwrap()?, peer);
    Ok(())
}

fn tcp_client(address: SocketAddr) -> io::Result<SocketAddr> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;

    // Python: s.connect(address)
    socket.connect(&address.into())?;
    let mut stream = TcpStream::from(socket);

    // Python: s.getpeername()
    let server = stream.peer_addr()?;

    assert_eq!(server, address);

    // Python: s.getsockname()
    let own = stream.local_addr()?;

    // Python: s.settimeout(timeout)
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.set_write_timeout(Some(Duration::from_secs(60)))?;

    let mut welcome = [0; 8];
    stream.read_exact(&mut welcome)?;

    // Python: s.setblocking(flag)
    stream.set_nonblocking(true)?;

    let nothing = stream.read(&mut welcome).unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock);

    // Python: s.send(string)
    let sent = stream.write(b"Michael")?;

    assert_eq!(sent, 7);

    // Python: s.close()
    drop(stream);

    Ok(own)
}

#[test]
fn listen_without_a_number() -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&any_port.into())?;

    // Python: s.listen()
    socket.listen(128)?;

    TcpStream::connect(socket.local_addr()?.as_socket().unwrap())?;
    Ok(())
}

#[test]
fn errors() -> io::Result<()> {
    let (_nobody, address) = lab::nobody::tcp();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    // Python: s.connect_ex(address)
    let result = socket.connect(&address.into());
    let errno = result.map_or_else(|error| error.raw_os_error(), |()| Some(0));

    let refused = if cfg!(windows) {
        10061
    } else if cfg!(target_os = "linux") {
        111
    } else {
        61
    };
    assert_eq!(errno, Some(refused));

    // Python: socket.error
    let error = io::Error::from_raw_os_error(refused);

    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    Ok(())
}

#[test]
fn udp() -> io::Result<()> {
    let server = UdpSocket::bind("127.0.0.1:0")?;
    let address = server.local_addr()?;
    let mut buffer = [0; 1024];

    // Python: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    let socket = UdpSocket::from(socket);

    // Python: s.sendto(string, address)
    let sent = socket.send_to(b"Michael", address)?;

    assert_eq!(sent, 7);
    let client = socket;
    let socket = server;

    // Python: s.recvfrom(bufsize)
    let (length, peer) = socket.recv_from(&mut buffer)?;

    assert_eq!(&buffer[..length], b"Michael");
    assert_eq!(peer.port(), client.local_addr()?.port());
    socket.send_to(b"Hello, Michael!", peer)?;
    let socket = client;

    // Python: s.recv(bufsize)
    let length = socket.recv(&mut buffer)?;

    assert_eq!(&buffer[..length], b"Hello, Michael!");
    Ok(())
}

#[test]
fn what_else_the_listings_call() -> io::Result<()> {
    // Python: ('localhost', 9999)
    let mut addresses = ("localhost", 9999).to_socket_addrs()?;

    assert!(addresses.all(|address| address.ip().is_loopback() && address.port() == 9999));

    let (stream, peer) = ("stream", "peer");
    let tcplink = |stream, peer| assert_eq!((stream, peer), ("stream", "peer"));
    // Python: threading.Thread(target=tcplink, args=(sock, addr)).start()
    let thread = thread::Builder::new().spawn(move || tcplink(stream, peer))?;

    thread.join().unwrap();

    // Python: time.sleep(0.001)
    thread::sleep(Duration::from_millis(1));

    let data = "你好".as_bytes();
    // Python: data.decode('utf-8')
    let text = String::from_utf8_lossy(data);

    assert_eq!(text, "你好");
    assert_eq!(String::from_utf8_lossy(b"caf\xe9"), "caf\u{fffd}");

    // Python: text.encode('utf-8')
    let bytes = text.as_bytes();

    assert_eq!(bytes, data);

    // Python: b'Hello, %s!' % data
    let greeting = [b"Hello, ", data, b"!"].concat();

    assert_eq!(greeting, "Hello, 你好!".as_bytes());

    // Python: data.upper()
    let loud = greeting.to_ascii_uppercase();

    assert_eq!(loud, "HELLO, 你好!".as_bytes());

    // Python: print(data)
    println!("b'{}'", data.escape_ascii());

    assert_eq!(data.escape_ascii().to_string(), r"\xe4\xbd\xa0\xe5\xa5\xbd");

    let chunks = [b"HTTP/1.1 200 OK\r\n\r", &b"\n<h1>\r\n\r\n"[..]];
    // Python: b''.join(buffer)
    let data = chunks.concat();

    // Python: data.split(b'\r\n\r\n', 1)
    let blank_line = data.windows(4).position(|four| four == b"\r\n\r\n");

    let (header, body) = data.split_at(blank_line.unwrap());
    assert_eq!(header, b"HTTP/1.1 200 OK");

    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("socket-calls.html");
    // Python: open(file, 'wb').write(body)
    fs::write(&file, body)?;

    assert_eq!(fs::read(&file)?, b"\r\n\r\n<h1>\r\n\r\n");
    fs::remove_file(&file)
}

/// A row: the Python cell, and the lines of the Rust cell.
type Row = (String, Vec<String>);

/// The rows as they stand in this file.
fn rows_of_this_file() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut lines = include_str!("socket_calls.rs").lines().map(str::trim);
    while let Some(line) = lines.next() {
        if let Some(python) = line.strip_prefix("// Python: ") {
            let code = lines.clone().take_while(|line| {
                !line.is_empty() && !line.starts_with("//") && !line.starts_with(']')
            });
            let code = code.map(|line| line.trim_end_matches([';', ',']).to_string());
            rows.push((python.to_string(), code.collect()));
        }
    }
    rows
}

/// The rows as they stand on the page: `| Python | Rust | what differs |`, code in backticks.
fn rows_of_the_page() -> Vec<Row> {
    let page = Page::of("docs/socket-calls.md");
    let rows = page.rows().map(|(_, row)| &row.cells);
    let rows = rows.filter(|cells| cells[0].starts_with('`'));
    let rows = rows.map(|cells| {
        let [python, rust, differs] = &cells[..] else {
            panic!("a row has three cells: {cells:?}");
        };
        assert!(differs.len() > 2, "a row says what differs: {cells:?}");
        // In a table, Markdown wants a bar escaped.
        let rust = rust.replace(r"\|", "|");
        let rust = rust.split("<br>").map(|code| code.trim_matches('`').into());
        (python.trim_matches('`').into(), rust.collect())
    });
    rows.collect()
}

#[test]
fn the_page_has_the_rows_of_this_file() {
    let (code, page) = (rows_of_this_file(), rows_of_the_page());
    for (python, rust) in &code {
        assert!(!rust.is_empty(), "no code for {python}");
    }
    // Taken away one by one: a row that stands twice here stands twice there.
    let mut unmatched = code;
    for row in page {
        let same = unmatched.iter().position(|other| *other == row);
        let same = same.unwrap_or_else(|| panic!("on the page, but not in this file: {row:?}"));
        unmatched.swap_remove(same);
    }
    assert!(
        unmatched.is_empty(),
        "in this file, but not on the page: {unmatched:?}"
    );
}
