//! Claims 40, 43, 47, 48, 51 to 60, 63, 72, 80 and 81 of docs/claims.md: programming TCP.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use lab::{
    Claim, Folder, PATIENCE, Running, Server, Talk, connect, connection, example, outcome, program,
    welcomed,
};
#[cfg(target_os = "linux")]
use socket2::{Domain, Socket, Type};

const LOOPBACK: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// How long a test looks on while nothing happens, where nothing can. Were the claim false, something
/// would happen at once.
const A_MOMENT: Duration = Duration::from_millis(300);

/// A tcp-server that does not think long.
fn tcp_server() -> Running {
    Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]))
}

/// What a call returned, for a reader: in quotes, so that nothing can be seen too.
fn quoted(result: &io::Result<String>) -> String {
    match result {
        Ok(text) => format!("{text:?}"),
        Err(error) => error.to_string(),
    }
}

/// Linux, where `ss` tells whose a socket is.
#[cfg(target_os = "linux")]
#[test]
fn claim_40_each_end_of_a_connection_belongs_to_a_process() {
    let claim = Claim::new(40, "each end of a connection belongs to a process");
    // It thinks for a day, and its client waits: time enough to look at both.
    let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "86400"]));
    let address = server.address();
    let client = Running::start(program("tcp-client").arg(address.to_string()));
    let accepted = server.wait_for("Accept new connection from ");
    let (_, peer) = accepted.split_once(" from ").unwrap();
    let peer = peer.trim_end_matches('.');

    let filter = format!("sport = :{0} or dport = :{0}", address.port());
    let Some(listing) = claim.tool("ss", &["-Htnp", "state", "established", &filter]) else {
        return;
    };
    if !listing.contains("pid=") {
        claim.skipped("ss may not say here whose a socket is");
        return;
    }
    let rows = listing.lines().map(|row| row.split_whitespace().collect());
    let rows: Vec<String> = rows.map(|row: Vec<_>| row.join(" ")).collect();
    for (what, running, ends) in [
        ("tcp-server", &server, format!("{address} {peer}")),
        ("tcp-client", &client, format!("{peer} {address}")),
    ] {
        let row = rows.iter().find(|row| row.contains(&ends)).unwrap();
        claim.saw(format_args!("{what} is process {}", running.id()), row);
        assert!(row.contains(&format!("pid={},", running.id())));
    }
    assert_eq!(rows.len(), 2, "{listing}");
}

#[test]
fn claim_43_both_sides_may_send_at_once() {
    let claim = Claim::new(43, "both sides may send at once");
    let (client, accepted) = connection();
    client.send("Michael");
    accepted.send("Tracy");
    // Peeking takes nothing away: both are on their way, and neither has been received.
    let mut buffer = [0; 16];
    let [there, here] = [&accepted, &client].map(|end| end.peek(&mut buffer).unwrap());
    claim.saw("waits at one end", format_args!("{there} bytes"));
    claim.saw("waits at the other", format_args!("{here} bytes"));
    assert!(there > 0 && here > 0);

    let [there, here] = [accepted.receive(7), client.receive(5)];
    claim.saw("received", format_args!("{there} and {here}"));
    assert_eq!([there, here], ["Michael", "Tracy"]);
}

#[test]
fn claim_43_one_direction_may_end_and_the_other_goes_on() {
    let claim = Claim::new(43, "one direction may end, and the other goes on");
    let (client, mut accepted) = connection();
    client.shutdown(Shutdown::Write).unwrap();
    let end = accepted.recv();
    claim.saw("the client has sent all: recv", quoted(&end));
    assert_eq!(end.unwrap(), "");
    let sent = accepted.write_all(b"Hello, Michael!");
    claim.saw("the other side sends", outcome(&sent));
    drop(accepted);
    let received = client.until_the_end();
    claim.saw("the client receives", &received);
    assert_eq!(received, "Hello, Michael!");

    let server = tcp_server();
    let client = connect(server.address());
    client.send("Michael");
    client.shutdown(Shutdown::Write).unwrap();
    let received = client.until_the_end();
    claim.saw("tcp-server does the same", &received);
    assert_eq!(received, "Welcome!Hello, Michael!");
}

#[test]
fn claim_47_an_empty_recv_says_that_the_peer_sends_no_more() {
    let claim = Claim::new(47, "an empty recv says that the peer sends no more");
    let (client, accepted) = connection();
    client.send("Michael");
    client.shutdown(Shutdown::Write).unwrap();
    for (number, expected) in ["Michael", "", ""].iter().enumerate() {
        let received = accepted.recv();
        claim.saw(format_args!("recv {}", number + 1), quoted(&received));
        assert_eq!(received.unwrap(), *expected);
    }
    // It says nothing of this side.
    accepted.send("Hello, Michael!");
    let answer = client.receive(15);
    claim.saw("and after that, an answer", &answer);
    assert_eq!(answer, "Hello, Michael!");
}

/// A web server for one client, which sends so much of a page of ten bytes, and closes.
fn page_server(length: usize) -> Server<String> {
    Server::answers(move |client| {
        client.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        client.send(&"0123456789"[..length]);
    })
}

