//! The exercises of tcp-client: a length before each message, and half-close.

use std::time::Instant;

use super::{Exercise, MOMENT, Miss, guest, missed, surprised};
use crate::Kind;
use crate::conn::{Came, Conn};
use crate::faults::Name;
use crate::report::{Step, shown};
use crate::session::Session;
use crate::words::{Message, Text};

const NAMES: [&str; 3] = ["Michael", "Tracy", "Sarah"];
/// How many bytes hold a length.
const LENGTH: usize = 4;

pub const LENGTH_PREFIX: Exercise = Exercise {
    name: "length-prefix",
    kind: Kind::TcpClient,
    task: Message::TaskLengthPrefix,
    steps: &[
        step(1, Message::TcpClientConnect),
        step(2, Message::StepWhole),
        step(3, Message::StepSendsLength),
        step(4, Message::StepExitLength),
        step(5, Message::TcpClientShows),
    ],
    check: length_prefix,
};

pub const HALF_CLOSE: Exercise = Exercise {
    name: "half-close",
    kind: Kind::TcpClient,
    task: Message::TaskHalfClose,
    steps: &[
        step(1, Message::TcpClientConnect),
        step(2, Message::StepSendsAll),
        step(3, Message::StepHalfClose),
        step(4, Message::StepAnswersToEnd),
    ],
    check: half_close,
};

const fn step(number: u8, what: Message) -> Step {
    Step { number, what }
}

fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or_default();
    [&length.to_be_bytes(), message].concat()
}

/// A whole message with its length, as the first bytes of what came.
fn unframed(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    rest.get(..length)
}

fn came_text(came: &Came) -> Text {
    match (came.bytes.is_empty(), came.ended) {
        (true, true) => Message::CameClosed.into(),
        (true, false) => Message::CameNothing.into(),
        (false, _) => Message::CameBytes.with("bytes", shown(&came.bytes)),
    }
}

fn length_prefix(session: &mut Session) {
    let step = Message::TcpClientConnect;
    let Some(mut conn) = guest(session, step, &[9999]) else {
        return;
    };
    session.report.ok(step);
    let mut message = b"Welcome!".to_vec();
    for name in NAMES {
        if !says_in_pieces(session, &mut conn, &message) || !hears(session, &mut conn, name) {
            return;
        }
        message = format!("Hello, {name}!").into_bytes();
    }
    if !says_in_pieces(session, &mut conn, &message) || !hears(session, &mut conn, "exit") {
        return;
    }
    drop(conn);
    shows(session);
}

/// Sends a message in pieces: cut within its length, after it, and within the text.
fn says_in_pieces(session: &mut Session, conn: &mut Conn, message: &[u8]) -> bool {
    let step = Message::StepWhole;
    let bytes = framed(message);
    session.sent(&bytes);
    let (first, rest) = bytes.split_at(2);
    let (second, third) = rest.split_at(LENGTH - 2);
    let (third, last) = third.split_at(5);
    for piece in [first, second, third] {
        conn.send(piece);
        let early = conn.receive(MOMENT / 2, |bytes| !bytes.is_empty(), || false);
        if !early.bytes.is_empty() || early.ended {
            session.came(&early.bytes);
            let miss = Miss::new(
                Message::DidPart
                    .with("bytes", shown(piece))
                    .with("all", shown(&bytes)),
                came_text(&early),
                step,
                Message::WhyPart,
            );
            surprised(session, step, Name::LengthPrefix, miss);
            return false;
        }
    }
    conn.send(last);
    true
}

/// Waits for a message with its length in front.
fn hears(session: &mut Session, conn: &mut Conn, name: &str) -> bool {
    let step = if name == "exit" {
        Message::StepExitLength
    } else {
        Message::StepSendsLength
    };
    session.doing(step);
    let came = conn.receive(session.timeout, |bytes| unframed(bytes).is_some(), || false);
    session.came(&came.bytes);
    let right = framed(name.as_bytes());
    if came.bytes == right {
        session.report.ok(step);
        session.report.ok(Message::StepWhole);
        return true;
    }
    let bare = came.bytes.starts_with(name.as_bytes());
    let miss = Miss::new(
        Message::DidWelcomeLength.with("seconds", session.timeout.as_secs_f32()),
        came_text(&came),
        Message::AnswersLength.with("bytes", shown(&right)),
        if bare {
            Message::WhyNoPrefix
        } else if came.bytes.is_empty() {
            Message::WhyNothingSent
        } else {
            Message::WhyOtherPrefix
        },
    );
    missed(session, step, Name::LengthPrefix, miss);
    false
}

