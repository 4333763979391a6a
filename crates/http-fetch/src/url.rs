//! The part of a URL that one GET over plain TCP needs.

use std::io;
use std::net::SocketAddr;
use std::str::FromStr;

use common::Address;

/// What to do where no web server listens.
pub const PRACTISE: &str =
    "no web server there; to practise: cargo run -p http-fetch --example page_server";

/// A page on a server: `[http://]HOST[:PORT][/PATH]`.
#[derive(Clone)]
pub struct Url {
    /// Where to connect to; port 80 unless the URL names another.
    pub address: Address,
    /// What to ask for there; `/` unless the URL says more.
    pub path: String,
}

impl Url {
    /// Looks the host up.
    ///
    /// # Errors
    ///
    /// When it has no address that this machine can find: where to practise then.
    pub fn resolve(&self) -> io::Result<SocketAddr> {
        self.address.resolve().map_err(|error| {
            let hint = "is the name spelled right, and this machine online? \
                        to practise offline: cargo run -p http-fetch --example page_server";
            common::advise(&error, hint)
        })
    }

    /// The address as the `Host` field has it (RFC 9110, section 7.2): without port 80, and without
    /// the interface of an IPv6 address, which means nothing to another machine.
    #[must_use]
    pub fn host_field(&self) -> String {
        let address = self.address.to_string();
        let address = address.strip_suffix(":80").unwrap_or(&address);
        let interface = address.find('%').zip(address.find(']'));
        match interface {
            Some((start, end)) => format!("{}{}", &address[..start], &address[end..]),
            None => address.to_owned(),
        }
    }
}

impl FromStr for Url {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A query may have a :// of its own.
        let scheme = text
            .split_once("://")
            .filter(|(scheme, _)| !scheme.contains(['/', '?', '#']));
        let rest = match scheme {
            None => text,
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => {
                return Err("https needs TLS, which is beyond this lesson: try http://".into());
            }
            Some((scheme, _)) => return Err(format!("'{scheme}' is not http")),
        };
        // What comes after a # is the browser's own affair.
        let (rest, _fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (address, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        // CR LF would end the request's line, and let the URL write further ones.
        if let Some(wrong) = path.chars().find(|char| !char.is_ascii_graphic()) {
            return Err(format!(
                "{wrong:?} has to be percent-encoded: a space is %20"
            ));
        }
        // In a URL, the port may be empty (RFC 3986), and %25 is the % before an interface (RFC 6874).
        let address = match scheme {
            Some(_) if address.ends_with("]:") || address.matches(':').count() == 1 => {
                address.strip_suffix(':').unwrap_or(address)
            }
            _ => address,
        };
        let interface = if address.starts_with('[') { "%25" } else { "%" };
        let address = address.replacen(interface, "%", 1);
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self {
            address: Address::parse(&address, 80)?.as_destination()?,
            path: format!("{slash}{path}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Url;

    fn parsed(text: &str) -> Result<(String, String), String> {
        text.parse()
            .map(|Url { address, path }| (address.to_string(), path))
    }

    #[test]
    fn the_parts_of_a_url() {
        for (text, address, path) in [
            ("www.sina.com.cn", "www.sina.com.cn:80", "/"),
            ("http://example.org", "example.org:80", "/"),
            (
                "HTTP://example.org:8080/a/b?c=d#e",
                "example.org:8080",
                "/a/b?c=d",
            ),
            ("[::1]:8080/", "[::1]:8080", "/"),
            ("[::1]", "[::1]:80", "/"),
            ("localhost?q=http://x", "localhost:80", "/?q=http://x"),
            ("localhost/a:b", "localhost:80", "/a:b"),
            ("http://example.org:/", "example.org:80", "/"),
            ("http://[::1]:", "[::1]:80", "/"),
            ("[fe80::1%25eth0]/", "[fe80::1%eth0]:80", "/"),
            ("http://[fe80::1%eth0]:8080", "[fe80::1%eth0]:8080", "/"),
            ("localhost/a%25b", "localhost:80", "/a%25b"),
        ] {
            assert_eq!(parsed(text), Ok((address.into(), path.into())), "{text}");
        }
    }

    #[test]
    fn what_one_get_cannot_fetch_is_refused() {
        for text in [
            "",
            "http://",
            "/index.html",
            "host:",
            "host:99999",
            "http://127.0.0.1:8080:",
            "http://[::1]:80:/",
            "::1/",
            "a b",
            "a\r\nX: y",
            "主页.cn",
            "https://example.org",
            "HTTPS://example.org",
            "ftp://example.org",
        ] {
            assert!(parsed(text).is_err(), "{text:?} is {:?}", parsed(text));
        }
        for (text, words) in [
            ("https://example.org", "TLS"),
            ("http://ada:pw@example.org/", "before @"),
            ("http://主页.cn/", "xn--"),
            ("example.org/主页", "percent-encoded"),
            ("http://example.org:0/", "port 0"),
            ("http://:8080/", "127.0.0.1:80"),
            ("http://::1/", "[::1]:80"),
        ] {
            let refusal = parsed(text).unwrap_err();
            assert!(refusal.contains(words), "{text}: {refusal}");
        }
    }

    #[test]
    fn a_host_field_has_no_default_port_and_no_interface() {
        let host = |text: &str| text.parse::<Url>().unwrap().host_field();
        assert_eq!(host("example.org"), "example.org");
        assert_eq!(host("example.org:8080"), "example.org:8080");
        assert_eq!(host("[::1]:80"), "[::1]");
        assert_eq!(host("[::80]:8080"), "[::80]:8080");
        assert_eq!(host("[fe80::1%eth0]"), "[fe80::1]");
        assert_eq!(host("http://[fe80::1%25eth0]/"), "[fe80::1]");
        assert_eq!(host("a%b.example"), "a%b.example");
        assert_eq!(host("[fe80::1%eth0]:8080"), "[fe80::1]:8080");
    }
}
