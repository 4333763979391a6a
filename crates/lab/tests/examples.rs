//! The Cargo examples of tcp-server, tcp-client and udp-client: each is run with its other end, and prints
//! what the text's program prints, line by line.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use lab::{Running, Server, Talk, connect, example, nobody, program, welcomed};

/// The folders of the examples; http-fetch has tests of its own for two of its examples.
const FOLDERS: [&str; 5] = [
    "http-fetch",
    "tcp-server",
    "tcp-client",
    "udp-server",
    "udp-client",
];

/// These take something else than an ADDRESS.
const OTHERS: [&str; 4] = [
    "socket_types",
    "stream_to_disk",
    "unix_client",
    "unix_server",
];

/// All that take an ADDRESS.
const WITH_ADDRESS: [&str; 21] = [
    "all_at_once",
    "connected",
    "content_length",
    "cut_anywhere",
    "cut_datagram",
    "echo_once_client",
    "echo_once_server",
    "half_close",
    "ipv6",
    "length_prefix",
    "lines_client",
    "lines_server",
    "loop_msg_client",
    "loop_msg_server",
    "many_on_one_thread",
    "one_at_a_time",
    "pinger",
    "process_per_connection",
    "threads",
    "upper_once_client",
    "upper_once_server",
];

/// An example that serves, on a free port.
fn serving(name: &str) -> (Running, SocketAddr) {
    let server = Running::start(example(name).arg("127.0.0.1:0"));
    let address = server.address();
    (server, address)
}

/// What a client prints that ends well.
fn printed(client: &mut Command, server: SocketAddr) -> String {
    let client = lab::run(client.arg(server.to_string()));
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stderr, "");
    client.stdout
}

/// The peer in the first line that tells of a new connection.
fn first_peer(server: &Running) -> String {
    let line = server.wait_for("Accept new connection from ");
    let (_, peer) = line.rsplit_once(' ').unwrap();
    peer.trim_end_matches("...").into()
}

/// Ctrl+C, where it can be pressed, ends a server well; elsewhere it is killed when it is dropped.
fn ends_on_ctrl_c(server: Running) {
    #[cfg(unix)]
    {
        server.ctrl_c();
        let ended = server.finish();
        assert_eq!(ended.code(), Some(0), "{ended}");
    }
    #[cfg(not(unix))]
    drop(server);
}

#[test]
fn loop_msg_prints_what_text_002_prints() {
    let (server, address) = serving("loop_msg_server");
    assert_eq!(
        printed(&mut example("loop_msg_client"), address),
        "--- > Hello,I am server!\n--- > Loop_msg: Hello,I am client!!\n"
    );
    server.wait_for(" closed");
    let peer = first_peer(&server);
    assert_eq!(
        server.stdout(),
        format!(
            "waiting for connection ...\n\
             Accept new connection from {peer}\n\
             --- > Hello,I am client! !\n\
             Connection from {peer} closed\n"
        )
    );
    ends_on_ctrl_c(server);
}

#[test]
fn echo_once_prints_what_text_003_prints() {
    let (server, address) = serving("echo_once_server");
    let client = printed(&mut example("echo_once_client"), address);
    assert_eq!(client, "b'data'\n");
    let server = server.finish();
    assert!(server.status.success(), "{server}");
    assert_eq!(server.stdout, "");
}

#[test]
fn upper_once_prints_what_text_003_prints() {
    let (server, address) = serving("upper_once_server");
    let client = printed(&mut example("upper_once_client"), address);
    assert_eq!(client, "b'HELLO'\n");
    let server = server.finish();
    assert!(server.status.success(), "{server}");
    assert_eq!(server.stdout, "b'hello'\n");
}

#[test]
fn a_one_shot_server_shows_any_bytes_as_python_does() {
    let (server, address) = serving("upper_once_server");
    let client = connect(address);
    client.send("it's é\r\n\x1b");
    assert_eq!(client.until_the_end(), "IT'S é\r\n\x1b");
    let server = server.finish();
    assert_eq!(server.stdout, "b'it\\'s \\xc3\\xa9\\r\\n\\x1b'\n");
}

