//! What the five programs have in common: their help, wrong usage, exit status, and a stdout that cannot
//! be written to.

#![allow(clippy::unwrap_used)]

use std::net::{TcpListener, UdpSocket};

use lab::{Ended, Running, program};

const ALL_FIVE: [&str; 5] = [
    "http-fetch",
    "tcp-server",
    "tcp-client",
    "udp-server",
    "udp-client",
];

fn run(name: &str, args: &[&str]) -> Ended {
    lab::run(program(name).args(args))
}

/// Wrong usage: exit status 2, nothing on stdout, and on stderr what was expected.
fn refuses(name: &str, args: &[&str], expected: &str) {
    let ended = run(name, args);
    assert_eq!(ended.code(), Some(2), "{name} {args:?}: {ended}");
    assert_eq!(ended.stdout, "", "{name} {args:?}");
    assert!(ended.stderr.contains(expected), "{name} {args:?}: {ended}");
}

/// A fatal error: exit status 1, two lines on stderr. Gives them back.
fn fatal(name: &str, ended: &Ended) -> (String, String) {
    assert_eq!(ended.code(), Some(1), "{name}: {ended}");
    let lines: Vec<_> = ended.stderr.lines().collect();
    let [.., error, hint] = lines[..] else {
        panic!("{name}: {ended}");
    };
    assert!(error.starts_with(&format!("{name}: ")), "{ended}");
    assert!(hint.starts_with("hint: ") && hint.len() > 10, "{ended}");
    (error.into(), hint.into())
}

#[test]
fn help_says_what_it_is_and_what_every_argument_means() {
    for (name, what, arguments) in [
        (
            "http-fetch",
            "Fetches a web page",
            &[
                "[URL]",
                "[default: www.sina.com.cn]",
                "--output <FILE>",
                "[default: sina.html]",
                "--recv-size <BYTES>",
                "[default: 1024]",
                "--timeout <SECONDS>",
                "[default: 30]",
                "--max-size <MIB>",
                "[default: 100]",
            ][..],
        ),
        (
            "tcp-server",
            "Says hello to every name",
            &[
                "[ADDRESS]",
                "[default: 127.0.0.1:9999]",
                "--backlog <",
                "[default: 5]",
                "--no-reuse-addr",
                "--delay <",
                "[default: 1]",
            ],
        ),
        (
            "tcp-client",
            "Sends names to a TCP server",
            &[
                "[ADDRESS]",
                "[default: 127.0.0.1:9999]",
                "[NAME]...",
                "[default: Michael Tracy Sarah]",
            ],
        ),
        (
            "udp-server",
            "Says hello to the name in every datagram",
            &["[ADDRESS]", "[default: 127.0.0.1:9999]"],
        ),
        (
            "udp-client",
            "Sends names to a UDP server",
            &[
                "[ADDRESS]",
                "[default: 127.0.0.1:9999]",
                "[NAME]...",
                "[default: Michael Tracy Sarah]",
                "--timeout <SECONDS>",
                "[default: 3]",
            ],
        ),
    ] {
        let help = run(name, &["--help"]);
        assert_eq!(help.code(), Some(0), "{help}");
        assert_eq!(help.stderr, "");
        assert!(help.stdout.starts_with(what), "{help}");
        for argument in arguments {
            assert!(help.stdout.contains(argument), "no {argument} in {help}");
        }
        let example = format!("Example:\n  cargo run -p {name} -- ");
        assert!(help.stdout.contains(&example), "{help}");
        // Each argument has its line, and each line its words.
        for line in help.stdout.lines().filter(|line| line.starts_with("  ")) {
            assert!(line.split_whitespace().count() > 2, "{line:?} in {help}");
        }
    }
}

#[test]
fn version_is_the_name_and_the_number() {
    for name in ALL_FIVE {
        let version = run(name, &["--version"]);
        assert_eq!(version.code(), Some(0), "{version}");
        let expected = format!("{name} {}\n", env!("CARGO_PKG_VERSION"));
        assert_eq!(version.stdout, expected);
        assert_eq!(version.stderr, "");
    }
}

