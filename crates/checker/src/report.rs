//! What the checker has found out, and how it tells it.

use std::fmt::Write;

use crate::faults::Name;
use crate::words::{Language, Message, Text};

/// One line of the report: a step of the lesson, and what became of it.
#[derive(Clone, Copy)]
pub struct Step {
    /// The step's number in the lesson.
    pub number: u8,
    /// What is checked.
    pub what: Message,
}

/// What became of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    NotReached,
    Ok,
    Fault,
}

/// What is wrong, in five parts.
pub struct Fault {
    pub name: Name,
    /// What the checker did.
    pub did: Text,
    /// What came of it.
    pub came: Text,
    /// What the tutorial's program does there.
    pub tutorial: Text,
    /// What is most likely the reason, and what to change.
    pub reason: Text,
    /// Where to read: a page, a step, a claim.
    pub read: Text,
    /// What the program printed meanwhile.
    pub printed: String,
}

/// The report on one program.
pub struct Report {
    title: String,
    /// What an exercise asks for.
    task: Option<Text>,
    steps: Vec<(Step, Outcome)>,
    notes: Vec<Text>,
    yours: Vec<Text>,
    beyond: Vec<Text>,
    faults: Vec<(Message, Fault)>,
    /// Where to look in the learner's source, and which claim to read: for the faults, in their order.
    looks: Vec<(Option<Text>, Option<u8>)>,
    talk: Vec<String>,
}

impl Report {
    pub fn new(title: String, steps: &[Step]) -> Self {
        Self {
            title,
            task: None,
            steps: steps
                .iter()
                .map(|step| (*step, Outcome::NotReached))
                .collect(),
            notes: Vec::new(),
            yours: Vec::new(),
            beyond: Vec::new(),
            faults: Vec::new(),
            looks: Vec::new(),
            talk: Vec::new(),
        }
    }

    /// The report is on an exercise.
    pub fn exercise(&mut self, task: impl Into<Text>) {
        self.task = Some(task.into());
    }

    /// A step went well; one that has a fault keeps it.
    pub fn ok(&mut self, step: Message) {
        self.set(step, Outcome::Ok);
    }

    /// A step went wrong. The first fault of a step is told; further ones are its symptoms.
    pub fn fault(&mut self, step: Message, fault: Fault) {
        // An exercise has its own steps: what is wrong before them is wrong at the first of them.
        let listed = self.steps.iter().any(|(known, _)| known.what == step);
        let next = self
            .steps
            .iter()
            .find(|(_, outcome)| *outcome == Outcome::NotReached);
        let step = next.filter(|_| !listed).map_or(step, |(step, _)| step.what);
        let known = self
            .faults
            .iter()
            .any(|(at, known)| *at == step || known.name == fault.name);
        self.set(step, Outcome::Fault);
        if !known {
            self.faults.push((step, fault));
        }
    }

    fn set(&mut self, what: Message, outcome: Outcome) {
        let step = self.steps.iter_mut().find(|(step, _)| step.what == what);
        if let Some((_, known)) = step.filter(|(_, known)| *known != Outcome::Fault) {
            *known = outcome;
        }
    }

    /// Adds to each fault the line of the source to look at, and the claim to read.
    pub fn explain(&mut self, explain: impl Fn(Name) -> (Option<Text>, Option<u8>)) {
        self.looks = self
            .faults
            .iter()
            .map(|(_, fault)| explain(fault.name))
            .collect();
    }

    /// The learner's own way, which is no fault. Told once.
    pub fn yours(&mut self, text: impl Into<Text>) {
        let text = text.into();
        if !self.yours.contains(&text) {
            self.yours.push(text);
        }
    }

    /// What is beyond the tutorial: told, and never a fault.
    pub fn beyond(&mut self, text: impl Into<Text>) {
        self.beyond.push(text.into());
    }

    /// What a reader must know of this check itself: where it runs, what it cannot see.
    pub fn note(&mut self, text: impl Into<Text>) {
        self.notes.push(text.into());
    }

