//! The check of a learner's http-fetch: the checker is the web site that it fetches.

mod files;
mod page;
mod request;
mod site;

use std::net::{IpAddr, SocketAddr};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use self::files::Files;
use self::page::{Difference, LENGTH};
use self::request::Request;
use self::site::Site;
use crate::client::{KEYBOARD, Lesson, ON_THE_WAY, Parts, TRIES, can_be_at};
use crate::conn::{Came, Conn};
use crate::faults::Name;
use crate::names::Names;
use crate::report::{Step, shown};
use crate::session::Session;
use crate::source;
use crate::watch::{Packet, Protocol};
use crate::words::{Message, Text};
use crate::world::{SITE, SITE6};

/// The lesson's steps.
pub const STEPS: &[Step] = &[
    Step {
        number: 1,
        what: Message::HttpSocket,
    },
    Step {
        number: 2,
        what: Message::HttpConnect,
    },
    Step {
        number: 3,
        what: Message::HttpRequest,
    },
    Step {
        number: 4,
        what: Message::HttpReceives,
    },
    Step {
        number: 5,
        what: Message::HttpCloses,
    },
    Step {
        number: 7,
        what: Message::HttpShows,
    },
    Step {
        number: 8,
        what: Message::HttpSaves,
    },
];

const LESSON: Lesson = Lesson {
    read: Message::ReadHttpFetch,
    number: |step| {
        let found = STEPS.iter().find(|known| known.what == step);
        found.map_or(1, |step| step.number)
    },
};

/// What is typed for a program that asks which page it should fetch, and where to save it.
const LINES: [&str; 3] = ["www.sina.com.cn", "80", "sina.html"];
/// Between two parts of the answer: they arrive apart.
const PAUSE: Duration = Duration::from_millis(60);
/// A program that reads slowly gets so many times the longest wait, as long as it goes on reading.
const PATIENCE: u32 = 12;

/// Holds the lesson's conversation with the program.
pub fn check(session: &mut Session) {
    let names = Names::answer(session);
    let mut site = match Site::open(session) {
        Ok(site) => site,
        Err((address, error)) => {
            let note = Message::NoDoor.with("address", address);
            return session.report.note(note.with("error", error));
        }
    };
    if let Some((conn, before)) = meet(session, &mut site, &names) {
        let visit = Visit {
            session,
            site,
            conn,
            before,
            kept: false,
        };
        visit.hold();
    }
}

enum Met {
    Client(Conn),
    /// A port at which the site is not; it may be one of a server of the learner's own.
    Elsewhere(SocketAddr),
    Datagram(SocketAddr),
    Nobody,
}

/// Is there where the program knocks; it is started again when that was elsewhere.
fn meet(session: &mut Session, site: &mut Site, names: &Names) -> Option<(Conn, Files)> {
    for _ in 0..TRIES {
        session.watch.clear();
        let before = Files::now();
        if !session.start(Message::HttpSocket) {
            return None;
        }
        session.doing(Message::HttpConnect);
        match wait_for_client(session, site) {
            Met::Client(conn) => {
                session.report.ok(Message::HttpSocket);
                session.report.ok(Message::HttpConnect);
                return Some((conn, before));
            }
            Met::Elsewhere(address) => {
                let wrong = is_the_site(address.ip()) && address.port() != 443;
                if wrong || !site.open_at(address, &session.bell) {
                    wrong_port(session, address);
                    return None;
                }
            }
            Met::Datagram(address) => {
                let came = Message::CameDatagram.with("address", address);
                let parts = Parts {
                    did: Message::DidStart.into(),
                    came,
                    tutorial: Message::TutorialTcp.into(),
                    reason: Message::WhyWrongSocket.into(),
                };
                LESSON.fault(session, Message::HttpSocket, Name::WrongSocket, parts);
                return None;
            }
            Met::Nobody => {
                nobody(session, names);
                return None;
            }
        }
    }
    None
}

fn is_the_site(host: IpAddr) -> bool {
    host == SITE || host == SITE6
}

