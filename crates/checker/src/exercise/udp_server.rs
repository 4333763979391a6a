//! The exercises of udp-server: telling that a datagram was cut, and IPv6.

use std::net::SocketAddr;

use super::{Exercise, Miss, missed};
use crate::Kind;
use crate::faults::Name;
use crate::find;
use crate::peer::Peer;
use crate::report::{Step, shown};
use crate::session::Session;
use crate::tcp_server::{gone, holds};
use crate::udp_server;
use crate::watch::Protocol;
use crate::words::{Message, Text};

/// The longest name that is to be greeted.
const LONGEST: usize = 1024;

pub const CUT_DATAGRAM: Exercise = Exercise {
    name: "cut-datagram",
    kind: Kind::UdpServer,
    task: Message::TaskCutDatagram,
    steps: &[
        step(1, Message::UdpServerSocket),
        step(2, Message::UdpServerBind),
        step(3, Message::StepWholeName),
        step(4, Message::StepTooLong),
        step(5, Message::UdpServerGoesOn),
    ],
    check: cut_datagram,
};

pub const IPV6: Exercise = Exercise {
    name: "ipv6",
    kind: Kind::UdpServer,
    task: Message::TaskIpv6,
    steps: &[
        step(1, Message::UdpServerSocket),
        step(2, Message::StepBindIpv6),
        step(3, Message::StepAnswersIpv6),
    ],
    check: ipv6,
};

const fn step(number: u8, what: Message) -> Step {
    Step { number, what }
}

/// Sends a datagram; what came back, and what the checker did.
fn ask(
    session: &mut Session,
    peer: &mut Peer,
    server: SocketAddr,
    bytes: &[u8],
) -> (Vec<u8>, Text) {
    session.sent(bytes);
    peer.send(bytes, server);
    let troubled = || gone(session) || session.traceback_since(0).is_some();
    let came = peer.receive(session.timeout, troubled);
    let came = came.map(|(bytes, _)| bytes).unwrap_or_default();
    session.came(&came);
    let did = Message::DidUdpFrom
        .with("bytes", shown(bytes))
        .with("from", peer.address())
        .with("address", server)
        .with("seconds", session.timeout.as_secs_f32());
    (came, did)
}

fn came_text(bytes: &[u8]) -> Text {
    if bytes.is_empty() {
        Message::CameNothing.into()
    } else {
        Message::CameBytes.with("bytes", shown(bytes))
    }
}

fn begin(session: &mut Session) -> Option<SocketAddr> {
    if !find::is_free(session, Protocol::Udp) || !session.start(Message::UdpServerSocket) {
        return None;
    }
    session.doing(Message::UdpServerBind);
    udp_server::find(session)
}

fn cut_datagram(session: &mut Session) {
    let Some(server) = begin(session) else { return };
    let Ok(mut peer) = Peer::client_of(server, &session.bell) else {
        return; // this machine has no socket left
    };
    let whole = [vec![b'x'; LONGEST - 4], b"Ends".to_vec()].concat();
    let steps = [
        (Message::StepWholeName, whole.clone(), Message::WhyWholeName),
        (
            Message::StepTooLong,
            [whole, b"!".to_vec()].concat(),
            Message::WhyTooLong,
        ),
        (Message::StepTooLong, vec![b'y'; 3000], Message::WhyTooLong),
        (
            Message::UdpServerGoesOn,
            b"Tracy".to_vec(),
            Message::WhyServesOnceUdp,
        ),
    ];
    for (step, name, reason) in steps {
        // What does not even fit one byte more is an error on Windows, and its sender stays unknown.
        if cfg!(windows) && name.len() > LONGEST + 1 {
            continue;
        }
        session.doing(step);
        let (came, did) = ask(session, &mut peer, server, &name);
        let text = String::from_utf8_lossy(&came).to_lowercase();
        let (right, task) = if name.len() > LONGEST {
            (text.contains("too long"), Message::AnswersTooLong)
        } else {
            let whole = came.windows(name.len()).any(|part| part == name);
            (whole, Message::AnswersWholeName)
        };
        let miss = Miss::new(did, came_text(&came), task, reason);
        if !right {
            return missed(session, step, Name::CutDatagram, miss);
        }
        session.report.ok(step);
    }
}

fn ipv6(session: &mut Session) {
    let Some(server) = begin(session) else { return };
    let step = Message::StepBindIpv6;
    let real = match server {
        SocketAddr::V4(_) => false,
        SocketAddr::V6(server) => server.ip().to_ipv4_mapped().is_none(),
    };
    if !real {
        let miss = Miss::new(
            Message::DidStart,
            Message::CameIpv4.with("address", server),
            Message::TaskWaitsIpv6,
            Message::WhyIpv4,
        );
        return missed(session, step, Name::Ipv6, miss);
    }
    session.report.ok(step);
    let step = Message::StepAnswersIpv6;
    session.doing(step);
    let Ok(mut peer) = Peer::client_of(server, &session.bell) else {
        return; // this machine has no IPv6
    };
    for name in ["Michael", "Tracy"] {
        let (came, did) = ask(session, &mut peer, server, name.as_bytes());
        if !holds(&came, name) {
            let miss = Miss::new(
                did,
                came_text(&came),
                Message::TutorialGreets.with("bytes", shown(format!("Hello, {name}!").as_bytes())),
                Message::WhyNoAnswerUdp,
            );
            return missed(session, step, Name::Ipv6, miss);
        }
    }
    session.report.ok(step);
}
