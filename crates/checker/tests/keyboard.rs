//! A server that asks at its keyboard before it listens is answered.

#![allow(clippy::unwrap_used)] // in a test, what fails ends it

use std::fs;
use std::path::Path;
use std::process::Command;

use lab::program;

const SERVER: &str = "\
import socket
host = input('host: ')
port = int(input('port: '))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((host, port))
while True:
    data, addr = s.recvfrom(1024)
    s.sendto(b'Hello, ' + data + b'!', addr)
";

#[test]
fn a_server_that_asks_where_to_wait_is_told() {
    let works = |command: &mut Command| command.output().is_ok_and(|run| run.status.success());
    let unshare = |user: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(user).args([
            "--net", "--mount", "--pid", "--fork", "mount", "-t", "proc", "proc", "/proc",
        ]);
        works(&mut command)
    };
    if !works(Command::new("python3").arg("-V")) || !cfg!(target_os = "linux") {
        eprintln!("skipped: this takes python3 and Linux");
        return;
    }
    if !unshare(&[]) && !unshare(&["--user", "--map-root-user"]) {
        eprintln!("skipped: this system has no namespaces for us");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keyboard");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("asks.py"), SERVER).unwrap();
    let mut checker = program("checker");
    checker.args(["--lang", "en", "udp-server", "python3", "asks.py"]);
    let ended = lab::run(checker.current_dir(&folder));
    for words in [
        "asks at the keyboard, `host:`; the checker typed 127.0.0.1\n",
        "`port:`; the checker typed 9999\n",
        "checker: 5 steps ok, no fault\n",
    ] {
        assert!(ended.stdout.contains(words), "{words}: {ended}");
    }
}
