//! udp-server, beside Python, socat, ncat and the floor.

use std::cell::Cell;

use crate::measure::{Contender, Effort, in_turn};
use crate::process::{Server, on_one_core};
use crate::report::{Better, Fact, Goal, Plan, Theme};
use crate::{contenders, load};

/// One client, and eight, each waiting for its answer before it sends the next datagram.
pub fn datagrams(effort: &Effort) -> Theme {
    let mut theme = Theme::default();
    let entries = contenders::udp::entries(&mut theme);
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
