//! Ctrl+C: ends the checker, and the learner's program with it.

use std::process::exit;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::program::kill_all;

static RUNS: AtomicU32 = AtomicU32::new(0);

/// Tells who is to be ended by Ctrl+C.
pub fn now_runs(pid: u32) {
    RUNS.store(pid, Ordering::SeqCst);
}

/// The learner's program, or 0.
pub fn who_runs() -> u32 {
    RUNS.load(Ordering::SeqCst)
}

/// From now on Ctrl+C ends the learner's program, then the checker with status 130; `last` is said then.
pub fn on_ctrl_c(last: &'static str) {
    let set = ctrlc::set_handler(move || {
        let pid = who_runs();
        if pid != 0 {
            kill_all(pid);
        }
        if !last.is_empty() {
            println!("\n{last}");
        }
        exit(130);
    });
    if let Err(error) = set {
        eprintln!("checker: Ctrl+C may leave your program running: {error}");
    }
}
