//! What `http-fetch` asks a server for, byte by byte.

#![allow(clippy::unwrap_used)]

use std::io;

use lab::{Folder, Server, Talk};

const REPLY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// What a server on this address is asked, where the client is given this URL, with PORT for its port.
fn asked(address: &str, url: &str) -> io::Result<String> {
    let server = Server::plays_on(address, |client| {
        let request = client.receive_until("\r\n\r\n");
        client.send(REPLY);
        request
    })?;
    let port = server.address.port().to_string();
    let ended = Folder::new().fetch(url.replace("PORT", &port), &[]);
    assert!(ended.status.success(), "{ended}");
    Ok(server.finish().replace(&port, "PORT"))
}

#[test]
fn the_request_is_three_lines_and_a_blank_one() {
    for url in [
        "127.0.0.1:PORT",
        "127.0.0.1:PORT/",
        "http://127.0.0.1:PORT",
        "HTTP://127.0.0.1:PORT/#top",
    ] {
        assert_eq!(
            asked("127.0.0.1:0", url).unwrap(),
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n",
            "{url}"
        );
    }
}

#[test]
fn a_path_and_a_query_go_as_they_are_and_a_fragment_does_not() {
    for (url, line) in [
        ("127.0.0.1:PORT/a/b.html", "GET /a/b.html HTTP/1.1\r\n"),
        (
            "127.0.0.1:PORT/a?b=c:d&e=%20#f",
            "GET /a?b=c:d&e=%20 HTTP/1.1\r\n",
        ),
        (
            "127.0.0.1:PORT?to=http://x/",
            "GET /?to=http://x/ HTTP/1.1\r\n",
        ),
        ("127.0.0.1:PORT/../%2e", "GET /../%2e HTTP/1.1\r\n"),
    ] {
        let request = asked("127.0.0.1:0", url).unwrap();
        assert!(request.starts_with(line), "{url}: {request:?}");
    }
}

#[test]
fn a_name_is_asked_for_by_its_name() {
    let request = asked("127.0.0.1:0", "localhost:PORT").unwrap();
    assert!(
        request.contains("\r\nHost: localhost:PORT\r\n"),
        "{request:?}"
    );
}

#[test]
fn an_ipv6_host_is_named_in_brackets() {
    let Ok(request) = asked("[::1]:0", "http://[::1]:PORT/") else {
        eprintln!("skipped: this machine has no IPv6");
        return;
    };
    assert!(request.contains("\r\nHost: [::1]:PORT\r\n"), "{request:?}");
}
