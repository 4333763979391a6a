//! The UDP client and the answer that does not come: it waits as long as it was told to, for its server
//! and nobody else.

#![allow(clippy::unwrap_used)]

use std::net::UdpSocket;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use lab::{Running, program, receive_from, udp_socket};

fn socket() -> (UdpSocket, String) {
    let socket = udp_socket("127.0.0.1:0");
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

#[test]
fn without_an_answer_it_gives_up_and_names_the_causes() {
    let (silent, address) = socket();
    let start = Instant::now();
    let client = lab::run(program("udp-client").args([&address, "--timeout", "0.2"]));
    assert!(start.elapsed() >= Duration::from_millis(200));
    assert_eq!(client.code(), Some(1), "{client}");
    let lines: Vec<_> = client.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{client}");
    let error = format!("udp-client: {address}: no answer within 200ms: ");
    assert!(lines[0].starts_with(&error), "{client}");
    for cause in ["no server", "lost", "firewall", "did not answer"] {
        assert!(lines[0].contains(cause), "{client}");
    }
    let start = format!("hint: start it: cargo run -p udp-server -- {address}; ");
    assert!(lines[1].starts_with(&start), "{client}");
    assert_eq!(client.stdout, "");

    // Nobody is introduced to a server that does not answer.
    let (length, _) = receive_from(&silent, &mut [0; 1024]).unwrap();
    assert_eq!(length, "Michael".len());
    silent.set_nonblocking(true).unwrap();
    assert!(receive_from(&silent, &mut [0; 1024]).is_err());
}

#[test]
fn a_second_answer_that_does_not_come_is_missed_as_well() {
    let (server, address) = socket();
    let client = Running::start(program("udp-client").args([&address, "--timeout", "2"]));
    let (_, peer) = receive_from(&server, &mut [0; 1024]).unwrap();
    server.send_to(b"Hello, Michael!", peer).unwrap();
    let client = client.finish();
    assert_eq!(client.code(), Some(1), "{client}");
    assert_eq!(client.stdout, "Hello, Michael!\n");
    assert!(client.stderr.contains("no answer within 2s"), "{client}");
}

#[test]
fn a_strangers_datagram_is_ignored_with_a_warning() {
    let (server, address) = socket();
    let (stranger, stranger_address) = socket();
    let client = Running::start(program("udp-client").args([&address, "Ada", "--timeout=60"]));
    let (_, peer) = receive_from(&server, &mut [0; 1024]).unwrap();
    stranger.send_to(b"Hello, fool!", peer).unwrap();
    client.wait_for(&format!("[WARN ] ignored 12 bytes from {stranger_address}"));
    server.send_to(b"Hello, Ada!", peer).unwrap();
    let client = client.finish();
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stdout, "Hello, Ada!\n");
    assert_eq!(client.stderr.lines().count(), 1, "{client}");
}

#[test]
fn a_strangers_datagrams_do_not_prolong_the_wait() {
    let (server, address) = socket();
    let (stranger, stranger_address) = socket();
    let client = Running::start(program("udp-client").args([&address, "--timeout", "0.5"]));
    let (_, peer) = receive_from(&server, &mut [0; 1024]).unwrap();
    let (ended, over) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let pause = Duration::from_millis(20);
            while over.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let _ = stranger.send_to(b"still here", peer);
            }
        });
        let client = client.finish();
        drop(ended);
        assert_eq!(client.code(), Some(1), "{client}");
        assert!(client.stderr.contains("[WARN ] ignored"), "{client}");
        // Somebody is there, whom the user may know: that no server runs there, nobody knows.
        let error = format!("no answer within 500ms, but {stranger_address} sent something");
        assert!(client.stderr.contains(&error), "{client}");
        assert!(!client.stderr.contains("no server runs there"), "{client}");
        let hint = format!("hint: if {stranger_address} is your server");
        assert!(client.stderr.contains(&hint), "{client}");
        assert_eq!(client.stdout, "");
    });
}

#[test]
fn many_datagrams_of_a_stranger_are_counted_and_not_listed() {
    let start = Instant::now();
    let (server, address) = socket();
    let (stranger, _) = socket();
    let client = Running::start(program("udp-client").args([&address, "Ada", "--timeout=60"]));
    let (_, peer) = receive_from(&server, &mut [0; 1024]).unwrap();
    for _ in 0..50 {
        stranger.send_to(b"Hello, fool!", peer).unwrap();
    }
    server.send_to(b"Hello, Ada!", peer).unwrap();
    let client = client.finish();
    assert!(client.status.success(), "{client}");
    let (shown, all) = client.warnings("ignored 12 bytes");
    assert_eq!(all, 50, "{client}");
    assert!(shown as u64 <= start.elapsed().as_secs() + 2, "{client}");
}
