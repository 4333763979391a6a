//! Claims 1 to 14 and 74 to 76 of docs/claims.md: what a socket is.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};

#[cfg(unix)]
use lab::example;
use lab::{Claim, Running, nobody, outcome, program};
use socket2::{Domain, Socket, Type};

const LOOPBACK: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// A tcp-server that does not think long.
fn tcp_server() -> Running {
    Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]))
}

#[test]
fn claim_01_only_a_connected_socket_has_a_peer() {
    let claim = Claim::new(1, "only a connected socket has a peer");
    let peer_of = |what: &str, socket: &Socket| -> io::Result<SocketAddr> {
        let internet = |address: socket2::SockAddr| address.as_socket().unwrap();
        let local = socket.local_addr().map(internet);
        let peer = socket.peer_addr().map(internet);
        let shown = |address: &io::Result<SocketAddr>| match address {
            Ok(address) => address.to_string(),
            Err(error) => error.to_string(),
        };
        claim.saw(format_args!("{what}, its own"), shown(&local));
        claim.saw(format_args!("{what}, its peer"), shown(&peer));
        peer
    };
    let nobody = |peer: io::Result<SocketAddr>| {
        assert_eq!(peer.unwrap_err().kind(), ErrorKind::NotConnected);
    };

    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    nobody(peer_of("TCP, created", &socket));
    socket.bind(&SocketAddr::from(LOOPBACK).into()).unwrap();
    nobody(peer_of("TCP, bound", &socket));
    socket.listen(5).unwrap();
    nobody(peer_of("TCP, listening", &socket));

    let server = socket.local_addr().unwrap().as_socket().unwrap();
    let client = TcpStream::connect(server).unwrap();
    let (accepted, _) = socket.accept().unwrap();
    let somebody = peer_of("TCP, accepted", &accepted);
    assert_eq!(somebody.unwrap(), client.local_addr().unwrap());
    assert_eq!(client.peer_addr().unwrap(), server);

    let socket = UdpSocket::bind(LOOPBACK).unwrap();
    nobody(peer_of("UDP, bound", &socket.into()));
}

#[test]
fn claim_02_a_server_needs_no_address_but_its_own() {
    let claim = Claim::new(2, "a server needs no address but its own");
    let server = tcp_server();
    claim.saw("the server is told", "127.0.0.1:0");
    claim.saw("and is ready", server.wait_for("listening on"));
    server.wait_for("Waiting for connection...");
    assert_eq!(server.stdout(), "Waiting for connection...\n");

    let client = TcpStream::connect(server.address()).unwrap();
    let peer = client.local_addr().unwrap();
    claim.saw("the client is told", server.address());
    let learned = server.wait_for("Accept new connection");
    claim.saw("the server learns", &learned);
    assert_eq!(learned, format!("Accept new connection from {peer}..."));
}

#[test]
fn claim_03_two_constants_name_the_family_and_the_protocol() {
    let claim = Claim::new(3, "two constants name the family and the protocol");
    let v4 = SocketAddr::from(LOOPBACK);
    let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
    for (what, domain, kind, address, other) in [
        ("AF_INET, SOCK_STREAM", Domain::IPV4, Type::STREAM, v4, v6),
        ("AF_INET, SOCK_DGRAM", Domain::IPV4, Type::DGRAM, v4, v6),
        ("AF_INET6, SOCK_STREAM", Domain::IPV6, Type::STREAM, v6, v4),
        ("AF_INET6, SOCK_DGRAM", Domain::IPV6, Type::DGRAM, v6, v4),
    ] {
        if address.is_ipv6() && UdpSocket::bind(v6).is_err() {
            claim.skipped(format_args!("{what}: no IPv6 here"));
            continue;
        }
        let socket = Socket::new(domain, kind, None).unwrap();
        let stranger = socket.bind(&other.into());
        claim.saw(
            format_args!("{what}: bind {}", other.ip()),
            outcome(&stranger),
        );
        assert!(stranger.is_err());

        let bound = socket.bind(&address.into());
        claim.saw(
            format_args!("{what}: bind {}", address.ip()),
            outcome(&bound),
        );
        assert!(bound.is_ok());

        // TCP listens; UDP knows nothing of the kind.
        let listens = socket.listen(1);
        claim.saw(format_args!("{what}: listen"), outcome(&listens));
        assert_eq!(listens.is_ok(), kind == Type::STREAM);
    }
}

