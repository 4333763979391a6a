//! The check of a learner's tcp-client. Not written yet.

use crate::report::Step;
use crate::session::Session;
use crate::words::Message;

/// The lesson's steps.
pub const STEPS: &[Step] = &[];

/// Holds the lesson's conversation with the program.
pub fn check(session: &mut Session) {
    session.report.note(Message::NotYet);
}
