//! Whether a lesson shows the tutorial's whole program beside ours, line by line, and nothing else.
//!
//! A pair stands in `<div class="pair">`: lines of a program in crates/lab/python, lines of the Rust
//! that does the same, and below them a link to the place and the words on what differs. Every line of
//! the Python program stands in one pair. Below a heading, the lines of Rust come in the order of their
//! file; a step's function stands elsewhere in the file than the line that calls it.
//!
//! `UPDATE_PAGES=1 cargo test -p lab --test pages quoted` writes the line numbers into the links.

use std::collections::BTreeMap;
use std::fs;

use super::beside::{self, Python};
use super::lessons::lessons;
use super::page::Page;
use super::report;

/// One `<div class="pair">` of a page.
pub struct Pair {
    /// The heading above it.
    pub heading: String,
    python: Vec<String>,
    rust: Vec<String>,
    /// The paragraph below it.
    words: String,
}

impl Pair {
    /// Where its Rust lines stand: the link's text, its file and its line.
    fn link(&self) -> Option<(&str, &str, usize)> {
        self.words.split('[').skip(1).find_map(|rest| {
            let (text, rest) = rest.split_once("](")?;
            let (file, line) = rest.split_once(')')?.0.split_once("#L")?;
            Some((text, file, line.parse().ok()?))
        })
    }

    /// Whether it says that the other language has no such line.
    fn is_alone(&self) -> bool {
        self.words.starts_with("No counterpart:") || self.words.starts_with("没有对应：")
    }
}

/// The pairs of a page.
pub fn pairs(text: &str) -> Vec<Pair> {
    let (mut pairs, mut heading) = (Vec::new(), "");
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("### ") {
            heading = line;
        }
        if line != "<div class=\"pair\">" {
            continue;
        }
        let inside = lines.by_ref().take_while(|line| *line != "</div>");
        let inside = inside.collect::<Vec<_>>().join("\n");
        let below = lines.clone().skip_while(|line| line.is_empty());
        let below = below.take_while(|line| !line.is_empty());
        pairs.push(Pair {
            heading: heading.to_owned(),
            python: block(&inside, "python"),
            rust: block(&inside, "rust"),
            words: below.collect::<Vec<_>>().join("\n"),
        });
    }
    pairs
}

/// The lines of a fenced block, without the blank ones; none if there is no such block.
fn block(text: &str, language: &str) -> Vec<String> {
    let after = text.split_once(&format!("```{language}\n"));
    let inside = after.and_then(|(_, rest)| rest.split_once("\n```"));
    let lines = inside.map_or("", |(inside, _)| inside).lines();
    lines
        .filter(|line| !line.is_empty())
        .map(String::from)
        .collect()
}

/// A page, as far as its pairs have been gone through.
struct Lesson<'a> {
    page: &'a Page,
    programs: BTreeMap<String, Python>,
    /// The last line of each file that was shown below a heading.
    last: BTreeMap<(String, String), usize>,
    /// Links that name another line than theirs, and what they should be.
    edits: Vec<(String, String)>,
    wrong: Vec<String>,
}

impl Lesson<'_> {
    fn pair(&mut self, pair: &Pair, file: &str) {
        let one = [&pair.python, &pair.rust].map(Vec::is_empty);
        if one[0] && one[1] || pair.is_alone() != (one[0] || one[1]) {
            self.fail(pair, "two blocks, or one and `No counterpart: …`");
        }
        // The program's own lines, and so every call that a trace of it shows, have a step.
        let is_step = ["### Step ", "### 第 "]
            .iter()
            .any(|start| pair.heading.starts_with(start));
        if file.ends_with("main.rs") && !is_step {
            self.fail(pair, "stands below no step");
        }
        let python = self.programs.get_mut(&beside::python_of(file));
        if !one[0] && !python.is_some_and(|python| python.show(&pair.python)) {
            self.fail(pair, "is not in the Python program, or stands here twice");
        }
        if !one[1] {
            self.rust(pair, file);
        }
    }

    fn rust(&mut self, pair: &Pair, file: &str) {
        let code = fs::read_to_string(self.page.folder().join(file)).unwrap_or_default();
        let place = (pair.heading.clone(), file.to_owned());
        let last = self.last.get(&place).copied().unwrap_or_default();
        let Some((first, end)) = beside::place(&code, &pair.rust, last) else {
            return self.fail(
                pair,
                &format!("its Rust is not in {file} after line {last}"),
            );
        };
        self.last.insert(place, end);
        let Some((text, _, line)) = pair.link() else {
            return self.fail(pair, "a link `main.rs, line N` is missing");
        };
        let name = file.rsplit('/').next().unwrap_or_default();
        let right = if self.page.is_chinese() {
            format!("{name} 第 {first} 行")
        } else {
            format!("{name}, line {first}")
        };
        if (text, line) != (&right, first) {
            let old = format!("[{text}]({file}#L{line})");
            self.fail(pair, &format!("{old} should be {right}"));
            let new = pair
                .words
                .replace(&old, &format!("[{right}]({file}#L{first})"));
            self.edits.push((pair.words.clone(), new));
        }
    }

    fn fail(&mut self, pair: &Pair, what: &str) {
        let page = self.page;
        let first = pair.python.first().or(pair.rust.first());
        let first = first.map_or("", |line| line.trim());
        self.wrong
            .push(format!("{page}: {}: `{first}`: {what}", pair.heading));
    }
}

/// What is wrong with a page's pairs, and which words must be changed for others.
fn check(name: &str, page: &Page) -> (Vec<String>, Vec<(String, String)>) {
    let mut lesson = Lesson {
        page,
        programs: beside::programs_of(name),
        last: BTreeMap::new(),
        edits: Vec::new(),
        wrong: Vec::new(),
    };
    let pairs = pairs(page.text());
    for pair in &pairs {
        // A pair without Rust has no link: it belongs to the file of its neighbours.
        let same = pairs.iter().filter(|other| other.heading == pair.heading);
        let file = same.filter_map(Pair::link).map(|link| link.1).next();
        lesson.pair(pair, file.unwrap_or_default());
    }
    for (program, python) in lesson.programs {
        let left = python.not_shown();
        let left = left.map(|line| format!("{page}: a line of {program}.py is missing: {line}"));
        lesson.wrong.extend(left);
    }
    let alone = pairs.iter().filter(|pair| pair.is_alone()).count();
    if alone > 5 {
        lesson
            .wrong
            .push(format!("{page}: {alone} lines have no counterpart"));
    }
    (lesson.wrong, lesson.edits)
}

#[test]
fn quoted_pairs_show_the_whole_program_once() {
    let _updating = super::UPDATING.lock();
    let update = std::env::var_os("UPDATE_PAGES").is_some();
    let mut all = Vec::new();
    for (name, page) in lessons() {
        let (wrong, edits) = check(&name, &page);
        all.extend(wrong);
        if update && !edits.is_empty() {
            let change = |text: String, (old, new): &(String, String)| text.replacen(old, new, 1);
            let text = edits.iter().fold(page.text().to_owned(), change);
            fs::write(&page.file, text).unwrap();
        }
    }
    report(&all);
}
