//! What `http-fetch` says when there is no page to be had, and what it leaves alone.

#![allow(clippy::unwrap_used)]

mod failed;

use std::fmt::Display;
use std::io::Write;
use std::thread;

use failed::failed;
use lab::{Folder, Server, Talk, program, run};

const BREAKS_OFF: &str = "broke off, or speaks no HTTP/1.1";

/// Fetches from there, checks that it fails with these words and leaves the old page alone, and gives
/// back what was wrong.
fn fails(url: impl Display, options: &[&str], words: &str, hint: &str) -> String {
    let folder = Folder::with_old_page();
    let ended = folder.fetch(&url, options);
    failed(&ended, url, words, hint);
    assert_eq!(ended.stdout, "", "{ended}");
    assert_eq!(folder.names(), ["page.html"]);
    assert_eq!(folder.saved(), Folder::OLD_PAGE);
    ended.stderr
}

#[test]
fn a_connection_refused_names_the_server_to_start() {
    let (_nobody, address) = lab::nobody::tcp();
    fails(address, &[], "(os error ", "--example page_server");
}

#[test]
fn a_name_that_does_not_exist_is_a_matter_of_spelling() {
    // With or without a network, and whatever the resolver calls it.
    let stderr = fails("host.invalid:80", &[], "", "is the name spelled right");
    assert!(stderr.contains("--example page_server"), "{stderr}");
}

/// Linux, where the queue is known to hold one more than the backlog.
#[test]
#[cfg(target_os = "linux")]
fn a_server_with_a_full_backlog_is_given_up() {
    let (server, address) = lab::nobody::tcp();
    server.listen(0).unwrap();
    let _first = std::net::TcpStream::connect(address).unwrap();
    fails(
        address,
        &["--timeout", "0.5"],
        "no connection within 500ms",
        "busy",
    );
}

#[test]
fn a_silent_server_is_given_up() {
    let server = Server::sends_and_stays("");
    fails(
        server.address,
        &["--timeout", "0.5"],
        "silent for 500ms (0 bytes came)",
        "--timeout",
    );
    // It has its request all the same.
    assert!(server.finish().starts_with("GET / "));
}

#[test]
fn a_server_that_goes_silent_is_given_up() {
    // Each of these takes the whole timeout: all at once, then.
    thread::scope(|scope| {
        for reply in [
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHell",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n",
            "HTTP/1.1 103 Early Hints\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\nUntil the close, which does not come",
        ] {
            scope.spawn(move || {
                let server = Server::sends_and_stays(reply);
                let silent = format!("silent for 2s ({} bytes came)", reply.len());
                fails(server.address, &["--timeout", "2"], &silent, "--timeout");
            });
        }
    });
}

#[test]
fn an_empty_reply_is_no_answer() {
    fails(
        Server::sends("").address,
        &[],
        "the server sent no answer (0 bytes came)",
        BREAKS_OFF,
    );
}

#[test]
fn a_reset_is_told_with_the_bytes_that_came() {
    let server = Server::answers(|client| {
        client.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nHello");
        client.will_reset();
    });
    // Wine takes a reset for a close, which leaves half a page.
    let hint = if cfg!(windows) {
        "server"
    } else {
        "the server ended the connection"
    };
    fails(server.address, &[], " bytes came)", hint);
}

/// Replies that are wrong before their body, or in its length; and what is told of each.
const WRONG: [(&str, &str); 13] = [
    (
        "HTTP/1.1 200 OK\r\nServer: x\r\n",
        "the header has no blank line",
    ),
    ("HTTP/1.1 200", "the header has no blank line"),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nHello",
        "the body ends after 5 of 10 bytes",
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nHello!",
        "contradictory Content-Lengths: 5, 6",
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nHello",
        "no Content-Length: \"5x\"",
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nHello",
        "nobody asked for",
    ),
    (
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "another protocol",
    ),
    (
        "HTTP/1.1 103 Early Hints\r\n\r\n",
        "the server sent no answer",
    ),
    (
        "SSH-2.0-OpenSSH_9.2\r\n",
        "this is no HTTP/1.1: \"SSH-2.0-OpenSSH_9.2\"",
    ),
    ("HTTP/1.1 OK\r\n\r\n", "this is no HTTP/1.1"),
    ("HTTP/1.1 004 Low\r\n\r\n", "this is no HTTP/1.1"),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "nobody asked for Transfer-Encoding: gzip",
    ),
    ("\r\n\r\n", "this is no HTTP/1.1"),
];

