//! Claims 15 to 29 of docs/claims.md: addresses and ports, as far as one machine can show them.
//!
//! What takes several machines is shown by scripts/three-hosts.sh.

use std::collections::BTreeSet;
#[cfg(target_os = "linux")]
use std::io::Read;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};

#[cfg(target_os = "linux")]
use lab::outcome;
use lab::{Claim, Ended, Running, Talk, program, welcomed};
use socket2::{Domain, Socket, Type};

const LOOPBACK: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// On Linux, all of 127.0.0.0/8 is this machine; on macOS only 127.0.0.1 is, unless it is told otherwise.
#[cfg(target_os = "linux")]
const SECOND_LOOPBACK: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A server that may start or fail says either in a line that names the address. A port that is free in one respect may be taken in another: so often do we try with another one.
const TRIES: usize = 20;

fn tcp_server(address: &str) -> Running {
    Running::start(program("tcp-server").args([address, "--delay", "0"]))
}

fn tcp_client(server: SocketAddr) -> Ended {
    lab::run(program("tcp-client").arg(server.to_string()))
}

fn tcp_socket() -> Socket {
    Socket::new(Domain::IPV4, Type::STREAM, None).unwrap()
}

fn bind(socket: &Socket, address: impl Into<SocketAddr>) -> io::Result<SocketAddr> {
    socket.bind(&address.into().into())?;
    Ok(socket.local_addr()?.as_socket().unwrap())
}

#[test]
fn claim_15_services_have_their_ports() {
    let claim = Claim::new(15, "well-known services have well-known ports");
    // http-fetch knows the web's by heart. Whether a web server runs here or not, it says where it looked.
    let folder = std::env::temp_dir().join(format!("claim-15-{}", std::process::id()));
    let mut fetch = program("http-fetch");
    fetch.args(["127.0.0.1", "--timeout", "1", "--output"]);
    let fetched = lab::run(fetch.arg(folder.join("none")).env("RUST_LOG", "debug"));
    let looked = fetched.stderr.lines().next().unwrap_or_default();
    claim.saw("http-fetch 127.0.0.1", looked);
    assert!(looked.contains("127.0.0.1:80"), "{fetched}");

    // The list that a Unix system keeps.
    let services = ["services", "http", "smtp", "ftp"];
    let Some(listing) = claim.tool("getent", &services) else {
        return;
    };
    let ports = listing.lines().map(|line| {
        let mut words = line.split_whitespace();
        format!("{} {}", words.next().unwrap(), words.next().unwrap())
    });
    let ports: Vec<_> = ports.collect();
    claim.saw("getent services", ports.join("\n"));
    assert_eq!(ports, ["http 80/tcp", "smtp 25/tcp", "ftp 21/tcp"]);
}

#[test]
fn claim_16_the_system_gives_out_ports_far_above_1024() {
    let claim = Claim::new(16, "the ports that the system gives out are far above 1024");
    let sockets = [(); 16].map(|()| TcpListener::bind(LOOPBACK).unwrap());
    let ports: BTreeSet<_> = sockets
        .iter()
        .map(|socket| socket.local_addr().unwrap().port())
        .collect();
    claim.saw("sixteen of them", format_args!("{ports:?}"));
    assert_eq!(ports.len(), 16);
    assert!(ports.iter().all(|&port| port > 1024));

    // Linux keeps its range where it can be read and changed.
    #[cfg(target_os = "linux")]
    {
        let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap();
        let mut ends = range.split_whitespace().map(|end| end.parse().unwrap());
        let range: std::ops::RangeInclusive<u16> = ends.next().unwrap()..=ends.next().unwrap();
        claim.saw("the system's range", format_args!("{range:?}"));
        assert!(ports.iter().all(|port| range.contains(port)));
    }

    // Above 1024, too, ports have their owners: who is in the list expects to find them free.
    if let Some(mysql) = claim.tool("getent", &["services", "mysql"]) {
        claim.saw(
            "but also",
            mysql.split_whitespace().collect::<Vec<_>>().join(" "),
        );
        assert!(mysql.contains("3306/tcp"));
    }
}

