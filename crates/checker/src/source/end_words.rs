//! Words in the learner's source that may end a talk in place of `exit`.

use super::Source;

/// What ends the talk in many programs. A program without a source may have any of them.
const COMMON: &[&str] = &["quit", "bye", "exit\n", "q", "end", "close", "stop", "over"];
/// A word that ends a talk is not longer.
const LONGEST: usize = 30;
/// How many words are tried.
const MOST: usize = 10;

impl Source {
    /// The words to try: first those that the source compares with, then its other words.
    pub fn end_words(&self) -> Vec<String> {
        let code: Vec<&str> = self
            .lines
            .iter()
            .chain(&self.other)
            .filter(|line| !line.trim_start().starts_with(['#', '*']))
            .map(String::as_str)
            .collect();
        let compared = code.iter().filter(|line| compares(line));
        let compared = compared.flat_map(|line| quoted(line));
        let others = code.iter().flat_map(|line| quoted(line));
        let others = others.filter(|word| is_one_word(word));
        let mut found = Vec::new();
        for word in compared.chain(others) {
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
        assert_eq!(source.end_words(), ["88\n", "bye"]);
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
