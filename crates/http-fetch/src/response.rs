//! Reads an HTTP/1.1 response: what the tutorial leaves out and a real server needs.
//!
//! The tutorial splits at the first blank line and takes all the rest for the page. But that may be
//! an interim response, a page in chunks, or half a page (RFC 9112).

use std::borrow::Cow;
use std::io::{Error, ErrorKind};

use common::printable;

/// More than any server sends, and less than would keep us looking for the header's end for long.
const HEADER_LIMIT: usize = 64 * 1024;

/// A response, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Response<'a> {
    /// The status code, such as 200.
    pub status: u16,
    /// The status line and the fields, without the blank line.
    pub header: &'a [u8],
    /// The content, put together again if it came in chunks.
    pub body: Cow<'a, [u8]>,
}

impl<'a> Response<'a> {
    /// Takes apart all that a server sent until it closed the connection.
    ///
    /// # Errors
    ///
    /// When that is not one whole response: what is wrong, and how many bytes came.
    pub fn parse(received: &'a [u8]) -> Result<Self, Error> {
        parse(received).map_err(|wrong| error(&wrong, received))
    }
}

/// Finds the end of a response that is still arriving, as far as the response itself tells.
#[derive(Debug, Default)]
pub struct End {
    /// Up to where the response is understood.
    position: usize,
    /// None until the final header is complete.
    body: Option<Body>,
}

impl End {
    /// Whether `received`, which grows from call to call, has the whole response by now.
    ///
    /// Never, if only the end of the connection is its end.
    ///
    /// # Errors
    ///
    /// When it will not become a response, whatever comes.
    pub fn is_in(&mut self, received: &[u8]) -> Result<bool, Error> {
        self.advance(received)
            .map_err(|wrong| error(&wrong, received))
    }

    fn advance(&mut self, received: &[u8]) -> Result<bool, String> {
        loop {
            let rest = &received[self.position..];
            match self.body {
                None => {
                    let Some(head) = Head::parse(rest)? else {
                        return Ok(false);
                    };
                    self.position += head.length;
                    self.body = head.body()?;
                }
                Some(Body::Length(length)) => return Ok(rest.len() >= length),
                Some(Body::Chunks) => match Chunk::parse(rest)? {
                    None => return Ok(false),
                    Some(Chunk { data: [], .. }) => return Ok(true),
                    Some(chunk) => self.position += chunk.length,
                },
                Some(Body::UntilClose) => return Ok(false),
            }
        }
    }
}

/// What a status other than 2xx means; a redirect also says where the page is.
pub fn not_a_page(status: u16, header: &[u8]) -> Option<String> {
    let meaning = match status {
        200..300 => return None,
        300..400 => "the page is elsewhere",
        400..500 => "the server refuses this request",
        _ => "the server is in trouble",
    };
    let text = String::from_utf8_lossy(header);
    let location = fields(&text, "Location")
        .next()
        .filter(|_| (300..400).contains(&status));
    let meaning = match location {
        Some(url) if url.to_ascii_lowercase().starts_with("https:") => {
            format!("{status}: {meaning}: {url} needs TLS, which is beyond this lesson")
        }
        Some(url) => format!("{status}: {meaning}: {url}"),
        None => format!("{status}: {meaning}"),
    };
    Some(printable(meaning.as_bytes()))
}

fn error(wrong: &str, received: &[u8]) -> Error {
    let wrong = format!("{wrong} ({} bytes came)", received.len());
    Error::new(ErrorKind::InvalidData, printable(wrong.as_bytes()))
}

fn parse(mut rest: &[u8]) -> Result<Response<'_>, String> {
    loop {
        let head = Head::parse(rest)?.ok_or(match rest {
            b"" => "the server sent no answer",
            _ => "the header has no blank line at its end",
        })?;
        rest = &rest[head.length..];
        let body = match head.body()? {
            None => continue,
            Some(Body::UntilClose) => rest.into(),
            Some(Body::Chunks) => unchunk(rest)?.into(),
            Some(Body::Length(length)) => rest
                .get(..length)
                .ok_or(format!(
                    "the body ends after {} of {length} bytes",
                    rest.len()
                ))?
                .into(),
        };
        return Ok(Response {
            status: head.status,
            header: head.text,
            body,
        });
    }
}

/// A header and its blank line.
struct Head<'a> {
    status: u16,
    text: &'a [u8],
    length: usize,
}

/// How the end of a body is found.
#[derive(Debug)]
enum Body {
    Length(usize),
    Chunks,
    UntilClose,
}

