//! The examples that serve go on where their stdout is gone, and where the system has no descriptors left.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use lab::{Running, Talk, connect, example};

/// What these do for each client is what `tcp-server` does, or nearly.
const GREETING: [&str; 6] = [
    "lines_server",
    "loop_msg_server",
    "many_on_one_thread",
    "one_at_a_time",
    "process_per_connection",
    "threads",
];

/// A pipe that nobody reads any more.
fn closed_stdout() -> Stdio {
    let (ours, theirs) = UnixStream::pair().unwrap();
    drop(ours);
    OwnedFd::from(theirs).into()
}

/// Starts an example on a free port, with nobody to read its stdout.
fn unread(name: &str) -> Running {
    Running::start_to(closed_stdout(), example(name).arg("127.0.0.1:0"))
}

fn ends_on_ctrl_c(server: Running) {
    server.ctrl_c();
    let ended = server.finish();
    assert_eq!(ended.code(), Some(0), "{ended}");
    assert!(ended.stderr.contains("[INFO ] Ctrl+C: "), "{ended}");
}

/// The server has noticed, and has said so.
fn ends_after_a_warning(server: Running) {
    server.wait_for("stdout: Broken pipe");
    ends_on_ctrl_c(server);
}

#[test]
fn a_tcp_server_without_stdout_serves_on() {
    for name in GREETING {
        let server = unread(name);
        for _ in 0..2 {
            let client = connect(server.address());
            assert_ne!(client.recv().unwrap(), "", "{name}");
            client.send("Ada\n");
            assert!(client.recv().unwrap().contains("Ada"), "{name}");
        }
        ends_after_a_warning(server);
    }
}

#[test]
fn the_web_server_without_stdout_serves_on() {
    let server = unread("page_server");
    for _ in 0..2 {
        is_sent_the_page(&connect(server.address()));
    }
    ends_after_a_warning(server);
}

fn is_sent_the_page(client: &TcpStream) {
    client.send("GET / HTTP/1.1\r\nHost: practice\r\n\r\n");
    let page = client.until_the_end();
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
}

#[test]
fn a_unix_server_without_stdout_serves_on() {
    let path = socket_file("unread");
    let server = Running::start_to(closed_stdout(), example("unix_server").arg(&path));
    server.wait_for("listening on");
    for _ in 0..2 {
        connect_to_file(&path).expect("Welcome!");
    }
    ends_after_a_warning(server);
}

fn socket_file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("serve-on-{name}-{}", std::process::id()))
}

/// To receive from it is the same as for TCP.
fn connect_to_file(path: &Path) -> TcpStream {
    let client = UnixStream::connect(path).unwrap();
    client.set_read_timeout(Some(lab::PATIENCE)).unwrap();
    OwnedFd::from(client).into()
}

#[test]
fn a_udp_server_without_stdout_answers_on() {
    // cut_datagram prints only what was too long.
    let long = "x".repeat(1025);
    for (name, address, name_sent, answer) in [
        ("cut_datagram", "127.0.0.1:0", &*long, "too long"),
        ("ipv6", "[::1]:0", "Ada", "Hello, Ada!"),
    ] {
        let client = lab::udp_socket(address);
        let server = Running::start_to(closed_stdout(), example(name).arg(address));
        for _ in 0..2 {
            client
                .send_to(name_sent.as_bytes(), server.address())
                .unwrap();
            let mut buffer = [0; 1024];
            let (length, _) = lab::receive_from(&client, &mut buffer).unwrap();
            assert_eq!(String::from_utf8_lossy(&buffer[..length]), answer, "{name}");
        }
        ends_after_a_warning(server);
    }
}

#[test]
fn a_server_for_one_client_answers_without_stdout() {
    for (name, answer) in [
        ("upper_once_server", "HELLO"),
        ("echo_once_server", "hello"),
    ] {
        let server = unread(name);
        let client = connect(server.address());
        client.send("hello");
        client.expect(answer);
        let ended = server.finish();
        assert!(ended.status.success(), "{ended}");
        let warned = ended.stderr.contains("stdout: Broken pipe");
        assert_eq!(warned, name == "upper_once_server", "{ended}");
    }
}