#[test]
fn an_unknown_flag_is_wrong_usage() {
    for name in ALL_FIVE {
        refuses(name, &["--nonsense"], "'--nonsense'");
        refuses(name, &["--nonsense"], "Usage: ");
    }
}

#[test]
fn a_malformed_address_is_wrong_usage() {
    for name in ALL_FIVE {
        for (address, expected) in [
            ("127.0.0.1:99999", "'99999' is no port (0 to 65535)"),
            ("127.0.0.1:", "'' is no port (0 to 65535)"),
            ("::1:9999", "in brackets: [::1]:9999"),
            ("fe80::abcd", "in brackets: [::1]:9999"),
            ("[localhost]:9999", "'localhost' is no IPv6 address"),
            ("", "a host is missing: 127.0.0.1:9999"),
            (":9999", "a host is missing: 127.0.0.1:9999"),
            ("9998", "a host is missing: 127.0.0.1:9999"),
        ] {
            // A web server's port is another one.
            let expected = match name {
                "http-fetch" => expected.replace(":9999", ":80"),
                _ => expected.to_owned(),
            };
            refuses(name, &[address], &expected);
        }
    }
}

#[test]
fn an_empty_name_is_wrong_usage() {
    for name in ["tcp-client", "udp-client"] {
        refuses(name, &["127.0.0.1:9", ""], "the name is empty");
        refuses(name, &["127.0.0.1:9", "Ada", ""], "'[NAME]...'");
    }
}

#[test]
fn a_time_that_makes_no_sense_is_wrong_usage() {
    for name in ["http-fetch", "udp-client"] {
        for (time, expected) in [
            ("0", "expected more than 0 seconds"),
            ("NaN", "expected 0 to 86400 seconds"),
            ("-1", "expected 0 to 86400 seconds"),
            ("1e300", "expected 0 to 86400 seconds"),
            ("inf", "expected 0 to 86400 seconds"),
            ("soon", "expected a number of seconds, such as 0.5"),
        ] {
            refuses(name, &[&format!("--timeout={time}")], expected);
            refuses(name, &["--timeout", time], "error: ");
        }
    }
    refuses("udp-client", &["--timeout", "-1"], "0 to 86400");
    for time in ["NaN", "-1", "1e300", "-0.5"] {
        refuses("tcp-server", &["--delay", time], "0 to 86400 seconds");
    }
}

#[test]
fn a_number_that_makes_no_sense_is_wrong_usage() {
    for backlog in ["-1", "65536"] {
        refuses("tcp-server", &["--backlog", backlog], "not in 0..=65535");
    }
    for backlog in ["NaN", "1e300", "five", ""] {
        refuses("tcp-server", &["--backlog", backlog], "--backlog");
    }
    for size in [
        "--recv-size=0",
        "--recv-size=-1",
        "--max-size=0",
        "--max-size=-1",
    ] {
        refuses("http-fetch", &[size], "is not in 1..");
    }
}

#[test]
fn a_url_that_writes_header_lines_of_its_own_is_wrong_usage() {
    for url in ["127.0.0.1/\r\nX: y", "127.0.0.1/ HTTP/1.1"] {
        refuses("http-fetch", &[url], "percent-encoded");
    }
    refuses("http-fetch", &["127.0.0.1\n"], "control character");
}

#[test]
fn a_failure_is_told_whatever_the_log_shows() {
    // Bound and silent, so that nobody else is there to answer.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap().to_string();
    for log in ["off", "error", "nonsense=,,"] {
        for (name, args) in [
            // 192.0.2.1 is nobody's address, on purpose (RFC 5737).
            ("tcp-server", &["192.0.2.1:0"][..]),
            ("udp-server", &[&silent]),
            ("udp-client", &[&silent, "--timeout=0.1"]),
        ] {
            let ended = lab::run(program(name).args(args).env("RUST_LOG", log));
            let (error, _) = fatal(name, &ended);
            assert!(
                error.starts_with(&format!("{name}: {}: ", args[0])),
                "{ended}"
            );
            if log == "off" {
                assert_eq!(ended.stderr.lines().count(), 2, "{ended}");
            }
        }
    }
}

