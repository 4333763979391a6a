//! A soak and fault test: for minutes, our servers meet every kind of client there is, all at once.
//!
//! ```text
//! scripts/soak.sh       five minutes
//! scripts/soak.sh 30s
//! ```
//!
//! tcp-server, its two other shapes (`many_on_one_thread`, `process_per_connection`), page_server and
//! udp-server run with few descriptors. For the whole length, clients come and go at random, send garbage,
//! reset, go silent, send without reading, vanish and are killed; crowds take all the descriptors and give
//! them back; servers are stopped, as by Ctrl+Z, and go on; datagrams of every size come from many ports.
//! Among them are clients that keep to the rules, and every answer that they get must be right: a TCP client
//! may have to wait for it, a datagram may be lost. In the end nothing has panicked, descriptors, threads and
//! children are back where they were, memory nearly so, and Ctrl+C ends each server with status 0.
//!
//! `SOAK_SECONDS` is the length. `SEED`, which is printed, repeats what every client decides; when it comes
//! to it, between all the others, is up to the system.
//!
//! On Unix only, for Ctrl+C and `ulimit`; what a server has of the system's can only be counted on Linux.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod faults;
mod polite;
mod random;
mod servers;

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use lab::PATIENCE;

use crate::random::Random;
use crate::servers::{COUNT, Servers, Usage};

const A_MINUTE: Duration = Duration::from_secs(60);

/// How much more memory a server may have in the end, in KiB. Not none: each of its sixty or so threads may
/// use its stack a page or two deeper than any did before, and no page of it is given back.
const TOLERANCE: u64 = 640;

/// What becomes of one turn of a client, which is only wrong if the server is.
type Outcome = Result<(), String>;

/// One turn of a client.
type Client = fn(&Soak, &mut Random) -> Outcome;

/// Who runs all the time, and the longest pause between two turns, in milliseconds: a pause keeps the
/// load bearable, and the kernel's ports from being used up by connections that have just closed.
const CLIENTS: [(&str, Client, u64); 23] = [
    ("one that stays", polite::stays, 1),
    ("one that stays", polite::stays_with_the_one_thread, 1),
    ("one that stays", polite::stays_with_a_process, 1),
    ("a visitor", polite::visits, 20),
    ("a visitor", polite::visits, 20),
    ("a visitor", polite::visits_the_one_thread, 20),
    ("a visitor", polite::visits_the_processes, 20),
    ("a reader", polite::reads_the_page, 50),
    ("a sender", polite::sends_datagrams, 50),
    ("a sender", polite::sends_datagrams, 50),
    ("a program", polite::runs_a_program, 200),
    ("a fault", faults::makes_a_fault, 50),
    ("a fault", faults::makes_a_fault, 50),
    ("a fault", faults::makes_a_fault, 50),
    ("a fault", faults::makes_a_fault, 50),
    ("a fault", faults::makes_a_fault, 50),
    ("a fault", faults::makes_a_fault, 50),
    ("a fault", faults::makes_a_fault, 50),
    ("a killed one", faults::is_killed, 500),
    ("a flood", faults::floods, 20),
    ("a flood", faults::floods, 20),
    ("a crowd", faults::crowds, 5000),
    ("Ctrl+Z", faults::stops_a_server, 3000),
];

/// What is counted: what the clients that keep to the rules got, and what the others did.
#[derive(Clone, Copy)]
enum Kind {
    Clients,
    Answers,
    Lost,
    Garbage,
    Resets,
    Silent,
    Unread,
    Vanished,
    Killed,
    Crowds,
    Stopped,
    Datagrams,
}

const KINDS: [(Kind, &str); 12] = [
    (Kind::Clients, "clients served"),
    (Kind::Answers, "answers right"),
    (Kind::Lost, "datagrams lost"),
    (Kind::Garbage, "garbage"),
    (Kind::Resets, "resets"),
    (Kind::Silent, "silent"),
    (Kind::Unread, "unread"),
    (Kind::Vanished, "vanished"),
    (Kind::Killed, "killed"),
    (Kind::Crowds, "crowds"),
    (Kind::Stopped, "stopped"),
    (Kind::Datagrams, "datagrams"),
];

/// What all clients share.
struct Soak {
    servers: Servers,
    /// What the servers had before their first client.
    first: [Usage; COUNT],
    /// The page of page_server, as it is.
    page: Vec<u8>,
    seed: u64,
    counts: [AtomicU64; KINDS.len()],
    sizes: AtomicUsize,
    /// Whether it is over, and why, if that came early.
    over: Mutex<Option<Outcome>>,
    ended: Condvar,
}

#[test]
#[ignore = "takes minutes: scripts/soak.sh"]
fn servers_stand_minutes_of_every_kind_of_client() {
    let length = Duration::from_secs(number("SOAK_SECONDS").unwrap_or(300));
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let seed = number("SEED").unwrap_or(since_1970.as_secs());
    println!("\nsoak for {length:?}, SEED={seed}");

    let soak = Soak::start(seed);
    let mut random = Random::new(seed);
    soak.warm_up(&mut random);
    let before = soak.settle(&mut random);
    soak.run(length);
    let after = soak.settle(&mut random);
    for (server, (before, after)) in soak.servers.all().iter().zip(before.iter().zip(&after)) {
        println!("{}: {before} before; {after} after", server.name);
    }
    for (server, (before, after)) in soak.servers.all().iter().zip(before.iter().zip(&after)) {
        assert!(
            after.resident <= before.resident + TOLERANCE,
            "{}: more than {TOLERANCE} KiB of memory have not come back",
            server.name
        );
    }
    soak.servers.end();
    println!("all answers right, everything given back, Ctrl+C: status 0");
}