#[test]
fn claim_47_what_breaks_off_ends_just_like_what_is_whole() {
    let claim = Claim::new(47, "what breaks off ends just like what is whole");
    let folder = Folder::new();
    for (what, length, code) in [("whole", 10, 0), ("broken off", 4, 1)] {
        // The tutorial's way: until nothing comes.
        let client = connect(page_server(length).address);
        client.send("GET / HTTP/1.1\r\n\r\n");
        let received = client.until_the_end();
        let end = client.recv();
        let (_, body) = received.split_once("\r\n\r\n").unwrap();
        claim.saw(
            format_args!("{what}, until nothing comes"),
            format_args!("{body:?}, then {}", quoted(&end)),
        );
        assert_eq!(body, &"0123456789"[..length]);
        assert_eq!(end.unwrap(), "");

        // http-fetch counts.
        let fetch = folder.fetch(page_server(length).address, &[]);
        let said = fetch.stderr.lines().next().unwrap_or_default();
        claim.saw(format_args!("{what}, http-fetch"), said);
        assert_eq!(fetch.code(), Some(code), "{fetch}");
    }
}

#[test]
fn claim_47_in_udp_it_is_an_empty_datagram() {
    let claim = Claim::new(47, "in UDP, an empty recv is an empty datagram");
    let [here, there] = [(); 2].map(|()| UdpSocket::bind(LOOPBACK).unwrap());
    here.set_read_timeout(Some(PATIENCE)).unwrap();
    for (number, datagram) in ["", "Michael"].iter().enumerate() {
        let sent = there.send_to(datagram.as_bytes(), here.local_addr().unwrap());
        assert_eq!(sent.unwrap(), datagram.len());
        let mut buffer = [0; 1024];
        let received = here.recv(&mut buffer);
        let received = received.map(|length| String::from_utf8_lossy(&buffer[..length]).into());
        claim.saw(format_args!("recv {}", number + 1), quoted(&received));
        assert_eq!(received.unwrap(), *datagram);
    }
}

/// Linux: other systems may close as ever, and reset only when the peer sends again.
#[cfg(target_os = "linux")]
#[test]
fn claim_48_closing_with_something_unread_is_a_reset() {
    let claim = Claim::new(48, "closing with something unread resets the connection");
    for (what, read) in [("all was read", true), ("something is unread", false)] {
        let (client, accepted) = connection();
        client.send("Michael");
        // Either way, it has arrived.
        assert_eq!(accepted.peek(&mut [0; 7]).unwrap(), 7);
        if read {
            accepted.receive(7);
        }
        drop(accepted);
        let end = client.recv();
        claim.saw(format_args!("closed when {what}: recv"), quoted(&end));
        let end = end.map_err(|error| error.kind());
        if read {
            assert_eq!(end, Ok(String::new()));
        } else {
            assert_eq!(end, Err(ErrorKind::ConnectionReset));
        }
    }
}

/// Linux: that a server with something unread resets, see above; that Ctrl+C can be pressed, Unix.
#[cfg(target_os = "linux")]
#[test]
fn claim_48_a_server_that_ends_in_the_middle_resets_its_client() {
    let claim = Claim::new(48, "a server that ends in the middle resets its client");
    let mut server = program("tcp-server");
    server.args(["127.0.0.1:0", "--delay", "1"]);
    let server = Running::start(server.env("RUST_LOG", "debug"));
    let mut client = welcomed(server.address());
    client.send([b'x'; 5000]);
    claim.saw("the client sends", "5000 bytes");
    claim.saw("the server", server.wait_for("received 1024 bytes"));
    server.ctrl_c();
    claim.saw("and then", server.wait_for("Ctrl+C"));
    let mut received = Vec::new();
    let end = client.read_to_end(&mut received);
    claim.saw("the client gets", format_args!("{} bytes", received.len()));
    claim.saw("and then", outcome(&end));
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(server.finish().status.success());
}

/// Linux: how many sends it takes depends on when the system tells, and how it can be asked.
#[cfg(target_os = "linux")]
#[test]
fn claim_48_the_first_send_after_a_close_succeeds() {
    use rustix::event::PollFlags;

    let claim = Claim::new(48, "the first send after the peer's close succeeds");
    let server = tcp_server();
    let mut client = welcomed(server.address());
    client.send("exit");
    let end = client.recv();
    claim.saw("exit: recv", quoted(&end));
    assert_eq!(end.unwrap(), "");

    let first = client.write_all(b"Michael");
    claim.saw("the first send", outcome(&first));
    first.unwrap();
    // Now the server's system says that nobody is there. We wait for that, without receiving or sending.
    let told = wait_for(&client, PollFlags::HUP);
    assert!(told.contains(PollFlags::HUP));
    let second = client.write_all(b"Tracy");
    claim.saw("the second send", outcome(&second));
    assert_eq!(second.unwrap_err().kind(), ErrorKind::BrokenPipe);
}

/// Waits until one of these things, or an error, has happened to a stream. Takes nothing from it.
#[cfg(target_os = "linux")]
fn wait_for(stream: &TcpStream, what: rustix::event::PollFlags) -> rustix::event::PollFlags {
    use rustix::event::{PollFd, Timespec, poll};

    let patience = Timespec::try_from(PATIENCE).unwrap();
    let mut asked = [PollFd::new(stream, what)];
    poll(&mut asked, Some(&patience)).unwrap();
    asked[0].revents()
}

