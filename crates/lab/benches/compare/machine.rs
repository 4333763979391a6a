//! Where the figures come from: the machine, its kernel, and the versions of everybody who took part.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;

/// As a Markdown table.
pub fn describe() -> String {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let python = lab::python("tcp_server.py").map(|command| command.get_program().to_owned());
    let lines: Vec<[String; 2]> = [
        ("processor", line_of("/proc/cpuinfo", "model name")),
        ("cores", Some(cores.to_string())),
        (
            "memory",
            line_of("/proc/meminfo", "MemTotal").map(|text| gib(&text)),
        ),
        ("kernel", said("uname", &["-sr"])),
        ("Rust", said("rustc", &["--version"])),
        (
            "Python",
            python.and_then(|python| said(python, &["--version"])),
        ),
        (
            "curl",
            said("curl", &["--version"]).map(|text| first_words(&text, 2)),
        ),
        (
            "socat",
            said("socat", &["-V"]).map(|text| first_words(&text, 3)),
        ),
        (
            "ncat",
            said("ncat", &["--version"]).map(|text| first_words(&text, 3)),
        ),
        ("strace", said("strace", &["-V"])),
    ]
    .into_iter()
    .map(|(what, text)| [what.into(), text.unwrap_or_else(|| "not here".into())])
    .collect();
    crate::report::markdown(&["machine", ""], &lines)
}

/// What stands after the colon in the first line that begins so.
fn line_of(file: &str, start: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(start))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn gib(text: &str) -> String {
    let kib = text
        .trim_end_matches(" kB")
        .parse::<f64>()
        .unwrap_or(f64::NAN);
    format!("{:.1} GiB", kib / f64::from(1 << 20))
}

/// The first line with a version that a tool prints about itself.
fn said(tool: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Option<String> {
    let answer = Command::new(tool)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = [answer.stdout, answer.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let line = text
        .lines()
        .find(|line| line.contains(|char: char| char.is_ascii_digit()))?;
    Some(line.to_owned())
}

fn first_words(text: &str, count: usize) -> String {
    text.split_whitespace()
        .take(count)
        .collect::<Vec<_>>()
        .join(" ")
}
