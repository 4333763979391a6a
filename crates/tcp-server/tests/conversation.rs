//! What a client hears from the server, and what the server shows of it.

#![allow(clippy::unwrap_used)]

use std::net::{Shutdown, TcpListener};

use lab::{Running, Talk, program, welcomed};

/// A server on a free port that answers at once.
fn server() -> Running {
    Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]))
}

/// How often `text` stands in `output`.
fn count(output: &str, text: &str) -> usize {
    output.matches(text).count()
}

#[test]
fn the_tutorials_conversation() {
    let server = server();
    let client = welcomed(server.address());
    for name in ["Michael", "Tracy", "Sarah"] {
        client.is_greeted_as(name);
    }
    client.send("exit");
    client.expect_end();
    server.wait_for("closed.");
    let peer = client.local_addr().unwrap();
    assert_eq!(
        server.stdout(),
        format!(
            "Waiting for connection...\n\
             Accept new connection from {peer}...\n\
             Connection from {peer} closed.\n"
        )
    );
    let ready = format!(
        "listening on {}, backlog 5, SO_REUSEADDR {}\n",
        server.address(),
        cfg!(unix)
    );
    assert!(server.stderr().ends_with(&ready), "{}", server.stderr());
    assert_eq!(count(&server.stderr(), "\n"), 1, "{}", server.stderr());
}

#[test]
fn fifty_clients_are_served_side_by_side() {
    let server = server();
    let silent = welcomed(server.address());
    let clients: Vec<_> = (0..50).map(|_| welcomed(server.address())).collect();
    server.wait_for_times("Accept new connection", 51);
    for (number, client) in clients.iter().enumerate() {
        client.send(format!("client {number}"));
    }
    for (number, client) in clients.iter().enumerate() {
        client.expect(format!("Hello, client {number}!"));
    }
    assert_eq!(count(&server.stdout(), "closed."), 0);
    drop(clients);
    server.wait_for_times("closed.", 50);
    silent.is_greeted_as("at last");
}

#[test]
fn an_answer_that_takes_a_day_delays_nobody() {
    let mut command = program("tcp-server");
    command.args(["127.0.0.1:0", "--delay", "86400"]);
    let server = Running::start(command.env("RUST_LOG", "debug"));
    let slow = welcomed(server.address());
    slow.send("slow");
    server.wait_for(&format!(
        "received 4 bytes from {}",
        slow.local_addr().unwrap()
    ));
    let clients: Vec<_> = (0..50).map(|_| welcomed(server.address())).collect();
    server.wait_for_times("Accept new connection", 1 + clients.len());
    assert_eq!(count(&server.stdout(), "closed."), 0);
}

#[test]
fn bytes_that_are_not_utf_8_are_greeted_as_they_came() {
    let server = server();
    let client = welcomed(server.address());
    client.is_greeted_as(b"\xff\xfe caf\xe9");
    client.is_greeted_as(b"\0\x1b[2J\r\n");
    client.is_greeted_as("你好");
}

#[test]
fn a_lone_exit_ends_the_conversation_unanswered() {
    let server = server();
    let client = welcomed(server.address());
    client.send("exit");
    client.expect_end();
    server.wait_for(&format!(
        "Connection from {} closed.",
        client.local_addr().unwrap()
    ));
}

#[test]
fn exit_with_anything_around_it_is_a_name() {
    let server = server();
    let client = welcomed(server.address());
    for name in ["exit\n", " exit", "EXIT", "exitexit"] {
        client.is_greeted_as(name);
    }
}

#[test]
fn a_message_that_fills_the_buffer_gets_one_answer() {
    let server = server();
    let client = welcomed(server.address());
    client.is_greeted_as([b'x'; 1024]);
    client.is_greeted_as("Tracy");
}

/// How the message falls into pieces is the network's affair; that no byte is lost is the server's.
#[test]
fn a_message_longer_than_the_buffer_is_greeted_in_pieces() {
    let server = server();
    let client = welcomed(server.address());
    client.send([b'x'; 5000]);
    client.shutdown(Shutdown::Write).unwrap();
    let answers = client.until_the_end();
    assert_eq!(count(&answers, "x"), 5000);
    let greetings = answers.replace('x', "");
    let pieces = count(&greetings, "Hello, !");
    assert_eq!(greetings, "Hello, !".repeat(pieces));
    assert!(pieces >= 5, "{pieces} pieces of at most 1024 bytes");
}

#[test]
fn a_client_that_has_said_all_still_gets_its_answer() {
    let server = server();
    let client = welcomed(server.address());
    client.send("Michael");
    client.shutdown(Shutdown::Write).unwrap();
    client.expect("Hello, Michael!");
    client.expect_end();
}

