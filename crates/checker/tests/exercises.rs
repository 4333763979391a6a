//! The exercises: the solution passes, the starting point fails with the task's own message, and so does a solution
//! with one line changed.
//!
//! The solutions are Cargo examples, and Python programs in `exercises/`; in these, `# mutant: LINE` stands for a change
//! of the line above it.

#![allow(clippy::unwrap_used)] // in a test, what fails ends it

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use lab::{Ended, example, program, python};

/// An exercise, and what its programs are told.
struct Task {
    kind: &'static str,
    name: &'static str,
    /// The Cargo example that solves it.
    solution: &'static str,
    steps: usize,
    start: fn() -> Option<Command>,
    /// The fault of the starting point: its step, and the start of its most likely reason.
    start_fails: (&'static str, &'static str),
    mutant_fails: (&'static str, &'static str),
    /// The name of the fault, where it is not the exercise's own.
    fault: &'static str,
}

fn own_worlds() -> bool {
    let namespaces = [
        "--net", "--mount", "--pid", "--fork", "mount", "-t", "proc", "proc", "/proc",
    ];
    let works = |user: &[&str]| {
        let made = Command::new("unshare").args(user).args(namespaces).output();
        made.is_ok_and(|made| made.status.success())
    };
    let own = works(&[]) || works(&["--user", "--map-root-user"]);
    if !own {
        // On the machine itself, all would want the text's port at once.
        eprintln!("skipped: this system has no namespaces for us");
    }
    own
}

/// Runs the checker on a command, in a folder of its own.
fn check(task: &Task, label: &str, command: &Command) -> Ended {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{label}", task.name));
    fs::create_dir_all(&folder).unwrap();
    let mut checker = program("checker");
    checker
        .args([
            "--lang",
            "en",
            "--timeout",
            "5",
            "--exercise",
            task.name,
            task.kind,
        ])
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(&folder);
    let ended = lab::run(&mut checker);
    // What it saves there is thrown away.
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "{ended}");
    ended
}

/// What is wrong with a run that should have no fault.
fn passes(task: &Task, label: &str, command: &Command) -> Option<String> {
    let ended = check(task, label, command);
    let last = format!("checker: {} steps ok, no fault\n", task.steps);
    let right = ended.stdout.ends_with(&last) && ended.status.success();
    (!right).then(|| format!("{} {label}: no fault expected\n{ended}", task.name))
}

/// What is wrong with a run that should have one fault.
fn fails(
    task: &Task,
    label: &str,
    command: &Command,
    (step, reason): (&str, &str),
) -> Option<String> {
    let ended = check(task, label, command);
    let last = format!(" ok, 1 fault: {}\n", task.fault);
    let words = [
        format!("FAULT       {step}\n"),
        format!("most likely:            {reason}"),
    ];
    let right =
        ended.stdout.ends_with(&last) && words.iter().all(|words| ended.stdout.contains(words));
    (!right).then(|| format!("{} {label}: {words:?} expected\n{ended}", task.name))
}

/// A Python program of `exercises/`, as it is or with its one line changed.
fn solution(name: &str, mutant: bool) -> Option<Command> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exercises");
    let text = fs::read_to_string(here.join(format!("{name}.py"))).unwrap();
    let mut lines: Vec<String> = Vec::new();
    let mut changed = 0;
    for line in text.lines() {
        match line.trim_start().strip_prefix("# mutant: ") {
            Some(new) if mutant => {
                let old = lines.pop().unwrap();
                let indent = &old[..old.len() - old.trim_start().len()];
                lines.push(format!("{indent}{new}"));
                changed += 1;
            }
            Some(_) => {}
            None => lines.push(line.into()),
        }
    }
    assert_eq!(changed, usize::from(mutant), "{name}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("solutions");
    fs::create_dir_all(&folder).unwrap();
    let file: PathBuf = folder.join(format!("{name}-{mutant}.py"));
    fs::write(&file, lines.join("\n") + "\n").unwrap();
    interpreter(file)
}

