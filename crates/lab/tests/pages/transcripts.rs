//! Plays a page's transcripts: starts its servers, runs its clients, and compares what they print.
//!
//! Every server gets a port of its own instead of the page's, and does not think about its answers; a
//! client is sent to that port. Ports are masked before anything is compared. In a terminal, stdout and
//! stderr mix as they happen to: here each is compared on its own.

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use lab::{Ended, Running, nobody};

use super::commands::Run;
use super::page::Page;
use super::terminals::{cargo_test, command, is_server, is_udp, page_address};

/// A page that is being played.
struct Play<'a> {
    page: &'a Page,
    folder: PathBuf,
    /// By the address that the page gives them.
    servers: HashMap<(String, bool), Server>,
    /// The server that was started last; a block without a command goes on with what it prints.
    last: Option<(String, bool)>,
    wrong: Vec<String>,
}

struct Server {
    running: Running,
    address: SocketAddr,
    /// None if the page mentions it without showing it.
    transcript: Option<String>,
    interrupted: bool,
    /// In Python, where Ctrl+C prints where it was.
    python: bool,
}

/// Plays all of the page's transcripts; what is not as it says.
pub fn play(page: &Page) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(page.to_string().replace('/', "-"));
    fs::create_dir_all(&folder).unwrap();
    let mut play = Play {
        page,
        folder,
        servers: HashMap::new(),
        last: None,
        wrong: Vec::new(),
    };
    let mut played = 0;
    for (section, text) in page.transcripts() {
        // What a section shows of a server is all that happens to it there.
        if section != played {
            play.end_all();
            played = section;
        }
        play.block(text);
    }
    play.end_all();
    fs::remove_dir_all(&play.folder).unwrap();
    play.wrong
}

