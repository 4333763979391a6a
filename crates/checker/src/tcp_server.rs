//! The check of a learner's tcp-server.
//!
//! A client of ours talks alone first, to the end: what `close` without parentheses leaves open, the next
//! `accept` would close. Then two clients are there at once, one of them silent, and the other hangs up.

mod beyond;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::conn::{Came, Conn};
use crate::faults::Name;
use crate::find;
use crate::report::{Fault, Step, shown};
use crate::session::Session;
use crate::watch::{self, Protocol, Waiting};
use crate::words::{Message, Text};

/// The lesson's steps.
pub const STEPS: &[Step] = &[
    Step {
        number: 1,
        what: Message::TcpServerSocket,
    },
    Step {
        number: 2,
        what: Message::TcpServerBind,
    },
    Step {
        number: 3,
        what: Message::TcpServerListen,
    },
    Step {
        number: 4,
        what: Message::TcpServerThreads,
    },
    Step {
        number: 5,
        what: Message::TcpServerWelcome,
    },
    Step {
        number: 5,
        what: Message::TcpServerGreets,
    },
    Step {
        number: 5,
        what: Message::TcpServerExit,
    },
    Step {
        number: 5,
        what: Message::TcpServerHangUp,
    },
    Step {
        number: 6,
        what: Message::TcpServerClose,
    },
];

/// What the text's client says.
const NAMES: [&str; 3] = ["Michael", "Tracy", "Sarah"];
/// Between two pieces of one answer there is less than this.
const QUIET: Duration = Duration::from_millis(100);
/// A server that has been told of the end says goodbye within this.
const FAREWELL: Duration = Duration::from_secs(1);
/// A server that is idle uses no processor; one that turns in a loop uses all it can get.
const BUSY_PERCENT: u128 = 30;
/// Where others want the processors, too, it gets little, but then it wants to run whenever one looks.
const RUNNING_PERCENT: u128 = 80;

/// Holds the lesson's conversation with the program.
pub fn check(session: &mut Session) {
    if !find::is_free(session, Protocol::Tcp) || !session.start(Message::TcpServerSocket) {
        return;
    }
    session.doing(Message::TcpServerListen);
    let Some((address, first)) = find(session) else {
        return;
    };
    let mark = session.mark();
    let mut talk = Talk {
        session,
        address,
        mark,
        welcomes: true,
        line_end: "",
        slowest: Duration::ZERO,
        processes: 1,
        always_busy: false,
    };
    if talk.alone(first) && talk.together() {
        talk.beyond();
    }
}

/// The conversation, and what it has learned about the server so far.
struct Talk<'a> {
    session: &'a mut Session,
    address: SocketAddr,
    /// What the program printed before this is told already.
    mark: usize,
    /// Whether it speaks first.
    welcomes: bool,
    /// What ends a message: nothing, as in the text, or a line end.
    line_end: &'static str,
    slowest: Duration,
    /// How many processes it was while it talked to its first client.
    processes: usize,
    /// Whether it uses the processor even while it has nothing to do.
    always_busy: bool,
}

// --- Where it listens

/// Waits until the program listens, and tells where; elsewhere than on Linux, by connecting to it.
pub fn find(session: &mut Session) -> Option<(SocketAddr, Option<TcpStream>)> {
    if cfg!(not(target_os = "linux")) {
        return find_by_connecting(session);
    }
    let found = find::find(session, Protocol::Tcp);
    match found {
        Some(Waiting {
            protocol: Protocol::Tcp,
            address,
        }) => {
            listens(session, address);
            Some((reachable(address), None))
        }
        Some(Waiting { address, .. }) => {
            let did = Message::DidStart.into();
            let came = Message::CameUdpPort.with("address", address);
            fault(
                session,
                Message::TcpServerSocket,
                Name::WrongSocket,
                did,
                came,
                Message::TutorialTcp.into(),
                Message::WhyWrongSocket.into(),
            );
            None
        }
        None => {
            does_not_listen(session);
            None
        }
    }
}

