//! The check of a learner's udp-client: the checker is the server, wherever the client sends.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{
    CHOICE, KEYBOARD, LINES, Lesson, ON_THE_WAY, PLACE, Parts, TRIES, can_be_at, knocked, own_place,
};
use crate::events::{Bell, lock};
use crate::faults::Name;
use crate::names::Names;
use crate::report::Step;
use crate::session::Session;
use crate::watch::Protocol;
use crate::words::Message;

/// The lesson's steps.
pub const STEPS: &[Step] = &[
    Step {
        number: 1,
        what: Message::UdpClientSocket,
    },
    Step {
        number: 2,
        what: Message::UdpClientSends,
    },
    Step {
        number: 3,
        what: Message::UdpClientShows,
    },
    Step {
        number: 4,
        what: Message::UdpClientCloses,
    },
];

const LESSON: Lesson = Lesson {
    read: Message::ReadUdpClient,
    number: |step| {
        let found = STEPS.iter().find(|known| known.what == step);
        found.map_or(1, |step| step.number)
    },
};

/// The most datagrams that one program is given an answer to.
const MOST: usize = 50;

/// Answers each datagram, and remembers whom it greeted, in small letters.
struct Desk {
    greeted: Arc<Mutex<Vec<String>>>,
}

impl Desk {
    fn open(address: SocketAddr, bell: &Bell) -> std::io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        let greeted = Arc::new(Mutex::new(Vec::new()));
        let (all, bell) = (Arc::clone(&greeted), bell.clone());
        thread::Builder::new().spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            loop {
                // An error is told of an earlier answer that reached nobody.
                if let Ok((length, from)) = socket.recv_from(&mut buffer) {
                    let name = buffer[..length].trim_ascii_end();
                    let answer = [b"Hello, ", name, b"!"].concat();
                    let _ = socket.send_to(&answer, from);
                    lock(&all).push(String::from_utf8_lossy(name).to_lowercase());
                    bell.ring();
                }
            }
        })?;
        Ok(Self { greeted })
    }

    fn answered(&self) -> usize {
        lock(&self.greeted).len()
    }
}

/// Holds the lesson's conversation with the program.
pub fn check(session: &mut Session) {
    let names = Names::answer(session);
    let mut known = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 9999))];
    let mut desks: Vec<Desk> = Vec::new();
    for _ in 0..TRIES {
        let Some(&address) = known.last() else { return };
        match Desk::open(address, &session.bell) {
            Ok(desk) => desks.push(desk),
            Err(error) => {
                let note = Message::NoDoor
                    .with("address", address)
                    .with("error", error);
                session.report.note(note);
                return;
            }
        }
        session.watch.clear();
        // Before the start: a quick program is answered before `start` returns.
        let before: usize = desks.iter().map(Desk::answered).sum();
        if !session.start(Message::UdpClientSocket) {
            return;
        }
        session.doing(Message::UdpClientSends);
        match talk(session, &desks, &known, before) {
            Met::Elsewhere(address) => known.push(address),
            met => {
                let greeted = desks.iter().flat_map(|desk| lock(&desk.greeted).clone());
                return judge(session, &met, &names, address, &greeted.collect::<Vec<_>>());
            }
        }
    }
}

enum Met {
    Elsewhere(SocketAddr),
    Tcp(SocketAddr),
    Nobody,
    /// It sent so many datagrams; and how many lines were typed at its keyboard.
    Datagrams(usize, usize),
}

/// Answers until the program has ended, or says nothing more.
fn talk(session: &mut Session, desks: &[Desk], known: &[SocketAddr], before: usize) -> Met {
    let bell = session.bell.clone();
    let answered = || desks.iter().map(Desk::answered).sum::<usize>() - before;
    // Whoever shows a menu has taken the place for a wrong choice.
    let mut place = PLACE.iter().chain([&CHOICE]);
    let mut names = LINES.iter();
    loop {
        let seen = answered();
        let moved = |session: &Session| {
            let over = session.ended().is_some() || answered() > seen;
            elsewhere(session, known).or_else(|| over.then_some(Met::Nobody))
        };
        let mut met = bell.wait(Instant::now() + KEYBOARD, || moved(session));
        if met.is_none() {
            let asked = if seen == 0 { place.next() } else { None };
            if let (Some(line), Some(program)) = (asked.or_else(|| names.next()), session.program())
            {
                program.type_line(line);
            }
            let limit = asked.map_or(session.timeout, |_| KEYBOARD);
            met = bell.wait(Instant::now() + limit, || moved(session));
            if asked.is_some() && met.is_none() {
                continue;
            }
        }
        match met {
            Some(Met::Nobody) if session.ended().is_none() && answered() < MOST => {}
            Some(Met::Nobody) | None => {
                bell.wait(Instant::now() + ON_THE_WAY, || {
                    (answered() > 0).then_some(())
                });
                return match (answered(), elsewhere(session, known)) {
                    (0, Some(met)) => met,
                    (0, None) => Met::Nobody,
                    (count, _) => Met::Datagrams(count, LINES.len() - names.len()),
                };
            }
            Some(met) => return met,
        }
    }
}

