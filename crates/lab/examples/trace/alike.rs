//! Makes calls alike: numbers sockets and ports in order of appearance, and leaves out what differs between
//! languages. `main.rs` has the list of what is left out.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::call::{Call, Event};

/// How many bytes of data strace shows.
const SHOWN_BYTES: usize = 32;

/// All calls of one program.
#[derive(Debug, Default)]
pub struct Trace {
    /// Whether a signal has asked the program to end.
    stopped: bool,
    /// Each socket from birth on, whatever its descriptor.
    sockets: Vec<Socket>,
    /// The socket that a descriptor stands for now.
    numbers: HashMap<String, usize>,
    calls: Vec<Shown>,
}

/// What is known of a socket.
#[derive(Debug, Default)]
struct Socket {
    uses: HashSet<Use>,
    /// The receives of a web page that count as one.
    page: Option<Page>,
}

/// What a program has done with a socket, as far as it decides what is shown.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Use {
    /// It sends datagrams.
    Datagrams,
    /// It was connected.
    Connected,
    /// It has sent or received.
    Busy,
    /// It looks up a name.
    LookUp,
    /// SO_LINGER was set: our servers do that for their own knock.
    Lingers,
    /// It was in use before the signal.
    Used,
    /// Its reading half was shut down after the signal.
    Shut,
    /// It asks for a web page.
    Web,
    /// It came after the signal.
    Hidden,
}

#[derive(Debug)]
struct Page {
    /// Which of the calls shows it.
    place: usize,
    size: String,
    total: usize,
    data: String,
}

/// A call as it will be printed.
#[derive(Debug)]
struct Shown {
    thread: u32,
    socket: usize,
    text: Vec<Piece>,
    /// Whether it received the end of the stream after the signal.
    is_end: bool,
}

/// A piece of a line. Sockets and ports get their names when all are known.
#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Socket(usize),
    Port(String),
}

impl Trace {
    /// Takes the next event in.
    pub fn add(&mut self, event: Event) {
        match event {
            Event::Stop => self.stopped = true,
            Event::Call(call) => self.call(&call),
        }
    }

    fn call(&mut self, call: &Call) {
        match call.name.as_str() {
            "socketpair" => return,
            "socket" => return self.show_socket(call),
            _ => {}
        }
        let id = self.socket(call.argument(0));
        if call.argument(2) == "SO_LINGER" {
            self.uses(id, Use::Lingers);
        }
        match call.name.as_str() {
            "getsockopt" | "setsockopt" | "getsockname" => {}
            "getpeername" if self.stopped => {}
            "shutdown" if self.stopped && call.argument(1) == "SHUT_RD" => {
                self.uses(id, Use::Shut);
            }
            "accept" | "accept4" => self.show_accept(id, call),
            "sendto" | "recvfrom" => {
                self.uses(id, Use::Busy);
                self.show_data(id, call);
            }
            _ => self.show_other(id, call),
        }
    }

    fn show_socket(&mut self, call: &Call) {
        let id = if call.succeeded() {
            self.new_socket(&call.result)
        } else {
            self.sockets.push(Socket::default());
            self.sockets.len() - 1
        };
        let family = call.argument(0);
        if ["AF_UNIX", "AF_LOCAL", "AF_NETLINK"].contains(&family) {
            self.uses(id, Use::LookUp);
        }
        if call.argument(1).contains("SOCK_DGRAM") {
            self.uses(id, Use::Datagrams);
        }
        let (kind, protocol) = (flags(call.argument(1)), call.argument(2));
        let mut text = vec![Piece::Text(format!(
            "socket({family}, {kind}, {protocol}) = "
        ))];
        text.push(if call.succeeded() {
            Piece::Socket(id)
        } else {
            Piece::Text(call.result.clone())
        });
        self.show(id, call, text);
    }

    fn show_accept(&mut self, id: usize, call: &Call) {
        let mut text = begin("accept", id);
        add(&mut text, call.argument(1));
        add(&mut text, &flags(call.argument(3)));
        text.push(Piece::Text(") = ".into()));
        let stopped = self.stopped;
        text.push(if call.succeeded() {
            Piece::Socket(self.new_socket(&call.result))
        } else {
            Piece::Text(call.result.clone())
        });
        if !stopped {
            self.uses(id, Use::Used);
            self.show(id, call, text);
        } else if call.succeeded() {
            self.uses(self.sockets.len() - 1, Use::Hidden);
        }
    }