fn find_by_connecting(session: &mut Session) -> Option<(SocketAddr, Option<TcpStream>)> {
    let deadline = Instant::now() + session.timeout;
    loop {
        for port in [9999, 999, 8080, 8000, 8888] {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            if let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) {
                listens(session, address);
                return Some((address, Some(stream)));
            }
        }
        let now = Instant::now();
        if now >= deadline || gone(session) {
            does_not_listen(session);
            return None;
        }
        // No event tells that somebody listens.
        session.bell.wait(now + Duration::from_millis(100), || {
            gone(session).then_some(())
        });
    }
}

/// Whether the program has ended, with all that it has started.
pub fn gone(session: &Session) -> bool {
    session.ended().is_some() && watch::processes(session.pid(), session.world.own) == 0
}

fn listens(session: &mut Session, address: SocketAddr) {
    for step in [
        Message::TcpServerSocket,
        Message::TcpServerBind,
        Message::TcpServerListen,
    ] {
        session.report.ok(step);
    }
    let text = "127.0.0.1:9999";
    if address.to_string() != text {
        session.report.yours(
            Message::YoursAddress
                .with("address", address)
                .with("text", text),
        );
    }
}

/// Where a client reaches a server that is bound to all addresses.
pub fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(host, address.port())
}

fn does_not_listen(session: &mut Session) {
    let seconds = session.timeout.as_secs_f32();
    let did = Text::from(Message::DidStart);
    let step = step_of_error(session);
    if session.cause(step, 0, &did, &read(step)) {
        return;
    }
    if let Some(status) = session.ended() {
        let came = Message::CameEnded.with("status", status);
        fault(
            session,
            Message::TcpServerSocket,
            Name::EndsAtOnce,
            did,
            came,
            Message::TutorialRuns.into(),
            Message::WhyEndsAtOnce.into(),
        );
    } else {
        let did = Message::DidStartAndLook.with("seconds", seconds);
        fault(
            session,
            Message::TcpServerListen,
            Name::NotListening,
            did,
            Message::CameNoPort.into(),
            Message::TutorialListens.into(),
            Message::WhyNotListening.into(),
        );
    }
}

/// The step in which a program failed that printed a traceback at its start.
fn step_of_error(session: &Session) -> Message {
    let place = session
        .traceback_since(0)
        .and_then(|traceback| traceback.place);
    let code = place.map(|place| place.code).unwrap_or_default();
    if code.contains("bind") {
        Message::TcpServerBind
    } else if code.contains("listen") || code.contains("accept") {
        Message::TcpServerListen
    } else {
        Message::TcpServerSocket
    }
}

fn read(step: Message) -> Text {
    let found = STEPS.iter().find(|known| known.what == step);
    Message::ReadTcpServer.with("step", found.map_or(1, |step| step.number))
}

fn fault(
    session: &mut Session,
    step: Message,
    name: Name,
    did: Text,
    came: Text,
    tutorial: Text,
    reason: Text,
) {
    let printed = session.printed();
    session.report.fault(
        step,
        Fault {
            name,
            did,
            came,
            tutorial,
            reason,
            read: read(step),
            printed,
        },
    );
}

// --- The conversation

