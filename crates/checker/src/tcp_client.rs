//! The check of a learner's tcp-client: the checker is the server, wherever the client knocks.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use crate::client::{
    ASKS, CHOICE, Door, KEYBOARD, LINES, Lesson, MENU, ON_THE_WAY, PLACE, Parts, TRIES, can_be_at,
    knocked, own_place,
};
use crate::conn::{Came, Conn};
use crate::faults::Name;
use crate::names::Names;
use crate::program::Program;
use crate::report::{Step, shown};
use crate::session::Session;
use crate::watch::Protocol;
use crate::words::{Message, Text};

/// The lesson's steps.
pub const STEPS: &[Step] = &[
    Step {
        number: 1,
        what: Message::TcpClientSocket,
    },
    Step {
        number: 2,
        what: Message::TcpClientConnect,
    },
    Step {
        number: 3,
        what: Message::TcpClientWelcome,
    },
    Step {
        number: 4,
        what: Message::TcpClientNames,
    },
    Step {
        number: 4,
        what: Message::TcpClientShows,
    },
    Step {
        number: 5,
        what: Message::TcpClientExit,
    },
    Step {
        number: 6,
        what: Message::TcpClientClose,
    },
];

const LESSON: Lesson = Lesson {
    read: Message::ReadTcpClient,
    number: |step| {
        let found = STEPS.iter().find(|known| known.what == step);
        found.map_or(1, |step| step.number)
    },
};

/// Who sends the next message this long after the last, without an answer, does not wait for one.
const PATIENCE: Duration = Duration::from_millis(1300);
/// The pieces of one message come within this.
const TOGETHER: Duration = Duration::from_millis(600);
/// What a key does shows within this; longer where the machine is busy.
const SOON: Duration = Duration::from_secs(1);
/// Ctrl+D: at the beginning of a line it ends the input.
const END_OF_INPUT: &str = "\x04";
/// The most messages of one talk.
const MOST: usize = 50;

/// Holds the lesson's conversation with the program.
pub fn check(session: &mut Session) {
    let names = Names::answer(session);
    if let Some((conn, doors)) = meet(session, &names) {
        let mut talk = Talk {
            session,
            doors,
            conn,
            again: None,
            typed: 0,
            menu: None,
            answers: 0,
            first_answer: 0,
            greeted: Vec::new(),
            two: None,
            lines: false,
            echoed: false,
        };
        talk.hold();
    }
}

/// Is there where the client knocks; it is started again when that was elsewhere.
fn meet(session: &mut Session, names: &Names) -> Option<(Conn, Vec<Door>)> {
    let mut known = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 9999))];
    let mut doors: Vec<Door> = Vec::new();
    let mut room = false;
    for _ in 0..TRIES {
        if let Some(&address) = known.last() {
            match Door::open(address, &session.bell) {
                Ok(door) => doors.push(door),
                Err(error) => {
                    let note = Message::NoDoor.with("address", address);
                    session.report.note(note.with("error", error));
                    return None;
                }
            }
        }
        session.watch.clear();
        if !session.start(Message::TcpClientSocket) {
            return None;
        }
        session.doing(Message::TcpClientConnect);
        match wait_for_client(session, &doors, &known) {
            Met::Client(conn) => {
                session.report.ok(Message::TcpClientSocket);
                session.report.ok(Message::TcpClientConnect);
                if let Some(&address) = known.last() {
                    own_place(session, address);
                }
                return Some((conn, doors));
            }
            Met::Elsewhere(address) => known.push(address),
            Met::Nobody if !room && wants_the_door(session) => {
                room = true;
                make_room(session, doors.drain(..));
                known.clear();
            }
            met => {
                nobody(session, &met, names);
                return None;
            }
        }
    }
    None
}

/// Whether it has bound the address at which we are: every address is the learner's, and we come back if it knocks.
fn wants_the_door(session: &Session) -> bool {
    let failed = |session: &Session| session.ended().is_some_and(|status| !status.success());
    let told = |session: &Session| session.printed().contains("ddress already in use");
    session.wait_for_last_words();
    // On a busy machine they may take longer.
    let soon = Instant::now() + Duration::from_secs(2);
    let heard = || (told(session) || !failed(session)).then_some(());
    session.bell.wait(soon, heard);
    session.watch.sees && told(session)
}

