//! The check of a learner's udp-server.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use crate::faults::Name;
use crate::find;
use crate::peer::Peer;
use crate::report::{Fault, Step, shown};
use crate::session::Session;
use crate::tcp_server::{gone, holds, reachable};
use crate::watch::{Protocol, Waiting};
use crate::words::{Message, Text};

/// The lesson's steps.
pub const STEPS: &[Step] = &[
    Step {
        number: 1,
        what: Message::UdpServerSocket,
    },
    Step {
        number: 2,
        what: Message::UdpServerBind,
    },
    Step {
        number: 3,
        what: Message::UdpServerReceive,
    },
    Step {
        number: 4,
        what: Message::UdpServerAnswer,
    },
    Step {
        number: 4,
        what: Message::UdpServerGoesOn,
    },
];

/// What the text's client says.
const NAMES: [&str; 3] = ["Michael", "Tracy", "Sarah"];

/// So long nobody says anything.
const IDLE: Duration = Duration::from_millis(1200);
/// Between two datagrams of one answer there is less than this.
const MORE: Duration = Duration::from_secs(1);

/// Holds the lesson's conversation with the program.
pub fn check(session: &mut Session) {
    if !find::is_free(session, Protocol::Udp) || !session.start(Message::UdpServerSocket) {
        return;
    }
    session.doing(Message::UdpServerBind);
    let Some(address) = find(session) else { return };
    let mark = session.mark();
    Talk {
        session,
        address,
        mark,
        ports: Vec::new(),
    }
    .hold();
}

/// Waits until the program has a socket for datagrams, and tells where.
pub fn find(session: &mut Session) -> Option<SocketAddr> {
    if cfg!(not(target_os = "linux")) {
        return find_by_asking(session);
    }
    let found = find::find(session, Protocol::Udp);
    match found {
        Some(Waiting {
            protocol: Protocol::Udp,
            address,
        }) => {
            bound(session, address);
            Some(reachable(address))
        }
        Some(Waiting { address, .. }) => {
            let came = Message::CameTcpPort.with("address", address);
            let step = Message::UdpServerSocket;
            fault(
                session,
                step,
                Name::WrongSocket,
                Message::DidStart.into(),
                came,
                Message::TutorialUdp.into(),
                Message::WhyWrongSocket.into(),
            );
            None
        }
        None => {
            does_not_wait(session);
            None
        }
    }
}

/// Where nobody tells where it waits, the text's address is tried, until an answer comes: what is sent before the
/// program has its socket is lost.
fn find_by_asking(session: &mut Session) -> Option<SocketAddr> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 9999));
    let mut peer = Peer::client_of(address, &session.bell).ok()?;
    let deadline = Instant::now() + session.timeout;
    while Instant::now() < deadline && !gone(session) {
        peer.send(NAMES[0].as_bytes(), address);
        let came = peer.receive(Duration::from_millis(500), || gone(session));
        if came.is_some() {
            bound(session, address);
            break;
        }
    }
    Some(address)
}

fn bound(session: &mut Session, address: SocketAddr) {
    session.report.ok(Message::UdpServerSocket);
    session.report.ok(Message::UdpServerBind);
    // Two of the texts have two addresses.
    if !["127.0.0.1:9999", "127.0.0.2:9999"].contains(&address.to_string().as_str()) {
        let text = Message::YoursAddress
            .with("address", address)
            .with("text", "127.0.0.1:9999");
        session.report.yours(text);
    }
}

fn does_not_wait(session: &mut Session) {
    let (bind, receive) = (Message::UdpServerBind, Message::UdpServerReceive);
    let step = session.step_of_error(Message::UdpServerSocket, bind, receive);
    let did = Text::from(Message::DidStart);
    if session.cause(step, 0, &did, &read(step)) {
        return;
    }
    if let Some(status) = session.ended() {
        let came = Message::CameEnded.with("status", status);
        fault(
            session,
            step,
            Name::EndsAtOnce,
            did,
            came,
            Message::TutorialRuns.into(),
            Message::WhyEndsAtOnce.into(),
        );
    } else {
        let did = Message::DidStartAndLook.with("seconds", session.timeout.as_secs_f32());
        let step = Message::UdpServerBind;
        fault(
            session,
            step,
            Name::NotListening,
            did,
            Message::CameNoPort.into(),
            Message::TutorialListens.into(),
            Message::WhyNotBound.into(),
        );
    }
}

