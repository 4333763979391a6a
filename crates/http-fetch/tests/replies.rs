//! What `http-fetch` makes of replies that servers may give.

use std::thread;

use lab::{Folder, Server, Talk, program, run};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Sum\r\n\r\n\
    6;name=\"a value\"\r\nHello,\r\n0A ; lone\r\n 0\r\n\r\nbye\n\r\n000;last\r\nSum: 1\r\n\r\n";
const CHUNKED_BODY: &str = "Hello, 0\r\n\r\nbye\n";

/// The header that is printed and the page that is saved when a server sends this and closes.
fn fetched(reply: impl AsRef<[u8]> + Send + 'static) -> (String, String) {
    let folder = Folder::with_old_page();
    let ended = folder.fetch(Server::sends(reply).address, &[]);
    assert!(ended.status.success(), "{ended}");
    assert!(!ended.stderr.contains("WARN"), "{ended}");
    (ended.stdout, folder.saved())
}

/// The page of text 000 has this size. Bytes of every value, not repeating at any round number.
fn page() -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..605_503).map(|_| next()).collect()
}

#[test]
fn a_large_page_is_saved_byte_for_byte_whatever_the_receive_size() {
    let length = "Content-Length: 605503";
    let until_close = "Server: one that ends with the close";
    for (size, header) in [
        ("1", length),
        ("1024", length),
        ("1024", until_close),
        ("65536", length),
        ("65536", until_close),
    ] {
        let server = Server::answers(move |client| {
            client.send(format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n"));
            client.send(page());
        });
        let folder = Folder::with_old_page();
        let ended = folder.fetch(server.address, &["--recv-size", size]);
        assert!(ended.status.success(), "{ended}");
        assert_eq!(ended.stdout, format!("HTTP/1.1 200 OK\r\n{header}\n"));
        assert!(ended.stderr.contains("saved 605503 bytes"), "{ended}");
        let saved = std::fs::read(folder.page()).unwrap();
        assert!(saved == page(), "{} bytes, at {size} a call", saved.len());
    }
}

#[test]
fn no_receive_is_larger_than_it_may_be() {
    let reply = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(3000));
    let length = reply.len();
    for size in [7, 1024] {
        let folder = Folder::new();
        let ended = run(program("http-fetch")
            .arg(Server::sends(reply.clone()).address.to_string())
            .args(["-o", folder.page().to_str().unwrap()])
            .args(["--recv-size", &size.to_string()])
            .env("RUST_LOG", "debug"));
        let sizes: Vec<usize> = ended
            .stderr
            .lines()
            .filter_map(|line| {
                line.split_once("received ")?
                    .1
                    .split(' ')
                    .next()?
                    .parse()
                    .ok()
            })
            .collect();
        assert_eq!(sizes.iter().sum::<usize>(), length, "{ended}");
        assert!(sizes.iter().all(|&received| received <= size), "{ended}");
        assert_eq!(sizes.last(), Some(&0), "{ended}");
    }
}

#[test]
fn a_reply_may_come_one_byte_at_a_time() {
    let server = Server::answers(|client| {
        client.set_nodelay(true).unwrap();
        for byte in CHUNKED.as_bytes() {
            client.send([*byte]);
        }
    });
    let folder = Folder::new();
    let ended = folder.fetch(server.address, &["--recv-size", "1"]);
    assert!(ended.status.success(), "{ended}");
    assert_eq!(folder.saved(), CHUNKED_BODY);
}

#[test]
fn chunks_are_put_together_without_extensions_and_trailers() {
    let (header, body) = fetched(CHUNKED);
    assert_eq!(
        header,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Sum\n"
    );
    assert_eq!(body, CHUNKED_BODY);
}

#[test]
fn an_early_hint_is_not_the_answer() {
    let hint = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";
    let (header, body) = fetched(format!("{hint}{CHUNKED}"));
    assert!(header.starts_with("HTTP/1.1 200 OK\r\n"), "{header}");
    assert!(!header.contains("103"), "{header}");
    assert_eq!(body, CHUNKED_BODY);
}

#[test]
fn no_content_is_an_empty_page() {
    let (header, body) = fetched("HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n");
    assert_eq!(header, "HTTP/1.1 204 No Content\r\nServer: x\n");
    assert_eq!(body, "");
}

#[test]
fn what_is_longer_than_it_says_is_cut() {
    let (_, body) = fetched("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello, Michael!");
    assert_eq!(body, "Hello");
}

