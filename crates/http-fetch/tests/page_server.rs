//! The practice server, alone and with `http-fetch`.

#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use lab::{Folder, Running, Talk, connect, example, run};

const PAGE: &str = "<!DOCTYPE html>\n<title>Practice</title>\n<h1>It works!</h1>\n";

fn page_server() -> Running {
    Running::start(example("page_server").arg("127.0.0.1:0"))
}

#[test]
fn the_page_is_fetched_and_the_request_is_shown() {
    let server = page_server();
    let address = server.address();
    let folder = Folder::new();
    let client = folder.fetch(address, &[]);
    assert!(client.status.success(), "{client}");
    assert!(client.stdout.starts_with("HTTP/1.1 200 OK\r\n"), "{client}");
    assert!(
        client
            .stdout
            .contains(&format!("Content-Length: {}", PAGE.len())),
        "{client}"
    );
    assert_eq!(client.stderr.lines().count(), 1, "{client}");
    assert_eq!(folder.saved(), PAGE);
    server.wait_for("Connection: close");
    assert_eq!(
        server.stdout(),
        format!("GET / HTTP/1.1\nHost: {address}\nConnection: close\n")
    );
}

#[test]
fn a_silent_client_delays_nobody() {
    let server = page_server();
    let address = server.address();
    let silent = connect(address);
    let breaks_off = connect(address);
    breaks_off.send("GET /half");
    for _ in 0..3 {
        let folder = Folder::new();
        let client = folder.fetch(address, &[]);
        assert!(client.status.success(), "{client}");
        assert_eq!(folder.saved(), PAGE);
    }
    drop((silent, breaks_off));
}

/// What the server answers to this, if nothing follows.
fn answer(server: &Running, request: &[u8]) -> String {
    let mut client = TcpStream::connect(server.address()).unwrap();
    client.write_all(request).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_wrong_request_is_told_what_is_wrong() {
    let server = page_server();
    let long = format!(
        "GET / HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n",
        "c".repeat(100_000)
    );
    for (request, status, words) in [
        (&b"hello"[..], "400", "the first line is \"hello\""),
        (b"GET /\r\n\r\n", "400", "should be like GET / HTTP/1.1"),
        (
            b"GET / HTTP/2\r\nHost: x\r\n\r\n",
            "400",
            "should be like GET / HTTP/1.1",
        ),
        (b"GET a HTTP/1.1\r\n\r\n", "400", "like GET / HTTP/1.1"),
        (b"GET / HTTP/1.1\nHost: x\n\n", "400", "should end in CR LF"),
        (b"GET / HTTP/1.1\r\n\r\n", "400", "0 lines with Host:"),
        (
            b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            "400",
            "2 lines with Host:",
        ),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", "400", "no blank line"),
        (b"GET / HTTP/1.1\r\nHost: x", "400", "no blank line"),
        (b"\xff\xfe\r\n\r\n", "400", "should be like GET / HTTP/1.1"),
        (b"POST / HTTP/1.1\r\nHost: x\r\n\r\n", "501", "GET and HEAD"),
        (long.as_bytes(), "431", "8 KiB"),
    ] {
        let answer = answer(&server, request);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        let (header, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(body.contains(words), "{answer}");
        let length = format!("Content-Length: {}", body.len());
        assert!(header.lines().any(|line| line == length), "{answer}");
    }
    // Whoever runs the server sees it too.
    server.wait_for("400 Bad Request: the first line is \"hello\"");
}

#[test]
fn a_right_request_is_right_in_every_spelling() {
    let server = page_server();
    for request in [
        &b"GET / HTTP/1.1\r\nhost:x\r\n\r\n"[..],
        b"GET /caf\xe9 HTTP/1.1\r\nHost: x\r\nX-Latin: \xe9\r\n\r\n",
        b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
    ] {
        let answer = answer(&server, request);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with(PAGE), "{answer}");
    }
    let header = answer(&server, b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(header.starts_with("HTTP/1.1 200 OK\r\n"), "{header}");
    assert!(
        header.contains(&format!("Content-Length: {}\r\n", PAGE.len())),
        "{header}"
    );
    assert!(header.ends_with("\r\n\r\n"), "{header}");
}

/// A client that waits for its answer, as most do, hears of the blank line that it forgot.
#[test]
fn a_request_that_does_not_go_on_is_answered() {
    let server = page_server();
    let mut client = TcpStream::connect(server.address()).unwrap();
    client.write_all(b"hello").unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("no blank line"), "{answer}");
}

#[test]
fn a_request_cannot_write_to_the_terminal() {
    let server = page_server();
    answer(&server, b"GET /\x1b[2J HTTP/1.1\r\n\r\n");
    assert_eq!(server.wait_for("GET"), "GET /\\x1b[2J HTTP/1.1");
}

#[test]
fn an_address_in_use_is_told_in_two_lines() {
    let first = page_server();
    let address = first.address().to_string();
    let second = run(example("page_server").arg(&address));
    let (wrong, hint) = second.fatal();
    assert!(
        wrong.starts_with(&format!("page_server: {address}: ")),
        "{second}"
    );
    assert!(
        hint.starts_with("hint: another program has this port"),
        "{second}"
    );
}

/// Windows has no signals.
#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_also_with_a_silent_client() {
    let idle = page_server();
    let _ = idle.address();
    idle.ctrl_c();
    let ended = idle.finish();
    assert_eq!(ended.code(), Some(0), "{ended}");
    assert_eq!(ended.stdout, "");
    assert!(
        ended.stderr.ends_with("[INFO ] Ctrl+C: no more answers\n"),
        "{ended}"
    );

    let busy = page_server();
    let address = busy.address();
    let _silent = connect(address);
    // Its turn comes after the silent one's.
    let client = Folder::new().fetch(address, &[]);
    assert!(client.status.success(), "{client}");
    busy.ctrl_c();
    let ended = busy.finish();
    assert_eq!(ended.code(), Some(0), "{ended}");
}