impl Play<'_> {
    fn block(&mut self, text: &str) {
        let Some((command, transcript)) = text
            .strip_prefix("$ ")
            .and_then(|text| text.split_once('\n'))
        else {
            let last = self
                .last
                .clone()
                .expect("a block without a command follows a server's");
            let server = self.servers.get_mut(&last).expect("the server still runs");
            server
                .transcript
                .as_mut()
                .expect("a server that is shown")
                .push_str(text);
            server.interrupted = true;
            return self.end(&last);
        };
        if let Some(arguments) = command.strip_prefix("cargo test ") {
            return self.test(arguments, transcript);
        }
        let Ok(run) = Run::parse(command) else {
            let unknown = format!("{}: cannot play: {command}", self.page);
            return self.wrong.push(unknown);
        };
        let key = (page_address(&run), is_udp(&run));
        if is_server(&run) {
            self.end(&key);
            self.start(&run, &key, Some(transcript.to_owned()));
            self.last = Some(key);
        } else {
            self.client(&run, &key, command, transcript);
        }
    }

    fn start(&mut self, run: &Run, key: &(String, bool), transcript: Option<String>) {
        let Some(mut command) = command(run) else {
            return; // there is no Python
        };
        command.arg("127.0.0.1:0");
        if run.package == "tcp-server" && run.example.is_none() {
            command.args(["--delay", "0"]);
        }
        command.args(
            run.arguments
                .iter()
                .skip_while(|word| !word.starts_with('-')),
        );
        let running = Running::start(&mut command);
        let address = running.address();
        self.servers.insert(
            key.clone(),
            Server {
                running,
                address,
                transcript,
                interrupted: false,
                python: run.package == "python",
            },
        );
    }

    fn client(&mut self, run: &Run, key: &(String, bool), line: &str, transcript: &str) {
        // A page that shows an error shows a client without its server.
        let alone = transcript.starts_with(&format!("{}: ", run.package));
        if !alone && !self.servers.contains_key(key) {
            let (package, example) = match run.name().as_str() {
                "tcp-client" => ("tcp-server", None),
                "udp-client" => ("udp-server", None),
                _ => ("http-fetch", Some("page_server".to_owned())),
            };
            let server = Run {
                package: package.into(),
                example,
                arguments: Vec::new(),
                variables: Vec::new(),
            };
            self.start(&server, key, None);
        }
        let Some(mut command) = command(run) else {
            return; // there is no Python
        };
        command.current_dir(&self.folder);
        let ((_tcp, tcp), (_udp, udp)) = (nobody::tcp(), nobody::udp());
        let address = match self.servers.get(key) {
            Some(server) if !alone => server.address,
            _ if key.1 => udp,
            _ => tcp,
        };
        command.arg(address.to_string());
        let named = run
            .arguments
            .first()
            .is_some_and(|word| !word.starts_with('-'));
        command.args(&run.arguments[usize::from(named)..]);
        let Ended { stdout, stderr, .. } = lab::run(&mut command);
        self.compare(line, transcript, &stdout, &stderr);
    }

    fn end_all(&mut self) {
        for key in self.servers.keys().cloned().collect::<Vec<_>>() {
            self.end(&key);
        }
    }

    /// Runs a test; cargo and the test harness print around what it says.
    fn test(&mut self, arguments: &str, transcript: &str) {
        let printed = cargo_test(arguments.split_whitespace());
        for line in transcript.lines() {
            if !printed.stdout.lines().any(|printed| printed == line) {
                let page = self.page;
                self.wrong.push(format!(
                    "{page}: {arguments}: {line:?} is not in\n{printed}"
                ));
            }
        }
    }

    /// Presses Ctrl+C on a server, once it has printed what the page says that it prints.
    fn end(&mut self, key: &(String, bool)) {
        let Some(server) = self.servers.remove(key) else {
            return;
        };
        let Some(mut transcript) = server.transcript else {
            return;
        };
        if server.python {
            server.running.wait_for_lines(transcript.lines().count());
            server.running.signal(rustix::process::Signal::KILL);
            let Ended { stdout, stderr, .. } = server.running.finish();
            return self.compare("Python's server", &transcript, &stdout, &stderr);
        }
        if !server.interrupted {
            transcript.push_str("[INFO ] Ctrl+C\n");
        }
        server
            .running
            .wait_for_lines(transcript.lines().count() - 1);
        server.running.ctrl_c();
        let Ended {
            stdout, mut stderr, ..
        } = server.running.finish();
        if !server.interrupted {
            stderr = stderr.replace("[INFO ] Ctrl+C: no more answers", "[INFO ] Ctrl+C");
            stderr = stderr.replace(
                "[INFO ] Ctrl+C: no new connections, no new messages",
                "[INFO ] Ctrl+C",
            );
        }
        self.compare(
            &format!("the server on {}", key.0),
            &transcript,
            &stdout,
            &stderr,
        );
    }

    fn compare(&mut self, what: &str, transcript: &str, stdout: &str, stderr: &str) {
        let says: Vec<String> = transcript.lines().map(mask).collect();
        let (err, out): (Vec<_>, Vec<_>) = says.into_iter().partition(|line| is_stderr(line));
        let printed = |text: &str| text.lines().map(mask).collect::<Vec<_>>();
        for (stream, says, prints) in [
            ("stdout", out, printed(stdout)),
            ("stderr", err, printed(stderr)),
        ] {
            if says != prints {
                self.wrong.push(format!(
                    "{}: {what}: {stream} is said to be\n  {}\nand is\n  {}",
                    self.page,
                    says.join("\n  "),
                    prints.join("\n  ")
                ));
            }
        }
    }
}

fn is_stderr(line: &str) -> bool {
    let program = line.split_once(": ").map_or("", |(name, _)| name);
    let programs = [
        "http-fetch",
        "tcp-server",
        "tcp-client",
        "udp-server",
        "udp-client",
        "hint",
        "page_server",
    ];
    programs.contains(&program)
        || [
            "[INFO ]",
            "[WARN ]",
            "[DEBUG]",
            "listening on ",
            "receiving on ",
        ]
        .iter()
        .any(|level| line.starts_with(level))
}

/// A line without what differs from run to run: ports, and the length of a request that names one.
pub fn mask(line: &str) -> String {
    let line = ["127.0.0.1:", "0.0.0.0:", "UDP on "]
        .iter()
        .fold(line.to_owned(), |line, before| mask_after(&line, before));
    if line.contains("\"GET ") {
        mask_after(&line, "sent ")
    } else {
        line
    }
}

fn mask_after(line: &str, before: &str) -> String {
    let mut pieces = line.split(before);
    let mut masked = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|char: char| char.is_ascii_digit());
        masked += before;
        masked += if rest.len() < piece.len() { "N" } else { "" };
        masked += rest;
    }
    masked
}
