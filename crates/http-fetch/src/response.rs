//! Reads an HTTP/1.1 response as it arrives: what the tutorial leaves out and a real server needs.
//!
//! The tutorial splits at the first blank line and takes all the rest for the page. But that may be
//! an interim response, a page in chunks, or half a page (RFC 9112).

use std::io::{self, ErrorKind, Write};
use std::mem;

use common::printable;

use crate::head::{Follows, Head, number, without_end};

/// What a header may have at most, trailers too, or the line before a chunk. It is curl's limit.
const HEADER_LIMIT: usize = 300 * 1024;

/// A response that is still arriving. It looks at each byte once.
///
/// The body goes to `B` in pieces, put together again if it comes in chunks. The response itself
/// keeps the header and the last line that has not ended.
#[derive(Debug)]
pub struct Response<B> {
    next: Next,
    head: Head,
    body: B,
    /// The line that has not ended.
    line: Vec<u8>,
    /// How much of a header, a trailer section or a chunk's line has come.
    section: usize,
    /// The size that the header gives for the body, or the last chunk for itself.
    announced: usize,
    came: usize,
}

/// What is expected next; a number is how many bytes of it are missing.
#[derive(Clone, Copy, Debug)]
enum Next {
    Line(Line),
    Body(usize),
    Chunk(usize),
    /// A body that only the close ends.
    Anything,
    Nothing,
}

#[derive(Clone, Copy, Debug)]
enum Line {
    Status,
    Field,
    ChunkSize,
    ChunkEnd,
    Trailer,
}

impl<B: Write> Response<B> {
    /// Expects a response, and writes its body to `body`.
    pub fn new(body: B) -> Self {
        Self {
            next: Next::Line(Line::Status),
            head: Head::default(),
            body,
            line: Vec::new(),
            section: 0,
            announced: 0,
            came: 0,
        }
    }

    /// Takes what one receive brought. What comes after the end of the response is ignored.
    ///
    /// # Errors
    ///
    /// When it will not become a response, whatever comes; and when the body cannot be written.
    pub fn take(&mut self, received: &[u8]) -> io::Result<()> {
        self.came += received.len();
        let mut rest = received;
        while !rest.is_empty() {
            let length = match self.next {
                Next::Line(expected) => {
                    self.take_line(expected, &mut rest)?;
                    continue;
                }
                Next::Body(missing) | Next::Chunk(missing) => missing.min(rest.len()),
                Next::Anything => rest.len(),
                Next::Nothing => return Ok(()),
            };
            self.body.write_all(&rest[..length])?;
            rest = &rest[length..];
            self.next = match self.next {
                Next::Body(missing) => body(missing - length),
                Next::Chunk(missing) if missing == length => Next::Line(Line::ChunkEnd),
                Next::Chunk(missing) => Next::Chunk(missing - length),
                next => next,
            };
        }
        Ok(())
    }

    /// How many bytes have come: of the header, the body and all else.
    pub fn came(&self) -> usize {
        self.came
    }

    /// Whether the whole response has come; never, if only the close is its end.
    pub fn is_complete(&self) -> bool {
        matches!(self.next, Next::Nothing)
    }

    /// The header and the body, when the server has closed the connection.
    ///
    /// # Errors
    ///
    /// When that is not one whole response: what is wrong, and how many bytes came.
    pub fn split(self) -> io::Result<(Head, B)> {
        let wrong = match self.next {
            Next::Anything | Next::Nothing => return Ok((self.head, self.body)),
            Next::Line(Line::Status) if self.line.is_empty() => "the server sent no answer",
            Next::Line(Line::Status | Line::Field) => "the header has no blank line at its end",
            Next::Body(missing) => {
                let (length, came) = (self.announced, self.announced - missing);
                return Err(self.error(&format!("the body ends after {came} of {length} bytes")));
            }
            Next::Line(_) | Next::Chunk(_) => "the chunks break off before the last one has ended",
        };
        Err(self.error(wrong))
    }

