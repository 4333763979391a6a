//! The check of a learner's tcp-server.
//!
//! A client of ours talks alone first, to the end: what `close` without parentheses leaves open, the next
//! `accept` would close. Then two clients are there at once, one of them silent, and the other hangs up.

mod alone;
mod beyond;
mod exit;
mod hang_up;
mod listening;
mod names;
mod together;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::conn::{Came, Conn};
use crate::faults::Name;
use crate::find;
use crate::report::{Fault, Step, shown};
use crate::session::Session;
use crate::watch::Protocol;
use crate::words::{Message, Text};

pub use self::listening::{find, gone, reachable};

/// The lesson's steps.
pub const STEPS: &[Step] = &[
    Step {
        number: 1,
        what: Message::TcpServerSocket,
    },
    Step {
        number: 2,
        what: Message::TcpServerBind,
    },
    Step {
        number: 3,
        what: Message::TcpServerListen,
    },
    Step {
        number: 4,
        what: Message::TcpServerThreads,
    },
    Step {
        number: 5,
        what: Message::TcpServerWelcome,
    },
    Step {
        number: 5,
        what: Message::TcpServerGreets,
    },
    Step {
        number: 5,
        what: Message::TcpServerExit,
    },
    Step {
        number: 5,
        what: Message::TcpServerHangUp,
    },
    Step {
        number: 6,
        what: Message::TcpServerClose,
    },
];

/// What the text's client says.
const NAMES: [&str; 3] = ["Michael", "Tracy", "Sarah"];
/// Between two pieces of one answer there is less than this.
const QUIET: Duration = Duration::from_millis(100);
/// A server that has been told of the end says goodbye within this.
const FAREWELL: Duration = Duration::from_secs(1);
/// A server that is idle uses no processor; one that turns in a loop uses all it can get.
const BUSY_PERCENT: u128 = 30;
/// Where others want the processors, too, it gets little, but then it wants to run whenever one looks.
const RUNNING_PERCENT: u128 = 80;

/// Holds the lesson's conversation with the program.
pub fn check(session: &mut Session) {
    if !find::is_free(session, Protocol::Tcp) || !session.start(Message::TcpServerSocket) {
        return;
    }
    session.doing(Message::TcpServerListen);
    let Some((address, first)) = find(session) else {
        return;
    };
    let mark = session.mark();
    let mut talk = Talk {
        session,
        address,
        mark,
        line_end: "",
        slowest: Duration::ZERO,
        processes: 1,
        always_busy: false,
    };
    if talk.alone(first) && talk.together() {
        talk.beyond();
    }
}

/// The conversation, and what it has learned about the server so far.
struct Talk<'a> {
    session: &'a mut Session,
    address: SocketAddr,
    /// What the program printed before this is told already.
    mark: usize,
    /// What ends a message: nothing, as in the text, or a line end.
    line_end: &'static str,
    slowest: Duration,
    /// How many processes it was while it talked to its first client.
    processes: usize,
    /// Whether it uses the processor even while it has nothing to do.
    always_busy: bool,
}

fn read(step: Message) -> Text {
    let found = STEPS.iter().find(|known| known.what == step);
    Message::ReadTcpServer.with("step", found.map_or(1, |step| step.number))
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

impl Talk<'_> {
    fn connect(&self) -> io::Result<Conn> {
        Conn::connect(self.address, self.session.timeout, &self.session.bell)
    }

    /// Waits for an answer; not for long once the program has told of an error, or ended.
    fn receive(&self, conn: &mut Conn, enough: impl Fn(&[u8]) -> bool + Copy) -> Came {
        let session = &*self.session;
        let troubled = || gone(session) || session.traceback_since(self.mark).is_some();
        let mut came = conn.receive(self.patience(), enough, troubled);
        if !came.ended && !enough(&came.bytes) && troubled() {
            let more = conn.receive(Duration::from_secs(1), enough, || false);
            came.bytes.extend_from_slice(&more.bytes);
            came.ended = more.ended;
        }
        came
    }

    /// The longest wait for one answer. A delay of just the longest wait is no fault, and what ends the talk may take
    /// as long as an answer, and some time for the way.
    fn patience(&self) -> Duration {
        self.session.timeout.max(self.slowest * 2) + Duration::from_secs(1)
    }

    /// What should come soon comes within this.
    fn soon(&self) -> Duration {
        self.slowest * 2 + Duration::from_secs(2)
    }

    fn did(&self, message: Message) -> Text {
        message
            .with("address", self.address)
            .with("seconds", self.session.timeout.as_secs_f32())
    }

    fn did_send(&self, bytes: &[u8]) -> Text {
        self.did(Message::DidSend).with("bytes", shown(bytes))
    }

    fn fault(
        &mut self,
        step: Message,
        name: Name,
        did: Text,
        came: Text,
        tutorial: Message,
        reason: Message,
    ) {
        fault(
            self.session,
            step,
            name,
            did,
            came,
            tutorial.into(),
            reason.into(),
        );
    }
}

fn greets(name: &str) -> Text {
    Message::TutorialGreets.with("bytes", shown(format!("Hello, {name}!").as_bytes()))
}

fn closing(came: &Came) -> Text {
    if came.bytes.is_empty() {
        Message::CameClosed.into()
    } else {
        Message::CameBytesThenClosed.with("bytes", shown(&came.bytes))
    }
}

fn closing_or_nothing(came: &Came) -> Text {
    if came.ended {
        Message::CameClosed.into()
    } else {
        Message::CameNothing.into()
    }
}

/// Whether an answer has the name in it: in any case, and also with two bytes for a letter.
pub fn holds(answer: &[u8], name: &str) -> bool {
    let letters: Vec<u8> = answer
        .iter()
        .filter(|byte| **byte != 0)
        .map(u8::to_ascii_lowercase)
        .collect();
    let name = name.to_ascii_lowercase();
    letters
        .windows(name.len())
        .any(|part| part == name.as_bytes())
}
