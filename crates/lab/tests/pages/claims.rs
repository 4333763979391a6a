//! Checks that docs/claims.md, the tests and scripts/three-hosts.sh name the same claims.
//!
//! The page says what holds, the others show it: a claim that is in one and not in the other is a mistake.

use std::collections::BTreeSet;
use std::fs;

use super::page::Page;
use super::root;

fn page() -> Page {
    Page::of("docs/claims.md")
}

/// The page's section of each claim, under the number in its heading.
fn sections(page: &Page) -> Vec<(u8, &str)> {
    let numbered = page.sections(3).into_iter().map(|(heading, text)| {
        let number = heading.strip_prefix("Claim ").and_then(|n| n.parse().ok());
        (number.expect("a heading is `### Claim 7`"), text)
    });
    numbered.collect()
}

/// The rows of the groups' tables: number, claim and verdict.
fn rows(page: &Page) -> Vec<(u8, &str, &str)> {
    let rows = page.rows().map(|(_, row)| &row.cells);
    let rows = rows.filter(|cells| cells[0].starts_with('['));
    let cells = rows.map(|row| {
        let [link, claim, verdict] = &row[..] else {
            panic!("a row has three cells: {row:?}");
        };
        let (number, target) = link.trim_matches(['[', ')']).split_once("](").unwrap();
        assert_eq!(target, format!("#claim-{number}"), "{row:?}");
        (number.parse().unwrap(), claim.as_str(), verdict.as_str())
    });
    cells.collect()
}

/// A test of a claim: the number in its name, its name, and the text before and after that.
type Test<'a> = (u8, String, &'a str, &'a str);

fn tests(sources: &[String]) -> Vec<Test<'_>> {
    let mut tests = Vec::new();
    for source in sources {
        let mut rest = source.as_str();
        while let Some((before, after)) = rest.split_once("\nfn claim_") {
            let name = after.split('(').next().unwrap();
            let (number, sentence) = name.split_once('_').expect("a name goes on as a sentence");
            assert_eq!(number.len(), 2, "claim_{name}: two digits, as in claim_07");
            assert!(sentence.contains('_'), "claim_{name} is no sentence");
            let body = after.split("\nfn claim_").next().unwrap();
            tests.push((
                number.parse().unwrap(),
                format!("claim_{name}"),
                before,
                body,
            ));
            rest = after;
        }
    }
    tests
}

