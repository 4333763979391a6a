//! How long the five programs take to build from nothing, and how large they are.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::measure::Effort;
use crate::report::{Fact, Theme, number};

const PROGRAMS: [&str; 5] = [
    "http-fetch",
    "tcp-server",
    "tcp-client",
    "udp-server",
    "udp-client",
];

/// Reported, not judged.
pub fn build(_: &Effort) -> Theme {
    let mut theme = Theme::default();
    for (what, release) in [("cargo build", false), ("cargo build --release", true)] {
        match seconds(release) {
            Some(seconds) => theme.facts.push(Fact {
                what: format!("the five programs from nothing, {what}"),
                seen: format!("{} s", number(seconds)),
                goal: None,
            }),
            None => theme.leave_out(
                what,
                "it needs the crates that cargo has already downloaded",
            ),
        }
    }
    for name in PROGRAMS {
        let program = lab::program(name);
        let size = fs::metadata(program.get_program()).map_or(f64::NAN, |file| file.len() as f64);
        theme.facts.push(Fact {
            what: format!("size of {name}, release"),
            seen: format!("{} KiB", number(size / 1024.0)),
            goal: None,
        });
    }
    theme
}

/// In a folder of its own, which is removed; without network and without a compiler's cache.
fn seconds(release: bool) -> Option<f64> {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cold-{}", std::process::id()));
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let start = Instant::now();
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--offline"])
        .args(release.then_some("--release"))
        .args(PROGRAMS.iter().flat_map(|name| ["-p", name]))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CARGO_TARGET_DIR", &folder)
        .env_remove("RUSTC_WRAPPER")
        .stderr(Stdio::null())
        .status();
    let taken = start.elapsed().as_secs_f64();
    let _ = fs::remove_dir_all(&folder);
    built.is_ok_and(|status| status.success()).then_some(taken)
}