fn wait_for_client(session: &mut Session, site: &Site) -> Met {
    let bell = session.bell.clone();
    let look = |session: &Session, limit| {
        bell.wait(Instant::now() + limit, || {
            seen(session, site).or_else(|| session.ended().map(|_| Met::Nobody))
        })
    };
    let mut met = None;
    for line in LINES {
        met = met.or_else(|| look(session, KEYBOARD));
        if let (None, Some(program)) = (&met, session.program()) {
            program.type_line(line);
        }
    }
    let met = met.or_else(|| look(session, session.timeout));
    match met {
        Some(Met::Nobody) => {
            let late = bell.wait(Instant::now() + ON_THE_WAY, || seen(session, site));
            late.unwrap_or(Met::Nobody)
        }
        met => met.unwrap_or(Met::Nobody),
    }
}

/// Where the program has gone so far.
fn seen(session: &Session, site: &Site) -> Option<Met> {
    if let Some(conn) = site.next() {
        return Some(Met::Client(conn));
    }
    let packets = session.watch.packets();
    let names = |packet: &&Packet| packet.to.port() == 53 || packet.from.port() == 53;
    let knock = packets.iter().filter(|packet| !names(packet));
    let first = knock.into_iter().find(|packet| match packet.protocol {
        Protocol::Tcp => packet.syn && !packet.ack && !site.is_at(packet.to),
        Protocol::Udp => true,
    })?;
    match first.protocol {
        Protocol::Tcp => can_be_at(session, first.to).then_some(Met::Elsewhere(first.to)),
        Protocol::Udp => Some(Met::Datagram(first.to)),
    }
}

fn wrong_port(session: &mut Session, address: SocketAddr) {
    let parts = Parts {
        did: Message::DidStart.into(),
        came: Message::CameKnock.with("address", address),
        tutorial: Message::TutorialPort80.into(),
        reason: Message::WhyPort80.into(),
    };
    LESSON.fault(session, Message::HttpConnect, Name::DoesNotConnect, parts);
}

/// Nobody came: the name is unknown, or the program's own error tells why.
fn nobody(session: &mut Session, names: &Names) {
    if session.world.own {
        LESSON.nobody_came(session, names, Message::HttpSocket, Message::HttpConnect);
    } else {
        not_seen(session);
    }
}

/// On the machine itself, the program goes to the real site, and nobody sees what the two say.
fn not_seen(session: &mut Session) {
    let limit = session.timeout;
    session.program().map(|program| program.wait_end(limit));
    LESSON.not_seen(session, Message::HttpConnect, Message::HttpNotSeen);
    if session.printed().contains("HTTP/1.") {
        session.report.ok(Message::HttpShows);
    }
}

/// The conversation with the program.
struct Visit<'a> {
    session: &'a mut Session,
    site: Site,
    conn: Conn,
    /// The files that there were before it began.
    before: Files,
    /// The connection is kept open for more requests.
    kept: bool,
}

/// How the conversation ended.
enum End {
    /// The program has ended; whether it has received all there was.
    Ended(ExitStatus, bool),
    RunsOn,
    /// It has connected once more, and has asked for something.
    Again(Conn, Came),
    /// It asks for more on the connection that was kept open.
    More,
}

