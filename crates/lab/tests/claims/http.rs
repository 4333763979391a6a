//! Claims 44 to 46, 49, 50, 61, 62 and 79 of docs/claims.md: fetching a page, and what a stream's calls give.

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use lab::claim::in_vain;
use lab::{
    Claim, Ended, Folder, PATIENCE, Running, Server, Talk, connect, connection, example, outcome,
    program, welcomed,
};
use socket2::SockRef;

const LOOPBACK: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// How long somebody waits here who waits in vain.
const IN_VAIN: Duration = Duration::from_millis(200);

/// What comes within so much time, which a mute peer lets pass.
fn read_within(stream: &TcpStream, time: Duration) -> io::Result<String> {
    stream.set_read_timeout(Some(time)).unwrap();
    stream.recv()
}

#[test]
fn claim_44_tcp_server_speaks_first_and_http_fetch_does_too() {
    let claim = Claim::new(44, "the protocol says who speaks first");
    let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let mute = connect(server.address());
    let first = read_within(&mute, PATIENCE).unwrap();
    claim.saw("tcp-server, to a client that is mute", &first);
    assert_eq!(first, "Welcome!");

    // This one takes the request before it says a word.
    let web = Server::sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello");
    let folder = Folder::new();
    let fetched = folder.fetch(web.address, &[]);
    let request = web.finish();
    let first = request.lines().next().unwrap_or_default();
    claim.saw("http-fetch, to a server that is mute", first);
    assert_eq!(first, "GET / HTTP/1.1");
    assert!(fetched.status.success(), "{fetched}");

    let fetched = folder.fetch(server.address(), &[]);
    claim.saw("http-fetch, to tcp-server", &fetched.stderr);
    let (error, _) = fetched.fatal();
    assert!(error.contains("no HTTP/1.1: \"Welcome!"), "{error}");
}

#[test]
fn claim_44_two_sides_that_wait_for_each_other_are_both_mute() {
    let claim = Claim::new(44, "two sides that both wait for the other are both mute");
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let client = Running::start(program("tcp-client").args([&address, "Ada"]));
    let (server, _) = listener.accept().unwrap();
    let heard = read_within(&server, IN_VAIN);
    claim.saw("tcp-client, to a server that is mute", outcome(&heard));
    assert!(in_vain(&heard));
    assert_eq!(client.stdout(), "");

    server.send("Welcome!");
    let heard = read_within(&server, PATIENCE).unwrap();
    claim.saw("and when it was greeted", &heard);
    assert_eq!(heard, "Ada");
}

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/// A web server that knows the rules, and closes when it is asked to, or cannot make sense of a request.
fn strict_server() -> SocketAddr {
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            while let Some(request) = read_message(&mut stream) {
                let (status, stays) = judge(&request);
                let reply = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                stream.get_mut().write_all(reply.as_bytes()).unwrap();
                if !stays {
                    break;
                }
            }
        }
    });
    address
}

/// The lines up to a blank one, without it; nothing if the peer has closed.
fn read_message(stream: &mut BufReader<TcpStream>) -> Option<Vec<String>> {
    let lines = stream.lines().map_while(Result::ok);
    let lines: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    Some(lines).filter(|lines| !lines.is_empty())
}

/// The answer that a request deserves, and whether the connection stays open.
fn judge(request: &[String]) -> (&'static str, bool) {
    let asked: Vec<_> = request[0].split(' ').collect();
    let has = |wanted: &str| request.iter().any(|line| line.starts_with(wanted));
    if !matches!(asked[..], ["GET", _, "HTTP/1.1"]) || !has("Host: ") {
        return ("400 Bad Request", false);
    }
    ("200 OK", !has("Connection: close"))
}

#[test]
fn claim_45_what_is_no_http_is_answered_with_400() {
    let claim = Claim::new(45, "what is no HTTP is answered with 400");
    let address = strict_server();
    let fetched = Folder::new().fetch(address, &[]);
    let status = fetched.stdout.lines().next().unwrap_or_default();
    claim.saw("http-fetch", status);
    assert_eq!(status, "HTTP/1.1 200 OK", "{fetched}");

    for (request, expected) in [
        (REQUEST, "HTTP/1.1 200 OK"),
        ("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request"),
        ("Hello, server!\r\n\r\n", "HTTP/1.1 400 Bad Request"),
    ] {
        let stream = connect(address);
        stream.send(request);
        let reply = read_message(&mut BufReader::new(stream)).unwrap();
        claim.saw(format_args!("{request:?}"), &reply[0]);
        assert_eq!(reply[0], expected);
    }
}

