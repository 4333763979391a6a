//! Clients that keep to the rules: each of their answers must be right, whatever the others do meanwhile.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use lab::{PATIENCE, program, run};

use crate::random::Random;
use crate::{Kind, Outcome, Soak};

/// How long an answer to a datagram may take before it counts as lost.
const LOST: Duration = Duration::from_secs(1);

/// A client that stays as long as the soak.
pub fn stays(soak: &Soak, random: &mut Random) -> Outcome {
    stays_with(soak, soak.servers.tcp.address, random)
}

/// As well, with the other shapes of the server.
pub fn stays_with_the_one_thread(soak: &Soak, random: &mut Random) -> Outcome {
    stays_with(soak, soak.servers.one_thread.address, random)
}

pub fn stays_with_a_process(soak: &Soak, random: &mut Random) -> Outcome {
    stays_with(soak, soak.servers.processes.address, random)
}

fn stays_with(soak: &Soak, server: SocketAddr, random: &mut Random) -> Outcome {
    let mut stream = welcomed(server)?;
    while soak.goes_on() {
        introduce(soak, &mut stream, random)?;
    }
    leave(soak, stream)
}

/// A client that comes, introduces a few people, and leaves.
pub fn visits(soak: &Soak, random: &mut Random) -> Outcome {
    visits_at(soak, soak.servers.tcp.address, random)
}

/// As well, at the other shapes of the server.
pub fn visits_the_one_thread(soak: &Soak, random: &mut Random) -> Outcome {
    visits_at(soak, soak.servers.one_thread.address, random)
}

pub fn visits_the_processes(soak: &Soak, random: &mut Random) -> Outcome {
    visits_at(soak, soak.servers.processes.address, random)
}

fn visits_at(soak: &Soak, server: SocketAddr, random: &mut Random) -> Outcome {
    let mut stream = welcomed(server)?;
    for _ in 0..random.below(10) {
        introduce(soak, &mut stream, random)?;
    }
    leave(soak, stream)
}

fn welcomed(server: SocketAddr) -> Result<TcpStream, String> {
    let mut stream = connect(server)?;
    expect(&mut stream, b"Welcome!")?;
    Ok(stream)
}

fn connect(server: SocketAddr) -> Result<TcpStream, String> {
    let stream = TcpStream::connect_timeout(&server, PATIENCE).map_err(about("connect"))?;
    stream
        .set_read_timeout(Some(PATIENCE))
        .map_err(about("timeout"))?;
    Ok(stream)
}

/// Sends a name and receives its greeting; then nothing more may come until the next name.
fn introduce(soak: &Soak, stream: &mut TcpStream, random: &mut Random) -> Outcome {
    let name = name(random);
    stream.write_all(&name).map_err(about("send"))?;
    expect(stream, &greeting(&name))?;
    soak.count(Kind::Answers);

    stream
        .set_read_timeout(Some(random.milliseconds(50)))
        .map_err(about("timeout"))?;
    match stream.read(&mut [0; 1024]) {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
        unasked => return Err(format!("received without asking: {unasked:?}")),
    }
    stream
        .set_read_timeout(Some(PATIENCE))
        .map_err(about("timeout"))
}

fn leave(soak: &Soak, mut stream: TcpStream) -> Outcome {
    stream.write_all(b"exit").map_err(about("send"))?;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).map_err(about("the end"))?;
    is(&rest, b"")?;
    soak.count(Kind::Clients);
    Ok(())
}

/// A client that asks for the page and reads it to its end.
pub fn reads_the_page(soak: &Soak, _random: &mut Random) -> Outcome {
    let page = page(soak.servers.web.address)?;
    is(&page, &soak.page)?;
    soak.count(Kind::Answers);
    soak.count(Kind::Clients);
    Ok(())
}

/// The page, with its header.
pub fn page(server: SocketAddr) -> Result<Vec<u8>, String> {
    let mut stream = connect(server)?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        .map_err(about("send"))?;
    let mut page = Vec::new();
    stream.read_to_end(&mut page).map_err(about("the page"))?;
    Ok(page)
}

