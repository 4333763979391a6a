//! Whether the lessons have the shape of a lesson: their headings, their steps, and what each promises.

use std::fs;

use super::page::Page;
use super::pairs::pairs;
use super::{pages, report, root};

/// The lessons with a program.
pub const LESSONS: [&str; 5] = [
    "http-fetch",
    "tcp-server",
    "tcp-client",
    "udp-server",
    "udp-client",
];

/// The lessons in both languages, each with its program's name.
pub fn lessons() -> Vec<(String, Page)> {
    let named = pages().into_iter().filter_map(|page| {
        let name = page.file.file_stem()?.to_str()?.to_owned();
        LESSONS.contains(&&*name).then_some((name, page))
    });
    named.collect()
}

/// What a lesson consists of, in both languages, in this order.
const HEADINGS: [[&str; 2]; 10] = [
    ["After this lesson", "学完这一课"],
    ["Before you begin", "开始之前"],
    ["In the tutorial", "教程里讲了什么"],
    ["Side by side", "并排对照"],
    ["Run it", "运行"],
    ["Watch it", "观察"],
    ["Predict first", "先猜后看"],
    ["Your turn", "轮到你了"],
    [
        "Where the tutorial is outdated or wrong",
        "教程中过时或有误的地方",
    ],
    ["What we simplify", "我们简化了什么"],
];

impl Page {
    /// What stands below a heading of level 2, by its number in `HEADINGS`.
    pub fn part(&self, number: usize) -> &str {
        let heading = HEADINGS[number][usize::from(self.is_chinese())];
        let mut sections = self.sections(2).into_iter();
        let part = sections.find(|(line, _)| *line == heading);
        part.map_or("", |(_, below)| below)
    }
}

#[test]
fn lessons_have_the_headings_of_a_lesson() {
    let mut wrong = Vec::new();
    for (name, page) in lessons() {
        let language = usize::from(page.is_chinese());
        let colon = ["# NAME: ", "# NAME："][language].replace("NAME", &name);
        if !page.text().starts_with(&colon) {
            wrong.push(format!("{page} does not begin with {colon:?}"));
        }
        let sections = page.sections(2).into_iter();
        let found: Vec<_> = sections.map(|(heading, _)| heading).collect();
        let wanted = HEADINGS.map(|heading| heading[language]);
        if found != wanted {
            wrong.push(format!("{page} has the headings {found:?}, not {wanted:?}"));
        }
        if !page.text().contains("\n```mermaid\n") {
            wrong.push(format!("{page} has no picture"));
        }
        let last = page.text().trim_end().lines().last().unwrap_or_default();
        let [previous, next] =
            [["Previous: [", " · Next: ["], ["上一页：[", " · 下一页：["]][language];
        if !last.starts_with(previous) || !last.contains(next) {
            wrong.push(format!(
                "{page} ends in {last:?}, not in {previous}…{next}…"
            ));
        }
    }
    report(&wrong);
}

/// Each of the three things that one can do after a lesson has a link to what proves it.
#[test]
fn lessons_promise_what_a_question_or_an_exercise_proves() {
    let mut wrong = Vec::new();
    for (_, page) in lessons() {
        let part = page.part(0).trim();
        let promises: Vec<_> = part.split("\n- ").collect();
        let proved = promises.iter().filter(|promise| {
            let links = ["](#question-", "](#your-turn)", "](#轮到你了)"];
            links.iter().any(|link| promise.contains(link))
        });
        if promises.len() != 3 || proved.count() != 3 || !part.starts_with("- ") {
            wrong.push(format!(
                "{page}: three lines, each with a link: {promises:?}"
            ));
        }
    }
    report(&wrong);
}

/// The numbered steps in the head of a program: in the page, each is a heading.
#[test]
fn every_step_of_a_program_has_its_heading() {
    let mut wrong = Vec::new();
    for (name, page) in lessons() {
        let code = root().join(format!("crates/{name}/src/main.rs"));
        let code = fs::read_to_string(code).unwrap();
        let head = code.lines().filter_map(|line| line.strip_prefix("//! "));
        let steps = head.filter(|line| line.starts_with(|char: char| char.is_ascii_digit()));
        let heading = if page.is_chinese() {
            "### 第 N 步："
        } else {
            "### Step N: "
        };
        let wanted = (1..=steps.count()).map(|n| heading.replace('N', &n.to_string()));
        let start = heading.split('N').next().unwrap();
        let found = page.text().lines().filter(|line| line.starts_with(start));
        let found: Vec<_> = found.collect();
        let shown: Vec<_> = pairs(page.text())
            .into_iter()
            .map(|pair| pair.heading)
            .collect();
        let wanted: Vec<_> = wanted.collect();
        let same = wanted.len() == found.len()
            && wanted
                .iter()
                .zip(&found)
                .all(|(wanted, line)| line.starts_with(wanted))
            && found
                .iter()
                .all(|line| shown.iter().any(|heading| heading == line));
        if !same {
            wrong.push(format!(
                "{page}: {found:?} are not {wanted:?}, each with a pair"
            ));
        }
    }
    report(&wrong);
}
