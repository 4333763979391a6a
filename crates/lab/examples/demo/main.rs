//! See it all: plays three lessons on this machine, both sides, and compares each line with the lesson's.
//!
//! ```text
//! scripts/demo.sh
//! ```
//!
//! Exit status: 0 if all is as the lessons say; 1 at the first difference; 77 skipped; 130 stopped from outside.
//! No process is left in any of these cases. The page that it fetches stays beside the programs, in `target/`.

#[cfg(unix)]
mod play;

/// One lesson. What the two programs print stands in an order that the network allows: what one of them answers
/// comes after what it was asked.
#[cfg_attr(not(unix), allow(dead_code))]
struct Lesson {
    title: &'static str,
    server: &'static str,
    client: &'static str,
    /// What the client saves.
    file: Option<&'static str>,
    /// Whether it is about waiting: then each line has its time.
    clock: bool,
    transcript: &'static str,
}

#[cfg_attr(not(unix), allow(dead_code))]
const LESSONS: [Lesson; 3] = [
    Lesson {
        title: "A web page: page_server, http-fetch",
        server: "page_server",
        client: "http-fetch",
        file: Some("sina.html"),
        clock: false,
        transcript: "\
http-fetch │ $ http-fetch 127.0.0.1:PORT
page_server │ GET / HTTP/1.1
page_server │ Host: 127.0.0.1:PORT
page_server │ Connection: close
http-fetch │ HTTP/1.1 200 OK
http-fetch │ Content-Type: text/html
http-fetch │ Connection: close
http-fetch │ Content-Length: 59
sina.html │ <!DOCTYPE html>
sina.html │ <title>Practice</title>
sina.html │ <h1>It works!</h1>
",
    },
    Lesson {
        title: "A conversation over TCP: tcp-server, tcp-client, and how many seconds it has taken",
        server: "tcp-server",
        client: "tcp-client",
        file: None,
        clock: true,
        transcript: "\
tcp-server │ Waiting for connection...
tcp-client │ $ tcp-client 127.0.0.1:PORT
tcp-server │ Accept new connection from 127.0.0.1:PORT...
tcp-client │ Welcome!
tcp-client │ Hello, Michael!
tcp-client │ Hello, Tracy!
tcp-client │ Hello, Sarah!
tcp-server │ Connection from 127.0.0.1:PORT closed.
",
    },
    Lesson {
        title: "The same by UDP, without a connection: udp-server, udp-client",
        server: "udp-server",
        client: "udp-client",
        file: None,
        clock: false,
        transcript: "\
udp-server │ Bind UDP on PORT...
udp-client │ $ udp-client 127.0.0.1:PORT
udp-server │ Received from 127.0.0.1:PORT.
udp-client │ Hello, Michael!
udp-server │ Received from 127.0.0.1:PORT.
udp-client │ Hello, Tracy!
udp-server │ Received from 127.0.0.1:PORT.
udp-client │ Hello, Sarah!
",
    },
];

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    play::all(&LESSONS)
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    println!("skipped: a program cannot press Ctrl+C on another one's Windows console");
    std::process::ExitCode::from(77)
}
