//! A name, and what is wrong with its answer.

use std::time::{Duration, Instant};

use super::{NAMES, QUIET, Talk, closing, fault, greets, holds, read};
use crate::conn::{Came, Conn};
use crate::faults::Name;
use crate::report::shown;
use crate::words::{Message, Text};

impl Talk<'_> {
    /// Step 5, the names.
    pub(super) fn names(&mut self, conn: &mut Conn) -> bool {
        self.session.doing(Message::TcpServerGreets);
        for (place, name) in NAMES.into_iter().enumerate() {
            if !self.name(conn, name, place, Message::TcpServerGreets) {
                return false;
            }
        }
        if self.slowest > Duration::from_secs(3) {
            let seconds = format!("{:.1}", self.slowest.as_secs_f32());
            self.session
                .report
                .yours(Message::YoursSlow.with("seconds", seconds));
        }
        self.session.report.ok(Message::TcpServerGreets);
        true
    }

    /// Says a name, and looks at the answer; `place` counts the names of this client.
    pub(super) fn name(
        &mut self,
        conn: &mut Conn,
        name: &str,
        place: usize,
        step: Message,
    ) -> bool {
        let lines = self.line_end == "\n";
        let message = if lines {
            format!("{name}\n")
        } else {
            name.into()
        };
        let holds = |bytes: &[u8]| holds(bytes, name);
        self.session.sent(message.as_bytes());
        conn.send(message.as_bytes());
        let mut came = self.receive(conn, holds);
        if !holds(&came.bytes) && !came.bytes.is_empty() && !came.ended {
            came.bytes.extend(conn.rest(Duration::from_secs(1)));
        }
        came.bytes.extend(conn.rest(QUIET));
        self.session.came(&came.bytes);
        if holds(&came.bytes) {
            self.slowest = self.slowest.max(came.after);
            return self.right_answer(&came, name, step);
        }
        let did = self.did_send(message.as_bytes());
        // A program that has closed the connection itself is told by the system that it is closed.
        if came.ended && self.used_after_close() {
            if step == Message::TcpServerHangUp {
                self.shares_a_connection(step, did, &came);
                return false;
            }
        } else if self.session.cause(step, self.mark, &did, &read(step)) {
            return false;
        }
        if came.ended {
            self.closes_early(step, did, &came, place);
        } else if came.bytes.is_empty() {
            return self.silent(conn, name, place, step, did);
        } else {
            self.wrong_answer(step, did, &came, name);
        }
        false
    }

    fn right_answer(&mut self, came: &Came, name: &str, step: Message) -> bool {
        let text = String::from_utf8_lossy(&came.bytes);
        if text.contains(&format!("b'{name}")) || text.contains(&format!("b\"{name}")) {
            let did = self.did_send(name.as_bytes());
            let came = Message::CameBytes.with("bytes", shown(&came.bytes));
            fault(
                self.session,
                step,
                Name::BytesInText,
                did,
                came,
                greets(name),
                Message::WhyBytesInText.into(),
            );
            // All else may well be right.
            return true;
        }
        if name == NAMES[0] && text.trim_end() != format!("Hello, {name}!") {
            self.session
                .report
                .yours(Message::YoursAnswer.with("bytes", shown(&came.bytes)));
        }
        true
    }

    fn wrong_answer(&mut self, step: Message, did: Text, came: &Came, name: &str) {
        let came = Message::CameBytes.with("bytes", shown(&came.bytes));
        let why = Message::WhyWrongAnswer.into();
        let (session, tutorial) = (&mut *self.session, greets(name));
        fault(session, step, Name::WrongAnswer, did, came, tutorial, why);
    }

    /// The other client has gone, and this one's thread has used the connection of that one.
    fn shares_a_connection(&mut self, step: Message, did: Text, came: &Came) {
        let (came, tutorial) = (closing(came), Message::TutorialHangUp);
        self.fault(
            step,
            Name::ThreadDies,
            did,
            came,
            tutorial,
            Message::WhyShared,
        );
    }

    fn used_after_close(&self) -> bool {
        let session = &*self.session;
        // Its last words come after the end of the connection.
        let soon = Instant::now() + Duration::from_secs(1);
        let told = session
            .bell
            .wait(soon, || session.traceback_since(self.mark));
        let codes = ["[Errno 9]", "WinError 10038"];
        told.is_some_and(|told| codes.iter().any(|code| told.error.contains(code)))
    }

    /// It closed after an answer or more, or without one.
    fn closes_early(&mut self, step: Message, did: Text, came: &Came, answers: usize) {
        self.fault(
            step,
            Name::ClosesEarly,
            did,
            closing(came),
            Message::TutorialTalksOn,
            Message::WhyClosesEarly,
        );
        if answers == 0 {
            return;
        }
        // A second fault is told if it shows itself.
        let deadline = Instant::now() + Duration::from_secs(1);
        if let Some(status) = self.session.bell.wait(deadline, || self.session.ended()) {
            let did = self.did(Message::DidConnect);
            let came = Message::CameEnded.with("status", status);
            self.fault(
                Message::TcpServerThreads,
                Name::ServesOnce,
                did,
                came,
                Message::TutorialGoesOn,
                Message::WhyServesOnce,
            );
        }
    }

    /// No answer came. Perhaps it waits for a line end.
    fn silent(
        &mut self,
        conn: &mut Conn,
        name: &str,
        place: usize,
        step: Message,
        did: Text,
    ) -> bool {
        self.session.sent(b"\n");
        conn.send(b"\n");
        let mut came = self.receive(conn, |bytes| holds(bytes, name));
        came.bytes.extend(conn.rest(QUIET));
        self.session.came(&came.bytes);
        let answered = holds(&came.bytes, name);
        // Whoever ends its own messages so, too, has a protocol of lines, and not a fault.
        if answered && place == 0 && self.line_end == "?" && came.bytes.ends_with(b"\n") {
            self.line_end = "\n";
            self.session.report.yours(Message::YoursLines);
            return self.right_answer(&came, name, step);
        }
        let why = if answered {
            Message::WhyNoAnswerLine
        } else {
            Message::WhyNoAnswer
        };
        fault(
            self.session,
            step,
            Name::NoAnswer,
            did,
            Message::CameNothing.into(),
            greets(name),
            why.into(),
        );
        false
    }
}
