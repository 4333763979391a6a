//! One check: the learner's program, what is seen of it, and the report.

use std::ffi::OsString;
use std::mem;
use std::process::ExitStatus;
use std::time::Duration;

use crate::events::Bell;
use crate::faults::Name;
use crate::program::Program;
use crate::progress::Progress;
use crate::report::{Fault, Report, Step, shown};
use crate::source::{self, Source, Traceback};
use crate::watch::{Protocol, Watch};
use crate::words::{Language, Message, Text};
use crate::world::World;

/// What a check works with.
pub struct Session {
    pub bell: Bell,
    pub world: World,
    pub watch: Watch,
    pub source: Source,
    pub report: Report,
    /// The longest wait for one answer.
    pub timeout: Duration,
    /// The program's name, and its lesson's.
    pub lesson: &'static str,
    pub language: Language,
    /// What the lesson is about.
    pub protocol: Protocol,
    progress: Progress,
    command: Vec<OsString>,
    program: Option<Program>,
    /// What it prints after this is not quoted: it answers what no learner does.
    heard: Option<usize>,
}

/// A second program of the learner's, beside the session's own.
pub struct Other {
    source: Source,
    command: Vec<OsString>,
    program: Option<Program>,
}

impl Other {
    /// Not started yet.
    pub fn of(command: Vec<OsString>) -> Self {
        Self {
            source: Source::of(&command),
            command,
            program: None,
        }
    }

    /// How much it has printed.
    pub fn mark(&self) -> usize {
        self.program.as_ref().map_or(0, Program::mark)
    }
}

impl Session {
    /// Makes another program the one that the session looks at.
    pub fn swap(&mut self, other: &mut Other) {
        mem::swap(&mut self.source, &mut other.source);
        mem::swap(&mut self.command, &mut other.command);
        mem::swap(&mut self.program, &mut other.program);
    }

    pub fn new(
        title: String,
        command: Vec<OsString>,
        world: World,
        steps: &[Step],
        timeout: Duration,
    ) -> Self {
        let bell = Bell::default();
        let mut report = Report::new(title, steps);
        for note in &world.notes {
            report.note(note.clone());
        }
        Self {
            watch: Watch::start(world.own, &bell),
            source: Source::of(&command),
            bell,
            world,
            report,
            timeout,
            lesson: "",
            language: Language::En,
            protocol: Protocol::Tcp,
            progress: Progress::start(),
            command,
            program: None,
            heard: None,
        }
    }

    /// From now on, what the program prints is not quoted.
    pub fn hear_no_more(&mut self) {
        self.heard = Some(self.mark());
    }

    /// Starts the learner's program, or starts it again. Where it cannot be run, `step` has the fault.
    pub fn start(&mut self, step: Message) -> bool {
        self.program = None; // the earlier one ends first
        self.heard = None;
        match Program::start(&self.command, &self.bell) {
            Ok(program) => {
                self.program = Some(program);
                self.report.talk("start".into());
                true
            }
            Err(error) => {
                self.report.fault(
                    step,
                    Fault {
                        name: Name::CannotRun,
                        did: Message::DidStart.into(),
                        came: Message::CameNoCommand.with("error", error),
                        tutorial: Message::TutorialStarts.into(),
                        reason: Message::WhyNoCommand.into(),
                        read: Message::ReadTroubleshooting.into(),
                        printed: String::new(),
                    },
                );
                false
            }
        }
    }

    /// The learner's program, once it was started.
    pub fn program(&mut self) -> Option<&mut Program> {
        self.program.as_mut()
    }

    pub fn pid(&self) -> u32 {
        self.program.as_ref().map_or(0, Program::pid)
    }

    pub fn ended(&self) -> Option<ExitStatus> {
        self.program.as_ref().and_then(Program::ended)
    }

    /// Everything that it printed so far.
    pub fn printed(&self) -> String {
        self.printed_since(0)
    }

    pub fn printed_since(&self, mark: usize) -> String {
        self.program
            .as_ref()
            .map(|program| program.output_between(mark, self.heard))
            .unwrap_or_default()
    }

    pub fn mark(&self) -> usize {
        self.program.as_ref().map_or(0, Program::mark)
    }

    /// A Python error that was printed after a mark, if any.
    pub fn traceback_since(&self, mark: usize) -> Option<Traceback> {
        self.source.traceback(&self.printed_since(mark))
    }

    /// The step in which a server failed that printed a traceback at its start, by the line that it names.
    pub fn step_of_error(&self, socket: Message, bind: Message, wait: Message) -> Message {
        let place = self
            .traceback_since(0)
            .and_then(|traceback| traceback.place);
        let code = place.map(|place| place.code).unwrap_or_default();
        if code.contains("bind") {
            bind
        } else if code.contains("listen") || code.contains("accept") {
            wait
        } else {
            socket
        }
    }

    /// Whether a Python error ended something after a mark. What the program catches and prints is its own
    /// way to leave the talk, unless the error is a slip of the pen.
    pub fn failed_since(&self, mark: usize) -> bool {
        let printed = self.printed_since(mark);
        let Some(told) = self.source.traceback(&printed) else {
            return false;
        };
        let slip = || self.source.explain(&told, self.protocol).is_some();
        // A child made by `fork` dies without a word of where.
        let uncaught = source::uncaught(&printed) || self.source.makes_processes();
        uncaught || (slip() && !told.raised_on_purpose())
    }

    /// Tells a reader who waits which step begins.
    pub fn doing(&self, step: Message) {
        self.progress.step(Text::from(step).render(self.language));
    }

    /// Ends the learner's program.
    pub fn end(&mut self) {
        self.progress.end();
        self.program = None;
        let (source, protocol) = (&self.source, self.protocol);
        self.report
            .explain(|name| (source.suspect(name, protocol), name.claim(protocol)));
    }

