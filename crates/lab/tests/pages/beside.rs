//! The two programs that a lesson puts beside each other: the tutorial's in Python, and ours.

use std::collections::BTreeMap;
use std::fs;

use super::lessons::LESSONS;
use super::root;

/// The tutorial's part of a Python program: its lines, and which of them a page has shown.
pub struct Python(Vec<(String, bool)>);

impl Python {
    /// Reads `crates/lab/python/NAME.py`; None for a program that is ours alone.
    fn read(name: &str) -> Option<Self> {
        let file = root().join(format!("crates/lab/python/{name}.py"));
        let text = fs::read_to_string(file).ok()?;
        let mut parts = text.split("# --- the tutorial's steps");
        parts.next();
        let lines = parts.flat_map(|part| {
            let part = part.split("# --- ours").next().unwrap_or(part);
            // An empty line, already shown, keeps a block from reaching over what is ours.
            part.lines()
                .filter(|line| !line.is_empty())
                .chain([""])
                .map(|line| (line.to_owned(), line.is_empty()))
        });
        Some(Self(lines.collect())).filter(|python| !python.0.is_empty())
    }

    /// Marks a block's lines as shown; false if they do not stand there, one below the other.
    pub fn show(&mut self, block: &[String]) -> bool {
        let place = self.0.windows(block.len()).position(|lines| {
            let indent = indent(&lines[0].0).saturating_sub(indent(&block[0]));
            let same = |(line, shown): &(String, bool), wanted: &String| {
                !shown && line.strip_prefix(&*" ".repeat(indent)) == Some(wanted)
            };
            lines
                .iter()
                .zip(block)
                .all(|(line, wanted)| same(line, wanted))
        });
        if let Some(place) = place {
            let lines = &mut self.0[place..place + block.len()];
            for line in lines {
                line.1 = true;
            }
        }
        place.is_some()
    }

    /// The lines that no block has shown.
    pub fn not_shown(&self) -> impl Iterator<Item = &str> {
        let left = self.0.iter().filter(|line| !line.1);
        left.map(|line| line.0.as_str())
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The number of a block's first and last line, if they stand in the code after line `last`, in order.
pub fn place(code: &str, block: &[String], last: usize) -> Option<(usize, usize)> {
    let lines: Vec<_> = code.lines().zip(1..).skip(last).collect();
    let starts = lines.iter().enumerate();
    let mut starts = starts.filter(|(_, (line, _))| line.trim() == block[0].trim());
    starts.find_map(|(start, (line, first))| {
        let margin = " ".repeat(indent(line).checked_sub(indent(&block[0]))?);
        let mut rest = lines[start..].iter();
        let mut end = *first;
        for wanted in block {
            end = rest
                .find(|(line, _)| line.strip_prefix(&*margin) == Some(wanted))?
                .1;
        }
        Some((*first, end))
    })
}

/// The Python program that stands beside a file of Rust.
pub fn python_of(file: &str) -> String {
    let mut parts = file.rsplit('/');
    match parts.next() {
        Some("main.rs") => parts.nth(1).unwrap_or_default().replace('-', "_"),
        example => example.unwrap_or_default().replace(".rs", ""),
    }
}

/// The lesson that shows a Python program: the texts' other programs stand with the TCP pair.
fn lesson_of(python: &str) -> String {
    let name = python.replace('_', "-");
    if LESSONS.contains(&&*name) {
        return name;
    }
    let end = name.rsplit('-').next().unwrap_or_default();
    format!("tcp-{end}")
}

/// The Python programs that a lesson shows, each with its lines.
pub fn programs_of(lesson: &str) -> BTreeMap<String, Python> {
    let files = fs::read_dir(root().join("crates/lab/python")).unwrap();
    let names = files.map(|file| file.unwrap().path().file_stem().unwrap().to_owned());
    let names = names.map(|name| name.into_string().unwrap());
    let names = names.filter(|name| lesson_of(name) == lesson);
    names
        .filter_map(|name| Python::read(&name).map(|python| (name, python)))
        .collect()
}
