//! One bell for all that may happen: who waits looks again each time it rings, and never on a clock.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What comes within less than this is waited for by a clock alone.
const SHORT: Duration = Duration::from_secs(1);
/// How often a wait is doubled, tripled … for a program that the machine keeps from its work.
const EXTENSIONS: u32 = 12;

/// A bell. Its clones are the same bell.
#[derive(Clone, Default)]
pub struct Bell(Arc<(Mutex<u64>, Condvar)>);

impl Bell {
    /// Something has happened: everybody who waits looks again.
    pub fn ring(&self) {
        *lock(&self.0.0) += 1;
        self.0.1.notify_all();
    }

    /// Waits until `look` finds something, and gives that; at the deadline, whatever it then finds. A long wait goes on
    /// while the machine keeps the learner's program from its work: then it is not to blame.
    pub fn wait<T>(&self, deadline: Instant, mut look: impl FnMut() -> Option<T>) -> Option<T> {
        let mut deadline = Deadline::at(deadline);
        loop {
            let heard = *lock(&self.0.0);
            if let Some(found) = look() {
                return Some(found);
            }
            let mut rung = lock(&self.0.0);
            while *rung == heard && !deadline.rest().is_zero() {
                let waited = self.0.1.wait_timeout(rung, deadline.rest());
                rung = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            let nothing_new = *rung == heard;
            drop(rung);
            if nothing_new && !deadline.extend() {
                return look();
            }
        }
    }
}

/// The end of a wait, which moves away while the machine keeps the learner's program from its work.
pub struct Deadline {
    at: Instant,
    limit: Duration,
    extensions: u32,
}

impl Deadline {
    pub fn at(at: Instant) -> Self {
        Self {
            at,
            limit: at.saturating_duration_since(Instant::now()),
            extensions: 0,
        }
    }

    /// How much time is left.
    pub fn rest(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// Moves the end away, if there is reason to.
    pub fn extend(&mut self) -> bool {
        let may = self.limit >= SHORT && self.extensions < EXTENSIONS;
        let extends = may && crate::watch::held_up(crate::stop::who_runs());
        if extends {
            self.extensions += 1;
            self.at = Instant::now() + self.limit;
        }
        extends
    }
}

/// Locks, also after a panic elsewhere: nothing here is left half done.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
