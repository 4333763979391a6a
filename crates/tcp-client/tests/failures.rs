//! How the TCP client fails: each time with two lines that say why, and what to do.

use lab::{Server, Talk, program};

#[test]
fn where_nobody_listens_the_hint_starts_the_server() {
    let (_nobody, address) = lab::nobody::tcp();
    let client = lab::run(program("tcp-client").arg(address.to_string()));
    let (error, hint) = client.fatal();
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
    let (error, hint) = client.fatal();
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
    let server = Server::plays(|_| {});
    let address = server.address.to_string();
    let client = lab::run(program("tcp-client").arg(&address));
    server.finish();
    let (error, hint) = client.fatal();
    let expected = "the server closed the connection instead of answering";
    assert_eq!(error, format!("tcp-client: {address}: {expected}"));
    assert!(hint.contains("ended the connection"), "{client}");
    assert_eq!(client.stdout, "", "an end is no empty line");
}

#[test]
fn a_server_that_closes_in_the_middle() {
    let server = Server::plays(|client| {
        client.send("Welcome!");
        client.recv().unwrap();
        client.send("Hello, Michael!");
        client.recv().unwrap();
    });
    let address = server.address.to_string();
    let client = lab::run(program("tcp-client").arg(&address));
    server.finish();
    let (error, _) = client.fatal();
    assert!(
        error.ends_with("closed the connection instead of answering"),
        "{client}"
    );
    assert_eq!(client.stdout, "Welcome!\nHello, Michael!\n");
}

#[test]
fn a_server_that_resets() {
    let server = Server::plays(|client| {
        client.send("Welcome!");
        client.recv().unwrap();
        client.will_reset();
    });
    let address = server.address.to_string();
    let client = lab::run(program("tcp-client").arg(&address));
    server.finish();
    let (error, hint) = client.fatal();
    assert!(error.contains("os error"), "{client}");
    assert!(hint.contains("ended the connection"), "{client}");
    assert_eq!(client.stdout, "Welcome!\n");
}

#[test]
fn after_exit_nobody_is_introduced_any_more() {
    let server = lab::Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let address = server.address().to_string();
    let client = lab::run(program("tcp-client").args([&address, "Ada", "exit", "Grace"]));
    let (error, _) = client.fatal();
    assert!(
        error.ends_with("closed the connection instead of answering"),
        "{client}"
    );
    assert_eq!(client.stdout, "Welcome!\nHello, Ada!\n");
}

#[test]
fn a_server_without_a_welcome_is_not_waited_for_for_ever() {
    let server = Server::plays(Talk::until_the_end);
    let address = server.address.to_string();
    let client = lab::run(program("tcp-client").args([&address, "--timeout", "0.2"]));
    server.finish();
    assert_eq!(client.code(), Some(1), "{client}");
    let error = format!("tcp-client: {address}: no welcome within 200ms\nhint: ");
    assert!(client.stderr.starts_with(&error), "{client}");
    assert!(!client.stderr.contains("start it"), "{client}");
}

#[test]
fn a_name_that_gets_no_answer_is_named() {
    // The connection stays open until the client has given up.
    let server = Server::plays(|client| {
        client.send("Welcome!");
        client.until_the_end()
    });
    let address = server.address.to_string();
    let client = lab::run(program("tcp-client").args([&address, "Tracy", "--timeout", "0.2"]));
    assert_eq!(server.finish(), "Tracy");
    assert_eq!(client.code(), Some(1), "{client}");
    assert_eq!(client.stdout, "Welcome!\n");
    let error = format!("tcp-client: {address}: no answer to Tracy within 200ms\nhint: ");
    assert!(client.stderr.starts_with(&error), "{client}");
}

/// The rest of it will pass for the next answer, which is no failure but has to be said.
#[test]
fn an_answer_that_fills_the_buffer_is_warned_of() {
    let server = Server::plays(|client| {
        client.send("Welcome!");
        client.receive(3);
        client.send("x".repeat(1500));
        client.until_the_end_or_a_reset()
    });
    let address = server.address.to_string();
    let client = lab::run(program("tcp-client").args([&address, "Ada"]));
    assert_eq!(client.code(), Some(0), "{client}");
    let warning = "[WARN ] the buffer is full: what is beyond 1024 bytes";
    assert!(client.stderr.starts_with(warning), "{client}");
    server.finish();
}

#[test]
fn a_name_of_digits_may_be_meant_as_the_port() {
    // Nobody is asked: that name is longer than names are.
    let host = "x".repeat(70);
    let client = lab::run(program("tcp-client").args([&host, "9999"]));
    let warning =
        format!("[WARN ] 9999 is taken for a name; a port follows a colon: {host}:9999\n");
    assert!(client.stderr.starts_with(&warning), "{client}");
}

#[test]
fn values_that_make_no_sense_are_wrong_usage() {
    for (args, words) in [
        (["127.0.0.1:9999", ""], "the name is empty"),
        (["127.0.0.1:0", "Ada"], "port 0"),
        (["http://127.0.0.1:9999", "Ada"], "a URL is no address"),
        (
            ["127.0.0.1:9999", "--timout=1"],
            "a similar argument exists: '--timeout'",
        ),
    ] {
        let client = lab::run(program("tcp-client").args(args));
        assert_eq!(client.code(), Some(2), "{client}");
        assert!(client.stderr.contains(words), "{client}");
    }
}
