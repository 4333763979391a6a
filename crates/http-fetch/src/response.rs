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
    /// Up to where it has been looked at.
    seen: usize,
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
        // A header ends with a line: where none has ended, it need not be read from its start again.
        let unfinished = self.body.is_none()
            && received.len() <= HEADER_LIMIT
            && !received[self.seen..].contains(&b'\n');
        self.seen = received.len();
        if unfinished {
            return Ok(false);
        }
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
        304 => "the server takes it that this page is here already",
        300..400 => "the page is elsewhere",
        404 | 410 => "the server has no such page",
        400..500 => "the server refuses this request",
        _ => "the server is in trouble",
    };
    let text = unfolded(header);
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
    // Some of these are the server's own words, and it may have many.
    let start: String = wrong.chars().take(200).collect();
    let more = if start == wrong { "" } else { "…" };
    let wrong = format!("{start}{more} ({} bytes came)", received.len());
    let error = Error::new(ErrorKind::InvalidData, printable(wrong.as_bytes()));
    common::advise(
        error,
        "this server broke off, or speaks no HTTP/1.1: try again, or another page".into(),
    )
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
        let Some((first, _)) = line(received)? else {
            return Ok(None);
        };
        let Some(status) = status(first) else {
            let first = String::from_utf8_lossy(first);
            return Err(format!("this is no HTTP/1.1: {first:?}"));
        };
        Ok(section(received)?.map(|(text, length)| Self {
            status,
            text,
            length,
        }))
    }

    /// How its body ends (RFC 9112, section 6.3); none if this is an interim response, which only
    /// announces the final one (RFC 9110, section 15.2).
    fn body(&self) -> Result<Option<Body>, String> {
        let text = unfolded(self.text);
        match self.status {
            101 => return Err("the server wants to speak another protocol".into()),
            100..200 => return Ok(None),
            204 | 304 => return Ok(Some(Body::Length(0))),
            _ => {}
        }
        match list(&text, "Transfer-Encoding").join(", ").as_str() {
            "" => {}
            "chunked" => return Ok(Some(Body::Chunks)),
            coding => return Err(format!("nobody asked for Transfer-Encoding: {coding}")),
        }
        let lengths = list(&text, "Content-Length");
        let mut numbers = Vec::new();
        for length in &lengths {
            numbers.push(number(length, 10).ok_or(format!("no Content-Length: {length:?}"))?);
        }
        numbers.dedup();
        match numbers[..] {
            [] => Ok(Some(Body::UntilClose)),
            [length] => Ok(Some(Body::Length(length))),
            _ => Err(format!(
                "contradictory Content-Lengths: {}",
                lengths.join(", ")
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
        let size = number(size.trim(), 16).ok_or(format!("no chunk size: {text:?}"))?;
        if size == 0 {
            // What follows the last chunk, trailers and a blank line, is no part of the page.
            return Ok(
                section(&received[with_end..])?.map(|(_trailers, length)| Self {
                    data: &[],
                    length: with_end + length,
                }),
            );
        }
        let Some((data, rest)) = received[with_end..].split_at_checked(size) else {
            return Ok(None);
        };
        match rest {
            [b'\r', b'\n', ..] => {
                let length = with_end + size + 2;
                Ok(Some(Self { data, length }))
            }
            [] | [b'\r'] => Ok(None),
            _ => Err(format!(
                "a chunk does not end after the {size} bytes it announced"
            )),
        }
    }
}

fn unchunk(mut rest: &[u8]) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        let chunk =
            Chunk::parse(rest)?.ok_or("the chunks break off before the last one has ended")?;
        if chunk.data.is_empty() {
            return Ok(body);
        }
        body.extend_from_slice(chunk.data);
        rest = &rest[chunk.length..];
    }
}