    /// A line of the conversation, for --verbose.
    pub fn talk(&mut self, line: String) {
        self.talk.push(line);
    }

    /// The exit status: 0 without a fault, 1 with one, 77 where the program cannot be run.
    pub fn status(&self) -> u8 {
        let cannot_run = |(_, fault): &(Message, Fault)| fault.name == Name::CannotRun;
        match self.faults.as_slice() {
            [] => 0,
            faults if faults.iter().any(cannot_run) => 77,
            _ => 1,
        }
    }

    pub fn has_fault(&self) -> bool {
        !self.faults.is_empty()
    }

    /// The report as a reader sees it, without the last line.
    pub fn render(&self, language: Language, verbose: bool) -> String {
        let mut out = format!("{}\n", self.title);
        if let Some(task) = &self.task {
            labelled(&mut out, Message::Task, task, language);
        }
        for note in &self.notes {
            let _ = writeln!(out, "  {}", note.render(language));
        }
        if verbose {
            for line in &self.talk {
                let _ = writeln!(out, "  | {line}");
            }
        }
        for (step, outcome) in &self.steps {
            let _ = writeln!(out, "{}", step_line(*step, *outcome, language));
        }
        for text in &self.yours {
            labelled(&mut out, Message::Yours, text, language);
        }
        for text in &self.beyond {
            labelled(&mut out, Message::Beyond, text, language);
        }
        self.render_unchecked(&mut out, language);
        for (place, (step, fault)) in self.faults.iter().enumerate() {
            let looks = self.looks.get(place).cloned().unwrap_or_default();
            self.render_fault(&mut out, (*step, fault), looks, language);
        }
        out
    }

    /// Without a fault, a step that nobody reached must not look as if it were right.
    fn render_unchecked(&self, out: &mut String, language: Language) {
        let unknown = |(_, outcome): &&(Step, Outcome)| *outcome == Outcome::NotReached;
        let count = self.steps.iter().filter(unknown).count();
        if self.faults.is_empty() && count > 0 {
            let text = Message::NotCheckedSteps
                .with("count", count)
                .with("all", self.steps.len());
            labelled(out, Message::NotChecked, &text, language);
        }
    }

    fn render_fault(
        &self,
        out: &mut String,
        (step, fault): (Message, &Fault),
        (look, claim): (Option<Text>, Option<u8>),
        language: Language,
    ) {
        let found = self.steps.iter().find(|(known, _)| known.what == step);
        let number = found.map_or(0, |(step, _)| step.number);
        let heading = Message::FaultHeading
            .with("name", fault.name)
            .with("number", number);
        let _ = writeln!(out, "\n{}", heading.render(language));
        let read = with_claim(&fault.read, claim);
        let expected = match self.task {
            Some(_) => Message::TheTask,
            None => Message::TheTutorial,
        };
        let parts = [
            (Message::TheChecker, Some(&fault.did)),
            (Message::WhatCame, Some(&fault.came)),
            (expected, Some(&fault.tutorial)),
            (Message::MostLikely, Some(&fault.reason)),
            (Message::LookAt, look.as_ref()),
            (Message::Read, Some(&read)),
        ];
        for (label, text) in parts {
            if let Some(text) = text {
                labelled(out, label, text, language);
            }
        }
        let printed = last_lines(&fault.printed, 12);
        if !printed.is_empty() {
            let label = Text::from(Message::YourProgramPrinted).render(language);
            let _ = writeln!(out, "  {label}");
            for line in printed {
                let _ = writeln!(out, "    | {line}");
            }
        }
    }

