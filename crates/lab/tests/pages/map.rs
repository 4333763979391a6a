//! docs/map.md leads from a line of a text to its lesson, its line of Rust and its claim.
//!
//! Without the texts: every claim and every step occurs, and both languages have the same rows. With them,
//! `TEXTS=FOLDER cargo test -p lab --test pages map`, no line of a text is left out. FOLDER may be seen from
//! the workspace's folder; a text's file begins with its number.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;

use super::page::Page;
use super::root;

const TEXTS: [&str; 5] = ["000", "001", "002", "003", "004"];
const LESSONS: [&str; 5] = [
    "http-fetch",
    "tcp-server",
    "tcp-client",
    "udp-server",
    "udp-client",
];

/// A row of a text's table.
#[derive(Debug, PartialEq)]
struct Row {
    /// The text's number.
    text: String,
    /// What stands in the text; where there are two, everything from the first to the second.
    key_words: Vec<String>,
    /// Steps of lessons, `tcp-server 4`.
    steps: Vec<String>,
    /// The quoted lines of code.
    code: String,
    claims: Vec<u8>,
}

/// The rows of the map in one language.
fn rows(page: &str) -> Vec<Row> {
    let page = Page::of(page);
    let rows = page.rows().filter(|(_, row)| row.cells[0].starts_with('`'));
    let rows = rows.map(|(heading, cells)| {
        let text = TEXTS.into_iter().find(|text| heading.contains(text));
        row(text.unwrap(), &cells.cells)
    });
    rows.collect()
}

fn row(text: &str, cells: &[String]) -> Row {
    let [key_words, lessons, code, claims] = cells else {
        panic!("a row has four cells: {cells:?}");
    };
    let links = |cell| {
        str::split(cell, '[')
            .skip(1)
            .map(|link| link.split_once("](").unwrap())
    };
    let steps = links(lessons).filter(|(step, _)| step.ends_with(|end: char| end.is_ascii_digit()));
    Row {
        text: text.into(),
        key_words: key_words
            .split(" … ")
            .map(|words| words.trim_matches('`').into())
            .collect(),
        steps: steps
            .map(|(step, target)| {
                let (lesson, number) = step.split_once(' ').unwrap();
                assert!(target.starts_with(&format!("{lesson}.md#")), "{cells:?}");
                // A text's own program, which is an example here, has one heading for all its steps.
                let at = [
                    &format!("#step-{number}-"),
                    &format!("#第-{number}-步"),
                    "_server",
                    "_client",
                ];
                assert!(at.iter().any(|at| target.contains(*at)), "{cells:?}");
                step.into()
            })
            .collect(),
        code: code.replace("../", ""),
        claims: links(claims)
            .map(|(claim, target)| {
                let ours = target.starts_with(&format!("claims.md#claim-{claim})"));
                assert!(ours, "{cells:?}");
                claim.parse().unwrap()
            })
            .collect(),
    }
}

#[test]
fn the_map_has_every_claim() {
    let page = Page::of("docs/claims.md");
    let headings = page.sections(3).into_iter().map(|(heading, _)| heading);
    let numbers = headings.filter_map(|heading| heading.strip_prefix("Claim "));
    let claims: BTreeSet<u8> = numbers.map(|number| number.parse().unwrap()).collect();
    let rows = rows("docs/map.md");
    let mapped = rows.iter().flat_map(|row| row.claims.iter().copied());
    assert_eq!(mapped.collect::<BTreeSet<_>>(), claims);
}

#[test]
fn the_map_has_every_step_of_the_lessons() {
    let mut steps = BTreeSet::new();
    for lesson in LESSONS {
        let code = fs::read_to_string(root().join(format!("crates/{lesson}/src/main.rs"))).unwrap();
        let head = code.lines().filter_map(|line| line.strip_prefix("//! "));
        let numbers = head.filter_map(|line| line.split_once(". ")?.0.parse::<u8>().ok());
        steps.extend(numbers.map(|number| format!("{lesson} {number}")));
    }
    assert!(steps.len() > 25, "only {} steps found", steps.len());
    let mapped = rows("docs/map.md").into_iter().flat_map(|row| row.steps);
    assert_eq!(mapped.collect::<BTreeSet<_>>(), steps);
}

#[test]
fn the_map_has_the_same_rows_in_both_languages() {
    let (english, chinese) = (rows("docs/map.md"), rows("docs/zh-CN/map.md"));
    for (english, chinese) in english.iter().zip(&chinese) {
        // Where a Rust line is said in words, the words differ.
        if english.code.starts_with('[') {
            assert_eq!(english, chinese);
        } else {
            assert_eq!(english.key_words, chinese.key_words);
            assert_eq!(english.steps, chinese.steps);
            assert_eq!(english.claims, chinese.claims);
        }
    }
    assert_eq!(english.len(), chinese.len());
}

#[test]
fn the_map_refers_to_the_texts_and_copies_nothing() {
    for row in rows("docs/map.md") {
        let words = &row.key_words;
        assert!(
            words.iter().all(|words| words.chars().count() <= 10),
            "{row:?}"
        );
        // Several lines are one row only where they are no code: what is printed, or the page's frame.
        assert!(words.len() == 1 || row.code.is_empty(), "{row:?}");
    }
}

