//! Learners' programs with one fault each, put to the checker: it finds the fault by name, and nothing once it is mended.
//!
//! A program is `programs/KIND/FAULT[-variant].py` (or .c, .js, .sh). In it, `# mended: LINE` replaces the line above it, or
//! takes it away where LINE is empty, and `# add: LINE` is a line that is missing. `programs/correct/KIND-…` has no fault.

#![allow(clippy::unwrap_used)] // in a test, what fails ends it

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use lab::program;

const KINDS: [&str; 5] = [
    "http-fetch",
    "tcp-client",
    "tcp-server",
    "udp-client",
    "udp-server",
];

fn works(command: &str, arguments: &[&str]) -> bool {
    let run = Command::new(command).args(arguments).output();
    let works = run.is_ok_and(|run| run.status.success());
    if !works {
        eprintln!(
            "skipped: `{command} {}` does not work here",
            arguments.join(" ")
        );
    }
    works
}

fn namespaces() -> bool {
    let probe = [
        "--net", "--mount", "--pid", "--fork", "mount", "-t", "proc", "proc", "/proc",
    ];
    let user = [&["--user", "--map-root-user"], &probe[..]].concat();
    works("unshare", &probe) || works("unshare", &user)
}

/// The program as the learner has it, or mended.
fn version(text: &str, mended: bool) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
        let comment = rest.strip_prefix("# ").or(rest.strip_prefix("// "));
        if let Some(new) = comment.and_then(|comment| comment.strip_prefix("mended:")) {
            if mended {
                lines.pop();
                lines.push(format!("{indent}{}", new.trim_start()));
            }
        } else if let Some(new) = comment.and_then(|comment| comment.strip_prefix("add: ")) {
            if mended {
                lines.push(format!("{indent}{new}"));
            }
        } else {
            lines.push(line.into());
        }
    }
    lines.join("\n") + "\n"
}

/// Writes a version into a folder of its own, and runs the checker there. Gives what is wrong, if anything.
fn check(folder: &Path, job: &Job) -> Option<String> {
    let name = job.file.file_name()?.to_str()?;
    let (kind, mended) = (job.kind, job.mended);
    let own = folder.join(format!("{kind}-{name}-{mended}"));
    fs::create_dir_all(&own).unwrap();
    let text = fs::read_to_string(&job.file).unwrap();
    fs::write(own.join(name), version(&text, mended)).unwrap();
    let report = folder.join(format!("{kind}-{name}-{mended}.txt"));
    let mut checker = program("checker");
    checker.args(["--lang", "en", "--timeout", "5", "--report"]);
    checker.arg(&report).arg(kind).args(command(&own, name));
    let run = checker.current_dir(&own).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    let last = said.lines().last().unwrap_or_default();
    let both = fs::read_to_string(report).unwrap();
    let chinese = both.find(ZH_TITLE).map_or("", |at| &both[at..]);
    let right = match job.fault {
        Some(fault) => {
            last.ends_with(&format!(" ok, 1 fault: {fault}"))
                && tells_all_in_chinese(chinese, fault)
        }
        None => {
            last.ends_with(" ok, no fault") && !chinese.is_empty() && !chinese.contains("错误 ")
        }
    };
    let label = if mended { ", mended" } else { "" };
    let expected = job.fault;
    (!right).then(|| format!("{kind}/{name}{label}: expected {expected:?}\n{said}\n{chinese}"))
}

/// What runs the program. One in C is built first, and its source is put out of sight: the program alone tells.
fn command(folder: &Path, name: &str) -> Vec<String> {
    let words = match name.rsplit('.').next() {
        Some("py") => vec!["python3", name],
        Some("js") => vec!["node", name],
        Some("sh") => vec!["bash", name],
        _ => {
            let mut gcc = Command::new("gcc");
            gcc.args(["-w", "-o", "a.out", name]).current_dir(folder);
            assert!(gcc.status().unwrap().success(), "{name}");
            fs::remove_file(folder.join(name)).unwrap();
            vec!["./a.out"]
        }
    };
    words.into_iter().map(String::from).collect()
}

/// What the report says of the world, in Chinese: the Chinese half begins there.
const ZH_TITLE: &str = "  你的程序运行在独立环境中";

/// Whether the fault is named, and each part that explains it is there and is in Chinese, but for what it quotes.
fn tells_all_in_chinese(text: &str, fault: &str) -> bool {
    let is_chinese = |text: &str| {
        text.chars()
            .any(|char| ('\u{4e00}'..='\u{9fff}').contains(&char))
    };
    let part = |label: &str| {
        text.lines()
            .find_map(|line| line.trim_start().strip_prefix(label))
    };
    let parts = ["检查程序：", "教程的程序：", "最可能的原因："];
    text.contains(&format!("错误 {fault}（第 "))
        && parts
            .iter()
            .all(|label| part(label).is_some_and(is_chinese))
        && part("结果：").is_some_and(|part| !part.is_empty())
        && part("参阅：").is_some_and(|part| part.contains("docs/zh-CN/"))
}