#[test]
fn an_address_that_is_not_this_machines_is_told_so() {
    // Wine binds a UDP socket to any address.
    let servers = ["tcp-server", "udp-server"];
    for name in &servers[..if cfg!(windows) { 1 } else { 2 }] {
        let ended = run(name, &["192.0.2.1:0"]);
        let (error, hint) = fatal(name, &ended);
        assert!(
            error.contains("192.0.2.1:0") && error.contains("os error"),
            "{ended}"
        );
        assert!(
            hint.starts_with("hint: this machine has no such address"),
            "{ended}"
        );
        assert_eq!(ended.stdout, "");
        assert_eq!(ended.stderr.lines().count(), 2, "{ended}");
    }
}

#[test]
fn an_address_in_use_is_told_so() {
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    for (name, address) in [
        ("tcp-server", tcp.local_addr().unwrap()),
        ("udp-server", udp.local_addr().unwrap()),
    ] {
        let ended = run(name, &[&address.to_string()]);
        let (error, hint) = fatal(name, &ended);
        assert!(error.contains(&address.to_string()), "{ended}");
        assert!(error.contains("os error"), "{ended}");
        assert!(
            hint.starts_with("hint: another program has this port"),
            "{ended}"
        );
        assert_eq!(ended.stdout, "");
    }
}

