//! Ctrl+C: one ends the server in every situation, within the time that an answer takes; two end it at once.
//!
//! Unix only: nothing presses Ctrl+C for a test on Windows.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use lab::{Ended, Running, Talk, connect, program, welcomed};
use rustix::process::Signal;

/// How much longer than the delay the end may take. A tenth of a second is promised; a loaded machine is
/// slower, and a server that waits for its clients, or for nobody, would take for ever.
const LEEWAY: Duration = Duration::from_secs(5);

/// A server that tells all, on a free port.
fn server(delay: &str) -> Running {
    server_at("127.0.0.1:0", delay)
}

fn server_at(address: &str, delay: &str) -> Running {
    let mut command = program("tcp-server");
    command.args([address, "--delay", delay]);
    Running::start(command.env("RUST_LOG", "debug"))
}

/// Sends one signal, and the server ends: in time, and successfully.
fn ends_on(signal: Signal, server: Running, delay: Duration) -> Ended {
    server.wait_for("Waiting for connection...");
    let start = Instant::now();
    server.signal(signal);
    let ended = server.finish();
    let elapsed = start.elapsed();
    assert!(elapsed < delay + LEEWAY, "{elapsed:?}: {ended}");
    assert_eq!(ended.code(), Some(0), "{ended}");
    assert_eq!(count(&ended.stderr, "[INFO ] Ctrl+C: "), 1, "{ended}");
    assert!(!ended.stderr.contains("panicked"), "{ended}");
    ended
}

/// As [`ends_on`] Ctrl+C, where no connection has to be cut off.
fn ends(server: Running, delay: Duration) -> Ended {
    let ended = ends_on(Signal::INT, server, delay);
    assert!(!ended.stderr.contains("cut off"), "{ended}");
    ended
}

fn count(output: &str, text: &str) -> usize {
    output.matches(text).count()
}

#[test]
fn an_idle_server_ends() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let ended = ends_on(signal, server("1"), Duration::ZERO);
        assert_eq!(ended.stdout, "Waiting for connection...\n");
        assert!(!ended.stderr.contains("accepted"), "{ended}");
    }
}

#[test]
fn a_server_bound_to_every_interface_ends() {
    for address in ["0.0.0.0:0", "[::]:0"] {
        if let Err(error) = std::net::TcpListener::bind(address) {
            eprintln!("skipped: this machine cannot bind {address}: {error}");
            continue;
        }
        let server = server_at(address, "1");
        server.wait_for("Waiting for connection...");
        server.ctrl_c();
        let ended = server.finish();
        assert_eq!(ended.code(), Some(0), "{ended}");
    }
}

#[test]
fn fifty_silent_clients_are_let_go() {
    let server = server("1");
    let clients: Vec<_> = (0..50).map(|_| welcomed(server.address())).collect();
    let ended = ends(server, Duration::ZERO);
    for client in &clients {
        client.expect_end();
    }
    assert_eq!(count(&ended.stdout, "Accept new connection"), 50, "{ended}");
    assert_eq!(count(&ended.stdout, "closed."), 50, "{ended}");
    assert!(!ended.stderr.contains("WARN"), "{ended}");
}

#[test]
fn a_message_in_work_is_answered() {
    for signal in [Signal::INT, Signal::TERM] {
        let server = server("0.5");
        let client = welcomed(server.address());
        client.send("Michael");
        server.wait_for("received 7 bytes");
        let ended = ends_on(signal, server, Duration::from_millis(500));
        client.expect("Hello, Michael!");
        client.expect_end();
        assert_eq!(count(&ended.stdout, "closed."), 1, "{ended}");
    }
}

#[test]
fn a_client_that_keeps_sending_is_answered_once_more_at_most() {
    let server = server("0.1");
    let client = welcomed(server.address());
    let mut sender = client.try_clone().unwrap();
    // Ends when the connection does; 64 MiB are more than a server with a delay reads in an hour.
    let sending = thread::spawn(move || {
        let names = [b'x'; 1024];
        (0..65536).find(|_| sender.write_all(&names).is_err())
    });
    server.wait_for_times("received 1024 bytes", 3);
    let ended = ends(server, Duration::from_millis(100));
    client.until_the_end_or_a_reset();
    assert!(sending.join().unwrap().is_some());
    let received = count(&ended.stderr, "received 1024 bytes");
    assert_eq!(count(&ended.stderr, "sent 1032 bytes"), received, "{ended}");
    let (_, after) = ended.stderr.split_once("[INFO ] Ctrl+C: ").unwrap();
    // The one in work, and one that was being received at that very moment.
    assert!(count(after, "sent 1032 bytes") <= 2, "{ended}");
}

#[test]
fn what_was_not_yet_read_is_dropped() {
    let server = server("1");
    let client = welcomed(server.address());
    client.send([b'x'; 5000]);
    server.wait_for("received 1024 bytes");
    let ended = ends(server, Duration::from_secs(1));
    let answers = client.until_the_end_or_a_reset().len();
    let received = count(&ended.stderr, "received 1024 bytes");
    assert!(received < 5, "all was read: {ended}");
    assert_eq!(count(&ended.stderr, "sent 1032 bytes"), received, "{ended}");
    assert_eq!(answers, received * 1032, "{ended}");
}

/// Sends without reading until nothing moves any more: by then the server is stuck in a send of its own.
fn stuck(server: &Running) -> TcpStream {
    let mut client = connect(server.address());
    let patience = Duration::from_secs(1); // a shorter jam than this would be a weaker test, not a wrong one
    client.set_write_timeout(Some(patience)).unwrap();
    let jam = (0..1 << 20).find_map(|_| client.write_all(&[b'x'; 1024]).err());
    let jam = jam.expect("1 GiB cannot be on its way").kind();
    assert!(
        [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&jam),
        "{jam}"
    );
    client
}

/// It is cut off, unless the system finds room for the one answer that the server is stuck with.
#[test]
fn a_client_that_never_reads_does_not_hold_it() {
    let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let _peer = stuck(&server);
    let ended = ends_on(Signal::INT, server, Duration::ZERO);
    let cut_off = "[WARN ] connections cut off while still busy: 1\n";
    assert!(
        ended.stderr.ends_with(cut_off) || ended.stdout.ends_with("closed.\n"),
        "{ended}"
    );
}

#[test]
fn the_second_ctrl_c_ends_it_at_once() {
    for (first, second) in [(Signal::INT, Signal::INT), (Signal::TERM, Signal::INT)] {
        let server = server("86400");
        let client = welcomed(server.address());
        client.send("Michael");
        server.wait_for("received 7 bytes");
        server.signal(first);
        server.wait_for("[INFO ] Ctrl+C: ");
        server.signal(second);
        let ended = server.finish();
        assert_eq!(ended.code(), Some(130), "{ended}");
        client.expect_end();
    }
}

/// The server wakes itself with a connection; were it closed like any other, its port would be busy for a
/// minute. Linux only, where `ss` counts what is left.
#[test]
#[cfg(target_os = "linux")]
fn an_idle_server_leaves_nothing_behind() {
    // An address that no other test uses: what others left behind on the port is not counted.
    let server = server_at("127.0.99.1:0", "1");
    let address = server.address();
    ends(server, Duration::ZERO);
    let filter = format!("src {address} or dst {address}");
    match std::process::Command::new("ss")
        .args(["-H", "-tan", &filter])
        .output()
    {
        Ok(left) => assert_eq!(String::from_utf8(left.stdout).unwrap(), ""),
        Err(error) => eprintln!("skipped: ss (iproute2) is not installed: {error}"),
    }
}
