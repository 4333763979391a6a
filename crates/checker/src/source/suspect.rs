//! Which line of the learner's source a fault most likely comes from. It never decides whether there is one.

use super::Source;
use crate::faults::Name;
use crate::watch::Protocol;
use crate::words::{Message, Text};

impl Source {
    /// The line to look at first; none where the source shows no reason that a reader could trust.
    pub fn suspect(&self, fault: Name, protocol: Protocol) -> Option<Text> {
        match fault {
            Name::OneAtATime => self.no_thread(),
            Name::NoWelcome => self.not_started(),
            Name::NotClosed | Name::NoExit => self.without_parentheses("close"),
            Name::NotListening => self
                .without_parentheses("listen")
                .or_else(|| self.without_parentheses("bind")),
            Name::ExitGreeted => self.never_equal(),
            Name::EndsAtOnce => self.never_called(),
            Name::ServesOnce => self.outside_of_a_loop(protocol),
            Name::ClosesEarly => self.closed_in_the_loop(),
            Name::Spins => self.at(Message::SuspectEmpty, |code| code.contains(".recv(")),
            Name::NoAnswer => self.waits_for_more(),
            Name::BytesInText => self.at(Message::SuspectBytes, |code| {
                code.contains("Hello") && !code.contains("decode")
            }),
            Name::AnswersElsewhere => {
                self.at(Message::SuspectSendTo, |code| code.contains(".sendto("))
            }
            Name::AnswersNotShown => self.at(Message::SuspectNotShown, |code| {
                code.contains(".recv") && !code.contains("print") && !code.contains('=')
            }),
            Name::WrongSocket => self.other_kind(protocol),
            _ => None,
        }
    }

