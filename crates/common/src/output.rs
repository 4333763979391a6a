//! What goes to stdout, and what of it came from the network.

use std::fmt::{Display, Write as _};
use std::io::{self, ErrorKind, Write as _};

use log::warn;

use crate::report::output_error;

/// Prints a line to stdout.
///
/// Where stdout is a closed pipe or on a full disk, `println!` would panic.
///
/// # Errors
///
/// When stdout cannot be written to; the error says that it is stdout's.
pub fn print_line(line: impl Display) -> io::Result<()> {
    writeln!(io::stdout(), "{line}").map_err(|error| {
        let hint = match error.kind() {
            ErrorKind::BrokenPipe => "whoever was reading the output has closed it",
            _ => "make room on the disk, or write elsewhere",
        };
        output_error("stdout", &error, hint)
    })
}

/// Prints a server's line to stdout, or warns that it could not: unseen, it serves all the same.
pub fn print_or_warn(line: impl Display) {
    if let Err(error) = print_line(line) {
        warn!("{error}");
    }
}

/// What a terminal may be given of `bytes`: no peer of ours gets to move its cursor or to clear it.
///
/// CR LF, LF and tab pass; every other control character, and every byte that is not UTF-8, becomes
/// `\xNN`.
///
/// ```
/// assert_eq!(common::printable("你好\t\x1b[2J".as_bytes()), "你好\t\\x1b[2J");
/// ```
#[must_use]
pub fn printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        let mut chars = chunk.valid().chars().peekable();
        while let Some(char) = chars.next() {
            match char {
                '\n' | '\t' => text.push(char),
                '\r' if chars.peek() == Some(&'\n') => text.push(char),
                _ if char.is_control() || is_format(char) => escape(&mut text, char.into()),
                _ => text.push(char),
            }
        }
        for &byte in chunk.invalid() {
            escape(&mut text, byte.into());
        }
    }
    text
}

/// Whether a character turns the text around it (UAX #9), or ends its line, unseen.
///
/// The joiners, which emoji need, do neither.
fn is_format(char: char) -> bool {
    matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn escape(text: &mut String, code: u32) {
    // Writing to a String cannot fail.
    let _ = write!(text, "\\x{code:02x}");
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn text_passes() {
        for text in ["", "Hello, Michael!", "两\r\n行\n\tTab", "\\x1b", "🦀 é"] {
            assert_eq!(printable(text.as_bytes()), text);
        }
    }

    #[test]
    fn control_characters_do_not() {
        assert_eq!(
            printable(b"\x1b[31mred\x07\0\x7f"),
            r"\x1b[31mred\x07\x00\x7f"
        );
        assert_eq!(printable(b"over\rwritten\r"), r"over\x0dwritten\x0d");
        assert_eq!(printable("\u{9b}2J".as_bytes()), r"\x9b2J");
    }

    #[test]
    fn what_turns_text_around_does_not() {
        assert_eq!(
            printable("a\u{202e}b\u{2067}c".as_bytes()),
            r"a\x202eb\x2067c"
        );
        assert_eq!(
            printable("\u{61c}\u{200e}\u{200f}".as_bytes()),
            r"\x61c\x200e\x200f"
        );
        assert_eq!(printable("\u{2028}\u{2029}".as_bytes()), r"\x2028\x2029");
        let joined = "👩\u{200d}💻 ❤\u{fe0f} n\u{200c}m עברית العربية";
        assert_eq!(printable(joined.as_bytes()), joined);
    }

    #[test]
    fn bytes_that_are_not_utf_8_do_not() {
        assert_eq!(printable(b"caf\xe9 \xff\xfe"), r"caf\xe9 \xff\xfe");
        assert_eq!(printable(b"\xe4\xbd"), r"\xe4\xbd");
        assert_eq!(printable(b"\r\xff\n"), "\\x0d\\xff\n");
    }
}
