//! Claims 64 to 70 of docs/claims.md: datagrams, what they save and what they cost.

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Instant;

use lab::claim::in_vain;
use lab::{Claim, Running, Talk, connect, connection, example, nobody, outcome, program};
#[cfg(unix)]
use lab::{PATIENCE, welcomed};
use socket2::SockRef;

const LOOPBACK: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// What IPv4's 65535 bytes leave after its own header of 20 and UDP's of 8.
const LARGEST: usize = 65507;

fn udp_server() -> Running {
    Running::start(program("udp-server").arg("127.0.0.1:0"))
}

fn udp_socket() -> UdpSocket {
    let socket = lab::udp_socket("127.0.0.1:0");
    // On macOS, no datagram is larger than this buffer, which has 9216 bytes there.
    SockRef::from(&socket)
        .set_send_buffer_size(1 << 16)
        .unwrap();
    socket
}

fn receive_from(socket: &UdpSocket) -> (String, SocketAddr) {
    let mut buffer = [0; 1024];
    let (length, peer) = socket.recv_from(&mut buffer).unwrap();
    let text = String::from_utf8_lossy(&buffer[..length]);
    (text.into_owned(), peer)
}

fn receive(socket: &UdpSocket) -> String {
    receive_from(socket).0
}

#[test]
fn claim_64_knowing_the_address_is_enough_to_send() {
    let claim = Claim::new(64, "knowing the address is enough to send");
    let server = udp_server();
    let socket = udp_socket();
    let sent = socket.send_to(b"Michael", server.address());
    claim.saw("send, to udp-server", outcome(&sent));
    let answer = receive(&socket);
    claim.saw("its answer", &answer);
    assert_eq!(answer, "Hello, Michael!");

    let (_nobody, address) = nobody::tcp();
    let refused = TcpStream::connect(address);
    claim.saw("TCP, nobody there: connect", outcome(&refused));
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::ConnectionRefused);

    let (_nobody, address) = nobody::udp();
    let sent = udp_socket().send_to(b"Michael", address);
    claim.saw("UDP, nobody there: send", outcome(&sent));
    assert_eq!(sent.unwrap(), 7);

    let mut client = program("udp-client");
    client.args([&address.to_string(), "Michael", "--timeout", "0.2"]);
    let client = lab::run(client.env("RUST_LOG", "debug"));
    claim.saw("udp-client", &client.stderr);
    assert!(client.stderr.contains("sent 7 bytes"), "{client}");
    assert_eq!(client.code(), Some(1), "{client}");
}

#[test]
fn claim_65_one_socket_serves_every_client() {
    let claim = Claim::new(65, "one socket serves every client, and does not listen");
    let listens = SockRef::from(&udp_socket()).listen(5);
    claim.saw("bind, then listen", outcome(&listens));
    assert!(listens.is_err());

    let server = udp_server();
    let names = ["Michael", "Tracy", "Sarah"];
    let clients = names.map(|_| udp_socket());
    // All ask before one reads.
    for (client, name) in clients.iter().zip(names) {
        client.send_to(name.as_bytes(), server.address()).unwrap();
    }
    for (client, name) in clients.iter().zip(names).rev() {
        let (answer, peer) = receive_from(client);
        let own = client.local_addr().unwrap();
        claim.saw(format_args!("{name}, from {own}"), &answer);
        assert_eq!(answer, format!("Hello, {name}!"));
        assert_eq!(peer, server.address());
        server.wait_for(&format!("Received from {own}."));
    }
    assert_eq!(server.stdout().lines().count(), 4, "bound, and three came");
}

#[test]
fn claim_66_connect_keeps_strangers_out_and_sends_nothing() {
    let claim = Claim::new(66, "connect keeps strangers out, and sends nothing");
    let [server, stranger] = [(); 2].map(|()| udp_socket());
    for connected in [false, true] {
        let client = udp_socket();
        if connected {
            client.connect(server.local_addr().unwrap()).unwrap();
            client.send(b"Michael").unwrap();
            let first = receive(&server);
            claim.saw("the server's first datagram", &first);
            assert_eq!(first, "Michael");
        }
        let address = client.local_addr().unwrap();
        stranger.send_to(b"I am a stranger", address).unwrap();
        server.send_to(b"Hello, Michael!", address).unwrap();
        let (first, peer) = receive_from(&client);
        let what = if connected {
            "connected"
        } else {
            "not connected"
        };
        claim.saw(format_args!("{what}, recv"), &first);
        assert_eq!(peer == server.local_addr().unwrap(), connected);

        client.set_nonblocking(true).unwrap();
        assert_eq!(in_vain(&client.recv(&mut [0; 1024])), connected);
    }
}