/// The sources of the claims' tests: those that compare system calls are with the traces.
fn sources() -> Vec<String> {
    let tests = root().join("crates/lab/tests");
    let files = fs::read_dir(tests.join("claims")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    files
        .chain([tests.join("trace.rs")])
        .map(|file| fs::read_to_string(file).unwrap().replace("\r\n", "\n"))
        .collect()
}

/// The claims in a section's commands, `cargo test -q -p lab --test claims claim_07 -- --nocapture`.
fn commands(section: &str) -> Vec<u8> {
    let commands = section.split("`cargo test -q -p lab --test ").skip(1);
    let commands = commands.map(|command| {
        let (file, claim) = command.split_once(" claim_").expect("a claim's test");
        assert!(["claims", "trace"].contains(&file), "--test {file}");
        claim
    });
    commands
        .map(|command| {
            let (number, flags) = command.split_once(' ').unwrap();
            assert!(flags.starts_with("-- --nocapture`"), "claim_{command}");
            number.parse().unwrap()
        })
        .collect()
}

/// What the page has and the others lack, and the other way round.
fn assert_same(page: &BTreeSet<u8>, others: &BTreeSet<u8>, what: &str) {
    let only_page: Vec<_> = page.difference(others).collect();
    let only_others: Vec<_> = others.difference(page).collect();
    assert!(
        only_page.is_empty() && only_others.is_empty(),
        "only docs/claims.md says that {what} show {only_page:?}; only {what} name {only_others:?}"
    );
}

#[test]
fn the_page_has_every_claim_once_and_in_order() {
    let page = page();
    let headings: Vec<_> = sections(&page).iter().map(|section| section.0).collect();
    let all: Vec<_> = (1..).take(headings.len()).collect();
    assert_eq!(headings, all, "the sections");
    let rows: Vec<_> = rows(&page).iter().map(|row| row.0).collect();
    assert_eq!(rows, all, "the rows of the tables");
}

/// Where a page says how many claims there are.
#[test]
fn the_pages_count_the_claims_right() {
    let count = sections(&page()).len();
    for (file, says) in [
        ("README.md", format!("its {count} claims")),
        ("README.zh-CN.md", format!("的 {count} 条说法")),
        ("docs/README.md", format!("all {count} claims")),
        ("docs/zh-CN/README.md", format!("全部 {count} 条")),
        ("docs/claims.md", format!("makes {count} claims")),
        ("docs/zh-CN/claims.md", format!("一共有 {count} 条说法")),
    ] {
        let page = fs::read_to_string(root().join(file)).unwrap();
        assert!(page.contains(&says), "{file} does not say: {says}");
    }
}

#[test]
fn the_page_gives_each_claim_one_verdict() {
    let page = page();
    let rows = rows(&page);
    for ((number, claim, verdict), (_, section)) in rows.iter().zip(sections(&page)) {
        let first = section.trim_start().lines().next().unwrap();
        assert!(
            first.starts_with(&format!("**{claim}** (")),
            "claim {number}"
        );
        assert!(
            first.ends_with(&format!("): **{verdict}**.")),
            "claim {number}"
        );
    }
    // The table at the top: which verdicts there are, and how many of each.
    let mut counted = 0;
    for (_, row) in page.rows() {
        let [verdict, count, ..] = &row.cells[..] else {
            continue;
        };
        if let Ok(count) = count.parse::<usize>() {
            let given = rows.iter().filter(|row| row.2 == *verdict).count();
            assert_eq!(given, count, "{verdict}");
            counted += count;
        }
    }
    assert_eq!(
        counted,
        rows.len(),
        "every verdict is in the table at the top"
    );
}

#[test]
fn the_page_and_the_tests_name_the_same_claims() {
    let page = page();
    let mut shown = BTreeSet::new();
    for (number, section) in sections(&page) {
        let commands = commands(section);
        assert!(
            commands.is_empty() || commands == [number],
            "claim {number}: one command, and its own"
        );
        shown.extend(commands);
    }
    let sources = sources();
    let tested = tests(&sources).iter().map(|test| test.0).collect();
    assert_same(&shown, &tested, "the tests");
}

#[test]
fn the_page_and_the_three_hosts_name_the_same_claims() {
    let page = page();
    let shown = sections(&page)
        .iter()
        .filter(|(_, section)| section.contains("`scripts/three-hosts.sh`"))
        .map(|section| section.0)
        .collect();
    let script = fs::read_to_string(root().join("scripts/three-hosts.sh"));
    let script = script.expect("the script is there");
    // Its sections begin with their claims: section '5, 35' 'what is shown'
    let headings = script
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("section "));
    let numbers = headings.flat_map(|heading| {
        let numbers = heading.trim_start_matches(['\'', '"']);
        let end = numbers.find(|c: char| !c.is_ascii_digit() && !", ".contains(c));
        let numbers = numbers[..end.unwrap_or(numbers.len())].split(',');
        numbers.filter_map(|number| number.trim().parse().ok())
    });
    let numbers: Vec<u8> = numbers.collect();
    let set: BTreeSet<_> = numbers.iter().copied().collect();
    assert_eq!(
        set.len(),
        numbers.len(),
        "a claim has one section: {numbers:?}"
    );
    assert_same(&shown, &set, "the sections of scripts/three-hosts.sh");
}

