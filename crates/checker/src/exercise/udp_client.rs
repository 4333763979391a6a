//! The exercises of udp-client: pings that get lost, and a connected socket.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::{Exercise, MOMENT, Miss, failed, missed, nobody_came};
use crate::Kind;
use crate::client::{TRIES, can_be_at, knocked};
use crate::faults::Name;
use crate::peer::Peer;
use crate::report::{Step, shown};
use crate::session::Session;
use crate::watch::Protocol;
use crate::words::{Message, Text};

/// How many pings are asked for.
const PINGS: usize = 5;
/// Whoever waits a second for an answer sends again within this.
const PATIENCE: Duration = Duration::from_secs(4);

pub const PINGER: Exercise = Exercise {
    name: "pinger",
    kind: Kind::UdpClient,
    task: Message::TaskPinger,
    steps: &[
        step(1, Message::UdpClientSocket),
        step(2, Message::StepNumbers),
        step(3, Message::StepResends),
        step(4, Message::StepOldAnswer),
        step(5, Message::StepRoundTrips),
    ],
    check: pinger,
};

pub const CONNECTED: Exercise = Exercise {
    name: "connected",
    kind: Kind::UdpClient,
    task: Message::TaskConnected,
    steps: &[
        step(1, Message::UdpClientSocket),
        step(2, Message::StepStranger),
        step(3, Message::UdpClientShows),
        step(4, Message::StepNobodyThere),
    ],
    check: connected,
};

const fn step(number: u8, what: Message) -> Step {
    Step { number, what }
}

/// Starts the program, and is there where it sends to. Gives the first datagram, too.
fn guest(session: &mut Session) -> Option<(Peer, Vec<u8>, SocketAddr)> {
    let step = Message::UdpClientSocket;
    let mut known = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 9999))];
    for _ in 0..TRIES {
        let address = *known.last()?;
        let mut peer = match Peer::at(address, &session.bell) {
            Ok(peer) => peer,
            Err(error) => {
                let text = Message::NoDoor.with("address", address);
                session.report.note(text.with("error", error));
                return None;
            }
        };
        session.watch.clear();
        if !session.start(step) {
            return None;
        }
        session.doing(step);
        let elsewhere =
            || knocked(session, Protocol::Udp, &known).filter(|to| can_be_at(session, *to));
        let over = || session.ended().is_some() || elsewhere().is_some();
        let came = peer.receive(session.timeout, over);
        if let Some((bytes, from)) = came {
            session.came(&bytes);
            session.report.ok(step);
            return Some((peer, bytes, from));
        }
        match elsewhere() {
            Some(address) => known.push(address),
            None => break,
        }
    }
    nobody_came(session, step);
    None
}

// --- Pings

