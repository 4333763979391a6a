//! Reads what Python said, and the learner's source, to explain a fault. Only for answers in own words it decides, too: unused.rs.

mod end_words;
mod suspect;
mod syntax;
mod unused;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::faults::Name;
use crate::watch::Protocol;
use crate::words::{Message, Text};

/// Modules that such programs import.
const MODULES: &[&str] = &[
    "socket",
    "threading",
    "time",
    "sys",
    "os",
    "struct",
    "json",
    "datetime",
    "random",
    "multiprocessing",
    "select",
    "asyncio",
    "socketserver",
    "logging",
    "re",
    "signal",
    "traceback",
    "codecs",
];

/// What such programs take from modules and call on sockets, threads and texts.
const ATTRIBUTES: &[&str] = &[
    "socket",
    "AF_INET",
    "AF_INET6",
    "SOCK_STREAM",
    "SOCK_DGRAM",
    "bind",
    "listen",
    "accept",
    "recv",
    "recvfrom",
    "send",
    "sendall",
    "sendto",
    "close",
    "connect",
    "settimeout",
    "setsockopt",
    "SOL_SOCKET",
    "SO_REUSEADDR",
    "Thread",
    "start",
    "join",
    "sleep",
    "time",
    "decode",
    "encode",
    "append",
    "split",
    "upper",
    "format",
    "gethostname",
    "shutdown",
];

/// Names that a misspelled one may mean.
const KNOWN: &[&str] = &[
    "socket",
    "threading",
    "time",
    "print",
    "True",
    "False",
    "None",
    "len",
    "range",
    "str",
    "bytes",
    "input",
    "while",
    "break",
    "Exception",
];

/// The learner's source, if it is a text that can be read.
#[derive(Default)]
pub struct Source {
    lines: Vec<String>,
    name: String,
    folder: PathBuf,
    /// In a language other than Python, only its words are looked at.
    other: Vec<String>,
}

/// An error that a program printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traceback {
    /// `NameError: name 'x' is not defined`
    pub error: String,
    /// The innermost place in the learner's own file.
    pub place: Option<Place>,
}

/// A place in the learner's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    pub line: usize,
    pub code: String,
}

impl Traceback {
    /// Whether the learner's own `raise` threw it.
    pub fn raised_on_purpose(&self) -> bool {
        let place = self.place.as_ref();
        place.is_some_and(|place| place.code.split([' ', ':']).any(|word| word == "raise"))
    }
}

impl Source {
    /// The first argument that is a file of text, such as my_server.py.
    pub fn of(command: &[OsString]) -> Self {
        if let Some((file, lines)) = text_of(command, &["py", "py2", "py3", "pyw"]) {
            return Self {
                lines,
                name: file
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                folder: file.parent().unwrap_or(Path::new("")).to_owned(),
                other: Vec::new(),
            };
        }
        let endings = [
            "js", "mjs", "ts", "java", "pl", "rb", "php", "go", "lua", "sh",
        ];
        let other = text_of(command, &endings).map_or_else(Vec::new, |(_, lines)| lines);
        Self {
            other,
            ..Self::default()
        }
    }

    pub fn line(&self, number: usize) -> Option<&str> {
        self.lines.get(number.checked_sub(1)?).map(String::as_str)
    }

    /// The last traceback in what was printed.
    pub fn traceback(&self, printed: &str) -> Option<Traceback> {
        let lines: Vec<_> = printed.lines().collect();
        // The error's own line follows the places: it begins at the margin, with a name and a colon.
        let end = (0..lines.len()).rev().find(|&at| {
            is_error(lines[at]) && (follows_a_place(&lines[..at]) || has_its_place(lines[at]))
        })?;
        let start = (0..end)
            .rev()
            .find(|&at| lines[at].contains("Traceback (most recent call last)"))
            .unwrap_or(0);
        let places = (start..end)
            .filter_map(|at| self.place(lines[at], lines.get(at + 1).copied().unwrap_or("")));
        let places: Vec<_> = places.collect();
        let own = places.iter().rev().find(|place| place.file == self.name);
        let place = own.or(places.last()).cloned();
        Some(Traceback {
            error: lines[end].trim().into(),
            place,
        })
    }

