//! The check of a learner's server with a learner's client: where they meet, and who waits for whom.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::client::LINES;
use crate::faults::Name;
use crate::report::{Fault, Step, shown};
use crate::session::{Other, Session};
use crate::watch::{self, Packet, Protocol, Waiting};
use crate::words::{Message, Text};

pub const STEPS: &[Step] = &[
    Step {
        number: 1,
        what: Message::PairListens,
    },
    Step {
        number: 2,
        what: Message::PairMeets,
    },
    Step {
        number: 3,
        what: Message::PairTalks,
    },
    Step {
        number: 4,
        what: Message::PairEnds,
    },
];

/// A client that shows no sign for this long may wait at its keyboard.
const QUIET: Duration = Duration::from_secs(2);

/// Runs both, and watches them.
pub fn check(session: &mut Session, client: Vec<OsString>) {
    if !session.start(Message::PairListens) {
        return;
    }
    session.doing(Message::PairListens);
    let server = find(session);
    if server.is_none() && (cfg!(target_os = "linux") || session.ended().is_some()) {
        return no_server(session);
    }
    session.report.ok(Message::PairListens);
    if let Some(server) = server {
        session.protocol = server.protocol;
    }
    session.watch.clear();
    let mut other = Other::of(client);
    // From here on the session's program is the client.
    session.swap(&mut other);
    if !session.start(Message::PairMeets) {
        return;
    }
    session.doing(Message::PairTalks);
    watch_them(session, &other);
    session.wait_for_last_words();
    let talk = settled(session, server);
    judge(session, &mut other, &talk);
}

fn find(session: &Session) -> Option<Waiting> {
    let (pid, own, limit) = (session.pid(), session.world.own, session.timeout);
    let choose = |all: &[Waiting]| {
        let tcp = all.iter().find(|one| one.protocol == Protocol::Tcp);
        tcp.or(all.first()).copied()
    };
    let over = || session.ended().is_some();
    watch::wait_for_socket(pid, own, limit, &session.bell, choose, over)
}

/// Waits until the client ends, or until nothing happens any more. Types for a client that may be asking.
fn watch_them(session: &mut Session, server: &Other) {
    let mut lines = LINES.into_iter();
    let mut last = Instant::now();
    loop {
        let seen = |session: &Session| {
            let packets = session.watch.packets().len();
            (packets, session.mark(), server.mark())
        };
        let before = seen(session);
        let news = session.bell.wait(Instant::now() + QUIET, || {
            (session.ended().is_some() || seen(session) != before).then_some(())
        });
        if session.ended().is_some() {
            return;
        }
        if news.is_some() {
            last = Instant::now();
        } else if last.elapsed() >= session.timeout {
            return;
        } else if let (Some(line), Some(program)) = (lines.next(), session.program()) {
            program.type_line(line);
        }
    }
}

/// The talk, once the last packets have been seen: a client that is refused ends before that.
fn settled(session: &Session, server: Option<Waiting>) -> Talk {
    let (bell, watch) = (&session.bell, &session.watch);
    if watch.sees {
        let soon = Instant::now() + QUIET;
        bell.wait(soon, || {
            let talk = Talk::of(session, server);
            (talk.met || talk.elsewhere.is_some()).then_some(())
        });
        loop {
            let count = watch.packets().len();
            let more = || (watch.packets().len() > count).then_some(());
            let moment = Instant::now() + Duration::from_millis(300);
            if bell.wait(moment, more).is_none() {
                break;
            }
        }
    }
    Talk::of(session, server)
}

/// What passed between the two.
struct Talk {
    server: Option<Waiting>,
    /// Where else the client went, and how.
    elsewhere: Option<(Protocol, SocketAddr)>,
    from_client: Vec<Vec<u8>>,
    from_server: Vec<Vec<u8>>,
    client_spoke_last: bool,
    met: bool,
}

impl Talk {
    fn of(session: &Session, server: Option<Waiting>) -> Self {
        let mut talk = Self {
            server,
            elsewhere: None,
            from_client: Vec::new(),
            from_server: Vec::new(),
            client_spoke_last: false,
            met: false,
        };
        for packet in session.watch.packets() {
            talk.take(packet);
        }
        talk
    }

    fn take(&mut self, packet: Packet) {
        let Some(server) = self.server else { return };
        let same = packet.protocol == server.protocol;
        let port = server.address.port();
        let reaches = server.address.ip().is_unspecified()
            || packet.to.ip() == server.address.ip()
            || packet.from.ip() == server.address.ip();
        if same && reaches && packet.to.port() == port {
            self.met = true;
            if packet.length > 0 {
                self.from_client.push(packet.data);
                self.client_spoke_last = true;
            }
        } else if same && reaches && packet.from.port() == port {
            if packet.length > 0 {
                self.from_server.push(packet.data);
                self.client_spoke_last = false;
            }
        } else if begins(&packet) && self.elsewhere.is_none() {
            self.elsewhere = Some((packet.protocol, packet.to));
        }
    }

    fn last(&self) -> Option<&[u8]> {
        let side = if self.client_spoke_last {
            &self.from_client
        } else {
            &self.from_server
        };
        side.last().map(Vec::as_slice)
    }
}

