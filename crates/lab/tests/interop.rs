//! Each program with the tutorial's other end, in Python, both ways round: what either prints, line by line.
//!
//! The last test of each kind has the tutorial's two ends alone: it is what the others are measured by.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use lab::{Running, example, program, python};

const ANSWERS: [&str; 3] = ["Hello, Michael!", "Hello, Tracy!", "Hello, Sarah!"];

/// As large as the page that the tutorial fetched.
const PAGE_SIZE: usize = 605_503;

#[test]
fn our_tcp_client_understands_the_tutorials_server() {
    let Some(mut server) = python("tcp_server.py") else {
        return;
    };
    talk_over_tcp(
        server.args(["127.0.0.1:0", "0"]),
        &mut program("tcp-client"),
    );
}

#[test]
fn the_tutorials_tcp_client_understands_our_server() {
    let Some(mut client) = python("tcp_client.py") else {
        return;
    };
    let mut server = program("tcp-server");
    talk_over_tcp(server.args(["127.0.0.1:0", "--delay", "0"]), &mut client);
}

#[test]
fn the_tutorials_tcp_ends_print_the_same() {
    let (Some(mut server), Some(mut client)) = (python("tcp_server.py"), python("tcp_client.py"))
    else {
        return;
    };
    talk_over_tcp(server.args(["127.0.0.1:0", "0"]), &mut client);
}

#[test]
fn our_udp_client_understands_the_tutorials_server() {
    let Some(mut server) = python("udp_server.py") else {
        return;
    };
    let mut client = program("udp-client");
    talk_over_udp(&mut server, client.args(["--timeout", "60"]));
}

#[test]
fn the_tutorials_udp_client_understands_our_server() {
    let Some(mut client) = python("udp_client.py") else {
        return;
    };
    talk_over_udp(&mut program("udp-server"), &mut client);
}

#[test]
fn the_tutorials_udp_ends_print_the_same() {
    let (Some(mut server), Some(mut client)) = (python("udp_server.py"), python("udp_client.py"))
    else {
        return;
    };
    talk_over_udp(&mut server, &mut client);
}

/// Texts 002 and 003 have pairs of their own, which are examples here: the two languages in all four ways.
#[test]
fn the_texts_own_pairs_understand_each_other_in_both_languages() {
    // What the client prints; what the server does, where PEER stands for the client's address.
    let pairs = [
        (
            "loop_msg",
            "--- > Hello,I am server!\n--- > Loop_msg: Hello,I am client!!",
            "waiting for connection ...\nAccept new connection from PEER\n\
             --- > Hello,I am client! !\nConnection from PEER closed",
        ),
        ("echo_once", "b'data'", ""),
        ("upper_once", "b'HELLO'", "b'hello'"),
    ];
    for (pair, client_prints, server_prints) in pairs {
        let [server, client] = ["server", "client"].map(|end| format!("{pair}_{end}"));
        for (python_serves, python_asks) in
            [(false, true), (true, false), (true, true), (false, false)]
        {
            let end = |name: &str, is_python| {
                if is_python {
                    python(&format!("{name}.py"))
                } else {
                    Some(example(name))
                }
            };
            let (Some(mut server), Some(mut client)) =
                (end(&server, python_serves), end(&client, python_asks))
            else {
                return;
            };
            let way = format!("{pair}, Python serves: {python_serves}, asks: {python_asks}");
            let server = Running::start(server.arg("127.0.0.1:0"));
            let client = lab::run(client.arg(server.address().to_string()));
            assert!(client.status.success(), "{way}: {client}");
            assert_eq!(lines(&client.stdout), lines(client_prints), "{way}");

            let printed = if pair == "loop_msg" {
                let closed = server.wait_for(" closed");
                let peer = closed.split_whitespace().nth(2).unwrap();
                server.stdout().replace(peer, "PEER")
            } else {
                let server = server.finish(); // it ends by itself after one client
                assert!(server.status.success(), "{way}: {server}");
                server.stdout
            };
            assert_eq!(lines(&printed), lines(server_prints), "{way}");
        }
    }
}

