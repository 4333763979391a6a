//! The pages, checked against the code: what they quote, what they tell to run, what they say is
//! printed, and where they point.
//!
//! Where a quoted line has moved, `UPDATE_PAGES=1 cargo test -p lab --test pages quoted` writes the new
//! line numbers into the pages.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod beside;
mod claims;
mod commands;
mod lessons;
mod map;
mod messages;
mod page;
mod pairs;
mod plain;
mod questions;
mod shape;
mod socket_calls;
#[cfg(target_os = "linux")]
mod terminals;
#[cfg(target_os = "linux")]
mod transcripts;

use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use page::{Page, Quote};

/// The folder of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Two tests that write a page write it one after the other.
static UPDATING: Mutex<()> = Mutex::new(());

/// Every page of the workspace.
fn pages() -> Vec<Page> {
    let names = ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"];
    let mut files: Vec<_> = names.map(|name| root().join(name)).into();
    for folder in ["docs", "docs/zh-CN"] {
        let Ok(folder) = fs::read_dir(root().join(folder)) else {
            continue;
        };
        files.extend(folder.map(|entry| entry.unwrap().path()));
    }
    files.retain(|file| file.is_file() && file.extension().is_some_and(|end| end == "md"));
    files.sort();
    files.iter().map(|file| Page::read(file)).collect()
}

/// Fails with everything that is wrong, so that one run shows all that there is to mend.
fn report(wrong: &[String]) {
    let mut text = String::new();
    for line in wrong {
        writeln!(text, "{line}").unwrap();
    }
    assert!(wrong.is_empty(), "\n{text}");
}

#[test]
fn quoted_lines_stand_in_the_code_in_the_order_of_the_page() {
    let _updating = UPDATING.lock();
    let mut wrong = Vec::new();
    let update = std::env::var_os("UPDATE_PAGES").is_some();
    for page in pages() {
        let mut edits = Vec::new();
        // In one table, a file is quoted from top to bottom; but the map is in the order of the texts.
        let ordered = !page.file.ends_with("map.md");
        let mut last = HashMap::new();
        for quote in page.quotes() {
            let Ok(code) = fs::read_to_string(page.folder().join(quote.file)) else {
                continue; // the link is reported as broken
            };
            let last = last.entry((quote.table, quote.file)).or_insert(0);
            match place(&quote, &code, *last) {
                Some(line) => {
                    if ordered && quote.table.is_some() {
                        *last = line;
                    }
                    if line != quote.line {
                        edits.push((quote.span.clone(), quote.line, line));
                        wrong.push(format!(
                            "{page}: {} is not at {}#L{} but at #L{line}",
                            quote.code, quote.file, quote.line
                        ));
                    }
                }
                None => wrong.push(format!(
                    "{page}: {} is not in {} (after line {last})",
                    quote.code, quote.file
                )),
            }
        }
        if update && !edits.is_empty() {
            page.renumber(&edits);
        }
    }
    assert!(
        !update || wrong.is_empty(),
        "updated; run again without UPDATE_PAGES\n{}",
        wrong.join("\n")
    );
    report(&wrong);
}

/// Where the quoted line stands after `last`: of several places, the nearest to where the page says.
fn place(quote: &Quote, code: &str, last: usize) -> Option<usize> {
    let lines = code.lines().zip(1..);
    let places = lines.filter(|(line, number)| line.trim() == quote.code && *number > last);
    places
        .map(|(_, number)| number)
        .min_by_key(|number| number.abs_diff(quote.line))
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    let mut wrong = Vec::new();
    for page in &pages {
        for link in page.links() {
            if link.contains("://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                page.file.clone()
            } else {
                page.folder().join(file)
            };
            let Ok(target) = target.canonicalize() else {
                wrong.push(format!("{page}: {link}: there is no such file"));
                continue;
            };
            let leads = match pages.iter().find(|page| page.file == target) {
                _ if anchor.is_empty() => true,
                Some(page) => page.anchors().any(|name| name == anchor),
                // A line of code: the test of quoted lines looks at those with code in their text.
                None => anchor
                    .strip_prefix('L')
                    .is_some_and(|line| line.parse::<usize>().is_ok()),
            };
            if !leads {
                wrong.push(format!("{page}: {link}: no heading or mark of that name"));
            }
        }
    }
    report(&wrong);
}

#[test]
fn commands_name_what_exists() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for page in pages() {
        for line in page.commands() {
            checked += 1;
            wrong.extend(
                commands::check(&line)
                    .err()
                    .map(|error| format!("{page}: `{line}`: {error}")),
            );
        }
    }
    report(&wrong);
    assert!(
        checked > 20,
        "only {checked} commands found: are they still recognised?"
    );
}

#[test]
#[cfg(target_os = "linux")] // the system's own words are another system's on another one
fn transcripts_are_what_the_commands_print() {
    let wrong: Vec<_> = std::thread::scope(|scope| {
        let plays: Vec<_> = pages()
            .into_iter()
            .map(|page| scope.spawn(move || transcripts::play(&page)))
            .collect();
        plays
            .into_iter()
            .flat_map(|play| play.join().unwrap())
            .collect()
    });
    report(&wrong);
}

#[test]
fn both_languages_have_the_same_pages_headings_and_code() {
    let pages = pages();
    let mut wrong = Vec::new();
    // The page for who changes the code is in English only.
    let both = pages
        .iter()
        .filter(|page| page.file != root().join("CONTRIBUTING.md"));
    let (chinese, english): (Vec<_>, Vec<_>) = both.partition(|page| page.is_chinese());
    for page in &english {
        let Some(twin) = chinese.iter().find(|twin| twin.twin() == page.file) else {
            wrong.push(format!("{page}: there is no Chinese page"));
            continue;
        };
        let same = [
            ("headings", page.outline() == twin.outline()),
            ("code blocks", page.blocks() == twin.blocks()),
            ("commands", page.commands() == twin.commands()),
            (
                "quoted lines",
                page.quotes()
                    .map(|quote| quote.code)
                    .eq(twin.quotes().map(|quote| quote.code)),
            ),
        ];
        for (what, _) in same.iter().filter(|(_, same)| !same) {
            wrong.push(format!("{page} and {twin} differ in their {what}"));
        }
    }
    for page in chinese {
        if !page.twin().is_file() {
            wrong.push(format!("{page}: there is no English page"));
        }
    }
    report(&wrong);
}

#[test]
fn the_book_has_every_page_once_in_the_order_of_the_course() {
    for folder in ["docs", "docs/zh-CN"] {
        let folder = root().join(folder);
        let links = |page| {
            let page = Page::read(&folder.join(page));
            let links = page.links().filter(|link| {
                let to = link.split('#').next().unwrap();
                to.strip_suffix(".md")
                    .is_some_and(|name| !name.contains('.'))
            });
            links.map(str::to_owned).collect::<Vec<_>>()
        };
        let mut course = vec!["README.md".to_owned()];
        for page in links("README.md") {
            if !course.contains(&page) {
                course.push(page);
            }
        }
        assert_eq!(links("SUMMARY.md"), course, "{}", folder.display());
        let pages = pages().into_iter().map(|page| page.file);
        let here = pages.filter(|file| file.parent() == Some(&folder)).count();
        assert_eq!(course.len(), here - 1, "{}", folder.display()); // SUMMARY.md itself
    }
}