/// Linux, where the border can be moved; other systems draw it elsewhere, or nowhere.
#[cfg(target_os = "linux")]
#[test]
fn claim_17_low_ports_are_not_for_everybody() {
    let claim = Claim::new(17, "ports below a border are not for ordinary users");
    let border = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    let border: u16 = border.map_or(1024, |border| border.trim().parse().unwrap());
    claim.saw("the border here", border);
    for port in [999, 1023, 1024] {
        let address = format!("127.0.0.1:{port}");
        let mut command = program("tcp-server");
        let Some(server) = claim.start_as_ordinary_user(command.arg(&address)) else {
            return;
        };
        let said = server.wait_for(&address);
        claim.saw(format_args!("as an ordinary user, {port}"), &said);
        // Whether somebody has the port already is another matter, and asked later.
        let denied = said.contains("Permission denied");
        assert_eq!(denied, port < border);
        if denied {
            let ended = server.finish();
            assert_eq!(ended.code(), Some(1), "{ended}");
            assert!(ended.stderr.contains("hint: ports below 1024"), "{ended}");
        }
    }
}

#[test]
fn claim_18_a_port_from_the_system_has_to_be_told_to_the_clients() {
    let claim = Claim::new(
        18,
        "a server may leave its port to the system, but clients must know it",
    );
    let servers = [(); 2].map(|()| tcp_server("127.0.0.1:0"));
    let [first, second] = servers.each_ref().map(Running::address);
    claim.saw("two servers on port 0", format_args!("{first}, {second}"));
    assert_ne!(first, second);

    let told = tcp_client(first);
    claim.saw("a client that is told", &told.stdout);
    assert!(told.status.success(), "{told}");
    let untold = tcp_client(LOOPBACK.into());
    claim.saw("a client that asks for port 0", &untold.stderr);
    assert_eq!(untold.code(), Some(2), "{untold}");
}

#[test]
fn claim_19_a_server_binds_to_an_address_of_its_own_machine() {
    let claim = Claim::new(
        19,
        "a server can bind only to an address of its own machine",
    );
    // 192.0.2.1 is for examples: it is nobody's.
    let stranger = lab::run(program("tcp-server").arg("192.0.2.1:0"));
    claim.saw("tcp-server 192.0.2.1:0", &stranger.stderr);
    assert_eq!(stranger.code(), Some(1), "{stranger}");
    let foreign = bind(&tcp_socket(), ([192, 0, 2, 1], 0)).unwrap_err();
    assert_eq!(foreign.kind(), ErrorKind::AddrNotAvailable);
    assert!(stranger.stderr.contains(&foreign.to_string()), "{stranger}");
}

/// Linux, where loopback has several addresses.
#[cfg(target_os = "linux")]
#[test]
fn claim_19_a_server_bound_to_one_address_is_not_at_another() {
    let claim = Claim::new(19, "a server bound to one address is not at another");
    // Nobody else may get the same number at the other address in the meantime.
    let ((_nobody, other), server) = (0..TRIES)
        .find_map(|_| {
            let nobody = lab::nobody::tcp();
            let server = tcp_server(&format!("127.0.0.2:{}", nobody.1.port()));
            let ready = server.wait_for("127.0.0.2:").contains("listening");
            ready.then_some((nobody, server))
        })
        .unwrap();
    let here = tcp_client(server.address());
    claim.saw(format_args!("at {}", server.address()), &here.stdout);
    assert!(here.status.success(), "{here}");
    let elsewhere = tcp_client(other);
    claim.saw(format_args!("at {other}"), &elsewhere.stderr);
    assert_eq!(elsewhere.code(), Some(1), "{elsewhere}");
    assert!(elsewhere.stderr.contains("refused"), "{elsewhere}");
}

#[test]
fn claim_20_a_server_on_all_addresses_is_at_each() {
    let claim = Claim::new(
        20,
        "a server bound to 0.0.0.0 is at every address of the machine",
    );
    let server = tcp_server("0.0.0.0:0");
    claim.saw("the server", server.wait_for("listening"));
    let port = server.address().port();
    for ip in [
        Ipv4Addr::LOCALHOST,
        #[cfg(target_os = "linux")]
        SECOND_LOOPBACK,
    ] {
        let client = tcp_client((ip, port).into());
        claim.saw(format_args!("at {ip}"), &client.stdout);
        assert!(client.status.success(), "{client}");
    }
}

