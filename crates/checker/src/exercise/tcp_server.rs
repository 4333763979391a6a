//! The exercises of tcp-server: a thread for each connection, lines, upper case, and a restart.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Exercise, MOMENT, Miss, failed, missed};
use crate::Kind;
use crate::conn::{Came, Conn};
use crate::faults::Name;
use crate::find;
use crate::report::{Step, shown};
use crate::session::Session;
use crate::tcp_server::{self, holds};
use crate::watch::Protocol;
use crate::words::{Message, Text};

pub const THREADS: Exercise = Exercise {
    name: "threads",
    kind: Kind::TcpServer,
    task: Message::TaskThreads,
    steps: tcp_server::STEPS,
    check: tcp_server::check,
};

pub const LINES: Exercise = Exercise {
    name: "lines",
    kind: Kind::TcpServer,
    task: Message::TaskLines,
    steps: &[
        step(1, Message::TcpServerSocket),
        step(2, Message::TcpServerBind),
        step(3, Message::TcpServerListen),
        step(4, Message::StepTwoLines),
        step(5, Message::StepHalfLine),
        step(6, Message::StepLineExit),
    ],
    check: lines,
};

pub const UPPER: Exercise = Exercise {
    name: "upper",
    kind: Kind::TcpServer,
    task: Message::TaskUpper,
    steps: &[
        step(1, Message::TcpServerSocket),
        step(2, Message::TcpServerBind),
        step(3, Message::TcpServerListen),
        step(4, Message::StepUpper),
        step(5, Message::StepUpperEnds),
    ],
    check: upper,
};

pub const RESTART: Exercise = Exercise {
    name: "restart",
    kind: Kind::TcpServer,
    task: Message::TaskRestart,
    steps: &[
        step(1, Message::TcpServerSocket),
        step(2, Message::TcpServerBind),
        step(3, Message::TcpServerListen),
        step(4, Message::StepClosesFirst),
        step(5, Message::StepRestarts),
    ],
    check: restart,
};

const fn step(number: u8, what: Message) -> Step {
    Step { number, what }
}

/// Connects to the program once it listens.
fn client(session: &mut Session) -> Option<(Conn, SocketAddr)> {
    if !find::is_free(session, Protocol::Tcp) || !session.start(Message::TcpServerSocket) {
        return None;
    }
    session.doing(Message::TcpServerListen);
    let (address, first) = tcp_server::find(session)?;
    let conn = match first {
        Some(stream) => Conn::new(stream, &session.bell),
        None => Conn::connect(address, session.timeout, &session.bell),
    };
    conn.ok().map(|conn| (conn, address))
}

fn did_send(session: &Session, bytes: &[u8]) -> Text {
    let did = Message::DidSend.with("bytes", shown(bytes));
    did.with("seconds", session.timeout.as_secs_f32())
}

/// Sends, and waits for an answer that is enough.
fn ask(
    session: &mut Session,
    conn: &mut Conn,
    bytes: &[u8],
    enough: impl Fn(&[u8]) -> bool,
) -> Came {
    session.sent(bytes);
    conn.send(bytes);
    let mut came = conn.receive(session.timeout, enough, || false);
    came.bytes.extend(conn.rest(MOMENT / 4));
    session.came(&came.bytes);
    came
}

fn came_text(came: &Came) -> Text {
    match (came.bytes.is_empty(), came.ended) {
        (true, true) => Message::CameClosed.into(),
        (true, false) => Message::CameNothing.into(),
        (false, true) => Message::CameBytesThenClosed.with("bytes", shown(&came.bytes)),
        (false, false) => Message::CameBytes.with("bytes", shown(&came.bytes)),
    }
}

// --- Lines

fn lines(session: &mut Session) {
    let Some((mut conn, _)) = client(session) else {
        return;
    };
    // A welcome, if there is one, comes before.
    conn.receive(MOMENT * 3, |bytes| bytes.contains(&b'\n'), || false);
    if two_lines(session, &mut conn) && half_line(session, &mut conn) {
        line_exit(session, &mut conn);
    }
}

