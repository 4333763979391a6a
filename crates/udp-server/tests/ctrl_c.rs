//! How the UDP server ends. A Unix signal is what presses Ctrl+C, so these are Unix's.

#![cfg(unix)]

use std::net::UdpSocket;

use lab::{Running, Signal, program};

fn ends_at(signal: Signal, address: &str) {
    let server = Running::start(program("udp-server").arg(address));
    let port = server.address().port();
    let ready = format!("Bind UDP on {port}...");
    server.wait_for(&ready);
    server.signal(signal);
    let server = server.finish();
    assert_eq!(server.code(), Some(0), "{address}, {signal:?}: {server}");
    // The datagram that woke it is nobody's: neither printed nor answered.
    assert_eq!(server.stdout, format!("{ready}\n"), "{server}");
    assert!(
        server
            .stderr
            .ends_with("\n[INFO ] Ctrl+C: no more answers\n"),
        "{server}"
    );
}

#[test]
fn one_ctrl_c_ends_it_whatever_it_is_bound_to() {
    for address in [
        "127.0.0.1:0",
        "0.0.0.0:0",
        "[::1]:0",
        "[::]:0",
        "localhost:0",
    ] {
        ends_at(Signal::INT, address);
    }
}

#[test]
fn so_do_the_polite_ways_to_end_a_program() {
    for signal in [Signal::TERM, Signal::HUP] {
        ends_at(signal, "127.0.0.1:0");
        ends_at(signal, "0.0.0.0:0");
    }
}

#[test]
fn one_ctrl_c_ends_it_after_a_conversation() {
    let server = Running::start(program("udp-server").arg("0.0.0.0:0"));
    let port = server.address().port();
    let client = lab::run(program("udp-client").arg(format!("127.0.0.1:{port}")));
    assert!(client.status.success(), "{client}");
    server.ctrl_c();
    let server = server.finish();
    assert_eq!(server.code(), Some(0), "{server}");
    assert_eq!(server.stdout.lines().count(), 4, "{server}");
}

/// The buffer may be full of datagrams, so that the one that should wake it is lost: it is awake then.
#[test]
fn one_ctrl_c_ends_it_under_a_flood() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address();
    let flood = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.stop();
    for _ in 0..5000 {
        let _ = flood.send_to(&[b'x'; 1000], address);
    }
    server.ctrl_c();
    server.go_on();
    assert_eq!(server.finish().code(), Some(0));
}

#[test]
fn its_port_is_free_at_once() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address();
    let client = lab::run(program("udp-client").arg(address.to_string()));
    assert!(client.status.success(), "{client}");
    server.ctrl_c();
    assert_eq!(server.finish().code(), Some(0));
    let next = Running::start(program("udp-server").arg(address.to_string()));
    assert_eq!(next.address(), address);
}
