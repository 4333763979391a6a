//! Runs a program of your own, holds its lesson's conversation with it, and says what is right and wrong.
//!
//! ```text
//! cargo run -p checker -- tcp-server python3 my_server.py
//! cargo run -p checker -- udp-client ./a.out
//! cargo run -p checker -- --list tcp-server
//! ```
//!
//! The last line is for scripts: `checker: 9 steps ok, no fault`. The exit status is 0 without a fault, 1
//! with one, 2 for wrong usage, and 77 where the command cannot be run.

mod client;
mod conn;
mod events;
mod exercise;
mod faults;
mod find;
mod http_fetch;
mod names;
mod pair;
mod peer;
mod program;
mod progress;
mod report;
mod session;
mod source;
mod stop;
mod tcp_client;
mod tcp_server;
mod transcript;
mod udp_client;
mod udp_server;
mod watch;
mod words;
mod world;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, ValueEnum};

use crate::exercise::Exercise;
use crate::report::Step;
use crate::session::Session;
use crate::transcript::Transcript;
use crate::watch::Protocol;
use crate::words::{Language, Message, Text};
use crate::world::{Entered, World};

/// Holds a lesson's conversation with a program of your own, and says what is wrong with it.
#[derive(Parser)]
#[command(
    version,
    after_help = "Example:\n  cargo run -p checker -- tcp-server python3 my_server.py\n  \
                  cargo run -p checker -- pair -- python3 my_server.py -- python3 my_client.py"
)]
struct Args {
    /// The language of the report; without it, that of the system's settings
    #[arg(long)]
    lang: Option<Language>,
    /// Seconds to wait for one answer at most
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = common::timeout, allow_negative_numbers = true)]
    timeout: Duration,
    /// Show the whole conversation
    #[arg(long)]
    verbose: bool,
    /// Run your program on this machine itself, not in a world of its own
    #[arg(long)]
    here: bool,
    /// Show what is checked, step by step, without running anything
    #[arg(long)]
    list: bool,
    /// Check the solution of an exercise
    #[arg(long, value_name = "NAME")]
    exercise: Option<String>,
    /// Write the report to a file, with the versions and without paths
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Which of the five programs yours is
    program: Kind,
    /// The command that runs your program, with its arguments
    #[arg(
        value_name = "COMMAND",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    command: Vec<OsString>,
}

/// What a learner's program may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    HttpFetch,
    TcpServer,
    TcpClient,
    UdpServer,
    UdpClient,
    /// A server of yours with a client of yours: pair -- SERVER -- CLIENT
    Pair,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::HttpFetch => "http-fetch",
            Self::TcpServer => "tcp-server",
            Self::TcpClient => "tcp-client",
            Self::UdpServer => "udp-server",
            Self::UdpClient => "udp-client",
            Self::Pair => "pair",
        }
    }

    fn protocol(self) -> Protocol {
        match self {
            Self::UdpServer | Self::UdpClient => Protocol::Udp,
            _ => Protocol::Tcp,
        }
    }

    fn steps(self) -> &'static [Step] {
        match self {
            Self::HttpFetch => http_fetch::STEPS,
            Self::TcpServer => tcp_server::STEPS,
            Self::TcpClient => tcp_client::STEPS,
            Self::UdpServer => udp_server::STEPS,
            Self::UdpClient => udp_client::STEPS,
            Self::Pair => pair::STEPS,
        }
    }

    fn check(self, session: &mut Session) {
        match self {
            Self::HttpFetch => http_fetch::check(session),
            Self::TcpServer => tcp_server::check(session),
            Self::TcpClient => tcp_client::check(session),
            Self::UdpServer => udp_server::check(session),
            Self::UdpClient => udp_client::check(session),
            Self::Pair => {}
        }
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let language = args.lang.unwrap_or_else(Language::of_the_system);
    let exercise = args
        .exercise
        .as_deref()
        .map(|name| chosen(args.program, name));
    if args.list {
        // Whoever has closed the pipe wants no more of it.
        let _ = writeln!(io::stdout(), "{}", list(args.program, exercise, language));
        return ExitCode::SUCCESS;
    }
    if args.command.is_empty() {
        let missing = "which command runs your program? For example: python3 my_server.py";
        Args::command()
            .error(ErrorKind::MissingRequiredArgument, missing)
            .exit();
    }
    if args.program == Kind::Pair && pair::commands(&args.command).is_none() {
        let missing = "two commands are needed: checker pair -- SERVER -- CLIENT";
        Args::command()
            .error(ErrorKind::MissingRequiredArgument, missing)
            .exit();
    }
    // Before the world has a folder of its own, which is thrown away.
    let transcript = match args.report.as_deref().map(Transcript::create).transpose() {
        Ok(transcript) => transcript,
        Err(error) => {
            eprintln!("checker: --report: {error}");
            return ExitCode::from(2);
        }
    };
    match world::enter(args.here) {
        Entered::Done(status) => ExitCode::from(status),
        Entered::Here(world) => check(args, exercise, transcript, language, world),
    }
}

