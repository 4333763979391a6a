//! The check of a learner's tcp-server.

use crate::report::Step;
use crate::session::Session;
use crate::words::Message;

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

/// Holds the lesson's conversation with the program.
pub fn check(session: &mut Session) {
    session.report.note(Message::NotYet);
}