/// A one-shot server is the side that closes first, which keeps the port busy unless both servers allow it.
/// (On Windows it does not.)
#[cfg(unix)]
#[test]
fn a_one_shot_server_can_be_started_again_at_once() {
    let (server, address) = serving("echo_once_server");
    printed(&mut example("echo_once_client"), address);
    assert!(server.finish().status.success());

    let again = Running::start(example("echo_once_server").arg(address.to_string()));
    assert_eq!(again.address(), address);
    printed(&mut example("echo_once_client"), address);
    assert!(again.finish().status.success());
}

#[test]
fn a_refused_client_is_told_which_example_to_start() {
    for name in ["echo_once", "upper_once", "loop_msg", "lines"] {
        let (_nobody, address) = nobody::tcp();
        let client = lab::run(example(&format!("{name}_client")).arg(address.to_string()));
        assert_eq!(client.code(), Some(1), "{client}");
        let hint = format!(
            "hint: start it: cargo run -p tcp-server --example {name}_server -- {address}; "
        );
        assert!(client.stderr.contains(&hint), "{client}");
    }
}

/// Not for an empty one, which it would print.
#[cfg(unix)]
#[test]
fn a_unix_client_takes_the_end_for_no_answer() {
    let path = env::temp_dir().join(format!("closes-{}", std::process::id()));
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let client = Running::start(example("unix_client").arg(&path));
    drop(listener.accept().unwrap());
    let ended = client.finish();
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert_eq!(ended.stdout, "");
    assert!(ended.stderr.contains("the server ended"), "{ended}");
    fs::remove_file(&path).unwrap();
}

/// The file is there or not; the server that made it is not.
#[cfg(unix)]
#[test]
fn a_unix_client_names_the_file_for_which_a_server_is_missing() {
    let path = env::temp_dir().join(format!("nobody-{}", std::process::id()));
    for told in ["No such file", "Connection refused"] {
        let ended = lab::run(example("unix_client").arg(&path));
        assert_eq!(ended.code(), Some(1), "{ended}");
        assert!(ended.stderr.contains(told), "{ended}");
        let start = format!("--example unix_server -- {}", path.display());
        assert!(ended.stderr.contains(&start), "{ended}");
        // It leaves its file behind.
        drop(std::os::unix::net::UnixListener::bind(&path));
    }
    fs::remove_file(&path).unwrap();
}

/// Linux looks at who asks before it looks whether the port is free, so that the fixed port is no matter.
#[cfg(target_os = "linux")]
#[test]
fn port_999_is_not_for_an_ordinary_user() {
    let first = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    if first.trim().parse::<u16>().unwrap() <= 999 {
        eprintln!("skipped: on this machine, port 999 is for everybody");
        return;
    }
    let Some(mut server) = of_an_ordinary_user("echo_once_server") else {
        return;
    };
    let server = lab::run(&mut server);
    assert_eq!(server.code(), Some(1), "{server}");
    assert_eq!(server.stdout, "");
    let (error, hint) = server.stderr.split_once('\n').unwrap();
    assert_eq!(
        error,
        "echo_once_server: 127.0.0.1:999: Permission denied (os error 13)"
    );
    assert!(hint.starts_with("hint: ports below 1024"), "{hint}");
}

/// An example, to be run by somebody who is not root.
#[cfg(target_os = "linux")]
fn of_an_ordinary_user(name: &str) -> Option<Command> {
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65534;
    let as_nobody = || {
        let mut command = example(name);
        command.uid(NOBODY).gid(NOBODY);
        command
    };
    if !rustix::process::geteuid().is_root() {
        return Some(example(name));
    }
    // The folder of the examples may be root's alone.
    match as_nobody().arg("--help").output() {
        Ok(_) => Some(as_nobody()),
        Err(error) => {
            eprintln!("skipped: nobody may not run {name}: {error}");
            None
        }
    }
}

