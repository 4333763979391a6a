//! tcp-server, beside Python, socat, ncat and the floor: round trips, connections, and a burst of them.

use std::fs;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::contenders::tcp::{entries, on_one_thread, python_with_sleep, with_processes};
use crate::load;
use crate::measure::{Contender, Effort, in_turn, median};
use crate::process::{Server, on_one_core, processor_time};
use crate::report::{Better, Fact, Goal, Plan, Theme, number};

/// One client, and fifty at once, each waiting for its answer before it sends the next name.
pub fn round_trips(effort: &Effort) -> Theme {
    let mut theme = Theme::default();
    let mut entries = entries(&mut theme);
    if let Some(place) = entries.iter().position(|(name, _)| *name == "Python") {
        entries.insert(place + 1, ("Python, time.sleep(0)", python_with_sleep));
    }
    entries.insert(2, ("many_on_one_thread", on_one_thread));
    for (clients, what) in [(1, "1 client"), (50, "50 clients")] {
        let contenders = entries.iter().map(|(name, command)| {
            Contender::new(*name, move || {
                let measure = || {
                    let server = Server::start(&mut command());
                    let (answers, rate) =
                        load::tcp_round_trips(server.address, clients, effort.sample);
                    vec![rate, microseconds_each(&server, answers)]
                };
                if clients == 1 {
                    on_one_core(measure)
                } else {
                    measure()
                }
            })
        });
        let (rate, each) = (("messages/s", Better::More), ("µs", Better::Less));
        let mut goals = vec![Goal::TimesAsGoodAs("floor", 0.9)];
        if clients == 50 {
            goals.push(Goal::TimesAsGoodAs("Python", 4.0));
        }
        let mut plans = vec![Plan::new(what, rate, 0, "tcp-server", &goals)];
        if clients == 50 {
            let one_thread = "many_on_one_thread";
            let as_many = [Goal::TimesAsGoodAs("tcp-server", 1.0)];
            plans.push(Plan::new(what, rate, 0, one_thread, &as_many));
            let on_processor = "50 clients, time on a processor for each message";
            plans.push(Plan::new(on_processor, each, 1, one_thread, &[]));
        }
        theme
            .rows
            .extend(in_turn(effort, contenders.collect(), &plans));
    }
    theme
}

/// How long a server was on a processor for each of so many answers; NaN where the system does not tell, or not of
/// the processes that it started.
fn microseconds_each(server: &Server, answers: usize) -> f64 {
    let spent = processor_time(server.id()).filter(|_| !server.forks());
    spent.map_or(f64::NAN, |spent| spent.as_secs_f64() * 1e6 / answers as f64)
}

/// Connect, be greeted, say `exit`: four clients, again and again.
pub fn connections(effort: &Effort) -> Theme {
    let mut theme = Theme::default();
    let mut entries = entries(&mut theme);
    entries.insert(2, ("many_on_one_thread", on_one_thread));
    entries.insert(3, ("process_per_connection", with_processes));
    let contenders = entries.into_iter().map(|(name, command)| {
        Contender::new(name, move || {
            let server = Server::start(&mut command());
            vec![load::tcp_connections(server.address, effort.sample)]
        })
    });
    let goals = [
        Goal::TimesAsGoodAs("floor", 0.9),
        Goal::TimesAsGoodAs("Python", 3.0),
    ];
    let (what, unit) = ("connect, greeting, exit", ("connections/s", Better::More));
    let plan = Plan::new(what, unit, 0, "tcp-server", &goals);
    theme.rows = in_turn(effort, contenders.collect(), &[plan]);
    theme
}

/// How long a client of the burst waits for its greeting.
const UNTIL_NEVER: Duration = Duration::from_secs(5);

/// The lesson about the backlog: a hundred clients at the same moment.
pub fn burst(effort: &Effort) -> Theme {
    let mut theme = Theme::default();
    for backlog in ["5", "128"] {
        let cookies = network_counter("SyncookiesSent");
        let rounds: Vec<_> = (0..effort.rounds.min(3))
            .map(|_| greeted_after(backlog))
            .collect();
        let cookies = cookies.zip(network_counter("SyncookiesSent"));
        theme.facts.push(Fact {
            what: format!("100 clients at once, backlog {backlog}"),
            seen: format!("greeted {}", when(&rounds)),
            goal: None,
        });
        if let Some((before, after)) = cookies {
            theme.facts.push(Fact {
                what: format!("SYN cookies, {} such bursts", rounds.len()),
                seen: number((after - before) as f64),
                goal: None,
            });
        }
    }
    theme
}

/// How many of a burst were greeted in which second: medians of the rounds.
fn when(rounds: &[Vec<f64>]) -> String {
    let middle = |count: &dyn Fn(&[f64]) -> usize| {
        let counts: Vec<_> = rounds.iter().map(|round| count(round) as f64).collect();
        median(&counts)
    };
    let mut seen = Vec::new();
    for second in 0..UNTIL_NEVER.as_secs() {
        // What waits for a second is there a little later, never sooner.
        let from = second as f64 - 0.02;
        let count = middle(&|round| {
            let then = |time: &&f64| (from..from + 1.0).contains(*time);
            round.iter().filter(then).count()
        });
        match second {
            _ if count == 0.0 => {}
            0 => seen.push(format!("{} at once", number(count))),
            _ => seen.push(format!("{} after {second} s", number(count))),
        }
    }
    let never = middle(&|round| CLIENTS - round.len());
    if never > 0.0 {
        let time = UNTIL_NEVER.as_secs();
        seen.push(format!("{} not within {time} s", number(never)));
    }
    seen.join(", ")
}

/// How many clients make a burst.
const CLIENTS: usize = 100;

/// When each client of a burst was greeted, in seconds, as far as they were.
fn greeted_after(backlog: &str) -> Vec<f64> {
    let mut command = lab::program("tcp-server");
    command.args(["127.0.0.1:0", "--delay", "0", "--backlog", backlog]);
    let server = Server::start(&mut command);
    let (address, barrier) = (server.address, &Barrier::new(CLIENTS));
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(move || {
                    barrier.wait();
                    let start = Instant::now();
                    let stream = load::welcomed_within(address, UNTIL_NEVER).ok()?;
                    let taken = start.elapsed();
                    load::forget(&stream);
                    Some(taken.as_secs_f64())
                })
            })
            .collect();
        clients
            .into_iter()
            .filter_map(|client| client.join().expect("a client does not panic"))
            .collect()
    })
}

/// One of the counters that Linux keeps about TCP, of the whole machine.
fn network_counter(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/net/netstat").ok()?;
    let mut lines = text.lines().filter(|line| line.starts_with("TcpExt:"));
    let (names, values) = (lines.next()?, lines.next()?);
    let place = names.split(' ').position(|word| word == name)?;
    values.split(' ').nth(place)?.parse().ok()
}