    fn place(&self, line: &str, next: &str) -> Option<Place> {
        let rest = line.trim_start().strip_prefix("File \"")?;
        let (path, rest) = rest.split_once('"')?;
        let number = rest.split_once("line ")?.1;
        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
        let line = digits.parse().ok()?;
        let file = Path::new(path).file_name()?.to_string_lossy().into_owned();
        let own = if file == self.name {
            self.line(line)
        } else {
            None
        };
        Some(Place {
            file,
            line,
            code: own.unwrap_or(next).trim().into(),
        })
    }

    /// Which fault an error stands for, and what to change; none for one of no known kind.
    pub fn explain(&self, traceback: &Traceback, protocol: Protocol) -> Option<(Name, Text)> {
        let error = traceback.error.as_str();
        let (kind, message) = error.split_once(':').unwrap_or((error, ""));
        let kind = kind.rsplit('.').next().unwrap_or(kind);
        match kind {
            "SyntaxError" | "IndentationError" | "TabError" => Some(syntax::explain(traceback)),
            "NameError" | "UnboundLocalError" => self.name_error(message, traceback),
            "ImportError" | "ModuleNotFoundError" => Some(self.import_error(message)),
            // Nothing was found, where something was looked for: no name is wrong.
            "AttributeError" if message.contains("'NoneType'") => None,
            "AttributeError" => Some(self.attribute_error(message)),
            "TypeError" => type_error(message, traceback),
            "OSError" | "error" | "PermissionError" => os_error(message, traceback, protocol),
            _ => None,
        }
    }

    fn name_error(&self, message: &str, traceback: &Traceback) -> Option<(Name, Text)> {
        let name = quoted(message)?;
        if [
            "raw_input",
            "unicode",
            "xrange",
            "reload",
            "basestring",
            "long",
            "unichr",
            "file",
        ]
        .contains(&name)
        {
            return Some((Name::Python2, Message::WhyPython2.into()));
        }
        let used = traceback.place.as_ref().map_or(0, |place| place.line);
        Some((Name::UndefinedName, self.undefined(name, used)))
    }

    /// Which of the three it is: an import forgotten, a name misspelled, or a definition that comes too late.
    fn undefined(&self, name: &str, used: usize) -> Text {
        if let Some(line) = self.definition(name).filter(|line| *line > used) {
            let looped = self.lines[..line - 1].iter().any(|line| {
                line.strip_prefix("while")
                    .is_some_and(|rest| rest.starts_with([' ', '(']))
            });
            let why = if looped {
                Message::WhyNameLate
            } else {
                Message::WhyNameLateCall
            };
            return why.with("name", name).with("line", line);
        }
        let imported = self.lines.iter().any(|line| {
            let line = line.trim_start();
            (line.starts_with("import ") || line.starts_with("from "))
                && words(line).any(|word| word == name)
        });
        if MODULES.contains(&name) && !imported {
            return Message::WhyNameImport.with("name", name);
        }
        if let Some(other) = self.similar(name) {
            return Message::WhyNameSpelled
                .with("name", name)
                .with("other", other);
        }
        match name {
            "Thread" => Message::WhyNameImport.with("name", "threading"),
            "AF_INET" | "SOCK_STREAM" | "SOCK_DGRAM" => Message::WhyNameSpelled
                .with("name", name)
                .with("other", format!("socket.{name}")),
            "sleep" => Message::WhyNameSpelled
                .with("name", name)
                .with("other", "time.sleep"),
            _ => Message::WhyName.with("name", name),
        }
    }

    /// The line of the `def` of a name.
    fn definition(&self, name: &str) -> Option<usize> {
        let found = self.lines.iter().position(|line| {
            let rest = line.trim_start();
            let rest = rest
                .strip_prefix("def ")
                .or_else(|| rest.strip_prefix("class "));
            rest.is_some_and(|rest| words(rest).next() == Some(name))
        })?;
        Some(found + 1)
    }

