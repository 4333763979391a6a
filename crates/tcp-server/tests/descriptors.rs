//! A server that has no descriptor, or no thread, left for another connection.
//!
//! Linux only, for /proc, prlimit and setpriv; elsewhere the limits differ, the code is the same.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::net::Shutdown;
use std::process::Command;
use std::time::{Duration, Instant};

use lab::{Running, Talk, connect, program, welcomed};

const REPORT: &str = "[WARN ] cannot serve another connection now: ";

/// A server that has 32 descriptors, and how many of them it has for clients.
fn server(backlog: &str) -> (Running, usize) {
    let mut command = Command::new("sh");
    command.args(["-c", r#"ulimit -n 32; exec "$0" "$@""#]);
    command.arg(program("tcp-server").get_program());
    command.args(["127.0.0.1:0", "--delay", "0", "--backlog", backlog]);
    command.env_remove("RUST_LOG").env_remove("RUST_LOG_STYLE");
    let server = Running::start(&mut command);
    server.wait_for("Waiting for connection...");
    let open = fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap();
    let open = open.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    // One that was inherited may have a number beyond the limit: it takes no room.
    let open = open
        .filter(|number| number.parse::<usize>().unwrap() < 32)
        .count();
    (server, 32 - open)
}

/// The processor time of a process so far, in hundredths of a second (proc_pid_stat(5), fields 14 and 15).
fn processor_time(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let mut times = fields
        .split(' ')
        .skip(11)
        .map(|time| time.parse::<u64>().unwrap());
    times.next().unwrap() + times.next().unwrap()
}

/// The server says why it waits, and spends no processor time meanwhile.
fn waits_without_work(server: &Running) {
    let report = server.wait_for(REPORT);
    assert!(
        report.ends_with("Too many open files (os error 24)"),
        "{report}"
    );
    let before = processor_time(server.id());
    server.wait_for_times(REPORT, 4);
    let spent = processor_time(server.id()) - before;
    assert!(
        spent <= 20,
        "{spent} hundredths of a second, in three seconds of waiting"
    );
}

#[test]
fn sixty_clients_are_served_with_32_descriptors() {
    let start = Instant::now();
    let (server, room) = server("128");
    let mut clients: Vec<_> = (0..60).map(|_| connect(server.address())).collect();

    waits_without_work(&server);

    // Those it has are served meanwhile; the others wait.
    for client in &clients[..room] {
        client.expect("Welcome!");
        client.is_greeted_as("Michael");
    }
    server.wait_for_times("Accept new connection", room);
    let accepted = server.stdout().matches("Accept new connection").count();
    assert_eq!(accepted, room);

    // As soon as one leaves, the next one's turn has come: looked at each second only, it would take half
    // a minute.
    let waiting = clients.split_off(room);
    let start_of_change = Instant::now();
    for (leaving, arriving) in clients.into_iter().zip(&waiting) {
        drop(leaving);
        arriving.expect("Welcome!");
        arriving.is_greeted_as("Tracy");
    }
    let elapsed = start_of_change.elapsed();
    assert!(elapsed < Duration::from_secs(15), "{elapsed:?}");
    drop(waiting);
    server.wait_for_times("closed.", 60);

    server.ctrl_c();
    let ended = server.finish();
    assert_eq!(ended.code(), Some(0), "{ended}");
    assert!(!ended.stderr.contains("panicked"), "{ended}");
    // One a second, and at the end the last one of those that were held back.
    let (reports, seconds) = (ended.stderr.matches(REPORT).count(), start.elapsed());
    assert!(
        reports as u64 <= seconds.as_secs() + 2,
        "{reports} reports in {seconds:?}"
    );
}

/// With room in the backlog for the connection by which the server wakes itself, and without.
#[test]
fn ctrl_c_ends_a_server_without_descriptors() {
    for (backlog, waiting) in [("128", 0), ("128", 20), ("5", 6), ("0", 1)] {
        let (server, room) = server(backlog);
        let clients: Vec<_> = (0..room).map(|_| welcomed(server.address())).collect();
        server.wait_for(REPORT);
        let queued: Vec<_> = (0..waiting).map(|_| connect(server.address())).collect();
        let start = Instant::now();
        server.ctrl_c();
        let ended = server.finish();
        let elapsed = start.elapsed();
        assert_eq!(ended.code(), Some(0), "{ended}");
        assert!(elapsed < Duration::from_secs(5), "{elapsed:?}: {ended}");
        assert!(!ended.stderr.contains("cut off"), "{ended}");
        for client in clients.iter().chain(&queued) {
            client.expect_end();
        }
    }
}

/// A command that may have four threads, or the reason why there is none.
///
/// The limit counts what a user runs, so this takes a user who runs nothing else: only root can be one.
fn with_four_threads() -> Result<Command, String> {
    let mut command = Command::new("setpriv");
    command.args(["--reuid=54321", "--regid=54321", "--clear-groups"]);
    command.args(["prlimit", "--nproc=4:4"]);
    command.arg(program("tcp-server").get_program());
    match command.arg("--version").output() {
        Ok(version) if version.status.success() => {}
        other => return Err(format!("no other user can run the server: {other:?}")),
    }
    let mut again = Command::new("setpriv");
    again.args(command.get_args().filter(|&arg| arg != "--version"));
    Ok(again)
}

#[test]
fn a_connection_without_a_thread_is_closed_and_the_others_are_served() {
    let mut command = match with_four_threads() {
        Ok(command) => command,
        Err(reason) => {
            eprintln!("skipped: {reason}");
            return;
        }
    };
    command.args(["127.0.0.1:0", "--delay", "0"]);
    command.env_remove("RUST_LOG").env_remove("RUST_LOG_STYLE");
    let server = Running::start(&mut command);
    // One thread accepts, one waits for Ctrl+C: two are left.
    let first = welcomed(server.address());
    let second = welcomed(server.address());
    for _ in 0..2 {
        let third = connect(server.address());
        third.expect_end();
        first.is_greeted_as("Michael");
    }
    server.wait_for(REPORT);
    drop(second);
    server.wait_for("closed.");
    // That thread has said its last word, but may not be gone yet: the next one may be too early.
    let welcomed = (0..10).find(|_| {
        let client = connect(server.address());
        client.shutdown(Shutdown::Write).unwrap();
        client.until_the_end_or_a_reset() == "Welcome!"
    });
    assert!(
        welcomed.is_some(),
        "nobody has the thread of the one who left"
    );
    server.ctrl_c();
    let ended = server.finish();
    assert_eq!(ended.code(), Some(0), "{ended}");
    assert!(!ended.stderr.contains("panicked"), "{ended}");
}
