//! The page of the checker's web server, and in what a learner's copy of it differs.

use std::fmt::Write;

use super::request::find;
use crate::words::{Message, Text};

/// As many bytes as the page had that text 000 shows.
pub const LENGTH: usize = 605_503;
/// The blank line inside the page is about here: whoever splits there, too, loses most of it.
const BLANK: usize = 200_000;

/// Values of the header that stand neither in the request nor in the page.
const MARKS: [&str; 3] = ["200 ok", "practice-server", "gmt"];

/// The header of the answer.
pub fn header(closes: bool) -> String {
    let connection = if closes { "close" } else { "keep-alive" };
    format!(
        "HTTP/1.1 200 OK\r\n\
         Server: practice-server\r\n\
         Date: Mon, 19 Dec 2016 10:13:27 GMT\r\n\
         Content-Type: text/html; charset=utf-8\r\n\
         Content-Length: {LENGTH}\r\n\
         Connection: {connection}\r\n\
         \r\n"
    )
}

/// Whether a program has printed some of the header, in whatever form.
pub fn shows_header(printed: &str) -> bool {
    let printed = printed.to_lowercase();
    MARKS.iter().any(|mark| printed.contains(mark))
}

/// The page: numbered lines, so that no part of it looks like another one.
pub fn page() -> Vec<u8> {
    let mut text = String::from(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n\
         <title>Practice page 练习网页</title>\n</head>\n<body>\n",
    );
    let end = "</body>\n</html>\n";
    let mut number = 0;
    let mut blank = false;
    while text.len() + end.len() + 100 < LENGTH {
        number += 1;
        let _ = writeln!(
            text,
            "<p>{number}: 第 {number} 行 a line of the practice page</p>"
        );
        if text.len() >= BLANK && !blank {
            blank = true;
            text.push_str("<pre>\r\n\r\n</pre>\n");
        }
    }
    let rest = LENGTH - text.len() - end.len() - "<!---->\n".len();
    let _ = writeln!(text, "<!--{}-->", "-".repeat(rest).replace("--", "=="));
    (text + end).into_bytes()
}

/// How a copy differs from the page.
#[derive(Debug)]
pub struct Difference {
    /// How many bytes at the start are as they should be.
    pub at: usize,
    /// The copy stops before the page's end, and is right until then.
    pub stops: bool,
    pub why: Text,
}

/// Compares a copy with the page; none if it is the page.
pub fn compare(copy: &[u8], page: &[u8]) -> Option<Difference> {
    if copy == page {
        return None;
    }
    let at = copy.iter().zip(page).take_while(|(a, b)| a == b).count();
    Some(Difference {
        at,
        stops: at == copy.len() && at != blank(page),
        why: why(copy, page, at),
    })
}

/// Where the page's own blank line is.
fn blank(page: &[u8]) -> usize {
    find(page, b"\r\n\r\n").unwrap_or(page.len())
}

fn why(copy: &[u8], page: &[u8], at: usize) -> Text {
    let blank = blank(page);
    let (before, after) = (&page[..blank], page.get(blank + 4..).unwrap_or_default());
    let text = ["b'", "b\"", "[b'", "bytearray("];
    if text.iter().any(|begin| copy.starts_with(begin.as_bytes())) {
        Message::WhyBytesAsText.into()
    } else if copy.starts_with(b"HTTP/") || find(copy, b"Server: practice-server").is_some() {
        Message::WhyHeaderSaved.into()
    } else if copy == before || copy == after || copy == [before, after].concat() {
        Message::WhySplitEverywhere.into()
    } else if let Some(separator) = separator(&copy[at..], &page[at..]) {
        match separator {
            b"\r\n\r\n" | b"\n\r\n" => Message::WhyBlankLineInside.into(),
            _ => Message::WhyJoined.with("bytes", crate::report::shown(separator)),
        }
    } else if without(copy, b"\r\n") == without(page, b"\r\n") {
        Message::WhyTextMode.into()
    } else if page.starts_with(copy) {
        Message::WhyEndMissing.into()
    } else if page.ends_with(copy) {
        Message::WhyStartMissing.into()
    } else if find(copy, page).is_some() {
        Message::WhyMoreThanThePage.into()
    } else if page.get(at).is_some_and(|byte| !byte.is_ascii()) {
        Message::WhyOtherEncoding.into()
    } else {
        Message::WhyDiffers.into()
    }
}

