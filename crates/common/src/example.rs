//! What the Cargo examples share, so that each has its few lines for its one idea.

use std::env;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use crate::{Address, exit_status, start_log};

/// The exit status of wrong usage, as in the programs.
const WRONG_USAGE: u8 = 2;

/// The `main` of an example: its log, its only argument, an address, and its exit status.
///
/// `tutorial` is the address that the tutorial gives; a host alone as the argument has its port.
#[must_use]
pub fn run_example(
    name: &str,
    tutorial: (&str, u16),
    run: impl FnOnce(SocketAddr) -> io::Result<()>,
) -> ExitCode {
    start_log();
    // What is not UTF-8 is no address either: it is refused as one, and not with a panic.
    let arguments = env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    match address(arguments.skip(1), tutorial) {
        Ok(address) => exit_status(name, &address, address.resolve().and_then(run)),
        Err(error) => {
            // Where stderr is gone, there is nobody to tell.
            let _ = write!(io::stderr(), "error: {error}\n\nUsage: {name} [ADDRESS]\n");
            ExitCode::from(WRONG_USAGE)
        }
    }
}

fn address(
    mut arguments: impl Iterator<Item = String>,
    (host, port): (&str, u16),
) -> Result<Address, String> {
    match (arguments.next(), arguments.next()) {
        (None, _) => Address::parse(host, port),
        (Some(text), None) if !text.starts_with('-') => Address::parse(&text, port),
        _ => Err("an address is the only argument".into()),
    }
}

/// Bytes as Python prints them: `b'HELLO'`.
///
/// ```
/// assert_eq!(common::python_bytes("é\t\"it's\"".as_bytes()), r#"b'\xc3\xa9\t"it\'s"'"#);
/// assert_eq!(common::python_bytes(b"it's"), r#"b"it's""#);
/// ```
#[must_use]
pub fn python_bytes(bytes: &[u8]) -> String {
    // Rust escapes the same bytes in the same way, and both kinds of quotes besides.
    let text = bytes.escape_ascii().to_string().replace("\\\"", "\"");
    if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        format!("b\"{}\"", text.replace("\\'", "'"))
    } else {
        format!("b'{text}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(arguments: &[&str]) -> Result<String, String> {
        let arguments = arguments.iter().copied().map(String::from);
        address(arguments, ("127.0.0.1", 999)).map(|address| address.to_string())
    }

    #[test]
    fn the_tutorials_address_is_the_default() {
        assert_eq!(shown(&[]), Ok("127.0.0.1:999".into()));
        assert_eq!(shown(&["127.0.0.2"]), Ok("127.0.0.2:999".into()));
        assert_eq!(shown(&["[::1]:0"]), Ok("[::1]:0".into()));
    }

    #[test]
    fn anything_but_one_address_is_refused() {
        for arguments in [&["127.0.0.1:99999"][..], &["--help"], &["localhost", "Ada"]] {
            assert!(shown(arguments).is_err(), "{arguments:?}");
        }
    }

    #[test]
    fn bytes_look_as_in_python() {
        for (bytes, shown) in [
            (&b""[..], "b''"),
            (b"HELLO", "b'HELLO'"),
            (b"\r\n\t\0\x1b\x7f\xff", r"b'\r\n\t\x00\x1b\x7f\xff'"),
            (b"back\\slash", r"b'back\\slash'"),
            (b"say \"hi\"", r#"b'say "hi"'"#),
            (b"\\\"", r#"b'\\"'"#),
            (b"\\'", r#"b"\\'""#),
            (b"'\"", r#"b'\'"'"#),
        ] {
            assert_eq!(python_bytes(bytes), shown);
        }
    }
}