    fn show_data(&mut self, id: usize, call: &Call) {
        let (sends, data, size) = (call.name == "sendto", call.argument(1), call.argument(2));
        if sends && data.starts_with("\"GET ") {
            self.uses(id, Use::Web);
        }
        if sends && self.stopped && size == "0" {
            return;
        }
        let length = call.result.parse().unwrap_or(0);
        if !sends && length > 0 && self.has(id, Use::Web) && self.is_joined(id, call, length) {
            return;
        }
        let mut text = begin(&call.name, id);
        add(&mut text, data);
        add(&mut text, size);
        add(&mut text, &flags(call.argument(3)));
        if sends && call.argument(4) != "NULL" {
            add(&mut text, call.argument(4));
        }
        text.push(Piece::Text(format!(") = {}", call.result)));
        self.show(id, call, text);
        if let Some(shown) = self.calls.last_mut() {
            shown.is_end = self.stopped && !sends && call.result == "0";
        }
    }

    /// Counts a receive of a web page with the one before it, if nothing came between.
    fn is_joined(&mut self, id: usize, call: &Call, length: usize) -> bool {
        let (data, size) = (call.argument(1), call.argument(2));
        let mut calls = self.calls.iter();
        let latest = calls.rposition(|shown| shown.thread == call.thread);
        let before = self.sockets[id].page.as_mut();
        let before = before.filter(|page| latest == Some(page.place) && page.size == size);
        let Some(page) = before else {
            self.sockets[id].page = Some(Page {
                place: self.calls.len(),
                size: size.into(),
                total: length,
                data: data.into(),
            });
            return false;
        };
        page.total += length;
        page.data = join_data(&page.data, data, page.total);
        let (data, total) = (&page.data, page.total);
        let mut text = begin("recvfrom", id);
        text.push(Piece::Text(format!(", {data}, {size}) = {total}")));
        self.calls[page.place].text = text;
        true
    }

    fn show_other(&mut self, id: usize, call: &Call) {
        if call.name == "connect" {
            self.uses(id, Use::Connected);
            if call.argument(1).contains("htons(53)") {
                self.uses(id, Use::LookUp);
            }
        }
        if call.name.starts_with("send") || call.name.starts_with("recv") {
            self.uses(id, Use::Busy);
        }
        let mut text = begin(&call.name, id);
        for argument in call.arguments.iter().skip(1) {
            add(&mut text, argument);
        }
        text.push(Piece::Text(format!(") = {}", call.result)));
        self.show(id, call, text);
    }

    fn show(&mut self, socket: usize, call: &Call, text: Vec<Piece>) {
        if !self.stopped && call.name != "socket" {
            self.uses(socket, Use::Used);
        }
        self.calls.push(Shown {
            thread: call.thread,
            socket,
            text,
            is_end: false,
        });
    }

    fn socket(&mut self, descriptor: &str) -> usize {
        let known = self.numbers.get(descriptor).copied();
        known.unwrap_or_else(|| self.new_socket(descriptor))
    }

    fn new_socket(&mut self, descriptor: &str) -> usize {
        let id = self.sockets.len();
        self.sockets.push(Socket::default());
        self.numbers.insert(descriptor.into(), id);
        id
    }

    fn uses(&mut self, id: usize, what: Use) {
        self.sockets[id].uses.insert(what);
    }

    fn has(&self, id: usize, what: Use) -> bool {
        self.sockets[id].uses.contains(&what)
    }

    fn is_shown(&self, call: &Shown) -> bool {
        let has = |what| self.has(call.socket, what);
        let datagrams = has(Use::Datagrams);
        let looks_up = has(Use::LookUp) || datagrams && has(Use::Connected) && !has(Use::Busy);
        let knocks = has(Use::Lingers) && !has(Use::Used);
        let woken = call.is_end && (has(Use::Shut) || datagrams);
        !(has(Use::Hidden) || looks_up || knocks || woken)
    }

    /// The calls as they are printed, each thread's together. The threads come in the order in which the sockets
    /// were made that they begin with.
    pub fn lines(&self) -> Vec<String> {
        let mut groups: BTreeMap<_, Vec<&Shown>> = BTreeMap::new();
        let mut firsts = HashMap::new();
        let shown = self.calls.iter().filter(|call| self.is_shown(call));
        for (place, call) in shown.enumerate() {
            let first = firsts.entry(call.thread).or_insert((call.socket, place));
            groups.entry(*first).or_default().push(call);
        }
        let mut names = Names::default();
        let mut lines = Vec::new();
        for group in groups.values() {
            if !lines.is_empty() {
                lines.push("-- another thread".into());
            }
            lines.extend(group.iter().map(|call| names.line(&call.text)));
        }
        lines
    }
}

