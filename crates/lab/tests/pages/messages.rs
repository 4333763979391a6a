//! Whether the troubleshooting pages explain every message and every hint of the five programs.

use std::fs;

use super::page::Page;
use super::{report, root};

/// Where a string is none of ours to explain: the log's course, help texts, and what the tutorial prints.
const NOT_A_MESSAGE: [&str; 4] = ["debug!(", "info!(", "#[", "print_or_warn("];

#[test]
fn every_message_and_every_hint_has_its_entry() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    let pages = ["docs/troubleshooting.md", "docs/zh-CN/troubleshooting.md"].map(Page::of);
    for file in sources() {
        for message in messages(&fs::read_to_string(&file).unwrap()) {
            checked += 1;
            for page in &pages {
                if !page.quoted().any(|quoted| quoted.contains(&message)) {
                    wrong.push(format!(
                        "{page} does not explain {}: {message}",
                        file.display()
                    ));
                }
            }
        }
    }
    report(&wrong);
    assert!(checked > 60, "only {checked} messages found");
}

/// The code of the five programs, and of what they share.
fn sources() -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for folder in super::lessons::LESSONS.iter().chain(&["common"]) {
        let folder = root().join("crates").join(folder).join("src");
        files.extend(
            fs::read_dir(folder)
                .unwrap()
                .map(|file| file.unwrap().path()),
        );
    }
    files
}

/// The strings of several words on one line that a reader may see, with `…` for each value in them.
fn messages(code: &str) -> Vec<String> {
    let code = code.split("#[cfg(test)]").next().unwrap();
    let mut found = Vec::new();
    let mut rest = code;
    // What stands before a string, back to the last end of a statement.
    let mut before = String::new();
    while let Some(char) = rest.chars().next() {
        rest = &rest[char.len_utf8()..];
        match char {
            '/' if rest.starts_with('/') => {
                rest = rest.split_once('\n').map_or("", |(_, next)| next);
            }
            '\'' if rest.starts_with("\"'") => rest = &rest[2..],
            ';' | '{' | '}' => before.clear(),
            '>' if before.ends_with('=') => before.clear(), // the next case of a match
            '"' => {
                let (string, after) = string(rest);
                rest = after;
                let seen =
                    !before.ends_with('b') && !NOT_A_MESSAGE.iter().any(|no| before.contains(no));
                let words = string
                    .split(' ')
                    .filter(|word| word.contains(char::is_alphabetic));
                if seen && !string.contains('\n') && words.count() > 1 {
                    found.push(string.trim_matches(['…', ':', ';', ' ']).to_owned());
                }
            }
            char => before.push(char),
        }
    }
    found
}

/// Up to the closing quote, with `…` for each `{value}`; and what follows.
fn string(code: &str) -> (String, &str) {
    let mut string = String::new();
    let mut chars = code.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (string, &code[at + 1..]),
            '\\' => match chars.next().unwrap().1 {
                'n' => string.push('\n'),
                'r' => string.push('\r'),
                '\n' => while chars.next_if(|(_, char)| char.is_whitespace()).is_some() {},
                other => string.push(other),
            },
            '{' => {
                string.push('…');
                chars.by_ref().find(|(_, char)| *char == '}');
            }
            char => string.push(char),
        }
    }
    (string, "")
}