/// Linux, where strace shows the calls of a program.
#[cfg(target_os = "linux")]
#[test]
fn claim_03_the_programs_ask_for_just_these() {
    use std::process::Command;

    let claim = Claim::new(3, "the programs ask for just these constants");
    if claim.tool("strace", &["-qq", "true"]).is_none() {
        return;
    }
    let tcp = tcp_server();
    let udp = Running::start(program("udp-server").arg("127.0.0.1:0"));
    for (name, server, expected) in [
        ("tcp-client", &tcp, "socket(AF_INET, SOCK_STREAM"),
        ("udp-client", &udp, "socket(AF_INET, SOCK_DGRAM"),
    ] {
        let mut traced = Command::new("strace");
        traced.args(["-qq", "-e", "trace=socket"]);
        traced.arg(program(name).get_program());
        let traced = lab::run(traced.arg(server.address().to_string()));
        let call = traced.stderr.lines().next().unwrap_or_default();
        claim.saw(name, call);
        assert!(call.starts_with(expected), "{traced}");
    }
}

#[test]
fn claim_04_creating_a_socket_does_not_connect_it() {
    let claim = Claim::new(4, "creating a socket does not connect it");
    let server = tcp_server();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let sent = (&socket).write(b"Michael");
    claim.saw("send after socket()", outcome(&sent));
    // Linux calls it a broken pipe, others say that it is not connected.
    assert!(sent.is_err());

    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.connect(&server.address().into()).unwrap();
    let sent = (&socket).write(b"Michael");
    claim.saw("send after connect()", outcome(&sent));
    assert_eq!(sent.unwrap(), 7);

    // One client came, not two.
    server.wait_for("Accept new connection");
    assert_eq!(server.stdout().matches("Accept new").count(), 1);
}

#[test]
fn claim_05_the_client_begins_and_the_server_waits() {
    let claim = Claim::new(5, "the client begins and the server waits");
    let (_nobody, address) = nobody::tcp();
    let client = lab::run(program("tcp-client").arg(address.to_string()));
    claim.saw("a client, no server", &client.stderr);
    assert_eq!(client.code(), Some(1), "{client}");

    let server = tcp_server();
    server.wait_for("Waiting for connection...");
    claim.saw("a server, no client", server.stdout());
    let client = lab::run(program("tcp-client").arg(server.address().to_string()));
    assert_eq!(client.code(), Some(0), "{client}");
    server.wait_for("closed.");
    claim.saw("then a client comes", server.stdout());

    let stdout = server.stdout();
    let lines: Vec<_> = stdout.lines().collect();
    assert_eq!(lines[0], "Waiting for connection...");
    assert!(lines[1].starts_with("Accept new connection"));
}

#[test]
fn claim_07_a_name_becomes_an_address_before_anything_is_sent() {
    let claim = Claim::new(7, "a name becomes an address before anything is sent");
    let server = tcp_server();
    let name = format!("localhost:{}", server.address().port());
    let addresses: Vec<_> = name.to_socket_addrs().unwrap().collect();
    claim.saw(&name, format_args!("{addresses:?}"));
    assert!(!addresses.is_empty());
    assert!(addresses.iter().all(|address| address.ip().is_loopback()));

    // Of several, ours takes the first IPv4 one, wherever it stands in the list.
    let mut client = program("tcp-client");
    let client = lab::run(client.arg(&name).env("RUST_LOG", "debug"));
    let connected = client.stderr.lines().next().unwrap_or_default();
    claim.saw("tcp-client", connected);
    assert!(client.status.success(), "{client}");
    let taken = format!("connected to {} ", server.address());
    assert!(connected.contains(&taken), "{client}");
}