/// The fault that a file is named after: the longest name that begins it.
fn fault_of(file: &Path) -> &'static str {
    let name = file.file_stem().unwrap().to_str().unwrap();
    let fits = FAULTS
        .iter()
        .filter(|fault| name == **fault || name.starts_with(&format!("{fault}-")));
    fits.max_by_key(|fault| fault.len())
        .unwrap_or_else(|| panic!("{name} is named after no fault"))
}

const FAULTS: &[&str] = &[
    "address-in-use",
    "address-not-a-tuple",
    "answers-elsewhere",
    "answers-not-shown",
    "bad-request",
    "bytes-in-text",
    "cannot-run",
    "closes-early",
    "crashes",
    "does-not-connect",
    "does-not-wait",
    "ends-at-once",
    "exit-greeted",
    "hangs",
    "header-not-shown",
    "no-answer",
    "no-exit",
    "no-welcome",
    "not-closed",
    "not-listening",
    "one-at-a-time",
    "page-differs",
    "page-not-saved",
    "python-2",
    "sends-no-names",
    "serves-once",
    "spins",
    "stops-early",
    "syntax-error",
    "text-not-bytes",
    "thread-dies",
    "undefined-name",
    "wrong-answer",
    "wrong-socket",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A program to be checked: as the learner has it, with its fault, or mended.
struct Job {
    kind: &'static str,
    file: PathBuf,
    fault: Option<&'static str>,
    mended: bool,
}

/// All programs; or the first one of each fault and lesson, and all that have none.
fn jobs(all: bool) -> Vec<Job> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut jobs = Vec::new();
    for kind in KINDS {
        let mut known = Vec::new();
        for file in files(&here.join(kind)) {
            let fault = fault_of(&file);
            let first = !known.contains(&fault);
            known.push(fault);
            if first || all {
                for mended in [false, true] {
                    let (file, fault) = (file.clone(), (!mended).then_some(fault));
                    jobs.push(Job {
                        kind,
                        file,
                        fault,
                        mended,
                    });
                }
            }
        }
    }
    for file in files(&here.join("correct")) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let kind = KINDS.into_iter().find(|kind| name.starts_with(kind));
        let (kind, fault, mended) = (kind.unwrap(), None, false);
        jobs.push(Job {
            kind,
            file,
            fault,
            mended,
        });
    }
    jobs
}

/// Whether this system has what runs a program of that ending.
fn runs(ending: &str) -> bool {
    match ending {
        "py" => works("python3", &["-V"]),
        "c" => works("gcc", &["--version"]),
        "js" => works("node", &["--version"]),
        _ => works("bash", &["--version"]),
    }
}

/// Checks them, some at the same time: most of the time each of them waits.
fn check_all(mut jobs: Vec<Job>) {
    if !namespaces() {
        return;
    }
    let endings = ["py", "js", "c", "sh"]
        .into_iter()
        .filter(|ending| runs(ending));
    let endings: Vec<_> = endings.collect();
    let only = std::env::var("CORPUS_ONLY").unwrap_or_default();
    jobs.retain(|job| {
        let ending = job.file.extension().and_then(|ending| ending.to_str());
        let name = format!("{}/{}", job.kind, job.file.display());
        ending.is_some_and(|ending| endings.contains(&ending)) && name.contains(&only)
    });
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus");
    let (jobs, wrong) = (Mutex::new(jobs), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                loop {
                    let Some(job) = jobs.lock().unwrap().pop() else {
                        return;
                    };
                    let start = Instant::now();
                    let found = check(&folder, &job);
                    let name = job.file.file_name().unwrap().to_string_lossy();
                    let (kind, mended, took) = (job.kind, job.mended, start.elapsed());
                    println!("{kind} {name} {mended} {:.1} s", took.as_secs_f32());
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    let count = wrong.len();
    assert!(wrong.is_empty(), "{count} wrong:\n\n{}", wrong.join("\n"));
}

#[test]
fn each_fault_is_found_by_name_and_a_correct_program_has_none() {
    check_all(jobs(false));
}

/// CORPUS_ONLY=PART takes only those with PART in their names.
#[test]
#[ignore = "takes several minutes: cargo test -p checker --test corpus -- --ignored"]
fn every_program_of_the_corpus_is_judged_rightly() {
    check_all(jobs(true));
}
