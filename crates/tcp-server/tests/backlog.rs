//! That `--backlog` reaches the kernel, which on Linux shows it: in the Send-Q of a listening socket.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::process::Command;

use lab::{Running, program};

/// What the kernel has as the backlog of a server with these arguments; none where `ss` is missing.
fn backlog(args: &[&str]) -> Option<String> {
    let server = Running::start(program("tcp-server").arg("127.0.0.1:0").args(args));
    let port = server.address().port();
    let listening = Command::new("ss")
        .args(["-H", "-ltn", &format!("sport = :{port}")])
        .output();
    let Ok(listening) = listening else {
        eprintln!("skipped: ss (iproute2) is not installed");
        return None;
    };
    let listening = String::from_utf8(listening.stdout).unwrap();
    let [line] = listening.lines().collect::<Vec<_>>()[..] else {
        panic!("not one listening socket: {listening}");
    };
    let columns: Vec<_> = line.split_whitespace().collect();
    Some(columns[2].into()) // State Recv-Q Send-Q Local Peer
}

#[test]
fn the_backlog_is_the_tutorials_unless_another_is_given() {
    for (args, expected) in [
        (&[][..], "5"),
        (&["--backlog", "0"], "0"),
        (&["--backlog", "1"], "1"),
        (&["--backlog", "128"], "128"),
    ] {
        if let Some(backlog) = backlog(args) {
            assert_eq!(backlog, expected, "{args:?}");
        }
    }
}
