//! The TCP client with the server it was written for, and what it sends and shows.

use lab::{Running, Server, Talk, program};

const THREE_PEOPLE: &str = "Welcome!\nHello, Michael!\nHello, Tracy!\nHello, Sarah!\n";

#[test]
fn three_people_are_introduced() {
    let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let client = lab::run(program("tcp-client").arg(server.address().to_string()));
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stdout, THREE_PEOPLE);
    assert_eq!(client.stderr, "");
    server.wait_for("closed.");
}

#[test]
fn three_people_are_introduced_over_ipv6() {
    let server = Running::start(program("tcp-server").args(["[::1]:0", "--delay", "0"]));
    let client = lab::run(program("tcp-client").arg(server.address().to_string()));
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stdout, THREE_PEOPLE);
}

#[test]
fn a_server_on_the_ipv4_loopback_is_found_under_the_name_localhost() {
    let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let localhost = format!("localhost:{}", server.address().port());
    let client = lab::run(program("tcp-client").arg(localhost));
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stdout, THREE_PEOPLE);
}

#[test]
fn other_names_are_introduced_in_their_order() {
    let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let names = ["Ada", "小明", "Grace Hopper", "Ada"];
    let client = lab::run(
        program("tcp-client")
            .arg(server.address().to_string())
            .args(names),
    );
    assert!(client.status.success(), "{client}");
    assert_eq!(
        client.stdout,
        "Welcome!\nHello, Ada!\nHello, 小明!\nHello, Grace Hopper!\nHello, Ada!\n"
    );
}

#[test]
fn names_are_sent_as_they_are_and_exit_comes_last() {
    let server = Server::plays(|client| {
        client.send("Welcome!");
        client.expect("Ada");
        client.send("1");
        client.expect("小明 ");
        client.send("2");
        assert_eq!(client.until_the_end(), "exit");
    });
    let address = server.address.to_string();
    let client = lab::run(program("tcp-client").args([&address, "Ada", "小明 "]));
    server.finish();
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stdout, "Welcome!\n1\n2\n");
}

#[test]
fn no_server_writes_to_the_terminal() {
    let server = Server::plays(|client| {
        client.send("\x1b[2J\x1b]0;title\x07Welcome\r!");
        for answer in [
            &b"caf\xe9\xff"[..],
            b"two\r\nlines\n\ttab",
            b"\0\x7f\xc2\x9b",
        ] {
            client.recv().unwrap();
            client.send(answer);
        }
        client.expect("exit");
    });
    let client = lab::run(program("tcp-client").arg(server.address.to_string()));
    server.finish();
    assert!(client.status.success(), "{client}");
    let expected = [
        r"\x1b[2J\x1b]0;title\x07Welcome\x0d!",
        "\n",
        r"caf\xe9\xff",
        "\ntwo\r\nlines\n\ttab\n",
        r"\x00\x7f\x9b",
        "\n",
    ];
    assert_eq!(client.stdout, expected.concat());
}

#[test]
fn the_log_tells_the_story_of_the_conversation() {
    let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let address = server.address().to_string();
    let client = lab::run(
        program("tcp-client")
            .args([&address, "Ada"])
            .env("RUST_LOG", "debug"),
    );
    let story: Vec<_> = client.stderr.lines().collect();
    let connected = format!("[DEBUG] connected to {address} from 127.0.0.1:");
    assert!(story[0].starts_with(&connected), "{client}");
    assert_eq!(
        story[1..],
        [
            "[DEBUG] received 8 bytes",
            "[DEBUG] sent 3 bytes",
            "[DEBUG] received 11 bytes",
            "[DEBUG] sent 4 bytes",
            "[DEBUG] closed",
        ]
    );
}
