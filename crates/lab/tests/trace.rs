//! Each program makes the tutorial's socket calls: the same ones, in the same order, with the same sizes.
//!
//! `scripts/trace.sh` shows what a program does with its sockets, but for the differences that it names.
//! Here it is run on each program and on the tutorial's, in Python, with the same other end: what the
//! two print, and the calls they make, must be the same.
//!
//! Claims 71 and 73 of docs/claims.md are shown here too.

// The script needs strace, which is for Linux only.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use lab::{Claim, Ended, Running, program, python};
use rustix::process::Signal;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/trace.sh");

/// One conversation: what a client does once it is connected.
const THREE_NAMES: &str = "recvfrom sendto recvfrom sendto recvfrom sendto recvfrom sendto";

#[test]
fn http_fetch_makes_the_tutorials_calls() {
    let (Some(mut server), Some(mut tutorials)) =
        (python("page_server.py"), python("http_fetch.py"))
    else {
        return;
    };
    let server = Running::start(server.arg("127.0.0.1:0"));
    let address = server.address().to_string();
    let folder = empty_folder("fetch");
    let file = folder.join("page.html");
    let Some(mut ours) = traced(program("http-fetch").arg(&address).arg("-o").arg(&file)) else {
        return;
    };
    // A connect with a limit on the wait returns at once, and poll waits.
    let in_progress = " = -1 EINPROGRESS (Operation now in progress)";
    assert!(ours.stdout.contains(in_progress), "{ours}");
    ours.stdout = ours.stdout.replace(in_progress, " = 0");
    let tutorials = traced(tutorials.arg(&address).arg(&file)).unwrap();
    let calls = same_calls(&ours, &tutorials);
    assert_steps("http-fetch", &calls);
    assert_eq!(calls, "socket connect sendto recvfrom recvfrom");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn tcp_client_makes_the_tutorials_calls() {
    let (Some(mut server), Some(mut tutorials)) =
        (python("tcp_server.py"), python("tcp_client.py"))
    else {
        return;
    };
    let server = Running::start(server.args(["127.0.0.1:0", "0"]));
    let address = server.address().to_string();
    let Some(ours) = traced(program("tcp-client").arg(&address)) else {
        return;
    };
    let tutorials = traced(tutorials.arg(&address)).unwrap();
    let calls = same_calls(&ours, &tutorials);
    assert_steps("tcp-client", &calls);
    assert_eq!(calls, format!("socket connect {THREE_NAMES}"));
}

#[test]
fn udp_client_makes_the_tutorials_calls() {
    let (Some(mut server), Some(mut tutorials)) =
        (python("udp_server.py"), python("udp_client.py"))
    else {
        return;
    };
    let server = Running::start(server.arg("127.0.0.1:0"));
    let address = server.address().to_string();
    let Some(ours) = traced(program("udp-client").args([&address, "--timeout", "60"])) else {
        return;
    };
    let tutorials = traced(tutorials.arg(&address)).unwrap();
    let calls = same_calls(&ours, &tutorials);
    assert_steps("udp-client", &calls);
    assert_eq!(
        calls,
        "socket sendto recvfrom sendto recvfrom sendto recvfrom"
    );
}

#[test]
fn tcp_server_makes_the_tutorials_calls() {
    let visit = |server: &Running, address: SocketAddr| {
        for visits in 1..=2 {
            let mut client = python("tcp_client.py").unwrap();
            let client = lab::run(client.arg(address.to_string()));
            assert!(client.status.success(), "{client}");
            server.wait_for_times("closed.", visits);
        }
    };
    let Some([ours, tutorials]) = both_tcp_servers(visit) else {
        return;
    };
    let calls = same_calls(&ours, &tutorials);
    assert_steps("tcp-server", &calls);
    let conversation = "sendto recvfrom sendto recvfrom sendto recvfrom sendto recvfrom";
    assert_eq!(
        calls,
        format!("socket bind listen accept accept {conversation} {conversation}")
    );
    assert!(ours.stdout.contains("listen(fd1, 5) = 0\n"), "{ours}");
}

#[test]
fn tcp_server_makes_the_tutorials_calls_for_two_clients_at_once() {
    let visit = |server: &Running, address: SocketAddr| {
        let mut ada = welcomed(address);
        let mut grace = welcomed(address);
        ada.write_all(b"Ada").unwrap();
        grace.write_all(b"Grace").unwrap();
        for (visits, client) in [(1, &mut grace), (2, &mut ada)] {
            client.read_exact(&mut [0; 10]).unwrap();
            client.write_all(b"exit").unwrap();
            server.wait_for_times("closed.", visits);
        }
    };
    let Some([ours, tutorials]) = both_tcp_servers(visit) else {
        return;
    };
    let calls = same_calls(&ours, &tutorials);
    let conversation = "sendto recvfrom sendto recvfrom";
    assert_eq!(
        calls,
        format!("socket bind listen accept accept {conversation} {conversation}")
    );
}

#[test]
fn udp_server_makes_the_tutorials_calls() {
    let visit = |server: &Running, address: SocketAddr| {
        let mut client = python("udp_client.py").unwrap();
        let client = lab::run(client.arg(address.to_string()));
        assert!(client.status.success(), "{client}");
        server.wait_for_times("Received from", 3);
    };
    let Some(mut tutorials) = python("udp_server.py") else {
        return;
    };
    let Some(ours) = served(program("udp-server").arg("127.0.0.1:0"), Signal::INT, visit) else {
        return;
    };
    let tutorials = served(tutorials.arg("127.0.0.1:0"), Signal::INT, visit).unwrap();
    let calls = same_calls(&ours, &tutorials);
    assert_steps("udp-server", &calls);
    assert_eq!(
        calls,
        "socket bind recvfrom sendto recvfrom sendto recvfrom sendto"
    );
}

/// The tests above would be of no use if the script left everything out.
#[test]
fn what_is_done_otherwise_shows() {
    let (Some(mut server), Some(client)) = (python("tcp_server.py"), python("tcp_client.py"))
    else {
        return;
    };
    let source = client.get_args().last().unwrap();
    let source = fs::read_to_string(source).unwrap();
    let server = Running::start(server.args(["127.0.0.1:0", "0"]));
    let address = server.address().to_string();
    let folder = empty_folder("otherwise");
    let run = |source: &str| {
        let file = folder.join("client.py");
        fs::write(&file, source).unwrap();
        traced(Command::new(client.get_program()).arg(&file).arg(&address))
    };
    let Some(tutorials) = run(&source) else {
        return;
    };
    for (from, to) in [
        ("recv(1024)", "recv(1023)"),
        ("recv(1024)", "recv(1024, socket.MSG_PEEK)"),
        ("s.send(b\"exit\")\n", ""),
        ("s.close()", "s.shutdown(socket.SHUT_RDWR)"),
    ] {
        assert!(source.contains(from), "{source}");
        let other = run(&source.replace(from, to)).unwrap();
        assert!(other.status.success(), "{other}");
        assert_ne!(other.stdout, tutorials.stdout, "{to:?} does not show");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn ctrl_c_is_passed_on_and_leaves_nothing_behind() {
    let folder = empty_folder("ctrl-c");
    let Some(server) = start_server_with_temporary_files_in(&folder) else {
        return;
    };
    let silent = welcomed(server.address());
    server.ctrl_c();
    let ended = server.finish();
    drop(silent);
    assert!(ended.status.success(), "{ended}");
    fs::remove_dir(folder).expect("it is empty");

    // How the server was woken, and how it woke its thread, is not shown.
    let calls = calls(&ended.stdout);
    assert_eq!(calls, "socket bind listen accept sendto", "{ended}");
}

#[test]
fn if_it_is_killed_nothing_is_left_behind() {
    let folder = empty_folder("killed");
    let Some(server) = start_server_with_temporary_files_in(&folder) else {
        return;
    };
    let mut client = welcomed(server.address());
    server.signal(Signal::KILL);
    // Whoever still has the script's output in hand has ended when this returns.
    let ended = server.finish();
    assert_eq!(ended.code(), None, "{ended}");
    // The end of the stream or a reset: nobody is there any more.
    assert!(client.read(&mut [0]).unwrap_or(0) == 0);
    fs::remove_dir(folder).expect("it is empty");
}

fn start_server_with_temporary_files_in(folder: &Path) -> Option<Running> {
    let mut server = program("tcp-server");
    server.args(["127.0.0.1:0", "--delay", "0"]);
    Some(Running::start(trace(&server)?.env("TMPDIR", folder)))
}

#[test]
fn the_exit_status_is_the_commands() {
    let Some(failed) = traced(Command::new("sh").args(["-c", "exit 3"])) else {
        return;
    };
    assert_eq!(failed.code(), Some(3), "{failed}");
    assert_eq!(failed.stdout, "");
    assert_eq!(failed.stderr, "");
}

#[test]
fn without_a_command_it_says_how_it_is_used() {
    let wrong = lab::run(&mut Command::new(SCRIPT));
    assert_eq!(wrong.code(), Some(2), "{wrong}");
    assert!(
        wrong.stderr.starts_with("usage: scripts/trace.sh "),
        "{wrong}"
    );
}

#[test]
fn without_strace_it_says_how_to_get_it() {
    let bash = lab::run(Command::new("bash").args(["-c", "echo \"$BASH\""])).stdout;
    let skipped = lab::run(
        Command::new(bash.trim_end())
            .args([SCRIPT, "true"])
            .env("PATH", ""),
    );
    assert_eq!(skipped.code(), Some(77), "{skipped}");
    assert!(skipped.stderr.contains("install strace"), "{skipped}");
}

/// The command that traces another; none where nothing can be traced, which stderr is told: the test is skipped.
fn trace(command: &Command) -> Option<Command> {
    static WHY_NOT: OnceLock<Option<String>> = OnceLock::new();
    let why_not = WHY_NOT.get_or_init(|| {
        let probe = lab::run(Command::new(SCRIPT).arg("true"));
        (probe.code() == Some(77)).then_some(probe.stderr)
    });
    if let Some(why_not) = why_not {
        eprint!("skipped: {why_not}");
        return None;
    }
    let mut script = Command::new(SCRIPT);
    script.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => script.env(name, value),
            None => script.env_remove(name),
        };
    }
    Some(script)
}

/// A client's trace, or that of anything else that ends by itself.
fn traced(command: &Command) -> Option<Ended> {
    Some(lab::run(&mut trace(command)?))
}

/// A server's trace: it is visited, then a signal ends it.
fn served(server: &Command, signal: Signal, visit: impl Fn(&Running, SocketAddr)) -> Option<Ended> {
    let server = Running::start(&mut trace(server)?);
    // Asked now: later, its output names its clients' addresses too.
    let address = server.address();
    visit(&server, address);
    server.signal(signal);
    Some(server.finish())
}

fn both_tcp_servers(visit: impl Fn(&Running, SocketAddr)) -> Option<[Ended; 2]> {
    let mut tutorials = python("tcp_server.py")?;
    tutorials.args(["127.0.0.1:0", "0"]);
    let mut ours = program("tcp-server");
    ours.args(["127.0.0.1:0", "--delay", "0"]);
    // Python's accept does not notice a Ctrl+C that a thread takes which is just ending.
    Some([
        served(&ours, Signal::INT, &visit)?,
        served(&tutorials, Signal::TERM, &visit)?,
    ])
}

/// A client that has been accepted and has its welcome.
fn welcomed(server: SocketAddr) -> TcpStream {
    let mut client = TcpStream::connect(server).unwrap();
    client.set_read_timeout(Some(lab::PATIENCE)).unwrap();
    client.read_exact(&mut [0; 8]).unwrap();
    client
}

/// The names of the calls that both make.
fn same_calls(ours: &Ended, tutorials: &Ended) -> String {
    assert!(ours.status.success(), "{ours}");
    assert!(
        without_ports(&ours.stdout) == without_ports(&tutorials.stdout),
        "they differ\n=== ours: {ours}\n=== the tutorial's: {tutorials}"
    );
    calls(&ours.stdout)
}

fn calls(stdout: &str) -> String {
    let lines = stdout.lines().filter(|line| line.contains(") = "));
    let names: Vec<_> = lines
        .filter_map(|line| Some(line.split_once('(')?.0))
        .collect();
    names.join(" ")
}

/// Each socket call that strace sees has its place in a numbered step of the lesson, in Python.
fn assert_steps(lesson: &str, calls: &str) {
    let page = format!("{}/../../docs/{lesson}.md", env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(page).unwrap();
    let steps = page
        .split("\n### ")
        .filter(|part| part.starts_with("Step "));
    let python = steps.flat_map(|step| step.split("```python\n").skip(1));
    let python: Vec<_> = python
        .filter_map(|block| block.split("```").next())
        .collect();
    for call in calls.split(' ') {
        // TCP's send and recv are these system calls too, without an address.
        let methods = match call {
            "sendto" => [".send(", ".sendto("].map(String::from),
            "recvfrom" => [".recv(", ".recvfrom("].map(String::from),
            _ => [format!(".{call}("), format!(" {call}(")],
        };
        let shows = |code: &&str| methods.iter().any(|method| code.contains(method));
        assert!(python.iter().any(shows), "{lesson} has no step for {call}");
    }
}

/// Ports as the programs print them: in `127.0.0.1:35985` and in `Bind UDP on 9999...`.
fn without_ports(stdout: &str) -> String {
    let mut text = stdout.to_owned();
    for before in ["127.0.0.1:", "Bind UDP on "] {
        let pieces = text.split(before);
        let pieces: Vec<_> = pieces
            .map(|piece| piece.trim_start_matches(|c: char| c.is_ascii_digit()))
            .collect();
        text = pieces.join(before);
    }
    text
}

/// A folder of the test's own.
fn empty_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("trace-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn claim_71_both_languages_make_the_same_calls() {
    let claim = Claim::new(71, "Python and Rust ask the system for the same");
    let (Some(mut server), Some(mut python)) = (python("tcp_server.py"), python("tcp_client.py"))
    else {
        return;
    };
    let server = Running::start(server.args(["127.0.0.1:0", "0"]));
    let address = server.address().to_string();
    let Some(rust) = traced(program("tcp-client").arg(&address)) else {
        return;
    };
    let python = traced(python.arg(&address)).unwrap();
    let [rust, python] = [rust, python].map(|ended| calls(&ended.stdout));
    claim.saw("tcp-client in Rust", &rust);
    claim.saw("in Python", &python);
    assert_eq!(rust, python);
    assert!(rust.starts_with("socket connect "));
}

#[test]
fn claim_73_a_udp_client_only_creates_its_socket() {
    let claim = Claim::new(73, "a UDP client creates a socket and sends");
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let mut client = program("udp-client");
    client.args([&server.address().to_string(), "Michael", "--timeout", "60"]);
    let Some(client) = traced(&client) else {
        return;
    };
    let client = calls(&client.stdout);
    claim.saw("udp-client", &client);
    assert_eq!(client, "socket sendto recvfrom");
}

#[test]
fn claim_73_a_udp_server_binds_too() {
    let claim = Claim::new(73, "a UDP server binds, then receives and sends");
    let visit = |server: &Running, address: SocketAddr| {
        let mut client = program("udp-client");
        let client = lab::run(client.args([&address.to_string(), "Michael", "--timeout", "60"]));
        assert!(client.status.success(), "{client}");
        server.wait_for("Received from");
    };
    let Some(server) = served(program("udp-server").arg("127.0.0.1:0"), Signal::INT, visit) else {
        return;
    };
    let server = calls(&server.stdout);
    claim.saw("udp-server", &server);
    assert_eq!(server, "socket bind recvfrom sendto");
}