#[test]
fn claim_21_who_reaches_127_0_0_1_is_on_this_machine() {
    let claim = Claim::new(21, "who reaches 127.0.0.1 comes from this machine");
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (_, peer) = listener.accept().unwrap();
    claim.saw("a client of 127.0.0.1 is", peer);
    assert_eq!(peer, client.local_addr().unwrap());
    assert!(peer.ip().is_loopback());
}

/// Linux says at once that there is no way; nothing is sent to find out.
#[cfg(target_os = "linux")]
#[test]
fn claim_21_what_is_bound_to_127_0_0_1_cannot_leave() {
    let claim = Claim::new(
        21,
        "what is bound to 127.0.0.1 cannot talk to another machine",
    );
    let socket = UdpSocket::bind(LOOPBACK).unwrap();
    let out = socket.connect("192.0.2.1:9");
    claim.saw("from 127.0.0.1 to 192.0.2.1", outcome(&out));
    assert!(out.is_err());
    let home = socket.connect(socket.local_addr().unwrap());
    claim.saw("from 127.0.0.1 to 127.0.0.1", outcome(&home));
    assert!(home.is_ok());
}

/// Linux, which has that address without being told.
#[cfg(target_os = "linux")]
#[test]
fn claim_22_a_server_may_use_127_0_0_2() {
    let claim = Claim::new(22, "a server may use 127.0.0.2");
    let server = tcp_server("127.0.0.2:0");
    let client = tcp_client(server.address());
    claim.saw(format_args!("TCP at {}", server.address()), &client.stdout);
    assert!(client.status.success(), "{client}");

    let server = Running::start(program("udp-server").arg("127.0.0.2:0"));
    let mut client = program("udp-client");
    let client = lab::run(client.args([&server.address().to_string(), "hello world"]));
    claim.saw(format_args!("UDP at {}", server.address()), &client.stdout);
    assert_eq!(client.stdout, "Hello, hello world!\n", "{client}");
}

/// Linux, for the same reason.
#[cfg(target_os = "linux")]
#[test]
fn claim_22_a_udp_server_on_all_addresses_answers_from_another_one() {
    let claim = Claim::new(
        22,
        "a UDP server on 0.0.0.0 answers 127.0.0.2 from 127.0.0.1",
    );
    let mut server = program("udp-server");
    let server = Running::start(server.arg("0.0.0.0:0").env("RUST_LOG", "debug"));
    let address = SocketAddr::from((SECOND_LOOPBACK, server.address().port()));

    let open = UdpSocket::bind("0.0.0.0:0").unwrap();
    open.set_read_timeout(Some(lab::PATIENCE)).unwrap();
    open.send_to(b"Michael", address).unwrap();
    let mut buffer = [0; 1024];
    let (_, from) = open.recv_from(&mut buffer).unwrap();
    claim.saw(format_args!("asked {address}, answer from"), from);
    assert_eq!(from.ip(), Ipv4Addr::LOCALHOST);
    assert_eq!(from.port(), address.port());

    // A connected socket takes datagrams from its peer only. This answer was there and is gone.
    let connected = UdpSocket::bind("0.0.0.0:0").unwrap();
    connected.connect(address).unwrap();
    connected.send(b"Tracy").unwrap();
    let port = connected.local_addr().unwrap().port();
    server.wait_for(&format!("sent 13 bytes to 127.0.0.1:{port}"));
    connected.set_nonblocking(true).unwrap();
    let received = connected.recv(&mut buffer);
    claim.saw("a connected socket", outcome(&received));
    assert_eq!(received.unwrap_err().kind(), ErrorKind::WouldBlock);

    // Ours tells.
    let mut client = program("udp-client");
    client.args([&address.to_string(), "Sarah", "--timeout", "60"]);
    let client = Running::start(&mut client);
    let warning = client.wait_for("ignored");
    claim.saw("udp-client", &warning);
    assert!(warning.contains(&format!("from {from}")));
}

