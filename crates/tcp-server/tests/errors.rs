//! How the server fails: two lines on stderr, what is wrong and what to do, and the exit status.

#![allow(clippy::unwrap_used)]

use std::net::TcpListener;

use lab::{Ended, program, run};

/// Runs the server to its end, which comes before it serves anybody; `RUST_LOG=off` hides no fatal error.
fn fails(args: &[&str]) -> Ended {
    let ended = run(program("tcp-server").args(args).env("RUST_LOG", "off"));
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert_eq!(ended.stdout, "", "{ended}");
    ended
}

/// Both lines, whole but for the system's own words.
fn assert_says(ended: &Ended, address: &str, hint: &str) {
    let lines: Vec<_> = ended.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{ended}");
    let system = lines[0].strip_prefix(&format!("tcp-server: {address}: "));
    assert!(system.is_some_and(|words| !words.is_empty()), "{ended}");
    assert_eq!(lines[1], format!("hint: {hint}"), "{ended}");
}

#[test]
fn an_address_in_use() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let ended = fails(&[&address]);
    assert_says(
        &ended,
        &address,
        "another program has this port, or its connections had it a minute ago: \
         stop it, wait, or give another address, such as 127.0.0.1:9998",
    );
    #[cfg(target_os = "linux")]
    assert!(
        ended
            .stderr
            .contains("Address already in use (os error 98)"),
        "{ended}"
    );
}

/// 192.0.2.1 is for documentation only (RFC 5737); nothing is sent there.
#[test]
fn an_address_that_this_machine_does_not_have() {
    let ended = fails(&["192.0.2.1:9999"]);
    assert_says(
        &ended,
        "192.0.2.1:9999",
        "this machine has no such address; 127.0.0.1 is always its own, 0.0.0.0 means all it has",
    );
    #[cfg(target_os = "linux")]
    assert!(ended.stderr.contains("(os error 99)"), "{ended}");
}

/// A label of 70 letters is longer than a name's may be (RFC 1035): nobody is asked for it.
#[test]
fn a_name_that_nobody_has() {
    let name = format!("{}:9999", "x".repeat(70));
    assert_says(
        &fails(&[&name]),
        &name,
        "is the name spelled right (the first argument is the address), and this machine online?",
    );
}

/// Who may bind a port below 1024 is Linux's setting; elsewhere it may be everybody.
#[cfg(target_os = "linux")]
#[test]
fn a_port_below_1024_is_for_administrators() {
    let setting = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    if setting.ok().is_none_or(|first| first.trim() != "1024") {
        eprintln!("skipped: this system lets ordinary users have ports below 1024");
        return;
    }
    let mut server = program("tcp-server");
    let server = server.arg("127.0.0.1:999").env("RUST_LOG", "off");
    let ended = match lab::Running::start_as_ordinary_user(server) {
        Ok(server) => server.finish(),
        Err(error) => {
            eprintln!("skipped: {error}");
            return;
        }
    };
    assert_eq!(ended.code(), Some(1), "{ended}");
    let (error, hint) = ended.stderr.split_once('\n').unwrap();
    assert_eq!(
        error,
        "tcp-server: 127.0.0.1:999: Permission denied (os error 13)"
    );
    assert!(
        hint.starts_with("hint: ports below 1024 are for administrators"),
        "{hint}"
    );
}

#[test]
fn values_that_make_no_sense_are_wrong_usage() {
    let seconds = "expected 0 to 86400 seconds";
    for (args, expected) in [
        (["--delay", "-1"], seconds),
        (["--delay", "-0.5"], seconds),
        (["--delay", "NaN"], seconds),
        (["--delay", "1e300"], seconds),
        (["--delay", "soon"], "expected a number of seconds"),
        (["--backlog", "-1"], "not in 0..=65535"),
        (["--backlog", "70000"], "not in 0..=65535"),
        (["--backlog", "1e300"], "invalid digit"),
        (["--backlog", "NaN"], "invalid digit"),
        (
            ["127.0.0.1:99999", "--no-reuse-addr"],
            "no port (0 to 65535)",
        ),
        (["127.0.0.1:", "--no-reuse-addr"], "no port (0 to 65535)"),
        (["::1:9999", "--no-reuse-addr"], "written in brackets"),
        (["", "--no-reuse-addr"], "a host is missing"),
        (["127.0.0.1:9999", "127.0.0.1:9998"], "unexpected argument"),
    ] {
        let ended = run(program("tcp-server").args(args));
        assert_eq!(ended.code(), Some(2), "{args:?}: {ended}");
        assert!(ended.stderr.contains(expected), "{args:?}: {ended}");
        assert_eq!(ended.stdout, "", "{args:?}: {ended}");
    }
}