/// A server that nobody wrote for this test.
#[test]
fn claim_45_pythons_own_web_server_wants_http_too() {
    let claim = Claim::new(45, "Python's own web server wants HTTP too");
    let code = "import http.server, socket, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.send_error(404)
    def log_message(self, *words): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
for request in b'GET / HTTP/1.1', b'Hello, dear server!':
    s = socket.create_connection(server.server_address)
    s.sendall(request + b'\\r\\n\\r\\n')
    reply = b''.join(iter(lambda: s.recv(1024), b''))
    print([word for word in reply.split() if word[:3].isdigit()][0].decode())";
    let Some(python) = claim.python(code) else {
        return;
    };
    let answers: Vec<_> = python.stdout.lines().map(|line| &line[..3]).collect();
    claim.saw("a request, a greeting", answers.join(", "));
    assert_eq!(answers, ["404", "400"], "{python}");
}

#[test]
fn claim_45_without_connection_close_the_connection_stays_open() {
    let claim = Claim::new(45, "without Connection: close the connection stays open");
    let stream = connect(strict_server());
    let mut replies = BufReader::new(stream.try_clone().unwrap());
    stream.send(REQUEST);
    let reply = read_message(&mut replies).unwrap();
    claim.saw("the answer", &reply[0]);
    let more = read_within(&stream, IN_VAIN);
    claim.saw("recv until it is closed", outcome(&more));
    assert!(in_vain(&more));

    // It is open, and not merely slow to close: the next request is answered.
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let closing = REQUEST.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    stream.send(closing);
    let reply = read_message(&mut replies).unwrap();
    claim.saw("with Connection: close", &reply[0]);
    assert_eq!(reply[0], "HTTP/1.1 200 OK");
    let rest = replies.read(&mut [0; 1]);
    claim.saw("recv", format_args!("{rest:?}"));
    assert_eq!(rest.unwrap(), 0, "the server has closed");
}

#[test]
fn claim_46_recv_returns_at_most_so_many_bytes() {
    let claim = Claim::new(46, "recv returns at most so many bytes");
    let (mut client, mut server) = connection();
    server.write_all(&[b'x'; 3000]).unwrap();
    client.wait_for_bytes(3000);
    let mut lengths = Vec::new();
    while lengths.iter().sum::<usize>() < 3000 {
        lengths.push(client.read(&mut [0; 1024]).unwrap());
    }
    claim.saw("3000 bytes are there", format_args!("{lengths:?}"));
    assert_eq!(lengths, [1024, 1024, 952]);

    // Nothing waits for the other 1021.
    server.write_all(b"Ada").unwrap();
    let length = client.read(&mut [0; 1024]).unwrap();
    claim.saw("3 bytes are there", length);
    assert_eq!(length, 3);
}

#[test]
fn claim_46_http_fetch_receives_as_many_bytes_as_it_may_or_fewer() {
    let claim = Claim::new(46, "http-fetch receives as many bytes as it may, or fewer");
    let (go_on, told) = mpsc::channel();
    let server = Server::answers(move |client| {
        client.send("HTTP/1.1 ");
        told.recv().unwrap();
        let rest = format!("200 OK\r\nContent-Length: 2959\r\n\r\n{:2959}", "");
        client.send(rest);
    });
    let folder = Folder::new();
    let mut fetch = program("http-fetch");
    fetch.arg(server.address.to_string()).arg("-o");
    fetch.arg(folder.page()).args(["--recv-size", "1024"]);
    let fetch = Running::start(fetch.env("RUST_LOG", "debug"));
    // The server sends no more until the client has received this little.
    fetch.wait_for("received 9 bytes");
    go_on.send(()).unwrap();

    let ended = fetch.finish();
    let lengths = received_lengths(&ended);
    claim.saw("--recv-size 1024", format_args!("{lengths:?}"));
    assert!(ended.status.success(), "{ended}");
    assert_eq!(lengths[0], 9);
    assert_eq!(lengths.iter().sum::<usize>(), 3000);
    assert!(lengths.iter().all(|&length| length <= 1024));
}