    /// The line for scripts: the same in every language.
    pub fn last_line(&self) -> String {
        let ok = self
            .steps
            .iter()
            .filter(|(_, outcome)| *outcome == Outcome::Ok)
            .count();
        let names: Vec<_> = self
            .faults
            .iter()
            .map(|(_, fault)| fault.name.to_string())
            .collect();
        let steps = if ok == 1 { "step" } else { "steps" };
        match names.len() {
            0 => format!("checker: {ok} {steps} ok, no fault"),
            1 => format!("checker: {ok} {steps} ok, 1 fault: {}", names[0]),
            many => format!(
                "checker: {ok} {steps} ok, {many} faults: {}",
                names.join(", ")
            ),
        }
    }
}

fn step_line(step: Step, outcome: Outcome, language: Language) -> String {
    let mark = match outcome {
        Outcome::NotReached => Message::NotReached,
        Outcome::Ok => Message::Ok,
        Outcome::Fault => Message::Fault,
    };
    let mark = padded(&Text::from(mark).render(language), 12);
    let what = Text::from(step.what).render(language);
    format!("  {:>2}  {mark}{what}", step.number)
}

fn labelled(out: &mut String, label: Message, text: &Text, language: Language) {
    let label = Text::from(label).render(language);
    let _ = writeln!(out, "  {label}{}", text.render(language));
}

fn with_claim(lesson: &Text, claim: Option<u8>) -> Text {
    let Some(claim) = claim else {
        return lesson.clone();
    };
    Text::from(Message::ReadBoth)
        .with_text("lesson", lesson.clone())
        .with_text("claim", Message::ReadClaim.with("claim", claim))
}

/// The last lines that a program printed, safe for a terminal.
fn last_lines(text: &str, count: usize) -> Vec<String> {
    let text = common::printable(text.as_bytes());
    let lines: Vec<_> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    let start = lines.len().saturating_sub(count);
    lines[start..]
        .iter()
        .map(|line| line.chars().take(200).collect())
        .collect()
}

/// Pads to a width on a terminal, where a Chinese character takes two columns.
fn padded(text: &str, width: usize) -> String {
    let columns: usize = text
        .chars()
        .map(|char| if char.is_ascii() { 1 } else { 2 })
        .sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(columns)))
}

/// Bytes as Python shows them, not too many.
pub fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 80;
    let mut text = String::from("b'");
    for &byte in bytes.iter().take(MOST) {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'\\' => text.push_str("\\\\"),
            b'\'' => text.push_str("\\'"),
            b' '..=b'~' => text.push(byte.into()),
            _ => _ = write!(text, "\\x{byte:02x}"),
        }
    }
    text.push('\'');
    if bytes.len() > MOST {
        let _ = write!(text, "… ({} bytes)", bytes.len());
    }
    // Text that is not ASCII is shown as text, too.
    if bytes.len() <= MOST && !bytes.is_ascii() {
        if let Ok(plain) = std::str::from_utf8(bytes) {
            let _ = write!(text, " ({})", common::printable(plain.as_bytes()));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: &[Step] = &[
        Step {
            number: 1,
            what: Message::TcpServerSocket,
        },
        Step {
            number: 2,
            what: Message::TcpServerBind,
        },
    ];

    #[test]
    fn what_was_not_checked_is_not_passed_off_as_right() {
        let mut report = Report::new(String::new(), STEPS);
        report.ok(Message::TcpServerSocket);
        for (language, label) in [
            (Language::En, "not checked: 1 of 2"),
            (Language::Zh, "没有检查："),
        ] {
            let text = report.render(language, false);
            assert!(text.contains(label), "{text}");
        }
        assert_eq!(report.last_line(), "checker: 1 step ok, no fault");
        report.ok(Message::TcpServerBind);
        assert!(!report.render(Language::En, false).contains("not checked"));
    }

    #[test]
    fn bytes_are_shown_as_python_shows_them() {
        assert_eq!(shown(b"a'\\\n\x00"), r"b'a\'\\\n\x00'");
        assert_eq!(shown("你".as_bytes()), r"b'\xe4\xbd\xa0' (你)");
        assert!(shown(&[b'x'; 200]).ends_with("x'… (200 bytes)"));
    }
}