    /// A name of the source, or of Python, that is spelled nearly so.
    fn similar(&self, name: &str) -> Option<String> {
        let defined = self.lines.iter().flat_map(|line| defined_in(line));
        let candidates = KNOWN.iter().map(|name| (*name).to_owned()).chain(defined);
        let limit = if name.chars().count() <= 3 { 1 } else { 2 };
        candidates
            .filter(|other| other != name)
            .map(|other| (distance(name, &other), other))
            .filter(|(far, _)| *far <= limit)
            .min()
            .map(|(_, other)| other)
    }

    /// The learner's file that Python takes for one of its own modules.
    fn own_module(&self, message: &str) -> Option<Text> {
        let (_, rest) = message.split_once("module '")?;
        let module = rest.split('\'').next()?;
        let file = format!("{module}.py");
        let own =
            MODULES.contains(&module) && (self.name == file || self.folder.join(&file).exists());
        own.then(|| {
            Message::WhyOwnModule
                .with("file", file)
                .with("module", module)
        })
    }

    fn import_error(&self, message: &str) -> (Name, Text) {
        match self.own_module(message) {
            Some(why) => (Name::UndefinedName, why),
            None => import_error(message),
        }
    }

    fn attribute_error(&self, message: &str) -> (Name, Text) {
        let message = message.trim();
        if let Some(why) = self.own_module(message) {
            return (Name::UndefinedName, why);
        }
        if message.starts_with("'str' object has no attribute 'decode'")
            || message.starts_with("'bytes' object has no attribute 'encode'")
            || message.starts_with("'bytes' object has no attribute 'format'")
        {
            return (Name::TextNotBytes, Message::WhyBytes.into());
        }
        let name = message
            .rsplit_once("attribute '")
            .map_or("", |(_, rest)| rest.split('\'').next().unwrap_or(""));
        if ["has_key", "setdefaultencoding", "iteritems", "maketrans"].contains(&name) {
            return (Name::Python2, Message::WhyPython2.into());
        }
        if let Some(kind) = quoted(message) {
            if ATTRIBUTES.contains(&name) && message.contains("' object has") {
                return (Name::UndefinedName, of_another_kind(kind, name));
            }
        }
        let near = ATTRIBUTES
            .iter()
            .map(|other| (distance(name, other), *other))
            .filter(|(far, other)| *far <= 2 && *other != name)
            .min();
        let why = match near {
            // `from socket import *` makes `socket` the class itself.
            _ if message.starts_with("type object 'socket'") => Message::WhyStarImport.into(),
            Some((_, other)) => Message::WhyNameSpelled
                .with("name", name)
                .with("other", other),
            None => Message::WhyName.with("name", name),
        };
        (Name::UndefinedName, why)
    }

    /// Whether it says that it starts processes.
    pub fn makes_processes(&self) -> bool {
        self.speaks_of(&["Process(", "os.fork", "ForkingTCPServer", "ForkingMixIn"])
    }

    /// Whether there is one.
    pub fn is_known(&self) -> bool {
        !self.lines.is_empty() || !self.other.is_empty()
    }

    /// Whether it speaks of Ctrl+C.
    pub fn expects_ctrl_c(&self) -> bool {
        self.speaks_of(&["KeyboardInterrupt", "SIGINT"])
    }

    /// Whether one of these words stands in it.
    pub fn speaks_of(&self, words: &[&str]) -> bool {
        let mut lines = self.lines.iter().chain(&self.other);
        lines.any(|line| words.iter().any(|word| line.contains(word)))
    }
}

/// The first argument with one of these endings, and its lines.
fn text_of<'a>(command: &'a [OsString], endings: &[&str]) -> Option<(&'a Path, Vec<String>)> {
    let file = command.iter().map(Path::new).find(|file| {
        let ending = file.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| endings.contains(&ending))
    })?;
    let bytes = fs::read(file).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    Some((file, text.lines().map(String::from).collect()))
}