/// What a program's debug log says of each receive.
fn received_lengths(ended: &Ended) -> Vec<usize> {
    let lines = ended.stderr.lines();
    let received = lines.filter_map(|line| line.split_once("received ")?.1.split_once(" bytes"));
    received
        .map(|(length, _)| length.parse().unwrap())
        .collect()
}

const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n";

#[test]
fn claim_49_the_first_blank_line_ends_the_header() {
    let claim = Claim::new(49, "the first blank line ends the header");
    let plain = "HTTP/1.1 200 OK\r\nServer: lab\r\n\r\nHello\r\n\r\nagain";
    for (what, reply, body) in [
        ("plain, body saved", plain, "Hello\r\n\r\nagain"),
        ("chunked, body saved", CHUNKED, "Hello"),
    ] {
        let folder = Folder::new();
        let fetched = folder.fetch(Server::sends(reply).address, &[]);
        assert!(fetched.status.success(), "{fetched}");
        let (header, after) = reply.split_once("\r\n\r\n").unwrap();
        claim.saw(what, format_args!("{:?}", folder.saved()));
        assert_eq!(folder.saved(), body);
        assert_eq!(fetched.stdout, format!("{header}\n"));
        // The tutorial's split alone is enough for one of the two.
        assert_eq!(after == body, reply == plain);
    }
    let (_, split) = CHUNKED.split_once("\r\n\r\n").unwrap();
    claim.saw("chunked, split alone", format_args!("{split:?}"));

    let folder = Folder::with_old_page();
    let server = Server::sends("HTTP/1.1 200 OK\r\nServer: lab\r\nHello");
    let fetched = folder.fetch(server.address, &[]);
    claim.saw("no blank line", &fetched.stderr);
    let (error, _) = fetched.fatal();
    assert!(error.contains("no blank line"), "{error}");
    assert_eq!(folder.saved(), Folder::OLD_PAGE);
}

#[test]
fn claim_49_pythons_split_fails_without_a_blank_line() {
    let claim = Claim::new(49, "the tutorial's split fails without a blank line");
    let code = "head, body = b'HTTP/1.1 200 OK\\r\\n\\r\\nHello'.split(b'\\r\\n\\r\\n', 1)
print(body)
pieces = [b'HTTP/1.1 200 OK\\r\\n', b'\\r\\nHello']
for glue in b'', b' ':
    try:
        head, body = glue.join(pieces).split(b'\\r\\n\\r\\n', 1)
        print(body)
    except ValueError as error:
        print(error)";
    let Some(python) = claim.python(code) else {
        return;
    };
    let answers: Vec<_> = python.stdout.lines().collect();
    let [in_one, joined, torn] = answers[..] else {
        panic!("{python}");
    };
    claim.saw("an answer in one piece", in_one);
    claim.saw("in two pieces", joined);
    claim.saw("in two, joined with a space", torn);
    assert_eq!([in_one, joined], ["b'Hello'"; 2]);
    assert!(torn.starts_with("not enough values to unpack"), "{python}");
}

#[test]
fn claim_50_the_page_that_is_saved_says_go_to_https() {
    let claim = Claim::new(50, "the page that is saved says: go to https");
    let page = "<html><h1>302 Found</h1></html>";
    let reply = format!(
        "HTTP/1.1 302 Moved Temporarily\r\nLocation: https://www.sina.com.cn/\r\n\
         Content-Length: {}\r\n\r\n{page}",
        page.len()
    );
    let folder = Folder::new();
    let fetched = folder.fetch(Server::sends(reply).address, &[]);
    claim.saw("stdout", &fetched.stdout);
    let warning = fetched.stderr.lines().next().unwrap_or_default();
    claim.saw("stderr", warning);
    claim.saw("saved", folder.saved());
    assert!(fetched.status.success(), "{fetched}");
    assert!(fetched.stdout.starts_with("HTTP/1.1 302 "), "{fetched}");
    assert_eq!(folder.saved(), page);
    for words in ["302", "https://www.sina.com.cn/", "TLS"] {
        assert!(warning.contains(words), "{fetched}");
    }
}

