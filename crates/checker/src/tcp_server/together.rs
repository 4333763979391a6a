//! Two clients at once, the first of them silent.

use std::time::{Duration, Instant};

use super::{BUSY_PERCENT, NAMES, QUIET, Talk, closing_or_nothing, gone, holds, read};
use crate::conn::{Came, Conn};
use crate::faults::Name;
use crate::report::shown;
use crate::words::{Message, Text};

impl Talk<'_> {
    /// Two clients at once.
    pub(super) fn together(&mut self) -> bool {
        self.session.doing(Message::TcpServerThreads);
        let mark = self.mark;
        let Some(mut silent) = self.next_client() else {
            return false;
        };
        if self.died_after_exit(mark) {
            return false;
        }
        let step = Message::TcpServerThreads;
        let did = self.did(Message::DidTwo);
        let second = self.connect();
        let Ok(mut second) = second else {
            self.serves_once(Message::CameRefused.with("error", "connect"));
            return false;
        };
        let came = self.first_word(&mut second);
        if came.bytes.is_empty() {
            if came.ended || !self.only_the_first_is_welcomed(&mut second, NAMES[1]) {
                self.second_waits(silent, second, did);
            }
            return false;
        }
        if !self.name(&mut second, NAMES[1], 1, step) {
            return false;
        }
        self.session.report.ok(step);
        self.hang_up(&mut silent, second)
    }

    /// The first client's thread may have closed its connection, and only then met an error.
    fn died_after_exit(&mut self, mark: usize) -> bool {
        let late = !self.session.report.has_fault() && self.session.failed_since(mark);
        let (step, did) = (Message::TcpServerExit, self.did_send(b"exit"));
        late && self.session.cause(step, mark, &did, &read(step))
    }

    /// The second client hears nothing: perhaps it does, once the first one has gone.
    fn second_waits(&mut self, silent: Conn, mut second: Conn, did: Text) {
        let step = Message::TcpServerThreads;
        if self.session.cause(step, self.mark, &did, &read(step)) {
            return;
        }
        silent.half_close();
        drop(silent);
        let limit = self.soon() + self.session.timeout;
        let over = || gone(self.session);
        let later = second.receive(limit, |bytes| !bytes.is_empty(), over);
        let came = if later.bytes.is_empty() {
            Message::CameNothing.into()
        } else {
            Message::CameSecondLater.with("bytes", shown(&later.bytes))
        };
        let (tutorial, why) = (Message::TutorialManyClients, Message::WhyOneAtATime);
        self.fault(step, Name::OneAtATime, did, came, tutorial, why);
    }

    /// A later client hears nothing: perhaps it is answered all the same, once it says a name.
    fn only_the_first_is_welcomed(&mut self, conn: &mut Conn, name: &str) -> bool {
        self.session.sent(name.as_bytes());
        conn.send(name.as_bytes());
        let over = || gone(self.session);
        let came = conn.receive(self.soon(), |bytes| holds(bytes, name), over);
        self.session.came(&came.bytes);
        let answered = holds(&came.bytes, name);
        if answered {
            let did = self.did(Message::DidConnectAgain);
            let came = Message::CameWelcomeLate.with("bytes", shown(&came.bytes));
            let (tutorial, why) = (Message::TutorialWelcome, Message::WhyWelcomeOnce);
            self.fault(
                Message::TcpServerWelcome,
                Name::NoWelcome,
                did,
                came,
                tutorial,
                why,
            );
        }
        answered
    }

    /// What a client hears first.
    pub(super) fn first_word(&mut self, conn: &mut Conn) -> Came {
        let mut came = self.receive(conn, |bytes| !bytes.is_empty());
        if !came.bytes.is_empty() {
            came.bytes.extend(conn.rest(QUIET));
        }
        self.session.came(&came.bytes);
        came
    }

    /// The next client after one has gone.
    fn next_client(&mut self) -> Option<Conn> {
        self.mark = self.session.mark();
        let conn = match self.connect() {
            Ok(conn) => conn,
            Err(error) => {
                let deadline = Instant::now() + Duration::from_secs(2);
                self.session.bell.wait(deadline, || self.session.ended());
                self.serves_once(Message::CameRefused.with("error", error));
                return None;
            }
        };
        let mut conn = conn;
        let came = self.first_word(&mut conn);
        if !came.bytes.is_empty() {
            return Some(conn);
        }
        let alive = !came.ended && !gone(self.session);
        if alive && self.only_the_first_is_welcomed(&mut conn, NAMES[0]) {
            return None;
        }
        let busy = if alive && !self.always_busy {
            self.busy()
        } else {
            0
        };
        if busy >= BUSY_PERCENT {
            self.spins(busy);
        } else {
            self.serves_once(closing_or_nothing(&came));
        }
        None
    }

    pub(super) fn serves_once(&mut self, came: Text) {
        let step = Message::TcpServerThreads;
        let did = self.did(Message::DidConnectAgain);
        if self.session.cause(step, self.mark, &did, &read(step)) {
            return;
        }
        let came = match self.session.ended() {
            Some(status) => Message::CameEnded.with("status", status),
            None => came,
        };
        self.fault(
            step,
            Name::ServesOnce,
            did,
            came,
            Message::TutorialGoesOn,
            Message::WhyServesOnce,
        );
    }
}