#[test]
fn a_client_that_says_nothing_is_no_trouble() {
    let server = server();
    for closed in 1..=3 {
        drop(welcomed(server.address()));
        server.wait_for_times("closed.", closed);
    }
    assert_eq!(count(&server.stderr(), "WARN"), 0, "{}", server.stderr());
}

#[test]
fn a_client_that_resets_is_reported_and_the_others_are_served() {
    let server = server();
    let other = welcomed(server.address());
    let client = welcomed(server.address());
    let address = client.local_addr().unwrap();
    client.will_reset();
    drop(client);
    // Wine passes a reset on as an ordinary end: no trouble, and nothing to report.
    if cfg!(unix) {
        server.wait_for(&format!("[WARN ] {address}: "));
    }
    server.wait_for(&format!("Connection from {address} closed."));
    other.is_greeted_as("Tracy");
    welcomed(server.address()).is_greeted_as("Sarah");
}

/// Wine passes a reset on as an ordinary end.
#[cfg(unix)]
#[test]
fn many_clients_that_reset_are_counted_and_not_listed() {
    let start = std::time::Instant::now();
    let server = server();
    for closed in 1..=50 {
        welcomed(server.address()).will_reset();
        server.wait_for_times("closed.", closed);
    }
    server.ctrl_c();
    let ended = server.finish();
    let (shown, all) = ended.warnings("127.0.0.1:");
    assert_eq!(all, 50, "{ended}");
    assert!(shown as u64 <= start.elapsed().as_secs() + 2, "{ended}");
}

#[test]
fn the_debug_log_tells_the_story_of_a_conversation() {
    let mut command = program("tcp-server");
    command.args(["127.0.0.1:0", "--delay", "0"]);
    let server = Running::start(command.env("RUST_LOG", "debug"));
    let client = welcomed(server.address());
    client.is_greeted_as("Michael");
    client.send("exit");
    client.expect_end();
    let peer = client.local_addr().unwrap();
    server.wait_for(&format!("closed {peer}"));
    let log = server.stderr();
    let story: Vec<_> = log
        .lines()
        .filter_map(|line| line.strip_prefix("[DEBUG] "))
        .collect();
    assert_eq!(
        story,
        [
            format!("accepted {peer}"),
            format!("sent 8 bytes to {peer}"),
            format!("received 7 bytes from {peer}"),
            format!("sent 15 bytes to {peer}"),
            format!("received 4 bytes from {peer}"),
            format!("closed {peer}"),
        ]
    );
}

#[test]
fn ipv6_is_served_alike() {
    if let Err(error) = TcpListener::bind("[::1]:0") {
        eprintln!("skipped: this machine has no IPv6: {error}");
        return;
    }
    let server = Running::start(program("tcp-server").args(["[::1]:0", "--delay", "0"]));
    assert!(server.address().is_ipv6());
    let client = welcomed(server.address());
    client.is_greeted_as("Michael");
    server.wait_for(&format!(
        "Accept new connection from {}...",
        client.local_addr().unwrap()
    ));
}

/// Where nobody reads what the server prints, or the disk is full, it serves all the same.
#[cfg(unix)]
mod unwatched {
    use std::io::{BufRead, BufReader, Read};
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::process::Stdio;

    use lab::program;

    use super::{Talk, count, welcomed};

    fn serves_three(stdout: Stdio) {
        let mut command = program("tcp-server");
        command.args(["127.0.0.1:0", "--delay", "0"]);
        let mut server = command
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(server.stderr.take().unwrap());
        let mut ready = String::new();
        log.read_line(&mut ready).unwrap();
        let address = ready
            .split([' ', ','])
            .find_map(|word| word.parse().ok())
            .unwrap();
        let clients: Vec<_> = (0..3).map(|_| welcomed(address)).collect();
        for client in clients {
            client.is_greeted_as("Michael");
        }
        server.kill().unwrap();
        server.wait().unwrap();
        let mut rest = String::new();
        log.read_to_string(&mut rest).unwrap();
        assert!(count(&rest, "[WARN ] stdout: ") >= 1, "{rest}");
        assert_eq!(count(&rest, "panicked"), 0, "{rest}");
    }

    #[test]
    fn a_server_whose_stdout_is_closed_serves() {
        let (ours, _) = UnixStream::pair().unwrap();
        serves_three(OwnedFd::from(ours).into());
    }

    #[test]
    #[cfg(target_os = "linux")] // the others have no /dev/full
    fn a_server_whose_disk_is_full_serves() {
        serves_three(std::fs::File::create("/dev/full").unwrap().into());
    }
}
