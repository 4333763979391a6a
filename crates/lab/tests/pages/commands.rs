//! Whether a command that a page gives can be run: the program, example, test or script is there, and so is every flag.

use std::fs;
use std::io;
use std::path::Path;

use super::root;

/// Where the programs in Python are.
const PYTHON: &str = "crates/lab/python/";

/// A command on one of the programs or examples.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
pub struct Run {
    /// The package.
    pub package: String,
    /// The example of it, if it is one.
    pub example: Option<String>,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Variables set before it.
    pub variables: Vec<(String, String)>,
}

impl Run {
    /// Reads `VARIABLE=value cargo run -p PACKAGE [--example EXAMPLE] [-- ARGUMENTS]`, or
    /// `python3 crates/lab/python/SCRIPT [ARGUMENTS]`, which counts as an example of the package python.
    pub fn parse(line: &str) -> Result<Self, String> {
        let mut words = line.split_whitespace().peekable();
        let mut variables = Vec::new();
        while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
            variables.push((name.to_owned(), value.to_owned()));
            words.next();
        }
        match (words.next(), words.next()) {
            (Some("cargo"), Some("run")) => {}
            (Some("python3"), Some(script)) if script.starts_with(PYTHON) => {
                return Ok(Self {
                    package: "python".into(),
                    example: Some(script.trim_start_matches(PYTHON).into()),
                    arguments: words.map(String::from).collect(),
                    variables,
                });
            }
            _ => return Err("this is no cargo run".into()),
        }
        let (mut package, mut example) = (None, None);
        loop {
            match words.next() {
                Some("-p") => package = words.next(),
                Some("--example") => example = words.next(),
                Some("--") | None => break,
                Some("-q" | "--release") => {}
                Some(other) => return Err(format!("cargo's own {other} is not known here")),
            }
        }
        Ok(Self {
            package: package.ok_or("no -p PACKAGE")?.to_owned(),
            example: example.map(String::from),
            arguments: words.map(|word| word.trim_matches('\'').into()).collect(),
            variables,
        })
    }

    /// What it runs: `tcp-server`, also for the one in Python, or `loop-msg-server`.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub fn name(&self) -> String {
        let name = self.example.as_ref().unwrap_or(&self.package);
        name.trim_end_matches(".py").replace('_', "-")
    }
}

/// Checks one command.
pub fn check(line: &str) -> Result<(), String> {
    let words = line.split_whitespace();
    let words: Vec<_> = words.skip_while(|word| word.contains('=')).collect();
    match words[..] {
        [script, ..] if script.starts_with("scripts/") => check_script(script, &words[1..]),
        ["cargo", "test" | "bench", ..] => check_test(&words[2..]),
        ["sudo", file, ..] => check_built(file),
        _ => check_run(&Run::parse(line)?),
    }
}

fn check_script(script: &str, arguments: &[&str]) -> Result<(), String> {
    if !root().join(script).is_file() {
        return Err("there is no such script".into());
    }
    match arguments {
        ["windows", command @ ..] => check(&format!("cargo {}", command.join(" "))),
        [program, ..] if program.starts_with("target/") => {
            known_program(program.rsplit('/').next().unwrap_or_default())
        }
        _ => Ok(()),
    }
}

fn check_run(run: &Run) -> Result<(), String> {
    if let ("python", Some(script)) = (run.package.as_str(), &run.example) {
        let is_there = root().join(PYTHON).join(script).is_file();
        return is_there
            .then_some(())
            .ok_or(format!("there is no {PYTHON}{script}"));
    }
    let package = root().join("crates").join(&run.package);
    if let Some(example) = &run.example {
        let files = [format!("{example}.rs"), format!("{example}/main.rs")];
        let examples = package.join("examples");
        return files
            .iter()
            .any(|file| examples.join(file).is_file())
            .then_some(())
            .ok_or(format!("{} has no example {example}", run.package));
    }
    known_program(&run.package)?;
    let help = lab::run(lab::program(&run.package).arg("--help")).stdout;
    let flags = run.arguments.iter().filter(|word| word.starts_with('-'));
    for flag in flags {
        let known = help.split([' ', ',', '\n']).any(|word| word == flag);
        known
            .then_some(())
            .ok_or(format!("{} has no {flag}", run.package))?;
    }
    let mut words = run.arguments.iter();
    match (words.find(|word| *word == "--exercise"), words.as_slice()) {
        (None, _) => Ok(()),
        (_, [name, lesson, ..]) => check_exercise(name, lesson),
        _ => Err("an exercise has a name and a lesson".into()),
    }
}

/// `target/debug/examples/EXAMPLE` of lab
fn check_built(file: &str) -> Result<(), String> {
    let example = file.strip_prefix("target/debug/examples/");
    let source = example.map(|example| {
        let examples = root().join("crates/lab/examples");
        examples.join(format!("{example}.rs"))
    });
    source
        .filter(|source| source.is_file())
        .map(|_| ())
        .ok_or(format!("lab has no example {file}"))
}

fn check_exercise(name: &str, lesson: &str) -> Result<(), String> {
    let list = lab::run(lab::program("checker").args(["--lang", "en", "--list", lesson])).stdout;
    let known = list.contains(&format!("--exercise {name}: "));
    known
        .then_some(())
        .ok_or(format!("{lesson} has no exercise {name}"))
}

fn known_program(name: &str) -> Result<(), String> {
    let main = root().join("crates").join(name).join("src/main.rs");
    main.is_file()
        .then_some(())
        .ok_or(format!("there is no program {name}"))
}

/// `cargo test [-p PACKAGE] [--test FILE] [NAME] [-- …]`
fn check_test(words: &[&str]) -> Result<(), String> {
    let mut words = words.iter().take_while(|word| **word != "--");
    let mut package = None;
    while let Some(word) = words.next() {
        match *word {
            "-q" => {}
            "-p" => package = words.next(),
            "--test" => {
                let file = words.next().ok_or("--test needs a name")?;
                let tests = root()
                    .join("crates")
                    .join(package.ok_or("no -p PACKAGE")?)
                    .join("tests");
                let exists =
                    tests.join(format!("{file}.rs")).is_file() || tests.join(file).is_dir();
                exists
                    .then_some(())
                    .ok_or(format!("there is no test file {file}"))?;
            }
            name => has_test(package.ok_or("no -p PACKAGE")?, name)?,
        }
    }
    Ok(())
}

fn has_test(package: &str, name: &str) -> Result<(), String> {
    let tests = root().join("crates").join(package).join("tests");
    let sources = sources(&tests).map_err(|error| error.to_string())?;
    // A number at the end is whole: claim_5 is not claim_52. A module's name stands for all its tests.
    let ways = ["fn {}_", "fn {}(", "mod {};"].map(|way| way.replace("{}", name));
    let found = sources
        .iter()
        .any(|source| ways.iter().any(|way| source.contains(way)));
    found
        .then_some(())
        .ok_or(format!("{package} has no test {name}"))
}

/// Every file of a package's tests, also in the folders.
fn sources(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(fs::read_to_string(path)?);
        }
    }
    Ok(found)
}
