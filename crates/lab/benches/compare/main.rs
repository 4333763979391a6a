//! Measures the programs side by side with the tutorial's Python, the usual tools, and the floor: the same
//! conversation with nothing around it.
//!
//! ```text
//! cargo bench -p lab                     everything; rewrites the tables and the pictures
//! cargo bench -p lab -- http             only what has http in its name; the pages stay as they are
//! cargo bench -p lab -- --quick          a look at everything in little time; the pages stay as they are
//! ```
//!
//! Whoever is compared takes turns, round after round. Two figures of one round are a pair, and the ratios of the
//! pairs decide: [`lab::interval`]. Rounds are added until a goal is met or not met, or time is up. Only
//! 127.0.0.1 is used, and no limit of the system is raised.

#![allow(clippy::expect_used, clippy::unwrap_used)]
// Counts become ratios; none of them needs 52 bits.
#![allow(clippy::cast_precision_loss)]

#[cfg(unix)]
mod cold;
#[cfg(unix)]
mod contenders;
#[cfg(unix)]
mod crowd;
#[cfg(unix)]
mod floor;
#[cfg(unix)]
mod http;
#[cfg(unix)]
mod life;
#[cfg(unix)]
mod load;
#[cfg(unix)]
mod machine;
#[cfg(unix)]
mod measure;
#[cfg(unix)]
mod page;
#[cfg(unix)]
mod pictures;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod report;
#[cfg(unix)]
mod tcp;
#[cfg(unix)]
mod udp;

/// It ends servers with Ctrl+C, which a program cannot press for another one on Windows.
#[cfg(not(unix))]
fn main() {
    eprintln!("skipped: the benchmarks need a Unix system");
}

#[cfg(unix)]
fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [first, rest @ ..] = &arguments[..] {
        if first == floor::CALL {
            return floor::run(rest);
        }
    }
    // Cargo says so to a benchmark. A test runner that takes this for a test does not.
    if !arguments.iter().any(|argument| argument == "--bench") {
        eprintln!("skipped: it is cargo bench -p lab that measures");
        return;
    }
    bench(&arguments);
}

#[cfg(unix)]
fn bench(arguments: &[String]) {
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let wanted: Vec<_> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let effort = if quick { measure::QUICK } else { measure::FULL };
    let start = std::time::Instant::now();
    let machine = machine::describe();
    println!("{machine}");

    let mut themes = Vec::new();
    for (key, run) in THEMES {
        if wanted.is_empty() || wanted.iter().any(|part| key.contains(part.as_str())) {
            eprintln!("measuring {key} …");
            let theme = run(&effort);
            println!("\n## {key}\n\n{}", theme.table());
            themes.push((*key, theme));
        }
    }
    println!("\n## verdicts\n\n{}", report::verdicts(&themes));
    eprintln!("measured in {} s", start.elapsed().as_secs());
    if wanted.is_empty() && !quick {
        page::rewrite(&machine, &themes);
    }
}

#[cfg(unix)]
type Run = fn(&measure::Effort) -> report::Theme;

/// What is measured, under the names that the pages have for it.
#[cfg(unix)]
const THEMES: &[(&str, Run)] = &[
    ("http-page", http::page),
    ("http-large", http::large),
    ("tcp-round-trips", tcp::round_trips),
    ("tcp-connections", tcp::connections),
    ("tcp-burst", tcp::burst),
    ("tcp-crowd", crowd::crowd),
    ("udp-datagrams", udp::datagrams),
    ("start-stop", life::start_and_stop),
    ("idle", life::idle),
    ("build", cold::build),
];