    /// A program that dies closes its connections before its last words are here.
    pub fn wait_for_last_words(&self) {
        if let Some(program) = &self.program {
            program.wait_end(Duration::from_secs(1));
        }
    }

    /// Tells the cause, where the program says it itself: an error that it printed after `mark`, or its end.
    /// Gives whether there was one; then what did not come is only its symptom.
    pub fn cause(&mut self, step: Message, mark: usize, did: &Text, read: &Text) -> bool {
        self.wait_for_last_words();
        let ended = self.ended();
        let printed = self.printed_since(mark);
        let told_so = self.source.traceback(&printed).or_else(|| {
            // What ended it may have been printed while the checker still looked for its socket.
            let failed = ended.is_some_and(|status| !status.success());
            failed.then(|| self.source.traceback(&self.printed()))?
        });
        let traceback = told_so.or_else(|| source::muttered(&printed));
        let explained = traceback
            .as_ref()
            .and_then(|traceback| self.source.explain(traceback, self.protocol));
        let advice = traceback
            .as_ref()
            .and_then(|traceback| source::advice(traceback, self.protocol));
        let (name, reason, came) = match (&traceback, explained, ended) {
            (Some(traceback), Some((name, reason)), _) => (name, reason, told(traceback)),
            (Some(traceback), None, None) => (
                Name::ThreadDies,
                advice.unwrap_or(Message::WhyThreadDies.into()),
                told(traceback),
            ),
            (Some(traceback), None, Some(_)) => (
                Name::Crashes,
                advice.unwrap_or(Message::WhyCrash.into()),
                told(traceback),
            ),
            (None, _, Some(status)) if !status.success() => ended_badly(&printed, status),
            _ => return false,
        };
        let fault = Fault {
            name,
            did: did.clone(),
            came,
            tutorial: Message::TutorialNoError.into(),
            reason,
            read: read.clone(),
            printed,
        };
        self.report.fault(step, fault);
        true
    }

    /// Tells the cause, like [`Self::cause`], where all has gone well until the program's end: then an exit
    /// status that it gives without a word is its own way. C's `void main` gives any.
    pub fn cause_at_end(&mut self, step: Message, did: &Text, read: &Text) -> bool {
        self.wait_for_last_words();
        let printed = self.printed();
        let told = self
            .source
            .traceback(&printed)
            .or_else(|| source::muttered(&printed));
        let status = self
            .ended()
            .filter(|status| told.is_none() && !status.success());
        match status.and_then(|status| status.code()) {
            Some(code) => {
                self.report.yours(Message::YoursStatus.with("code", code));
                false
            }
            None => self.cause(step, 0, did, read),
        }
    }

    /// Whether Ctrl+C ends it in its own way: a source that speaks of Ctrl+C may go on until then.
    #[cfg(unix)]
    pub fn ends_at_ctrl_c(&self) -> bool {
        let expected = self.source.expects_ctrl_c();
        let Some(program) = self.program.as_ref().filter(|_| expected) else {
            return false;
        };
        program.interrupt();
        let ended = program.wait_end(Duration::from_secs(2));
        ended.is_some_and(|status| status.success())
    }

    #[cfg(not(unix))]
    pub fn ends_at_ctrl_c(&self) -> bool {
        false
    }

    /// One Ctrl+C, which is beyond the tutorial: whether it ends the program.
    #[cfg(unix)]
    pub fn press_ctrl_c(&mut self) {
        let Some(program) = &self.program else { return };
        program.interrupt();
        let ended = program.wait_end(Duration::from_secs(2)).is_some();
        let what = if ended {
            Message::EndsBy
        } else {
            Message::RunsOn
        };
        self.report
            .beyond(Text::from(Message::BeyondCtrlC).with_text("what", what));
    }

    /// Notes what was sent, for --verbose.
    pub fn sent(&mut self, bytes: &[u8]) {
        self.report.talk(format!("> {}", shown(bytes)));
    }

    /// Notes what came, for --verbose.
    pub fn came(&mut self, bytes: &[u8]) {
        self.report.talk(format!("< {}", shown(bytes)));
    }
}

/// A traceback in a line.
fn told(traceback: &Traceback) -> Text {
    match &traceback.place {
        Some(place) => Message::CameError
            .with("error", &traceback.error)
            .with_text(
                "place",
                Message::PlaceLine
                    .with("file", &place.file)
                    .with("line", place.line)
                    .with("code", &place.code),
            ),
        None => Message::CameErrorNoPlace.with("error", &traceback.error),
    }
}

/// An end with an error of a program that printed no traceback: perhaps it says why in the system's words.
fn ended_badly(printed: &str, status: ExitStatus) -> (Name, Text, Text) {
    let ended = Message::CameEnded.with("status", status);
    if printed.contains("ddress already in use") {
        return (Name::AddressInUse, Message::WhyInUse.into(), ended);
    }
    if printed.contains("ermission denied") {
        return (Name::NotPermitted, Message::WhyNotPermitted.into(), ended);
    }
    if printed.contains("peration not supported") {
        return (Name::WrongSocket, Message::WhyWrongSocket.into(), ended);
    }
    // A shell says so of a command within a command, an interpreter of its file.
    let no_file = [
        "can't open file '",
        "Can't open perl script",
        "Cannot find module '/",
        "Could not find or load main class",
        "error: file not found:",
    ];
    let no_file = no_file.iter().any(|words| printed.contains(words));
    if no_file || matches!(status.code(), Some(126 | 127)) {
        return (Name::CannotRun, Message::WhyNoCommand.into(), ended);
    }
    (Name::Crashes, Message::WhyCrash.into(), ended)
}