fn interpreter(file: PathBuf) -> Option<Command> {
    let works = Command::new("python3").arg("-V").output();
    if !works.is_ok_and(|run| run.status.success()) {
        eprintln!("skipped: there is no python3");
        return None;
    }
    let mut command = Command::new("python3");
    command.arg(file);
    Some(command)
}

/// A Python peer of the lab, at the text's address.
fn peer(name: &str) -> Option<Command> {
    let mut command = python(name)?;
    command.arg("127.0.0.1:9999");
    Some(command)
}

const TASKS: &[Task] = &[
    Task {
        kind: "http-fetch",
        name: "cut-anywhere",
        solution: "cut_anywhere",
        steps: 3,
        start: || {
            let here = Path::new(env!("CARGO_MANIFEST_DIR"));
            interpreter(here.join("tests/exercises/cut-anywhere-start.py"))
        },
        start_fails: ("receive until the server closes", "one recv returns"),
        mutant_fails: (
            "save the page, without its header, as page.html",
            "pieces are joined",
        ),
        fault: "cut-anywhere",
    },
    Task {
        kind: "http-fetch",
        name: "content-length",
        solution: "content_length",
        steps: 3,
        start: || Some(example("cut_anywhere")),
        start_fails: (
            "stop after Content-Length bytes, and end",
            "the loop waits for b''",
        ),
        mutant_fails: (
            "save the page, without its header, as page.html",
            "the last pieces",
        ),
        fault: "content-length",
    },
    Task {
        kind: "tcp-server",
        name: "threads",
        solution: "threads",
        steps: 9,
        start: || Some(example("one_at_a_time")),
        start_fails: (
            "talk to a second client while the first one is silent",
            "the main loop talks to one client to the end",
        ),
        mutant_fails: (
            "talk to a second client while the first one is silent",
            "the main loop talks to one client to the end",
        ),
        fault: "one-at-a-time",
    },
    Task {
        kind: "tcp-server",
        name: "lines",
        solution: "lines_server",
        steps: 6,
        start: || Some(program("tcp-server")),
        start_fails: (
            "answer two lines that come together, one by one",
            "what recv returns is taken for one message",
        ),
        mutant_fails: (
            "answer two lines that come together, one by one",
            "only the first line",
        ),
        fault: "lines",
    },
    Task {
        kind: "tcp-server",
        name: "upper",
        solution: "upper_once_server",
        steps: 5,
        start: || Some(example("echo_once_server")),
        start_fails: (
            "send the message back in upper case",
            "the message is sent back as it came",
        ),
        mutant_fails: (
            "send the message back in upper case",
            "another method than upper()",
        ),
        fault: "upper",
    },
    Task {
        kind: "tcp-server",
        name: "restart",
        solution: "threads",
        steps: 5,
        start: || peer("tcp_server.py"),
        start_fails: (
            "start again at once at the same address",
            "SO_REUSEADDR is not set",
        ),
        mutant_fails: (
            "start again at once at the same address",
            "SO_REUSEADDR is not set",
        ),
        fault: "restart",
    },
    Task {
        kind: "tcp-client",
        name: "length-prefix",
        solution: "length_prefix",
        steps: 5,
        start: || Some(program("tcp-client")),
        start_fails: (
            "wait for a whole message, however it was cut",
            "one recv is taken",
        ),
        mutant_fails: (
            "send each name with its length before it",
            "the length has another order",
        ),
        fault: "length-prefix",
    },
    Task {
        kind: "tcp-client",
        name: "half-close",
        solution: "half_close",
        steps: 4,
        start: || Some(program("tcp-client")),
        start_fails: (
            "send the three names, and wait for no answer",
            "a recv stands before",
        ),
        mutant_fails: (
            "close your half, and go on receiving",
            "both halves are closed",
        ),
        fault: "half-close",
    },
    Task {
        kind: "udp-server",
        name: "cut-datagram",
        solution: "cut_datagram",
        steps: 5,
        start: || Some(program("udp-server")),
        start_fails: (
            "answer `too long` to a datagram that was cut",
            "recvfrom drops",
        ),
        mutant_fails: (
            "greet a name of 1024 bytes",
            "the buffer is smaller than 1024 bytes",
        ),
        fault: "cut-datagram",
    },
    Task {
        kind: "udp-server",
        name: "ipv6",
        solution: "ipv6",
        steps: 3,
        start: || Some(program("udp-server")),
        start_fails: ("bind it to an IPv6 address", "the socket is AF_INET"),
        mutant_fails: ("bind it to an IPv6 address", "the socket is AF_INET"),
        fault: "ipv6",
    },
    Task {
        kind: "udp-client",
        name: "pinger",
        solution: "pinger",
        steps: 5,
        start: || Some(program("udp-client")),
        start_fails: ("number each message", "the message has no number"),
        mutant_fails: (
            "do not take an old answer for the new one",
            "any answer is taken",
        ),
        fault: "pinger",
    },
    Task {
        kind: "udp-client",
        name: "connected",
        solution: "connected",
        steps: 4,
        start: || peer("udp_client.py"),
        start_fails: (
            "take no datagram of a stranger",
            "the socket is not connected",
        ),
        mutant_fails: ("say so when nobody is there", "the socket is not connected"),
        fault: "connected",
    },
];

