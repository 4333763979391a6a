//! Plays a lesson: starts both programs, and takes what they print line by line, as the transcript has it.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Instant;

use lab::PATIENCE;
use rustix::process::{Pid, Signal, kill_process};

use super::Lesson;

/// Something that happened: to a program, or to ourselves.
enum Event {
    /// A program has printed a line, on its stdout or its stderr.
    Printed(&'static str, String),
    /// A program has ended.
    Ended(&'static str),
    /// Somebody stops us.
    Stop,
}

/// Why the play ended early.
enum Failure {
    /// Something is not as the lesson says.
    Wrong(String),
    /// Somebody stopped us.
    Stopped,
}

/// Plays all lessons, and says how they went.
pub fn all(lessons: &[Lesson]) -> ExitCode {
    let (send, events) = mpsc::channel();
    let stop = send.clone();
    if let Err(error) = ctrlc::set_handler(move || drop(stop.send(Event::Stop))) {
        eprintln!("demo: {error}");
        return ExitCode::FAILURE;
    }
    let mut compared = 0;
    for (number, lesson) in lessons.iter().enumerate() {
        tell(&format!("\n{}. {}\n", number + 1, lesson.title));
        match Play::new(lesson, &send, &events).play() {
            Ok(lines) => compared += lines,
            Err(Failure::Stopped) => return ExitCode::from(130),
            Err(Failure::Wrong(why)) => {
                eprintln!("\ndemo: {why}");
                return ExitCode::FAILURE;
            }
        }
    }
    let lessons = lessons.len();
    tell(&format!(
        "\n{lessons} lessons, {compared} lines compared: all is as the lessons say."
    ));
    ExitCode::SUCCESS
}

/// One lesson on its way.
struct Play<'a> {
    lesson: &'a Lesson,
    send: &'a Sender<Event>,
    events: &'a Receiver<Event>,
    /// What was printed, and when, but not yet looked at.
    printed: HashMap<&'static str, VecDeque<(Instant, String)>>,
    /// The programs that run.
    running: HashMap<&'static str, Program>,
    /// The server's port.
    port: String,
    /// When the client was started.
    began: Option<Instant>,
}

/// A program that was started. It is killed if it has not ended by itself.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail if it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl<'a> Play<'a> {
    fn new(lesson: &'a Lesson, send: &'a Sender<Event>, events: &'a Receiver<Event>) -> Self {
        Self {
            lesson,
            send,
            events,
            printed: HashMap::new(),
            running: HashMap::new(),
            port: String::new(),
            began: None,
        }
    }

    /// Plays the lesson, and returns how many lines were compared.
    fn play(&mut self) -> Result<usize, Failure> {
        let (server, client) = (self.lesson.server, self.lesson.client);
        self.start(server, "127.0.0.1:0")?;
        // Its first line tells which port it has got.
        let (at, ready) = self.next(server)?;
        self.show(server, &ready, at);
        self.port = port(&ready).unwrap_or_default();

        let mut compared = 0;
        for expected in self.lesson.transcript.lines() {
            let (name, line) = expected.split_once(" │ ").unwrap_or_default();
            if line.starts_with("$ ") {
                self.began = Some(Instant::now());
                self.start(client, &format!("127.0.0.1:{}", self.port))?;
            } else {
                self.compare(name, line)?;
                compared += 1;
            }
        }
        self.end(client)?;
        self.show(server, "^C", Instant::now());
        if let Some(program) = self.running.get(server) {
            // It fails if the server has ended, which `end` tells.
            let _ = kill_process(Pid::from_child(&program.0), Signal::INT);
        }
        self.end(server)?;
        self.lesson
            .file
            .map_or(Ok(()), |file| self.nothing_more(file))?;
        Ok(compared)
    }

