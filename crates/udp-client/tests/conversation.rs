//! The UDP client with the server it was written for, and what it sends and shows.

#![allow(clippy::unwrap_used)]

use std::net::UdpSocket;

use lab::{Running, program, receive_from, udp_socket};

const THREE_PEOPLE: &str = "Hello, Michael!\nHello, Tracy!\nHello, Sarah!\n";

/// A server of our own: a socket that does not wait for ever.
fn server() -> (UdpSocket, String) {
    let socket = udp_socket("127.0.0.1:0");
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

#[test]
fn three_people_are_introduced() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let client = lab::run(program("udp-client").arg(server.address().to_string()));
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stdout, THREE_PEOPLE);
    assert_eq!(client.stderr, "");
    // One socket, and so one port, for all three.
    let first = server.wait_for("Received from");
    server.wait_for_times(&first, 3);
}

#[test]
fn three_people_are_introduced_over_ipv6() {
    let server = Running::start(program("udp-server").arg("[::1]:0"));
    let client = lab::run(program("udp-client").arg(server.address().to_string()));
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stdout, THREE_PEOPLE);
    server.wait_for_times("Received from [::1]:", 3);
}

#[test]
fn a_server_on_the_ipv4_loopback_is_found_under_the_name_localhost() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let localhost = format!("localhost:{}", server.address().port());
    let client = lab::run(program("udp-client").arg(localhost));
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stdout, THREE_PEOPLE);
}

/// The same server, by other spellings: its answers come from 127.0.0.1, or from [::1].
#[test]
fn a_server_is_found_under_every_address_that_reaches_it() {
    let v4 = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let v6 = Running::start(program("udp-server").arg("[::1]:0"));
    let (v4, v6) = (v4.address().port(), v6.address().port());
    let mut spellings = vec![format!("0.0.0.0:{v4}"), format!("[::]:{v6}")];
    // Interface 1 is the loopback on Linux; elsewhere it may have another number.
    if cfg!(target_os = "linux") {
        spellings.push(format!("[::1%1]:{v6}"));
    }
    for address in spellings {
        let client = lab::run(program("udp-client").arg(&address));
        assert!(client.status.success(), "{address}: {client}");
        assert_eq!(client.stdout, THREE_PEOPLE);
        assert_eq!(client.stderr, "");
    }
}

#[test]
fn a_name_of_digits_may_be_meant_as_the_port() {
    // Nobody is asked: that name is longer than names are.
    let host = "x".repeat(70);
    for (args, warns) in [
        (&[&*host, "9999"][..], true),
        (&[&format!("{host}:1"), "9999"], false),
        (&[&*host, "Ada", "9999"], false),
    ] {
        let client = lab::run(program("udp-client").args(args));
        let warning =
            format!("[WARN ] 9999 is taken for a name; a port follows a colon: {host}:9999");
        assert_eq!(client.stderr.contains(&warning), warns, "{client}");
    }
}

#[test]
fn values_that_make_no_sense_are_wrong_usage() {
    for (args, words) in [
        (["127.0.0.1:9999", ""], "the name is empty"),
        (["127.0.0.1:0", "Ada"], "port 0"),
        (["http://127.0.0.1:9999", "Ada"], "a URL is no address"),
        (
            ["127.0.0.1:9999", "--timout=1"],
            "a similar argument exists: '--timeout'",
        ),
    ] {
        let client = lab::run(program("udp-client").args(args));
        assert_eq!(client.code(), Some(2), "{client}");
        assert!(client.stderr.contains(words), "{client}");
    }
}

/// All of 127.0.0.0/8 is this machine's on Linux only.
#[cfg(target_os = "linux")]
#[test]
fn the_other_texts_pair_speaks_over_127_0_0_2() {
    let server = Running::start(program("udp-server").arg("127.0.0.2:0"));
    let address = server.address().to_string();
    let client = lab::run(program("udp-client").args([&address, "hello", "world"]));
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stdout, "Hello, hello!\nHello, world!\n");
}

#[test]
fn names_are_sent_as_they_are_and_nothing_else_is() {
    let (server, address) = server();
    let client =
        Running::start(program("udp-client").args([&address, "Ada", "小明 ", "--timeout=60"]));
    let mut buffer = [0; 1024];
    for name in ["Ada", "小明 "] {
        let (length, peer) = receive_from(&server, &mut buffer).unwrap();
        assert_eq!(&buffer[..length], name.as_bytes());
        server.send_to(b"ok", peer).unwrap();
    }
    let client = client.finish();
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stdout, "ok\nok\n");
    server.set_nonblocking(true).unwrap();
    assert!(
        receive_from(&server, &mut buffer).is_err(),
        "no exit in UDP"
    );
}

