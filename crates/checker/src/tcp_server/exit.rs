//! `exit`: it ends the talk, and closes the connection.

use std::time::Duration;

use super::{NAMES, Talk, holds, read};
use crate::conn::{Came, Conn};
use crate::faults::Name;
use crate::report::shown;
use crate::words::{Message, Text};

impl Talk<'_> {
    /// Steps 5 and 6: `exit`, before any other client connects.
    pub(super) fn exit(&mut self, mut conn: Conn) -> bool {
        let message: &[u8] = if self.line_end == "\n" {
            b"exit\n"
        } else {
            b"exit"
        };
        let did = self.did_send(message);
        self.session.doing(Message::TcpServerExit);
        self.session.sent(message);
        conn.send(message);
        let came = self.receive(&mut conn, |bytes| !bytes.is_empty());
        let mut came = came;
        if !came.ended && !came.bytes.is_empty() {
            // A farewell may be on its way, and the end after it.
            let more = conn.receive(self.soon(), |_| false, || false);
            came.bytes.extend_from_slice(&more.bytes);
            came.ended = more.ended;
        }
        self.session.came(&came.bytes);
        if came.ended {
            if self.session.failed_since(self.mark) {
                let step = Message::TcpServerExit;
                return !self.session.cause(step, self.mark, &did, &read(step));
            }
            if !came.bytes.is_empty() {
                self.session
                    .report
                    .yours(Message::YoursFarewell.with("bytes", shown(&came.bytes)));
            }
            self.session.report.ok(Message::TcpServerExit);
            self.session.report.ok(Message::TcpServerClose);
            return true;
        }
        let step = Message::TcpServerExit;
        if self.session.cause(step, self.mark, &did, &read(step)) {
            return false;
        }
        self.stays_open(conn, did, &came)
    }

    /// It did not close at `exit`: because it greets, because of another word, or because it never closes.
    fn stays_open(&mut self, mut conn: Conn, did: Text, came: &Came) -> bool {
        if !came.bytes.is_empty() && self.own_end_word(&mut conn) {
            return true;
        }
        if came.bytes.is_empty() {
            // Does it listen still?
            conn.send(format!("{}{}", NAMES[0], self.line_end.trim_matches('?')).as_bytes());
            let more = conn.receive(self.soon(), |bytes| holds(bytes, NAMES[0]), || false);
            if more.ended {
                // It was about to close, or has been gone since.
                self.session.report.ok(Message::TcpServerExit);
                return self.not_closed(conn, did, true);
            }
            if !holds(&more.bytes, NAMES[0]) {
                self.session.report.ok(Message::TcpServerExit);
                return self.not_closed(conn, did, false);
            }
        } else if !holds(&came.bytes, "exit") {
            self.session.report.ok(Message::TcpServerExit);
            return self.not_closed(conn, did, false);
        }
        let (came, why) = if came.bytes.is_empty() {
            (Message::CameExitIgnored.into(), Message::WhyExitIgnored)
        } else {
            let source = &self.session.source;
            let nowhere = source.is_known() && !source.speaks_of(&["exit"]);
            let why = if nowhere {
                Message::WhyExitNowhere
            } else {
                Message::WhyExitGreeted
            };
            let came = Message::CameBytesStillOpen.with("bytes", shown(&came.bytes));
            (came, why)
        };
        self.fault(
            Message::TcpServerExit,
            Name::ExitGreeted,
            did,
            came,
            Message::TutorialExit,
            why,
        );
        true
    }

    /// A word of the learner's own that ends the talk.
    fn own_end_word(&mut self, conn: &mut Conn) -> bool {
        for word in self.session.source.end_words() {
            self.session.sent(word.as_bytes());
            if !conn.send(word.as_bytes()) {
                return false;
            }
            let mut came = self.receive_soon(conn);
            if !came.ended {
                came = conn.receive(Duration::from_millis(500), |_| false, || false);
            }
            if came.ended {
                let word = shown(word.as_bytes());
                self.session
                    .report
                    .yours(Message::YoursEndWord.with("word", word));
                self.session.report.ok(Message::TcpServerExit);
                self.session.report.ok(Message::TcpServerClose);
                return true;
            }
        }
        false
    }

    fn receive_soon(&self, conn: &mut Conn) -> Came {
        conn.receive(self.soon(), |bytes| !bytes.is_empty(), || false)
    }

    /// The talk is over, and the connection stays open; unless a process of its own had it, and the parent
    /// holds it until its next `accept`, which is not what the text is about.
    fn not_closed(&mut self, mut conn: Conn, did: Text, late: bool) -> bool {
        let many = self.processes > 1 || late;
        let second = self.connect();
        let freed = second.is_ok() && conn.receive(self.soon(), |_| false, || false).ended;
        drop(second);
        let was_child = freed && (many || self.session.source.makes_processes());
        if was_child {
            self.session.report.yours(Message::YoursProcesses);
            self.session.report.ok(Message::TcpServerClose);
            return true;
        }
        self.fault(
            Message::TcpServerClose,
            Name::NotClosed,
            did,
            Message::CameStillOpen.into(),
            Message::TutorialExit,
            Message::WhyNotClosed,
        );
        true
    }
}