#[test]
fn claim_08_an_address_is_a_host_and_a_port_in_one() {
    let claim = Claim::new(8, "an address is a host and a port in one");
    let server = tcp_server();
    let port = server.address().port();
    let text = format!("127.0.0.1:{port}");
    for (what, stream) in [
        ("a tuple", TcpStream::connect(("127.0.0.1", port))),
        ("a text", TcpStream::connect(&text)),
        ("an address", TcpStream::connect(server.address())),
    ] {
        let peer = stream.unwrap().peer_addr().unwrap();
        claim.saw(what, format_args!("connected to {peer}"));
        assert_eq!(peer, server.address());
    }
    let host = TcpStream::connect("127.0.0.1");
    claim.saw("a host alone", outcome(&host));
    assert_eq!(host.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn claim_08_python_wants_one_argument_not_two() {
    let claim = Claim::new(8, "in Python, connect takes one argument, not two");
    let code = "import socket; socket.socket().connect('127.0.0.1', 9)";
    let Some(python) = claim.python(code) else {
        return;
    };
    let error = python.stderr.lines().last().unwrap_or_default();
    claim.saw("connect(host, port)", error);
    assert!(error.starts_with("TypeError"), "{python}");
}

#[test]
fn claim_09_a_failed_connect_is_an_error_with_the_systems_number() {
    let claim = Claim::new(9, "a failed connect is an error with the system's number");
    let (_nobody, address) = nobody::tcp();
    let refused = TcpStream::connect(address);
    claim.saw("TcpStream::connect", outcome(&refused));
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    let number = refused.raw_os_error().unwrap();

    let client = lab::run(program("tcp-client").arg(address.to_string()));
    claim.saw("tcp-client", &client.stderr);
    assert_eq!(client.code(), Some(1), "{client}");
    assert!(client.stderr.contains(&format!("(os error {number})")));
}

#[test]
fn claim_09_pythons_socket_error_is_now_oserror() {
    let claim = Claim::new(9, "Python's socket.error is OSError by now");
    let (_nobody, address) = nobody::tcp();
    let code = format!(
        "import socket
print(socket.error is OSError)
try:
    socket.socket().connect(('127.0.0.1', {}))
except socket.error as error:
    print(type(error).__name__)",
        address.port()
    );
    let Some(python) = claim.python(&code) else {
        return;
    };
    claim.saw("is OSError; is raised", &python.stdout);
    let lines: Vec<_> = python.stdout.lines().collect();
    assert_eq!(lines, ["True", "ConnectionRefusedError"], "{python}");
}

#[test]
fn claim_10_a_number_tells_of_the_failures_of_the_call_itself() {
    let claim = Claim::new(10, "a number tells of the failures of the call itself");
    let server = TcpListener::bind(LOOPBACK).unwrap();
    let connected = TcpStream::connect(server.local_addr().unwrap());
    claim.saw("a server", outcome(&connected));
    assert!(connected.is_ok());

    let (_nobody, address) = nobody::tcp();
    let refused = TcpStream::connect(address).unwrap_err();
    claim.saw("nobody there", format_args!("{:?}", refused.raw_os_error()));
    assert!(refused.raw_os_error().is_some());

    // A label of a name has at most 63 characters: no other machine needs to be asked for this one.
    let unknown = format!("{}:80", "x".repeat(64)).to_socket_addrs();
    let unknown = unknown.map(drop).unwrap_err();
    claim.saw("no such name", format_args!("{:?}", unknown.raw_os_error()));
    #[cfg(unix)] // Windows has numbers for names too
    assert_eq!(unknown.raw_os_error(), None);

    let client = lab::run(program("tcp-client").arg("127.0.0.1:99999"));
    claim.saw(
        "port 99999",
        client.stderr.lines().next().unwrap_or_default(),
    );
    assert_eq!(client.code(), Some(2), "{client}");
}

#[test]
fn claim_10_pythons_connect_ex_still_raises() {
    let claim = Claim::new(10, "Python's connect_ex returns a number, but not always");
    let server = TcpListener::bind(LOOPBACK).unwrap();
    let (_nobody, deserted) = nobody::tcp();
    let code = format!(
        "import errno, socket
for address in ('127.0.0.1', {}), ('127.0.0.1', {}), ('::1', 80), ('127.0.0.1', 99999):
    try:
        number = socket.socket().connect_ex(address)
        print('returns', errno.errorcode.get(number, number))
    except Exception as error:
        print('raises', type(error).__name__)",
        server.local_addr().unwrap().port(),
        deserted.port()
    );
    let Some(python) = claim.python(&code) else {
        return;
    };
    let expected = [
        ("a server", "returns 0"),
        ("nobody there", "returns ECONNREFUSED"),
        ("a host of the other family", "raises gaierror"),
        ("port 99999", "raises OverflowError"),
    ];
    let answers: Vec<_> = python.stdout.lines().collect();
    for ((what, _), answer) in expected.iter().zip(&answers) {
        claim.saw(what, answer);
    }
    assert_eq!(answers, expected.map(|(_, answer)| answer), "{python}");
}

/// Unix: elsewhere, the standard library has no such sockets.
#[cfg(unix)]
#[test]
fn claim_11_a_unix_socket_has_a_path_and_no_network() {
    use std::os::unix::net::{UnixListener, UnixStream};

    let claim = Claim::new(11, "a Unix socket has a path, and neither address nor port");
    let path = std::env::temp_dir().join(format!("claim-11-{}", std::process::id()));
    let listener = UnixListener::bind(&path).unwrap();
    let client = UnixStream::connect(&path);
    std::fs::remove_file(&path).unwrap();
    let gone = UnixStream::connect(&path);
    claim.saw("its address", path.display());
    claim.saw("connect", outcome(&client));
    claim.saw("connect, the file removed", outcome(&gone));
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::NotFound);

    let (mut accepted, _) = listener.accept().unwrap();
    client.unwrap().write_all(b"Michael").unwrap();
    let mut received = String::new();
    accepted.read_to_string(&mut received).unwrap();
    claim.saw("received", &received);
    assert_eq!(received, "Michael");

    let address = Socket::from(listener).local_addr().unwrap();
    claim.saw("as IP and port", format_args!("{:?}", address.as_socket()));
    assert!(address.is_unix());
    assert_eq!(address.as_socket(), None);
}

/// The examples `unix_server` and `unix_client`. Windows has such sockets too, but not under Wine.
#[cfg(unix)]
#[test]
fn claim_11_tcp_server_works_on_a_unix_socket_as_well() {
    let claim = Claim::new(11, "the tutorial's server works on a Unix socket as well");
    let path = std::env::temp_dir().join(format!("claim-11-greet-{}", std::process::id()));
    let server = Running::start(example("unix_server").arg(&path));
    server.wait_for("listening on");
    let client = lab::run(example("unix_client").arg(&path));
    claim.saw("the client", &client.stdout);
    assert!(client.status.success(), "{client}");
    let greetings = "Welcome!\nHello, Michael!\nHello, Tracy!\nHello, Sarah!\n";
    assert_eq!(client.stdout, greetings);

    server.ctrl_c();
    let server = server.finish();
    claim.saw("the server, until Ctrl+C", &server.stdout);
    assert_eq!(server.code(), Some(0), "{server}");
    claim.saw("the file is still there", path.exists());
    assert!(!path.exists());
}

/// Linux, whose /proc tells what a process may do.
#[cfg(target_os = "linux")]
#[test]
fn claim_12_raw_sockets_carry_icmp_for_those_who_may() {
    use socket2::Protocol;

    let claim = Claim::new(12, "raw sockets carry ICMP, for those who may");
    let raw = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4));
    claim.saw("a raw ICMP socket", outcome(&raw));
    if !may_open_raw_sockets() {
        assert_eq!(raw.unwrap_err().kind(), ErrorKind::PermissionDenied);
        return;
    }

    let socket = raw.unwrap();
    let included = socket.set_header_included_v4(true);
    claim.saw("IP_HDRINCL", outcome(&included));
    included.unwrap();
    socket.set_header_included_v4(false).unwrap();
    let no_protocol = Socket::new(Domain::IPV4, Type::RAW, None);
    claim.saw("no protocol", outcome(&no_protocol));
    assert_eq!(no_protocol.unwrap_err().raw_os_error(), Some(93));

    let reply = ping(socket);
    claim.saw("ping 127.0.0.1", format_args!("ICMP type {}", reply[0]));
    assert_eq!(reply[0], 0, "an echo reply");

    // The same test again, by somebody who may not.
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "--nocapture"]);
    again.arg("sockets::claim_12_raw_sockets_carry_icmp_for_those_who_may");
    let Some(again) = claim.start_as_ordinary_user(&mut again) else {
        return;
    };
    let again = again.finish();
    let mut lines = again.stdout.lines();
    let raw = lines.find_map(|line| line.trim().strip_prefix("a raw ICMP socket"));
    let raw = raw.unwrap_or_else(|| panic!("{again}")).trim();
    claim.saw("an ordinary user's", raw);
    assert!(again.status.success(), "{again}");
    assert!(raw.ends_with("(os error 1)"), "{again}");
}