#[test]
fn one_at_a_time_lets_the_second_client_wait() {
    let (server, address) = serving("one_at_a_time");
    let first = welcomed(address);
    let peer = first_peer(&server);

    let mut second = program("tcp-client");
    second.env("RUST_LOG", "debug");
    let second = Running::start(second.args([&address.to_string(), "Grace"]));
    second.wait_for("connected to");

    // The second is connected, and the first has a whole conversation.
    first.send("Ada");
    first.expect("Hello, Ada!");
    assert_eq!(second.stdout(), "");
    drop(first);

    assert_eq!(second.finish().stdout, "Welcome!\nHello, Grace!\n");
    server.wait_for_times("closed.", 2);
    let printed = server.stdout();
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert_eq!(lines[0], "Waiting for connection...");
    assert_eq!(lines[1], format!("Accept new connection from {peer}..."));
    assert_eq!(lines[2], format!("Connection from {peer} closed."));
    assert!(lines[3].starts_with("Accept new connection"), "{lines:?}");
    ends_on_ctrl_c(server);
}

#[cfg(unix)]
#[test]
fn one_at_a_time_ends_on_ctrl_c_while_it_waits_for_a_client() {
    let (server, address) = serving("one_at_a_time");
    let _silent = welcomed(address);
    server.ctrl_c();
    let ended = server.finish();
    assert_eq!(ended.code(), Some(0), "{ended}");
    assert!(ended.stderr.contains("[INFO ] Ctrl+C: "), "{ended}");
}

/// What a server's stdout has to be when so many clients came, one after the other.
fn came_and_went(server: &Running, clients: usize) {
    let peer = |line: &str| line.rsplit_once(' ').unwrap().1.replace("...", "");
    let printed = server.stdout();
    let mut lines = printed.lines();
    assert_eq!(lines.next(), Some("Waiting for connection..."));
    for _ in 0..clients {
        let peer = peer(lines.next().unwrap());
        assert_eq!(
            lines.next().unwrap(),
            format!("Connection from {peer} closed.")
        );
    }
    assert_eq!(lines.next(), None, "{printed}");
}

#[test]
fn many_on_one_thread_prints_what_the_tutorials_server_prints() {
    let (server, address) = serving("many_on_one_thread");
    for times in 1..=2 {
        let client = lab::run(program("tcp-client").arg(address.to_string()));
        let greetings = "Welcome!\nHello, Michael!\nHello, Tracy!\nHello, Sarah!\n";
        assert_eq!(client.stdout, greetings, "{client}");
        server.wait_for_times("closed.", times);
    }
    came_and_went(&server, 2);
    ends_on_ctrl_c(server);
}

#[cfg(unix)]
#[test]
fn process_per_connection_prints_what_the_tutorials_server_prints() {
    let (server, address) = serving("process_per_connection");
    for times in 1..=2 {
        let client = lab::run(program("tcp-client").arg(address.to_string()));
        let greetings = "Welcome!\nHello, Michael!\nHello, Tracy!\nHello, Sarah!\n";
        assert_eq!(client.stdout, greetings, "{client}");
        server.wait_for_times("closed.", times);
    }
    came_and_went(&server, 2);
    ends_on_ctrl_c(server);
}

/// One peer's reset is that peer's affair.
#[test]
fn a_reset_ends_one_connection_and_no_server() {
    let names = ["many_on_one_thread", "process_per_connection"];
    for name in names.into_iter().take(if cfg!(unix) { 2 } else { 1 }) {
        let (server, address) = serving(name);
        let client = welcomed(address);
        let peer = client.local_addr().unwrap();
        client.will_reset();
        drop(client);
        // Wine tells of a reset as of an end.
        if cfg!(unix) {
            server.wait_for(&format!("[WARN ] {peer}: Connection reset"));
        }
        server.wait_for(&format!("Connection from {peer} closed."));
        let next = welcomed(address);
        next.send("exit");
        assert_eq!(next.until_the_end(), "");
        ends_on_ctrl_c(server);
    }
}

