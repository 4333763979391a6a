//! A server of the learner's with a client of the learner's; and what --report writes.

#![allow(clippy::unwrap_used)] // in a test, what fails ends it

use std::fs;
use std::path::Path;
use std::process::Command;

use lab::{Ended, example, program, python};

fn own_worlds() -> bool {
    let namespaces = [
        "--net", "--mount", "--pid", "--fork", "mount", "-t", "proc", "proc", "/proc",
    ];
    let works = |user: &[&str]| {
        let made = Command::new("unshare").args(user).args(namespaces).output();
        made.is_ok_and(|made| made.status.success())
    };
    let own = works(&[]) || works(&["--user", "--map-root-user"]);
    if !own {
        eprintln!("skipped: this system has no namespaces for us, and packets are not seen");
    }
    own
}

fn pair(server: &Command, client: &Command) -> Ended {
    let mut checker = program("checker");
    checker.args(["--lang", "en", "--timeout", "4", "pair", "--"]);
    for (place, command) in [server, client].into_iter().enumerate() {
        if place == 1 {
            checker.arg("--");
        }
        checker.arg(command.get_program()).args(command.get_args());
    }
    lab::run(&mut checker)
}

fn says(ended: &Ended, words: &str, last: &str) {
    assert!(ended.stdout.contains(words), "{words}: {ended}");
    assert!(
        ended.stdout.ends_with(&format!("checker: {last}\n")),
        "{last}: {ended}"
    );
}

#[test]
fn two_that_understand_each_other_have_no_fault() {
    if !own_worlds() {
        return;
    }
    for (server, client, count) in [
        ("tcp-server", "tcp-client", "4"),
        ("udp-server", "udp-client", "3"),
    ] {
        let ended = pair(&program(server), &program(client));
        let yours = format!("your client sent {count} packets with data");
        says(&ended, &yours, "4 steps ok, no fault");
    }
}

#[test]
fn a_client_at_another_port_or_with_another_protocol_is_told() {
    if !own_worlds() {
        return;
    }
    let mut other = program("tcp-client");
    other.arg("127.0.0.1:8888");
    let ended = pair(&program("tcp-server"), &other);
    let words = "waits at 127.0.0.1:9999 (TCP), and your client goes to 127.0.0.1:8888 (TCP)";
    says(&ended, words, "1 step ok, 1 fault: does-not-connect");
    let ended = pair(&program("udp-server"), &program("tcp-client"));
    let words = "waits at 127.0.0.1:9999 (UDP), and your client goes to 127.0.0.1:9999 (TCP)";
    says(&ended, words, "1 step ok, 1 fault: wrong-socket");
}

#[test]
fn who_waits_for_whom_is_told() {
    if !own_worlds() {
        return;
    }
    // A server of lines never sees the end of a name that has none.
    let ended = pair(&example("lines_server"), &program("tcp-client"));
    let words = "b'Michael': your client waits for your server, which does not answer";
    says(&ended, words, "2 steps ok, 1 fault: hangs");
    // Two servers' customs: each lets the other speak first.
    let ended = pair(&example("echo_once_server"), &program_at("tcp-client", 999));
    let words = "nobody has said anything: your server waits for your client";
    says(&ended, words, "2 steps ok, 1 fault: hangs");
}

fn program_at(name: &str, port: u16) -> Command {
    let mut command = program(name);
    command.arg(format!("127.0.0.1:{port}"));
    command
}

#[test]
fn two_commands_are_needed() {
    let ended = lab::run(program("checker").args(["pair", "--", "x", "y"]));
    assert_eq!(ended.code(), Some(2), "{ended}");
    assert!(
        ended.stderr.contains("checker pair -- SERVER -- CLIENT"),
        "{ended}"
    );
}

#[test]
fn the_report_has_the_versions_and_no_path() {
    let Some(server) = python("udp_server.py").filter(|_| own_worlds()) else {
        return;
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    fs::create_dir_all(&folder).unwrap();
    let mut checker = program("checker");
    checker
        .args(["--lang", "en", "--report", "report.txt", "udp-server"])
        .arg(server.get_program())
        .args(server.get_args())
        .arg("127.0.0.1:no-port")
        .current_dir(&folder);
    let ended = lab::run(&mut checker);
    let report = fs::read_to_string(folder.join("report.txt")).unwrap();
    let version = concat!("checker ", env!("CARGO_PKG_VERSION"), " on ");
    assert!(report.starts_with(version), "{report}");
    assert!(report.contains("\nPython 3."), "{report}");
    assert!(report.contains("udp_server.py"), "{report}");
    let last = ended.stdout.lines().last().unwrap();
    assert!(last.ends_with("1 fault: crashes"), "{ended}");
    assert!(report.ends_with(&format!("{last}\n")), "{report}");
    let home = folder.parent().unwrap().to_str().unwrap();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for path in [home, crates.to_str().unwrap(), "/python3", "/lab/"] {
        assert!(!report.contains(path), "{path}: {report}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_said_before_anything_runs() {
    let ended =
        lab::run(program("checker").args(["--report", "no/such/folder", "udp-server", "x"]));
    assert_eq!(ended.code(), Some(2), "{ended}");
    assert!(
        ended.stderr.contains("--report: no/such/folder: "),
        "{ended}"
    );
}
