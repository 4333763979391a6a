//! The floor: the programs' conversations with nothing around them. Blocking calls in a loop, a thread per
//! connection, no log, no line printed, no way to end it: what the kernel allows.
//!
//! It runs as a process of its own, as the others do: this very program, called with a first argument that
//! nobody types.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::Command;
use std::thread;

use socket2::{Domain, Socket, Type};

/// The argument.
pub const CALL: &str = "floor-of-the-benchmark";

const HELLO: &[u8] = b"Hello, ";

/// A command that runs a part of it.
pub fn command(part: &str) -> Command {
    let this = std::env::current_exe().expect("a benchmark knows where it is");
    let mut command = Command::new(this);
    command.args([CALL, part]);
    command
}

/// Runs the part that is asked for.
pub fn run(arguments: &[String]) {
    match arguments {
        [part] if part == "tcp" => tcp(),
        [part] if part == "udp" => udp(false),
        [part] if part == "udp-printing" => udp(true),
        [part, address, file, size] if part == "fetch" => {
            fetch(address, file, size.parse().expect("a size"));
        }
        _ => panic!("{arguments:?}: there is no such part"),
    }
}

fn tcp() {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&address.into()).unwrap();
    socket.listen(128).unwrap();
    let listener = TcpListener::from(socket);
    eprintln!("{}", listener.local_addr().unwrap());
    loop {
        let (stream, _) = listener.accept().unwrap();
        thread::spawn(move || talk(stream));
    }
}

/// Until the peer leaves, in whatever way it does.
fn talk(mut stream: TcpStream) {
    let mut buffer = [0; 1024 + 8];
    buffer[..HELLO.len()].copy_from_slice(HELLO);
    if stream.write_all(b"Welcome!").is_err() {
        return;
    }
    while let Ok(length @ 1..) = stream.read(&mut buffer[HELLO.len()..][..1024]) {
        let end = HELLO.len() + length;
        if &buffer[HELLO.len()..end] == b"exit" {
            return;
        }
        buffer[end] = b'!';
        if stream.write_all(&buffer[..=end]).is_err() {
            return;
        }
    }
}

/// Also with the line that the tutorial prints for each datagram, to see what that costs.
fn udp(print: bool) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    eprintln!("{}", socket.local_addr().unwrap());
    let mut buffer = [0; 1024 + 8];
    buffer[..HELLO.len()].copy_from_slice(HELLO);
    loop {
        let (length, peer) = socket
            .recv_from(&mut buffer[HELLO.len()..][..1024])
            .unwrap();
        let end = HELLO.len() + length;
        buffer[end] = b'!';
        if print {
            println!("Received from {peer}.");
        }
        socket.send_to(&buffer[..=end], peer).unwrap();
    }
}

fn fetch(address: &str, file: &str, size: usize) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        .unwrap();
    let (mut buffer, mut received) = (vec![0; size], Vec::new());
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        received.extend_from_slice(&buffer[..length]);
    }
    let blank = received.windows(4).position(|four| four == b"\r\n\r\n");
    fs::write(file, &received[blank.expect("a blank line") + 4..]).unwrap();
}