#[test]
fn claim_51_bound_is_not_yet_open() {
    let claim = Claim::new(
        51,
        "a server is there when it listens, not when it is bound",
    );
    let (socket, address) = lab::nobody::tcp();
    let early = TcpStream::connect(address);
    claim.saw("bound: connect", outcome(&early));
    assert_eq!(early.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    socket.listen(5).unwrap();
    let connected = TcpStream::connect(address);
    claim.saw("listening: connect", outcome(&connected));
    assert!(connected.is_ok());
}

/// Linux: others refuse to listen at no address.
#[cfg(target_os = "linux")]
#[test]
fn claim_51_without_bind_nobody_chose_the_port() {
    let claim = Claim::new(51, "who listens without bind gets a port that nobody chose");
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let before = socket.local_addr().unwrap().as_socket().unwrap();
    claim.saw("created", before);
    assert_eq!(before.port(), 0);
    socket.listen(5).unwrap();
    let after = socket.local_addr().unwrap().as_socket().unwrap();
    claim.saw("listening", after);
    assert_ne!(after.port(), 0);
    let connected = TcpStream::connect((Ipv4Addr::LOCALHOST, after.port()));
    claim.saw("connect", outcome(&connected));
    assert!(connected.is_ok());

    let late = socket.bind(&SocketAddr::from(LOOPBACK).into());
    claim.saw("bind after listen", outcome(&late));
    assert_eq!(late.unwrap_err().kind(), ErrorKind::InvalidInput);
}

/// The calls of tcp-server: Linux, where scripts/trace.sh shows them if strace is installed.
#[cfg(target_os = "linux")]
#[test]
fn claim_51_the_server_binds_first() {
    let claim = Claim::new(51, "tcp-server binds first, then listens");
    let Some(calls) = traced_server(&claim) else {
        return;
    };
    let place = |name: &str| calls.iter().position(|call| call.starts_with(name));
    let [bind, listen] = ["bind(", "listen("].map(|name| place(name).unwrap());
    claim.saw(format_args!("call {}", bind + 1), &calls[bind]);
    claim.saw(format_args!("call {}", listen + 1), &calls[listen]);
    assert!(bind < listen, "{calls:?}");
}

/// Linux, whose backlog this is: other systems count in their own ways.
#[cfg(target_os = "linux")]
const BACKLOGS: [u8; 3] = [0, 1, 5];

/// The clients of a server that does not accept: those that are connected, and one that is not.
#[cfg(target_os = "linux")]
struct Queue {
    connected: Vec<TcpStream>,
    waiting: Socket,
    server: SocketAddr,
}

#[cfg(target_os = "linux")]
impl Queue {
    /// Connects clients to a server that listens with this backlog and does not accept, until one
    /// does not get in.
    fn fill(claim: &Claim, server: SocketAddr, backlog: u8) -> Self {
        let mut connected = Vec::new();
        for number in 1..=usize::from(backlog) + 1 {
            connected.push(connect(server));
            await_queues(server, LISTEN, &[number]);
        }
        let waiting = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let next = waiting.connect_timeout(&server.into(), A_MOMENT);
        claim.saw(
            format_args!("backlog {backlog}, nobody accepts"),
            format_args!("{} connected", connected.len()),
        );
        claim.saw(format_args!("backlog {backlog}, the next"), outcome(&next));
        // Not refused: nothing came back at all, and the system goes on trying.
        assert_eq!(next.unwrap_err().kind(), ErrorKind::TimedOut);
        assert_eq!(queues(server, LISTEN), [connected.len()]);

        let filter = format!("sport = :{}", server.port());
        if let Some(listing) = claim.tool("ss", &["-Hltn", &filter]) {
            let columns: Vec<_> = listing.split_whitespace().collect();
            let counts = format!("Recv-Q {} Send-Q {}", columns[1], columns[2]);
            claim.saw(format_args!("backlog {backlog}, ss"), &counts);
            assert_eq!(counts, format!("Recv-Q {} Send-Q {backlog}", backlog + 1));
        }
        Self {
            connected,
            waiting,
            server,
        }
    }

    /// The client that waits gets in, now that there is room: the same connect goes on.
    fn next_gets_in(self, claim: &Claim) -> TcpStream {
        let at_last = self.waiting.connect(&self.server.into());
        let backlog = self.connected.len() - 1;
        claim.saw(
            format_args!("backlog {backlog}, the next, once there is room"),
            outcome(&at_last),
        );
        at_last.unwrap();
        let stream = TcpStream::from(self.waiting);
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }
}

/// The receive queues of the sockets at this port that are in this state: for one that listens, how many
/// connections wait to be accepted, for others, how many bytes to be received.
#[cfg(target_os = "linux")]
fn queues(server: SocketAddr, state: &str) -> Vec<usize> {
    let port = format!(":{:04X}", server.port());
    let listing = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let rows = listing.lines().map(|row| row.split_whitespace().collect());
    // number, this end, the other end, state, the two queues
    let rows = rows.filter(|row: &Vec<_>| row[1].ends_with(&port) && row[3] == state);
    let queues = rows.map(|row| usize::from_str_radix(&row[4][9..], 16).unwrap());
    queues.collect()
}

/// The states by the kernel's numbers.
#[cfg(target_os = "linux")]
const LISTEN: &str = "0A";
#[cfg(target_os = "linux")]
const CLOSE_WAIT: &str = "08"; // the peer has closed

/// Waits until the system has it so. No event tells of what is on its way to a socket that nobody has yet.
#[cfg(target_os = "linux")]
fn await_queues(server: SocketAddr, state: &str, expected: &[usize]) {
    let start = std::time::Instant::now();
    loop {
        let queues = queues(server, state);
        if queues == expected {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "{queues:?}");
        std::thread::yield_now();
    }
}

/// Linux: see above.
#[cfg(target_os = "linux")]
#[test]
fn claim_52_one_more_than_n_get_in_and_the_next_waits() {
    let claim = Claim::new(52, "one more than n get in, and the next waits");
    let servers = BACKLOGS.map(|backlog| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(LOOPBACK).into()).unwrap();
        socket.listen(backlog.into()).unwrap();
        let listener = TcpListener::from(socket);
        let queue = Queue::fill(&claim, listener.local_addr().unwrap(), backlog);
        (listener, queue)
    });
    for (listener, queue) in &servers {
        for client in &queue.connected {
            let (_, peer) = listener.accept().unwrap();
            assert_eq!(peer, client.local_addr().unwrap());
        }
    }
    for (listener, queue) in servers {
        let last = queue.next_gets_in(&claim);
        let (_, peer) = listener.accept().unwrap();
        assert_eq!(peer, last.local_addr().unwrap());
    }
}

