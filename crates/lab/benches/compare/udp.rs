//! udp-server, beside Python, socat, ncat and the floor.

use std::cell::Cell;
use std::process::Command;

use crate::measure::{Contender, Effort, in_turn};
use crate::process::{Server, free_port, on_one_core};
use crate::report::{Better, Fact, Goal, Plan, Theme};
use crate::tcp::{Entry, add_installed, shell};
use crate::{floor, load};

pub fn ours() -> Command {
    let mut command = lab::program("udp-server");
    command.arg("127.0.0.1:0");
    command
}

fn floor() -> Command {
    floor::command("udp")
}

fn printing_floor() -> Command {
    floor::command("udp-printing")
}

pub fn python() -> Command {
    let mut command = lab::python("udp_server.py").expect("it was asked for");
    command.arg("127.0.0.1:0");
    command
}

/// A process for each datagram.
fn socat() -> Command {
    let mut command = Command::new("socat");
    let answer = "name=$(dd bs=1024 count=1 2>/dev/null); printf 'Hello, %s!' \"$name\"";
    let [name, value] = shell(answer);
    command.env(name, value);
    let address = format!("UDP-RECVFROM:{},bind=127.0.0.1,fork", free_port());
    command.args(["-d", "-d", &address]);
    command.arg("SYSTEM:eval $TALK");
    command
}

/// A process for each peer, which an empty datagram ends.
fn ncat() -> Command {
    let talk = "while name=$(dd bs=1024 count=1 2>/dev/null) && [ \"$name\" ]; \
                do printf 'Hello, %s!' \"$name\"; done";
    let mut command = Command::new("ncat");
    command.args([
        "-v",
        "-u",
        "-l",
        "-k",
        "-m",
        "1000",
        "--sh-exec",
        talk,
        "127.0.0.1",
    ]);
    command.arg(free_port().to_string());
    command
}

/// One client, and eight, each waiting for its answer before it sends the next datagram.
pub fn datagrams(effort: &Effort) -> Theme {
    let mut theme = Theme::default();
    let mut entries: Vec<Entry> = vec![
        ("udp-server", ours),
        ("floor", floor),
        ("floor, printing", printing_floor),
    ];
    let peers: [Entry; 3] = [("Python", python), ("socat", socat), ("ncat", ncat)];
    add_installed(&mut entries, &mut theme, peers);
    for (clients, what) in [(1, "1 client"), (8, "8 clients")] {
        let lost: Vec<_> = entries.iter().map(|_| Cell::new(0)).collect();
        let contenders = entries.iter().zip(&lost).map(|((name, command), lost)| {
            Contender::new(*name, move || {
                let measure = || {
                    let server = Server::start(&mut command());
                    load::udp_round_trips(server.address, clients, effort.sample)
                };
                let (rate, unanswered) = if clients == 1 {
                    on_one_core(measure)
                } else {
                    measure()
                };
                lost.set(lost.get() + unanswered);
                vec![rate]
            })
        });
        let goals = [
            Goal::TimesAsGoodAs("floor", 0.9),
            Goal::TimesAsGoodAs("Python", 1.2),
        ];
        let plan = Plan::new(what, ("answers/s", Better::More), 0, "udp-server", &goals);
        let rows = in_turn(effort, contenders.collect(), &[plan]);
        theme.rows.extend(rows);
        let lost: Vec<_> = entries
            .iter()
            .zip(&lost)
            .filter(|(_, lost)| lost.get() > 0)
            .map(|((name, _), lost)| format!("{name}: {}", lost.get()))
            .collect();
        theme.facts.push(Fact {
            what: format!("{what}: answers that were wrong or took more than a second"),
            seen: if lost.is_empty() {
                "none".into()
            } else {
                lost.join(", ")
            },
            goal: None,
        });
    }
    theme
}
