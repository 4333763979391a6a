//! That the server can be restarted at once, although its connections keep the port busy for a minute
//! (TIME_WAIT): that is what SO_REUSEADDR is for.
//!
//! They do so only where the server was the first to close, as at Ctrl+C with a client connected. Windows
//! has other rules, and no Ctrl+C that a test could press.

#![cfg(unix)]

use std::net::SocketAddr;

use lab::{Running, Talk, program, welcomed};

/// Starts a server, ends it with Ctrl+C while a client is connected, and gives back its address.
fn ended_with_a_client(args: &[&str]) -> SocketAddr {
    let server = Running::start(program("tcp-server").arg("127.0.0.1:0").args(args));
    let address = server.address();
    let client = welcomed(address);
    server.ctrl_c();
    client.expect_end();
    let ended = server.finish();
    assert!(ended.status.success(), "{ended}");
    address
}

#[test]
fn a_server_restarts_at_once() {
    let address = ended_with_a_client(&[]);
    let server = Running::start(program("tcp-server").args([&address.to_string(), "--delay", "0"]));
    assert_eq!(server.address(), address);
    welcomed(address).is_greeted_as("again");
}

/// As the tutorial's own server, on both sides; and on Linux one side without it is enough to fail.
#[test]
#[cfg(target_os = "linux")]
fn without_reuse_addr_on_both_sides_the_restart_has_to_wait() {
    for (before, after) in [
        (&["--no-reuse-addr"][..], &["--no-reuse-addr"][..]),
        (&["--no-reuse-addr"], &[]),
        (&[], &["--no-reuse-addr"]),
    ] {
        let address = ended_with_a_client(before);
        let again = lab::run(program("tcp-server").arg(address.to_string()).args(after));
        assert_eq!(again.code(), Some(1), "{before:?} then {after:?}: {again}");
        assert!(
            again
                .stderr
                .contains("Address already in use (os error 98)"),
            "{again}"
        );
        assert!(again.stderr.contains("had it a minute ago"), "{again}");
    }
}