#[test]
fn no_server_writes_to_the_terminal() {
    let (server, address) = server();
    let client = Running::start(program("udp-client").args([&address, "--timeout=60"]));
    for answer in [&b"\x1b[2J\rcaf\xe9"[..], b"", b"two\r\nlines\x07"] {
        let (_, peer) = receive_from(&server, &mut [0; 1024]).unwrap();
        server.send_to(answer, peer).unwrap();
    }
    let client = client.finish();
    assert!(client.status.success(), "{client}");
    // An empty datagram is an answer too, not an end.
    let expected = [r"\x1b[2J\x0dcaf\xe9", "\n\ntwo\r\nlines", r"\x07", "\n"];
    assert_eq!(client.stdout, expected.concat());
}

#[test]
fn a_name_that_fits_both_buffers_comes_back_whole() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let (address, name) = (server.address().to_string(), "x".repeat(1015));
    let client = lab::run(program("udp-client").args([&address, &name]));
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stdout, format!("Hello, {name}!\n"));
    assert_eq!(client.stderr, "");
}

/// Windows reports a datagram that is longer than the buffer as an error; elsewhere it is cut.
#[cfg(not(windows))]
#[test]
fn what_does_not_fit_a_buffer_is_cut_and_both_say_so() {
    for length in [1024, 2000] {
        let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
        let (address, name) = (server.address().to_string(), "x".repeat(length));
        let client = lab::run(program("udp-client").args([&address, &name]));
        assert!(client.status.success(), "{client}");
        assert_eq!(client.stdout, format!("Hello, {}\n", &name[..1017]));
        assert_eq!(client.stderr.lines().count(), 1, "{client}");
        assert!(
            client.stderr.starts_with("[WARN ] the buffer is full"),
            "{client}"
        );
        server.wait_for("the buffer is full");
    }
}

#[cfg(windows)]
#[test]
fn an_answer_that_does_not_fit_the_buffer_is_an_error() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let (address, name) = (server.address().to_string(), "x".repeat(1024));
    let client = lab::run(program("udp-client").args([&address, &name]));
    assert_eq!(client.code(), Some(1), "{client}");
    assert!(client.stderr.contains("os error 10040"), "{client}");
    assert!(
        client.stderr.contains("hint: a datagram carries at most"),
        "{client}"
    );
}

/// A Windows command line has no room for such a name.
#[cfg(unix)]
#[test]
fn a_name_that_fits_no_datagram_is_not_sent() {
    let (server, address) = server();
    let name = "x".repeat(65_508);
    let client = lab::run(program("udp-client").args([&address, &name]));
    assert_eq!(client.code(), Some(1), "{client}");
    let lines: Vec<_> = client.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{client}");
    let error = format!("udp-client: {address}: Message too long (os error ");
    assert!(lines[0].starts_with(&error), "{client}");
    assert!(
        lines[1].starts_with("hint: a datagram carries at most 65507 bytes"),
        "{client}"
    );
    assert_eq!(client.stdout, "");
    server.set_nonblocking(true).unwrap();
    assert!(
        receive_from(&server, &mut [0; 1024]).is_err(),
        "not even a part"
    );
}

/// macOS takes no more than 9,216 bytes, unless told otherwise.
#[cfg(target_os = "linux")]
#[test]
fn the_longest_name_is_sent() {
    let (server, address) = server();
    let name = "x".repeat(65_507);
    let client = Running::start(program("udp-client").args([&address, &name, "--timeout=60"]));
    let mut buffer = vec![0; 65_536];
    let (length, peer) = receive_from(&server, &mut buffer).unwrap();
    assert_eq!(length, name.len());
    server.send_to(b"ok", peer).unwrap();
    let client = client.finish();
    assert!(client.status.success(), "{client}");
}

#[test]
fn the_log_tells_the_story_of_the_conversation() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address().to_string();
    let client = lab::run(
        program("udp-client")
            .args([&address, "Ada"])
            .env("RUST_LOG", "debug"),
    );
    let story: Vec<_> = client.stderr.lines().collect();
    assert_eq!(story.len(), 3, "{client}");
    let sent = format!("[DEBUG] sent 3 bytes to {address} from ");
    assert!(story[0].starts_with(&sent), "{client}");
    assert_eq!(
        story[1],
        format!("[DEBUG] received 11 bytes from {address}")
    );
    assert_eq!(story[2], "[DEBUG] closed");
}
