//! Where a learner's server waits for its clients.

use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use crate::session::Session;
use crate::tcp_server::gone;
use crate::watch::{self, Protocol, Waiting};
use crate::words::Message;

/// The text's port: what a program waits at that has several sockets.
const PORT: u16 = 9999;
/// A socket of the other protocol may be there for a while, before the right one.
const SETTLED: Duration = Duration::from_secs(2);
/// A program that has asked, and shows no sign for this long, waits at its keyboard.
const KEYBOARD: Duration = Duration::from_millis(900);
/// A program that may ask without a word.
const SILENT: Duration = Duration::from_secs(3);
/// How many questions are answered.
const QUESTIONS: usize = 4;

/// Where no system tells whose socket it is, nobody else may wait at the text's port before the program starts.
pub fn is_free(session: &mut Session, protocol: Protocol) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
    let free = match protocol {
        _ if cfg!(target_os = "linux") => return true,
        Protocol::Tcp => TcpStream::connect_timeout(&address, SETTLED).is_err(),
        Protocol::Udp => UdpSocket::bind(address).is_ok(),
    };
    if !free {
        let text = Message::PortTaken.with("address", address);
        session.report.note(text);
    }
    free
}

/// Waits until the program has a socket of the protocol, or one of the other and no more to come. Where it asks at its
/// keyboard first, it is answered. Linux only: no other system tells.
pub fn find(session: &mut Session, protocol: Protocol) -> Option<Waiting> {
    let mut other = None;
    let start = Instant::now();
    let (mut answered, mut mark) = (0, 0);
    while answered < QUESTIONS && start.elapsed() < session.timeout && !gone(session) {
        if let Some(found) = look(session, protocol, KEYBOARD, &mut other) {
            return Some(found);
        }
        let printed = session.printed_since(mark);
        let asks = !printed.is_empty() && !printed.ends_with('\n');
        if asks || start.elapsed() > SILENT {
            answered += 1;
            mark = session.mark();
            answer(session, &printed);
        }
    }
    look(session, protocol, session.timeout, &mut other)
}

fn look(
    session: &Session,
    protocol: Protocol,
    limit: Duration,
    other: &mut Option<(Waiting, Instant)>,
) -> Option<Waiting> {
    let (pid, own) = (session.pid(), session.world.own);
    let choose = |all: &[Waiting]| {
        let mut right = all.iter().filter(|one| one.protocol == protocol);
        let text = right.clone().find(|one| one.address.port() == PORT);
        let wrong = all.iter().find(|one| one.protocol != protocol);
        *other = wrong.map(|one| {
            let known = other.filter(|(known, _)| known == one);
            known.unwrap_or((*one, Instant::now()))
        });
        let settled = other.filter(|(_, since)| since.elapsed() > SETTLED);
        text.or(right.next())
            .copied()
            .or(settled.map(|(one, _)| one))
    };
    watch::wait_for_socket(pid, own, limit, &session.bell, choose, || gone(session))
}

/// Waits until the program, started once more, listens at a port.
pub fn listens_again(session: &Session, address: SocketAddr) -> bool {
    if cfg!(target_os = "linux") {
        let (pid, own, limit) = (session.pid(), session.world.own, session.timeout);
        let choose = |all: &[Waiting]| {
            let mut tcp = all.iter().filter(|one| one.protocol == Protocol::Tcp);
            tcp.find(|one| one.address.port() == address.port())
                .copied()
        };
        let over = || gone(session);
        return watch::wait_for_socket(pid, own, limit, &session.bell, choose, over).is_some();
    }
    let deadline = Instant::now() + session.timeout;
    while Instant::now() < deadline && !gone(session) {
        if TcpStream::connect_timeout(&address, SETTLED).is_ok() {
            return true;
        }
        // No event tells that somebody listens.
        let pause = Instant::now() + Duration::from_millis(100);
        session.bell.wait(pause, || gone(session).then_some(()));
    }
    false
}

/// Types what the question seems to ask for.
fn answer(session: &mut Session, printed: &str) {
    let question = printed.lines().last().unwrap_or_default().to_lowercase();
    let asks = |words: &[&str]| words.iter().any(|word| question.contains(word));
    let line = if asks(&["port", "端口"]) {
        "9999"
    } else if asks(&["ip", "host", "addr", "地址", "主机"]) {
        "127.0.0.1"
    } else {
        "5"
    };
    let asked = !question.trim().is_empty();
    if let Some(program) = session.program() {
        program.type_line(line);
    }
    if asked {
        let question = common::printable(question.trim().as_bytes());
        let text = Message::YoursAsks.with("question", question);
        session.report.yours(text.with("line", line));
    }
}