#[test]
fn claim_66_connect_lets_a_client_learn_that_nobody_is_there() {
    let claim = Claim::new(66, "connect lets a client learn that nobody is there");
    if env::var_os("WINEPREFIX").is_some() {
        claim.skipped("Wine keeps a dead port's complaint to itself");
        return;
    }
    let (socket, address) = nobody::udp();
    // Only from a port that nobody has is Windows sure to complain, and there even to those who are not
    // connected.
    if cfg!(windows) {
        drop(socket);
    } else {
        let mut client = program("udp-client");
        let client = lab::run(client.args([&address.to_string(), "--timeout", "0.2"]));
        claim.saw("udp-client", &client.stderr);
        assert!(client.stderr.contains("no answer within"), "{client}");
    }
    let connected = lab::run(example("connected").arg(address.to_string()));
    claim.saw("connected", &connected.stderr);
    assert_eq!(connected.code(), Some(1), "{connected}");
    assert!(!connected.stderr.contains("no answer"), "{connected}");
    assert!(cfg!(windows) || connected.stderr.contains("refused"));
}

#[test]
fn claim_67_recvfrom_names_the_sender_and_sendto_counts() {
    let claim = Claim::new(67, "recvfrom names the sender, sendto counts");
    let [sender, receiver] = [(); 2].map(|()| udp_socket());
    let address = receiver.local_addr().unwrap();
    let sent = sender.send_to(b"Michael", address).unwrap();
    claim.saw("send_to returns", sent);
    assert_eq!(sent, 7);
    let got = receive_from(&receiver);
    claim.saw("recv_from returns", format_args!("{got:?}"));
    assert_eq!(got, ("Michael".into(), sender.local_addr().unwrap()));
}

#[test]
fn claim_67_a_datagram_has_at_most_65507_bytes() {
    let claim = Claim::new(67, "a datagram has at most 65507 bytes");
    let [sender, receiver] = [(); 2].map(|()| udp_socket());
    let address = receiver.local_addr().unwrap();
    let bytes = vec![b'x'; LARGEST + 1];
    let largest = sender.send_to(&bytes[..LARGEST], address);
    claim.saw("65507 bytes", outcome(&largest));
    assert_eq!(largest.unwrap(), LARGEST);
    let length = receiver.recv(&mut vec![0; LARGEST + 1]).unwrap();
    claim.saw("received", length);
    assert_eq!(length, LARGEST);

    let larger = sender.send_to(&bytes, address);
    claim.saw("65508 bytes", outcome(&larger));
    assert!(larger.is_err());

    // Windows has no room for that much in a command line.
    if cfg!(unix) {
        let name = String::from_utf8(bytes).unwrap();
        let client = lab::run(program("udp-client").args([&address.to_string(), &name]));
        claim.saw("udp-client, 65508 bytes", &client.stderr);
        assert_eq!(client.code(), Some(1), "{client}");
        let words = larger.unwrap_err().to_string();
        assert!(client.stderr.contains(&words), "{client}");
    }
}

/// Unix, where a signal stops a program that does not know of it.
#[cfg(unix)]
#[test]
fn claim_68_a_stopped_server_loses_datagrams_in_silence() {
    let claim = Claim::new(68, "a stopped server loses datagrams, in silence");
    let server = udp_server();
    let address = server.address();
    let [many, last] = [(); 2].map(|()| udp_socket());
    server.stop();
    let sent = 20_000;
    for number in 0..sent {
        let datagram = format!("{number:01000}");
        many.send_to(datagram.as_bytes(), address).unwrap();
    }
    claim.saw("sent, none with an error", sent);
    assert!(!server.stdout().contains("Received"), "it has stopped");
    server.go_on();

    // What is queued now comes after all that was kept of the others. It may be lost like them.
    last.set_read_timeout(Some(std::time::Duration::from_millis(100)))
        .unwrap();
    let start = Instant::now();
    let answered = || {
        last.send_to(b"Tracy", address).unwrap();
        last.recv(&mut [0; 1024]).is_ok()
    };
    while !answered() {
        assert!(start.elapsed() < PATIENCE, "no answer");
    }
    server.wait_for(&received_from(&last));
    let received = server.stdout().matches(&received_from(&many)).count();
    claim.saw("received, the server going on", received);
    assert!(0 < received && received < sent);
}

