//! What was measured, as a reader sees it: tables, ratios and verdicts.

use std::fmt::Write;

use lab::interval::{Bound, Interval, Verdict, median};

use crate::measure::{Figures, extremes};

/// Which figures are the better ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    More,
    Less,
}

/// What our program must reach.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    /// To be so many times as good as that one. Where the floor is not, ours need not be.
    TimesAsGoodAs(&'static str, f64),
    /// Not to need more than that.
    AtMost(f64),
}

/// What a row will be about.
#[derive(Clone, Debug)]
pub struct Plan {
    pub what: String,
    pub unit: &'static str,
    pub better: Better,
    /// Which figures of each run.
    pub kind: usize,
    /// Whose row it is; the others are compared with it.
    pub ours: &'static str,
    pub goals: Vec<Goal>,
}

/// One thing that was measured, of everybody who could do it.
#[derive(Clone, Debug)]
pub struct Row {
    pub plan: Plan,
    ours: Vec<f64>,
    others: Vec<(String, Vec<f64>)>,
}

/// Something that is seen rather than compared.
#[derive(Clone, Debug)]
pub struct Fact {
    pub what: String,
    pub seen: String,
    /// What it must be, and whether it is; none if it is only reported.
    pub goal: Option<(&'static str, bool)>,
}

/// Everything about one row of the page.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    pub rows: Vec<Row>,
    pub facts: Vec<Fact>,
    /// Who was not measured, and why.
    pub left_out: Vec<String>,
}

impl Plan {
    pub fn new(
        what: impl Into<String>,
        (unit, better): (&'static str, Better),
        kind: usize,
        ours: &'static str,
        goals: &[Goal],
    ) -> Self {
        Self {
            what: what.into(),
            unit,
            better,
            kind,
            ours,
            goals: goals.to_vec(),
        }
    }
}

impl Row {
    /// What came of the plan: the figures of its kind, of those who have any.
    pub fn new(plan: &Plan, figures: &[Figures]) -> Self {
        let (mut ours, mut others) = (Vec::new(), Vec::new());
        for one in figures {
            let figures = &one.kinds[plan.kind];
            if one.name == plan.ours {
                ours.clone_from(figures);
            } else if figures.iter().all(|figure| figure.is_finite()) {
                others.push((one.name.clone(), figures.clone()));
            }
        }
        Self {
            plan: plan.clone(),
            ours,
            others,
        }
    }

    /// Who was measured, ours first, each with the median.
    pub fn medians(&self) -> Vec<(&str, f64)> {
        let others = self.others.iter();
        let others = others.map(|(name, figures)| (name.as_str(), median(figures)));
        let ours = (self.plan.ours, median(&self.ours));
        [ours].into_iter().chain(others).collect()
    }

    fn figures_of(&self, name: &str) -> Option<&[f64]> {
        let other = self.others.iter().find(|(other, _)| other == name)?;
        Some(&other.1)
    }

    /// How many times as good the one is as the other: of two figures of one round, which are a pair.
    fn ratio(&self, one: &[f64], other: &[f64]) -> Interval {
        let pairs = one
            .iter()
            .zip(other)
            .map(|(one, other)| match self.plan.better {
                Better::More => one / other,
                Better::Less => other / one,
            });
        Interval::of_median(&pairs.collect::<Vec<_>>())
    }

    /// How many times as good ours is as one of the others, if that was measured.
    pub fn ratio_to(&self, name: &str) -> Option<Interval> {
        Some(self.ratio(&self.ours, self.figures_of(name)?))
    }

    /// None where the goal is about somebody who was not measured.
    fn verdict(&self, goal: Goal) -> Option<(Verdict, bool)> {
        match goal {
            Goal::AtMost(most) => {
                let ours = Interval::of_median(&self.ours);
                Some((ours.decides(Bound::AtMost(most)), false))
            }
            Goal::TimesAsGoodAs(name, least) => {
                let bound = Bound::AtLeast(least);
                let verdict = self.ratio_to(name)?.decides(bound);
                let floor_misses = || {
                    let floor = self.ratio(self.figures_of("floor")?, self.figures_of(name)?);
                    Some(floor.decides(bound) == Verdict::NotMet)
                };
                let gives_way = verdict != Verdict::Met && name != "floor";
                Some((verdict, gives_way && floor_misses().unwrap_or(false)))
            }
        }
    }

    /// Whether more rounds would change nothing.
    pub fn is_decided(&self) -> bool {
        let mut verdicts = self
            .plan
            .goals
            .iter()
            .filter_map(|goal| self.verdict(*goal));
        verdicts.all(|(verdict, gives_way)| verdict != Verdict::Open || gives_way)
    }

