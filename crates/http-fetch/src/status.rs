//! What a header says that a reader of the page should know.

use common::printable;

use crate::Head;

/// What may make the body another thing than the page that was asked for.
#[must_use]
pub fn warnings(head: &Head) -> Vec<String> {
    not_a_page(head).into_iter().chain(encoded(head)).collect()
}

/// A compressed page, say, which no editor shows as text.
fn encoded(head: &Head) -> Option<String> {
    let codings = head.values("Content-Encoding").join(", ");
    let plain = codings.is_empty() || codings.eq_ignore_ascii_case("identity");
    let warning =
        format!("nobody asked for Content-Encoding: {codings}; the body is saved as it came");
    (!plain).then(|| printable(warning.as_bytes()))
}

/// What a status other than 2xx means; a redirect also says where the page is.
fn not_a_page(head: &Head) -> Option<String> {
    let status = head.status;
    let meaning = match status {
        200..300 => return None,
        304 => "the server takes it that this page is here already",
        300..400 => "the page is elsewhere",
        404 | 410 => "the server has no such page",
        400..500 => "the server refuses this request",
        _ => "the server is in trouble",
    };
    let locations = head.values("Location");
    let location = locations.first().filter(|_| (300..400).contains(&status));
    let meaning = match location {
        Some(url) if url.to_ascii_lowercase().starts_with("https:") => {
            format!("{status}: {meaning}: {url} needs TLS, which is beyond this lesson")
        }
        Some(url) => format!("{status}: {meaning}: {url}"),
        None => format!("{status}: {meaning}"),
    };
    Some(printable(meaning.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_other_than_2xx_is_explained() {
        let explained = |status, fields: &str| {
            let text = format!("HTTP/1.1 {status} x\r\n{fields}").into_bytes();
            not_a_page(&Head { status, text })
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
