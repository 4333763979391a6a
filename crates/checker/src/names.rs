//! A name server of the checker's own: it knows the well-known sites, and remembers which name it did not know.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::events::{Bell, lock};
use crate::session::Session;
use crate::source::distance;
use crate::world::{PORTALS, SITE};

/// The names that nobody knew.
#[derive(Clone, Default)]
pub struct Names {
    unknown: Arc<Mutex<Vec<String>>>,
}

impl Names {
    /// Answers in the checker's own world; elsewhere the system's own name server does.
    pub fn answer(session: &Session) -> Self {
        let names = Self::default();
        if session.world.own {
            answer_names(&names.unknown, &session.bell);
        }
        names
    }

    /// A name that a program asked for in vain.
    pub fn unknown(&self) -> Option<String> {
        lock(&self.unknown).first().cloned()
    }
}

/// The well-known site whose name is meant by a misspelled one.
pub fn meant(name: &str) -> Option<&'static str> {
    const REAL: [&str; 3] = ["www.sina.com.hk", "www.sina.com.tw", "www.baidu.jp"];
    // Short names are near to too many others.
    const SHORTEST: usize = 13;
    let name = name.to_lowercase();
    let name = name.split(':').next().unwrap_or(&name);
    if PORTALS.contains(&name) || REAL.contains(&name) {
        return None;
    }
    let long = PORTALS.iter().filter(|portal| portal.len() >= SHORTEST);
    long.map(|portal| (distance(name, portal), *portal))
        .filter(|(far, _)| *far <= 2)
        .min()
        .map(|(_, portal)| portal)
}

/// Whether there may be a site of this name. Nobody can be asked: what looks like a name is one.
fn exists(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "com", "net", "org", "edu", "gov", "info", "top", "xyz", "dev", "app", "site", "shop",
        "club", "mil", "wiki", "tech", "online", "store", "live", "biz", "name", "asia", "int",
        "cloud", "link", "blog",
    ];
    let is_name = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '.';
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let country = ending.len() == 2 && ending.chars().all(char::is_alphabetic);
    name.chars().all(is_name) && (country || ENDINGS.contains(&ending)) && meant(name).is_none()
}

/// Is a name server at the addresses that the system asks. Where it asks elsewhere, the hosts file must do.
fn answer_names(unknown: &Arc<Mutex<Vec<String>>>, bell: &Bell) {
    let settings = fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let words = |key: &str| -> Vec<String> {
        let lines = settings
            .lines()
            .filter_map(|line| line.trim().strip_prefix(key));
        lines
            .flat_map(str::split_whitespace)
            .map(String::from)
            .collect()
    };
    let mut servers: Vec<IpAddr> = words("nameserver")
        .iter()
        .filter_map(|word| word.parse().ok())
        .collect();
    if servers.is_empty() {
        servers.push(Ipv4Addr::LOCALHOST.into());
    }
    // The system tries each unknown name once more within these.
    let domains = Arc::new([words("search"), words("domain")].concat());
    for server in servers {
        let (names, domains, bell) = (Arc::clone(unknown), Arc::clone(&domains), bell.clone());
        if let Ok(socket) = UdpSocket::bind((server, 53)) {
            let serve = move || serve(&socket, &domains, &names, &bell);
            let _ = thread::Builder::new().spawn(serve);
        }
    }
}

/// Answers each question; a name that is not known is remembered.
fn serve(socket: &UdpSocket, domains: &[String], unknown: &Mutex<Vec<String>>, bell: &Bell) {
    let mut buffer = [0; 1500];
    while let Ok((length, from)) = socket.recv_from(&mut buffer) {
        let Some(question) = Question::parse(&buffer[..length]) else {
            continue;
        };
        let name = question.name.as_str();
        let within = domains
            .iter()
            .any(|domain| name.ends_with(&format!(".{domain}")));
        let known = !within && (PORTALS.contains(&name) || exists(name));
        if !known && !within && question.wants_an_address() {
            lock(unknown).push(name.to_owned());
            bell.ring();
        }
        let _ = socket.send_to(&question.answer(known), from);
    }
}

/// A question for the address of a name (RFC 1035, section 4).
struct Question<'a> {
    name: String,
    /// Whether it asks for an IPv4 address.
    ipv4: bool,
    /// Its number, and the question as it came.
    id: &'a [u8],
    asked: &'a [u8],
}

impl<'a> Question<'a> {
    fn parse(packet: &'a [u8]) -> Option<Self> {
        const HEADER: usize = 12;
        let mut at = HEADER;
        let mut labels: Vec<String> = Vec::new();
        loop {
            let length = usize::from(*packet.get(at)?);
            let label = packet.get(at + 1..at + 1 + length)?;
            at += 1 + length;
            if length == 0 {
                break;
            }
            labels.push(String::from_utf8_lossy(label).to_lowercase());
        }
        let kind = packet.get(at..at + 4)?;
        Some(Self {
            name: labels.join("."),
            ipv4: kind == [0, 1, 0, 1],
            id: packet.get(..2)?,
            asked: packet.get(HEADER..at + 4)?,
        })
    }

    /// Not the name of an address, or something else.
    fn wants_an_address(&self) -> bool {
        self.name.rsplit('.').next() != Some("arpa")
    }

    fn answer(&self, known: bool) -> Vec<u8> {
        let has_address = known && self.ipv4;
        // An answer to a recursive question; the last four bits say that there is no such name.
        let flags = [0x81, if known { 0x80 } else { 0x83 }];
        let counts = [0, 1, 0, u8::from(has_address), 0, 0, 0, 0];
        let mut answer = [self.id, &flags, &counts, self.asked].concat();
        if has_address {
            // The name as in the question, an IPv4 address of the Internet, for a minute, of four bytes.
            answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
            answer.extend(SITE.octets());
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_name_is_known_by_the_one_that_is_meant() {
        for wrong in [
            "www.sina.com.cm",
            "ww.sina.com.cn",
            "www.sian.com.cn",
            "www.sina.comcn",
        ] {
            assert_eq!(meant(wrong), Some("www.sina.com.cn"), "{wrong}");
            assert!(!exists(wrong), "{wrong}");
        }
        for wrong in [
            "no-such.invalid",
            "http://www.people.com.cn",
            "wwwpeoplecomcn",
        ] {
            assert!(!exists(wrong), "{wrong}");
        }
        for right in [
            "www.sina.com.cn",
            "www.people.com.cn",
            "www.263.com",
            "sina.cn",
            "httpbin.org",
        ] {
            assert_eq!(meant(right), None, "{right}");
            assert!(exists(right), "{right}");
        }
    }

    #[test]
    fn a_question_is_answered_with_the_sites_address() {
        let asked =
            b"\x01\x02\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x02cn\x00\x00\x01\x00\x01";
        let question = Question::parse(asked).unwrap();
        assert_eq!((question.name.as_str(), question.ipv4), ("a.cn", true));
        let answer = question.answer(true);
        assert!(
            answer.starts_with(b"\x01\x02\x81\x80\x00\x01\x00\x01"),
            "{answer:?}"
        );
        assert!(answer.ends_with(&SITE.octets()), "{answer:?}");
        assert!(
            question
                .answer(false)
                .starts_with(b"\x01\x02\x81\x83\x00\x01\x00\x00")
        );
        assert!(Question::parse(&asked[..20]).is_none());
    }
}