#[test]
fn the_map_leaves_no_line_of_the_texts_out() {
    let Some(folder) = env::var_os("TEXTS") else {
        eprintln!(
            "skipped: the texts are not in this repository; TEXTS=FOLDER says where you have them"
        );
        return;
    };
    let rows = rows("docs/map.md");
    for text in TEXTS {
        let rows: Vec<_> = rows.iter().filter(|row| row.text == text).collect();
        let content = read_text(&root().join(&folder), text);
        if let Err(wrong) = align(&content, &rows) {
            panic!("text {text}: {wrong}");
        }
    }
}

/// Each Chinese claim quotes a few characters, so that searching the page for what one has read finds it.
#[test]
fn the_chinese_claims_quote_the_texts() {
    let page = Page::of("docs/zh-CN/claims.md");
    let folder = env::var_os("TEXTS");
    for (number, section) in page.sections(3) {
        let quote = section
            .lines()
            .find_map(|line| line.strip_prefix("原文：“"));
        let quote = quote.and_then(|line| line.strip_suffix("”。"));
        let quote = quote.unwrap_or_else(|| panic!("{number} quotes nothing"));
        assert!(
            (4..=10).contains(&quote.chars().count()),
            "{number}: {quote}"
        );
        let Some(folder) = &folder else { continue };
        // （000、001）; where no number is named, all five are meant.
        let named = section.split("**").nth(2).unwrap();
        let mut texts: Vec<_> = TEXTS
            .into_iter()
            .filter(|text| named.contains(text))
            .collect();
        if texts.is_empty() || named.contains("五篇") {
            texts = TEXTS.into();
        }
        let stands = |text: &&str| read_text(&root().join(folder), text).contains(quote);
        assert!(
            texts.iter().any(stands),
            "{number}: {quote} is not in {texts:?}"
        );
    }
    if folder.is_none() {
        eprintln!(
            "skipped in part: whether the quotes stand in the texts; TEXTS=FOLDER says where they are"
        );
    }
}

/// The text of this number; a folder that was named and cannot be read is an error.
fn read_text(folder: &Path, number: &str) -> String {
    let files = fs::read_dir(folder).unwrap_or_else(|error| {
        panic!("TEXTS: {}: {error}", folder.display());
    });
    let file = files
        .map(|file| file.unwrap().path())
        .find(|file| {
            file.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with(number)
        })
        .unwrap_or_else(|| {
            panic!(
                "TEXTS: no file begins with {number} in {}",
                folder.display()
            )
        });
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("TEXTS: {}: {error}", file.display()))
}

/// Goes through a text and its rows together: a row goes on in the line of the last one, or begins the next line.
fn align(text: &str, rows: &[&Row]) -> Result<(), String> {
    // A line without a letter says nothing, and the mark of a listing is not part of it.
    let mut lines = text
        .lines()
        .filter(|line| line.contains(char::is_alphabetic) && !line.starts_with("```"))
        .peekable();
    // What of the present line is still to come, and the whole line.
    let (mut rest, mut line) = ("", "");
    for row in rows {
        let words = row.key_words[0].as_str();
        if !rest.contains(words) {
            line = lines.next().ok_or(format!("`{words}`: the text is over"))?;
            rest = line;
        }
        let Some((_, after)) = rest.split_once(words) else {
            return Err(format!(
                "`{words}` is not in the next line: {}",
                start(line)
            ));
        };
        rest = after;
        let whole = line.trim_matches(|char: char| !char.is_alphanumeric());
        if words.chars().count() < 4 && whole != words {
            return Err(format!("`{words}` is too short: {}", start(line)));
        }
        if let Some(last) = row.key_words.get(1) {
            rest = "";
            while !lines
                .next()
                .ok_or(format!("`{last}` does not come"))?
                .contains(last)
            {}
            while lines.next_if(|line| line.contains(last)).is_some() {}
        }
    }
    match lines.next() {
        Some(line) => Err(format!("no row is about: {}", start(line))),
        None => Ok(()),
    }
}

/// As much of a line as is needed to find it.
fn start(line: &str) -> String {
    line.trim().chars().take(20).collect()
}

#[test]
fn the_map_must_not_leave_out_a_line() {
    let text = "# 一个标题\n\n```python\ns.bind(a)s.listen(5)\n'''\n```\nfirst\nmiddle\nlast one\nlast two\n";
    let row = |words: &str| row("000", &[words, "-", "", ""].map(String::from));
    let all = ["`一个标题`", "`s.bind`", "`s.listen`", "`first` … `last`"].map(row);
    let check = |left_out: usize| {
        let rows = all.iter().enumerate();
        let rows: Vec<_> = rows.filter(|(row, _)| *row != left_out).collect();
        align(text, &rows.iter().map(|(_, row)| *row).collect::<Vec<_>>())
    };
    assert_eq!(check(usize::MAX), Ok(()));
    assert!(check(0).unwrap_err().contains("is not in the next line"));
    assert!(check(3).unwrap_err().contains("no row is about: first"));
    let swapped: Vec<_> = [0, 2, 1, 3].map(|row| &all[row]).into();
    assert!(align(text, &swapped).is_err());
}