#[test]
fn claim_61_what_arrives_are_bytes_and_not_always_text() {
    let claim = Claim::new(61, "what arrives are bytes, and not always text");
    let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let mut stream = welcomed(server.address());
    let name = [0xff, 0x00, 0xfe];
    stream.send(name);
    let mut answer = [0; 11];
    stream.read_exact(&mut answer).unwrap();
    claim.saw("sent", format_args!("{name:?}"));
    claim.saw("received", answer.escape_ascii());
    assert_eq!(&answer, b"Hello, \xff\x00\xfe!");
    let text = String::from_utf8(answer.to_vec());
    claim.saw("as a string", text.as_ref().unwrap_err());
    assert!(text.is_err());
}

#[test]
fn claim_61_python_and_rust_both_refuse_to_send_a_string() {
    let claim = Claim::new(61, "neither Python 3 nor Rust sends a string");
    let code = "import socket
a, b = socket.socketpair()
for data in b'Michael', 'Michael':
    try:
        print(a.send(data), repr(b.recv(1024)))
    except TypeError as error:
        print('TypeError:', error)";
    if let Some(python) = claim.python(code) {
        let answers: Vec<_> = python.stdout.lines().collect();
        claim.saw("Python, bytes", answers[0]);
        claim.saw("Python, a string", answers[1]);
        assert_eq!(answers[0], "7 b'Michael'", "{python}");
        assert!(answers[1].starts_with("TypeError"), "{python}");
    }

    if claim.tool("rustc", &["--version"]).is_none() {
        return;
    }
    let folder = Folder::new();
    for (what, data, error) in [
        ("Rust, bytes", "b\"Michael\"", None),
        ("Rust, a string", "\"Michael\"", Some("error[E0308]")),
    ] {
        let source = folder.path().join("sends.rs");
        let code = format!(
            "use std::io::Write;\npub fn send(mut stream: &std::net::TcpStream) {{ \
             stream.write({data}).unwrap(); }}\n"
        );
        fs::write(&source, code).unwrap();
        let mut rustc = Command::new("rustc");
        rustc.args(["--crate-type", "lib", "--emit", "metadata", "--out-dir"]);
        let compiled = lab::run(rustc.arg(folder.path()).arg(source));
        let said = compiled.stderr.lines().next();
        claim.saw(what, said.unwrap_or("compiles"));
        assert_eq!(compiled.status.success(), error.is_none(), "{compiled}");
        assert!(compiled.stderr.starts_with(error.unwrap_or("")));
    }
}