#[test]
fn claim_23_a_second_server_cannot_have_the_same_address_and_port() {
    let claim = Claim::new(23, "a second server cannot have the same address and port");
    let first = tcp_server("127.0.0.1:0");
    claim.saw("the first", first.wait_for("listening"));
    let second = lab::run(program("tcp-server").arg(first.address().to_string()));
    claim.saw("the second", &second.stderr);
    assert_eq!(second.code(), Some(1), "{second}");
    let taken = bind(&tcp_socket(), first.address()).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AddrInUse);
    assert!(second.stderr.contains(&taken.to_string()), "{second}");
}

/// Linux: other systems have other rules for 0.0.0.0, and no 127.0.0.2.
#[cfg(target_os = "linux")]
#[test]
fn claim_23_another_address_may_have_the_same_port_but_all_addresses_may_not() {
    let claim = Claim::new(
        23,
        "another address may have the same port, 0.0.0.0 may not",
    );
    let (first, other) = (0..TRIES)
        .find_map(|_| {
            let first = tcp_server("127.0.0.1:0");
            let other = tcp_server(&format!("127.0.0.2:{}", first.address().port()));
            let ready = other.wait_for("127.0.0.2:").contains("listening");
            ready.then_some((first, other))
        })
        .unwrap();
    claim.saw("127.0.0.1", first.wait_for("listening"));
    claim.saw("127.0.0.2", other.wait_for("listening"));
    let all = format!("0.0.0.0:{}", first.address().port());
    let all = lab::run(program("tcp-server").arg(all));
    claim.saw("0.0.0.0", &all.stderr);
    assert_eq!(all.code(), Some(1), "{all}");
    assert!(all.stderr.contains("Address already in use"), "{all}");
}

/// Linux, which gives each new connection to one of them, by a hash of its addresses and ports.
#[cfg(target_os = "linux")]
#[test]
fn claim_23_with_so_reuseport_servers_share_the_connections() {
    use std::sync::mpsc;
    use std::thread;

    const CLIENTS: usize = 64;
    let claim = Claim::new(
        23,
        "with SO_REUSEPORT on both, servers share the connections",
    );
    let sharing = || {
        let socket = tcp_socket();
        socket.set_reuse_port(true).unwrap();
        socket
    };
    let first = sharing();
    let address = bind(&first, LOOPBACK).unwrap();
    let servers = [first, sharing()];
    let bound = servers[1].bind(&address.into());
    claim.saw("the second bind", outcome(&bound));
    bound.unwrap();
    let without = bind(&tcp_socket(), address);
    claim.saw("a third, without it", outcome(&without));
    assert_eq!(without.unwrap_err().kind(), ErrorKind::AddrInUse);

    for server in &servers {
        server.listen(128).unwrap();
    }
    let mut accepted = [0; 2];
    thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        for (number, server) in servers.iter().enumerate() {
            let tell = tell.clone();
            scope.spawn(move || {
                while server.accept().is_ok() {
                    tell.send(number).unwrap();
                }
            });
        }
        for _ in 0..CLIENTS {
            let _client = TcpStream::connect(address);
            match told.recv_timeout(lab::PATIENCE) {
                Ok(number) => accepted[number] += 1,
                Err(_) => break,
            }
        }
        // On Linux, this is what ends an accept that waits.
        for server in &servers {
            server.shutdown(std::net::Shutdown::Both).unwrap();
        }
    });
    let [first, second] = accepted;
    claim.saw(
        format_args!("{CLIENTS} clients"),
        format_args!("{first} to one, {second} to the other"),
    );
    assert_eq!(first + second, CLIENTS);
    assert!(first > 0 && second > 0);
}

/// Linux: on Windows, SO_REUSEADDR takes the port away from whoever has it.
#[cfg(target_os = "linux")]
#[test]
fn claim_23_with_so_reuseaddr_two_may_bind_and_one_may_listen() {
    let claim = Claim::new(
        23,
        "with SO_REUSEADDR on both, two may bind and one may listen",
    );
    let reusing = || {
        let socket = tcp_socket();
        socket.set_reuse_address(true).unwrap();
        socket
    };
    let [first, second, third] = [(); 3].map(|()| reusing());
    let address = bind(&first, LOOPBACK).unwrap();
    let plain = bind(&tcp_socket(), address);
    claim.saw("one has it, bind without it", outcome(&plain));
    assert_eq!(plain.unwrap_err().kind(), ErrorKind::AddrInUse);

    let both = bind(&second, address);
    claim.saw("one has it, bind with it", outcome(&both));
    both.unwrap();
    let listens = first.listen(5);
    claim.saw("the first listens", outcome(&listens));
    listens.unwrap();
    let too = second.listen(5);
    claim.saw("the second listens too", outcome(&too));
    assert_eq!(too.unwrap_err().kind(), ErrorKind::AddrInUse);
    let late = bind(&third, address);
    claim.saw("one listens, bind with it", outcome(&late));
    assert_eq!(late.unwrap_err().kind(), ErrorKind::AddrInUse);
}

