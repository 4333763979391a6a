//! Receives a request, and says what is wrong with it (RFC 9112).

use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::net::TcpStream;
use std::time::Duration;

/// Enough for any browser's header, and no client fills our memory.
const LIMIT: usize = 8 * 1024;

/// How long a request may pause. Whoever forgets its blank line hears of it then.
const PAUSE: Duration = Duration::from_secs(5);

/// Receives a request's header, up to the blank line if there is one.
pub fn receive(stream: &TcpStream) -> io::Result<Vec<u8>> {
    // Before a request begins, a client may be silent for as long as it likes.
    stream.peek(&mut [0])?;
    stream.set_read_timeout(Some(PAUSE))?;
    let mut input = BufReader::new(stream.take(LIMIT as u64));
    let mut header = Vec::new();
    while !header.ends_with(b"\n\n") && !header.ends_with(b"\r\n\r\n") {
        match input.read_until(b'\n', &mut header) {
            Ok(0) => break,
            // Unix calls the end of the pause the first, Windows the second.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                break;
            }
            received => received?,
        };
    }
    Ok(header)
}

/// The status and the words for a request that is not right.
pub fn check(header: &[u8]) -> Result<(), (&'static str, String)> {
    if header.len() == LIMIT {
        return Err(("431 Header Too Large", "8 KiB are too many".into()));
    }
    let text = String::from_utf8_lossy(header);
    let mut lines = text.trim_start_matches("\r\n").lines(); // a blank line in front is forgiven
    let first = lines.next().unwrap_or_default();
    let words: Vec<_> = first.split(' ').collect();
    let mut wrong = Vec::new();
    // Whoever asks through a proxy writes the whole URL.
    let is_path = |target: &str| target.starts_with('/') || target.starts_with("http://");
    if !matches!(words[..], [_, target, "HTTP/1.1" | "HTTP/1.0"] if is_path(target)) {
        wrong.push(format!(
            "the first line is {first:?}, and should be like GET / HTTP/1.1"
        ));
    }
    if text.replace("\r\n", "").contains('\n') {
        wrong.push(r"a line ends in LF alone, and should end in CR LF, which is \r\n".into());
    }
    let is_host = |line: &&str| line.to_ascii_lowercase().starts_with("host:");
    let hosts = lines.filter(is_host).count();
    if hosts != 1 && words.last() != Some(&"HTTP/1.0") {
        wrong.push(format!("{hosts} lines with Host:, and should be one"));
    }
    if !text.ends_with("\r\n\r\n") && !text.ends_with("\n\n") {
        wrong.push(r"there is no blank line at its end, and should be: \r\n\r\n".into());
    }
    match wrong[..] {
        [] if ["GET", "HEAD"].contains(&words[0]) => Ok(()),
        [] => Err(("501 Not Implemented", "it knows GET and HEAD alone".into())),
        _ => Err(("400 Bad Request", wrong.join("; "))),
    }
}
