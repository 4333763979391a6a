//! Whether a source throws away what it receives.

use super::{Source, words};

impl Source {
    /// Whether no answer can be shown, whatever else is printed. In doubt it is not so.
    pub fn throws_answers_away(&self) -> bool {
        let sends = |code: &str| code.contains(".send");
        let mut welcome = self.find(|code| code.contains("def ")).is_none();
        let mut sent = false;
        for (_, code) in self.code() {
            sent |= sends(code);
            welcome &= !sent;
            let hears = [".recv", "read", "receive"];
            let hears = hears.iter().any(|word| code.contains(word));
            // What is printed before the first name is the welcome.
            let welcomes = welcome && code.trim().starts_with("print(");
            if hears && !welcomes && !self.is_thrown_away(code) {
                return false;
            }
        }
        sent
    }

    /// Whether what this line receives stands alone, or in a variable that is not used again.
    fn is_thrown_away(&self, code: &str) -> bool {
        let is_name = |char: char| char.is_alphanumeric() || char == '_' || char == '.';
        let alone = |code: &str| {
            let socket = code.trim().split_once(".recv");
            let alone = socket.is_some_and(|(socket, _)| socket.chars().all(is_name));
            alone && !code.contains("_into")
        };
        if alone(code) {
            return true;
        }
        let Some((to, heard)) = code.split_once('=') else {
            return false;
        };
        let Some(name) = words(to).next() else {
            return false;
        };
        let to = to.trim();
        let variables = to.chars().all(|char| is_name(char) || ", ".contains(char));
        let others = self.code().map(|(_, other)| other);
        let others = others.filter(|other| *other != code).chain([heard]);
        let used = others.flat_map(words).any(|word| word == name);
        variables && alone(heard) && !used
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throws_away(lines: &[&str]) -> bool {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        let source = Source {
            lines,
            ..Source::default()
        };
        source.throws_answers_away()
    }

    #[test]
    fn an_answer_that_nothing_uses_is_thrown_away() {
        let unused: [&[&str]; 4] = [
            &["print(s.recv(9))", "s.send(b'a')", "s.recv(9)"],
            &["s.send(b'a')", "data = s.recv(9).decode('utf-8')"],
            &["s.sendto(b'a', to)", "data, address = s.recvfrom(9)"],
            &["s.sendto(b'a', to)", "print('sent')"],
        ];
        for lines in unused {
            assert!(throws_away(lines), "{lines:?}");
        }
    }

    #[test]
    fn an_answer_that_may_be_shown_in_other_words_is_not() {
        let used: [&[&str]; 9] = [
            &["s.send(b'a')", "data = s.recv(9)", "print(len(data))"],
            &["s.send(b'a')", "print(s.recv(9)[7:])"],
            &[
                "s.recv(9)",
                "s.send(b'a')",
                "if b'a' in s.recv(9): print('ok')",
            ],
            &[
                "def ask():",
                "  print(s.recv(9))",
                "s.send(b'exit')",
                "s.recv(9)",
            ],
            &["s.send(b'a')", "print(file.readline())"],
            &["s.send(b'a')", "x = s.recv(9); print(x)"],
            &["s.send(b'a')", "s.recv_into(buffer)", "print(buffer)"],
            &["s.send(b'a')", "while x := s.recv(9):", "  print(x)"],
            &["import client", "client.talk()"],
        ];
        for lines in used {
            assert!(!throws_away(lines), "{lines:?}");
        }
    }
}