#[test]
fn a_body_may_have_blank_lines_of_its_own() {
    let (header, body) = fetched("HTTP/1.1 200 OK\r\n\r\n\r\n\r\nHello\r\n\r\n");
    assert_eq!(header, "HTTP/1.1 200 OK\n");
    assert_eq!(body, "\r\n\r\nHello\r\n\r\n");
}

#[test]
fn a_redirect_to_https_is_saved_and_explained() {
    let reply = "HTTP/1.1 302 Moved Temporarily\r\nLocation: https://www.sina.com.cn/\r\n\
        Content-Length: 5\r\n\r\nMoved";
    let folder = Folder::with_old_page();
    let ended = folder.fetch(Server::sends(reply).address, &[]);
    assert!(ended.status.success(), "{ended}");
    assert_eq!(
        ended.stdout,
        format!("{}\n", reply.split_once("\r\n\r\n").unwrap().0)
    );
    assert_eq!(folder.saved(), "Moved");
    let warnings: Vec<_> = ended
        .stderr
        .lines()
        .filter(|line| line.contains("WARN"))
        .collect();
    let [warning] = warnings[..] else {
        panic!("not one warning: {ended}");
    };
    for words in [
        "302",
        "https://www.sina.com.cn/",
        "TLS, which is beyond this lesson",
    ] {
        assert!(warning.contains(words), "{ended}");
    }
}

#[test]
fn an_error_page_is_saved_and_explained() {
    for (status, words) in [
        ("404 Not Found", "404: the server has no such page"),
        ("403 Forbidden", "403: the server refuses this request"),
        ("503 Service Unavailable", "503: the server is in trouble"),
        (
            "301 Moved",
            "301: the page is elsewhere: http://127.0.0.1/new",
        ),
    ] {
        let reply = format!("HTTP/1.1 {status}\r\nLocation: http://127.0.0.1/new\r\n\r\nSorry");
        let folder = Folder::with_old_page();
        let ended = folder.fetch(Server::sends(reply).address, &[]);
        assert!(ended.status.success(), "{ended}");
        assert!(
            ended.stdout.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{ended}"
        );
        assert!(ended.stderr.contains(words), "{ended}");
        assert_eq!(folder.saved(), "Sorry");
    }
}

#[test]
fn a_server_that_does_not_close_has_answered_all_the_same() {
    // Each of these is given a second to close: all at once, then.
    thread::scope(|scope| {
        for (reply, body) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello", "Hello"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello and more",
                "Hello",
            ),
            (CHUNKED, CHUNKED_BODY),
            ("HTTP/1.1 103 x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", ""),
        ] {
            scope.spawn(move || {
                let folder = Folder::with_old_page();
                let ended = folder.fetch(Server::sends_and_stays(reply).address, &[]);
                assert!(ended.status.success(), "{ended}");
                assert!(!ended.stderr.contains("WARN"), "{ended}");
                assert_eq!(folder.saved(), body);
            });
        }
    });
}

#[test]
fn a_server_that_resets_after_its_answer_has_answered() {
    let server = Server::answers(|client| {
        client.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello");
        client.will_reset();
    });
    let folder = Folder::with_old_page();
    let ended = folder.fetch(server.address, &[]);
    // Linux delivers what came before a reset; other systems need not.
    if cfg!(target_os = "linux") {
        assert!(ended.status.success(), "{ended}");
        assert_eq!(folder.saved(), "Hello");
    } else {
        assert!(
            ["Hello", Folder::OLD_PAGE].contains(&folder.saved().as_str()),
            "{ended}"
        );
    }
}

#[test]
fn a_header_cannot_write_to_the_terminal() {
    let reply = b"HTTP/1.1 302 \xd5\xd2\r\nLocation: /\x1b[2J\x07\r\nX: a\rb\xc2\x9b\tc \xe4\xbd\xa0\r\n\r\n\x1b";
    let folder = Folder::new();
    let ended = folder.fetch(Server::sends(reply).address, &[]);
    assert!(ended.status.success(), "{ended}");
    assert_eq!(
        ended.stdout,
        "HTTP/1.1 302 \\xd5\\xd2\r\nLocation: /\\x1b[2J\\x07\r\nX: a\\x0db\\x9b\tc 你\n"
    );
    assert!(ended.stderr.contains("/\\x1b[2J\\x07"), "{ended}");
    assert!(!ended.stderr.contains('\x1b'), "{ended}");
    assert_eq!(folder.saved(), "\x1b", "a file is not a terminal");
}

