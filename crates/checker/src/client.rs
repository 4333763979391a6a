//! What the checks of all clients share: where a client knocks, and how it is told what is wrong.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

use crate::conn::Conn;
use crate::events::{Bell, lock};
use crate::faults::Name;
use crate::names::{self, Names};
use crate::report::Fault;
use crate::session::Session;
use crate::source;
use crate::watch::{self, Protocol};
use crate::words::{Message, Text};

/// How many addresses a client may try before the checker gives up.
pub const TRIES: usize = 4;
/// A client that shows no sign for this long may wait at its keyboard.
pub const KEYBOARD: Duration = Duration::from_millis(700);
/// A client that has gone nowhere for this long may ask where its server is.
pub const ASKS: Duration = Duration::from_millis(1500);
/// The last packets of a program that has ended reach our threads within this, also on a machine that is busy.
pub const ON_THE_WAY: Duration = Duration::from_secs(1);
/// What is typed for a client that asks where its server is.
pub const PLACE: [&str; 2] = ["127.0.0.1", "9999"];
/// What is typed for a client that asks for names.
pub const LINES: [&str; 4] = ["Michael", "Tracy", "Sarah", "exit"];

/// What is typed for a client that took a line and said nothing: the first choice of its menu, perhaps, or another answer.
pub const CHOICE: &str = "1";
/// What is typed from then on: one of these ends most menus.
pub const MENU: [&str; 5] = ["0", "q", "2", "3", "exit"];