/// The number in a variable of the environment, if it is set.
fn number(variable: &str) -> Option<u64> {
    let value = env::var(variable).ok()?;
    Some(value.parse().expect("SOAK_SECONDS and SEED are numbers"))
}

impl Soak {
    fn start(seed: u64) -> Self {
        let servers = Servers::start();
        let first = servers.usage();
        let page = polite::page(servers.web.address).unwrap();
        assert!(page.starts_with(b"HTTP/1.1 200 OK\r\n"));
        Self {
            servers,
            first,
            page,
            seed,
            counts: Default::default(),
            sizes: AtomicUsize::new(0),
            over: Mutex::default(),
            ended: Condvar::new(),
        }
    }

    /// Shows the servers the worst that is to come, so that they have had all the memory that it takes.
    fn warm_up(&self, random: &mut Random) {
        let Servers {
            tcp,
            one_thread,
            processes,
            web,
            ..
        } = &self.servers;
        for server in [tcp, one_thread, processes, web] {
            for fault in faults::FAULTS {
                faults::commit(self, server, fault, random).unwrap();
            }
        }
        for server in [tcp, one_thread, web] {
            faults::fills(self, server, random).unwrap();
        }
        faults::floods(self, random).unwrap();
    }

    /// Lets all clients run for so long, and says each minute how it goes.
    fn run(&self, length: Duration) {
        let start = Instant::now();
        thread::scope(|scope| {
            for (&(name, client, pause), number) in CLIENTS.iter().zip(1..) {
                let random = Random::for_client(self.seed, number);
                scope.spawn(move || self.repeat(name, client, pause, random));
            }
            loop {
                let rest = length.saturating_sub(start.elapsed());
                let goes_on = self.goes_on_after(rest.min(A_MINUTE));
                println!("after {:.0?}: {}", start.elapsed(), self.tell());
                if !goes_on || rest <= A_MINUTE {
                    break;
                }
            }
            self.end(Ok(()));
        });
        let outcome = self.over.lock().unwrap().take();
        outcome.unwrap().unwrap_or_else(|error| panic!("{error}"));
    }

    /// One client, turn after turn, until the end or until a turn goes wrong, which ends it for all.
    fn repeat(&self, name: &str, client: Client, pause: u64, mut random: Random) {
        while self.goes_on_after(random.milliseconds(pause)) {
            let turn = catch_unwind(AssertUnwindSafe(|| client(self, &mut random)));
            match turn {
                Ok(Ok(())) => {}
                Ok(Err(error)) => self.end(Err(format!("{name}: {error}"))),
                Err(_) => self.end(Err(format!("{name}: panicked, see above"))),
            }
        }
    }

    /// Whether it is not over yet.
    fn goes_on(&self) -> bool {
        self.goes_on_after(Duration::ZERO)
    }

    /// Waits for the end, but no longer than so; whether it is still to come.
    fn goes_on_after(&self, pause: Duration) -> bool {
        let over = self.over.lock().unwrap();
        let waited = self
            .ended
            .wait_timeout_while(over, pause, |over| over.is_none());
        waited.unwrap().0.is_none()
    }

    /// Ends it; what came first is why.
    fn end(&self, outcome: Outcome) {
        self.over.lock().unwrap().get_or_insert(outcome);
        self.ended.notify_all();
    }

    fn count(&self, kind: Kind) {
        self.counts[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// The size of the next datagram.
    fn next_size(&self) -> usize {
        faults::size(self.sizes.fetch_add(1, Ordering::Relaxed))
    }

    /// How it goes, in one line.
    fn tell(&self) -> String {
        let counts = KINDS.map(|(kind, name)| {
            let count = self.counts[kind as usize].load(Ordering::Relaxed);
            format!("{count} {name}")
        });
        let servers = self
            .servers
            .all()
            .map(|server| format!("{}: {}", server.name, server.usage()));
        format!("{}; {}", counts.join(", "), servers.join("; "))
    }

    /// Talks to the servers until each has the descriptors, threads and children of the beginning again.
    fn settle(&self, random: &mut Random) -> [Usage; COUNT] {
        let start = Instant::now();
        loop {
            // A thread says its last word before it ends: the end is no event that anybody is told of.
            for server in self.servers.all() {
                (server.polite)(self, random)
                    .unwrap_or_else(|error| panic!("{}: {error}", server.name));
            }
            let now = self.servers.usage();
            let same = |(now, first): (&Usage, &Usage)| {
                (now.descriptors, now.threads, now.children)
                    == (first.descriptors, first.threads, first.children)
            };
            if now.iter().zip(&self.first).all(same) {
                return now;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "descriptors or threads do not come back: {}",
                self.tell()
            );
        }
    }
}