#[test]
fn transfer_codings_are_read_as_a_list() {
    let chunks = "6\r\nHello,\r\n5\r\n you!\r\n0\r\n\r\n";
    // curl takes all of these. A sender must not chunk twice (RFC 9112, section 6.1), so a second
    // "chunked" says nothing new; "identity" was the name of no coding at all (RFC 2616, section 3.6).
    for fields in [
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: identity, chunked",
        "Transfer-Encoding: chunked,",
        "Transfer-Encoding: , Chunked",
    ] {
        let (_, body) = fetched(format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{chunks}"));
        assert_eq!(body, "Hello, you!", "{fields}");
    }
    for fields in [
        "Transfer-Encoding: identity",
        "Transfer-Encoding:",
        "Transfer-Encoding: identity\r\nContent-Length: 5",
    ] {
        let (_, body) = fetched(format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\nHello"));
        assert_eq!(body, "Hello", "{fields}");
    }
}

/// curl 7.88 ends well on each of these. We say what is wrong with it, for the reason that stands here.
#[test]
fn what_curl_takes_and_we_refuse() {
    for (reply, words) in [
        // What came before the close may be half of the page (RFC 9112, section 8).
        ("200 OK\r\nX: y\r\n", "no blank line at its end"),
        // Which of them is right? An attacker may have added one (RFC 9112, section 6.3).
        (
            "200 OK\r\nContent-Length: 44\r\nContent-Length: 5\r\n\r\nHello",
            "contradictory",
        ),
        // More than any machine has room for; curl reads until the close, and so would take half a page.
        (
            "200 OK\r\nContent-Length: 36893488147419103232\r\n\r\nHello",
            "no Content-Length",
        ),
        // It is for those who ask for it (RFC 9110, section 10.1.4), and to unpack it is not this lesson.
        (
            "200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "nobody asked for Transfer-Encoding: gzip",
        ),
        // It answers a request with Upgrade (RFC 9110, section 15.2.2), and no page follows.
        ("101 Switching Protocols\r\n\r\n", "another protocol"),
    ] {
        let folder = Folder::new();
        let server = Server::sends(format!("HTTP/1.1 {reply}"));
        let ended = folder.fetch(server.address, &[]);
        assert_eq!(ended.code(), Some(1), "{ended}");
        assert!(ended.stderr.contains(words), "{words}: {ended}");
    }
}

#[test]
fn a_line_feed_alone_ends_a_chunk_too() {
    let reply = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n6\nHello,\n4\n you\n0\n\n";
    assert_eq!(fetched(reply).1, "Hello, you");
}

#[test]
fn a_coding_of_the_content_is_warned_of() {
    for (field, words) in [
        ("Content-Encoding: gzip", Some("Content-Encoding: gzip")),
        ("content-encoding: \x1b[2Jbr", Some("\\x1b[2Jbr")),
        ("Content-Encoding: identity", None),
    ] {
        let reply = format!("HTTP/1.1 200 OK\r\n{field}\r\nContent-Length: 5\r\n\r\nHello");
        let folder = Folder::new();
        let ended = folder.fetch(Server::sends(reply).address, &[]);
        assert!(ended.status.success(), "{ended}");
        assert_eq!(folder.saved(), "Hello");
        match words {
            Some(words) => assert!(ended.stderr.contains(words), "{words}: {ended}"),
            None => assert!(!ended.stderr.contains("WARN"), "{ended}"),
        }
    }
}

#[test]
fn a_folded_location_is_shown_on_one_line() {
    let reply = "HTTP/1.1 302 Found\r\nLocation:\r\n http://example.org/\r\n\t#here\r\n\r\n";
    let folder = Folder::new();
    let ended = folder.fetch(Server::sends(reply).address, &[]);
    assert!(ended.status.success(), "{ended}");
    assert!(
        ended
            .stderr
            .contains("302: the page is elsewhere: http://example.org/ #here\n"),
        "{ended}"
    );
}

#[test]
fn a_header_may_be_as_long_as_curl_takes_it() {
    let field = format!("X-Policy: {}\r\n", "p".repeat(90_000));
    let cookies = format!("Set-Cookie: {}\r\n", "c".repeat(4000)).repeat(20);
    for fields in [field, cookies] {
        let reply = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: 5\r\n\r\nHello");
        let (header, body) = fetched(reply.clone());
        assert_eq!(
            header.len(),
            reply.len() - "\r\n\r\nHello".len() + "\n".len()
        );
        assert_eq!(body, "Hello");
    }
}
