//! "Predict first": each question has three answers, one of them right, and a command that decides.

use super::lessons::lessons;
use super::page::Page;
use super::{pages, report};

/// A question of a page, in parts.
pub struct Question<'a> {
    /// The page and the heading, for messages.
    pub name: String,
    /// What there is before the answers: among it the commands that make ready.
    pub setup: &'a str,
    answers: &'a str,
    /// What is folded.
    folded: &'a str,
}

impl<'a> Question<'a> {
    /// The commands that decide, each with the lines of its output that do.
    pub fn decides(&self) -> Option<Vec<(&'a str, Vec<&'a str>)>> {
        let consoles = self.folded.split("\n```console\n$ ").skip(1);
        let consoles = consoles.map(|console| {
            let (command, lines) = console.split_once("\n```")?.0.split_once('\n')?;
            let lines = lines.lines().map(|line| line.trim_matches(['…', ' ']));
            let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
            Some((command, lines)).filter(|(_, lines)| !lines.is_empty())
        });
        let consoles: Option<Vec<_>> = consoles.collect();
        consoles.filter(|consoles| !consoles.is_empty())
    }

    /// Commands that make ready, in a block or in backticks.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub fn preparations(&self) -> impl Iterator<Item = &'a str> {
        let mut in_block = false;
        self.setup.lines().flat_map(move |line| {
            in_block ^= line.starts_with("```");
            let line = line.split("  #").next().unwrap_or(line);
            let code: Vec<_> = if in_block {
                vec![line.trim_start_matches("$ ").trim()]
            } else {
                line.split('`').skip(1).step_by(2).collect()
            };
            code.into_iter().filter(|code| {
                let starts = [
                    "cargo run ",
                    "python3 crates/lab/python/",
                    "RUST_LOG=debug ",
                ];
                starts.iter().any(|start| code.starts_with(start))
            })
        })
    }

    fn check(&self, summary: &str) -> Result<(), &'static str> {
        let letters = |start, end| {
            let lines = move |line: &'a str| line.strip_prefix(start)?.split_once(end);
            let text = if end == ".** " && start == "- **" {
                self.answers
            } else {
                self.folded
            };
            text.lines()
                .filter_map(lines)
                .map(|(letter, _)| letter)
                .collect::<Vec<_>>()
        };
        if letters("- **", ".** ") != ["A", "B", "C"] {
            return Err("three answers, `- **A.** …` to C, are wanted");
        }
        match letters("**", ".**")[..] {
            ["A" | "B" | "C"] => {}
            _ => return Err("one answer is right, and its reason begins with `**B.** `"),
        }
        if !self
            .folded
            .contains(&format!("<summary>{summary}</summary>"))
        {
            return Err("the summary has another text");
        }
        self.decides()
            .map(|_| ())
            .ok_or("a console block wants a command and what decides")
    }
}

/// The questions of a page.
pub fn questions(page: &Page) -> Vec<Question<'_>> {
    let asks = |heading: &str| heading.starts_with("Question ") || heading.starts_with("问题 ");
    let parts = page.sections(3).into_iter();
    let parts = parts.filter(|(heading, _)| asks(heading));
    let questions = parts.map(|(heading, text)| {
        let (before, folded) = text.split_once("<details>").unwrap_or((text, ""));
        let (setup, answers) = before.split_at(before.find("- **A.").unwrap_or(before.len()));
        Question {
            name: format!("{page}: {heading}"),
            setup,
            answers,
            folded: folded.split("</details>").next().unwrap_or_default(),
        }
    });
    questions.collect()
}

#[test]
fn questions_have_three_answers_and_one_that_is_right() {
    let mut wrong = Vec::new();
    for (_, page) in lessons() {
        if questions(&page).is_empty() {
            wrong.push(format!("{page} has no question"));
        }
    }
    for page in pages() {
        let summary = ["Answer", "答案"][usize::from(page.is_chinese())];
        let questions = questions(&page);
        for (question, number) in questions.iter().zip(1..) {
            let heading = [
                format!(": Question {number}: "),
                format!(": 问题 {number}："),
            ];
            if !heading
                .iter()
                .any(|heading| question.name.contains(heading))
            {
                wrong.push(format!("{}: this is question {number}", question.name));
            }
            let error = question.check(summary).err();
            wrong.extend(error.map(|error| format!("{}: {error}", question.name)));
        }
    }
    report(&wrong);
}

/// Both languages have the same commands and output, which another test checks: English ones are run.
#[test]
#[cfg(target_os = "linux")] // the system's own words are another system's on another one
fn questions_are_decided_by_what_their_commands_print() {
    let pages = pages();
    let english = pages.iter().filter(|page| !page.is_chinese());
    let questions: Vec<_> = english.flat_map(questions).collect();
    let wrong: Vec<_> = std::thread::scope(|scope| {
        let runs = questions.iter().map(|question| {
            let run = scope.spawn(|| super::terminals::decide(question));
            (&question.name, run)
        });
        let runs: Vec<_> = runs.collect();
        let errors = runs.into_iter().filter_map(|(name, run)| {
            let error = run.join().unwrap().err();
            error.map(|error| format!("{name}: {error}"))
        });
        errors.collect()
    });
    report(&wrong);
}