/// It ends, and has shown each message whole.
fn shows(session: &mut Session) {
    let limit = session.timeout;
    let program = session.program();
    let ended = program.and_then(|program| program.wait_end(limit));
    let printed = session.printed();
    let shown = NAMES.iter().all(|name| {
        printed
            .lines()
            .any(|line| line.contains(&format!("Hello, {name}!")))
    });
    answers(
        session,
        ended.is_some() && shown,
        Name::LengthPrefix,
        Message::TcpClientShows,
    );
}

fn answers(session: &mut Session, right: bool, name: Name, step: Message) {
    if right {
        return session.report.ok(step);
    }
    let runs = session.ended().is_none();
    let miss = Miss::new(
        Message::DidAllAnswers,
        if runs {
            Message::CameRunsOn
        } else {
            Message::CameNotAllShown
        },
        Message::TaskShowsAll,
        if runs {
            Message::WhyNotUntilEnd
        } else {
            Message::WhyNotShown
        },
    );
    missed(session, step, name, miss);
}

fn half_close(session: &mut Session) {
    let step = Message::TcpClientConnect;
    let Some(mut conn) = guest(session, step, &[9999]) else {
        return;
    };
    session.report.ok(step);
    let step = Message::StepSendsAll;
    session.doing(step);
    let all = |bytes: &[u8]| {
        NAMES
            .iter()
            .all(|name| crate::tcp_server::holds(bytes, name))
    };
    let mut came = conn.receive(session.timeout / 2, all, || false);
    session.came(&came.bytes);
    let did = Message::DidListens.with("seconds", session.timeout.as_secs_f32() / 2.0);
    if !all(&came.bytes) {
        let miss = Miss::new(
            did,
            came_text(&came),
            Message::StepSendsAll,
            Message::WhyWaitsForAnswer,
        );
        return missed(session, step, Name::HalfClose, miss);
    }
    session.report.ok(step);
    let step = Message::StepHalfClose;
    session.doing(step);
    came.ended = came.ended || conn.receive(session.timeout / 2, |_| false, || false).ended;
    if !came.ended {
        let miss = Miss::new(
            did,
            Message::CameNoEndOfNames,
            Message::TaskHalfCloses,
            Message::WhyNoHalfClose,
        );
        return missed(session, step, Name::HalfClose, miss);
    }
    replies(session, conn);
}

/// Answers in pieces, and closes. Whoever closed both ways has nobody left to receive it.
fn replies(session: &mut Session, mut conn: Conn) {
    let greetings = NAMES.map(|name| format!("Hello, {name}!\n")).concat();
    // Whoever has closed both halves does not wait for them.
    let soon = Instant::now() + MOMENT * 2;
    let left = session.bell.wait(soon, || session.ended()).is_some();
    for piece in greetings.as_bytes().chunks(11) {
        session.sent(piece);
        conn.send(piece);
        let pause = Instant::now() + MOMENT / 4;
        session.bell.wait(pause, || conn.ended().then_some(()));
    }
    conn.close();
    let limit = session.timeout;
    let program = session.program();
    let ended = program.and_then(|program| program.wait_end(limit));
    let printed = session.printed();
    let step = Message::StepHalfClose;
    if left || ended.is_some() && !printed.contains("Hello") {
        let miss = Miss::new(
            Message::DidAllAnswers,
            Message::CameNoneShown,
            Message::TaskHalfCloses,
            Message::WhyBothClosed,
        );
        return missed(session, step, Name::HalfClose, miss);
    }
    session.report.ok(step);
    // Pieces may be printed as they came: what stands between them is the program's own.
    let letters = |text: &str| -> String { text.split_whitespace().collect() };
    let all = NAMES
        .iter()
        .all(|name| printed.contains(&format!("Hello, {name}!")))
        || letters(&printed).contains(&letters(&greetings));
    answers(
        session,
        ended.is_some() && all,
        Name::HalfClose,
        Message::StepAnswersToEnd,
    );
}