/// An error that the program caught and printed in its own words, without a traceback.
pub fn muttered(printed: &str) -> Option<Traceback> {
    let kinds = [
        ("NameError", "is not defined"),
        ("AttributeError", "has no attribute"),
        ("TypeError", "a bytes-like object is required"),
        ("TypeError", "can't concat str to bytes"),
        ("TypeError", "can only concatenate str (not \"bytes\")"),
        ("TypeError", "string argument without an encoding"),
        ("TypeError", "must be str, not bytes"),
        ("TypeError", "must be bytes, not str"),
        ("TypeError", "address must be tuple"),
    ];
    let found = printed.lines().rev().find_map(|line| {
        let (kind, _) = kinds.iter().find(|(_, part)| line.contains(part))?;
        Some(format!("{kind}: {}", line.trim()))
    });
    found.map(|error| Traceback { error, place: None })
}

/// Whether Python itself printed an error, since nobody caught it: it says before the traceback where.
pub fn uncaught(printed: &str) -> bool {
    let told = [
        "Exception in thread ",
        "Exception in callback ",
        "Exception ignored in",
        "Exception occurred during processing of request",
        "Task exception was never retrieved",
        "nhandled exception in ",
    ];
    let process = |line: &str| line.starts_with("Process ") && line.trim_end().ends_with(':');
    told.iter().any(|words| printed.contains(words)) || printed.lines().any(process)
}

fn is_error(line: &str) -> bool {
    let kind = line.split(':').next().unwrap_or("");
    let kind = kind.trim_end();
    let last = kind.rsplit('.').next().unwrap_or("");
    let named = [
        "Error",
        "Exception",
        "Interrupt",
        "Exit",
        "timeout",
        "error",
        "gaierror",
        "herror",
        "Warning",
    ];
    !kind.is_empty()
        && kind
            .chars()
            .all(|char| char.is_alphanumeric() || char == '.' || char == '_')
        && named.iter().any(|ending| last.ends_with(ending))
}

/// Whether an error names its own place, as that of a file in another encoding does.
fn has_its_place(line: &str) -> bool {
    line.starts_with("SyntaxError: Non-") && line.contains(" in file ")
}

/// Whether a place in a file stands shortly before, as in a traceback.
fn follows_a_place(before: &[&str]) -> bool {
    before
        .iter()
        .rev()
        .take(8)
        .any(|line| line.trim_start().starts_with("File \"") && line.contains("line "))
}

/// The name is right, and what stands before the dot is not what it was meant to be.
fn of_another_kind(kind: &str, name: &str) -> Text {
    let why = match kind {
        "tuple" => Message::WhyTwoValues,
        _ => Message::WhyKind,
    };
    why.with("kind", kind).with("name", name)
}

fn import_error(message: &str) -> (Name, Text) {
    let name =
        quoted(message).unwrap_or(message.trim().trim_start_matches("No module named ").trim());
    if [
        "SocketServer",
        "Queue",
        "thread",
        "urllib2",
        "Tkinter",
        "ConfigParser",
        "cPickle",
        "StringIO",
        "httplib",
        "BaseHTTPServer",
    ]
    .contains(&name)
    {
        return (Name::Python2, Message::WhyPython2.into());
    }
    (Name::UndefinedName, Message::WhyModule.with("name", name))
}

fn type_error(message: &str, traceback: &Traceback) -> Option<(Name, Text)> {
    let address = [
        "must be tuple",
        "bind() takes",
        "connect() takes",
        "connect_ex() takes",
        "AF_INET address",
        "AF_INET6 address",
        "argument must be tuple",
        "getsockaddrarg",
    ];
    // sendto takes flags between the data and the address: a host there is no number.
    let code = traceback.place.as_ref().map_or("", |place| &place.code);
    let three = code
        .split_once(".sendto(")
        .is_some_and(|(_, rest)| arguments(rest) > 2);
    let flags = three && !code.contains(", (") && message.contains("integer");
    if flags || address.iter().any(|part| message.contains(part)) {
        return Some((Name::AddressNotATuple, Message::WhyTuple.into()));
    }
    let (str, bytes) = (
        message.contains("str") || message.contains("unicode"),
        message.contains("bytes") || message.contains("byte"),
    );
    if message.contains("write() argument must be str") {
        return Some((Name::TextNotBytes, Message::WhyTextFile.into()));
    }
    if str && bytes
        || message.contains("does not support the buffer interface")
        || message.contains("without an encoding")
    {
        return Some((Name::TextNotBytes, Message::WhyBytes.into()));
    }
    None
}

