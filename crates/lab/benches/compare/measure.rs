//! Turns, and what can be said about a series of figures.

use std::time::Duration;

/// How much is done for a figure.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Rounds that count, after one to warm up.
    pub rounds: usize,
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
    sample: Duration::from_millis(200),
    launches: 5,
    crowd: 9_000,
    idle: Duration::from_secs(5),
};

/// What is enough to see that everything works.
pub const QUICK: Effort = Effort {
    rounds: 2,
    sample: Duration::from_millis(40),
    launches: 2,
    crowd: 500,
    idle: Duration::from_millis(500),
};

/// Whoever is measured, and how: one run gives one figure of each kind.
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

/// Measures all contenders in turn. The first one is ours, and has a second turn in each round, whose
/// figures are the last ones.
///
/// Every other round goes backwards, so that nobody always comes after the same one.
pub fn in_turn(rounds: usize, mut contenders: Vec<Contender<'_>>) -> Vec<Figures> {
    let mut turns: Vec<usize> = (0..contenders.len()).collect();
    turns.push(0);
    let mut all: Vec<Figures> = turns
        .iter()
        .map(|&who| Figures {
            name: contenders[who].name.clone(),
            kinds: Vec::new(),
        })
        .collect();
    for round in 0..=rounds {
        let mut order: Vec<usize> = (0..turns.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for turn in order {
            let figures = (contenders[turns[turn]].measure)();
            if round == 0 {
                continue; // to warm up
            }
            let kinds = &mut all[turn].kinds;
            kinds.resize(figures.len(), Vec::new());
            for (kind, figure) in kinds.iter_mut().zip(figures) {
                kind.push(figure);
            }
        }
    }
    all
}

/// The figure in the middle.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The lowest and the highest figure.
pub fn extremes(figures: &[f64]) -> (f64, f64) {
    let lowest = figures.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (lowest, highest)
}