/// What stands before the first blank line, without its last line's end, and its length with the blank line.
fn section(received: &[u8]) -> Result<Option<(&[u8], usize)>, String> {
    let mut length = 0;
    let mut text_length = 0;
    while let Some((line, with_end)) = line(&received[length..])? {
        if line.is_empty() {
            return Ok(Some((&received[..text_length], length + with_end)));
        }
        text_length = length + line.len();
        length += with_end;
        if length > HEADER_LIMIT {
            return Err("the header does not end".into());
        }
    }
    Ok(None)
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

/// The code in `HTTP/1.1 200 OK`: three digits, and after them words in whatever encoding, or none.
fn status(line: &[u8]) -> Option<u16> {
    let [b'0'..=b'9', b' ', code_and_reason @ ..] = line.strip_prefix(b"HTTP/1.")? else {
        return None;
    };
    let code = code_and_reason.split(|&byte| byte == b' ').next()?;
    let code = std::str::from_utf8(code).ok()?;
    let code = number(code, 10).filter(|_| code.len() == 3)?;
    u16::try_from(code).ok()
}

/// A header whose fields have a line each: in old ones, a line that starts with a space continues the
/// one before (RFC 9112, section 5.2).
fn unfolded(header: &[u8]) -> String {
    let text = String::from_utf8_lossy(header);
    text.replace("\n ", " ").replace("\n\t", " ")
}

/// The values of all fields of that name.
fn fields<'a>(header: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    header
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .filter(move |(key, _)| key.trim_end().eq_ignore_ascii_case(name))
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

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: today\r\n\r\nHello";
    const EARLY_HINTS: &str = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
        5;name=\"a value\"\r\nHello\r\n00C ; lone\r\n, 0\r\n\r\nworld\r\n0;last\r\nSum: 1\r\nSigned: no\r\n\r\n";

    /// What `parse` says of a reply: its status and body, or what is wrong.
    fn parsed(reply: &str) -> Result<(u16, String), String> {
        match Response::parse(reply.as_bytes()) {
            Ok(response) => {
                let body = response.body.into_owned();
                Ok((response.status, String::from_utf8(body).unwrap()))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// What `parse` says of a reply with this header.
    fn with_header(fields: &str, body: &str) -> Result<(u16, String), String> {
        parsed(&format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{body}"))
    }

    /// How many bytes a reader one byte at a time needs to see that the reply is whole.
    fn whole_after(reply: &str) -> Option<usize> {
        let mut end = End::default();
        (0..=reply.len()).find(|&length| end.is_in(&reply.as_bytes()[..length]).unwrap())
    }

    fn is_wrong(result: Result<(u16, String), String>, what: &str) {
        let wrong = result.unwrap_err();
        assert!(wrong.contains(what), "{what:?} is not in {wrong:?}");
        assert!(wrong.ends_with(" bytes came)"), "{wrong}");
    }

    #[test]
    fn a_reply_cut_short_anywhere_is_an_error() {
        let after_103 = format!("{EARLY_HINTS}{LENGTH}");
        let chunked_after_two = format!("{EARLY_HINTS}HTTP/1.1 100 Continue\r\n\r\n{CHUNKED}");
        let bare_line_feeds = CHUNKED
            .replace("\r\n", "\n")
            .replace("00C", "00A")
            .replace("Hello\n", "Hello\r\n")
            .replace("world\n", "world\r\n");
        for (reply, body) in [
            (LENGTH, "Hello"),
            (CHUNKED, "Hello, 0\r\n\r\nworld"),
            (&after_103, "Hello"),
            (&chunked_after_two, "Hello, 0\r\n\r\nworld"),
            (&bare_line_feeds, "Hello, 0\n\nworld"),
            ("HTTP/1.0 204 No Content\r\n\r\n", ""),
            ("HTTP/1.1 304\r\nContent-Length: 5\r\n\r\n", ""),
            ("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", ""),
        ] {
            for length in 0..reply.len() {
                let cut = &reply[..length];
                let wrong = parsed(cut).expect_err(cut);
                let came = format!("({length} bytes came)");
                assert!(wrong.ends_with(&came), "{cut:?}: {wrong}");
            }
            assert_eq!(parsed(reply).map(|(_, body)| body), Ok(body.into()));
            assert_eq!(whole_after(reply), Some(reply.len()), "{reply:?}");
        }
    }

    #[test]
    fn a_reply_that_only_the_close_ends_is_cut_nowhere_after_its_header() {
        let reply = "HTTP/1.1 200 OK\r\nServer: old\r\n\r\nHello";
        let header = reply.len() - "Hello".len();
        for length in 0..header {
            parsed(&reply[..length]).expect_err("half a header");
        }
        for length in header..=reply.len() {
            assert_eq!(
                parsed(&reply[..length]),
                Ok((200, reply[header..length].into()))
            );
        }
        assert_eq!(whole_after(reply), None);
    }

    #[test]
    fn what_comes_after_the_end_is_not_the_page() {
        assert_eq!(parsed(&format!("{LENGTH}, you")), Ok((200, "Hello".into())));
        let chunked = format!("{CHUNKED}HTTP/1.1 404 Not Found");
        assert_eq!(parsed(&chunked), Ok((200, "Hello, 0\r\n\r\nworld".into())));
        for status in [204, 304] {
            let reply = format!("HTTP/1.1 {status} x\r\nContent-Length: 5\r\n\r\nHello");
            assert_eq!(parsed(&reply), Ok((status, String::new())));
        }
    }

    #[test]
    fn interim_responses_announce_the_final_one() {
        let reply = format!("HTTP/1.1 100\r\n\r\n{EARLY_HINTS}{EARLY_HINTS}{LENGTH}");
        let response = Response::parse(reply.as_bytes()).unwrap();
        let header = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: today";
        assert_eq!((response.status, response.header), (200, &header[..]));
        is_wrong(parsed(EARLY_HINTS), "no answer");
        let switching = "HTTP/1.1 101 Switching Protocols\r\n\r\n\x01\x02";
        is_wrong(parsed(switching), "another protocol");
        assert!(End::default().is_in(switching.as_bytes()).is_err());
    }

    #[test]
    fn the_header_is_what_stands_before_the_first_blank_line() {
        for (reply, header) in [
            ("HTTP/1.1 200 OK\r\n\r\n\r\n", "HTTP/1.1 200 OK"),
            (
                "HTTP/1.0 200 OK\r\nA: b \t\r\n\r\nx",
                "HTTP/1.0 200 OK\r\nA: b \t",
            ),
            ("HTTP/1.1 200 OK\nA: b\n\nx", "HTTP/1.1 200 OK\nA: b"),
            ("HTTP/1.1 200 OK\nA: b\r\n\nx", "HTTP/1.1 200 OK\nA: b"),
        ] {
            let response = Response::parse(reply.as_bytes()).unwrap();
            assert_eq!(response.header, header.as_bytes());
        }
    }

    #[test]
    fn a_status_line_has_a_version_and_three_digits() {
        for (line, code) in [
            ("HTTP/1.1 200 OK", 200),
            ("HTTP/1.0 404", 404),
            ("HTTP/1.1 500 ", 500),
            ("HTTP/1.1 302 Moved  away", 302),
            // Not defined, but to be treated as 5xx (RFC 9110, section 15).
            ("HTTP/1.1 999 Request denied", 999),
        ] {
            assert_eq!(status(line.as_bytes()), Some(code), "{line:?}");
        }
        // A reason in GBK, the usual encoding of older Chinese servers, is not UTF-8.
        assert_eq!(status(b"HTTP/1.1 404 \xd5\xd2\xb2\xbb\xb5\xbd"), Some(404));
        for line in [
            "",
            "Welcome!",
            "<html>",
            "http/1.1 200 OK",
            "HTTP/2 200",
            "HTTP/1.",
            "HTTP/1.1",
            "HTTP/1.1 ",
            "HTTP/1.x 200 OK",
            "HTTP/1.1  200 OK",
            "HTTP/1.1\t200 OK",
            "HTTP/1.1 20",
            "HTTP/1.1 0200",
            "HTTP/1.1 200OK",
            "HTTP/1.1 +20 OK",
            "HTTP/1.1 2\u{661}0 OK",
            "ICY 200 OK",
        ] {
            assert_eq!(status(line.as_bytes()), None, "{line:?}");
            let reply = format!("{line}\r\n");
            is_wrong(parsed(&reply), "this is no HTTP/1.1");
            assert!(End::default().is_in(reply.as_bytes()).is_err(), "{line:?}");
        }
    }

    #[test]
    fn a_length_is_a_number_and_only_one() {
        for fields in [
            "Content-Length: 5",
            "content-length:5",
            "CONTENT-LENGTH: \t5 ",
            "Content-Length: 5, 5",
            "Content-Length: 5\r\nX: y\r\nContent-Length: 005",
            "Content-Length:\r\n 5",
            "Content-Length: 5\r\nX: y\r\n Content-Length: 3",
            "Content-Length : 5",
        ] {
            let body = with_header(fields, "Hello, you").map(|(_, body)| body);
            assert_eq!(body, Ok("Hello".into()), "{fields:?}");
        }
        for fields in [
            "Content-Length: +5",
            "Content-Length: -5",
            "Content-Length: 5.0",
            "Content-Length: 0x5",
            "Content-Length: 5 5",
            "Content-Length: five",
            "Content-Length: \u{665}",
            "Content-Length:",
            "Content-Length: 5,",
            "Content-Length: 18446744073709551616",
            "Content-Length: 99999999999999999999999999999999",
        ] {
            is_wrong(with_header(fields, "Hello"), "no Content-Length");
        }
        for fields in [
            "Content-Length: 5, 6",
            "Content-Length: 5\r\nContent-Length: 4",
            "Content-Length: 5\r\nContent-Length: 4\r\nContent-Length: 5",
        ] {
            is_wrong(with_header(fields, "Hello"), "contradictory");
        }
        let most = format!("Content-Length: {}", usize::MAX);
        is_wrong(with_header(&most, "Hello"), "the body ends after 5 of");
    }

    #[test]
    fn chunks_win_over_a_length_and_other_codings_are_refused() {
        let chunks = "5\r\nHello\r\n0\r\n\r\n";
        for fields in [
            "Transfer-Encoding: Chunked",
            "Content-Length: 3\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding:\r\n\tchunked",
        ] {
            assert_eq!(with_header(fields, chunks), Ok((200, "Hello".into())));
        }
        for fields in [
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked, chunked",
            "Transfer-Encoding: identity",
        ] {
            is_wrong(with_header(fields, chunks), "nobody asked for");
        }
    }

    #[test]
    fn a_chunk_is_as_long_as_it_says() {
        let chunks = |chunks: &str| with_header("Transfer-Encoding: chunked", chunks);
        let long = format!("{}5\r\nHello\r\n0\r\n\r\n", "0".repeat(1000));
        assert_eq!(chunks(&long), Ok((200, "Hello".into())));
        assert_eq!(chunks("000\r\n\r\n"), Ok((200, String::new())));
        for size in [
            "", "x", "+5", "-5", "0x5", "5 5", "G", "5.", ";5", "\u{665}",
        ] {
            is_wrong(
                chunks(&format!("{size}\r\nHello\r\n0\r\n\r\n")),
                "no chunk size",
            );
        }
        is_wrong(chunks("10000000000000000\r\n"), "no chunk size");
        is_wrong(chunks("ffffffffffffffff\r\nHello\r\n"), "break off");
        is_wrong(chunks("fffffffffffffffe\r\n"), "break off");
        is_wrong(
            chunks("4\r\nHello\r\n0\r\n\r\n"),
            "does not end after the 4 bytes",
        );
        is_wrong(
            chunks("6\r\nHello\r\n0\r\n\r\n"),
            "does not end after the 6 bytes",
        );
        is_wrong(
            chunks("5\r\nHello0\r\n\r\n"),
            "does not end after the 5 bytes",
        );
        is_wrong(chunks(""), "break off");
    }

    #[test]
    fn a_header_that_does_not_end_is_given_up() {
        let line = format!("HTTP/1.1 200 {}", "K".repeat(HEADER_LIMIT));
        let fields = format!("HTTP/1.1 200 OK\r\n{}", "A: b\r\n".repeat(HEADER_LIMIT / 6));
        let trailers = format!("{}{}", &CHUNKED[..CHUNKED.len() - 2], &fields[17..]);
        for endless in [&line, &fields, &trailers] {
            is_wrong(parsed(endless), "does not end");
            let wrong = End::default().is_in(endless.as_bytes()).unwrap_err();
            assert!(wrong.to_string().contains("does not end"), "{wrong}");
        }
        let large = format!(
            "HTTP/1.1 200 OK\r\nA: {}\r\n\r\n",
            "b".repeat(HEADER_LIMIT / 2)
        );
        assert_eq!(parsed(&large), Ok((200, String::new())));
    }

    #[test]
    fn a_long_wrong_line_is_not_repeated_in_full() {
        let wrong = parsed(&format!("{}\n", "\x1b你".repeat(9000))).unwrap_err();
        assert!(wrong.chars().count() < 250, "{wrong}");
        assert!(wrong.ends_with("… (36001 bytes came)"), "{wrong}");
        assert!(!wrong.contains(char::is_control), "{wrong}");
    }

    #[test]
    fn a_status_other_than_2xx_is_explained() {
        let explained = |status, fields: &str| {
            let header = format!("HTTP/1.1 {status} x\r\n{fields}");
            not_a_page(status, header.as_bytes())
        };
        for status in [200, 201, 206, 299] {
            assert_eq!(explained(status, "Location: /b"), None);
        }
        for (status, fields, words) in [
            (
                301,
                "Location: http://b/c",
                "301: the page is elsewhere: http://b/c",
            ),
            (
                302,
                "location: HTTPS://b/",
                "HTTPS://b/ needs TLS, which is beyond this lesson",
            ),
            (302, "Location: /a\x1b[2J", "/a\\x1b[2J"),
            (304, "", "here already"),
            (307, "", "307: the page is elsewhere"),
            (404, "Location: /b", "404: the server has no such page"),
            (403, "", "403: the server refuses this request"),
            (503, "", "503: the server is in trouble"),
            (999, "", "999: the server is in trouble"),
        ] {
            let text = explained(status, fields).unwrap();
            assert!(text.ends_with(words) || text.contains(words), "{text}");
            assert!(!text.contains("/b") || status < 400, "{text}");
        }
    }
}