/// Linux: see above.
#[cfg(target_os = "linux")]
#[test]
fn claim_52_a_stopped_tcp_server_lets_in_one_more_than_its_backlog() {
    let claim = Claim::new(52, "a stopped tcp-server lets in one more than its backlog");
    let servers = BACKLOGS.map(|backlog| {
        let mut server = program("tcp-server");
        server.args(["127.0.0.1:0", "--backlog", &backlog.to_string()]);
        let server = Running::start(&mut server);
        let address = server.address();
        server.stop();
        let queue = Queue::fill(&claim, address, backlog);
        (server, queue)
    });
    for (server, _) in &servers {
        server.go_on();
    }
    for (server, queue) in servers {
        for client in &queue.connected {
            client.expect("Welcome!");
        }
        let all = queue.connected.len() + 1;
        let last = queue.next_gets_in(&claim);
        last.expect("Welcome!");
        server.wait_for_times("Accept new connection", all);
    }
}

/// Linux: see above.
#[cfg(target_os = "linux")]
#[test]
fn claim_52_a_server_that_is_busy_keeps_the_others_waiting() {
    let claim = Claim::new(52, "a server that is busy keeps the others waiting");
    let server = Running::start(example("one_at_a_time").arg("127.0.0.1:0"));
    let first = welcomed(server.address());
    claim.saw("one_at_a_time", "is busy with a client");
    let queue = Queue::fill(&claim, server.address(), 5);
    first.send("exit");
    assert_eq!(queue.connected[0].receive(8), "Welcome!");
    let last = queue.next_gets_in(&claim);
    assert_eq!(last.peer_addr().unwrap(), server.address());
}

#[test]
fn claim_52_zero_is_allowed_and_so_is_less() {
    let claim = Claim::new(52, "zero is allowed, and so is less");
    for backlog in [0, -1] {
        let (socket, address) = lab::nobody::tcp();
        let listens = socket.listen(backlog);
        claim.saw(format_args!("listen({backlog})"), outcome(&listens));
        listens.unwrap();
        let connected = TcpStream::connect_timeout(&address, PATIENCE);
        claim.saw("a client", outcome(&connected));
        assert!(connected.is_ok());
    }
}

#[test]
fn claim_52_the_backlog_is_not_a_pool_of_connections() {
    let claim = Claim::new(52, "accepted connections do not count");
    let mut server = program("tcp-server");
    server.args(["127.0.0.1:0", "--delay", "0", "--backlog", "0"]);
    let server = Running::start(&mut server);
    let clients: Vec<_> = (0..10).map(|_| welcomed(server.address())).collect();
    for (number, client) in clients.iter().enumerate() {
        client.is_greeted_as(format!("client {number}"));
    }
    claim.saw("the server", server.wait_for("backlog 0"));
    let accepted = server.stdout().matches("Accept").count();
    let closed = server.stdout().matches("closed").count();
    claim.saw("welcomed, all at the same time", accepted - closed);
    assert_eq!((accepted, closed), (10, 0));
}

#[test]
fn claim_53_accept_waits_and_returns_a_socket_and_an_address() {
    let claim = Claim::new(53, "accept waits, and returns a new socket and an address");
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let nobody = listener.accept();
    claim.saw("nobody there, told not to wait", outcome(&nobody));
    assert_eq!(nobody.unwrap_err().kind(), ErrorKind::WouldBlock);

    listener.set_nonblocking(false).unwrap();
    for number in 1..=2 {
        let client = connect(address);
        let (accepted, peer) = listener.accept().unwrap();
        let [here, there] = [accepted.local_addr(), accepted.peer_addr()].map(Result::unwrap);
        claim.saw(
            format_args!("accept {number}: a socket"),
            format_args!("from {here} to {there}"),
        );
        claim.saw(format_args!("accept {number}: an address"), peer);
        assert_eq!(here, address);
        assert_eq!([there, peer], [client.local_addr().unwrap(); 2]);
    }

    let server = tcp_server();
    let client = connect(server.address());
    let accepted = server.wait_for("Accept");
    claim.saw("tcp-server", &accepted);
    let expected = format!(
        "Accept new connection from {}...",
        client.local_addr().unwrap()
    );
    assert_eq!(accepted, expected);
}

#[test]
fn claim_53_connection_and_data_are_there_before_accept() {
    let claim = Claim::new(53, "connection and data are there before accept");
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let client = connect(listener.local_addr().unwrap());
    let gone = client.local_addr().unwrap();
    client.send("Michael");
    drop(client);
    claim.saw("a client", format_args!("{gone} connects, sends, closes"));

    // Only now does the server take it, and the client has long gone.
    let (accepted, peer) = listener.accept().unwrap();
    claim.saw("accept after that", peer);
    let received = accepted.until_the_end();
    claim.saw("recv", &received);
    assert_eq!(peer, gone);
    assert_eq!(received, "Michael");
}