    /// Takes a line up to its end, if that has come. Lines end in CR LF; LF alone is forgiven.
    fn take_line(&mut self, expected: Line, rest: &mut &[u8]) -> io::Result<()> {
        let end = rest.iter().position(|&byte| byte == b'\n');
        let (part, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        *rest = after;
        self.line.extend_from_slice(part);
        self.section += part.len();
        if self.section > HEADER_LIMIT {
            let wrong = format!("{} does not end within 300 KiB", expected.section());
            return Err(self.advise(&wrong, "the limit is http-fetch's own: try another page"));
        }
        if end.is_some() || !expected.may_begin_with(&self.line) {
            let line = mem::take(&mut self.line);
            let next = self.understand(expected, &line);
            self.next = next.map_err(|wrong| self.error(&wrong))?;
        }
        Ok(())
    }

    /// What comes after this line.
    fn understand(&mut self, expected: Line, line: &[u8]) -> Result<Next, String> {
        let is_blank = without_end(line).is_empty();
        let next = match expected {
            Line::Status => {
                self.head = Head::starting_with(line)?;
                Line::Field
            }
            Line::Field => {
                self.head.take_line(line);
                if is_blank {
                    return self.after_header();
                }
                Line::Field
            }
            Line::ChunkSize => match chunk_size(without_end(line))? {
                0 => Line::Trailer,
                size => {
                    self.announced = size;
                    return Ok(Next::Chunk(size));
                }
            },
            Line::ChunkEnd if is_blank => {
                self.section = 0;
                Line::ChunkSize
            }
            Line::ChunkEnd => {
                let size = self.announced;
                return Err(format!(
                    "a chunk does not end after the {size} bytes it announced"
                ));
            }
            // What follows the last chunk, trailers and a blank line, is no part of the page.
            Line::Trailer if is_blank => return Ok(Next::Nothing),
            Line::Trailer => Line::Trailer,
        };
        Ok(Next::Line(next))
    }

    /// What comes after the header, now that it has ended.
    fn after_header(&mut self) -> Result<Next, String> {
        self.section = 0;
        Ok(match self.head.follows()? {
            Follows::FinalResponse => Next::Line(Line::Status),
            Follows::Nothing => Next::Nothing,
            Follows::Body(length) => {
                self.announced = length;
                body(length)
            }
            Follows::Chunks => Next::Line(Line::ChunkSize),
            Follows::UntilClose => Next::Anything,
        })
    }

    fn error(&self, wrong: &str) -> io::Error {
        let hint = "this server broke off, or speaks no HTTP/1.1: try again, or another page";
        self.advise(wrong, hint)
    }

    fn advise(&self, wrong: &str, hint: &str) -> io::Error {
        // Some of these are the server's own words, and it may have many.
        let start: String = wrong.chars().take(200).collect();
        let more = if start == wrong { "" } else { "…" };
        let wrong = format!("{start}{more} ({} bytes came)", self.came);
        let error = io::Error::new(ErrorKind::InvalidData, printable(wrong.as_bytes()));
        common::advise(&error, hint)
    }
}

impl Line {
    /// What it is a line of.
    fn section(self) -> &'static str {
        match self {
            Self::Status | Self::Field => "the header",
            Self::ChunkSize | Self::ChunkEnd => "the line before a chunk",
            Self::Trailer => "what follows the last chunk",
        }
    }

    /// Whether this, without an end yet, may become such a line. If not, the end is not waited for.
    fn may_begin_with(self, start: &[u8]) -> bool {
        match self {
            // Each 0 stands for a digit.
            Self::Status => start.iter().zip(b"HTTP/1.0 000").all(|pair| match pair {
                (byte, b'0') => byte.is_ascii_digit(),
                (byte, right) => byte == right,
            }),
            Self::ChunkSize => match start.trim_ascii_start() {
                [] => true,
                [first, ..] => first.is_ascii_hexdigit(),
            },
            Self::ChunkEnd => start == b"\r",
            _ => true,
        }
    }
}

/// What is expected where so many bytes of a body are missing.
fn body(missing: usize) -> Next {
    match missing {
        0 => Next::Nothing,
        _ => Next::Body(missing),
    }
}