#[test]
fn claim_62_each_call_of_the_table_has_its_counterpart() {
    let claim = Claim::new(62, "each call of the table has its counterpart");
    let (mut client, server) = connection();
    let peer = client.peer_addr().unwrap();
    claim.saw("getpeername: peer_addr", peer);
    assert_eq!(peer, server.local_addr().unwrap());
    let own = client.local_addr().unwrap();
    claim.saw("getsockname: local_addr", own);
    assert_eq!(own, server.peer_addr().unwrap());

    for on in [true, false] {
        SockRef::from(&client).set_keepalive(on).unwrap();
        claim.saw("setsockopt: set_keepalive", on);
        let keepalive = SockRef::from(&client).keepalive().unwrap();
        claim.saw("getsockopt: keepalive", keepalive);
        assert_eq!(keepalive, on);
    }

    let start = Instant::now();
    let waited = read_within(&client, IN_VAIN);
    claim.saw("settimeout: set_read_timeout", outcome(&waited));
    assert!(in_vain(&waited));
    assert!(start.elapsed() >= IN_VAIN / 2, "it does wait");

    // Now it does not wait, however long it might: the timeout is taken back, the mode decides.
    client.set_read_timeout(None).unwrap();
    client.set_nonblocking(true).unwrap();
    let at_once = client.read(&mut [0; 1]);
    claim.saw("setblocking: set_nonblocking", outcome(&at_once));
    assert_eq!(at_once.unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn claim_62_pythons_table_does_what_it_says() {
    let claim = Claim::new(62, "Python's table does what it says");
    let code = "import socket
server = socket.create_server(('127.0.0.1', 0))
client = socket.create_connection(server.getsockname())
accepted = server.accept()[0]
print(client.getpeername() == accepted.getsockname())
print(client.getsockname() == accepted.getpeername())
client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
print(client.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) != 0)
def receive():
    try:
        return client.recv(1)
    except Exception as error:
        return type(error).__name__
client.settimeout(0.1)
print(receive())
client.setblocking(False)
print(receive())";
    let Some(python) = claim.python(code) else {
        return;
    };
    // Python before 3.10 has no TimeoutError of its own for sockets.
    let answers = python.stdout.replace("\ntimeout\n", "\nTimeoutError\n");
    let answers: Vec<_> = answers.lines().collect();
    let expected = [
        ("getpeername is the other's getsockname", "True"),
        ("getsockname is the other's getpeername", "True"),
        ("getsockopt finds what setsockopt has set", "True"),
        ("settimeout, recv", "TimeoutError"),
        ("setblocking(False), recv", "BlockingIOError"),
    ];
    for ((what, _), answer) in expected.iter().zip(&answers) {
        claim.saw(what, answer);
    }
    assert_eq!(answers, expected.map(|(_, answer)| answer), "{python}");
}

/// One chunk of 1 GiB, twelve bytes before its end: what has the client needed so far? It goes to the
/// null device, since your disk has better things to do; the bytes come there by the same code. On Linux
/// a process's peak memory can be read while it runs.
#[cfg(target_os = "linux")]
#[test]
fn claim_79_a_page_of_any_size_fits_into_little_memory() {
    const GIB: usize = 1 << 30;
    let claim = Claim::new(79, "a page of any size fits into little memory");
    let (client, its_number) = mpsc::channel::<u32>();
    let (peak, its_peak) = mpsc::channel();
    let server = Server::answers(move |stream| {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40000000\r\n";
        stream.send(head);
        let piece = vec![b'x'; 1 << 20];
        for _ in 0..GIB / piece.len() {
            stream.send(&piece);
        }
        // It has received all but what waits in the system, and cannot end yet.
        let status = format!("/proc/{}/status", its_number.recv().unwrap());
        peak.send(fs::read_to_string(status).unwrap()).unwrap();
        stream.send("\r\n0\r\n\r\n");
    });
    let folder = Folder::new();
    std::os::unix::fs::symlink("/dev/null", folder.path().join("sina.html")).unwrap();
    let mut fetch = example("stream_to_disk");
    fetch.arg(server.address.to_string());
    let fetch = Running::start(fetch.current_dir(folder.path()));
    client.send(fetch.id()).unwrap();

    let status = its_peak.recv().unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.unwrap().trim().trim_end_matches(" kB");
    let ended = fetch.finish();
    claim.saw("one chunk", "1 GiB");
    claim.saw(
        "stream_to_disk's memory at its peak",
        format_args!("{kib} KiB"),
    );
    assert!(ended.status.success(), "{ended}");
    assert!(kib.parse::<u32>().unwrap() <= 12 * 1024, "{status}");
}

#[test]
fn claim_79_a_page_that_is_saved_piece_by_piece_is_the_same_page() {
    let claim = Claim::new(79, "a page that is saved piece by piece is the same page");
    let folder = Folder::new();
    let reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunks = "5\r\nHello\r\n".repeat(10_000);
    let reply = format!("{reply}{chunks}0\r\n\r\n");
    let whole = folder.fetch(Server::sends(reply.clone()).address, &[]);
    let mut fetch = example("stream_to_disk");
    fetch.arg(Server::sends(reply).address.to_string());
    let piece_by_piece = lab::run(fetch.current_dir(folder.path()));
    for ended in [&whole, &piece_by_piece] {
        assert!(ended.status.success(), "{ended}");
    }
    let streamed = fs::read_to_string(folder.path().join("sina.html")).unwrap();
    claim.saw(
        "http-fetch saved",
        format_args!("{} bytes", folder.saved().len()),
    );
    claim.saw(
        "stream_to_disk saved",
        format_args!("{} bytes", streamed.len()),
    );
    assert_eq!(streamed.len(), 50_000);
    assert!(streamed == folder.saved());
}
