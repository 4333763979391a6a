//! The log on stderr, in which no kind of warning comes more than once a second.
//!
//! A stranger can send us thousands of datagrams a second, and each may deserve a warning. All of them
//! would hide what else is said, and writing them would keep us from our work.

use std::collections::HashMap;
use std::io::Write;
use std::mem;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use env_logger::Builder;
use log::{Level, LevelFilter, Record};

const A_SECOND: Duration = Duration::from_secs(1);

/// When a kind of warning was last shown, how many have been held back since, and the last of these.
type Recent = (Instant, usize, String);

/// Of each kind, which is the module and the line that warns.
static WARNINGS: LazyLock<Mutex<HashMap<(&str, u32), Recent>>> = LazyLock::new(Mutex::default);

/// Starts the log on stderr: from `info` up, unless `RUST_LOG` gives another level.
///
/// So an empty `RUST_LOG`, or one with a typing error, does not hide that a server is ready.
///
/// A warning that comes again within a second is held back; the next one of its kind says how many were.
/// [`exit_status`](crate::exit_status) shows the last one of those that are still held back then.
pub fn start_log() {
    Builder::new()
        .filter_level(LevelFilter::Info)
        .parse_default_env()
        .format(|out, record| {
            let (level, text) = (record.level(), record.args());
            let style = out.default_level_style(level);
            hold_back(record).map_or(Ok(()), |held| {
                writeln!(out, "[{style}{level:<5}{style:#}] {text}{}", more(held))
            })
        })
        .init();
}

/// None to hold this one back, or how many of its kind were held back before it.
fn hold_back(record: &Record) -> Option<usize> {
    let (Level::Warn, Some(module), Some(line)) =
        (record.level(), record.module_path_static(), record.line())
    else {
        return Some(0);
    };
    let mut warnings = WARNINGS.lock().unwrap_or_else(PoisonError::into_inner);
    match warnings.get_mut(&(module, line)) {
        Some((shown, held, text)) if shown.elapsed() < A_SECOND => {
            *held += 1;
            *text = record.args().to_string();
            None
        }
        _ => {
            let now = (Instant::now(), 0, String::new());
            let before = warnings.insert((module, line), now);
            Some(before.map_or(0, |(_, held, _)| held))
        }
    }
}

/// Shows the last of each kind that is held back.
pub fn flush() {
    let warnings = mem::take(&mut *WARNINGS.lock().unwrap_or_else(PoisonError::into_inner));
    for ((module, _), (_, held, text)) in warnings.into_iter().filter(|(_, recent)| recent.1 > 0) {
        // A record without a place is not held back.
        let (record, more) = (&mut Record::builder(), more(held - 1));
        let record = record.level(Level::Warn).target(module);
        log::logger().log(&record.args(format_args!("{text}{more}")).build());
    }
}

fn more(held: usize) -> String {
    match held {
        0 => String::new(),
        _ => format!(" (and {held} more like it)"),
    }
}
