//! What a learner's program asks for, read as a strict web server reads it (RFC 9112, sections 2 and 3).

use crate::names;
use crate::words::{Message, Text};

/// A request that a web server answers with the page.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// The site in its Host line, if it has one.
    pub host: Option<String>,
    /// Whether it asks the server to close the connection after the answer.
    pub closes: bool,
    /// Whether it asks for the header alone.
    pub head: bool,
}

/// The beginning of TLS: the program speaks https.
const TLS: u8 = 0x16;

pub fn is_tls(bytes: &[u8]) -> bool {
    bytes.first() == Some(&TLS)
}

/// Whether a server has heard enough to answer: a blank line, or a line end that is none.
pub fn complete(bytes: &[u8]) -> bool {
    let ends: [&[u8]; 6] = [
        b"\r\n\r\n",
        b"\n\n",
        b"\n\r\n",
        b"\n\r\n\r",
        b"\\r\\n",
        b"/r/n",
    ];
    is_tls(bytes) || ends.iter().any(|end| find(bytes, end).is_some())
}

/// Where a part begins in bytes.
pub fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// Reads a request.
///
/// # Errors
///
/// Why a web server refuses it.
pub fn read(bytes: &[u8]) -> Result<Request, Text> {
    if bytes.is_empty() {
        return Err(Message::WhyRequestMissing.into());
    }
    // A server ignores an empty line before the request.
    let bytes = bytes.strip_prefix(b"\r\n").unwrap_or(bytes);
    let Some(end) = find(bytes, b"\r\n\r\n") else {
        return Err(if complete(bytes) {
            Message::WhyLineEnds.into()
        } else {
            Message::WhyNoBlankLine.into()
        });
    };
    let head = String::from_utf8_lossy(&bytes[..end]);
    if head.replace("\r\n", "").contains(['\r', '\n']) {
        return Err(Message::WhyLineEnds.into());
    }
    let mut lines = head.split("\r\n");
    let (head, version) = request_line(lines.next().unwrap_or(""))?;
    let fields = lines.map(field).collect::<Result<Vec<_>, _>>()?;
    let value = |name: &str| {
        let known = fields.iter().find(|(known, _)| *known == name);
        known.map(|(_, value)| value.as_str())
    };
    let host = host(value("host"), version)?;
    let asks = |word| value("connection").is_some_and(|value| value.to_lowercase().contains(word));
    Ok(Request {
        host,
        closes: asks("close") || version == "HTTP/1.0" && !asks("keep-alive"),
        head,
    })
}

/// Whether it is a HEAD, and its version.
fn request_line(line: &str) -> Result<(bool, &str), Text> {
    let parts: Vec<_> = line.split_ascii_whitespace().collect();
    let [
        method @ ("GET" | "HEAD"),
        target,
        version @ ("HTTP/1.0" | "HTTP/1.1"),
    ] = parts[..]
    else {
        return Err(Message::WhyRequestLine.with("line", line));
    };
    if !target.starts_with('/') && !target.starts_with("http://") {
        return Err(Message::WhyRequestLine.with("line", line));
    }
    Ok((method == "HEAD", version))
}

/// The name, in small letters, and the value of a line.
fn field(line: &str) -> Result<(String, String), Text> {
    let is_name = |char: char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char);
    let (name, value) = line
        .split_once(':')
        .filter(|(name, _)| !name.is_empty() && name.chars().all(is_name))
        .ok_or_else(|| Message::WhyFieldLine.with("line", line))?;
    Ok((name.to_lowercase(), value.trim().to_owned()))
}

fn host(value: Option<&str>, version: &str) -> Result<Option<String>, Text> {
    let Some(name) = value else {
        return match version {
            "HTTP/1.0" => Ok(None),
            _ => Err(Message::WhyNoHost.into()),
        };
    };
    if name.is_empty() || name.contains(['/', ' ', '\'', '"']) {
        return Err(Message::WhyNoHost.into());
    }
    match names::meant(name) {
        Some(other) => Err(Message::WhyHostSpelled
            .with("name", name)
            .with("other", other)),
        None => Ok(Some(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TUTORIAL: &[u8] = b"GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\nConnection: close\r\n\r\n";

    fn refused(request: &str) -> String {
        format!("{:?}", read(request.as_bytes()).unwrap_err())
    }

    #[test]
    fn what_a_server_answers_is_no_fault() {
        let request = read(TUTORIAL).unwrap();
        assert_eq!(request.host.as_deref(), Some("www.sina.com.cn"));
        assert!(request.closes && !request.head);
        for good in [
            "GET / HTTP/1.0\r\n\r\n",
            "GET /index.html HTTP/1.1\r\nhost:sina.com.cn:80\r\nconnection:Close\r\n\r\n",
            "GET http://www.sina.com.cn/ HTTP/1.1\r\nHost: www.sina.com.cn\r\nUser-Agent: x y\r\nConnection: close\r\n\r\n",
        ] {
            assert!(read(good.as_bytes()).unwrap().closes, "{good}");
        }
        let open = "GET / HTTP/1.1\r\nHost: a.com\r\nConnection: keep-alive\r\n\r\n";
        assert!(!read(open.as_bytes()).unwrap().closes);
    }

    #[test]
    fn each_refusal_has_its_reason() {
        for (bad, reason) in [
            ("", "WhyRequestMissing"),
            ("GET / HTTP/1.1\r\nHost: a.com\r\n", "WhyNoBlankLine"),
            ("GET / HTTP/1.1\nHost: a.com\n\n", "WhyLineEnds"),
            ("GET / HTTP/1.1/r/nHost: a.com/r/n/r/n", "WhyLineEnds"),
            ("GET / HTTP/1.1\r\nHost: a.com\nX: y\r\n\r\n", "WhyLineEnds"),
            ("get / HTTP/1.1\r\nHost: a.com\r\n\r\n", "WhyRequestLine"),
            ("GET/ HTTP/1.1\r\nHost: a.com\r\n\r\n", "WhyRequestLine"),
            ("GET / HTTP1.1\r\nHost: a.com\r\n\r\n", "WhyRequestLine"),
            ("GET / HTTP/1.1\r\nHost a.com\r\n\r\n", "WhyFieldLine"),
            ("GET / HTTP/1.1\r\n Host: a.com\r\n\r\n", "WhyFieldLine"),
            ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "WhyNoHost"),
            ("GET / HTTP/1.1\r\nHost: http://a.com/\r\n\r\n", "WhyNoHost"),
            (
                "GET / HTTP/1.1\r\nHost: www.sina.con.cn\r\n\r\n",
                "WhyHostSpelled",
            ),
        ] {
            assert!(refused(bad).contains(reason), "{bad}: {}", refused(bad));
        }
    }
}