/// An ICMP echo request: type 8, code 0, checksum, identifier, sequence number.
#[cfg(target_os = "linux")]
const PING: [u8; 8] = [8, 0, 0xab, 0xcd, 0x40, 0x2d, 0x0c, 0x05];

/// Sends a request to this machine and returns the answer to it.
#[cfg(target_os = "linux")]
fn ping(socket: Socket) -> Vec<u8> {
    let socket = UdpSocket::from(socket);
    let patient = socket.set_read_timeout(Some(lab::PATIENCE));
    patient.expect("a minute is a time");
    let sent = socket.send_to(&PING, LOOPBACK);
    assert_eq!(sent.expect("an echo request can be sent"), PING.len());
    let mut packet = [0; 1500];
    loop {
        let length = socket.recv(&mut packet).expect("an answer comes");
        // What a raw IPv4 socket receives begins with the IP header, whose first byte tells its length.
        let header = usize::from(packet[0] & 0x0f) * 4;
        let message = &packet[header..length];
        // The request comes past too, and others may be pinging.
        if message[4..] == PING[4..] && message[0] != PING[0] {
            return message.to_vec();
        }
    }
}

/// Whether this process has CAP_NET_RAW, the right to raw sockets.
#[cfg(target_os = "linux")]
fn may_open_raw_sockets() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let set = line.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    set.unwrap_or_default() & (1 << 13) != 0
}

