//! What the checks of all clients share: where a client knocks, and how it is told what is wrong.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::conn::Conn;
use crate::events::{Bell, lock};
use crate::faults::Name;
use crate::report::Fault;
use crate::session::Session;
use crate::watch::Protocol;
use crate::words::{Message, Text};

/// How many addresses a client may try before the checker gives up.
pub const TRIES: usize = 4;
/// A client that shows no sign for this long may wait at its keyboard.
pub const KEYBOARD: Duration = Duration::from_millis(700);
/// What is typed for a client that asks at the keyboard.
pub const LINES: [&str; 4] = ["Michael", "Tracy", "Sarah", "exit"];

/// A port at which the checker is there for the learner's client.
pub struct Door {
    pub address: SocketAddr,
    arrived: Arc<Mutex<Vec<Conn>>>,
}

impl Door {
    /// Listens, and takes over what comes.
    pub fn open(address: SocketAddr, bell: &Bell) -> std::io::Result<Self> {
        let listener = listen(address)?;
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let (to, bell) = (Arc::clone(&arrived), bell.clone());
        thread::Builder::new().spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Ok(conn) = Conn::new(stream, &bell) {
                    lock(&to).push(conn);
                }
                bell.ring();
            }
        })?;
        Ok(Self { address, arrived })
    }

    /// The next client that has come.
    pub fn next(&self) -> Option<Conn> {
        let mut arrived = lock(&self.arrived);
        (!arrived.is_empty()).then(|| arrived.remove(0))
    }
}

/// Listens; at an IPv6 address for IPv6 alone, so that the same port of IPv4 is another door.
fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    if address.is_ipv4() {
        return TcpListener::bind(address);
    }
    let socket = Socket::new(Domain::IPV6, Type::STREAM, None)?;
    socket.set_only_v6(true)?;
    socket.set_reuse_address(cfg!(unix))?;
    socket.bind(&address.into())?;
    socket.listen(128)?;
    Ok(socket.into())
}

/// The first address, other than the known ones, to which the client has sent its first packet.
/// A question for the address of a name is no such packet.
pub fn knocked(session: &Session, protocol: Protocol, known: &[SocketAddr]) -> Option<SocketAddr> {
    let packets = session.watch.packets();
    let first = packets.iter().find(|packet| {
        let begins = match packet.protocol {
            Protocol::Tcp => packet.syn && !packet.ack,
            Protocol::Udp => !packet.asks_for_a_name() && !known.contains(&packet.from),
        };
        packet.protocol == protocol && begins && !known.contains(&packet.to)
    });
    first.map(|packet| packet.to)
}

/// The lesson's page of one client.
#[derive(Clone, Copy)]
pub struct Lesson {
    pub read: Message,
    pub number: fn(Message) -> u8,
}

/// The parts of a fault that differ from one to the next.
pub struct Parts {
    pub did: Text,
    pub came: Text,
    pub tutorial: Text,
    pub reason: Text,
}

impl Lesson {
    pub fn read(self, step: Message) -> Text {
        self.read.with("step", (self.number)(step))
    }

    pub fn fault(self, session: &mut Session, step: Message, name: Name, parts: Parts) {
        let fault = Fault {
            name,
            did: parts.did,
            came: parts.came,
            tutorial: parts.tutorial,
            reason: parts.reason,
            read: self.read(step),
            printed: session.printed(),
        };
        session.report.fault(step, fault);
    }

    /// Nobody came: the program's own error tells why, or its end does, or its silence.
    pub fn nobody_came(self, session: &mut Session, socket: Message, connect: Message) {
        let did = Text::from(Message::DidStart);
        let printed = session.printed();
        let unknown = [
            "gaierror",
            "Name or service not known",
            "name resolution",
            "getaddrinfo",
        ];
        if unknown.iter().any(|words| printed.contains(words)) {
            let parts = Parts {
                did,
                came: Message::CameNoSuchHost.into(),
                tutorial: Message::TutorialConnects.into(),
                reason: Message::WhyNoSuchHost.into(),
            };
            return self.fault(session, connect, Name::DoesNotConnect, parts);
        }
        let code = session.traceback_since(0).and_then(|error| error.place);
        let step = if code.is_some_and(|place| place.code.contains("connect")) {
            connect
        } else {
            socket
        };
        if session.cause(step, 0, &did, &self.read(step)) {
            return;
        }
        let (name, came, reason) = match session.ended() {
            Some(status) if printed.trim().is_empty() => {
                let came = Message::CameEnded.with("status", status);
                (Name::EndsAtOnce, came, Message::WhyEndsAtOnce)
            }
            Some(status) => {
                let came = Message::CameEnded.with("status", status);
                (Name::DoesNotConnect, came, Message::WhyDoesNotConnect)
            }
            None => {
                let came = Message::CameNoPacket.into();
                (Name::DoesNotConnect, came, Message::WhyDoesNotConnect)
            }
        };
        let parts = Parts {
            did,
            came,
            tutorial: Message::TutorialConnects.into(),
            reason: reason.into(),
        };
        self.fault(session, step, name, parts);
    }
}

/// Whether the checker can be at an address: at one of its world's own.
pub fn can_be_at(session: &Session, address: SocketAddr) -> bool {
    let host = match address.ip() {
        IpAddr::V4(ip) => !ip.is_multicast() && !ip.is_broadcast(),
        IpAddr::V6(ip) => !ip.is_multicast(),
    };
    session.world.own && host && address.port() != 0
}
