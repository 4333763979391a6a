//! The first client, alone and to the end: the welcome, and then the names and `exit`.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{BUSY_PERCENT, NAMES, QUIET, Talk, read};
use crate::conn::Conn;
use crate::faults::Name;
use crate::report::shown;
use crate::watch;
use crate::words::{Message, Text};

impl Talk<'_> {
    /// The first client, to the end. Gives whether it makes sense to go on.
    pub(super) fn alone(&mut self, first: Option<TcpStream>) -> bool {
        let conn = match first {
            Some(stream) => Conn::new(stream, &self.session.bell),
            None => self.connect(),
        };
        let mut conn = match conn {
            Ok(conn) => conn,
            Err(error) => {
                let did = self.did(Message::DidConnect);
                let step = Message::TcpServerListen;
                // It listened a moment ago: if it has ended since, that is the cause.
                let soon = Instant::now() + Duration::from_secs(2);
                let session = &mut *self.session;
                session.bell.wait(soon, || session.ended());
                if session.cause(step, 0, &did, &read(step)) {
                    return false;
                }
                let came = Message::CameRefused.with("error", error);
                self.fault(
                    step,
                    Name::NotListening,
                    did,
                    came,
                    Message::TutorialListens,
                    Message::WhyNotListening,
                );
                return false;
            }
        };
        if !self.welcome(&mut conn) || !self.names(&mut conn) {
            return false;
        }
        self.processes = watch::processes(self.session.pid(), self.session.world.own);
        self.always_busy = self.busy() >= BUSY_PERCENT;
        if self.always_busy {
            self.session.report.yours(Message::YoursBusy);
        }
        self.exit(conn)
    }

    /// Step 5, the welcome.
    fn welcome(&mut self, conn: &mut Conn) -> bool {
        let step = Message::TcpServerWelcome;
        self.session.doing(step);
        let mut came = self.receive(conn, |bytes| !bytes.is_empty());
        if !came.bytes.is_empty() {
            came.bytes.extend(conn.rest(QUIET));
            self.session.came(&came.bytes);
            self.session.report.ok(step);
            if came.bytes != b"Welcome!" {
                self.session
                    .report
                    .yours(Message::YoursWelcome.with("bytes", shown(&came.bytes)));
            }
            if came.bytes.ends_with(b"\n") {
                self.line_end = "?";
            }
            return true;
        }
        let did = self.did(Message::DidConnect);
        if self.session.cause(step, self.mark, &did, &read(step)) {
            return false;
        }
        if came.ended {
            self.fault(
                step,
                Name::ClosesEarly,
                did,
                Message::CameClosed.into(),
                Message::TutorialWelcome,
                Message::WhyClosesEarly,
            );
            return false;
        }
        self.no_welcome(conn, did)
    }

    /// Whoever does not welcome may wait for the client to speak.
    fn no_welcome(&mut self, conn: &mut Conn, did: Text) -> bool {
        let step = Message::TcpServerWelcome;
        self.session.sent(NAMES[0].as_bytes());
        conn.send(NAMES[0].as_bytes());
        let came = self.receive(conn, |bytes| !bytes.is_empty());
        self.session.came(&came.bytes);
        let step_did = self.did_send(NAMES[0].as_bytes());
        if came.bytes.is_empty() {
            if !self.session.cause(step, self.mark, &step_did, &read(step)) {
                self.fault(
                    step,
                    Name::NoWelcome,
                    did,
                    Message::CameNothing.into(),
                    Message::TutorialWelcome,
                    Message::WhyNoWelcome,
                );
            }
            return false;
        }
        if came.bytes.eq_ignore_ascii_case(NAMES[0].as_bytes()) && self.is_text_003(conn) {
            return false;
        }
        let came = Message::CameWelcomeLate.with("bytes", shown(&came.bytes));
        self.fault(
            step,
            Name::NoWelcome,
            did,
            came,
            Message::TutorialWelcome,
            Message::WhyWelcomeAfter,
        );
        false
    }

    /// Text 003's servers send one client its own bytes back, perhaps in capitals, and end.
    fn is_text_003(&mut self, conn: &mut Conn) -> bool {
        let closed = conn.receive(Duration::from_secs(2), |_| false, || false);
        let deadline = Instant::now() + Duration::from_secs(2);
        let session = &mut *self.session;
        let status = session.bell.wait(deadline, || session.ended());
        if !closed.ended
            || !closed.bytes.is_empty()
            || !status.is_some_and(|status| status.success())
        {
            return false;
        }
        session.report.ok(Message::TcpServerGreets);
        session.report.ok(Message::TcpServerClose);
        session.report.yours(Message::YoursText003);
        true
    }
}