/// Leaves our addresses to the program. We close a door by a knock: it must not be taken for the program's later.
fn make_room(session: &Session, doors: impl Iterator<Item = Door>) {
    for door in doors {
        session.watch.clear();
        door.close();
        let seen = || knocked(session, Protocol::Tcp, &[]);
        session.bell.wait(Instant::now() + ON_THE_WAY, seen);
    }
}

enum Met {
    Client(Conn),
    Elsewhere(SocketAddr),
    Udp(SocketAddr),
    Nobody,
}

fn wait_for_client(session: &mut Session, doors: &[Door], known: &[SocketAddr]) -> Met {
    let bell = session.bell.clone();
    let look = |session: &Session| {
        if let Some(conn) = doors.iter().find_map(Door::next) {
            return Some(Met::Client(conn));
        }
        if let Some(address) = knocked(session, Protocol::Tcp, known) {
            return can_be_at(session, address).then_some(Met::Elsewhere(address));
        }
        knocked(session, Protocol::Udp, &[]).map(Met::Udp)
    };
    let wait = |session: &Session, limit| {
        bell.wait(Instant::now() + limit, || {
            look(session).or_else(|| session.ended().map(|_| Met::Nobody))
        })
    };
    let mut met = None;
    for line in PLACE {
        met = met.or_else(|| wait(session, ASKS));
        if let (None, Some(program)) = (&met, session.program()) {
            program.type_line(line);
        }
    }
    // Some show a menu, or ask for a name, too, before they go.
    for line in [CHOICE, LINES[0]] {
        met = met.or_else(|| wait(session, ASKS));
        let asks = |program: &&mut Program| program.has_read_all();
        if let (None, Some(program)) = (&met, session.program().filter(asks)) {
            program.type_line(line);
        }
    }
    match met.or_else(|| wait(session, session.timeout)) {
        Some(Met::Nobody) => bell
            .wait(Instant::now() + ON_THE_WAY, || look(session))
            .unwrap_or(Met::Nobody),
        Some(met) => met,
        None => Met::Nobody,
    }
}

fn nobody(session: &mut Session, met: &Met, names: &Names) {
    let (socket, connect) = (Message::TcpClientSocket, Message::TcpClientConnect);
    if let Met::Udp(address) = met {
        let parts = Parts {
            did: Message::DidStart.into(),
            came: Message::CameDatagram.with("address", address),
            tutorial: Message::TutorialTcp.into(),
            reason: Message::WhyWrongSocket.into(),
        };
        LESSON.fault(session, socket, Name::WrongSocket, parts);
    } else if session.watch.sees {
        LESSON.nobody_came(session, names, socket, connect);
    } else {
        LESSON.not_seen(session, connect, Message::KnocksElsewhere);
    }
}

/// The conversation, and what was seen of the client so far.
struct Talk<'a> {
    session: &'a mut Session,
    /// Where it may come again.
    doors: Vec<Door>,
    conn: Conn,
    /// It has come again.
    again: Option<Conn>,
    /// How many lines were typed at its keyboard.
    typed: usize,
    /// It took a line and said nothing; since then so many lines of [`MENU`] were typed.
    menu: Option<usize>,
    /// How many of its messages were answered.
    answers: usize,
    /// How much it had printed when the first answer was sent.
    first_answer: usize,
    /// Whom they greeted, in small letters.
    greeted: Vec<String>,
    /// Its last message, if it was in two pieces, or two messages.
    two: Option<Vec<u8>>,
    /// Whether its messages end with a line end.
    lines: bool,
    /// Whether it spoke first, and got its own words back.
    echoed: bool,
}

/// What the client did next.
enum Next {
    Message(Came),
    Left,
    Silent,
}

