//! Puts what was measured between the marks that wait for it: the tables into README.md beside this file, the
//! pictures into docs/performance.md and its Chinese twin.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::pictures::pictures;
use crate::report::{Theme, verdicts};

const END: &str = "<!-- bench: end -->";

/// Rewrites every marked part of the pages.
pub fn rewrite(machine: &str, themes: &[(&str, Theme)]) {
    let mut parts: Vec<(&str, String)> = vec![
        ("machine", machine.into()),
        ("verdicts", verdicts(themes)),
        (
            "chart-python",
            chart(
                "Ours against Python: how many times as good",
                "Python",
                themes,
            ),
        ),
        (
            "chart-floor",
            chart(
                "Ours against the floor: how many times as good",
                "floor",
                themes,
            ),
        ),
        (
            "chart-curl",
            chart("Ours against curl: how many times as good", "curl", themes),
        ),
    ];
    parts.extend(themes.iter().map(|(key, theme)| (*key, theme.table())));
    write("crates/lab/benches/compare/README.md", &parts);
    for (page, chinese) in [
        ("docs/performance.md", false),
        ("docs/zh-CN/performance.md", true),
    ] {
        let parts = pictures(themes);
        let parts = parts
            .iter()
            .map(|picture| (picture.key, picture.mermaid(chinese)));
        write(page, &parts.collect::<Vec<_>>());
    }
}

/// Puts the parts into a page.
fn write(page: &str, parts: &[(&str, String)]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(page);
    let mut text = fs::read_to_string(&file).expect("the page is there");
    for (key, part) in parts {
        text = replaced(&text, key, part).unwrap_or_else(|| {
            eprintln!("{page} has no place for {key}");
            text
        });
    }
    fs::write(&file, text).expect("the page can be written");
    eprintln!("rewrote {page}");
}

/// The text with another part between the marks of that name; none if it has no such marks.
fn replaced(text: &str, key: &str, part: &str) -> Option<String> {
    let (before, rest) = text.split_once(&format!("<!-- bench: {key} -->"))?;
    let (_, after) = rest.split_once(END)?;
    let part = part.trim();
    Some(format!(
        "{before}<!-- bench: {key} -->\n\n{part}\n\n{END}{after}"
    ))
}

/// A bar for each row that has that one to compare with.
fn chart(title: &str, with: &str, themes: &[(&str, Theme)]) -> String {
    let rows = themes
        .iter()
        .flat_map(|(key, theme)| theme.rows.iter().map(move |row| (key, row)));
    let bars: Vec<_> = rows
        .filter_map(|(key, row)| Some((label(key, &row.plan.what), row.ratio_to(with)?.median)))
        .collect();
    let labels: Vec<_> = bars
        .iter()
        .map(|(label, _)| format!("\"{label}\""))
        .collect();
    let ratios: Vec<_> = bars
        .iter()
        .map(|(_, ratio)| format!("{ratio:.2}"))
        .collect();
    let mut text = String::from("```mermaid\nxychart-beta horizontal\n");
    let _ = writeln!(text, "    title \"{title}\"");
    let _ = writeln!(text, "    x-axis [{}]", labels.join(", "));
    let most = bars.iter().map(|(_, ratio)| *ratio).fold(1.0, f64::max);
    let most = (most * 1.05).ceil();
    let _ = writeln!(text, "    y-axis \"times as good\" 0 --> {most}");
    let _ = writeln!(text, "    bar [{}]", ratios.join(", "));
    text + "```"
}

/// Short, and without what a chart takes for its own.
fn label(key: &str, what: &str) -> String {
    let program = if key.starts_with("start") {
        ""
    } else {
        key.split('-').next().unwrap_or(key)
    };
    format!("{program} {what}").trim().replace('"', "")
}