/// The TCP connections in TIME_WAIT, this end and that, as Linux lists them.
#[cfg(target_os = "linux")]
fn in_time_wait() -> Vec<(SocketAddr, SocketAddr)> {
    let address = |hex: &str| {
        let (ip, port) = hex.split_once(':').unwrap();
        // The kernel's four bytes, printed as one number of this machine.
        let ip = u32::from_str_radix(ip, 16).unwrap().to_ne_bytes();
        SocketAddr::from((ip, u16::from_str_radix(port, 16).unwrap()))
    };
    let listing = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let rows = listing.lines().skip(1).filter_map(|row| {
        let fields: Vec<_> = row.split_whitespace().collect();
        (fields[3] == "06").then(|| (address(fields[1]), address(fields[2])))
    });
    rows.collect()
}

/// Waits until a connection is in TIME_WAIT. Nothing tells of it: the kernel does the last steps of a close
/// by itself, and its list, read while connections come and go, may miss one.
#[cfg(target_os = "linux")]
fn wait_for_time_wait(connection: (SocketAddr, SocketAddr)) {
    let start = std::time::Instant::now();
    while !in_time_wait().contains(&connection) {
        assert!(start.elapsed() < lab::PATIENCE, "{connection:?}");
        std::thread::yield_now();
    }
}

/// Linux: that the old socket has a say, and for how long, is its own rule.
#[cfg(target_os = "linux")]
#[test]
fn claim_23_over_time_wait_both_servers_need_so_reuseaddr() {
    let claim = Claim::new(
        23,
        "over TIME_WAIT, both the old and the new server need SO_REUSEADDR",
    );
    let start = |address: &str, reuse: bool| {
        let mut server = program("tcp-server");
        server.args([address, "--delay", "0"]);
        if !reuse {
            server.arg("--no-reuse-addr");
        }
        Running::start(&mut server)
    };
    let on = |reuse| if reuse { "on" } else { "off" };
    for (old, new, works) in [
        (false, false, false),
        (false, true, false),
        (true, false, false),
        (true, true, true),
    ] {
        // Ctrl+C with a client attached: this end is the first to close.
        let server = start("127.0.0.1:0", old);
        let address = server.address();
        let mut client = TcpStream::connect(address).unwrap();
        let peer = client.local_addr().unwrap();
        server.wait_for("Accept new connection");
        server.ctrl_c();
        client.read_to_end(&mut Vec::new()).unwrap();
        drop(client);
        let ended = server.finish();
        assert!(ended.status.success(), "{ended}");
        wait_for_time_wait((address, peer));

        let restarted = start(&address.to_string(), new);
        let said = restarted.wait_for(&address.to_string());
        claim.saw(format_args!("old {}, new {}", on(old), on(new)), &said);
        assert_eq!(said.contains("listening"), works);
        assert_eq!(said.contains("Address already in use"), !works);
    }
}

/// Linux, which lists what is in TIME_WAIT.
#[cfg(target_os = "linux")]
#[test]
fn claim_23_when_the_client_closes_first_time_wait_is_on_its_side() {
    let claim = Claim::new(23, "when the client closes first, TIME_WAIT is on its side");
    // The tutorial's own second to think about `exit`: by then, the client has closed.
    let server = || {
        let mut server = program("tcp-server");
        server.args(["127.0.0.1:0", "--no-reuse-addr"]);
        server
    };
    let first = Running::start(&mut server());
    let address = first.address();
    let client = lab::run(program("tcp-client").args([&address.to_string(), "Michael"]));
    assert!(client.status.success(), "{client}");
    first.wait_for("closed.");
    first.ctrl_c();
    let ended = first.finish();
    let peer = ended.stdout.lines().find_map(|line| {
        let peer = line.strip_prefix("Accept new connection from ")?;
        peer.strip_suffix("...")?.parse::<SocketAddr>().ok()
    });
    let peer = peer.unwrap();
    wait_for_time_wait((peer, address));
    claim.saw("TIME_WAIT", format_args!("{peer} to {address}"));
    assert!(!in_time_wait().contains(&(address, peer)));

    // So the server's port is free, SO_REUSEADDR or not.
    let mut again = program("tcp-server");
    let again = Running::start(again.args([&address.to_string(), "--no-reuse-addr"]));
    let said = again.wait_for(&address.to_string());
    claim.saw("the server, again at once", &said);
    assert!(said.contains("listening"));
}

