//! What the UDP server answers, and to whom.

#![allow(clippy::unwrap_used)]

use std::net::{SocketAddr, UdpSocket};

use lab::{Running, program, receive_from, udp_socket};

/// What the server answers to `datagram`.
fn ask(client: &UdpSocket, server: SocketAddr, datagram: &[u8]) -> Vec<u8> {
    client.send_to(datagram, server).unwrap();
    let mut buffer = [0; 2048];
    let (length, peer) = receive_from(client, &mut buffer).unwrap();
    assert_eq!(peer, server);
    buffer[..length].to_vec()
}

#[test]
fn every_datagram_is_greeted_and_printed() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address();
    let port = address.port();
    let client = udp_socket("127.0.0.1:0");
    assert_eq!(ask(&client, address, b"Michael"), b"Hello, Michael!");
    assert_eq!(
        ask(&client, address, "小明".as_bytes()),
        "Hello, 小明!".as_bytes()
    );
    let received = format!("Received from {}.", client.local_addr().unwrap());
    server.wait_for_times(&received, 2);
    assert_eq!(
        server.stdout(),
        format!("Bind UDP on {port}...\n{received}\n{received}\n")
    );
    assert_eq!(
        server.stderr(),
        format!("[INFO ] receiving on 127.0.0.1:{port}\n")
    );
}

#[test]
fn an_empty_datagram_is_greeted_too() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address();
    let client = udp_socket("127.0.0.1:0");
    assert_eq!(ask(&client, address, b""), b"Hello, !");
    assert_eq!(ask(&client, address, b"Michael"), b"Hello, Michael!");
}

#[test]
fn bytes_are_greeted_as_they_come() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address();
    let client = udp_socket("127.0.0.1:0");
    assert_eq!(
        ask(&client, address, b"\xff\0\x1b["),
        b"Hello, \xff\0\x1b[!"
    );
    assert!(!server.stdout().contains('\x1b'));
}

#[test]
fn a_client_over_ipv6_is_greeted() {
    let server = Running::start(program("udp-server").arg("[::1]:0"));
    let address = server.address();
    let client = udp_socket("[::1]:0");
    assert_eq!(ask(&client, address, b"Michael"), b"Hello, Michael!");
    server.wait_for(&format!("Received from {}.", client.local_addr().unwrap()));
}

#[test]
fn a_datagram_that_fills_the_buffer_is_answered_and_may_have_been_cut() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address();
    let client = udp_socket("127.0.0.1:0");
    let answer = ask(&client, address, &[b'x'; 1023]);
    assert_eq!(answer.len(), 1023 + 8);
    let answer = ask(&client, address, &[b'x'; 1024]);
    assert_eq!(answer.len(), 1024 + 8);
    server.wait_for(&format!(
        "[WARN ] {}: the buffer is full: what was beyond 1024 bytes",
        client.local_addr().unwrap()
    ));
    assert_eq!(server.stderr().matches("WARN").count(), 1, "1023 fit");
}

/// Unix, where Ctrl+C can be pressed.
#[cfg(unix)]
#[test]
fn many_datagrams_that_fill_the_buffer_are_counted_and_not_listed() {
    let start = std::time::Instant::now();
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address();
    let client = udp_socket("127.0.0.1:0");
    for _ in 0..50 {
        ask(&client, address, &[b'x'; 1024]);
    }
    server.ctrl_c();
    let ended = server.finish();
    let (shown, all) = ended.warnings("the buffer is full");
    assert_eq!(all, 50, "{ended}");
    assert!(shown as u64 <= start.elapsed().as_secs() + 2, "{ended}");
}

/// Windows reports a datagram that does not fit as an error, which the server says; it cannot answer.
#[test]
fn a_datagram_beyond_the_buffer_ends_nothing() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address();
    let client = udp_socket("127.0.0.1:0");
    if cfg!(windows) {
        client.send_to(&[b'x'; 2000], address).unwrap();
    } else {
        let answer = ask(&client, address, &[b'x'; 2000]);
        assert_eq!(answer, [b"Hello, ", &[b'x'; 1024][..], b"!"].concat());
    }
    server.wait_for("[WARN ]");
    assert_eq!(ask(&client, address, b"Michael"), b"Hello, Michael!");
}

#[test]
fn a_client_that_is_gone_troubles_nobody() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address();
    let gone = udp_socket("127.0.0.1:0");
    gone.send_to(b"Michael", address).unwrap();
    let received = format!("Received from {}.", gone.local_addr().unwrap());
    drop(gone);
    server.wait_for(&received);
    let client = udp_socket("127.0.0.1:0");
    for _ in 0..3 {
        assert_eq!(ask(&client, address, b"Tracy"), b"Hello, Tracy!");
    }
}

#[test]
fn ten_clients_at_once_are_answered_each_with_its_own() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address();
    let clients: Vec<_> = (0..10)
        .map(|number| {
            let names = ["a", "b", "c"].map(|name| format!("{name}{number}"));
            let mut client = program("udp-client");
            Running::start(
                client
                    .arg(address.to_string())
                    .args(names)
                    .args(["--timeout", "60"]),
            )
        })
        .collect();
    for (number, client) in clients.into_iter().enumerate() {
        let client = client.finish();
        assert!(client.status.success(), "{client}");
        let answers = ["a", "b", "c"].map(|name| format!("Hello, {name}{number}!\n"));
        assert_eq!(client.stdout, answers.concat());
        assert_eq!(client.stderr, "");
    }
    server.wait_for_times("Received from 127.0.0.1:", 30);
}

#[test]
fn a_second_server_does_not_get_the_port() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address();
    let second = lab::run(program("udp-server").arg(address.to_string()));
    assert_eq!(second.code(), Some(1), "{second}");
    let lines: Vec<_> = second.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{second}");
    assert!(
        lines[0].starts_with(&format!("udp-server: {address}: ")),
        "{second}"
    );
    assert!(lines[0].contains("os error"), "{second}");
    assert!(
        lines[1].starts_with("hint: another program has this port"),
        "{second}"
    );
    assert_eq!(second.stdout, "");
    let client = udp_socket("127.0.0.1:0");
    assert_eq!(ask(&client, address, b"Michael"), b"Hello, Michael!");
}

#[test]
fn tcp_may_have_the_same_port() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let address = server.address();
    let Ok(_listener) = std::net::TcpListener::bind(address) else {
        eprintln!("skipped: some other program has TCP's port {address}");
        return;
    };
    assert_eq!(
        ask(&udp_socket("127.0.0.1:0"), address, b"Ada"),
        b"Hello, Ada!"
    );
}