#[cfg(unix)]
#[test]
fn servers_end_with_0_at_ctrl_c() {
    for name in ["tcp-server", "udp-server"] {
        let server = Running::start(program(name).arg("127.0.0.1:0"));
        let _ = server.address();
        server.ctrl_c();
        assert_eq!(server.finish().code(), Some(0), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn clients_end_as_every_program_does_at_ctrl_c() {
    use std::os::unix::process::ExitStatusExt;

    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = tcp.local_addr().unwrap().to_string();
    for name in ["tcp-client", "http-fetch"] {
        let client = Running::start(program(name).arg(&address));
        let _silent = tcp.accept().unwrap();
        client.ctrl_c();
        assert_eq!(client.finish().status.signal(), Some(2), "{name}");
    }
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = udp.local_addr().unwrap().to_string();
    let client = Running::start(program("udp-client").args([&address, "--timeout=3600"]));
    udp.recv_from(&mut [0; 1024]).unwrap();
    client.ctrl_c();
    assert_eq!(client.finish().status.signal(), Some(2));
}

/// What `… | head -1` and a full disk do to a program. Only Unix lets a test close the reading end before
/// the program starts, and only Linux has a device that is always full.
#[cfg(unix)]
mod a_stdout_that_cannot_be_written_to {
    use std::fs;
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::process::Stdio;
    use std::thread;

    use super::*;

    fn closed() -> Stdio {
        let (ours, theirs) = UnixStream::pair().unwrap();
        drop(ours);
        OwnedFd::from(theirs).into()
    }

    fn full() -> Stdio {
        fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap()
            .into()
    }

    /// How to make one, what the system says of it, and what the hint is about.
    type Kind = (fn() -> Stdio, &'static str, &'static str);

    fn kinds() -> Vec<Kind> {
        let mut kinds: Vec<Kind> =
            vec![(closed, "stdout: Broken pipe (os error 32)", "has closed it")];
        if cfg!(target_os = "linux") {
            kinds.push((
                full,
                "stdout: No space left on device (os error 28)",
                "make room",
            ));
        }
        kinds
    }

    #[test]
    fn help_and_version_do_not_panic() {
        for (stdout, ..) in kinds() {
            for name in ALL_FIVE {
                for flag in ["--help", "--version"] {
                    let ended = Running::start_to(stdout(), program(name).arg(flag)).finish();
                    assert_eq!(ended.code(), Some(0), "{name} {flag}: {ended}");
                    assert_eq!(ended.stderr, "", "{name} {flag}");
                }
            }
        }
    }

    #[test]
    fn tcp_client_ends_with_the_reason() {
        let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay=0"]));
        let address = server.address().to_string();
        for (stdout, error, hint) in kinds() {
            let mut client = program("tcp-client");
            ends(
                Running::start_to(stdout(), client.arg(&address)),
                "tcp-client",
                error,
                hint,
            );
        }
    }

    #[test]
    fn udp_client_ends_with_the_reason() {
        let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
        let address = server.address().to_string();
        for (stdout, error, hint) in kinds() {
            let mut client = program("udp-client");
            ends(
                Running::start_to(stdout(), client.arg(&address)),
                "udp-client",
                error,
                hint,
            );
        }
    }

    #[test]
    fn http_fetch_ends_with_the_reason_and_saves_the_page() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap().to_string();
        let file = std::env::temp_dir().join(format!("all-five-{}.html", std::process::id()));
        for (stdout, error, hint) in kinds() {
            thread::scope(|scope| {
                scope.spawn(|| {
                    let (mut stream, _) = server.accept().unwrap();
                    let mut request = Vec::new();
                    while !request.ends_with(b"\r\n\r\n") {
                        let mut byte = [0];
                        stream.read_exact(&mut byte).unwrap();
                        request.extend(byte);
                    }
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
                    stream.write_all(answer).unwrap();
                });
                let mut client = program("http-fetch");
                let client = client.arg(&address).arg("-o").arg(&file);
                ends(
                    Running::start_to(stdout(), client),
                    "http-fetch",
                    error,
                    hint,
                );
            });
            assert_eq!(fs::read(&file).unwrap(), b"hello");
            fs::remove_file(&file).unwrap();
        }
    }

    fn ends(client: Running, name: &str, expected_error: &str, expected_hint: &str) {
        let ended = client.finish();
        let (error, hint) = fatal(name, &ended);
        assert_eq!(error, format!("{name}: {expected_error}"));
        assert!(hint.contains(expected_hint), "{ended}");
    }

    #[test]
    fn tcp_server_says_so_and_goes_on() {
        for (stdout, error, _) in kinds() {
            let mut server = program("tcp-server");
            let server = Running::start_to(stdout(), server.args(["127.0.0.1:0", "--delay=0"]));
            let address = server.address();
            for name in ["Ada", "Grace"] {
                let mut client = TcpStream::connect(address).unwrap();
                client.write_all(name.as_bytes()).unwrap();
                let mut answer = vec![0; "Welcome!Hello, !".len() + name.len()];
                client.read_exact(&mut answer).unwrap();
                assert_eq!(answer, format!("Welcome!Hello, {name}!").as_bytes());
            }
            warns(server, error, 3);
        }
    }

    #[test]
    fn udp_server_says_so_and_goes_on() {
        for (stdout, error, _) in kinds() {
            let server = Running::start_to(stdout(), program("udp-server").arg("127.0.0.1:0"));
            let client = run("udp-client", &[&server.address().to_string()]);
            assert_eq!(
                client.stdout,
                "Hello, Michael!\nHello, Tracy!\nHello, Sarah!\n"
            );
            warns(server, error, 4);
        }
    }

    /// Ends a server that has warned so often at least: once at once, and of the others it gives the number.
    fn warns(server: Running, error: &str, times: usize) {
        server.wait_for(error);
        server.ctrl_c();
        let ended = server.finish();
        assert_eq!(ended.code(), Some(0), "{ended}");
        assert!(ended.warnings(error).1 >= times, "{ended}");
    }
}

#[test]
fn an_empty_or_mistyped_rust_log_hides_no_ready_line() {
    for log in ["", "dbug", "tcp-server=debug"] {
        for name in ["tcp-server", "udp-server"] {
            let server = Running::start(program(name).arg("127.0.0.1:0").env("RUST_LOG", log));
            let ready = server.wait_for(" on 127.0.0.1:");
            assert!(ready.starts_with("[INFO ] "), "{name} {log:?}: {ready}");
        }
    }
}
