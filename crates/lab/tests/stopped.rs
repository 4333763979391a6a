//! Ctrl+Z and `fg` in every wait of every program and example: it goes on as if nothing had been.
//!
//! On Linux, a stop interrupts each call that has a timeout of the socket's own (signal(7)).

#![allow(clippy::unwrap_used)]

#[cfg(not(unix))]
#[test]
fn every_wait() {
    eprintln!("skipped: only Unix stops a program and lets it go on");
}

#[cfg(unix)]
mod unix {
    use std::fs;
    #[cfg(target_os = "linux")]
    use std::io::Write;
    #[cfg(target_os = "linux")]
    use std::net::TcpListener;
    use std::net::{Shutdown, SocketAddr, TcpStream};
    use std::process::Command;
    use std::thread;
    use std::time::{Duration, Instant};

    use lab::{Ended, PATIENCE, Running, example, program, receive_from, udp_socket};
    #[cfg(target_os = "linux")]
    use socket2::{Domain, Socket, Type};

    /// Waits until its main thread sleeps in a call. No event tells that.
    fn fall_asleep(running: &Running) {
        let start = Instant::now();
        while cfg!(target_os = "linux") {
            let status = fs::read_to_string(format!("/proc/{}/stat", running.id())).unwrap();
            let (_, state) = status.rsplit_once(") ").unwrap();
            if state.starts_with('S') {
                break;
            }
            let ended = state.starts_with('Z') || start.elapsed() > PATIENCE;
            assert!(!ended, "{status}{}", running.stderr());
            thread::yield_now();
        }
    }

    /// Stops it in its sleep, more than once, for it may be another sleep than the one that is meant.
    fn stop_in_its_sleep(running: &Running) {
        for _ in 0..5 {
            fall_asleep(running);
            running.stop();
            running.go_on();
        }
    }

    /// It ended well, and did not even mention the interruption.
    fn ended_well(ended: &Ended) {
        assert_eq!(ended.code(), Some(0), "{ended}");
        assert!(!ended.stderr.contains("nterrupted"), "{ended}");
    }

    /// The program that pairs with it where the tutorial has one: http-fetch saves into nowhere.
    fn client(name: &str, address: SocketAddr) -> Command {
        let programs = ["http-fetch", "tcp-client", "udp-client"];
        let mut client = if programs.contains(&name) {
            program(name)
        } else {
            example(name)
        };
        client.arg(address.to_string());
        if name == "http-fetch" {
            client.args(["-o", "/dev/null"]);
        }
        // Which always saves under the tutorial's name.
        client.current_dir(env!("CARGO_TARGET_TMPDIR"));
        client
    }

    /// The server sleeps in accept or recvfrom; the client in its receive, while the server stands still.
    fn a_pair(mut server: Command, name: &str) {
        let server = Running::start(server.arg("127.0.0.1:0"));
        let address = server.address();
        stop_in_its_sleep(&server);

        server.stop();
        let client = Running::start(&mut client(name, address));
        stop_in_its_sleep(&client);
        server.go_on();
        ended_well(&client.finish());

        if !server.stderr().contains("for one client") {
            server.ctrl_c();
        }
        ended_well(&server.finish());
    }

    #[test]
    fn http() {
        a_pair(example("page_server"), "http-fetch");
        for client in ["stream_to_disk", "content_length", "cut_anywhere"] {
            a_pair(example("page_server"), client);
        }
    }

    #[test]
    fn tcp() {
        let tcp_server = || {
            let mut server = program("tcp-server");
            server.args(["--delay", "0"]);
            server
        };
        a_pair(tcp_server(), "tcp-client");
        a_pair(tcp_server(), "all_at_once");
        a_pair(example("lines_server"), "half_close");
        for server in [
            "one_at_a_time",
            "threads",
            "many_on_one_thread",
            "process_per_connection",
        ] {
            a_pair(example(server), "tcp-client");
        }
        for pair in ["lines", "loop_msg", "echo_once", "upper_once"] {
            a_pair(
                example(&format!("{pair}_server")),
                &format!("{pair}_client"),
            );
        }
    }

    #[test]
    fn udp() {
        a_pair(program("udp-server"), "udp-client");
        a_pair(program("udp-server"), "connected");
        a_pair(example("cut_datagram"), "udp-client");
    }

    /// It wants its own words back, which no other example gives it.
    #[test]
    fn a_pinger_waits() {
        let server = udp_socket("127.0.0.1:0");
        let client = Running::start(&mut client("pinger", server.local_addr().unwrap()));
        let mut buffer = [0; 1024];
        for number in 1..=5 {
            let (length, peer) = receive_from(&server, &mut buffer).unwrap();
            if number == 1 {
                stop_in_its_sleep(&client);
            }
            server.send_to(&buffer[..length], peer).unwrap();
        }
        ended_well(&client.finish());
    }

    /// A server's receive, from a peer that is silent for now.
    #[test]
    fn a_server_receives() {
        let mut tcp_server = program("tcp-server");
        tcp_server.args(["--delay", "0"]);
        let servers = ["one_at_a_time", "lines_server", "loop_msg_server"].map(example);
        for mut server in servers.into_iter().chain([tcp_server]) {
            let server = Running::start(server.arg("127.0.0.1:0"));
            let peer = TcpStream::connect(server.address()).unwrap();
            server.wait_for("Accept new connection");
            stop_in_its_sleep(&server);
            peer.shutdown(Shutdown::Write).unwrap();
            server.wait_for(" closed");
            server.ctrl_c();
            ended_well(&server.finish());
        }
    }

    /// A server that does not accept lets a connect wait, when its queue is full. Linux, where the queue
    /// is known to hold one more than the backlog.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_client_connects() {
        let clients = ["http-fetch", "stream_to_disk", "tcp-client", "all_at_once"];
        for name in clients
            .into_iter()
            .chain(["echo_once_client", "lines_client"])
        {
            let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
            listener.bind(&any_port.into()).unwrap();
            listener.listen(0).unwrap();
            let listener = TcpListener::from(listener);
            let address = listener.local_addr().unwrap();
            let first = TcpStream::connect(address).unwrap();

            let client = Running::start(&mut client(name, address));
            stop_in_its_sleep(&client);
            // There is room now. What is said suits all of them; none is talked with to the end.
            drop((listener.accept().unwrap(), first));
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            drop(stream);
            let client = client.finish();
            assert!(!client.stderr.contains("nterrupted"), "{client}");
            assert!(!client.stderr.contains("no connection"), "{client}");
        }
    }

    /// An answer that came while the client stood still lies there, however late it is by now.
    #[test]
    fn longer_than_the_timeout() {
        let timeout = Duration::from_secs(2);
        let server = udp_socket("127.0.0.1:0");
        let address = server.local_addr().unwrap().to_string();
        let mut client = program("udp-client");
        let client = Running::start(client.args([&address, "Ada", "--timeout", "2"]));
        let (_, peer) = receive_from(&server, &mut [0; 1024]).unwrap();
        client.stop();
        server.send_to(b"Hello, Ada!", peer).unwrap();
        thread::sleep(timeout); // what is tested is that time passes
        client.go_on();
        let client = client.finish();
        ended_well(&client);
        assert_eq!(client.stdout, "Hello, Ada!\n");
    }
}