/// Bodies in chunks that are wrong.
const WRONG_CHUNKS: [(&str, &str); 6] = [
    ("5\r\nHel", "break off"),
    ("5\r\nHello\r\n", "break off"),
    ("5\r\nHello\r\n0\r\n", "break off"),
    ("five\r\nHello\r\n0\r\n\r\n", "no chunk size: \"five\""),
    ("+5\r\nHello\r\n0\r\n\r\n", "no chunk size: \"+5\""),
    ("4\r\nHello\r\n0\r\n\r\n", "does not end after the 4 bytes"),
];

#[test]
fn a_reply_that_makes_no_sense_is_told_with_the_bytes_that_came() {
    for (reply, wrong) in WRONG {
        is_told(reply.into(), wrong);
    }
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (chunks, wrong) in WRONG_CHUNKS {
        is_told(format!("{chunked}{chunks}"), wrong);
    }
}

fn is_told(reply: String, wrong: &str) {
    let came = format!("({} bytes came)\n", reply.len());
    // The client may hang up as soon as it sees that this makes no sense.
    let server = Server::answers(move |mut client| drop(client.write_all(reply.as_bytes())));
    let wrong = fails(server.address, &[], wrong, BREAKS_OFF);
    assert!(wrong.contains(&came), "{came:?} is not in {wrong}");
}

#[test]
fn a_reply_without_end_is_stopped() {
    for start in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
    ] {
        let server = Server::answers(move |mut client| {
            client.send(start);
            while client.write_all(&[b'x'; 4096]).is_ok() {}
        });
        let options = ["--max-size", "1", "--recv-size", "1024"];
        let wrong = fails(server.address, &options, "more than 1 MiB (", "--max-size");
        // Stopped by the first receive that goes beyond.
        let came = wrong.split('(').nth(1).unwrap().split(' ').next().unwrap();
        let beyond = came.parse::<usize>().unwrap() - (1 << 20);
        assert!((1..=1024).contains(&beyond), "{wrong}");
        server.finish();
    }
}

#[test]
fn a_header_without_end_is_stopped() {
    for (start, more) in [
        ("HTTP/1.1 200 ", "reasons "),
        ("HTTP/1.1 200 OK\r\n", "X: y\r\n"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;",
            "x",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            "X: y\r\n",
        ),
    ] {
        let server = Server::answers(move |mut client| {
            client.send(start);
            let more = more.repeat(500);
            while client.write_all(more.as_bytes()).is_ok() {}
        });
        fails(
            server.address,
            &[],
            "does not end within 300 KiB",
            "the limit is http-fetch's own",
        );
    }
}

#[test]
fn what_cannot_become_http_is_not_waited_for() {
    // The server stays: only its first bytes tell.
    for reply in [
        &b"\x15\x03\x01\x00\x02\x02\x28"[..], // a TLS alert
        b"Welcome!",
        b"\r\n",
        b"\n",
        b"HTTP/2",
        b"http/1.1",
        b"HTTP/1.x 200 OK",
        b"HTTP/1.1 OK",
    ] {
        let server = Server::sends_and_stays(reply);
        let wrong = fails(
            server.address,
            &["--timeout", "20"],
            "this is no HTTP/1.1: ",
            BREAKS_OFF,
        );
        assert!(!wrong.contains('\x15'), "{wrong}");
        assert_eq!(
            wrong.contains("a blank line comes first"),
            matches!(reply, b"\n" | b"\r\n"),
            "{wrong}"
        );
    }
    for (chunks, words) in [
        ("4\r\nHello", "does not end after the 4 bytes"),
        ("<html>", "no chunk size: \"<html>\""),
    ] {
        let header = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let server = Server::sends_and_stays(format!("{header}{chunks}"));
        let timeout = &["--timeout", "20"];
        fails(server.address, timeout, words, BREAKS_OFF);
    }
}

#[test]
fn an_error_is_told_whatever_the_log_level() {
    let server = Server::sends("SSH-2.0-x\x1b[31m\r\n");
    let folder = Folder::new();
    let ended = run(program("http-fetch")
        .arg(server.address.to_string())
        .arg("-o")
        .arg(folder.page())
        .env("RUST_LOG", "off"));
    failed(&ended, server.address, "SSH-2.0-x", BREAKS_OFF);
    assert!(!ended.stderr.contains('\x1b'), "{ended}");
}