/// The names that sockets and ports have got so far.
#[derive(Default)]
struct Names {
    sockets: HashMap<usize, usize>,
    ports: HashMap<String, usize>,
}

impl Names {
    fn line(&mut self, pieces: &[Piece]) -> String {
        let names = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Socket(id) => {
                let next = self.sockets.len() + 1;
                format!("fd{}", self.sockets.entry(*id).or_insert(next))
            }
            Piece::Port(port) if port == "0" => port.clone(),
            Piece::Port(port) => {
                let next = self.ports.len() + 1;
                format!("port{}", self.ports.entry(port.clone()).or_insert(next))
            }
        });
        names.collect()
    }
}

/// The beginning of a line: `name(fd1`.
fn begin(name: &str, id: usize) -> Vec<Piece> {
    vec![Piece::Text(format!("{name}(")), Piece::Socket(id)]
}

/// Adds an argument to a line, unless it is empty.
fn add(text: &mut Vec<Piece>, argument: &str) {
    if argument.is_empty() {
        return;
    }
    let mut parts = argument.split("htons(");
    let first = parts.next().unwrap_or_default();
    text.push(Piece::Text(format!(", {first}")));
    for part in parts {
        let (port, rest) = part.split_once(')').unwrap_or((part, ""));
        text.push(Piece::Text("htons(".into()));
        text.push(Piece::Port(port.into()));
        text.push(Piece::Text(format!("){rest}")));
    }
}

/// Of some flags, those that are shown.
fn flags(text: &str) -> String {
    let left_out = ["SOCK_CLOEXEC", "MSG_NOSIGNAL", "0"];
    let flags = text.split('|').filter(|flag| !left_out.contains(flag));
    flags.collect::<Vec<_>>().join("|")
}

/// What strace shows of two pieces of data, as it would show them in one: the first bytes.
fn join_data(first: &str, second: &str, total: usize) -> String {
    if first.ends_with("...") {
        return first.into();
    }
    let (first, second) = (inside(first), inside(second));
    let mut left = SHOWN_BYTES;
    let mut shown = String::new();
    for mut rest in [first, second] {
        while left > 0 && !rest.is_empty() {
            let (byte, after) = rest.split_at(byte_length(rest));
            shown += byte;
            rest = after;
            left -= 1;
        }
    }
    let end = if total > SHOWN_BYTES { "..." } else { "" };
    format!("\"{shown}\"{end}")
}

/// The data without the quotes around it, and without the dots of what is longer than strace shows.
fn inside(text: &str) -> &str {
    let text = text.strip_suffix("...").unwrap_or(text);
    let text = text.strip_prefix('"').unwrap_or(text);
    text.strip_suffix('"').unwrap_or(text)
}