impl Visit<'_> {
    fn hold(mut self) {
        self.session.doing(Message::HttpRequest);
        let mut came = self.first_words();
        for _ in 0..TRIES {
            let Some(request) = self.request(&came) else {
                return;
            };
            self.session.report.ok(Message::HttpRequest);
            self.session.doing(Message::HttpReceives);
            let sent = self.answer(&request);
            match self.end(sent) {
                End::Again(conn, more) => (self.conn, came) = (conn, more),
                End::More => came = self.first_words(),
                End::Ended(status, whole) => return self.judge(status, whole),
                End::RunsOn => return self.runs_on(&request),
            }
        }
    }

    /// Waits for what the program asks.
    fn first_words(&mut self) -> Came {
        let limit = self.session.timeout;
        let came = self.conn.receive(limit, request::complete, || false);
        if came.bytes.is_empty() && came.ended {
            // Whoever only tried the port comes again.
            let soon = Instant::now() + PAUSE;
            let next = self.session.bell.wait(soon, || self.site.next());
            if let Some(conn) = next {
                self.conn = conn;
                return self.conn.receive(limit, request::complete, || false);
            }
        }
        came
    }

    /// Reads the request; none where there is none to answer.
    fn request(&mut self, came: &Came) -> Option<Request> {
        self.session.came(&came.bytes);
        if request::is_tls(&came.bytes) {
            self.session.report.note(Message::HttpTls);
            return None;
        }
        let https = self.conn.local().filter(|local| local.port() == 443);
        if let Some(address) = https.filter(|local| is_the_site(local.ip())) {
            wrong_port(self.session, address);
            return None;
        }
        match request::read(&came.bytes) {
            Ok(request) => {
                self.own_ways(&request);
                Some(request)
            }
            Err(reason) => {
                self.refuse(&came.bytes, came.ended, reason);
                None
            }
        }
    }

    fn own_ways(&mut self, request: &Request) {
        if let Some(host) = request
            .host
            .as_ref()
            .filter(|host| *host != "www.sina.com.cn")
        {
            self.session
                .report
                .yours(Message::YoursHost.with("host", host));
        }
        if let Some(address) = self.conn.local().filter(|local| local.port() != 80) {
            let yours = Message::YoursServer.with("address", address);
            self.session
                .report
                .yours(yours.with("text", "www.sina.com.cn:80"));
        }
    }

    /// Answers 400, as servers do, to what is no request.
    fn refuse(&mut self, bytes: &[u8], ended: bool, reason: Text) {
        let step = Message::HttpRequest;
        let did = Text::from(Message::DidWaitRequest);
        if bytes.is_empty() && self.session.cause(step, 0, &did, &LESSON.read(step)) {
            return;
        }
        let came = match (bytes, ended) {
            (b"", true) => Message::CameClosed.into(),
            (b"", false) => Message::CameNothing.into(),
            _ => Message::CameBytes.with("bytes", shown(bytes)),
        };
        if !bytes.is_empty() {
            let text = "this is no request\n";
            let length = text.len();
            self.say(
                format!("HTTP/1.1 400 Bad Request\r\nContent-Length: {length}\r\n\r\n{text}")
                    .as_bytes(),
            );
        }
        self.session
            .program()
            .map(|program| program.wait_end(Duration::from_secs(1)));
        let parts = Parts {
            did,
            came,
            tutorial: Message::TutorialRequest.into(),
            reason,
        };
        LESSON.fault(self.session, step, Name::BadRequest, parts);
    }

    fn say(&mut self, bytes: &[u8]) -> bool {
        self.session.sent(bytes);
        self.conn.send(bytes)
    }

    /// Sends the header apart from the page, both in pieces. Gives whether all could be sent.
    fn answer(&mut self, request: &Request) -> bool {
        let header = page::header(request.closes);
        let page = page::page();
        self.session.sent(header.as_bytes());
        self.session.sent(&page);
        let (first, second) = header.as_bytes().split_at(header.len() / 3);
        let (begin, rest) = page.split_at(700);
        let page = [&[begin][..], &rest.chunks(1 << 14).collect::<Vec<_>>()].concat();
        let parts = if request.head { Vec::new() } else { page };
        for (place, part) in [first, second].into_iter().chain(parts).enumerate() {
            // A client that has only shut down its sending half still receives: a failed send tells who is gone.
            if !self.conn.send(part) {
                return false;
            }
            if place < 3 {
                let pause = Instant::now() + PAUSE;
                let conn = &self.conn;
                self.session.bell.wait(pause, || conn.ended().then_some(()));
            }
        }
        // Who says that no more requests come need not ask for the close.
        self.kept = !request.closes && !self.conn.ended();
        if !self.kept {
            self.conn.half_close();
        }
        true
    }

    /// Waits for the program's end, as long as it goes on reading.
    fn end(&mut self, sent: bool) -> End {
        let limit = self.session.timeout;
        let mut unread = self.unread();
        let mut patience = 0;
        let mut found = self.ended_or_again(KEYBOARD, sent);
        if found.is_none() {
            // Some wait for Enter before they end.
            if let Some(program) = self.session.program() {
                program.type_line("");
            }
        }
        while patience < PATIENCE {
            match found {
                Some(End::Again(mut conn, _)) => {
                    let came = conn.receive(limit, request::complete, || false);
                    if !came.bytes.is_empty() {
                        return End::Again(conn, came);
                    }
                }
                Some(End::More) => return End::More,
                Some(End::Ended(..)) => return self.last_words(sent),
                _ => {}
            }
            found = self.ended_or_again(limit, sent);
            let before = std::mem::replace(&mut unread, self.unread());
            if found.is_none() && unread >= before {
                break;
            }
            patience += 1;
        }
        End::RunsOn
    }

    /// What happens within a limit, if anything.
    fn ended_or_again(&self, limit: Duration, sent: bool) -> Option<End> {
        self.session.bell.wait(Instant::now() + limit, || {
            let again = self.site.next();
            again
                .map(|conn| End::Again(conn, Came::default()))
                .or_else(|| self.asks_more().then_some(End::More))
                .or_else(|| Some(End::Ended(self.session.ended()?, sent)))
        })
    }

    /// Whether a whole request has come after the one that was answered.
    fn asks_more(&self) -> bool {
        if !self.kept {
            return false;
        }
        let came = self.conn.pending().bytes;
        let asks = came.starts_with(b"GET ") || came.starts_with(b"HEAD ");
        asks && request::complete(&came)
    }

    /// The program has ended: what it printed last, and whether it left something unread.
    fn last_words(&self, sent: bool) -> End {
        self.session.wait_for_last_words();
        // The reset of a connection with something unread follows its end.
        let soon = Instant::now() + PAUSE;
        let broke = || self.conn.broke().then_some(());
        let whole = sent && self.session.bell.wait(soon, broke).is_none();
        let ended = self.session.ended();
        ended.map_or(End::RunsOn, |status| End::Ended(status, whole))
    }

    /// How much of the answer lies unread in the program's socket, where the system tells.
    fn unread(&self) -> u64 {
        self.conn.peer().map_or(0, crate::watch::unread)
    }

    /// The program has all that it will get, and does not end.
    fn runs_on(self, request: &Request) {
        let step = Message::HttpReceives;
        let did = Message::DidSendPage.with("length", LENGTH);
        if self.session.cause(step, 0, &did, &LESSON.read(step)) {
            return;
        }
        let receives = (Message::TutorialReceives, Message::WhyHangsHttp);
        let (step, name, (tutorial, reason)) = if self.conn.ended() {
            self.session.report.ok(step);
            let ends = (Message::TutorialEnds, Message::WhyRunsOn);
            (Message::HttpCloses, Name::Hangs, ends)
        } else if request.closes {
            (step, Name::Hangs, receives)
        } else {
            let asks = (Message::TutorialRequest, Message::WhyNoConnectionClose);
            (Message::HttpRequest, Name::BadRequest, asks)
        };
        let open = || Message::DidSendPageOpen.with("length", LENGTH);
        let parts = Parts {
            did: if request.closes { did } else { open() },
            came: Message::CameRunsOn.into(),
            tutorial: tutorial.into(),
            reason: reason.into(),
        };
        LESSON.fault(self.session, step, name, parts);
    }

    /// The program has ended: it has received all, shown the header and saved the page.
    fn judge(&mut self, status: ExitStatus, whole: bool) {
        let page = page::page();
        let files = Files::now();
        let written = files.written_since(&self.before);
        let saved = written.iter().any(|(_, copy)| *copy == page);
        let printed = self.session.printed();
        let told = self.session.traceback_since(0);
        let error = told.or_else(|| source::muttered(&printed));
        let error = error.map(|traceback| traceback.error);
        let symptom = error.as_ref().map_or(status.code().is_some(), |error| {
            looks_for_the_blank_line(error)
        });
        if !whole && !saved && symptom {
            return self.stops_early(&written, &page);
        }
        if error.is_some_and(|error| error.contains("too many values to unpack")) {
            let why = Text::from(Message::WhySplitEverywhere);
            return self.page_differs(why, Message::CameTooMany.into());
        }
        let did = Message::DidSendPage.with("length", LENGTH);
        let step = self.step_of_the_error();
        if self.session.cause_at_end(step, &did, &LESSON.read(step)) {
            return;
        }
        self.session.report.ok(Message::HttpReceives);
        self.session.report.ok(Message::HttpCloses);
        self.shows(&printed);
        if saved {
            self.session.report.ok(Message::HttpSaves);
        } else {
            self.saves(&written, &page, files.too_many);
        }
    }

    /// The step at which the program's own error came, as its line tells.
    fn step_of_the_error(&self) -> Message {
        let place = self
            .session
            .traceback_since(0)
            .and_then(|error| error.place);
        let code = place.map(|place| place.code).unwrap_or_default();
        let has = |words: &[&str]| words.iter().any(|word| code.contains(word));
        if has(&["open(", "write("]) {
            Message::HttpSaves
        } else if has(&["print", "split", "decode"]) {
            Message::HttpShows
        } else {
            Message::HttpReceives
        }
    }

    fn stops_early(&mut self, written: &[(std::path::PathBuf, Vec<u8>)], page: &[u8]) {
        let copies = written
            .iter()
            .filter(|(_, copy)| page::is_of_the_page(copy, page));
        let longest = copies.map(|(_, copy)| copy.len()).max();
        let came = match longest {
            Some(length) => Message::CameStopsSaved
                .with("length", length)
                .with("all", LENGTH),
            None => Message::CameStops.into(),
        };
        let parts = Parts {
            did: Message::DidSendPage.with("length", LENGTH),
            came,
            tutorial: Message::TutorialReceives.into(),
            reason: Message::WhyStopsEarly.into(),
        };
        LESSON.fault(self.session, Message::HttpReceives, Name::StopsEarly, parts);
    }

    fn shows(&mut self, printed: &str) {
        // What is too much to be kept may have held it.
        const MUCH: usize = 1 << 20;
        if page::shows_header(printed) || printed.len() >= MUCH {
            return self.session.report.ok(Message::HttpShows);
        }
        let parts = Parts {
            did: Message::DidSendHeader.with("bytes", shown(page::header(true).as_bytes())),
            came: Message::CameHeaderNotShown.into(),
            tutorial: Message::TutorialShowsHeader.into(),
            reason: Message::WhyHeaderNotShown.into(),
        };
        LESSON.fault(
            self.session,
            Message::HttpShows,
            Name::HeaderNotShown,
            parts,
        );
    }

    /// The page is in none of the files that it wrote: which of them comes nearest?
    fn saves(&mut self, written: &[(std::path::PathBuf, Vec<u8>)], page: &[u8], too_many: bool) {
        let named = |path: &std::path::Path| {
            let ending = path.extension().and_then(|ending| ending.to_str());
            ending.is_some_and(|ending| ending.to_lowercase().starts_with("htm"))
        };
        let copies = written.iter().filter(|(path, copy)| {
            !copy.is_empty() && (named(path) || page::is_of_the_page(copy, page))
        });
        let nearest = copies.max_by_key(|(path, copy)| (named(path), copy.len()));
        let Some((path, copy)) = nearest else {
            return if too_many {
                self.session.report.note(Message::HttpTooManyFiles);
            } else {
                self.page_not_saved(written);
            };
        };
        if let Some(difference) = page::compare(copy, page) {
            // Some systems tell nobody that a program closed with something unread.
            if difference.stops && !self.session.watch.sees {
                return self.stops_early(written, page);
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let came = came_differs(&name, copy, page, &difference);
            self.page_differs(difference.why, came);
        }
    }

    fn page_not_saved(&mut self, written: &[(std::path::PathBuf, Vec<u8>)]) {
        let here = std::env::current_dir().unwrap_or_default();
        let empty = written
            .iter()
            .find(|(path, copy)| copy.is_empty() && path.starts_with(&here));
        let came = match empty.and_then(|(path, _)| path.file_name()) {
            Some(name) => Message::CameEmptyFile.with("file", name.to_string_lossy()),
            None => Message::CameNoFile.into(),
        };
        let parts = Parts {
            did: Message::DidLookForFiles.into(),
            came,
            tutorial: Message::TutorialSaves.into(),
            reason: Message::WhyNotSaved.into(),
        };
        LESSON.fault(self.session, Message::HttpSaves, Name::PageNotSaved, parts);
    }

    fn page_differs(&mut self, reason: Text, came: Text) {
        let parts = Parts {
            did: Message::DidSendPage.with("length", LENGTH),
            came,
            tutorial: Message::TutorialSaves.into(),
            reason,
        };
        LESSON.fault(self.session, Message::HttpSaves, Name::PageDiffers, parts);
    }
}

/// Whether an error is one of those that come where the blank line is not in what was received.
fn looks_for_the_blank_line(error: &str) -> bool {
    let kinds = ["ValueError", "IndexError", "AttributeError: 'NoneType'"];
    kinds.iter().any(|kind| error.starts_with(kind))
}

/// What the file holds at the first byte that differs, and what the page has there.
fn came_differs(name: &str, copy: &[u8], page: &[u8], difference: &Difference) -> Text {
    const PART: usize = 20;
    let at = difference.at;
    let part = |bytes: &[u8]| shown(&bytes[at.min(bytes.len())..(at + PART).min(bytes.len())]);
    Message::CameDiffers
        .with("file", name)
        .with("length", copy.len())
        .with("all", page.len())
        .with("at", at + 1)
        .with("found", part(copy))
        .with("expected", part(page))
}