/// A client's first packet; a question for the address of a name is none.
fn begins(packet: &Packet) -> bool {
    match packet.protocol {
        Protocol::Tcp => packet.syn && !packet.ack,
        Protocol::Udp => packet.to.port() != 53 && packet.from.port() != 53,
    }
}

fn judge(session: &mut Session, server: &mut Other, talk: &Talk) {
    let did = Message::DidPair.with("seconds", session.timeout.as_secs_f32());
    if !talk.met {
        if let (Some(there), Some((protocol, address))) = (talk.server, talk.elsewhere) {
            return went_elsewhere(session, did, there, protocol, address);
        }
    }
    if talk.met || !session.watch.sees {
        session.report.ok(Message::PairMeets);
    }
    let read = read(session);
    let step = if talk.met {
        Message::PairTalks
    } else {
        Message::PairMeets
    };
    // An error of the server's is the cause of what the client meets, and not the reverse.
    session.swap(server);
    if session.cause(step, 0, &Message::DidPairServer.into(), &read) {
        return;
    }
    session.swap(server);
    if session.cause(step, 0, &Message::DidPairClient.into(), &read) {
        return;
    }
    if session.ended().is_none() {
        return hangs(session, did, talk);
    }
    ended_well(session, did, talk);
}

/// The client has ended without an error: have they met and talked?
fn ended_well(session: &mut Session, did: Text, talk: &Talk) {
    if session.watch.sees && !talk.met {
        let came = Message::CameNobody.into();
        let why = Message::WhyDoesNotConnect;
        return fault(
            session,
            Message::PairMeets,
            Name::DoesNotConnect,
            did,
            came,
            why.into(),
        );
    }
    if session.watch.sees {
        if talk.last().is_none() {
            let came = Message::CamePairNothing.into();
            let why = Message::WhyNoNames.into();
            return fault(
                session,
                Message::PairTalks,
                Name::SendsNoNames,
                did,
                came,
                why,
            );
        }
        session.report.ok(Message::PairTalks);
        let yours = Message::YoursPair
            .with("client", talk.from_client.len())
            .with("server", talk.from_server.len());
        session.report.yours(yours);
    }
    session.report.ok(Message::PairEnds);
}

fn went_elsewhere(
    session: &mut Session,
    did: Text,
    there: Waiting,
    protocol: Protocol,
    address: SocketAddr,
) {
    let name = |protocol| match protocol {
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
    };
    let came = Message::CamePairElsewhere
        .with("server", there.address)
        .with("waits", name(there.protocol))
        .with("client", address)
        .with("goes", name(protocol));
    let (fault_name, why) = if protocol == there.protocol {
        (Name::DoesNotConnect, Message::WhyPairAddress)
    } else {
        (Name::WrongSocket, Message::WhyWrongSocket)
    };
    fault(
        session,
        Message::PairMeets,
        fault_name,
        did,
        came,
        why.into(),
    );
}

/// Nothing happens any more, and the client runs on: who waits for whom?
fn hangs(session: &mut Session, did: Text, talk: &Talk) {
    let (came, why) = match talk.last() {
        _ if !session.watch.sees => (Message::CamePairUnseen.into(), Message::WhyPairUnseen),
        Some(bytes) if talk.client_spoke_last => (
            Message::CamePairServer.with("bytes", shown(bytes)),
            Message::WhyPairServer,
        ),
        Some(bytes) => (
            Message::CamePairClient.with("bytes", shown(bytes)),
            Message::WhyPairClient,
        ),
        None => (Message::CamePairBoth.into(), Message::WhyPairBoth),
    };
    let step = if talk.last().is_none() || talk.client_spoke_last {
        Message::PairTalks
    } else {
        session.report.ok(Message::PairTalks);
        Message::PairEnds
    };
    fault(session, step, Name::Hangs, did, came, why.into());
}

fn no_server(session: &mut Session) {
    let step = Message::PairListens;
    let did = Text::from(Message::DidPairServer);
    if session.cause(step, 0, &did, &read(session)) {
        return;
    }
    let (name, came, why) = match session.ended() {
        Some(status) => (
            Name::EndsAtOnce,
            Message::CameEnded.with("status", status),
            Message::WhyEndsAtOnce,
        ),
        None => (
            Name::NotListening,
            Message::CameNoPort.into(),
            Message::WhyNotListening,
        ),
    };
    fault(session, step, name, did, came, why.into());
}

fn read(session: &Session) -> Text {
    let kind = match session.protocol {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
    };
    Message::ReadPair.with("kind", kind)
}

fn fault(session: &mut Session, step: Message, name: Name, did: Text, came: Text, reason: Text) {
    let fault = Fault {
        name,
        did,
        came,
        tutorial: Message::TutorialPair.into(),
        reason,
        read: read(session),
        printed: session.printed(),
    };
    session.report.fault(step, fault);
}

/// The two commands: what stands before the second `--`, and after it.
pub fn commands(all: &[OsString]) -> Option<(Vec<OsString>, Vec<OsString>)> {
    let middle = all.iter().position(|word| word == "--")?;
    let (server, client) = (&all[..middle], &all[middle + 1..]);
    (!server.is_empty() && !client.is_empty()).then(|| (server.to_vec(), client.to_vec()))
}