/// The size in the line before a chunk (RFC 9112, section 7.1).
fn chunk_size(line: &[u8]) -> Result<usize, String> {
    let text = String::from_utf8_lossy(line);
    let (size, _extensions) = text.split_once(';').unwrap_or((&text, ""));
    number(size.trim(), 16).ok_or(format!("no chunk size: {text:?}"))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::head::status;

    const LENGTH: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: today\r\n\r\nHello";
    const EARLY_HINTS: &str = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
        5;name=\"a value\"\r\nHello\r\n00C ; lone\r\n, 0\r\n\r\nworld\r\n0;last\r\nSum: 1\r\nSigned: no\r\n\r\n";

    /// A response, taken apart.
    #[derive(Debug)]
    struct Whole {
        status: u16,
        header: Vec<u8>,
        body: Vec<u8>,
    }

    /// Takes a reply apart that comes in pieces of that size, before the close.
    fn parse(reply: &[u8], size: usize) -> io::Result<Whole> {
        let mut response = Response::new(Vec::new());
        reply
            .chunks(size)
            .try_for_each(|piece| response.take(piece))?;
        let (Head { status, text }, body) = response.split()?;
        Ok(Whole {
            status,
            header: text,
            body,
        })
    }

    /// Whether this reply is whole, however it is cut.
    fn is_in(reply: &[u8]) -> io::Result<bool> {
        let mut response = Response::new(Vec::new());
        response.take(reply)?;
        Ok(response.is_complete())
    }

    /// What `parse` says of a reply: its status and body, or what is wrong. It says the same at any cut.
    fn parsed(reply: &str) -> Result<(u16, String), String> {
        let taken = |size| match parse(reply.as_bytes(), size) {
            Ok(whole) => Ok((whole.status, String::from_utf8(whole.body).unwrap())),
            Err(error) => Err(error.to_string()),
        };
        let whole = taken(reply.len().max(1));
        for size in [1, 7] {
            // What makes no sense may be given up after fewer bytes.
            let reason = |result: Result<_, String>| {
                result.map_err(|wrong| wrong.split([':', '(']).next().unwrap().trim().to_owned())
            };
            assert_eq!(reason(taken(size)), reason(whole.clone()), "{reply:?}");
        }
        whole
    }

    /// What `parse` says of a reply with this header.
    fn with_header(fields: &str, body: &str) -> Result<(u16, String), String> {
        parsed(&format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{body}"))
    }

    /// How many bytes a reader one byte at a time needs to see that the reply is whole.
    fn whole_after(reply: &str) -> Option<usize> {
        let mut response = Response::new(Vec::new());
        (0..=reply.len()).find(|&length| {
            let next = length.saturating_sub(1)..length;
            response.take(&reply.as_bytes()[next]).unwrap();
            response.is_complete()
        })
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
        let response = parse(reply.as_bytes(), 1024).unwrap();
        let header = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: today";
        assert_eq!((response.status, &response.header[..]), (200, &header[..]));
        is_wrong(parsed(EARLY_HINTS), "no answer");
        let switching = "HTTP/1.1 101 Switching Protocols\r\n\r\n\x01\x02";
        is_wrong(parsed(switching), "another protocol");
        assert!(is_in(switching.as_bytes()).is_err());
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
            let response = parse(reply.as_bytes(), 1024).unwrap();
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
            "HTTP/1.1 004 Low",
            "HTTP/1.1 099",
            "HTTP/1.1 200OK",
            "HTTP/1.1 +20 OK",
            "HTTP/1.1 2\u{661}0 OK",
            "ICY 200 OK",
        ] {
            assert_eq!(status(line.as_bytes()), None, "{line:?}");
            let reply = format!("{line}\r\n");
            is_wrong(parsed(&reply), "this is no HTTP/1.1");
            assert!(is_in(reply.as_bytes()).is_err(), "{line:?}");
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
            "Transfer-Encoding: chunked, chunked",
            "Transfer-Encoding: identity,, chunked",
        ] {
            assert_eq!(with_header(fields, chunks), Ok((200, "Hello".into())));
        }
        for fields in [
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked, gzip, chunked",
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
            chunks("7\r\nHello\r\n0\r\n\r\n"),
            "does not end after the 7 bytes",
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
            let wrong = is_in(endless.as_bytes()).unwrap_err();
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

    /// Each of these starts with one text, repeats another, and comes one byte at a time.
    #[test]
    fn four_times_the_bytes_take_four_times_as_long() {
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let no_end = "HTTP/1.1 200 OK\r\n\r\n";
        for (start, repeated) in [
            ("HTTP/1.1 200 OK\r\n", "a:\r\n"),
            (&format!("{chunked}0\r\n"), "a:\r\n"),
            (&format!("{chunked}5;"), "long"),
            (chunked, "1\r\nx\r\n"),
            ("", "HTTP/1.1 103 x\r\n\r\n"),
            (no_end, "body"),
        ] {
            // The shortest of many runs is the one that was not disturbed; a short run has a chance to be.
            let time = |bytes: usize| {
                let reply = format!("{start}{}", repeated.repeat(bytes / repeated.len()));
                let run = || {
                    let mut response = Response::new(Vec::new());
                    let start = Instant::now();
                    for byte in reply.as_bytes() {
                        response.take(&[*byte]).unwrap();
                    }
                    start.elapsed()
                };
                (0..10).map(|_| run()).min().unwrap()
            };
            // Quadratic work would take 16 times as long, however often one looks.
            let linear = (0..10).any(|_| {
                let (one, four) = (time(4 * 1024), time(16 * 1024));
                let ratio = four.as_secs_f64() / one.as_secs_f64();
                println!("{ratio:.1} times as long: {start:?} and many {repeated:?}");
                ratio < 10.0
            });
            assert!(linear, "{start:?}{repeated:?}");
        }
    }
}