/// The line that udp-server prints of a datagram.
#[cfg(unix)]
fn received_from(socket: &UdpSocket) -> String {
    format!("Received from {}.", socket.local_addr().unwrap())
}

#[cfg(unix)]
#[test]
fn claim_68_a_stopped_servers_tcp_client_waits_and_loses_nothing() {
    let claim = Claim::new(68, "a stopped server's TCP client waits, and loses nothing");
    let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let mut client = welcomed(server.address());
    // A small buffer is soon full; the system gives more to who sends more.
    SockRef::from(&client)
        .set_send_buffer_size(1 << 16)
        .unwrap();
    server.stop();
    client.set_nonblocking(true).unwrap();
    let numbers: Vec<_> = (0..1_000_000)
        .map(|number| format!("{number:06}"))
        .collect();
    let numbers = numbers.join("\n");
    let mut sent = 0;
    let full = loop {
        match client.write(&numbers.as_bytes()[sent..]) {
            Ok(length) if length > 0 => sent += length,
            end => break end,
        }
    };
    claim.saw("bytes sent", sent);
    claim.saw("then", outcome(&full));
    assert!(in_vain(&full));
    assert!(in_vain(&client.read(&mut [0; 1])), "it has stopped");

    server.go_on();
    client.set_nonblocking(false).unwrap();
    client.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answers = Vec::new();
    client.read_to_end(&mut answers).unwrap();
    // Every receive was answered with `Hello, …!`: what is left is what the server received.
    answers.retain(|byte| !b"Hello, !".contains(byte));
    claim.saw("received, the server going on", answers.len());
    assert!(answers == numbers.as_bytes()[..sent], "all, and in order");
}

const MEGABYTE: usize = 1 << 20;

/// So many small sends fit into any system's buffer.
const SENDS: usize = 32;

/// How many calls it takes to send a megabyte.
fn calls(mut send: impl FnMut(&[u8]) -> io::Result<usize>) -> usize {
    let bytes = vec![b'x'; MEGABYTE];
    let (mut done, mut calls) = (0, 0);
    while done < MEGABYTE {
        done += send(&bytes[done..]).unwrap();
        calls += 1;
    }
    calls
}

#[test]
fn claim_69_a_megabyte_takes_more_datagrams_than_writes() {
    let claim = Claim::new(69, "a megabyte takes more calls to send by UDP than by TCP");
    let (mut client, mut server) = connection();
    let reader = thread::spawn(move || server.read_to_end(&mut Vec::new()));
    let tcp = calls(|bytes| client.write(bytes));
    claim.saw("TCP, all at once", tcp);
    drop(client);
    assert_eq!(reader.join().unwrap().unwrap(), MEGABYTE);

    let [sender, receiver] = [(); 2].map(|()| udp_socket());
    let address = receiver.local_addr().unwrap();
    let send =
        |most: usize| calls(|bytes| sender.send_to(&bytes[..most.min(bytes.len())], address));
    let largest = send(LARGEST);
    claim.saw("UDP, the largest datagrams", largest);
    let small = send(1024);
    claim.saw("UDP, 1024 bytes at a time", small);
    assert!(tcp < largest && largest < small);
    assert_eq!([largest, small], [MEGABYTE.div_ceil(LARGEST), 1024]);
}

#[test]
fn claim_69_tcp_gathers_small_sends_and_udp_does_not() {
    let claim = Claim::new(69, "TCP gathers small sends, UDP does not");
    let small = [b'x'; 1024];
    let mut large = vec![0; SENDS * 1024];

    let (mut client, mut server) = connection();
    for _ in 0..SENDS {
        client.write_all(&small).unwrap();
    }
    server.wait_for_bytes(large.len());
    let length = server.read(&mut large).unwrap();
    claim.saw("32 sends of 1024 bytes, TCP: one recv", length);
    assert_eq!(length, large.len());

    let [sender, receiver] = [(); 2].map(|()| udp_socket());
    for _ in 0..SENDS {
        sender
            .send_to(&small, receiver.local_addr().unwrap())
            .unwrap();
    }
    let lengths = [(); SENDS].map(|()| receiver.recv(&mut large).unwrap());
    claim.saw("the same, UDP: 32 recvs of", lengths[0]);
    assert_eq!(lengths, [1024; SENDS]);
}