/// How many characters show the next byte: `a`, `\n`, or up to three octal digits, `\1`, `\33`, `\377`.
fn byte_length(text: &str) -> usize {
    let Some(escape) = text.strip_prefix('\\') else {
        return text.chars().next().map_or(0, char::len_utf8);
    };
    let digits = escape.chars().take(3);
    let digits = digits.take_while(|char| char.is_digit(8)).count();
    1 + digits.max(1).min(escape.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Lines;

    fn alike(lines: &[&str]) -> Vec<String> {
        let (mut reader, mut trace) = (Lines::default(), Trace::default());
        for line in lines {
            if let Some(event) = reader.read(line) {
                trace.add(event);
            }
        }
        trace.lines()
    }

    const LISTENER: [&str; 3] = [
        "7 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3",
        "7 bind(3, {sa_family=AF_INET, sin_port=htons(0)}, 16) = 0",
        "7 listen(3, 5) = 0",
    ];

    #[test]
    fn sockets_and_ports_are_numbered_in_order_of_appearance() {
        let lines = alike(&[
            "7 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 9",
            "7 setsockopt(9, SOL_SOCKET, SO_RCVTIMEO, \"\\3\", 16) = 0",
            "7 sendto(9, \"Ada\", 3, MSG_NOSIGNAL, {sin_port=htons(9999)}, 16) = 3",
            "7 recvfrom(9, \"Hello\", 1024, 0, {sin_port=htons(9999)}, [128 => 16]) = 5",
            "7 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 4",
            "7 connect(4, {sin_port=htons(8080)}, 16) = -1 ECONNREFUSED (Connection refused)",
        ]);
        let expected = [
            "socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = fd1",
            "sendto(fd1, \"Ada\", 3, {sin_port=htons(port1)}) = 3",
            "recvfrom(fd1, \"Hello\", 1024) = 5",
            "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = fd2",
            "connect(fd2, {sin_port=htons(port2)}, 16) = -1 ECONNREFUSED (Connection refused)",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn accept4_is_accept_and_each_thread_has_its_part() {
        let mut lines = LISTENER.to_vec();
        lines.extend([
            "7 accept4(3, {sin_port=htons(40000)}, [16], SOCK_CLOEXEC) = 4",
            "7 accept4(3, {sin_port=htons(40001)}, [16], SOCK_CLOEXEC) = 5",
            "9 sendto(5, \"Welcome!\", 8, 0, NULL, 0) = 8",
            "8 sendto(4, \"Welcome!\", 8, 0, NULL, 0) = 8",
        ]);
        let lines = alike(&lines);
        let expected = [
            "accept(fd1, {sin_port=htons(port1)}) = fd2",
            "accept(fd1, {sin_port=htons(port2)}) = fd3",
            "-- another thread",
            "sendto(fd2, \"Welcome!\", 8) = 8",
            "-- another thread",
            "sendto(fd3, \"Welcome!\", 8) = 8",
        ];
        assert_eq!(lines[3..], expected);
    }

    #[test]
    fn what_wakes_a_server_is_left_out() {
        let knock = "7 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 4";
        let linger = "7 setsockopt(4, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=0}, 8) = 0";
        let stopped = [
            "7 --- SIGINT {si_signo=SIGINT, si_code=SI_USER} ---",
            "8 connect(4, {sin_port=htons(40002)}, 16) = 0",
            "7 accept4(3, {sin_port=htons(40003)}, [16], SOCK_CLOEXEC) = 6",
            "7 shutdown(5, SHUT_RD) = 0",
            "8 recvfrom(5, \"\", 1024, 0, NULL, NULL) = 0",
        ];
        let visitor = ["7 accept4(3, {sin_port=htons(40001)}, [16], SOCK_CLOEXEC) = 5"];
        let before = [&LISTENER[..], &[knock, linger], &visitor].concat();
        let shown = alike(&before);
        assert_eq!(shown.len(), 4, "{shown:?}");
        assert_eq!(alike(&[&before[..], &stopped].concat()), shown);
        // Without the signal, all of it is the program's own doing.
        assert_eq!(alike(&[&before[..], &stopped[1..]].concat()).len(), 10);
    }

    #[test]
    fn the_look_up_of_a_name_is_left_out() {
        let lines = alike(&[
            "7 socket(AF_UNIX, SOCK_STREAM, 0) = 3",
            "7 connect(3, {sa_family=AF_UNIX}, 110) = -1 ENOENT (No such file or directory)",
            "7 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 3",
            "7 connect(3, {sin_port=htons(53)}, 16) = 0",
            "7 sendto(3, \"?\", 1, 0, NULL, 0) = 1",
            "7 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 3",
            "7 connect(3, {sin_port=htons(80)}, 16) = 0",
        ]);
        assert_eq!(lines, [""; 0]);
    }

    #[test]
    fn the_receives_of_a_web_page_count_as_one() {
        let long = "\"0123456789012345678901234567890\\n\"...";
        let last = format!("7 recvfrom(3, {long}, 1024, 0, NULL, NULL) = 1024");
        let lines = alike(&[
            "7 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3",
            "7 sendto(3, \"GET / HTTP/1.1\", 14, 0, NULL, 0) = 14",
            "7 recvfrom(3, \"HTTP/1.1 \\33\", 1024, 0, NULL, NULL) = 10",
            &last,
            "7 recvfrom(3, \"\", 1024, 0, NULL, NULL) = 0",
        ]);
        let expected = [
            "recvfrom(fd1, \"HTTP/1.1 \\330123456789012345678901\"..., 1024) = 1034",
            "recvfrom(fd1, \"\", 1024) = 0",
        ];
        assert_eq!(lines[2..], expected);
    }

    #[test]
    fn data_is_cut_after_32_bytes_however_they_are_shown() {
        assert_eq!(join_data("\"a\\\"\"", "\"b\"", 3), "\"a\\\"b\"");
        let bytes = "\\377".repeat(20);
        let joined = join_data(&format!("\"{bytes}\""), &format!("\"{bytes}\""), 40);
        assert_eq!(joined, format!("\"{}\"...", "\\377".repeat(32)));
    }
}