#[test]
fn claim_24_a_tcp_and_a_udp_server_may_have_the_same_port() {
    let claim = Claim::new(24, "a TCP and a UDP server may have the same port");
    let (tcp, udp) = (0..TRIES)
        .find_map(|_| {
            let tcp = tcp_server("127.0.0.1:0");
            let address = tcp.address().to_string();
            let udp = Running::start(program("udp-server").arg(&address));
            let ready = udp.wait_for(&address).contains("receiving");
            ready.then_some((tcp, udp))
        })
        .unwrap();
    claim.saw("TCP", tcp.wait_for("listening"));
    claim.saw("UDP", udp.wait_for("receiving"));
    assert_eq!(tcp.address(), udp.address());

    let address = tcp.address().to_string();
    let client = lab::run(program("tcp-client").args([&address, "Michael"]));
    claim.saw("tcp-client", &client.stdout);
    assert_eq!(client.stdout, "Welcome!\nHello, Michael!\n", "{client}");
    let client = lab::run(program("udp-client").args([&address, "Tracy"]));
    claim.saw("udp-client", &client.stdout);
    assert_eq!(client.stdout, "Hello, Tracy!\n", "{client}");
}

#[test]
fn claim_25_a_program_may_have_several_ports_or_share_one() {
    let claim = Claim::new(
        25,
        "a program may have several ports, and sockets may share one",
    );
    let server = tcp_server("127.0.0.1:0");
    let clients = [(); 3].map(|()| TcpStream::connect(server.address()).unwrap());
    let here: BTreeSet<_> = clients
        .each_ref()
        .map(|client| client.local_addr().unwrap())
        .into();
    let there: BTreeSet<_> = clients
        .each_ref()
        .map(|client| client.peer_addr().unwrap())
        .into();
    claim.saw("one program, three clients", format_args!("{here:?}"));
    claim.saw("three connections, one port", format_args!("{there:?}"));
    assert_eq!(here.len(), 3);
    assert_eq!(there.len(), 1);

    let (tcp, udp) = (0..TRIES)
        .find_map(|_| {
            let tcp = TcpListener::bind(LOOPBACK).unwrap();
            let udp = UdpSocket::bind(tcp.local_addr().unwrap()).ok()?;
            Some((tcp.local_addr().unwrap(), udp.local_addr().unwrap()))
        })
        .unwrap();
    claim.saw(
        "two sockets, one number",
        format_args!("TCP {tcp}, UDP {udp}"),
    );
    assert_eq!(tcp, udp);
}

#[test]
fn claim_26_one_process_may_hold_many_ports() {
    let claim = Claim::new(26, "one process may hold many ports");
    let server = tcp_server("127.0.0.1:0");
    let clients = [(); 5].map(|()| TcpStream::connect(server.address()).unwrap());
    server.wait_for_times("Accept new connection", 5);
    let ports = clients
        .each_ref()
        .map(|client| client.local_addr().unwrap());
    for port in &ports {
        let accepted = server.wait_for(&port.to_string());
        claim.saw(port, accepted);
    }
    assert_eq!(BTreeSet::from(ports).len(), 5);
}

