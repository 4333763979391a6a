//! Turns, and what can be said about a series of figures.

use std::time::{Duration, Instant};

pub use lab::interval::median;

use crate::report::{Plan, Row};

/// How much is done for a figure.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Rounds that count, after one to warm up: at least so many, and more while a goal is open.
    pub rounds: usize,
    /// How long rounds are added.
    pub limit: Duration,
    /// How long a load is kept up for one figure.
    pub sample: Duration,
    /// How many times a program is started for one figure.
    pub launches: usize,
    /// How many idle clients are held at most.
    pub crowd: usize,
    /// How long idleness is watched.
    pub idle: Duration,
}

/// What the page is made from.
pub const FULL: Effort = Effort {
    rounds: 9,
    limit: Duration::from_secs(45),
    sample: Duration::from_millis(200),
    launches: 5,
    crowd: 9_000,
    idle: Duration::from_secs(5),
};

/// What is enough to see that everything works.
pub const QUICK: Effort = Effort {
    rounds: 2,
    limit: Duration::ZERO,
    sample: Duration::from_millis(40),
    launches: 2,
    crowd: 500,
    idle: Duration::from_millis(500),
};

/// After so many rounds more, we look again whether all is decided. To look after each would find a
/// decision by chance too often.
const ROUNDS_BETWEEN_LOOKS: usize = 4;

/// Whoever is measured, and how: one run gives one figure of each kind, or NaN where there is none.
pub struct Contender<'a> {
    pub name: String,
    pub measure: Box<dyn FnMut() -> Vec<f64> + 'a>,
}

impl<'a> Contender<'a> {
    pub fn new(name: impl Into<String>, measure: impl FnMut() -> Vec<f64> + 'a) -> Self {
        Self {
            name: name.into(),
            measure: Box::new(measure),
        }
    }
}

/// The figures of one contender: for each kind, one a round.
#[derive(Clone, Debug)]
pub struct Figures {
    pub name: String,
    pub kinds: Vec<Vec<f64>>,
}

/// Measures all contenders in turn, round after round, until every goal is met or not met, or time is up.
///
/// Every other round goes backwards, so that nobody always comes after the same one.
pub fn in_turn(effort: &Effort, mut contenders: Vec<Contender<'_>>, plans: &[Plan]) -> Vec<Row> {
    let mut all: Vec<Figures> = contenders
        .iter()
        .map(|contender| Figures {
            name: contender.name.clone(),
            kinds: Vec::new(),
        })
        .collect();
    let start = Instant::now();
    for round in 0.. {
        let mut order: Vec<usize> = (0..contenders.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for turn in order {
            let figures = (contenders[turn].measure)();
            if round == 0 {
                continue; // to warm up
            }
            let kinds = &mut all[turn].kinds;
            kinds.resize(figures.len(), Vec::new());
            for (kind, figure) in kinds.iter_mut().zip(figures) {
                kind.push(figure);
            }
        }
        let enough = round >= effort.rounds;
        let looks = enough && (round - effort.rounds) % ROUNDS_BETWEEN_LOOKS == 0;
        let over = enough && start.elapsed() >= effort.limit;
        if looks || over {
            let rows: Vec<_> = plans.iter().map(|plan| Row::new(plan, &all)).collect();
            if over || rows.iter().all(Row::is_decided) {
                return rows;
            }
        }
    }
    unreachable!("rounds have no end but this one")
}

/// The lowest and the highest figure.
pub fn extremes(figures: &[f64]) -> (f64, f64) {
    let lowest = figures.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (lowest, highest)
}