#[test]
fn lines_sent_all_at_once_are_answered_one_by_one() {
    let (server, address) = serving("lines_server");
    assert_eq!(
        printed(&mut example("lines_client"), address),
        "Welcome!\nHello, Michael!\nHello, Tracy!\nHello, Sarah!\n"
    );
    server.wait_for("closed.");
    let peer = first_peer(&server);
    assert_eq!(
        server.stdout(),
        format!(
            "Waiting for connection...\n\
             Accept new connection from {peer}...\n\
             Connection from {peer} closed.\n"
        )
    );
    ends_on_ctrl_c(server);
}

#[test]
fn a_line_may_come_in_pieces_and_must_come_to_an_end() {
    let (server, address) = serving("lines_server");
    let pieces = connect(address);
    pieces.set_nodelay(true).unwrap();
    for byte in b"caf\xe9\nAda\r\nexit\r\n" {
        pieces.send([*byte]);
    }
    pieces.expect(b"Welcome!\nHello, caf\xe9!\nHello, Ada!\n");
    assert_eq!(pieces.until_the_end(), "");

    // 1023 bytes and their line feed are a line; 1024 bytes without one are not.
    let longest = "x".repeat(1023);
    let endless = connect(address);
    endless.send(format!("{longest}\n{longest}x"));
    assert_eq!(
        endless.until_the_end(),
        format!("Welcome!\nHello, {longest}!\n")
    );
    let peer = endless.local_addr().unwrap();
    server.wait_for(&format!("{peer}: a line of over 1024 bytes"));
    // Which is that peer's affair.
    printed(&mut example("lines_client"), address);
}

/// Wherever TCP joins and cuts, the bytes are those that were sent, in their order.
#[test]
fn all_at_once_gets_greetings_that_nobody_meant() {
    let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let answers = printed(&mut example("all_at_once"), server.address()).replace('\n', "");
    let greetings = answers.strip_prefix("Welcome!Hello, Michael").unwrap();
    let names = greetings.replace("Hello, ", "").replace('!', "");
    // An `exit` that arrives alone is understood, not greeted.
    assert!(
        ["TracySarahexit", "TracySarah"].contains(&&*names),
        "{answers}"
    );
}

/// A server that is asleep while all is sent receives it in one go: four messages are one.
#[cfg(unix)]
#[test]
fn four_messages_that_wait_for_the_server_are_one() {
    let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let address = server.address().to_string();
    server.stop();
    let mut client = example("all_at_once");
    let client = Running::start(client.arg(address).env("RUST_LOG", "debug"));
    client.wait_for("sent 4 messages");
    server.go_on();
    let client = client.finish();
    assert!(client.status.success(), "{client}");
    assert_eq!(
        client.stdout.replace('\n', ""),
        "Welcome!Hello, MichaelTracySarahexit!"
    );
}

#[test]
fn a_connected_udp_client_is_answered_like_any_other() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    assert_eq!(
        printed(&mut example("connected"), server.address()),
        "Hello, Michael!\nHello, Tracy!\nHello, Sarah!\n"
    );
}

#[test]
fn a_connected_udp_client_learns_that_nobody_is_there() {
    if env::var_os("WINEPREFIX").is_some() {
        eprintln!("skipped: Wine keeps a dead port's complaint to itself");
        return;
    }
    let (dead, address) = nobody::udp();
    let address = address.to_string();
    // Only from a port that nobody has is Windows sure to complain.
    if cfg!(windows) {
        drop(dead);
    }

    let client = lab::run(example("connected").arg(&address));
    assert_eq!(client.code(), Some(1), "{client}");
    assert_eq!(client.stdout, "");
    let (error, hint) = client.stderr.split_once('\n').unwrap();
    assert!(error.starts_with(&format!("connected: {address}: ")));
    assert!(!error.contains("no answer"), "{error}");
    let start = format!("hint: start it: cargo run -p udp-server -- {address}; ");
    assert!(hint.starts_with(&start), "{hint}");
}