/// A client is served, and another one comes before it has left. Tells whether the second was welcomed
/// while the first was there, for which it looks so long.
fn second_is_welcomed_at_once(claim: &Claim, server: &Running, patience: Duration) -> bool {
    let first = welcomed(server.address());
    let second = connect(server.address());
    claim.saw("the second client", "is connected");
    second.set_read_timeout(Some(patience)).unwrap();
    let welcome = second.recv();
    claim.saw("while the first is there", quoted(&welcome));

    first.send("exit");
    assert_eq!(first.until_the_end(), "");
    server.wait_for(&format!("{} closed.", first.local_addr().unwrap()));
    if let Err(error) = &welcome {
        let late = [ErrorKind::WouldBlock, ErrorKind::TimedOut];
        assert!(late.contains(&error.kind()), "{error}");
        second.set_read_timeout(Some(PATIENCE)).unwrap();
        let welcome = second.recv();
        claim.saw("when the first has left", quoted(&welcome));
        assert_eq!(welcome.unwrap(), "Welcome!");
    }
    second.send("exit");
    assert_eq!(second.until_the_end(), "");
    server.wait_for(&format!("{} closed.", second.local_addr().unwrap()));

    let [first, second] = [first, second].map(|client| client.local_addr().unwrap());
    let story = server.stdout();
    let story = story.replace(&first.to_string(), "the first");
    claim.saw(
        "the server",
        story.replace(&second.to_string(), "the second"),
    );
    welcome.is_ok()
}

/// The lines of a server, in order, by what they begin with: who was accepted, who has left.
fn comings_and_goings(server: &Running) -> Vec<String> {
    let words = server.stdout();
    let words = words
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    words.map(String::from).collect()
}

#[test]
fn claim_54_with_a_thread_each_clients_are_served_side_by_side() {
    let claim = Claim::new(54, "with a thread each, clients are served side by side");
    let server = tcp_server();
    assert!(second_is_welcomed_at_once(&claim, &server, PATIENCE));
    let expected = ["Waiting", "Accept", "Accept", "Connection", "Connection"];
    assert_eq!(comings_and_goings(&server), expected);
}

#[test]
fn claim_54_without_threads_the_second_waits_for_the_first_to_leave() {
    let claim = Claim::new(
        54,
        "without threads, the second waits for the first to leave",
    );
    let server = Running::start(example("one_at_a_time").arg("127.0.0.1:0"));
    assert!(!second_is_welcomed_at_once(&claim, &server, A_MOMENT));
    let expected = ["Waiting", "Accept", "Connection", "Accept", "Connection"];
    assert_eq!(comings_and_goings(&server), expected);
}

#[test]
fn claim_81_one_thread_serves_all_whom_it_asks_the_system_about() {
    let claim = Claim::new(81, "one thread serves many, if it asks who has something");
    let server = Running::start(example("many_on_one_thread").arg("127.0.0.1:0"));
    let clients = [(); 3].map(|()| welcomed(server.address()));
    for (who, name) in [(2, "Sarah"), (0, "Michael"), (1, "Tracy"), (0, "Ada")] {
        clients[who].is_greeted_as(name);
        let what = format_args!("client {} sends {name}", who + 1).to_string();
        claim.saw(what, "is greeted");
    }
    for client in clients {
        client.send("exit");
        assert_eq!(client.until_the_end(), "");
    }
    server.wait_for_times("closed.", 3);
}

#[test]
fn claim_81_a_client_that_reads_nothing_stops_nobody() {
    let claim = Claim::new(81, "a client that reads nothing stops nobody");
    let server = Running::start(example("many_on_one_thread").arg("127.0.0.1:0"));
    let mut rude = connect(server.address());
    // Names without end, until neither the system nor the server takes more of them.
    rude.set_nonblocking(true).unwrap();
    let sent = send_until_full(&mut rude, &server);
    claim.saw(
        "it has sent",
        format_args!("{} KiB, and read nothing", sent >> 10),
    );
    let polite = welcomed(server.address());
    polite.is_greeted_as("Michael");
    claim.saw("another one", "is welcomed and greeted");

    // When it reads after all, nothing was lost.
    rude.set_nonblocking(false).unwrap();
    let reader = rude.try_clone().unwrap();
    let answers = std::thread::spawn(move || reader.until_the_end());
    rude.shutdown(Shutdown::Write).unwrap();
    let answers = answers.join().unwrap();
    let names = answers.matches('x').count();
    claim.saw(
        "it reads at last",
        format_args!("answers to {} KiB", names >> 10),
    );
    assert!(answers.starts_with("Welcome!Hello, x"));
    assert_eq!(names, sent);
}

/// Sends until nothing more is taken, and a client that came later has had its turn: how many bytes.
fn send_until_full(rude: &mut TcpStream, server: &Running) -> usize {
    let mut sent = 0;
    loop {
        let before = sent;
        while let Ok(length) = rude.write(&[b'x'; 1024]) {
            sent += length;
        }
        // Another one's turn: the server has looked at the rude one in the meantime.
        let polite = welcomed(server.address());
        polite.is_greeted_as("Ada");
        if sent == before {
            return sent;
        }
    }
}

