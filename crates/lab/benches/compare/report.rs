//! What was measured, as a reader sees it: tables, ratios and verdicts.

use std::fmt::Write;

use crate::measure::{Figures, extremes, median};

/// Beyond this difference of a program from itself, a row decides nothing.
const TOLERANCE: f64 = 0.05;

/// Which figures are the better ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    More,
    Less,
}

/// What our program must reach.
#[derive(Clone, Debug)]
pub enum Goal {
    /// To be so many times as good as that one.
    TimesAsGoodAs(&'static str, f64),
    /// Not to need more than that.
    AtMost(f64),
}

/// One thing that was measured, of everybody who could do it.
#[derive(Clone, Debug)]
pub struct Row {
    pub what: String,
    pub unit: &'static str,
    pub better: Better,
    name: String,
    ours: Vec<f64>,
    again: Vec<f64>,
    others: Vec<(String, Vec<f64>)>,
    goals: Vec<Goal>,
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

/// How many times as good ours is as another.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    pub of_medians: f64,
    pub lowest: f64,
    pub highest: f64,
}

impl Row {
    /// The figures of one kind, as they come from taking turns: ours first, ours again last.
    pub fn new(
        what: impl Into<String>,
        (unit, better): (&'static str, Better),
        figures: &[Figures],
        kind: usize,
        goals: &[Goal],
    ) -> Self {
        let mut all = figures
            .iter()
            .map(|one| (one.name.clone(), one.kinds[kind].clone()));
        let (name, ours) = all.next().expect("there is always ours");
        let mut others: Vec<_> = all.collect();
        let (_, again) = others.pop().expect("ours is measured twice");
        Self {
            what: what.into(),
            unit,
            better,
            name,
            ours,
            again,
            others,
            goals: goals.to_vec(),
        }
    }

    /// How far ours differs from itself: 0.05 is 5 %.
    fn self_difference(&self) -> f64 {
        let (ours, again) = (median(&self.ours), median(&self.again));
        (again - ours).abs() / ours.min(again)
    }

    fn is_conclusive(&self) -> bool {
        self.self_difference() <= TOLERANCE
    }

    /// Both turns of ours.
    fn both(&self) -> Vec<f64> {
        [&self.ours[..], &self.again].concat()
    }

    fn ratio(&self, other: &[f64]) -> Ratio {
        let times = |ours: f64, other: f64| match self.better {
            Better::More => ours / other,
            Better::Less => other / ours,
        };
        let rounds = self.ours.iter().zip(&self.again).zip(other);
        let ratios: Vec<_> = rounds
            .map(|((&ours, &again), &other)| times(f64::midpoint(ours, again), other))
            .collect();
        let (lowest, highest) = extremes(&ratios);
        Ratio {
            of_medians: times(median(&self.both()), median(other)),
            lowest,
            highest,
        }
    }

    /// Who was measured, ours first, each with the median.
    pub fn medians(&self) -> Vec<(&str, f64)> {
        let others = self.others.iter();
        let others = others.map(|(name, figures)| (name.as_str(), median(figures)));
        let ours = (self.name.as_str(), median(&self.both()));
        [ours].into_iter().chain(others).collect()
    }

    /// The ratio to one of the others, if that was measured.
    pub fn ratio_to(&self, name: &str) -> Option<Ratio> {
        let other = self.others.iter().find(|(other, _)| other == name)?;
        Some(self.ratio(&other.1))
    }

    fn verdict(&self, met: bool) -> &'static str {
        match met {
            _ if !self.is_conclusive() => "inconclusive",
            true => "met",
            false => "**not met**",
        }
    }

    /// What must be reached, and whether it was: of all of it, or of what is about one of the others.
    fn goals(&self, other: Option<&str>) -> (String, String) {
        let mut cells = (String::new(), String::new());
        for goal in &self.goals {
            let (must, met) = match goal {
                Goal::AtMost(most) if other.is_none() => {
                    let met = median(&self.both()) <= *most;
                    (format!("at most {}", number(*most)), met)
                }
                Goal::TimesAsGoodAs(name, least) if other == Some(name) => {
                    let met = self
                        .ratio_to(name)
                        .is_some_and(|ratio| ratio.of_medians >= *least);
                    (format!("at least {}", number(*least)), met)
                }
                _ => continue,
            };
            cells = (must, self.verdict(met).into());
        }
        cells
    }

    fn lines(&self) -> Vec<[String; 7]> {
        let spread = |figures: &[f64]| {
            let (lowest, highest) = extremes(figures);
            format!("{} to {}", number(lowest), number(highest))
        };
        let both = self.both();
        let (must, verdict) = self.goals(None);
        let itself = median(&self.again) / median(&self.ours);
        let mut lines = vec![[
            format!("{}, {}", self.what, self.unit),
            format!("**{}**", self.name),
            number(median(&both)),
            spread(&both),
            format!("A/A {itself:.2}"),
            must,
            verdict,
        ]];
        for (name, figures) in &self.others {
            let ratio = self.ratio(figures);
            let (must, verdict) = self.goals(Some(name));
            lines.push([
                String::new(),
                name.clone(),
                number(median(figures)),
                spread(figures),
                format!(
                    "**{}** ({} to {})",
                    number(ratio.of_medians),
                    number(ratio.lowest),
                    number(ratio.highest)
                ),
                must,
                verdict,
            ]);
        }
        lines
    }
}

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
                        Some((must, true)) => (must, "met"),
                        Some((must, false)) => (must, "**not met**"),
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
        "Goals met: {}. Not met: {}. Inconclusive, because the program differed from itself by more than \
         {:.0} %: {}.\n",
        count("met"),
        count("**not met**"),
        TOLERANCE * 100.0,
        count("inconclusive")
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