#[test]
fn a_connected_udp_client_gives_up_on_silence() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let client = lab::run(example("connected").arg(address));
    assert_eq!(client.code(), Some(1), "{client}");
    assert!(client.stderr.contains("no answer within 3s"), "{client}");
}

/// What does not fit is lost without an error, but not without a word. Windows makes it an error.
#[cfg(unix)]
#[test]
fn an_example_says_that_a_datagram_may_have_been_cut() {
    let server = lab::udp_socket("127.0.0.1:0");
    let client = Running::start(example("connected").arg(server.local_addr().unwrap().to_string()));
    for _ in 0..3 {
        let (_, peer) = lab::receive_from(&server, &mut [0; 1024]).unwrap();
        server.send_to(&[b'x'; 2000], peer).unwrap();
    }
    let client = client.finish();
    assert!(client.status.success(), "{client}");
    assert!(client.stderr.contains("the buffer is full"), "{client}");

    let server = Running::start(example("ipv6").arg("[::1]:0"));
    let client = lab::udp_socket("[::1]:0");
    client.send_to(&[b'x'; 2000], server.address()).unwrap();
    server.wait_for("the buffer is full");
    ends_on_ctrl_c(server);
}

/// An example has no debug log, so that its hint may not name one.
#[test]
fn an_example_says_what_to_do_about_what_it_cannot_take() {
    let folder = env::temp_dir().join(format!("no-page-{}", std::process::id()));
    fs::create_dir_all(folder.join("page.html")).unwrap();
    let page = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    let no_length = "HTTP/1.1 200 OK\r\n\r\nhi";
    // Windows only says that one may not write there.
    let is_folder = if cfg!(windows) {
        "\nhint: you may not write there"
    } else {
        "\nhint: that is a folder"
    };
    for (name, reply, told) in [
        ("content_length", page, is_folder),
        ("cut_anywhere", page, is_folder),
        ("content_length", no_length, "\nhint: this example needs"),
        ("length_prefix", "HTTP", "\nhint: it takes 1048576 at most"),
    ] {
        let server = Server::plays(move |client| {
            client.send(reply);
            let _ = client.shutdown(std::net::Shutdown::Write);
            client.until_the_end_or_a_reset();
        });
        let mut client = example(name);
        let ended = lab::run(client.arg(server.address.to_string()).current_dir(&folder));
        assert_eq!(ended.code(), Some(1), "{ended}");
        assert!(ended.stderr.contains(told), "{name}: {told}: {ended}");
    }
    fs::remove_dir_all(folder).unwrap();
    let ended = lab::run(example("ipv6").arg("127.0.0.1:0"));
    assert!(
        ended.stderr.contains("\nhint: give it one of IPv6"),
        "{ended}"
    );
}

/// 127.0.0.2 is this machine's own on Linux; elsewhere it has to be added first.
#[cfg(target_os = "linux")]
#[test]
fn text_002s_udp_pair_talks_on_127_0_0_2() {
    let server = Running::start(program("udp-server").arg("127.0.0.2:0"));
    let address = server.address();
    let client = lab::run(program("udp-client").args([&address.to_string(), "hello", "world"]));
    assert!(client.status.success(), "{client}");
    assert_eq!(client.stdout, "Hello, hello!\nHello, world!\n");

    let second = server.wait_for_times("Received from 127.0.0.1:", 2);
    assert_eq!(
        server.stdout(),
        format!("Bind UDP on {}...\n{second}\n{second}\n", address.port())
    );
}

