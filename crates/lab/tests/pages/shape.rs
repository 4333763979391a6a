//! The lesson comes first: a reader finds the tutorial's function at once, and the whole program on a few screens.

use std::fs;
use std::path::Path;

use super::{report, root};

/// Each program, and the line at which its first socket call stands at the latest.
const PROGRAMS: [(&str, usize); 5] = [
    ("http-fetch", 50),
    ("tcp-server", 42),
    ("tcp-client", 36),
    ("udp-server", 33),
    ("udp-client", 36),
];
const MOST_LINES: usize = 150;
const MOST_COLUMNS: usize = 100;
/// Of a function, with its comments: it fits on a screen.
const MOST_LINES_OF_A_FUNCTION: usize = 40;
const MOST_COLUMNS_OF_AN_EXAMPLE: usize = 120;
const MOST_LINES_OF_AN_EXAMPLE: usize = 70;
/// It is a program in its own right.
const MOST_LINES_OF_PAGE_SERVER: usize = 140;
/// Of code: without its comments and tests.
const MOST_LINES_OF_COMMON: usize = 450;

#[test]
fn a_program_begins_with_the_lesson_and_is_short() {
    let mut wrong = Vec::new();
    for (name, latest) in PROGRAMS {
        let file = root().join("crates").join(name).join("src/main.rs");
        let text = fs::read_to_string(&file).unwrap();
        let place = text.lines().position(|line| line.contains("Socket::new("));
        let place = place.map_or(usize::MAX, |place| place + 1);
        if place > latest {
            wrong.push(format!(
                "{name}: the first socket call is at line {place}, after line {latest}"
            ));
        }
        wrong.extend(too_long(&file, &text, MOST_LINES, MOST_COLUMNS));
        wrong.extend(long_functions(name, &text));
    }
    report(&wrong);
}

/// The functions that do not fit on a screen. In a main.rs, they all begin and end at the margin.
fn long_functions(name: &str, text: &str) -> Vec<String> {
    let (mut wrong, mut began) = (Vec::new(), 0);
    for (place, line) in text.lines().enumerate() {
        if line.starts_with("fn ") {
            began = place;
        }
        let lines = place + 1 - began;
        if line == "}" && text.lines().nth(began).unwrap().starts_with("fn ") {
            if lines > MOST_LINES_OF_A_FUNCTION {
                wrong.push(format!("{name}:{}: a function of {lines} lines", began + 1));
            }
            began = 0;
        }
    }
    wrong
}

#[test]
fn an_example_is_short() {
    let mut wrong = Vec::new();
    for (name, _) in PROGRAMS {
        let folder = root().join("crates").join(name).join("examples");
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let file = if path.is_dir() {
                path.join("main.rs")
            } else {
                path
            };
            let is_page_server = file.components().any(|part| {
                let part = part.as_os_str().to_string_lossy();
                part.trim_end_matches(".rs") == "page_server"
            });
            let most = if is_page_server {
                MOST_LINES_OF_PAGE_SERVER
            } else {
                MOST_LINES_OF_AN_EXAMPLE
            };
            let text = fs::read_to_string(&file).unwrap();
            wrong.extend(too_long(&file, &text, most, MOST_COLUMNS_OF_AN_EXAMPLE));
        }
    }
    report(&wrong);
}

/// `common` stays the part that nobody needs to read first.
#[test]
fn common_is_tiny_and_names_nobody() {
    let mut names = Vec::from(PROGRAMS.map(|(name, _)| name.to_owned()));
    for (name, _) in PROGRAMS {
        for entry in fs::read_dir(root().join("crates").join(name).join("examples")).unwrap() {
            let path = entry.unwrap().path();
            names.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    // The others, such as `threads`, are also words of the language.
    names.retain(|name| name.contains(['-', '_']));
    assert!(names.len() > 15, "{names:?}");

    let (mut lines_of_code, mut wrong) = (0, Vec::new());
    for entry in fs::read_dir(root().join("crates/common/src")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let told = names.iter().filter(|name| text.contains(*name));
        wrong.extend(told.map(|name| format!("common names {name}")));
        let code = text.split("#[cfg(test)]").next().unwrap().lines();
        lines_of_code += code
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with("//"))
            .count();
    }
    if lines_of_code > MOST_LINES_OF_COMMON {
        wrong.push(format!("common has {lines_of_code} lines of code"));
    }
    report(&wrong);
}

/// What is too long of a file.
fn too_long(file: &Path, text: &str, most: usize, columns: usize) -> Vec<String> {
    let file = file.strip_prefix(root()).unwrap().display();
    let lines = text.lines().count();
    let too_many = (lines > most).then(|| format!("{file}: {lines} lines, more than {most}"));
    let wide = text.lines().enumerate();
    let wide = wide.filter(|(_, line)| line.chars().count() > columns);
    let wide = wide.map(|(place, _)| format!("{file}:{}: over {columns} columns", place + 1));
    too_many.into_iter().chain(wide).collect()
}
