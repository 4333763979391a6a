//! The servers of the soak: how they are started, watched and ended.

use std::fmt;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};

use lab::{PATIENCE, Running, Signal, example, program};

use crate::{Client, polite};

/// How many descriptors a server may have: few enough for a crowd of clients to take them all.
const DESCRIPTORS: &str = "64";

/// In the system's words.
const OUT_OF_DESCRIPTORS: &str = "Too many open files";

/// What a server says, by design, of peers in trouble and of its own lack of descriptors.
const EXPECTED: [&str; 8] = [
    OUT_OF_DESCRIPTORS,
    "did not contain valid UTF-8",
    "the buffer is full",
    "Connection reset by peer",
    "Broken pipe",
    "400 Bad Request",
    "431 Header Too Large",
    "hint: ", // a child of process_per_connection ends with the error of its one client
];

/// How many unexpected lines are kept for the reader: the first ones tell enough.
const UNEXPECTED: usize = 100;

/// How many servers there are.
pub const COUNT: usize = 5;

pub struct Servers {
    pub tcp: Server,
    /// The same conversation, with poll(2).
    pub one_thread: Server,
    /// And with a child for each client: it runs out of nothing.
    pub processes: Server,
    pub web: Server,
    pub udp: Server,
}

/// One of our servers, with few descriptors.
pub struct Server {
    pub name: &'static str,
    pub address: SocketAddr,
    /// What a client does with it that keeps to the rules.
    pub polite: Client,
    running: Running,
    reports: Arc<Reports>,
}

/// How often a server has said that it was out of descriptors.
#[derive(Default)]
struct Reports {
    count: Mutex<usize>,
    changed: Condvar,
}

/// What a process has of the system's; all zero where nobody tells.
#[derive(Clone, Copy)]
pub struct Usage {
    pub descriptors: usize,
    pub threads: usize,
    /// Zombies too.
    pub children: usize,
    /// In KiB.
    pub resident: u64,
}

impl Servers {
    pub fn start() -> Self {
        let options = ["--delay", "0", "--backlog", "128"];
        let (tcp, web) = (program("tcp-server"), example("page_server"));
        let udp = program("udp-server");
        let one_thread = "many_on_one_thread";
        let processes = "process_per_connection";
        Self {
            tcp: Server::start("tcp-server", &tcp, &options, polite::visits),
            one_thread: Server::start(
                one_thread,
                &example(one_thread),
                &[],
                polite::visits_the_one_thread,
            ),
            processes: Server::start(
                processes,
                &example(processes),
                &[],
                polite::visits_the_processes,
            ),
            web: Server::start("page_server", &web, &[], polite::reads_the_page),
            udp: Server::start("udp-server", &udp, &[], polite::sends_datagrams),
        }
    }

    pub fn all(&self) -> [&Server; COUNT] {
        [
            &self.tcp,
            &self.one_thread,
            &self.processes,
            &self.web,
            &self.udp,
        ]
    }

    /// Those that greet over TCP.
    pub fn greeting(&self) -> [&Server; 3] {
        [&self.tcp, &self.one_thread, &self.processes]
    }

    pub fn usage(&self) -> [Usage; COUNT] {
        self.all().map(Server::usage)
    }

    /// Presses Ctrl+C on each, with clients that are still connected.
    pub fn end(self) {
        for server in [self.tcp, self.one_thread, self.web] {
            let idle: Vec<_> = (0..10)
                .map(|_| TcpStream::connect_timeout(&server.address, PATIENCE).unwrap())
                .collect();
            server.end();
            drop(idle);
        }
        // Its children would stay with their clients, as they are meant to.
        self.processes.end();
        self.udp.end();
    }
}

impl Server {
    fn start(name: &'static str, program: &Command, options: &[&str], polite: Client) -> Self {
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"ulimit -n "$0"; exec "$@""#, DESCRIPTORS])
            .arg(program.get_program())
            .arg("127.0.0.1:0")
            .args(options)
            .env_remove("RUST_LOG")
            .env_remove("RUST_LOG_STYLE")
            // One pool of memory in the GNU C library: else each thread of a crowd may begin one, and keep it.
            .env("MALLOC_ARENA_MAX", "1");
        let reports = Arc::<Reports>::default();
        let counted = Arc::clone(&reports);
        let mut kept = 0;
        let running = Running::start_for_long(&mut command, move |line| {
            if line.contains(OUT_OF_DESCRIPTORS) {
                *counted.count.lock().unwrap() += 1;
                counted.changed.notify_all();
            }
            if EXPECTED.iter().any(|text| line.contains(text)) {
                return false;
            }
            kept += 1;
            kept <= UNEXPECTED
        });
        Self {
            name,
            address: running.address(),
            polite,
            running,
            reports,
        }
    }

    /// How often it has said that it was out of descriptors.
    pub fn reports(&self) -> usize {
        *self.reports.count.lock().unwrap()
    }

    /// Waits until it has said so once more than `before`; false if it never does.
    pub fn reports_again(&self, before: usize) -> bool {
        let count = self.reports.count.lock().unwrap();
        let waited = self
            .reports
            .changed
            .wait_timeout_while(count, PATIENCE, |count| *count <= before);
        !waited.unwrap().1.timed_out()
    }

    /// What it has just now.
    #[cfg(target_os = "linux")]
    pub fn usage(&self) -> Usage {
        use std::fs;

        let process = format!("/proc/{}", self.running.id());
        let entries = |folder| fs::read_dir(format!("{process}/{folder}")).unwrap().count();
        // Not /proc/PID/status, whose figure is an estimate, some pages off for each processor.
        let memory = fs::read_to_string(format!("{process}/smaps_rollup"));
        let memory = memory
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.name, self.running.stderr()));
        let resident = memory.lines().find_map(|line| line.strip_prefix("Rss:"));
        let resident = resident.unwrap().trim_end_matches("kB").trim();
        Usage {
            descriptors: entries("fd"),
            threads: entries("task"),
            children: self.running.children().len(),
            resident: resident.parse().unwrap(),
        }
    }

    /// Other systems have no `/proc`.
    #[cfg(not(target_os = "linux"))]
    pub fn usage(&self) -> Usage {
        Usage {
            descriptors: 0,
            threads: 0,
            children: 0,
            resident: 0,
        }
    }

    /// Stops it, as Ctrl+Z does, but for good: it cannot refuse.
    pub fn stop(&self) {
        self.running.signal(Signal::STOP);
    }

    /// Lets it go on, as `fg` does.
    pub fn go_on(&self) {
        self.running.signal(Signal::CONT);
    }

    fn end(self) {
        self.running.ctrl_c();
        let ended = self.running.finish();
        let name = self.name;
        assert_eq!(ended.code(), Some(0), "{name}: {ended}");
        assert!(!ended.stderr.contains("panicked"), "{name}: {ended}");
        // Nor anything else that it would not say of its peers by design.
        let mut lines = ended.stderr.lines();
        assert!(
            lines.all(|line| line.starts_with("[INFO ")),
            "{name}: {ended}"
        );
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            descriptors,
            threads,
            children,
            resident,
        } = self;
        write!(
            f,
            "{descriptors} descriptors, {threads} threads, {children} children, {resident} KiB"
        )
    }
}
