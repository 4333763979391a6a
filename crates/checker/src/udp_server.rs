//! The check of a learner's udp-server.

use crate::report::Step;
use crate::session::Session;
use crate::words::Message;

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

/// Holds the lesson's conversation with the program.
pub fn check(session: &mut Session) {
    session.report.note(Message::NotYet);
}
