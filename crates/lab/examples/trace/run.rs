//! Runs a command under strace, and passes signals on to it.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::thread;

use rustix::pipe::PipeFlags;
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::call::{Event, Lines};

/// Runs a command, tells each event, and returns the command's exit status once it has ended.
pub fn strace(command: &[OsString], mut tell: impl FnMut(Event)) -> io::Result<u8> {
    probe()?;
    // Whoever presses Ctrl+C means the command: we still have its calls to print.
    let signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;

    // strace writes to a pipe instead of a file: then there is no file that could be left behind.
    let (reads, writes) = rustix::pipe::pipe_with(PipeFlags::empty())?;
    rustix::io::fcntl_setfd(&reads, rustix::io::FdFlags::CLOEXEC)?;
    let mut strace = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=network", "-o"])
        .arg(format!("/dev/fd/{}", writes.as_raw_fd()))
        .arg("--")
        .args(command)
        .process_group(0)
        .spawn()?;
    drop(writes);
    let group = Pid::from_child(&strace);
    let mut guard = guard(group)?;
    pass_on(signals, group);

    let mut lines = Lines::default();
    for line in BufReader::new(std::fs::File::from(reads)).split(b'\n') {
        lines
            .read(&String::from_utf8_lossy(&line?))
            .into_iter()
            .for_each(&mut tell);
    }
    let status = strace.wait()?;
    // It waits for this line: all went well.
    guard.stdin.take().map(|mut to| to.write_all(b"\n"));
    guard.wait()?;
    let code = status.code();
    let code = code.unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    Ok(u8::try_from(code).unwrap_or(u8::MAX))
}

/// Whether strace is there and may trace.
fn probe() -> io::Result<()> {
    let answer = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| io::Error::new(ErrorKind::Unsupported, format!("strace: {error}")))?;
    if answer.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&answer.stderr);
    let why = format!("strace cannot trace here: {}", why.trim_end());
    Err(io::Error::new(ErrorKind::Unsupported, why))
}

/// Starts a shell that kills the command if we are killed ourselves: then nobody is left to write to its stdin.
fn guard(group: Pid) -> io::Result<Child> {
    Command::new("sh")
        .args(["-c", "read -r _ || kill -s KILL -- \"-$0\""])
        .arg(group.as_raw_nonzero().to_string())
        .stdin(Stdio::piped())
        .process_group(0)
        .spawn()
}

fn pass_on(mut signals: Signals, group: Pid) {
    thread::spawn(move || {
        for signal in &mut signals {
            let signal = match signal {
                SIGINT => Signal::INT,
                SIGTERM => Signal::TERM,
                _ => Signal::HUP,
            };
            // It may just have ended.
            let _ = kill_process_group(group, signal);
        }
    });
}