/// Where it has sent to many at once, if it has.
fn to_everyone(session: &Session) -> Option<SocketAddr> {
    knocked(session, Protocol::Udp, &[]).filter(|address| !can_be_at(session, *address))
}

/// Where it has gone instead, if it has.
fn elsewhere(session: &Session, known: &[SocketAddr]) -> Option<Met> {
    if let Some(address) = knocked(session, Protocol::Tcp, &[]) {
        return Some(Met::Tcp(address));
    }
    knocked(session, Protocol::Udp, known)
        .filter(|address| can_be_at(session, *address))
        .map(Met::Elsewhere)
}

fn judge(session: &mut Session, met: &Met, names: &Names, address: SocketAddr, greeted: &[String]) {
    let (socket, sends) = (Message::UdpClientSocket, Message::UdpClientSends);
    match met {
        Met::Elsewhere(_) => {}
        Met::Tcp(address) => {
            let parts = Parts {
                did: Message::DidStart.into(),
                came: Message::CameTcpKnock.with("address", address),
                tutorial: Message::TutorialUdp.into(),
                reason: Message::WhyWrongSocket.into(),
            };
            LESSON.fault(session, socket, Name::WrongSocket, parts);
        }
        Met::Nobody if to_everyone(session).is_some() => {
            if let Some(address) = to_everyone(session) {
                session.report.ok(socket);
                let note = Message::ToEveryone.with("address", address);
                session.report.note(note);
            }
        }
        Met::Nobody if session.watch.sees => LESSON.nobody_came(session, names, socket, sends),
        Met::Nobody => LESSON.not_seen(session, sends, Message::KnocksElsewhere),
        Met::Datagrams(count, typed) => {
            session.report.ok(socket);
            own_place(session, address);
            finish(session, *count, *typed, greeted);
        }
    }
}

/// It has sent: it ends without an error, and has shown what it got.
fn finish(session: &mut Session, count: usize, typed: usize, greeted: &[String]) {
    let did = Message::DidAnswers.with("count", count);
    session.report.ok(Message::UdpClientSends);
    let limit = Duration::from_secs(1);
    let program = session.program();
    let ended = program.and_then(|program| {
        program.wait_end(limit).or_else(|| {
            // Some wait for Enter before they end.
            program.type_line("");
            program.wait_end(limit)
        })
    });
    let asks = typed > 0 && session.program().is_some_and(|it| it.has_read_all());
    let step = Message::UdpClientShows;
    if session.cause_at_end(step, &did, &LESSON.read(step)) {
        return;
    }
    let by_hand = ended.is_none() && !asks && session.ends_at_ctrl_c();
    if by_hand {
        session.report.yours(Message::YoursCtrlC);
    }
    if ended.is_none() && !asks && !by_hand {
        let parts = Parts {
            did,
            came: Message::CameRunsOn.into(),
            tutorial: Message::TutorialEnds.into(),
            reason: Message::WhyHangs.into(),
        };
        return LESSON.fault(session, Message::UdpClientCloses, Name::Hangs, parts);
    }
    session.report.ok(Message::UdpClientCloses);
    let printed = session.printed().to_lowercase();
    let greets = |name: &String| printed.contains(&format!("{name}!"));
    if printed.contains("hello") || greeted.iter().any(greets) {
        session.report.ok(step);
    } else if !printed.trim().is_empty() && !session.source.throws_answers_away() {
        session.report.yours(Message::YoursOwnWords);
        session.report.ok(step);
    } else if ended.is_some() {
        let parts = Parts {
            did,
            came: Message::CameNoneShown.into(),
            tutorial: Message::TutorialShows.into(),
            reason: Message::WhyNotShown.into(),
        };
        LESSON.fault(session, step, Name::AnswersNotShown, parts);
    }
}
