//! Clients that keep to no rule. What becomes of them is their own affair, so their errors count for
//! nothing; but where one of them gets an answer, that must be right too.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use lab::{PATIENCE, Running, program};
use socket2::SockRef;

use crate::polite::{about, greeting, start_of};
use crate::random::Random;
use crate::servers::Server;
use crate::{Kind, Outcome, Soak};

/// More clients than a server has descriptors, and fewer than that and its backlog together.
const CROWD: usize = 100;

/// How many sizes a datagram can have: 0 to 65,507 bytes.
const SIZES: usize = 65_508;

/// A fault of one connection.
type Fault = fn(&mut TcpStream, &mut Random) -> io::Result<()>;

pub const FAULTS: [(Kind, Fault); 5] = [
    (Kind::Garbage, send_garbage),
    (Kind::Resets, reset),
    (Kind::Silent, go_silent),
    (Kind::Unread, send_without_reading),
    (Kind::Vanished, vanish),
];

/// A client that makes one of the faults.
pub fn makes_a_fault(soak: &Soak, random: &mut Random) -> Outcome {
    let fault = FAULTS[random.below(FAULTS.len())];
    let server = stream_server(soak, random);
    commit(soak, server, fault, random)
}

pub fn commit(
    soak: &Soak,
    server: &Server,
    (kind, fault): (Kind, Fault),
    random: &mut Random,
) -> Outcome {
    let mut stream = connect(server.address).map_err(about("connect"))?;
    // That the server does not answer in time, or not at all, is a fault's ordinary end.
    let _ = fault(&mut stream, random);
    soak.count(kind);
    Ok(())
}

fn stream_server<'s>(soak: &'s Soak, random: &mut Random) -> &'s Server {
    if random.once_in(4) {
        &soak.servers.web
    } else {
        soak.servers.greeting()[random.below(3)]
    }
}

fn connect(server: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(Duration::from_millis(200)))?;
    stream.set_write_timeout(Some(Duration::from_millis(200)))?;
    Ok(stream)
}

/// Sends bytes that mean nothing, takes some of the answers, and leaves.
fn send_garbage(stream: &mut TcpStream, random: &mut Random) -> io::Result<()> {
    let length = random.below(32 * 1024);
    stream.write_all(&random.bytes(length))?;
    for _ in 0..random.below(4) {
        stream.read_exact(&mut [0; 1024])?;
    }
    Ok(())
}

/// Resets the connection at one moment or another.
fn reset(stream: &mut TcpStream, random: &mut Random) -> io::Result<()> {
    SockRef::from(&*stream).set_linger(Some(Duration::ZERO))?;
    if random.once_in(2) {
        stream.read_exact(&mut [0; 8])?;
    }
    if random.once_in(2) {
        stream.write_all(b"Michael")?;
    }
    Ok(())
}

/// Says nothing, or no more than a part of something, until its own time is over.
fn go_silent(stream: &mut TcpStream, random: &mut Random) -> io::Result<()> {
    stream.set_read_timeout(Some(random.milliseconds(1000)))?;
    if random.once_in(2) {
        stream.write_all(b"G")?;
    }
    // Whatever comes, until nothing does any more.
    while stream.read(&mut [0; 1024])? > 0 {}
    Ok(())
}

/// Sends until neither side's buffers take more: the server cannot get rid of its answers.
fn send_without_reading(stream: &mut TcpStream, random: &mut Random) -> io::Result<()> {
    SockRef::from(&*stream).set_recv_buffer_size(4096)?;
    let bytes = random.bytes(64 * 1024);
    for _ in 0..256 {
        stream.write_all(&bytes)?;
    }
    Ok(())
}

/// Sends a little, and is gone before the answer comes.
fn vanish(stream: &mut TcpStream, random: &mut Random) -> io::Result<()> {
    for _ in 0..random.below(4) {
        stream.write_all(b"Tracy")?;
    }
    Ok(())
}

/// A client whose process is killed in the middle of its conversation.
pub fn is_killed(soak: &Soak, _random: &mut Random) -> Outcome {
    let names = ["Sarah"; 1000];
    let address = soak.servers.tcp.address.to_string();
    let client = Running::try_start(program("tcp-client").arg(address).args(names));
    let client = client.map_err(about("tcp-client"))?;
    client.wait_for("Welcome!");
    drop(client);
    soak.count(Kind::Killed);
    Ok(())
}

/// A crowd that takes all of a server's descriptors, and more, and then gives them back.
pub fn crowds(soak: &Soak, random: &mut Random) -> Outcome {
    let servers = &soak.servers;
    let scarce = [&servers.tcp, &servers.one_thread, &servers.web];
    fills(soak, scarce[random.below(scarce.len())], random)
}

/// Somebody stops a server, as with Ctrl+Z, and lets it go on: its answers come late, and right.
pub fn stops_a_server(soak: &Soak, random: &mut Random) -> Outcome {
    let servers = soak.servers.all();
    let server = servers[random.below(servers.len())];
    server.stop();
    // Shorter than an answer to a datagram may take.
    soak.goes_on_after(random.milliseconds(500));
    server.go_on();
    soak.count(Kind::Stopped);
    (server.polite)(soak, random)
}

pub fn fills(soak: &Soak, server: &Server, random: &mut Random) -> Outcome {
    let before = server.reports();
    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        crowd.push(connect(server.address).map_err(about("connect"))?);
    }
    if !server.reports_again(before) {
        return Err(format!(
            "{}: {CROWD} clients, and descriptors left",
            server.name
        ));
    }
    soak.count(Kind::Crowds);
    while !crowd.is_empty() {
        let leaving = crowd.swap_remove(random.below(crowd.len()));
        if random.once_in(2) {
            let _ = SockRef::from(&leaving).set_linger(Some(Duration::ZERO)); // with a reset
        }
    }
    // There is room again.
    (server.polite)(soak, random)
}

/// A handful of datagrams from a port of their own, of every size there is, one size after the other.
pub fn floods(soak: &Soak, random: &mut Random) -> Outcome {
    let socket = UdpSocket::bind("127.0.0.1:0").map_err(about("bind"))?;
    let mut expected = Vec::new();
    for _ in 0..=random.below(16) {
        let datagram = random.bytes(soak.next_size());
        // Not every system sends the longest ones.
        if socket.send_to(&datagram, soak.servers.udp.address).is_ok() {
            soak.count(Kind::Datagrams);
            expected.push(greeting(&datagram[..datagram.len().min(1024)]));
        }
    }
    if random.once_in(2) {
        return Ok(()); // gone before the answers come
    }
    let _ = socket.set_read_timeout(Some(Duration::from_millis(20)));
    let mut buffer = [0; 2048];
    while let Ok((length, _)) = socket.recv_from(&mut buffer) {
        let answer = &buffer[..length];
        let place = expected.iter().position(|expected| expected == answer);
        let wrong = || format!("a wrong datagram of {length} bytes: {}", start_of(answer));
        let place = place.ok_or_else(wrong)?;
        expected.swap_remove(place);
    }
    Ok(())
}

/// The size of the `number`th datagram: big and small ones mixed, and all of them before one comes again.
pub fn size(number: usize) -> usize {
    const STEP: usize = 24_593; // has no divisor in common with SIZES
    number % SIZES * STEP % SIZES
}
