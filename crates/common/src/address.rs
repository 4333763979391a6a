//! Addresses as people type them.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::str::FromStr;

use log::warn;

/// The port of the tutorial's own servers.
const TUTORIAL_PORT: u16 = 9999;

/// A host, by name or by number, and a port.
///
/// ```
/// use common::Address;
///
/// let address: Address = "localhost".parse()?;
/// assert_eq!(address.to_string(), "localhost:9999");
///
/// let web_server = Address::parse("[::1]", 80)?;
/// assert_eq!(web_server.resolve()?.to_string(), "[::1]:80");
///
/// assert!("127.0.0.1:99999".parse::<Address>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
    has_port: bool,
}

impl Address {
    /// Reads `HOST:PORT`, `[IPv6]:PORT`, or a host alone, which then has `default_port`.
    ///
    /// # Errors
    ///
    /// When `text` has no host (a number alone is none), a host that is none, no valid port after its
    /// colon, or an IPv6 address without brackets.
    pub fn parse(text: &str, default_port: u16) -> Result<Self, String> {
        // The colons inside [::1] are part of the host.
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (text, None),
        };
        let bracketed = host.strip_prefix('[').and_then(|ip| ip.strip_suffix(']'));
        let [v4, v6] = ["127.0.0.1", "[::1]"].map(|host| format!("{host}:{default_port}"));
        let host = match bracketed {
            // Before the rest: an escape sequence has a bracket, and a line feed is easily copied along.
            _ if host.bytes().any(|byte| byte <= b' ' || byte == 0x7f) => {
                Err(format!("{host:?} has a blank or a control character in it"))
            }
            Some(ip) if is_ipv6(ip) => Ok(ip),
            Some(ip) => Err(format!("'{ip}' is no IPv6 address")),
            None if text.contains("://") => Err(format!("a URL is no address: {v4}")),
            None if text.contains('@') => Err("leave out the user: what stands before @".into()),
            None if host.contains([':', '[', ']']) => {
                Err(format!("an IPv6 address is written in brackets: {v6}"))
            }
            // Nothing, or a port alone, which systems would take for an address: 9998 for 0.0.39.14.
            None if is_number(host) => Err(format!("a host is missing: {v4}")),
            None if !host.is_ascii() => Err(format!("{host:?} is not ASCII: write it as xn--…")),
            None => Ok(host),
        }?;
        Ok(Self {
            host: host.into(),
            port: port.map_or(Ok(default_port), parse_port)?,
            has_port: port.is_some(),
        })
    }

    /// The same, as the address of a server to go to.
    ///
    /// # Errors
    ///
    /// When the port is 0.
    pub fn as_destination(self) -> Result<Self, String> {
        match self.port {
            0 => Err("port 0 is any free one, for a server only: give the server's own".into()),
            _ => Ok(self),
        }
    }

    /// Looks the name up: of several addresses, the first IPv4 one, which is the tutorial's family.
    ///
    /// This is also what lets `localhost` reach a server that is bound to `127.0.0.1`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when the name has no address that this machine can find.
    pub fn resolve(&self) -> io::Result<SocketAddr> {
        (self.host.as_str(), self.port)
            .to_socket_addrs()
            .map_err(|error| io::Error::new(ErrorKind::NotFound, error))?
            .min_by_key(SocketAddr::is_ipv6)
            .ok_or_else(|| io::Error::new(ErrorKind::NotFound, "the name has no address"))
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text, TUTORIAL_PORT)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Reads the address of a server to go to; alone, a host has the tutorial's port.
///
/// # Errors
///
/// As for [`Address::parse`] and [`Address::as_destination`].
pub fn destination(text: &str) -> Result<Address, String> {
    text.parse::<Address>()?.as_destination()
}

/// Reads a name that is not empty.
///
/// # Errors
///
/// When it is.
pub fn name(text: &str) -> Result<String, &'static str> {
    Some(text.to_owned())
        .filter(|name| !name.is_empty())
        .ok_or("the name is empty")
}

/// Warns of a name that may be meant as the port of `address`: telnet and nc would take it so.
pub fn warn_of_ports(address: &Address, names: &[String]) {
    let port = names.first().filter(|name| is_number(name));
    if let (Some(port), false) = (port, address.has_port) {
        warn!(
            "{port} is taken for a name; a port follows a colon: {}:{port}",
            address.host
        );
    }
}

