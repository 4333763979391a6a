//! The exercises of the lessons' "Your turn": what a program has to do, and the conversation that shows it.
//!
//! The solution of each is a Cargo example; its page names it.

mod http;
mod tcp_client;
mod tcp_server;
mod udp_client;
mod udp_server;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use crate::Kind;
use crate::client::{Door, ON_THE_WAY, TRIES, can_be_at, knocked};
use crate::conn::Conn;
use crate::faults::Name;
use crate::report::{Fault, Step};
use crate::session::Session;
use crate::watch::Protocol;
use crate::words::{Message, Text};

/// A task for a program of the learner's own.
pub struct Exercise {
    pub name: &'static str,
    /// Whose lesson it belongs to.
    pub kind: Kind,
    pub task: Message,
    pub steps: &'static [Step],
    pub check: fn(&mut Session),
}

/// All exercises, in the order of the lessons.
pub const ALL: &[Exercise] = &[
    http::CUT_ANYWHERE,
    http::CONTENT_LENGTH,
    tcp_server::THREADS,
    tcp_server::LINES,
    tcp_server::UPPER,
    tcp_server::RESTART,
    tcp_client::LENGTH_PREFIX,
    tcp_client::HALF_CLOSE,
    udp_server::CUT_DATAGRAM,
    udp_server::IPV6,
    udp_client::PINGER,
    udp_client::CONNECTED,
];

/// The exercises of one lesson.
pub fn of(kind: Kind) -> impl Iterator<Item = &'static Exercise> {
    ALL.iter().filter(move |exercise| exercise.kind == kind)
}

/// What nobody does on purpose within this time, and what everybody has done who does it at all.
const MOMENT: Duration = Duration::from_millis(400);

/// A step that went wrong.
struct Miss {
    /// What the checker did.
    did: Text,
    /// What came of it.
    came: Text,
    /// What the task asks for.
    task: Text,
    /// What is most likely the reason.
    reason: Message,
}

impl Miss {
    fn new(
        did: impl Into<Text>,
        came: impl Into<Text>,
        task: impl Into<Text>,
        reason: Message,
    ) -> Self {
        let (did, came, task) = (did.into(), came.into(), task.into());
        Self {
            did,
            came,
            task,
            reason,
        }
    }
}

/// Tells what went wrong, unless the program itself tells of an error that explains it.
fn missed(session: &mut Session, step: Message, name: Name, miss: Miss) {
    let read = Message::ReadTurn.with("lesson", session.lesson);
    if !session.cause(step, 0, &miss.did, &read) {
        failed(session, step, name, miss);
    }
}

/// As [`missed`], at a moment at which an error of the program's is no surprise: only one that has a known reason of
/// another kind explains more.
fn surprised(session: &mut Session, step: Message, name: Name, miss: Miss) {
    session.wait_for_last_words();
    let explained = session.traceback_since(0).is_some_and(|traceback| {
        let known = session.source.explain(&traceback, session.protocol);
        known.is_some()
    });
    if explained {
        missed(session, step, name, miss);
    } else {
        failed(session, step, name, miss);
    }
}

/// Tells what went wrong, which no error of the program's explains better.
fn failed(session: &mut Session, step: Message, name: Name, miss: Miss) {
    let fault = Fault {
        name,
        did: miss.did,
        came: miss.came,
        tutorial: miss.task,
        reason: miss.reason.into(),
        read: Message::ReadTurn.with("lesson", session.lesson),
        printed: session.printed(),
    };
    session.report.fault(step, fault);
}

enum Met {
    Here(Conn),
    Elsewhere(SocketAddr),
    Nobody,
}

/// Starts the program, and is there where it connects to: at one of these ports, or wherever it knocks.
fn guest(session: &mut Session, step: Message, ports: &[u16]) -> Option<Conn> {
    let at = |port: &u16| SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
    let mut known: Vec<_> = ports.iter().map(at).collect();
    let mut doors = Vec::new();
    for _ in 0..TRIES {
        for address in &known[doors.len()..] {
            doors.push(open(session, *address));
        }
        session.watch.clear();
        if !session.start(step) {
            return None;
        }
        session.doing(step);
        let bell = session.bell.clone();
        let look = || {
            let arrived = doors.iter().flatten().find_map(Door::next);
            let elsewhere =
                || knocked(session, Protocol::Tcp, &known).filter(|to| can_be_at(session, *to));
            arrived
                .map(Met::Here)
                .or_else(|| elsewhere().map(Met::Elsewhere))
        };
        let met = bell.wait(Instant::now() + session.timeout, || {
            look().or_else(|| session.ended().map(|_| Met::Nobody))
        });
        let met = match met {
            Some(Met::Nobody) => bell.wait(Instant::now() + ON_THE_WAY, look),
            other => other,
        };
        match met {
            Some(Met::Here(conn)) => return Some(conn),
            Some(Met::Elsewhere(address)) => known.push(address),
            Some(Met::Nobody) | None => break,
        }
    }
    nobody_came(session, step);
    None
}

/// A door at an address, if the checker may be there.
fn open(session: &mut Session, address: SocketAddr) -> Option<Door> {
    let door = Door::open(address, &session.bell);
    if let Err(error) = &door {
        let text = Message::NoDoor.with("address", address);
        session.report.note(text.with("error", error));
    }
    door.ok()
}

fn nobody_came(session: &mut Session, step: Message) {
    let seconds = session.timeout.as_secs_f32();
    let miss = Miss::new(
        Message::DidStartAndWait.with("seconds", seconds),
        Message::CameNobody,
        Message::TutorialConnects,
        Message::WhyDoesNotConnect,
    );
    missed(session, step, Name::DoesNotConnect, miss);
}