    /// Starts a program. Both its streams are one, so that its lines stay in order.
    fn start(&mut self, name: &'static str, address: &str) -> Result<(), Failure> {
        self.show(name, &format!("$ {name} {address}"), Instant::now());
        let mut command = if name == "page_server" {
            lab::example(name)
        } else {
            lab::program(name)
        };
        let started = spawn(command.arg(address));
        let (child, stream) = started.map_err(|error| wrong(name, &error))?;
        self.running.insert(name, Program(child));
        let send = self.send.clone();
        thread::spawn(move || {
            // Nobody takes the events once the play is over.
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let _ = send.send(Event::Printed(name, line));
            }
            let _ = send.send(Event::Ended(name));
        });
        Ok(())
    }

    /// Compares the next line of a program, or of the file that the client saves, with the lesson's.
    fn compare(&mut self, name: &'static str, line: &str) -> Result<(), Failure> {
        if self.lesson.file == Some(name) && !self.printed.contains_key(name) {
            self.end(self.lesson.client)?;
            self.open_file(name)?;
        }
        loop {
            let (at, printed) = self.next(name)?;
            self.show(name, &printed, at);
            if is_extra(&printed) {
                continue;
            }
            if self.mask(&printed) == line {
                return Ok(());
            }
            return Err(differs(name, line, &printed));
        }
    }

    /// Waits for the next event.
    fn take(&mut self) -> Result<(), Failure> {
        let late = |_| Failure::Wrong(format!("nothing more came for {PATIENCE:?}"));
        match self.events.recv_timeout(PATIENCE).map_err(late)? {
            Event::Printed(name, line) => {
                let lines = self.printed.entry(name).or_default();
                lines.push_back((Instant::now(), line));
            }
            Event::Ended(name) => {
                if let Some(mut program) = self.running.remove(name) {
                    let status = program.0.wait().map_err(|error| wrong(name, &error))?;
                    if !status.success() {
                        return Err(wrong(name, &status));
                    }
                }
            }
            Event::Stop => return Err(Failure::Stopped),
        }
        Ok(())
    }

    /// The next line of a program, and when it came.
    fn next(&mut self, name: &str) -> Result<(Instant, String), Failure> {
        loop {
            if let Some(line) = self.printed.get_mut(name).and_then(VecDeque::pop_front) {
                return Ok(line);
            }
            if !self.running.contains_key(name) {
                return Err(Failure::Wrong(format!("{name} has ended too early")));
            }
            self.take()?;
        }
    }

    /// Waits until a program has ended, well and without another word of the tutorial's.
    fn end(&mut self, name: &'static str) -> Result<(), Failure> {
        while self.running.contains_key(name) {
            self.take()?;
        }
        self.nothing_more(name)
    }

    fn nothing_more(&mut self, name: &'static str) -> Result<(), Failure> {
        for (at, line) in self.printed.remove(name).into_iter().flatten() {
            self.show(name, &line, at);
            if !is_extra(&line) {
                return Err(differs(name, "(nothing more)", &line));
            }
        }
        Ok(())
    }

    /// Takes the lines of the file that the client has saved for what it printed.
    fn open_file(&mut self, name: &'static str) -> Result<(), Failure> {
        let text = fs::read_to_string(folder().join(name)).map_err(|error| wrong(name, &error))?;
        let lines = text.lines().map(|line| (Instant::now(), line.to_owned()));
        self.printed.insert(name, lines.collect());
        Ok(())
    }

    /// Prints a line with who printed it, in lessons about waiting also when.
    fn show(&self, name: &str, line: &str, at: Instant) {
        let time = match self.began {
            _ if !self.lesson.clock => String::new(),
            Some(began) => format!("{:5.1} s  ", (at - began).as_secs_f64()),
            None => " ".repeat(9),
        };
        tell(&format!("{time}{name:11} │ {line}"));
    }

    /// The line with its ports masked: the server's is known, that of a client follows its address.
    fn mask(&self, line: &str) -> String {
        let own = format!(" on {}...", self.port);
        let line = line.replace(&own, " on PORT...");
        match port(&line) {
            Some(port) => line.replace(&format!("127.0.0.1:{port}"), "127.0.0.1:PORT"),
            None => line,
        }
    }
}

/// Where the programs run and the page is saved: a folder beside the programs.
fn folder() -> PathBuf {
    let demo = std::env::current_exe().unwrap_or_default();
    demo.with_file_name("demo.files")
}

/// The digits after the address of this machine.
fn port(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("127.0.0.1:")?;
    let digits = rest.chars().take_while(char::is_ascii_digit);
    Some(digits.collect())
}

/// Whether the tutorial's program has no such line: it is one of the log.
fn is_extra(line: &str) -> bool {
    line.starts_with("[INFO ] ")
}

/// Starts a program, with both streams in one, which is returned.
fn spawn(command: &mut Command) -> io::Result<(Child, File)> {
    let (reads, writes) = rustix::pipe::pipe()?;
    fs::create_dir_all(folder())?;
    let child = command
        .current_dir(folder())
        .stdin(Stdio::null())
        .stdout(writes.try_clone()?)
        .stderr(writes)
        .spawn()?;
    Ok((child, reads.into()))
}

/// Prints a line. Somebody who reads no further (`scripts/demo.sh | head`) still gets the exit status.
fn tell(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn differs(name: &str, lesson: &str, printed: &str) -> Failure {
    Failure::Wrong(format!(
        "{name} is not as in the lesson (ports masked):\n  lesson:  {lesson}\n  printed: {printed}"
    ))
}

fn wrong(what: &str, why: &dyn std::fmt::Display) -> Failure {
    Failure::Wrong(format!("{what}: {why}"))
}