/// On Linux, /proc tells how many threads a process has.
#[cfg(target_os = "linux")]
#[test]
fn claim_81_fifty_clients_have_no_more_threads_than_none() {
    let claim = Claim::new(81, "fifty clients have no more threads than none");
    let server = Running::start(example("many_on_one_thread").arg("127.0.0.1:0"));
    let address = server.address();
    let threads = || {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", server.id()));
        tasks.unwrap().count()
    };
    let before = threads();
    let clients: Vec<_> = (0..50).map(|_| welcomed(address)).collect();
    let after = threads();
    claim.saw("no client (one thread waits for Ctrl+C)", before);
    claim.saw(format_args!("{} clients", clients.len()), after);
    assert_eq!(before, after);
}

/// Unix: elsewhere a connection is no child's stdin.
#[cfg(unix)]
#[test]
fn claim_80_with_a_process_each_clients_are_served_side_by_side() {
    let claim = Claim::new(80, "with a process each, clients are served side by side");
    let server = Running::start(example("process_per_connection").arg("127.0.0.1:0"));
    assert!(second_is_welcomed_at_once(&claim, &server, PATIENCE));
    let expected = ["Waiting", "Accept", "Accept", "Connection", "Connection"];
    assert_eq!(comings_and_goings(&server), expected);
}

/// Linux, where /proc tells whose child a process is, and whether it is a zombie.
#[cfg(target_os = "linux")]
#[test]
fn claim_80_each_client_has_a_child_and_leaves_no_zombie() {
    let claim = Claim::new(80, "each client has a child, and leaves no zombie");
    let server = Running::start(example("process_per_connection").arg("127.0.0.1:0"));
    let clients = [(); 3].map(|()| welcomed(server.address()));
    let children = server.children();
    claim.saw("three clients", format_args!("{} children", children.len()));
    assert_eq!(children.len(), 3);
    drop(clients);
    // A child is gone when somebody has waited for it; until then /proc still has it.
    let start = std::time::Instant::now();
    while !server.children().is_empty() {
        assert!(start.elapsed() < PATIENCE, "a zombie is left");
        std::thread::yield_now();
    }
    claim.saw("when they have left", "no child, and no zombie");
}

