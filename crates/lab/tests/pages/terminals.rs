//! Runs the command that decides a question, with what the question makes ready in other terminals.
//!
//! The commands are run by bash, as a reader's are. Every server gets a free port instead of the page's,
//! and the commands that name the page's port are sent to it.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use lab::{Ended, Running, nobody};

use super::commands::Run;
use super::questions::Question;
use super::transcripts::mask;

/// Servers that run, by the port that the page gives them, and whether it is UDP's.
type Servers = HashMap<(String, bool), Running>;

/// Whether the question's commands print what the question says that they print.
pub fn decide(question: &Question<'_>) -> Result<(), String> {
    let (mut servers, mut clients) = (Servers::new(), Vec::new());
    for line in question.preparations() {
        let run = Run::parse(line)?;
        if is_server(&run) {
            servers.insert(key(&run), Running::start(&mut shell(line, &run, "0")?));
        } else {
            clients.push((line, run));
        }
    }
    for (line, phrases) in question.decides().expect("the question was checked") {
        try_out(line, &phrases, &mut servers, &clients)?;
    }
    Ok(())
}

fn try_out(
    line: &str,
    phrases: &[&str],
    servers: &mut Servers,
    clients: &[(&str, Run)],
) -> Result<(), String> {
    let mut words = line.split_whitespace();
    match (words.next(), words.next()) {
        (Some("cargo"), Some("test")) => return compare(phrases, &cargo_test(words)),
        (Some("sudo"), Some(example)) => return with_privilege(example, words, phrases),
        _ => {}
    }
    let run = Run::parse(line)?;
    // A server that another one keeps from its port ends by itself, as a client does.
    let server = is_server(&run) && !servers.contains_key(&key(&run));
    if server {
        servers.insert(key(&run), Running::start(&mut shell(line, &run, "0")?));
    }
    for (line, run) in clients {
        let _ = client(line, run, servers)?;
    }
    if !server {
        return compare(phrases, &client(line, &run, servers)?);
    }
    let server = servers.remove(&key(&run)).expect("it was started");
    for phrase in phrases {
        server.wait_for(phrase);
    }
    Ok(())
}

/// Runs an example for the administrator, without sudo; a machine that does not let us decides nothing.
fn with_privilege<'a>(
    example: &str,
    arguments: impl Iterator<Item = &'a str>,
    phrases: &[&str],
) -> Result<(), String> {
    let name = example.rsplit('/').next().unwrap_or_default();
    let ended = lab::run(lab::example(name).args(arguments));
    if ended.stderr.contains("Operation not permitted") {
        return Ok(());
    }
    compare(phrases, &ended)
}

/// Runs a test. It may have to be built first, which has no limit of time.
pub fn cargo_test<'a>(arguments: impl Iterator<Item = &'a str>) -> Ended {
    let mut cargo = Command::new(std::env::var_os("CARGO").expect("cargo runs the tests"));
    let output = cargo.arg("test").args(arguments).output().unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| {
        let text = String::from_utf8_lossy(&bytes);
        text.into_owned()
    });
    Ended {
        status: output.status,
        stdout,
        stderr,
    }
}

fn client(line: &str, run: &Run, servers: &Servers) -> Result<Ended, String> {
    let ((_tcp, tcp), (_udp, udp)) = (nobody::tcp(), nobody::udp());
    let address = match servers.get(&key(run)) {
        Some(server) => server.address(),
        None if is_udp(run) => udp,
        None => tcp,
    };
    Ok(lab::run(&mut shell(
        line,
        run,
        &address.port().to_string(),
    )?))
}

/// The port that the page gives to a command's server, and whether it is UDP's.
fn key(run: &Run) -> (String, bool) {
    (port(&page_address(run)).to_owned(), is_udp(run))
}

fn port(address: &str) -> &str {
    let after = address.rsplit_once(':').map_or("", |(_, after)| after);
    after.split('/').next().unwrap_or_default()
}

/// The page's line for bash, with the program that is built already, and another port.
fn shell(line: &str, run: &Run, new: &str) -> Result<Command, String> {
    let program = command(run).ok_or("there is no Python")?;
    let words = [program.get_program()]
        .into_iter()
        .chain(program.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    let start = line.find("cargo run").or(line.find("python3"));
    let (before, rest) = line.split_at(start.expect("it was parsed"));
    let arguments = if run.package == "python" {
        rest.splitn(3, ' ').nth(2).unwrap_or_default()
    } else {
        rest.split_once(" -- ").map_or("", |(_, rest)| rest)
    };
    let address = page_address(run);
    let (host, rest) = address.rsplit_once(':').unwrap_or((&address, ""));
    let path = rest.trim_start_matches(|char: char| char.is_ascii_digit());
    let sent = format!("'{host}:{new}{path}'");
    // A shell takes brackets for a pattern, so a page quotes an IPv6 address.
    let quoted = format!("'{address}'");
    let given = arguments
        .strip_prefix(&address)
        .or(arguments.strip_prefix(&quoted));
    let arguments = match given {
        Some(arguments) => format!("{sent}{arguments}"),
        None => format!("{sent} {arguments}"),
    };
    // No test waits for a server that thinks, unless the question is about that.
    let thinks = run.package == "tcp-server" && run.example.is_none() && !line.contains("--delay");
    let delay = if thinks { " --delay 0" } else { "" };
    // What a command saves goes where a later cargo clean finds it.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("questions");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let mut bash = Command::new("bash");
    bash.current_dir(folder);
    let words = words.join(" ");
    bash.args(["-c", &format!("{before}exec {words} {arguments}{delay}")]);
    bash.env_remove("RUST_LOG").env_remove("RUST_LOG_STYLE");
    // What a client saves is left there.
    bash.current_dir(env!("CARGO_TARGET_TMPDIR"));
    Ok(bash)
}

fn compare(phrases: &[&str], ended: &Ended) -> Result<(), String> {
    let lines = ended.stdout.lines().chain(ended.stderr.lines());
    let lines: Vec<_> = lines.map(mask).collect();
    let is_there = |phrase: &str| lines.iter().any(|line| line.contains(&mask(phrase)));
    match phrases.iter().find(|phrase| !is_there(phrase)) {
        Some(phrase) => Err(format!("{phrase:?} is not in\n{ended}")),
        None => Ok(()),
    }
}

/// The program that a page's command runs; None where there is no Python for it.
pub fn command(run: &Run) -> Option<Command> {
    let mut command = match &run.example {
        Some(script) if run.package == "python" => lab::python(script)?,
        Some(example) => lab::example(example),
        None => lab::program(&run.package),
    };
    command.envs(run.variables.iter().cloned());
    Some(command)
}

/// Whether it is one that goes on until Ctrl+C.
pub fn is_server(run: &Run) -> bool {
    let name = run.name();
    name.ends_with("server") || name == "one-at-a-time"
}

/// Whether it uses UDP.
pub fn is_udp(run: &Run) -> bool {
    run.package.starts_with("udp") || run.name().starts_with("udp")
}

/// The address that a command of a page is about.
pub fn page_address(run: &Run) -> String {
    match run.arguments.first() {
        Some(address) if !address.starts_with('-') => address.clone(),
        _ if [run.package.as_str(), &run.name()].contains(&"http-fetch") => "127.0.0.1:8080".into(),
        _ => "127.0.0.1:9999".into(),
    }
}
