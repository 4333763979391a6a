//! How the TCP client fails: each time with two lines that say why, and what to do.

mod scripted;

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use lab::{Ended, program};
use scripted::{receive, serve};
use socket2::{Domain, SockRef, Socket, Type};

/// The two lines of a fatal error.
fn lines(client: &Ended) -> (&str, &str) {
    assert_eq!(client.code(), Some(1), "{client}");
    let lines: Vec<_> = client.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{client}");
    assert!(lines[1].starts_with("hint: "), "{client}");
    (lines[0], lines[1])
}

#[test]
fn where_nobody_listens_the_hint_starts_the_server() {
    // Bound but not listening: nobody else gets the port, and whoever connects is refused.
    let port = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    port.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())
        .unwrap();
    let address = port.local_addr().unwrap().as_socket().unwrap().to_string();
    let client = lab::run(program("tcp-client").arg(&address));
    let (error, hint) = lines(&client);
    assert!(
        error.starts_with(&format!("tcp-client: {address}: ")),
        "{client}"
    );
    assert!(
        error.contains("refused") && error.contains("os error"),
        "{client}"
    );
    // The address that was tried, and no other: obeyed, the hint starts the server that was missing.
    let start = format!("hint: start it: cargo run -p tcp-server -- {address}; ");
    assert!(hint.starts_with(&start), "{hint}");
    assert!(hint.contains("look at its terminal"), "{hint}");
    assert_eq!(client.stdout, "");
}

#[test]
fn a_name_where_the_address_belongs_is_told_so() {
    // No label of a name is longer than 63 characters, so that nobody needs to be asked for this one.
    let alice = "Alice".repeat(13);
    let client = lab::run(program("tcp-client").arg(&alice));
    let (error, hint) = lines(&client);
    assert!(
        error.starts_with(&format!("tcp-client: {alice}:9999: ")),
        "{client}"
    );
    assert!(
        hint.contains("the first argument is the address"),
        "{client}"
    );
}

#[test]
fn a_server_that_closes_before_its_greeting() {
    let (address, server) = serve(drop);
    let client = lab::run(program("tcp-client").arg(&address));
    server.join().unwrap();
    let (error, hint) = lines(&client);
    let expected = "the server closed the connection instead of answering";
    assert_eq!(error, format!("tcp-client: {address}: {expected}"));
    assert!(hint.contains("ended the connection"), "{client}");
    assert_eq!(client.stdout, "", "an end is no empty line");
}

#[test]
fn a_server_that_closes_in_the_middle() {
    let (address, server) = serve(|mut stream| {
        stream.write_all(b"Welcome!").unwrap();
        let _ = receive(&mut stream);
        stream.write_all(b"Hello, Michael!").unwrap();
        let _ = receive(&mut stream);
    });
    let client = lab::run(program("tcp-client").arg(&address));
    server.join().unwrap();
    let (error, _) = lines(&client);
    assert!(
        error.ends_with("closed the connection instead of answering"),
        "{client}"
    );
    assert_eq!(client.stdout, "Welcome!\nHello, Michael!\n");
}

#[test]
fn a_server_that_resets() {
    let (address, server) = serve(|mut stream| {
        stream.write_all(b"Welcome!").unwrap();
        let _ = receive(&mut stream);
        SockRef::from(&stream)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
    });
    let client = lab::run(program("tcp-client").arg(&address));
    server.join().unwrap();
    let (error, hint) = lines(&client);
    assert!(error.contains("os error"), "{client}");
    assert!(hint.contains("ended the connection"), "{client}");
    assert_eq!(client.stdout, "Welcome!\n");
}

#[test]
fn after_exit_nobody_is_introduced_any_more() {
    let server = lab::Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let address = server.address().to_string();
    let client = lab::run(program("tcp-client").args([&address, "Ada", "exit", "Grace"]));
    let (error, _) = lines(&client);
    assert!(
        error.ends_with("closed the connection instead of answering"),
        "{client}"
    );
    assert_eq!(client.stdout, "Welcome!\nHello, Ada!\n");
}

#[test]
fn a_server_without_a_welcome_is_not_waited_for_for_ever() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let client = lab::run(program("tcp-client").args([&address, "--timeout", "0.2"]));
    assert_eq!(client.code(), Some(1), "{client}");
    let error = format!("tcp-client: {address}: no welcome within 200ms\nhint: ");
    assert!(client.stderr.starts_with(&error), "{client}");
    assert!(!client.stderr.contains("start it"), "{client}");
}

#[test]
fn a_name_that_gets_no_answer_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    // The connection stays open until the client has given up.
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        std::io::Write::write_all(&mut stream, b"Welcome!").unwrap();
        std::io::Read::read_to_end(&mut stream, &mut Vec::new()).unwrap();
    });
    let client = lab::run(program("tcp-client").args([&address, "Tracy", "--timeout", "0.2"]));
    server.join().unwrap();
    assert_eq!(client.code(), Some(1), "{client}");
    assert_eq!(client.stdout, "Welcome!\n");
    let error = format!("tcp-client: {address}: no answer to Tracy within 200ms\nhint: ");
    assert!(client.stderr.starts_with(&error), "{client}");
}