/// On Linux, a test can take descriptors from a program that runs.
#[cfg(target_os = "linux")]
mod descriptors {
    use std::net::{Shutdown, SocketAddr};
    use std::process::Command;

    use rustix::process::{Pid, Resource, getrlimit, prlimit};

    use super::*;

    /// A connection for which there is no descriptor waits in the queue, and nothing spins.
    fn outlives_a_lack(
        server: Running,
        connect: impl Fn() -> TcpStream,
        is_served: impl Fn(&TcpStream),
    ) {
        let pid = Pid::from_raw(server.id().try_into().unwrap());
        let ours = getrlimit(Resource::Nofile);
        let mut low = ours;
        low.current = Some(3); // its stdin, stdout and stderr are all it may have
        prlimit(pid, Resource::Nofile, low).unwrap();
        // A server that waits in accept() has a descriptor for the first client already.
        drop(connect());
        let second = connect();
        server.wait_for("Too many open files");
        prlimit(pid, Resource::Nofile, ours).unwrap();
        is_served(&second);
        is_served(&connect());
        // Once a second, and not as often as it can.
        let complaints = server.stderr().matches("Too many open files").count();
        assert!(complaints < 50, "{complaints} complaints");
        ends_on_ctrl_c(server);
    }

    fn started(name: &str) -> (Running, SocketAddr) {
        let server = Running::start(example(name).arg("127.0.0.1:0"));
        let address = server.address();
        (server, address)
    }

    #[test]
    fn a_tcp_server_outlives_a_lack_of_descriptors() {
        for name in GREETING {
            let (server, address) = started(name);
            outlives_a_lack(
                server,
                || connect(address),
                |client| {
                    assert_ne!(client.recv().unwrap(), "", "{name}");
                    // The next one may have to wait until this one has left.
                    client.shutdown(Shutdown::Write).unwrap();
                },
            );
        }
    }

    #[test]
    fn the_web_server_outlives_a_lack_of_descriptors() {
        let (server, address) = started("page_server");
        outlives_a_lack(server, || connect(address), is_sent_the_page);
    }

    #[test]
    fn a_unix_server_outlives_a_lack_of_descriptors() {
        let path = socket_file("lack");
        let server = Running::start(example("unix_server").arg(&path));
        server.wait_for("listening on");
        let welcomed = |client: &TcpStream| client.expect("Welcome!");
        outlives_a_lack(server, || connect_to_file(&path), welcomed);
    }

    /// What can serve nobody says what to do, and ends.
    #[test]
    fn a_server_for_one_client_says_how_to_get_descriptors() {
        for name in ["echo_once_server", "upper_once_server"] {
            let server = Running::start(with_descriptors(4, name).arg("127.0.0.1:0"));
            let ended = server.finish();
            assert_eq!(ended.code(), Some(1), "{ended}");
            let told = ["Too many open files", "\nhint: ", "ulimit -n"];
            assert!(
                told.iter().all(|words| ended.stderr.contains(words)),
                "{ended}"
            );
        }
    }

    /// An example that may have so many descriptors.
    fn with_descriptors(most: usize, name: &str) -> Command {
        let mut command = Command::new("sh");
        let script = format!(r#"ulimit -n {most}; exec "$0" "$@""#);
        command.args(["-c", &script]);
        command.arg(example(name).get_program());
        command.env_remove("RUST_LOG").env_remove("RUST_LOG_STYLE");
        command
    }

    /// With room for some clients, those are served while the others wait.
    #[test]
    fn one_thread_serves_those_it_has_and_then_the_others() {
        let mut command = with_descriptors(24, "many_on_one_thread");
        let server = Running::start(command.arg("127.0.0.1:0"));
        let clients: Vec<_> = (0..40).map(|_| connect(server.address())).collect();
        server.wait_for("Too many open files");
        for client in clients {
            client.expect("Welcome!");
            client.is_greeted_as("Ada");
            client.send("exit");
            assert_eq!(client.until_the_end(), "");
        }
        server.wait_for_times("closed.", 40);
        ends_on_ctrl_c(server);
    }
}