fn os_error(message: &str, traceback: &Traceback, protocol: Protocol) -> Option<(Name, Text)> {
    let called = |method: &str| {
        let code = traceback.place.as_ref().map(|place| place.code.as_str());
        code.is_some_and(|code| code.contains(method))
    };
    let has = |codes: &[&str]| codes.iter().any(|code| message.contains(code));
    let tcp = protocol == Protocol::Tcp;
    // A socket for datagrams cannot listen, and only a socket for a stream must be connected to receive.
    let datagrams = has(&["[Errno 95]", "[Errno 102]", "WinError 10045"]);
    let stream = has(&["[Errno 107]", "[Errno 57]", "WinError 10057"]) && called("recvfrom");
    if datagrams && tcp || stream && !tcp {
        return Some((Name::WrongSocket, Message::WhyWrongSocket.into()));
    }
    if tcp && has(&["[Errno 22]", "WinError 10022"]) && called("accept") {
        return Some((Name::NotListening, Message::AdviceListen.into()));
    }
    if has(&["Address already in use", "WinError 10048"]) {
        return Some((Name::AddressInUse, Message::WhyInUse.into()));
    }
    // With a name behind it, it is a file that may not be opened.
    if has(&["[Errno 13]", "WinError 10013"]) && !message.contains(": '") {
        return Some((Name::NotPermitted, Message::WhyNotPermitted.into()));
    }
    None
}

/// What to do about an error that stands for no fault of its own.
pub fn advice(traceback: &Traceback, protocol: Protocol) -> Option<Text> {
    let error = traceback.error.as_str();
    let code = traceback.place.as_ref().map_or("", |place| &place.code);
    let has = |parts: &[&str]| parts.iter().any(|part| error.contains(part));
    let gone = [
        "BrokenPipe",
        "ConnectionReset",
        "ConnectionAborted",
        "[Errno 32]",
        "[Errno 104]",
    ];
    let unpacks = code.contains(".recv(") && code.contains(',');
    let file = error.contains("[Errno") && error.contains(": '");
    let connects = ["bind(", "connect(", "sendto(", "connect_ex(", "create_"];
    let connects = connects.iter().any(|call| code.contains(call));
    let advice = if file {
        Message::AdviceFile
    } else if has(&gone) {
        Message::AdviceGone
    } else if has(&["[Errno 9]", "WinError 10038"]) {
        Message::AdviceClosed
    } else if has(&["[Errno 95]", "[Errno 102]", "WinError 10045"]) && protocol == Protocol::Udp {
        Message::AdviceAccept
    } else if has(&["values to unpack"]) && unpacks {
        Message::AdviceRecvFrom
    } else if has(&["ConnectionRefused", "[Errno 111]"]) {
        Message::AdviceRefused
    } else if has(&["[Errno 99]", "WinError 10049"]) {
        Message::AdviceNotHere
    } else if has(&["UnicodeDecodeError"]) {
        Message::AdviceUtf8
    } else if has(&["interpreted as an integer", "an integer is required"]) && connects {
        Message::AdvicePort
    } else if has(&["() takes no arguments", "() takes no parameters"]) {
        Message::AdviceInit
    } else if has(&["argument after *", "positional argument"]) {
        Message::AdviceArguments
    } else if has(&["'module' object is not callable"]) {
        Message::AdviceModule
    } else if has(&["timed out"]) {
        Message::AdviceTimeout
    } else if has(&["gaierror"]) {
        Message::AdviceHost
    } else if has(&["not enough arguments for format"]) {
        Message::AdvicePercentMore
    } else if has(&["sendto() takes", "sendto expected"]) {
        Message::AdviceSendTo
    } else if has(&["not all arguments converted"]) {
        Message::AdvicePercent
    } else {
        return None;
    };
    Some(advice.into())
}