/// How many lines an answer has, and whether the last one is whole.
fn split(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

fn two_lines(session: &mut Session, conn: &mut Conn) -> bool {
    let step = Message::StepTwoLines;
    session.doing(step);
    let both: &[u8] = b"Michael\nTracy\n";
    let right = |bytes: &[u8]| {
        let lines = split(bytes);
        let [.., first, second] = lines.as_slice() else {
            return false;
        };
        let whole = first.ends_with(b"\n") && second.ends_with(b"\n");
        whole && holds(first, "Michael") && holds(second, "Tracy") && !holds(first, "Tracy")
    };
    let came = ask(session, conn, both, right);
    if right(&came.bytes) {
        session.report.ok(step);
        return true;
    }
    let one = holds(&came.bytes, "Michael") && !holds(&came.bytes, "Tracy");
    let miss = Miss::new(
        did_send(session, both),
        came_text(&came),
        Message::AnswersTwoLines,
        if one {
            Message::WhyFirstLineOnly
        } else {
            Message::WhyNoLines
        },
    );
    missed(session, step, Name::Lines, miss);
    false
}

fn half_line(session: &mut Session, conn: &mut Conn) -> bool {
    let step = Message::StepHalfLine;
    session.doing(step);
    conn.send(b"Sa");
    session.sent(b"Sa");
    let early = conn.receive(MOMENT, |bytes| !bytes.is_empty(), || false);
    if early.bytes.is_empty() {
        let right = |bytes: &[u8]| holds(bytes, "Sarah") && bytes.ends_with(b"\n");
        let came = ask(session, conn, b"rah\n", right);
        if right(&came.bytes) {
            session.report.ok(step);
            return true;
        }
        let miss = Miss::new(
            Message::DidHalfLine,
            came_text(&came),
            Message::AnswersHalfLine,
            Message::WhyLineLost,
        );
        missed(session, step, Name::Lines, miss);
        return false;
    }
    session.came(&early.bytes);
    let miss = Miss::new(
        did_send(session, b"Sa"),
        came_text(&early),
        Message::AnswersHalfLine,
        Message::WhyNoLines,
    );
    missed(session, step, Name::Lines, miss);
    false
}

fn line_exit(session: &mut Session, conn: &mut Conn) {
    let step = Message::StepLineExit;
    session.doing(step);
    let came = ask(session, conn, b"exit\n", |bytes| !bytes.is_empty());
    let ended = came.ended || conn.receive(MOMENT * 5, |_| false, || false).ended;
    if ended {
        return session.report.ok(step);
    }
    let miss = Miss::new(
        did_send(session, b"exit\n"),
        came_text(&came),
        Message::TutorialExit,
        Message::WhyExitLine,
    );
    missed(session, step, Name::Lines, miss);
}

// --- Upper case

fn upper(session: &mut Session) {
    let Some((mut conn, _)) = client(session) else {
        return;
    };
    let step = Message::StepUpper;
    session.doing(step);
    let (sent, wanted) = ("hello 123, 你好", "HELLO 123, 你好");
    let right = |bytes: &[u8]| bytes == wanted.as_bytes();
    let came = ask(session, &mut conn, sent.as_bytes(), right);
    if !right(&came.bytes) {
        let same = came.bytes == sent.as_bytes();
        let miss = Miss::new(
            did_send(session, sent.as_bytes()),
            came_text(&came),
            Message::AnswersUpper.with("bytes", shown(wanted.as_bytes())),
            if same {
                Message::WhyNotUpper
            } else {
                Message::WhyOtherUpper
            },
        );
        return missed(session, step, Name::Upper, miss);
    }
    session.report.ok(step);
    upper_ends(session, &mut conn, sent);
}

fn upper_ends(session: &mut Session, conn: &mut Conn, sent: &str) {
    let step = Message::StepUpperEnds;
    let limit = session.timeout;
    let closed = conn.receive(limit, |_| false, || false).ended;
    let program = session.program();
    let ended = program.and_then(|program| program.wait_end(limit));
    if closed && ended.is_some() {
        return session.report.ok(step);
    }
    let miss = Miss::new(
        did_send(session, sent.as_bytes()),
        if closed {
            Message::CameRunsOn
        } else {
            Message::CameStillOpen
        },
        step,
        Message::WhyUpperRunsOn,
    );
    missed(session, step, Name::Upper, miss);
}

// --- A restart

fn restart(session: &mut Session) {
    let Some((mut conn, address)) = client(session) else {
        return;
    };
    let step = Message::StepClosesFirst;
    session.doing(step);
    // Whatever it says: at `exit` it closes first.
    let welcome = conn.receive(session.timeout, |bytes| !bytes.is_empty(), || false);
    let end: &[u8] = if welcome.bytes.ends_with(b"\n") {
        b"exit\n"
    } else {
        b"exit"
    };
    session.sent(end);
    conn.send(end);
    if !conn.receive(session.timeout, |_| false, || false).ended {
        let miss = Miss::new(
            did_send(session, end),
            Message::CameStillOpen,
            Message::TutorialExit,
            Message::WhyNotClosed,
        );
        return missed(session, step, Name::NotClosed, miss);
    }
    session.report.ok(step);
    drop(conn);
    again(session, address);
}

/// Ends the program, which the client's address is still in use by, and starts it again at once.
fn again(session: &mut Session, address: SocketAddr) {
    let step = Message::StepRestarts;
    if !session.start(step) {
        return;
    }
    session.doing(step);
    if find::listens_again(session, address) {
        return session.report.ok(step);
    }
    let program = session.program();
    let _ = program.and_then(|program| program.wait_end(Duration::from_secs(1)));
    let printed = session.printed();
    let in_use = ["in use", "10048"]
        .iter()
        .any(|words| printed.contains(words));
    let miss = Miss::new(
        Message::DidRestart.with("address", address),
        if in_use {
            Message::CameInUse
        } else {
            Message::CameNotBack
        },
        step,
        Message::WhyRestart,
    );
    if in_use {
        return failed(session, step, Name::Restart, miss);
    }
    missed(session, step, Name::Restart, miss);
}
