//! The example `stream_to_disk`: the page goes to the disk as it comes, and the old one stays till the end.

#![allow(clippy::unwrap_used)] // in the helpers of tests, as in tests

use std::fs;

#[cfg(unix)]
use lab::Talk;
use lab::{Ended, Folder, Server, example, run};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                       5\r\nHello\r\n2;more\r\n, \r\n5\r\nworld\r\n0\r\nA: b\r\n\r\n";

/// Runs it in a folder where an old page is.
fn fetch(server: &Server<String>) -> (Folder, Ended) {
    let folder = Folder::new();
    fs::write(folder.path().join("sina.html"), Folder::OLD_PAGE).unwrap();
    let mut fetch = example("stream_to_disk");
    let ended = run(fetch
        .arg(server.address.to_string())
        .current_dir(folder.path()));
    assert_eq!(folder.names(), ["sina.html"], "{ended}");
    (folder, ended)
}

fn saved(folder: &Folder) -> String {
    fs::read_to_string(folder.path().join("sina.html")).unwrap()
}

#[test]
fn a_page_is_saved_however_its_end_is_told() {
    let length = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHello, world, and more";
    let close = "HTTP/1.1 200 OK\r\nServer: old\r\n\r\nHello, world";
    for reply in [CHUNKED, length, close] {
        let (folder, ended) = fetch(&Server::sends(reply));
        assert!(ended.status.success(), "{ended}");
        assert_eq!(saved(&folder), "Hello, world");
        let (header, _) = reply.split_once("\r\n\r\n").unwrap();
        assert_eq!(ended.stdout, format!("{header}\n"));
        assert!(ended.stderr.ends_with("saved sina.html\n"), "{ended}");
    }
}

#[test]
fn a_whole_page_does_not_wait_for_the_close() {
    let (folder, ended) = fetch(&Server::sends_and_stays(CHUNKED));
    assert!(ended.status.success(), "{ended}");
    assert_eq!(saved(&folder), "Hello, world");
}

#[test]
fn half_a_page_leaves_the_old_one() {
    for (reply, wrong) in [
        (&CHUNKED[..70], "the chunks break off"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHello",
            "the body ends after 5 of 12",
        ),
        ("Welcome!\r\n", "this is no HTTP/1.1"),
        ("", "the server sent no answer"),
    ] {
        let server = Server::sends(reply);
        let start = format!("stream_to_disk: {}: {wrong}", server.address);
        let (folder, ended) = fetch(&server);
        assert_eq!(ended.code(), Some(1), "{ended}");
        assert!(ended.stderr.starts_with(&start), "{ended}");
        assert!(ended.stderr.contains("\nhint: "), "{ended}");
        assert_eq!(saved(&folder), Folder::OLD_PAGE);
    }
}

/// What goes wrong with the file is not said of the server.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_the_files_affair() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("/dev/full", folder.path().join("sina.html")).unwrap();
    let server = Server::sends(CHUNKED);
    let mut fetch = example("stream_to_disk");
    let ended = run(fetch
        .arg(server.address.to_string())
        .current_dir(folder.path()));
    assert_eq!(ended.code(), Some(1), "{ended}");
    let start = "stream_to_disk: sina.html: No space left on device (os error 28)\nhint: make room";
    assert!(ended.stderr.starts_with(start), "{ended}");
}

/// Windows has no signals.
#[test]
#[cfg(unix)]
fn ctrl_c_leaves_the_old_page_and_nothing_else() {
    use std::sync::mpsc;

    use lab::Running;

    let (all_sent, half_a_page) = mpsc::channel();
    let server = Server::answers(move |client| {
        client.send("HTTP/1.1 200 OK\r\n\r\n");
        // More than waits in the system: when all is sent, the client has begun to write.
        client.send(vec![b'x'; 64 << 20]);
        all_sent.send(()).unwrap();
        client.until_the_end_or_a_reset();
    });
    let folder = Folder::new();
    fs::write(folder.path().join("sina.html"), Folder::OLD_PAGE).unwrap();
    let mut fetch = example("stream_to_disk");
    let fetch = Running::start(
        fetch
            .arg(server.address.to_string())
            .current_dir(folder.path()),
    );
    half_a_page.recv().unwrap();
    assert_eq!(
        folder.names().len(),
        2,
        "the page is written beside the old one"
    );

    fetch.ctrl_c();

    let ended = fetch.finish();
    assert_eq!(ended.code(), Some(130), "{ended}");
    assert_eq!(ended.stderr, "");
    assert_eq!(folder.names(), ["sina.html"]);
    assert_eq!(saved(&folder), Folder::OLD_PAGE);
}

#[test]
fn a_command_line_that_makes_no_sense_is_wrong_usage() {
    for arguments in [
        &["https://127.0.0.1/"][..],
        &["127.0.0.1:99999"],
        &["a", "b"],
        &["-x"],
    ] {
        let ended = run(example("stream_to_disk").args(arguments));
        assert_eq!(ended.code(), Some(2), "{arguments:?}: {ended}");
        assert_eq!(ended.stdout, "");
    }
}

#[test]
fn nobody_there_is_told_with_what_to_do() {
    let (_nobody, address) = lab::nobody::tcp();
    let ended = run(example("stream_to_disk").arg(address.to_string()));
    assert_eq!(ended.code(), Some(1), "{ended}");
    let hint = "\nhint: start one: cargo run -p http-fetch --example page_server";
    assert!(ended.stderr.contains(hint), "{ended}");
}
