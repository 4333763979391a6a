//! What --report writes: the versions and the whole report, without the paths of the learner's machine.

use std::env::consts::{ARCH, OS};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use crate::report::Report;
use crate::words::Language;

/// A file for the transcript.
pub struct Transcript(File);

impl Transcript {
    /// Creates the file, or empties it.
    ///
    /// # Errors
    ///
    /// The system's own, with the file's name.
    pub fn create(path: &Path) -> io::Result<Self> {
        let named =
            |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        File::create(path).map(Self).map_err(named)
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// The system's own, such as a full disk.
    pub fn write(mut self, version: &str, report: &Report, language: Language) -> io::Result<()> {
        let checker = env!("CARGO_PKG_VERSION");
        // In both languages: whoever gets it can read it.
        let text = [language, language.other()].map(|language| report.render(language, true));
        let text = text.join("\n");
        let last = report.last_line();
        let all = format!("checker {checker} on {OS} {ARCH}\n{version}{text}{last}\n");
        self.0.write_all(without_paths(&all).as_bytes())
    }
}

/// What an interpreter says of its version, as a line. Nothing else than an interpreter is asked.
pub fn version_of(command: &[OsString]) -> String {
    let name = command.first().map(Path::new).and_then(Path::file_stem);
    let name = name.unwrap_or_default().to_string_lossy();
    let known = ["python", "py", "java", "node", "ruby", "perl"];
    let interpreter = known.iter().any(|known| {
        let rest = name.strip_prefix(known);
        rest.is_some_and(|rest| {
            rest.chars()
                .all(|char| char.is_ascii_digit() || char == '.')
        })
    });
    if !interpreter {
        return String::new();
    }
    let told = Command::new(&command[0]).arg("--version").output();
    let told = told.map(|told| [told.stdout, told.stderr].concat());
    let told = told.unwrap_or_default();
    let text = String::from_utf8_lossy(&told);
    text.lines()
        .next()
        .map(|line| format!("{line}\n"))
        .unwrap_or_default()
}

/// Keeps of each absolute path its last part.
fn without_paths(text: &str) -> String {
    let ends = |char: char| char.is_whitespace() || "'\"()<>|,;`".contains(char);
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let mut rest = line;
        while let Some(at) = rest.find(|char: char| !ends(char)) {
            let (before, word) = rest.split_at(at);
            // A path in quotes may have spaces in it.
            out.push_str(before);
            let end = if out.ends_with("File \"") {
                word.find('"')
            } else {
                word.find(ends)
            };
            let (word, after) = word.split_at(end.unwrap_or(word.len()));
            out.push_str(last_part(word));
            rest = after;
        }
        out.push_str(rest);
    }
    out
}

fn last_part(word: &str) -> &str {
    let drive = word
        .get(1..3)
        .is_some_and(|start| [":\\", ":/"].contains(&start));
    let absolute = word.starts_with('/') || drive && word.starts_with(char::is_alphabetic);
    let mut parts = word.trim_end_matches(['/', '\\']).split(['/', '\\']);
    if absolute && parts.clone().count() > 2 {
        parts.next_back().unwrap_or(word)
    } else {
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_last_part() {
        for (text, kept) in [
            (
                "  File \"/home/a b/x.py\", line 3",
                "  File \"x.py\", line 3",
            ),
            (
                "can't open file '/home/a/x.py': [Errno 2]",
                "can't open file 'x.py': [Errno 2]",
            ),
            (r"C:\Users\a\x.py and D:/b/y.py", "x.py and y.py"),
            ("GET / HTTP/1.1", "GET / HTTP/1.1"),
            (
                "docs/tcp-server.md, step 5, 127.0.0.1:9999, 10 ms/s",
                "docs/tcp-server.md, step 5, 127.0.0.1:9999, 10 ms/s",
            ),
            (
                "sent b'\\n' to http://a.b/c/d",
                "sent b'\\n' to http://a.b/c/d",
            ),
        ] {
            assert_eq!(without_paths(text), kept);
        }
    }

    #[test]
    fn only_interpreters_are_asked_for_a_version() {
        assert_eq!(version_of(&["./a.out".into()]), "");
        assert_eq!(version_of(&["pythonista".into()]), "");
        assert_eq!(version_of(&[]), "");
    }
}