/// What stands in the copy between two parts that belong together.
fn separator<'a>(copy: &'a [u8], page: &[u8]) -> Option<&'a [u8]> {
    const SAME: usize = 24;
    let next = page.get(..SAME)?;
    let length = (1..=4).find(|length| copy.get(*length..length + SAME) == Some(next))?;
    copy.get(..length)
}

/// The bytes without those of line ends.
fn without(bytes: &[u8], ends: &[u8]) -> Vec<u8> {
    let kept = bytes.iter().filter(|byte| !ends.contains(byte));
    kept.copied().collect()
}

/// Whether a file has to do with the page: it holds a part of it, or of the header.
pub fn is_of_the_page(copy: &[u8], page: &[u8]) -> bool {
    const PART: usize = 24;
    let begins: [&[u8]; 4] = [b"HTTP/1.", b"b'HTTP", b"b'<!DOC", b"[b'"];
    let places = (0..8).map(|eighth| copy.len() * eighth / 8);
    begins.iter().any(|begin| copy.starts_with(begin))
        || places
            .filter_map(|at| copy.get(at..at + PART))
            .any(|part| find(page, part).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(copy: &[u8]) -> String {
        format!("{:?}", compare(copy, &page()).unwrap().why)
    }

    #[test]
    fn the_page_is_as_long_as_the_texts_and_has_a_blank_line_inside() {
        let page = page();
        assert_eq!(page.len(), LENGTH);
        assert_eq!(
            page.windows(4).filter(|part| part == b"\r\n\r\n").count(),
            1
        );
        let text = String::from_utf8(page).unwrap();
        assert!(!shows_header(&text));
        assert!(shows_header(&header(true)));
    }

    #[test]
    fn each_difference_has_its_reason() {
        let page = page();
        let spaced = page.chunks(1024).collect::<Vec<_>>().join(&b' ');
        let parts = page
            .windows(4)
            .position(|part| part == b"\r\n\r\n")
            .unwrap();
        let header = header(true);
        let text = String::from_utf8(page.clone()).unwrap();
        for (copy, expected) in [
            (spaced, "WhyJoined"),
            ([b" ", &page[..]].concat(), "WhyJoined"),
            ([header.as_bytes(), &page].concat(), "WhyHeaderSaved"),
            (
                format!("b'{}'", text.escape_default()).into_bytes(),
                "WhyBytesAsText",
            ),
            (page[..parts].to_vec(), "WhySplitEverywhere"),
            (page[parts + 4..].to_vec(), "WhySplitEverywhere"),
            ([b"\r\n\r\n", &page[..]].concat(), "WhyBlankLineInside"),
            (text.replace("\r\n", "\n").into_bytes(), "WhyTextMode"),
            (page[..5000].to_vec(), "WhyEndMissing"),
            (page[5000..].to_vec(), "WhyStartMissing"),
            ([&page[..], &page].concat(), "WhyMoreThanThePage"),
            (
                text.replace(|char: char| !char.is_ascii(), "?")
                    .into_bytes(),
                "WhyOtherEncoding",
            ),
            (b"something else".to_vec(), "WhyDiffers"),
        ] {
            assert!(
                reason(&copy).contains(expected),
                "{expected}: {}",
                reason(&copy)
            );
        }
        assert!(compare(&page, &page).is_none());
    }

    #[test]
    fn a_file_of_something_else_has_nothing_to_do_with_the_page() {
        let page = page();
        assert!(is_of_the_page(&page[70_000..80_000], &page));
        assert!(!is_of_the_page(b"started at 12:00\n", &page));
    }
}
