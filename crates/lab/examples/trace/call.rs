//! What strace writes: one line for each call, which it cuts in two where threads run side by side.

use std::collections::HashMap;

/// A system call that has returned.
#[derive(Debug, PartialEq)]
pub struct Call {
    /// The number of the thread that made it.
    pub thread: u32,
    /// Its name, such as `recvfrom`.
    pub name: String,
    /// Its arguments, as strace shows them.
    pub arguments: Vec<String>,
    /// What came of it: `0`, or `-1 ECONNREFUSED (Connection refused)`.
    pub result: String,
}

impl Call {
    /// An argument, or nothing if the call has fewer.
    pub fn argument(&self, index: usize) -> &str {
        self.arguments.get(index).map_or("", String::as_str)
    }

    /// Whether the call succeeded.
    pub fn succeeded(&self) -> bool {
        !self.result.starts_with('-')
    }
}

/// What a line tells.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// A call has returned.
    Call(Call),
    /// A signal asks the program to end.
    Stop,
}

/// Reads the lines one by one, and puts together what was cut in two.
#[derive(Debug, Default)]
pub struct Lines {
    /// The first half of a call, by its thread.
    begun: HashMap<u32, String>,
}

impl Lines {
    /// What the next line tells; nothing, if a call has only begun in it, or if a signal interrupted the call.
    pub fn read(&mut self, line: &str) -> Option<Event> {
        let (thread, line) = line.split_once(' ')?;
        let (thread, line) = (thread.parse().ok()?, line.trim_start());
        if let Some(signal) = line.strip_prefix("--- ") {
            let name = signal.split(' ').next();
            return matches!(name, Some("SIGINT" | "SIGTERM" | "SIGHUP")).then_some(Event::Stop);
        }
        if let Some(begun) = line.strip_suffix("<unfinished ...>") {
            self.begun.insert(thread, begun.trim_end().to_owned());
            return None;
        }
        let Some(rest) = line.strip_prefix("<... ") else {
            return call(thread, line).map(Event::Call);
        };
        let (_, rest) = rest.split_once(" resumed>")?;
        let begun = self.begun.remove(&thread)?;
        let space = if begun.ends_with(',') { " " } else { "" };
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        call(thread, &format!("{begun}{space}{rest}")).map(Event::Call)
    }
}

/// Takes a line apart, such as `send(3, "exit", 4, 0) = 4`. A call that a signal interrupted has not returned.
fn call(thread: u32, line: &str) -> Option<Call> {
    let (name, rest) = line.split_once('(')?;
    let (arguments, rest) = arguments(rest);
    let result = rest.trim_start().strip_prefix('=')?.trim_start();
    let interrupted = result.is_empty() || result.starts_with('?') || result.contains(" EINTR ");
    (!interrupted).then(|| Call {
        thread,
        name: name.to_owned(),
        arguments,
        result: result.to_owned(),
    })
}

/// The arguments up to the closing bracket, and what stands after it.
fn arguments(text: &str) -> (Vec<String>, &str) {
    let (mut arguments, mut argument) = (Vec::new(), String::new());
    let (mut depth, mut quoted) = (0, false);
    let mut chars = text.char_indices();
    let mut end = text.len();
    while let Some((place, char)) = chars.next() {
        match char {
            '"' => quoted = !quoted,
            _ if quoted => {} // brackets and commas are data
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => {
                end = place + 1;
                break;
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                arguments.push(argument.trim().to_owned());
                argument.clear();
                continue;
            }
            _ => {}
        }
        argument.push(char);
        if quoted && char == '\\' {
            argument.extend(chars.next().map(|(_, char)| char));
        }
    }
    arguments.push(argument.trim().to_owned());
    (arguments, &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Vec<Event> {
        let mut reader = Lines::default();
        lines.iter().filter_map(|line| reader.read(line)).collect()
    }

    fn call(thread: u32, name: &str, arguments: &[&str], result: &str) -> Event {
        Event::Call(Call {
            thread,
            name: name.into(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            result: result.into(),
        })
    }

    #[test]
    fn a_line_is_a_call() {
        let events = read(&[
            "7     connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0",
            "7     connect(3, NULL, 16)    = -1 EFAULT (Bad address)",
        ]);
        let address = "{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}";
        let refused = call(
            7,
            "connect",
            &["3", "NULL", "16"],
            "-1 EFAULT (Bad address)",
        );
        assert_eq!(
            events,
            [call(7, "connect", &["3", address, "16"], "0"), refused]
        );
    }

    #[test]
    fn brackets_commas_and_quotes_in_data_are_data() {
        let events = read(&[r#"7 sendto(3, "a), \"b\\", 8, 0, NULL, 0) = 8"#]);
        let data = r#""a), \"b\\""#;
        let expected = call(7, "sendto", &["3", data, "8", "0", "NULL", "0"], "8");
        assert_eq!(events, [expected]);
    }

    #[test]
    fn a_call_that_was_cut_in_two_is_put_together() {
        let events = read(&[
            "7     accept(3, NULL, NULL <unfinished ...>",
            "8     recvfrom(4,  <unfinished ...>",
            "7     <... accept resumed>)             = 5",
            "8     <... recvfrom resumed>\"Ada\", 1024, 0, NULL, NULL) = 3",
        ]);
        let accept = call(7, "accept", &["3", "NULL", "NULL"], "5");
        let receive = ["4", "\"Ada\"", "1024", "0", "NULL", "NULL"];
        assert_eq!(events, [accept, call(8, "recvfrom", &receive, "3")]);
    }

    #[test]
    fn what_was_interrupted_is_left_out_and_a_signal_is_told() {
        let events = read(&[
            "7 accept(3, NULL, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)",
            "7 accept(3, NULL, NULL) = -1 EINTR (Interrupted system call)",
            "7 --- SIGCHLD {si_signo=SIGCHLD} ---",
            "7 --- SIGINT {si_signo=SIGINT, si_code=SI_USER} ---",
            "8 recvfrom(4,  <unfinished ...>",
            "8 <... recvfrom resumed> <unfinished ...>) = ?",
            "7 +++ exited with 0 +++",
        ]);
        assert_eq!(events, [Event::Stop]);
    }
}