/// A client that introduces a few people by datagram. That one is lost is the network's right; that an
/// answer is wrong, or comes twice, is nobody's.
pub fn sends_datagrams(soak: &Soak, random: &mut Random) -> Outcome {
    let server = soak.servers.udp.address;
    let socket = UdpSocket::bind("127.0.0.1:0").map_err(about("bind"))?;
    socket
        .set_read_timeout(Some(LOST))
        .map_err(about("timeout"))?;
    let mut expected = Vec::new();
    for _ in 0..=random.below(10) {
        let name = name(random);
        expected.push(greeting(&name));
        socket.send_to(&name, server).map_err(about("send"))?;
        receive(soak, &socket, &mut expected)?;
    }
    soak.count(Kind::Clients);
    Ok(())
}

/// Receives the answer that is expected last, and before it, if they were only late, earlier ones.
fn receive(soak: &Soak, socket: &UdpSocket, expected: &mut Vec<Vec<u8>>) -> Outcome {
    let latest = expected.last().cloned();
    let mut buffer = [0; 2048];
    loop {
        let answer = match socket.recv_from(&mut buffer) {
            Ok((length, peer)) if peer == soak.servers.udp.address => &buffer[..length],
            Ok((_, stranger)) => return Err(format!("a datagram from {stranger}")),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                soak.count(Kind::Lost);
                return Ok(());
            }
            Err(error) => return Err(about("receive")(error)),
        };
        let Some(place) = expected.iter().position(|expected| expected == answer) else {
            let (length, start) = (answer.len(), start_of(answer));
            return Err(format!("a wrong datagram of {length} bytes: {start}"));
        };
        let found = expected.remove(place);
        soak.count(Kind::Answers);
        if Some(found) == latest {
            return Ok(());
        }
    }
}

/// The clients of this workspace, each on its own process.
pub fn runs_a_program(soak: &Soak, random: &mut Random) -> Outcome {
    let greetings = "Hello, Ada!\nHello, 你好!\n";
    let servers = &soak.servers;
    let (client, server, arguments, expected) = match random.below(3) {
        0 => {
            let expected = format!("Welcome!\n{greetings}");
            ("tcp-client", &servers.tcp, ["Ada", "你好"], expected)
        }
        1 => (
            "udp-client",
            &servers.udp,
            ["Ada", "你好"],
            greetings.to_owned(),
        ),
        _ => {
            let page = String::from_utf8_lossy(&soak.page);
            let (header, _) = page.split_once("\r\n\r\n").ok_or("no header")?;
            let expected = header.replace("\r\n", "\n") + "\n";
            ("http-fetch", &servers.web, ["-o", "/dev/null"], expected)
        }
    };
    let ended = run(program(client)
        .arg(server.address.to_string())
        .args(arguments));
    let lost = client == "udp-client" && ended.stderr.contains("no answer within");
    if lost && expected.starts_with(&ended.stdout) {
        soak.count(Kind::Lost);
    } else if ended.code() == Some(0) && ended.stdout.replace('\r', "") == expected {
        soak.count(Kind::Answers);
    } else {
        return Err(format!("{client}: {ended}"));
    }
    soak.count(Kind::Clients);
    Ok(())
}

/// A name of up to 1024 bytes, never the same twice and never `exit`.
fn name(random: &mut Random) -> Vec<u8> {
    let length = 16 + random.below(1024 - 16 + 1);
    random.bytes(length)
}

pub fn greeting(name: &[u8]) -> Vec<u8> {
    [b"Hello, ", name, b"!"].concat()
}

fn expect(stream: &mut TcpStream, expected: &[u8]) -> Outcome {
    let mut received = vec![0; expected.len()];
    stream.read_exact(&mut received).map_err(about("receive"))?;
    is(&received, expected)
}

fn is(received: &[u8], expected: &[u8]) -> Outcome {
    if received == expected {
        return Ok(());
    }
    let alike = received.iter().zip(expected).take_while(|(a, b)| a == b);
    Err(format!(
        "a wrong answer: {} bytes where {} were expected, the first {} alike, and then: {}",
        received.len(),
        expected.len(),
        alike.clone().count(),
        start_of(&received[alike.count()..])
    ))
}

/// Enough of some bytes to see what they are.
pub fn start_of(bytes: &[u8]) -> String {
    bytes[..bytes.len().min(40)].escape_ascii().to_string()
}

/// Says which call it was that an error comes from.
pub fn about(call: &str) -> impl Fn(io::Error) -> String {
    move |error| format!("{call}: {error}")
}
