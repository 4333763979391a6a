//! The practice server, alone and with `http-fetch`.

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

#[test]
fn a_request_without_end_or_sense_ends_only_its_own_connection() {
    let server = page_server();
    let address = server.address();
    for request in [&[b'x'; 8 * 1024][..], b"\xff\xfe\r\n\r\n", b"\r\n"] {
        let client = connect(address);
        client.send(request);
        // Answered or reset, but ended.
        client.until_the_end_or_a_reset();
    }
    let folder = Folder::new();
    let client = folder.fetch(address, &[]);
    assert!(client.status.success(), "{client}");
    assert_eq!(folder.saved(), PAGE);
}

#[test]
fn a_request_cannot_write_to_the_terminal() {
    let server = page_server();
    let client = connect(server.address());
    client.send("GET /\x1b[2J HTTP/1.1\r\n\r\n");
    client.until_the_end();
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