/// Linux: macOS and Windows have no such Unix socket.
#[cfg(target_os = "linux")]
#[test]
fn claim_13_sequenced_packets_keep_their_boundaries() {
    let claim = Claim::new(13, "sequenced packets keep their boundaries");
    let two_names = |kind: Type| {
        let (mut here, mut there) = Socket::pair(Domain::UNIX, kind, None).unwrap();
        for name in ["Michael", "Tracy"] {
            here.write_all(name.as_bytes()).unwrap();
        }
        let mut buffer = [0; 1024];
        let length = there.read(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    let packet = two_names(Type::SEQPACKET);
    let stream = two_names(Type::STREAM);
    claim.saw("sent", "Michael, then Tracy");
    claim.saw("SOCK_SEQPACKET, first recv", &packet);
    claim.saw("SOCK_STREAM, first recv", &stream);
    assert_eq!(packet, "Michael");
    assert_eq!(stream, "MichaelTracy");

    let internet = Socket::new(Domain::IPV4, Type::SEQPACKET, None);
    claim.saw("SOCK_SEQPACKET over IPv4", outcome(&internet));
    assert_eq!(internet.unwrap_err().raw_os_error(), Some(94));
}

#[test]
fn claim_14_the_socket_calls_are_all_that_a_server_needs() {
    let claim = Claim::new(14, "the socket calls and threads do a framework's work");
    let server = tcp_server();
    let mut clients = [0; 3].map(|_| TcpStream::connect(server.address()).unwrap());
    for (number, client) in clients.iter_mut().enumerate() {
        let mut welcome = [0; 8];
        client.read_exact(&mut welcome).unwrap();
        let welcome = String::from_utf8_lossy(&welcome);
        claim.saw(format_args!("client {} of 3", number + 1), &welcome);
        assert_eq!(welcome, "Welcome!");
    }
}

#[test]
fn claim_14_pythons_framework_has_another_name_now() {
    let claim = Claim::new(14, "Python's SocketServer is called socketserver by now");
    let Some(old) = claim.python("import SocketServer") else {
        return;
    };
    let error = old.stderr.lines().last().unwrap_or_default();
    claim.saw("import SocketServer", error);
    assert!(error.starts_with("ModuleNotFoundError"), "{old}");

    let code = "import socketserver; print(socketserver.ThreadingTCPServer.__name__)";
    let new = claim.python(code).unwrap();
    claim.saw("import socketserver", &new.stdout);
    assert_eq!(new.stdout.trim(), "ThreadingTCPServer", "{new}");
}

#[test]
fn claim_74_connect_tells_the_socket_its_peer() {
    let claim = Claim::new(74, "a socket learns its peer from connect");
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let server = listener.local_addr().unwrap();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let before = socket.peer_addr();
    claim.saw("created, its type", format_args!("{:?}", socket.r#type()));
    claim.saw("created, its peer", outcome(&before));
    assert_eq!(socket.r#type().unwrap(), Type::STREAM);
    assert_eq!(before.unwrap_err().kind(), ErrorKind::NotConnected);
    socket.connect(&server.into()).unwrap();
    let peer = socket.peer_addr().unwrap().as_socket().unwrap();
    claim.saw("connected, its peer", peer);
    assert_eq!(peer, server);
}

/// Linux, where listen without bind gives the socket a port.
#[cfg(target_os = "linux")]
#[test]
fn claim_75_the_handshake_does_not_need_a_bind() {
    let claim = Claim::new(75, "a handshake takes place without a bind");
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.listen(5).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    let connected = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
    claim.saw("listening, never bound: connect", outcome(&connected));
    assert!(connected.is_ok());
}

#[test]
fn claim_76_an_ipv4_socket_connects_any_two_processes() {
    let claim = Claim::new(76, "AF_INET also connects a client on this machine");
    let server = tcp_server();
    let client = lab::run(program("tcp-client").args([&server.address().to_string(), "Michael"]));
    claim.saw("a client and a server, AF_INET", &client.stdout);
    assert!(server.address().is_ipv4());
    assert!(client.stdout.contains("Hello, Michael!"), "{client}");
}
