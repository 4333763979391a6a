//! The programs of this workspace, put to the checker: none has a fault that it was not given on purpose.

use std::process::Command;

use lab::{Ended, program, python};

/// Runs the checker on a command. Each run is in a world of its own, where the system has them.
fn check(kind: &str, command: &Command) -> Ended {
    let mut checker = program("checker");
    checker
        .args(["--lang", "en", kind])
        .arg(command.get_program())
        .args(command.get_args());
    lab::run(&mut checker)
}

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
        // On the machine itself, all would want the text's port at once.
        eprintln!("skipped: this system has no namespaces for us");
    }
    own
}

/// No fault, and so many steps.
fn passes(kind: &str, command: &Command, steps: usize) -> Option<String> {
    if !own_worlds() {
        return None;
    }
    let ended = check(kind, command);
    let last = format!("checker: {steps} steps ok, no fault\n");
    assert!(ended.stdout.ends_with(&last), "{ended}");
    assert!(ended.status.success(), "{ended}");
    Some(ended.stdout)
}

#[test]
fn our_servers_have_no_fault() {
    passes("tcp-server", &program("tcp-server"), 9);
    passes("udp-server", &program("udp-server"), 5);
}

#[test]
fn our_http_fetch_has_none() {
    passes("http-fetch", &program("http-fetch"), 7);
}

#[test]
fn the_python_http_fetch_has_none() {
    let Some(mut client) = python("http_fetch.py") else {
        return;
    };
    passes("http-fetch", client.arg("www.sina.com.cn:80"), 7);
}

#[test]
fn our_clients_have_no_fault() {
    passes("tcp-client", &program("tcp-client"), 7);
    passes("udp-client", &program("udp-client"), 4);
}

fn client_has_none(kind: &str, name: &str, steps: usize) {
    let Some(mut client) = python(name) else {
        return;
    };
    passes(kind, client.arg("127.0.0.1:9999"), steps);
}

#[test]
fn the_python_clients_have_none() {
    client_has_none("tcp-client", "tcp_client.py", 7);
    client_has_none("udp-client", "udp_client.py", 4);
}

#[test]
fn the_second_texts_client_has_none() {
    passes("tcp-client", &lab::example("loop_msg_client"), 7);
    client_has_none("tcp-client", "loop_msg_client.py", 7);
}

#[test]
fn the_third_texts_clients_have_none() {
    for name in ["echo_once_client", "upper_once_client"] {
        passes("tcp-client", &lab::example(name), 6);
        client_has_none("tcp-client", &format!("{name}.py"), 6);
    }
}

#[test]
fn a_client_of_lines_and_one_with_a_connected_socket_have_none() {
    passes("tcp-client", &lab::example("lines_client"), 6);
    passes("udp-client", &lab::example("connected"), 4);
}

fn text_has_none(name: &str, steps: usize) {
    let Some(said) = passes("tcp-server", &lab::example(name), steps) else {
        return;
    };
    assert!(said.contains("  yours: "), "{said}");
}

#[test]
fn the_second_texts_server_has_none() {
    text_has_none("loop_msg_server", 9);
}

#[test]
fn the_third_texts_first_server_has_none() {
    text_has_none("echo_once_server", 5);
}

#[test]
fn the_third_texts_second_server_has_none() {
    text_has_none("upper_once_server", 5);
}

#[test]
fn a_server_of_lines_has_none() {
    text_has_none("lines_server", 9);
}

fn peer_has_none(kind: &str, name: &str, steps: usize) {
    let Some(mut server) = python(name) else {
        return;
    };
    passes(kind, server.arg("127.0.0.1:9999"), steps);
}

#[test]
fn the_python_server_has_none() {
    peer_has_none("tcp-server", "tcp_server.py", 9);
}

#[test]
fn the_python_udp_server_has_none() {
    peer_has_none("udp-server", "udp_server.py", 5);
}

#[test]
fn a_server_for_one_client_at_a_time_is_found_out() {
    if !own_worlds() {
        return;
    }
    let ended = check("tcp-server", &lab::example("one_at_a_time"));
    let last = "checker: 7 steps ok, 1 fault: one-at-a-time\n";
    assert!(ended.stdout.ends_with(last), "{ended}");
    assert_eq!(ended.status.code(), Some(1), "{ended}");
}

#[test]
fn a_command_that_is_not_there_is_told_with_status_77() {
    for arguments in [&["--here", "tcp-server"][..], &["tcp-server"]] {
        let ended = lab::run(
            program("checker")
                .args(arguments)
                .arg("no-such-command-anywhere"),
        );
        assert_eq!(ended.status.code(), Some(77), "{ended}");
        let last = "checker: 0 steps ok, 1 fault: cannot-run\n";
        assert!(ended.stdout.ends_with(last), "{ended}");
    }
}

#[test]
fn without_a_command_it_is_wrong_usage() {
    let ended = lab::run(program("checker").arg("tcp-server"));
    assert_eq!(ended.status.code(), Some(2), "{ended}");
}

#[test]
fn the_list_runs_nothing_and_speaks_both_languages() {
    for (language, first) in [
        ("en", "  1  create a TCP socket\n"),
        ("zh", "  1  创建 TCP socket\n"),
    ] {
        let ended = lab::run(program("checker").args(["--lang", language, "--list", "tcp-server"]));
        assert!(ended.stdout.starts_with(first), "{ended}");
        assert!(ended.status.success(), "{ended}");
    }
}

#[cfg(target_os = "linux")] // where /proc tells who runs
#[test]
fn ctrl_c_leaves_no_process() {
    let mut checker = program("checker");
    checker.args(["tcp-server", "sh", "-c", "sleep 7654321 & sleep 7654321"]);
    let checker = lab::Running::start(&mut checker);
    checker.wait_for("... listen for connections");
    checker.ctrl_c();
    let ended = checker.finish();
    assert_eq!(ended.status.code(), Some(130), "{ended}");
    assert!(ended.stdout.ends_with("checker: interrupted\n"), "{ended}");
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let left = processes.filter_map(|process| {
        let command = std::fs::read(process.path().join("cmdline")).ok()?;
        let found = command.windows(8).any(|part| part == b"7654321\0");
        found.then_some(process.path())
    });
    assert_eq!(left.count(), 0);
}
