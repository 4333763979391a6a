//! tcp-server holding as many idle clients as the descriptor limit allows.

use std::io::Read;
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::Instant;

use rustix::process::{Resource, getrlimit};

use crate::contenders::tcp::{floor, on_one_thread, ours, python};
use crate::load;
use crate::measure::{Contender, Effort, in_turn};
use crate::process::{Server, memory};
use crate::report::{Better, Fact, Goal, Plan, Row, Theme, number};

/// What this program and a server need besides.
const OTHER_DESCRIPTORS: u64 = 100;

/// How many clients connect side by side: the tutorial's backlog of 5 holds them all.
const AT_THE_DOOR: usize = 4;

/// Memory for each client, the time until all are greeted, and until all are closed after Ctrl+C.
pub fn crowd(effort: &Effort) -> Theme {
    let mut theme = Theme::default();
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let most = usize::try_from(limit.saturating_sub(OTHER_DESCRIPTORS)).unwrap_or(usize::MAX);
    let clients = most.min(effort.crowd);
    let mut lost = 0;
    let mut closing = Vec::new();
    let mut contenders = vec![
        Contender::new("tcp-server", || {
            let (figures, unclosed, taken) = gather(&mut ours(), clients, true);
            lost += unclosed;
            closing.push(taken);
            figures
        }),
        Contender::new("floor", || gather(&mut floor(), clients, false).0),
    ];
    if lab::python("tcp_server.py").is_some() {
        contenders.push(Contender::new("Python", || {
            gather(&mut python(), clients, false).0
        }));
    } else {
        theme.leave_out("Python", "not installed");
    }
    theme.leave_out(
        "socat and ncat",
        "two processes a client, thousands of times",
    );
    let count = number(clients as f64);
    let [memory, time] = [
        format!("memory for each of {count}"),
        format!("until {count} are greeted"),
    ];
    let (kib, ms) = (("KiB", Better::Less), ("ms", Better::Less));
    let mut plans = vec![Plan::new(time, ms, 0, "tcp-server", &[])];
    if crate::process::memory(std::process::id(), "VmRSS").is_some() {
        plans.push(Plan::new(
            &memory,
            kib,
            1,
            "tcp-server",
            &[Goal::AtMost(12.0)],
        ));
    } else {
        theme.leave_out("memory", "this system has no /proc to read it from");
    }
    let fewer = Effort {
        rounds: effort.rounds.min(6),
        ..*effort
    };
    theme.rows = in_turn(&fewer, contenders, &plans);
    theme.rows.extend(one_thread(&fewer, clients));
    let asked = closing.len() * clients;
    theme.facts.push(Fact {
        what: format!("greeted, of {}", number(asked as f64)),
        seen: format!("{} in {} crowds", number(asked as f64), closing.len()),
        // Had one of them not been greeted, that would have ended the run.
        goal: Some(("all", true)),
    });
    theme.facts.push(Fact {
        what: "not closed in order after Ctrl+C".into(),
        seen: lost.to_string(),
        goal: Some(("0", lost == 0)),
    });
    theme.facts.push(Fact {
        what: format!("Ctrl+C until all {count} were closed and the server was gone"),
        seen: format!("{} ms", number(crate::measure::median(&closing))),
        goal: None,
    });
    theme
}

/// How many the one thread holds at most: `poll` looks at each of them whenever one comes.
const ON_ONE_THREAD: usize = 1_000;

/// The memory of a server that has one thread for all.
fn one_thread(effort: &Effort, clients: usize) -> Vec<Row> {
    let clients = clients.min(ON_ONE_THREAD);
    let mut contenders = vec![Contender::new("many_on_one_thread", move || {
        gather(&mut on_one_thread(), clients, false).0
    })];
    if lab::python("tcp_server.py").is_some() {
        contenders.push(Contender::new("Python", move || {
            gather(&mut python(), clients, false).0
        }));
    }
    if memory(std::process::id(), "VmRSS").is_none() {
        return Vec::new();
    }
    let what = format!("memory for each of {}", number(clients as f64));
    let third = [Goal::TimesAsGoodAs("Python", 3.0)];
    let unit = ("KiB", Better::Less);
    let plan = Plan::new(what, unit, 1, "many_on_one_thread", &third);
    in_turn(effort, contenders, &[plan])
}

/// One crowd: milliseconds until all are greeted and KiB for each; how many did not see an orderly end, and
/// the milliseconds that Ctrl+C took.
fn gather(command: &mut Command, clients: usize, ctrl_c: bool) -> (Vec<f64>, usize, f64) {
    let server = Server::start(command);
    // The first client pays for what is only needed once.
    load::forget(&load::welcomed(server.address));
    let before = memory(server.id(), "VmRSS");
    let start = Instant::now();
    let mut streams = greeted(&server, clients);
    let taken = start.elapsed().as_secs_f64() * 1e3;
    let each = memory(server.id(), "VmRSS")
        .zip(before)
        .map_or(f64::NAN, |(with, before)| (with - before) / clients as f64);

    let (mut lost, mut closing) = (0, 0.0);
    if ctrl_c {
        closing = server.ctrl_c().as_secs_f64() * 1e3;
        // The end of the stream, and no reset: a connection that was closed, not cut off.
        let in_order = |stream: &mut TcpStream| matches!(stream.read(&mut [0; 8]), Ok(0));
        lost = streams
            .iter_mut()
            .filter_map(|stream| (!in_order(stream)).then_some(()))
            .count();
    }
    streams.iter().for_each(load::forget);
    (vec![taken, each], lost, closing)
}

/// Connects all, some side by side, each of which waits for its greeting before the next one comes.
fn greeted(server: &Server, clients: usize) -> Vec<TcpStream> {
    let address = server.address;
    thread::scope(|scope| {
        let doors: Vec<_> = (0..AT_THE_DOOR)
            .map(|door| {
                let share = clients / AT_THE_DOOR + usize::from(door < clients % AT_THE_DOOR);
                scope.spawn(move || {
                    (0..share)
                        .map(|_| load::welcomed(address))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        doors
            .into_iter()
            .flat_map(|door| door.join().expect("a client does not panic"))
            .collect()
    })
}