/// Rust's own parser would let a `+` pass.
fn parse_port(text: &str) -> Result<u16, String> {
    let port = text.parse().ok().filter(|_| is_number(text));
    port.ok_or_else(|| format!("'{text}' is no port (0 to 65535)"))
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An address may name the interface it is reached through (RFC 4007): `fe80::1%eth0`.
fn is_ipv6(text: &str) -> bool {
    let (address, _interface) = text.split_once('%').unwrap_or((text, ""));
    address.parse::<Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<String, String> {
        text.parse::<Address>().map(|address| address.to_string())
    }

    #[test]
    fn a_host_and_a_port() {
        assert_eq!(shown("127.0.0.1:80"), Ok("127.0.0.1:80".into()));
        assert_eq!(shown("example.org:0"), Ok("example.org:0".into()));
        assert_eq!(shown("[::1]:65535"), Ok("[::1]:65535".into()));
        assert_eq!(
            shown("[fe80::1%eth0]:9999"),
            Ok("[fe80::1%eth0]:9999".into())
        );
    }

    #[test]
    fn a_host_alone_has_the_default_port() {
        assert_eq!(shown("localhost"), Ok("localhost:9999".into()));
        assert_eq!(shown("[::]"), Ok("[::]:9999".into()));
        let web_server = Address::parse("example.org", 80).unwrap();
        assert_eq!(web_server.to_string(), "example.org:80");
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for text in [
            "",
            ":",
            ":9999",
            "localhost:",
            "localhost:http",
            "127.0.0.1:65536",
            "127.0.0.1:+80",
            "127.0.0.1:-1",
            "127.0.0.1: 80",
            "::1",
            "::1:9999",
            "[::1",
            "[::1]9999",
            "[::1]:",
            "[]:80",
            "[localhost]:80",
            "[1::2::3]:80",
            "a:b:80",
        ] {
            assert!(shown(text).is_err(), "{text:?} is {:?}", shown(text));
        }
    }

    #[test]
    fn the_refusal_says_what_was_expected() {
        for (text, expected) in [
            ("", "127.0.0.1:9999"),
            (":9998", "127.0.0.1:9999"),
            ("9998", "127.0.0.1:9999"),
            ("9998:9999", "127.0.0.1:9999"),
            ("localhost:", "0 to 65535"),
            ("127.0.0.1:99999", "0 to 65535"),
            ("::1", "[::1]:9999"),
            ("fe80::", "[::1]:9999"),
            ("fe80::abcd", "[::1]:9999"),
            ("::1:9999", "[::1]:9999"),
            ("[::1]9999", "[::1]:9999"),
            ("[localhost]:80", "IPv6"),
            ("http://127.0.0.1:9999", "no address: 127.0.0.1:9999"),
            ("http://127.0.0.1", "no address: 127.0.0.1:9999"),
            ("ada:pw@localhost", "before @"),
            ("ada@localhost:80", "before @"),
            ("主页.cn", "xn--"),
            ("caf\u{e9}.example:80", "xn--"),
            ("a b", "\"a b\" has a blank"),
            ("127.0.0.1\n:80", "\"127.0.0.1\\n\" has a blank"),
            ("\u{1b}[2J", "a control character in it"),
            ("[::1\n]:80", "\"[::1\\n]\" has a blank"),
        ] {
            let refusal = shown(text).unwrap_err();
            assert!(refusal.contains(expected), "{text:?}: {refusal}");
        }
    }

    #[test]
    fn a_refusal_has_the_port_of_what_is_asked_for() {
        for text in [":8080", "::1", "ftp://localhost"] {
            let refusal = Address::parse(text, 80).unwrap_err();
            assert!(refusal.ends_with(":80"), "{text}: {refusal}");
        }
    }

    #[test]
    fn no_server_is_at_port_0() {
        assert!(destination("127.0.0.1:0").unwrap_err().contains("port 0"));
        assert_eq!(
            destination("localhost").unwrap().to_string(),
            "localhost:9999"
        );
    }

    #[test]
    fn numbers_need_no_look_up() {
        let address: Address = "127.0.0.1:80".parse().unwrap();
        assert_eq!(address.resolve().unwrap(), ([127, 0, 0, 1], 80).into());
    }

    #[test]
    fn localhost_is_the_tutorials_ipv4_address() {
        let address: Address = "localhost".parse().unwrap();
        assert_eq!(address.resolve().unwrap(), ([127, 0, 0, 1], 9999).into());
    }
}