/// How many arguments a call has, of which this is what follows the bracket.
fn arguments(call: &str) -> usize {
    let (mut depth, mut commas) = (0_usize, 0);
    for char in call.chars() {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => break,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => commas += 1,
            _ => {}
        }
    }
    commas + 1
}

/// The first name in quotes.
fn quoted(message: &str) -> Option<&str> {
    message.split('\'').nth(1)
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|char: char| !char.is_alphanumeric() && char != '_')
        .filter(|word| !word.is_empty())
}

/// The names that a line defines: a function, a module, variables, parameters.
fn defined_in(line: &str) -> Vec<String> {
    let code = line.trim_start();
    let part = if let Some(rest) = code
        .strip_prefix("def ")
        .or_else(|| code.strip_prefix("class "))
    {
        rest
    } else if code.starts_with("import ") || code.starts_with("from ") {
        code
    } else if let Some(rest) = code.strip_prefix("for ") {
        rest.split(" in ").next().unwrap_or("")
    } else if let Some((left, right)) = code.split_once('=') {
        if right.starts_with('=') || left.contains(['(', '\'', '"', '[']) {
            ""
        } else {
            left
        }
    } else if let Some((_, name)) = code.split_once(" as ") {
        name
    } else {
        ""
    };
    let keywords = ["import", "from", "as", "self"];
    words(part)
        .filter(|word| !keywords.contains(word))
        .map(String::from)
        .collect()
}

/// How many letters differ (Levenshtein; two that are swapped count once).
pub fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<_>, Vec<_>) = (left.chars().collect(), right.chars().collect());
    let mut table = vec![vec![0; right.len() + 1]; left.len() + 1];
    for row in 0..=left.len() {
        for column in 0..=right.len() {
            table[row][column] = if row == 0 || column == 0 {
                row + column
            } else {
                let same = usize::from(left[row - 1] != right[column - 1]);
                let mut least = (table[row - 1][column] + 1)
                    .min(table[row][column - 1] + 1)
                    .min(table[row - 1][column - 1] + same);
                let swapped = row > 1
                    && column > 1
                    && left[row - 1] == right[column - 2]
                    && left[row - 2] == right[column - 1];
                if swapped {
                    least = least.min(table[row - 2][column - 2] + 1);
                }
                least
            };
        }
    }
    table[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn explained(name: &str, printed: &str) -> Option<(Name, String)> {
        let source = Source {
            name: name.into(),
            ..Source::default()
        };
        let traceback = source.traceback(printed)?;
        let (fault, why) = source.explain(&traceback, Protocol::Tcp)?;
        Some((fault, why.render(Language::En)))
    }

    #[test]
    fn an_error_that_names_its_file_itself_needs_no_place_before_it() {
        let printed = "SyntaxError: Non-UTF-8 code starting with '\\xb7' in file /a/x.py on line 1, \
                       but no encoding declared; see https://peps.python.org/pep-0263/ for details\n";
        let (fault, why) = explained("x.py", printed).unwrap();
        assert_eq!(fault, Name::SyntaxError);
        assert!(why.contains("coding: gbk"), "{why}");
        assert_eq!(explained("x.py", "SyntaxError: what a user typed\n"), None);
    }

    #[test]
    fn a_file_that_is_called_like_a_module_is_told() {
        let printed = "Traceback (most recent call last):\n  File \"/a/socket.py\", line 3, in <module>\n\
                       AttributeError: partially initialized module 'socket' has no attribute 'AF_INET' \
                       (most likely due to a circular import)\n";
        let (fault, why) = explained("socket.py", printed).unwrap();
        assert_eq!(fault, Name::UndefinedName);
        assert!(why.contains("your file socket.py"), "{why}");
        let (_, why) = explained("server.py", printed).unwrap();
        assert!(!why.contains("your file"), "{why}");
    }

    #[test]
    fn arguments_are_counted_up_to_the_end_of_the_call() {
        for (call, count) in [
            ("data, (host, port))", 2),
            ("data, addr)  # one, two, three", 2),
            ("data, '127.0.0.1', 9999)", 3),
        ] {
            assert_eq!(arguments(call), count, "{call}");
        }
    }
}