/// A port at which the checker is there for the learner's client.
pub struct Door {
    pub address: SocketAddr,
    arrived: Arc<Mutex<Vec<Conn>>>,
    closed: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Door {
    /// Listens, and takes over what comes.
    pub fn open(address: SocketAddr, bell: &Bell) -> std::io::Result<Self> {
        let listener = listen(address)?;
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let closed = Arc::new(AtomicBool::new(false));
        let (to, shut, bell) = (Arc::clone(&arrived), Arc::clone(&closed), bell.clone());
        let thread = thread::Builder::new().spawn(move || {
            loop {
                let Ok((stream, _)) = listener.accept() else {
                    thread::park_timeout(Duration::from_secs(1)); // out of descriptors, perhaps
                    continue;
                };
                if shut.load(Ordering::Acquire) {
                    // With a reset nothing of the connection stays behind that would keep the address.
                    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
                    return;
                }
                if let Ok(conn) = Conn::new(stream, &bell) {
                    lock(&to).push(conn);
                }
                bell.ring();
            }
        })?;
        Ok(Self {
            address,
            arrived,
            closed,
            thread,
        })
    }

    /// Makes the address free for the learner's program, and waits until it is.
    pub fn close(self) {
        self.closed.store(true, Ordering::Release);
        if TcpStream::connect(self.address).is_ok() {
            let _ = self.thread.join();
        }
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
        // A mistake that the program caught and printed is the cause; what we saw is its symptom.
        session.wait_for_last_words();
        let muttered = source::muttered(&session.printed()).is_some();
        let caught = muttered && session.traceback_since(0).is_none();
        if caught && session.cause(step, 0, &parts.did, &self.read(step)) {
            return;
        }
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

    /// On the machine itself nobody sees where a client goes. Only an error that is not the network's is its own.
    pub fn not_seen(self, session: &mut Session, step: Message, note: Message) {
        session.wait_for_last_words();
        let error = session.traceback_since(0).map(|traceback| traceback.error);
        let network = [
            "Errno",
            "WinError",
            "gaierror",
            "imeout",
            "Connection",
            "ocket.error",
        ];
        let own = error.is_some_and(|error| !network.iter().any(|part| error.contains(part)));
        if own {
            session.cause(step, 0, &Message::DidStart.into(), &self.read(step));
        } else {
            session.report.note(note);
        }
    }

    /// Nobody came: the name that it asked for tells why, or its own error, or its end, or its silence.
    pub fn nobody_came(
        self,
        session: &mut Session,
        names: &Names,
        socket: Message,
        connect: Message,
    ) {
        let printed = session.printed();
        let error = session.traceback_since(0);
        let told = |words: &[&str]| words.iter().any(|words| printed.contains(words));
        if let Some(name) = names.unknown() {
            self.no_such_name(session, (socket, connect), &name);
        } else if told(&NO_SUCH_HOST) {
            let (came, reason) = (Message::CameNoSuchHost, Message::WhyNoSuchHost);
            self.does_not_connect(session, connect, came.into(), reason.into());
        } else if self.wrong_socket(session, socket) {
            // That is all.
        } else if error.is_some() && told(&NOT_CONNECTED) {
            let error = error.map(|error| error.error).unwrap_or_default();
            let came = Message::CameErrorNoPlace.with("error", error);
            self.does_not_connect(session, connect, came, Message::WhyNotConnected.into());
        } else {
            let code = error.and_then(|error| error.place);
            let connects = code.is_some_and(|place| place.code.contains("connect"));
            self.ended_or_silent(session, if connects { connect } else { socket });
        }
    }

    fn ended_or_silent(self, session: &mut Session, step: Message) {
        let did = Text::from(Message::DidStart);
        if session.cause(step, 0, &did, &self.read(step)) {
            return;
        }
        let ended = session.ended();
        let came = match ended {
            Some(status) => Message::CameEnded.with("status", status),
            None => Message::CameNoPacket.into(),
        };
        if ended.is_none() || !session.printed().trim().is_empty() {
            return self.does_not_connect(session, step, came, Message::WhyDoesNotConnect.into());
        }
        let parts = Parts {
            did,
            came,
            tutorial: Message::TutorialConnects.into(),
            reason: Message::WhyEndsAtOnce.into(),
        };
        self.fault(session, step, Name::EndsAtOnce, parts);
    }

    fn does_not_connect(self, session: &mut Session, step: Message, came: Text, reason: Text) {
        let parts = Parts {
            did: Message::DidStart.into(),
            came,
            tutorial: Message::TutorialConnects.into(),
            reason,
        };
        self.fault(session, step, Name::DoesNotConnect, parts);
    }

    fn no_such_name(
        self,
        session: &mut Session,
        (socket, connect): (Message, Message),
        name: &str,
    ) {
        session.report.ok(socket);
        let reason = match names::meant(name) {
            Some(other) => Message::WhyHostSpelled
                .with("name", name)
                .with("other", other),
            None => Message::WhyNoSuchSite.into(),
        };
        let came = Message::CameNoSuchName.with("name", name);
        self.does_not_connect(session, connect, came, reason);
    }

    /// A socket of the other kind often sends nothing: its connect is silent, or its send ends the program.
    fn wrong_socket(self, session: &mut Session, socket: Message) -> bool {
        let tcp = session.protocol == Protocol::Tcp;
        let came = if tcp
            && session.ended().is_none()
            && watch::holds_udp(session.pid(), session.world.own)
        {
            Message::CameUdpSocket.into()
        } else if !tcp && sent_without_a_connection(session) {
            Message::CameBrokenPipe.into()
        } else {
            return false;
        };
        let parts = Parts {
            did: Message::DidStart.into(),
            came,
            tutorial: if tcp {
                Message::TutorialTcp
            } else {
                Message::TutorialUdp
            }
            .into(),
            reason: Message::WhyWrongSocket.into(),
        };
        self.fault(session, socket, Name::WrongSocket, parts);
        true
    }
}

/// What programs print when nobody knows the name of the server.
const NO_SUCH_HOST: [&str; 4] = [
    "gaierror",
    "Name or service not known",
    "name resolution",
    "getaddrinfo",
];

/// What Python says of a send or a recv before the connect.
const NOT_CONNECTED: [&str; 5] = [
    "[Errno 32]",
    "[Errno 107]",
    "[Errno 57]",
    "[Errno 89]",
    "WinError 10057",
];

/// Whether it died of a send on a stream that is not connected: on Unix, SIGPIPE, or an error of that name.
fn sent_without_a_connection(session: &Session) -> bool {
    let error = session.traceback_since(0).map(|error| error.error);
    error.is_some_and(|error| error.contains("[Errno 32]")) || died_of_sigpipe(session)
}

#[cfg(unix)]
fn died_of_sigpipe(session: &Session) -> bool {
    use std::os::unix::process::ExitStatusExt;
    const SIGPIPE: i32 = 13;
    session
        .ended()
        .is_some_and(|status| status.signal() == Some(SIGPIPE))
}

#[cfg(not(unix))]
fn died_of_sigpipe(_session: &Session) -> bool {
    false
}

/// The client goes to a place of its own.
pub fn own_place(session: &mut Session, address: SocketAddr) {
    let text = "127.0.0.1:9999";
    if address.to_string() != text {
        let yours = Message::YoursServer.with("address", address);
        session.report.yours(yours.with("text", text));
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
