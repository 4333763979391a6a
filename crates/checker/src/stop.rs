//! Ctrl+C: ends the checker, and the learner's program with it.

use std::process::exit;
use std::sync::Mutex;

use crate::events::lock;
use crate::program::{kill_all, kill_runaways};

/// The learner's programs.
static RUNS: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Tells who is to be ended by Ctrl+C.
pub fn now_runs(pid: u32) {
    lock(&RUNS).push(pid);
}

/// Tells who is no more.
pub fn has_ended(pid: u32) {
    lock(&RUNS).retain(|known| *known != pid);
}

/// The learner's program that was started last, or 0.
pub fn who_runs() -> u32 {
    lock(&RUNS).last().copied().unwrap_or(0)
}

/// Whether it is one of them.
#[cfg(target_os = "linux")]
pub fn runs(pid: u32) -> bool {
    lock(&RUNS).contains(&pid)
}

/// From now on Ctrl+C ends the learner's program, then the checker with status 130; `last` is said then.
pub fn on_ctrl_c(last: &'static str) {
    let set = ctrlc::set_handler(move || {
        let all = lock(&RUNS).clone();
        all.into_iter().for_each(kill_all);
        kill_runaways();
        if !last.is_empty() {
            println!("\n{last}");
        }
        exit(130);
    });
    if let Err(error) = set {
        eprintln!("checker: Ctrl+C may leave your program running: {error}");
    }
}
