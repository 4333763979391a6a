//! One bell for all that may happen: who waits looks again each time it rings, and never on a clock.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A bell. Its clones are the same bell.
#[derive(Clone, Default)]
pub struct Bell(Arc<(Mutex<u64>, Condvar)>);

impl Bell {
    /// Something has happened: everybody who waits looks again.
    pub fn ring(&self) {
        *lock(&self.0.0) += 1;
        self.0.1.notify_all();
    }

    /// Waits until `look` finds something, and gives that; at the deadline, whatever it then finds.
    pub fn wait<T>(&self, deadline: Instant, mut look: impl FnMut() -> Option<T>) -> Option<T> {
        let mut heard = *lock(&self.0.0);
        loop {
            if let Some(found) = look() {
                return Some(found);
            }
            let mut rung = lock(&self.0.0);
            while *rung == heard {
                let rest = deadline.saturating_duration_since(Instant::now());
                if rest.is_zero() {
                    return None;
                }
                let waited = self.0.1.wait_timeout(rung, rest);
                rung = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            heard = *rung;
        }
    }
}

/// Locks, also after a panic elsewhere: nothing here is left half done.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