#[test]
fn our_fetch_and_the_tutorials_save_the_same_page_of_a_python_server() {
    let Some(mut server) = python("page_server.py") else {
        return;
    };
    let server = Running::start(server.args(["127.0.0.1:0", &PAGE_SIZE.to_string()]));
    let Some((header, page)) = both_fetch("python", server.address()) else {
        return;
    };
    let length = format!("Content-Length: {PAGE_SIZE}");
    let expected = [
        "HTTP/1.1 200 OK",
        "Content-Type: text/plain",
        &length,
        "Connection: close",
    ];
    assert_eq!(header, expected);
    let lines: Vec<_> = (0..=PAGE_SIZE / 10).map(|n| format!("{n:09}\n")).collect();
    assert!(
        page == lines.concat().as_bytes()[..PAGE_SIZE],
        "the page is not whole"
    );
}

#[test]
fn our_fetch_and_the_tutorials_save_the_same_page_of_our_server() {
    let server = Running::start(example("page_server").arg("127.0.0.1:0"));
    let Some((header, page)) = both_fetch("rust", server.address()) else {
        return;
    };
    let length = format!("Content-Length: {}", page.len());
    let expected = [
        "HTTP/1.1 200 OK",
        "Content-Type: text/html",
        "Connection: close",
        &length,
    ];
    assert_eq!(header, expected);

    // It prints what it was asked: the same by either.
    server.wait_for_times("Connection: close", 2);
    let host = format!("Host: {}", server.address());
    let request = ["GET / HTTP/1.1", &host, "Connection: close"];
    assert_eq!(lines(&server.stdout()), [request, request].concat());
}

/// A server that is told to take any port, and a client that introduces its three people to it.
fn talk_over_tcp(server: &mut Command, client: &mut Command) {
    let server = Running::start(server);
    let client = lab::run(client.arg(server.address().to_string()));
    assert!(client.status.success(), "{client}");
    assert_eq!(
        lines(&client.stdout),
        [&["Welcome!"], &ANSWERS[..]].concat()
    );

    let closed = server.wait_for("closed.");
    let peer = closed.strip_prefix("Connection from ").unwrap();
    let peer: SocketAddr = peer
        .trim_end()
        .strip_suffix(" closed.")
        .unwrap()
        .parse()
        .unwrap();
    let expected = [
        "Waiting for connection...".to_owned(),
        format!("Accept new connection from {peer}..."),
        format!("Connection from {peer} closed."),
    ];
    assert_eq!(lines(&server.stdout()), expected);
}

/// The same without a connection.
fn talk_over_udp(server: &mut Command, client: &mut Command) {
    let server = Running::start(server.arg("127.0.0.1:0"));
    let address = server.address();
    let client = lab::run(client.arg(address.to_string()));
    assert!(client.status.success(), "{client}");
    assert_eq!(lines(&client.stdout), ANSWERS);

    let received = server.wait_for_times("Received from", 3);
    let peer = received.strip_prefix("Received from ").unwrap();
    let peer: SocketAddr = peer.trim_end().strip_suffix('.').unwrap().parse().unwrap();
    let mut expected = vec![format!("Bind UDP on {}...", address.port())];
    expected.extend(vec![format!("Received from {peer}."); 3]);
    assert_eq!(lines(&server.stdout()), expected);
}

/// The header's lines and the page, which our fetch and the tutorial's must agree on.
fn both_fetch(name: &str, server: SocketAddr) -> Option<(Vec<String>, Vec<u8>)> {
    let file =
        |by| Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("interop-{name}-{by}.html"));
    let (ours, tutorials) = (file("ours"), file("tutorials"));
    let mut python = python("http_fetch.py")?;
    let address = server.to_string();
    let our_end = lab::run(program("http-fetch").arg(&address).arg("-o").arg(&ours));
    let tutorials_end = lab::run(python.arg(&address).arg(&tutorials));
    assert!(our_end.status.success(), "{our_end}");
    assert!(tutorials_end.status.success(), "{tutorials_end}");

    let header = lines(&our_end.stdout);
    assert_eq!(header, lines(&tutorials_end.stdout));
    let [page, again] = [ours, tutorials].map(|file| {
        let page = fs::read(&file).unwrap();
        fs::remove_file(file).unwrap();
        page
    });
    assert!(page == again, "the pages differ");
    Some((header.into_iter().map(String::from).collect(), page))
}

/// Lines without their ends, which Python makes the system's own.
fn lines(text: &str) -> Vec<&str> {
    text.lines()
        .map(|line| line.trim_end_matches('\r'))
        .collect()
}