fn read(step: Message) -> Text {
    let found = STEPS.iter().find(|known| known.what == step);
    Message::ReadUdpServer.with("step", found.map_or(1, |step| step.number))
}

fn fault(
    session: &mut Session,
    step: Message,
    name: Name,
    did: Text,
    came: Text,
    tutorial: Text,
    reason: Text,
) {
    let printed = session.printed();
    session.report.fault(
        step,
        Fault {
            name,
            did,
            came,
            tutorial,
            reason,
            read: read(step),
            printed,
        },
    );
}

struct Talk<'a> {
    session: &'a mut Session,
    address: SocketAddr,
    mark: usize,
    /// Where the checker's own peers wait for answers.
    ports: Vec<u16>,
}

impl Talk<'_> {
    fn hold(&mut self) {
        let peers = (
            Peer::client_of(self.address, &self.session.bell),
            Peer::client_of(self.address, &self.session.bell),
        );
        let (Ok(mut first), Ok(mut second)) = peers else {
            return; // this machine has no socket left
        };
        self.ports = [&first, &second].map(|peer| peer.address().port()).to_vec();
        // Two peers in turn: an answer must go to the one who asked.
        self.session.doing(Message::UdpServerAnswer);
        if !self.name(&mut first, NAMES[0], Message::UdpServerAnswer) {
            return;
        }
        self.session.report.ok(Message::UdpServerReceive);
        self.session.doing(Message::UdpServerGoesOn);
        if !self.name(&mut second, NAMES[1], Message::UdpServerGoesOn) {
            return;
        }
        self.session.report.ok(Message::UdpServerAnswer);
        // A server stays when nobody asks for a while.
        let idle = Instant::now() + IDLE;
        self.session.bell.wait(idle, || self.session.ended());
        if !self.name(&mut first, NAMES[2], Message::UdpServerGoesOn) {
            return;
        }
        self.session.report.ok(Message::UdpServerGoesOn);
        self.beyond(&mut second);
    }

    /// Says a name, and looks at the answer.
    fn name(&mut self, peer: &mut Peer, name: &str, step: Message) -> bool {
        self.session.sent(name.as_bytes());
        self.session.watch.clear();
        // An answer of several datagrams may not have been taken to its end.
        peer.drain();
        peer.send(name.as_bytes(), self.address);
        let from = peer.address();
        let did = Message::DidUdpFrom
            .with("bytes", shown(name.as_bytes()))
            .with("from", from)
            .with("address", self.address)
            .with("seconds", self.session.timeout.as_secs_f32());
        let Some((bytes, sender)) = self.answer(peer, name) else {
            self.silent(did, from, name, step);
            return false;
        };
        self.session.came(&bytes);
        if sender.port() != self.address.port() {
            self.session
                .report
                .yours(Message::YoursOtherPort.with("address", sender));
        }
        self.look_at(&bytes, did, name, step)
    }

    fn look_at(&mut self, bytes: &[u8], did: Text, name: &str, step: Message) -> bool {
        let text = String::from_utf8_lossy(bytes);
        let came = Message::CameBytes.with("bytes", shown(bytes));
        let tutorial =
            Message::TutorialGreets.with("bytes", shown(format!("Hello, {name}!").as_bytes()));
        if !holds(bytes, name) {
            fault(
                self.session,
                step,
                Name::WrongAnswer,
                did,
                came,
                tutorial,
                Message::WhyWrongAnswer.into(),
            );
            return false;
        }
        if text.contains(&format!("b'{name}")) || text.contains(&format!("b\"{name}")) {
            fault(
                self.session,
                Message::UdpServerAnswer,
                Name::BytesInText,
                did,
                came,
                tutorial,
                Message::WhyBytesInText.into(),
            );
        } else if name == NAMES[0] && text != format!("Hello, {name}!") {
            self.session
                .report
                .yours(Message::YoursAnswer.with("bytes", shown(bytes)));
        }
        true
    }

    /// Waits for one datagram; not for long once the program has told of an error, or ended. Where that one is without
    /// the name, another may follow; then the first one counts.
    fn answer(&self, peer: &mut Peer, name: &str) -> Option<(Vec<u8>, SocketAddr)> {
        let session = &*self.session;
        let troubled = || gone(session) || session.traceback_since(self.mark).is_some();
        let first = peer.receive(session.timeout, troubled)?;
        let mut next = Some(first.clone());
        while let Some(came) = next {
            if holds(&came.0, name) {
                return Some(came);
            }
            next = peer.receive(MORE, troubled);
        }
        Some(first)
    }

    /// Where the program sent from its port, other than to who asked. A packet of the time before may be seen late: to
    /// another peer of ours, only an answer to this name counts.
    fn went_elsewhere(&self, from: SocketAddr, name: &str) -> Option<SocketAddr> {
        let packets = self.session.watch.packets();
        let elsewhere = packets.into_iter().find(|packet| {
            packet.protocol == Protocol::Udp
                && packet.from.port() == self.address.port()
                && packet.to.port() != from.port()
                && (!self.ports.contains(&packet.to.port()) || holds(&packet.data, name))
        });
        elsewhere.map(|packet| packet.to)
    }

    fn silent(&mut self, did: Text, from: SocketAddr, name: &str, step: Message) {
        if self.session.cause(step, self.mark, &did, &read(step)) {
            return;
        }
        if let Some(to) = self.went_elsewhere(from, name) {
            let came = Message::CameElsewhere.with("to", to).with("from", from);
            let (step, why) = (Message::UdpServerAnswer, Message::WhyElsewhere.into());
            let tutorial = Message::TutorialAnswersSender.into();
            let name = Name::AnswersElsewhere;
            return fault(self.session, step, name, did, came, tutorial, why);
        }
        let came = match self.session.ended() {
            Some(status) => Message::CameEnded.with("status", status),
            None => Message::CameNothing.into(),
        };
        let greeting = shown(format!("Hello, {name}!").as_bytes());
        // Elsewhere than on Linux, it has answered once before.
        let first =
            name == NAMES[0] && (cfg!(target_os = "linux") || self.session.ended().is_none());
        let (step, fault_name, tutorial, why) = if first {
            let tutorial = Message::TutorialGreets.with("bytes", greeting);
            (step, Name::NoAnswer, tutorial, Message::WhyNoAnswerUdp)
        } else {
            let tutorial = Message::TutorialGoesOnUdp.into();
            let step = Message::UdpServerGoesOn;
            (step, Name::ServesOnce, tutorial, Message::WhyServesOnceUdp)
        };
        fault(
            self.session,
            step,
            fault_name,
            did,
            came,
            tutorial,
            why.into(),
        );
    }

    /// What the text does not ask for: shown, never a fault.
    fn beyond(&mut self, peer: &mut Peer) {
        self.crowd();
        let soon = Duration::from_secs(1);
        for (bytes, message) in [
            (&b""[..], Message::BeyondEmpty),
            (b"\xff\xfe", Message::BeyondNotUtf8),
        ] {
            let mark = self.session.mark();
            peer.send(bytes, self.address);
            let answered = peer.receive(soon, || self.session.ended().is_some());
            let what = match (answered, self.session.traceback_since(mark)) {
                (Some(_), _) => Message::Answered.into(),
                (None, Some(told)) => Message::NotAnsweredError.with("error", told.error),
                (None, None) => Message::NotAnswered.into(),
            };
            let text = Text::from(message).with_text("what", what);
            self.session.report.beyond(text);
            if self.session.ended().is_some() {
                // Nobody is left to try more with.
                return;
            }
        }
        #[cfg(unix)]
        self.session.press_ctrl_c();
    }

    /// Datagrams from many clients, of which some may be lost.
    fn crowd(&mut self) {
        const CROWD: usize = 50;
        let clients = (0..CROWD).map_while(|_| {
            let client = Peer::client_of(self.address, &self.session.bell).ok()?;
            client.send(NAMES[0].as_bytes(), self.address);
            Some(client)
        });
        let clients: Vec<_> = clients.collect();
        let deadline = Instant::now() + Duration::from_secs(1);
        let answered = |clients: &[Peer]| clients.iter().filter(|one| one.has_some()).count();
        self.session
            .bell
            .wait(deadline, || (answered(&clients) == CROWD).then_some(()));
        let text = Message::BeyondSenders.with("all", CROWD);
        self.session
            .report
            .beyond(text.with("count", answered(&clients)));
    }
}
