//! What the text does not ask of a tcp-server: shown, never a fault.

use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use super::{NAMES, Talk, holds};
use crate::conn::Conn;
#[cfg(unix)]
use crate::find;
use crate::report::shown;
use crate::words::{Message, Text};

/// How many clients come at once.
const CROWD: usize = 50;
/// How long a crowd is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// Long enough for what is on its way within one machine.
const MOMENT: Duration = Duration::from_millis(300);

impl Talk<'_> {
    /// All at once, so that a slow server is waited for once.
    pub(super) fn beyond(&mut self) {
        self.session.doing(Message::DoingBeyond);
        self.mark = self.session.mark();
        let mut crowd = self.crowd().into_iter();
        let (Some(strange), Some(cut)) = (crowd.next(), crowd.next()) else {
            return;
        };
        self.names_of_bytes(strange, cut);
        #[cfg(unix)]
        {
            self.ctrl_c(crowd.collect());
            self.restart();
        }
    }

    /// Who comes in a crowd is welcomed, too; those who were are given back.
    fn crowd(&mut self) -> Vec<Conn> {
        let deadline = Instant::now() + PATIENCE;
        let (address, bell) = (self.address, &self.session.bell);
        // A queue that is full, as one of five soon is, makes a client wait a second: each waits for itself.
        let mut clients: Vec<_> = thread::scope(|scope| {
            let connect = || Conn::connect(address, PATIENCE, bell);
            let begun: Vec<_> = (0..CROWD).map(|_| scope.spawn(connect)).collect();
            let done = begun.into_iter().map(|begun| begun.join().ok()?.ok());
            done.flatten().collect()
        });
        let welcomed = |client: &Conn| !client.pending().bytes.is_empty();
        self.session
            .bell
            .wait(deadline, || clients.iter().all(welcomed).then_some(()));
        clients.retain(welcomed);
        let text = Message::BeyondCrowd
            .with("all", CROWD)
            .with("seconds", PATIENCE.as_secs());
        self.session
            .report
            .beyond(text.with("count", clients.len()));
        for client in &mut clients {
            client.rest(Duration::ZERO);
        }
        clients
    }

    /// A name in another encoding, and a name that comes in two pieces.
    fn names_of_bytes(&mut self, mut strange: Conn, mut cut: Conn) {
        let end = if self.line_end == "\n" { "\n" } else { "" };
        strange.send(&[b"\xff\xfe", end.as_bytes()].concat());
        cut.send(b"Mich");
        let later = Instant::now() + MOMENT;
        self.session.bell.wait(later, || None::<()>);
        cut.send(format!("ael{end}").as_bytes());
        self.reset(); // while the server thinks about an answer
        let soon = self.soon();
        let whole = |bytes: &[u8]| holds(bytes, "ael");
        let answer = cut.receive(soon, whole, || false).bytes;
        let what = if holds(&answer, NAMES[0]) {
            Message::AnsweredWhole.into()
        } else if whole(&answer) {
            Message::AnsweredTwice.with("bytes", shown(&answer))
        } else {
            self.not_answered()
        };
        self.tell(Message::BeyondCut, what);
        let failed = || self.session.traceback_since(self.mark).is_some();
        let answer = strange.receive(soon, |bytes| !bytes.is_empty(), failed);
        let what = if answer.bytes.is_empty() {
            self.not_answered()
        } else {
            Message::Answered.into()
        };
        self.tell(Message::BeyondNotUtf8, what);
    }

    /// A client that breaks off, as one does whose machine is switched off and on again.
    fn reset(&mut self) {
        let Ok(stream) = TcpStream::connect_timeout(&self.address, self.session.timeout) else {
            return;
        };
        let later = Instant::now() + MOMENT;
        self.session.bell.wait(later, || None::<()>);
        let _ = socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO));
        drop(stream);
        let next = self.connect().ok();
        let welcome = next.map(|mut next| self.first_word(&mut next).bytes);
        let what = if welcome.is_some_and(|welcome| !welcome.is_empty()) {
            Message::GoesOn.into()
        } else {
            self.not_answered()
        };
        self.tell(Message::BeyondReset, what);
    }

    /// One Ctrl+C while clients are connected: a thread that waits for its client may keep the program.
    #[cfg(unix)]
    fn ctrl_c(&mut self, clients: Vec<Conn>) {
        let soon = self.soon();
        let Some(program) = self.session.program() else {
            return;
        };
        program.interrupt();
        let what = if program.wait_end(Duration::from_secs(1)).is_some() {
            Message::EndsBy
        } else {
            drop(clients);
            match program.wait_end(soon) {
                Some(_) => Message::EndsLater,
                None => Message::RunsOn,
            }
        };
        self.tell(Message::BeyondCtrlC, what.into());
    }

    /// Ends the program where it still runs, and starts it again at once.
    #[cfg(unix)]
    fn restart(&mut self) {
        if !self.session.start(Message::TcpServerSocket) {
            return;
        }
        let listens = find::listens_again(self.session, self.address);
        let what = if listens {
            Message::ListensAgain.into()
        } else {
            self.session.wait_for_last_words();
            match self.session.traceback_since(0) {
                Some(told) => Message::DoesNotStart.with("error", told.error),
                None => Message::DoesNotListen.into(),
            }
        };
        self.tell(Message::BeyondRestart, what);
    }

    /// No answer came, perhaps because of an error that the program tells.
    fn not_answered(&self) -> Text {
        let told = self.session.traceback_since(self.mark).or_else(|| {
            self.session.wait_for_last_words();
            self.session.traceback_since(self.mark)
        });
        match told {
            Some(told) => Message::NotAnsweredError.with("error", told.error),
            None => Message::NotAnswered.into(),
        }
    }

    fn tell(&mut self, about: Message, what: Text) {
        self.session
            .report
            .beyond(Text::from(about).with_text("what", what));
    }
}