/// Linux: which combinations of SO_REUSEADDR other systems want is their own affair.
#[cfg(target_os = "linux")]
#[test]
fn claim_26_one_port_is_enough_for_three_servers() {
    let claim = Claim::new(26, "one local port is enough for three servers");
    let servers = [(); 3].map(|()| TcpListener::bind(LOOPBACK).unwrap());
    let clients = [(); 3].map(|()| tcp_socket());
    let mut own = SocketAddr::from(LOOPBACK);
    for (client, server) in clients.iter().zip(&servers) {
        client.set_reuse_address(true).unwrap();
        own = bind(client, own).unwrap();
        let server = server.local_addr().unwrap();
        let connected = client.connect(&server.into());
        claim.saw(format_args!("from {own} to {server}"), outcome(&connected));
        assert!(connected.is_ok());
    }
}

#[test]
fn claim_27_the_port_decides_who_gets_the_data() {
    let claim = Claim::new(27, "the port decides which program gets the data");
    let servers = [(); 2].map(|()| Running::start(program("udp-server").arg("127.0.0.1:0")));
    for (name, server) in ["Michael", "Tracy"].iter().zip(&servers) {
        let mut client = program("udp-client");
        let client = lab::run(client.args([&server.address().to_string(), *name]));
        claim.saw(
            format_args!("{name} to {}", server.address()),
            &client.stdout,
        );
        assert_eq!(client.stdout, format!("Hello, {name}!\n"), "{client}");
    }
    for server in servers {
        server.wait_for("Received from");
        let received = server.stdout();
        claim.saw(format_args!("{} printed", server.address()), &received);
        assert_eq!(received.matches("Received from").count(), 1);
    }
}

#[test]
fn claim_28_four_numbers_tell_connections_apart() {
    let claim = Claim::new(
        28,
        "the two addresses and the two ports tell connections apart",
    );
    let server = tcp_server("127.0.0.1:0");
    let clients = [(); 2].map(|()| welcomed(server.address()));
    // Both have the same server, at the same port; each gets its own answer.
    for (name, client) in ["Anna", "Bert"].iter().zip(&clients) {
        client.send(name);
    }
    for (name, client) in ["Anna", "Bert"].iter().zip(&clients) {
        let pair = (client.local_addr().unwrap(), client.peer_addr().unwrap());
        let answer = client.receive(12);
        claim.saw(format_args!("{} to {}", pair.0, pair.1), &answer);
        assert_eq!(answer, format!("Hello, {name}!"));
    }
    let [one, other] = clients;
    assert_eq!(one.peer_addr().unwrap(), other.peer_addr().unwrap());
    assert_ne!(one.local_addr().unwrap(), other.local_addr().unwrap());
}

/// Linux: the rules for a client that chooses its port, and the error, are the system's.
#[cfg(target_os = "linux")]
#[test]
fn claim_28_one_of_the_four_must_differ() {
    let claim = Claim::new(28, "one of the four must differ");
    let servers = [(); 2].map(|()| TcpListener::bind(LOOPBACK).unwrap());
    let [first, second] = servers
        .each_ref()
        .map(|server| server.local_addr().unwrap());
    let sockets = [(); 3].map(|()| {
        let socket = tcp_socket();
        socket.set_reuse_address(true).unwrap();
        socket
    });
    let client = bind(&sockets[0], LOOPBACK).unwrap();
    for socket in &sockets[1..] {
        bind(socket, client).unwrap();
    }
    for (socket, server, expected) in [
        (&sockets[0], first, None),
        (&sockets[1], second, None),
        (&sockets[2], first, Some(ErrorKind::AddrNotAvailable)),
    ] {
        let connected = socket.connect(&server.into());
        claim.saw(format_args!("{client} to {server}"), outcome(&connected));
        assert_eq!(connected.err().map(|error| error.kind()), expected);
    }
}

#[test]
fn claim_29_a_machine_has_more_than_one_address() {
    let claim = Claim::new(
        29,
        "one machine has several addresses, and not all are four numbers",
    );
    let mut addresses = vec!["127.0.0.1:0"];
    if cfg!(target_os = "linux") {
        addresses.push("127.0.0.2:0");
    }
    if UdpSocket::bind("[::1]:0").is_ok() {
        addresses.push("[::1]:0");
    } else {
        claim.skipped("no IPv6 here");
    }
    for address in addresses {
        let server = tcp_server(address);
        let client = tcp_client(server.address());
        claim.saw(format_args!("at {}", server.address()), &client.stdout);
        assert!(client.status.success(), "{client}");
    }
}
