//! A client that leaves without `exit`, while another one stays.

use std::time::{Duration, Instant};

use super::{BUSY_PERCENT, FAREWELL, NAMES, RUNNING_PERCENT, Talk, gone, read};
use crate::conn::Conn;
use crate::faults::Name;
use crate::watch;
use crate::words::Message;

impl Talk<'_> {
    /// The second client leaves without `exit`; the first one talks on.
    pub(super) fn hang_up(&mut self, silent: &mut Conn, mut second: Conn) -> bool {
        let step = Message::TcpServerHangUp;
        self.session.doing(step);
        self.mark = self.session.mark();
        let did = self.did(Message::DidHangUp);
        // As a client closes that has received all: what the server still says to it finds an open connection.
        second.half_close();
        if !self.name(silent, NAMES[2], 1, step) {
            return false;
        }
        second.receive(FAREWELL, |_| false, || false);
        second.close();
        // Twice: one moment proves nothing.
        let mut busy = self.busy();
        if busy >= BUSY_PERCENT && !self.always_busy {
            busy = busy.min(self.busy());
            if busy >= BUSY_PERCENT {
                self.spins(busy);
                return false;
            }
        }
        // Meanwhile the first one leaves as the text does: an error in the other's thread may come late.
        silent.send(if self.line_end == "\n" {
            b"exit\n"
        } else {
            b"exit"
        });
        let limit = self
            .soon()
            .min(self.slowest * 2 + Duration::from_millis(500));
        silent.receive(limit, |_| false, || false);
        let failed = self.session.failed_since(self.mark) || gone(self.session);
        if failed && self.session.cause(step, self.mark, &did, &read(step)) {
            return false;
        }
        if gone(self.session) {
            self.serves_once(Message::CameNothing.into());
            return false;
        }
        self.session.report.ok(step);
        true
    }

    pub(super) fn spins(&mut self, percent: u128) {
        let did = self.did(Message::DidHangUp);
        let came = Message::CameBusy.with("percent", percent);
        self.fault(
            Message::TcpServerHangUp,
            Name::Spins,
            did,
            came,
            Message::TutorialHangUp,
            Message::WhySpins,
        );
    }

    /// How much of one processor the program uses, in percent, or would use if it got it. Nobody tells of that: we
    /// look fifty times.
    pub(super) fn busy(&self) -> u128 {
        const LOOKS: u32 = 50;
        let (pid, own) = (self.session.pid(), self.session.world.own);
        let (start, before) = (Instant::now(), watch::processor_time(pid, own));
        let mut running = 0;
        for look in 1..=LOOKS {
            let next = start + look * Duration::from_millis(20);
            self.session.bell.wait(next, || None::<()>);
            running += u128::from(watch::running(pid, own));
        }
        let now = watch::processor_time(pid, own);
        let used = now.zip(before);
        let used = used.map_or(Duration::ZERO, |(now, before)| now.saturating_sub(before));
        let used = used.as_micros() * 100 / start.elapsed().as_micros().max(1);
        let running = running * 100 / u128::from(LOOKS);
        if running >= RUNNING_PERCENT {
            used.max(running)
        } else {
            used
        }
    }
}
