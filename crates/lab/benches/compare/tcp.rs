//! tcp-server, beside Python, socat, ncat and the floor: round trips, connections, and a burst of them.

use std::fs;
use std::process::Command;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::measure::{Contender, Effort, in_turn, median};
use crate::process::{Server, free_port, is_installed, on_one_core, processor_time};
use crate::report::{Better, Fact, Goal, Plan, Theme, number};
use crate::{floor, load};

/// What a shell has to do to have this conversation; each `dd` is one `recv(1024)`.
const TALK: &str = "printf Welcome!; \
    while name=$(dd bs=1024 count=1 2>/dev/null) && [ \"$name\" ] && [ \"$name\" != exit ]; \
    do printf 'Hello, %s!' \"$name\"; done";

/// A name, and a command that starts a server which says where it is.
pub type Entry = (&'static str, fn() -> Command);

pub fn ours() -> Command {
    let mut command = lab::program("tcp-server");
    command.args(["127.0.0.1:0", "--delay", "0", "--backlog", "128"]);
    command
}

pub fn floor() -> Command {
    floor::command("tcp")
}

pub fn on_one_thread() -> Command {
    let mut command = lab::example("many_on_one_thread");
    command.arg("127.0.0.1:0");
    command
}

fn with_processes() -> Command {
    let mut command = lab::example("process_per_connection");
    command.arg("127.0.0.1:0");
    command
}

pub fn python() -> Command {
    let mut command = lab::python("tcp_server.py").expect("it was asked for");
    command.args(["127.0.0.1:0", "none"]);
    command
}

/// As ours, the tutorial's program with its second of sleep made 0; but in Python that is still a sleep.
fn python_with_sleep() -> Command {
    let mut command = lab::python("tcp_server.py").expect("it was asked for");
    command.args(["127.0.0.1:0", "0"]);
    command
}

/// socat takes apart the command that it is given, quotes and commas: so the shell finds it in a variable.
pub fn shell(text: &str) -> [String; 2] {
    ["TALK".into(), text.into()]
}

fn socat() -> Command {
    let mut command = Command::new("socat");
    let [name, value] = shell(TALK);
    command.env(name, value);
    command.args(["-d", "-d", "TCP-LISTEN:0,bind=127.0.0.1,fork,backlog=128"]);
    command.arg("SYSTEM:eval $TALK");
    command
}

fn ncat() -> Command {
    let mut command = Command::new("ncat");
    command.args([
        "-v",
        "-l",
        "-k",
        "-m",
        "1000",
        "--sh-exec",
        TALK,
        "127.0.0.1",
    ]);
    command.arg(free_port().to_string());
    command
}

/// Who can have this conversation here, ours first.
fn entries(theme: &mut Theme) -> Vec<Entry> {
    let mut entries: Vec<Entry> = vec![("tcp-server", ours), ("floor", floor)];
    let peers: [Entry; 3] = [("Python", python), ("socat", socat), ("ncat", ncat)];
    add_installed(&mut entries, theme, peers);
    entries
}

/// Adds those of the peers that are installed, and notes the others as left out.
pub fn add_installed(entries: &mut Vec<Entry>, theme: &mut Theme, peers: [Entry; 3]) {
    for (name, command) in peers {
        let installed = match name {
            "Python" => lab::python("tcp_server.py").is_some(),
            tool => is_installed(tool),
        };
        if installed {
            entries.push((name, command));
        } else {
            theme.leave_out(name, "not installed");
        }
    }
}

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