impl<'a> Head<'a> {
    /// None if it is not complete.
    fn parse(received: &'a [u8]) -> Result<Option<Self>, String> {
        let Some((first, mut length)) = line(received)? else {
            return Ok(None);
        };
        let Some(status) = status(first) else {
            let first = String::from_utf8_lossy(first);
            return Err(format!("{first:?} is no HTTP/1.1"));
        };
        while let Some((line, with_end)) = line(&received[length..])? {
            let text = received[..length].trim_ascii_end();
            length += with_end;
            if line.is_empty() {
                return Ok(Some(Self {
                    status,
                    text,
                    length,
                }));
            }
            if length > HEADER_LIMIT {
                return Err("the header does not end".into());
            }
        }
        Ok(None)
    }

    /// How its body ends (RFC 9112, section 6.3); none if this is an interim response, which only
    /// announces the final one (RFC 9110, section 15.2).
    fn body(&self) -> Result<Option<Body>, String> {
        let text = String::from_utf8_lossy(self.text);
        match self.status {
            101 => return Err("the server wants to speak another protocol".into()),
            100..200 => return Ok(None),
            204 | 304 => return Ok(Some(Body::Length(0))),
            _ => {}
        }
        match list(&text, "Transfer-Encoding").join(", ").as_str() {
            "" => {}
            "chunked" => return Ok(Some(Body::Chunks)),
            coding => return Err(format!("nobody asked for Transfer-Encoding {coding}")),
        }
        let mut lengths = list(&text, "Content-Length");
        lengths.dedup();
        match &lengths[..] {
            [] => Ok(Some(Body::UntilClose)),
            [length] => match number(length, 10) {
                Some(length) => Ok(Some(Body::Length(length))),
                None => Err(format!("Content-Length {length:?} is no number")),
            },
            several => Err(format!(
                "Content-Lengths {} contradict each other",
                several.join(", ")
            )),
        }
    }
}

/// One chunk with the line that gives its size; the last one is empty.
struct Chunk<'a> {
    data: &'a [u8],
    length: usize,
}

impl<'a> Chunk<'a> {
    /// None if it is not complete (RFC 9112, section 7.1).
    fn parse(received: &'a [u8]) -> Result<Option<Self>, String> {
        let Some((line, with_end)) = line(received)? else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(line);
        let (size, _extensions) = text.split_once(';').unwrap_or((&text, ""));
        let size = number(size.trim(), 16).ok_or(format!("{text:?} is no chunk size"))?;
        if size == 0 {
            // What follows the last chunk, trailers and a blank line, is no part of the page.
            return Ok(Some(Self {
                data: &[],
                length: with_end,
            }));
        }
        let Some((data, rest)) = received[with_end..].split_at_checked(size) else {
            return Ok(None);
        };
        match self::line(rest)? {
            None if rest.len() < 2 => Ok(None),
            Some((b"", line_end)) => {
                let length = with_end + size + line_end;
                Ok(Some(Self { data, length }))
            }
            _ => Err(format!(
                "a chunk is longer than the {size} bytes it announced"
            )),
        }
    }
}

fn unchunk(mut rest: &[u8]) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        let chunk = Chunk::parse(rest)?.ok_or("the chunks end before the last one")?;
        if chunk.data.is_empty() {
            return Ok(body);
        }
        body.extend_from_slice(chunk.data);
        rest = &rest[chunk.length..];
    }
}

/// The first line, without its end, and its length with it. Lines end in CR LF; LF alone is forgiven.
fn line(received: &[u8]) -> Result<Option<(&[u8], usize)>, String> {
    let start = &received[..received.len().min(HEADER_LIMIT)];
    match start.iter().position(|&byte| byte == b'\n') {
        Some(end) => {
            let line = &received[..end];
            Ok(Some((line.strip_suffix(b"\r").unwrap_or(line), end + 1)))
        }
        None if start.len() < HEADER_LIMIT => Ok(None),
        None => Err("a line does not end".into()),
    }
}

/// The code in `HTTP/1.1 200 OK`.
fn status(line: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(line.strip_prefix(b"HTTP/1.")?.get(1..)?).ok()?;
    let code = line.strip_prefix(' ')?.split(' ').next()?;
    let code = number(code, 10).filter(|code| (100..600).contains(code))?;
    u16::try_from(code).ok()
}

/// The values of all fields of that name.
fn fields<'a>(header: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    header
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .filter(move |(key, _)| key.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// The comma-separated words in all fields of that name.
fn list(header: &str, name: &str) -> Vec<String> {
    let words = fields(header, name).flat_map(|value| value.split(','));
    words.map(|word| word.trim().to_lowercase()).collect()
}

/// A number of nothing but digits: Rust's own parser would let a `+` pass.
fn number(text: &str, radix: u32) -> Option<usize> {
    let digits = text.chars().all(|char| char.is_digit(radix));
    usize::from_str_radix(text, radix).ok().filter(|_| digits)
}
