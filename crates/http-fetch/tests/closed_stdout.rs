//! What `http-fetch` does when nobody reads what it prints.
//!
//! Alone in its file: another test that starts a program has, for a moment, a copy of every pipe's end.

use std::io::Read;
use std::process::Stdio;
use std::sync::mpsc;

use lab::{Folder, Server, Talk, program};

/// As `http-fetch | head -1`, whose reader leaves early; here it leaves before anything is printed.
#[test]
fn a_page_is_saved_though_nobody_reads_the_header() {
    let (left, reader_left) = mpsc::channel();
    let server = Server::answers(move |client| {
        reader_left.recv().unwrap();
        client.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello");
    });
    let folder = Folder::with_old_page();
    let mut client = program("http-fetch")
        .arg(server.address.to_string())
        .arg("-o")
        .arg(folder.page())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(client.stdout.take());
    left.send(()).unwrap();
    let mut stderr = String::new();
    client
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert_eq!(client.wait().unwrap().code(), Some(1), "{stderr}");
    assert_eq!(folder.saved(), "Hello");
    assert_eq!(folder.names(), ["page.html"]);
    let lines: Vec<_> = stderr.lines().collect();
    let [saved, wrong, hint] = lines[..] else {
        panic!("not three lines: {stderr}");
    };
    assert!(saved.contains("saved 5 bytes"), "{stderr}");
    assert!(wrong.starts_with("http-fetch: stdout: "), "{stderr}");
    assert!(hint.starts_with("hint: "), "{stderr}");
}