#[test]
fn the_page_says_why_a_claim_is_not_shown() {
    for (number, section) in sections(&page()) {
        let shown = section.contains("See it: `");
        let reason = section.contains("\nNo experiment: ");
        assert!(
            shown != reason,
            "claim {number}: a command, or the reason why not"
        );
    }
}

#[test]
fn every_test_is_one_of_the_claim_that_its_name_says() {
    let sources = sources();
    let mut names = BTreeSet::new();
    for (number, name, before, body) in tests(&sources) {
        let attributes = before
            .lines()
            .rev()
            .take_while(|line| line.starts_with("#["));
        assert!(
            attributes.into_iter().any(|line| line == "#[test]"),
            "{name}"
        );
        let body: String = body.split_whitespace().collect();
        assert!(body.contains(&format!("Claim::new({number},")), "{name}");
        assert!(names.insert(name.clone()), "two are called {name}");
    }
}

/// Where an answer comes from: a section of an RFC, or a manual page. RFC 768 has no sections.
#[test]
fn every_claim_names_its_sources() {
    for (number, section) in sections(&page()) {
        let line = section
            .lines()
            .find_map(|line| line.strip_prefix("Source: "));
        let line = line.unwrap_or_else(|| panic!("claim {number} has no source"));
        let sources = line
            .split(". Run on ")
            .next()
            .unwrap()
            .trim_end_matches('.');
        for source in sources.split("; ") {
            assert!(
                ["none", "RFC 768"].contains(&source)
                    || is_section(source)
                    || is_manual_page(source),
                "claim {number}: {source}"
            );
        }
    }
}

/// `RFC 9293, section 3.3.2`
fn is_section(source: &str) -> bool {
    let parts = source
        .strip_prefix("RFC ")
        .and_then(|rest| rest.split_once(", section "));
    parts.is_some_and(|(rfc, section)| {
        rfc.parse::<u16>().is_ok() && section.split('.').all(|part| part.parse::<u8>().is_ok())
    })
}

/// `socket(7)`
fn is_manual_page(source: &str) -> bool {
    let parts = source
        .strip_suffix(')')
        .and_then(|rest| rest.split_once('('));
    parts.is_some_and(|(name, section)| {
        name.chars().all(|c| c.is_ascii_lowercase()) && ["2", "3", "5", "7"].contains(&section)
    })
}

/// The page says for which systems a claim's tests are: their cfg attributes decide.
#[test]
fn every_claim_says_where_it_was_run() {
    let sources = sources();
    let mut systems = vec![BTreeSet::new(); usize::from(u8::MAX)];
    for source in &sources {
        let whole = source.contains("\n#![cfg(target_os = \"linux\")]");
        for (number, _, before, _) in tests(std::slice::from_ref(source)) {
            let mut attributes = before
                .lines()
                .rev()
                .take_while(|line| line.starts_with("#["));
            let system = attributes.find_map(|line| match line {
                "#[cfg(target_os = \"linux\")]" => Some("Linux"),
                "#[cfg(unix)]" => Some("Unix"),
                _ => None,
            });
            let system = if whole { Some("Linux") } else { system };
            systems[usize::from(number)].insert(system);
        }
    }
    for (number, section) in sections(&page()) {
        let systems: Vec<_> = systems[usize::from(number)].iter().copied().collect();
        let says = match systems[..] {
            [] if section.contains("`scripts/three-hosts.sh`") => "Run on Linux, with three hosts.",
            [] => "",
            [None] => "Run on Linux; the test is for every system.",
            [Some("Linux")] => "Run on Linux; the test is for Linux alone.",
            [Some("Unix")] => "Run on Linux; the test is for Unix alone.",
            [None, ..] => "Run on Linux; the test is for every system, a part of it not.",
            _ => "Run on Linux; the test is for Unix, a part of it for Linux alone.",
        };
        let line = section
            .lines()
            .find(|line| line.starts_with("Source: "))
            .unwrap();
        let said = line.find("Run on ").map_or("", |start| &line[start..]);
        assert_eq!(said, says, "claim {number}");
    }
}