impl Talk<'_> {
    /// The first client, to the end. Gives whether it makes sense to go on.
    fn alone(&mut self, first: Option<TcpStream>) -> bool {
        let conn = match first {
            Some(stream) => Conn::new(stream, &self.session.bell),
            None => self.connect(),
        };
        let mut conn = match conn {
            Ok(conn) => conn,
            Err(error) => {
                let did = self.did(Message::DidConnect);
                let step = Message::TcpServerListen;
                // It listened a moment ago: if it has ended since, that is the cause.
                let soon = Instant::now() + Duration::from_secs(2);
                let session = &mut *self.session;
                session.bell.wait(soon, || session.ended());
                if session.cause(step, 0, &did, &read(step)) {
                    return false;
                }
                let came = Message::CameRefused.with("error", error);
                self.fault(
                    step,
                    Name::NotListening,
                    did,
                    came,
                    Message::TutorialListens,
                    Message::WhyNotListening,
                );
                return false;
            }
        };
        if !self.welcome(&mut conn) || !self.names(&mut conn) {
            return false;
        }
        self.processes = watch::processes(self.session.pid(), self.session.world.own);
        self.always_busy = self.busy() >= BUSY_PERCENT;
        if self.always_busy {
            self.session.report.yours(Message::YoursBusy);
        }
        self.exit(conn)
    }

    fn connect(&self) -> io::Result<Conn> {
        Conn::connect(self.address, self.session.timeout, &self.session.bell)
    }

    /// Waits for an answer; not for long once the program has told of an error, or ended.
    fn receive(&self, conn: &mut Conn, enough: impl Fn(&[u8]) -> bool + Copy) -> Came {
        let session = &*self.session;
        let troubled = || gone(session) || session.traceback_since(self.mark).is_some();
        let mut came = conn.receive(self.patience(), enough, troubled);
        if !came.ended && !enough(&came.bytes) && troubled() {
            let more = conn.receive(Duration::from_secs(1), enough, || false);
            came.bytes.extend_from_slice(&more.bytes);
            came.ended = more.ended;
        }
        came
    }

    /// Step 5, the welcome.
    fn welcome(&mut self, conn: &mut Conn) -> bool {
        let step = Message::TcpServerWelcome;
        self.session.doing(step);
        let mut came = self.receive(conn, |bytes| !bytes.is_empty());
        if !came.bytes.is_empty() {
            came.bytes.extend(conn.rest(QUIET));
            self.session.came(&came.bytes);
            self.session.report.ok(step);
            if came.bytes != b"Welcome!" {
                self.session
                    .report
                    .yours(Message::YoursWelcome.with("bytes", shown(&came.bytes)));
            }
            if came.bytes.ends_with(b"\n") {
                self.line_end = "?";
            }
            return true;
        }
        let did = self.did(Message::DidConnect);
        if self.session.cause(step, self.mark, &did, &read(step)) {
            return false;
        }
        if came.ended {
            self.fault(
                step,
                Name::ClosesEarly,
                did,
                Message::CameClosed.into(),
                Message::TutorialWelcome,
                Message::WhyClosesEarly,
            );
            return false;
        }
        self.no_welcome(conn, did)
    }

    /// Whoever does not welcome may wait for the client to speak.
    fn no_welcome(&mut self, conn: &mut Conn, did: Text) -> bool {
        let step = Message::TcpServerWelcome;
        self.session.sent(NAMES[0].as_bytes());
        conn.send(NAMES[0].as_bytes());
        let came = self.receive(conn, |bytes| !bytes.is_empty());
        self.session.came(&came.bytes);
        let step_did = self.did_send(NAMES[0].as_bytes());
        if came.bytes.is_empty() {
            if !self.session.cause(step, self.mark, &step_did, &read(step)) {
                self.fault(
                    step,
                    Name::NoWelcome,
                    did,
                    Message::CameNothing.into(),
                    Message::TutorialWelcome,
                    Message::WhyNoWelcome,
                );
            }
            return false;
        }
        if came.bytes.eq_ignore_ascii_case(NAMES[0].as_bytes()) && self.is_text_003(conn) {
            return false;
        }
        let came = Message::CameWelcomeLate.with("bytes", shown(&came.bytes));
        self.fault(
            step,
            Name::NoWelcome,
            did,
            came,
            Message::TutorialWelcome,
            Message::WhyWelcomeAfter,
        );
        false
    }

    /// Text 003's servers send one client its own bytes back, perhaps in capitals, and end.
    fn is_text_003(&mut self, conn: &mut Conn) -> bool {
        let closed = conn.receive(Duration::from_secs(2), |_| false, || false);
        let deadline = Instant::now() + Duration::from_secs(2);
        let session = &mut *self.session;
        let status = session.bell.wait(deadline, || session.ended());
        if !closed.ended
            || !closed.bytes.is_empty()
            || !status.is_some_and(|status| status.success())
        {
            return false;
        }
        session.report.ok(Message::TcpServerGreets);
        session.report.ok(Message::TcpServerClose);
        session.report.yours(Message::YoursText003);
        true
    }

    /// Step 5, the names.
    fn names(&mut self, conn: &mut Conn) -> bool {
        self.session.doing(Message::TcpServerGreets);
        for (place, name) in NAMES.into_iter().enumerate() {
            if !self.name(conn, name, place, Message::TcpServerGreets) {
                return false;
            }
        }
        if self.slowest > Duration::from_secs(3) {
            let seconds = format!("{:.1}", self.slowest.as_secs_f32());
            self.session
                .report
                .yours(Message::YoursSlow.with("seconds", seconds));
        }
        self.session.report.ok(Message::TcpServerGreets);
        true
    }

    /// Says a name, and looks at the answer; `place` counts the names of this client.
    fn name(&mut self, conn: &mut Conn, name: &str, place: usize, step: Message) -> bool {
        let lines = self.line_end == "\n";
        let message = if lines {
            format!("{name}\n")
        } else {
            name.into()
        };
        let holds = |bytes: &[u8]| holds(bytes, name);
        self.session.sent(message.as_bytes());
        conn.send(message.as_bytes());
        let mut came = self.receive(conn, holds);
        if !holds(&came.bytes) && !came.bytes.is_empty() && !came.ended {
            came.bytes.extend(conn.rest(Duration::from_secs(1)));
        }
        came.bytes.extend(conn.rest(QUIET));
        self.session.came(&came.bytes);
        if holds(&came.bytes) {
            self.slowest = self.slowest.max(came.after);
            return self.right_answer(&came, name, step);
        }
        let did = self.did_send(message.as_bytes());
        // A program that has closed the connection itself is told by the system that it is closed.
        if came.ended && self.used_after_close() {
            if step == Message::TcpServerHangUp {
                self.shares_a_connection(step, did, &came);
                return false;
            }
        } else if self.session.cause(step, self.mark, &did, &read(step)) {
            return false;
        }
        if came.ended {
            self.closes_early(step, did, &came, place);
        } else if came.bytes.is_empty() {
            return self.silent(conn, name, place, step, did);
        } else {
            self.wrong_answer(step, did, &came, name);
        }
        false
    }

    fn wrong_answer(&mut self, step: Message, did: Text, came: &Came, name: &str) {
        let came = Message::CameBytes.with("bytes", shown(&came.bytes));
        let why = Message::WhyWrongAnswer.into();
        let (session, tutorial) = (&mut *self.session, greets(name));
        fault(session, step, Name::WrongAnswer, did, came, tutorial, why);
    }

    /// The other client has gone, and this one's thread has used the connection of that one.
    fn shares_a_connection(&mut self, step: Message, did: Text, came: &Came) {
        let (came, tutorial) = (closing(came), Message::TutorialHangUp);
        self.fault(
            step,
            Name::ThreadDies,
            did,
            came,
            tutorial,
            Message::WhyShared,
        );
    }

    fn used_after_close(&self) -> bool {
        let session = &*self.session;
        // Its last words come after the end of the connection.
        let soon = Instant::now() + Duration::from_secs(1);
        let told = session
            .bell
            .wait(soon, || session.traceback_since(self.mark));
        let codes = ["[Errno 9]", "WinError 10038"];
        told.is_some_and(|told| codes.iter().any(|code| told.error.contains(code)))
    }

    fn right_answer(&mut self, came: &Came, name: &str, step: Message) -> bool {
        let text = String::from_utf8_lossy(&came.bytes);
        if text.contains(&format!("b'{name}")) || text.contains(&format!("b\"{name}")) {
            let did = self.did_send(name.as_bytes());
            let came = Message::CameBytes.with("bytes", shown(&came.bytes));
            fault(
                self.session,
                step,
                Name::BytesInText,
                did,
                came,
                greets(name),
                Message::WhyBytesInText.into(),
            );
            // All else may well be right.
            return true;
        }
        if name == NAMES[0] && text.trim_end() != format!("Hello, {name}!") {
            self.session
                .report
                .yours(Message::YoursAnswer.with("bytes", shown(&came.bytes)));
        }
        true
    }

    /// It closed after an answer or more, or without one.
    fn closes_early(&mut self, step: Message, did: Text, came: &Came, answers: usize) {
        self.fault(
            step,
            Name::ClosesEarly,
            did,
            closing(came),
            Message::TutorialTalksOn,
            Message::WhyClosesEarly,
        );
        if answers == 0 {
            return;
        }
        // A second fault is told if it shows itself.
        let deadline = Instant::now() + Duration::from_secs(1);
        if let Some(status) = self.session.bell.wait(deadline, || self.session.ended()) {
            let did = self.did(Message::DidConnect);
            let came = Message::CameEnded.with("status", status);
            self.fault(
                Message::TcpServerThreads,
                Name::ServesOnce,
                did,
                came,
                Message::TutorialGoesOn,
                Message::WhyServesOnce,
            );
        }
    }

    /// No answer came. Perhaps it waits for a line end.
    fn silent(
        &mut self,
        conn: &mut Conn,
        name: &str,
        place: usize,
        step: Message,
        did: Text,
    ) -> bool {
        self.session.sent(b"\n");
        conn.send(b"\n");
        let mut came = self.receive(conn, |bytes| holds(bytes, name));
        came.bytes.extend(conn.rest(QUIET));
        self.session.came(&came.bytes);
        let answered = holds(&came.bytes, name);
        // Whoever ends its own messages so, too, has a protocol of lines, and not a fault.
        if answered && place == 0 && self.line_end == "?" && came.bytes.ends_with(b"\n") {
            self.line_end = "\n";
            self.session.report.yours(Message::YoursLines);
            return self.right_answer(&came, name, step);
        }
        let why = if answered {
            Message::WhyNoAnswerLine
        } else {
            Message::WhyNoAnswer
        };
        fault(
            self.session,
            step,
            Name::NoAnswer,
            did,
            Message::CameNothing.into(),
            greets(name),
            why.into(),
        );
        false
    }

    /// Steps 5 and 6: `exit`, before any other client connects.
    fn exit(&mut self, mut conn: Conn) -> bool {
        let message: &[u8] = if self.line_end == "\n" {
            b"exit\n"
        } else {
            b"exit"
        };
        let did = self.did_send(message);
        self.session.doing(Message::TcpServerExit);
        self.session.sent(message);
        conn.send(message);
        let came = self.receive(&mut conn, |bytes| !bytes.is_empty());
        let mut came = came;
        if !came.ended && !came.bytes.is_empty() {
            // A farewell may be on its way, and the end after it.
            let more = conn.receive(self.soon(), |_| false, || false);
            came.bytes.extend_from_slice(&more.bytes);
            came.ended = more.ended;
        }
        self.session.came(&came.bytes);
        if came.ended {
            if self.session.traceback_since(self.mark).is_some() {
                let step = Message::TcpServerExit;
                return !self.session.cause(step, self.mark, &did, &read(step));
            }
            if !came.bytes.is_empty() {
                self.session
                    .report
                    .yours(Message::YoursFarewell.with("bytes", shown(&came.bytes)));
            }
            self.session.report.ok(Message::TcpServerExit);
            self.session.report.ok(Message::TcpServerClose);
            return true;
        }
        let step = Message::TcpServerExit;
        if self.session.cause(step, self.mark, &did, &read(step)) {
            return false;
        }
        self.stays_open(conn, did, &came)
    }

    /// It did not close at `exit`: because it greets, because of another word, or because it never closes.
    fn stays_open(&mut self, mut conn: Conn, did: Text, came: &Came) -> bool {
        if !came.bytes.is_empty() && self.own_end_word(&mut conn) {
            return true;
        }
        if came.bytes.is_empty() {
            // Does it listen still?
            conn.send(format!("{}{}", NAMES[0], self.line_end.trim_matches('?')).as_bytes());
            let more = conn.receive(self.soon(), |bytes| holds(bytes, NAMES[0]), || false);
            if more.ended {
                // It was about to close, or has been gone since.
                self.session.report.ok(Message::TcpServerExit);
                return self.not_closed(conn, did, true);
            }
            if !holds(&more.bytes, NAMES[0]) {
                self.session.report.ok(Message::TcpServerExit);
                return self.not_closed(conn, did, false);
            }
        } else if !holds(&came.bytes, "exit") {
            self.session.report.ok(Message::TcpServerExit);
            return self.not_closed(conn, did, false);
        }
        let (came, why) = if came.bytes.is_empty() {
            (Message::CameExitIgnored.into(), Message::WhyExitIgnored)
        } else {
            let source = &self.session.source;
            let nowhere = source.is_known() && !source.speaks_of(&["exit"]);
            let why = [Message::WhyExitGreeted, Message::WhyExitNowhere][usize::from(nowhere)];
            let came = Message::CameBytesStillOpen.with("bytes", shown(&came.bytes));
            (came, why)
        };
        self.fault(
            Message::TcpServerExit,
            Name::ExitGreeted,
            did,
            came,
            Message::TutorialExit,
            why,
        );
        true
    }

    /// A word of the learner's own that ends the talk.
    fn own_end_word(&mut self, conn: &mut Conn) -> bool {
        for word in self.session.source.end_words() {
            self.session.sent(word.as_bytes());
            if !conn.send(word.as_bytes()) {
                return false;
            }
            let mut came = self.receive_soon(conn);
            if !came.ended {
                came = conn.receive(Duration::from_millis(500), |_| false, || false);
            }
            if came.ended {
                let word = shown(word.as_bytes());
                self.session
                    .report
                    .yours(Message::YoursEndWord.with("word", word));
                self.session.report.ok(Message::TcpServerExit);
                self.session.report.ok(Message::TcpServerClose);
                return true;
            }
        }
        false
    }

    fn receive_soon(&self, conn: &mut Conn) -> Came {
        conn.receive(self.soon(), |bytes| !bytes.is_empty(), || false)
    }

    /// The talk is over, and the connection stays open; unless a process of its own had it, and the parent
    /// holds it until its next `accept`, which is not what the text is about.
    fn not_closed(&mut self, mut conn: Conn, did: Text, late: bool) -> bool {
        let many = self.processes > 1 || late;
        let second = self.connect();
        let freed = second.is_ok() && conn.receive(self.soon(), |_| false, || false).ended;
        drop(second);
        let was_child = freed && (many || self.session.source.makes_processes());
        if was_child {
            self.session.report.yours(Message::YoursProcesses);
            self.session.report.ok(Message::TcpServerClose);
            return true;
        }
        self.fault(
            Message::TcpServerClose,
            Name::NotClosed,
            did,
            Message::CameStillOpen.into(),
            Message::TutorialExit,
            Message::WhyNotClosed,
        );
        true
    }

    /// Two clients at once.
    fn together(&mut self) -> bool {
        self.session.doing(Message::TcpServerThreads);
        let Some(mut silent) = self.next_client() else {
            return false;
        };
        let step = Message::TcpServerThreads;
        let did = self.did(Message::DidTwo);
        let second = self.connect();
        let Ok(mut second) = second else {
            self.serves_once(Message::CameRefused.with("error", "connect"));
            return false;
        };
        let came = self.first_word(&mut second, NAMES[1]);
        if came.bytes.is_empty() {
            if came.ended || !self.only_the_first_is_welcomed(&mut second, NAMES[1]) {
                self.second_waits(silent, second, did);
            }
            return false;
        }
        if self.welcomes && !self.name(&mut second, NAMES[1], 1, step) {
            return false;
        }
        self.session.report.ok(step);
        self.hang_up(&mut silent, second)
    }

    /// The second client hears nothing: perhaps it does, once the first one has gone.
    fn second_waits(&mut self, silent: Conn, mut second: Conn, did: Text) {
        let step = Message::TcpServerThreads;
        if self.session.cause(step, self.mark, &did, &read(step)) {
            return;
        }
        silent.half_close();
        drop(silent);
        let limit = self.soon() + self.session.timeout;
        let over = || gone(self.session);
        let later = second.receive(limit, |bytes| !bytes.is_empty(), over);
        let came = if later.bytes.is_empty() {
            Message::CameNothing.into()
        } else {
            Message::CameSecondLater.with("bytes", shown(&later.bytes))
        };
        let (tutorial, why) = (Message::TutorialManyClients, Message::WhyOneAtATime);
        self.fault(step, Name::OneAtATime, did, came, tutorial, why);
    }

    /// A later client hears nothing: perhaps it is answered all the same, once it says a name.
    fn only_the_first_is_welcomed(&mut self, conn: &mut Conn, name: &str) -> bool {
        if !self.welcomes {
            return false; // it was told a name already
        }
        self.session.sent(name.as_bytes());
        conn.send(name.as_bytes());
        let over = || gone(self.session);
        let came = conn.receive(self.soon(), |bytes| holds(bytes, name), over);
        self.session.came(&came.bytes);
        let answered = holds(&came.bytes, name);
        if answered {
            let did = self.did(Message::DidConnectAgain);
            let came = Message::CameWelcomeLate.with("bytes", shown(&came.bytes));
            let (tutorial, why) = (Message::TutorialWelcome, Message::WhyWelcomeOnce);
            self.fault(
                Message::TcpServerWelcome,
                Name::NoWelcome,
                did,
                came,
                tutorial,
                why,
            );
        }
        answered
    }

    /// What a client hears first: the welcome, or the answer to a name.
    fn first_word(&mut self, conn: &mut Conn, name: &str) -> Came {
        if !self.welcomes {
            conn.send(name.as_bytes());
        }
        let mut came = self.receive(conn, |bytes| !bytes.is_empty());
        if !came.bytes.is_empty() {
            came.bytes.extend(conn.rest(QUIET));
        }
        self.session.came(&came.bytes);
        came
    }

    /// The next client after one has gone.
    fn next_client(&mut self) -> Option<Conn> {
        self.mark = self.session.mark();
        let conn = match self.connect() {
            Ok(conn) => conn,
            Err(error) => {
                let deadline = Instant::now() + Duration::from_secs(2);
                self.session.bell.wait(deadline, || self.session.ended());
                self.serves_once(Message::CameRefused.with("error", error));
                return None;
            }
        };
        let mut conn = conn;
        let came = self.first_word(&mut conn, NAMES[0]);
        if !came.bytes.is_empty() {
            return Some(conn);
        }
        let alive = !came.ended && !gone(self.session);
        if alive && self.only_the_first_is_welcomed(&mut conn, NAMES[0]) {
            return None;
        }
        let busy = if alive && !self.always_busy {
            self.busy()
        } else {
            0
        };
        if busy >= BUSY_PERCENT {
            self.spins(busy);
        } else {
            self.serves_once(closing_or_nothing(&came));
        }
        None
    }

    fn serves_once(&mut self, came: Text) {
        let step = Message::TcpServerThreads;
        let did = self.did(Message::DidConnectAgain);
        if self.session.cause(step, self.mark, &did, &read(step)) {
            return;
        }
        let came = match self.session.ended() {
            Some(status) => Message::CameEnded.with("status", status),
            None => came,
        };
        self.fault(
            step,
            Name::ServesOnce,
            did,
            came,
            Message::TutorialGoesOn,
            Message::WhyServesOnce,
        );
    }

    /// The second client leaves without `exit`; the first one talks on.
    fn hang_up(&mut self, silent: &mut Conn, mut second: Conn) -> bool {
        let step = Message::TcpServerHangUp;
        self.session.doing(step);
        self.mark = self.session.mark();
        let did = self.did(Message::DidHangUp);
        // As a client closes that has received all: what the server still says to it finds an open connection.
        second.half_close();
        if !self.name(silent, NAMES[2], 1, step) {
            return false;
        }
        second.receive(FAREWELL, |_| false, || false);
        second.close();
        // Twice: one moment proves nothing.
        let mut busy = self.busy();
        if busy >= BUSY_PERCENT && !self.always_busy {
            busy = busy.min(self.busy());
            if busy >= BUSY_PERCENT {
                self.spins(busy);
                return false;
            }
        }
        // Meanwhile the first one leaves as the text does: an error in the other's thread may come late.
        silent.send(if self.line_end == "\n" {
            b"exit\n"
        } else {
            b"exit"
        });
        let limit = self
            .soon()
            .min(self.slowest * 2 + Duration::from_millis(500));
        silent.receive(limit, |_| false, || false);
        let failed = self.session.traceback_since(self.mark).is_some() || gone(self.session);
        if failed && self.session.cause(step, self.mark, &did, &read(step)) {
            return false;
        }
        if gone(self.session) {
            self.serves_once(Message::CameNothing.into());
            return false;
        }
        self.session.report.ok(step);
        true
    }

    fn spins(&mut self, percent: u128) {
        let did = self.did(Message::DidHangUp);
        let came = Message::CameBusy.with("percent", percent);
        self.fault(
            Message::TcpServerHangUp,
            Name::Spins,
            did,
            came,
            Message::TutorialHangUp,
            Message::WhySpins,
        );
    }

    // --- Measures and words

    /// The longest wait for one answer. A delay of just the longest wait is no fault, and what ends the talk may take
    /// as long as an answer, and some time for the way.
    fn patience(&self) -> Duration {
        self.session.timeout.max(self.slowest * 2) + Duration::from_secs(1)
    }

    /// What should come soon comes within this.
    fn soon(&self) -> Duration {
        self.slowest * 2 + Duration::from_secs(2)
    }

    /// How much of one processor the program uses, in percent, or would use if it got it. Nobody tells of that: we
    /// look fifty times.
    fn busy(&self) -> u128 {
        const LOOKS: u32 = 50;
        let (pid, own) = (self.session.pid(), self.session.world.own);
        let (start, before) = (Instant::now(), watch::processor_time(pid, own));
        let mut running = 0;
        for look in 1..=LOOKS {
            let next = start + look * Duration::from_millis(20);
            self.session.bell.wait(next, || None::<()>);
            running += u128::from(watch::running(pid, own));
        }
        let now = watch::processor_time(pid, own);
        let used = now.zip(before);
        let used = used.map_or(Duration::ZERO, |(now, before)| now.saturating_sub(before));
        let used = used.as_micros() * 100 / start.elapsed().as_micros().max(1);
        let running = running * 100 / u128::from(LOOKS);
        if running >= RUNNING_PERCENT {
            used.max(running)
        } else {
            used
        }
    }

    fn did(&self, message: Message) -> Text {
        message
            .with("address", self.address)
            .with("seconds", self.session.timeout.as_secs_f32())
    }

    fn did_send(&self, bytes: &[u8]) -> Text {
        self.did(Message::DidSend).with("bytes", shown(bytes))
    }

    fn fault(
        &mut self,
        step: Message,
        name: Name,
        did: Text,
        came: Text,
        tutorial: Message,
        reason: Message,
    ) {
        fault(
            self.session,
            step,
            name,
            did,
            came,
            tutorial.into(),
            reason.into(),
        );
    }
}

fn greets(name: &str) -> Text {
    Message::TutorialGreets.with("bytes", shown(format!("Hello, {name}!").as_bytes()))
}

fn closing(came: &Came) -> Text {
    if came.bytes.is_empty() {
        Message::CameClosed.into()
    } else {
        Message::CameBytesThenClosed.with("bytes", shown(&came.bytes))
    }
}

fn closing_or_nothing(came: &Came) -> Text {
    if came.ended {
        Message::CameClosed.into()
    } else {
        Message::CameNothing.into()
    }
}

/// Whether an answer has the name in it: in any case, and also with two bytes for a letter.
pub fn holds(answer: &[u8], name: &str) -> bool {
    let letters: Vec<u8> = answer
        .iter()
        .filter(|byte| **byte != 0)
        .map(u8::to_ascii_lowercase)
        .collect();
    let name = name.to_ascii_lowercase();
    letters
        .windows(name.len())
        .any(|part| part == name.as_bytes())
}