/// Only the answers are asserted on: how long they take is the machine's affair.
#[test]
fn claim_69_what_it_costs_here() {
    let claim = Claim::new(69, "the time it takes here, over one TCP connection as 1");
    let (tcp, udp) = (tcp_echo(), udp_echo());
    let ask = |stream: &TcpStream| {
        stream.send("Michael");
        stream.expect("Michael");
    };
    let (stream, socket) = (connect(tcp), udp_socket());
    // In turn, so that what else the machine does troubles all of them.
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..500 {
        times[0].push(time(|| ask(&stream)));
        times[1].push(time(|| {
            socket.send_to(b"Michael", udp).unwrap();
            assert_eq!(receive(&socket), "Michael");
        }));
        times[2].push(time(|| ask(&connect(tcp))));
    }
    let [kept, datagrams, new] = times.map(median);
    claim.saw("a round trip, UDP", format!("{:.1}", datagrams / kept));
    claim.saw(
        "a round trip, TCP, each on a new connection",
        format!("{:.1}", new / kept),
    );
}

/// Plain servers, which print nothing: what is compared is TCP and UDP.
fn tcp_echo() -> SocketAddr {
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || echo(stream?));
        }
    });
    address
}

fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..length])?;
    }
}

fn udp_echo() -> SocketAddr {
    let socket = UdpSocket::bind(LOOPBACK).unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || -> io::Result<()> {
        let mut buffer = [0; 1024];
        loop {
            let (length, peer) = socket.recv_from(&mut buffer)?;
            socket.send_to(&buffer[..length], peer)?;
        }
    });
    address
}

/// How many seconds this takes.
fn time(ask: impl FnOnce()) -> f64 {
    let start = Instant::now();
    ask();
    start.elapsed().as_secs_f64()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

#[test]
fn claim_70_two_datagrams_are_two_messages() {
    let claim = Claim::new(70, "two datagrams are two messages");
    let [sender, receiver] = [(); 2].map(|()| udp_socket());
    let names = ["Michael", "Tracy"];
    for name in names {
        sender
            .send_to(name.as_bytes(), receiver.local_addr().unwrap())
            .unwrap();
    }
    let messages = names.map(|_| receive(&receiver));
    claim.saw("two recvs", format_args!("{messages:?}"));
    assert_eq!(messages, names);
}

#[test]
fn claim_70_what_is_too_long_is_cut_and_the_rest_is_gone() {
    let claim = Claim::new(70, "what is too long is cut, and the rest is gone");
    let [sender, receiver] = [(); 2].map(|()| udp_socket());
    let address = receiver.local_addr().unwrap();
    sender.send_to(&[b'x'; 2000], address).unwrap();
    sender.send_to(b"Tracy", address).unwrap();
    let cut = receiver.recv(&mut [0; 1024]);
    claim.saw("2000 bytes, recv 1024", format_args!("{cut:?}"));
    // Windows cuts it too, and says so with an error.
    assert_eq!(cut.ok(), cfg!(unix).then_some(1024));
    let next = receive(&receiver);
    claim.saw("the next recv", &next);
    assert_eq!(next, "Tracy");

    let server = udp_server();
    sender.send_to(&[b'x'; 2000], server.address()).unwrap();
    sender.send_to(b"Tracy", server.address()).unwrap();
    claim.saw("udp-server", server.wait_for("[WARN ]"));
    if cfg!(unix) {
        assert!(receive(&sender).starts_with("Hello, xxx"));
    }
    // The Windows server answers the second alone.
    assert_eq!(receive(&sender), "Hello, Tracy!");
}

#[test]
fn claim_70_a_plain_recv_takes_a_strangers_datagram() {
    let claim = Claim::new(
        70,
        "a plain recv takes a stranger's datagram for the answer",
    );
    let [client, server, stranger] = [(); 3].map(|()| udp_socket());
    let address = client.local_addr().unwrap();
    stranger.send_to(b"I am a stranger", address).unwrap();
    server.send_to(b"Hello, Michael!", address).unwrap();
    let mut buffer = [0; 15];
    client.recv(&mut buffer).unwrap();
    claim.saw("recv", buffer.escape_ascii());
    assert_eq!(&buffer, b"I am a stranger");

    let address = server.local_addr().unwrap().to_string();
    let client = Running::start(program("udp-client").args([&address, "Michael"]));
    let (name, peer) = receive_from(&server);
    assert_eq!(name, "Michael");
    stranger.send_to(b"I am a stranger", peer).unwrap();
    client.wait_for("[WARN ]");
    server.send_to(b"Hello, Michael!", peer).unwrap();
    let client = client.finish();
    claim.saw("udp-client", &client.stderr);
    claim.saw("and it prints", &client.stdout);
    assert_eq!(client.stdout, "Hello, Michael!\n");
    assert!(
        client.stderr.contains("which is not the server"),
        "{client}"
    );
}