/// The number in a message.
fn number(bytes: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(bytes);
    let digits: String = text
        .chars()
        .skip_while(|char| !char.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

fn pinger(session: &mut Session) {
    let Some((mut peer, first, from)) = guest(session) else {
        return;
    };
    let (mut next, mut count) = (Some((first, from)), 0);
    let mut known: Vec<Vec<u8>> = Vec::new();
    while let Some((ping, from)) = next.take() {
        count += 1;
        if number(&ping).is_none() {
            return no_number(session, &ping);
        }
        let news = !known.contains(&ping);
        if count % 3 == 0 {
            next = dropped(session, &mut peer, &ping);
            continue;
        }
        // An answer that came before comes once more, ahead of the new one.
        if let Some(old) = known.last().filter(|_| news && count > 1) {
            peer.send(old, from);
            let early = peer.receive(MOMENT, || false);
            if let Some((bytes, _)) = early.filter(|(bytes, _)| *bytes != ping) {
                return took_old(session, old, &ping, &bytes);
            }
            session.report.ok(Message::StepOldAnswer);
        }
        session.sent(&ping);
        peer.send(&ping, from);
        if news {
            known.push(ping);
        }
        next = peer.receive(PATIENCE, || session.ended().is_some());
    }
    session.report.ok(Message::StepNumbers);
    if !session.report.has_fault() {
        round_trips(session, known.len());
    }
}

/// Lets a ping get lost. The same one has to come again.
fn dropped(session: &mut Session, peer: &mut Peer, ping: &[u8]) -> Option<(Vec<u8>, SocketAddr)> {
    session.doing(Message::StepResends);
    let next = peer.receive(PATIENCE, || session.ended().is_some());
    let again = next.as_ref().map(|(bytes, _)| bytes.as_slice());
    if again != Some(ping) {
        not_again(session, ping, again);
        return None;
    }
    session.report.ok(Message::StepResends);
    next
}

fn no_number(session: &mut Session, ping: &[u8]) {
    let miss = Miss::new(
        Message::DidNotAnswer,
        Message::CameBytes.with("bytes", shown(ping)),
        Message::TaskNumbers,
        Message::WhyNoNumber,
    );
    missed(session, Message::StepNumbers, Name::Pinger, miss);
}

fn not_again(session: &mut Session, ping: &[u8], came: Option<&[u8]>) {
    session.report.ok(Message::StepNumbers);
    let miss = Miss::new(
        Message::DidDrop
            .with("bytes", shown(ping))
            .with("seconds", PATIENCE.as_secs()),
        came.map_or(Text::from(Message::CameNothing), |bytes| {
            Message::CameBytes.with("bytes", shown(bytes))
        }),
        Message::TaskResends,
        Message::WhyNotAgain,
    );
    missed(session, Message::StepResends, Name::Pinger, miss);
}

fn took_old(session: &mut Session, old: &[u8], ping: &[u8], came: &[u8]) {
    session.report.ok(Message::StepNumbers);
    let miss = Miss::new(
        Message::DidOldAnswer
            .with("old", shown(old))
            .with("new", shown(ping)),
        Message::CameBytes.with("bytes", shown(came)),
        Message::TaskOldAnswer,
        Message::WhyOldAnswer,
    );
    missed(session, Message::StepOldAnswer, Name::Pinger, miss);
}

/// A line with a number and a time for each.
fn round_trips(session: &mut Session, pings: usize) {
    let step = Message::StepRoundTrips;
    session.doing(step);
    let limit = session.timeout.min(PATIENCE);
    let program = session.program();
    let ended = program
        .and_then(|program| program.wait_end(limit))
        .is_some();
    let printed = session.printed();
    let times = printed.lines().filter(|line| {
        let units = ["ms", "毫秒", " s", "秒", "us", "µs"];
        line.contains(|char: char| char.is_ascii_digit())
            && units.iter().any(|unit| line.contains(unit))
    });
    let times = times.count();
    if ended && pings >= PINGS && times >= PINGS {
        return session.report.ok(step);
    }
    let miss = Miss::new(
        Message::DidAnswerPings.with("count", pings),
        if ended {
            Message::CameTimes.with("count", times)
        } else {
            Text::from(Message::CameRunsOn)
        },
        Message::TaskRoundTrips,
        Message::WhyNoTimes,
    );
    missed(session, step, Name::Pinger, miss);
}

// --- A connected socket

fn connected(session: &mut Session) {
    let Some((mut peer, first, from)) = guest(session) else {
        return;
    };
    let address = peer.address();
    let any = SocketAddr::new(address.ip(), 0);
    let Ok(stranger) = Peer::at(any, &session.bell) else {
        return; // this machine has no socket left
    };
    let step = Message::StepStranger;
    session.doing(step);
    stranger.send(b"Hello, stranger!", from);
    let early = peer.receive(MOMENT, || session.ended().is_some());
    let (mut next, mut count) = (Some((first, from)), 0);
    let took = early.is_some() || session.ended().is_some();
    while let Some((name, from)) = next.take().filter(|_| !took) {
        count += 1;
        let answer = [b"Hello, ", name.as_slice(), b"!"].concat();
        session.sent(&answer);
        peer.send(&answer, from);
        next = peer.receive(MOMENT * 3, || session.ended().is_some());
    }
    if took || session.printed().contains("stranger") {
        let miss = Miss::new(
            Message::DidStranger.with("address", stranger.address()),
            Message::CameTookStranger,
            step,
            Message::WhyStranger,
        );
        return missed(session, step, Name::Connected, miss);
    }
    session.report.ok(step);
    drop((peer, stranger));
    if shows(session, count) {
        nobody_there(session, address);
    }
}

fn shows(session: &mut Session, answers: usize) -> bool {
    let step = Message::UdpClientShows;
    if session.printed().to_lowercase().contains("hello") {
        session.report.ok(step);
        return true;
    }
    let miss = Miss::new(
        Message::DidAnswers.with("count", answers),
        Message::CameNoneShown,
        Message::TutorialShows,
        Message::WhyNotShown,
    );
    missed(session, step, Name::Connected, miss);
    false
}

/// Once more, with nobody at the server's address.
fn nobody_there(session: &mut Session, address: SocketAddr) {
    let step = Message::StepNobodyThere;
    if !session.start(step) {
        return;
    }
    session.doing(step);
    let limit = session.timeout;
    let program = session.program();
    let ended = program
        .and_then(|program| program.wait_end(limit))
        .is_some();
    let silent = session.printed().trim().is_empty();
    if ended && !silent {
        return session.report.ok(step);
    }
    let came: Text = if ended {
        Message::CameNoWord.into()
    } else {
        Message::CameRunsOn.into()
    };
    let miss = Miss::new(
        Message::DidNobody
            .with("address", address)
            .with("seconds", limit.as_secs_f32()),
        came,
        Message::TaskNobodyThere,
        Message::WhyNobodyThere,
    );
    failed(session, step, Name::Connected, miss);
}
