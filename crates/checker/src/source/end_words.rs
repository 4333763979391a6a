//! Words in the learner's source that may end a talk in place of `exit`.

use std::fs;
use std::path::{Path, PathBuf};

use super::Source;

/// What ends the talk in many programs. A program without a source may have any of them.
const COMMON: &[&str] = &["quit", "bye", "exit\n", "q", "end", "close", "stop", "over"];
/// A word that ends a talk is not longer.
const LONGEST: usize = 30;
/// How many words are tried.
const MOST: usize = 10;
/// How many files of the learner's own are read.
const FILES: usize = 20;

impl Source {
    /// The words to try: first those that the source compares with, then its other words.
    pub fn end_words(&self) -> Vec<String> {
        let imported = self.imported();
        let code: Vec<&str> = self
            .lines
            .iter()
            .chain(&self.other)
            .chain(&imported)
            .filter(|line| !line.trim_start().starts_with(['#', '*']))
            .map(String::as_str)
            .collect();
        let compared: Vec<&str> = code.iter().copied().filter(|line| compares(line)).collect();
        let numbers = compared.iter().flat_map(|line| numbers(line));
        let compared = compared.iter().flat_map(|line| quoted(line));
        let others = code.iter().flat_map(|line| quoted(line));
        let others = others.filter(|word| is_one_word(word));
        let mut found = Vec::new();
        for word in compared.chain(numbers).chain(others) {
            if may_end(&word) && !found.contains(&word) {
                found.push(word);
            }
        }
        if code.is_empty() {
            found.extend(COMMON.iter().map(|word| (*word).to_owned()));
        }
        found.truncate(MOST);
        found
    }

    /// The lines of the learner's own modules beside the program: the word may stand there.
    fn imported(&self) -> Vec<String> {
        let mut files = files_of(&self.lines, &self.folder);
        let mut lines = Vec::new();
        let mut at = 0;
        while at < files.len().min(FILES) {
            let bytes = fs::read(&files[at]).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            let more: Vec<String> = text.lines().map(String::from).collect();
            for file in files_of(&more, &self.folder) {
                if !files.contains(&file) {
                    files.push(file);
                }
            }
            lines.extend(more);
            at += 1;
        }
        lines
    }
}

/// The files of a folder that these lines import: `config.py`, or all of a package `config`.
fn files_of(lines: &[String], folder: &Path) -> Vec<PathBuf> {
    let imports = lines.iter().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("import ")
            .or_else(|| line.strip_prefix("from "))
    });
    let names = imports.flat_map(|names| names.split(',').filter_map(first_name));
    let mut files = Vec::new();
    for name in names {
        let module = folder.join(format!("{name}.py"));
        if module.is_file() {
            files.push(module);
        }
        let package = fs::read_dir(folder.join(name));
        let inside = package.into_iter().flatten().flatten();
        let inside = inside.map(|entry| entry.path());
        files.extend(inside.filter(|file| file.extension().is_some_and(|ending| ending == "py")));
    }
    files.sort();
    files.dedup();
    files
}

/// `config` of `config.words as words`.
fn first_name(import: &str) -> Option<&str> {
    let name = import
        .trim_start()
        .split(|char: char| char != '_' && !char.is_alphanumeric());
    name.into_iter().next().filter(|name| !name.is_empty())
}

fn compares(line: &str) -> bool {
    let signs = ["==", "!=", " in ", "equals", "case ", "startswith"];
    signs.iter().any(|sign| line.contains(sign))
}

/// What stands in quotes in a line.
fn quoted(line: &str) -> Vec<String> {
    let pieces = ['\'', '"'].into_iter().flat_map(|quote| {
        let pieces: Vec<_> = line.split(quote).collect();
        let inside = pieces.len().saturating_sub(1);
        pieces.into_iter().take(inside).skip(1).step_by(2)
    });
    pieces
        .map(|word| word.replace("\\n", "\n").replace("\\r", "\r"))
        .collect()
}

/// The numbers of a line: a talk may end at 0, as in `int(name) == 0`.
fn numbers(line: &str) -> Vec<String> {
    let words = line.split(|char: char| !char.is_alphanumeric());
    let numbers =
        words.filter(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()));
    numbers.map(String::from).collect()
}

fn is_one_word(word: &str) -> bool {
    word.chars().all(char::is_alphanumeric)
}

fn may_end(word: &str) -> bool {
    let encodings = ["utf8", "utf-8", "gbk", "gb2312", "ascii"];
    let named = word.starts_with("__")
        || encodings
            .iter()
            .any(|encoding| word.eq_ignore_ascii_case(encoding));
    !word.is_empty() && word != "exit" && word.len() < LONGEST && !named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_comes_first_and_a_constant_is_a_word_too() {
        let lines = [
            "END = 'bye'",
            "sock.send(b'Welcome!')",
            "# 'no'",
            "if d == b'88\\n' or d == END:",
            "d.decode('utf-8')",
        ];
        let source = Source {
            lines: lines.map(String::from).to_vec(),
            ..Source::default()
        };
        assert_eq!(source.end_words(), ["88\n", "88", "bye"]);
    }

    #[test]
    fn a_number_may_end_a_talk() {
        let line = "if data.isdigit() and int(data) == 0:".to_owned();
        let source = Source {
            lines: vec![line],
            ..Source::default()
        };
        assert_eq!(source.end_words(), ["0"]);
    }

    #[test]
    fn a_word_may_stand_in_a_module_beside_the_program() {
        let folder = std::env::temp_dir().join(format!("checker-words-{}", std::process::id()));
        fs::create_dir_all(folder.join("talk")).expect("a folder for the modules");
        fs::write(folder.join("talk/handler.py"), "import words\n").expect("a module in a package");
        fs::write(folder.join("words.py"), "STOP = 'stop'\n").expect("a module");
        let source = Source {
            lines: [
                "import socket, threading",
                "from talk.handler import handle",
            ]
            .map(String::from)
            .to_vec(),
            folder: folder.clone(),
            ..Source::default()
        };
        let words = source.end_words();
        fs::remove_dir_all(folder).expect("no more modules");
        assert_eq!(words, ["stop"]);
    }

    #[test]
    fn other_languages_have_words_and_a_program_without_a_source_may_have_the_usual_ones() {
        let other = ["if (\"quit\".equals(line)) break;".to_owned()].to_vec();
        let source = Source {
            other,
            ..Source::default()
        };
        assert_eq!(source.end_words(), ["quit"]);
        assert_eq!(Source::default().end_words(), COMMON);
    }
}