#[test]
fn every_row_of_text_002s_table_has_an_answer() {
    let table = lab::run(&mut example("socket_types"));
    assert!(table.status.success(), "{table}");
    let rows: Vec<_> = table.stdout.lines().collect();
    for family in ["AF_UNIX", "AF_INET", "AF_INET6"] {
        for kind in ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_SEQPACKET"] {
            let asked = rows.iter().any(|row| {
                let mut words = row.split_whitespace();
                words.next() == Some(family) && words.next() == Some(kind)
            });
            assert!(asked, "{family} {kind}: {table}");
        }
    }
    for row in &rows {
        let answers = ["made", "not permitted: ", "not supported: "];
        let given = answers.iter().filter(|answer| row.contains(*answer));
        assert_eq!(given.count(), 1, "{row}");
    }
    // TCP and UDP are made for everybody, everywhere.
    for row in [
        "AF_INET  SOCK_STREAM      0 made",
        "AF_INET  SOCK_DGRAM       0 made",
    ] {
        assert!(rows.contains(&row), "{table}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_ordinary_user_of_linux_is_not_permitted_a_raw_socket() {
    let Some(mut table) = of_an_ordinary_user("socket_types") else {
        return;
    };
    let table = lab::run(&mut table);
    for row in [
        "AF_UNIX  SOCK_SEQPACKET   0 made\n",
        "AF_INET  SOCK_RAW         0 not supported: Protocol not supported (os error 93)\n",
        "AF_INET  SOCK_RAW         1 not permitted: Operation not permitted (os error 1)\n",
        "AF_INET  SOCK_SEQPACKET   0 not supported: Socket type not supported (os error 94)\n",
    ] {
        assert!(table.stdout.contains(row), "{row}{table}");
    }
}

#[test]
fn anything_but_one_address_is_wrong_usage() {
    for name in WITH_ADDRESS.into_iter().chain(["page_server"]) {
        for arguments in [&["127.0.0.1:99999"][..], &["--help"], &["127.0.0.1:0", "x"]] {
            let ended = lab::run(example(name).args(arguments));
            assert_eq!(ended.code(), Some(2), "{name} {arguments:?}: {ended}");
            assert_eq!(ended.stdout, "");
            let usage = format!("\nUsage: {name} [ADDRESS]\n");
            assert!(ended.stderr.ends_with(&usage), "{ended}");
        }
    }
}

/// Windows passes arguments as UTF-16.
#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf_8_is_wrong_usage_and_no_panic() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let argument = OsStr::from_bytes(b"localhost:\xff");
    let ended = lab::run(example("connected").arg(argument));
    assert_eq!(ended.code(), Some(2), "{ended}");
    assert!(ended.stderr.contains("is no port"), "{ended}");
}

#[test]
fn a_client_example_goes_to_no_port_0_and_a_server_has_one() {
    let ended = lab::run(example("connected").arg("127.0.0.1:0"));
    assert_eq!(ended.code(), Some(2), "{ended}");
    assert!(ended.stderr.contains("port 0"), "{ended}");
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf_8_is_wrong_usage() {
    use std::os::unix::ffi::OsStrExt;

    let argument = std::ffi::OsStr::from_bytes(b"caf\xe9:9999");
    for name in WITH_ADDRESS {
        let ended = lab::run(example(name).arg(argument));
        assert_eq!(ended.code(), Some(2), "{name}: {ended}");
    }
}

#[test]
fn an_example_is_short_and_says_how_to_run_it() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut names = Vec::new();
    for folder in FOLDERS {
        for file in fs::read_dir(crates.join(folder).join("examples")).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            // One of them is a program in its own right.
            let most = if name == "page_server" { 140 } else { 70 };
            // A folder has its main.rs, and the rest beside it.
            let files: Vec<_> = match fs::read_dir(&path) {
                Ok(files) => files.map(|file| file.unwrap().path()).collect(),
                Err(_) => vec![path.clone()],
            };
            for file in &files {
                let text = fs::read_to_string(file).unwrap();
                assert!(text.lines().count() <= most, "{name} is too long");
                assert!(
                    !text.contains("while let ("),
                    "{name} folds two steps into one"
                );
            }
            let main = if path.is_dir() {
                path.join("main.rs")
            } else {
                path
            };
            let text = fs::read_to_string(main).unwrap();
            let command = format!("//! cargo run -p {folder} --example {name}");
            assert!(text.contains(&command), "{name}: {command}");
            names.push(name);
        }
    }
    names.retain(|name| name != "page_server" && !OTHERS.contains(&name.as_str()));
    names.sort();
    assert_eq!(names, WITH_ADDRESS);
}
