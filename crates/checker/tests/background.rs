//! A program that goes into the background is talked to there, and ended, on the machine itself, too.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // in a test, what fails ends it

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use lab::program;

const SERVER: &str = "\
import os, socket
if os.fork():
    os._exit(0)
os.setsid()
with open('pid', 'w') as f:
    f.write(str(os.getpid()))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 0))
while True:
    data, addr = s.recvfrom(1024)
    s.sendto(b'Hello, ' + data + b'!', addr)
";

#[test]
fn a_server_in_the_background_is_checked_and_ended() {
    let python = Command::new("python3").arg("-V").output();
    if !python.is_ok_and(|run| run.status.success()) {
        eprintln!("skipped: this takes python3");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("background");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("server.py"), SERVER).unwrap();
    let mut checker = program("checker");
    checker.args([
        "--here",
        "--lang",
        "en",
        "udp-server",
        "python3",
        "server.py",
    ]);
    let ended = lab::run(checker.current_dir(&folder));
    assert!(
        ended.stdout.ends_with("checker: 5 steps ok, no fault\n"),
        "{ended}"
    );
    let pid = fs::read_to_string(folder.join("pid")).unwrap();
    let state = || fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Whoever was killed ends a moment later, and nobody but its parent is told.
    let killed = Instant::now();
    while !(state().is_empty() || state().contains(") Z ")) {
        assert!(killed.elapsed() < Duration::from_secs(10), "{}", state());
        thread::yield_now();
    }
}