    /// What must be reached, and whether it was: of all of it, or of what is about one of the others.
    fn goals(&self, other: Option<&str>) -> (String, String) {
        let mut cells = (String::new(), String::new());
        for goal in &self.plan.goals {
            let must = match goal {
                Goal::AtMost(most) if other.is_none() => format!("at most {}", number(*most)),
                Goal::TimesAsGoodAs(name, least) if other == Some(name) => {
                    format!("at least {}", number(*least))
                }
                _ => continue,
            };
            let verdict = match self.verdict(*goal) {
                Some((_, true)) => GIVES_WAY,
                Some((Verdict::Met, _)) => MET,
                Some((Verdict::NotMet, _)) => NOT_MET,
                Some((Verdict::Open, _)) | None => OPEN,
            };
            cells = (must, verdict.into());
        }
        cells
    }

    fn lines(&self) -> Vec<[String; 7]> {
        let spread = |figures: &[f64]| {
            let (lowest, highest) = extremes(figures);
            format!("{} to {}", number(lowest), number(highest))
        };
        let (must, verdict) = self.goals(None);
        let mut lines = vec![[
            format!("{}, {}", self.plan.what, self.plan.unit),
            format!("**{}**", self.plan.ours),
            number(median(&self.ours)),
            spread(&self.ours),
            format!("{} rounds", self.ours.len()),
            must,
            verdict,
        ]];
        for (name, figures) in &self.others {
            let ratio = self.ratio(&self.ours, figures);
            let (must, verdict) = self.goals(Some(name));
            lines.push([
                String::new(),
                name.clone(),
                number(median(figures)),
                spread(figures),
                format!(
                    "**{}** ({} to {})",
                    number(ratio.median),
                    number(ratio.low),
                    number(ratio.high)
                ),
                must,
                verdict,
            ]);
        }
        lines
    }
}

const MET: &str = "met";
const NOT_MET: &str = "**not met**";
const OPEN: &str = "open";
const GIVES_WAY: &str = "nor does the floor";

impl Theme {
    /// Notes who was not measured.
    pub fn leave_out(&mut self, who: &str, why: &str) {
        self.left_out.push(format!("{who} ({why})"));
    }

    /// The whole as Markdown.
    pub fn table(&self) -> String {
        let mut text = String::new();
        if !self.rows.is_empty() {
            let head = [
                "what",
                "who",
                "median",
                "lowest to highest",
                "ours is … times as good",
                "must be",
                "verdict",
            ];
            let lines: Vec<_> = self.rows.iter().flat_map(Row::lines).collect();
            text += &markdown(&head, &lines);
        }
        if !self.facts.is_empty() {
            let lines: Vec<_> = self
                .facts
                .iter()
                .map(|fact| {
                    let (must, verdict) = match fact.goal {
                        Some((must, true)) => (must, MET),
                        Some((must, false)) => (must, NOT_MET),
                        None => ("", ""),
                    };
                    [
                        fact.what.clone(),
                        fact.seen.clone(),
                        must.into(),
                        verdict.into(),
                    ]
                })
                .collect();
            if !text.is_empty() {
                text.push('\n');
            }
            text += &markdown(&["what", "seen", "must be", "verdict"], &lines);
        }
        if !self.left_out.is_empty() {
            let _ = write!(text, "\nLeft out: {}.\n", self.left_out.join("; "));
        }
        text
    }

    fn count(&self, verdict: &str) -> usize {
        self.table().matches(&format!("| {verdict} |")).count()
    }
}

/// How many goals were met.
pub fn verdicts(themes: &[(&str, Theme)]) -> String {
    let count = |verdict| {
        themes
            .iter()
            .map(|(_, theme)| theme.count(verdict))
            .sum::<usize>()
    };
    format!(
        "Goals met: {}. Not met: {}. Open, because the interval has the goal in it: {}. \
         Given up, because the floor misses it too: {}.\n",
        count(MET),
        count(NOT_MET),
        count(OPEN),
        count(GIVES_WAY)
    )
}

/// Rows of cells as a Markdown table.
pub fn markdown<const N: usize>(head: &[&str; N], lines: &[[String; N]]) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(N));
    for cells in lines {
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// Three digits that count, and no more than are needed.
pub fn number(figure: f64) -> String {
    let digits = match figure.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{figure:.digits$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 && digit.is_ascii_digit() {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match fraction.trim_end_matches('0') {
        "" => grouped,
        fraction => format!("{grouped}.{fraction}"),
    }
}