/// The exercise of that name; another name is wrong usage.
fn chosen(kind: Kind, name: &str) -> &'static Exercise {
    let found = exercise::of(kind).find(|exercise| exercise.name == name);
    found.unwrap_or_else(|| {
        let names: Vec<_> = exercise::of(kind).map(|exercise| exercise.name).collect();
        let (kind, names) = (kind.name(), names.join(", "));
        let unknown = format!("there is no exercise `{name}` of {kind}; its exercises: {names}");
        Args::command()
            .error(ErrorKind::InvalidValue, unknown)
            .exit()
    })
}

/// What is checked, step by step, and which exercises there are.
fn list(kind: Kind, exercise: Option<&Exercise>, language: Language) -> String {
    let say = |text: Message| Text::from(text).render(language);
    let mut lines = Vec::new();
    if let Some(exercise) = exercise {
        lines.push(say(Message::Task) + &say(exercise.task));
    }
    let steps = exercise.map_or(kind.steps(), |exercise| exercise.steps);
    let steps = steps.iter();
    lines.extend(steps.map(|step| format!("{:>3}  {}", step.number, say(step.what))));
    if exercise.is_none() {
        let exercises = exercise::of(kind);
        lines.extend(exercises.map(|one| format!("--exercise {}: {}", one.name, say(one.task))));
    }
    lines.join("\n")
}

fn check(
    args: Args,
    exercise: Option<&Exercise>,
    transcript: Option<Transcript>,
    language: Language,
    world: World,
) -> ExitCode {
    // In a world of its own, the checker outside says so.
    stop::on_ctrl_c(if world.own {
        ""
    } else {
        "checker: interrupted"
    });
    let title = title(args.program, &args.command);
    let version = transcript::version_of(&args.command);
    let pair = pair::commands(&args.command).filter(|_| args.program == Kind::Pair);
    let (command, client) = pair.unwrap_or((args.command, Vec::new()));
    let steps = exercise.map_or(args.program.steps(), |exercise| exercise.steps);
    let mut session = Session::new(title, command, world, steps, args.timeout);
    session.lesson = args.program.name();
    session.language = language;
    session.protocol = args.program.protocol();
    match exercise {
        Some(exercise) => {
            session.report.exercise(exercise.task);
            (exercise.check)(&mut session);
        }
        None if args.program == Kind::Pair => pair::check(&mut session, client),
        None => args.program.check(&mut session),
    }
    session.end();
    let text = session.report.render(language, args.verbose);
    let last = session.report.last_line();
    if let Some(file) = transcript {
        if let Err(error) = file.write(&version, &session.report, language) {
            eprintln!("checker: {error}");
        }
    }
    // Whoever has closed the pipe wants no more of it.
    let _ = writeln!(io::stdout(), "{text}{last}");
    ExitCode::from(session.report.status())
}

/// The program and its command, without the paths.
fn title(kind: Kind, command: &[OsString]) -> String {
    let words = command.iter().map(|word| {
        let name = Path::new(word).file_name().unwrap_or(word);
        name.to_string_lossy().into_owned()
    });
    let words: Vec<_> = words.collect();
    format!("{}: {}", kind.name(), words.join(" "))
}