/// Unix, where a test can press Ctrl+C.
#[cfg(unix)]
#[test]
fn claim_55_ours_ends_at_the_first_ctrl_c() {
    let claim = Claim::new(55, "tcp-server ends at the first Ctrl+C");
    let server = tcp_server();
    let address = server.address();
    let client = welcomed(address);
    client.is_greeted_as("Michael");
    server.ctrl_c();
    let ended = server.finish();
    claim.saw(
        "Ctrl+C, a client connected",
        ended.stderr.lines().last().unwrap(),
    );
    claim.saw("the server", ended.status);
    assert_eq!(ended.code(), Some(0), "{ended}");
    let end = client.until_the_end();
    claim.saw("its client", format_args!("receives {end:?}"));
    assert_eq!(end, "");
    let late = TcpStream::connect(address);
    claim.saw("another client", outcome(&late));
    assert_eq!(late.unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

/// Unix, where a test can press Ctrl+C.
#[cfg(unix)]
#[test]
fn claim_55_pythons_needs_two_and_listens_in_between() {
    let claim = Claim::new(
        55,
        "Python's server needs two Ctrl+C, and listens in between",
    );
    let Some(peer) = lab::python("tcp_server.py") else {
        return;
    };
    // Whoever starts the tests in the background of a shell makes Python deaf to Ctrl+C: it is told to listen.
    let code = "import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name='__main__')";
    let mut python = std::process::Command::new(peer.get_program());
    python.args(["-E", "-c", code]);
    python.arg(peer.get_args().last().unwrap());
    let server = Running::start(python.args(["127.0.0.1:0", "0"]));
    let address = server.address();
    let client = welcomed(address);

    server.ctrl_c();
    // Python overlooks a Ctrl+C that comes when it is just about to call accept, until accept returns.
    drop(connect(address));
    claim.saw("the first Ctrl+C", server.wait_for("KeyboardInterrupt"));
    client.is_greeted_as("Michael");
    claim.saw("its client after that", "is greeted");
    let late = connect(address);
    late.set_read_timeout(Some(A_MOMENT)).unwrap();
    let welcome = late.recv();
    claim.saw("another client", "is connected");
    claim.saw("but its welcome", quoted(&welcome));
    assert!(welcome.is_err());

    server.ctrl_c();
    let ended = server.finish();
    claim.saw("the second Ctrl+C", ended.status);
    assert_eq!(
        ended.stderr.matches("KeyboardInterrupt").count(),
        2,
        "{ended}"
    );
    let late = TcpStream::connect(address);
    claim.saw("a client after that", outcome(&late));
    assert_eq!(late.unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn claim_56_the_client_ends_and_the_server_does_not() {
    let claim = Claim::new(56, "the client ends by itself, and the server does not");
    let server = tcp_server();
    for number in 1..=2 {
        let client = lab::run(program("tcp-client").arg(server.address().to_string()));
        claim.saw(format_args!("client {number}"), client.status);
        assert_eq!(client.code(), Some(0), "{client}");
        server.wait_for_times("closed.", number);
    }
    claim.saw("the server", server.stdout());
}

#[test]
fn claim_56_it_does_not_wait_for_its_exit_to_be_read() {
    let claim = Claim::new(56, "the client does not wait for its exit to be read");
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let client = Running::start(program("tcp-client").args([&address, "Michael"]));
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.send("Welcome!");
    stream.expect("Michael");
    stream.send("Hello, Michael!");
    let client = client.finish();
    claim.saw("the client", client.status);
    assert_eq!(client.code(), Some(0), "{client}");
    let exit = stream.until_the_end();
    claim.saw("read after that", &exit);
    assert_eq!(exit, "exit");
}

#[test]
fn claim_57_the_conversation_line_by_line() {
    let claim = Claim::new(57, "the conversation, line by line");
    let server = tcp_server();
    let client = lab::run(program("tcp-client").arg(server.address().to_string()));
    let closed = server.wait_for("closed.");
    claim.saw("tcp-server", server.stdout());
    claim.saw("tcp-client", &client.stdout);
    assert_eq!(
        client.stdout, "Welcome!\nHello, Michael!\nHello, Tracy!\nHello, Sarah!\n",
        "{client}"
    );
    let peer = closed.strip_prefix("Connection from ").unwrap();
    let peer: SocketAddr = peer.strip_suffix(" closed.").unwrap().parse().unwrap();
    assert_eq!(
        server.stdout(),
        format!(
            "Waiting for connection...\n\
             Accept new connection from {peer}...\n\
             Connection from {peer} closed.\n"
        )
    );
}

#[test]
fn claim_58_exit_is_four_bytes_and_nothing_else() {
    let claim = Claim::new(58, "exit is four bytes, and nothing else with them");
    let server = tcp_server();
    let client = welcomed(server.address());
    for name in ["exit\n", "exit\r\n", "Sarahexit", "EXIT"] {
        client.send(name);
        let answer = client.receive(name.len() + 8);
        claim.saw(format_args!("{name:?}"), format_args!("{answer:?}"));
        assert_eq!(answer, format!("Hello, {name}!"));
    }
    assert_eq!(server.stdout().matches("closed.").count(), 0);
    client.send("exit");
    let end = client.until_the_end();
    claim.saw("\"exit\"", format_args!("{end:?}"));
    assert_eq!(end, "");
    claim.saw("the server", server.wait_for("closed."));
}

/// Linux, which tells that the peer has closed before its data are received: by then, all have come.
#[cfg(target_os = "linux")]
#[test]
fn claim_59_four_sends_can_be_one_recv() {
    use rustix::event::PollFlags;

    let claim = Claim::new(59, "four sends can be one recv");
    let (mut client, accepted) = connection();
    for message in ["Michael", "Tracy", "Sarah", "exit"] {
        let sent = client.write(message.as_bytes()).unwrap();
        claim.saw("send", message);
        assert_eq!(sent, message.len());
    }
    drop(client);
    let told = wait_for(&accepted, PollFlags::RDHUP);
    assert!(told.contains(PollFlags::RDHUP));
    for expected in ["MichaelTracySarahexit", ""] {
        let received = accepted.recv();
        claim.saw("recv", quoted(&received));
        assert_eq!(received.unwrap(), expected);
    }
}

#[test]
fn claim_59_names_that_stick_together_are_one_name_to_the_server() {
    let claim = Claim::new(59, "names that stick together are one name to the server");
    let server = tcp_server();
    let client = welcomed(server.address());
    // Sent at once, as sends that do not wait may be by the system: it is not for TCP to part them.
    client.send("MichaelTracySarahexit");
    client.shutdown(Shutdown::Write).unwrap();
    let answer = client.until_the_end();
    claim.saw("three names and exit", &answer);
    assert_eq!(answer, "Hello, MichaelTracySarahexit!");
}

#[test]
fn claim_59_one_send_can_be_several_recvs() {
    let claim = Claim::new(59, "one send can be several recvs");
    let server = tcp_server();
    let client = welcomed(server.address());
    let name = "x".repeat(2000);
    client.send(&name);
    client.shutdown(Shutdown::Write).unwrap();
    let answers = client.until_the_end();
    let greetings = answers.matches("Hello, ").count();
    let said = answers.replace("Hello, ", "").replace('!', "");
    claim.saw(
        "one name of 2000 bytes",
        format_args!("{greetings} greetings"),
    );
    assert!(greetings >= 2);
    assert_eq!(said, name);
}

/// Linux, where the server can be held until all has come, and the system tells when it has.
#[cfg(target_os = "linux")]
#[test]
fn claim_59_who_does_not_wait_is_greeted_for_all_at_once() {
    let claim = Claim::new(59, "who does not wait may be greeted for all at once");
    let server = tcp_server();
    let address = server.address();
    server.stop();
    let client = Running::start(example("all_at_once").arg(address.to_string()));
    // 21 bytes, and the end of the stream counts as one.
    await_queues(address, CLOSE_WAIT, &[22]);
    server.go_on();
    let client = client.finish();
    claim.saw("all_at_once", &client.stdout);
    // The line breaks are the client's, one after each recv: the welcome may stick too.
    assert_eq!(
        client.stdout.replace('\n', ""),
        "Welcome!Hello, MichaelTracySarahexit!",
        "{client}"
    );
}

#[test]
fn claim_59_a_mark_at_the_end_of_each_message_is_the_cure() {
    let claim = Claim::new(59, "a mark at the end of each message is the cure");
    let server = Running::start(example("lines_server").arg("127.0.0.1:0"));
    let client = lab::run(example("lines_client").arg(server.address().to_string()));
    claim.saw("lines_client sends all at once", &client.stdout);
    assert_eq!(
        client.stdout, "Welcome!\nHello, Michael!\nHello, Tracy!\nHello, Sarah!\n",
        "{client}"
    );
}

/// More than the system keeps for any connection.
const MUCH: usize = 64 << 20;

/// Unix: Windows takes all that one send is given.
#[cfg(unix)]
#[test]
fn claim_60_send_sends_what_fits() {
    let claim = Claim::new(60, "a send that cannot wait sends what fits");
    let (mut client, _accepted) = connection();
    client.set_nonblocking(true).unwrap();
    let bytes = vec![b'x'; MUCH];
    claim.saw("bytes to send", MUCH);
    let sent = client.write(&bytes).unwrap();
    claim.saw("write (send)", sent);
    assert!(0 < sent && sent < MUCH);
    let all = client.write_all(&bytes);
    claim.saw("write_all (sendall)", outcome(&all));
    assert_eq!(all.unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn claim_60_write_all_sends_all() {
    let claim = Claim::new(60, "a write_all that may wait sends all");
    let (mut client, mut accepted) = connection();
    let receiving = std::thread::spawn(move || io::copy(&mut accepted, &mut io::sink()));
    let sent = client.write_all(&vec![b'x'; MUCH]);
    claim.saw(
        "write_all (sendall)",
        format_args!("{MUCH}: {}", outcome(&sent)),
    );
    sent.unwrap();
    drop(client);
    let received = receiving.join().unwrap().unwrap();
    claim.saw("received", received);
    assert_eq!(usize::try_from(received).unwrap(), MUCH);
}

#[test]
fn claim_60_pythons_send_returns_a_number_and_sendall_none() {
    let claim = Claim::new(
        60,
        "Python's send returns a number, its sendall None or an error",
    );
    let code = "import socket
here, there = socket.socketpair()
print(here.send(b'Michael'), here.sendall(b'Michael'))
here.settimeout(0.1)
try:
    here.sendall(bytes(64 << 20))
except OSError as error:
    print(type(error).__name__)";
    let Some(python) = claim.python(code) else {
        return;
    };
    let lines: Vec<_> = python.stdout.lines().collect();
    for (what, answer) in ["send, sendall", "sendall, nobody reads"]
        .iter()
        .zip(&lines)
    {
        claim.saw(what, answer);
    }
    // Since Python 3.10, socket.timeout is another name of TimeoutError.
    assert!(
        matches!(lines[..], ["7 None", "TimeoutError" | "timeout"]),
        "{python}"
    );
}

/// Runs scripts/trace.sh on a program; none where it has nothing to trace with.
#[cfg(target_os = "linux")]
fn trace(claim: &Claim, program: &std::process::Command) -> Option<Running> {
    const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/trace.sh");
    let mut probe = std::process::Command::new(SCRIPT);
    let probe = lab::run(probe.arg("true"));
    if probe.code() == Some(77) {
        claim.skipped(probe.stderr.trim_end());
        return None;
    }
    let mut script = std::process::Command::new(SCRIPT);
    script.arg(program.get_program()).args(program.get_args());
    Some(Running::start(&mut script))
}

/// The lines that are calls, of those that a trace has printed.
#[cfg(target_os = "linux")]
fn calls(trace: &lab::Ended) -> Vec<String> {
    assert!(trace.status.success(), "{trace}");
    let lines = trace.stdout.lines().filter(|line| line.contains(") = "));
    lines.map(String::from).collect()
}

/// The calls of a tcp-server that a client has talked to.
#[cfg(target_os = "linux")]
fn traced_server(claim: &Claim) -> Option<Vec<String>> {
    let mut server = program("tcp-server");
    let server = trace(claim, server.args(["127.0.0.1:0", "--delay", "0"]))?;
    let mut client = program("tcp-client");
    let client = lab::run(client.args([&server.address().to_string(), "Michael"]));
    assert!(client.status.success(), "{client}");
    server.wait_for("closed.");
    server.ctrl_c();
    Some(calls(&server.finish()))
}

/// Linux, where scripts/trace.sh shows the calls of a program if strace is installed.
#[cfg(target_os = "linux")]
#[test]
fn claim_63_five_steps_of_a_server_and_three_of_a_client() {
    let claim = Claim::new(63, "a server takes five steps, and a client three");
    let Some(server) = traced_server(&claim) else {
        return;
    };
    // One that the client can talk to.
    let other = tcp_server();
    let mut client = program("tcp-client");
    client.args([&other.address().to_string(), "Michael"]);
    let client = calls(&trace(&claim, &client).unwrap().finish());

    let talk = ["sendto", "recvfrom"];
    for (what, calls, first) in [
        (
            "tcp-server",
            server,
            &["socket", "bind", "listen", "accept"][..],
        ),
        ("tcp-client", client, &["socket", "connect"]),
    ] {
        claim.saw(what, calls.join("\n"));
        let names = calls.iter().map(|call| call.split_once('(').unwrap().0);
        let mut names: Vec<_> = names.collect();
        names.dedup();
        let (steps, rest) = names.split_at(first.len());
        assert_eq!(steps, first);
        assert!(rest.len() > 1 && rest.iter().all(|name| talk.contains(name)));
    }
}

#[test]
fn claim_72_data_arrives_without_an_answer() {
    let claim = Claim::new(72, "data arrives though the program answers nothing");
    let (mut client, accepted) = connection();
    client.send("Michael");
    accepted.wait_for_bytes(7);
    claim.saw("arrived at the server's system", "7 bytes");
    client.set_nonblocking(true).unwrap();
    let answer = client.read(&mut [0; 1024]);
    claim.saw("the client's recv", outcome(&answer));
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::WouldBlock);
}