/// The runs of one exercise.
fn runs(task: &'static Task) -> Vec<Box<dyn FnOnce() -> Option<String> + Send>> {
    let mut runs: Vec<Box<dyn FnOnce() -> Option<String> + Send>> = Vec::new();
    runs.push(Box::new(|| {
        passes(task, "example", &example(task.solution))
    }));
    if let Some(start) = (task.start)() {
        runs.push(Box::new(move || {
            fails(task, "start", &start, task.start_fails)
        }));
    }
    if let Some(right) = solution(task.name, false) {
        runs.push(Box::new(move || passes(task, "python", &right)));
    }
    if let Some(mutant) = solution(task.name, true) {
        runs.push(Box::new(move || {
            fails(task, "mutant", &mutant, task.mutant_fails)
        }));
    }
    runs
}

#[test]
fn the_solution_passes_and_the_starting_point_and_a_mutant_fail() {
    if !own_worlds() {
        return;
    }
    let (queue, wrong) = (
        Mutex::new(TASKS.iter().flat_map(runs).collect::<Vec<_>>()),
        Mutex::new(Vec::new()),
    );
    // Most of the time each of them waits.
    thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                loop {
                    let Some(run) = queue.lock().unwrap().pop() else {
                        return;
                    };
                    let found = run();
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_list_names_each_exercise_of_a_program() {
    for (kind, names) in [
        ("http-fetch", &["cut-anywhere", "content-length"][..]),
        ("tcp-server", &["threads", "lines", "upper", "restart"]),
        ("tcp-client", &["length-prefix", "half-close"]),
        ("udp-server", &["cut-datagram", "ipv6"]),
        ("udp-client", &["pinger", "connected"]),
    ] {
        for language in ["en", "zh"] {
            let ended = lab::run(program("checker").args(["--lang", language, "--list", kind]));
            let listed = ended.stdout.lines().filter_map(|line| {
                let (name, _) = line.strip_prefix("--exercise ")?.split_once(':')?;
                Some(name)
            });
            let listed: Vec<_> = listed.collect();
            assert_eq!(listed, names, "{ended}");
        }
        let other = lab::run(program("checker").args(["--exercise", "no-such", kind, "x"]));
        assert_eq!(other.code(), Some(2), "{other}");
        assert!(other.stderr.contains(&names.join(", ")), "{other}");
    }
}
