//! How soon a server is ready, how soon it is gone, and what it does in between when nobody comes.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::contenders::{tcp, udp};
use crate::measure::{Contender, Effort, in_turn};
use crate::process::{Server, activity, is_installed};
use crate::report::{Better, Fact, Goal, Plan, Theme};

/// Start until ready, Ctrl+C until gone.
pub fn start_and_stop(effort: &Effort) -> Theme {
    let mut theme = Theme::default();
    let has_python = lab::python("tcp_server.py").is_some();
    if !has_python {
        theme.leave_out("Python", "not installed");
    }
    for (name, ours, python) in [
        (
            "tcp-server",
            tcp::ours as fn() -> Command,
            tcp::python as fn() -> Command,
        ),
        ("udp-server", udp::ours, udp::python),
    ] {
        let mut contenders = vec![Contender::new(name, move || lives(ours, effort.launches))];
        if has_python {
            contenders.push(Contender::new("Python", move || {
                lives(python, effort.launches)
            }));
        }
        let unit = ("ms", Better::Less);
        let [ready, gone] = [
            format!("{name}: start until ready"),
            format!("{name}: Ctrl+C until gone"),
        ];
        let plans = [
            Plan::new(ready, unit, 0, name, &[Goal::TimesAsGoodAs("Python", 10.0)]),
            Plan::new(gone, unit, 1, name, &[Goal::AtMost(50.0)]),
        ];
        theme.rows.extend(in_turn(effort, contenders, &plans));
    }
    theme
}

/// Milliseconds until ready and until gone, each the mean of some lives.
fn lives(command: fn() -> Command, lives: usize) -> Vec<f64> {
    let (mut ready, mut gone) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..lives {
        let server = Server::start(&mut command());
        ready += server.ready_after;
        // Ready is not yet asleep.
        thread::sleep(Duration::from_millis(20));
        gone += server.ctrl_c();
    }
    [ready, gone]
        .map(|time| time.as_secs_f64() * 1e3 / lives as f64)
        .into()
}

/// What a server does while nobody comes: nothing.
pub fn idle(effort: &Effort) -> Theme {
    let mut theme = Theme::default();
    let time = effort.idle;
    let mut servers = vec![
        ("tcp-server", true, Server::start(&mut tcp::ours())),
        ("udp-server", true, Server::start(&mut udp::ours())),
    ];
    if lab::python("tcp_server.py").is_some() {
        servers.push(("Python, TCP", false, Server::start(&mut tcp::python())));
        servers.push(("Python, UDP", false, Server::start(&mut udp::python())));
    } else {
        theme.leave_out("Python", "not installed");
    }
    // A server that is ready may still have to come to rest.
    thread::sleep(Duration::from_millis(100));
    let before: Vec<_> = servers
        .iter()
        .map(|(.., server)| activity(server.id()))
        .collect();
    thread::sleep(time);
    for ((name, ours, server), before) in servers.iter().zip(before) {
        let Some((before, after)) = before.zip(activity(server.id())) else {
            theme.leave_out(name, "this system has no /proc to read it from");
            continue;
        };
        let busy = after.nanoseconds - before.nanoseconds;
        let switches = after.switches - before.switches;
        theme.facts.push(Fact {
            what: format!("{name}, idle for {time:?}"),
            seen: format!("{busy} ns on a processor, {switches} times given one"),
            goal: ours.then_some(("none", busy == 0 && switches == 0)),
        });
    }
    if !is_installed("strace") {
        theme.leave_out("system calls", "strace is not installed");
        return theme;
    }
    // Only now: to be traced is itself a disturbance.
    let traces: Vec<_> = servers
        .iter()
        .map(|(.., server)| {
            thread::spawn({
                let id = server.id();
                move || system_calls(id, time)
            })
        })
        .collect();
    for ((name, ours, _), trace) in servers.iter().zip(traces) {
        match trace.join().expect("it does not panic") {
            Some(calls) => theme.facts.push(Fact {
                what: format!("{name}, idle for {time:?} under strace"),
                seen: format!("{calls} system calls"),
                goal: ours.then_some(("0", calls == 0)),
            }),
            None => theme.leave_out(
                &format!("system calls of {name}"),
                "strace may not trace here",
            ),
        }
    }
    theme
}

/// How many system calls come to an end in that time, in all threads; none if strace cannot tell. The calls
/// that it finds the threads asleep in do not end.
fn system_calls(id: u32, time: Duration) -> Option<usize> {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("strace-{id}"));
    let mut strace = Command::new("strace")
        .args(["-f", "-o"])
        .arg(&file)
        .args(["-p", &id.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    thread::sleep(time);
    let attached = strace.try_wait().ok()?.is_none();
    if attached {
        let process = rustix::process::Pid::from_child(&strace);
        rustix::process::kill_process(process, rustix::process::Signal::INT).ok()?;
    }
    strace.wait().ok()?;
    let trace = fs::read_to_string(&file);
    let _ = fs::remove_file(&file);
    // Each thread is there with the call that it sleeps in, or nothing was traced.
    let trace = trace.ok().filter(|trace| attached && !trace.is_empty())?;
    Some(
        trace
            .lines()
            .filter(|line| line.contains(") = ") || line.contains(" = "))
            .count(),
    )
}