    /// The lines that hold code, with their numbers.
    pub(super) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = (1..).zip(&self.lines);
        numbered
            .map(|(number, line)| (number, line.as_str()))
            .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
    }

    pub(super) fn find(&self, fits: impl Fn(&str) -> bool) -> Option<(usize, &str)> {
        self.code().find(|(_, code)| fits(code))
    }

    fn has(&self, words: &[&str]) -> bool {
        self.find(|code| words.iter().any(|word| code.contains(word)))
            .is_some()
    }

    /// A message about the first line that fits.
    fn at(&self, message: Message, fits: impl Fn(&str) -> bool) -> Option<Text> {
        let (line, code) = self.find(fits)?;
        Some(message.with("line", line).with("code", code.trim()))
    }

    fn no_thread(&self) -> Option<Text> {
        let called = |code: &str| {
            let target = code.split_once("target=").map(|(_, rest)| rest);
            target.is_some_and(|rest| {
                let end = rest.find(|char: char| !char.is_alphanumeric() && !"_. ".contains(char));
                end.is_some_and(|end| rest[end..].starts_with('('))
            })
        };
        self.at(Message::SuspectRun, |code| code.contains(".run()"))
            .or_else(|| self.at(Message::SuspectCalled, called))
            .or_else(|| self.at(Message::SuspectJoin, |code| code.contains(".join()")))
            .or_else(|| {
                let many = [
                    "Thread", "thread", "Process", "fork", "select", "async", "Pool",
                ];
                let none = !self.has(&many);
                none.then(|| self.at(Message::SuspectNoThread, |code| code.contains(".accept(")))?
            })
    }

    fn not_started(&self) -> Option<Text> {
        self.without_parentheses("start").or_else(|| {
            let started = self.has(&[".start(", ".run(", "start_new_thread("]);
            let made = |code: &str| code.contains("Thread(") && !code.contains("class ");
            (!started).then(|| self.at(Message::SuspectNotStarted, made))?
        })
    }

    /// `x.close` alone on its line: Python looks the method up, and does not call it.
    fn without_parentheses(&self, method: &str) -> Option<Text> {
        let ending = format!(".{method}");
        let found = self.find(|code| {
            let code = code.split('#').next().unwrap_or(code).trim();
            code.ends_with(&ending) && !code.contains(['=', '(', ' '])
        });
        let (line, code) = found?;
        let text = Message::SuspectNoParentheses.with("line", line);
        Some(text.with("code", code.trim()).with("name", method))
    }

    fn never_equal(&self) -> Option<Text> {
        self.at(Message::SuspectExit, |code| {
            code.contains("exit") && (code.contains("==") || code.contains(" is "))
        })
    }

    /// The last function of the file that no line calls.
    fn never_called(&self) -> Option<Text> {
        let defined = self.code().filter_map(|(number, code)| {
            let name = code.strip_prefix("def ")?.split('(').next()?.trim();
            Some((number, name))
        });
        let (line, name) = defined.last()?;
        let called = self
            .code()
            .any(|(number, code)| number != line && super::words(code).any(|word| word == name));
        (!called).then(|| {
            Message::SuspectNotCalled
                .with("name", name)
                .with("line", line)
        })
    }

    fn outside_of_a_loop(&self, protocol: Protocol) -> Option<Text> {
        let call = match protocol {
            Protocol::Tcp => ".accept(",
            Protocol::Udp => ".recvfrom(",
        };
        let (line, code) = self.find(|code| code.contains(call))?;
        let looped = self.enclosing(line).any(is_loop);
        let text = Message::SuspectNoLoop.with("line", line);
        (!looped).then(|| text.with("code", code.trim()))
    }

    /// A close in the very loop that receives.
    fn closed_in_the_loop(&self) -> Option<Text> {
        let (line, code) = self
            .code()
            .filter(|(_, code)| code.contains(".close()"))
            .find(|&(line, _)| {
                let around = self.enclosing(line).next();
                around.is_some_and(is_loop) && {
                    let first = self.enclosing_line(line).unwrap_or(line);
                    let inside = self.code().filter(|(at, _)| (first..line).contains(at));
                    inside.into_iter().any(|(_, code)| code.contains(".recv("))
                }
            })?;
        let text = Message::SuspectCloseInLoop.with("line", line);
        Some(text.with("code", code.trim()))
    }

    fn waits_for_more(&self) -> Option<Text> {
        let words = ["readline", "makefile", "MSG_WAITALL", "'\\n'", "b'\\n'"];
        self.at(Message::SuspectWaits, |code| {
            words.iter().any(|word| code.contains(word)) && !code.contains("print")
        })
    }

    fn other_kind(&self, protocol: Protocol) -> Option<Text> {
        let (wrong, right) = match protocol {
            Protocol::Tcp => ("SOCK_DGRAM", "SOCK_STREAM"),
            Protocol::Udp => ("SOCK_STREAM", "SOCK_DGRAM"),
        };
        let found = self.find(|code| code.contains(wrong));
        let (line, code) = found.or_else(|| self.find(|code| code.contains("socket.socket()")))?;
        let text = Message::SuspectKind.with("line", line);
        Some(text.with("code", code.trim()).with("right", right))
    }

    /// The lines that a line stands under, from the nearest to the outermost.
    fn enclosing(&self, line: usize) -> impl Iterator<Item = &str> {
        let mut at = line;
        std::iter::from_fn(move || {
            at = self.enclosing_line(at)?;
            Some(self.lines[at - 1].as_str())
        })
    }

    fn enclosing_line(&self, line: usize) -> Option<usize> {
        let depth = depth(self.lines.get(line.checked_sub(1)?)?);
        let before: Vec<_> = self.code().take_while(|(at, _)| *at < line).collect();
        let mut outer = before.into_iter().rev();
        outer
            .find(|(_, code)| self::depth(code) < depth)
            .map(|(at, _)| at)
    }
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_loop(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("while") || line.starts_with("for ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn suspect(fault: Name, lines: &[&str]) -> String {
        let source = Source {
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
            name: "x.py".into(),
            ..Source::default()
        };
        let text = source.suspect(fault, Protocol::Tcp);
        text.map(|text| text.render(Language::En))
            .unwrap_or_default()
    }

    const CASES: &[(Name, &[&str], &str)] = &[
        (
            Name::OneAtATime,
            &["t = Thread(target=talk)", "t.run()"],
            "line 2, `t.run()`",
        ),
        (
            Name::OneAtATime,
            &["t = Thread(target=talk(c, a))"],
            "line 1, `t =",
        ),
        (
            Name::OneAtATime,
            &["while True:", "  c, a = s.accept()"],
            "line 2, `c, a =",
        ),
        (
            Name::NoWelcome,
            &["t = Thread(target=talk)"],
            "line 1, `t =",
        ),
        (
            Name::NotClosed,
            &["def talk(s):", "  s.close"],
            "line 2, `s.close`",
        ),
        (
            Name::ExitGreeted,
            &["if data == 'exit':"],
            "line 1, `if data",
        ),
        (
            Name::EndsAtOnce,
            &["# x", "def main():", "  pass"],
            "`main` is defined in line 2",
        ),
        (Name::ServesOnce, &["c, a = s.accept()"], "line 1, `c, a ="),
        (
            Name::ClosesEarly,
            &["while True:", "  d = c.recv(9)", "  c.close()"],
            "line 3, `c.close()`",
        ),
    ];

    #[test]
    fn it_names_the_line() {
        for (fault, lines, start) in CASES {
            let text = suspect(*fault, lines);
            assert!(text.starts_with(start), "{lines:?}: {text}");
        }
    }

    #[test]
    fn it_is_silent_about_lines_that_are_right() {
        let right = [
            "def talk(c, a):",
            "  while True:",
            "    d = c.recv(1024)",
            "  c.close()",
            "while True:",
            "  c, a = s.accept()",
            "  t = Thread(target=talk, args=(c, a))",
            "  t.start()",
        ];
        for fault in [
            Name::OneAtATime,
            Name::NoWelcome,
            Name::NotClosed,
            Name::EndsAtOnce,
            Name::ServesOnce,
            Name::ClosesEarly,
        ] {
            assert_eq!(suspect(fault, &right), "", "{fault}");
        }
    }
}
