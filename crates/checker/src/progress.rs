//! What the checker is at while it waits: one line that changes on a terminal, plain lines elsewhere.

use std::env;
use std::io::{IsTerminal, Write, stderr};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// Tells what goes on, on stderr.
pub struct Progress {
    lines: Option<Sender<Step>>,
}

/// A step that begins, or the end: `done` hears when the line has gone.
enum Step {
    Begins(String),
    Ends(Sender<()>),
}

impl Progress {
    /// Begins to tell. With NO_COLOR, and where stderr is no terminal, no line is written over.
    pub fn start() -> Self {
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if plain || !stderr().is_terminal() {
            return Self { lines: None };
        }
        let (lines, begun) = mpsc::channel();
        thread::spawn(move || {
            let mut now: Option<(String, Instant)> = None;
            loop {
                match begun.recv_timeout(Duration::from_secs(1)) {
                    Ok(Step::Begins(step)) => now = Some((step, Instant::now())),
                    Ok(Step::Ends(done)) => {
                        let _ = write!(stderr(), "\r\x1b[K");
                        let _ = done.send(());
                        return;
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                if let Some((step, since)) = &now {
                    let _ = write!(
                        stderr(),
                        "\r\x1b[K… {step} ({} s)",
                        since.elapsed().as_secs()
                    );
                }
            }
        });
        Self { lines: Some(lines) }
    }

    /// A step begins.
    pub fn step(&self, text: String) {
        match &self.lines {
            Some(lines) => _ = lines.send(Step::Begins(text)),
            None => _ = writeln!(stderr(), "... {text}"),
        }
    }

    /// Wipes the line away, before the report comes.
    pub fn end(&mut self) {
        if let Some(lines) = self.lines.take() {
            let (done, wiped) = mpsc::channel();
            let _ = lines.send(Step::Ends(done));
            let _ = wiped.recv();
        }
    }
}