impl Talk<'_> {
    /// One talk after the other: some clients connect for each name.
    fn hold(&mut self) {
        for _ in 0..MOST {
            self.talk();
            match self.again.take() {
                Some(conn) => self.conn = conn,
                None => return,
            }
        }
    }

    fn talk(&mut self) {
        self.session.doing(Message::TcpClientWelcome);
        // It is the server's turn: who speaks now does not wait.
        let early = self.conn.receive(
            Duration::from_millis(500),
            |bytes| !bytes.is_empty(),
            || false,
        );
        if !early.bytes.is_empty() {
            self.session.came(&early.bytes);
            return self.speaks_first(&early);
        }
        if early.ended {
            return self.left_early();
        }
        self.say(b"Welcome!");
        while self.answers < MOST {
            match self.next() {
                Next::Message(came) => {
                    if !self.message(came) {
                        return;
                    }
                }
                Next::Left => return self.left(),
                Next::Silent => return self.silent(),
            }
        }
        if self.session.ends_at_ctrl_c() {
            self.session.report.yours(Message::YoursCtrlC);
            self.session.report.ok(Message::TcpClientExit);
            return self.ends();
        }
        self.no_exit(Message::CameTalksOn.with("count", MOST));
    }

    fn say(&mut self, bytes: &[u8]) {
        self.session.sent(bytes);
        self.conn.send(bytes);
    }

    /// Waits for what the client does; types a line for one that may be asking at its keyboard.
    fn next(&mut self) -> Next {
        let arrives = |bytes: &[u8]| !bytes.is_empty();
        let mut came = self.conn.receive(KEYBOARD, arrives, || false);
        if came.bytes.is_empty() && !came.ended {
            self.type_next();
            let half = self.session.timeout / 2;
            came = self.conn.receive(half, arrives, || false);
            while came.bytes.is_empty() && !came.ended && self.asks() && self.type_more() {
                came = self.conn.receive(half, arrives, || false);
            }
            if came.bytes.is_empty() && !came.ended && self.answers == 0 {
                came = self.line_end(half);
            }
        }
        if !came.bytes.is_empty() {
            self.session.came(&came.bytes);
            Next::Message(came)
        } else if came.ended {
            Next::Left
        } else {
            Next::Silent
        }
    }

    /// Types the next line, if there is one.
    fn type_next(&mut self) -> bool {
        let line = match self.menu {
            Some(typed) if self.answers > 0 => {
                self.menu = Some(typed + 1);
                MENU.get(typed)
            }
            _ => {
                self.typed += 1;
                LINES.get(self.typed - 1)
            }
        };
        let Some(line) = line else { return false };
        if let Some(program) = self.session.program() {
            program.type_line(line);
        }
        true
    }

    /// It took a line and said nothing: it may show a menu, or ask for two things.
    fn type_more(&mut self) -> bool {
        if self.menu.is_some() {
            return self.type_next();
        }
        self.menu = Some(0);
        if let Some(program) = self.session.program() {
            program.type_line(CHOICE);
        }
        true
    }

    /// Whether it has taken each line that was typed.
    fn asks(&mut self) -> bool {
        self.typed > 0 && self.session.program().is_some_and(|it| it.has_read_all())
    }

    /// It may read lines, and wait for the end of the welcome's. Such a client ends its own lines, too.
    fn line_end(&mut self, limit: Duration) -> Came {
        self.conn.send(b"\n");
        let came = self
            .conn
            .receive(limit, |bytes| !bytes.is_empty(), || false);
        self.lines = came.bytes.ends_with(b"\n");
        if self.lines {
            self.session.report.yours(Message::YoursLines);
            came
        } else {
            Came::default()
        }
    }

    /// Text 003's client says one thing, shows one answer, and leaves. Any other has to wait.
    fn speaks_first(&mut self, early: &Came) {
        let more = self
            .conn
            .receive(PATIENCE, |bytes| !bytes.is_empty(), || false);
        if more.bytes.is_empty() && !more.ended && !early.ended {
            self.say(&early.bytes.clone());
            let end =
                self.conn
                    .receive(Duration::from_secs(3), |bytes| !bytes.is_empty(), || false);
            if end.bytes.is_empty() && end.ended {
                self.session.report.yours(Message::YoursText003Client);
                self.session.report.ok(Message::TcpClientExit);
                self.echoed = true;
                return self.ends();
            }
        }
        let step = Message::TcpClientWelcome;
        let did = Text::from(Message::DidAcceptOnly);
        if self.conn.ended() && self.session.cause_at_end(step, &did, &LESSON.read(step)) {
            return;
        }
        let parts = Parts {
            did,
            came: Message::CameBytes.with("bytes", shown(&early.bytes)),
            tutorial: Message::TutorialWaitsWelcome.into(),
            reason: Message::WhyNoWaitWelcome.into(),
        };
        LESSON.fault(
            self.session,
            Message::TcpClientWelcome,
            Name::DoesNotWait,
            parts,
        );
    }

    fn left_early(&mut self) {
        let soon = Instant::now() + ON_THE_WAY;
        let bell = self.session.bell.clone();
        self.again = bell.wait(soon, || self.doors.iter().find_map(Door::next));
        if self.again.is_some() {
            return;
        }
        if self.answers > 0 {
            return self.ends();
        }
        let did = Text::from(Message::DidAcceptOnly);
        let step = Message::TcpClientWelcome;
        self.session
            .program()
            .map(|program| program.wait_end(Duration::from_secs(2)));
        if self.session.cause(step, 0, &did, &LESSON.read(step)) {
            return;
        }
        let parts = Parts {
            did,
            came: Message::CameClosed.into(),
            tutorial: Message::TutorialNames.into(),
            reason: Message::WhyNoNames.into(),
        };
        LESSON.fault(
            self.session,
            Message::TcpClientNames,
            Name::SendsNoNames,
            parts,
        );
    }

    /// A message came. Gives whether the talk goes on.
    fn message(&mut self, mut came: Came) -> bool {
        self.session.report.ok(Message::TcpClientWelcome);
        let word = came.bytes.trim_ascii_end();
        if word == b"exit" {
            self.session.report.ok(Message::TcpClientExit);
            if self.answers == 0 {
                self.no_names(Message::WhyNoNames);
            } else {
                self.ends();
            }
            return false;
        }
        // Whoever waits for an answer says nothing meanwhile.
        let patience = if self.answers == 0 {
            PATIENCE
        } else {
            KEYBOARD
        };
        let pieces = self.conn.receive(TOGETHER, |_| false, || false);
        let rest = patience.saturating_sub(TOGETHER);
        let more = self.conn.receive(rest, |_| false, || false);
        let late = !pieces.bytes.is_empty() || !more.bytes.is_empty();
        came.bytes.extend_from_slice(&pieces.bytes);
        came.bytes.extend_from_slice(&more.bytes);
        let said = came.bytes.trim_ascii_end();
        let goes_on = said.len() > 4 && said.ends_with(b"exit") && late;
        let words = self.words_sent(&came.bytes);
        // A message may be sent in two pieces; whoever has sent two of them waits for a second answer then.
        let two = words == 2 && more.bytes.is_empty();
        if self.conn.ended() && self.answers == 0 || goes_on || words >= 2 && !two {
            self.does_not_wait(&came.bytes);
            return false;
        }
        self.two = two.then(|| came.bytes.clone());
        let said = String::from_utf8_lossy(&came.bytes);
        self.greeted.push(said.trim_end().to_lowercase());
        let mut answer = b"Hello, ".to_vec();
        answer.extend_from_slice(came.bytes.trim_ascii_end());
        answer.push(b'!');
        if came.bytes.ends_with(b"\n") || self.lines {
            answer.push(b'\n');
        }
        if self.answers == 0 {
            self.first_answer = self.session.mark();
        }
        self.answers += 1;
        self.say(&answer);
        true
    }

    /// How many of the packets that came without an answer have a word in them: two or more may be as many messages.
    fn words_sent(&self, bytes: &[u8]) -> usize {
        let Some(peer) = self.conn.peer() else {
            return 0;
        };
        let packets = self.session.watch.packets();
        let mut rest = bytes.len();
        let mut words = 0;
        for packet in packets
            .iter()
            .rev()
            .filter(|packet| packet.from == peer && packet.length > 0)
        {
            if rest < packet.length {
                break;
            }
            rest -= packet.length;
            let letters = packet.data.iter().filter(|byte| byte.is_ascii_alphabetic());
            words += usize::from(letters.count() >= 3);
        }
        words
    }

    fn does_not_wait(&mut self, bytes: &[u8]) {
        let step = Message::TcpClientNames;
        let did = Text::from(Message::DidNotAnswer);
        if self.conn.ended() && self.session.cause_at_end(step, &did, &LESSON.read(step)) {
            return;
        }
        let parts = Parts {
            did: Message::DidNotAnswer.into(),
            came: Message::CameBytes.with("bytes", shown(bytes)),
            tutorial: Message::TutorialWaitsAnswer.into(),
            reason: Message::WhyNoWaitAnswer.into(),
        };
        LESSON.fault(
            self.session,
            Message::TcpClientNames,
            Name::DoesNotWait,
            parts,
        );
    }

    fn no_names(&mut self, reason: Message) {
        let step = Message::TcpClientNames;
        let did = Text::from(Message::DidWelcome);
        if self.session.cause(step, 0, &did, &LESSON.read(step)) {
            return;
        }
        let parts = Parts {
            did: Message::DidWelcome.into(),
            came: Message::CameNoName.into(),
            tutorial: Message::TutorialNames.into(),
            reason: reason.into(),
        };
        LESSON.fault(
            self.session,
            Message::TcpClientNames,
            Name::SendsNoNames,
            parts,
        );
    }

    /// It has closed without `exit`.
    fn left(&mut self) {
        let step = Message::TcpClientNames;
        let did = Text::from(Message::DidWelcome);
        self.session
            .program()
            .map(|program| program.wait_end(Duration::from_secs(2)));
        let read = LESSON.read(step);
        let told = match self.answers {
            0 => self.session.cause(step, 0, &did, &read),
            _ => self.session.cause_at_end(step, &did, &read),
        };
        if told {
            return;
        }
        if self.answers == 0 && self.menu.is_some() && self.session.ended().is_none() {
            return self.session.report.note(Message::AsksForMore);
        }
        if self.answers == 0 {
            return self.no_names(Message::WhyNoNames);
        }
        self.session.report.yours(Message::YoursNoExit);
        self.session.report.ok(Message::TcpClientExit);
        self.ends();
    }

    /// It says nothing more, and stays.
    fn silent(&mut self) {
        let step = Message::TcpClientNames;
        let did = Message::DidWaitClient.with("seconds", self.session.timeout.as_secs_f32());
        if self.session.cause(step, 0, &did, &LESSON.read(step)) {
            return;
        }
        if let Some(two) = self.two.take() {
            return self.does_not_wait(&two);
        }
        if self.menu.is_some() && self.asks() {
            return self.session.report.note(Message::AsksForMore);
        }
        if self.answers > 1 {
            return self.no_exit(Message::CameNothing.into());
        }
        let parts = Parts {
            did,
            came: Message::CameNothing.into(),
            tutorial: Message::TutorialNames.into(),
            reason: Message::WhyHangs.into(),
        };
        LESSON.fault(self.session, step, Name::Hangs, parts);
    }

    /// It neither says `exit` nor closes.
    fn no_exit(&mut self, came: Text) {
        self.session.report.ok(Message::TcpClientNames);
        let parts = Parts {
            did: Message::DidAnswers.with("count", self.answers),
            came,
            tutorial: Message::TutorialSaysExit.into(),
            reason: Message::WhyNoExit.into(),
        };
        LESSON.fault(self.session, Message::TcpClientExit, Name::NoExit, parts);
    }

    /// The talk is over: the program closes, ends, and has shown what it got.
    fn ends(&mut self) {
        self.session.report.ok(Message::TcpClientNames);
        self.session.doing(Message::TcpClientClose);
        let limit = self.session.timeout;
        self.conn
            .receive(Duration::from_millis(300), |_| false, || false);
        // As the server does, also when the client has closed its side: it may wait for the other one.
        self.conn.half_close();
        self.again = self.comes_again(KEYBOARD);
        if self.again.is_none() && self.session.ended().is_none() {
            // Some wait for Enter before they end.
            if let Some(program) = self.session.program() {
                program.type_line("");
            }
            self.again = self.comes_again(limit);
        }
        if self.again.is_some() {
            return;
        }
        self.session.wait_for_last_words();
        let ended = self.session.ended();
        let step = Message::TcpClientClose;
        let did = Text::from(Message::DidCloseClient);
        if self.session.cause_at_end(step, &did, &LESSON.read(step)) {
            return;
        }
        let asks = self.typed > 0 && self.session.program().is_some_and(|it| it.has_read_all());
        let asks_for_more = asks && self.menu.is_some();
        if ended.is_none() && asks_for_more {
            return self.session.report.note(Message::AsksForMore);
        }
        if ended.is_none() && !(asks && (self.conn.ended() || self.ends_by_hand())) {
            let parts = Parts {
                did,
                came: Message::CameRunsOn.into(),
                tutorial: Message::TutorialEnds.into(),
                reason: if asks {
                    Message::WhyAsksOn.into()
                } else {
                    Message::WhyHangs.into()
                },
            };
            return LESSON.fault(self.session, step, Name::Hangs, parts);
        }
        self.session.report.ok(step);
        if self.answers > 0 || self.echoed {
            self.shows(ended.is_some());
        }
    }

    /// Waits until it connects once more, or ends.
    fn comes_again(&self, limit: Duration) -> Option<Conn> {
        let deadline = Instant::now() + limit;
        let over = self.session.bell.wait(deadline, || {
            let again = self.doors.iter().find_map(Door::next).map(Some);
            again.or_else(|| self.session.ended().map(|_| None))
        });
        over.flatten()
    }

    /// It asks on after `exit`: another word, the end of the input or Ctrl+C may end it, in its own way.
    fn ends_by_hand(&mut self) -> bool {
        const WORDS: usize = 6;
        let source = &self.session.source;
        // Either may end a program that expects the other: who speaks of Ctrl+C expects it.
        let ctrl_c = cfg!(unix) && source.expects_ctrl_c();
        let words = [String::new()].into_iter().chain(source.end_words());
        let lines = words.take(WORDS).map(|word| format!("{word}\n"));
        let keys = lines.chain((!ctrl_c).then(|| END_OF_INPUT.to_owned()));
        let keys: Vec<_> = keys.collect();
        self.session.hear_no_more();
        for key in keys {
            if let Some(program) = self.session.program() {
                program.type_keys(&key);
            }
            if let Some(status) = self.ends_within(SOON) {
                return status.success();
            }
        }
        #[cfg(unix)]
        if let Some(program) = self.session.program() {
            program.interrupt();
        }
        let ended = self.ends_within(self.session.timeout);
        ended.is_some_and(|status| status.success())
    }

    fn ends_within(&self, limit: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + limit;
        self.session.bell.wait(deadline, || self.session.ended())
    }

    /// Whether it has shown the answers; who has not `ended` by itself may do so yet.
    fn shows(&mut self, ended: bool) {
        // Whoever shows less than the whole answer does so in an own way: only silence is a fault.
        let printed = self.session.printed().to_lowercase();
        let greets = |name| printed.contains(&format!("{name}!"));
        let greets = self.greeted.iter().any(greets);
        if printed.contains("hello") || greets || self.echoed && !printed.trim().is_empty() {
            return self.session.report.ok(Message::TcpClientShows);
        }
        if !ended {
            return;
        }
        let later = self.session.printed_since(self.first_answer);
        let own_words = !later.trim().is_empty() && !self.session.source.throws_answers_away();
        if own_words {
            self.session.report.yours(Message::YoursOwnWords);
            return self.session.report.ok(Message::TcpClientShows);
        }
        let parts = Parts {
            did: Message::DidAnswers.with("count", self.answers.max(1)),
            came: Message::CameNoneShown.into(),
            tutorial: Message::TutorialShows.into(),
            reason: Message::WhyNotShown.into(),
        };
        LESSON.fault(
            self.session,
            Message::TcpClientShows,
            Name::AnswersNotShown,
            parts,
        );
    }
}
